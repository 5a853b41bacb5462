//! Closures, cells, non-local returns.

use bt_base::Name;
use bt_hir::{Block, ClassKind, Expr as Hir, ExprId, LocalId};
use smallvec::smallvec;

use crate::core::{Clause, Expr, Pattern, Stmt};
use crate::frames::keep_frames;
use crate::gen::{Env, Gen, Ty};
use crate::held_fields::{fields_of_actor, set_fields_of_actor};
use crate::names;

/// A store that is taken back where there was no cell: elsewhere, or after the send. One look-up less than to ask first.
pub(crate) fn kept_if_open(store: Expr, key: Expr) -> Expr {
    Expr::Case(
        Box::new(store),
        vec![
            Clause::new(Pattern::Literal(Expr::atom("undefined")), Expr::call("erlang", "erase", vec![key])),
            Clause::new(Pattern::Any, Expr::atom("ok")),
        ],
    )
}

impl<'a> Gen<'a> {
    /// Makes the key of a send's cells; literal blocks made from here on use it.
    pub(crate) fn open_cells(&mut self, cells: &[LocalId], out: &mut Vec<Stmt>) -> Option<Expr> {
        if cells.is_empty() {
            return None;
        }
        let key = self.bind(Expr::call("beamtalk_cells", "key", vec![]), Ty::Plain, out);
        self.cells.push((key.clone(), cells.to_vec()));
        Some(key)
    }

    /// Just before the send, when all operands are evaluated: puts the values into the process dictionary.
    pub(crate) fn fill_cells(&mut self, key: &Option<Expr>, cells: &[LocalId], env: &Env, out: &mut Vec<Stmt>) {
        if let Some(key) = key {
            let values = Expr::Tuple(self.values_of(cells, env));
            out.push(Stmt::Do(Expr::call("erlang", "put", vec![key.clone(), values])));
        }
    }

    /// After the send: takes the values back and forgets the key.
    pub(crate) fn close_cells(&mut self, key: Option<Expr>, cells: &[LocalId], env: &mut Env, out: &mut Vec<Stmt>) {
        let Some(key) = key else { return };
        self.cells.pop();
        let taken = Expr::call("erlang", "erase", vec![key]);
        let vars: Vec<_> = cells.iter().map(|_| self.var()).collect();
        let bound: Vec<_> = cells.iter().map(|_| self.var()).collect();
        let pattern = Pattern::Tuple(bound.iter().map(|v| Pattern::Var(*v)).collect());
        let values = Expr::Values(bound.iter().map(|v| Expr::Var(*v)).collect());
        // The key is always there: nobody else knows it.
        let case = Expr::Case(Box::new(taken), vec![Clause::new(pattern, values)]);
        out.push(Stmt::Let(vars.clone().into(), case));
        for (&local, var) in cells.iter().zip(vars) {
            env.set(local, Expr::Var(var));
        }
    }

    /// A block as a fun; its cells are the innermost open ones.
    pub(crate) fn closure(&mut self, block: &Block, env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        let opened_snapshot = self.open_snapshot(block, out);
        let mut inner = env.clone();
        let params: Vec<_> = block
            .params
            .iter()
            .map(|&p| {
                let var = self.var();
                inner.set(p, Expr::Var(var));
                var
            })
            .collect();
        // A block that only reads sees what the others of the same send assign.
        let shares = |names: &[LocalId]| names.iter().any(|name| block.captures.contains(name));
        let key = self.cells.last().filter(|(_, names)| block.has_cells && shares(names)).cloned();
        let outer_cells = std::mem::take(&mut self.cells);
        // What does not come back to the method is no news for its cleanups.
        let outer_noted = (!block.has_cells).then(|| std::mem::take(&mut self.noted));
        self.closure_depth += 1;
        let mut code = Vec::new();
        let body = match key {
            None => {
                let value = self.expr(block.body, &mut inner, &mut code);
                keep_frames(value.after(code), &mut self.keeps_frames)
            }
            Some((key, names)) => {
                let captured = Expr::Tuple(self.values_of(&names, env));
                let vars: Vec<_> = names.iter().map(|_| self.var()).collect();
                let bound: Vec<_> = names.iter().map(|_| self.var()).collect();
                // Elsewhere, or after the send: the values at the time the block was made.
                let current = self.var();
                let other = self.var();
                code.push(Stmt::Let(
                    smallvec![current],
                    Expr::Case(
                        Box::new(Expr::call("erlang", "get", vec![key.clone()])),
                        vec![
                            Clause::new(Pattern::Literal(Expr::atom("undefined")), captured),
                            Clause::new(Pattern::Var(other), Expr::Var(other)),
                        ],
                    ),
                ));
                code.push(Stmt::Let(
                    vars.clone().into(),
                    Expr::Case(
                        Box::new(Expr::Var(current)),
                        vec![Clause::new(
                            Pattern::Tuple(bound.iter().map(|v| Pattern::Var(*v)).collect()),
                            Expr::Values(bound.iter().map(|v| Expr::Var(*v)).collect()),
                        )],
                    ),
                ));
                for (&local, var) in names.iter().zip(&vars) {
                    inner.set(local, Expr::Var(*var));
                }
                let value = self.expr(block.body, &mut inner, &mut code);
                if !block.writes.is_empty() {
                    let stored = self.stored(&key, &names, &block.writes, &inner);
                    code.push(Stmt::Do(stored));
                }
                value.after(code)
            }
        };
        self.closure_depth -= 1;
        self.cells = outer_cells;
        if let Some(noted) = outer_noted {
            self.noted = noted;
        }
        if opened_snapshot {
            self.snapshot = None;
        }
        let arity = params.len();
        self.bind(Expr::Fun(params, Box::new(body)), Ty::Fun(arity), out)
    }

    /// At the end of a block: the variables it assigns go into the cells, while these are open; those that other blocks assigned meanwhile stay.
    fn stored(&mut self, key: &Expr, names: &[LocalId], writes: &[LocalId], env: &Env) -> Expr {
        let bound: Vec<_> = names.iter().map(|_| self.var()).collect();
        let values = names.iter().zip(&bound).zip(self.values_of(names, env));
        let values = values.map(|((name, var), value)| if writes.contains(name) { value } else { Expr::Var(*var) }).collect();
        let put = Expr::call("erlang", "put", vec![key.clone(), Expr::Tuple(values)]);
        let pattern = Pattern::Tuple(bound.iter().map(|v| Pattern::Var(*v)).collect());
        Expr::Case(
            Box::new(Expr::call("erlang", "get", vec![key.clone()])),
            vec![Clause::new(pattern, put), Clause::new(Pattern::Any, Expr::atom("ok"))],
        )
    }

    /// A block of an actor that reads fields carries the fields along, for the case that it runs in another process.
    pub(crate) fn open_snapshot(&mut self, block: &Block, out: &mut Vec<Stmt>) -> bool {
        if self.owner.kind != ClassKind::Actor || self.owner.class_side || self.snapshot.is_some() {
            return false;
        }
        let mut work = vec![block.body];
        let mut reads = false;
        while let Some(id) = work.pop() {
            let expr = self.body.expr(id);
            reads |= matches!(expr, Hir::Field(_));
            bt_hir::each_child(expr, &mut |c| work.push(c));
        }
        if reads {
            let state = self.bind(Expr::call("erlang", "get", vec![Expr::atom(names::STATE)]), Ty::Plain, out);
            self.snapshot = Some(state);
        }
        reads
    }

    /// `^` in a closure: to the home method, if it still runs in this process.
    pub(crate) fn nonlocal_return(&mut self, value: ExprId, env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        let value = self.expr(value, env, out);
        let value = if self.answer_self { self.current_self(env) } else { value };
        let token = self.nlr_token.clone().unwrap_or_else(|| Expr::atom("nil"));
        let throw = Expr::call("erlang", "throw", vec![Expr::Tuple(vec![Expr::atom(names::NLR), token.clone(), value])]);
        let dead = Expr::call("beamtalk_exception_handler", "dead_home", vec![]);
        let case = Expr::Case(
            Box::new(Expr::call("erlang", "get", vec![token])),
            vec![Clause::new(Pattern::Literal(Expr::atom("true")), throw), Clause::new(Pattern::Any, dead)],
        );
        self.bind(case, Ty::Unknown, out)
    }

    /// The method's code with its end of the bargain: it catches returns that carry its own token.
    pub(crate) fn with_home(&mut self, generate: impl FnOnce(&mut Gen<'a>) -> Expr) -> Expr {
        let token = self.typed_var(Ty::Plain);
        self.nlr_token = Some(Expr::Var(token));
        let body = generate(self);
        let result = self.var();
        let caught = [self.var(), self.var(), self.var()];
        let mark = self.typed_var(Ty::Integer);
        let erase = || Stmt::Do(Expr::call("erlang", "erase", vec![Expr::Var(token)]));
        // The sends that the return has passed will not take their cells back.
        let drop = Stmt::Do(Expr::call("beamtalk_cells", "drop", vec![Expr::Var(mark)]));
        let value = self.var();
        let mine = Expr::call("erlang", "=:=", vec![Expr::Var(value), Expr::Var(token)]);
        let answer = self.var();
        let pattern = Pattern::Tuple(vec![Pattern::Literal(Expr::atom(names::NLR)), Pattern::Var(value), Pattern::Var(answer)]);
        let again = Expr::call(
            "erlang",
            "raise",
            vec![Expr::Var(caught[0]), Expr::Var(caught[1]), Expr::Primop("build_stacktrace", vec![Expr::Var(caught[2])])],
        );
        let handler = Expr::Case(
            Box::new(Expr::Var(caught[1])),
            vec![Clause::guarded(pattern, mine, Expr::Var(answer).after(vec![drop])), Clause::new(Pattern::Any, again)],
        )
        .after(vec![erase()]);
        let guarded = Expr::Try(Box::new(crate::core::Try {
            body,
            vars: vec![result],
            ok: Expr::Var(result).after(vec![erase()]),
            caught,
            handler,
        }));
        guarded.after(vec![
            Stmt::Let(smallvec![mark], Expr::call("beamtalk_cells", "mark", vec![])),
            Stmt::Let(smallvec![token], Expr::call("erlang", "make_ref", vec![])),
            Stmt::Do(Expr::call("erlang", "put", vec![Expr::Var(token), Expr::atom("true")])),
        ])
    }

    // ---- fields ----

    pub(crate) fn field(&mut self, name: &Name, env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        if let Some(value) = self.held_local(name).and_then(|local| env.get(local)) {
            return value.clone();
        }
        let object = match (self.owner.kind, self.closure_depth) {
            (ClassKind::Actor, 0) => fields_of_actor(),
            (ClassKind::Actor, _) => {
                let snapshot = self.snapshot.clone().unwrap_or_else(|| Expr::atom("nil"));
                let me = self.current_self(env);
                let call = Expr::call("beamtalk_actor", "block_field", vec![me, snapshot, Expr::atom(name)]);
                return self.bind(call, Ty::Unknown, out);
            }
            (ClassKind::Value | ClassKind::Either, _) => self.current_self(env),
        };
        let case = self.field_of(object, name);
        self.bind(case, Ty::Unknown, out)
    }

    /// nil where the object lacks the field.
    pub(crate) fn field_of(&mut self, object: Expr, name: &Name) -> Expr {
        let value = self.var();
        Expr::Case(
            Box::new(object),
            vec![
                Clause::new(Pattern::Map(vec![(Expr::atom(name), Pattern::Var(value))]), Expr::Var(value)),
                Clause::new(Pattern::Any, Expr::atom("nil")),
            ],
        )
    }

    pub(crate) fn set_field(&mut self, name: &Name, value: Expr, env: &mut Env, out: &mut Vec<Stmt>) {
        if let Some(local) = self.held_local(name) {
            let value = self.named(value, out);
            env.set(local, value);
            return;
        }
        match (self.owner.kind, self.closure_depth) {
            (ClassKind::Actor, 0) => {
                let state = self.bind(fields_of_actor(), Ty::Plain, out);
                let updated = Expr::with_field(state, name, value);
                let updated = self.bind(updated, Ty::Plain, out);
                out.push(Stmt::Do(set_fields_of_actor(updated)));
            }
            (ClassKind::Actor, _) => {
                let me = self.current_self(env);
                out.push(Stmt::Do(Expr::call("beamtalk_actor", "block_put", vec![me, Expr::atom(name), value])));
            }
            (ClassKind::Value | ClassKind::Either, _) => {
                let me = self.current_self(env);
                let updated = Expr::with_field(me, name, value);
                let updated = self.bind(updated, Ty::Unknown, out);
                if let Some(local) = self.body.self_local {
                    self.assign(local, updated, env, out);
                }
            }
        }
    }
}
