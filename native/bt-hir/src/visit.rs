//! Questions about parts of a tree: which locals does it assign, does it return early?

use std::collections::BTreeSet;

use crate::node::{Body, Branch, CascadeMessage, Expr, ExprId, Home, LocalId, Segment, SendTarget};

fn target_child(target: &SendTarget) -> Option<ExprId> {
    match target {
        SendTarget::Value(e) => Some(*e),
        SendTarget::SelfRef | SendTarget::Super | SendTarget::Class(_) | SendTarget::Global(_) | SendTarget::Erlang(_) => None,
    }
}

/// Calls `f` on every direct child in evaluation order. Bodies of closures count as children.
pub fn each_child(expr: &Expr, f: &mut dyn FnMut(ExprId)) {
    match expr {
        Expr::Literal(_)
        | Expr::Local(_)
        | Expr::SelfRef
        | Expr::Field(_)
        | Expr::ClassVar(_)
        | Expr::ClassRef(_)
        | Expr::Global(_)
        | Expr::Error => {}
        Expr::SetLocal(_, e) | Expr::SetField(_, e) | Expr::SetClassVar(_, e) | Expr::Repeat { body: e } => f(*e),
        Expr::Return { value, .. } => f(*value),
        Expr::Send { target, args, .. } => {
            if let Some(e) = target_child(target) {
                f(e);
            }
            args.iter().for_each(|&a| f(a));
        }
        Expr::Fixed(_, args, _) | Expr::Seq(args) | Expr::Array(args) => args.iter().for_each(|&a| f(a)),
        Expr::Binary(_, a, b) | Expr::And(a, b) | Expr::Or(a, b) => {
            f(*a);
            f(*b);
        }
        Expr::Cascade { target, messages } => {
            if let Some(e) = target_child(target) {
                f(e);
            }
            for CascadeMessage { args, .. } in messages {
                args.iter().for_each(|&a| f(a));
            }
        }
        Expr::Block(block) => f(block.body),
        Expr::If { condition, then, otherwise, .. } => {
            f(*condition);
            then.iter().for_each(|&e| f(e));
            otherwise.iter().for_each(|&e| f(e));
        }
        Expr::IfNil { value, nil, not_nil, .. } => {
            f(*value);
            nil.iter().for_each(|&e| f(e));
            not_nil.iter().for_each(|&e| f(e));
        }
        Expr::While { condition, body, .. } => {
            f(*condition);
            f(*body);
        }
        Expr::TimesRepeat { count, body } => {
            f(*count);
            f(*body);
        }
        Expr::ToDo { from, to, by, body, .. } => {
            f(*from);
            f(*to);
            by.iter().for_each(|&e| f(e));
            f(*body);
        }
        Expr::Let { bindings, body } => {
            bindings.iter().for_each(|(_, e)| f(*e));
            f(*body);
        }
        Expr::Match { subject, arms } => {
            f(*subject);
            for arm in arms {
                arm.guard.iter().for_each(|&e| f(e));
                f(arm.body);
            }
        }
        Expr::OnDo { body, filter, handler } => {
            f(*filter);
            f(*body);
            match handler {
                Branch::Inline(_, e) | Branch::Value(e) => f(*e),
            }
        }
        Expr::Ensure { body, cleanup } => {
            f(*body);
            f(*cleanup);
        }
        Expr::Interpolate(segments) => {
            for segment in segments {
                match segment {
                    Segment::Text(_) => {}
                    Segment::Value(e) => f(*e),
                }
            }
        }
        Expr::List(elements, tail) => {
            elements.iter().for_each(|&e| f(e));
            tail.iter().for_each(|&e| f(e));
        }
        Expr::Map(entries) => entries.iter().for_each(|&(k, v)| {
            f(k);
            f(v);
        }),
    }
}

/// Locals assigned when `root` is evaluated in place, including those written back by sends, and the variable that holds
/// `self` where a field assignment rebinds it. Does not look into closures: what they write comes back through `cells`.
pub fn assigned_locals(body: &Body, root: ExprId) -> BTreeSet<LocalId> {
    let mut assigned = BTreeSet::new();
    let mut work = vec![root];
    while let Some(id) = work.pop() {
        let expr = body.expr(id);
        match expr {
            Expr::SetLocal(local, _) => {
                assigned.insert(*local);
            }
            Expr::SetField(..) => assigned.extend(body.self_local),
            Expr::Send { cells, .. } | Expr::Fixed(_, _, cells) => assigned.extend(cells.iter().copied()),
            Expr::Cascade { messages, .. } => {
                for message in messages {
                    assigned.extend(message.cells.iter().copied());
                }
            }
            _ => {}
        }
        if !matches!(expr, Expr::Block(_)) {
            each_child(expr, &mut |child| work.push(child));
        }
    }
    assigned
}

/// Locals that are read below `root`, in closures too, and the variable that holds `self`.
pub fn used_locals(body: &Body, root: ExprId) -> BTreeSet<LocalId> {
    let mut used: BTreeSet<LocalId> = body.self_local.into_iter().collect();
    let mut work = vec![root];
    while let Some(id) = work.pop() {
        let expr = body.expr(id);
        if let Expr::Local(local) = expr {
            used.insert(*local);
        }
        each_child(expr, &mut |child| work.push(child));
    }
    used
}

/// Is there such a node in what is evaluated in place, closures apart?
pub fn any_in_place(body: &Body, root: ExprId, mut test: impl FnMut(&Expr) -> bool) -> bool {
    let mut work = vec![root];
    while let Some(id) = work.pop() {
        let expr = body.expr(id);
        if test(expr) {
            return true;
        }
        if !matches!(expr, Expr::Block(_)) {
            each_child(expr, &mut |child| work.push(child));
        }
    }
    false
}

/// Does evaluating `root` in place possibly leave the method by `^`?
pub fn contains_return(body: &Body, root: ExprId) -> bool {
    any_in_place(body, root, |expr| matches!(expr, Expr::Return { home: Home::Method, .. }))
}
