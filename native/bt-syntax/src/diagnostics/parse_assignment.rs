//! `parse/assignment`: something that cannot be assigned.
//!
//! Reported by the parser, and by the analysis for words that look like variables.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/assignment",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Assignment target must be an identifier or field access",
    checks: "Variables and fields of `self` can be assigned; `true`, `false`, `nil` and classes cannot.",
    example: "nil := 1",
    better: "none := 1",
};

pub fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn a_literal_and_a_class() {
        reported(&CODE, "«3» := 4").says("Assignment target must be an identifier or field access");
        reported(&CODE, "«Foo» := 4").says("Assignment target must be an identifier or field access");
    }

    #[test]
    fn variables_and_fields() {
        silent(&CODE, "x := 3");
        silent(&CODE, "self.x := y := 3");
    }
}
