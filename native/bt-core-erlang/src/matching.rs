//! `match:`: a `case` where all guards are plain tests, else a chain of them.

use bt_hir::{Arm, BinaryOp, Expr as Hir, ExprId, Literal, LocalId, Pattern as HirPattern};
use smallvec::smallvec;

use crate::core::{Clause, Expr, Pattern, Stmt, Try, Var};
use crate::gen::{Env, Gen, Ty};

type Continuation<'k, 'a> = &'k mut dyn FnMut(&mut Gen<'a>, Env, Expr) -> Expr;

impl<'a> Gen<'a> {
    pub(crate) fn match_expr(&mut self, subject: ExprId, arms: &[Arm], env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        let line = self.line(subject);
        let subject = self.expr(subject, env, out);
        let subject = self.named(subject, out);
        let bodies: Vec<ExprId> = arms.iter().map(|a| a.body).collect();
        let locals = self.threaded(&bodies, env);
        let code =
            self.arms(&subject, arms, 0, env, line, locals.len() + 1, &mut |g, body, env| g.typed_region(body, &env, &locals).0);
        let value = self.var();
        let mut vars = vec![value];
        vars.extend(self.fresh_for(&locals, env));
        out.push(Stmt::Let(vars.into(), code));
        Expr::Var(value)
    }

    pub(crate) fn cps_match(&mut self, subject: Expr, arms: &[Arm], env: Env, k: Continuation<'_, 'a>) -> Expr {
        let bodies: Vec<ExprId> = arms.iter().map(|a| a.body).collect();
        let locals: Vec<LocalId> = self.threaded(&bodies, &env);
        let mut out = Vec::new();
        let subject = self.named(subject, &mut out);
        self.joined(&locals, &env, k, &mut |g, join| {
            g.arms(&subject, arms, 0, &env, 0, 1, &mut |g, body, env| g.branch_to(body, env, &locals, join))
        })
        .after(out)
    }

    /// Arms from `at` on. A guard that is no plain test ends the `case`: the arms behind it become a local function.
    #[allow(clippy::too_many_arguments)]
    fn arms(
        &mut self,
        subject: &Expr,
        arms: &[Arm],
        at: usize,
        env: &Env,
        line: u32,
        results: usize,
        body: &mut dyn FnMut(&mut Gen<'a>, ExprId, Env) -> Expr,
    ) -> Expr {
        let mut clauses = Vec::new();
        let mut before = Vec::new();
        for (position, arm) in arms.iter().enumerate().skip(at) {
            let mut inner = env.clone();
            let mut tests = Vec::new();
            let pattern = self.pattern(&arm.pattern, &mut inner, &mut tests, &mut before);
            match arm.guard {
                Some(guard) if !self.is_plain_test(guard) => {
                    let next = self.typed_var(Ty::Fun(0));
                    let rest = self.rest_of_arms(subject, arms, position + 1, env, line, results, body);
                    before.push(Stmt::Let(smallvec![next], Expr::Fun(Vec::new(), Box::new(rest))));
                    let next = self.results_of(Expr::apply_fun(&Expr::Var(next), Vec::new()), results);
                    let code = self.guarded_arm(guard, arm.body, inner, next.clone(), body);
                    clauses.push(Clause { patterns: vec![pattern], guard: conjunction(tests), body: code });
                    clauses.push(Clause::new(Pattern::Any, next));
                    return Expr::Case(Box::new(subject.clone()), clauses).after(before);
                }
                Some(guard) => {
                    let test = self.plain_test(guard, &inner);
                    // A guard accepts with `true` alone.
                    tests.push(Expr::call("erlang", "=:=", vec![test, Expr::atom("true")]));
                }
                None => {}
            }
            let code = body(self, arm.body, inner);
            let guard = conjunction(tests).map(|test| self.failing_is_false(test));
            clauses.push(Clause { patterns: vec![pattern], guard, body: code });
        }
        let failed = Expr::call_at("beamtalk_exception_handler", "match_failed", vec![subject.clone()], line);
        let failed = self.diverging(failed, results);
        clauses.push(Clause::new(Pattern::Any, failed));
        Expr::Case(Box::new(subject.clone()), clauses).after(before)
    }

    fn failing_is_false(&mut self, test: Expr) -> Expr {
        if !may_fail(&test) {
            return test;
        }
        // One operation a step: so OTP's folding sees a failing constant for what it is.
        let mut steps = Vec::new();
        let value = self.in_steps(test, &mut steps);
        let passed = self.var();
        Expr::GuardTry(Box::new(value.after(steps)), passed)
    }

    fn in_steps(&mut self, expr: Expr, out: &mut Vec<Stmt>) -> Expr {
        match expr {
            Expr::Call { callee, args, line } => {
                let args = args.into_iter().map(|a| self.in_steps(a, out)).collect();
                let call = Expr::Call { callee, args, line };
                self.bind(call, Ty::Unknown, out)
            }
            other => other,
        }
    }

    /// The arms behind a guard, in a fun: several results travel in a tuple.
    #[allow(clippy::too_many_arguments)]
    fn rest_of_arms(
        &mut self,
        subject: &Expr,
        arms: &[Arm],
        at: usize,
        env: &Env,
        line: u32,
        results: usize,
        body: &mut dyn FnMut(&mut Gen<'a>, ExprId, Env) -> Expr,
    ) -> Expr {
        let code = self.arms(subject, arms, at, env, line, results, body);
        if results == 1 {
            return code;
        }
        let vars: Vec<Var> = (0..results).map(|_| self.var()).collect();
        Expr::Tuple(vars.iter().map(|v| Expr::Var(*v)).collect()).after(vec![Stmt::Let(vars.into(), code)])
    }

    /// What such a fun answers, as that many values.
    fn results_of(&mut self, call: Expr, results: usize) -> Expr {
        if results == 1 {
            return call;
        }
        let vars: Vec<Var> = (0..results).map(|_| self.var()).collect();
        let pattern = Pattern::Tuple(vars.iter().map(|v| Pattern::Var(*v)).collect());
        let values = Expr::Values(vars.iter().map(|v| Expr::Var(*v)).collect());
        Expr::Case(Box::new(call), vec![Clause::new(pattern, values)])
    }

    /// A guard with sends in it: evaluated as code; failing counts as false.
    fn guarded_arm(
        &mut self,
        guard: ExprId,
        arm: ExprId,
        env: Env,
        next: Expr,
        body: &mut dyn FnMut(&mut Gen<'a>, ExprId, Env) -> Expr,
    ) -> Expr {
        let test = self.region(guard, &env, &[], true);
        let passed = self.var();
        let caught = [self.var(), self.var(), self.var()];
        let accepted = self.var();
        let tried = Expr::Try(Box::new(Try {
            body: test,
            vars: vec![passed],
            ok: Expr::Var(passed),
            caught,
            handler: Expr::atom("false"),
        }));
        let code = body(self, arm, env);
        Expr::Case(
            Box::new(Expr::Var(accepted)),
            vec![Clause::new(Pattern::Literal(Expr::atom("true")), code), Clause::new(Pattern::Any, next)],
        )
        .after(vec![Stmt::Let(smallvec![accepted], tried)])
    }

    fn is_plain_test(&self, id: ExprId) -> bool {
        match self.body.expr(id) {
            Hir::Literal(Literal::String(_)) => false,
            Hir::Literal(_) | Hir::Local(_) => true,
            Hir::Binary(op, l, r) => {
                !matches!(op, BinaryOp::Power | BinaryOp::Concat) && self.is_plain_test(*l) && self.is_plain_test(*r)
            }
            _ => false,
        }
    }

    fn plain_test(&mut self, id: ExprId, env: &Env) -> Expr {
        let body = self.body;
        match body.expr(id) {
            Hir::Literal(l) => self.literal(l),
            Hir::Local(l) => env.get(*l).cloned().unwrap_or_else(|| Expr::atom("nil")),
            Hir::Binary(op, l, r) => {
                let left = self.plain_test(*l, env);
                let right = self.plain_test(*r, env);
                let function = match op {
                    BinaryOp::LessEqual => "=<",
                    BinaryOp::Remainder => "rem",
                    other => other.selector(),
                };
                Expr::call("erlang", function, vec![left, right])
            }
            other => unreachable!("not a plain test: {other:?}"),
        }
    }

    fn pattern(&mut self, pattern: &HirPattern, env: &mut Env, tests: &mut Vec<Expr>, before: &mut Vec<Stmt>) -> Pattern {
        match pattern {
            HirPattern::Wildcard => Pattern::Any,
            HirPattern::Bind(local) => {
                let var: Var = self.var();
                env.set(*local, Expr::Var(var));
                Pattern::Var(var)
            }
            HirPattern::Literal(Literal::String(text)) => {
                // Compared as a whole; a binary pattern would be taken apart.
                let wanted = self.bind(Expr::text(text), Ty::String, before);
                let var = self.var();
                tests.push(Expr::call("erlang", "=:=", vec![Expr::Var(var), wanted]));
                Pattern::Var(var)
            }
            HirPattern::Literal(Literal::Float(value)) => {
                // 0.0 and -0.0 match alike in a pattern on some releases; `=:=` is what the language promises.
                let var = self.var();
                tests.push(Expr::call("erlang", "=:=", vec![Expr::Var(var), Expr::Float(*value)]));
                Pattern::Var(var)
            }
            HirPattern::Literal(literal) => Pattern::Literal(self.literal(literal)),
            HirPattern::Tuple(parts) => Pattern::Tuple(parts.iter().map(|p| self.pattern(p, env, tests, before)).collect()),
        }
    }
}

/// All tests must hold. Guards know no short circuit in Core, so `and` it is.
fn conjunction(tests: Vec<Expr>) -> Option<Expr> {
    tests.into_iter().reduce(|a, b| Expr::call("erlang", "and", vec![a, b]))
}

/// Arithmetic may fail, and failing rejects the arm: in Core that is a `try` around the guard.
fn may_fail(test: &Expr) -> bool {
    match test {
        Expr::Call { callee, args, .. } => {
            let arithmetic = matches!(&*callee.function, "+" | "-" | "*" | "/" | "rem");
            arithmetic || args.iter().any(may_fail)
        }
        _ => false,
    }
}
