//! `parse/unclosed-paren`: a `(` without its `)`.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/unclosed-paren",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected ')' to close parentheses",
    checks: "Every `(` needs its `)`.",
    example: "(1 + 2]",
    better: "(1 + 2)",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn the_text_ends() {
        reported(&CODE, "«(»1 + 2 // sum").says("Expected ')' to close parentheses").mends_to("(1 + 2) // sum");
    }

    #[test]
    fn another_bracket_is_in_its_place() {
        reported(&CODE, "(1 + 2«]»").related("opened here", "(").mends_to("(1 + 2)");
    }

    #[test]
    fn the_bracket_around_it_is_closed() {
        reported(&CODE, "[3 + (1 + 2«]» value").related("opened here", "(").mends_to("[3 + (1 + 2)] value");
        reported(&CODE, "[((1 + 2«]» value").mends_to("[((1 + 2))] value");
    }

    #[test]
    fn a_second_operand() {
        reported(&CODE, "(1 «2»)").says("Expected ')' to close parentheses").has_no_edit();
    }

    #[test]
    fn closed() {
        silent(&CODE, "(1 + 2)");
    }
}
