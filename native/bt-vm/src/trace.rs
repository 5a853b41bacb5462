//! Traces: what an exception object keeps of the frames it was raised in, and the frames as objects.
//!
//! The raw form is Erlang's: `{Module, Function, Arity, [{file, F}, {line, L}]}`, innermost first, so a trace reads the same whoever made it.

use crate::classes::ClassId;
use crate::code::Code;
use crate::context::Context;
use crate::symbols::Symbol;
use crate::value::Value;

/// Frames that a trace keeps: the default of the BEAM's `backtrace_depth`.
pub(crate) const DEPTH: usize = 8;

/// Module of inputs: those of the prompt are programs.
const INPUT_MODULE: &str = "beamtalk_repl_eval_0";

/// One frame of a trace.
pub(crate) struct Place {
    pub module: Symbol,
    pub function: Symbol,
    pub arity: usize,
    pub file: Option<Value>,
    pub line: Option<u32>,
}

impl Context {
    /// What a trace says of code that goes on at `pc`.
    pub(crate) fn place_of(&mut self, code: &Code, pc: usize) -> Place {
        let span = code.chunk.span_at(pc.saturating_sub(1));
        let of_class = code.class.and_then(|class| self.classes.code(class)).cloned();
        let (module, file, lines) = match &of_class {
            Some(class) => (class.module.as_str(), class.description.file.as_deref(), class.description.lines.as_slice()),
            None => {
                let lines = code.lines.as_deref();
                (INPUT_MODULE, lines.map(|lines| lines.file.as_str()), lines.map_or(&[][..], |lines| &lines.begins))
            }
        };
        let file = file.map(|file| self.classes.file(of_class.as_ref().and(code.class), file));
        // Lines count from one, and the first begins at the first byte.
        let line = lines.partition_point(|begin| *begin <= span.start) as u32;
        let line = (file.is_some() && line > 0).then_some(line);
        let module = self.symbols.intern(module);
        Place { module, function: code.function, arity: crate::code::arity(&code.chunk), file, line }
    }
}

/// The frame as a term.
pub(crate) fn term(context: &mut Context, place: Place) -> Value {
    let mut location = Vec::with_capacity(2);
    if let Some(file) = place.file {
        location.push(Value::tuple(vec![context.symbol("file"), file]));
    }
    if let Some(line) = place.line {
        location.push(Value::tuple(vec![context.symbol("line"), Value::Integer(i64::from(line))]));
    }
    let parts = vec![
        Value::Symbol(place.module),
        Value::Symbol(place.function),
        Value::Integer(place.arity as i64),
        Value::list(location.into_iter()),
    ];
    Value::tuple(parts)
}

/// The host's trace with the machine's frames below it, as far as they are not in it already: what the host raised may have come through blocks of the machine.
pub(crate) fn joined(context: &Context, host: &Value, own: &Value) -> Value {
    let above: Vec<Value> = host.elements().cloned().collect();
    let is_new = |frame: &&Value| !above.iter().any(|other| is_same(context, frame, other));
    let below: Vec<Value> = own.elements().filter(is_new).cloned().collect();
    Value::list(above.into_iter().chain(below).take(DEPTH).collect::<Vec<_>>().into_iter())
}

/// Do both stand at the same line of the same function?
fn is_same(context: &Context, frame: &Value, other: &Value) -> bool {
    let (Some([m, f, a, l]), Some([n, g, b, k])) = (frame.as_tuple(), other.as_tuple()) else { return false };
    let name = |value: &Value| context.symbols.text(value).map(str::to_string);
    let number = |value: &Value| match value {
        Value::Integer(n) => Some(*n),
        _ => None,
    };
    let line = |location: &Value| located(context, location, "line").as_ref().and_then(number);
    name(m) == name(n) && name(f) == name(g) && number(a) == number(b) && line(l) == line(k)
}

/// The frames of a raw trace as objects. In front the runtime's own functions are left out: the first frame is the code that failed.
pub(crate) fn frames(context: &mut Context, trace: &Value) -> Value {
    let all: Vec<&[Value]> = trace.elements().filter_map(Value::as_tuple).filter(|frame| frame.len() == 4).collect();
    let first = all.iter().position(|frame| !is_runtime(context, frame)).unwrap_or(0);
    let frames: Vec<Value> = all[first..].iter().map(|frame| object(context, frame)).collect();
    Value::list(frames.into_iter())
}

fn is_runtime(context: &Context, frame: &[Value]) -> bool {
    let module = context.symbols.text(&frame[0]).unwrap_or_default();
    module.starts_with("beamtalk_") && !module.starts_with("beamtalk_repl_eval_")
}

fn object(context: &mut Context, frame: &[Value]) -> Value {
    let module = context.symbols.text(&frame[0]).unwrap_or_default().to_string();
    let method = method_of(context.symbols.text(&frame[1]).unwrap_or_default()).to_string();
    let arguments = match &frame[2] {
        Value::Integer(arity) => *arity,
        list => list.elements().count() as i64,
    };
    let class = class_of(context, &module);
    let file = located(context, &frame[3], "file").and_then(|file| file_text(&file));
    let line = located(context, &frame[3], "line").unwrap_or_default();
    let class_text = class.map_or("?", |class| context.symbols.name(context.classes.name(class))).to_string();
    let place = match (&file, &line) {
        (None, _) => String::new(),
        (Some(file), Value::Integer(line)) => format!(" ({file}:{line})"),
        (Some(file), _) => format!(" ({file})"),
    };
    let fields = [
        ("method", context.symbols.value(&method)),
        ("arguments", Value::Integer(arguments)),
        ("receiverClass", class.map_or(Value::Nil, |class| Value::Symbol(context.classes.name(class)))),
        ("moduleName", Value::text(module)),
        ("file", file.map_or(Value::Nil, Value::text)),
        ("line", line),
        ("text", Value::text(format!("{class_text}>>{method}/{arguments}{place}"))),
    ];
    let fields = fields.into_iter().map(|(name, value)| (context.intern(name), value)).collect();
    let name = context.intern("StackFrame");
    let class = context.classes.entry(name);
    context.classes.instance(class, fields)
}

/// The selector that a function name stands for: a block or a loop of a method is `-inject:into:/3-anonymous-0-`.
fn method_of(function: &str) -> &str {
    let name = match function.strip_prefix('-').and_then(|rest| rest.split_once('/')) {
        Some((name, _)) if !name.is_empty() => name,
        _ => function,
    };
    name.strip_prefix("$bt:").unwrap_or(name)
}

/// Name of the function of an instance method: four meet other exports of every class module.
pub(crate) fn function_name(selector: &str) -> String {
    match selector {
        "new" | "spawn" | "has_method" | "module_info" => format!("$bt:{selector}"),
        other => other.to_string(),
    }
}

fn class_of(context: &mut Context, module: &str) -> Option<ClassId> {
    if let Some(class) = context.classes.by_module(module) {
        return Some(class);
    }
    // The guess for a class that nobody has needed yet: the last part of the module's name in camel case.
    let name = module.strip_prefix("bt@")?.rsplit('@').next()?;
    let camel: String = name
        .split('_')
        .flat_map(|part| {
            let mut chars = part.chars();
            let first = chars.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(chars).collect::<Vec<_>>()
        })
        .collect();
    let name = context.intern(&camel);
    context.classes.named(name, &mut context.symbols)
}

fn located(context: &Context, location: &Value, wanted: &str) -> Option<Value> {
    location.elements().filter_map(Value::as_tuple).find_map(|pair| match pair {
        [key, value] if context.symbols.text(key) == Some(wanted) => Some(value.clone()),
        _ => None,
    })
}

fn file_text(file: &Value) -> Option<String> {
    if let Some(text) = file.as_text() {
        return Some(String::from_utf8_lossy(text).into_owned());
    }
    file.is_list().then(|| {
        let character = |c: &Value| match c {
            Value::Integer(code) => u32::try_from(*code).ok().and_then(char::from_u32),
            _ => None,
        };
        file.elements().filter_map(character).collect()
    })
}
