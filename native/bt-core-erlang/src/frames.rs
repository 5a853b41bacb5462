//! Keeps the frame of a method that ends in a call which raises.
//!
//! A call in tail position replaces the caller's frame, so an error raised in it would not name the line that caused it. Operators and the
//! messages that exist to raise are not called for recursion: here the frame is worth more than the space it takes. (Other sends stay tail calls: a
//! method that ends in sending itself a message runs in constant space.)

use crate::core::{Clause, Expr, Fname, Function, Stmt, Var};

/// Messages and functions that raise as a rule.
const RAISING: &[&str] = &[
    "signal",
    "signal:",
    "error:",
    "subclassResponsibility",
    "notImplemented",
    "error",
    "match_failed",
    "dead_home",
    "unreachable_code",
];

/// Its name; one per module, where it is needed.
pub(crate) fn answer() -> Fname {
    Fname { name: "$answer".into(), arity: 1 }
}

/// The function that answers its argument: what stands around a call makes it no tail call.
pub(crate) fn answer_function() -> Function {
    let value = Var(0);
    Function { name: answer(), params: vec![value], body: Expr::Var(value), exported: false, line: 0 }
}

/// `code` with such calls in tail position wrapped; `used` says whether there were any.
pub(crate) fn keep_frames(code: Expr, used: &mut bool) -> Expr {
    stacker::maybe_grow(64 * 1024, 1 << 20, || match code {
        Expr::Call { .. } if may_raise(&code) => {
            *used = true;
            Expr::apply(&answer(), vec![code])
        }
        Expr::Seq(stmts, value) => {
            let stmts = stmts
                .into_iter()
                .map(|stmt| match stmt {
                    Stmt::Letrec(functions) => Stmt::Letrec(
                        functions.into_iter().map(|(name, params, body)| (name, params, keep_frames(body, used))).collect(),
                    ),
                    other => other,
                })
                .collect();
            Expr::Seq(stmts, Box::new(keep_frames(*value, used)))
        }
        Expr::Case(subject, clauses) => {
            let clauses = clauses
                .into_iter()
                .map(|Clause { patterns, guard, body }| Clause { patterns, guard, body: keep_frames(body, used) })
                .collect();
            Expr::Case(subject, clauses)
        }
        other => other,
    })
}

fn may_raise(call: &Expr) -> bool {
    let Expr::Call { callee, args, .. } = call else { return false };
    let is = |expr: &Expr, names: &[&str]| matches!(expr, Expr::Atom(name) if names.contains(&&**name));
    is(&callee.module, &["beamtalk_operators"])
        || RAISING.contains(&&*callee.function)
        || args.get(1).is_some_and(|selector| is(selector, RAISING))
}
