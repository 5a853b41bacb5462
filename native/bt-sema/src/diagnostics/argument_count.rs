//! `argument/count`: something else than an integer where something is counted.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "argument/count",
    severity: Severity::Warning,
    stage: Stage::Arguments,
    message: "sel expects an integer argument, got a string",
    checks: "`take:`, `drop:`, `repeat:` and `from:to:` count.",
    example: "#(1, 2) take: \"one\"",
    better: "#(1, 2) take: 1",
};

pub(crate) fn diagnostic(span: Span, selector: &str, got: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("{selector} expects an integer argument, got {got}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn a_literal_that_does_not_count() {
        reported(&CODE, "#(1, 2) take: «\"one\"»").says("take: expects an integer argument, got a string");
        reported(&CODE, "\"abc\" from: 1 to: «2.5»").says("from:to: expects an integer argument, got a float");
    }

    #[test]
    fn an_integer_or_no_literal() {
        silent(&CODE, "n := \"one\"\n#(1, 2) take: 1\n#(1, 2) take: n");
    }
}
