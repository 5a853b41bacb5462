//! `lex/unterminated-comment`: a block comment without end.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "lex/unterminated-comment",
    severity: Severity::Warning,
    stage: Stage::Syntax,
    message: "Unterminated block comment",
    checks: "A block comment without its `*/` takes the rest of the text with it.",
    example: "3 + 4 /* the sum",
    better: "3 + 4 /* the sum */",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn open_comment() {
        reported(&CODE, "3 + 4 «/*» the sum").says("Unterminated block comment");
    }

    #[test]
    fn closed_comment() {
        silent(&CODE, "3 + 4 /* the sum */");
        silent(&CODE, "\"/*\"");
    }
}
