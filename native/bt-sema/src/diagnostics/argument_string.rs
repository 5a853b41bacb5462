//! `argument/string`: something else than a string where text is looked for.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "argument/string",
    severity: Severity::Error,
    stage: Stage::Arguments,
    message: "sel expects a string argument, got an integer",
    checks: "`startsWith:`, `endsWith:`, `splitOn:`, and on strings `includes:` and `indexOf:`, look for text.",
    example: "\"abc\" startsWith: 1",
    better: "\"abc\" startsWith: \"a\"",
};

pub(crate) fn diagnostic(span: Span, selector: &str, got: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("{selector} expects a string argument, got {got}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn a_literal_that_is_no_text() {
        reported(&CODE, "\"abc\" startsWith: «1»").says("startsWith: expects a string argument, got an integer");
        reported(&CODE, "\"abc\" includes: «#b»").says("includes: expects a string argument, got a symbol");
    }

    #[test]
    fn text_or_another_receiver() {
        silent(&CODE, "\"abc\" startsWith: \"a\"");
        silent(&CODE, "#(1, 2) includes: 1");
    }
}
