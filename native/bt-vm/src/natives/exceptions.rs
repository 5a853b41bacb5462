//! `beamtalk_exception_handler`: the protocol of exception objects. A fresh one has no error record and answers nil.

use super::Row;
use crate::context::Context;
use crate::errors::Error;
use crate::raise::{Class, Failure, Raise};
use crate::symbols::Symbol;
use crate::trace;
use crate::value::Value;

const MODULE: &str = "beamtalk_exception_handler";

pub(crate) const TABLE: &[Row] = &[
    (MODULE, "message", 1, |c, o| Ok(part(c, &o[0], 4))),
    (MODULE, "hint", 1, |c, o| Ok(present(part(c, &o[0], 5)))),
    (MODULE, "kind", 1, |c, o| Ok(part(c, &o[0], 1))),
    (MODULE, "selector", 1, |c, o| Ok(present(part(c, &o[0], 3)))),
    (MODULE, "error_class", 1, |c, o| Ok(part(c, &o[0], 2))),
    (MODULE, "stack_trace", 1, stack_trace),
    (MODULE, "print_string", 1, print_string),
    (MODULE, "signal", 1, signal),
    (MODULE, "signal", 2, signal_message),
    (MODULE, "error", 2, error),
    ("erlang", "error", 1, |_, o| Err(Failure::Raise(Raise::error(Value::take(&mut o[0]))))),
    ("erlang", "exit", 1, |_, o| Err(Failure::Raise(Raise::of(Class::Exit, Value::take(&mut o[0]))))),
    ("erlang", "throw", 1, |_, o| Err(Failure::Raise(Raise::of(Class::Throw, Value::take(&mut o[0]))))),
];

fn part(context: &Context, exception: &Value, index: usize) -> Value {
    context.error_of(exception).map_or(Value::Nil, |record| record[index].clone())
}

/// What a record leaves out is nil in the language.
fn present(value: Value) -> Value {
    match value {
        Value::Symbol(Symbol::Undefined) => Value::Nil,
        value => value,
    }
}

fn stack_trace(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    match context.classes.field(&operands[0], Symbol::Stacktrace).cloned() {
        Some(trace) if trace.is_list() => Ok(trace::frames(context, &trace)),
        // A program may put anything into the field.
        Some(other) => {
            let reason = context.symbol("bad_generator");
            Err(Failure::Raise(Raise::error(Value::tuple(vec![reason, other]))))
        }
        None => Ok(Value::EmptyList),
    }
}

/// The message; with a hint a list of three texts.
fn print_string(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let (message, hint) = (part(context, &operands[0], 4), present(part(context, &operands[0], 5)));
    match (message, hint) {
        (Value::Nil, _) => Ok(Value::text(crate::print::string(&operands[0], context)?)),
        (message, Value::Nil) => Ok(message),
        (message, hint) => Ok(Value::list([message, Value::text("\nHint: "), hint].into_iter())),
    }
}

/// A fresh exception is raised with its class name as message, a caught one again as it is.
fn signal(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let exception = &operands[0];
    if let Some(record) = context.error_of(exception) {
        if let Some((class, reason)) = context.plain_reason(record) {
            return Err(Failure::Raise(Raise::of(class, reason)));
        }
        return Err(Failure::Raise(Raise::error(exception.clone())));
    }
    let Some(instance) = exception.as_instance() else { return Err(Failure::Host) };
    let name = context.symbols.name(context.classes.name(instance.class)).to_string();
    signal_message(context, &mut [exception.clone(), Value::text(name)])
}

/// Raises with the message; on a caught exception a new one of the same class.
fn signal_message(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let Some(class) = operands[0].as_instance().map(|instance| instance.class) else { return Err(Failure::Host) };
    let class = context.classes.name(class);
    let message = text(context, &operands[1]);
    let record = context.record(Error::new("signal", Some(class), None).message(message));
    let fresh = context.classes.without_field(operands[0].clone(), Symbol::Stacktrace);
    let exception = context.classes.with_field(fresh, Symbol::Error, record);
    Err(Failure::Raise(Raise::error(exception)))
}

/// `anObject error: message`; an exception raises one of its own class.
fn error(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    if operands[0].as_foreign().is_some() {
        return Err(Failure::Host);
    }
    let own = operands[0].as_instance().map(|instance| context.classes.name(instance.class));
    let class = match own {
        Some(class) if context.is_exception_class(class) => class,
        _ => Symbol::ErrorClass,
    };
    let name = super::objects::own_name(context, &operands[0]);
    let message = text(context, &operands[1]);
    let class = context.classes.entry(class);
    let exception = context.exception_of(class, Error::new("user_error", Some(name), None).message(message));
    Err(Failure::Raise(Raise::error(exception)))
}

/// A message: a text as it is, a symbol's name, of anything else its term.
pub(crate) fn text(context: &Context, message: &Value) -> String {
    match (message.as_text(), context.symbols.text(message)) {
        (Some(text), _) => String::from_utf8_lossy(text).into_owned(),
        (None, Some(name)) => name.to_string(),
        (None, None) => crate::print::term(message, context),
    }
}
