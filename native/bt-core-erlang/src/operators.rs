//! Operators: plain Erlang operations where the left operand is surely no object of a user class, else behind one test.

use bt_hir::{BinaryOp, ExprId};

use crate::core::{Clause, Expr, Pattern, Stmt};
use crate::gen::{Env, Gen, Ty};

impl Gen<'_> {
    pub(crate) fn binary(
        &mut self,
        id: ExprId,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
        env: &mut Env,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        let left = self.expr(left, env, out);
        let right = self.expr(right, env, out);
        let line = self.line(id);
        self.note_held(env);
        self.operation(op, left, right, line, out)
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
