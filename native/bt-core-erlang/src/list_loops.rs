//! `do:` with a literal block that assigns outer locals: a loop when the receiver is a list, a send like any other when it is not.
//!
//! The block's code exists once, as a local function over a list whose parameters are the variables it changes. For a list the function runs over
//! it; otherwise the block handed to the receiver's own `do:` runs it over its one element and keeps the variables in cells.

use bt_hir::{Block, ClassKind, Expr as Hir, ExprId, LocalId, SendTarget};
use smallvec::smallvec;

use crate::blocks::{kept_if_open, offer, withdraw};
use crate::core::{Clause, Expr, Fname, Pattern, Stmt, Var};
use crate::gen::{Env, Gen, Ty};
use crate::sends::{spread, SEND};

impl<'a> Gen<'a> {
    /// The block of a `do:` that this area takes care of.
    pub(crate) fn loop_block(
        &self,
        target: &SendTarget,
        selector: &str,
        args: &[ExprId],
        cells: &[LocalId],
    ) -> Option<&'a Block> {
        let ("do:", [arg]) = (selector, args) else { return None };
        match target {
            SendTarget::Value(_) => {}
            // An actor's messages to itself are calls of their own kind.
            SendTarget::SelfRef if self.owner.kind == ClassKind::Value && !self.owner.class_side => {}
            _ => return None,
        }
        match self.body.expr(*arg) {
            Hir::Block(block) if block.params.len() == 1 && block.writes == cells && !cells.is_empty() => Some(block),
            _ => None,
        }
    }

    pub(crate) fn list_do(
        &mut self,
        line: u32,
        target: &SendTarget,
        block: &'a Block,
        cells: &[LocalId],
        env: &mut Env,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        let receiver = match target {
            SendTarget::Value(receiver) => self.expr(*receiver, env, out),
            _ => self.current_self(env),
        };
        let receiver = self.bind(receiver, Ty::Unknown, out);
        let name = self.label("do", 2 + cells.len());
        let opened_snapshot = self.open_snapshot(block, out);
        let function = self.element_loop(&name, block, cells, env);
        if opened_snapshot {
            self.snapshot = None;
        }
        let over = |list: Expr, values: Vec<Expr>| {
            let mut all = vec![list, Expr::atom("nil")];
            all.extend(values);
            Expr::apply(&name, all)
        };
        let direct = over(receiver.clone(), self.values_of(cells, env));
        let general = self.general_do(line, &receiver, cells, env, &over);
        let is_list = Expr::call("erlang", "is_list", vec![receiver.clone()]);
        let choice = Expr::Case(
            Box::new(receiver.clone()),
            vec![Clause::guarded(Pattern::Any, is_list.clone(), direct), Clause::new(Pattern::Any, general)],
        );
        let packed = self.var();
        out.push(Stmt::Let(smallvec![packed], choice.after(vec![Stmt::Letrec(vec![function])])));
        let last = self.unpack(Expr::Var(packed), cells, env, out);
        // Over a list the answer is nil, elsewhere what the receiver's own method answers.
        let answer = Expr::Case(
            Box::new(receiver),
            vec![Clause::guarded(Pattern::Any, is_list, Expr::atom("nil")), Clause::new(Pattern::Any, Expr::Var(last))],
        );
        self.bind(answer, Ty::Unknown, out)
    }

    /// `name(List, Last, Vars…)`: runs the block for each element; `{Last, Vars…}` at the end.
    fn element_loop(&mut self, name: &Fname, block: &Block, cells: &[LocalId], env: &Env) -> (Fname, Vec<Var>, Expr) {
        let mut inner = env.clone();
        let (list, last) = (self.var(), self.var());
        let (head, tail) = (self.var(), self.var());
        let mut params = vec![list, last];
        params.extend(self.fresh_for(cells, &mut inner));
        let mut results = vec![Expr::Var(last)];
        results.extend(self.values_of(cells, &inner));
        inner.set(block.params[0], Expr::Var(head));
        let outer_cells = std::mem::take(&mut self.cells);
        self.closure_depth += 1;
        let mut code = Vec::new();
        let value = self.expr(block.body, &mut inner, &mut code);
        self.closure_depth -= 1;
        self.cells = outer_cells;
        let mut next = vec![Expr::Var(tail), value];
        next.extend(self.values_of(cells, &inner));
        let again = Expr::apply(name, next).after(code);
        let cell = Pattern::Cons(Box::new(Pattern::Var(head)), Box::new(Pattern::Var(tail)));
        let body = Expr::Case(
            Box::new(Expr::Var(list)),
            vec![
                Clause::new(cell, again),
                Clause::new(Pattern::Literal(Expr::Nil), Expr::Tuple(results)),
                // A tail that is no list: as the `do:` of the library fails.
                Clause::new(Pattern::Any, Expr::call("erlang", "error", vec![Expr::atom("function_clause")])),
            ],
        );
        (name.clone(), params, body)
    }

    /// From a list and cells to the cells after the last element.
    fn fold_over_list(&mut self, cells: &[LocalId], over: &dyn Fn(Expr, Vec<Expr>) -> Expr) -> Expr {
        let (list, before) = (self.var(), self.var());
        let element = |i: usize, of: Var| Expr::call("erlang", "element", vec![Expr::Int(i as i64), Expr::Var(of)]);
        let mut code = Vec::new();
        let mut arguments = Vec::new();
        for i in 1..=cells.len() {
            arguments.push(self.bind(element(i, before), Ty::Unknown, &mut code));
        }
        let result = self.var();
        code.push(Stmt::Let(smallvec![result], over(Expr::Var(list), arguments)));
        let mut after = Vec::new();
        for i in 1..=cells.len() {
            after.push(self.bind(element(i + 1, result), Ty::Unknown, &mut code));
        }
        Expr::Fun(vec![list, before], Box::new(Expr::Tuple(after).after(code)))
    }

    /// The send with a block that works on cells; answers `{Answer, Vars…}`.
    fn general_do(
        &mut self,
        line: u32,
        receiver: &Expr,
        cells: &[LocalId],
        env: &Env,
        over: &dyn Fn(Expr, Vec<Expr>) -> Expr,
    ) -> Expr {
        let mut code = Vec::new();
        let key = self.bind(Expr::call("beamtalk_cells", "key", vec![]), Ty::Plain, &mut code);
        let captured = Expr::Tuple(self.values_of(cells, env));
        let element = self.var();
        let mut inside = Vec::new();
        let current = self.var();
        let cells_now = self.current_cells(&key, captured.clone());
        inside.push(Stmt::Let(smallvec![current], cells_now));
        let values: Vec<Expr> =
            (1..=cells.len()).map(|i| Expr::call("erlang", "element", vec![Expr::Int(i as i64), Expr::Var(current)])).collect();
        let mut arguments = Vec::new();
        for value in values {
            let value = self.bind(value, Ty::Unknown, &mut inside);
            arguments.push(value);
        }
        let one = Expr::list(vec![Expr::Var(element)]);
        let result = self.var();
        inside.push(Stmt::Let(smallvec![result], over(one, arguments)));
        let mut after = env.clone();
        let answer = self.unpack(Expr::Var(result), cells, &mut after, &mut inside);
        let store = Expr::call("erlang", "put", vec![key.clone(), Expr::Tuple(self.values_of(cells, &after))]);
        inside.push(Stmt::Do(kept_if_open(store, key.clone())));
        let block = Expr::Fun(vec![element], Box::new(Expr::Var(answer).after(inside)));
        let block = self.bind(block, Ty::Fun(1), &mut code);
        let fold = self.fold_over_list(cells, over);
        let fold = self.bind(fold, Ty::Plain, &mut code);
        code.push(offer(&block, "all", fold, key.clone()));
        code.push(Stmt::Do(Expr::call("erlang", "put", vec![key.clone(), captured])));
        let send = spread(SEND, vec![receiver.clone(), Expr::atom("do:")], vec![block], line);
        let answer = self.bind(send, Ty::Unknown, &mut code);
        code.push(withdraw());
        let taken = self.bind(Expr::call("erlang", "erase", vec![key]), Ty::Plain, &mut code);
        let mut results = vec![answer];
        for i in 1..=cells.len() {
            let value = Expr::call("erlang", "element", vec![Expr::Int(i as i64), taken.clone()]);
            results.push(self.bind(value, Ty::Unknown, &mut code));
        }
        Expr::Tuple(results).after(code)
    }

    /// `{First, Vars…}` into variables; the locals get theirs, the first is answered.
    fn unpack(&mut self, packed: Expr, cells: &[LocalId], env: &mut Env, out: &mut Vec<Stmt>) -> Var {
        let bound: Vec<Var> = (0..=cells.len()).map(|_| self.var()).collect();
        let first = self.var();
        let mut vars = vec![first];
        vars.extend(self.fresh_for(cells, env));
        let pattern = Pattern::Tuple(bound.iter().map(|v| Pattern::Var(*v)).collect());
        let values = Expr::Values(bound.iter().map(|v| Expr::Var(*v)).collect());
        out.push(Stmt::Let(vars.into(), Expr::Case(Box::new(packed), vec![Clause::new(pattern, values)])));
        first
    }
}
