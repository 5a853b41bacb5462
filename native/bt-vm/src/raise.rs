//! Exceptions inside the machine, and what else unwinds.

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
}

impl Raise {
    pub fn error(reason: Value) -> Raise {
        Raise { class: Class::Error, reason }
    }
}

/// Why a native primitive has no answer.
#[derive(Debug)]
pub enum Failure {
    Raise(Raise),
    /// The operands are not for this side: the host is asked, with the operands as they were.
    Host,
    /// The result needs more memory than the machine may have.
    OutOfMemory,
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
