//! Fields of an actor in variables, for the time of a loop or an assignment.
//!
//! The fields live in the process dictionary, where every method of the actor finds them; reading and writing them there costs several times
//! what a variable costs. A loop that calls nothing which could look at them keeps those it touches in variables of its own and puts the assigned
//! ones back when it ends. A loop left by an error needs no putting back: the message fails and its
//! assignments with it, and a handler starts from the fields at its own entry.
//!
//! Slow paths of operators and conditions may run methods (operators of a user's class, `doesNotUnderstand:args:`), and a method may
//! evaluate a stored block that reads fields of this actor: they put the fields back first. None of them can write fields: blocks that do cannot be stored.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use bt_base::Name;
use bt_hir::{Body, ClassKind, Expr as Hir, ExprId, Fixed, LocalId};

use crate::core::{Expr, Stmt};
use crate::gen::{Env, Gen, Ty};
use crate::names;

/// The actor's fields where all its methods find them.
pub(crate) fn fields_of_actor() -> Expr {
    Expr::call("erlang", "get", vec![Expr::atom(names::STATE)])
}

pub(crate) fn set_fields_of_actor(fields: Expr) -> Expr {
    Expr::call("erlang", "put", vec![Expr::atom(names::STATE), fields])
}

/// The fields of one loop.
#[derive(Debug)]
pub(crate) struct HeldFields {
    /// The map they came from.
    from: Expr,
    /// The variable of each, and what it was at the start.
    locals: BTreeMap<Name, (LocalId, Expr)>,
    assigned: BTreeSet<Name>,
}

impl Gen<'_> {
    /// Is this code of an actor's method that may keep its fields in variables?
    pub(crate) fn may_hold(&self, id: ExprId) -> bool {
        let in_method = self.owner.kind == ClassKind::Actor && !self.owner.class_side && self.closure_depth == 0;
        in_method && self.held.is_none() && is_quiet(self.body, id)
    }

    /// Generates `id` with the fields that it touches in variables; `generate` emits the code of the node itself.
    pub(crate) fn holding(
        &mut self,
        id: ExprId,
        env: &mut Env,
        out: &mut Vec<Stmt>,
        generate: impl FnOnce(&mut Self, &mut Env, &mut Vec<Stmt>) -> Expr,
    ) -> Expr {
        let (touched, assigned) = fields_in(self.body, id);
        if touched.is_empty() {
            return generate(self, env, out);
        }
        let from = self.bind(fields_of_actor(), Ty::Plain, out);
        let mut locals = BTreeMap::new();
        // No local of the body has these numbers.
        for (name, number) in touched.into_iter().zip(self.body.locals.len() as u32..) {
            let value = self.field_of(from.clone(), &name);
            let value = self.bind(value, Ty::Unknown, out);
            env.set(LocalId(number), value.clone());
            locals.insert(name, (LocalId(number), value));
        }
        self.held = Some(HeldFields { from, locals, assigned });
        let value = generate(self, env, out);
        self.note_held(env);
        out.extend(self.unsaved.take().map(Stmt::Do));
        for (local, _) in self.held.take().into_iter().flat_map(|held| held.locals.into_values()) {
            env.remove(local);
        }
        value
    }

    pub(crate) fn held_local(&self, name: &Name) -> Option<LocalId> {
        self.held.as_ref()?.locals.get(name).map(|(local, _)| *local)
    }

    /// The variables of held fields that are assigned in place.
    pub(crate) fn held_assigned(&self, id: ExprId) -> Vec<LocalId> {
        match &self.held {
            Some(held) if !held.assigned.is_empty() => {
                fields_in(self.body, id).1.iter().filter_map(|name| held.locals.get(name).map(|(local, _)| *local)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// To be called before code whose slow path may call methods.
    pub(crate) fn note_held(&mut self, env: &Env) {
        self.unsaved = self.held.as_ref().and_then(|held| {
            let changed = |name| {
                let (local, before) = held.locals.get(name)?;
                env.get(*local).filter(|now| *now != before).cloned()
            };
            let mut entries: Vec<(&Name, Expr)> = held.assigned.iter().filter_map(|name| Some((name, changed(name)?))).collect();
            let fields = match (entries.len(), entries.pop()?) {
                (1, (name, value)) => Expr::with_field(held.from.clone(), name, value),
                (_, last) => {
                    let entries = entries.into_iter().chain([last]).map(|(name, value)| (Expr::atom(name), value)).collect();
                    Expr::map_update(entries, held.from.clone())
                }
            };
            Some(set_fields_of_actor(fields))
        });
    }

    /// `slow`, with the fields back in their place.
    pub(crate) fn saved(&self, slow: Expr) -> Expr {
        match &self.unsaved {
            Some(put_back) => slow.after(vec![Stmt::Do(put_back.clone())]),
            None => slow,
        }
    }
}

/// The fields read or assigned in place, and those assigned.
fn fields_in(body: &Body, root: ExprId) -> (BTreeSet<Name>, BTreeSet<Name>) {
    let (mut touched, mut assigned) = (BTreeSet::new(), BTreeSet::new());
    bt_hir::any_in_place(body, root, |expr| {
        match expr {
            Hir::Field(name) => {
                touched.insert(name.clone());
            }
            Hir::SetField(name, _) => {
                touched.insert(name.clone());
                assigned.insert(name.clone());
            }
            _ => {}
        }
        false
    });
    (touched, assigned)
}

/// Larger code is not looked at.
const MANY_NODES: u32 = 500;

/// Does nothing in the code call a method, run a block or leave the method?
fn is_quiet(body: &Body, root: ExprId) -> bool {
    let nodes = Cell::new(0);
    !bt_hir::any_in_place(body, root, |expr| match expr {
        // Nested candidates are asked one after the other.
        _ if nodes.replace(nodes.get() + 1) > MANY_NODES => true,
        Hir::Literal(_)
        | Hir::Local(_)
        | Hir::SetLocal(..)
        | Hir::SelfRef
        | Hir::Field(_)
        | Hir::SetField(..)
        | Hir::Binary(..)
        | Hir::Seq(_)
        | Hir::If { .. }
        | Hir::IfNil { .. }
        | Hir::And(..)
        | Hir::Or(..)
        | Hir::While { .. }
        | Hir::TimesRepeat { .. }
        | Hir::ToDo { .. }
        | Hir::Let { .. }
        | Hir::List(..)
        | Hir::Array(_)
        | Hir::Map(_) => false,
        Hir::Fixed(fixed, _, cells) => {
            !cells.is_empty() || !matches!(fixed, Fixed::IsNil | Fixed::NotNil | Fixed::Yourself | Fixed::Associate)
        }
        Hir::ClassVar(_)
        | Hir::SetClassVar(..)
        | Hir::ClassRef(_)
        | Hir::Global(_)
        | Hir::Send { .. }
        | Hir::Cascade { .. }
        | Hir::Block(_)
        | Hir::Repeat { .. }
        | Hir::Match { .. }
        | Hir::Return { .. }
        | Hir::OnDo { .. }
        | Hir::Ensure { .. }
        | Hir::Interpolate(_)
        | Hir::Error => true,
    })
}

/// Does the operation itself read a field? Asked of every assignment, so it looks at operands only.
pub(crate) fn reads_field(body: &Body, id: ExprId) -> bool {
    match body.expr(id) {
        Hir::Field(_) => true,
        Hir::Binary(_, left, right) => [left, right].iter().any(|operand| matches!(body.expr(**operand), Hir::Field(_))),
        _ => false,
    }
}
