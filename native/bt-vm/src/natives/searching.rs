//! Texts: trimming, searching, splitting, replacing.
//!
//! An occurrence is what `string:find/2` finds: the bytes are there, and what follows does not belong to the last code point. There is no "e" in an "é" that is
//! written with a combining accent.

use super::strings::{bounded, bytes, charge, decoded, few, list, room_for};
use super::Row;
use crate::context::Context;
use crate::raise::Failure;
use crate::unicode::{clusters, first, is_white};
use crate::value::Value;

pub(crate) const TABLE: &[Row] = &[
    ("beamtalk_string_ops", "trim", 1, |c, o| trimmed(c, o, true, true)),
    ("beamtalk_string_ops", "trimLeft", 1, |c, o| trimmed(c, o, true, false)),
    ("beamtalk_string_ops", "trimRight", 1, |c, o| trimmed(c, o, false, true)),
    ("beamtalk_string_ops", "isBlank", 1, |c, o| {
        let text = decoded(&o[0])?;
        charge(c, text.len());
        Ok(Value::boolean(without_end(without_start(text)).is_empty()))
    }),
    ("beamtalk_string_ops", "words", 1, words),
    ("beamtalk_string_ops", "lines", 1, lines),
    ("beamtalk_string_ops", "includesSubstring", 2, includes),
    ("beamtalk_string_ops", "startsWith", 2, starts_with),
    ("beamtalk_string_ops", "endsWith", 2, ends_with),
    ("beamtalk_string_ops", "indexOf", 2, index_of),
    ("beamtalk_string_ops", "split", 2, split),
    ("beamtalk_string_ops", "splitOn", 2, split_on),
    ("beamtalk_string_ops", "replaceAll_with", 3, |c, o| replaced(c, o, usize::MAX)),
    ("beamtalk_string_ops", "replaceFirst_with", 3, |c, o| replaced(c, o, 1)),
];

/// Is the cluster white space, alone or as a line end?
fn is_blank(cluster: &str) -> bool {
    let mut points = cluster.chars();
    match (points.next(), points.next()) {
        (Some(point), None) => is_white(point),
        _ => cluster == "\r\n",
    }
}

/// Does the cluster separate words?
fn separates(cluster: &str) -> bool {
    matches!(cluster, " " | "\t" | "\n" | "\r" | "\r\n")
}

/// Where clusters that are like this end, at the start of the text.
fn skipped(text: &str, like: fn(&str) -> bool) -> usize {
    clusters(text).take_while(|cluster| like(cluster)).map(str::len).sum()
}

/// Where the first cluster like this begins. It is looked for by its code points, so it may stand behind what belongs to it.
fn found(text: &str, like: fn(&str) -> bool) -> Option<usize> {
    let mut from = 0;
    while let Some((at, _)) = text[from..].char_indices().find(|(_, point)| is_white(*point)) {
        let at = from + at;
        let size = first(&text[at..]);
        if like(&text[at..at + size]) {
            return Some(at);
        }
        from = at + size;
    }
    None
}

fn without_start(text: &str) -> &str {
    &text[skipped(text, is_blank)..]
}

fn without_end(text: &str) -> &str {
    let mut from = 0;
    while let Some(at) = found(&text[from..], is_blank) {
        let start = from + at;
        from = start + skipped(&text[start..], is_blank);
        if from == text.len() {
            return &text[..start];
        }
    }
    text
}

fn trimmed(context: &mut Context, operands: &[Value], start: bool, end: bool) -> Result<Value, Failure> {
    let text = decoded(&operands[0])?;
    charge(context, text.len());
    let rest = if start { without_start(text) } else { text };
    let rest = if end { without_end(rest) } else { rest };
    match rest.len() == text.len() {
        true => Ok(operands[0].clone()),
        false => Ok(Value::text(rest)),
    }
}

fn words(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let text = decoded(&operands[0])?;
    let mut words = Vec::new();
    let mut rest = &text[skipped(text, separates)..];
    while !rest.is_empty() {
        let (word, after) = rest.split_at(found(rest, separates).unwrap_or(rest.len()));
        words.push(word);
        rest = &after[skipped(after, separates)..];
    }
    room_for(context, words.len(), text.len())?;
    Ok(list(words.into_iter()))
}

fn lines(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let text = bytes(&operands[0])?;
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    room_for(context, lines.len(), text.len())?;
    let last = lines.len() - 1;
    let ended = |(index, line): (usize, &&[u8])| match line {
        // A return without a line end behind it is part of the line.
        [whole @ .., b'\r'] if index < last => Value::text(whole),
        line => Value::text(*line),
    };
    Ok(Value::list(lines.iter().enumerate().map(ended)))
}

/// Is what ends there an occurrence of the part?
fn is_whole(text: &str, end: usize, part: &str) -> bool {
    let (Some(last), Some(next)) = (part.as_bytes().last(), text.as_bytes().get(end)) else { return true };
    if *last < 128 && *last != b'\r' && *next < 128 {
        return true;
    }
    match part.chars().next_back() {
        Some(point) => first(&text[end - point.len_utf8()..]) == point.len_utf8(),
        None => true,
    }
}

/// The first occurrence at or behind a place.
fn next(text: &str, part: &str, from: usize) -> Option<usize> {
    let mut from = from;
    loop {
        let at = from + text.get(from..)?.find(part)?;
        if is_whole(text, at + part.len(), part) {
            return Some(at);
        }
        from = at + text[at..].chars().next().map_or(1, char::len_utf8);
    }
}

/// Where the part occurs, without overlap.
fn occurrences<'a>(text: &'a str, part: &'a str) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = next(text, part, from)?;
        from = at + part.len();
        Some(at)
    })
}

/// The receiver, and an argument that must be a text.
fn two<'a>(context: &mut Context, operands: &'a [Value]) -> Result<(&'a str, &'a str), Failure> {
    if operands[1].as_text().is_none() {
        bytes(&operands[0])?;
        return Err(context.fail("badarg"));
    }
    let (text, part) = (decoded(&operands[0])?, decoded(&operands[1])?);
    charge(context, text.len());
    Ok((text, part))
}

fn includes(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let (text, part) = two(context, operands)?;
    Ok(Value::boolean(part.is_empty() || next(text, part, 0).is_some()))
}

fn starts_with(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let (text, part) = two(context, operands)?;
    Ok(Value::boolean(part.is_empty() || (text.starts_with(part) && is_whole(text, part.len(), part))))
}

fn ends_with(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let text = bytes(&operands[0])?;
    match operands[1].as_text() {
        Some(part) => Ok(Value::boolean(text.ends_with(part))),
        None => Err(context.fail("badarg")),
    }
}

/// Counted in characters from 1; nil where there is none. An occurrence that begins inside a character counts as there.
fn index_of(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let (text, part) = two(context, operands)?;
    if part.is_empty() {
        return Ok(Value::Nil);
    }
    let Some(offset) = next(text, part, 0) else { return Ok(Value::Nil) };
    let ends = clusters(text).scan(0, |end, cluster| {
        *end += cluster.len();
        Some(*end)
    });
    Ok(Value::Integer(ends.take_while(|end| *end <= offset).count() as i64 + 1))
}

fn pieces<'a>(text: &'a str, part: &'a str, count: usize) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for at in occurrences(text, part).take(count) {
        pieces.push(&text[from..at]);
        from = at + part.len();
    }
    pieces.push(&text[from..]);
    pieces
}

fn split(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let (text, part) = two(context, operands)?;
    if part.is_empty() {
        return Err(context.fail("badarg"));
    }
    let pieces = pieces(text, part, usize::MAX);
    room_for(context, pieces.len(), text.len())?;
    Ok(list(pieces.into_iter()))
}

/// Like `split:`, but an empty pattern leaves the text whole.
fn split_on(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    match operands[1].as_text() {
        Some([]) => Ok(Value::cons(operands[0].clone(), Value::EmptyList)),
        _ => split(context, operands),
    }
}

fn replaced(context: &mut Context, operands: &mut [Value], count: usize) -> Result<Value, Failure> {
    let Some(new) = operands[2].as_text() else {
        bytes(&operands[0])?;
        return Err(context.fail("badarg"));
    };
    let (text, old) = two(context, operands)?;
    if old.is_empty() {
        return Err(context.fail("badarg"));
    }
    let pieces = pieces(text, old, count);
    if pieces.len() == 1 {
        return Ok(operands[0].clone());
    }
    few(pieces.len() - 1)?;
    context.room(pieces.len() * std::mem::size_of::<&str>())?;
    let kept: usize = pieces.iter().map(|piece| piece.len()).sum();
    bounded(context, kept.saturating_add((pieces.len() - 1).saturating_mul(new.len())))?;
    let pieces: Vec<&[u8]> = pieces.into_iter().map(str::as_bytes).collect();
    Ok(Value::text(pieces.join(new)))
}
