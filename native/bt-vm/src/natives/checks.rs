//! Checks of arguments that the collections share: those of `beamtalk_collection_ops`.

use super::Row;
use crate::context::Context;
use crate::errors::Error;
use crate::foreign::Kind;
use crate::raise::{Failure, Raise};
use crate::symbols::Symbol;
use crate::value::Value;

pub(crate) const TABLE: &[Row] = &[
    ("beamtalk_collection_ops", "block", 4, |c, o| {
        let (class, selector) = names(&o[2], &o[3])?;
        let Value::Integer(arity) = o[1] else { return Err(Failure::Host) };
        block(c, &o[0], arity as usize, class, selector).map(|()| ok(c))
    }),
    ("beamtalk_collection_ops", "boolean", 3, |c, o| {
        let (class, selector) = names(&o[1], &o[2])?;
        boolean(c, &o[0], class, selector).map(Value::boolean)
    }),
    ("beamtalk_collection_ops", "index", 3, |c, o| {
        let (class, selector) = names(&o[1], &o[2])?;
        index(c, &o[0], class, selector).map(|_| ok(c))
    }),
    ("beamtalk_collection_ops", "count", 3, |c, o| {
        let (class, selector) = names(&o[1], &o[2])?;
        count(c, &o[0], class, selector).map(|_| ok(c))
    }),
];

fn ok(context: &mut Context) -> Value {
    context.symbol("ok")
}

/// Class and selector as a prelude gives them.
pub(crate) fn names(class: &Value, selector: &Value) -> Result<(Symbol, Symbol), Failure> {
    match (class, selector) {
        (Value::Symbol(class), Value::Symbol(selector)) => Ok((*class, *selector)),
        _ => Err(Failure::Host),
    }
}

/// Number of parameters of a block, here or at the host.
pub(crate) fn arity(value: &Value) -> Option<usize> {
    match (value.as_block(), value.as_foreign().map(|foreign| foreign.kind)) {
        (Some(block), _) => Some(block.code.parameters as usize),
        (None, Some(Kind::Fun(arity))) => Some(arity.into()),
        _ => None,
    }
}

pub(crate) fn block(context: &mut Context, value: &Value, wanted: usize, class: Symbol, selector: Symbol) -> Result<(), Failure> {
    match arity(value) {
        Some(arity) if arity == wanted => Ok(()),
        _ => Err(type_error(context, class, selector, &block_text(wanted), value)),
    }
}

/// What a block answered that has to say yes or no.
pub(crate) fn boolean(context: &mut Context, value: &Value, class: Symbol, selector: Symbol) -> Result<bool, Failure> {
    match value {
        Value::True => Ok(true),
        Value::False => Ok(false),
        other => Err(type_error(context, class, selector, "a block that answers a Boolean", other)),
    }
}

/// An integer; one that needs more than a word is as good as the largest of its sign.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(value) => Some(*value),
        other => other.as_big().map(|big| if big.sign() == num_bigint::Sign::Minus { i64::MIN } else { i64::MAX }),
    }
}

/// An index: any integer; the bounds are the collection's own affair.
pub(crate) fn index(context: &mut Context, value: &Value, class: Symbol, selector: Symbol) -> Result<i64, Failure> {
    integer(value).ok_or_else(|| type_error(context, class, selector, "an Integer", value))
}

/// A number of elements.
pub(crate) fn count(context: &mut Context, value: &Value, class: Symbol, selector: Symbol) -> Result<i64, Failure> {
    match integer(value) {
        Some(count) if count >= 0 => Ok(count),
        Some(_) => {
            let hint = format!("{} expects a non-negative Integer, got {}", context.symbols.name(selector), digits(value));
            Err(context.raise(Error::new("type_error", Some(class), Some(selector)).hint(&hint)))
        }
        None => Err(type_error(context, class, selector, "a non-negative Integer", value)),
    }
}

/// An integer in digits.
pub(crate) fn digits(value: &Value) -> String {
    match value {
        Value::Integer(value) => value.to_string(),
        other => other.as_big().map(ToString::to_string).unwrap_or_default(),
    }
}

pub(crate) fn list(context: &mut Context, value: &Value, class: &str, selector: &str) -> Result<(), Failure> {
    match value.is_list() {
        true => Ok(()),
        false => {
            let (class, selector) = (context.intern(class), context.intern(selector));
            Err(type_error(context, class, selector, "a List", value))
        }
    }
}

pub(crate) fn type_error(context: &mut Context, class: Symbol, selector: Symbol, expected: &str, got: &Value) -> Failure {
    let hint = format!("{} expects {expected}, got {}", context.symbols.name(selector), self::got(context, got));
    context.raise(Error::new("type_error", Some(class), Some(selector)).hint(&hint))
}

/// What came instead: the class, for a block the number of its parameters.
pub(crate) fn got(context: &Context, value: &Value) -> String {
    match (arity(value), value) {
        (Some(arity), _) => block_text(arity),
        (None, Value::Class(_)) => "a Class".into(),
        (None, Value::Metaclass(_)) => "a Metaclass".into(),
        (None, other) => format!("a {}", context.symbols.name(context.classes.class_name(other))),
    }
}

fn block_text(arity: usize) -> String {
    format!("a {arity}-argument block")
}

/// Fails as a function of Erlang does that has no clause for its arguments.
pub(crate) fn no_clause() -> Failure {
    Failure::Raise(Raise::error(Value::Symbol(Symbol::FunctionClause)))
}

pub(crate) fn badarg() -> Failure {
    Failure::Raise(Raise::error(Value::Symbol(Symbol::Badarg)))
}

/// Fails as a list comprehension does whose list has such an end.
pub(crate) fn bad_generator(context: &mut Context, end: &Value) -> Failure {
    let reason = context.symbol("bad_generator");
    Failure::Raise(Raise::error(Value::tuple(vec![reason, end.clone()])))
}
