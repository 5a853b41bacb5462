//! A session's machine: its frames, and how a run begins, stops and goes on.

use std::rc::Rc;

use bt_base::Span;
use bt_bytecode::isa::Routine;

use crate::classes::{ClassId, Classes};
use crate::code::Code;
use crate::raise::{Kind, Raise, Unwinding};
use crate::symbols::{Symbol, Symbols};
use crate::value::Value;

/// Frames and registers beyond these are a matter of the memory limit; this is where room for them begins.
const FIRST_REGISTERS: usize = 1_024;

/// What a run came to.
#[derive(Debug)]
pub enum Outcome {
    Done(Value),
    /// Raised and not caught; where in the source.
    Failed(Raise, Span),
    /// The budget is spent; `resume` goes on.
    Yielded,
    /// Only the host can do this; `answer` or `refuse` goes on.
    Effect(Request),
    /// The values of the machine need more memory than it may have.
    OutOfMemory,
}

/// What the host is asked for.
#[derive(Debug)]
pub enum Request {
    /// A message whose receiver has no such method here. `told`: nobody uses the answer. `awaited`: it is awaited.
    Send {
        selector: Symbol,
        told: bool,
        awaited: bool,
        operands: Vec<Value>,
    },
    Call {
        module: Symbol,
        function: Symbol,
        operands: Vec<Value>,
    },
    Primitive {
        module: Symbol,
        function: Symbol,
        operands: Vec<Value>,
    },
    Routine {
        routine: Routine,
        operands: Vec<Value>,
    },
    Class(Symbol),
    Global(Symbol),
    ReadState(Symbol),
    WriteState(Symbol, Value),
    ReadClassVar(Symbol),
    WriteClassVar(Symbol, Value),
    /// The text of a value within a text.
    Display(Value),
    /// An operator whose left operand is an object without a method for it.
    Operator {
        selector: Symbol,
        operands: Vec<Value>,
    },
    /// Does the exception belong to what the handler wants?
    Matches {
        exception: Raise,
        wanted: Value,
    },
    /// The value of what may be a future.
    Settle(Value),
    /// A condition that is no boolean, or a loop's start that is no number: its value when it is a future.
    Expect {
        value: Value,
        selector: Symbol,
    },
}

/// An activation.
#[derive(Debug)]
pub(crate) struct Frame {
    pub code: *const Code,
    /// Next instruction; current only while another frame runs above.
    pub pc: u32,
    /// Index of R[0] on the stack.
    pub base: u32,
    /// Where what belongs to the frame begins: a block lies below its registers.
    pub floor: u32,
    /// Where the answer goes.
    pub answer: u32,
    /// Number of the activation, which `^` from its blocks names.
    pub serial: u64,
    /// Of a block: the activation `^` ends. Of a method: itself.
    pub home: u64,
}

#[derive(Debug)]
pub(crate) struct Handler {
    pub frame: u32,
    pub target: u32,
    pub register: u32,
    /// Catches whatever unwinds.
    pub protects: bool,
}

/// Where the value that the host answers goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    Register(u32),
    Nothing,
    /// The instruction before is done again with the value as a boolean in place of its register's.
    Condition,
    /// The activation ends with it.
    Return,
}

pub struct Machine {
    pub symbols: Symbols,
    pub classes: Classes,
    pub(crate) stack: Vec<Value>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) serial: u64,
    /// Reductions left.
    pub(crate) fuel: i64,
    /// Bytes that values and stack may take.
    pub(crate) limit: usize,
    pub(crate) wanted: Wanted,
    /// The code of the input that runs: nothing else keeps it.
    input: Option<Rc<Code>>,
}

impl Default for Machine {
    fn default() -> Machine {
        Machine::new(256 << 20)
    }
}

impl Machine {
    /// A machine whose values may take so many bytes.
    pub fn new(limit: usize) -> Machine {
        let mut symbols = Symbols::default();
        let classes = Classes::new(&mut symbols);
        Machine {
            symbols,
            classes,
            stack: vec![Value::Nil; FIRST_REGISTERS],
            frames: Vec::new(),
            handlers: Vec::new(),
            serial: 0,
            fuel: 0,
            limit,
            wanted: Wanted::Nothing,
            input: None,
        }
    }

    /// Begins to run an input with values for its parameters.
    pub fn start(&mut self, code: Rc<Code>, operands: Vec<Value>, fuel: i64) -> Outcome {
        self.reset();
        let pointer = Rc::as_ptr(&code);
        self.input = Some(code);
        for (slot, operand) in self.stack.iter_mut().zip(operands) {
            *slot = operand;
        }
        self.push_frame(pointer, 0, 0, 0, None);
        self.resume(fuel)
    }

    /// Goes on after a spent budget.
    pub fn resume(&mut self, fuel: i64) -> Outcome {
        self.fuel = fuel;
        self.run()
    }

    /// Goes on with what the host made of a request.
    pub fn answer(&mut self, value: Value, fuel: i64) -> Outcome {
        self.fuel = fuel;
        match self.wanted {
            Wanted::Register(slot) => self.stack[slot as usize] = value,
            Wanted::Nothing => {}
            Wanted::Condition => return self.run_from_condition(value),
            Wanted::Return => {
                if let Some(done) = self.return_value(value) {
                    return Outcome::Done(done);
                }
            }
        }
        self.run()
    }

    /// Goes on with an exception in place of an answer.
    pub fn refuse(&mut self, raise: Raise, fuel: i64) -> Outcome {
        self.fuel = fuel;
        match self.unwind(Unwinding::Raise(raise)) {
            Some(outcome) => outcome,
            None => self.run(),
        }
    }

    /// Forgets what was running.
    pub fn reset(&mut self) {
        self.frames.clear();
        self.handlers.clear();
        self.stack.iter_mut().for_each(|slot| *slot = Value::Nil);
        self.stack.truncate(FIRST_REGISTERS);
        self.input = None;
        self.classes.forget_retired();
    }

    /// An instance with all fields nil.
    pub fn instance(&self, class: ClassId) -> Value {
        Value::instance(class, vec![Value::Nil; self.classes.fields(class).len()])
    }

    /// Makes room, counts the activation. Its operands are in place at `base`.
    pub(crate) fn push_frame(&mut self, code: *const Code, base: u32, floor: u32, answer: u32, home: Option<u64>) {
        // SAFETY: code that is called is kept by its class, its block or as the input.
        let registers = unsafe { (*code).registers };
        let end = base as usize + registers as usize;
        if end > self.stack.len() {
            self.stack.resize((end * 2).max(FIRST_REGISTERS), Value::Nil);
        }
        self.serial += 1;
        let serial = self.serial;
        self.frames.push(Frame { code, pc: 0, base, floor, answer, serial, home: home.unwrap_or(serial) });
    }

    /// Ends the topmost activation; the value where it was the last one.
    pub(crate) fn return_value(&mut self, value: Value) -> Option<Value> {
        let frame = self.frames.pop().expect("something runs");
        self.clear(&frame);
        if self.frames.is_empty() {
            return Some(value);
        }
        self.stack[frame.answer as usize] = value;
        None
    }

    fn clear(&mut self, frame: &Frame) {
        // SAFETY: as in `push_frame`.
        let end = frame.base + unsafe { (*frame.code).registers };
        for slot in &mut self.stack[frame.floor as usize..end as usize] {
            *slot = Value::Nil;
        }
    }

    /// So many activations remain.
    fn drop_frames(&mut self, remaining: usize) {
        while self.frames.len() > remaining {
            let frame = self.frames.pop().expect("counted");
            self.clear(&frame);
        }
    }

    /// Looks for who takes it: a handler, the home of a return. Afterwards the topmost frame goes on, or the run has ended.
    pub(crate) fn unwind(&mut self, unwinding: Unwinding) -> Option<Outcome> {
        let unwinding = match unwinding {
            Unwinding::Return { home, value } if !self.frames.iter().any(|frame| frame.serial == home) => {
                Unwinding::Raise(Raise::new(Kind::DeadHome, value))
            }
            other => other,
        };
        let place = self.place();
        let home = match &unwinding {
            Unwinding::Return { home, .. } => self.frames.iter().rposition(|frame| frame.serial == *home),
            Unwinding::Raise(_) => None,
        };
        while let Some(handler) = self.handlers.pop() {
            if home.is_some_and(|home| (handler.frame as usize) < home) {
                self.handlers.push(handler);
                break;
            }
            if handler.protects || home.is_none() {
                self.drop_frames(handler.frame as usize + 1);
                let frame = self.frames.last_mut().expect("a handler has a frame");
                frame.pc = handler.target;
                let slot = frame.base + handler.register;
                self.stack[slot as usize] = Value::Heap(crate::heap::Ref::new(unwinding));
                return None;
            }
        }
        match (unwinding, home) {
            (Unwinding::Return { value, .. }, Some(home)) => {
                self.drop_frames(home + 1);
                self.return_value(value).map(Outcome::Done)
            }
            (Unwinding::Raise(raise), _) => {
                self.drop_frames(0);
                Some(Outcome::Failed(raise, place))
            }
            (Unwinding::Return { value, .. }, None) => Some(Outcome::Failed(Raise::new(Kind::DeadHome, value), place)),
        }
    }

    /// Where the topmost frame is in the source.
    fn place(&self) -> Span {
        // SAFETY: as in `push_frame`.
        self.frames
            .last()
            .map_or(Span::default(), |frame| unsafe { (*frame.code).chunk.span_at((frame.pc as usize).saturating_sub(1)) })
    }
}
