//! Primitives of Block that evaluate none, and the checks of its control messages: `beamtalk_block`, `beamtalk_block_ops`, `beamtalk_intrinsics`.

use super::{checks, Row};
use crate::context::Context;
use crate::errors::Error;
use crate::raise::Failure;
use crate::value::Value;

type Answer = Result<Value, Failure>;

pub(crate) const TABLE: &[Row] = &[
    ("beamtalk_block", "arity", 1, |_, o| match checks::arity(&o[0]) {
        Some(arity) => Ok(Value::Integer(arity as i64)),
        None => Err(checks::badarg()),
    }),
    // It gets only blocks that do not fit: the prelude evaluates the others.
    ("beamtalk_block", "value_with_arguments", 2, |c, o| match o[1].proper_list() {
        Some(arguments) => refused(c, &o[0], arguments.len()),
        None => {
            let hint = "valueWithArguments: expects a List of arguments";
            Err(c.error("type_error", "Block", "valueWithArguments:", hint))
        }
    }),
    ("beamtalk_block_ops", "booleanNot", 1, |c, o| match condition(c, &o[0], "not")? {
        Value::True => Ok(Value::False),
        _ => Ok(Value::True),
    }),
    // Is it a block of the machine with so many parameters?
    ("$vm", "is_own", 2, |_, o| match (o[0].as_block(), &o[1]) {
        (Some(block), Value::Integer(arity)) => Ok(Value::boolean(i64::from(block.code.parameters) == *arity)),
        _ => Ok(Value::False),
    }),
    // Is it a block of the machine with as many parameters as the list has elements?
    ("$vm", "takes", 2, |_, o| {
        let (length, end) = super::list::walked(&o[1]);
        let fits = o[0].as_block().is_some_and(|block| block.code.parameters as usize == length);
        Ok(Value::boolean(fits && matches!(end, Value::EmptyList)))
    }),
    ("$vm", "condition", 2, |c, o| match &o[1] {
        Value::Symbol(selector) => {
            let selector = c.symbols.name(*selector).to_string();
            condition(c, &o[0], &selector)
        }
        _ => Err(checks::badarg()),
    }),
    ("$vm", "handler", 2, |c, o| {
        let (class, selector) = (c.intern("Block"), c.intern("on:do:"));
        checks::block(c, &o[1], 0, class, selector)?;
        match checks::arity(&o[0]) {
            Some(_) => Ok(Value::Nil),
            None => Err(checks::type_error(c, class, selector, "a handler block", &o[0])),
        }
    }),
    // Is it a value instead of a block? A block has to be one without parameters.
    ("$vm", "constant", 3, |c, o| {
        let (class, selector) = checks::names(&o[2], &o[1])?;
        match checks::arity(&o[0]) {
            None => Ok(Value::True),
            Some(_) => checks::block(c, &o[0], 0, class, selector).map(|()| Value::False),
        }
    }),
];

/// A block that is evaluated with so many arguments and does not take them.
fn refused(context: &mut Context, block: &Value, given: usize) -> Answer {
    match (block.as_block(), checks::arity(block)) {
        (_, Some(expected)) if expected != given => {
            let class = context.intern("Block");
            let text = format!("Wrong number of arguments: block expects {expected} but was called with {given}");
            let error = Error::new("arity_mismatch", Some(class), None)
                .message(text)
                .hint("Check that your block has the right number of parameters");
            Err(context.raise(error))
        }
        // A fun of the host is evaluated there.
        _ => Err(Failure::Host),
    }
}

/// Anything but a boolean does not understand the message.
fn condition(context: &mut Context, value: &Value, selector: &str) -> Answer {
    match value {
        Value::True | Value::False => Ok(value.clone()),
        other => {
            let class = match other {
                Value::Class(_) => "Class".to_string(),
                other => context.symbols.name(context.classes.class_name(other)).to_string(),
            };
            let hint = "Check spelling or use 'respondsTo:' to verify method exists";
            Err(context.error("does_not_understand", &class, selector, hint))
        }
    }
}
