//! Text of values as the runtime's printer gives it, made without sending a message.
//!
//! Values of any depth: what is still to be printed stands in a list. A value may contain another one many times over, so the text is measured while it grows.

use crate::classes::ClassId;
use crate::context::Context;
use crate::date;
use crate::foreign::Kind;
use crate::heap::Tag;
use crate::raise::Failure;
use crate::value::{Instance, Value};

pub use crate::print_term::term;

/// What a value looks like inside a collection, and in most classes' `printString`.
///
/// Only the host knows the numbers of its processes: of what contains one the text is the host's.
pub fn string(value: &Value, context: &Context) -> Result<Vec<u8>, Failure> {
    let mut printer = Printer { context, texts: vec![Vec::new()], measured: 0, work: vec![Work::Value(value)] };
    while let Some(next) = printer.work.pop() {
        printer.step(next)?;
    }
    Ok(printer.texts.pop().unwrap_or_default())
}

/// What is still to be printed.
enum Work<'a> {
    Value(&'a Value),
    /// The rest of a list behind an element.
    Tail(&'a Value),
    /// Elements separated by commas.
    Elements(&'a [Value]),
    Text(&'static str),
    /// Pairs of a dictionary that are left, and the texts of those before; the last of these is the topmost text while `open`.
    Pairs {
        left: Vec<(&'a Value, &'a Value)>,
        done: Vec<Vec<u8>>,
        open: bool,
    },
}

struct Printer<'a> {
    context: &'a Context,
    /// The text, and above it the texts of pairs of dictionaries: they are sorted when all are there.
    texts: Vec<Vec<u8>>,
    /// Bytes that were there when memory was last looked at.
    measured: usize,
    work: Vec<Work<'a>>,
}

/// How far a text may grow until memory is looked at again.
const STRIDE: usize = 1 << 16;

impl<'a> Printer<'a> {
    fn text(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let text = self.texts.last_mut().expect("a text is open");
        text.extend_from_slice(bytes);
        self.measured += bytes.len();
        if self.measured >= STRIDE {
            self.measured = 0;
            let size = self.texts.iter().map(Vec::len).sum();
            crate::natives::text::bounded(size)?;
            self.context.room(size)?;
        }
        Ok(())
    }

    fn value(&mut self, value: &'a Value) {
        self.work.push(Work::Value(value));
    }

    fn then(&mut self, text: &'static str) {
        self.work.push(Work::Text(text));
    }

    fn step(&mut self, next: Work<'a>) -> Result<(), Failure> {
        match next {
            Work::Value(value) => self.begin(value),
            Work::Text(text) => self.text(text.as_bytes()),
            Work::Tail(tail) => {
                if let Some(cons) = tail.as_cons() {
                    self.work.push(Work::Tail(&cons.tail));
                    self.value(&cons.head);
                    self.text(b", ")
                } else if matches!(tail, Value::EmptyList) {
                    Ok(())
                } else {
                    self.value(tail);
                    self.text(b" | ")
                }
            }
            Work::Elements(elements) => {
                if let [first, rest @ ..] = elements {
                    if !rest.is_empty() {
                        self.work.push(Work::Elements(rest));
                        self.then(", ");
                    }
                    self.value(first);
                }
                Ok(())
            }
            Work::Pairs { mut left, mut done, open } => {
                if open {
                    done.extend(self.texts.pop());
                }
                if let Some((key, value)) = left.pop() {
                    self.texts.push(Vec::new());
                    self.work.push(Work::Pairs { left, done, open: true });
                    self.value(value);
                    self.then(" => ");
                    self.value(key);
                    return Ok(());
                }
                done.sort();
                for (index, pair) in done.iter().enumerate() {
                    self.text(if index > 0 { b", " } else { b"" })?;
                    self.text(pair)?;
                }
                self.text(b"}")
            }
        }
    }

    fn begin(&mut self, value: &'a Value) -> Result<(), Failure> {
        match value {
            Value::Nil => self.text(b"nil"),
            Value::True => self.text(b"true"),
            Value::False => self.text(b"false"),
            Value::Integer(number) => self.text(number.to_string().as_bytes()),
            Value::Float(number) => self.text(crate::float_text::float_text(*number).as_bytes()),
            Value::Symbol(symbol) => {
                self.text(b"#")?;
                self.text(self.context.symbols.name(*symbol).as_bytes())
            }
            Value::Class(class) => self.class(*class, ""),
            Value::Metaclass(class) => self.class(*class, " class"),
            Value::EmptyList => self.text(b"#()"),
            Value::Heap(reference) => match reference.tag() {
                Tag::Text => self.text(value.as_text().unwrap_or_default()),
                Tag::Big => match value.as_big() {
                    Some(big) => self.text(crate::natives::text::of_big(big)?.as_bytes()),
                    None => Ok(()),
                },
                Tag::Cons => {
                    let Some(cons) = value.as_cons() else { return Ok(()) };
                    self.then(")");
                    self.work.push(Work::Tail(&cons.tail));
                    self.value(&cons.head);
                    self.text(b"#(")
                }
                Tag::Tuple => self.tuple(value.as_tuple().unwrap_or_default()),
                Tag::Instance => match value.as_instance() {
                    Some(instance) => self.object(instance),
                    None => Ok(()),
                },
                Tag::Map => {
                    let pairs = value.as_map().into_iter().flat_map(|map| map.iter()).collect();
                    self.work.push(Work::Pairs { left: pairs, done: Vec::new(), open: false });
                    self.text(b"#{")
                }
                Tag::Array => {
                    self.then("]");
                    self.work.push(Work::Elements(value.as_array().unwrap_or_default()));
                    self.text(b"#[")
                }
                Tag::Block => self.text(b"a Block"),
                Tag::Foreign => match value.as_foreign().map(|foreign| foreign.kind) {
                    Some(Kind::Fun(_)) => self.text(b"a Block"),
                    Some(Kind::Future) => self.text(b"a Future"),
                    Some(Kind::Actor(class)) => self.article(self.context.symbols.name(class)),
                    Some(Kind::Reference | Kind::Port | Kind::Pid | Kind::Bits) | None => Err(Failure::Host),
                },
                // Never in the hands of a program.
                Tag::Cells | Tag::Unwinding | Tag::Node | Tag::Sorter => Ok(()),
            },
        }
    }

    fn class(&mut self, class: ClassId, suffix: &str) -> Result<(), Failure> {
        let context = self.context;
        self.text(context.symbols.name(context.classes.name(class)).as_bytes())?;
        self.text(suffix.as_bytes())
    }

    fn article(&mut self, class: &str) -> Result<(), Failure> {
        self.text(b"a ")?;
        self.text(class.as_bytes())
    }

    /// Some tuples are records: an error, or what stands for a class or an object at the host.
    fn tuple(&mut self, parts: &'a [Value]) -> Result<(), Failure> {
        let context = self.context;
        let name = |index: usize| parts.get(index).and_then(|part| context.symbols.text(part));
        match (parts.len(), name(0)) {
            (7, Some("beamtalk_error")) if parts[4].as_text().is_some() => return self.error(parts),
            (4, Some("beamtalk_object")) => {
                if let Some(class) = name(3) {
                    self.text(class.as_bytes())?;
                    return self.text(if name(1) == Some("Metaclass") { b" class" } else { b"" });
                }
            }
            _ => {}
        }
        self.then("}");
        self.work.push(Work::Elements(parts));
        self.text(b"{")
    }

    /// The message of an error's record, and the hint on a line of its own.
    fn error(&mut self, record: &'a [Value]) -> Result<(), Failure> {
        self.text(record[4].as_text().unwrap_or_default())?;
        if let Some(hint) = record[5].as_text() {
            self.text(b"\nHint: ")?;
            self.text(hint)?;
        }
        Ok(())
    }

    fn field(&self, object: &'a Instance, name: &str) -> Option<&'a Value> {
        let shape = self.context.classes.shape_at(object.shape);
        let place = shape.fields.iter().position(|field| self.context.symbols.name(*field) == name)?;
        object.fields.get(place)
    }

    fn object(&mut self, object: &'a Instance) -> Result<(), Failure> {
        let context = self.context;
        let class = context.symbols.name(context.classes.name(object.class));
        let field = |name| self.field(object, name);
        let text_of = |name| field(name).and_then(Value::as_text);
        let name_of = |name| field(name).and_then(|value| context.symbols.text(value));
        match class {
            "Association" => {
                if let (Some(key), Some(value)) = (field("key"), field("value")) {
                    self.value(value);
                    self.then(" -> ");
                    self.value(key);
                    return Ok(());
                }
            }
            "Set" => match field("elements") {
                Some(Value::EmptyList) => return self.text(b"Set()"),
                Some(elements) => {
                    if let Some(cons) = elements.as_cons() {
                        self.then(")");
                        self.work.push(Work::Tail(&cons.tail));
                        self.value(&cons.head);
                        return self.text(b"Set(");
                    }
                }
                None => {}
            },
            "Stream" => {
                if let Some(text) = text_of("description") {
                    return self.text(text);
                }
            }
            "StackFrame" => {
                if let Some(text) = text_of("text") {
                    return self.text(text);
                }
            }
            "Regex" => {
                if let Some(text) = text_of("source") {
                    return self.enclosed("Regex(", text, ")");
                }
            }
            "ErlangModule" => {
                if let Some(module) = name_of("module") {
                    return self.enclosed("#ErlangModule<", module.as_bytes(), ">");
                }
            }
            "CompiledMethod" => {
                if let Some(selector) = name_of("selector") {
                    return self.enclosed("a CompiledMethod(", selector.as_bytes(), ")");
                }
            }
            "DateTime" => {
                if let Some(Value::Integer(seconds)) = field("timestamp") {
                    if let Some(text) = date::text(*seconds) {
                        return self.enclosed("a DateTime(", text.as_bytes(), ")");
                    }
                }
            }
            // Counts and a duration, of tests that the host has run.
            "TestResult" if field("duration").is_some_and(Value::is_number) => return Err(Failure::Host),
            _ => {}
        }
        match field("error").and_then(Value::as_tuple) {
            Some(record) if record.len() == 7 && context.symbols.text(&record[0]) == Some("beamtalk_error") => self.error(record),
            _ => self.article(class),
        }
    }

    fn enclosed(&mut self, before: &str, text: &[u8], after: &str) -> Result<(), Failure> {
        self.text(before.as_bytes())?;
        self.text(text)?;
        self.text(after.as_bytes())
    }
}
