//! `parse/unclosed-block`: a `[` without its `]`.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/unclosed-block",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected ']' to close block",
    checks: "Every `[` needs its `]`.",
    example: "[:a | a + 1",
    better: "[:a | a + 1]",
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
        reported(&CODE, "«[»:a | a + 1").says("Expected ']' to close block").mends_to("[:a | a + 1]");
    }

    #[test]
    fn a_method_begins() {
        reported(&CODE, "Object subclass: A\n  foo => «[» x bar\n  baz => 3")
            .mends_to("Object subclass: A\n  foo => [ x bar]\n  baz => 3");
    }

    #[test]
    fn brackets_missing_together_are_written_together() {
        reported(&CODE, "[ #(1, «[»a").mends_to("[ #(1, [a])]");
    }

    #[test]
    fn another_bracket_is_in_its_place() {
        reported(&CODE, "[a foo«)»").related("opened here", "[").mends_to("[a foo]");
    }

    #[test]
    fn something_is_too_much() {
        reported(&CODE, "[x foo. 1 «2»]").says("Expected ']' to close block").has_no_edit();
    }

    #[test]
    fn closed() {
        silent(&CODE, "[:a | a + 1]");
    }
}
