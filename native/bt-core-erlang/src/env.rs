//! What the generator knows at a point of the code: the values of the locals, and the types of values.

use bt_hir::LocalId;

use crate::core::Expr;

/// What is known about a value at compile time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    Unknown,
    Integer,
    Number,
    Boolean,
    String,
    List,
    /// Any other value that is surely no object of a user class: symbols, nil, tuples, dictionaries.
    Plain,
    /// A block of that many parameters.
    Fun(usize),
}

impl Ty {
    pub fn join(self, other: Ty) -> Ty {
        match (self, other) {
            (a, b) if a == b => a,
            (Ty::Integer, Ty::Number) | (Ty::Number, Ty::Integer) => Ty::Number,
            _ => Ty::Unknown,
        }
    }

    pub fn is_number(self) -> bool {
        matches!(self, Ty::Integer | Ty::Number)
    }
}

/// Current values of the locals. Absent: not assigned yet on this path.
///
/// Sorted, and only as long as there are variables in scope: each branch of the code works on a copy, and a method may have thousands of locals.
#[derive(Clone, Debug, Default)]
pub(crate) struct Env {
    values: Vec<(LocalId, Expr)>,
}

impl Env {
    pub fn get(&self, local: LocalId) -> Option<&Expr> {
        self.values.binary_search_by_key(&local, |(l, _)| *l).ok().map(|at| &self.values[at].1)
    }

    pub fn set(&mut self, local: LocalId, value: Expr) {
        match self.values.binary_search_by_key(&local, |(l, _)| *l) {
            Ok(at) => self.values[at].1 = value,
            Err(at) => self.values.insert(at, (local, value)),
        }
    }

    pub fn remove(&mut self, local: LocalId) -> Option<Expr> {
        let at = self.values.binary_search_by_key(&local, |(l, _)| *l).ok()?;
        Some(self.values.remove(at).1)
    }

    pub fn has(&self, local: LocalId) -> bool {
        self.get(local).is_some()
    }

    /// Does a local stand for this very value?
    pub fn holds(&self, value: &Expr) -> bool {
        self.values.iter().any(|(_, held)| matches!((held, value), (Expr::Var(a), Expr::Var(b)) if a == b))
    }
}
