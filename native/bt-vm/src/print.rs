//! Text of values as the runtime's printer gives it.

use crate::context::Context;
use crate::value::Value;

/// A term as Erlang writes it.
pub fn term(value: &Value, context: &Context) -> String {
    match value {
        Value::Integer(n) => n.to_string(),
        other => match (context.symbols.text(other), other.as_tuple()) {
            (Some(name), _) => name.to_string(),
            (None, Some(parts)) => {
                let parts: Vec<String> = parts.iter().map(|part| term(part, context)).collect();
                format!("{{{}}}", parts.join(","))
            }
            (None, None) => match other.as_text() {
                Some(text) => format!("<<{:?}>>", String::from_utf8_lossy(text)),
                None => format!("{other:?}"),
            },
        },
    }
}

/// What a value looks like at the prompt, without asking its class.
pub fn string(value: &Value, context: &Context) -> String {
    term(value, context)
}
