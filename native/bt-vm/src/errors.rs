//! Error records and exception objects: the same terms as the runtime's.
//!
//! An exception object is an instance with the fields `error`, a tuple in the form of the runtime's record, and, once caught, `stacktrace`.

use crate::classes::ClassId;
use crate::context::Context;
use crate::map::Map;
use crate::raise::{Class, Failure, Raise};
use crate::symbols::Symbol;
use crate::value::Value;

/// An error in the making.
pub struct Error<'a> {
    pub kind: &'a str,
    /// Class that failed; none is `undefined`.
    pub class: Option<Symbol>,
    pub selector: Option<Symbol>,
    /// In place of the kind's own text.
    pub message: Option<String>,
    pub hint: Option<&'a str>,
    /// Pairs of the dictionary that goes with it.
    pub details: Vec<(Symbol, Value)>,
}

impl<'a> Error<'a> {
    pub fn new(kind: &'a str, class: Option<Symbol>, selector: Option<Symbol>) -> Error<'a> {
        Error { kind, class, selector, message: None, hint: None, details: Vec::new() }
    }

    pub fn hint(mut self, hint: &'a str) -> Error<'a> {
        self.hint = Some(hint);
        self
    }

    pub fn message(mut self, message: impl Into<String>) -> Error<'a> {
        self.message = Some(message.into());
        self
    }
}

/// Exception classes of kinds; the others are of class `Error`.
const CLASSES: &[(&str, &[&str])] = &[
    ("TypeError", &["type_error"]),
    ("InstantiationError", &["instantiation_error"]),
    ("ExitError", &["erlang_exit"]),
    ("ThrowError", &["erlang_throw"]),
    (
        "RuntimeError",
        &[
            "does_not_understand",
            "arity_mismatch",
            "immutable_value",
            "runtime_error",
            "index_out_of_bounds",
            "class_not_found",
            "no_superclass",
            "class_already_exists",
            "dispatch_error",
            "callback_failed",
            "actor_dead",
            "future_not_awaited",
            "internal_error",
            "not_permitted",
        ],
    ),
];

/// Texts of kinds: without a selector, with one. `C` stands for the class, `S` for the selector.
const TEXTS: &[(&str, &str, &str)] = &[
    ("does_not_understand", "C does not understand message", "C does not understand 'S'"),
    ("immutable_value", "Cannot mutate C (immutable value)", "Cannot call 'S' on C (immutable value)"),
    ("arity_mismatch", "Wrong number of arguments to C method", "Wrong number of arguments to 'S' on C"),
    ("type_error", "Type error in C", "Type error in 'S' on C"),
    ("instantiation_error", "Cannot instantiate C", "Cannot call 'S' on C"),
    ("actor_dead", "C actor process has terminated", "Cannot send 'S' to C (actor process has terminated)"),
    ("class_not_found", "Class 'C' not found", "Class 'C' not found (while resolving 'S')"),
    ("no_superclass", "C has no superclass", "C has no superclass (cannot resolve 'S' via super)"),
    ("class_already_exists", "Class 'C' already exists", "Class 'C' already exists (via 'S')"),
    ("stdlib_shadowing", "Cannot redefine stdlib class 'C'", "Cannot redefine stdlib class 'C' (via 'S')"),
    ("file_not_found", "C: file not found", "C 'S': file not found"),
    ("permission_denied", "C: permission denied", "C 'S': permission denied"),
    ("invalid_path", "C: invalid file path", "C 'S': invalid file path"),
    ("io_error", "C: I/O error", "C 'S': I/O error"),
    ("future_not_awaited", "Sent message to a Future", "Sent 'S' to a Future"),
    ("internal_error", "Internal error in C", "Internal error in 'S' on C"),
    ("dispatch_error", "Dispatch error for C", "Dispatch error for 'S' on C"),
    ("callback_failed", "Callback failed for C", "Callback 'S' failed for C"),
    ("user_error", "Error", "S"),
];

fn text(kind: &str, class: &str, selector: Option<&str>) -> String {
    let generic = (format!("{kind} error in C"), format!("{kind} error in 'S' on C"));
    let row = TEXTS.iter().find(|(name, ..)| *name == kind);
    let (without, with) = row.map_or((generic.0.as_str(), generic.1.as_str()), |(_, without, with)| (without, with));
    let template = if selector.is_some() { with } else { without };
    // `C` and `S` stand alone: no text has them as letters of a word.
    let mut shown = String::with_capacity(template.len() + class.len() + 16);
    let bytes: Vec<char> = template.chars().collect();
    for (at, &letter) in bytes.iter().enumerate() {
        let alone = |at: Option<&char>| at.is_none_or(|c| !c.is_alphanumeric());
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let stands_alone = alone(before) && alone(bytes.get(at + 1));
        match letter {
            'C' if stands_alone => shown.push_str(class),
            'S' if stands_alone => shown.push_str(selector.unwrap_or_default()),
            other => shown.push(other),
        }
    }
    shown
}

/// The error of a block evaluated with the wrong number of arguments.
pub(crate) fn wrong_arity(context: &mut Context, expected: usize, given: usize) -> Error<'static> {
    let block = context.intern("Block");
    Error::new("arity_mismatch", Some(block), None)
        .message(format!("Wrong number of arguments: block expects {expected} but was called with {given}"))
        .hint("Check that your block has the right number of parameters")
}

/// The parts of an error record.
fn record_parts(value: &Value) -> Option<&[Value]> {
    let parts = value.as_tuple()?;
    (parts.len() == 7 && matches!(parts[0], Value::Symbol(Symbol::BeamtalkError))).then_some(parts)
}

impl Context {
    /// The exception object of an error.
    pub fn exception(&mut self, error: Error<'_>) -> Value {
        let exception_class = match error.class {
            Some(class) if self.is_exception_class(class) => class,
            _ => {
                let row = CLASSES.iter().find(|(_, kinds)| kinds.contains(&error.kind));
                self.intern(row.map_or("Error", |(class, _)| class))
            }
        };
        let class = self.classes.entry(exception_class);
        self.exception_of(class, error)
    }

    /// The same as an object of that class, whatever the error says.
    pub fn exception_of(&mut self, class: ClassId, error: Error<'_>) -> Value {
        let record = self.record(error);
        self.classes.instance(class, vec![(Symbol::Error, record)])
    }

    /// The runtime's record of an error.
    pub fn record(&mut self, error: Error<'_>) -> Value {
        let class_text = error.class.map_or("unknown".to_string(), |class| self.symbols.name(class).to_string());
        let selector_text = error.selector.map(|selector| self.symbols.name(selector).to_string());
        let message = error.message.unwrap_or_else(|| text(error.kind, &class_text, selector_text.as_deref()));
        let absent = Value::Symbol(Symbol::Undefined);
        let selector = selector_text.map_or(absent.clone(), |name| self.symbols.value(&name));
        let details = error.details.into_iter().map(|(key, value)| (Value::Symbol(key), value)).collect();
        Value::tuple(vec![
            Value::Symbol(Symbol::BeamtalkError),
            self.symbols.value(error.kind),
            error.class.map_or(absent.clone(), Value::Symbol),
            selector,
            Value::text(message),
            error.hint.map_or(absent, Value::text),
            Value::map(Map::from_pairs(details, &self.symbols)),
        ])
    }

    pub(crate) fn is_exception_class(&mut self, class: Symbol) -> bool {
        let id = self.classes.entry(class);
        self.is_kind(id, ClassId::Exception)
    }

    /// Raises an error.
    pub fn raise(&mut self, error: Error<'_>) -> Failure {
        Failure::Raise(Raise::error(self.exception(error)))
    }

    /// There is no class of that name.
    pub fn class_not_found(&mut self, name: Symbol) -> Raise {
        let text = self.symbols.name(name);
        let hint = format!("Define {text} with: Object subclass: {text}");
        Raise::error(self.exception(Error::new("class_not_found", Some(name), None).hint(&hint)))
    }

    /// Raises an error of a kind, about a class and a selector, with a hint.
    pub fn error(&mut self, kind: &str, class: &str, selector: &str, hint: &str) -> Failure {
        let (class, selector) = (self.intern(class), self.intern(selector));
        self.raise(Error::new(kind, Some(class), Some(selector)).hint(hint))
    }

    /// Is it an exception object that holds an error?
    pub fn is_exception(&self, value: &Value) -> bool {
        self.error_of(value).is_some()
    }

    /// The parts of the error record that an exception object holds.
    pub fn error_of<'a>(&self, exception: &'a Value) -> Option<&'a [Value]> {
        self.classes.field(exception, Symbol::Error).and_then(record_parts)
    }

    /// The kind that expectations compare: of an exception its kind, of a plain failure its symbol.
    pub fn kind_of(&self, raise: &Raise) -> Value {
        let kind = match self.error_of(&raise.reason).or_else(|| record_parts(&raise.reason)) {
            Some(record) => match self.plain_reason(record) {
                Some((Class::Error, reason)) if self.symbols.text(&reason).is_some() => reason,
                _ => record[1].clone(),
            },
            None if raise.class == Class::Error => raise.reason.clone(),
            None => Value::Symbol(Symbol::Error),
        };
        match self.symbols.text(&kind) {
            Some(_) => kind,
            None => Value::Symbol(Symbol::Error),
        }
    }

    /// How Erlang raised what an error record wraps, and its reason.
    pub(crate) fn plain_reason(&self, record: &[Value]) -> Option<(Class, Value)> {
        let details = record[6].as_map()?;
        let class = match details.get(&Value::Symbol(Symbol::Class), &self.symbols)? {
            Value::Symbol(Symbol::Error) => Class::Error,
            Value::Symbol(Symbol::Exit) => Class::Exit,
            Value::Symbol(Symbol::Throw) => Class::Throw,
            _ => return None,
        };
        Some((class, details.get(&Value::Symbol(Symbol::Reason), &self.symbols)?.clone()))
    }

    /// The exception object of whatever was raised, with the trace of its first catch.
    pub fn wrapped(&mut self, raise: &Raise, trace: impl FnOnce(&mut Context) -> Value) -> Value {
        if raise.class == Class::Error && self.is_exception(&raise.reason) {
            if self.classes.field(&raise.reason, Symbol::Stacktrace).is_some() {
                return raise.reason.clone();
            }
            let trace = trace(self);
            return self.classes.with_field(raise.reason.clone(), Symbol::Stacktrace, trace);
        }
        if raise.class == Class::Error {
            if let Some(record) = record_parts(&raise.reason).filter(|record| record[4].as_text().is_some()) {
                // A bare record becomes the exception object it describes.
                let class = self.class_of_record(record);
                let exception = self.classes.instance(class, vec![(Symbol::Error, raise.reason.clone())]);
                let trace = trace(self);
                return self.classes.with_field(exception, Symbol::Stacktrace, trace);
            }
        }
        let class = match raise.class {
            Class::Error => Symbol::Error,
            Class::Exit => Symbol::Exit,
            Class::Throw => Symbol::Throw,
        };
        let details = vec![(Symbol::Reason, raise.reason.clone()), (Symbol::Class, Value::Symbol(class))];
        let mut error = match (raise.class, self.wrong_arity(&raise.reason)) {
            (Class::Error, Some((expected, given))) => wrong_arity(self, expected as usize, given),
            (class, _) => {
                let kind = match class {
                    Class::Error => "runtime_error",
                    Class::Exit => "erlang_exit",
                    Class::Throw => "erlang_throw",
                };
                Error::new(kind, None, None).message(crate::print::term(&raise.reason, self))
            }
        };
        error.details = details;
        let exception = self.exception(error);
        let trace = trace(self);
        self.classes.with_field(exception, Symbol::Stacktrace, trace)
    }

    fn class_of_record(&mut self, record: &[Value]) -> ClassId {
        match record[2] {
            Value::Symbol(class) if self.is_exception_class(class) => self.classes.entry(class),
            _ => {
                let kind = self.symbols.text(&record[1]).unwrap_or_default();
                let row = CLASSES.iter().find(|(_, kinds)| kinds.contains(&kind));
                let name = self.intern(row.map_or("Error", |(class, _)| class));
                self.classes.entry(name)
            }
        }
    }

    /// `{badarity, {Block, Arguments}}`: how many were expected and given.
    fn wrong_arity(&self, reason: &Value) -> Option<(u32, usize)> {
        let [Value::Symbol(Symbol::Badarity), call] = reason.as_tuple()? else { return None };
        let [block, arguments] = call.as_tuple()? else { return None };
        Some((block.as_block()?.code.parameters, arguments.elements().count()))
    }

    /// Does a handler for `wanted` take the exception? nil takes all, a class or its name what inherits from it.
    pub fn handles(&mut self, exception: &Value, wanted: &Value) -> bool {
        let wanted = match wanted {
            Value::Nil => return true,
            Value::Class(class) => *class,
            Value::Symbol(name) => self.classes.entry(*name),
            _ => return false,
        };
        let (class, _) = self.classes.of(exception);
        self.is_kind(class, wanted) && self.is_kind(wanted, ClassId::Exception)
    }
}
