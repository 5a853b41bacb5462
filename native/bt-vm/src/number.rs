//! Arithmetic beyond what the interpreter does in place: overflow, big integers, floats.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use crate::context::Context;
use crate::raise::Failure;
use crate::value::Value;

/// Words of the largest integer that the BEAM has. What would be larger is refused as it is there; its own estimate of a product may be a word off.
const MAX_WORDS: u64 = (1 << 19) - 1;

/// The operations of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// An integer of any size, or a float.
enum Number<'a> {
    Small(i64),
    Big(&'a BigInt),
    Float(f64),
}

fn number(value: &Value) -> Option<Number<'_>> {
    match value {
        Value::Integer(value) => Some(Number::Small(*value)),
        Value::Float(value) => Some(Number::Float(*value)),
        other => other.as_big().map(Number::Big),
    }
}

impl Number<'_> {
    fn to_big(&self) -> Option<BigInt> {
        match self {
            Number::Small(value) => Some(BigInt::from(*value)),
            Number::Big(value) => Some((*value).clone()),
            Number::Float(_) => None,
        }
    }

    /// `None` where an integer is beyond the floats.
    fn to_float(&self) -> Option<f64> {
        match self {
            Number::Small(value) => Some(*value as f64),
            Number::Big(value) => float_of_big(value),
            Number::Float(value) => Some(*value),
        }
    }
}

/// Rounded at every word, as the BEAM does it; `None` beyond the floats.
fn float_of_big(value: &BigInt) -> Option<f64> {
    const WORD: f64 = 18_446_744_073_709_551_616.0;
    if value.bits() > 1024 {
        return None;
    }
    let size = value.iter_u64_digits().rev().fold(0.0, |sum, digit| sum * WORD + digit as f64);
    size.is_finite().then_some(if value.is_negative() { -size } else { size })
}

/// A number as a float; `None` for what is no number or too large.
pub(crate) fn to_float(value: &Value) -> Option<f64> {
    number(value)?.to_float()
}

/// An integer of any size.
pub(crate) fn to_big(value: &Value) -> Option<BigInt> {
    number(value)?.to_big()
}

/// The whole number that a float is.
pub(crate) fn whole(value: f64) -> Option<Value> {
    // All in this range are exact.
    if value.abs() < 9.0e18 {
        return Some(Value::Integer(value as i64));
    }
    num_traits::FromPrimitive::from_f64(value).map(Value::integer)
}

/// The result, or `None` where Erlang's operator fails with badarith.
pub fn arithmetic(op: Arithmetic, left: &Value, right: &Value) -> Option<Value> {
    let (left, right) = (number(left)?, number(right)?);
    if let (Number::Small(a), Number::Small(b)) = (&left, &right) {
        if let Some(result) = small(op, *a, *b) {
            return Some(result);
        }
    }
    match (op, left.to_big(), right.to_big()) {
        (Arithmetic::Divide, ..) => float(op, &left, &right),
        (Arithmetic::Remainder, Some(a), Some(b)) => (!b.is_zero()).then(|| Value::integer(a % b)),
        (Arithmetic::Remainder, ..) => None,
        (Arithmetic::Add, Some(a), Some(b)) => Some(Value::integer(a + b)),
        (Arithmetic::Subtract, Some(a), Some(b)) => Some(Value::integer(a - b)),
        (Arithmetic::Multiply, Some(a), Some(b)) => Some(Value::integer(a * b)),
        _ => float(op, &left, &right),
    }
}

/// The same, and what it costs: large integers take time and memory.
pub fn calculated(context: &mut Context, op: Arithmetic, left: &Value, right: &Value) -> Result<Value, Failure> {
    if left.as_big().is_some() || right.as_big().is_some() {
        let words = |value: &Value| value.as_big().map_or(1, |big| big.bits().div_ceil(64));
        let (long, short) = (words(left).max(words(right)), words(left).min(words(right)));
        let (size, reductions) = match op {
            Arithmetic::Multiply => (long + short, long * short.isqrt() / 10),
            Arithmetic::Remainder => (long, (long - short + 1) * short / 20),
            Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Divide => (long, long / 20),
        };
        let is_whole = !matches!(left, Value::Float(_)) && !matches!(right, Value::Float(_));
        if size > MAX_WORDS && is_whole {
            return Err(context.fail("system_limit"));
        }
        context.room(8 * size as usize)?;
        context.spend(reductions as usize);
    }
    match arithmetic(op, left, right) {
        Some(Value::Heap(big)) if big.get::<BigInt>().is_some_and(|big| big.bits() > 64 * MAX_WORDS) => {
            Err(context.fail("system_limit"))
        }
        Some(value) => Ok(value),
        None => Err(context.fail("badarith")),
    }
}

fn small(op: Arithmetic, a: i64, b: i64) -> Option<Value> {
    let result = match op {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Remainder => a.checked_rem(b),
        Arithmetic::Divide => None,
    };
    result.map(Value::Integer)
}

fn float(op: Arithmetic, left: &Number<'_>, right: &Number<'_>) -> Option<Value> {
    let (a, b) = (left.to_float()?, right.to_float()?);
    let result = match op {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide if b == 0.0 => return None,
        Arithmetic::Divide => a / b,
        Arithmetic::Remainder => return None,
    };
    result.is_finite().then_some(Value::Float(result))
}
