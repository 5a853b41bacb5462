//! Reply maps, written: one function per kind of answer.

use bt_engine::{
    Category, ClassDoc, ClassKind, ClassReport, Compiled, FieldInfo, Kind, MethodInfo, MethodSummary, Position, Report, Severity,
    Side,
};

use crate::term::{Item, Term};
use crate::words as w;

pub fn compiled(answer: Compiled) -> Term<'static> {
    let mut items = vec![
        (w::STATUS, w::OK),
        (w::WARNINGS, warnings(&answer.diagnostics)),
        (w::DIAGNOSTICS, diagnostics(&answer.diagnostics)),
        (w::CORE_ERLANG, Term::text(answer.core_erlang)),
    ];
    let defines = |items: &mut Vec<Item>, name: String, classes: &[ClassReport]| {
        items.push((w::MODULE_NAME, Term::text(name)));
        items.push((w::CLASSES, Term::List(classes.iter().map(class).collect())));
    };
    match answer.kind {
        Kind::Module => {
            items.push((w::KIND, w::MODULE));
            defines(&mut items, answer.module_name, &answer.classes);
        }
        Kind::Expression => items.push((w::KIND, w::EXPRESSION)),
        Kind::ClassDefinition => {
            items.push((w::KIND, w::CLASS_DEFINITION));
            defines(&mut items, answer.module_name, &answer.classes);
        }
        Kind::MethodDefinition(method) => {
            items.push((w::KIND, w::METHOD_DEFINITION));
            method_summary(&mut items, method);
        }
    }
    if let Some((merged, method)) = answer.merged {
        items.push((w::MERGED_SOURCE, Term::text(merged)));
        method_summary(&mut items, method);
    }
    Term::Map(items)
}

fn method_summary(items: &mut Vec<Item>, method: MethodSummary) {
    items.push((w::CLASS_NAME, Term::text(method.class_name)));
    items.push((w::SELECTOR, Term::text(method.selector)));
    items.push((w::IS_CLASS_METHOD, boolean(method.is_class_method)));
    items.push((w::METHOD_SOURCE, Term::text(method.source)));
}

pub fn failed(reports: &[Report]) -> Term<'static> {
    Term::Map(vec![(w::STATUS, w::ERROR), (w::DIAGNOSTICS, diagnostics(reports))])
}

pub fn found(reports: &[Report]) -> Term<'static> {
    Term::Map(vec![(w::STATUS, w::OK), (w::DIAGNOSTICS, diagnostics(reports))])
}

pub fn formatted(text: String) -> Term<'static> {
    Term::Map(vec![(w::STATUS, w::OK), (w::SOURCE, Term::text(text)), (w::DIAGNOSTICS, Term::List(Vec::new()))])
}

pub fn complete(is_complete: bool) -> Term<'static> {
    Term::Map(vec![(w::STATUS, w::OK), (w::COMPLETE, boolean(is_complete))])
}

pub fn shown(text: String, reports: &[Report]) -> Term<'static> {
    Term::Map(vec![(w::STATUS, w::OK), (w::TEXT, Term::text(text)), (w::DIAGNOSTICS, diagnostics(reports))])
}

pub fn version(commands: &[&'static str], protocol: i64) -> Term<'static> {
    Term::Map(vec![
        (w::STATUS, w::OK),
        (w::VERSION, Term::static_text(bt_engine::VERSION)),
        (w::PROTOCOL, Term::Int(protocol)),
        (w::COMMANDS, Term::List(commands.iter().map(|c| Term::atom(c)).collect())),
        (w::TARGET, Term::static_text(bt_engine::TARGET)),
    ])
}

pub fn nothing() -> Term<'static> {
    Term::Map(vec![(w::STATUS, w::OK)])
}

pub fn documented(classes: &[ClassDoc]) -> Term<'static> {
    let one = |doc: &ClassDoc| {
        let Term::Map(mut items) = class(&doc.class) else { unreachable!("class information is a map") };
        let examples = doc.examples.iter().map(|e| {
            Term::Map(vec![
                (w::EXPRESSION, Term::text(e.expression.as_str())),
                (w::EXPECTED, maybe(e.expected.as_deref())),
                (w::LINE, Term::Int(e.line.into())),
            ])
        });
        items.push((w::EXAMPLES, Term::List(examples.collect())));
        Term::Map(items)
    };
    Term::Map(vec![(w::STATUS, w::OK), (w::CLASSES, Term::List(classes.iter().map(one).collect()))])
}

fn warnings(reports: &[Report]) -> Term<'static> {
    Term::List(reports.iter().filter(|r| r.severity != Severity::Error).map(|r| Term::text(r.message.as_str())).collect())
}

fn diagnostics(reports: &[Report]) -> Term<'static> {
    Term::List(reports.iter().map(diagnostic).collect())
}

fn diagnostic(report: &Report) -> Term<'static> {
    let mut items = vec![
        (w::SEVERITY, Term::static_text(report.severity.as_str())),
        (w::CODE, Term::static_text(report.code)),
        (w::MESSAGE, Term::text(report.message.as_str())),
        (w::CATEGORY, report.category.map_or(w::UNDEFINED, |c: Category| Term::static_text(c.as_str()))),
    ];
    position(&mut items, report.at);
    if let Some(hint) = &report.hint {
        items.push((w::HINT, Term::text(hint.as_str())));
    }
    if let Some(file) = &report.file {
        items.push((w::FILE, Term::text(file.as_str())));
    }
    if !report.related.is_empty() {
        let related = report.related.iter().map(|(message, at)| {
            let mut items = vec![(w::MESSAGE, Term::text(message.as_str()))];
            position(&mut items, *at);
            Term::Map(items)
        });
        items.push((w::RELATED, Term::List(related.collect())));
    }
    if let Some((at, replacement)) = &report.edit {
        let mut edit = vec![(w::REPLACEMENT, Term::text(replacement.as_str()))];
        position(&mut edit, *at);
        items.push((w::EDIT, Term::Map(edit)));
    }
    Term::Map(items)
}

fn position(items: &mut Vec<Item>, at: Position) {
    for (key, value) in [
        (w::START, at.start),
        (w::END, at.end),
        (w::LINE, at.line),
        (w::COLUMN, at.column),
        (w::END_LINE, at.end_line),
        (w::END_COLUMN, at.end_column),
    ] {
        items.push((key, Term::Int(value.into())));
    }
}

fn class(report: &ClassReport) -> Term<'static> {
    let info = &report.info;
    let modifiers =
        [(info.modifiers.is_sealed, w::SEALED), (info.modifiers.is_abstract, w::ABSTRACT), (info.modifiers.is_typed, w::TYPED)];
    let kind = match report.kind {
        ClassKind::Actor => w::ACTOR,
        ClassKind::Value => w::VALUE,
        ClassKind::Either => w::OBJECT,
    };
    Term::Map(vec![
        (w::NAME, Term::text(info.name.as_str())),
        (w::SUPERCLASS, Term::text(info.superclass.as_deref().unwrap_or("none"))),
        (w::KIND, kind),
        (w::MODULE, maybe(info.module.as_deref())),
        (w::MODIFIERS, Term::List(modifiers.into_iter().filter(|m| m.0).map(|m| m.1).collect())),
        (w::FIELDS, Term::List(info.fields.iter().map(field).collect())),
        (w::CLASS_FIELDS, Term::List(info.class_vars.iter().map(field).collect())),
        (w::METHODS, Term::List(info.methods.iter().map(method).collect())),
        (w::DOC, maybe(info.doc.as_deref())),
    ])
}

fn field(field: &FieldInfo) -> Term<'static> {
    Term::Map(vec![
        (w::NAME, Term::text(field.name.as_str())),
        (w::TYPE, maybe(field.type_name.as_deref())),
        (w::DEFAULT, maybe(field.default.as_deref())),
    ])
}

fn method(method: &MethodInfo) -> Term<'static> {
    let side = match method.side {
        Side::Instance => w::INSTANCE,
        Side::Class => w::CLASS,
    };
    Term::Map(vec![
        (w::SELECTOR, Term::text(method.selector.as_str())),
        (w::SIDE, side),
        (w::ARITY, Term::Int(method.selector.arity() as i64)),
        (w::SIGNATURE, Term::text(method.signature.as_str())),
        (w::PARAM_TYPES, Term::List(method.param_types.iter().map(|t| maybe(t.as_deref())).collect())),
        (w::RETURN_TYPE, maybe(method.return_type.as_deref())),
        (w::SEALED, boolean(method.is_sealed)),
        (w::DOC, maybe(method.doc.as_deref())),
        (w::SOURCE, maybe(method.source.as_deref())),
        (w::START, Term::Int(method.span.start.into())),
        (w::END, Term::Int(method.span.end.into())),
    ])
}

fn maybe(text: Option<&str>) -> Term<'static> {
    text.map_or(w::UNDEFINED, Term::text)
}

fn boolean(value: bool) -> Term<'static> {
    if value {
        w::TRUE
    } else {
        w::FALSE
    }
}
