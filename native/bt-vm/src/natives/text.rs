//! Texts.

use crate::context::Context;
use crate::heap::resized;
use crate::raise::Failure;
use crate::value::Value;

/// Largest text that is put together at once.
pub(crate) const MAX_BYTES: usize = 1 << 28;
/// Bits of the largest integer that is written in digits.
const MAX_BITS: u64 = 1 << 21;

/// May a text be so long? The other engine has the same bounds.
pub(crate) fn bounded(bytes: usize) -> Result<(), Failure> {
    match bytes > MAX_BYTES {
        true => Err(Failure::too_large()),
        false => Ok(()),
    }
}

/// Digits of a large integer.
pub(crate) fn of_big(value: &num_bigint::BigInt) -> Result<String, Failure> {
    match value.bits() > MAX_BITS {
        true => Err(Failure::too_large()),
        false => Ok(value.to_string()),
    }
}

/// Two texts as one; the left one grows in place where nothing else refers to it.
pub(crate) fn joined(context: &Context, left: Value, right: &Value) -> Result<Value, Failure> {
    let right = right.as_text().unwrap_or_default();
    bounded(left.as_text().map_or(0, <[u8]>::len) + right.len())?;
    context.room(right.len())?;
    let Value::Heap(mut reference) = left else { return Err(Failure::Host) };
    if let Some(own) = reference.get_mut::<Vec<u8>>() {
        let before = own.capacity();
        own.extend_from_slice(right);
        resized(before, own.capacity());
        return Ok(Value::Heap(reference));
    }
    let left = reference.get::<Vec<u8>>().map(Vec::as_slice).unwrap_or_default();
    context.room(left.len())?;
    let mut whole = Vec::with_capacity(left.len() + right.len());
    whole.extend_from_slice(left);
    whole.extend_from_slice(right);
    Ok(Value::text(whole))
}

/// The number in decimal.
#[inline(never)]
pub(crate) fn of_integer(value: i64) -> Value {
    Value::text(value.to_string())
}

/// The parts of a text with expressions in it. A part that is no text is flattened where it is a list of texts, else shown.
pub(crate) fn interpolated(context: &Context, parts: &[Value]) -> Result<Value, Failure> {
    let size: usize = parts.iter().map(|part| part.as_text().map_or(16, <[u8]>::len)).sum();
    bounded(size)?;
    context.room(size)?;
    let mut whole = Vec::with_capacity(size);
    for part in parts {
        match part.as_text() {
            Some(text) => whole.extend_from_slice(text),
            None => match flat(part) {
                Some(bytes) => whole.extend_from_slice(&bytes),
                None => match crate::print::string(part, context) {
                    Ok(text) => whole.extend_from_slice(&text),
                    // A term of the host in place of a text: that there is one is all that can be said.
                    Err(Failure::Host) => whole.extend_from_slice(crate::print::term(part, context).as_bytes()),
                    Err(failure) => return Err(failure),
                },
            },
        }
    }
    Ok(Value::text(whole))
}

/// An iolist as its bytes.
pub(crate) fn flat(value: &Value) -> Option<Vec<u8>> {
    if !value.is_list() {
        return None;
    }
    let mut bytes = Vec::new();
    let mut work = vec![value];
    while let Some(next) = work.pop() {
        match next {
            Value::EmptyList => {}
            Value::Integer(byte) => bytes.push(u8::try_from(*byte).ok()?),
            other => match (other.as_cons(), other.as_text()) {
                (Some(cons), _) => work.extend([&cons.tail, &cons.head]),
                (None, Some(text)) => bytes.extend_from_slice(text),
                (None, None) => return None,
            },
        }
    }
    Some(bytes)
}
