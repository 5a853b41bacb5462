//! `parse/interpolation`: braces of a string that do not hold one expression.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/interpolation",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Unterminated string interpolation",
    checks: "Between the braces of a string stands one expression.",
    example: "\"a {1 2} b\"",
    better: "\"a {1 + 2} b\"",
};

/// More than an expression, or something else.
pub(crate) fn unterminated(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

/// Nothing between the braces.
pub(crate) fn empty(span: Span) -> Diagnostic {
    let message = "Unexpected token: expected expression, found \
                   <error: empty interpolation {} is not allowed, use \\{ for literal brace>";
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn two_expressions() {
        reported(&CODE, "\"a {1 «2»} b\"").says("Unterminated string interpolation");
    }

    #[test]
    fn an_assignment() {
        reported(&CODE, "\"a «{x := 1}» b\"").says("Unterminated string interpolation");
    }

    #[test]
    fn nothing() {
        reported(&CODE, "\"«{}»\"").says(
            "Unexpected token: expected expression, found <error: empty interpolation {} is not allowed, use \\{ for literal brace>",
        );
    }

    #[test]
    fn one_expression() {
        silent(&CODE, "\"a {1 + 2} b \\{}\"");
    }
}
