//! Conditions, loops.

use bt_base::Selector;
use bt_bytecode::{Label, Op};
use bt_hir::{Expr, ExprId, Literal, LocalId};

use crate::body::{Done, Gen, Want};
use crate::fold::folded;

impl Gen<'_> {
    /// Goes to `target` when the condition is `when`, else on. Anything but a boolean does not understand `selector`.
    fn condition(&mut self, condition: ExprId, selector: &str, target: Label, when: bool) -> Done {
        if let Some(known) = self.known_condition(condition) {
            if known == when {
                self.jump(condition, Op::Jump, 0, target);
            }
            return Ok(());
        }
        let body = self.body;
        match body.expr(condition) {
            Expr::And(left, right) if !when => {
                self.condition(*left, "and:", target, false)?;
                self.condition(*right, selector, target, false)
            }
            Expr::Or(left, right) if when => {
                self.condition(*left, "or:", target, true)?;
                self.condition(*right, selector, target, true)
            }
            Expr::And(left, right) => {
                let past = self.label();
                self.condition(*left, "and:", past, false)?;
                self.condition(*right, selector, target, true)?;
                self.place(past);
                Ok(())
            }
            Expr::Or(left, right) => {
                let past = self.label();
                self.condition(*left, "or:", past, true)?;
                self.condition(*right, selector, target, false)?;
                self.place(past);
                Ok(())
            }
            _ => {
                let mark = self.mark();
                let register = self.operand(condition, &[])?;
                self.branch(condition, if when { Op::JumpIfTrue } else { Op::JumpIfFalse }, register, target, selector);
                self.release(mark);
                Ok(())
            }
        }
    }

    /// A condition known when the code is compiled.
    fn known_condition(&self, condition: ExprId) -> Option<bool> {
        if !self.options.fold {
            return None;
        }
        let found = folded(self.body, condition);
        let literal = match (&found, self.body.expr(condition)) {
            (Some(literal), _) | (None, Expr::Literal(literal)) => literal,
            _ => return None,
        };
        match literal {
            Literal::Symbol(word) if word == "true" => Some(true),
            Literal::Symbol(word) if word == "false" => Some(false),
            _ => None,
        }
    }

    /// A branch, or the boolean that an absent one answers.
    fn branch_or(&mut self, id: ExprId, branch: Option<ExprId>, absent: bool, want: Want) -> Done {
        match branch {
            Some(branch) => self.want(branch, want),
            None => {
                if !matches!(want, Want::Nothing) {
                    let mark = self.mark();
                    let register = if let Want::Value(dst) = want { dst } else { self.allocate(1) };
                    self.emit(id, if absent { Op::LoadTrue } else { Op::LoadFalse }, [register, 0, 0]);
                    self.want_register(id, register, want);
                    self.release(mark);
                }
                Ok(())
            }
        }
    }

    pub(crate) fn conditional(
        &mut self,
        id: ExprId,
        condition: ExprId,
        selector: &Selector,
        then: Option<ExprId>,
        otherwise: Option<ExprId>,
        want: Want,
    ) -> Done {
        let (other, end) = (self.label(), self.label());
        self.condition(condition, selector, other, false)?;
        self.branch_or(id, then, true, want)?;
        if otherwise.is_some() || !matches!(want, Want::Nothing) {
            self.jump(id, Op::Jump, 0, end);
        }
        self.place(other);
        if self.is_reachable() {
            self.branch_or(id, otherwise, false, want)?;
        }
        self.place(end);
        Ok(())
    }

    pub(crate) fn short_circuit(&mut self, id: ExprId, left: ExprId, right: ExprId, and: bool, want: Want) -> Done {
        let (short, end) = (self.label(), self.label());
        self.condition(left, if and { "and:" } else { "or:" }, short, !and)?;
        self.want(right, want)?;
        self.jump(id, Op::Jump, 0, end);
        self.place(short);
        if self.is_reachable() {
            self.branch_or(id, None, !and, want)?;
        }
        self.place(end);
        Ok(())
    }

    pub(crate) fn nil_test(
        &mut self,
        id: ExprId,
        value: ExprId,
        nil: Option<ExprId>,
        not_nil: Option<ExprId>,
        binding: Option<LocalId>,
        want: Want,
    ) -> Done {
        let register = self.allocate(1);
        self.value(value, register)?;
        self.emit(id, Op::Settle, [register, 0, 0]);
        let (when_nil, end) = (self.label(), self.label());
        self.jump(id, Op::JumpIfNil, register, when_nil);
        if let Some(binding) = binding {
            let to = self.slot(binding);
            self.copy(id, to, register);
        }
        match not_nil {
            Some(branch) => self.want(branch, want)?,
            None => self.want_register(id, register, want),
        }
        self.jump(id, Op::Jump, 0, end);
        self.place(when_nil);
        match nil {
            Some(branch) if self.is_reachable() => self.want(branch, want)?,
            Some(_) => {}
            None => self.want_register(id, register, want),
        }
        self.place(end);
        Ok(())
    }

    /// A loop, whose value is nil and is not made here.
    pub(crate) fn loop_code(&mut self, id: ExprId) -> Done {
        let body = self.body;
        let mark = self.mark();
        match body.expr(id) {
            Expr::While { condition, until, body } => {
                let end = self.label();
                let start = self.place_here();
                self.condition(*condition, if *until { "whileFalse:" } else { "whileTrue:" }, end, *until)?;
                self.effect(*body)?;
                self.jump(id, Op::Loop, 0, start);
                self.place(end);
            }
            Expr::Repeat { body } => {
                let start = self.place_here();
                self.effect(*body)?;
                self.jump(id, Op::Loop, 0, start);
            }
            Expr::TimesRepeat { count, body } => {
                let base = self.allocate(4);
                self.value(*count, base + 1)?;
                self.loop_from(id, base + 1, "timesRepeat:");
                self.emit(id, Op::LoadInt, [base, 1, 0]);
                self.emit(id, Op::LoadInt, [base + 2, 1, 0]);
                self.counted(id, base, *body)?;
            }
            Expr::ToDo { from, to, by, var, body } => {
                let base = self.allocate(4);
                self.value(*from, base)?;
                self.value(*to, base + 1)?;
                match by {
                    Some(by) => self.value(*by, base + 2)?,
                    None => self.emit(id, Op::LoadInt, [base + 2, 1, 0]),
                }
                if !self.is_number(*from) {
                    self.loop_from(id, base, if by.is_some() { "to:by:do:" } else { "to:do:" });
                }
                for (part, register) in [(Some(*to), base + 1), (*by, base + 2)] {
                    if part.is_some_and(|part| !self.is_number(part)) {
                        self.emit(id, Op::LoopBound, [register, 0, 0]);
                    }
                }
                self.set_slot(*var, base + 3);
                self.counted(id, base, *body)?;
            }
            other => unreachable!("not a loop: {other:?}"),
        }
        self.release(mark);
        Ok(())
    }

    fn is_number(&self, id: ExprId) -> bool {
        matches!(self.body.expr(id), Expr::Literal(Literal::Integer(_) | Literal::BigInteger(_) | Literal::Float(_)))
    }

    fn loop_from(&mut self, id: ExprId, register: i64, selector: &str) {
        let name = self.name(selector);
        self.emit(id, Op::LoopFrom, [register, name, 0]);
    }

    fn counted(&mut self, id: ExprId, base: i64, body: ExprId) -> Done {
        let end = self.label();
        self.jump(id, Op::ForPrepare, base, end);
        let start = self.place_here();
        self.effect(body)?;
        self.jump(id, Op::ForNext, base, start);
        self.place(end);
        Ok(())
    }
}
