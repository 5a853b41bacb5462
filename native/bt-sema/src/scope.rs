//! Which names are visible where, and what blocks capture.
//!
//! Two stacks: scopes (one per method, block or match arm, inlined or not) and closures (one per block that becomes a real
//! function). A local belongs to the closure level at which it was declared; using it further in makes it a capture of each
//! closure in between.

use std::collections::BTreeSet;

use bt_base::Span;
use bt_hir::LocalId;

use bt_base::hash::Map;

#[derive(Debug)]
pub struct LocalInfo {
    pub name: String,
    pub level: usize,
    pub span: Span,
    pub read: bool,
    /// Created by an assignment in a method, block or arm: reported when never read.
    pub report_unused: bool,
    /// More assignments than the one that created it.
    pub is_assigned_again: bool,
}

#[derive(Debug, Default)]
struct Scope<'s> {
    names: Map<&'s str, LocalId>,
}

/// Captures of a closure being lowered.
#[derive(Debug, Default)]
pub struct Closure {
    /// Outer locals read before they were assigned here, in source order of the lowering.
    pub reads: BTreeSet<LocalId>,
    pub captures: BTreeSet<LocalId>,
    pub writes: BTreeSet<LocalId>,
}

#[derive(Debug, Default)]
pub struct Scopes<'s> {
    scopes: Vec<Scope<'s>>,
    closures: Vec<Closure>,
    pub infos: Vec<LocalInfo>,
}

impl<'s> Scopes<'s> {
    pub fn level(&self) -> usize {
        self.closures.len()
    }

    pub fn depth(&self) -> usize {
        self.scopes.len()
    }

    pub fn push(&mut self) {
        self.scopes.push(Scope::default());
    }

    pub fn pop(&mut self) {
        self.scopes.pop();
    }

    pub fn push_closure(&mut self) {
        self.closures.push(Closure::default());
    }

    pub fn pop_closure(&mut self) -> Closure {
        self.closures.pop().expect("closures are pushed and popped in pairs")
    }

    /// Makes `name` visible in the innermost scope. `id` is the local that the body has just added.
    pub fn declare(&mut self, name: &'s str, id: LocalId, span: Span, report_unused: bool) {
        debug_assert_eq!(self.infos.len(), id.0 as usize);
        self.infos.push(LocalInfo {
            name: name.to_string(),
            level: self.closures.len(),
            span,
            read: false,
            report_unused: report_unused && !name.starts_with('_'),
            is_assigned_again: false,
        });
        if let Some(scope) = self.scopes.last_mut() {
            scope.names.insert(name, id);
        }
    }

    /// Makes `name` visible in the outermost scope (workspace variables).
    pub fn declare_outermost(&mut self, name: &'s str, id: LocalId, span: Span) {
        debug_assert_eq!(self.infos.len(), id.0 as usize);
        self.infos.push(LocalInfo {
            name: name.to_string(),
            level: 0,
            span,
            read: true,
            report_unused: false,
            is_assigned_again: false,
        });
        if let Some(scope) = self.scopes.first_mut() {
            scope.names.insert(name, id);
        }
    }

    pub fn lookup(&self, name: &str) -> Option<LocalId> {
        self.scopes.iter().rev().find_map(|s| s.names.get(name).copied())
    }

    /// Visible, but not from the innermost scope: a parameter of this name would hide it.
    pub fn is_visible_outside(&self, name: &str) -> bool {
        let count = self.scopes.len().saturating_sub(1);
        self.scopes[..count].iter().any(|s| s.names.contains_key(name))
    }

    pub fn note_read(&mut self, id: LocalId) {
        self.infos[id.0 as usize].read = true;
        self.capture(id);
        if self.is_captured(id) {
            // What the block has assigned itself is its own copy by now.
            if let Some(closure) = self.closures.last_mut().filter(|c| !c.writes.contains(&id)) {
                closure.reads.insert(id);
            }
        }
    }

    /// Has the innermost closure read this outer local already?
    pub fn closure_has_read(&self, id: LocalId) -> bool {
        self.closures.last().is_some_and(|c| c.reads.contains(&id))
    }

    /// Has the innermost closure assigned this outer local already?
    pub fn closure_has_written(&self, id: LocalId) -> bool {
        self.closures.last().is_some_and(|c| c.writes.contains(&id))
    }

    /// An assignment of a variable that is there already.
    pub fn note_other_assignment(&mut self, id: LocalId) {
        self.infos[id.0 as usize].is_assigned_again = true;
    }

    pub fn note_write(&mut self, id: LocalId) {
        self.capture(id);
        if self.infos[id.0 as usize].level < self.closures.len() {
            if let Some(closure) = self.closures.last_mut() {
                closure.writes.insert(id);
            }
        }
    }

    fn capture(&mut self, id: LocalId) {
        let level = self.infos[id.0 as usize].level;
        for closure in self.closures.iter_mut().skip(level) {
            closure.captures.insert(id);
        }
    }

    pub fn is_captured(&self, id: LocalId) -> bool {
        self.infos[id.0 as usize].level < self.closures.len()
    }

    pub fn names(&self) -> impl Iterator<Item = &'s str> + '_ {
        self.scopes.iter().flat_map(|s| s.names.keys().copied())
    }
}
