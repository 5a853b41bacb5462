//! `class/primitive-new`: an instance of a class whose instances only literals make.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "class/primitive-new",
    severity: Severity::Error,
    stage: Stage::Arguments,
    message: "Cannot instantiate primitive class `C`",
    checks: "Numbers, strings, symbols, booleans, nil, blocks and methods are written, not made.",
    example: "Integer new",
    better: "0",
};

pub(crate) fn diagnostic(span: Span, class: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Cannot instantiate primitive class `{class}`"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn a_number() {
        reported(&CODE, "«Integer new»").says("Cannot instantiate primitive class `Integer`");
    }

    #[test]
    fn a_collection() {
        silent(&CODE, "Set new");
    }
}
