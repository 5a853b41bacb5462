//! Listings for people and for snapshots: the tokens of a text, and a tree with one node per line.

use std::fmt::Write as _;

use bt_base::Span;

use crate::ast::*;
use crate::layout::{Item as LayoutItem, Layout};
use crate::lexer;
use crate::token::{error_text, Token};

const RED_ZONE: usize = 128 * 1024;
const STACK: usize = 1024 * 1024;

/// One line per token: place, name, spelling; marks for line starts; the trivia before it, if it is not blank.
pub fn show_tokens(text: &str) -> String {
    let mut out = String::new();
    let mut end = 0;
    for token in lexer::lex(text) {
        let Span { start, end: next } = token.span;
        let trivia = text.get(end..start as usize).unwrap_or("");
        if !trivia.is_empty() {
            let _ = writeln!(out, "{end}..{start} trivia {trivia:?}");
        }
        let spelling = token.span.text(text);
        let line = if token.starts_line { " at line start" } else { "" };
        let _ = match token.token {
            Token::EndOfInput => writeln!(out, "{start}..{next} end-of-input"),
            Token::Error => writeln!(out, "{start}..{next} error {:?}{line}", error_text(spelling)),
            kind => writeln!(out, "{start}..{next} {} {spelling:?}{line}", kind.name()),
        };
        end = next as usize;
    }
    out
}

/// What the layout makes of the tokens: one line for each header, default and statement, each token with its meaning at its place.
pub fn show_layout(text: &str) -> String {
    let tokens = lexer::lex(text);
    let mut layout = Layout::new(text, &tokens);
    let mut out = String::new();
    while let Some(item) = layout.next() {
        show_item(&mut out, text, &format!("{item:?}"), &layout);
        if item == (LayoutItem::Field { has_default: true }) {
            layout.default_value();
            show_item(&mut out, text, "Default", &layout);
        }
    }
    out
}

fn show_item(out: &mut String, text: &str, what: &str, layout: &Layout<'_, '_>) {
    let what = what.split_whitespace().next().unwrap_or(what);
    let of_method = if what == "Statement" && layout.statement_of_method { " of the method" } else { "" };
    let _ = write!(out, "{what}{of_method}:");
    for token in &layout.out {
        let spelling = token.span.text(text);
        let _ = match spelling.trim().is_empty() {
            true => write!(out, " {:?}", token.kind),
            false => write!(out, " {spelling}|{:?}", token.kind),
        };
    }
    out.push('\n');
}

/// The tree, two columns of indentation per level, each node with its place.
pub fn show_ast(module: &Module<'_>) -> String {
    let mut show = Show { module, out: String::new() };
    for item in &module.items {
        match item {
            Item::Class(class) => show.class(class),
            Item::Method(method) => show.standalone(method),
            Item::Statement(id) => show.expr(0, "", *id),
        }
    }
    show.out
}

struct Show<'a, 's> {
    module: &'a Module<'s>,
    out: String,
}

fn place(span: Span) -> String {
    format!("@{}..{}", span.start, span.end)
}

fn type_text(ty: Option<&Type<'_>>) -> String {
    match ty {
        None => String::new(),
        Some(ty) => {
            let names: Vec<&str> = ty.names.iter().map(|n| n.text).collect();
            format!(" : {}", names.join(" | "))
        }
    }
}

fn integer(value: &IntValue) -> String {
    match value {
        IntValue::Small(v) => v.to_string(),
        IntValue::Big(v) => v.to_string(),
    }
}

fn joined(parts: &[Ident<'_>]) -> String {
    parts.iter().map(|p| p.text).collect()
}

impl Show<'_, '_> {
    fn line(&mut self, level: usize, text: &str) {
        for _ in 0..level {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn doc(&mut self, level: usize, doc: Option<&Doc>) {
        if let Some(doc) = doc {
            self.line(level, &format!("doc {:?} {}", doc.text, place(doc.span)));
        }
    }

    fn class(&mut self, class: &ClassDef<'_>) {
        let ClassModifiers { is_abstract, is_sealed, is_typed } = class.modifiers;
        let mut head = String::from("class");
        for (set, word) in [(is_abstract, " abstract"), (is_sealed, " sealed"), (is_typed, " typed")] {
            head.push_str(if set { word } else { "" });
        }
        let _ = write!(head, " {} of {} {}", class.name.text, class.superclass.text, place(class.span));
        self.line(0, &head);
        self.doc(1, class.doc.as_ref());
        for (kind, fields) in [("field", &class.fields), ("class-field", &class.class_fields)] {
            for field in fields {
                let text = format!("{kind} {}{} {}", field.name.text, type_text(field.ty.as_ref()), place(field.span));
                self.line(1, &text);
                if let Some(default) = field.default {
                    self.expr(2, "", default);
                }
            }
        }
        for method in &class.methods {
            self.method(1, method);
        }
    }

    fn standalone(&mut self, method: &StandaloneMethod<'_>) {
        let side = if method.class_side { " class" } else { "" };
        self.line(0, &format!("standalone {}{side} {}", method.class.text, place(method.span)));
        self.method(1, &method.method);
    }

    fn method(&mut self, level: usize, method: &MethodDef<'_>) {
        let mut head = String::from("method");
        for (set, word) in [(method.class_side, " class"), (method.sealed, " sealed")] {
            head.push_str(if set { word } else { "" });
        }
        let _ = write!(head, " {}", method.selector);
        if let Some(ty) = &method.return_type {
            let _ = write!(head, " ->{}", type_text(Some(ty)).trim_start_matches(" :"));
        }
        let _ = write!(head, " {} source {} header {}", place(method.span), place(method.source_span), place(method.header_span));
        self.line(level, &head);
        self.doc(level + 1, method.doc.as_ref());
        for param in &method.params {
            self.line(level + 1, &format!("param {}{}", param.name.text, type_text(param.ty.as_ref())));
        }
        for &id in &method.body {
            self.expr(level + 1, "", id);
        }
    }

    fn all(&mut self, level: usize, role: &str, ids: &[ExprId]) {
        for &id in ids {
            self.expr(level, role, id);
        }
    }

    fn expr(&mut self, level: usize, role: &str, id: ExprId) {
        stacker::maybe_grow(RED_ZONE, STACK, || self.node(level, role, id));
    }

    fn node(&mut self, level: usize, role: &str, id: ExprId) {
        let module = self.module;
        let Expr { kind, span } = module.expr(id);
        let head = match kind {
            ExprKind::Integer(value) => format!("integer {}", integer(value)),
            ExprKind::Float(value) => format!("float {value:?}"),
            ExprKind::Character(code) => format!("character {code}"),
            ExprKind::String(value) => format!("string {value:?}"),
            ExprKind::Interpolation(_) => "interpolation".to_string(),
            ExprKind::Symbol(name) => format!("symbol {name:?}"),
            ExprKind::Variable(name) => format!("variable {name}"),
            ExprKind::ClassRef(name) => format!("class-ref {name}"),
            ExprKind::SelfRef => "self".to_string(),
            ExprKind::Super => "super".to_string(),
            ExprKind::Field { name, .. } => format!("field {}", name.text),
            ExprKind::Assign { .. } => "assign".to_string(),
            ExprKind::Return(_) => "return".to_string(),
            ExprKind::Unary { selector, .. } => format!("unary {}", selector.text),
            ExprKind::Binary { op, .. } => format!("binary {}", op.text),
            ExprKind::Keyword { parts, .. } => format!("keyword {}", joined(parts)),
            ExprKind::Cascade { .. } => "cascade".to_string(),
            ExprKind::Block { params, .. } => params.iter().fold(String::from("block"), |head, p| head + " :" + p.text),
            ExprKind::List { .. } => "list".to_string(),
            ExprKind::Array(_) => "array".to_string(),
            ExprKind::Map(_) => "map".to_string(),
            ExprKind::Match { .. } => "match".to_string(),
            ExprKind::Paren(_) => "paren".to_string(),
            ExprKind::Pragma { name, quoted: true } => format!("pragma {:?}", name.text),
            ExprKind::Pragma { name, quoted: false } => format!("pragma {}", name.text),
            ExprKind::Expect(name) => format!("expect {}", name.text),
            ExprKind::Error => "error".to_string(),
        };
        let role = if role.is_empty() { String::new() } else { format!("{role}: ") };
        self.line(level, &format!("{role}{head} {}", place(*span)));
        let level = level + 1;
        match kind {
            ExprKind::Field { receiver, .. } | ExprKind::Unary { receiver, .. } => self.expr(level, "", *receiver),
            ExprKind::Assign { target, value } => self.all(level, "", &[*target, *value]),
            ExprKind::Return(value) | ExprKind::Paren(value) => self.expr(level, "", *value),
            ExprKind::Binary { left, right, .. } => self.all(level, "", &[*left, *right]),
            ExprKind::Keyword { receiver, args, .. } => {
                self.expr(level, "", *receiver);
                self.all(level, "", args);
            }
            ExprKind::Cascade { first, messages } => {
                self.expr(level, "", *first);
                for message in messages {
                    self.message(level, message);
                }
            }
            ExprKind::Block { body, .. } => self.all(level, "", body),
            ExprKind::List { elements, tail } => {
                self.all(level, "", elements);
                if let Some(tail) = tail {
                    self.expr(level, "tail", *tail);
                }
            }
            ExprKind::Array(elements) => self.all(level, "", elements),
            ExprKind::Map(entries) => {
                for (key, value) in entries {
                    self.expr(level, "key", *key);
                    self.expr(level, "value", *value);
                }
            }
            ExprKind::Interpolation(segments) => {
                for segment in segments {
                    match segment {
                        Segment::Text(text) => self.line(level, &format!("text {text:?}")),
                        Segment::Expr(id) => self.expr(level, "", *id),
                    }
                }
            }
            ExprKind::Match { subject, arms } => {
                self.expr(level, "", *subject);
                for arm in arms {
                    self.line(level, &format!("arm {}", place(arm.span)));
                    self.pattern(level + 1, &arm.pattern);
                    if let Some(guard) = arm.guard {
                        self.expr(level + 1, "when", guard);
                    }
                    self.expr(level + 1, "", arm.body);
                }
            }
            _ => {}
        }
    }

    fn message(&mut self, level: usize, message: &Message<'_>) {
        match message {
            Message::Unary(name) => self.line(level, &format!("; unary {}", name.text)),
            Message::Binary(op, arg) => {
                self.line(level, &format!("; binary {}", op.text));
                self.expr(level + 1, "", *arg);
            }
            Message::Keyword(parts, args) => {
                self.line(level, &format!("; keyword {}", joined(parts)));
                self.all(level + 1, "", args);
            }
            Message::Error(span) => self.line(level, &format!("; error {}", place(*span))),
        }
    }

    fn pattern(&mut self, level: usize, pattern: &Pattern<'_>) {
        let head = match &pattern.kind {
            PatternKind::Wildcard => "wildcard".to_string(),
            PatternKind::Variable(name) => format!("binds {name}"),
            PatternKind::Atom(name) => (*name).to_string(),
            PatternKind::Integer(value) => format!("integer {}", integer(value)),
            PatternKind::Float(value) => format!("float {value:?}"),
            PatternKind::String(value) => format!("string {value:?}"),
            PatternKind::Symbol(name) => format!("symbol {name:?}"),
            PatternKind::Character(code) => format!("character {code}"),
            PatternKind::Tuple(_) => "tuple".to_string(),
            PatternKind::Error => "error".to_string(),
        };
        self.line(level, &format!("pattern {head} {}", place(pattern.span)));
        if let PatternKind::Tuple(parts) = &pattern.kind {
            for part in parts {
                stacker::maybe_grow(RED_ZONE, STACK, || self.pattern(level + 1, part));
            }
        }
    }
}
