//! `parse/map`: a key without value.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/map",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected '=>' after map key",
    checks: "A map has keys and values; `=>` stands between them.",
    example: "#{a 1}",
    better: "#{a => 1}",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn no_arrow() {
        reported(&CODE, "#{1 «2»}").says("Expected '=>' after map key");
        reported(&CODE, "#{#a«}»").says("Expected '=>' after map key");
    }

    #[test]
    fn with_arrow() {
        silent(&CODE, "#{a => 1}");
        silent(&CODE, "#{}");
    }
}
