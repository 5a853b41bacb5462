//! Equality and order of values: Erlang's.
//!
//! Numbers come before symbols (and nil and the booleans, which are symbols too), before opaque terms, blocks, tuples, dictionaries and objects, lists, texts. Nested
//! values are compared from a list of what is left to do, not by recursion.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::FromPrimitive;

use crate::heap::Tag;
use crate::symbols::Symbols;
use crate::value::Value;

/// `=:=`: like values of like kinds.
pub fn is_same(left: &Value, right: &Value) -> bool {
    equal(left, right, true)
}

/// `==`: as `=:=`, but integers equal floats of the same value.
pub fn is_equal(left: &Value, right: &Value) -> bool {
    equal(left, right, false)
}

fn equal(left: &Value, right: &Value, strict: bool) -> bool {
    let mut work = vec![(left, right)];
    while let Some((left, right)) = work.pop() {
        match (left, right) {
            (Value::Nil, Value::Nil) | (Value::True, Value::True) | (Value::False, Value::False) => {}
            (Value::EmptyList, Value::EmptyList) => {}
            (Value::Integer(a), Value::Integer(b)) if a == b => {}
            (Value::Float(a), Value::Float(b)) if a == b => {}
            (Value::Symbol(a), Value::Symbol(b)) if a == b => {}
            (Value::Class(a), Value::Class(b)) if a == b => {}
            (Value::Opaque(a), Value::Opaque(b)) if a == b => {}
            (Value::Heap(a), Value::Heap(b)) if a.is_same(b) => {}
            (Value::Heap(a), Value::Heap(b)) if a.tag() == b.tag() => match a.tag() {
                Tag::Text if left.as_text() == right.as_text() => {}
                Tag::Big if left.as_big() == right.as_big() => {}
                Tag::Cons => {
                    let (a, b) = (left.as_cons(), right.as_cons());
                    let (Some(a), Some(b)) = (a, b) else { return false };
                    work.push((&a.tail, &b.tail));
                    work.push((&a.head, &b.head));
                }
                Tag::Tuple => match (left.as_tuple(), right.as_tuple()) {
                    (Some(a), Some(b)) if a.len() == b.len() => work.extend(a.iter().zip(b)),
                    _ => return false,
                },
                Tag::Instance => match (left.as_instance(), right.as_instance()) {
                    (Some(a), Some(b)) if a.class == b.class && a.fields.len() == b.fields.len() => {
                        work.extend(a.fields.iter().zip(b.fields.iter()));
                    }
                    _ => return false,
                },
                Tag::Text | Tag::Big | Tag::Block | Tag::Cells | Tag::Unwinding => return false,
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
        Value::Opaque(_) => 2,
        Value::Class(_) => 4,
        Value::EmptyList => 6,
        Value::Heap(reference) => match reference.tag() {
            Tag::Big => 0,
            Tag::Block | Tag::Cells | Tag::Unwinding => 3,
            Tag::Tuple => 4,
            Tag::Instance => 5,
            Tag::Cons => 7,
            Tag::Text => 8,
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
    let mut work = vec![(left, right)];
    while let Some((left, right)) = work.pop() {
        let order = rank(left).cmp(&rank(right)).then_with(|| match rank(left) {
            0 => compare_numbers(left, right).unwrap_or(Ordering::Equal),
            1 => symbol_text(left, symbols).cmp(symbol_text(right, symbols)),
            8 => left.as_text().cmp(&right.as_text()),
            _ => Ordering::Equal,
        });
        if order != Ordering::Equal {
            return order;
        }
        match (left, right) {
            (Value::Opaque(a), Value::Opaque(b)) if a != b => return a.cmp(b),
            (Value::Class(a), Value::Class(b)) if a != b => return a.cmp(b),
            (Value::Heap(a), Value::Heap(b)) if !a.is_same(b) => {
                if let (Some(a), Some(b)) = (left.as_cons(), right.as_cons()) {
                    work.push((&a.tail, &b.tail));
                    work.push((&a.head, &b.head));
                } else if let (Some(a), Some(b)) = (left.as_tuple(), right.as_tuple()) {
                    if a.len() != b.len() {
                        return a.len().cmp(&b.len());
                    }
                    work.extend(a.iter().zip(b).rev());
                } else if let (Some(a), Some(b)) = (left.as_instance(), right.as_instance()) {
                    let order = a.fields.len().cmp(&b.fields.len()).then_with(|| a.class.cmp(&b.class));
                    if order != Ordering::Equal {
                        return order;
                    }
                    work.extend(a.fields.iter().zip(b.fields.iter()).rev());
                }
            }
            _ => {}
        }
    }
    Ordering::Equal
}
