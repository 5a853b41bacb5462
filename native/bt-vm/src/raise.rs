//! Exceptions inside the machine, and what else unwinds.

use crate::symbols::Symbol;
use crate::value::Value;

/// What went wrong; the host gives it its class and words.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Erlang's badarith.
    BadArithmetic,
    DoesNotUnderstand {
        selector: Symbol,
    },
    WrongArity {
        expected: u32,
        given: u32,
    },
    NoMatch,
    DeadHome,
    /// A bound or step of a loop is no number.
    BadLoopBound,
    BadList,
    BadTuple,
    BadKey,
    NotText,
    ClassNotFound {
        name: Symbol,
    },
    /// The source had an error there.
    Unreachable,
}

/// A raised exception.
#[derive(Clone, Debug)]
pub struct Raise {
    pub kind: Kind,
    /// The receiver or culprit.
    pub value: Value,
}

impl Raise {
    pub fn new(kind: Kind, value: Value) -> Raise {
        Raise { kind, value }
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
