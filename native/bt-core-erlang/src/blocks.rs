//! Closures, cells, non-local returns.

use bt_base::Name;
use bt_hir::{Block, ClassKind, Expr as Hir, ExprId, LocalId};
use smallvec::smallvec;

use crate::core::{Clause, Expr, Pattern, Stmt, Var};
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

/// Tells the library that it may run the block as a fold.
pub(crate) fn offer(block: &Expr, kind: &'static str, fold: Expr, key: Expr) -> Stmt {
    let fold = Expr::Tuple(vec![Expr::atom(kind), fold]);
    Stmt::Do(Expr::call("beamtalk_fold", "offer", vec![block.clone(), fold, key]))
}

/// Takes an offer back.
pub(crate) fn withdraw() -> Stmt {
    Stmt::Do(Expr::call("erlang", "erase", vec![Expr::atom("$beamtalk_fold")]))
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
            let values = self.cells_of(cells, env);
            out.push(Stmt::Do(Expr::call("erlang", "put", vec![key.clone(), values])));
        }
    }

    /// After the send: takes the values back and forgets the key.
    pub(crate) fn close_cells(&mut self, key: Option<Expr>, cells: &[LocalId], env: &mut Env, out: &mut Vec<Stmt>) {
        let Some(key) = key else { return };
        self.cells.pop();
        out.push(withdraw());
        let taken = Expr::call("erlang", "erase", vec![key]);
        // The key is always there: nobody else knows it.
        let vars = self.open_tuple(taken, cells.len(), out);
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
        let mut offered = None;
        let body = match key {
            None => {
                let value = self.expr(block.body, &mut inner, &mut code);
                keep_frames(value.after(code), &mut self.keeps_frames)
            }
            Some((key, names)) => {
                // Elsewhere, or after the send: the values at the time the block was made.
                let captured = self.cells_of(&names, env);
                let cells = self.var();
                let step = self.step(block, &params, cells, &names, &mut inner);
                let step = self.bind(step, Ty::Plain, out);
                let mut arguments: Vec<_> = params.iter().map(|&p| Expr::Var(p)).collect();
                let current = self.current_cells(&key, captured);
                arguments.push(self.bind(current, Ty::Plain, &mut code));
                let answered = self.bind(Expr::apply_fun(&step, arguments), Ty::Plain, &mut code);
                if names.iter().all(|name| block.writes.contains(name)) {
                    let store = Expr::call("erlang", "put", vec![key.clone(), answered.clone()]);
                    code.push(Stmt::Do(kept_if_open(store, key.clone())));
                    offered = Some((step, key));
                } else if !block.writes.is_empty() {
                    let store = self.store_some(&key, &names, &block.writes, answered.clone(), &mut code);
                    code.push(Stmt::Do(store));
                }
                Expr::call("erlang", "element", vec![Expr::Int(1), answered]).after(code)
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
        let fun = self.bind(Expr::Fun(params, Box::new(body)), Ty::Fun(arity), out);
        if let (Some((step, key)), 1) = (offered, arity) {
            out.push(offer(&fun, "each", step, key));
        }
        fun
    }

    /// The cells under the key, or other values where there are none.
    pub(crate) fn current_cells(&mut self, key: &Expr, other: Expr) -> Expr {
        let cells = self.var();
        Expr::Case(
            Box::new(Expr::call("erlang", "get", vec![key.clone()])),
            vec![
                Clause::new(Pattern::Literal(Expr::atom("undefined")), other),
                Clause::new(Pattern::Var(cells), Expr::Var(cells)),
            ],
        )
    }

    /// What lies in the cells of a send: room for what the block answered last, then the locals.
    fn cells_of(&self, locals: &[LocalId], env: &Env) -> Expr {
        let mut all = vec![Expr::atom("nil")];
        all.extend(self.values_of(locals, env));
        Expr::Tuple(all)
    }

    /// The locals out of such cells.
    fn open_tuple(&mut self, cells: Expr, count: usize, out: &mut Vec<Stmt>) -> Vec<Var> {
        let vars: Vec<_> = (0..count).map(|_| self.var()).collect();
        let bound: Vec<_> = (0..count).map(|_| self.var()).collect();
        let mut pattern = vec![Pattern::Any];
        pattern.extend(bound.iter().map(|v| Pattern::Var(*v)));
        let values = Expr::Values(bound.iter().map(|v| Expr::Var(*v)).collect());
        let case = Expr::Case(Box::new(cells), vec![Clause::new(Pattern::Tuple(pattern), values)]);
        out.push(Stmt::Let(vars.clone().into(), case));
        vars
    }

    /// The code of a block from its arguments and its cells to the cells after it, its answer among them.
    fn step(&mut self, block: &Block, params: &[Var], cells: Var, names: &[LocalId], inner: &mut Env) -> Expr {
        let mut code = Vec::new();
        let vars = self.open_tuple(Expr::Var(cells), names.len(), &mut code);
        for (&local, var) in names.iter().zip(&vars) {
            inner.set(local, Expr::Var(*var));
        }
        let mut after = vec![self.expr(block.body, inner, &mut code)];
        after.extend(self.values_of(names, inner));
        let mut all = params.to_vec();
        all.push(cells);
        Expr::Fun(all, Box::new(Expr::Tuple(after).after(code)))
    }

    /// At the end of a block that assigns some of the variables: these go into the cells, while they are open; those that other blocks assigned
    /// meanwhile stay.
    fn store_some(&mut self, key: &Expr, names: &[LocalId], writes: &[LocalId], answered: Expr, out: &mut Vec<Stmt>) -> Expr {
        let new = self.open_tuple(answered, names.len(), out);
        let old: Vec<_> = names.iter().map(|_| self.var()).collect();
        let mut pattern = vec![Pattern::Any];
        pattern.extend(old.iter().map(|var| Pattern::Var(*var)));
        let mut values = vec![Expr::atom("nil")];
        values.extend(
            names
                .iter()
                .zip(new.iter().zip(&old))
                .map(|(name, (new, old))| Expr::Var(if writes.contains(name) { *new } else { *old })),
        );
        let put = Expr::call("erlang", "put", vec![key.clone(), Expr::Tuple(values)]);
        Expr::Case(
            Box::new(Expr::call("erlang", "get", vec![key.clone()])),
            vec![Clause::new(Pattern::Tuple(pattern), put), Clause::new(Pattern::Any, Expr::atom("ok"))],
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
