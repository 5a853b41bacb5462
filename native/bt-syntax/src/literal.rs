//! The values of literals.

use std::borrow::Cow;

use bt_base::{Diagnostic, Span};
use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::ast::IntValue;
use crate::diagnostics::{lex_invalid, number_invalid};

#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    Integer(IntValue),
    Float(f64),
}

fn integer(value: BigInt) -> IntValue {
    match value.to_i64() {
        Some(small) => IntValue::Small(small),
        None => IntValue::Big(Box::new(value)),
    }
}

pub fn negated(value: IntValue) -> IntValue {
    match value {
        IntValue::Small(v) => integer(-BigInt::from(v)),
        IntValue::Big(v) => integer(-*v),
    }
}

/// An integer may have this many digits; it has to be written down again in the compiled code.
const MAX_DIGITS: usize = 1_000_000;

/// Digits converted at once; longer ones are converted by halves, since the cost of one step is quadratic.
const DIGITS_AT_ONCE: usize = 1_000;

/// The value of digits without a sign.
fn digits_value(digits: &[u8], base: u32) -> Option<BigInt> {
    if digits.len() <= DIGITS_AT_ONCE {
        return BigInt::parse_bytes(digits, base);
    }
    let (high, low) = digits.split_at(digits.len() / 2);
    let shift = BigInt::from(base).pow(low.len() as u32);
    Some(digits_value(high, base)? * shift + digits_value(low, base)?)
}

/// The value of a number token at `span`, or what is wrong with it.
pub fn number(text: &str, span: Span) -> Result<Number, Box<Diagnostic>> {
    let invalid = |finding| Err(Box::new(finding));
    if let Ok(small) = text.parse::<i64>() {
        return Ok(Number::Integer(IntValue::Small(small)));
    }
    if let Some((radix, digits)) = text.split_once('r') {
        let base = match radix.parse::<u32>() {
            Ok(base) if (2..=36).contains(&base) => base,
            _ => return invalid(number_invalid::radix(span, radix)),
        };
        if digits.len() > MAX_DIGITS {
            return invalid(number_invalid::too_long(span, MAX_DIGITS));
        }
        return match digits_value(digits.as_bytes(), base) {
            Some(value) => Ok(Number::Integer(integer(value))),
            None => invalid(number_invalid::digits(span, base, digits)),
        };
    }
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        let digits = text.trim_start_matches('-');
        if digits.len() > MAX_DIGITS {
            return invalid(number_invalid::too_long(span, MAX_DIGITS));
        }
        return match digits_value(digits.as_bytes(), 10) {
            Some(value) if text.starts_with('-') => Ok(Number::Integer(integer(-value))),
            Some(value) => Ok(Number::Integer(integer(value))),
            None => invalid(number_invalid::diagnostic(span, text)),
        };
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Number::Float(value)),
        _ => invalid(lex_invalid::float(span, text)),
    }
}

/// The code point of `$c` or `$\c`.
pub fn character(text: &str) -> u32 {
    let mut chars = text.chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), Some('n')) => 10,
        (Some('\\'), Some('t')) => 9,
        (Some('\\'), Some('r')) => 13,
        (Some('\\'), Some(c)) | (Some(c), None) => c.into(),
        _ => 0,
    }
}

/// The name of a symbol: without `#`, quotes undone.
pub fn symbol(text: &str) -> Cow<'_, str> {
    let name = text.get(1..).unwrap_or("");
    match name.strip_prefix('\'').and_then(|n| n.strip_suffix('\'')) {
        Some(quoted) if quoted.contains("''") => Cow::Owned(quoted.replace("''", "'")),
        Some(quoted) => Cow::Borrowed(quoted),
        None => Cow::Borrowed(name),
    }
}

/// The value of a string token without interpolation; `None` if it has one.
pub fn plain(text: &str) -> Option<Cow<'_, str>> {
    let inner = text.get(1..text.len() - 1)?;
    let bytes = inner.as_bytes();
    let (mut at, mut doubled) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'\\' => 2,
            b'"' => {
                doubled = true;
                2
            }
            b'{' => return None,
            _ => 1,
        };
    }
    Some(if doubled { Cow::Owned(undouble(inner)) } else { Cow::Borrowed(inner) })
}

/// Reduces `""` to `"`; a backslash keeps the character behind it.
pub fn undouble(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.push(c);
        match c {
            '\\' => out.extend(chars.next()),
            '"' => drop(chars.next()),
            _ => {}
        }
    }
    out
}
