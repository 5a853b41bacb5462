//! Primitives of Set: those of `beamtalk_set_ops`.
//!
//! A set holds an ordered list of elements no two of which compare equal. Where two sets have equal elements of different kinds, which of them stays is as with
//! `ordsets`.

use std::cmp::Ordering;

use super::list::{elements, unique, walked};
use super::{checks, Row};
use crate::classes::ClassId;
use crate::context::Context;
use crate::order;
use crate::raise::Failure;
use crate::symbols::Symbol;
use crate::value::Value;

type Answer = Result<Value, Failure>;

const OPS: &str = "beamtalk_set_ops";

pub(crate) const TABLE: &[Row] = &[
    (OPS, "withAll", 2, |c, o| from_list(c, &o[1], "withAll:")),
    (OPS, "fromList", 2, |c, o| from_list(c, &o[1], "fromList:")),
    (OPS, "size", 1, |c, o| {
        let (size, _) = walked(own(c, &o[0])?);
        c.spend(size / 10);
        Ok(Value::Integer(size as i64))
    }),
    (OPS, "isEmpty", 1, |c, o| Ok(Value::boolean(matches!(own(c, &o[0])?, Value::EmptyList)))),
    (OPS, "includes", 2, |c, o| {
        let (_, _, found) = split(c, own(c, &o[0])?, &o[1]);
        Ok(Value::boolean(found))
    }),
    (OPS, "add", 2, |c, o| add(c, &o[0], &o[1])),
    (OPS, "remove", 2, |c, o| remove(c, &o[0], &o[1])),
    (OPS, "union", 2, |c, o| combined(c, o, "union:", union)),
    (OPS, "intersection", 2, |c, o| combined(c, o, "intersection:", intersection)),
    (OPS, "difference", 2, |c, o| combined(c, o, "difference:", difference)),
    (OPS, "isSubsetOf", 2, |c, o| {
        let (left, right) = both(c, o, "isSubsetOf:")?;
        let mut right = right.into_iter();
        let symbols = &c.symbols;
        let has = |element: &Value| {
            for other in right.by_ref() {
                match order::compare(element, &other, symbols) {
                    Ordering::Equal => return true,
                    Ordering::Less => return false,
                    Ordering::Greater => {}
                }
            }
            false
        };
        Ok(Value::boolean(left.iter().all(has)))
    }),
    (OPS, "asList", 1, |c, o| own(c, &o[0]).cloned()),
];

/// The elements of a set.
pub(crate) fn list_of<'a>(context: &Context, set: &'a Value) -> Option<&'a Value> {
    set.as_instance().filter(|instance| instance.class == ClassId::Set)?;
    context.classes.field(set, Symbol::Elements).filter(|elements| elements.is_list())
}

/// Those of the receiver: one made in another way is the host's.
fn own<'a>(context: &Context, set: &'a Value) -> Result<&'a Value, Failure> {
    list_of(context, set).ok_or(Failure::Host)
}

fn made(context: &mut Context, elements: Value) -> Value {
    context.classes.instance(ClassId::Set, vec![(Symbol::Elements, elements)])
}

fn from_list(context: &mut Context, list: &Value, selector: &str) -> Answer {
    checks::list(context, list, "Set", selector)?;
    let all = unique(context, list)?;
    let list = Value::list(all.into_iter());
    Ok(made(context, list))
}

/// Elements before the place of this one, the list from there on, and whether it begins with an equal one.
fn split(context: &mut Context, list: &Value, element: &Value) -> (usize, Value, bool) {
    let (mut before, mut rest) = (0, list);
    let mut found = false;
    while let Some(cons) = rest.as_cons() {
        match order::compare(element, &cons.head, &context.symbols) {
            Ordering::Greater => (before, rest) = (before + 1, &cons.tail),
            order => {
                found = order == Ordering::Equal;
                break;
            }
        }
    }
    context.spend(before / 10);
    (before, rest.clone(), found)
}

/// The set with so many of its elements before `rest`.
fn rebuilt(context: &mut Context, list: &Value, count: usize, rest: Value) -> Answer {
    context.room(count * 64)?;
    let first: Vec<Value> = list.elements().take(count).cloned().collect();
    let list = first.into_iter().rev().fold(rest, |tail, head| Value::cons(head, tail));
    Ok(made(context, list))
}

fn add(context: &mut Context, set: &Value, element: &Value) -> Answer {
    let list = own(context, set)?;
    match split(context, list, element) {
        (_, _, true) => Ok(set.clone()),
        (count, rest, false) => rebuilt(context, list, count, Value::cons(element.clone(), rest)),
    }
}

fn remove(context: &mut Context, set: &Value, element: &Value) -> Answer {
    let list = own(context, set)?;
    match split(context, list, element) {
        (_, _, false) => Ok(set.clone()),
        (count, rest, true) => {
            let rest = rest.as_cons().map_or(Value::EmptyList, |cons| cons.tail.clone());
            rebuilt(context, list, count, rest)
        }
    }
}

/// The elements of the receiver and of an argument that has to be a set.
fn both(context: &mut Context, operands: &[Value], selector: &str) -> Result<(Vec<Value>, Vec<Value>), Failure> {
    let left = own(context, &operands[0])?;
    let Some(right) = list_of(context, &operands[1]) else {
        return Err(context.error("type_error", "Set", selector, "Argument must be a Set"));
    };
    let left = elements(context, left)?.map_err(|_| Failure::Host)?;
    let right = elements(context, right)?.map_err(|_| Failure::Host)?;
    Ok((left, right))
}

type Combine = fn(Vec<Value>, Vec<Value>, &crate::symbols::Symbols) -> Vec<Value>;

fn combined(context: &mut Context, operands: &[Value], selector: &str, combine: Combine) -> Answer {
    let (left, right) = both(context, operands, selector)?;
    context.spend(left.len() + right.len());
    let all = combine(left, right, &context.symbols);
    let list = Value::list(all.into_iter());
    Ok(made(context, list))
}

/// What is in either. The two change places whenever the second one has the smaller element: of equal elements that of the first of them stays.
fn union(left: Vec<Value>, right: Vec<Value>, symbols: &crate::symbols::Symbols) -> Vec<Value> {
    let mut all = Vec::with_capacity(left.len() + right.len());
    let (mut a, mut b) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match order::compare(x, y, symbols) {
            Ordering::Less => all.extend(a.next()),
            Ordering::Greater => {
                all.extend(b.next());
                std::mem::swap(&mut a, &mut b);
            }
            Ordering::Equal => {
                all.extend(a.next());
                b.next();
            }
        }
    }
    all.extend(a);
    all.extend(b);
    all
}

fn intersection(left: Vec<Value>, right: Vec<Value>, symbols: &crate::symbols::Symbols) -> Vec<Value> {
    let mut all = Vec::new();
    let (mut a, mut b) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match order::compare(x, y, symbols) {
            Ordering::Less => {
                a.next();
            }
            Ordering::Greater => {
                b.next();
                std::mem::swap(&mut a, &mut b);
            }
            Ordering::Equal => {
                all.extend(a.next());
                b.next();
            }
        }
    }
    all
}

fn difference(left: Vec<Value>, right: Vec<Value>, symbols: &crate::symbols::Symbols) -> Vec<Value> {
    let mut all = Vec::new();
    let (mut a, mut b) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match order::compare(x, y, symbols) {
            Ordering::Less => all.extend(a.next()),
            Ordering::Greater => {
                b.next();
            }
            Ordering::Equal => {
                a.next();
                b.next();
            }
        }
    }
    all.extend(a);
    all
}
