//! Checks the invariants back ends rely on. Run in tests and debug builds after each lowering.

use std::collections::HashSet;

use crate::node::{Body, Expr, ExprId, Home, Method, MethodBody, Module, SendTarget, Unit};
use crate::visit::each_child;

/// Every broken invariant as a sentence; empty means sound.
pub fn verify(module: &Module) -> Vec<String> {
    let mut problems = Vec::new();
    match &module.unit {
        Unit::Eval(eval) => {
            check_body("eval", &eval.body, &mut problems);
            let homeless =
                |e: &Expr| matches!(e, Expr::SelfRef | Expr::Send { target: SendTarget::SelfRef | SendTarget::Super, .. });
            if eval.body.exprs.iter().any(homeless) {
                problems.push("eval: `self` or `super` outside of a method".into());
            }
            for (name, local) in eval.inputs.iter().chain(&eval.outputs) {
                if local.0 as usize >= eval.body.locals.len() {
                    problems.push(format!("eval: `{name}` names no local"));
                }
            }
        }
        Unit::Class(class) => {
            for field in class.fields.iter().chain(&class.class_vars) {
                if let Some(default) = &field.default {
                    check_body(&field.name, default, &mut problems);
                }
            }
            for side in [&class.methods, &class.class_methods] {
                let mut selectors = HashSet::new();
                for method in side {
                    check_method(method, &mut problems);
                    if !selectors.insert(method.selector.as_str()) {
                        problems.push(format!("{}: two methods of this name on one side", method.selector));
                    }
                }
            }
        }
    }
    problems
}

fn check_method(method: &Method, problems: &mut Vec<String>) {
    match &method.body {
        MethodBody::Code(body) => {
            if body.params.len() != method.selector.arity() {
                problems.push(format!("{}: parameters do not fit the selector", method.selector));
            }
            check_body(&method.selector, body, problems);
        }
        MethodBody::Primitive(..) | MethodBody::Intrinsic { .. } => {}
    }
}

fn check_body(what: &str, body: &Body, problems: &mut Vec<String>) {
    let Some(root) = body.root else {
        problems.push(format!("{what}: no root"));
        return;
    };
    if body.exprs.len() != body.spans.len() {
        problems.push(format!("{what}: a node without a span"));
    }
    let locals = body.locals.len();
    let mut seen = vec![false; body.exprs.len()];
    // (node, inside a closure)
    let mut work: Vec<(ExprId, bool)> = vec![(root, false)];
    while let Some((id, in_block)) = work.pop() {
        let index = id.0 as usize;
        if index >= body.exprs.len() {
            problems.push(format!("{what}: node {index} does not exist"));
            continue;
        }
        if std::mem::replace(&mut seen[index], true) {
            problems.push(format!("{what}: node {index} is shared; a tree is wanted"));
            continue;
        }
        let expr = body.expr(id);
        let mut used = Vec::new();
        let mut inner = in_block;
        match expr {
            Expr::Local(l) | Expr::SetLocal(l, _) => used.push(*l),
            Expr::Send { cells, selector, args, .. } => {
                used.extend(cells);
                if args.len() != selector.arity() {
                    problems.push(format!("{what}: `{selector}` sent with {} arguments", args.len()));
                }
            }
            Expr::Fixed(_, _, cells) => used.extend(cells),
            Expr::Cascade { messages, .. } => {
                for m in messages {
                    used.extend(&m.cells);
                    if m.args.len() != m.selector.arity() {
                        problems.push(format!("{what}: `{}` sent with {} arguments", m.selector, m.args.len()));
                    }
                }
            }
            Expr::Block(block) => {
                inner = true;
                used.extend(&block.params);
                used.extend(&block.captures);
                if block.writes.iter().any(|w| !block.captures.contains(w)) {
                    problems.push(format!("{what}: a block writes what it does not capture"));
                }
            }
            Expr::Return { home, .. } => match home {
                Home::Method if in_block => problems.push(format!("{what}: `^` in a closure must be nonlocal")),
                Home::NonLocal if !body.has_nonlocal_return => {
                    problems.push(format!("{what}: a nonlocal return that the body does not announce"));
                }
                Home::Method | Home::NonLocal => {}
            },
            _ => {}
        }
        if used.iter().any(|l| l.0 as usize >= locals) {
            problems.push(format!("{what}: node {index} names an unknown local"));
        }
        each_child(expr, &mut |child| work.push((child, inner)));
    }
}
