//! Stopping a request from outside: a deadline that passed, a caller that went away, an explicit cancel.
//!
//! The host owns clock and flag; the engine only asks.

/// Asked between the stages of a request.
pub trait Interrupt {
    fn requested(&self) -> bool;
}

/// Runs to the end.
pub struct Never;

impl Interrupt for Never {
    fn requested(&self) -> bool {
        false
    }
}
