//! `printString` of the plain classes, and hashes.

use super::Row;
use crate::context::Context;
use crate::hash::phash2;
use crate::raise::Failure;
use crate::value::Value;

pub(crate) const TABLE: &[Row] = &[
    ("beamtalk_printer", "print_string", 1, printed),
    ("beamtalk_object_ops", "printString", 1, printed),
    ("beamtalk_list_ops", "printString", 1, printed),
    ("beamtalk_map_ops", "printString", 1, printed),
    ("beamtalk_set_ops", "printString", 1, printed),
    ("beamtalk_tuple_ops", "asString", 1, printed),
    ("beamtalk_array_ops", "printString", 1, printed),
    ("beamtalk_object_ops", "hash", 1, |context, operands| match phash2(&operands[0], context) {
        Some((hash, steps)) => {
            context.spend(steps / 10);
            Ok(Value::Integer(hash.into()))
        }
        None => Err(Failure::Host),
    }),
];

fn printed(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    match &operands[0] {
        Value::Integer(number) => return Ok(Value::text(number.to_string())),
        text if text.as_text().is_some() => return Ok(Value::take(&mut operands[0])),
        _ => {}
    }
    let text = crate::print::string(&operands[0], context)?;
    context.room(text.len())?;
    context.spend(text.len() / 100);
    Ok(Value::text(text))
}
