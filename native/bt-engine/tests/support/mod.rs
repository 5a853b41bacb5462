//! Expression scripts in the machine alone: what `beamtalk_script`, `beamtalk_expectation` and `beamtalk_expression_tests` do on the node.
//! Used by the test of whole areas and by the example that shows differences.
#![allow(dead_code)]

use std::path::Path;

use bt_engine::session::vm::{natives, Machine, Raise, Request, Unwinding, Value};
use bt_engine::session::{Session, Step};
use bt_engine::Options;

/// What stands behind `// =>`.
pub enum Expect {
    Value(String),
    Error(String),
    Warning(String),
}

pub struct Case {
    pub line: usize,
    pub source: String,
    pub expect: Expect,
}

#[derive(Default)]
pub struct Script {
    pub loads: Vec<String>,
    pub cases: Vec<Case>,
}

pub enum Verdict {
    Passed,
    Failed {
        wanted: String,
        got: String,
    },
    /// Only the host can go on.
    Effect(String),
}

/// A script: each line an input of its own.
pub fn parse(text: &str) -> Script {
    let mut script = Script::default();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let Some(comment) = line.strip_prefix("//") else {
            if !line.is_empty() {
                open = Some((index + 1, line.to_string()));
            }
            continue;
        };
        if let (Some(wanted), Some((line, source))) = (comment.strip_prefix(" =>"), open.take()) {
            script.cases.push(Case { line, source, expect: expectation(wanted) });
        } else if let Some(path) = comment.trim().strip_prefix("@load ") {
            script.loads.push(path.trim().to_string());
        }
    }
    script
}

fn expectation(text: &str) -> Expect {
    let text = text.trim();
    match (text.strip_prefix("ERROR:"), text.strip_prefix("WARNING:")) {
        (Some(kind), _) => Expect::Error(kind.trim().to_string()),
        (_, Some(text)) => Expect::Warning(text.trim().to_string()),
        _ => Expect::Value(text.to_string()),
    }
}

/// Does the text equal the pattern, where `_` stands for any run of characters? With an ASCII letter or digit on both sides it is an ordinary one.
pub fn matches(pattern: &str, text: &str) -> bool {
    if pattern == text {
        return true;
    }
    let pieces = pieces(pattern);
    let [first, middle @ .., last] = pieces.as_slice() else { return false };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        match rest.find(piece.as_str()) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

/// The pattern split at its wildcards.
fn pieces(pattern: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut before = None;
    let mut rest = pattern.chars().peekable();
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    while let Some(letter) = rest.next() {
        if letter == '_' && !(is_word(before) && is_word(rest.peek().copied())) {
            pieces.push(String::new());
        } else if let Some(piece) = pieces.last_mut() {
            piece.push(letter);
        }
        before = Some(letter);
    }
    pieces
}

fn options() -> Options {
    Options { skip_checks: true, workspace_mode: false, module_name: Some("eval".into()), ..Options::default() }
}

/// Runs a script; paths of `@load` lines begin at `root`. Fails with a text where a class does not load.
pub fn run(file: &Path, root: &Path) -> Result<Vec<(Case, Verdict)>, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let script = parse(&text);
    let mut session = Session::new(256 << 20);
    load(&mut session, &script.loads, root)?;
    // Variables that an input would have assigned which only the host can finish.
    let mut lost: Vec<String> = Vec::new();
    let mut results = Vec::with_capacity(script.cases.len());
    for case in script.cases {
        let (case, verdict) = match lost.iter().find(|name| words(&case.source).any(|word| word == name.as_str())) {
            Some(name) => {
                let missing = Verdict::Effect(format!("what made {name}"));
                (case, missing)
            }
            None => judge(&mut session, case),
        };
        if matches!(verdict, Verdict::Effect(_)) {
            let mut parts: Vec<&str> = case.source.split(":=").collect();
            parts.pop();
            lost.extend(parts.into_iter().filter_map(|before| words(before).last()).map(str::to_string));
        }
        results.push((case, verdict));
    }
    Ok(results)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// Files may name classes of files behind them: what does not load is tried again after the others.
fn load(session: &mut Session, files: &[String], root: &Path) -> Result<(), String> {
    let mut waiting: Vec<&String> = files.iter().collect();
    loop {
        let mut failed = Vec::new();
        let mut message = String::new();
        for path in &waiting {
            let source = std::fs::read(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
            let options = Options { workspace_mode: false, path: Some((*path).clone()), ..Options::default() };
            if let Err(refusal) = session.define(&source, &options) {
                message = format!("{path}: {refusal:?}");
                failed.push(*path);
            }
        }
        if failed.is_empty() {
            return Ok(());
        }
        if failed.len() == waiting.len() {
            return Err(message);
        }
        waiting = failed;
    }
}

fn judge(session: &mut Session, case: Case) -> (Case, Verdict) {
    let mut step = session.eval(case.source.as_bytes(), &options(), i64::MAX);
    // There are no classes but the library's and the script's.
    while let Ok(Step::Effect(Request::Class(name))) = step {
        let raise = session.machine.context.class_not_found(name);
        step = Ok(session.refuse(Unwinding::Raise(raise), i64::MAX));
    }
    let verdict = match (step, &case.expect) {
        (Ok(Step::Effect(request)), _) => Verdict::Effect(shown(session, &request)),
        (Ok(Step::Done(value)), Expect::Value(wanted)) => {
            let forms = forms(session, &value);
            match forms.iter().any(|form| matches(wanted, form)) {
                true => Verdict::Passed,
                false => Verdict::Failed { wanted: wanted.clone(), got: short(&forms[0]) },
            }
        }
        (Ok(Step::Done(value)), Expect::Error(wanted) | Expect::Warning(wanted)) => {
            Verdict::Failed { wanted: format!("ERROR: {wanted}"), got: short(&forms(session, &value)[0]) }
        }
        (Ok(Step::Raised(raise, _)), expect) => raised(session, &raise, expect),
        (Err(refusal), Expect::Error(wanted)) if wanted == "error" || wanted == "_" => {
            drop(refusal);
            Verdict::Passed
        }
        (other, expect) => Verdict::Failed { wanted: wanted(expect), got: short(&format!("{other:?}")) },
    };
    (case, verdict)
}

fn wanted(expect: &Expect) -> String {
    match expect {
        Expect::Value(text) => text.clone(),
        Expect::Error(kind) => format!("ERROR: {kind}"),
        Expect::Warning(text) => format!("WARNING: {text}"),
    }
}

fn raised(session: &mut Session, raise: &Raise, expect: &Expect) -> Verdict {
    let kinds = session.machine.counted(|machine| {
        let exception = machine.exception_of(raise);
        let context = &machine.context;
        let kind = context.kind_of(raise);
        let own = context.error_of(&exception).map(|record| record[1].clone()).unwrap_or_default();
        [kind, own, raise.reason.clone()].map(|kind| context.symbols.text(&kind).unwrap_or("?").to_string())
    });
    match expect {
        Expect::Error(kind) if !kind.is_empty() && (kind == "_" || kinds.contains(kind)) => Verdict::Passed,
        expect => Verdict::Failed { wanted: wanted(expect), got: format!("ERROR: {}", kinds.join(", ")) },
    }
}

fn short(text: &str) -> String {
    text.chars().take(300).collect()
}

/// Texts of a value that an expectation may have: what the prompt shows, and the built-in text.
fn forms(session: &mut Session, value: &Value) -> Vec<String> {
    session.machine.counted(|machine| vec![display(machine, value), built_in(machine, value)])
}

/// The built-in text, made without sending a message.
fn built_in(machine: &mut Machine, value: &Value) -> String {
    let Some(print) = natives::find("beamtalk_object_ops", "printString", 1) else { return "no printer".into() };
    match print(&mut machine.context, &mut [value.clone()]) {
        Ok(text) => String::from_utf8_lossy(text.as_text().unwrap_or_default()).into_owned(),
        Err(failure) => format!("{failure:?}"),
    }
}

/// What the prompt shows: of a list compact JSON, of symbols their names.
fn display(machine: &mut Machine, value: &Value) -> String {
    if value.is_list() {
        return json(machine, value);
    }
    match machine.context.symbols.text(value) {
        Some(name) => name.to_string(),
        None => match machine.parameters(value) {
            Some(count) => format!("a Block/{count}"),
            None => built_in(machine, value),
        },
    }
}

fn json(machine: &mut Machine, value: &Value) -> String {
    match value {
        Value::Integer(_) | Value::Float(_) | Value::True | Value::False => return built_in(machine, value),
        number if number.is_number() => return built_in(machine, value),
        list if list.is_list() => {
            let elements: Vec<Value> = list.elements().cloned().collect();
            let shown: Vec<String> = elements.iter().map(|element| json(machine, element)).collect();
            return format!("[{}]", shown.join(","));
        }
        _ => {}
    }
    let mut text = String::from("\"");
    for letter in display(machine, value).chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            control if control < ' ' => text.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

fn shown(session: &Session, request: &Request) -> String {
    let name = |symbol: &_| session.machine.context.symbols.name(*symbol).to_string();
    match request {
        Request::Primitive { module, function, operands } => format!("{}:{}/{}", name(module), name(function), operands.len()),
        Request::Call { module, function, operands } => format!("call {}:{}/{}", name(module), name(function), operands.len()),
        Request::Send { selector, operands, .. } => format!("send {} to {:?}", name(selector), operands[0]),
        Request::Super { class, selector, .. } => format!("super {} above {}", name(selector), name(class)),
        Request::Class(class) => format!("class {}", name(class)),
        Request::Global(global) => format!("global {}", name(global)),
        Request::Variable(variable) => format!("variable {}", name(variable)),
        other => short(&format!("{other:?}")),
    }
}
