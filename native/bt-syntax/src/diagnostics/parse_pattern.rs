//! `parse/pattern`: an arm that begins with something else than a pattern.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/pattern",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Unexpected token in pattern: expected identifier, literal, '_', or '{', found X",
    checks: "Patterns are variables, literals, `_` and tuples of patterns.",
    example: "1 match: [#(1) -> 2]",
    better: "1 match: [1 -> 2; _ -> 3]",
};

pub(crate) fn diagnostic(span: Span, found: &str) -> Diagnostic {
    let message = format!("Unexpected token in pattern: expected identifier, literal, '_', or '{{', found {found}");
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn a_class() {
        reported(&CODE, "x match: [«Foo» -> 3]")
            .says("Unexpected token in pattern: expected identifier, literal, '_', or '{', found Foo");
    }

    #[test]
    fn a_string_with_an_expression_in_it() {
        reported(&CODE, "x match: [«\"a{b}\"» -> 3]")
            .says("Unexpected token in pattern: expected identifier, literal, '_', or '{', found \"a{b}\"");
    }

    #[test]
    fn patterns() {
        silent(&CODE, "x match: [#foo -> 1; \"a\" -> 2; {-3, $c, n} -> n; _ -> 4]");
    }
}
