//! Messages that no instruction sends in place: what has no method, selectors known at run time, and routines.

use bt_bytecode::isa::Routine;

use crate::classes::{ClassId, Lookup};
use crate::code::Code;
use crate::context::Context;
use crate::errors::Error;
use crate::machine::{Machine, Outcome, Request, Wanted};
use crate::natives::objects::tag_name;
use crate::raise::{Failure, Raise, Unwinding};
use crate::symbols::Symbol;
use crate::value::Value;

impl Machine {
    /// Runs the code above the topmost frame; the answer goes to `answer`.
    pub(crate) fn push_call(&mut self, target: *const Code, operands: Vec<Value>, answer: u32) -> Option<Outcome> {
        let top = self.top();
        self.place_operands(top, operands, target);
        self.push_frame(target, top as u32, top as u32, answer, None);
        None
    }

    /// The method that the receiver has for the selector. A class method that a metaclass object gives runs with the class as receiver.
    pub(crate) fn method(&mut self, receiver: &mut Value, selector: Symbol) -> Lookup {
        let Context { classes, symbols, .. } = &mut self.context;
        if let Value::Metaclass(class) = *receiver {
            return match classes.lookup_own_class_side(class, selector, symbols) {
                Lookup::Missing => classes.lookup(ClassId::Metaclass, selector, symbols),
                Lookup::Code(code) => {
                    *receiver = Value::Class(class);
                    Lookup::Code(code)
                }
                // The host looks for itself; a class that must be told first is looked for again.
                other => other,
            };
        }
        let (class, class_side) = classes.of(receiver);
        match class_side {
            false if class == ClassId::Actor || class == ClassId::Future => Lookup::Host,
            true => classes.lookup_class_side(class, selector, symbols),
            false => classes.lookup(class, selector, symbols),
        }
    }

    /// Sends the message; the answer goes to `answer`.
    pub(crate) fn push_send(&mut self, selector: Symbol, operands: Vec<Value>, answer: u32) -> Option<Outcome> {
        let mut operands = operands;
        match self.method(&mut operands[0], selector) {
            Lookup::Code(target) => self.push_call(target, operands, answer),
            Lookup::Missing => self.not_understood(selector, operands, answer),
            // A class nobody told of is the host's too.
            Lookup::Host | Lookup::Unknown(_) => {
                self.wanted = Wanted::Register(answer);
                Some(Outcome::Effect(Request::Send { selector, told: false, awaited: false, operands }))
            }
        }
    }

    /// Sends the message; the topmost activation ends with the answer.
    pub(crate) fn send_at_the_end(&mut self, selector: Symbol, operands: Vec<Value>) -> Option<Outcome> {
        let mut operands = operands;
        match self.method(&mut operands[0], selector) {
            Lookup::Code(target) => self.replace_by(target, operands),
            Lookup::Missing => self.not_understood_at_the_end(selector, operands),
            Lookup::Host | Lookup::Unknown(_) => {
                self.wanted = Wanted::Return;
                Some(Outcome::Effect(Request::Send { selector, told: false, awaited: false, operands }))
            }
        }
    }

    /// The topmost activation ends with what the code answers.
    fn replace_by(&mut self, target: *const Code, operands: Vec<Value>) -> Option<Outcome> {
        let frame = self.frames.pop().expect("something runs");
        self.clear(&frame);
        self.place_operands(frame.floor as usize, operands, target);
        self.push_frame(target, frame.floor, frame.floor, frame.answer, None);
        None
    }

    /// The object has no such method: its `doesNotUnderstand:args:` answers.
    pub(crate) fn not_understood(&mut self, selector: Symbol, operands: Vec<Value>, answer: u32) -> Option<Outcome> {
        match self.not_understood_method(selector, operands) {
            Ok((target, operands)) => self.push_call(target, operands, answer),
            Err(raise) => self.unwind(Unwinding::Raise(raise)),
        }
    }

    /// The same; the topmost activation ends with the answer.
    pub(crate) fn not_understood_at_the_end(&mut self, selector: Symbol, operands: Vec<Value>) -> Option<Outcome> {
        match self.not_understood_method(selector, operands) {
            Ok((target, operands)) => self.replace_by(target, operands),
            Err(raise) => self.unwind(Unwinding::Raise(raise)),
        }
    }

    fn not_understood_method(&mut self, selector: Symbol, operands: Vec<Value>) -> Result<(*const Code, Vec<Value>), Raise> {
        let mut operands = operands.into_iter();
        let mut receiver = operands.next().unwrap_or_default();
        let found = self.method(&mut receiver, Symbol::DoesNotUnderstand);
        let (Lookup::Code(target), true) = (found, selector != Symbol::DoesNotUnderstand) else {
            return Err(match self.context.not_understood(&receiver, selector) {
                Failure::Raise(raise) => raise,
                Failure::Host | Failure::Evaluate | Failure::OutOfMemory => Raise::error(Value::Symbol(Symbol::Badarg)),
            });
        };
        let name = self.context.symbols.name(selector).to_string();
        Ok((target, vec![receiver, self.context.symbols.value(&name), Value::list(operands)]))
    }

    /// Calls a primitive of the library.
    pub(crate) fn push_primitive(&mut self, module: &str, function: &str, operands: Vec<Value>, answer: u32) -> Option<Outcome> {
        let mut operands = operands;
        if let Some(native) = crate::natives::find(module, function, operands.len() as u16) {
            match native(&mut self.context, &mut operands) {
                Ok(value) => return self.answered(answer, value),
                Err(Failure::Raise(raise)) => return self.unwind(Unwinding::Raise(raise)),
                Err(Failure::OutOfMemory) => return Some(Outcome::OutOfMemory),
                Err(Failure::Evaluate) => {
                    operands.truncate(1);
                    return self.push_send(Symbol::Value, operands, answer);
                }
                Err(Failure::Host) => {}
            }
        }
        let (module, function) = (self.context.intern(module), self.context.intern(function));
        self.wanted = Wanted::Register(answer);
        Some(Outcome::Effect(Request::Primitive { module, function, operands }))
    }

    fn answered(&mut self, answer: u32, value: Value) -> Option<Outcome> {
        self.stack[answer as usize] = value;
        None
    }

    /// One of the messages that mean the same for every receiver.
    pub(crate) fn routine(&mut self, routine: Routine, operands: Vec<Value>, answer: u32) -> Option<Outcome> {
        let is_foreign = operands[0].as_foreign().is_some();
        match routine {
            // Whatever stands on its sides.
            Routine::Associate => return self.push_primitive("beamtalk_association_ops", "->", operands, answer),
            _ if is_foreign => {}
            Routine::Await | Routine::AwaitTimeout | Routine::AwaitForever => {
                return self.answered(answer, operands.into_iter().next().unwrap_or_default());
            }
            Routine::Class => {
                let class = match &operands[0] {
                    Value::Class(class) => Value::Metaclass(*class),
                    Value::Metaclass(class) => Value::Metaclass(*class),
                    other => Value::Class(self.context.classes.of(other).0),
                };
                return self.answered(answer, class);
            }
            Routine::Hash => return self.push_primitive("beamtalk_object_ops", "hash", operands, answer),
            Routine::RespondsTo => return self.push_primitive("beamtalk_primitive", "responds_to", operands, answer),
            Routine::FieldNames => return self.push_primitive("beamtalk_primitive", "field_names", operands, answer),
            Routine::FieldAt => return self.push_primitive("beamtalk_primitive", "field_at", operands, answer),
            Routine::FieldAtPut => return self.push_primitive("beamtalk_primitive", "field_at_put", operands, answer),
            Routine::ErrorMessage => return self.push_primitive("beamtalk_exception_handler", "error", operands, answer),
            Routine::Perform => return self.perform(operands, answer),
            Routine::PerformWithArguments => return self.perform(operands, answer),
            Routine::ValueOptional => return self.value_optional(operands, answer),
            Routine::MethodLookup => return self.push_primitive("beamtalk_primitive", "method_of", operands, answer),
            Routine::MethodNamed => return self.push_primitive("beamtalk_reflection", "method_named", operands, answer),
        }
        self.wanted = Wanted::Register(answer);
        Some(Outcome::Effect(Request::Routine { routine, operands }))
    }

    /// Receiver, selector and, where given, the list of arguments.
    pub(crate) fn perform(&mut self, operands: Vec<Value>, answer: u32) -> Option<Outcome> {
        let mut operands = operands.into_iter();
        let (receiver, selector) = (operands.next().unwrap_or_default(), operands.next().unwrap_or_default());
        let arguments = operands.next().unwrap_or(Value::EmptyList);
        let class = tag_name(&self.context, &receiver);
        let complaint = match (&selector, arguments.proper_list()) {
            (Value::Symbol(selector), Some(arguments)) => {
                let all: Vec<Value> = std::iter::once(receiver).chain(arguments).collect();
                // What `Block>>valueWithArguments:` is made of; no message has this name.
                if all.first().is_some_and(|first: &Value| first.as_block().is_some())
                    && self.context.symbols.name(*selector) == "$values"
                {
                    return self.push_value(all, answer);
                }
                return self.push_checked_send(*selector, all, answer);
            }
            (Value::Symbol(_), None) => ("perform:withArguments:", "perform:withArguments: expects a List of arguments"),
            _ => ("perform:", "perform: expects a Symbol as selector"),
        };
        let selector = self.context.intern(complaint.0);
        let error = Error::new("type_error", Some(class), Some(selector)).hint(complaint.1);
        let exception = self.context.exception(error);
        self.unwind(Unwinding::Raise(Raise::error(exception)))
    }

    /// A send whose selector may not fit the number of arguments.
    fn push_checked_send(&mut self, selector: Symbol, operands: Vec<Value>, answer: u32) -> Option<Outcome> {
        let wanted = bt_base::Selector::new(self.context.symbols.name(selector)).arity() + 1;
        if wanted != operands.len() {
            let class = tag_name(&self.context, &operands[0]);
            let exception = self.context.exception(Error::new("arity_mismatch", Some(class), Some(selector)));
            return self.unwind(Unwinding::Raise(Raise::error(exception)));
        }
        let name = self.context.symbols.name(selector);
        if operands[0].as_block().is_some() && (name == "value" || (wanted <= 4 && name == "value:".repeat(wanted - 1))) {
            return self.push_value(operands, answer);
        }
        // Names of the machine's own methods are no selectors.
        if self.context.symbols.name(selector).starts_with('$') {
            return self.not_understood(selector, operands, answer);
        }
        self.push_send(selector, operands, answer)
    }

    /// A block that may leave out its only parameter.
    fn value_optional(&mut self, operands: Vec<Value>, answer: u32) -> Option<Outcome> {
        let parameters = operands[0].as_block().map(|block| block.code.parameters);
        match parameters {
            Some(0) => self.push_value(operands.into_iter().take(1).collect(), answer),
            Some(_) => self.push_value(operands, answer),
            None => self.push_send(Symbol::Value1, operands, answer),
        }
    }

    /// Evaluates a block with arguments.
    pub(crate) fn push_value(&mut self, operands: Vec<Value>, answer: u32) -> Option<Outcome> {
        let Some((target, home, expected)) =
            operands[0].as_block().map(|b| (std::rc::Rc::as_ptr(&b.code), b.home, b.code.parameters))
        else {
            let selector =
                if operands.len() == 1 { Symbol::Value } else { self.context.intern(&"value:".repeat(operands.len() - 1)) };
            return self.push_send(selector, operands, answer);
        };
        if expected as usize + 1 != operands.len() {
            let raise = self.wrong_arity(&operands[0], operands.len() - 1);
            return self.unwind(Unwinding::Raise(raise));
        }
        let top = self.top();
        // The block lies below its operands.
        self.place_operands(top, operands, target);
        // SAFETY is `push_frame`'s: the block keeps the code, and it stays on the stack.
        self.push_block(target, top, answer, home);
        None
    }

    /// Code that stands for an error in the source was run.
    pub(crate) fn unreachable_code(&mut self) -> Raise {
        let error = Error::new("internal_error", None, None).message("This code did not compile");
        Raise::error(self.context.exception(error))
    }
}
