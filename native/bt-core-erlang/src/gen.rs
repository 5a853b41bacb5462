//! The generator's state, and the two ways to generate an expression.
//!
//! * [`Gen::expr`] emits bindings into a list and answers an atomic value: for code that always completes.
//! * [`Gen::cps`] takes a continuation: for code that may contain `^`. The continuation runs at most once per call; constructs with
//!   several ways out make a local function of it first.

use bt_base::LineIndex;
use bt_hir::{BinaryOp, Body, ClassKind, Expr as Hir, ExprId, LocalId, SendTarget};
use smallvec::smallvec;

use crate::atom::Atom;
use crate::core::{Clause, Expr, Fname, Function, Pattern, Stmt, Var};
pub(crate) use crate::env::{Env, Ty};
use crate::held_fields::{reads_field, HeldFields};

/// Whose code is being generated.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub class: String,
    pub module: String,
    pub superclass_module: Option<String>,
    pub kind: ClassKind,
    pub class_side: bool,
    /// No message to `self` or `super` is bound to a method.
    pub late_bound: bool,
    pub sealed: bool,
    /// Instance selectors the module exports: own ones and delegates.
    pub selectors: std::rc::Rc<std::collections::BTreeSet<String>>,
}

pub(crate) struct Gen<'a> {
    pub body: &'a Body,
    pub owner: Owner,
    pub lines: &'a LineIndex,
    /// Number of the first variable: code in front of this has used the ones below.
    first_var: u32,
    next_var: u32,
    next_label: u32,
    types: Vec<Ty>,
    /// For each node: may evaluating it in place leave the method?
    returns: Vec<bool>,
    pub self_value: Expr,
    /// `self` is known to be an instance of this very class, no subclass.
    pub exact_self: bool,
    /// Worth more text: the method calls itself or loops.
    pub hot: bool,
    /// The code is wanted for the copy of `self` it leaves, not for its value.
    pub answer_self: bool,
    /// Some block or method calls `frames::answer_function`.
    pub keeps_frames: bool,
    /// In code of an actor method that calls nothing (`held_fields`): the fields it touches.
    pub held: Option<HeldFields>,
    /// Puts the held fields back as they are at this point, for slow paths that may call methods.
    pub unsaved: Option<Expr>,
    /// Inside a closure of an actor class: the state captured when the outermost one was made.
    pub snapshot: Option<Expr>,
    pub closure_depth: u32,
    /// Token of non-local returns of this activation.
    pub nlr_token: Option<Expr>,
    /// A `^` here leaves a sub-region whose result is examined afterwards.
    pub tagged: bool,
    /// Nested loops whose variable types are being guessed.
    pub loop_depth: u32,
    /// Operands whose values are computed already (innermost node last).
    substituted: Vec<Vec<(ExprId, Expr)>>,
    /// Types that the variables of the loop being generated have at its back edges and its end.
    pub end_types: Vec<Option<Ty>>,
    /// Open cells: key in the process dictionary and the locals behind it.
    pub cells: Vec<(Expr, Vec<LocalId>)>,
    /// Bodies of `ensure:` around this code: key in the process dictionary and the locals whose values are kept there for the cleanup.
    pub noted: Vec<(Expr, Vec<LocalId>)>,
    pub extra: Vec<Function>,
}

impl<'a> Gen<'a> {
    pub fn new(body: &'a Body, owner: Owner, lines: &'a LineIndex, first_label: u32) -> Gen<'a> {
        let mut returns = vec![false; body.exprs.len()];
        for (i, expr) in body.exprs.iter().enumerate() {
            // Children stand before their parents in the arena.
            let mut any = matches!(expr, Hir::Return { home: bt_hir::Home::Method, .. });
            if !matches!(expr, Hir::Block(_)) {
                bt_hir::each_child(expr, &mut |c| any |= returns[c.0 as usize]);
            }
            returns[i] = any;
        }
        Gen {
            body,
            owner,
            lines,
            first_var: 0,
            next_var: 0,
            next_label: first_label,
            types: Vec::new(),
            returns,
            self_value: Expr::atom("nil"),
            exact_self: false,
            hot: false,
            answer_self: false,
            keeps_frames: false,
            held: None,
            unsaved: None,
            snapshot: None,
            closure_depth: 0,
            nlr_token: None,
            tagged: false,
            loop_depth: 0,
            substituted: Vec::new(),
            end_types: Vec::new(),
            cells: Vec::new(),
            noted: Vec::new(),
            extra: Vec::new(),
        }
    }

    pub fn labels_used(&self) -> u32 {
        self.next_label
    }

    /// Numbers variables from `first` on.
    pub fn starting_at(mut self, first: u32) -> Gen<'a> {
        self.first_var = first;
        self.next_var = first;
        self
    }

    pub fn vars_used(&self) -> u32 {
        self.next_var
    }

    // ---- variables, types, lines ----

    pub fn var(&mut self) -> Var {
        self.typed_var(Ty::Unknown)
    }

    pub fn typed_var(&mut self, ty: Ty) -> Var {
        self.types.push(ty);
        self.next_var += 1;
        Var(self.next_var - 1)
    }

    pub fn label(&mut self, prefix: &str, arity: usize) -> Fname {
        self.next_label += 1;
        Fname { name: format!("-{prefix}{}", self.next_label).into(), arity }
    }

    pub fn ty(&self, value: &Expr) -> Ty {
        match value {
            Expr::Var(v) => v.0.checked_sub(self.first_var).map_or(Ty::Unknown, |i| self.types[i as usize]),
            Expr::Int(_) | Expr::BigInt(_) => Ty::Integer,
            Expr::Float(_) => Ty::Number,
            Expr::Atom(a) if matches!(&**a, "true" | "false") => Ty::Boolean,
            Expr::Atom(_) => Ty::Plain,
            Expr::Nil => Ty::List,
            Expr::Text(_) => Ty::String,
            _ => Ty::Unknown,
        }
    }

    pub fn set_ty(&mut self, var: Var, ty: Ty) {
        self.types[(var.0 - self.first_var) as usize] = ty;
    }

    pub fn line(&self, id: ExprId) -> u32 {
        let span = self.body.span(id);
        self.lines.line(span.start)
    }

    pub fn may_return(&self, id: ExprId) -> bool {
        self.returns[id.0 as usize]
    }

    /// Binds a value to a variable unless it is atomic already.
    pub fn bind(&mut self, value: Expr, ty: Ty, out: &mut Vec<Stmt>) -> Expr {
        if value.is_atomic() {
            return value;
        }
        let var = self.typed_var(ty);
        // A sequence is flattened, so that text does not nest.
        match value {
            Expr::Seq(stmts, value) => {
                out.extend(stmts);
                out.push(Stmt::Let(smallvec![var], *value));
            }
            value => out.push(Stmt::Let(smallvec![var], value)),
        }
        Expr::Var(var)
    }

    /// A text that will be used more than once gets a variable, so that it is written once.
    pub fn named(&mut self, value: Expr, out: &mut Vec<Stmt>) -> Expr {
        match value {
            Expr::Text(_) => self.bind(value, Ty::String, out),
            other => other,
        }
    }

    pub fn current_self(&self, env: &Env) -> Expr {
        match self.body.self_local {
            Some(local) => env.get(local).cloned().unwrap_or_else(|| self.self_value.clone()),
            None => self.self_value.clone(),
        }
    }

    /// Locals among `ids` that exist before this point: those whose new values must be handed on.
    pub fn threaded(&self, ids: &[ExprId], env: &Env) -> Vec<LocalId> {
        let mut all = std::collections::BTreeSet::new();
        for &id in ids {
            all.extend(bt_hir::assigned_locals(self.body, id));
            all.extend(self.held_assigned(id));
        }
        all.into_iter().filter(|l| env.has(*l)).collect()
    }

    /// Fresh variables for `locals`, put into `env`.
    pub fn fresh_for(&mut self, locals: &[LocalId], env: &mut Env) -> Vec<Var> {
        locals
            .iter()
            .map(|&l| {
                let var = self.var();
                env.set(l, Expr::Var(var));
                var
            })
            .collect()
    }

    /// What an assignment does.
    pub fn assign(&mut self, local: LocalId, value: Expr, env: &mut Env, out: &mut Vec<Stmt>) {
        self.note(local, &value, out);
        env.set(local, value);
    }

    pub fn values_of(&self, locals: &[LocalId], env: &Env) -> Vec<Expr> {
        locals.iter().map(|&l| env.get(l).cloned().unwrap_or_else(|| Expr::atom("nil"))).collect()
    }

    // ---- generating ----

    /// Code that always completes. Answers an atomic value.
    pub fn expr(&mut self, id: ExprId, env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        stacker::maybe_grow(96 * 1024, 2 << 20, || self.expr_on_stack(id, env, out))
    }

    /// Same, where the value is not used.
    pub fn effect(&mut self, id: ExprId, env: &mut Env, out: &mut Vec<Stmt>) {
        let body = self.body;
        if let Hir::Seq(list) = body.expr(id) {
            list.iter().for_each(|&id| self.effect(id, env, out));
            return;
        }
        if let Some(tell) = self.tell(id, env, out) {
            out.push(Stmt::Do(tell));
            return;
        }
        let before = out.len();
        let value = self.expr(id, env, out);
        // A value bound by the last statement alone needs no variable, unless a local stands for it.
        let is_message = matches!(self.body.expr(id), Hir::Send { .. } | Hir::Fixed(..) | Hir::Binary(..) | Hir::Cascade { .. });
        if is_message && out.len() > before {
            if let (Some(Stmt::Let(vars, _)), Expr::Var(v)) = (out.last(), &value) {
                // `(x := e) yourself` answers what `x` stands for.
                if vars.as_slice() == [*v] && !env.holds(&value) {
                    if let Some(Stmt::Let(_, value)) = out.pop() {
                        if !matches!(value, Expr::Var(_)) {
                            out.push(Stmt::Do(value));
                        }
                    }
                }
            }
        }
    }

    fn expr_on_stack(&mut self, id: ExprId, env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        let body = self.body;
        if let Some((_, value)) = self.substituted.last().and_then(|s| s.iter().find(|(child, _)| *child == id)) {
            return value.clone();
        }
        match body.expr(id) {
            Hir::Literal(l) => self.literal(l),
            Hir::Local(local) => env.get(*local).cloned().unwrap_or_else(|| Expr::atom("nil")),
            Hir::SetLocal(local, value) => {
                let value = self.expr(*value, env, out);
                let value = self.named(value, out);
                self.assign(*local, value.clone(), env, out);
                value
            }
            Hir::SelfRef => self.current_self(env),
            Hir::Field(name) => self.field(name, env, out),
            // `self.n := self.n + 1` looks the fields up once.
            Hir::SetField(_, value) if reads_field(body, *value) && self.may_hold(id) => {
                self.holding(id, env, out, |g, env, out| g.expr(id, env, out))
            }
            Hir::SetField(name, value) => {
                let value = self.expr(*value, env, out);
                self.set_field(name, value.clone(), env, out);
                value
            }
            Hir::ClassVar(name) => {
                let call = Expr::call("beamtalk_class_vars", "get", vec![self.self_value.clone(), Expr::atom(name)]);
                self.bind(call, Ty::Unknown, out)
            }
            Hir::SetClassVar(name, value) => {
                let value = self.expr(*value, env, out);
                out.push(Stmt::Do(Expr::call(
                    "beamtalk_class_vars",
                    "put",
                    vec![self.self_value.clone(), Expr::atom(name), value.clone()],
                )));
                value
            }
            Hir::ClassRef(name) => {
                let call = Expr::call_at(crate::entry_points::DISPATCH, "class_ref", vec![Expr::atom(name)], self.line(id));
                self.bind(call, Ty::Unknown, out)
            }
            Hir::Global(name) => {
                let call = Expr::call(crate::entry_points::DISPATCH, "global", vec![Expr::atom(name)]);
                self.bind(call, Ty::Unknown, out)
            }
            Hir::Send { target, selector, args, cells } => self.send(id, target, selector, args, cells, env, out),
            Hir::Fixed(fixed, args, cells) => self.fixed(id, *fixed, args, cells, env, out),
            Hir::Binary(op, left, right) => self.binary(id, *op, *left, *right, env, out),
            Hir::Cascade { target, messages } => self.cascade(id, target, messages, env, out),
            Hir::Block(block) => self.closure(block, env, out),
            Hir::Seq(list) => self.sequence(list, env, out),
            Hir::If { condition, selector, then, otherwise } => {
                self.conditional(id, *condition, selector, *then, *otherwise, env, out)
            }
            Hir::IfNil { value, nil, not_nil, binding } => self.nil_test(*value, *nil, *not_nil, *binding, env, out),
            Hir::And(left, right) => self.short_circuit(id, *left, *right, true, env, out),
            Hir::Or(left, right) => self.short_circuit(id, *left, *right, false, env, out),
            Hir::While { .. } | Hir::Repeat { .. } | Hir::TimesRepeat { .. } | Hir::ToDo { .. } if self.may_hold(id) => {
                self.holding(id, env, out, |g, env, out| g.loop_expr(id, env, out))
            }
            Hir::While { .. } | Hir::Repeat { .. } | Hir::TimesRepeat { .. } | Hir::ToDo { .. } => self.loop_expr(id, env, out),
            Hir::Let { bindings, body } => {
                for (local, value) in bindings {
                    let value = self.expr(*value, env, out);
                    let value = self.named(value, out);
                    env.set(*local, value);
                }
                self.expr(*body, env, out)
            }
            Hir::Match { subject, arms } => self.match_expr(*subject, arms, env, out),
            // Code that returns is generated by `cps`.
            Hir::Return { value, home } => match home {
                bt_hir::Home::Method => self.expr(*value, env, out),
                bt_hir::Home::NonLocal => self.nonlocal_return(*value, env, out),
            },
            Hir::OnDo { body, filter, handler } => self.on_do(*body, *filter, handler, env, out),
            Hir::Ensure { body, cleanup } => self.ensure(*body, *cleanup, env, out),
            Hir::Interpolate(segments) => self.interpolate(segments, env, out),
            Hir::List(elements, tail) => self.list(elements, *tail, env, out),
            Hir::Array(elements) => {
                let items = self.all(elements, env, out);
                let call = Expr::call("beamtalk_array_ops", "from_list", vec![Expr::list(items)]);
                self.bind(call, Ty::Unknown, out)
            }
            Hir::Map(entries) => self.map(entries, env, out),
            Hir::Error => {
                let call = Expr::call_at("beamtalk_exception_handler", "unreachable_code", vec![], self.line(id));
                self.bind(call, Ty::Unknown, out)
            }
        }
    }

    /// A call that never comes back, where `results` values are expected (OTP's lint counts them).
    pub fn diverging(&mut self, call: Expr, results: usize) -> Expr {
        if results == 1 {
            return call;
        }
        let never = self.var();
        Expr::Values(vec![Expr::Var(never); results]).after(vec![Stmt::Let(smallvec![never], call)])
    }

    /// Values of several expressions, left to right.
    pub fn all(&mut self, ids: &[ExprId], env: &mut Env, out: &mut Vec<Stmt>) -> Vec<Expr> {
        ids.iter().map(|&id| self.expr(id, env, out)).collect()
    }

    pub fn sequence(&mut self, list: &[ExprId], env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        let Some((last, before)) = list.split_last() else {
            return Expr::atom("nil");
        };
        for &id in before {
            self.effect(id, env, out);
        }
        self.expr(*last, env, out)
    }

    /// Code of `id` as one expression that answers its value and the new values of `locals`.
    pub fn region(&mut self, id: ExprId, env: &Env, locals: &[LocalId], want_value: bool) -> Expr {
        let mut env = env.clone();
        let mut out = Vec::new();
        let value = if want_value {
            Some(self.expr(id, &mut env, &mut out))
        } else {
            self.effect(id, &mut env, &mut out);
            None
        };
        let mut results: Vec<Expr> = value.into_iter().collect();
        results.extend(self.values_of(locals, &env));
        Expr::Values(results).after(out)
    }

    /// Code that may return. `k` gets the environment and the value where the code completes.
    pub fn cps(&mut self, id: ExprId, env: Env, k: &mut dyn FnMut(&mut Gen<'a>, Env, Expr) -> Expr) -> Expr {
        stacker::maybe_grow(128 * 1024, 2 << 20, || self.cps_on_stack(id, env, k))
    }

    /// As `cps`, where nobody uses the value.
    pub fn cps_effect(&mut self, id: ExprId, mut env: Env, k: &mut dyn FnMut(&mut Gen<'a>, Env) -> Expr) -> Expr {
        if self.may_return(id) {
            return self.cps(id, env, &mut |g, env, _| k(g, env));
        }
        let mut out = Vec::new();
        self.effect(id, &mut env, &mut out);
        k(self, env).after(out)
    }

    fn cps_on_stack(&mut self, id: ExprId, mut env: Env, k: &mut dyn FnMut(&mut Gen<'a>, Env, Expr) -> Expr) -> Expr {
        if !self.may_return(id) {
            let mut out = Vec::new();
            let value = self.expr(id, &mut env, &mut out);
            return k(self, env, value).after(out);
        }
        let body = self.body;
        match body.expr(id) {
            Hir::Return { value, .. } => {
                // The continuation is dropped: nothing follows a return.
                let tagged = self.tagged;
                self.cps(*value, env, &mut |g, env, value| {
                    let value = if g.answer_self { g.current_self(&env) } else { value };
                    if tagged {
                        Expr::Cons(Box::new(Expr::atom("$ret")), Box::new(value))
                    } else {
                        value
                    }
                })
            }
            Hir::Seq(list) => self.cps_sequence(list, 0, env, k),
            Hir::SetLocal(local, value) => {
                let local = *local;
                self.cps(*value, env, &mut |g, mut env, value| {
                    let mut out = Vec::new();
                    let value = g.named(value, &mut out);
                    g.assign(local, value.clone(), &mut env, &mut out);
                    k(g, env, value).after(out)
                })
            }
            Hir::SetField(name, value) => self.cps(*value, env, &mut |g, mut env, value| {
                let mut out = Vec::new();
                g.set_field(name, value.clone(), &mut env, &mut out);
                k(g, env, value).after(out)
            }),
            Hir::Let { bindings, body } => self.cps_let(bindings, *body, env, k),
            Hir::If { condition, selector, then, otherwise } => {
                let line = self.line(id);
                self.cps(*condition, env, &mut |g, env, condition| {
                    g.cps_conditional(condition, selector, *then, *otherwise, line, env, k)
                })
            }
            Hir::IfNil { value, nil, not_nil, binding } => {
                self.cps(*value, env, &mut |g, env, value| g.cps_nil_test(value, *nil, *not_nil, *binding, env, k))
            }
            Hir::And(left, right) => self.cps(*left, env, &mut |g, env, left| g.cps_short_circuit(left, *right, true, env, k)),
            Hir::Or(left, right) => self.cps(*left, env, &mut |g, env, left| g.cps_short_circuit(left, *right, false, env, k)),
            Hir::While { .. } | Hir::Repeat { .. } | Hir::TimesRepeat { .. } | Hir::ToDo { .. } => self.cps_loop(id, env, k),
            Hir::Match { subject, arms } => self.cps(*subject, env, &mut |g, env, subject| g.cps_match(subject, arms, env, k)),
            Hir::OnDo { body, filter, handler } => {
                self.cps(*filter, env, &mut |g, env, filter| g.cps_on_do(*body, filter, handler, env, k))
            }
            Hir::Ensure { body, cleanup } => self.cps_ensure(*body, *cleanup, env, k),
            // Operands that return: evaluate them one after the other, then the node itself on their values.
            _ => self.cps_operands(id, env, k),
        }
    }

    /// Nodes that only combine their operands: each operand becomes a temporary, the node is generated over the temporaries.
    fn cps_operands(&mut self, id: ExprId, env: Env, k: &mut dyn FnMut(&mut Gen<'a>, Env, Expr) -> Expr) -> Expr {
        let mut children = Vec::new();
        bt_hir::each_child(self.body.expr(id), &mut |c| children.push(c));
        self.cps_children(id, &children, 0, Vec::new(), env, k)
    }

    /// From here on the given nodes have the given values.
    pub fn substitute(&mut self, done: Vec<(ExprId, Expr)>) {
        self.substituted.push(done);
    }

    pub fn end_substitution(&mut self) {
        self.substituted.pop();
    }

    fn cps_children(
        &mut self,
        id: ExprId,
        children: &[ExprId],
        at: usize,
        done: Vec<(ExprId, Expr)>,
        env: Env,
        k: &mut dyn FnMut(&mut Gen<'a>, Env, Expr) -> Expr,
    ) -> Expr {
        let rest_returns = children[at..].iter().any(|&c| self.may_return(c));
        if !rest_returns {
            let mut out = Vec::new();
            let mut env = env;
            self.substitute(done);
            let value = self.expr(id, &mut env, &mut out);
            self.end_substitution();
            return k(self, env, value).after(out);
        }
        let child = children[at];
        self.cps(child, env, &mut |g, env, value| {
            let mut done = done.clone();
            done.push((child, value));
            g.cps_children(id, children, at + 1, done, env, k)
        })
    }

    fn cps_sequence(
        &mut self,
        list: &[ExprId],
        at: usize,
        mut env: Env,
        k: &mut dyn FnMut(&mut Gen<'a>, Env, Expr) -> Expr,
    ) -> Expr {
        let mut out = Vec::new();
        let mut at = at;
        while at < list.len() && !self.may_return(list[at]) {
            if at + 1 == list.len() {
                let value = self.expr(list[at], &mut env, &mut out);
                return k(self, env, value).after(out);
            }
            self.effect(list[at], &mut env, &mut out);
            at += 1;
        }
        if at == list.len() {
            return k(self, env, Expr::atom("nil")).after(out);
        }
        let last = at + 1 == list.len();
        self.cps(list[at], env, &mut |g, env, value| {
            if last {
                k(g, env, value)
            } else {
                g.cps_sequence(list, at + 1, env, k)
            }
        })
        .after(out)
    }

    fn cps_let(
        &mut self,
        bindings: &[(LocalId, ExprId)],
        body: ExprId,
        env: Env,
        k: &mut dyn FnMut(&mut Gen<'a>, Env, Expr) -> Expr,
    ) -> Expr {
        match bindings.split_first() {
            None => self.cps(body, env, k),
            Some((&(local, value), rest)) => self.cps(value, env, &mut |g, mut env, value| {
                env.set(local, value);
                g.cps_let(rest, body, env, k)
            }),
        }
    }

    /// Makes a local function of `k` whose parameters are the value and `locals`; `use_it` gets something that calls it.
    pub fn joined(
        &mut self,
        locals: &[LocalId],
        env: &Env,
        k: &mut dyn FnMut(&mut Gen<'a>, Env, Expr) -> Expr,
        use_it: &mut dyn FnMut(&mut Gen<'a>, &Fname) -> Expr,
    ) -> Expr {
        let name = self.label("join", locals.len() + 1);
        let code = use_it(self, &name);
        let value = self.var();
        let mut inner = env.clone();
        let mut params = vec![value];
        params.extend(self.fresh_for(locals, &mut inner));
        let rest = k(self, inner, Expr::Var(value));
        code.after(vec![Stmt::Letrec(vec![(name, params, rest)])])
    }

    /// A branch of a construct whose continuation is the function `join`.
    pub fn branch_to(&mut self, branch: ExprId, env: Env, locals: &[LocalId], join: &Fname) -> Expr {
        self.cps(branch, env, &mut |g, env, value| {
            let mut args = vec![value];
            args.extend(g.values_of(locals, &env));
            Expr::apply(join, args)
        })
    }

    /// Where a value is a boolean for sure; otherwise a future is awaited and anything else does not understand `selector`.
    pub fn boolean(&mut self, value: Expr, selector: impl Into<Atom>, line: u32, out: &mut Vec<Stmt>) -> Expr {
        if self.ty(&value) == Ty::Boolean {
            return value;
        }
        let slow = Expr::call_at(crate::entry_points::DISPATCH, "to_boolean", vec![value.clone(), Expr::atom(selector)], line);
        let slow = self.saved(slow);
        let test = Expr::Case(
            Box::new(value),
            vec![
                Clause::new(Pattern::Literal(Expr::atom("true")), Expr::atom("true")),
                Clause::new(Pattern::Literal(Expr::atom("false")), Expr::atom("false")),
                Clause::new(Pattern::Any, slow),
            ],
        );
        self.bind(test, Ty::Boolean, out)
    }
}

/// Facts that would let a method's body be simpler, worth one test at its entry.
#[derive(Debug, Default)]
pub(crate) struct Wants {
    /// Parameters (by position) that are left operands of arithmetic and never assigned.
    pub integers: Vec<usize>,
    /// Self-sends could be direct calls.
    pub exact_self: bool,
    /// The method sends its own selector to `self`, or loops.
    pub hot: bool,
}

/// Bodies with more nodes than this exist once: the code would double for little.
const SPECIALISED_NODES: usize = 64;

impl Wants {
    pub fn is_empty(&self) -> bool {
        self.integers.is_empty() && !self.exact_self
    }

    pub fn of(body: &Body, method: &bt_hir::Method, class: &bt_hir::Class, owner: &Owner) -> Wants {
        let class_side = method.class_side;
        let mut wants = Wants::default();
        let assigned = bt_hir::assigned_locals(body, body.root());
        let mut operations = 0;
        for expr in &body.exprs {
            match expr {
                Hir::Binary(op, left, _) if !matches!(op, BinaryOp::Power | BinaryOp::Concat) && !op.is_equality() => {
                    if let Hir::Local(local) = body.expr(*left) {
                        if let Some(position) = body.params.iter().position(|p| p == local) {
                            operations += 1;
                            if !assigned.contains(local) && !wants.integers.contains(&position) {
                                wants.integers.push(position);
                            }
                        }
                    }
                }
                Hir::While { .. } | Hir::Repeat { .. } | Hir::TimesRepeat { .. } | Hir::ToDo { .. } => wants.hot = true,
                Hir::Send { target: SendTarget::SelfRef, selector, .. } => {
                    wants.hot |= *selector == method.selector;
                    let direct = !class_side && owner.kind == ClassKind::Value && owner.selectors.contains(selector.as_str());
                    wants.exact_self |= direct && !class.modifiers.is_sealed && !class.is_library;
                }
                _ => {}
            }
        }
        // Twice the code is worth it where the code runs often, is small, and has more than one operation to save on.
        if operations < 2 || !wants.hot || body.exprs.len() > SPECIALISED_NODES {
            wants.integers.clear();
        }
        if wants.integers.is_empty() {
            wants.exact_self = false;
        }
        wants
    }
}
