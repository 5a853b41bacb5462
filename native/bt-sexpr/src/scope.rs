//! Which variable a name stands for, and what closures capture.

use std::collections::BTreeSet;

use bt_hir::{Body, LocalId};

/// The body in the making, with the names that are visible at its present place.
#[derive(Default)]
pub struct Scope {
    pub body: Body,
    /// Parameters and names of `let`, the innermost last.
    names: Vec<(String, LocalId)>,
    /// Variables of the session that the text uses: visible from everywhere behind those.
    outermost: Vec<(String, LocalId)>,
    /// Of each local: how many closures stand around it.
    levels: Vec<usize>,
    /// Of each closure around the present place: the outer locals it reads.
    closures: Vec<BTreeSet<LocalId>>,
}

impl Scope {
    pub fn declare(&mut self, name: &str) -> LocalId {
        let local = self.local(name, self.closures.len());
        self.names.push((name.to_string(), local));
        local
    }

    pub fn declare_outermost(&mut self, name: &str) -> LocalId {
        let local = self.local(name, 0);
        self.outermost.push((name.to_string(), local));
        local
    }

    fn local(&mut self, name: &str, level: usize) -> LocalId {
        self.levels.push(level);
        self.body.local(name)
    }

    pub fn lookup(&self, name: &str) -> Option<LocalId> {
        self.names.iter().rev().chain(&self.outermost).find(|(known, _)| known == name).map(|(_, local)| *local)
    }

    /// The local is read here: every closure between it and this place captures it.
    pub fn note_read(&mut self, local: LocalId) {
        let level = self.levels[local.0 as usize];
        for closure in self.closures.iter_mut().skip(level) {
            closure.insert(local);
        }
    }

    /// What is declared from here on goes with [`Scope::leave`].
    pub fn mark(&self) -> usize {
        self.names.len()
    }

    pub fn leave(&mut self, mark: usize) {
        self.names.truncate(mark);
    }

    pub fn open_closure(&mut self) {
        self.closures.push(BTreeSet::new());
    }

    /// The locals that the innermost closure captures.
    pub fn close_closure(&mut self) -> Vec<LocalId> {
        self.closures.pop().unwrap_or_default().into_iter().collect()
    }
}
