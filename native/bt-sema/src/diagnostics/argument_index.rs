//! `argument/index`: something else than an integer as index.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "argument/index",
    severity: Severity::Error,
    stage: Stage::Arguments,
    message: "at: expects an integer argument, got a string",
    checks: "Lists, tuples and strings are indexed by integers.",
    example: "#(1, 2) at: \"one\"",
    better: "#(1, 2) at: 1",
};

pub(crate) fn diagnostic(span: Span, selector: &str, got: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("{selector} expects an integer argument, got {got}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn a_literal_that_is_no_index() {
        reported(&CODE, "#(1, 2) at: «\"one\"»").says("at: expects an integer argument, got a string");
    }

    #[test]
    fn an_integer_or_a_dictionary() {
        silent(&CODE, "#(1, 2) at: 1");
        silent(&CODE, "#{\"one\" => 1} at: \"one\"");
    }
}
