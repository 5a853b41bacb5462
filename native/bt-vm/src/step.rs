//! One instruction with all its cases.
//!
//! What `run` does not do in its loop comes here: operands that are no small integers, sites that remember nothing yet, what the host is asked for, instructions with
//! long operands. The frame is always as its instruction left it, so nothing is kept between two steps.

use bt_bytecode::isa::Routine;
use bt_bytecode::Op;

use crate::classes::{ClassId, Lookup};
use crate::code::{Closure, Code, Memory};
use crate::context::Context;
use crate::heap::{resized, Cells, Ref};
use crate::machine::{Machine, Outcome, Request, Wanted};
use crate::natives;
use crate::number::{arithmetic, calculated, Arithmetic};
use crate::order;
use crate::raise::{Failure, Raise, Unwinding};
use crate::symbols::Symbol;
use crate::value::Value;

impl Machine {
    /// Does the instruction at which the topmost frame is, in all its cases, and nothing else; `None`: the run goes on.
    #[inline(never)]
    pub(crate) fn step(&mut self) -> Option<Outcome> {
        let frame = self.frames.last().expect("something runs");
        // SAFETY: as in `run`.
        let code = unsafe { &*frame.code };
        let base = frame.base as usize;
        // SAFETY: verified: control stays in the code.
        let mut ip = unsafe { code.chunk.code.as_ptr().add(frame.pc as usize) };
        /// Index of the next instruction.
        macro_rules! pc {
            () => {
                // SAFETY: both are in the code.
                unsafe { ip.offset_from(code.chunk.code.as_ptr()) as usize }
            };
        }
        macro_rules! jump {
            ($distance:expr) => {
                // SAFETY: verified.
                ip = unsafe { ip.offset($distance as isize) }
            };
        }
        debug_assert!(base + code.registers as usize <= self.stack.len());
        // SAFETY: the frame's registers are inside the stack, which grows only when a frame is pushed: then `regs` is taken anew.
        let regs = unsafe { self.stack.as_mut_ptr().add(base) };
        /// Goes to the handler, or ends the run.
        macro_rules! unwind {
            ($unwinding:expr) => {{
                let unwinding = $unwinding;
                self.frames.last_mut().expect("something runs").pc = pc!() as u32;
                match self.unwind(unwinding) {
                    Some(outcome) => return Some(outcome),
                    None => return None,
                }
            }};
        }
        macro_rules! raise {
            ($raise:expr) => {
                unwind!(Unwinding::Raise($raise))
            };
        }
        /// Erlang's failures: a plain reason, or one with a value.
        macro_rules! fail {
            ($reason:ident) => {
                raise!(Raise::error(Value::Symbol(Symbol::$reason)))
            };
            ($reason:ident, $value:expr) => {
                raise!(Raise::error(Value::tuple(vec![Value::Symbol(Symbol::$reason), $value])))
            };
        }
        /// Leaves the loop with a request.
        macro_rules! effect {
            ($wanted:expr, $request:expr) => {{
                self.frames.last_mut().expect("something runs").pc = pc!() as u32;
                self.wanted = $wanted;
                return Some(Outcome::Effect($request));
            }};
        }
        macro_rules! r {
            ($index:expr) => {{
                let index = $index as usize;
                debug_assert!(index < code.registers as usize);
                // SAFETY: verified.
                unsafe { &mut *regs.add(index) }
            }};
        }
        macro_rules! row {
            ($first:expr, $count:expr) => {{
                let (first, count) = ($first as usize, $count as usize);
                debug_assert!(first + count <= code.registers as usize);
                // SAFETY: verified.
                unsafe { std::slice::from_raw_parts_mut(regs.add(first), count) }
            }};
        }
        macro_rules! truth {
            ($a:expr, $test:expr) => {
                Value::put(r!($a), if $test { Value::True } else { Value::False })
            };
        }
        /// A reduction. Where the budget is spent, the run goes on at the instruction `$back` words before.
        macro_rules! spend {
            ($back:expr) => {
                self.context.fuel -= if cfg!(feature = "uncounted") { 0 } else { 1 };
                if !cfg!(feature = "uncounted") && self.context.fuel < 0 {
                    if let Some(outcome) = self.out_of_fuel() {
                        self.frames.last_mut().expect("something runs").pc = (pc!() - $back) as u32;
                        return Some(outcome);
                    }
                }
            };
        }
        /// A frame for code whose operands begin at stack index `$base`.
        macro_rules! enter {
            ($code:expr, $base:expr, $floor:expr, $answer:expr, $home:expr) => {{
                self.frames.last_mut().expect("something runs").pc = pc!() as u32;
                let target: *const Code = $code;
                let from = $base + unsafe { (*target).parameters as usize };
                let old_end = base + code.registers as usize;
                let new_end = $base + unsafe { (*target).registers as usize };
                self.push_frame(target, $base as u32, $floor as u32, $answer as u32, $home);
                // Temporaries of the caller may lie where the new frame has variables.
                if let Some(slots) = self.stack.get_mut(from..old_end.min(new_end)) {
                    slots.iter_mut().for_each(|slot| Value::put(slot, Value::Nil));
                }
                return None;
            }};
        }
        /// Leaves the loop to ask for a class; the instruction `$back` words before is done again.
        macro_rules! unknown {
            ($name:expr, $back:expr) => {
                unknown!(Ancestor, $name, $back)
            };
            ($what:ident, $name:expr, $back:expr) => {{
                self.frames.last_mut().expect("something runs").pc = (pc!() - $back) as u32;
                self.wanted = Wanted::Nothing;
                return Some(Outcome::Effect(Request::$what($name)));
            }};
        }
        /// Leaves the frame where it is; what `$call` pushed runs next.
        macro_rules! call {
            ($call:expr) => {{
                self.frames.last_mut().expect("something runs").pc = pc!() as u32;
                match $call {
                    Some(outcome) => return Some(outcome),
                    None => return None,
                }
            }};
        }
        /// The operator's method of an object. What has none goes on with the operation itself.
        macro_rules! operator {
            ($selector:ident, $a:expr, $b:expr, $right:expr) => {{
                let (class, class_side) = self.context.classes.of(r!($b));
                let found = match class_side {
                    true => Lookup::Missing,
                    false => self.context.classes.lookup(class, Symbol::$selector, &mut self.context.symbols),
                };
                let answer = (base + ($a) as usize) as u32;
                match found {
                    Lookup::Code(target) => {
                        let operands = vec![r!($b).clone(), $right.clone()];
                        call!(self.push_call(target, operands, answer))
                    }
                    Lookup::Host => {
                        let operands = vec![r!($b).clone(), $right.clone()];
                        effect!(
                            Wanted::Register(answer),
                            Request::Send { selector: Symbol::$selector, told: false, awaited: false, operands }
                        )
                    }
                    Lookup::Unknown(name) => unknown!(name, 1 + usize::from(is_long!())),
                    Lookup::Missing => {}
                }
            }};
        }
        /// Arithmetic that is not done in place.
        macro_rules! calculate {
            ($op:ident, $a:expr, $b:expr, $right:expr) => {
                match calculated(&mut self.context, Arithmetic::$op, r!($b), $right) {
                    Ok(value) => Value::put(r!($a), value),
                    Err(Failure::Raise(failure)) => raise!(failure),
                    Err(_) => return Some(Outcome::OutOfMemory),
                }
            };
        }
        macro_rules! arithmetic {
            ($op:ident, $checked:ident, $selector:ident, $a:expr, $b:expr, $right:expr) => {
                match (&*r!($b), $right) {
                    (Value::Integer(x), Value::Integer(y)) => match x.$checked(*y) {
                        Some(sum) => Value::put(r!($a), Value::Integer(sum)),
                        None => calculate!($op, $a, $b, $right),
                    },
                    (left, _) => {
                        if dispatches(left) {
                            operator!($selector, $a, $b, $right)
                        }
                        calculate!($op, $a, $b, $right)
                    }
                }
            };
        }
        macro_rules! compare {
                ($test:tt, $selector:ident, $a:expr, $b:expr, $right:expr) => {
                    match (&*r!($b), $right) {
                        (Value::Integer(x), Value::Integer(y)) => truth!($a, x $test y),
                        (Value::Float(x), Value::Float(y)) => truth!($a, x $test y),
                        (left, _) => {
                            if dispatches(left) {
                                operator!($selector, $a, $b, $right)
                            }
                            let order = order::compare(r!($b), $right, &self.context.symbols);
                            truth!($a, order $test std::cmp::Ordering::Equal)
                        }
                    }
                };
            }
        // SAFETY: verified: control stays in the code.
        let mut word = unsafe { *ip };
        jump!(1);
        let mut high = 0;
        let mut is_long = false;
        macro_rules! is_long {
            () => {
                is_long
            };
        }
        if word as u8 == Op::Extend as u8 {
            (high, is_long) = (word, true);
            // SAFETY: verified: an instruction follows.
            word = unsafe { *ip };
            jump!(1);
        }
        // Operands are taken apart where they are used: nothing is kept in machine registers for others.
        macro_rules! a {
            () => {
                word >> 8 & 0xff | high & 0xff00
            };
        }
        macro_rules! b {
            () => {
                word >> 16 & 0xff | high >> 8 & 0xff00
            };
        }
        macro_rules! c {
            () => {
                word >> 24 | high >> 16 & 0xff00
            };
        }
        /// The operand C as a value.
        macro_rules! int {
            () => {
                &Value::Integer(i64::from(c!()))
            };
        }
        macro_rules! x {
            () => {
                word >> 16 | high & 0xffff_0000
            };
        }
        macro_rules! s {
            () => {
                if is_long {
                    x!() as i32
                } else {
                    word as i32 >> 16
                }
            };
        }
        macro_rules! j {
            () => {
                if is_long {
                    ((high >> 8) << 24 | word >> 8) as i32
                } else {
                    word as i32 >> 8
                }
            };
        }
        // SAFETY: verified: the byte is the number of an operation.
        let op: Op = unsafe { std::mem::transmute(word as u8) };
        'done: {
            match op {
                Op::Extend => unreachable!("verified"),
                Op::LoadConst => Value::put(r!(a!()), code.constants[x!() as usize].clone()),
                Op::LoadInt => Value::put(r!(a!()), Value::Integer(i64::from(s!()))),
                Op::LoadNil => Value::put(r!(a!()), Value::Nil),
                Op::LoadTrue => Value::put(r!(a!()), Value::True),
                Op::LoadFalse => Value::put(r!(a!()), Value::False),
                Op::Move => Value::put(r!(a!()), r!(b!()).clone()),
                Op::Take => {
                    let value = Value::take(r!(b!()));
                    Value::put(r!(a!()), value);
                }
                Op::LoadSelf => {
                    let floor = self.frames.last().expect("something runs").floor as usize;
                    let receiver = self.stack[floor].as_block().map_or(Value::Nil, |closure| closure.receiver.clone());
                    Value::put(r!(a!()), receiver);
                }
                Op::LoadClass => {
                    let name = name(code, x!());
                    let id = self.context.classes.entry(name);
                    match self.context.classes.superclass(id, &mut self.context.symbols) {
                        Ok(_) if self.context.classes.is_there(id) => Value::put(r!(a!()), Value::Class(id)),
                        Ok(_) => {
                            let failure = self.context.class_not_found(name);
                            raise!(failure)
                        }
                        Err(name) => unknown!(Class, name, 1 + usize::from(is_long)),
                    }
                }
                Op::LoadGlobal => {
                    effect!(Wanted::Register((base + a!() as usize) as u32), Request::Global(name(code, x!())))
                }
                Op::Add => arithmetic!(Add, checked_add, Plus, a!(), b!(), &*r!(c!())),
                Op::Subtract => arithmetic!(Subtract, checked_sub, Minus, a!(), b!(), &*r!(c!())),
                Op::Multiply => arithmetic!(Multiply, checked_mul, Times, a!(), b!(), &*r!(c!())),
                Op::Remainder => arithmetic!(Remainder, checked_rem_or_none, Percent, a!(), b!(), &*r!(c!())),
                Op::Divide => {
                    if dispatches(r!(b!())) {
                        operator!(Over, a!(), b!(), r!(c!()))
                    }
                    match arithmetic(Arithmetic::Divide, r!(b!()), r!(c!())) {
                        Some(value) => Value::put(r!(a!()), value),
                        None => fail!(Badarith),
                    }
                }
                Op::Power => {
                    if dispatches(r!(b!())) {
                        operator!(Power, a!(), b!(), r!(c!()))
                    }
                    if !(r!(b!()).is_number() && r!(c!()).is_number()) {
                        fail!(Badarith)
                    }
                    let operands = vec![r!(b!()).clone(), r!(c!()).clone()];
                    call!(self.push_primitive("beamtalk_integer_ops", "**", operands, (base + a!() as usize) as u32))
                }
                Op::Concat => match (&*r!(b!()), &*r!(c!())) {
                    (left, right) if left.as_text().is_some() && right.as_text().is_some() => {
                        let left = if a!() == b!() && b!() != c!() { Value::take(r!(b!())) } else { r!(b!()).clone() };
                        match crate::natives::text::joined(&self.context, left, r!(c!())) {
                            Ok(text) => Value::put(r!(a!()), text),
                            Err(Failure::Raise(raise)) => raise!(raise),
                            Err(_) => return Some(Outcome::OutOfMemory),
                        }
                    }
                    (left, right) if left.is_list() && right.is_list() => match left.proper_list() {
                        Some(elements) => {
                            // What is above the list of elements are its new cells.
                            if self.context.room(64 * elements.len()).is_err() {
                                return Some(Outcome::OutOfMemory);
                            }
                            self.context.spend(elements.len() / 10);
                            let right = r!(c!()).clone();
                            Value::put(r!(a!()), elements.into_iter().rev().fold(right, |tail, head| Value::cons(head, tail)));
                        }
                        None => fail!(Badarg),
                    },
                    (left, _) => {
                        if dispatches(left) {
                            operator!(Concat, a!(), b!(), r!(c!()))
                        }
                        fail!(Badarg)
                    }
                },
                Op::Equal => match (&*r!(b!()), &*r!(c!())) {
                    (Value::Integer(m), Value::Integer(n)) => truth!(a!(), m == n),
                    (left, right) => truth!(a!(), order::is_equal(left, right)),
                },
                Op::NotEqual => match (&*r!(b!()), &*r!(c!())) {
                    (Value::Integer(m), Value::Integer(n)) => truth!(a!(), m != n),
                    (left, right) => truth!(a!(), !order::is_equal(left, right)),
                },
                Op::StrictEqual => match (&*r!(b!()), &*r!(c!())) {
                    (Value::Integer(m), Value::Integer(n)) => truth!(a!(), m == n),
                    (left, right) => truth!(a!(), order::is_same(left, right)),
                },
                Op::StrictNotEqual => match (&*r!(b!()), &*r!(c!())) {
                    (Value::Integer(m), Value::Integer(n)) => truth!(a!(), m != n),
                    (left, right) => truth!(a!(), !order::is_same(left, right)),
                },
                Op::Less => compare!(<, Less, a!(), b!(), &*r!(c!())),
                Op::Greater => compare!(>, Greater, a!(), b!(), &*r!(c!())),
                Op::LessEqual => compare!(<=, LessEqual, a!(), b!(), &*r!(c!())),
                Op::GreaterEqual => compare!(>=, GreaterEqual, a!(), b!(), &*r!(c!())),
                Op::AddInt => arithmetic!(Add, checked_add, Plus, a!(), b!(), int!()),
                Op::SubtractInt => arithmetic!(Subtract, checked_sub, Minus, a!(), b!(), int!()),
                Op::MultiplyInt => arithmetic!(Multiply, checked_mul, Times, a!(), b!(), int!()),
                Op::RemainderInt => arithmetic!(Remainder, checked_rem_or_none, Percent, a!(), b!(), int!()),
                Op::EqualInt => match &*r!(b!()) {
                    Value::Integer(m) => truth!(a!(), *m == i64::from(c!())),
                    left => truth!(a!(), order::is_equal(left, int!())),
                },
                Op::LessInt => compare!(<, Less, a!(), b!(), int!()),
                Op::GreaterInt => compare!(>, Greater, a!(), b!(), int!()),
                Op::LessEqualInt => compare!(<=, LessEqual, a!(), b!(), int!()),
                Op::GreaterEqualInt => compare!(>=, GreaterEqual, a!(), b!(), int!()),

                Op::Send | Op::SendSelf | Op::SendSuper | Op::Tell | Op::Ask => {
                    spend!(1 + usize::from(is_long));
                    let site = &code.sites[x!() as usize];
                    let at = base + a!() as usize;
                    match self.target(code, op, site, r!(a!())) {
                        Lookup::Code(target) => {
                            // SAFETY: as in `run`.
                            let (native, parameters) = unsafe { ((*target).native, (*target).parameters) };
                            if let Some(native) = native {
                                match native(&mut self.context, row!(a!(), parameters)) {
                                    Ok(value) => {
                                        Value::put(r!(a!()), value);
                                        // What is left of the arguments would keep values alive.
                                        row!(a!() + 1, parameters - 1).iter_mut().for_each(|slot| Value::put(slot, Value::Nil));
                                        break 'done;
                                    }
                                    Err(Failure::Raise(raise)) => raise!(raise),
                                    Err(Failure::OutOfMemory) => {
                                        self.frames.last_mut().expect("something runs").pc = pc!() as u32;
                                        return Some(Outcome::OutOfMemory);
                                    }
                                    Err(failure @ Failure::Evaluate) => call!(self.refused(failure, at, parameters)),
                                    // The method's own instruction asks the host.
                                    Err(Failure::Host) => {}
                                }
                            }
                            enter!(target, at, at, at, None)
                        }
                        Lookup::Unknown(name) => unknown!(name, 1 + usize::from(is_long)),
                        Lookup::Host => {
                            let operands = row!(a!(), site.arity + 1).iter_mut().map(Value::take).collect();
                            let wanted = if op == Op::Tell { Wanted::Nothing } else { Wanted::Register(at as u32) };
                            effect!(wanted, self.asked(code, op, site.selector, operands))
                        }
                        Lookup::Missing => {
                            let operands = row!(a!(), site.arity + 1).iter_mut().map(Value::take).collect();
                            call!(self.not_understood(site.selector, operands, at as u32))
                        }
                    }
                }
                Op::TailSend | Op::TailSendSelf | Op::TailSendSuper => {
                    spend!(1 + usize::from(is_long));
                    let site = &code.sites[x!() as usize];
                    match self.target(code, op, site, r!(a!())) {
                        Lookup::Code(target) => {
                            let floor = self.frames.last().expect("something runs").floor as usize;
                            self.replace_frame(target, base + a!() as usize, site.arity as usize + 1, floor, floor, None);
                            return None;
                        }
                        Lookup::Unknown(name) => unknown!(name, 1 + usize::from(is_long)),
                        Lookup::Host => {
                            let operands = row!(a!(), site.arity + 1).iter_mut().map(Value::take).collect();
                            effect!(Wanted::Return, self.asked(code, op, site.selector, operands))
                        }
                        Lookup::Missing => {
                            let operands = row!(a!(), site.arity + 1).iter_mut().map(Value::take).collect();
                            call!(self.not_understood_at_the_end(site.selector, operands))
                        }
                    }
                }
                Op::Evaluate | Op::TailEvaluate => {
                    spend!(1 + usize::from(is_long));
                    let site = &code.sites[x!() as usize];
                    let at = base + a!() as usize;
                    match r!(a!()).as_block().map(|closure| (std::rc::Rc::as_ptr(&closure.code), closure.home)) {
                        Some((target, home)) => {
                            let expected = unsafe { (*target).parameters };
                            if expected != site.arity {
                                let block = r!(a!()).clone();
                                raise!(self.wrong_arity(&block, site.arity as usize))
                            }
                            if op == Op::Evaluate {
                                enter!(target, at + 1, at, at, Some(home))
                            }
                            let floor = self.frames.last().expect("something runs").floor as usize;
                            self.replace_frame(target, at, site.arity as usize + 1, floor, floor + 1, Some(home));
                            return None;
                        }
                        None => {
                            let operands: Vec<Value> = row!(a!(), site.arity + 1).iter_mut().map(Value::take).collect();
                            if op == Op::Evaluate {
                                call!(self.push_send(site.selector, operands, at as u32))
                            }
                            call!(self.send_at_the_end(site.selector, operands))
                        }
                    }
                }
                // A function that a program calls by name is answered here, too, where the machine has it.
                Op::Primitive | Op::CallErlang => {
                    spend!(1 + usize::from(is_long));
                    let site = &code.sites[x!() as usize];
                    if let Some(native) = site.native {
                        match native(&mut self.context, row!(a!(), site.arity)) {
                            Ok(value) => {
                                Value::put(r!(a!()), value);
                                break 'done;
                            }
                            Err(Failure::Raise(raise)) => raise!(raise),
                            Err(Failure::OutOfMemory) => {
                                self.frames.last_mut().expect("something runs").pc = pc!() as u32;
                                return Some(Outcome::OutOfMemory);
                            }
                            Err(failure @ Failure::Evaluate) => call!(self.refused(failure, base + a!() as usize, site.arity)),
                            Err(Failure::Host) => {}
                        }
                    }
                    let operands = row!(a!(), site.arity).iter_mut().map(Value::take).collect();
                    let (module, function) = (site.module, site.selector);
                    let request = match op {
                        Op::Primitive => Request::Primitive { module, function, operands },
                        _ => Request::Call { module, function, operands },
                    };
                    effect!(Wanted::Register((base + a!() as usize) as u32), request)
                }
                Op::Routine => {
                    spend!(1 + usize::from(is_long));
                    let operands = row!(a!(), c!()).iter_mut().map(Value::take).collect();
                    let routine = Routine::from_number(b!() as u8).expect("verified");
                    call!(self.routine(routine, operands, (base + a!() as usize) as u32))
                }

                Op::Closure => {
                    if let Some(plain) = &code.plain_blocks[x!() as usize] {
                        Value::put(r!(a!()), plain.clone());
                        break 'done;
                    }
                    let block = &code.blocks[x!() as usize];
                    let frame = self.frames.last().expect("something runs");
                    let receiver = if code.chunk.role == bt_bytecode::Role::Block {
                        self.stack[frame.floor as usize].as_block().map_or(Value::Nil, |closure| closure.receiver.clone())
                    } else if matches!(code.chunk.role, bt_bytecode::Role::Method { .. }) {
                        r!(0).clone()
                    } else {
                        Value::Nil
                    };
                    let home = frame.home;
                    let captured = block
                        .chunk
                        .captures
                        .iter()
                        .map(|capture| match capture {
                            bt_bytecode::Capture::Register(index) => r!(*index).clone(),
                            bt_bytecode::Capture::Captured(index) => {
                                let closure = self.stack[frame.floor as usize].as_block();
                                closure.map_or(Value::Nil, |closure| closure.captured[*index as usize].clone())
                            }
                        })
                        .collect();
                    Value::put(r!(a!()), Value::block(Closure { code: block.clone(), receiver, captured, home }));
                }
                Op::LoadCaptured => {
                    let floor = self.frames.last().expect("something runs").floor as usize;
                    let value =
                        self.stack[floor].as_block().map_or(Value::Nil, |closure| closure.captured[x!() as usize].clone());
                    Value::put(r!(a!()), value);
                }
                Op::NewCells => Value::put(r!(a!()), Value::Heap(Ref::new::<Cells>(Cells::default()))),
                Op::OpenCells => {
                    let values = row!(b!(), c!()).to_vec();
                    if let Some(cells) = r!(a!()).body::<Cells>() {
                        exchange(cells, values);
                    }
                }
                Op::CloseCells => {
                    let values = r!(a!()).body::<Cells>().map(|cells| exchange(cells, Vec::new()));
                    for (slot, value) in row!(b!(), c!()).iter_mut().zip(values.into_iter().flatten()) {
                        Value::put(slot, value);
                    }
                }
                Op::LoadCells => {
                    // The row may hold the cells' own register, which is why it is not read from there.
                    let cells = r!(a!()).clone();
                    if let Some(cells) = cells.body::<Cells>() {
                        for (slot, value) in row!(b!(), c!()).iter_mut().zip(cells.borrow().iter()) {
                            Value::put(slot, value.clone());
                        }
                    }
                }
                Op::StoreCell => {
                    let mut value = r!(b!()).clone();
                    if let Some(cells) = r!(a!()).body::<Cells>() {
                        if let Some(place) = cells.borrow_mut().get_mut(c!() as usize) {
                            std::mem::swap(place, &mut value);
                        }
                    }
                }

                Op::LoadField => {
                    let site = &code.sites[c!() as usize];
                    let value = match r!(b!()).as_instance() {
                        Some(instance) => {
                            // No shape has the number that an unused site begins with.
                            let key = u64::from(instance.shape.0) + 1;
                            if site.key.get() != key {
                                let index = self.context.classes.place(instance.shape, site.selector);
                                site.index.set(index.map_or(u32::MAX, |index| index as u32));
                                site.key.set(key);
                            }
                            instance.fields.get(site.index.get() as usize).cloned().unwrap_or_default()
                        }
                        None => Value::Nil,
                    };
                    Value::put(r!(a!()), value);
                }
                Op::WithField => {
                    let value = r!(c!()).clone();
                    let selector = code.sites[b!() as usize].selector;
                    let object = Value::take(r!(a!()));
                    *r!(a!()) = self.context.classes.with_field(object, selector, value);
                }
                // Methods with these run at the host: see `Implementation::Host`.
                Op::LoadState | Op::StoreState | Op::LoadClassVar | Op::StoreClassVar => {
                    effect!(Wanted::Register((base + a!() as usize) as u32), Request::Variable(name(code, x!())))
                }

                Op::List => Value::put(r!(a!()), Value::list(row!(b!(), c!()).iter().cloned())),
                Op::ListAnd => {
                    let (elements, tail) = (row!(b!(), c!()), r!(b!() + c!()).clone());
                    Value::put(r!(a!()), elements.iter().rev().fold(tail, |tail, head| Value::cons(head.clone(), tail)));
                }
                Op::Tuple => Value::put(r!(a!()), Value::tuple(row!(b!(), c!()).to_vec())),
                Op::Array => Value::put(r!(a!()), Value::array(row!(b!(), c!()).to_vec())),
                Op::Map => {
                    let map = natives::dictionary(row!(b!(), 2 * c!()), &self.context.symbols);
                    Value::put(r!(a!()), map);
                }
                Op::TupleAt => match r!(b!()).as_tuple().and_then(|parts| parts.get(c!() as usize)).cloned() {
                    Some(value) => Value::put(r!(a!()), value),
                    None => fail!(Badarg),
                },
                Op::Head => match r!(b!()).as_cons().map(|cons| cons.head.clone()) {
                    Some(value) => Value::put(r!(a!()), value),
                    None => fail!(Badarg),
                },
                Op::Rest => match r!(b!()).as_cons().map(|cons| cons.tail.clone()) {
                    Some(value) => Value::put(r!(a!()), value),
                    None => fail!(Badarg),
                },
                Op::KeyAt => {
                    let key = &code.constants[c!() as usize];
                    match r!(b!()).as_map().and_then(|map| map.get(key, &self.context.symbols)).cloned() {
                        Some(value) => Value::put(r!(a!()), value),
                        None => fail!(Badkey, key.clone()),
                    }
                }
                Op::Display => match r!(b!()) {
                    text if text.as_text().is_some() => Value::put(r!(a!()), text.clone()),
                    Value::Integer(value) => Value::put(r!(a!()), Value::text(value.to_string())),
                    other if is_foreign(other) => {
                        let value = other.clone();
                        effect!(Wanted::Register((base + a!() as usize) as u32), Request::Display(value))
                    }
                    other => {
                        let operands = vec![other.clone()];
                        call!(self.push_send(Symbol::PrintString, operands, (base + a!() as usize) as u32))
                    }
                },
                Op::Join => match crate::natives::text::interpolated(&self.context, row!(b!(), c!())) {
                    Ok(text) => Value::put(r!(a!()), text),
                    Err(Failure::Raise(raise)) => raise!(raise),
                    Err(_) => return Some(Outcome::OutOfMemory),
                },

                Op::IsLiteral => {
                    let same = match (&*r!(a!()), &code.constants[x!() as usize]) {
                        (Value::Integer(m), Value::Integer(n)) => m == n,
                        (left, right) => order::is_same(left, right),
                    };
                    if same {
                        jump!(width(ip))
                    };
                }
                Op::IsTuple => {
                    let is = r!(a!()).as_tuple().is_some_and(|parts| parts.len() == x!() as usize);
                    if is {
                        jump!(width(ip))
                    };
                }
                Op::IsClass => {
                    let wanted = self.context.classes.entry(name(code, x!()));
                    let (class, class_side) = self.context.classes.of(r!(a!()));
                    if !class_side && self.context.is_kind(class, wanted) {
                        jump!(width(ip))
                    };
                }
                Op::IsCons => {
                    if r!(a!()).as_cons().is_some() {
                        jump!(width(ip))
                    }
                }
                Op::IsEmptyList => {
                    if matches!(r!(a!()), Value::EmptyList) {
                        jump!(width(ip))
                    }
                }
                Op::HasKey => {
                    let key = &code.constants[x!() as usize];
                    if r!(a!()).as_map().is_some_and(|map| map.get(key, &self.context.symbols).is_some()) {
                        jump!(width(ip))
                    }
                }

                Op::Jump => jump!(j!()),
                Op::Loop => {
                    jump!(j!());
                    spend!(0);
                }
                Op::JumpIfFalse => match r!(a!()) {
                    Value::False => jump!(s!()),
                    Value::True => {}
                    other => {
                        let value = other.clone();
                        let selector = condition(code, pc!());
                        let selector = self.context.symbols.intern(selector);
                        if let Some(raise) = self.context.not_inlined(&value, selector) {
                            raise!(raise)
                        }
                        effect!(Wanted::Condition, Request::Expect { value, selector })
                    }
                },
                Op::JumpIfTrue => match r!(a!()) {
                    Value::True => jump!(s!()),
                    Value::False => {}
                    other => {
                        let value = other.clone();
                        let selector = condition(code, pc!());
                        let selector = self.context.symbols.intern(selector);
                        if let Some(raise) = self.context.not_inlined(&value, selector) {
                            raise!(raise)
                        }
                        effect!(Wanted::Condition, Request::Expect { value, selector })
                    }
                },
                Op::JumpIfNil => {
                    if matches!(r!(a!()), Value::Nil) {
                        jump!(s!());
                    }
                }
                Op::JumpUnlessTrue => {
                    if !matches!(r!(a!()), Value::True) {
                        jump!(s!());
                    }
                }
                Op::Settle => {
                    if is_foreign(r!(a!())) {
                        let value = r!(a!()).clone();
                        effect!(Wanted::Register((base + a!() as usize) as u32), Request::Settle(value))
                    }
                }
                Op::LoopFrom => {
                    if !r!(a!()).is_number() {
                        let (value, selector) = (r!(a!()).clone(), name(code, x!()));
                        if let Some(raise) = self.context.not_inlined(&value, selector) {
                            raise!(raise)
                        }
                        let request = Request::Expect { value, selector };
                        effect!(Wanted::Register((base + a!() as usize) as u32), request)
                    }
                }
                Op::LoopBound => {
                    if !r!(a!()).is_number() {
                        if is_foreign(r!(a!())) {
                            let request = Request::Settle(r!(a!()).clone());
                            effect!(Wanted::Register((base + a!() as usize) as u32), request)
                        }
                        fail!(Badarith)
                    }
                }
                Op::ForPrepare => match (&*r!(a!()), &*r!(a!() + 1), &*r!(a!() + 2)) {
                    (Value::Integer(from), Value::Integer(to), Value::Integer(step)) => {
                        if (*step > 0 && from <= to) || (*step < 0 && from >= to) {
                            Value::put(r!(a!() + 3), Value::Integer(*from));
                        } else {
                            jump!(s!());
                        }
                    }
                    (from, to, step) => {
                        if goes_on(from, to, step) {
                            Value::put(r!(a!() + 3), from.clone());
                        } else {
                            jump!(s!());
                        }
                    }
                },
                Op::ForNext => {
                    let again = match (&*r!(a!()), &*r!(a!() + 1), &*r!(a!() + 2)) {
                        (Value::Integer(at), Value::Integer(to), Value::Integer(step)) if at.checked_add(*step).is_some() => {
                            let next = at + step;
                            let again = if *step > 0 { next <= *to } else { next >= *to };
                            if again {
                                Value::put(r!(a!()), Value::Integer(next));
                                Value::put(r!(a!() + 3), Value::Integer(next));
                            }
                            again
                        }
                        (at, to, step) => match arithmetic(Arithmetic::Add, at, step) {
                            Some(next) => {
                                let again = goes_on(&next, to, step);
                                Value::put(r!(a!()), next.clone());
                                Value::put(r!(a!() + 3), next);
                                again
                            }
                            None => fail!(Badarith),
                        },
                    };
                    if again {
                        jump!(s!());
                        spend!(0);
                    }
                }

                Op::Return => {
                    let value = Value::take(r!(a!()));
                    let frame = self.frames.pop().expect("something runs");
                    for slot in &mut self.stack[frame.floor as usize..base + code.registers as usize] {
                        Value::put(slot, Value::Nil);
                    }
                    if self.frames.len() <= self.bottom {
                        return Some(Outcome::Done(value));
                    }
                    Value::put(&mut self.stack[frame.answer as usize], value);
                    return None;
                }
                Op::ReturnHome => {
                    let home = self.frames.last().expect("something runs").home;
                    let value = r!(a!()).clone();
                    unwind!(Unwinding::Return { home, value })
                }
                Op::Try | Op::Protect => {
                    let target = (pc!() as i64 + i64::from(s!())) as u32;
                    let frame = self.frames.len() as u32 - 1;
                    self.handlers.push(crate::machine::Handler { frame, target, register: a!(), protects: op == Op::Protect });
                }
                Op::EndTry => {
                    self.handlers.pop();
                }
                Op::Matches => {
                    if let Some(Unwinding::Raise(raise)) = r!(b!()).body::<Unwinding>().cloned() {
                        let exception = self.caught(&raise);
                        let matches = self.context.handles(&exception, r!(c!()));
                        if matches {
                            Value::put(r!(b!()), exception);
                        }
                        truth!(a!(), matches);
                    } else {
                        truth!(a!(), false);
                    }
                }
                Op::JumpIfReturn => {
                    if matches!(r!(a!()).body::<Unwinding>(), Some(Unwinding::Return { .. })) {
                        jump!(s!())
                    }
                }
                Op::Rethrow => {
                    let unwinding = r!(a!()).body::<Unwinding>().cloned();
                    unwind!(unwinding.unwrap_or_else(|| Unwinding::Raise(self.unreachable_code())))
                }
                Op::NoMatch => fail!(CaseClause, r!(a!()).clone()),
                Op::Error => raise!(self.unreachable_code()),
                // Pairs are in linked code only.
                pair => unreachable!("verified: {pair:?}"),
            }
        }
        self.frames.last_mut().expect("something runs").pc = pc!() as u32;
        None
    }

    /// The method a message reaches: what the site remembers, or looked up and remembered.
    #[inline(always)]
    fn target(&mut self, code: &Code, op: Op, site: &Memory, receiver: &mut Value) -> Lookup {
        let (class, class_side) = self.context.classes.of(receiver);
        let key = self.context.classes.key(class, class_side);
        if site.key.get() == key {
            return Lookup::Code(site.target.get());
        }
        self.found(code, op, site, receiver)
    }

    #[cold]
    fn found(&mut self, code: &Code, op: Op, site: &Memory, receiver: &mut Value) -> Lookup {
        let (class, class_side) = self.context.classes.of(receiver);
        // Metaclass objects share a class but not their messages: nothing is remembered of them.
        if class == ClassId::Metaclass && !matches!(op, Op::SendSuper | Op::TailSendSuper) {
            return self.method(receiver, site.selector);
        }
        let Context { classes, symbols, .. } = &mut self.context;
        let found = match op {
            Op::SendSuper | Op::TailSendSuper => match code.class.map(|class| classes.superclass(class, symbols)) {
                Some(Ok(Some(above))) if class_side => classes.lookup_class_side(above, site.selector, symbols),
                Some(Ok(Some(above))) => classes.lookup(above, site.selector, symbols),
                Some(Err(name)) => Lookup::Unknown(name),
                Some(Ok(None)) if class_side => classes.lookup(ClassId::Class, site.selector, symbols),
                Some(Ok(None)) | None => Lookup::Missing,
            },
            _ if (class == ClassId::Actor || class == ClassId::Future) && !class_side => Lookup::Host,
            _ if class_side => classes.lookup_class_side(class, site.selector, symbols),
            _ => classes.lookup(class, site.selector, symbols),
        };
        if let Lookup::Code(target) = found {
            site.target.set(target);
            site.key.set(classes.key(class, class_side));
        }
        found
    }

    /// The request for a message that the host runs.
    fn asked(&self, code: &Code, op: Op, selector: Symbol, operands: Vec<Value>) -> Request {
        match (op, code.class) {
            (Op::SendSuper | Op::TailSendSuper, Some(class)) => {
                let class_side = matches!(operands.first(), Some(Value::Class(_)));
                Request::Super { class: self.context.classes.name(class), class_side, selector, operands }
            }
            _ => Request::Send { selector, told: op == Op::Tell, awaited: op == Op::Ask, operands },
        }
    }
}

/// May an operator be a message to it? Numbers, texts and the like have Erlang's operation at once.
fn dispatches(value: &Value) -> bool {
    value.as_instance().is_some() || value.as_array().is_some() || is_foreign(value)
}

/// A term of the host: it may be a future or an actor.
fn is_foreign(value: &Value) -> bool {
    value.as_foreign().is_some()
}

/// Where the instruction that ends before `pc` begins.
pub(crate) fn previous(words: &[u32], pc: usize) -> usize {
    if pc >= 2 && words[pc - 2] as u8 == Op::Extend as u8 {
        pc - 2
    } else {
        pc - 1
    }
}

fn name(code: &Code, index: u32) -> Symbol {
    match &code.constants[index as usize] {
        Value::Symbol(symbol) => *symbol,
        _ => Symbol(0),
    }
}

fn condition(code: &Code, pc: usize) -> &str {
    match code.chunk.condition_at(previous(&code.chunk.code, pc)) {
        Some(bt_bytecode::Constant::Symbol(name)) => name.as_str(),
        _ => "ifTrue:",
    }
}

/// Other values for the cells; answers those they had.
fn exchange(cells: &Cells, values: Vec<Value>) -> Vec<Value> {
    let word = std::mem::size_of::<Value>();
    let after = values.capacity();
    let old = cells.replace(values);
    resized(old.capacity() * word, after * word);
    old
}

/// Words of the instruction there.
fn width(at: *const u32) -> usize {
    // SAFETY: verified: an instruction is there.
    if unsafe { *at } as u8 == Op::Extend as u8 {
        2
    } else {
        1
    }
}

/// Has a counted loop a turn for this index?
fn goes_on(at: &Value, to: &Value, step: &Value) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = order::compare_numbers(at, to);
    match order::compare_numbers(step, &Value::Integer(0)) {
        Some(Greater) => matches!(order, Some(Less | Equal)),
        Some(Less) => matches!(order, Some(Greater | Equal)),
        _ => false,
    }
}

trait CheckedRemainder {
    fn checked_rem_or_none(&self, other: i64) -> Option<i64>;
}

impl CheckedRemainder for i64 {
    /// By zero it is `None`, like what overflows.
    fn checked_rem_or_none(&self, other: i64) -> Option<i64> {
        self.checked_rem(other)
    }
}
