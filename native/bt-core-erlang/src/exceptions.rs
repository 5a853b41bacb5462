//! `on:do:` and `ensure:`.
//!
//! The handler starts from the state at entry: for locals single assignment gives that for free, an actor's fields are put back from a
//! copy. A body that may leave the method by `^` answers `['$ret'|Value]` for that way out and is examined behind the `try`.
//!
//! The cleanup of a body that ends by `^`, its own or one that passes through it, goes on from the body's state. Where it uses locals that the body
//! assigns, each assignment there notes the value in the process dictionary, the one place it can be found from outside.

use bt_hir::{Branch, ClassKind, ExprId, LocalId};
use smallvec::smallvec;

use crate::core::{Clause, Expr, Pattern, Stmt, Try, Var};
use crate::gen::{Env, Gen, Ty};
use crate::names;

type Continuation<'k, 'a> = &'k mut dyn FnMut(&mut Gen<'a>, Env, Expr) -> Expr;

/// The state at the entry of a protected block.
struct Entry {
    /// Cells opened later belong to sends that failed.
    mark: Expr,
    /// Fields of the actor.
    state: Option<Expr>,
}

/// Locals that an `ensure:` shares with its cleanup.
struct Notes {
    key: Expr,
    /// Their values at entry.
    entry: Expr,
    locals: Vec<LocalId>,
}

impl<'a> Gen<'a> {
    fn keeps_state(&self) -> bool {
        self.owner.kind == ClassKind::Actor && !self.owner.class_side
    }

    /// Keeps the locals that the body assigns and the cleanup uses where the cleanup finds them; `None` when there are none.
    fn open_notes(&mut self, body: ExprId, cleanup: ExprId, env: &Env, out: &mut Vec<Stmt>) -> Option<Notes> {
        let used = bt_hir::used_locals(self.body, cleanup);
        let locals: Vec<LocalId> =
            bt_hir::assigned_locals(self.body, body).into_iter().filter(|l| env.has(*l) && used.contains(l)).collect();
        if locals.is_empty() {
            return None;
        }
        let key = self.bind(Expr::call("beamtalk_cells", "key", vec![]), Ty::Plain, out);
        let entry = self.bind(Expr::Tuple(self.values_of(&locals, env)), Ty::Plain, out);
        out.push(Stmt::Do(Expr::call("erlang", "put", vec![key.clone(), entry.clone()])));
        self.noted.push((key.clone(), locals.clone()));
        Some(Notes { key, entry, locals })
    }

    fn close_notes(&mut self, notes: &Option<Notes>) {
        if notes.is_some() {
            self.noted.pop();
        }
    }

    /// The values behind the notes are those of the locals from here on; they are asked for by `taken`.
    fn take_notes(&mut self, notes: &Notes, taken: Expr, env: &mut Env, out: &mut Vec<Stmt>) {
        let bound: Vec<Var> = notes.locals.iter().map(|_| self.var()).collect();
        let vars = self.fresh_for(&notes.locals, env);
        let pattern = Pattern::Tuple(bound.iter().map(|v| Pattern::Var(*v)).collect());
        let values = Expr::Values(bound.iter().map(|v| Expr::Var(*v)).collect());
        out.push(Stmt::Let(vars.into(), Expr::Case(Box::new(taken), vec![Clause::new(pattern, values)])));
    }

    /// The environment of the cleanup after a failure or a `^` that passes.
    fn unwound(&mut self, notes: &Option<Notes>, caught: &[Var; 3], env: &Env, out: &mut Vec<Stmt>) -> Env {
        let mut env = env.clone();
        if let Some(notes) = notes {
            let taken = Expr::call(
                "beamtalk_cells",
                "unwound",
                vec![Expr::Var(caught[0]), Expr::Var(caught[1]), notes.key.clone(), notes.entry.clone()],
            );
            self.take_notes(notes, taken, &mut env, out);
        }
        env
    }

    /// Notes the new value of a local for the cleanups that use it.
    pub(crate) fn note(&mut self, local: LocalId, value: &Expr, out: &mut Vec<Stmt>) {
        for (key, locals) in &self.noted {
            if let Some(at) = locals.iter().position(|l| *l == local) {
                let at = Expr::Int(at as i64 + 1);
                out.push(Stmt::Do(Expr::call("beamtalk_cells", "note", vec![key.clone(), at, value.clone()])));
            }
        }
    }

    /// A handler goes back to the entry of its protected block, and so do the notes.
    fn note_again(&mut self, env: &Env, out: &mut Vec<Stmt>) {
        let locals: std::collections::BTreeSet<LocalId> = self.noted.iter().flat_map(|(_, locals)| locals).copied().collect();
        for local in locals {
            if let Some(value) = env.get(local).cloned() {
                self.note(local, &value, out);
            }
        }
    }

    /// What a handler goes back to.
    fn entry(&mut self, out: &mut Vec<Stmt>) -> Entry {
        let mark = self.bind(Expr::call("beamtalk_cells", "mark", vec![]), Ty::Integer, out);
        let state = self.entry_state(out);
        Entry { mark, state }
    }

    /// An actor's fields as they are now, where there are any to restore.
    fn entry_state(&mut self, out: &mut Vec<Stmt>) -> Option<Expr> {
        if !self.keeps_state() {
            return None;
        }
        let call = Expr::call("erlang", "get", vec![Expr::atom(names::STATE)]);
        Some(self.bind(call, Ty::Plain, out))
    }

    fn caught(&mut self) -> [Var; 3] {
        [self.var(), self.var(), self.var()]
    }

    /// Answers the exception, or raises again what the filter does not want.
    fn handle(&mut self, caught: &[Var; 3], filter: &Expr, entry: &Entry, env: &Env, out: &mut Vec<Stmt>) -> Expr {
        let call = Expr::call(
            "beamtalk_exception_handler",
            "handle",
            vec![
                Expr::Var(caught[0]),
                Expr::Var(caught[1]),
                Expr::Primop("build_stacktrace", vec![Expr::Var(caught[2])]),
                filter.clone(),
            ],
        );
        let exception = self.bind(call, Ty::Unknown, out);
        out.push(Stmt::Do(Expr::call("beamtalk_cells", "drop", vec![entry.mark.clone()])));
        if let Some(state) = &entry.state {
            let restore = if self.closure_depth == 0 {
                Expr::call("erlang", "put", vec![Expr::atom(names::STATE), state.clone()])
            } else {
                // The block may run in another process, which has no fields to put back.
                Expr::call("beamtalk_actor", "block_restore", vec![self.current_self(env), state.clone()])
            };
            out.push(Stmt::Do(restore));
        }
        self.note_again(env, out);
        exception
    }

    pub(crate) fn on_do(&mut self, body: ExprId, filter: ExprId, handler: &Branch, env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        let filter = self.expr(filter, env, out);
        let handler_value = match handler {
            Branch::Value(id) => Some(self.expr(*id, env, out)),
            Branch::Inline(..) => None,
        };
        let entry = self.entry(out);
        let mut parts = vec![body];
        if let Branch::Inline(_, id) = handler {
            parts.push(*id);
        }
        let locals = self.threaded(&parts, env);
        let protected = self.region(body, env, &locals, true);
        let caught = self.caught();
        let mut code = Vec::new();
        let exception = self.handle(&caught, &filter, &entry, env, &mut code);
        let mut inner = env.clone();
        let value = match handler {
            Branch::Inline(binding, id) => {
                if let Some(binding) = binding {
                    inner.set(*binding, exception);
                }
                self.expr(*id, &mut inner, &mut code)
            }
            Branch::Value(_) => {
                let block = handler_value.expect("evaluated above");
                let call = Expr::call("beamtalk_block", "value_optional", vec![block, exception]);
                self.bind(call, Ty::Unknown, &mut code)
            }
        };
        let mut results = vec![value];
        results.extend(self.values_of(&locals, &inner));
        let handled = Expr::Values(results).after(code);
        self.bind_try(protected, caught, handled, &locals, env, out)
    }

    /// `let <value, locals…> = try …`.
    fn bind_try(
        &mut self,
        body: Expr,
        caught: [Var; 3],
        handler: Expr,
        locals: &[LocalId],
        env: &mut Env,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        let passed: Vec<Var> = (0..=locals.len()).map(|_| self.var()).collect();
        let ok = Expr::Values(passed.iter().map(|v| Expr::Var(*v)).collect());
        let value = self.var();
        let mut vars = vec![value];
        vars.extend(self.fresh_for(locals, env));
        out.push(Stmt::Let(vars.into(), Expr::Try(Box::new(Try { body, vars: passed, ok, caught, handler }))));
        Expr::Var(value)
    }

    /// A region whose normal end is a tuple of value and locals and whose `^` is `['$ret'|Value]`.
    fn tagged_region(&mut self, id: ExprId, env: &Env, locals: &[LocalId]) -> Expr {
        let outer = std::mem::replace(&mut self.tagged, true);
        let code = self.cps(id, env.clone(), &mut |g, env, value| {
            let mut results = vec![value];
            results.extend(g.values_of(locals, &env));
            Expr::Tuple(results)
        });
        self.tagged = outer;
        code
    }

    /// Examines the result of a tagged region: goes on with `k`, or returns from the method.
    fn untag(&mut self, result: Expr, locals: &[LocalId], mut env: Env, k: Continuation<'_, 'a>) -> Expr {
        let returned = self.var();
        let pattern = Pattern::Cons(Box::new(Pattern::Literal(Expr::atom("$ret"))), Box::new(Pattern::Var(returned)));
        let leave = if self.tagged {
            Expr::Cons(Box::new(Expr::atom("$ret")), Box::new(Expr::Var(returned)))
        } else {
            Expr::Var(returned)
        };
        let value = self.var();
        let mut parts = vec![Pattern::Var(value)];
        parts.extend(self.fresh_for(locals, &mut env).into_iter().map(Pattern::Var));
        let rest = k(self, env, Expr::Var(value));
        Expr::Case(Box::new(result), vec![Clause::new(pattern, leave), Clause::new(Pattern::Tuple(parts), rest)])
    }

    pub(crate) fn cps_on_do(
        &mut self,
        body: ExprId,
        filter: Expr,
        handler: &Branch,
        mut env: Env,
        k: Continuation<'_, 'a>,
    ) -> Expr {
        let mut out = Vec::new();
        let handler_value = match handler {
            Branch::Value(id) => Some(self.expr(*id, &mut env, &mut out)),
            Branch::Inline(..) => None,
        };
        let entry = self.entry(&mut out);
        let mut parts = vec![body];
        if let Branch::Inline(_, id) = handler {
            parts.push(*id);
        }
        let locals = self.threaded(&parts, &env);
        let protected = self.tagged_region(body, &env, &locals);
        let caught = self.caught();
        let mut code = Vec::new();
        let exception = self.handle(&caught, &filter, &entry, &env, &mut code);
        let handled = match handler {
            Branch::Inline(binding, id) => {
                let mut inner = env.clone();
                if let Some(binding) = binding {
                    inner.set(*binding, exception);
                }
                self.tagged_region(*id, &inner, &locals).after(code)
            }
            Branch::Value(_) => {
                let block = handler_value.expect("evaluated above");
                let call = Expr::call("beamtalk_block", "value_optional", vec![block, exception]);
                let value = self.bind(call, Ty::Unknown, &mut code);
                let mut results = vec![value];
                results.extend(self.values_of(&locals, &env));
                Expr::Tuple(results).after(code)
            }
        };
        let passed = self.var();
        let result = self.var();
        out.push(Stmt::Let(
            smallvec![result],
            Expr::Try(Box::new(Try { body: protected, vars: vec![passed], ok: Expr::Var(passed), caught, handler: handled })),
        ));
        self.untag(Expr::Var(result), &locals, env, k).after(out)
    }

    /// The cleanup as a fun of the locals it may read changed, so that its code exists once.
    fn cleanup_function(&mut self, cleanup: ExprId, locals: &[LocalId], env: &Env, tagged: bool) -> (Expr, Stmt) {
        let name = self.typed_var(Ty::Fun(locals.len()));
        let mut inner = env.clone();
        let params = self.fresh_for(locals, &mut inner);
        let body = if tagged {
            self.tagged_region(cleanup, &inner, locals)
        } else {
            let mut code = Vec::new();
            self.effect(cleanup, &mut inner, &mut code);
            Expr::Tuple(self.values_of(locals, &inner)).after(code)
        };
        (Expr::Var(name), Stmt::Let(smallvec![name], Expr::Fun(params, Box::new(body))))
    }

    fn raise_again(&mut self, caught: &[Var; 3]) -> Expr {
        Expr::call(
            "erlang",
            "raise",
            vec![Expr::Var(caught[0]), Expr::Var(caught[1]), Expr::Primop("build_stacktrace", vec![Expr::Var(caught[2])])],
        )
    }

    /// What runs when the body fails: an actor's fields go back to the state at entry (unless it is a `^` passing through).
    fn before_cleanup(&mut self, caught: &[Var; 3], state: &Option<Expr>, env: &Env, code: &mut Vec<Stmt>) {
        if let Some(state) = state {
            let failure = [Expr::Var(caught[0]), Expr::Var(caught[1])];
            let (function, place) = match self.closure_depth {
                0 => ("unwinding", vec![]),
                _ => ("block_unwinding", vec![self.current_self(env)]),
            };
            let args = failure.into_iter().chain(place).chain([state.clone()]).collect();
            code.push(Stmt::Do(Expr::call("beamtalk_exception_handler", function, args)));
        }
    }

    pub(crate) fn ensure(&mut self, body: ExprId, cleanup: ExprId, env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        let state = self.entry_state(out);
        let locals = self.threaded(&[body, cleanup], env);
        let (name, function) = self.cleanup_function(cleanup, &locals, env, false);
        out.push(function);
        let notes = self.open_notes(body, cleanup, env, out);
        let protected = self.region(body, env, &locals, true);
        self.close_notes(&notes);
        let caught = self.caught();
        let mut code = Vec::new();
        self.before_cleanup(&caught, &state, env, &mut code);
        let left = self.unwound(&notes, &caught, env, &mut code);
        code.push(Stmt::Do(Expr::apply_fun(&name, self.values_of(&locals, &left))));
        let again = self.raise_again(&caught);
        let handler = self.diverging(again, locals.len() + 1).after(code);
        let value = self.bind_try(protected, caught, handler, &locals, env, out);
        if let Some(notes) = &notes {
            out.push(Stmt::Do(Expr::call("erlang", "erase", vec![notes.key.clone()])));
        }
        let done = Expr::apply_fun(&name, self.values_of(&locals, env));
        if locals.is_empty() {
            out.push(Stmt::Do(done));
        } else {
            let bound: Vec<Var> = locals.iter().map(|_| self.var()).collect();
            let vars = self.fresh_for(&locals, env);
            out.push(Stmt::Let(
                vars.into(),
                Expr::Case(
                    Box::new(done),
                    vec![Clause::new(
                        Pattern::Tuple(bound.iter().map(|v| Pattern::Var(*v)).collect()),
                        Expr::Values(bound.iter().map(|v| Expr::Var(*v)).collect()),
                    )],
                ),
            ));
        }
        value
    }

    pub(crate) fn cps_ensure(&mut self, body: ExprId, cleanup: ExprId, env: Env, k: Continuation<'_, 'a>) -> Expr {
        let mut out = Vec::new();
        let state = self.entry_state(&mut out);
        let locals = self.threaded(&[body, cleanup], &env);
        // The cleanup answers {nil, locals…}, or ['$ret'|Value] when it returns itself.
        let (name, function) = self.cleanup_function(cleanup, &locals, &env, true);
        out.push(function);
        let notes = self.open_notes(body, cleanup, &env, &mut out);
        let protected = self.tagged_region(body, &env, &locals);
        self.close_notes(&notes);
        let caught = self.caught();
        let mut code = Vec::new();
        self.before_cleanup(&caught, &state, &env, &mut code);
        let left = self.unwound(&notes, &caught, &env, &mut code);
        // A `^` in the cleanup takes the place of the exception that is passing. The cleanup has run then, unlike after a `^` in the body.
        let instead = self.var();
        let returns = Pattern::Cons(Box::new(Pattern::Literal(Expr::atom("$ret"))), Box::new(Pattern::Var(instead)));
        let leave = Expr::Cons(Box::new(Expr::atom("$left")), Box::new(Expr::Var(instead)));
        let again = self.raise_again(&caught);
        let handler = Expr::Case(
            Box::new(Expr::apply_fun(&name, self.values_of(&locals, &left))),
            vec![Clause::new(returns, leave), Clause::new(Pattern::Any, again)],
        )
        .after(code);
        let passed = self.var();
        let result = self.var();
        out.push(Stmt::Let(
            smallvec![result],
            Expr::Try(Box::new(Try { body: protected, vars: vec![passed], ok: Expr::Var(passed), caught, handler })),
        ));
        // Body returned: clean up, then return. Body completed: clean up, then go on with its value.
        let returned = self.var();
        let tagged_return = Expr::Cons(Box::new(Expr::atom("$ret")), Box::new(Expr::Var(returned)));
        let leave = if self.tagged { tagged_return } else { Expr::Var(returned) };
        // The last `^` wins.
        let latest = self.var();
        let tagged_latest = Expr::Cons(Box::new(Expr::atom("$ret")), Box::new(Expr::Var(latest)));
        let latest_leave = if self.tagged { tagged_latest } else { Expr::Var(latest) };
        let latest = Pattern::Cons(Box::new(Pattern::Literal(Expr::atom("$ret"))), Box::new(Pattern::Var(latest)));
        let mut taking = Vec::new();
        let mut left = env.clone();
        if let Some(notes) = &notes {
            let taken = Expr::call("erlang", "erase", vec![notes.key.clone()]);
            self.take_notes(notes, taken, &mut left, &mut taking);
        }
        let leave = Expr::Case(
            Box::new(Expr::apply_fun(&name, self.values_of(&locals, &left))),
            vec![Clause::new(latest, latest_leave), Clause::new(Pattern::Any, leave)],
        )
        .after(taking);
        let pattern = Pattern::Cons(Box::new(Pattern::Literal(Expr::atom("$ret"))), Box::new(Pattern::Var(returned)));
        let left = self.var();
        let cleaned = Pattern::Cons(Box::new(Pattern::Literal(Expr::atom("$left"))), Box::new(Pattern::Var(left)));
        let leave_cleaned = match self.tagged {
            true => Expr::Cons(Box::new(Expr::atom("$ret")), Box::new(Expr::Var(left))),
            false => Expr::Var(left),
        };
        let value = self.var();
        let mut after_body = env.clone();
        let mut parts = vec![Pattern::Var(value)];
        parts.extend(self.fresh_for(&locals, &mut after_body).into_iter().map(Pattern::Var));
        let done = Expr::apply_fun(&name, self.values_of(&locals, &after_body));
        let forget: Vec<Stmt> = notes.iter().map(|n| Stmt::Do(Expr::call("erlang", "erase", vec![n.key.clone()]))).collect();
        let rest = self.untag(done, &locals, after_body, &mut |g, env, _| k(g, env, Expr::Var(value))).after(forget);
        let ways =
            vec![Clause::new(pattern, leave), Clause::new(cleaned, leave_cleaned), Clause::new(Pattern::Tuple(parts), rest)];
        Expr::Case(Box::new(Expr::Var(result)), ways).after(out)
    }
}
