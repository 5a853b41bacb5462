//! Exceptions inside the machine, and what else unwinds.

use crate::symbols::Symbol;
use crate::value::Value;

/// How a failure was raised; Erlang's three ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Error,
    Exit,
    Throw,
}

/// A raised failure: of class `Error` either an exception object, or a plain reason that becomes one where it is caught.
#[derive(Clone, Debug)]
pub struct Raise {
    pub class: Class,
    pub reason: Value,
    /// The frames it was raised in, once it has been under way. An exception object has them itself.
    pub(crate) trace: Option<Value>,
}

impl Raise {
    pub fn error(reason: Value) -> Raise {
        Raise::of(Class::Error, reason)
    }

    pub fn of(class: Class, reason: Value) -> Raise {
        Raise { class, reason, trace: None }
    }

    /// The frames it was raised in, in Erlang's form; the empty list where they are not known.
    pub fn trace(&self) -> Value {
        self.trace.clone().unwrap_or(Value::EmptyList)
    }

    /// What the host raised, with its frames in Erlang's form.
    pub fn of_host(class: Class, reason: Value, trace: Value) -> Raise {
        Raise { class, reason, trace: Some(trace) }
    }
}

/// Why a native primitive has no answer.
#[derive(Debug)]
pub enum Failure {
    Raise(Raise),
    /// The operands are not for this side: the host is asked, with the operands as they were.
    Host,
    /// It answers what the block that is now its first operand answers to no arguments.
    Evaluate,
    /// The result needs more memory than the machine may have.
    OutOfMemory,
}

impl Failure {
    /// The result would be larger than results may be anywhere, whatever memory there is.
    pub fn too_large() -> Failure {
        Failure::Raise(Raise::error(Value::Symbol(Symbol::SystemLimit)))
    }
}

impl From<Raise> for Failure {
    fn from(raise: Raise) -> Failure {
        Failure::Raise(raise)
    }
}

/// What is under way up the frames, as a handler's register holds it.
#[derive(Clone, Debug)]
pub enum Unwinding {
    Raise(Raise),
    /// `^` to the activation with this number.
    Return {
        home: u64,
        value: Value,
    },
}
