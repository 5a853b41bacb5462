//! `on:do:` and `ensure:`.
//!
//! The handler, and a cleanup that an exception passes through, start from the variables at entry: copies of those the body assigns are made before it. A cleanup
//! that a `^` passes through sees them as they are.

use bt_bytecode::isa::Routine;
use bt_bytecode::Op;
use bt_hir::{Branch, Expr, ExprId, LocalId};

use crate::body::{Done, Gen, Guarded, Want};

impl Gen<'_> {
    pub(crate) fn on_do(&mut self, id: ExprId, body: ExprId, filter: ExprId, handler: &Branch, want: Want) -> Done {
        let exception = self.allocate(1);
        let wanted = self.allocate(1);
        self.value(filter, wanted)?;
        let block = match handler {
            Branch::Value(block) => {
                let register = self.allocate(1);
                self.value(*block, register)?;
                Some(register)
            }
            Branch::Inline(..) => None,
        };
        let kept = self.keep(id, body);
        let (caught, end) = (self.label(), self.label());
        self.jump(id, Op::Try, exception, caught);
        self.open += 1;
        let result = match want {
            Want::Value(dst) => {
                self.value(body, dst)?;
                dst
            }
            Want::Nothing => {
                self.effect(body)?;
                exception
            }
            Want::Tail => {
                let register = self.allocate(1);
                self.value(body, register)?;
                register
            }
        };
        self.emit(id, Op::EndTry, [0, 0, 0]);
        self.open -= 1;
        self.want_register(id, result, want);
        self.jump(id, Op::Jump, 0, end);

        self.place(caught);
        self.restore(id, &kept);
        let (others, test) = (self.label(), self.allocate(1));
        self.emit(id, Op::Matches, [test, exception, wanted]);
        self.jump(id, Op::JumpUnlessTrue, test, others);
        match (handler, block) {
            (Branch::Inline(binding, code), _) => {
                if let Some(binding) = binding {
                    let to = self.slot(*binding);
                    self.copy(id, to, exception);
                }
                self.want(*code, want)?;
            }
            (Branch::Value(_), block) => {
                let base = self.allocate(2);
                self.copy(id, base, block.expect("evaluated above"));
                self.copy(id, base + 1, exception);
                self.routine(id, Routine::ValueOptional, base);
                self.want_register(id, base, want);
            }
        }
        self.jump(id, Op::Jump, 0, end);
        self.place(others);
        self.emit(id, Op::Rethrow, [exception, 0, 0]);
        self.place(end);
        Ok(())
    }

    /// The cleanup exists once: it begins with nil in the register of what unwinds, or with that.
    pub(crate) fn ensure(&mut self, id: ExprId, body: ExprId, cleanup: ExprId, dst: i64) -> Done {
        let unwinding = self.allocate(1);
        let kept = self.keep(id, body);
        let room = self.cells_in(body);
        let area = self.allocate(room);
        for register in area..area + room as i64 {
            self.emit(id, Op::LoadNil, [register, 0, 0]);
        }
        let outer = self.guarded.replace(Guarded { next: area, groups: Vec::new() });
        let (caught, clean, end) = (self.label(), self.label(), self.label());
        self.jump(id, Op::Protect, unwinding, caught);
        self.open += 1;
        self.value(body, dst)?;
        self.emit(id, Op::EndTry, [0, 0, 0]);
        self.open -= 1;
        self.emit(id, Op::LoadNil, [unwinding, 0, 0]);
        self.jump(id, Op::Jump, 0, clean);
        let groups = std::mem::replace(&mut self.guarded, outer).map_or_else(Vec::new, |area| area.groups);
        self.place(caught);
        if !kept.is_empty() {
            let returning = self.label();
            self.jump(id, Op::JumpIfReturn, unwinding, returning);
            self.restore(id, &kept);
            self.jump(id, Op::Jump, 0, clean);
            self.place(returning);
            self.take_open(id, &groups);
        }
        self.place(clean);
        self.effect(cleanup)?;
        self.jump(id, Op::JumpIfNil, unwinding, end);
        self.emit(id, Op::Rethrow, [unwinding, 0, 0]);
        self.place(end);
        Ok(())
    }

    /// Registers for the cells of all sends that run in this activation.
    fn cells_in(&self, body: ExprId) -> usize {
        let mut count = 0;
        let mut work = vec![body];
        let group = |cells: &[LocalId]| if cells.is_empty() { 0 } else { 1 + cells.len() };
        while let Some(id) = work.pop() {
            let expr = self.body.expr(id);
            match expr {
                Expr::Send { cells, .. } | Expr::Fixed(_, _, cells) => count += group(cells),
                Expr::Cascade { messages, .. } => count += messages.iter().map(|message| group(&message.cells)).sum::<usize>(),
                Expr::Block(_) => continue,
                _ => {}
            }
            bt_hir::each_child(expr, &mut |child| work.push(child));
        }
        count
    }

    /// The variables get what they have in the cells that are open: a return left the sends they belong to.
    fn take_open(&mut self, id: ExprId, groups: &[(i64, Vec<LocalId>)]) {
        for (cells, locals) in groups {
            let count = locals.len() as i64;
            for (local, register) in locals.iter().zip(cells + 1..) {
                let from = self.slot(*local);
                self.copy(id, register, from);
            }
            self.emit(id, Op::LoadCells, [*cells, cells + 1, count]);
            for (local, register) in locals.iter().zip(cells + 1..) {
                let to = self.slot(*local);
                self.copy(id, to, register);
            }
        }
    }

    /// Copies of the variables that `body` assigns.
    fn keep(&mut self, id: ExprId, body: ExprId) -> Vec<(LocalId, i64)> {
        let mut assigned = bt_hir::assigned_locals(self.body, body);
        assigned.retain(|local| self.has_slot(*local));
        let mut kept = Vec::with_capacity(assigned.len());
        for local in assigned {
            let copy = self.allocate(1);
            let from = self.slot(local);
            self.copy(id, copy, from);
            kept.push((local, copy));
        }
        kept
    }

    fn restore(&mut self, id: ExprId, kept: &[(LocalId, i64)]) {
        for &(local, copy) in kept {
            let to = self.slot(local);
            self.copy(id, to, copy);
        }
    }
}
