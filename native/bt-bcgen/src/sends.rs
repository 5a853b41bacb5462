//! Messages: receiver and arguments in a row of the topmost registers, the answer in the first of them.

use bt_base::Selector;
use bt_bytecode::isa::Routine;
use bt_bytecode::{Constant, Op, Site, TooLarge};
use bt_hir::{CascadeMessage, Expr, ExprId, Fixed, LocalId, SendTarget};

use crate::body::{Done, Gen};

/// How a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Its answer is wanted.
    Answer,
    /// Nobody uses the answer.
    Tell,
    /// The activation ends with the answer.
    Tail,
}

/// Open cells of a send: their register, and as many more as there are variables.
struct Group {
    cells: i64,
    values: i64,
    locals: Vec<LocalId>,
}

impl Gen<'_> {
    pub(crate) fn send(
        &mut self,
        id: ExprId,
        target: &SendTarget,
        selector: &Selector,
        args: &[ExprId],
        cells: &[LocalId],
        dst: i64,
    ) -> Done {
        let group = self.open_group(id, cells);
        let base = self.row_at(dst, 1 + args.len());
        if let SendTarget::Value(receiver) = target {
            self.value(*receiver, base)?;
        }
        self.arguments(args, base + 1)?;
        self.fill_group(id, &group);
        self.message(id, target, selector, args.len(), base, Manner::Answer)?;
        self.copy(id, dst, base);
        self.close_group(id, group);
        Ok(())
    }

    /// A send whose value nobody uses.
    pub(crate) fn tell(
        &mut self,
        id: ExprId,
        target: &SendTarget,
        selector: &Selector,
        args: &[ExprId],
        cells: &[LocalId],
    ) -> Done {
        let base = self.allocate(1);
        match target {
            SendTarget::Value(receiver) if cells.is_empty() => {
                self.allocate(args.len());
                self.value(*receiver, base)?;
                self.arguments(args, base + 1)?;
                self.message(id, target, selector, args.len(), base, Manner::Tell)
            }
            _ => self.send(id, target, selector, args, cells, base),
        }
    }

    pub(crate) fn tail_send(&mut self, id: ExprId, target: &SendTarget, selector: &Selector, args: &[ExprId]) -> Done {
        let base = self.allocate(1 + args.len());
        if let SendTarget::Value(receiver) = target {
            self.value(*receiver, base)?;
        }
        self.arguments(args, base + 1)?;
        self.message(id, target, selector, args.len(), base, Manner::Tail)
    }

    fn arguments(&mut self, args: &[ExprId], first: i64) -> Done {
        args.iter().zip(first..).try_for_each(|(&arg, register)| self.value(arg, register))
    }

    /// The message itself; its arguments are behind `base`, and so is the receiver where it is a value of the source.
    fn message(&mut self, id: ExprId, target: &SendTarget, selector: &Selector, args: usize, base: i64, manner: Manner) -> Done {
        let plain = |gen: &mut Self| gen.asm.site(Site::Message { selector: selector.clone(), class: None });
        let (op, tail) = match target {
            SendTarget::Value(_) if manner == Manner::Tell => (Op::Tell, Op::TailSend),
            SendTarget::Value(_) => (Op::Send, Op::TailSend),
            SendTarget::SelfRef => {
                self.receiver(id, base);
                (Op::SendSelf, Op::TailSendSelf)
            }
            SendTarget::Super => {
                self.receiver(id, base);
                let class = self.owner.class.clone().map(|class| (class, self.owner.class_side));
                let site = self.asm.site(Site::Message { selector: selector.clone(), class });
                self.emit(id, if manner == Manner::Tail { Op::TailSendSuper } else { Op::SendSuper }, [base, site, 0]);
                return Ok(());
            }
            SendTarget::Class(name) => {
                let name = self.name(name);
                self.emit(id, Op::LoadClass, [base, name, 0]);
                (Op::Send, Op::TailSend)
            }
            SendTarget::Global(name) => return self.send_to_global(id, name, selector, base, manner),
            SendTarget::Erlang(module) => return self.call_erlang(id, module, selector, args, base, manner),
        };
        let site = plain(self);
        self.emit(id, if manner == Manner::Tail { tail } else { op }, [base, site, 0]);
        Ok(())
    }

    /// Messages to the workspace's objects are answered by nil where no workspace runs.
    fn send_to_global(&mut self, id: ExprId, name: &str, selector: &Selector, base: i64, manner: Manner) -> Done {
        let name = self.name(name);
        let nobody = self.label();
        self.emit(id, Op::LoadGlobal, [base, name, 0]);
        self.jump(id, Op::JumpIfNil, base, nobody);
        let site = self.asm.site(Site::Message { selector: selector.clone(), class: None });
        self.emit(id, Op::Send, [base, site, 0]);
        self.place(nobody);
        if manner == Manner::Tail {
            self.emit(id, Op::Return, [base, 0, 0]);
        }
        Ok(())
    }

    /// A plain call of the function that the selector names up to its first colon. The arguments move to the front.
    fn call_erlang(&mut self, id: ExprId, module: &str, selector: &Selector, args: usize, base: i64, manner: Manner) -> Done {
        let function = selector.split(':').next().unwrap_or(selector);
        let arity = u16::try_from(args).map_err(|_| TooLarge("arguments"))?;
        let site = self.asm.site(Site::Call { module: module.into(), function: function.into(), arity });
        let first = if args == 0 { base } else { base + 1 };
        self.emit(id, Op::CallErlang, [first, site, 0]);
        self.copy(id, base, first);
        if manner == Manner::Tail {
            self.emit(id, Op::Return, [base, 0, 0]);
        }
        Ok(())
    }

    // ---- cells ----

    /// Makes the cells of a message; literal blocks made from here on use them.
    fn open_group(&mut self, id: ExprId, locals: &[LocalId]) -> Option<Group> {
        if locals.is_empty() {
            return None;
        }
        let cells = match self.guarded.as_mut() {
            // What a return through a cleanup finds open has registers of its own.
            Some(area) => {
                let first = area.next;
                area.next += 1 + locals.len() as i64;
                area.groups.push((first, locals.to_vec()));
                first
            }
            None => self.allocate(1 + locals.len()),
        };
        self.emit(id, Op::NewCells, [cells, 0, 0]);
        self.cells.push((cells, locals.to_vec()));
        Some(Group { cells, values: cells + 1, locals: locals.to_vec() })
    }

    /// Just before the message, when all operands are there.
    fn fill_group(&mut self, id: ExprId, group: &Option<Group>) {
        if let Some(group) = group {
            self.cells.pop();
            for (&local, register) in group.locals.iter().zip(group.values..) {
                let from = self.slot(local);
                self.copy(id, register, from);
            }
            self.emit(id, Op::OpenCells, [group.cells, group.values, group.locals.len() as i64]);
        }
    }

    /// After the message: takes the values back.
    fn close_group(&mut self, id: ExprId, group: Option<Group>) {
        if let Some(group) = group {
            self.emit(id, Op::CloseCells, [group.cells, group.values, group.locals.len() as i64]);
            for (&local, register) in group.locals.iter().zip(group.values..) {
                let to = self.slot(local);
                self.copy(id, to, register);
            }
        }
    }

    // ---- messages that mean the same for every receiver ----

    pub(crate) fn fixed(&mut self, id: ExprId, fixed: Fixed, operands: &[ExprId], cells: &[LocalId], dst: i64) -> Done {
        let body = self.body;
        if cells.is_empty() {
            match (fixed, body.expr(operands[0])) {
                // An unknown class does not understand the message, instead of being missed.
                (Fixed::MethodLookup, Expr::ClassRef(name)) => {
                    let base = self.row_at(dst, 2);
                    let name = self.asm.constant(Constant::Symbol(name.clone()));
                    self.emit(id, Op::LoadConst, [base, name, 0]);
                    self.value(operands[1], base + 1)?;
                    self.routine(id, Routine::MethodNamed, base);
                    self.copy(id, dst, base);
                    return Ok(());
                }
                // `x foo await` needs no future.
                (Fixed::Await, Expr::Send { target: SendTarget::Value(receiver), selector, args, cells: inner })
                    if inner.is_empty() =>
                {
                    let base = self.row_at(dst, 1 + args.len());
                    self.value(*receiver, base)?;
                    self.arguments(args, base + 1)?;
                    let site = self.asm.site(Site::Message { selector: selector.clone(), class: None });
                    self.emit(id, Op::Ask, [base, site, 0]);
                    self.copy(id, dst, base);
                    return Ok(());
                }
                _ => {}
            }
        }
        let group = self.open_group(id, cells);
        let base = self.row_at(dst, operands.len());
        self.arguments(operands, base)?;
        self.fill_group(id, &group);
        self.fixed_call(id, fixed, operands.len() - 1, base);
        self.copy(id, dst, base);
        self.close_group(id, group);
        Ok(())
    }

    /// `base` and what is behind it are the operands; the answer goes to `base`.
    fn fixed_call(&mut self, id: ExprId, fixed: Fixed, args: usize, base: i64) {
        let routine = match fixed {
            Fixed::Yourself => return,
            Fixed::IsNil | Fixed::NotNil => {
                let nil = self.allocate(1);
                self.emit(id, Op::LoadNil, [nil, 0, 0]);
                let op = if fixed == Fixed::IsNil { Op::StrictEqual } else { Op::StrictNotEqual };
                return self.emit(id, op, [base, base, nil]);
            }
            Fixed::Value => {
                let site = self.value_site(args);
                return self.emit(id, Op::Evaluate, [base, site, 0]);
            }
            Fixed::Class => Routine::Class,
            Fixed::Hash => Routine::Hash,
            Fixed::RespondsTo => Routine::RespondsTo,
            Fixed::FieldNames => Routine::FieldNames,
            Fixed::FieldAt => Routine::FieldAt,
            Fixed::FieldAtPut => Routine::FieldAtPut,
            Fixed::Perform => Routine::Perform,
            Fixed::PerformWithArguments => Routine::PerformWithArguments,
            Fixed::ErrorMessage => Routine::ErrorMessage,
            Fixed::ValueOptional => Routine::ValueOptional,
            Fixed::Await => Routine::Await,
            Fixed::AwaitTimeout => Routine::AwaitTimeout,
            Fixed::AwaitForever => Routine::AwaitForever,
            Fixed::Associate => Routine::Associate,
            Fixed::MethodLookup => Routine::MethodLookup,
        };
        self.routine(id, routine, base);
    }

    pub(crate) fn routine(&mut self, id: ExprId, routine: Routine, base: i64) {
        self.emit(id, Op::Routine, [base, routine as i64, routine.arity() as i64]);
    }

    /// `value`, `value:`, `value:value:` …
    fn value_site(&mut self, args: usize) -> i64 {
        let selector = if args == 0 { "value".to_string() } else { "value:".repeat(args) };
        self.asm.site(Site::Message { selector: Selector::new(&selector), class: None })
    }

    pub(crate) fn tail_value(&mut self, id: ExprId, operands: &[ExprId]) -> Done {
        let base = self.row(operands)?;
        let site = self.value_site(operands.len() - 1);
        self.emit(id, Op::TailEvaluate, [base, site, 0]);
        Ok(())
    }

    // ---- cascades ----

    pub(crate) fn cascade(&mut self, id: ExprId, target: &SendTarget, messages: &[CascadeMessage], dst: Option<i64>) -> Done {
        let result = self.allocate(1);
        // The receiver may be a block with cells: they belong to the first message and must exist before it is made.
        let mut group = self.open_group(id, messages.first().map_or(&[], |m| &m.cells));
        let receiver = match target {
            SendTarget::Value(receiver) => {
                let register = self.allocate(1);
                self.value(*receiver, register)?;
                Some(register)
            }
            _ => None,
        };
        for (position, message) in messages.iter().enumerate() {
            let last = position + 1 == messages.len();
            let mark = self.mark();
            if position > 0 {
                group = self.open_group(id, &message.cells);
            }
            let base = self.allocate(1 + message.args.len());
            self.arguments(&message.args, base + 1)?;
            self.fill_group(id, &group);
            let has_receiver = match (receiver, target) {
                (Some(register), _) => {
                    self.copy(id, base, register);
                    true
                }
                (None, SendTarget::SelfRef) => {
                    self.receiver(id, base);
                    true
                }
                (None, _) => false,
            };
            match message.fixed {
                Some(fixed) if has_receiver => self.fixed_call(id, fixed, message.args.len(), base),
                _ => {
                    let manner = if last || !message.cells.is_empty() { Manner::Answer } else { Manner::Tell };
                    self.message(id, target, &message.selector, message.args.len(), base, manner)?;
                }
            }
            if last {
                self.copy(id, result, base);
            }
            self.close_group(id, group.take());
            self.release(mark);
        }
        if let Some(dst) = dst {
            self.copy(id, dst, result);
        }
        Ok(())
    }
}
