//! One activation's code: its registers, and what each node becomes.

use std::collections::{HashMap, HashSet};

use bt_base::{Name, Span};
use bt_bytecode::isa::Effect;
use bt_bytecode::{Assembler, Capture, Chunk, Constant, Label, Op, Role, Site, TooLarge};
use bt_hir::{BinaryOp, Body, Branch, Eval, Expr, ExprId, Home, Literal, LocalId, Pattern, Segment};

use crate::fold::folded;
use crate::units::Options;

pub(crate) type Done = Result<(), TooLarge>;

/// Whose code it is.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    pub class: Option<Name>,
    /// Instance side of an actor class: fields are in the running actor.
    pub in_actor: bool,
    pub class_side: bool,
}

/// What holds for the activation as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// R[0] is the receiver.
    pub has_self: bool,
    /// A send in tail position may take the activation's place. Not where blocks return to it, and not where something follows the value.
    pub tail_sends: bool,
    /// `^` only answers its value there.
    pub is_input: bool,
}

pub(crate) struct Gen<'a> {
    pub body: &'a Body,
    pub owner: Owner,
    pub frame: Frame,
    pub options: Options,
    pub asm: Assembler,
    /// Registers of variables.
    slots: HashMap<LocalId, i64>,
    parameters: usize,
    captures: Vec<Capture>,
    /// First register that is free.
    next: i64,
    registers: i64,
    /// Can control come to the next instruction?
    reachable: bool,
    /// Labels that something jumps to.
    targets: HashSet<Label>,
    /// Handlers that are open here.
    pub open: usize,
    /// Cells of the sends whose operands are being evaluated, innermost last: register and variables.
    pub cells: Vec<(i64, Vec<LocalId>)>,
    /// The cells of sends in the body of an `ensure:`, where one is being compiled.
    pub guarded: Option<Guarded>,
    /// Of a block that assigns variables of its message: the register of the cells, their places and variables.
    pub shared: Option<(i64, Vec<(usize, LocalId)>)>,
}

/// Registers for the cells of all sends in the body of an `ensure:`: each has its own, so that what unwinds finds the values of those that are open.
#[derive(Debug)]
pub(crate) struct Guarded {
    pub next: i64,
    pub groups: Vec<(i64, Vec<LocalId>)>,
}

impl<'a> Gen<'a> {
    fn new(body: &'a Body, owner: Owner, role: Role, span: Span, frame: Frame, options: Options) -> Gen<'a> {
        Gen {
            body,
            owner,
            frame,
            options,
            asm: Assembler::new(role, span),
            slots: HashMap::new(),
            parameters: 0,
            captures: Vec::new(),
            next: 0,
            registers: 0,
            reachable: true,
            targets: HashSet::new(),
            open: 0,
            cells: Vec::new(),
            guarded: None,
            shared: None,
        }
    }

    /// Code of a method or a default.
    pub fn of_body(body: &'a Body, owner: Owner, role: Role, span: Span, frame: Frame, options: Options) -> Gen<'a> {
        let mut gen = Gen::new(body, owner, role, span, frame, options);
        if frame.has_self {
            let register = gen.allocate(1);
            // The variable that holds the current copy of `self` takes the receiver's place.
            gen.slots.extend(body.self_local.map(|local| (local, register)));
        }
        gen.parameters(&body.params);
        gen.variables(body.root());
        gen
    }

    /// Code of an input: the workspace's variables are its parameters.
    pub fn of_input(eval: &'a Eval, owner: Owner, span: Span, frame: Frame, options: Options) -> Gen<'a> {
        let mut gen = Gen::new(&eval.body, owner, Role::Input, span, frame, options);
        let inputs: Vec<LocalId> = eval.inputs.iter().map(|(_, local)| *local).collect();
        gen.parameters(&inputs);
        for (_, local) in &eval.outputs {
            gen.variable(*local);
        }
        if let Some(root) = eval.body.root {
            gen.variables(root);
        }
        gen
    }

    /// Code of a block that `outer` makes; captured values are loaded at its beginning.
    /// The variables of `shared` cells have registers in a row.
    pub fn of_block(
        outer: &Gen<'a>,
        params: &[LocalId],
        code: ExprId,
        captures: Vec<Capture>,
        captured: &[LocalId],
        shared: &[LocalId],
    ) -> Gen<'a> {
        let frame = Frame { has_self: false, tail_sends: true, is_input: false };
        let mut gen = Gen::new(outer.body, outer.owner.clone(), Role::Block, outer.body.span(code), frame, outer.options);
        gen.parameters(params);
        for local in shared {
            gen.variable(*local);
        }
        for (index, local) in captured.iter().enumerate() {
            let register = gen.variable(*local);
            gen.emit(code, Op::LoadCaptured, [register, index as i64, 0]);
        }
        gen.captures = captures;
        gen.variables(code);
        gen
    }

    pub fn finish(self) -> Result<Chunk, TooLarge> {
        self.asm.finish(self.parameters, self.registers as usize, self.captures)
    }

    pub fn input(&mut self, eval: &Eval) -> Done {
        let base = self.allocate(1 + eval.outputs.len());
        let span = match eval.body.root {
            Some(root) => {
                self.value(root, base)?;
                eval.body.span(root)
            }
            None => {
                self.asm.emit(Op::LoadNil, [base, 0, 0], Span::default());
                Span::default()
            }
        };
        if self.reachable {
            for (index, (_, local)) in eval.outputs.iter().enumerate() {
                let from = self.slot(*local);
                self.asm.emit(Op::Move, [base + 1 + index as i64, from, 0], span);
            }
            self.asm.emit(Op::Tuple, [base, base, 1 + eval.outputs.len() as i64], span);
            self.asm.emit(Op::Return, [base, 0, 0], span);
        }
        Ok(())
    }

    // ---- registers ----

    fn parameters(&mut self, params: &[LocalId]) {
        for &param in params {
            let register = self.allocate(1);
            self.slots.insert(param, register);
        }
        self.parameters = self.next as usize;
    }

    fn variable(&mut self, local: LocalId) -> i64 {
        if let Some(register) = self.slots.get(&local) {
            return *register;
        }
        let register = self.allocate(1);
        self.slots.insert(local, register);
        register
    }

    /// Registers for the variables of what runs in this activation. The variable of a counted loop is one of the loop's own registers.
    fn variables(&mut self, root: ExprId) {
        let mut found = Vec::new();
        let mut of_loops = HashSet::new();
        let mut work = vec![root];
        while let Some(id) = work.pop() {
            let expr = self.body.expr(id);
            match expr {
                Expr::Local(local) | Expr::SetLocal(local, _) => found.push(*local),
                Expr::Let { bindings, .. } => found.extend(bindings.iter().map(|(local, _)| *local)),
                Expr::IfNil { binding, .. } => found.extend(*binding),
                Expr::OnDo { handler: Branch::Inline(binding, _), .. } => found.extend(*binding),
                Expr::ToDo { var, .. } => {
                    of_loops.insert(*var);
                }
                Expr::Match { arms, .. } => arms.iter().for_each(|arm| bound(&arm.pattern, &mut found)),
                Expr::Send { cells, .. } | Expr::Fixed(_, _, cells) => found.extend(cells),
                Expr::Cascade { messages, .. } => messages.iter().for_each(|m| found.extend(&m.cells)),
                Expr::Block(block) => {
                    found.extend(&block.captures);
                    continue;
                }
                _ => {}
            }
            bt_hir::each_child(expr, &mut |child| work.push(child));
        }
        found.retain(|local| !of_loops.contains(local));
        found.sort_unstable();
        for local in found {
            self.variable(local);
        }
    }

    pub fn slot(&self, local: LocalId) -> i64 {
        *self.slots.get(&local).expect("every variable of the activation has a register")
    }

    pub fn has_slot(&self, local: LocalId) -> bool {
        self.slots.contains_key(&local)
    }

    pub fn set_slot(&mut self, local: LocalId, register: i64) {
        self.slots.insert(local, register);
    }

    /// So many registers in a row.
    pub fn allocate(&mut self, count: usize) -> i64 {
        let first = self.next;
        self.next += count as i64;
        self.registers = self.registers.max(self.next);
        first
    }

    /// Registers from here on are free again afterwards.
    pub fn mark(&self) -> i64 {
        self.next
    }

    pub fn release(&mut self, mark: i64) {
        self.next = mark;
    }

    /// A row of registers that may begin with `dst`, where that is the topmost one.
    pub fn row_at(&mut self, dst: i64, count: usize) -> i64 {
        if dst + 1 == self.next {
            self.allocate(count - 1);
            dst
        } else {
            self.allocate(count)
        }
    }

    // ---- instructions ----

    /// Nothing is emitted where control cannot come.
    pub fn emit(&mut self, id: ExprId, op: Op, operands: [i64; 3]) {
        if self.reachable {
            self.asm.emit(op, operands, self.body.span(id));
            self.reachable = !matches!(op.row().effect, Effect::Ends | Effect::Leaves);
        }
    }

    pub fn label(&mut self) -> Label {
        self.asm.label()
    }

    pub fn jump(&mut self, id: ExprId, op: Op, register: i64, target: Label) {
        if self.reachable {
            self.asm.jump(op, register, target, self.body.span(id));
            self.targets.insert(target);
            self.reachable = !matches!(op, Op::Jump | Op::Loop);
        }
    }

    /// Behind a test that passes the next instruction over when it holds: what follows is reached then.
    pub fn jump_unless_passed_over(&mut self, id: ExprId, target: Label) {
        if self.reachable {
            self.jump(id, Op::Jump, 0, target);
            self.reachable = true;
        }
    }

    pub fn branch(&mut self, id: ExprId, op: Op, register: i64, target: Label, selector: &str) {
        if self.reachable {
            self.asm.branch(op, register, target, selector, self.body.span(id));
            self.targets.insert(target);
        }
    }

    pub fn place(&mut self, label: Label) {
        self.asm.place(label);
        self.reachable |= self.targets.contains(&label);
    }

    /// A label at the beginning of a loop.
    pub fn place_here(&mut self) -> Label {
        let label = self.asm.label();
        self.asm.place(label);
        label
    }

    pub fn is_reachable(&self) -> bool {
        self.reachable
    }

    pub fn copy(&mut self, id: ExprId, to: i64, from: i64) {
        if to != from {
            self.emit(id, Op::Move, [to, from, 0]);
        }
    }

    pub fn name(&mut self, name: &str) -> i64 {
        self.asm.constant(Constant::Symbol(name.into()))
    }

    fn field_site(&mut self, name: &Name) -> i64 {
        self.asm.site(Site::Field(name.clone()))
    }

    // ---- values ----

    /// The value of `id` into `dst`.
    pub fn value(&mut self, id: ExprId, dst: i64) -> Done {
        stacker::maybe_grow(96 * 1024, 2 << 20, || self.value_on_stack(id, dst))
    }

    fn value_on_stack(&mut self, id: ExprId, dst: i64) -> Done {
        let body = self.body;
        if self.options.fold {
            if let Some(literal) = folded(body, id) {
                self.literal(id, &literal, dst);
                return Ok(());
            }
        }
        let mark = self.mark();
        match body.expr(id) {
            Expr::Literal(literal) => self.literal(id, literal, dst),
            Expr::Local(local) => {
                let from = self.slot(*local);
                self.copy(id, dst, from);
            }
            Expr::SetLocal(local, value) => {
                self.assign(*local, *value)?;
                let from = self.slot(*local);
                self.copy(id, dst, from);
            }
            Expr::SelfRef => self.receiver(id, dst),
            Expr::Field(name) if self.owner.in_actor => {
                let name = self.name(name);
                self.emit(id, Op::LoadState, [dst, name, 0]);
            }
            Expr::Field(name) => {
                let me = self.receiver_register(id);
                let site = self.field_site(name);
                self.emit(id, Op::LoadField, [dst, me, site]);
            }
            Expr::SetField(name, value) => self.set_field(id, name, *value, dst)?,
            Expr::ClassVar(name) => {
                let name = self.name(name);
                self.emit(id, Op::LoadClassVar, [dst, name, 0]);
            }
            Expr::SetClassVar(name, value) => {
                self.value(*value, dst)?;
                let name = self.name(name);
                self.emit(id, Op::StoreClassVar, [dst, name, 0]);
            }
            Expr::ClassRef(name) => {
                let name = self.name(name);
                self.emit(id, Op::LoadClass, [dst, name, 0]);
            }
            Expr::Global(name) => {
                let name = self.name(name);
                self.emit(id, Op::LoadGlobal, [dst, name, 0]);
            }
            Expr::Send { target, selector, args, cells } => self.send(id, target, selector, args, cells, dst)?,
            Expr::Fixed(fixed, operands, cells) => self.fixed(id, *fixed, operands, cells, dst)?,
            Expr::Binary(op, left, right) => self.binary(id, *op, *left, *right, dst)?,
            Expr::Cascade { target, messages } => self.cascade(id, target, messages, Some(dst))?,
            Expr::Block(block) => self.closure(id, block, dst)?,
            Expr::Seq(list) => match list.split_last() {
                Some((last, before)) => {
                    before.iter().try_for_each(|&e| self.effect(e))?;
                    self.value(*last, dst)?;
                }
                None => self.emit(id, Op::LoadNil, [dst, 0, 0]),
            },
            Expr::If { condition, selector, then, otherwise } => {
                self.conditional(id, *condition, selector, *then, *otherwise, Want::Value(dst))?;
            }
            Expr::IfNil { value, nil, not_nil, binding } => {
                self.nil_test(id, *value, *nil, *not_nil, *binding, Want::Value(dst))?
            }
            Expr::And(left, right) => self.short_circuit(id, *left, *right, true, Want::Value(dst))?,
            Expr::Or(left, right) => self.short_circuit(id, *left, *right, false, Want::Value(dst))?,
            Expr::While { .. } | Expr::Repeat { .. } | Expr::TimesRepeat { .. } | Expr::ToDo { .. } => {
                self.loop_code(id)?;
                self.emit(id, Op::LoadNil, [dst, 0, 0]);
            }
            Expr::Let { bindings, body } => {
                self.bind_all(bindings)?;
                self.value(*body, dst)?;
            }
            Expr::Match { subject, arms } => self.match_code(id, *subject, arms, Want::Value(dst))?,
            Expr::Return { value, home } => match home {
                Home::Method if self.frame.is_input => self.value(*value, dst)?,
                Home::Method | Home::NonLocal => self.leave(id, *value, *home)?,
            },
            Expr::OnDo { body, filter, handler } => self.on_do(id, *body, *filter, handler, Want::Value(dst))?,
            Expr::Ensure { body, cleanup } => self.ensure(id, *body, *cleanup, dst)?,
            Expr::Interpolate(segments) => self.interpolate(id, segments, dst)?,
            Expr::List(elements, None) => {
                let first = self.row(elements)?;
                self.emit(id, Op::List, [dst, first, elements.len() as i64]);
            }
            Expr::List(elements, Some(tail)) => {
                let all: Vec<ExprId> = elements.iter().chain([tail]).copied().collect();
                let first = self.row(&all)?;
                self.emit(id, Op::ListAnd, [dst, first, elements.len() as i64]);
            }
            Expr::Array(elements) => {
                let first = self.row(elements)?;
                self.emit(id, Op::Array, [dst, first, elements.len() as i64]);
            }
            Expr::Map(entries) => {
                let all: Vec<ExprId> = entries.iter().flat_map(|(key, value)| [*key, *value]).collect();
                let first = self.row(&all)?;
                self.emit(id, Op::Map, [dst, first, entries.len() as i64]);
            }
            Expr::Error => self.emit(id, Op::Error, [0, 0, 0]),
        }
        self.release(mark);
        Ok(())
    }

    /// `id` where nobody uses its value.
    pub fn effect(&mut self, id: ExprId) -> Done {
        stacker::maybe_grow(96 * 1024, 2 << 20, || self.effect_on_stack(id))
    }

    fn effect_on_stack(&mut self, id: ExprId) -> Done {
        let body = self.body;
        let mark = self.mark();
        match body.expr(id) {
            Expr::Seq(list) => list.iter().try_for_each(|&e| self.effect(e))?,
            Expr::Literal(_) | Expr::Local(_) | Expr::SelfRef => {}
            Expr::SetLocal(local, value) => self.assign(*local, *value)?,
            Expr::If { condition, selector, then, otherwise } => {
                self.conditional(id, *condition, selector, *then, *otherwise, Want::Nothing)?;
            }
            Expr::IfNil { value, nil, not_nil, binding } => self.nil_test(id, *value, *nil, *not_nil, *binding, Want::Nothing)?,
            Expr::And(left, right) => self.short_circuit(id, *left, *right, true, Want::Nothing)?,
            Expr::Or(left, right) => self.short_circuit(id, *left, *right, false, Want::Nothing)?,
            Expr::While { .. } | Expr::Repeat { .. } | Expr::TimesRepeat { .. } | Expr::ToDo { .. } => self.loop_code(id)?,
            Expr::Let { bindings, body } => {
                self.bind_all(bindings)?;
                self.effect(*body)?;
            }
            Expr::Match { subject, arms } => self.match_code(id, *subject, arms, Want::Nothing)?,
            Expr::OnDo { body, filter, handler } => self.on_do(id, *body, *filter, handler, Want::Nothing)?,
            Expr::Cascade { target, messages } => self.cascade(id, target, messages, None)?,
            Expr::Send { target, selector, args, cells } => self.tell(id, target, selector, args, cells)?,
            Expr::Field(_)
            | Expr::SetField(..)
            | Expr::ClassVar(_)
            | Expr::SetClassVar(..)
            | Expr::ClassRef(_)
            | Expr::Global(_)
            | Expr::Fixed(..)
            | Expr::Binary(..)
            | Expr::Block(_)
            | Expr::Return { .. }
            | Expr::Ensure { .. }
            | Expr::Interpolate(_)
            | Expr::List(..)
            | Expr::Array(_)
            | Expr::Map(_)
            | Expr::Error => {
                let temporary = self.allocate(1);
                self.value(id, temporary)?;
            }
        }
        self.release(mark);
        Ok(())
    }

    /// The activation ends with the value of `id`.
    pub fn tail(&mut self, id: ExprId) -> Done {
        stacker::maybe_grow(96 * 1024, 2 << 20, || self.tail_on_stack(id))
    }

    fn tail_on_stack(&mut self, id: ExprId) -> Done {
        let body = self.body;
        let mark = self.mark();
        match body.expr(id) {
            Expr::Seq(list) if !list.is_empty() => {
                let (last, before) = list.split_last().expect("not empty");
                before.iter().try_for_each(|&e| self.effect(e))?;
                self.tail(*last)?;
            }
            Expr::Return { value, home: Home::Method } => self.tail(*value)?,
            Expr::Send { target, selector, args, cells } if cells.is_empty() && self.frame.tail_sends => {
                self.tail_send(id, target, selector, args)?;
            }
            Expr::Fixed(bt_hir::Fixed::Value, operands, cells) if cells.is_empty() && self.frame.tail_sends => {
                self.tail_value(id, operands)?;
            }
            Expr::If { condition, selector, then, otherwise } => {
                self.conditional(id, *condition, selector, *then, *otherwise, Want::Tail)?;
            }
            Expr::IfNil { value, nil, not_nil, binding } => self.nil_test(id, *value, *nil, *not_nil, *binding, Want::Tail)?,
            Expr::And(left, right) => self.short_circuit(id, *left, *right, true, Want::Tail)?,
            Expr::Or(left, right) => self.short_circuit(id, *left, *right, false, Want::Tail)?,
            Expr::Let { bindings, body } => {
                self.bind_all(bindings)?;
                self.tail(*body)?;
            }
            Expr::Match { subject, arms } => self.match_code(id, *subject, arms, Want::Tail)?,
            Expr::OnDo { body, filter, handler } => self.on_do(id, *body, *filter, handler, Want::Tail)?,
            _ => {
                let register = self.operand(id, &[])?;
                self.emit(id, Op::Return, [register, 0, 0]);
            }
        }
        self.release(mark);
        Ok(())
    }

    /// What is wanted of a branch.
    pub fn want(&mut self, id: ExprId, want: Want) -> Done {
        match want {
            Want::Nothing => self.effect(id),
            Want::Value(dst) => self.value(id, dst),
            Want::Tail => self.tail(id),
        }
    }

    /// The same for a value that is in a register already.
    pub fn want_register(&mut self, id: ExprId, register: i64, want: Want) {
        match want {
            Want::Nothing => {}
            Want::Value(dst) => self.copy(id, dst, register),
            Want::Tail => self.emit(id, Op::Return, [register, 0, 0]),
        }
    }

    /// A register with the value of `id`: a variable's own, unless one of `later`, which are evaluated before it is used, may assign it.
    pub fn operand(&mut self, id: ExprId, later: &[ExprId]) -> Result<i64, TooLarge> {
        if let Expr::Local(local) = self.body.expr(id) {
            let simple =
                |e: &ExprId| matches!(self.body.expr(*e), Expr::Local(_) | Expr::Literal(_) | Expr::SelfRef | Expr::Field(_));
            let keeps = |e: &ExprId| simple(e) || !bt_hir::assigned_locals(self.body, *e).contains(local);
            if later.iter().all(keeps) {
                return Ok(self.slot(*local));
            }
        }
        if matches!(self.body.expr(id), Expr::SelfRef) && self.frame.has_self {
            return Ok(0);
        }
        let register = self.allocate(1);
        self.value(id, register)?;
        Ok(register)
    }

    /// Values in a row; answers the first register.
    pub fn row(&mut self, ids: &[ExprId]) -> Result<i64, TooLarge> {
        let first = self.mark();
        for &id in ids {
            let register = self.allocate(1);
            self.value(id, register)?;
        }
        Ok(first)
    }

    // ---- variables ----

    /// `local := value`, into the variable's register where nothing could see it half done.
    pub fn assign(&mut self, local: LocalId, value: ExprId) -> Done {
        let register = self.slot(local);
        if self.writes_last(value, local) || !self.mentions(value, local) {
            return self.value(value, register);
        }
        let mark = self.mark();
        let temporary = self.allocate(1);
        self.value(value, temporary)?;
        self.copy(value, register, temporary);
        self.release(mark);
        Ok(())
    }

    /// Does its code write the destination by its last instruction only?
    fn writes_last(&self, id: ExprId, destination: LocalId) -> bool {
        match self.body.expr(id) {
            Expr::Literal(_) | Expr::Local(_) | Expr::SelfRef | Expr::Field(_) | Expr::Binary(..) | Expr::List(..) => true,
            // What its blocks assigned goes to the variables after its answer; its row begins at the destination where that is the topmost register.
            Expr::Send { cells, .. } => !cells.contains(&destination) && self.slot(destination) + 1 != self.next,
            _ => false,
        }
    }

    fn mentions(&self, id: ExprId, local: LocalId) -> bool {
        let mut work = vec![id];
        while let Some(id) = work.pop() {
            let expr = self.body.expr(id);
            match expr {
                Expr::Local(l) | Expr::SetLocal(l, _) if *l == local => return true,
                Expr::Send { cells, .. } | Expr::Fixed(_, _, cells) if cells.contains(&local) => return true,
                Expr::Cascade { messages, .. } if messages.iter().any(|m| m.cells.contains(&local)) => return true,
                Expr::SetField(..) | Expr::Field(_) if self.body.self_local == Some(local) => return true,
                Expr::Block(block) if block.captures.contains(&local) => return true,
                _ => {}
            }
            bt_hir::each_child(expr, &mut |child| work.push(child));
        }
        false
    }

    pub fn bind_all(&mut self, bindings: &[(LocalId, ExprId)]) -> Done {
        bindings.iter().try_for_each(|(local, value)| self.assign(*local, *value))
    }

    /// The register of the receiver, or one it has been loaded into.
    pub fn receiver_register(&mut self, id: ExprId) -> i64 {
        if let Some(register) = self.body.self_local.and_then(|local| self.slots.get(&local)) {
            return *register;
        }
        if self.frame.has_self {
            return 0;
        }
        let register = self.allocate(1);
        self.emit(id, Op::LoadSelf, [register, 0, 0]);
        register
    }

    pub fn receiver(&mut self, id: ExprId, dst: i64) {
        if self.frame.has_self || self.body.self_local.is_some_and(|local| self.slots.contains_key(&local)) {
            let from = self.receiver_register(id);
            self.copy(id, dst, from);
        } else {
            self.emit(id, Op::LoadSelf, [dst, 0, 0]);
        }
    }

    fn set_field(&mut self, id: ExprId, name: &Name, value: ExprId, dst: i64) -> Done {
        self.value(value, dst)?;
        if self.owner.in_actor {
            let name = self.name(name);
            self.emit(id, Op::StoreState, [dst, name, 0]);
        } else {
            let me = self.receiver_register(id);
            let site = self.field_site(name);
            self.emit(id, Op::WithField, [me, site, dst]);
        }
        Ok(())
    }

    // ---- literals, operators, text ----

    pub fn literal(&mut self, id: ExprId, literal: &Literal, dst: i64) {
        let constant = match literal {
            Literal::Integer(value) if i16::try_from(*value).is_ok() => return self.emit(id, Op::LoadInt, [dst, *value, 0]),
            Literal::Symbol(word) => match word.as_str() {
                "nil" => return self.emit(id, Op::LoadNil, [dst, 0, 0]),
                "true" => return self.emit(id, Op::LoadTrue, [dst, 0, 0]),
                "false" => return self.emit(id, Op::LoadFalse, [dst, 0, 0]),
                _ => constant(literal),
            },
            _ => constant(literal),
        };
        let index = self.asm.constant(constant);
        self.emit(id, Op::LoadConst, [dst, index, 0]);
    }

    fn binary(&mut self, id: ExprId, op: BinaryOp, left: ExprId, right: ExprId, dst: i64) -> Done {
        let left = self.operand(left, &[right])?;
        if let (Some(op), Expr::Literal(Literal::Integer(number @ 0..=255))) = (operation_with_int(op), self.body.expr(right)) {
            self.emit(id, op, [dst, left, *number]);
            return Ok(());
        }
        let right = self.operand(right, &[])?;
        self.emit(id, operation(op), [dst, left, right]);
        Ok(())
    }

    fn interpolate(&mut self, id: ExprId, segments: &[Segment], dst: i64) -> Done {
        let first = self.mark();
        let mut count = 0;
        for segment in segments {
            match segment {
                Segment::Text(text) if text.is_empty() => continue,
                Segment::Text(text) => {
                    let register = self.allocate(1);
                    let index = self.asm.constant(Constant::String(text.as_str().into()));
                    self.emit(id, Op::LoadConst, [register, index, 0]);
                }
                Segment::Value(value) => {
                    let register = self.allocate(1);
                    self.value(*value, register)?;
                    self.emit(*value, Op::Display, [register, register, 0]);
                }
            }
            count += 1;
        }
        self.emit(id, Op::Join, [dst, first, count]);
        Ok(())
    }
}

/// What becomes of the value of a branch.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Want {
    Nothing,
    Value(i64),
    /// The activation ends with it.
    Tail,
}

pub(crate) fn constant(literal: &Literal) -> Constant {
    match literal {
        Literal::Integer(value) => Constant::Integer(*value),
        Literal::BigInteger(value) => Constant::Big(value.clone()),
        Literal::Float(value) => Constant::Float(value.to_bits()),
        Literal::String(text) => Constant::String(text.as_str().into()),
        Literal::Symbol(word) => Constant::Symbol(word.as_str().into()),
    }
}

fn operation(op: BinaryOp) -> Op {
    match op {
        BinaryOp::Add => Op::Add,
        BinaryOp::Subtract => Op::Subtract,
        BinaryOp::Multiply => Op::Multiply,
        BinaryOp::Divide => Op::Divide,
        BinaryOp::Remainder => Op::Remainder,
        BinaryOp::Power => Op::Power,
        BinaryOp::Concat => Op::Concat,
        BinaryOp::Equal => Op::Equal,
        BinaryOp::NotEqual => Op::NotEqual,
        BinaryOp::StrictEqual => Op::StrictEqual,
        BinaryOp::StrictNotEqual => Op::StrictNotEqual,
        BinaryOp::Less => Op::Less,
        BinaryOp::Greater => Op::Greater,
        BinaryOp::LessEqual => Op::LessEqual,
        BinaryOp::GreaterEqual => Op::GreaterEqual,
    }
}

/// The same with a number from 0 to 255 at the right, where there is one.
fn operation_with_int(op: BinaryOp) -> Option<Op> {
    match op {
        BinaryOp::Add => Some(Op::AddInt),
        BinaryOp::Subtract => Some(Op::SubtractInt),
        BinaryOp::Multiply => Some(Op::MultiplyInt),
        BinaryOp::Remainder => Some(Op::RemainderInt),
        BinaryOp::Equal => Some(Op::EqualInt),
        BinaryOp::Less => Some(Op::LessInt),
        BinaryOp::Greater => Some(Op::GreaterInt),
        BinaryOp::LessEqual => Some(Op::LessEqualInt),
        BinaryOp::GreaterEqual => Some(Op::GreaterEqualInt),
        BinaryOp::Divide
        | BinaryOp::Power
        | BinaryOp::Concat
        | BinaryOp::NotEqual
        | BinaryOp::StrictEqual
        | BinaryOp::StrictNotEqual => None,
    }
}

/// Variables a pattern binds.
pub(crate) fn bound(pattern: &Pattern, found: &mut Vec<LocalId>) {
    match pattern {
        Pattern::Bind(local) => found.push(*local),
        Pattern::Tuple(parts) => parts.iter().for_each(|part| bound(part, found)),
        Pattern::Wildcard | Pattern::Literal(_) => {}
    }
}
