//! The loop: what instructions do in the common case, with all they need in the processor's registers.
//!
//! An instruction that meets anything else (operands that are no small integers, a site that remembers another class, a prefix, a spent budget) is left where it is
//! and done by `step`, which knows all cases. So nothing here decides what an instruction means: whatever is done here, `step` does alike.
//!
//! Chunks are verified before they are linked, so operands are taken for what they say: registers are inside the frame, constants, sites and blocks exist,
//! targets are instructions. Debug builds check registers all the same.

use std::mem::ManuallyDrop;

use bt_bytecode::Op;

use crate::code::{Code, Memory, Quick};
use crate::heap::{live_bytes, Cells};
use crate::machine::{Machine, Outcome};
use crate::natives::text;
use crate::order;
use crate::raise::{Failure, Unwinding};
use crate::slot::{clear, Words};
use crate::step::previous;
use crate::symbols::Symbol;
use crate::value::{Array, Value};

impl Machine {
    pub(crate) fn run(&mut self) -> Outcome {
        loop {
            if self.frames.is_empty() {
                return Outcome::Done(Value::Nil);
            }
            self.run_on();
            if let Some(outcome) = self.ends.take().or_else(|| self.step()) {
                return outcome;
            }
        }
    }

    /// Runs until an instruction is to be done by `step`, at which the topmost frame is then, or the run `ends`.
    fn run_on(&mut self) {
        'frame: loop {
            let frame = self.frames.last().expect("something runs");
            // SAFETY: code that runs is kept by its class, its block or as the input.
            let code = unsafe { &*frame.code };
            let base = frame.base as usize;
            debug_assert!(base + code.registers as usize <= self.stack.len());
            // SAFETY: verified: control stays in the code.
            let mut ip = unsafe { code.words.as_ptr().add(frame.pc as usize) };
            // SAFETY: the frame's registers are inside the stack, which grows only when a frame is pushed: then `regs` is taken anew.
            let regs = unsafe { self.stack.as_mut_ptr().add(base) };
            macro_rules! jump {
                ($distance:expr) => {
                    // SAFETY: verified.
                    ip = unsafe { ip.offset($distance as isize) }
                };
            }
            /// The frame is at the next instruction, or so many before it.
            macro_rules! leave_at {
                ($back:expr) => {
                    // SAFETY: both are in the code.
                    let pc = unsafe { ip.offset_from(code.words.as_ptr()) } as u32 - $back;
                    self.frames.last_mut().expect("something runs").pc = pc;
                };
            }
            /// The instruction is for `step`.
            macro_rules! leave {
                () => {{
                    leave_at!(1);
                    return;
                }};
            }
            /// What the call pushed, or went back to, runs next.
            macro_rules! call {
                ($call:expr) => {{
                    leave_at!(0);
                    $call;
                    if self.ends.is_some() {
                        return;
                    }
                    continue 'frame;
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
            /// The block that runs: it lies below its registers.
            macro_rules! block {
                () => {
                    // SAFETY: the frame is inside the stack; a method has its caller's registers there, or nothing.
                    match base {
                        0 => None,
                        _ => unsafe { (*regs.sub(1)).as_block() },
                    }
                };
            }
            macro_rules! put {
                ($a:expr, $value:expr) => {{
                    let value = $value;
                    Value::put(r!($a), value)
                }};
            }
            macro_rules! site {
                ($index:expr) => {{
                    let site: &Memory = &code.sites[$index as usize];
                    site
                }};
            }
            /// A comparison's boolean. The jump on it that mostly follows is done with it.
            macro_rules! decide {
                ($a:expr, $test:expr) => {{
                    let (a, test) = ($a, $test);
                    put!(a, if test { Value::True } else { Value::False });
                    // SAFETY: verified: an instruction follows.
                    let next = unsafe { *ip };
                    if next & 0xffff == Op::JumpIfFalse as u32 | a << 8 {
                        jump!(if test { 1 } else { 1 + (next as i32 >> 16) });
                    } else if next & 0xffff == Op::JumpIfTrue as u32 | a << 8 {
                        jump!(if test { 1 + (next as i32 >> 16) } else { 1 });
                    }
                }};
            }
            /// A reduction; a budget that is spent is for `step`.
            macro_rules! spend {
                () => {
                    if !cfg!(feature = "uncounted") {
                        if self.context.fuel <= 0 {
                            leave!()
                        }
                        self.context.fuel -= 1;
                    }
                };
            }
            /// A frame for code whose operands begin at stack index `$base`.
            macro_rules! enter {
                ($code:expr, $base:expr, $floor:expr, $home:expr) => {{
                    leave_at!(0);
                    let (target, new_base): (*const Code, usize) = ($code, $base);
                    // SAFETY: code that is called is kept by its class or its block.
                    let (parameters, registers) = unsafe { ((*target).parameters as usize, (*target).registers as usize) };
                    let old_end = base + code.registers as usize;
                    self.push_frame(target, new_base as u32, $floor as u32, $floor as u32, $home);
                    // Temporaries of the caller may lie where the new frame has variables.
                    let (from, to) = (new_base + parameters, old_end.min(new_base + registers));
                    // SAFETY: the frame is inside the stack.
                    unsafe {
                        let first = self.stack.as_mut_ptr();
                        clear(first.add(from), first.add(to));
                    }
                    continue 'frame;
                }};
            }
            macro_rules! arithmetic {
                ($checked:ident, $float:tt, $a:expr, $b:expr, $right:expr) => {
                    match (&*r!($b), $right) {
                        (Value::Integer(x), Value::Integer(y)) => match x.$checked(*y) {
                            Some(result) => put!($a, Value::Integer(result)),
                            None => leave!(),
                        },
                        (Value::Float(x), Value::Float(y)) => {
                            let result = x $float y;
                            if !result.is_finite() {
                                leave!()
                            }
                            put!($a, Value::Float(result))
                        }
                        _ => leave!(),
                    }
                };
            }
            macro_rules! arithmetic_int {
                ($checked:ident, $a:expr, $b:expr, $right:expr) => {
                    match &*r!($b) {
                        Value::Integer(x) => match x.$checked(i64::from($right)) {
                            Some(result) => put!($a, Value::Integer(result)),
                            None => leave!(),
                        },
                        _ => leave!(),
                    }
                };
            }
            macro_rules! compare {
                ($test:tt, $a:expr, $b:expr, $c:expr) => {
                    match (&*r!($b), &*r!($c)) {
                        (Value::Integer(x), Value::Integer(y)) => decide!($a, x $test y),
                        (Value::Float(x), Value::Float(y)) => decide!($a, x $test y),
                        _ => leave!(),
                    }
                };
            }
            macro_rules! compare_int {
                ($test:tt, $a:expr, $b:expr, $right:expr) => {
                    match &*r!($b) {
                        Value::Integer(x) => decide!($a, *x $test i64::from($right)),
                        _ => leave!(),
                    }
                };
            }
            macro_rules! equal {
                ($is:expr, $negated:expr, $a:expr, $b:expr, $c:expr) => {
                    match (&*r!($b), &*r!($c)) {
                        (Value::Integer(m), Value::Integer(n)) => decide!($a, (m == n) != $negated),
                        (left, right) => decide!($a, $is(left, right) != $negated),
                    }
                };
            }
            /// The instruction behind a test that holds; one with a prefix is longer.
            macro_rules! pass_over {
                () => {{
                    // SAFETY: verified: an instruction is there.
                    if unsafe { *ip } as u8 == Op::Extend as u8 {
                        leave!()
                    }
                    jump!(1)
                }};
            }
            loop {
                // SAFETY: verified: control stays in the code.
                let mut word = unsafe { *ip };
                jump!(1);
                // Operands are taken apart where they are used: nothing is kept in the processor's registers for others.
                macro_rules! a {
                    () => {
                        (word >> 8 & 0xff)
                    };
                }
                macro_rules! b {
                    () => {
                        (word >> 16 & 0xff)
                    };
                }
                macro_rules! c {
                    () => {
                        (word >> 24)
                    };
                }
                macro_rules! x {
                    () => {
                        (word >> 16)
                    };
                }
                macro_rules! s {
                    () => {
                        (word as i32 >> 16)
                    };
                }
                macro_rules! j {
                    () => {
                        (word as i32 >> 8)
                    };
                }
                macro_rules! send {
                    () => {{
                        let site = site!(x!());
                        if site.key.get() != self.context.classes.key_of(r!(a!())) {
                            leave!()
                        }
                        spend!();
                        let target = site.target.get();
                        // SAFETY: the class table keeps the code of its versions.
                        let Some(native) = (unsafe { (*target).native }) else {
                            let at = base + a!() as usize;
                            enter!(target, at, at, None)
                        };
                        let operands = row!(a!(), site.arity + 1);
                        // SAFETY: as above.
                        match (unsafe { (*target).quick }, &mut *operands) {
                            (Quick::ArrayAt, [receiver, index]) => {
                                if let (Some(all), Value::Integer(at)) = (receiver.as_array(), &*index) {
                                    if let Some(element) = all.get((*at).wrapping_sub(1) as usize) {
                                        let element = element.clone();
                                        Value::put(receiver, element);
                                        Value::put(index, Value::Nil);
                                        continue;
                                    }
                                }
                            }
                            (Quick::ArrayAtPut, [Value::Heap(receiver), index, value]) => {
                                if let (Some(all), Value::Integer(at)) = (receiver.get_mut::<Array>(), &*index) {
                                    if let Some(element) = all.0.get_mut((*at).wrapping_sub(1) as usize) {
                                        // SAFETY: the value has left its slot.
                                        unsafe { Words::take(value).put(element) };
                                        Value::put(index, Value::Nil);
                                        continue;
                                    }
                                }
                            }
                            _ => {}
                        }
                        let answer = ManuallyDrop::new(native(&mut self.context, operands));
                        match &*answer {
                            Ok(value) => {
                                // What is left of the arguments would keep values alive.
                                for slot in operands.iter_mut().skip(1) {
                                    Value::put(slot, Value::Nil);
                                }
                                // SAFETY: the answer is forgotten.
                                unsafe { Words::of(value).put(&mut operands[0]) }
                            }
                            Err(Failure::Host) => {
                                self.context.fuel += 1;
                                leave!()
                            }
                            Err(Failure::Evaluate) => {
                                for slot in operands.iter_mut().skip(1) {
                                    Value::put(slot, Value::Nil);
                                }
                                let at = base + a!() as usize;
                                match operands[0].as_block() {
                                    Some(closure) if closure.code.parameters == 0 => {
                                        enter!(std::rc::Rc::as_ptr(&closure.code), at + 1, at, Some(closure.home))
                                    }
                                    _ => call!(self.refused_here(answer, at, 1)),
                                }
                            }
                            Err(_) => call!(self.refused_here(answer, base + a!() as usize, site.arity + 1)),
                        }
                    }};
                }
                macro_rules! evaluate {
                    ($is_tail:expr) => {{
                        let site = site!(x!());
                        let Some(closure) = r!(a!()).as_block() else { leave!() };
                        let (target, home) = (std::rc::Rc::as_ptr(&closure.code), closure.home);
                        if closure.code.parameters != site.arity {
                            leave!()
                        }
                        spend!();
                        let at = base + a!() as usize;
                        if !$is_tail {
                            enter!(target, at + 1, at, Some(home))
                        }
                        let floor = self.frames.last().expect("something runs").floor as usize;
                        self.replace_frame(target, at, site.arity as usize + 1, floor, floor + 1, Some(home));
                        continue 'frame;
                    }};
                }
                macro_rules! again {
                    () => {{
                        spend!();
                        jump!(j!());
                    }};
                }
                macro_rules! for_next {
                    () => {
                        match (&*r!(a!()), &*r!(a!() + 1), &*r!(a!() + 2)) {
                            (Value::Integer(at), Value::Integer(to), Value::Integer(step)) => {
                                let Some(next) = at.checked_add(*step) else { leave!() };
                                if if *step > 0 { next <= *to } else { next >= *to } {
                                    spend!();
                                    put!(a!(), Value::Integer(next));
                                    put!(a!() + 3, Value::Integer(next));
                                    jump!(s!());
                                }
                            }
                            _ => leave!(),
                        }
                    };
                }
                macro_rules! answer {
                    () => {{
                        if self.frames.len() <= self.bottom + 1 {
                            leave!()
                        }
                        let value = Words::take(r!(a!()));
                        let frame = self.frames.pop().expect("something runs");
                        // SAFETY: the frame is inside the stack.
                        unsafe { clear(regs.sub(base - frame.floor as usize), regs.add(code.registers as usize)) };
                        // SAFETY: the answer's place is in the frame below.
                        unsafe { value.put(&mut *self.stack.as_mut_ptr().add(frame.answer as usize)) };
                        continue 'frame;
                    }};
                }
                macro_rules! load_cells {
                    () => {{
                        // The row may hold the cells' own register.
                        if (b!()..b!() + c!()).contains(&a!()) {
                            leave!()
                        }
                        if let Some(cells) = r!(a!()).body::<Cells>() {
                            for (slot, value) in row!(b!(), c!()).iter_mut().zip(cells.borrow().iter()) {
                                Value::put(slot, value.clone());
                            }
                        }
                    }};
                }
                macro_rules! remainder {
                    () => {
                        match (&*r!(b!()), &*r!(c!())) {
                            (Value::Integer(x), Value::Integer(y)) => match x.checked_rem(*y) {
                                Some(result) => put!(a!(), Value::Integer(result)),
                                None => leave!(),
                            },
                            _ => leave!(),
                        }
                    };
                }
                /// The second one of a pair.
                macro_rules! then {
                    ($second:ident $(, $how:expr)?) => {{
                        // SAFETY: a pair has a second instruction.
                        word = unsafe { *ip };
                        jump!(1);
                        $second!($($how)?)
                    }};
                }
                // SAFETY: verified: the byte is the number of an operation.
                let op: Op = unsafe { std::mem::transmute(word as u8) };
                macro_rules! add {
 () => { arithmetic!(checked_add, +, a!(), b!(), &*r!(c!())) } ;
 }
                macro_rules! add_int {
                    () => {
                        arithmetic_int!(checked_add, a!(), b!(), c!())
                    };
                }
                macro_rules! load_captured {
                    () => {
                        match block!() {
                            Some(closure) => put!(a!(), closure.captured[x!() as usize].clone()),
                            None => leave!(),
                        }
                    };
                }
                macro_rules! load_field {
                    () => {{
                        let site = site!(c!());
                        let Some(instance) = r!(b!()).as_instance() else { leave!() };
                        if site.key.get() != u64::from(instance.shape.0) + 1 {
                            leave!()
                        }
                        put!(a!(), instance.fields.get(site.index.get() as usize).cloned().unwrap_or_default());
                    }};
                }
                macro_rules! load_int {
                    () => {
                        put!(a!(), Value::Integer(i64::from(s!())))
                    };
                }
                macro_rules! copy {
                    () => {{
                        let value = &*r!(b!());
                        if let Value::Heap(reference) = value {
                            std::mem::forget(reference.clone());
                        }
                        let (words, slot) = (Words::of(value), r!(a!()));
                        // SAFETY: counted.
                        unsafe { words.put(slot) }
                    }};
                }
                macro_rules! multiply {
 () => { arithmetic!(checked_mul, *, a!(), b!(), &*r!(c!())) } ;
 }
                macro_rules! remainder_int {
                    () => {
                        arithmetic_int!(checked_rem, a!(), b!(), c!())
                    };
                }
                macro_rules! store_cell {
                    () => {{
                        let mut value = r!(b!()).clone();
                        if let Some(cells) = r!(a!()).body::<Cells>() {
                            if let Some(place) = cells.borrow_mut().get_mut(c!() as usize) {
                                std::mem::swap(place, &mut value);
                            }
                        }
                        Value::put(&mut value, Value::Nil);
                    }};
                }
                macro_rules! subtract_int {
                    () => {
                        arithmetic_int!(checked_sub, a!(), b!(), c!())
                    };
                }
                macro_rules! take {
                    () => {{
                        let (words, slot) = (Words::take(r!(b!())), r!(a!()));
                        // SAFETY: they are no other slot's.
                        unsafe { words.put(slot) }
                    }};
                }

                match op {
                    Op::LoadConst => put!(a!(), code.constants[x!() as usize].clone()),
                    Op::LoadInt => load_int!(),
                    Op::LoadNil => put!(a!(), Value::Nil),
                    Op::LoadTrue => put!(a!(), Value::True),
                    Op::LoadFalse => put!(a!(), Value::False),
                    Op::Move => copy!(),
                    Op::Take => take!(),
                    Op::LoadSelf => put!(a!(), block!().map_or(Value::Nil, |closure| closure.receiver.clone())),

                    Op::Add => add!(),
                    Op::Subtract => arithmetic!(checked_sub, -, a!(), b!(), &*r!(c!())),
                    Op::Multiply => multiply!(),
                    Op::AddInt => add_int!(),
                    Op::SubtractInt => subtract_int!(),
                    Op::MultiplyInt => arithmetic_int!(checked_mul, a!(), b!(), c!()),
                    Op::RemainderInt => remainder_int!(),
                    Op::Remainder => remainder!(),
                    Op::Less => compare!(<, a!(), b!(), c!()),
                    Op::Greater => compare!(>, a!(), b!(), c!()),
                    Op::LessEqual => compare!(<=, a!(), b!(), c!()),
                    Op::GreaterEqual => compare!(>=, a!(), b!(), c!()),
                    Op::LessInt => compare_int!(<, a!(), b!(), c!()),
                    Op::GreaterInt => compare_int!(>, a!(), b!(), c!()),
                    Op::LessEqualInt => compare_int!(<=, a!(), b!(), c!()),
                    Op::GreaterEqualInt => compare_int!(>=, a!(), b!(), c!()),
                    Op::EqualInt => compare_int!(==, a!(), b!(), c!()),
                    Op::Equal => equal!(order::is_equal, false, a!(), b!(), c!()),
                    Op::NotEqual => equal!(order::is_equal, true, a!(), b!(), c!()),
                    Op::StrictEqual => equal!(order::is_same, false, a!(), b!(), c!()),
                    Op::StrictNotEqual => equal!(order::is_same, true, a!(), b!(), c!()),
                    Op::Concat => {
                        match (r!(b!()).as_text(), r!(c!()).as_text()) {
                            (Some(left), Some(right)) if text::bounded(left.len() + right.len()).is_ok() => {}
                            _ => leave!(),
                        }
                        let left = if a!() == b!() && b!() != c!() { Value::take(r!(b!())) } else { r!(b!()).clone() };
                        match text::joined(&self.context, left, r!(c!())) {
                            Ok(whole) => put!(a!(), whole),
                            Err(_) => {
                                self.ends = Some(Outcome::OutOfMemory);
                                return;
                            }
                        }
                    }

                    Op::Send | Op::SendSelf | Op::SendSuper | Op::Tell | Op::Ask => send!(),
                    Op::TailSend | Op::TailSendSelf | Op::TailSendSuper => {
                        let site = site!(x!());
                        if site.key.get() != self.context.classes.key_of(r!(a!())) {
                            leave!()
                        }
                        spend!();
                        let floor = self.frames.last().expect("something runs").floor as usize;
                        self.replace_frame(site.target.get(), base + a!() as usize, site.arity as usize + 1, floor, floor, None);
                        continue 'frame;
                    }
                    Op::Evaluate => evaluate!(false),
                    Op::TailEvaluate => evaluate!(true),
                    Op::Primitive | Op::CallErlang => {
                        let site = site!(x!());
                        let Some(native) = site.native else { leave!() };
                        spend!();
                        let answer = ManuallyDrop::new(native(&mut self.context, row!(a!(), site.arity)));
                        let slot = r!(a!());
                        match &*answer {
                            // SAFETY: the answer is forgotten.
                            Ok(value) => unsafe { Words::of(value).put(slot) },
                            Err(Failure::Host) => {
                                self.context.fuel += 1;
                                leave!()
                            }
                            Err(_) => call!(self.refused_here(answer, base + a!() as usize, site.arity)),
                        }
                    }
                    Op::Return => answer!(),

                    Op::Closure => match &code.plain_blocks[x!() as usize] {
                        Some(plain) => put!(a!(), plain.clone()),
                        None => leave!(),
                    },
                    Op::LoadCaptured => load_captured!(),
                    Op::LoadCells => load_cells!(),
                    Op::StoreCell => store_cell!(),

                    Op::LoadField => load_field!(),
                    Op::TupleAt => match r!(b!()).as_tuple().and_then(|parts| parts.get(c!() as usize)) {
                        Some(value) => put!(a!(), value.clone()),
                        None => leave!(),
                    },
                    Op::Head => match r!(b!()).as_cons() {
                        Some(cons) => put!(a!(), cons.head.clone()),
                        None => leave!(),
                    },
                    Op::Rest => match r!(b!()).as_cons() {
                        Some(cons) => put!(a!(), cons.tail.clone()),
                        None => leave!(),
                    },
                    Op::Display => match r!(b!()) {
                        text if text.as_text().is_some() => put!(a!(), text.clone()),
                        Value::Integer(value) => put!(a!(), text::of_integer(*value)),
                        _ => leave!(),
                    },
                    Op::Join => match text::interpolated(&self.context, row!(b!(), c!())) {
                        Ok(whole) => put!(a!(), whole),
                        Err(_) => leave!(),
                    },

                    Op::IsTuple => {
                        if r!(a!()).as_tuple().is_some_and(|parts| parts.len() == x!() as usize) {
                            pass_over!()
                        }
                    }
                    Op::IsCons => {
                        if r!(a!()).as_cons().is_some() {
                            pass_over!()
                        }
                    }
                    Op::IsEmptyList => {
                        if matches!(r!(a!()), Value::EmptyList) {
                            pass_over!()
                        }
                    }

                    Op::Jump => jump!(j!()),
                    Op::Loop => again!(),
                    Op::JumpIfFalse => match r!(a!()) {
                        Value::False => jump!(s!()),
                        Value::True => {}
                        _ => leave!(),
                    },
                    Op::JumpIfTrue => match r!(a!()) {
                        Value::True => jump!(s!()),
                        Value::False => {}
                        _ => leave!(),
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
                    Op::ForPrepare => match (&*r!(a!()), &*r!(a!() + 1), &*r!(a!() + 2)) {
                        (Value::Integer(from), Value::Integer(to), Value::Integer(step)) => {
                            if (*step > 0 && from <= to) || (*step < 0 && from >= to) {
                                put!(a!() + 3, Value::Integer(*from));
                            } else {
                                jump!(s!());
                            }
                        }
                        _ => leave!(),
                    },
                    Op::ForNext => for_next!(),
                    Op::LoopFrom | Op::LoopBound => {
                        if !r!(a!()).is_number() {
                            leave!()
                        }
                    }
                    Op::Settle => {
                        if r!(a!()).as_foreign().is_some() {
                            leave!()
                        }
                    }
                    Op::EndTry => {
                        self.handlers.pop();
                    }
                    Op::Extend
                    | Op::LoadClass
                    | Op::LoadGlobal
                    | Op::Divide
                    | Op::Power
                    | Op::Routine
                    | Op::NewCells
                    | Op::OpenCells
                    | Op::CloseCells
                    | Op::WithField
                    | Op::LoadState
                    | Op::StoreState
                    | Op::LoadClassVar
                    | Op::StoreClassVar
                    | Op::List
                    | Op::ListAnd
                    | Op::Array
                    | Op::Tuple
                    | Op::Map
                    | Op::KeyAt
                    | Op::IsLiteral
                    | Op::IsClass
                    | Op::HasKey
                    | Op::ReturnHome
                    | Op::Try
                    | Op::Protect
                    | Op::JumpIfReturn
                    | Op::Matches
                    | Op::Rethrow
                    | Op::NoMatch
                    | Op::Error => leave!(),

                    Op::TakeTake => {
                        take!();
                        then!(take)
                    }
                    Op::TakeMove => {
                        take!();
                        then!(copy)
                    }
                    Op::TakeLoadInt => {
                        take!();
                        then!(load_int)
                    }
                    Op::MoveMove => {
                        copy!();
                        then!(copy)
                    }
                    Op::MoveTake => {
                        copy!();
                        then!(take)
                    }
                    Op::MoveLoadInt => {
                        copy!();
                        then!(load_int)
                    }
                    Op::AddLoop => {
                        add!();
                        then!(again)
                    }
                    Op::AddIntLoop => {
                        add_int!();
                        then!(again)
                    }
                    Op::TakeForNext => {
                        take!();
                        then!(for_next)
                    }
                    Op::AddForNext => {
                        add!();
                        then!(for_next)
                    }
                    Op::AddReturn => {
                        add!();
                        then!(answer)
                    }
                    Op::MoveReturn => {
                        copy!();
                        then!(answer)
                    }
                    Op::StoreCellReturn => {
                        store_cell!();
                        then!(answer)
                    }
                    Op::LoadCapturedLoadCaptured => {
                        load_captured!();
                        then!(load_captured)
                    }
                    Op::LoadCapturedLoadCells => {
                        load_captured!();
                        then!(load_cells)
                    }
                    Op::LoadFieldReturn => {
                        load_field!();
                        then!(answer)
                    }
                    Op::LoadIntRemainder => {
                        load_int!();
                        then!(remainder)
                    }
                    Op::LoadIntMultiply => {
                        load_int!();
                        then!(multiply)
                    }
                    Op::MoveStoreCell => {
                        copy!();
                        then!(store_cell)
                    }
                    Op::MultiplyRemainderInt => {
                        multiply!();
                        then!(remainder_int)
                    }
                    Op::RemainderIntAdd => {
                        remainder_int!();
                        then!(add)
                    }
                }
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn refused_here(&mut self, answer: ManuallyDrop<Result<Value, Failure>>, at: usize, operands: u32) {
        if let Err(failure) = ManuallyDrop::into_inner(answer) {
            self.ends = self.refused(failure, at, operands);
        }
    }

    /// A primitive has no answer: it failed, or a block is to answer for it. Its operands begin at the stack's index.
    pub(crate) fn refused(&mut self, failure: Failure, at: usize, operands: u32) -> Option<Outcome> {
        match failure {
            Failure::Raise(raise) => self.unwind(Unwinding::Raise(raise)),
            Failure::Evaluate => self.evaluate_at(at, operands),
            Failure::OutOfMemory | Failure::Host => Some(Outcome::OutOfMemory),
        }
    }

    /// The block there is evaluated without arguments, for what was called with operands from there on.
    fn evaluate_at(&mut self, at: usize, operands: u32) -> Option<Outcome> {
        let old_end = self.top();
        for slot in &mut self.stack[at + 1..at + operands as usize] {
            Value::put(slot, Value::Nil);
        }
        match self.stack[at].as_block().map(|closure| (std::rc::Rc::as_ptr(&closure.code), closure.home)) {
            // SAFETY: the block keeps its code.
            Some((target, home)) if unsafe { (*target).parameters } == 0 => {
                self.push_block(target, at, at as u32, home);
                let new_end = self.top();
                for slot in &mut self.stack[at + 1..old_end.min(new_end)] {
                    Value::put(slot, Value::Nil);
                }
                None
            }
            _ => {
                let operands = vec![Value::take(&mut self.stack[at])];
                self.push_send(Symbol::Value, operands, at as u32)
            }
        }
    }

    /// The topmost frame goes, its operands move down, and the code runs in its place.
    #[inline(never)]
    pub(crate) fn replace_frame(
        &mut self,
        code: *const Code,
        operands: usize,
        count: usize,
        floor: usize,
        base: usize,
        home: Option<u64>,
    ) {
        let frame = self.frames.pop().expect("something runs");
        // SAFETY: as in `run`.
        let end = frame.base as usize + unsafe { (*frame.code).registers } as usize;
        for index in 0..count {
            let value = Value::take(&mut self.stack[operands + index]);
            Value::put(&mut self.stack[floor + index], value);
        }
        for slot in &mut self.stack[floor + count..end.max(floor + count)] {
            Value::put(slot, Value::Nil);
        }
        self.push_frame(code, base as u32, floor as u32, frame.answer, home);
    }

    #[cold]
    pub(crate) fn out_of_fuel(&mut self) -> Option<Outcome> {
        let frames = self.frames.len() * std::mem::size_of::<crate::machine::Frame>();
        if live_bytes().max(0) as usize + frames + self.top() * std::mem::size_of::<Value>() > self.context.limit {
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
