//! `parse/expected-expression`: something else stands where an expression is expected.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/expected-expression",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Unexpected token: expected expression, found X",
    checks: "An expression was expected; X is what stands there instead.",
    example: "1 + + 2",
    better: "1 + 2",
};

/// `found` is the text of the token there; at the end of the text, of the last one before.
pub(crate) fn diagnostic(span: Span, found: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Unexpected token: expected expression, found {found}"))
}

/// Behind a statement and on its line.
pub(crate) fn second_statement(span: Span, found: &str) -> Diagnostic {
    diagnostic(span, found).with_hint("Statements on one line are separated by a period")
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn a_second_operator() {
        reported(&CODE, "1 + «+» 2").says("Unexpected token: expected expression, found +");
    }

    #[test]
    fn the_end_names_the_last_token() {
        reported(&CODE, "obj «put:»").says("Unexpected token: expected expression, found put:");
    }

    #[test]
    fn a_second_statement_on_the_line() {
        reported(&CODE, "Object subclass: A\n  foo => 1 «2»\n  bar => 3")
            .says("Unexpected token: expected expression, found 2")
            .hints("Statements on one line are separated by a period");
    }

    #[test]
    fn operands_on_both_sides() {
        silent(&CODE, "1 + 2");
        silent(&CODE, "Object subclass: A\n  foo => 1. 2\n  bar => 3");
    }
}
