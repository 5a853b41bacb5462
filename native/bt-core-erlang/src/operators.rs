//! Operators: plain Erlang operations where the left operand is surely no object of a user class, else behind one test.

use bt_hir::{BinaryOp, Expr as Hir, ExprId, Literal};

use crate::core::{Clause, Expr, Pattern, Piece, Stmt};
use crate::gen::{Env, Gen, Ty};

/// A text up to here, and a literal behind it, is shorter than the longest text there may be; as in `beamtalk_operators`.
const SURE_BYTES: i64 = 1 << 27;

impl<'a> Gen<'a> {
    pub(crate) fn binary(
        &mut self,
        id: ExprId,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
        env: &mut Env,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        if op == BinaryOp::Concat {
            if let Some((base, texts)) = self.texts_appended(left, right) {
                let base = self.expr(base, env, out);
                self.note_held(env);
                return self.append(base, &texts, self.line(id), out);
            }
        }
        let left = self.expr(left, env, out);
        let right = self.expr(right, env, out);
        let line = self.line(id);
        self.note_held(env);
        self.operation(op, left, right, line, out)
    }

    /// `base ++ "a" ++ "b"`: the base and the texts.
    fn texts_appended(&self, mut left: ExprId, right: ExprId) -> Option<(ExprId, Vec<&'a str>)> {
        let body = self.body;
        let Hir::Literal(Literal::String(last)) = body.expr(right) else { return None };
        let mut texts = vec![last.as_str()];
        while let Hir::Binary(BinaryOp::Concat, before, text) = body.expr(left) {
            let Hir::Literal(Literal::String(text)) = body.expr(*text) else { break };
            texts.push(text);
            left = *before;
        }
        texts.reverse();
        Some((left, texts))
    }

    /// To a string in one step, unless it is near the longest there may be; to anything else one message for each text.
    fn append(&mut self, base: Expr, texts: &[&str], line: u32, out: &mut Vec<Stmt>) -> Expr {
        let all: String = texts.concat();
        let known = self.ty(&base) == Ty::String;
        let joined = match all.as_str() {
            "" if known => return base,
            "" => base.clone(),
            text => Expr::Binary(vec![Piece::Value(base.clone()), Piece::Text(text.into())]),
        };
        if matches!(base, Expr::Text(_)) {
            return self.bind(joined, Ty::String, out);
        }
        let mut code = Vec::new();
        let mut value = base.clone();
        for text in texts {
            let call = self.saved(Expr::call_at("beamtalk_operators", "++", vec![value, Expr::text(text)], line));
            value = self.bind(call, Ty::Unknown, &mut code);
        }
        // What has no size fails the test as well.
        let size = Expr::call("erlang", "byte_size", vec![base.clone()]);
        let test = Expr::call("erlang", "=<", vec![size, Expr::Int(SURE_BYTES)]);
        let clauses = vec![Clause::guarded(Pattern::Any, test, joined), Clause::new(Pattern::Any, value.after(code))];
        self.bind(Expr::Case(Box::new(base), clauses), if known { Ty::String } else { Ty::Unknown }, out)
    }

    pub(crate) fn operation(&mut self, op: BinaryOp, left: Expr, right: Expr, line: u32, out: &mut Vec<Stmt>) -> Expr {
        let (lt, rt) = (self.ty(&left), self.ty(&right));
        let both_integer = lt == Ty::Integer && rt == Ty::Integer;
        let arithmetic = if both_integer { Ty::Integer } else { Ty::Number };
        let (function, result) = match op {
            BinaryOp::Add => ("+", arithmetic),
            BinaryOp::Subtract => ("-", arithmetic),
            BinaryOp::Multiply => ("*", arithmetic),
            BinaryOp::Divide => ("/", Ty::Number),
            BinaryOp::Remainder => ("rem", Ty::Integer),
            BinaryOp::Less => ("<", Ty::Boolean),
            BinaryOp::Greater => (">", Ty::Boolean),
            BinaryOp::LessEqual => ("=<", Ty::Boolean),
            BinaryOp::GreaterEqual => (">=", Ty::Boolean),
            BinaryOp::Equal => return self.bif("==", left, right, Ty::Boolean, line, out),
            BinaryOp::NotEqual => return self.bif("/=", left, right, Ty::Boolean, line, out),
            BinaryOp::StrictEqual => return self.bif("=:=", left, right, Ty::Boolean, line, out),
            BinaryOp::StrictNotEqual => return self.bif("=/=", left, right, Ty::Boolean, line, out),
            BinaryOp::Power => {
                let call = self.saved(Expr::call_at("beamtalk_operators", "**", vec![left, right], line));
                let ty = if lt.is_number() { Ty::Integer } else { Ty::Unknown };
                return self.bind(call, ty, out);
            }
            BinaryOp::Concat => {
                // Erlang's own would take anything on the right and make a list that is none.
                if lt == Ty::List && rt == Ty::List {
                    return self.bif("++", left, right, Ty::List, line, out);
                }
                let call = self.saved(Expr::call_at("beamtalk_operators", "++", vec![left, right], line));
                let ty = if matches!(lt, Ty::List | Ty::String) { lt } else { Ty::Unknown };
                return self.bind(call, ty, out);
            }
        };
        if lt != Ty::Unknown {
            return self.bif(function, left, right, result, line, out);
        }
        // Outside of loops and blocks the test is left to the runtime: a few nanoseconds against a third of the text.
        if self.loop_depth == 0 && self.closure_depth == 0 && !self.hot {
            let call = self.saved(Expr::call_at("beamtalk_operators", op.selector(), vec![left, right], line));
            return self.bind(call, Ty::Unknown, out);
        }
        let direct = Expr::call_at("erlang", function, vec![left.clone(), right.clone()], line);
        let slow = self.saved(Expr::call_at("beamtalk_operators", op.selector(), vec![left.clone(), right], line));
        let test = Expr::call("erlang", "is_number", vec![left.clone()]);
        let case = Expr::Case(Box::new(left), vec![Clause::guarded(Pattern::Any, test, direct), Clause::new(Pattern::Any, slow)]);
        self.bind(case, Ty::Unknown, out)
    }

    fn bif(&mut self, function: &'static str, left: Expr, right: Expr, ty: Ty, line: u32, out: &mut Vec<Stmt>) -> Expr {
        let call = Expr::call_at("erlang", function, vec![left, right], line);
        self.bind(call, ty, out)
    }
}
