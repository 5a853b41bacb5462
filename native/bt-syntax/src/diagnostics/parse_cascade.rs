//! `parse/cascade`: a `;` without a message.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/cascade",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected message selector in cascade",
    checks: "`;` sends another message to the same receiver.",
    example: "5; 6",
    better: "5 printString; negated",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn no_message() {
        reported(&CODE, "5 foo; «6»").says("Expected message selector in cascade");
    }

    #[test]
    fn messages() {
        silent(&CODE, "5 foo; bar; at: 3");
    }
}
