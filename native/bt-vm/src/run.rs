//! The loop.
//!
//! Chunks are verified before they are linked, so operands are taken for what they say: registers are inside the frame, constants, sites and blocks exist,
//! targets are instructions. Debug builds check registers all the same.

use bt_bytecode::isa::Routine;
use bt_bytecode::{Op, Site};

use crate::classes::ClassId;
use crate::code::{Closure, Code, Memory};
use crate::heap::{live_bytes, Cells, Ref};
use crate::machine::{Machine, Outcome, Request, Wanted};
use crate::number::{arithmetic, Arithmetic};
use crate::order;
use crate::raise::{Kind, Raise, Unwinding};
use crate::symbols::Symbol;
use crate::value::Value;

/// How a loop ends.
enum Stop {
    Outcome(Outcome),
    /// The topmost frame's code is for the other loop.
    Other,
}

impl Machine {
    pub(crate) fn run(&mut self) -> Outcome {
        loop {
            let Some(frame) = self.frames.last() else { return Outcome::Done(Value::Nil) };
            // SAFETY: code that runs is kept by its class, its block or as the input.
            let wide = unsafe { (*frame.code).wide };
            // Code with prefixes has a loop of its own, so that the other one need not look for them.
            let stop = if wide { self.run_frames::<true>() } else { self.run_frames::<false>() };
            if let Stop::Outcome(outcome) = stop {
                return outcome;
            }
        }
    }

    fn run_frames<const WIDE: bool>(&mut self) -> Stop {
        'frame: loop {
            let frame = self.frames.last().expect("something runs");
            // SAFETY: as in `run`.
            let code = unsafe { &*frame.code };
            if code.wide != WIDE {
                return Stop::Other;
            }
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
                    self.frames.last_mut().expect("something runs").pc = pc!() as u32;
                    match self.unwind($unwinding) {
                        Some(outcome) => return Stop::Outcome(outcome),
                        None => continue 'frame,
                    }
                }};
            }
            macro_rules! raise {
                ($kind:expr, $value:expr) => {
                    unwind!(Unwinding::Raise(Raise::new($kind, $value)))
                };
            }
            /// Leaves the loop with a request.
            macro_rules! effect {
                ($wanted:expr, $request:expr) => {{
                    self.frames.last_mut().expect("something runs").pc = pc!() as u32;
                    self.wanted = $wanted;
                    return Stop::Outcome(Outcome::Effect($request));
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
                    self.fuel -= 1;
                    if self.fuel < 0 {
                        if let Some(outcome) = self.out_of_fuel() {
                            self.frames.last_mut().expect("something runs").pc = (pc!() - $back) as u32;
                            return Stop::Outcome(outcome);
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
                    continue 'frame;
                }};
            }
            /// The operator's method of an object, or what the host makes of it.
            macro_rules! operator {
                ($selector:literal, $a:expr, $b:expr, $c:expr) => {{
                    let (left, right) = (r!($b).clone(), r!($c).clone());
                    let selector = self.symbols.intern($selector);
                    let (class, class_side) = self.classes.of(&left);
                    let found = if class_side {
                        None
                    } else {
                        self.classes.lookup(class, selector).map(|m| std::rc::Rc::as_ptr(&m.code))
                    };
                    match found {
                        Some(target) => {
                            let top = base + code.registers as usize;
                            if self.stack.len() < top + 2 {
                                self.stack.resize(2 * (top + 2), Value::Nil);
                            }
                            self.stack[top] = left;
                            self.stack[top + 1] = right;
                            enter!(target, top, top, base + ($a) as usize, None)
                        }
                        None => effect!(
                            Wanted::Register((base + ($a) as usize) as u32),
                            Request::Operator { selector, operands: vec![left, right] }
                        ),
                    }
                }};
            }
            macro_rules! arithmetic {
                ($op:ident, $checked:ident, $float:tt, $selector:literal, $a:expr, $b:expr, $c:expr) => {
                    match (&*r!($b), &*r!($c)) {
                        (Value::Integer(x), Value::Integer(y)) => match x.$checked(*y) {
                            Some(sum) => Value::put(r!($a), Value::Integer(sum)),
                            None => match arithmetic(Arithmetic::$op, r!($b), r!($c)) {
                                Some(value) => Value::put(r!($a), value),
                                None => raise!(Kind::BadArithmetic, r!($b).clone()),
                            },
                        },
                        (left, right) => {
                            if left.as_instance().is_some() {
                                operator!($selector, $a, $b, $c)
                            }
                            match arithmetic(Arithmetic::$op, left, right) {
                                Some(value) => Value::put(r!($a), value),
                                None => raise!(Kind::BadArithmetic, left.clone()),
                            }
                        }
                    }
                };
            }
            macro_rules! compare {
                ($test:tt, $selector:literal, $a:expr, $b:expr, $c:expr) => {
                    match (&*r!($b), &*r!($c)) {
                        (Value::Integer(x), Value::Integer(y)) => truth!($a, x $test y),
                        (Value::Float(x), Value::Float(y)) => truth!($a, x $test y),
                        (left, right) => {
                            if left.as_instance().is_some() {
                                operator!($selector, $a, $b, $c)
                            }
                            let order = order::compare(left, right, &self.symbols);
                            truth!($a, order $test std::cmp::Ordering::Equal)
                        }
                    }
                };
            }
            loop {
                // SAFETY: verified: control stays in the code.
                let mut word = unsafe { *ip };
                jump!(1);
                let mut high = 0;
                let mut is_long = false;
                if WIDE && word as u8 == Op::Extend as u8 {
                    (high, is_long) = (word, true);
                    // SAFETY: verified: an instruction follows.
                    word = unsafe { *ip };
                    jump!(1);
                }
                // Operands are taken apart where they are used: nothing is kept in machine registers for others.
                macro_rules! a {
                    () => {
                        word >> 8 & 0xff | if WIDE { high & 0xff00 } else { 0 }
                    };
                }
                macro_rules! b {
                    () => {
                        word >> 16 & 0xff | if WIDE { high >> 8 & 0xff00 } else { 0 }
                    };
                }
                macro_rules! c {
                    () => {
                        word >> 24 | if WIDE { high >> 16 & 0xff00 } else { 0 }
                    };
                }
                macro_rules! x {
                    () => {
                        word >> 16 | if WIDE { high & 0xffff_0000 } else { 0 }
                    };
                }
                macro_rules! s {
                    () => {
                        if WIDE && is_long {
                            x!() as i32
                        } else {
                            word as i32 >> 16
                        }
                    };
                }
                macro_rules! j {
                    () => {
                        if WIDE && is_long {
                            ((high >> 8) << 24 | word >> 8) as i32
                        } else {
                            word as i32 >> 8
                        }
                    };
                }
                // SAFETY: verified: the byte is the number of an operation.
                let op: Op = unsafe { std::mem::transmute(word as u8) };
                match op {
                    Op::Extend => unreachable!("verified"),
                    Op::LoadConst => Value::put(r!(a!()), code.constants[x!() as usize].clone()),
                    Op::LoadInt => Value::put(r!(a!()), Value::Integer(i64::from(s!()))),
                    Op::LoadNil => Value::put(r!(a!()), Value::Nil),
                    Op::LoadTrue => Value::put(r!(a!()), Value::True),
                    Op::LoadFalse => Value::put(r!(a!()), Value::False),
                    Op::Move => Value::put(r!(a!()), r!(b!()).clone()),
                    Op::LoadSelf => {
                        let floor = self.frames.last().expect("something runs").floor as usize;
                        let receiver = self.stack[floor].as_block().map_or(Value::Nil, |closure| closure.receiver.clone());
                        Value::put(r!(a!()), receiver);
                    }
                    Op::LoadClass => {
                        let name = name(code, x!());
                        match self.classes.named(name) {
                            Some(class) => Value::put(r!(a!()), Value::Class(class)),
                            None => effect!(Wanted::Register((base + a!() as usize) as u32), Request::Class(name)),
                        }
                    }
                    Op::LoadGlobal => {
                        effect!(Wanted::Register((base + a!() as usize) as u32), Request::Global(name(code, x!())))
                    }
                    Op::Add => arithmetic!(Add, checked_add, +, "+", a!(), b!(), c!()),
                    Op::Subtract => arithmetic!(Subtract, checked_sub, -, "-", a!(), b!(), c!()),
                    Op::Multiply => arithmetic!(Multiply, checked_mul, *, "*", a!(), b!(), c!()),
                    Op::Remainder => arithmetic!(Remainder, checked_rem_or_none, %, "%", a!(), b!(), c!()),
                    Op::Divide => {
                        let (left, right) = (&*r!(b!()), &*r!(c!()));
                        if left.as_instance().is_some() {
                            operator!("/", a!(), b!(), c!())
                        }
                        match arithmetic(Arithmetic::Divide, left, right) {
                            Some(value) => Value::put(r!(a!()), value),
                            None => raise!(Kind::BadArithmetic, left.clone()),
                        }
                    }
                    Op::Power | Op::Concat => {
                        let selector = if op == Op::Power { "**" } else { "++" };
                        let (left, right) = (r!(b!()).clone(), r!(c!()).clone());
                        let selector = self.symbols.intern(selector);
                        let wanted = Wanted::Register((base + a!() as usize) as u32);
                        effect!(wanted, Request::Operator { selector, operands: vec![left, right] })
                    }
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
                    Op::Less => compare!(<, "<", a!(), b!(), c!()),
                    Op::Greater => compare!(>, ">", a!(), b!(), c!()),
                    Op::LessEqual => compare!(<=, "<=", a!(), b!(), c!()),
                    Op::GreaterEqual => compare!(>=, ">=", a!(), b!(), c!()),

                    Op::Send | Op::SendSelf | Op::SendSuper | Op::Tell | Op::Ask => {
                        spend!(1 + usize::from(WIDE && is_long));
                        let site = &code.sites[x!() as usize];
                        let at = base + a!() as usize;
                        if let Some(target) = self.target(code, op, site, r!(a!())) {
                            enter!(target, at, at, at, None)
                        }
                        let operands = row!(a!(), site.arity + 1).iter_mut().map(std::mem::take).collect();
                        let wanted = if op == Op::Tell { Wanted::Nothing } else { Wanted::Register(at as u32) };
                        let (told, awaited) = (op == Op::Tell, op == Op::Ask);
                        effect!(wanted, Request::Send { selector: site.selector, told, awaited, operands })
                    }
                    Op::TailSend | Op::TailSendSelf | Op::TailSendSuper => {
                        spend!(1 + usize::from(WIDE && is_long));
                        let site = &code.sites[x!() as usize];
                        if let Some(target) = self.target(code, op, site, r!(a!())) {
                            let floor = self.frames.last().expect("something runs").floor as usize;
                            self.replace_frame(target, base + a!() as usize, site.arity as usize + 1, floor, floor, None);
                            continue 'frame;
                        }
                        let operands = row!(a!(), site.arity + 1).iter_mut().map(std::mem::take).collect();
                        let request = Request::Send { selector: site.selector, told: false, awaited: false, operands };
                        effect!(Wanted::Return, request)
                    }
                    Op::Evaluate | Op::TailEvaluate => {
                        spend!(1 + usize::from(WIDE && is_long));
                        let site = &code.sites[x!() as usize];
                        let at = base + a!() as usize;
                        match r!(a!()).as_block().map(|closure| (std::rc::Rc::as_ptr(&closure.code), closure.home)) {
                            Some((target, home)) => {
                                let expected = unsafe { (*target).parameters };
                                if expected != site.arity {
                                    raise!(Kind::WrongArity { expected, given: site.arity }, r!(a!()).clone())
                                }
                                if op == Op::Evaluate {
                                    enter!(target, at + 1, at, at, Some(home))
                                }
                                let floor = self.frames.last().expect("something runs").floor as usize;
                                self.replace_frame(target, at, site.arity as usize + 1, floor, floor + 1, Some(home));
                                continue 'frame;
                            }
                            None => {
                                let operands = row!(a!(), site.arity + 1).iter_mut().map(std::mem::take).collect();
                                let wanted = if op == Op::Evaluate { Wanted::Register(at as u32) } else { Wanted::Return };
                                let request = Request::Send { selector: site.selector, told: false, awaited: false, operands };
                                effect!(wanted, request)
                            }
                        }
                    }
                    Op::CallErlang | Op::Primitive => {
                        spend!(1 + usize::from(WIDE && is_long));
                        let arity = code.sites[x!() as usize].arity;
                        let operands = row!(a!(), arity).iter_mut().map(std::mem::take).collect();
                        let Site::Call { module, function, .. } = &code.chunk.sites[x!() as usize] else {
                            unreachable!("verified")
                        };
                        let (module, function) = (self.symbols.intern(module), self.symbols.intern(function));
                        let request = if op == Op::Primitive {
                            Request::Primitive { module, function, operands }
                        } else {
                            Request::Call { module, function, operands }
                        };
                        effect!(Wanted::Register((base + a!() as usize) as u32), request)
                    }
                    Op::Routine => {
                        let operands = row!(a!(), c!()).iter_mut().map(std::mem::take).collect();
                        let routine = Routine::from_number(b!() as u8).expect("verified");
                        effect!(Wanted::Register((base + a!() as usize) as u32), Request::Routine { routine, operands })
                    }

                    Op::Closure => {
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
                    Op::NewCells => Value::put(r!(a!()), Value::Heap(Ref::new::<Cells>(Cells::new(None)))),
                    Op::OpenCells => {
                        let values = row!(b!(), c!()).to_vec();
                        if let Some(cells) = r!(a!()).body::<Cells>() {
                            *cells.borrow_mut() = Some(values);
                        }
                    }
                    Op::CloseCells => {
                        let values = r!(a!()).body::<Cells>().and_then(|cells| cells.borrow_mut().take());
                        for (slot, value) in row!(b!(), c!()).iter_mut().zip(values.into_iter().flatten()) {
                            *slot = value;
                        }
                    }
                    Op::LoadCells => {
                        let values = r!(a!()).body::<Cells>().and_then(|cells| cells.borrow().clone());
                        for (slot, value) in row!(b!(), c!()).iter_mut().zip(values.into_iter().flatten()) {
                            *slot = value;
                        }
                    }
                    Op::StoreCell => {
                        let value = r!(b!()).clone();
                        if let Some(cells) = r!(a!()).body::<Cells>() {
                            if let Some(place) = cells.borrow_mut().as_mut().and_then(|values| values.get_mut(c!() as usize)) {
                                *place = value;
                            }
                        }
                    }

                    Op::LoadField => {
                        let site = &code.sites[c!() as usize];
                        let value = match r!(b!()).as_instance() {
                            Some(instance) => {
                                let key = self.classes.key(instance.class, false);
                                if site.key.get() != key {
                                    let fields = self.classes.fields(instance.class);
                                    let index = fields.iter().position(|field| *field == site.selector);
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
                        self.with_field(r!(a!()), selector, value);
                    }
                    Op::LoadState => {
                        effect!(Wanted::Register((base + a!() as usize) as u32), Request::ReadState(name(code, x!())))
                    }
                    Op::StoreState => {
                        let value = r!(a!()).clone();
                        effect!(Wanted::Nothing, Request::WriteState(name(code, x!()), value))
                    }
                    Op::LoadClassVar => {
                        effect!(Wanted::Register((base + a!() as usize) as u32), Request::ReadClassVar(name(code, x!())))
                    }
                    Op::StoreClassVar => {
                        let value = r!(a!()).clone();
                        effect!(Wanted::Nothing, Request::WriteClassVar(name(code, x!()), value))
                    }

                    Op::List => Value::put(r!(a!()), Value::list(row!(b!(), c!()).iter().cloned())),
                    Op::ListAnd => {
                        let (elements, tail) = (row!(b!(), c!()), r!(b!() + c!()).clone());
                        Value::put(r!(a!()), elements.iter().rev().fold(tail, |tail, head| Value::cons(head.clone(), tail)));
                    }
                    Op::Tuple => Value::put(r!(a!()), Value::tuple(row!(b!(), c!()).to_vec())),
                    Op::Array | Op::Map => {
                        let (function, count) = if op == Op::Array { ("array", c!()) } else { ("dictionary", 2 * c!()) };
                        let operands = row!(b!(), count).to_vec();
                        let (module, function) = (self.symbols.intern("make"), self.symbols.intern(function));
                        let wanted = Wanted::Register((base + a!() as usize) as u32);
                        effect!(wanted, Request::Primitive { module, function, operands })
                    }
                    Op::TupleAt => match r!(b!()).as_tuple().and_then(|parts| parts.get(c!() as usize)).cloned() {
                        Some(value) => Value::put(r!(a!()), value),
                        None => raise!(Kind::BadTuple, r!(b!()).clone()),
                    },
                    Op::Head => match r!(b!()).as_cons().map(|cons| cons.head.clone()) {
                        Some(value) => Value::put(r!(a!()), value),
                        None => raise!(Kind::BadList, r!(b!()).clone()),
                    },
                    Op::Rest => match r!(b!()).as_cons().map(|cons| cons.tail.clone()) {
                        Some(value) => Value::put(r!(a!()), value),
                        None => raise!(Kind::BadList, r!(b!()).clone()),
                    },
                    Op::KeyAt => raise!(Kind::BadKey, r!(b!()).clone()),
                    Op::Display => match r!(b!()) {
                        text if text.as_text().is_some() => Value::put(r!(a!()), text.clone()),
                        Value::Integer(value) => Value::put(r!(a!()), Value::text(value.to_string())),
                        other => {
                            let value = other.clone();
                            effect!(Wanted::Register((base + a!() as usize) as u32), Request::Display(value))
                        }
                    },
                    Op::Join => {
                        let parts = row!(b!(), c!());
                        let mut joined = Vec::with_capacity(parts.iter().map(|part| part.as_text().map_or(0, <[u8]>::len)).sum());
                        match parts.iter().find(|part| part.as_text().is_none()) {
                            Some(culprit) => raise!(Kind::NotText, culprit.clone()),
                            None => parts.iter().for_each(|part| joined.extend_from_slice(part.as_text().unwrap_or_default())),
                        }
                        Value::put(r!(a!()), Value::text(joined));
                    }

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
                        let wanted = self.classes.named(name(code, x!()));
                        let (class, class_side) = self.classes.of(r!(a!()));
                        let is = !class_side && wanted.is_some_and(|wanted| self.classes.inherits_from(class, wanted));
                        if is {
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
                    Op::HasKey => {}

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
                            let selector = self.symbols.intern(selector);
                            effect!(Wanted::Condition, Request::Expect { value, selector })
                        }
                    },
                    Op::JumpIfTrue => match r!(a!()) {
                        Value::True => jump!(s!()),
                        Value::False => {}
                        other => {
                            let value = other.clone();
                            let selector = condition(code, pc!());
                            let selector = self.symbols.intern(selector);
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
                        if matches!(r!(a!()), Value::Opaque(_)) {
                            let value = r!(a!()).clone();
                            effect!(Wanted::Register((base + a!() as usize) as u32), Request::Settle(value))
                        }
                    }
                    Op::LoopFrom => {
                        if !r!(a!()).is_number() {
                            let request = Request::Expect { value: r!(a!()).clone(), selector: name(code, x!()) };
                            effect!(Wanted::Register((base + a!() as usize) as u32), request)
                        }
                    }
                    Op::LoopBound => {
                        if !r!(a!()).is_number() {
                            raise!(Kind::BadLoopBound, r!(a!()).clone())
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
                                None => raise!(Kind::BadArithmetic, at.clone()),
                            },
                        };
                        if again {
                            jump!(s!());
                            spend!(0);
                        }
                    }

                    Op::Return => {
                        let value = std::mem::take(r!(a!()));
                        let frame = self.frames.pop().expect("something runs");
                        for slot in &mut self.stack[frame.floor as usize..base + code.registers as usize] {
                            Value::put(slot, Value::Nil);
                        }
                        if self.frames.is_empty() {
                            return Stop::Outcome(Outcome::Done(value));
                        }
                        Value::put(&mut self.stack[frame.answer as usize], value);
                        continue 'frame;
                    }
                    Op::ReturnHome => {
                        let home = self.frames.last().expect("something runs").home;
                        let value = r!(a!()).clone();
                        unwind!(Unwinding::Return { home, value })
                    }
                    Op::Try | Op::Protect => {
                        let target = (pc!() as i64 + i64::from(s!())) as u32;
                        let frame = self.frames.len() as u32 - 1;
                        self.handlers.push(crate::machine::Handler {
                            frame,
                            target,
                            register: a!(),
                            protects: op == Op::Protect,
                        });
                    }
                    Op::EndTry => {
                        self.handlers.pop();
                    }
                    Op::Matches => {
                        let exception = match r!(b!()).body::<Unwinding>() {
                            Some(Unwinding::Raise(raise)) => raise.clone(),
                            _ => Raise::new(Kind::Unreachable, Value::Nil),
                        };
                        let wanted = r!(c!()).clone();
                        let at = Wanted::Register((base + a!() as usize) as u32);
                        effect!(at, Request::Matches { exception, wanted })
                    }
                    Op::JumpIfReturn => {
                        if matches!(r!(a!()).body::<Unwinding>(), Some(Unwinding::Return { .. })) {
                            jump!(s!())
                        }
                    }
                    Op::Rethrow => {
                        let unwinding = r!(a!()).body::<Unwinding>().cloned();
                        unwind!(unwinding.unwrap_or_else(|| Unwinding::Raise(Raise::new(Kind::Unreachable, Value::Nil))))
                    }
                    Op::NoMatch => raise!(Kind::NoMatch, r!(a!()).clone()),
                    Op::Error => raise!(Kind::Unreachable, Value::Nil),
                }
            }
        }
    }

    /// The method a message reaches: what the site remembers, or looked up and remembered.
    #[inline(always)]
    fn target(&self, code: &Code, op: Op, site: &Memory, receiver: &Value) -> Option<*const Code> {
        let (class, class_side) = self.classes.of(receiver);
        let key = self.classes.key(class, class_side);
        if site.key.get() != key {
            let from = match op {
                Op::SendSuper | Op::TailSendSuper => code.class.and_then(|class| self.classes.superclass(class))?,
                _ => class,
            };
            site.target.set(self.find(from, class_side, site.selector)?);
            site.key.set(key);
        }
        Some(site.target.get())
    }

    fn find(&self, class: ClassId, class_side: bool, selector: Symbol) -> Option<*const Code> {
        let method = match class_side {
            true => self.classes.lookup_class_side(class, selector),
            false => self.classes.lookup(class, selector),
        };
        method.map(|method| std::rc::Rc::as_ptr(&method.code))
    }

    /// The topmost frame goes, its operands move down, and the code runs in its place.
    fn replace_frame(&mut self, code: *const Code, operands: usize, count: usize, floor: usize, base: usize, home: Option<u64>) {
        let frame = self.frames.pop().expect("something runs");
        // SAFETY: as in `run`.
        let end = frame.base as usize + unsafe { (*frame.code).registers } as usize;
        for index in 0..count {
            let value = std::mem::take(&mut self.stack[operands + index]);
            Value::put(&mut self.stack[floor + index], value);
        }
        for slot in &mut self.stack[floor + count..end.max(floor + count)] {
            Value::put(slot, Value::Nil);
        }
        self.push_frame(code, base as u32, floor as u32, frame.answer, home);
    }

    /// Copy of the object with another value in a field; in place where nothing else refers to it.
    fn with_field(&self, object: &mut Value, field: Symbol, value: Value) {
        let Some(class) = object.as_instance().map(|instance| instance.class) else { return };
        let Some(index) = self.classes.fields(class).iter().position(|name| *name == field) else { return };
        if let Value::Heap(reference) = object {
            if let Some(instance) = reference.get_mut::<crate::value::Instance>() {
                instance.fields[index] = value;
                return;
            }
        }
        let mut fields = object.as_instance().map(|instance| instance.fields.clone()).unwrap_or_default();
        fields[index] = value;
        *object = Value::instance(class, fields);
    }

    #[cold]
    fn out_of_fuel(&mut self) -> Option<Outcome> {
        if live_bytes().max(0) as usize + self.stack.len() * std::mem::size_of::<Value>() > self.limit {
            return Some(Outcome::OutOfMemory);
        }
        Some(Outcome::Yielded)
    }

    /// The instruction before tested a condition that was no boolean; the host says what its value is.
    pub(crate) fn run_from_condition(&mut self, value: Value) -> Outcome {
        let frame = self.frames.last_mut().expect("something runs");
        // SAFETY: as in `run`.
        let code = unsafe { &*frame.code };
        let before = previous(&code.chunk.code, frame.pc as usize);
        if let Ok(decoded) = bt_bytecode::decode(&code.chunk.code, before) {
            let jumps = match decoded.op {
                Op::JumpIfTrue => matches!(value, Value::True),
                _ => matches!(value, Value::False),
            };
            if jumps {
                frame.pc = (decoded.next as i64 + decoded.operands[1]) as u32;
            }
        }
        self.run()
    }
}

/// Where the instruction that ends before `pc` begins.
fn previous(words: &[u32], pc: usize) -> usize {
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
