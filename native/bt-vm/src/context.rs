//! What primitives may use: names, classes and the budget. Frames and registers are not among it, so operands can stay where they are.

use std::sync::Arc;

use crate::classes::{ClassId, Classes};
use crate::heap::live_bytes;
use crate::library::Library;
use crate::raise::{Failure, Raise};
use crate::symbols::{Symbol, Symbols};
use crate::value::Value;

pub struct Context {
    pub symbols: Symbols,
    pub classes: Classes,
    /// Reductions left.
    pub(crate) fuel: i64,
    /// Bytes that values and stack may take.
    pub(crate) limit: usize,
}

impl Context {
    pub fn new(limit: usize, library: Arc<dyn Library>) -> Context {
        let mut symbols = Symbols::default();
        let classes = Classes::new(library, &mut symbols);
        Context { symbols, classes, fuel: 0, limit }
    }

    pub fn intern(&mut self, name: &str) -> Symbol {
        self.symbols.intern(name)
    }

    /// A symbol as a value.
    pub fn symbol(&mut self, name: &str) -> Value {
        self.symbols.value(name)
    }

    /// Charges what a primitive does beyond a step, in reductions.
    pub fn spend(&mut self, reductions: usize) {
        self.fuel -= reductions as i64;
    }

    /// Bytes that values may take.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Is there room for so many bytes more?
    pub fn room(&self, bytes: usize) -> Result<(), Failure> {
        match (live_bytes().max(0) as usize).saturating_add(bytes) > self.limit {
            true => Err(Failure::OutOfMemory),
            false => Ok(()),
        }
    }

    /// Fails as Erlang does: a plain reason.
    pub fn fail(&mut self, reason: &str) -> Failure {
        let reason = self.symbols.value(reason);
        Failure::Raise(Raise::error(reason))
    }

    /// Does the value's class inherit from the other one? Classes not known here count as not.
    pub fn is_kind(&mut self, class: ClassId, ancestor: ClassId) -> bool {
        self.classes.inherits_from(class, ancestor, &mut self.symbols).unwrap_or(false)
    }
}
