//! Characters, which are integers.

use super::expected::{is_integer, type_error};
use super::Row;
use crate::context::Context;
use crate::raise::Failure;
use crate::unicode::{lower, upper, Category};
use crate::value::Value;

pub(crate) const TABLE: &[Row] = &[
    ("beamtalk_character_ops", "value", 2, checked),
    ("beamtalk_character_ops", "isLetter", 1, |_, o| is(o, Category::Letter, |c| c.is_ascii_alphabetic())),
    ("beamtalk_character_ops", "isDigit", 1, |_, o| is(o, Category::Digit, |c| c.is_ascii_digit())),
    ("beamtalk_character_ops", "isUppercase", 1, |_, o| is(o, Category::Uppercase, |c| c.is_ascii_uppercase())),
    ("beamtalk_character_ops", "isLowercase", 1, |_, o| is(o, Category::Lowercase, |c| c.is_ascii_lowercase())),
    ("beamtalk_character_ops", "isWhitespace", 1, |_, o| is(o, Category::Separator, |c| matches!(c, '\t'..='\r' | ' '))),
    ("beamtalk_character_ops", "uppercase", 1, |_, o| changed(o, |c| upper(c).next())),
    ("beamtalk_character_ops", "lowercase", 1, |_, o| changed(o, |c| lower(c).next())),
    ("beamtalk_character_ops", "asInteger", 1, |_, o| Ok(Value::take(&mut o[0]))),
    ("beamtalk_character_ops", "asString", 1, |_, o| written(o, "")),
    ("beamtalk_character_ops", "printString", 1, |_, o| written(o, "$")),
];

/// The character of a code point.
fn character(value: &Value) -> Option<char> {
    match value {
        Value::Integer(point) => u32::try_from(*point).ok().and_then(char::from_u32),
        _ => None,
    }
}

fn checked(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let value = &operands[1];
    if character(value).is_some() {
        return Ok(value.clone());
    }
    if !is_integer(value) {
        return Err(type_error(context, "Character", "value:", "a Unicode scalar value", value));
    }
    let number = crate::print::term(value, context);
    let hint = format!("{number} is not a Unicode scalar value (0 to 16r10FFFF without surrogates)");
    Err(context.error("type_error", "Character", "value:", &hint))
}

fn is(operands: &[Value], category: Category, ascii: fn(char) -> bool) -> Result<Value, Failure> {
    Ok(Value::boolean(character(&operands[0]).is_some_and(|c| if c.is_ascii() { ascii(c) } else { category.has(c as u32) })))
}

/// For integers that are no characters the functions of the host fail each in its way.
fn changed(operands: &[Value], change: fn(char) -> Option<char>) -> Result<Value, Failure> {
    match character(&operands[0]).and_then(change) {
        Some(changed) => Ok(Value::Integer(i64::from(changed as u32))),
        None => Err(Failure::Host),
    }
}

fn written(operands: &[Value], before: &str) -> Result<Value, Failure> {
    match character(&operands[0]) {
        Some(character) => Ok(Value::text(format!("{before}{character}"))),
        None => Err(Failure::Host),
    }
}
