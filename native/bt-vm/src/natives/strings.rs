//! Texts: UTF-8, counted in grapheme clusters.
//!
//! Of bytes that are no UTF-8 the host's functions refuse some and take others, so such texts are left to them where more than the bytes counts.

use num_bigint::BigInt;

use super::expected::{self, clamped, index, type_error};
use super::{text, Row};
use crate::context::Context;
use crate::raise::Failure;
use crate::unicode::{clusters, first, lower, upper};
use crate::value::Value;

pub(crate) const TABLE: &[Row] = &[
    ("beamtalk_string_ops", "withAll", 2, with_all),
    ("beamtalk_string_ops", "++", 2, appended),
    ("beamtalk_string_ops", "length", 1, length),
    ("beamtalk_string_ops", "at", 2, at),
    ("beamtalk_string_ops", "take", 2, take),
    ("beamtalk_string_ops", "drop", 2, drop),
    ("beamtalk_string_ops", "asList", 1, |c, o| as_list(c, &o[0])),
    ("beamtalk_string_ops", "uppercase", 1, |c, o| {
        changed(c, o, u8::to_ascii_uppercase, |t, to| to.extend(t.chars().flat_map(upper)))
    }),
    ("beamtalk_string_ops", "lowercase", 1, |c, o| {
        changed(c, o, u8::to_ascii_lowercase, |t, to| to.extend(t.chars().flat_map(lower)))
    }),
    ("beamtalk_string_ops", "capitalize", 1, capitalized),
    ("beamtalk_string_ops", "reverse", 1, reversed),
    ("beamtalk_string_ops", "repeat", 2, |c, o| repeated(c, &o[0], &o[1])),
    ("beamtalk_string_ops", "padLeft", 2, |c, o| padded(c, o, Side::Left)),
    ("beamtalk_string_ops", "padLeft_with", 3, |c, o| padded(c, o, Side::Left)),
    ("beamtalk_string_ops", "padRight", 2, |c, o| padded(c, o, Side::Right)),
    ("beamtalk_string_ops", "padRight_with", 3, |c, o| padded(c, o, Side::Right)),
    ("beamtalk_string_ops", "isDigit", 1, |c, o| all(c, o, u8::is_ascii_digit)),
    ("beamtalk_string_ops", "isAlpha", 1, |c, o| all(c, o, u8::is_ascii_alphabetic)),
    ("beamtalk_string_ops", "asInteger", 1, as_integer),
    ("beamtalk_string_ops", "asFloat", 1, as_float),
    ("beamtalk_string_ops", "asAtom", 1, as_atom),
    ("beamtalk_symbol_ops", "asAtom", 1, |_, o| Ok(Value::take(&mut o[0]))),
    ("beamtalk_symbol_ops", "asString", 1, |c, o| match c.symbols.text(&o[0]) {
        Some(name) => Ok(Value::text(name)),
        None => Err(c.fail("badarg")),
    }),
    // What the methods of the prelude begin with: the characters, once the block has been looked at.
    ("beamtalk_string_ops", "do", 2, |c, o| characters_for(c, o, "do:")),
    ("beamtalk_string_ops", "collect", 2, |c, o| characters_for(c, o, "collect:")),
    ("beamtalk_string_ops", "select", 2, |c, o| characters_for(c, o, "select:")),
];

/// Most pieces of a text that is taken apart.
const MAX_PIECES: usize = 1 << 23;
/// More digits are not read as a number.
const MAX_DIGITS: usize = 300_000;

/// The bytes of the receiver.
pub(super) fn bytes(value: &Value) -> Result<&[u8], Failure> {
    value.as_text().ok_or(Failure::Host)
}

/// The receiver's characters.
pub(super) fn decoded(value: &Value) -> Result<&str, Failure> {
    std::str::from_utf8(bytes(value)?).map_err(|_| Failure::Host)
}

/// Charges for going through so many bytes.
pub(super) fn charge(context: &mut Context, size: usize) {
    context.spend(size / 100);
}

/// Is there room for a text of so many bytes?
pub(super) fn bounded(context: &mut Context, size: usize) -> Result<(), Failure> {
    text::bounded(size)?;
    context.room(size)?;
    charge(context, size);
    Ok(())
}

/// Is every byte a character?
fn is_plain(text: &str) -> bool {
    text.is_ascii() && !text.as_bytes().contains(&b'\r')
}

fn count(text: &str) -> usize {
    match is_plain(text) {
        true => text.len(),
        false => clusters(text).count(),
    }
}

/// Bytes of the first so many characters.
fn offset(text: &str, characters: i64) -> usize {
    let characters = usize::try_from(characters).unwrap_or(usize::MAX);
    match is_plain(text) {
        true => characters.min(text.len()),
        false => clusters(text).take(characters).map(str::len).sum(),
    }
}

fn with_all(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let list = &operands[1];
    if !list.is_list() {
        return Err(type_error(context, "String", "withAll:", "a List", list));
    }
    let (mut size, mut steps, mut rest) = (0usize, 0, list);
    while let Some(cons) = rest.as_cons() {
        match cons.head.as_text() {
            Some(part) => size = size.saturating_add(part.len()),
            None => return Err(type_error(context, "String", "withAll:", "a List of Strings", &cons.head)),
        }
        steps += 1;
        rest = &cons.tail;
    }
    if !matches!(rest, Value::EmptyList) {
        return Err(Failure::Host);
    }
    context.spend(steps / 10);
    bounded(context, size)?;
    let mut whole = Vec::with_capacity(size);
    for part in list.elements() {
        whole.extend_from_slice(part.as_text().unwrap_or_default());
    }
    Ok(Value::text(whole))
}

fn appended(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    bytes(&operands[0])?;
    let Some(other) = operands[1].as_text() else { return Err(context.fail("badarg")) };
    charge(context, other.len());
    text::bounded(bytes(&operands[0])?.len() + other.len())?;
    let left = Value::take(&mut operands[0]);
    text::joined(context, left, &operands[1])
}

fn length(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let text = decoded(&operands[0])?;
    charge(context, text.len());
    Ok(Value::Integer(count(text) as i64))
}

fn at(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let index = index(context, &operands[1], "String", "at:")?;
    if index < 1 {
        return Err(context.error("index_out_of_bounds", "String", "at:", "Index must be >= 1 (1-based indexing)"));
    }
    let text = decoded(&operands[0])?;
    charge(context, text.len());
    let rest = &text[offset(text, index - 1)..];
    match first(rest) {
        0 => Err(context.error("index_out_of_bounds", "String", "at:", "Index is beyond string length")),
        size => Ok(Value::text(&rest[..size])),
    }
}

fn take(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let count = index(context, &operands[1], "String", "take:")?;
    if count <= 0 {
        return Ok(Value::text(""));
    }
    let text = decoded(&operands[0])?;
    charge(context, text.len());
    match offset(text, count) {
        all if all == text.len() => Ok(operands[0].clone()),
        size => Ok(Value::text(&text[..size])),
    }
}

fn drop(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let count = index(context, &operands[1], "String", "drop:")?;
    if count <= 0 {
        return Ok(operands[0].clone());
    }
    let text = decoded(&operands[0])?;
    charge(context, text.len());
    Ok(Value::text(&text[offset(text, count)..]))
}

/// Memory of one element of a list of short texts.
const ELEMENT: usize = 120;

/// May a text have so many pieces?
pub(super) fn few(pieces: usize) -> Result<(), Failure> {
    match pieces > MAX_PIECES {
        true => Err(Failure::too_large()),
        false => Ok(()),
    }
}

/// Charges for a list of so many texts.
pub(super) fn room_for(context: &mut Context, count: usize, bytes: usize) -> Result<(), Failure> {
    few(count)?;
    context.room(count.saturating_mul(ELEMENT).saturating_add(bytes))?;
    context.spend(count / 10 + bytes / 100);
    Ok(())
}

pub(super) fn list<'a>(texts: impl DoubleEndedIterator<Item = &'a str>) -> Value {
    Value::list(texts.map(Value::text))
}

fn as_list(context: &mut Context, value: &Value) -> Result<Value, Failure> {
    let text = decoded(value)?;
    let most = if text.len() > MAX_PIECES { count(text) } else { text.len() };
    room_for(context, most, text.len())?;
    let all: Vec<&str> = clusters(text).collect();
    Ok(list(all.into_iter()))
}

fn characters_for(context: &mut Context, operands: &[Value], selector: &str) -> Result<Value, Failure> {
    expected::block(context, &operands[1], 1, "String", selector)?;
    as_list(context, &operands[0])
}

/// In place where nothing else refers to the text and all of it is ASCII.
fn changed(
    context: &mut Context,
    operands: &mut [Value],
    ascii: fn(&u8) -> u8,
    change: fn(&str, &mut String),
) -> Result<Value, Failure> {
    let text = decoded(&operands[0])?;
    let size = text.len();
    charge(context, size);
    if text.is_ascii() {
        if let Value::Heap(reference) = &mut operands[0] {
            if let Some(own) = reference.get_mut::<Vec<u8>>() {
                own.iter_mut().for_each(|byte| *byte = ascii(byte));
                return Ok(Value::take(&mut operands[0]));
            }
        }
        context.room(size)?;
        return Ok(Value::text(bytes(&operands[0])?.iter().map(ascii).collect::<Vec<u8>>()));
    }
    // A letter becomes three times as long at most.
    context.room(size * 3)?;
    let mut whole = String::with_capacity(size);
    change(text, &mut whole);
    Ok(Value::text(whole))
}

fn capitalized(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let text = decoded(&operands[0])?;
    context.room(text.len())?;
    charge(context, text.len());
    let (start, rest) = text.split_at(first(text));
    let mut whole = String::with_capacity(text.len() + 4);
    whole.extend(start.chars().flat_map(upper));
    whole.push_str(rest);
    Ok(Value::text(whole))
}

fn reversed(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let text = decoded(&operands[0])?;
    context.room(text.len())?;
    charge(context, text.len());
    let mut whole = vec![0; text.len()];
    let mut end = text.len();
    for cluster in clusters(text) {
        let start = end - cluster.len();
        whole[start..end].copy_from_slice(cluster.as_bytes());
        end = start;
    }
    Ok(Value::text(whole))
}

fn repeated(context: &mut Context, text: &Value, count: &Value) -> Result<Value, Failure> {
    let part = bytes(text)?;
    let count = match clamped(count) {
        Some(count) if count >= 0 => count,
        _ => return Err(context.fail("badarg")),
    };
    if part.is_empty() {
        // The host's copying takes no count beyond its words.
        return match count {
            i64::MAX => Err(context.fail("badarg")),
            _ => Ok(Value::text("")),
        };
    }
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    bounded(context, part.len().saturating_mul(count))?;
    Ok(Value::text(part.repeat(count)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// Filled up with blanks, or with the filler that is the third operand.
fn padded(context: &mut Context, operands: &[Value], side: Side) -> Result<Value, Failure> {
    let blank = Value::text(" ");
    let filler = operands.get(2).unwrap_or(&blank);
    let (Some(width), Some(_)) = (clamped(&operands[1]), filler.as_text()) else {
        return Err(context.fail("badarg"));
    };
    if count(decoded(filler)?) != 1 {
        return Err(context.fail("badarg"));
    }
    let text = decoded(&operands[0])?;
    charge(context, text.len());
    let missing = width.saturating_sub(count(text) as i64).max(0);
    let padding = repeated(context, filler, &Value::Integer(missing))?;
    let padding = bytes(&padding)?;
    context.room(padding.len() + text.len())?;
    Ok(Value::text(match side {
        Side::Left => [padding, text.as_bytes()].concat(),
        Side::Right => [text.as_bytes(), padding].concat(),
    }))
}

fn all(context: &mut Context, operands: &[Value], holds: fn(&u8) -> bool) -> Result<Value, Failure> {
    let bytes = bytes(&operands[0])?;
    charge(context, bytes.len());
    Ok(Value::boolean(!bytes.is_empty() && bytes.iter().all(holds)))
}

fn as_integer(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let text = bytes(&operands[0])?;
    if text.len() > MAX_DIGITS {
        return Err(context.fail("system_limit"));
    }
    let digits = match text {
        [b'+' | b'-', digits @ ..] => digits,
        digits => digits,
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(context.fail("badarg"));
    }
    if digits.len() <= 18 {
        let size = digits.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        return Ok(Value::Integer(if text[0] == b'-' { -size } else { size }));
    }
    // Reading takes quadratic time.
    let steps = digits.len() * digits.len() / 100_000;
    let number = BigInt::parse_bytes(digits, 10).map(|size| if text[0] == b'-' { -size } else { size });
    context.spend(steps);
    number.map(Value::integer).ok_or_else(|| context.fail("badarg"))
}

/// Digits, a point (or a comma), digits, perhaps an exponent.
fn as_float(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let text = bytes(&operands[0])?;
    charge(context, text.len());
    match float(text) {
        Some(value) if value.is_finite() => Ok(Value::Float(value)),
        _ => Err(context.fail("badarg")),
    }
}

fn float(text: &[u8]) -> Option<f64> {
    let mut at = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let digits = |at: &mut usize| {
        let start = *at;
        while text.get(*at).is_some_and(u8::is_ascii_digit) {
            *at += 1;
        }
        (*at > start).then_some(())
    };
    digits(&mut at)?;
    let point = at;
    matches!(text.get(at), Some(b'.' | b',')).then_some(())?;
    at += 1;
    digits(&mut at)?;
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        digits(&mut at)?;
    }
    if at != text.len() {
        return None;
    }
    let mut plain = text.to_vec();
    plain[point] = b'.';
    std::str::from_utf8(&plain).ok()?.parse().ok()
}

/// Atoms that every node has.
const EVERYWHERE: &[&str] = &["ok", "error", "undefined", "infinity", "normal", "exit", "throw", "reason", "badarg"];

/// A name that has occurred here is a symbol; which others the host knows only it can say.
fn as_atom(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let name = decoded(&operands[0])?;
    if context.symbols.known(name).is_none() && !["nil", "true", "false"].contains(&name) && !EVERYWHERE.contains(&name) {
        return Err(Failure::Host);
    }
    let name = name.to_string();
    Ok(context.symbol(&name))
}
