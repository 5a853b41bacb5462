//! Checks of arguments that the primitives of several classes share. What fails is a `type_error` whose hint names what was expected and what came.

use crate::context::Context;
use crate::foreign::Kind;
use crate::raise::Failure;
use crate::value::Value;

/// Raises: `selector` expects this, but got something else.
pub(crate) fn type_error(context: &mut Context, class: &str, selector: &str, expected: &str, got: &Value) -> Failure {
    let got = self::got(context, got);
    context.error("type_error", class, selector, &format!("{selector} expects {expected}, got {got}"))
}

/// What came instead: its class, of a block the number of its parameters.
pub(crate) fn got(context: &Context, value: &Value) -> String {
    match parameters(value) {
        Some(count) => format!("a {count}-argument block"),
        None => {
            let class = match value {
                Value::Class(_) => "Class",
                other => context.symbols.name(context.classes.class_name(other)),
            };
            format!("a {class}")
        }
    }
}

/// How many parameters a block has; `None` for what is no block.
pub(crate) fn parameters(value: &Value) -> Option<u32> {
    match value.as_foreign().map(|foreign| foreign.kind) {
        Some(Kind::Fun(count)) => Some(count.into()),
        _ => value.as_block().map(|block| block.code.parameters),
    }
}

/// A block with so many parameters.
pub(crate) fn block(context: &mut Context, value: &Value, count: u32, class: &str, selector: &str) -> Result<(), Failure> {
    match parameters(value) {
        Some(found) if found == count => Ok(()),
        _ => Err(type_error(context, class, selector, &format!("a {count}-argument block"), value)),
    }
}

pub(crate) fn is_integer(value: &Value) -> bool {
    matches!(value, Value::Integer(_)) || value.as_big().is_some()
}

/// Any integer, as an index or a count: one beyond the machine's words is the outermost of them.
pub(crate) fn index(context: &mut Context, value: &Value, class: &str, selector: &str) -> Result<i64, Failure> {
    match clamped(value) {
        Some(index) => Ok(index),
        None => Err(type_error(context, class, selector, "an Integer", value)),
    }
}

/// An integer, with those beyond the machine's words as the outermost of them.
pub(crate) fn clamped(value: &Value) -> Option<i64> {
    match (value, value.as_big()) {
        (Value::Integer(value), _) => Some(*value),
        (_, Some(big)) => Some(if big.sign() == num_bigint::Sign::Minus { i64::MIN } else { i64::MAX }),
        _ => None,
    }
}
