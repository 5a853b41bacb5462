//! The checks of `checks` for primitives that name their class and selector by text.

use super::checks;
use crate::context::Context;
use crate::raise::Failure;
use crate::symbols::Symbol;
use crate::value::Value;

pub(crate) use super::checks::integer as clamped;

fn names(context: &mut Context, class: &str, selector: &str) -> (Symbol, Symbol) {
    (context.intern(class), context.intern(selector))
}

/// Raises: `selector` expects this, but got something else.
pub(crate) fn type_error(context: &mut Context, class: &str, selector: &str, expected: &str, got: &Value) -> Failure {
    let (class, selector) = names(context, class, selector);
    checks::type_error(context, class, selector, expected, got)
}

/// A block with so many parameters.
pub(crate) fn block(context: &mut Context, value: &Value, count: usize, class: &str, selector: &str) -> Result<(), Failure> {
    let (class, selector) = names(context, class, selector);
    checks::block(context, value, count, class, selector)
}

pub(crate) fn is_integer(value: &Value) -> bool {
    clamped(value).is_some()
}

/// Any integer, as an index or a count: one beyond the machine's words is the outermost of them.
pub(crate) fn index(context: &mut Context, value: &Value, class: &str, selector: &str) -> Result<i64, Failure> {
    let (class, selector) = names(context, class, selector);
    checks::index(context, value, class, selector)
}
