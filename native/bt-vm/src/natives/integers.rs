//! Integers: division, bits, powers, and whole numbers from floats.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use super::expected::{clamped, is_integer};
use super::{expected, Row};
use crate::context::Context;
use crate::number::{to_big, to_float, whole};
use crate::raise::Failure;
use crate::value::Value;

pub(crate) const TABLE: &[Row] = &[
    ("erlang", "div", 2, quotient),
    ("erlang", "band", 2, |c, o| bits(c, o, |a, b| a & b, |a, b| a & b)),
    ("erlang", "bor", 2, |c, o| bits(c, o, |a, b| a | b, |a, b| a | b)),
    ("erlang", "bxor", 2, |c, o| bits(c, o, |a, b| a ^ b, |a, b| a ^ b)),
    ("erlang", "bnot", 1, inverted),
    ("erlang", "trunc", 1, |c, o| rounded(c, o, f64::trunc)),
    ("erlang", "round", 1, |c, o| rounded(c, o, f64::round)),
    ("erlang", "ceil", 1, |c, o| rounded(c, o, f64::ceil)),
    ("erlang", "floor", 1, |c, o| rounded(c, o, f64::floor)),
    ("beamtalk_integer_ops", "**", 2, power),
    ("beamtalk_integer_ops", "bitShift", 2, shifted),
    // What the methods of the prelude begin with.
    ("beamtalk_integer_ops", "timesRepeat", 2, |c, o| {
        expected::block(c, &o[1], 0, "Integer", "timesRepeat:").map(|()| Value::Nil)
    }),
    ("beamtalk_integer_ops", "to_do", 3, |c, o| {
        expected::block(c, &o[2], 1, "Integer", "to:do:")?;
        number(c, &o[1])
    }),
    ("beamtalk_integer_ops", "to_by_do", 4, |c, o| {
        expected::block(c, &o[3], 1, "Integer", "to:by:do:")?;
        number(c, &o[1])?;
        number(c, &o[2])
    }),
];

/// Powers and shifts of more bits are refused.
const MAX_BITS: u64 = 1 << 20;

fn number(context: &mut Context, value: &Value) -> Result<Value, Failure> {
    match value.is_number() {
        true => Ok(Value::Nil),
        false => Err(context.fail("badarith")),
    }
}

/// Charges for arithmetic on large numbers.
fn charge(context: &mut Context, numbers: &[&BigInt]) {
    let words: u64 = numbers.iter().map(|number| number.bits() / 64).sum();
    context.spend((words / 10) as usize);
}

fn both(operands: &[Value]) -> Option<(BigInt, BigInt)> {
    (is_integer(&operands[0]) && is_integer(&operands[1])).then_some(())?;
    Some((to_big(&operands[0])?, to_big(&operands[1])?))
}

fn quotient(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    if let (Value::Integer(a), Value::Integer(b)) = (&operands[0], &operands[1]) {
        if let Some(result) = a.checked_div(*b) {
            return Ok(Value::Integer(result));
        }
    }
    match both(operands) {
        Some((a, b)) if !b.is_zero() => {
            let words = (a.bits() / 64) * (b.bits() / 64).min(a.bits() / 64);
            context.spend((words / 200) as usize);
            Ok(Value::integer(a / b))
        }
        _ => Err(context.fail("badarith")),
    }
}

fn bits(
    context: &mut Context,
    operands: &[Value],
    small: fn(i64, i64) -> i64,
    large: fn(&BigInt, &BigInt) -> BigInt,
) -> Result<Value, Failure> {
    if let (Value::Integer(a), Value::Integer(b)) = (&operands[0], &operands[1]) {
        return Ok(Value::Integer(small(*a, *b)));
    }
    match both(operands) {
        Some((a, b)) => {
            charge(context, &[&a, &b]);
            Ok(Value::integer(large(&a, &b)))
        }
        None => Err(context.fail("badarith")),
    }
}

fn inverted(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    match (&operands[0], operands[0].as_big()) {
        (Value::Integer(value), _) => Ok(Value::Integer(!value)),
        (_, Some(value)) => Ok(Value::integer(!value)),
        _ => Err(context.fail("badarith")),
    }
}

fn rounded(context: &mut Context, operands: &[Value], how: fn(f64) -> f64) -> Result<Value, Failure> {
    match &operands[0] {
        Value::Float(value) => whole(how(*value)).ok_or_else(|| context.fail("badarg")),
        other if is_integer(other) => Ok(other.clone()),
        _ => Err(context.fail("badarg")),
    }
}

/// Exact for integers, else rounded to one.
fn power(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let (base, exponent) = (&operands[0], &operands[1]);
    if let (true, Some(count)) = (is_integer(base), clamped(exponent)) {
        if count >= 0 {
            return exact_power(context, base, exponent, count);
        }
        match clamped(base) {
            Some(0) => return Err(context.fail("badarith")),
            Some(base) if base.unsigned_abs() > 2 => return Ok(Value::Integer(0)),
            _ => {}
        }
    }
    let result = match (to_float(base), to_float(exponent)) {
        (Some(base), Some(exponent)) => Some(base.powf(exponent)),
        _ => None,
    };
    match result.filter(|result| result.is_finite()).and_then(|result| whole(result.round())) {
        Some(result) => Ok(result),
        None => Err(context.fail("badarith")),
    }
}

fn exact_power(context: &mut Context, base: &Value, exponent: &Value, count: i64) -> Result<Value, Failure> {
    if let Value::Integer(base @ -1..=1) = base {
        let is_even = match exponent.as_big() {
            Some(big) => !big.bit(0),
            None => count % 2 == 0,
        };
        return Ok(Value::Integer(match (base, count, is_even) {
            (_, 0, _) => 1,
            (-1, _, true) => 1,
            (base, ..) => *base,
        }));
    }
    let Some(base) = to_big(base) else { return Err(context.fail("badarith")) };
    let bits = u128::from(base.bits() - 1) * count as u128;
    if bits > u128::from(MAX_BITS) {
        return Err(context.fail("system_limit"));
    }
    // A base has at least two bits, so this many fit.
    let size = (u128::from(base.bits()) * count as u128 / 8) as usize;
    context.room(size)?;
    context.spend(size / 100);
    Ok(Value::integer(base.pow(count as u32)))
}

/// To the left, for a negative count to the right.
fn shifted(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let (value, Some(count)) = (&operands[0], clamped(&operands[1])) else {
        return Err(context.fail("badarith"));
    };
    if matches!(value, Value::Integer(0)) {
        return Ok(Value::Integer(0));
    }
    let Some(big) = to_big(value).filter(|_| is_integer(value)) else { return Err(context.fail("badarith")) };
    if count > MAX_BITS as i64 {
        return Err(context.fail("system_limit"));
    }
    if count >= 0 {
        let size = big.bits() / 8 + count as u64 / 8;
        context.room(size as usize)?;
        context.spend(size as usize / 100);
        return Ok(Value::integer(big << count));
    }
    match value {
        Value::Integer(value) => Ok(Value::Integer(value >> count.unsigned_abs().min(63))),
        _ if count.unsigned_abs() > big.bits() => Ok(Value::Integer(if big.is_negative() { -1 } else { 0 })),
        _ => Ok(Value::integer(big >> count.unsigned_abs())),
    }
}
