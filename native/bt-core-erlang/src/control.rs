//! Conditionals and loops.
//!
//! A loop is a local function whose parameters are the variables it changes; the result is their final values: nothing, the value itself, or
//! a tuple. Types of the parameters are guessed from their first values and checked against those at the loop's end.

use bt_base::Selector;
use bt_hir::{BinaryOp, Expr as Hir, ExprId, LocalId};
use smallvec::smallvec;

use crate::core::{Clause, Expr, Fname, Pattern, Stmt, Var};
use crate::entry_points::DISPATCH;
use crate::gen::{Env, Gen, Ty};

/// Nested loops deeper than this are not specialised: each level generates its body twice.
const SPECIALISED_DEPTH: u32 = 3;

/// Makes the loop function of the given name; called again when the guessed types did not hold.
type LoopGenerator<'k, 'a> = &'k mut dyn FnMut(&mut Gen<'a>, &Fname, &[LocalId], LoopEnv) -> GeneratedLoop;
type Continuation<'k, 'a> = &'k mut dyn FnMut(&mut Gen<'a>, Env, Expr) -> Expr;

fn truth(then: Expr, otherwise: Expr) -> Vec<Clause> {
    vec![Clause::new(Pattern::Literal(Expr::atom("true")), then), Clause::new(Pattern::Any, otherwise)]
}

impl<'a> Gen<'a> {
    // ---- conditionals ----

    #[allow(clippy::too_many_arguments)]
    pub(crate) fn conditional(
        &mut self,
        id: ExprId,
        condition: ExprId,
        selector: &Selector,
        then: Option<ExprId>,
        otherwise: Option<ExprId>,
        env: &mut Env,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        let line = self.line(id);
        let condition = self.expr(condition, env, out);
        self.note_held(env);
        let condition = self.boolean(condition, selector, line, out);
        let branches: Vec<ExprId> = then.iter().chain(otherwise.iter()).copied().collect();
        let locals = self.threaded(&branches, env);
        let then = self.branch(then, "true", env, &locals);
        let otherwise = self.branch(otherwise, "false", env, &locals);
        self.choice(condition, then, otherwise, &locals, env, out)
    }

    /// A branch in place; an absent one answers the receiver.
    fn branch(&mut self, branch: Option<ExprId>, receiver: &'static str, env: &Env, locals: &[LocalId]) -> (Expr, Ty) {
        match branch {
            Some(id) => self.typed_region(id, env, locals),
            None => {
                let mut values = vec![Expr::atom(receiver)];
                values.extend(self.values_of(locals, env));
                (Expr::Values(values), Ty::Boolean)
            }
        }
    }

    /// A region and the type of its value.
    pub(crate) fn typed_region(&mut self, id: ExprId, env: &Env, locals: &[LocalId]) -> (Expr, Ty) {
        let mut env = env.clone();
        let mut out = Vec::new();
        let value = self.expr(id, &mut env, &mut out);
        let ty = self.ty(&value);
        let mut results = vec![value];
        results.extend(self.values_of(locals, &env));
        (Expr::Values(results).after(out), ty)
    }

    /// `case condition of …` whose branches answer a value and the new values of `locals`.
    pub(crate) fn choice(
        &mut self,
        condition: Expr,
        then: (Expr, Ty),
        otherwise: (Expr, Ty),
        locals: &[LocalId],
        env: &mut Env,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        let value = self.typed_var(then.1.join(otherwise.1));
        let types: Vec<Ty> =
            (0..locals.len()).map(|i| self.result_type(&then.0, i + 1).join(self.result_type(&otherwise.0, i + 1))).collect();
        let mut vars = vec![value];
        for (local, ty) in locals.iter().zip(types) {
            let var = self.typed_var(ty);
            env.set(*local, Expr::Var(var));
            vars.push(var);
        }
        out.push(Stmt::Let(vars.into(), Expr::Case(Box::new(condition), truth(then.0, otherwise.0))));
        Expr::Var(value)
    }

    /// Type of the `at`-th result of a region.
    fn result_type(&self, region: &Expr, at: usize) -> Ty {
        match region {
            Expr::Seq(_, value) => self.result_type(value, at),
            Expr::Values(values) => values.get(at).map_or(Ty::Unknown, |v| self.ty(v)),
            _ => Ty::Unknown,
        }
    }

    pub(crate) fn nil_test(
        &mut self,
        value: ExprId,
        nil: Option<ExprId>,
        not_nil: Option<ExprId>,
        binding: Option<LocalId>,
        env: &mut Env,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        let value = self.expr(value, env, out);
        let value = self.awaited(value, out);
        let branches: Vec<ExprId> = nil.iter().chain(not_nil.iter()).copied().collect();
        let locals = self.threaded(&branches, env);
        let when_nil = match nil {
            Some(id) => self.typed_region(id, env, &locals),
            None => self.plain(Expr::atom("nil"), env, &locals),
        };
        let mut inner = env.clone();
        if let Some(binding) = binding {
            inner.set(binding, value.clone());
        }
        let otherwise = match not_nil {
            Some(id) => self.typed_region(id, &inner, &locals),
            None => self.plain(value.clone(), env, &locals),
        };
        let test = Expr::call("erlang", "=:=", vec![value, Expr::atom("nil")]);
        self.choice(test, when_nil, otherwise, &locals, env, out)
    }

    fn plain(&mut self, value: Expr, env: &Env, locals: &[LocalId]) -> (Expr, Ty) {
        let ty = self.ty(&value);
        let mut values = vec![value];
        values.extend(self.values_of(locals, env));
        (Expr::Values(values), ty)
    }

    pub(crate) fn short_circuit(
        &mut self,
        id: ExprId,
        left: ExprId,
        right: ExprId,
        and: bool,
        env: &mut Env,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        let line = self.line(id);
        let left = self.expr(left, env, out);
        self.note_held(env);
        let left = self.boolean(left, if and { "and:" } else { "or:" }, line, out);
        let locals = self.threaded(&[right], env);
        let right = self.typed_region(right, env, &locals);
        let constant = self.plain(Expr::atom(if and { "false" } else { "true" }), env, &locals);
        let (then, otherwise) = if and { (right, constant) } else { (constant, right) };
        self.choice(left, then, otherwise, &locals, env, out)
    }

    // ---- the same where a branch may leave the method ----

    #[allow(clippy::too_many_arguments)]
    pub(crate) fn cps_conditional(
        &mut self,
        condition: Expr,
        selector: &Selector,
        then: Option<ExprId>,
        otherwise: Option<ExprId>,
        line: u32,
        env: Env,
        k: Continuation<'_, 'a>,
    ) -> Expr {
        let mut out = Vec::new();
        let condition = self.boolean(condition, selector, line, &mut out);
        let (then, otherwise) = ((then, Expr::atom("true")), (otherwise, Expr::atom("false")));
        self.cps_choice(condition, then, otherwise, env, k).after(out)
    }

    pub(crate) fn cps_nil_test(
        &mut self,
        value: Expr,
        nil: Option<ExprId>,
        not_nil: Option<ExprId>,
        binding: Option<LocalId>,
        mut env: Env,
        k: Continuation<'_, 'a>,
    ) -> Expr {
        let mut out = Vec::new();
        let value = self.awaited(value, &mut out);
        if let Some(binding) = binding {
            env.set(binding, value.clone());
        }
        let test = Expr::call("erlang", "=:=", vec![value.clone(), Expr::atom("nil")]);
        self.cps_choice(test, (nil, Expr::atom("nil")), (not_nil, value), env, k).after(out)
    }

    /// The value of a future, where it may be one.
    fn awaited(&mut self, value: Expr, out: &mut Vec<Stmt>) -> Expr {
        if self.ty(&value) != Ty::Unknown {
            return value;
        }
        let future = Pattern::Tuple(vec![Pattern::Literal(Expr::atom("beamtalk_future")), Pattern::Any]);
        let wait = Expr::call("beamtalk_future", "await", vec![value.clone()]);
        let clauses = vec![Clause::new(future, wait), Clause::new(Pattern::Any, value.clone())];
        self.bind(Expr::Case(Box::new(value), clauses), Ty::Unknown, out)
    }

    pub(crate) fn cps_short_circuit(&mut self, left: Expr, right: ExprId, and: bool, env: Env, k: Continuation<'_, 'a>) -> Expr {
        let mut out = Vec::new();
        let left = self.boolean(left, if and { "and:" } else { "or:" }, 0, &mut out);
        let right = (Some(right), Expr::atom("nil"));
        let constant = (None, Expr::atom(if and { "false" } else { "true" }));
        let (then, otherwise) = if and { (right, constant) } else { (constant, right) };
        self.cps_choice(left, then, otherwise, env, k).after(out)
    }

    /// Does control surely not come out of `id`?
    fn always_returns(&self, id: ExprId) -> bool {
        match self.body.expr(id) {
            Hir::Return { home: bt_hir::Home::Method, .. } => true,
            Hir::Seq(list) => list.iter().any(|&e| self.always_returns(e)),
            _ => false,
        }
    }

    /// Two branches, each code or (when absent) a value. With one way out the continuation follows it in place.
    fn cps_choice(
        &mut self,
        condition: Expr,
        then: (Option<ExprId>, Expr),
        otherwise: (Option<ExprId>, Expr),
        env: Env,
        k: Continuation<'_, 'a>,
    ) -> Expr {
        let leaves = |g: &Gen<'a>, branch: &(Option<ExprId>, Expr)| branch.0.is_some_and(|id| g.always_returns(id));
        let case = |then: Expr, otherwise: Expr| Expr::Case(Box::new(condition.clone()), truth(then, otherwise));
        let never = &mut |_: &mut Gen<'a>, _: Env, value: Expr| value;
        let in_place = |g: &mut Gen<'a>, branch: &(Option<ExprId>, Expr), k: Continuation<'_, 'a>| match branch.0 {
            Some(id) => g.cps(id, env.clone(), k),
            None => k(g, env.clone(), branch.1.clone()),
        };
        if leaves(self, &then) {
            let first = in_place(self, &then, never);
            let second = in_place(self, &otherwise, k);
            return case(first, second);
        }
        if leaves(self, &otherwise) {
            let second = in_place(self, &otherwise, never);
            let first = in_place(self, &then, k);
            return case(first, second);
        }
        let branches: Vec<ExprId> = then.0.iter().chain(otherwise.0.iter()).copied().collect();
        let locals = self.threaded(&branches, &env);
        self.joined(&locals, &env, k, &mut |g, join| {
            let mut make = |branch: &(Option<ExprId>, Expr)| match branch.0 {
                Some(id) => g.branch_to(id, env.clone(), &locals, join),
                None => {
                    let mut args = vec![branch.1.clone()];
                    args.extend(g.values_of(&locals, &env));
                    Expr::apply(join, args)
                }
            };
            let first = make(&then);
            let second = make(&otherwise);
            case(first, second)
        })
    }

    // ---- loops ----

    pub(crate) fn loop_expr(&mut self, id: ExprId, env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        let shape = self.loop_header(id, env, out);
        let locals = self.threaded(&shape.parts, env);
        let call =
            self.specialised_loop(&locals, env, &mut |g, name, locals, inner| g.loop_body(&shape, name, locals, inner, None));
        // The results come back as nothing, a value or a tuple.
        match locals.as_slice() {
            [] => out.push(Stmt::Do(call.0)),
            [local] => {
                let var = self.typed_var(call.1[0]);
                out.push(Stmt::Let(smallvec![var], call.0));
                env.set(*local, Expr::Var(var));
            }
            several => {
                let bound: Vec<Var> = several.iter().map(|_| self.var()).collect();
                let vars: Vec<Var> = call.1.iter().map(|ty| self.typed_var(*ty)).collect();
                out.push(Stmt::Let(
                    vars.clone().into(),
                    Expr::Case(
                        Box::new(call.0),
                        vec![Clause::new(
                            Pattern::Tuple(bound.iter().map(|v| Pattern::Var(*v)).collect()),
                            Expr::Values(bound.iter().map(|v| Expr::Var(*v)).collect()),
                        )],
                    ),
                ));
                for (local, var) in several.iter().zip(vars) {
                    env.set(*local, Expr::Var(var));
                }
            }
        }
        Expr::atom("nil")
    }

    pub(crate) fn cps_loop(&mut self, id: ExprId, mut env: Env, k: Continuation<'_, 'a>) -> Expr {
        let mut out = Vec::new();
        // The header's own operands may return as well.
        let operands: Vec<ExprId> = match self.body.expr(id) {
            Hir::TimesRepeat { count, .. } => vec![*count],
            Hir::ToDo { from, to, by, .. } => [Some(*from), Some(*to), *by].into_iter().flatten().collect(),
            _ => Vec::new(),
        };
        if operands.iter().any(|&o| self.may_return(o)) {
            return self.cps_operands_then_loop(id, &operands, 0, Vec::new(), env, k);
        }
        let shape = self.loop_header(id, &mut env, &mut out);
        self.finish_cps_loop(&shape, env, out, k)
    }

    fn cps_operands_then_loop(
        &mut self,
        id: ExprId,
        operands: &[ExprId],
        at: usize,
        done: Vec<(ExprId, Expr)>,
        env: Env,
        k: Continuation<'_, 'a>,
    ) -> Expr {
        if at == operands.len() {
            let mut env = env;
            let mut out = Vec::new();
            self.substitute(done);
            let shape = self.loop_header(id, &mut env, &mut out);
            self.end_substitution();
            return self.finish_cps_loop(&shape, env, out, k);
        }
        let operand = operands[at];
        self.cps(operand, env, &mut |g, env, value| {
            let mut done = done.clone();
            done.push((operand, value));
            g.cps_operands_then_loop(id, operands, at + 1, done, env, k)
        })
    }

    fn finish_cps_loop(&mut self, shape: &Loop, env: Env, out: Vec<Stmt>, k: Continuation<'_, 'a>) -> Expr {
        let mut out = out;
        let locals = self.threaded(&shape.parts, &env);
        // The end of the loop calls the rest of the method.
        let code = self.joined(&locals, &env, k, &mut |g, join| {
            let mut inner = env.clone();
            let name = g.label("loop", shape.params + locals.len());
            let mut params: Vec<Var> = (0..shape.params).map(|_| g.typed_var(Ty::Number)).collect();
            let counters = params.clone();
            params.extend(g.fresh_for(&locals, &mut inner));
            let body = g.loop_code(shape, &name, &counters, &locals, inner, Some(join));
            let mut args = shape.start.clone();
            args.extend(g.values_of(&locals, &env));
            Expr::apply(&name, args).after(vec![Stmt::Letrec(vec![(name, params, body)])])
        });
        code.after(std::mem::take(&mut out))
    }

    /// Generates a loop function, first with the types its variables start with; if the body does not keep them, once more.
    fn specialised_loop(&mut self, locals: &[LocalId], env: &Env, generate: LoopGenerator<'_, 'a>) -> (Expr, Vec<Ty>) {
        let specialise = self.loop_depth < SPECIALISED_DEPTH;
        let mut types: Vec<Ty> = locals
            .iter()
            .map(|&l| if specialise { env.get(l).map_or(Ty::Unknown, |v| self.ty(v)) } else { Ty::Unknown })
            .collect();
        self.loop_depth += 1;
        let (definition, args) = loop {
            let mut inner = env.clone();
            let vars: Vec<Var> = types.iter().map(|&ty| self.typed_var(ty)).collect();
            for (&local, &var) in locals.iter().zip(&vars) {
                inner.set(local, Expr::Var(var));
            }
            let name = self.label("loop", 0);
            let made = generate(self, &name, locals, LoopEnv { env: inner, vars });
            let joined: Vec<Ty> = types.iter().zip(&made.end_types).map(|(a, b)| a.join(*b)).collect();
            if joined == types {
                break (made.definition, made.start);
            }
            types = types
                .iter()
                .zip(joined)
                .map(|(a, b)| {
                    if *a == b {
                        *a
                    } else if b.is_number() {
                        b
                    } else {
                        Ty::Unknown
                    }
                })
                .collect();
        };
        self.loop_depth -= 1;
        let name = definition.0.clone();
        let mut all = args;
        all.extend(self.values_of(locals, env));
        // The function's scope is this one call: OTP's lint wants as many results from a local function as the code around it has.
        (Expr::apply(&name, all).after(vec![Stmt::Letrec(vec![definition])]), types)
    }

    fn loop_body(
        &mut self,
        shape: &Loop,
        name: &Fname,
        locals: &[LocalId],
        inner: LoopEnv,
        join: Option<&Fname>,
    ) -> GeneratedLoop {
        let name = Fname { name: name.name.clone(), arity: shape.params + locals.len() };
        let counters: Vec<Var> = (0..shape.params).map(|_| self.typed_var(shape.counter)).collect();
        let mut params = counters.clone();
        params.extend(inner.vars.iter().copied());
        let outer = std::mem::replace(&mut self.end_types, vec![None; locals.len()]);
        let body = self.loop_code(shape, &name, &counters, locals, inner.env, join);
        let end_types: Vec<Ty> =
            std::mem::replace(&mut self.end_types, outer).into_iter().map(|t| t.unwrap_or(Ty::Unknown)).collect();
        GeneratedLoop { definition: (name, params, body), start: shape.start.clone(), end_types }
    }

    /// Evaluates what is evaluated once and describes the rest.
    fn loop_header(&mut self, id: ExprId, env: &mut Env, out: &mut Vec<Stmt>) -> Loop {
        let line = self.line(id);
        let body = self.body;
        match body.expr(id) {
            Hir::While { condition, until, body } => Loop {
                kind: LoopKind::While { condition: *condition, until: *until },
                parts: vec![*condition, *body],
                body: *body,
                params: 0,
                start: Vec::new(),
                counter: Ty::Unknown,
                line,
            },
            Hir::Repeat { body } => Loop {
                kind: LoopKind::Repeat,
                parts: vec![*body],
                body: *body,
                params: 0,
                start: Vec::new(),
                counter: Ty::Unknown,
                line,
            },
            Hir::TimesRepeat { count, body } => {
                let count = self.expr(*count, env, out);
                self.note_held(env);
                let count = self.loop_receiver(count, "timesRepeat:", line, out);
                Loop {
                    kind: LoopKind::Count { to: count, step: Expr::Int(1), var: None },
                    parts: vec![*body],
                    body: *body,
                    params: 1,
                    start: vec![Expr::Int(1)],
                    counter: Ty::Integer,
                    line,
                }
            }
            Hir::ToDo { from, to, by, var, body } => {
                let selector = if by.is_some() { "to:by:do:" } else { "to:do:" };
                let from = self.expr(*from, env, out);
                let to = self.expr(*to, env, out);
                let step = match by {
                    Some(by) => self.expr(*by, env, out),
                    None => Expr::Int(1),
                };
                self.note_held(env);
                let from = self.loop_receiver(from, selector, line, out);
                let to = self.loop_argument(to, line, out);
                let step = self.loop_argument(step, line, out);
                let counter = self.ty(&from).join(self.ty(&step));
                Loop {
                    kind: LoopKind::Count { to, step, var: Some(*var) },
                    parts: vec![*body],
                    body: *body,
                    params: 1,
                    start: vec![from],
                    counter,
                    line,
                }
            }
            other => unreachable!("not a loop: {other:?}"),
        }
    }

    /// Where a loop starts: numbers pass, a future is awaited, anything else does not understand the message.
    fn loop_receiver(&mut self, value: Expr, selector: &'static str, line: u32, out: &mut Vec<Stmt>) -> Expr {
        let slow = Expr::call_at(DISPATCH, "loop_receiver", vec![value.clone(), Expr::atom(selector)], line);
        let slow = self.saved(slow);
        self.number_or(value, slow, out)
    }

    /// Where it ends, and its step: numbers.
    fn loop_argument(&mut self, value: Expr, line: u32, out: &mut Vec<Stmt>) -> Expr {
        let slow = Expr::call_at(DISPATCH, "loop_argument", vec![value.clone()], line);
        let slow = self.saved(slow);
        self.number_or(value, slow, out)
    }

    fn number_or(&mut self, value: Expr, slow: Expr, out: &mut Vec<Stmt>) -> Expr {
        if self.ty(&value).is_number() {
            return value;
        }
        let test = Expr::call("erlang", "is_number", vec![value.clone()]);
        let case = Expr::Case(
            Box::new(value.clone()),
            vec![Clause::guarded(Pattern::Any, test, value), Clause::new(Pattern::Any, slow)],
        );
        self.bind(case, Ty::Number, out)
    }

    /// What follows an iteration or the loop: the next round, the rest of the method, or the final values.
    fn finish(&mut self, locals: &[LocalId], env: &Env, join: Option<&Fname>) -> Expr {
        let values = self.values_of(locals, env);
        match join {
            Some(join) => {
                let mut args = vec![Expr::atom("nil")];
                args.extend(values);
                Expr::apply(join, args)
            }
            None => match values.len() {
                0 => Expr::atom("nil"),
                1 => values.into_iter().next().expect("one value"),
                _ => Expr::Tuple(values),
            },
        }
    }

    fn note_end_types(&mut self, locals: &[LocalId], env: &Env) {
        let types: Vec<Ty> = locals.iter().map(|&l| env.get(l).map_or(Ty::Unknown, |v| self.ty(v))).collect();
        if self.end_types.len() == types.len() {
            for (slot, ty) in self.end_types.iter_mut().zip(types) {
                *slot = Some(slot.map_or(ty, |t| t.join(ty)));
            }
        }
    }

    fn loop_code(
        &mut self,
        shape: &Loop,
        name: &Fname,
        counters: &[Var],
        locals: &[LocalId],
        env: Env,
        join: Option<&Fname>,
    ) -> Expr {
        let saved = self.end_types.clone();
        let mut ends: Vec<Env> = Vec::new();
        let code = match &shape.kind {
            LoopKind::Repeat => self.cps_effect(shape.body, env, &mut |g, env| {
                ends.push(env.clone());
                Expr::apply(name, g.values_of(locals, &env))
            }),
            LoopKind::While { condition, until } => {
                let selector = if *until { "whileFalse:" } else { "whileTrue:" };
                self.cps(*condition, env, &mut |g, env, condition| {
                    let mut out = Vec::new();
                    g.note_held(&env);
                    let condition = g.boolean(condition, selector, shape.line, &mut out);
                    let again = g.cps_effect(shape.body, env.clone(), &mut |g, env| {
                        ends.push(env.clone());
                        Expr::apply(name, g.values_of(locals, &env))
                    });
                    ends.push(env.clone());
                    let stop = g.finish(locals, &env, join);
                    let clauses = if *until { truth(stop, again) } else { truth(again, stop) };
                    Expr::Case(Box::new(condition), clauses).after(out)
                })
            }
            LoopKind::Count { to, step, var } => {
                let counter = Expr::Var(counters[0]);
                let mut inner = env.clone();
                if let Some(var) = var {
                    inner.set(*var, counter.clone());
                }
                let again = self.cps_effect(shape.body, inner, &mut |g, env| {
                    ends.push(env.clone());
                    let mut out = Vec::new();
                    let next = g.operation(BinaryOp::Add, counter.clone(), step.clone(), 0, &mut out);
                    let mut args = vec![next];
                    args.extend(g.values_of(locals, &env));
                    Expr::apply(name, args).after(out)
                });
                let stop = self.finish(locals, &env, join);
                self.count_test(counter, to, step, again, stop)
            }
        };
        self.end_types = saved;
        for env in &ends {
            self.note_end_types(locals, env);
        }
        code
    }

    fn count_test(&mut self, counter: Expr, to: &Expr, step: &Expr, again: Expr, stop: Expr) -> Expr {
        let compare = |op: &'static str| Expr::call("erlang", op, vec![counter.clone(), to.clone()]);
        match step {
            Expr::Int(n) if *n > 0 => Expr::Case(Box::new(compare("=<")), truth(again, stop)),
            Expr::Int(n) if *n < 0 => Expr::Case(Box::new(compare(">=")), truth(again, stop)),
            Expr::Int(_) => stop,
            _ => {
                // Up for a positive step, down for a negative one, not at all for zero.
                let sign = |op: &'static str| Expr::call("erlang", op, vec![step.clone(), Expr::Int(0)]);
                let down = Expr::Case(Box::new(sign("<")), truth(compare(">="), Expr::atom("false")));
                let test = Expr::Case(Box::new(sign(">")), truth(compare("=<"), down));
                let go = self.typed_var(Ty::Boolean);
                Expr::Case(Box::new(Expr::Var(go)), truth(again, stop)).after(vec![Stmt::Let(smallvec![go], test)])
            }
        }
    }
}

pub(crate) struct LoopEnv {
    env: Env,
    vars: Vec<Var>,
}

pub(crate) struct GeneratedLoop {
    definition: (Fname, Vec<Var>, Expr),
    start: Vec<Expr>,
    end_types: Vec<Ty>,
}

struct Loop {
    kind: LoopKind,
    /// The parts that run once per round, for the question which variables change.
    parts: Vec<ExprId>,
    body: ExprId,
    /// Counters that come before the variables among the parameters.
    params: usize,
    start: Vec<Expr>,
    counter: Ty,
    line: u32,
}

enum LoopKind {
    While { condition: ExprId, until: bool },
    Repeat,
    Count { to: Expr, step: Expr, var: Option<LocalId> },
}
