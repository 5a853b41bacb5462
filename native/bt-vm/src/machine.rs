//! A session's machine: its frames, and how a run begins, stops and goes on.

use std::rc::Rc;
use std::sync::Arc;

use bt_base::Span;
use bt_bytecode::isa::Routine;
use bt_bytecode::Chunk;

use crate::code::{Closure, Code, Unverified};
use crate::context::Context;
use crate::errors::Error;
use crate::foreign::{holding, swap_holding};
use crate::heap::{live_bytes, swap_live_bytes};
use crate::library::{Empty, Library};
use crate::raise::{Class, Raise, Unwinding};
use crate::symbols::Symbol;
use crate::trace;
use crate::value::Value;

/// Frames and registers beyond these are a matter of the memory limit; this is where room for them begins.
const FIRST_REGISTERS: usize = 1_024;

/// What a run came to.
#[derive(Debug)]
pub enum Outcome {
    Done(Value),
    /// Raised and not caught; where in the source.
    Failed(Raise, Span),
    /// A return to an activation below the one that the host began.
    Passed(Unwinding),
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
    /// A message whose receiver's class has its methods at the host. `told`: nobody uses the answer. `awaited`: it is awaited.
    Send {
        selector: Symbol,
        told: bool,
        awaited: bool,
        operands: Vec<Value>,
    },
    /// The same above a class.
    Super {
        class: Symbol,
        class_side: bool,
        selector: Symbol,
        operands: Vec<Value>,
    },
    /// A function of Erlang, as the program names it.
    Call {
        module: Symbol,
        function: Symbol,
        operands: Vec<Value>,
    },
    /// A primitive of the library.
    Primitive {
        module: Symbol,
        function: Symbol,
        operands: Vec<Value>,
    },
    Routine {
        routine: Routine,
        operands: Vec<Value>,
    },
    /// The class of that name: `Classes::settle` says what came of it, then the run goes on by `again`.
    Class(Symbol),
    /// The same for a class that a look-up comes by: where there is none, what it would have understood is the host's to say.
    Ancestor(Symbol),
    /// The workspace's object of that name, or nil.
    Global(Symbol),
    /// The text of a value within a text.
    Display(Value),
    /// The value of what may be a future.
    Settle(Value),
    /// A condition that is no boolean, or a loop's start that is no number: its value when it is a future.
    Expect {
        value: Value,
        selector: Symbol,
    },
    /// A variable of the actor or the class whose method runs here: never for methods that came from a library.
    Variable(Symbol),
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

/// Where a run that the host began while another one waits has its lower end.
#[derive(Clone, Copy, Debug)]
struct Below {
    frames: usize,
    handlers: usize,
    wanted: Wanted,
    asks: bool,
}

pub struct Machine {
    pub context: Context,
    pub(crate) stack: Vec<Value>,
    pub(crate) frames: Vec<Frame>,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) serial: u64,
    pub(crate) wanted: Wanted,
    /// The topmost run has asked the host for something, which nothing else can take the place of.
    asks: bool,
    /// How the run ended, where that was not in a step.
    pub(crate) ends: Option<Outcome>,
    /// Runs that wait while the host runs something for them.
    below: Vec<Below>,
    /// Frames that belong to runs that wait.
    pub(crate) bottom: usize,
    /// The code of the inputs that run: nothing else keeps it.
    inputs: Vec<Rc<Code>>,
    /// Bytes of the machine's values while it does not run.
    live: isize,
    /// Terms of the host that may hold something alive there.
    holding: isize,
    counting: bool,
}

/// What was counted for somebody else before; nothing where this machine's counting had begun already.
#[must_use]
pub struct Counts(Option<(isize, isize)>);

// SAFETY: references and codes of a machine are reached through it alone, by whoever has it; values leave it as copies in another form only.
unsafe impl Send for Machine {}

/// Values kept beside the machine they belong to, by whoever owns both: they go from thread to thread together or not at all.
#[derive(Debug, Default)]
pub struct Kept<T>(T);

// SAFETY: see the type's contract; the count of a reference is changed by the thread alone that has the machine.
unsafe impl<T> Send for Kept<T> {}

impl<T> std::ops::Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Kept<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl Default for Machine {
    fn default() -> Machine {
        Machine::new(256 << 20, Arc::new(Empty))
    }
}

impl Machine {
    /// A machine whose values may take so many bytes.
    pub fn new(limit: usize, library: Arc<dyn Library>) -> Machine {
        Machine {
            context: Context::new(limit, library),
            stack: vec![Value::Nil; FIRST_REGISTERS],
            frames: Vec::new(),
            handlers: Vec::new(),
            serial: 0,
            wanted: Wanted::Nothing,
            asks: false,
            ends: None,
            below: Vec::new(),
            bottom: 0,
            inputs: Vec::new(),
            live: 0,
            holding: 0,
            counting: false,
        }
    }

    /// Work with the machine's values, whose memory is counted for this machine. Whoever has more than one machine in a thread does all work inside of it.
    pub fn counted<T>(&mut self, work: impl FnOnce(&mut Machine) -> T) -> T {
        let counts = self.begin_counting();
        let result = work(self);
        self.end_counting(counts);
        result
    }

    /// From here to `end_counting` what this thread makes and frees is counted for this machine.
    pub fn begin_counting(&mut self) -> Counts {
        if self.counting {
            return Counts(None);
        }
        self.counting = true;
        Counts(Some((swap_live_bytes(self.live), swap_holding(self.holding))))
    }

    pub fn end_counting(&mut self, counts: Counts) {
        if let Counts(Some((live, holding))) = counts {
            (self.live, self.holding) = (swap_live_bytes(live), swap_holding(holding));
            self.counting = false;
        }
    }

    /// Bytes of its values and frames.
    pub fn bytes(&self) -> usize {
        let live = if self.counting { live_bytes() } else { self.live };
        live.max(0) as usize
            + self.stack.capacity() * std::mem::size_of::<Value>()
            + self.frames.capacity() * std::mem::size_of::<Frame>()
    }

    /// Has it terms of the host that may hold something alive there?
    pub fn holds(&self) -> bool {
        let holding = if self.counting { holding() } else { self.holding };
        holding > 0
    }

    /// Begins to run an input with values for its parameters. What ran before is forgotten.
    pub fn start(&mut self, code: Rc<Code>, operands: Vec<Value>, fuel: i64) -> Outcome {
        self.reset();
        self.enter(code, operands, fuel)
    }

    /// Begins to run code above what waits for the host.
    pub fn enter(&mut self, code: Rc<Code>, operands: Vec<Value>, fuel: i64) -> Outcome {
        let top = self.begin();
        let pointer = Rc::as_ptr(&code);
        self.inputs.push(code);
        self.place_operands(top, operands, pointer);
        self.push_frame(pointer, top as u32, top as u32, 0, None);
        self.resume(fuel)
    }

    /// Begins to evaluate a block above what waits for the host.
    pub fn evaluate(&mut self, block: Value, arguments: Vec<Value>, fuel: i64) -> Outcome {
        let Some((target, home, expected)) = block.as_block().map(|b| (Rc::as_ptr(&b.code), b.home, b.code.parameters as usize))
        else {
            return Outcome::Failed(Raise::error(self.context.symbol("badarg")), Span::default());
        };
        if expected != arguments.len() {
            let call = Value::tuple(vec![block, Value::list(arguments.into_iter())]);
            let reason = Value::tuple(vec![Value::Symbol(Symbol::Badarity), call]);
            return Outcome::Failed(Raise::error(reason), Span::default());
        }
        let top = self.begin();
        self.stack[top] = block;
        self.place_operands(top + 1, arguments, target);
        self.push_frame(target, top as u32 + 1, top as u32, 0, Some(home));
        self.resume(fuel)
    }

    /// Remembers what waits; answers where the stack is free.
    fn begin(&mut self) -> usize {
        let top = self.top();
        if !self.frames.is_empty() {
            self.below.push(Below { frames: self.bottom, handlers: self.handlers.len(), wanted: self.wanted, asks: self.asks });
        }
        self.asks = false;
        self.bottom = self.frames.len();
        if self.stack.len() < top + FIRST_REGISTERS {
            self.stack.resize(2 * (top + FIRST_REGISTERS), Value::Nil);
        }
        top
    }

    /// The run that the host began is over; the one below waits again.
    fn end(&mut self) {
        if self.bottom == 0 {
            self.inputs.clear();
        }
        if let Some(below) = self.below.pop() {
            (self.bottom, self.wanted, self.asks) = (below.frames, below.wanted, below.asks);
            self.handlers.truncate(below.handlers);
        }
    }

    /// First place of the stack that no frame uses.
    pub(crate) fn top(&self) -> usize {
        // SAFETY: as in `push_frame`.
        self.frames.last().map_or(0, |frame| frame.base as usize + unsafe { (*frame.code).registers } as usize)
    }

    pub(crate) fn place_operands(&mut self, at: usize, operands: Vec<Value>, code: *const Code) {
        // SAFETY: as in `push_frame`.
        let registers = unsafe { (*code).registers } as usize;
        let needed = at + registers.max(operands.len());
        if self.stack.len() < needed {
            self.stack.resize(2 * needed, Value::Nil);
        }
        for (slot, operand) in self.stack[at..].iter_mut().zip(operands) {
            *slot = operand;
        }
    }

    /// Goes on after a spent budget.
    pub fn resume(&mut self, fuel: i64) -> Outcome {
        self.context.fuel = fuel;
        let outcome = self.run();
        self.ended(outcome)
    }

    fn ended(&mut self, outcome: Outcome) -> Outcome {
        self.asks = matches!(outcome, Outcome::Effect(_));
        if matches!(outcome, Outcome::Done(_) | Outcome::Failed(..) | Outcome::Passed(_)) {
            self.end();
        }
        outcome
    }

    /// Reductions that are left of the last run's.
    pub fn fuel(&self) -> i64 {
        self.context.fuel
    }

    /// Goes on with what the host made of a request.
    pub fn answer(&mut self, value: Value, fuel: i64) -> Outcome {
        self.context.fuel = fuel;
        // What the host answers may be large, and a program that asks again and again never spends a budget.
        if self.context.room(0).is_err() {
            return Outcome::OutOfMemory;
        }
        let outcome = match self.wanted {
            Wanted::Register(slot) => {
                self.stack[slot as usize] = value;
                self.run()
            }
            Wanted::Nothing => self.run(),
            Wanted::Condition => self.run_from_condition(value),
            Wanted::Return => match self.return_value(value) {
                Some(done) => Outcome::Done(done),
                None => self.run(),
            },
        };
        self.ended(outcome)
    }

    /// Goes on with a failure, or a return, in place of an answer.
    pub fn refuse(&mut self, unwinding: Unwinding, fuel: i64) -> Outcome {
        self.context.fuel = fuel;
        let unwinding = match unwinding {
            Unwinding::Raise(raise) => Unwinding::Raise(self.with_own_frames(raise)),
            Unwinding::Return { .. } => unwinding,
        };
        let outcome = match self.unwind(unwinding) {
            Some(outcome) => outcome,
            None => self.run(),
        };
        self.ended(outcome)
    }

    /// What the host raised, as it was called from here.
    fn with_own_frames(&mut self, raise: Raise) -> Raise {
        let Some(host) = raise.trace.clone() else { return raise };
        let own = self.frames_as_trace();
        Raise { trace: Some(trace::joined(&self.context, &host, &own)), ..raise }
    }

    /// Forgets what was running.
    pub fn reset(&mut self) {
        self.frames.clear();
        self.handlers.clear();
        self.below.clear();
        self.bottom = 0;
        self.asks = false;
        self.stack.iter_mut().for_each(|slot| *slot = Value::Nil);
        self.stack.truncate(FIRST_REGISTERS);
        // What a large run needed goes back.
        if self.stack.capacity() > 64 * FIRST_REGISTERS {
            self.stack.shrink_to(FIRST_REGISTERS);
        }
        self.frames.shrink_to(1024);
        self.handlers.shrink_to(64);
        self.below.shrink_to(64);
        self.inputs.shrink_to(64);
        self.inputs.clear();
        self.context.classes.forget_retired();
    }

    /// What a block is made of: its code, the receiver of the method around it, what it captured.
    pub fn parts_of_block(value: &Value) -> Option<(Arc<Chunk>, &Value, &[Value])> {
        value.as_block().map(|block| (block.code.chunk.clone(), &block.receiver, &*block.captured))
    }

    /// The block with values of its own for what it shares with a message: what it assigns is not seen outside.
    pub fn alone(value: &Value) -> Value {
        let Some(block) = value.as_block() else { return value.clone() };
        let is_cells = |value: &&Value| matches!(value, Value::Heap(reference) if reference.is(crate::heap::Tag::Cells));
        if !block.captured.iter().any(|value| is_cells(&value)) {
            return value.clone();
        }
        let closed = |value: &Value| if is_cells(&value) { Value::closed_cells() } else { value.clone() };
        let captured = block.captured.iter().map(closed).collect();
        Value::block(Closure { code: block.code.clone(), receiver: block.receiver.clone(), captured, home: block.home })
    }

    /// A block of such parts. `^` in it finds no method.
    pub fn block(&mut self, chunk: Arc<Chunk>, receiver: Value, captured: Vec<Value>) -> Result<Value, Unverified> {
        let class = class_of(&chunk).map(|name| {
            let name = self.context.intern(name);
            self.context.classes.entry(name)
        });
        let flaws = bt_bytecode::verify_block(&chunk);
        if !flaws.is_empty() || captured.len() != chunk.captures.len() {
            return Err(Unverified(flaws));
        }
        let code = crate::code::link(chunk, class, &mut self.context.symbols);
        Ok(Value::block(Closure { code, receiver, captured: captured.into(), home: 0 }))
    }

    /// Does something wait for the host? Only then there is a place for an answer, or a failure.
    pub fn is_waiting(&self) -> bool {
        self.asks
    }

    /// A block of the program was given so many arguments in place of those it expects.
    pub(crate) fn wrong_arity(&mut self, block: &Value, given: usize) -> Raise {
        let expected = self.parameters(block).unwrap_or(0);
        let error = crate::errors::wrong_arity(&mut self.context, expected, given);
        Raise::error(self.context.exception(error))
    }

    /// Makes room, counts the activation. Its operands are in place at `base`.
    pub(crate) fn push_frame(&mut self, code: *const Code, base: u32, floor: u32, answer: u32, home: Option<u64>) {
        // SAFETY: code that is called is kept by its class, its block or as the input.
        let (registers, calls) = unsafe { ((*code).registers, &(*code).calls) };
        calls.set(calls.get() + 1);
        let end = base as usize + registers as usize;
        if end > self.stack.len() {
            self.stack.resize((end * 2).max(FIRST_REGISTERS), Value::Nil);
            if end * std::mem::size_of::<Value>() > self.context.limit {
                // The next reduction finds it.
                self.context.fuel = -1;
            }
        }
        self.serial += 1;
        let serial = self.serial;
        self.frames.push(Frame { code, pc: 0, base, floor, answer, serial, home: home.unwrap_or(serial) });
    }

    /// An activation of a block that lies at `at`, with its operands behind it.
    pub(crate) fn push_block(&mut self, code: *const Code, at: usize, answer: u32, home: u64) {
        // SAFETY: as in `push_frame`.
        let end = at + 1 + unsafe { (*code).registers } as usize;
        if end > self.stack.len() {
            self.stack.resize(2 * end, Value::Nil);
        }
        self.push_frame(code, at as u32 + 1, at as u32, answer, Some(home));
    }

    /// Ends the topmost activation; the value where it was the last one.
    pub(crate) fn return_value(&mut self, value: Value) -> Option<Value> {
        let frame = self.frames.pop().expect("something runs");
        self.clear(&frame);
        if self.frames.len() <= self.bottom {
            return Some(value);
        }
        self.stack[frame.answer as usize] = value;
        None
    }

    pub(crate) fn clear(&mut self, frame: &Frame) {
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
            Unwinding::Return { home, .. } if !self.frames.iter().any(|frame| frame.serial == home) => {
                Unwinding::Raise(self.dead_home())
            }
            other => other,
        };
        let place = self.place();
        let home = match &unwinding {
            Unwinding::Return { home, .. } => self.frames.iter().rposition(|frame| frame.serial == *home),
            Unwinding::Raise(_) => None,
        };
        let own_handlers = self.below.last().map_or(0, |below| below.handlers);
        let mut unwinding = unwinding;
        while self.handlers.len() > own_handlers {
            let Some(handler) = self.handlers.pop() else { break };
            if home.is_some_and(|home| (handler.frame as usize) < home) {
                self.handlers.push(handler);
                break;
            }
            if handler.protects || home.is_none() {
                if let Unwinding::Raise(raise) = &mut unwinding {
                    self.trace(raise);
                }
                self.drop_frames(handler.frame as usize + 1);
                let frame = self.frames.last_mut().expect("a handler has a frame");
                frame.pc = handler.target;
                let slot = frame.base + handler.register;
                self.stack[slot as usize] = Value::Heap(crate::heap::Ref::new(unwinding));
                return None;
            }
        }
        match (unwinding, home) {
            (Unwinding::Return { value, .. }, Some(home)) if home >= self.bottom => {
                self.drop_frames(home + 1);
                self.return_value(value).map(Outcome::Done)
            }
            (Unwinding::Raise(mut raise), _) => {
                self.trace(&mut raise);
                self.drop_frames(self.bottom);
                Some(Outcome::Failed(raise, place))
            }
            (passing, _) => {
                self.drop_frames(self.bottom);
                Some(Outcome::Passed(passing))
            }
        }
    }

    /// `^` to an activation that has ended.
    fn dead_home(&mut self) -> Raise {
        let block = self.context.intern("Block");
        let error = Error::new("dead_home", Some(block), None)
            .message("Cannot return from a method that has already returned")
            .hint("A block with ^ can only be evaluated while its method is running");
        Raise::error(self.context.exception(error))
    }

    /// What is raised gets the frames it was raised in, where it has none.
    fn trace(&mut self, raise: &mut Raise) {
        if raise.class == Class::Error && self.context.is_exception(&raise.reason) {
            if self.context.classes.field(&raise.reason, Symbol::Stacktrace).is_none() {
                let trace = raise.trace.take().unwrap_or_else(|| self.frames_as_trace());
                let reason = std::mem::take(&mut raise.reason);
                raise.reason = self.context.classes.with_field(reason, Symbol::Stacktrace, trace);
            }
        } else if raise.trace.is_none() {
            raise.trace = Some(self.frames_as_trace());
        }
    }

    /// The exception object of what a handler caught.
    pub(crate) fn caught(&mut self, raise: &Raise) -> Value {
        let trace = raise.trace.clone().unwrap_or(Value::EmptyList);
        self.context.wrapped(raise, |_| trace)
    }

    /// The exception object of what was raised, as a handler gets it.
    pub fn exception_of(&mut self, raise: &Raise) -> Value {
        self.caught(raise)
    }

    /// How many parameters a block has.
    pub fn parameters(&self, value: &Value) -> Option<usize> {
        value.as_block().map(|block| block.code.parameters as usize)
    }

    /// The topmost frames as a trace.
    fn frames_as_trace(&mut self) -> Value {
        let mut places = Vec::with_capacity(trace::DEPTH);
        // SAFETY: as in `push_frame`.
        let codes = self.frames.iter().rev().map(|frame| (unsafe { &*frame.code }, frame.pc));
        // Functions of the runtime that raise are left out of traces; a method that is one leaves no frame on the BEAM either.
        let mut last = None;
        for (code, pc) in codes.filter(|(code, _)| !code.is_of_runtime()) {
            // The BEAM shows calls of a method by itself, one after the other from the same place, as one.
            if last.replace((code as *const Code, pc)) == Some((code as *const Code, pc)) {
                continue;
            }
            places.push(self.context.place_of(code, pc as usize));
            if places.len() == trace::DEPTH {
                break;
            }
        }
        let frames: Vec<Value> = places.into_iter().map(|place| trace::term(&mut self.context, place)).collect();
        Value::list(frames.into_iter())
    }

    /// Where the topmost frame is in its source. Functions of the runtime have no place of their own, as in traces.
    fn place(&self) -> Span {
        // SAFETY: as in `push_frame`.
        let mut frames = self.frames.iter().rev().map(|frame| (unsafe { &*frame.code }, frame.pc));
        let topmost = frames.find(|(code, _)| !code.is_of_runtime());
        topmost.map_or(Span::default(), |(code, pc)| code.chunk.span_at((pc as usize).saturating_sub(1)))
    }
}

/// The class that contains the code, where the code needs it.
fn class_of(chunk: &Chunk) -> Option<&str> {
    let own = chunk.sites.iter().find_map(|site| match site {
        bt_bytecode::Site::Message { class: Some((class, _)), .. } => Some(class.as_str()),
        _ => None,
    });
    own.or_else(|| chunk.blocks.iter().find_map(|block| class_of(block)))
}
