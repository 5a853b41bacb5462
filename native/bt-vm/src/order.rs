//! Equality and order of values: Erlang's.
//!
//! Numbers come before symbols (nil and the booleans are symbols too), references, blocks, ports, processes, tuples, dictionaries and objects, the empty list, lists, texts.
//! Nested values are compared from a list of what is left to do, not by recursion.

use std::cmp::Ordering;
use std::collections::HashSet;

use num_bigint::BigInt;
use num_traits::FromPrimitive;

use crate::heap::{Ref, Tag};
use crate::map::Map;
use crate::symbols::Symbols;
use crate::value::{Instance, Value};

/// Pairs that a comparison has come by: what is shared within the values is compared once, not once for each way to it.
#[derive(Default)]
struct Seen {
    steps: usize,
    pairs: HashSet<(usize, usize, bool)>,
}

impl Seen {
    /// Comparisons of fewer steps need no book.
    const FEW: usize = 5_000;
    /// The book is bounded; what it forgets is compared again.
    const MOST: usize = 1 << 20;

    /// Was the pair seen before? Then it is equal, or stands on the list of work already: a second look changes nothing.
    fn before(&mut self, a: &Ref, b: &Ref, mode: bool) -> bool {
        self.steps += 1;
        // There is but one way to what has but one reference, from its parent.
        if self.steps < Seen::FEW || (a.is_unique() && b.is_unique()) {
            return false;
        }
        if self.pairs.len() >= Seen::MOST {
            self.pairs.clear();
        }
        !self.pairs.insert((a.address(), b.address(), mode))
    }
}

/// `=:=`: like values of like kinds.
pub fn is_same(left: &Value, right: &Value) -> bool {
    equal(left, right, true)
}

/// `==`: as `=:=`, but integers equal floats of the same value.
pub fn is_equal(left: &Value, right: &Value) -> bool {
    equal(left, right, false)
}

fn equal(left: &Value, right: &Value, strict: bool) -> bool {
    // Most pairs need no list of work.
    match (left, right) {
        (Value::Heap(a), Value::Heap(b)) => {
            if a.is_same(b) {
                return true;
            }
            if let (Some(a), Some(b)) = (left.as_text(), right.as_text()) {
                return a == b;
            }
            if strict && a.tag() != b.tag() {
                return false;
            }
        }
        (Value::Heap(_), _) | (_, Value::Heap(_)) if strict => return false,
        (Value::Symbol(a), Value::Symbol(b)) => return a == b,
        (Value::Integer(a), Value::Integer(b)) => return a == b,
        (Value::Nil, Value::Nil) | (Value::True, Value::True) | (Value::False, Value::False) => return true,
        (Value::EmptyList, Value::EmptyList) => return true,
        (Value::Float(a), Value::Float(b)) => return a == b,
        (Value::Class(a), Value::Class(b)) | (Value::Metaclass(a), Value::Metaclass(b)) => return a == b,
        _ if strict => return false,
        _ => {}
    }
    let mut work = vec![(left, right, strict)];
    let mut seen = Seen::default();
    while let Some((left, right, strict)) = work.pop() {
        match (left, right) {
            (Value::Nil, Value::Nil) | (Value::True, Value::True) | (Value::False, Value::False) => {}
            (Value::EmptyList, Value::EmptyList) => {}
            (Value::Integer(a), Value::Integer(b)) if a == b => {}
            (Value::Float(a), Value::Float(b)) if a == b => {}
            (Value::Symbol(a), Value::Symbol(b)) if a == b => {}
            (Value::Class(a), Value::Class(b)) | (Value::Metaclass(a), Value::Metaclass(b)) if a == b => {}
            (Value::Heap(a), Value::Heap(b)) if a.is_same(b) || seen.before(a, b, strict) => {}
            (Value::Heap(a), Value::Heap(b)) if a.tag() == b.tag() => match a.tag() {
                Tag::Text if left.as_text() == right.as_text() => {}
                Tag::Big if left.as_big() == right.as_big() => {}
                Tag::Cons => {
                    let (a, b) = (left.as_cons(), right.as_cons());
                    let (Some(a), Some(b)) = (a, b) else { return false };
                    work.push((&a.tail, &b.tail, strict));
                    work.push((&a.head, &b.head, strict));
                }
                Tag::Tuple => match (left.as_tuple(), right.as_tuple()) {
                    (Some(a), Some(b)) if a.len() == b.len() => work.extend(a.iter().zip(b).map(|(a, b)| (a, b, strict))),
                    _ => return false,
                },
                Tag::Instance => match (left.as_instance(), right.as_instance()) {
                    // A shape belongs to one class.
                    (Some(a), Some(b)) if a.shape == b.shape => {
                        work.extend(a.fields.iter().zip(b.fields.iter()).map(|(a, b)| (a, b, strict)));
                    }
                    _ => return false,
                },
                Tag::Map => match (left.as_map(), right.as_map()) {
                    (Some(a), Some(b)) if a.len() == b.len() => {
                        for ((key, value), (other_key, other_value)) in a.iter().zip(b.iter()) {
                            work.push((value, other_value, strict));
                            // Keys are told apart strictly, as everywhere.
                            work.push((key, other_key, true));
                        }
                    }
                    _ => return false,
                },
                Tag::Array => match (left.as_array(), right.as_array()) {
                    (Some(a), Some(b)) if a.len() == b.len() => work.extend(a.iter().zip(b).map(|(a, b)| (a, b, strict))),
                    _ => return false,
                },
                Tag::Foreign => match (left.as_foreign(), right.as_foreign()) {
                    (Some(a), Some(b)) if a.kind == b.kind && a.bytes == b.bytes => {}
                    _ => return false,
                },
                Tag::Text | Tag::Big | Tag::Block | Tag::Cells | Tag::Unwinding | Tag::Node | Tag::Sorter => return false,
            },
            _ if !strict && left.is_number() && right.is_number() => {
                if compare_numbers(left, right) != Some(Ordering::Equal) {
                    return false;
                }
            }
            _ => return false,
        }
    }
    true
}

/// Order of two numbers; exact also between large integers and floats.
pub(crate) fn compare_numbers(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Float(a), _) => Some(compare_exactly(&big(right)?, *a).reverse()),
        (_, Value::Float(b)) => Some(compare_exactly(&big(left)?, *b)),
        _ => Some(big(left)?.cmp(&big(right)?)),
    }
}

fn big(value: &Value) -> Option<BigInt> {
    match value {
        Value::Integer(value) => Some(BigInt::from(*value)),
        other => other.as_big().cloned(),
    }
}

fn compare_exactly(integer: &BigInt, float: f64) -> Ordering {
    let whole = BigInt::from_f64(float.trunc()).unwrap_or_default();
    integer.cmp(&whole).then_with(|| 0.0.partial_cmp(&(float - float.trunc())).unwrap_or(Ordering::Equal))
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Integer(_) | Value::Float(_) => 0,
        Value::Nil | Value::True | Value::False | Value::Symbol(_) => 1,
        Value::Class(_) | Value::Metaclass(_) => 6,
        Value::EmptyList => 8,
        Value::Heap(reference) => match reference.tag() {
            Tag::Big => 0,
            Tag::Block | Tag::Cells | Tag::Unwinding | Tag::Node | Tag::Sorter => 3,
            Tag::Tuple => 6,
            Tag::Instance | Tag::Map | Tag::Array => 7,
            Tag::Cons => 9,
            Tag::Text => 10,
            Tag::Foreign => value.as_foreign().map_or(2, crate::foreign::Foreign::rank),
        },
    }
}

fn symbol_text<'a>(value: &Value, symbols: &'a Symbols) -> &'a str {
    match value {
        Value::Nil => "nil",
        Value::True => "true",
        Value::False => "false",
        Value::Symbol(symbol) => symbols.name(*symbol),
        _ => "",
    }
}

/// The order of terms.
pub fn compare(left: &Value, right: &Value, symbols: &Symbols) -> Ordering {
    compare_as(left, right, symbols, false)
}

/// The order of a dictionary's keys: any integer is before any float, so only like values are equal.
pub fn compare_keys(left: &Value, right: &Value, symbols: &Symbols) -> Ordering {
    compare_as(left, right, symbols, true)
}

fn is_float(value: &Value) -> bool {
    matches!(value, Value::Float(_))
}

/// Something still to be compared: values, or an order found already that holds when all before it is equal.
enum Work<'a> {
    Values(&'a Value, &'a Value),
    Keys(&'a Value, &'a Value),
    Found(Ordering),
}

fn compare_as(left: &Value, right: &Value, symbols: &Symbols, exact: bool) -> Ordering {
    // Most pairs need no list of work.
    match (left, right) {
        (Value::Integer(a), Value::Integer(b)) => return a.cmp(b),
        (Value::Symbol(a), Value::Symbol(b)) if a == b => return Ordering::Equal,
        (Value::Symbol(a), Value::Symbol(b)) => return symbols.name(*a).cmp(symbols.name(*b)),
        (Value::Heap(a), Value::Heap(b)) => {
            if let (Some(a), Some(b)) = (a.get::<Vec<u8>>(), b.get::<Vec<u8>>()) {
                return a.cmp(b);
            }
        }
        _ => {}
    }
    let mut work = vec![if exact { Work::Keys(left, right) } else { Work::Values(left, right) }];
    let mut seen = Seen::default();
    while let Some(next) = work.pop() {
        let (left, right, exact) = match next {
            Work::Values(left, right) => (left, right, false),
            Work::Keys(left, right) => (left, right, true),
            Work::Found(Ordering::Equal) => continue,
            Work::Found(order) => return order,
        };
        let pair = |left, right| if exact { Work::Keys(left, right) } else { Work::Values(left, right) };
        let order = rank(left).cmp(&rank(right)).then_with(|| match rank(left) {
            0 if exact && is_float(left) != is_float(right) => is_float(left).cmp(&is_float(right)),
            0 => compare_numbers(left, right).unwrap_or(Ordering::Equal),
            1 => symbol_text(left, symbols).cmp(symbol_text(right, symbols)),
            10 => match (left.as_text(), right.as_text()) {
                (Some(a), Some(b)) => a.cmp(b),
                (a, b) => b.is_some().cmp(&a.is_some()),
            },
            _ => Ordering::Equal,
        });
        if order != Ordering::Equal {
            return order;
        }
        match (left, right) {
            (Value::Class(a), Value::Class(b)) | (Value::Metaclass(a), Value::Metaclass(b)) if a != b => return a.cmp(b),
            (Value::Heap(a), Value::Heap(b)) if !a.is_same(b) && !seen.before(a, b, exact) => {
                if let (Some(a), Some(b)) = (left.as_cons(), right.as_cons()) {
                    work.push(pair(&a.tail, &b.tail));
                    work.push(pair(&a.head, &b.head));
                } else if let (Some(a), Some(b)) = (left.as_tuple(), right.as_tuple()) {
                    if a.len() != b.len() {
                        return a.len().cmp(&b.len());
                    }
                    work.extend(a.iter().zip(b).rev().map(|(a, b)| pair(a, b)));
                } else if let (Some(a), Some(b)) = (left.as_instance(), right.as_instance()) {
                    instances(a, b, &mut work, pair);
                } else if let (Some(a), Some(b)) = (left.as_map(), right.as_map()) {
                    maps(a, b, &mut work, pair);
                } else if let (Some(a), Some(b)) = (left.as_foreign(), right.as_foreign()) {
                    work.push(Work::Found(a.kind.cmp(&b.kind).then_with(|| a.bytes.cmp(&b.bytes))));
                } else if let (Some(a), Some(b)) = (left.as_array(), right.as_array()) {
                    if a.len() != b.len() {
                        return a.len().cmp(&b.len());
                    }
                    work.extend(a.iter().zip(b).rev().map(|(a, b)| pair(a, b)));
                } else if rank(left) == 7 {
                    let size = |value: &Value| match (value.as_instance(), value.as_map()) {
                        (Some(instance), _) => instance.fields.len() + 1,
                        (None, Some(map)) => map.len(),
                        // An array is an object with one field.
                        (None, None) => 2,
                    };
                    // An object's first key is its tag, which comes before the keys of most dictionaries.
                    work.push(Work::Found(
                        size(left).cmp(&size(right)).then(left.as_map().is_some().cmp(&right.as_map().is_some())),
                    ));
                }
            }
            _ => {}
        }
    }
    Ordering::Equal
}

/// Objects as the dictionaries they are: size, names of the fields, class, values.
fn instances<'a>(a: &'a Instance, b: &'a Instance, work: &mut Vec<Work<'a>>, pair: impl Fn(&'a Value, &'a Value) -> Work<'a>) {
    let order = a.fields.len().cmp(&b.fields.len()).then_with(|| a.shape.cmp(&b.shape));
    if order != Ordering::Equal {
        work.push(Work::Found(order));
    } else {
        work.extend(a.fields.iter().zip(b.fields.iter()).rev().map(|(a, b)| pair(a, b)));
    }
}

/// Dictionaries: size, keys, values.
fn maps<'a>(a: &'a Map, b: &'a Map, work: &mut Vec<Work<'a>>, pair: impl Fn(&'a Value, &'a Value) -> Work<'a>) {
    if a.len() != b.len() {
        work.push(Work::Found(a.len().cmp(&b.len())));
        return;
    }
    work.extend(a.iter().zip(b.iter()).rev().map(|((_, a), (_, b))| pair(a, b)));
    work.extend(a.iter().zip(b.iter()).rev().map(|((a, _), (b, _))| Work::Keys(a, b)));
}
