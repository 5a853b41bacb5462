//! What the frontend finds wrong with a text. Its codes are its own: they are in no table of the compiler's.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

const fn code(name: &'static str, stage: Stage, checks: &'static str) -> Code {
    Code { name, severity: Severity::Error, stage, message: "", checks, example: "", better: "" }
}

pub const SYNTAX: Code = code("sexpr/syntax", Stage::Syntax, "Parentheses, brackets and quotes come in pairs.");
pub const NESTING: Code = code("sexpr/nesting", Stage::Syntax, "Forms stand in each other to a limited depth.");
pub const MACRO: Code = code("sexpr/macro", Stage::Syntax, "A macro gets the forms it asks for.");
pub const FORM: Code = code("sexpr/form", Stage::Code, "A special form has the parts it needs.");
pub const NAME: Code = code("sexpr/name", Stage::Names, "A name stands for something.");
pub const ARGUMENTS: Code = code("sexpr/arguments", Stage::Arguments, "A function gets as many arguments as it has parameters.");

pub fn unclosed(opening: char, span: Span) -> Diagnostic {
    Diagnostic::of(&SYNTAX, span, format!("`{opening}` is never closed"))
}

pub fn stray(closing: char, span: Span) -> Diagnostic {
    Diagnostic::of(&SYNTAX, span, format!("`{closing}` closes nothing"))
}

pub fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::of(&NESTING, span, "forms are nested too deeply")
}

pub fn expansion(span: Span) -> Diagnostic {
    Diagnostic::of(&MACRO, span, "macros of this text expand without end")
}

/// How a macro or a special form is written.
pub fn shape(code: &'static Code, span: Span, wanted: &str) -> Diagnostic {
    Diagnostic::of(code, span, format!("this is written `{wanted}`"))
}

pub fn form(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::of(&FORM, span, message)
}

pub fn unknown(name: &str, span: Span) -> Diagnostic {
    Diagnostic::of(&NAME, span, format!("unknown name `{name}`"))
        .with_hint(format!("Define it first: (def {name} ...) or (defn {name} [...] ...)"))
}

pub fn arguments(function: &str, wanted: usize, given: usize, span: Span) -> Diagnostic {
    let plural = if wanted == 1 { "" } else { "s" };
    Diagnostic::of(&ARGUMENTS, span, format!("`{function}` takes {wanted} argument{plural}, not {given}"))
}
