//! What is looked at before the host writes JSON: values cross without sharing, so one whose text has no end must not go.

use super::{text, Row};
use crate::context::Context;
use crate::errors::Error;
use crate::raise::Failure;
use crate::value::Value;

const OPS: &str = "beamtalk_json_ops";

pub(crate) const TABLE: &[Row] =
    &[(OPS, "generate", 2, |c, o| ended(c, &o[1], "generate:")), (OPS, "prettyPrint", 2, |c, o| ended(c, &o[1], "prettyPrint:"))];

/// The host writes it, unless the text would be too long: refused here as the host refuses it.
fn ended(context: &mut Context, value: &Value, selector: &str) -> Result<Value, Failure> {
    let (mut bytes, mut steps, mut work) = (0_usize, 0_usize, vec![value]);
    while let Some(next) = work.pop() {
        steps += 1;
        // A comma, or what is around it.
        bytes += next.as_text().map_or(1, <[u8]>::len);
        if text::bounded(bytes).is_err() {
            context.spend(steps / 10);
            let (class, symbol) = (context.intern("JSON"), context.intern(selector));
            let error = Error::new("runtime_error", Some(class), Some(symbol))
                .message(format!("The JSON text is longer than {} bytes", text::MAX_BYTES));
            return Err(context.raise(error));
        }
        if let Some(cons) = next.as_cons() {
            work.extend([&cons.tail, &cons.head]);
        } else if let Some(map) = next.as_map() {
            work.extend(map.iter().flat_map(|(key, value)| [key, value]));
        } else if let Some(all) = next.as_array() {
            work.extend(all);
        } else if let Some(object) = next.as_instance() {
            work.extend(&object.fields);
        }
    }
    context.spend(steps / 10);
    Err(Failure::Host)
}
