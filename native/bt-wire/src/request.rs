//! Request maps, read: which command, with which fields. A wrong field is named in the answer.

use std::borrow::Cow;

use bt_base::{Name, Selector, Span};
use bt_engine::{ClassInfo, FieldInfo, MethodInfo, Mode, Modifiers, Options, Side, Stage};

use crate::term::Term;

/// One request, its texts borrowed from the message.
#[derive(Debug)]
pub enum Command<'t> {
    Compile {
        source: Cow<'t, [u8]>,
        options: Box<Options>,
    },
    CompileExpression {
        source: Cow<'t, [u8]>,
        options: Box<Options>,
    },
    CompileMethod {
        class_source: Cow<'t, [u8]>,
        source: Cow<'t, [u8]>,
        options: Box<Options>,
    },
    Diagnostics {
        source: Cow<'t, [u8]>,
        options: Box<Options>,
    },
    Doc {
        source: Cow<'t, [u8]>,
        options: Box<Options>,
    },
    Show {
        stage: Stage,
        source: Cow<'t, [u8]>,
        options: Box<Options>,
    },
    Format {
        source: Cow<'t, [u8]>,
        options: Box<Options>,
    },
    IsComplete {
        source: Cow<'t, [u8]>,
    },
    Version,
    Cancel,
    /// Only where the node was started for it: proves that a panic is survived.
    TestPanic,
}

/// Why a map is not a request.
pub type Refusal = String;

/// Reads a request. `test_panic` says whether the command of that name exists.
pub fn read<'t>(term: &'t Term<'_>, test_panic: bool) -> Result<Command<'t>, Refusal> {
    if !matches!(term, Term::Map(_)) {
        return Err("Request must be a map".to_owned());
    }
    let command = term.get("command").and_then(Term::as_atom).ok_or("Missing or invalid 'command' field")?;
    match command {
        "compile" => Ok(Command::Compile { source: source(term, "source")?, options: options(term, false)? }),
        "compile_expression" => Ok(Command::CompileExpression { source: source(term, "source")?, options: options(term, true)? }),
        "compile_method" => Ok(Command::CompileMethod {
            class_source: source(term, "class_source")?,
            source: source(term, "source")?,
            options: options(term, false)?,
        }),
        "diagnostics" => Ok(Command::Diagnostics { source: source(term, "source")?, options: options(term, false)? }),
        "doc" => Ok(Command::Doc { source: source(term, "source")?, options: options(term, false)? }),
        "show" => Ok(Command::Show {
            stage: match term.get("stage").and_then(Term::name).as_deref() {
                Some("tokens") => Stage::Tokens,
                Some("ast") => Stage::Ast,
                Some("hir") => Stage::Hir,
                Some("bytecode") => Stage::Bytecode,
                Some("core") | None => Stage::Core,
                Some(_) => return Err(invalid("stage")),
            },
            source: source(term, "source")?,
            options: options(term, false)?,
        }),
        "format" => Ok(Command::Format { source: source(term, "source")?, options: options(term, false)? }),
        "is_complete" => Ok(Command::IsComplete { source: source(term, "source")? }),
        "version" => Ok(Command::Version),
        "cancel" => Ok(Command::Cancel),
        "test_panic" if test_panic => Ok(Command::TestPanic),
        unknown => Err(format!("Unknown command: {unknown}")),
    }
}

fn invalid(field: &str) -> Refusal {
    format!("Missing or invalid '{field}' field")
}

fn source<'t>(term: &'t Term<'_>, field: &str) -> Result<Cow<'t, [u8]>, Refusal> {
    term.get(field).and_then(Term::bytes).ok_or_else(|| invalid(field))
}

pub(crate) fn options(term: &Term<'_>, module_required: bool) -> Result<Box<Options>, Refusal> {
    let defaults = Options::default();
    let module_field = if term.get("module").is_some() { "module" } else { "module_name" };
    let module_name = name(term, module_field)?;
    if module_required && module_name.is_none() {
        return Err(invalid("module"));
    }
    Ok(Box::new(Options {
        module_name,
        known_vars: match term.get("known_vars") {
            None => Vec::new(),
            Some(Term::List(names)) => {
                names.iter().map(Term::name).collect::<Option<_>>().ok_or_else(|| invalid("known_vars"))?
            }
            Some(_) => return Err(invalid("known_vars")),
        },
        mode: match term.get("mode").map(Term::name) {
            None => defaults.mode,
            Some(mode) => match mode.as_deref() {
                Some("expression") => Mode::Expression,
                Some("file") => Mode::File,
                Some("method") => Mode::Method,
                _ => return Err(invalid("mode")),
            },
        },
        stdlib_mode: flag(term, "stdlib_mode", defaults.stdlib_mode)?,
        allow_primitives: flag(term, "allow_primitives", defaults.allow_primitives)?,
        workspace_mode: flag(term, "workspace_mode", defaults.workspace_mode)?,
        suppress_warnings: flag(term, "suppress_warnings", defaults.suppress_warnings)?,
        skip_checks: flag(term, "skip_checks", defaults.skip_checks)?,
        late_bound: flag(term, "late_bound", defaults.late_bound)?,
        class_modules: pairs(term, "class_module_index")?,
        class_superclasses: pairs(term, "class_superclass_index")?,
        known_classes: known_classes(term)?,
        path: name(term, "path")?,
    }))
}

fn name(term: &Term<'_>, field: &str) -> Result<Option<String>, Refusal> {
    match term.get(field) {
        None => Ok(None),
        Some(value) => match value {
            Term::Atom(a) if &**a == "undefined" => Ok(None),
            other => other.name().map(Some).ok_or_else(|| invalid(field)),
        },
    }
}

fn flag(term: &Term<'_>, field: &str, default: bool) -> Result<bool, Refusal> {
    match term.get(field) {
        None => Ok(default),
        Some(value) => match value.as_atom() {
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            _ => Err(invalid(field)),
        },
    }
}

fn pairs(term: &Term<'_>, field: &str) -> Result<Vec<(String, String)>, Refusal> {
    match term.get(field) {
        None => Ok(Vec::new()),
        Some(Term::Map(items)) => {
            let mut all = items
                .iter()
                .map(|(k, v)| Some((k.name()?, v.name()?)))
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| invalid(field))?;
            all.sort();
            Ok(all)
        }
        Some(_) => Err(invalid(field)),
    }
}

/// Class name → what is known of it. A class without `superclass` cannot be placed and is left out.
fn known_classes(term: &Term<'_>) -> Result<Vec<ClassInfo>, Refusal> {
    let refuse = || invalid("known_classes");
    let mut all = match term.get("known_classes") {
        None => Vec::new(),
        Some(Term::Map(items)) => items
            .iter()
            .map(|(name, info)| class_info(Some(name.name()?), info))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(refuse)?,
        Some(Term::List(infos)) => {
            infos.iter().map(|info| class_info(None, info)).collect::<Option<Vec<_>>>().ok_or_else(refuse)?
        }
        Some(_) => return Err(refuse()),
    };
    all.sort_by(|a, b| a.as_ref().map(|c| &c.name).cmp(&b.as_ref().map(|c| &c.name)));
    Ok(all.into_iter().flatten().collect())
}

/// Outer `None`: not class information at all; inner `None`: nothing to place the class by.
fn class_info(key: Option<String>, info: &Term<'_>) -> Option<Option<ClassInfo>> {
    if !matches!(info, Term::Map(_)) {
        return None;
    }
    let name = key.or_else(|| text(info, "name"))?;
    let Some(superclass) = info.get("superclass") else {
        return Some(None);
    };
    let superclass = superclass.name().filter(|s| s != "none" && s != "nil");
    let module = text(info, "module");
    let has = |modifier: &str| matches!(info.get("modifiers"), Some(Term::List(all)) if all.iter().any(|m| m.name().as_deref() == Some(modifier)));
    Some(Some(ClassInfo {
        name: Name::new(&name),
        superclass: superclass.as_deref().map(Name::new),
        modifiers: Modifiers { is_abstract: has("abstract"), is_sealed: has("sealed"), is_typed: has("typed") },
        fields: each(info, "fields", field_info)?,
        class_vars: each(info, "class_fields", field_info)?,
        methods: each(info, "methods", method_info)?,
        doc: text(info, "doc"),
        complete: info.get("methods").is_some(),
        is_library: module.as_deref().is_some_and(|m| m.starts_with("bt@stdlib@")),
        module,
    }))
}

fn each<T>(info: &Term<'_>, field: &str, read: impl Fn(&Term<'_>) -> Option<T>) -> Option<Vec<T>> {
    match info.get(field) {
        None => Some(Vec::new()),
        Some(Term::List(all)) => all.iter().map(read).collect(),
        Some(_) => None,
    }
}

fn text(info: &Term<'_>, field: &str) -> Option<String> {
    info.get(field).and_then(Term::name)
}

/// A field is a map, or just its name.
fn field_info(field: &Term<'_>) -> Option<FieldInfo> {
    match field {
        Term::Map(_) => {
            Some(FieldInfo { name: text(field, "name")?, type_name: text(field, "type"), default: text(field, "default") })
        }
        other => Some(FieldInfo { name: other.name()?, ..FieldInfo::default() }),
    }
}

fn method_info(method: &Term<'_>) -> Option<MethodInfo> {
    let selector = Selector::new(&text(method, "selector")?);
    let param_types = match method.get("param_types") {
        Some(Term::List(all)) => all.iter().map(Term::name).collect(),
        _ => vec![None; selector.arity()],
    };
    Some(MethodInfo {
        side: if method.get("side").and_then(Term::as_atom) == Some("class") { Side::Class } else { Side::Instance },
        signature: text(method, "signature").unwrap_or_else(|| selector.to_string()),
        param_types,
        return_type: text(method, "return_type"),
        is_sealed: method.get("sealed").and_then(Term::as_atom) == Some("true"),
        doc: text(method, "doc"),
        source: text(method, "source"),
        span: Span::default(),
        selector,
    })
}
