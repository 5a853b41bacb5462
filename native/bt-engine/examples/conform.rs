//! Expression scripts of the conformance cases in the machine alone: `cargo run -p bt-engine --example conform -- FILE…`.
//!
//! For a look while working on the machine; the node's own run compares everything.
#![allow(clippy::print_stdout)]

use bt_engine::session::vm::{Class, Raise, Value};
use bt_engine::session::{Refusal, Session, Step};
use bt_engine::Options;

fn options() -> Options {
    Options { skip_checks: true, module_name: Some("eval".into()), ..Options::default() }
}

/// What the prompt shows: lists as JSON, symbols without their sign, all else as it prints itself.
fn text(session: &mut Session, value: Value) -> String {
    if value.is_list() {
        let mut parts = Vec::new();
        for element in value.elements() {
            let part = text(session, element.clone());
            let is_json = element.is_number() || element.is_list() || matches!(element, Value::True | Value::False);
            parts.push(if is_json { part } else { format!("{part:?}") });
        }
        return format!("[{}]", parts.join(","));
    }
    if let Value::Symbol(symbol) = value {
        return session.machine.context.symbols.name(symbol).to_string();
    }
    if value.is_number() || matches!(value, Value::True | Value::False | Value::Nil) {
        return format!("{value:?}");
    }
    session.bind("it__", value);
    match session.eval(b"it__ printString", &options(), i64::MAX) {
        Ok(Step::Done(value)) => match value.as_text() {
            Some(text) => String::from_utf8_lossy(text).into_owned(),
            None => format!("{value:?}"),
        },
        other => format!("printString: {}", short(format!("{other:?}"))),
    }
}

fn short(text: String) -> String {
    text.chars().take(300).collect()
}

fn kind(session: &Session, raise: &Raise) -> String {
    let context = &session.machine.context;
    let error = match raise.reason.as_instance() {
        Some(instance) => {
            let shape = context.classes.shape_at(instance.shape);
            let place = shape.fields.iter().position(|field| context.symbols.name(*field) == "error");
            place.map(|place| instance.fields[place].clone())
        }
        None => None,
    };
    match error.as_ref().and_then(Value::as_tuple) {
        Some(record) => context.symbols.text(&record[1]).unwrap_or("?").to_string(),
        None => context.symbols.text(&raise.reason).map_or(format!("{:?} {:?}", raise.class, raise.reason), str::to_string),
    }
}

fn main() {
    let verbose = std::env::var_os("QUIET").is_none();
    let (mut passed, mut failed, mut effects) = (0, 0, 0);
    for file in std::env::args().skip(1) {
        let source = std::fs::read_to_string(&file).expect("a readable file");
        let mut session = Session::new(256 << 20);
        let lines: Vec<&str> = source.lines().collect();
        let (mut good, mut bad) = (0, 0);
        for (number, pair) in lines.windows(2).enumerate() {
            let (input, expectation) = (pair[0].trim(), pair[1].trim());
            let Some(wanted) = expectation.strip_prefix("// =>") else { continue };
            let wanted = wanted.trim();
            let got = match session.eval(input.as_bytes(), &options(), i64::MAX) {
                Ok(Step::Done(value)) => text(&mut session, value),
                Ok(Step::Raised(raise, _)) if raise.class == Class::Error => format!("ERROR: {}", kind(&session, &raise)),
                Ok(Step::Effect(request)) => {
                    effects += 1;
                    short(format!("EFFECT {}", shown(&session, &request)))
                }
                Err(Refusal::Rejected(reports)) => format!("REJECTED {}", reports[0].message),
                other => short(format!("{other:?}")),
            };
            if got == wanted || (wanted.contains('_') && !got.starts_with("EFFECT")) || wanted.is_empty() {
                good += 1;
            } else {
                bad += 1;
                if verbose {
                    println!("{file}:{}: {input}\n    wanted {wanted}\n    got    {got}", number + 1);
                }
            }
        }
        println!("{file}: {good} of {}", good + bad);
        passed += good;
        failed += bad;
    }
    println!("{passed} of {}, {effects} ended at an effect", passed + failed);
}

fn shown(session: &Session, request: &bt_engine::session::vm::Request) -> String {
    use bt_engine::session::vm::Request;
    let name = |symbol: &_| session.machine.context.symbols.name(*symbol).to_string();
    match request {
        Request::Primitive { module, function, operands } => format!("{}:{}/{}", name(module), name(function), operands.len()),
        Request::Call { module, function, operands } => format!("call {}:{}/{}", name(module), name(function), operands.len()),
        Request::Send { selector, operands, .. } => format!("send {} to {:?}", name(selector), operands[0]),
        Request::Class(class) => format!("class {}", name(class)),
        other => format!("{other:?}"),
    }
}
