//! Cuts very long straight code into functions of a few hundred steps.
//!
//! A sequence of `let`s is nested for OTP, and its passes are quadratic in that depth (`20,000` steps take seconds). Each cut passes on the
//! variables that the rest still reads.

use std::collections::BTreeSet;

use crate::core::{Clause, Expr, Fname, Function, Pattern, Piece, Stmt, Var};

/// Longest sequence that stays whole.
const LIMIT: usize = 240;
/// More live variables than this travel in one tuple (the BEAM allows 255 arguments).
const MAX_ARGS: usize = 200;

/// Splits the body of a function; new functions are added to `extra`.
pub(crate) fn split(body: Expr, label: &mut u32, extra: &mut Vec<Function>) -> Expr {
    let Expr::Seq(stmts, value) = body else { return body };
    if stmts.len() <= LIMIT {
        return Expr::Seq(stmts, value);
    }
    let mut rest = *value;
    let mut stmts = stmts;
    while stmts.len() > LIMIT {
        let tail = stmts.split_off(stmts.len() - LIMIT);
        let chunk = rest.clone().after(tail.clone());
        let mut free = Free::default();
        free.expr(&chunk);
        let defines_functions = stmts.iter().any(|s| matches!(s, Stmt::Letrec(_)));
        if free.functions || defines_functions && free.applies {
            // The code refers to local functions from outside: it cannot move.
            rest = chunk;
            continue;
        }
        let vars: Vec<Var> = free.free.into_iter().collect();
        *label += 1;
        let name = format!("-part{label}");
        if vars.len() <= MAX_ARGS {
            let fname = Fname { name: name.as_str().into(), arity: vars.len() };
            let call = Expr::apply(&fname, vars.iter().map(|v| Expr::Var(*v)).collect());
            extra.push(Function { name: fname, params: vars, body: chunk, exported: false, line: 0 });
            rest = call;
        } else {
            let fname = Fname { name: name.as_str().into(), arity: 1 };
            let packed = Var(u32::MAX - *label);
            let call = Expr::apply(&fname, vec![Expr::Tuple(vars.iter().map(|v| Expr::Var(*v)).collect())]);
            let unpack = Expr::Case(
                Box::new(Expr::Var(packed)),
                vec![Clause::new(Pattern::Tuple(vars.iter().map(|v| Pattern::Var(*v)).collect()), chunk)],
            );
            extra.push(Function { name: fname, params: vec![packed], body: unpack, exported: false, line: 0 });
            rest = call;
        }
    }
    rest.after(stmts)
}

/// Free variables of a piece of code. Variables are unique in a function, so a set of defined ones is enough.
#[derive(Default)]
struct Free {
    free: BTreeSet<Var>,
    defined: BTreeSet<Var>,
    /// Local functions defined inside, by name.
    known: BTreeSet<Fname>,
    /// A local function from outside is named.
    functions: bool,
    applies: bool,
}

impl Free {
    fn use_var(&mut self, var: Var) {
        if !self.defined.contains(&var) {
            self.free.insert(var);
        }
    }

    fn define(&mut self, vars: &[Var]) {
        self.defined.extend(vars.iter().copied());
    }

    fn all(&mut self, items: &[Expr]) {
        items.iter().for_each(|e| self.expr(e));
    }

    fn expr(&mut self, expr: &Expr) {
        stacker::maybe_grow(64 * 1024, 1 << 20, || self.expr_on_stack(expr))
    }

    fn expr_on_stack(&mut self, expr: &Expr) {
        match expr {
            Expr::Var(v) => self.use_var(*v),
            Expr::Atom(_) | Expr::Int(_) | Expr::BigInt(_) | Expr::Float(_) | Expr::Text(_) | Expr::Nil => {}
            Expr::Cons(a, b) => {
                self.expr(a);
                self.expr(b);
            }
            Expr::List(items, tail) => {
                self.all(items);
                self.expr(tail);
            }
            Expr::Tuple(items) | Expr::Values(items) | Expr::Primop(_, items) => self.all(items),
            Expr::Replace { value, base, .. } => {
                self.expr(value);
                self.expr(base);
            }
            Expr::Map(entries, base) => {
                for (k, v) in entries {
                    self.expr(k);
                    self.expr(v);
                }
                base.iter().for_each(|b| self.expr(b));
            }
            Expr::Binary(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Text(_) => {}
                        Piece::Value(v) => self.expr(v),
                    }
                }
            }
            Expr::Call { callee, args, .. } => {
                self.expr(&callee.module);
                self.all(args);
            }
            Expr::Apply { function, args, .. } => {
                self.expr(function);
                self.all(args);
            }
            Expr::Function(name) if *name == crate::frames::answer() => {}
            Expr::Function(name) => {
                self.applies = true;
                // Functions made by `split` are global; those of `letrec` are not.
                if !self.known.contains(name) && !name.name.starts_with("-part") {
                    self.functions = true;
                }
            }
            Expr::Fun(params, body) => {
                self.define(params);
                self.expr(body);
            }
            Expr::Seq(stmts, value) => {
                for stmt in stmts {
                    match stmt {
                        Stmt::Let(vars, value) => {
                            self.expr(value);
                            self.define(vars);
                        }
                        Stmt::Do(value) => self.expr(value),
                        Stmt::Letrec(functions) => {
                            for (name, _, _) in functions {
                                self.known.insert(name.clone());
                            }
                            for (_, params, body) in functions {
                                self.define(params);
                                self.expr(body);
                            }
                        }
                    }
                }
                self.expr(value);
            }
            Expr::Case(subject, clauses) => {
                self.expr(subject);
                for clause in clauses {
                    clause.patterns.iter().for_each(|p| self.pattern(p));
                    clause.guard.iter().for_each(|g| self.expr(g));
                    self.expr(&clause.body);
                }
            }
            Expr::GuardTry(test, passed) => {
                self.expr(test);
                self.define(&[*passed]);
            }
            Expr::Try(t) => {
                self.expr(&t.body);
                self.define(&t.vars);
                self.expr(&t.ok);
                self.define(&t.caught);
                self.expr(&t.handler);
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Var(v) => self.define(&[*v]),
            Pattern::Any => {}
            Pattern::Literal(e) => self.expr(e),
            Pattern::Tuple(items) => items.iter().for_each(|p| self.pattern(p)),
            Pattern::Cons(a, b) => {
                self.pattern(a);
                self.pattern(b);
            }
            Pattern::Map(entries) => entries.iter().for_each(|(k, p)| {
                self.expr(k);
                self.pattern(p);
            }),
        }
    }
}
