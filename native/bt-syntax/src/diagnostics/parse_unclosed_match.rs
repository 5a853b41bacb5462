//! `parse/unclosed-match`: the arms of a `match:` without their `]`.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/unclosed-match",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected ']' to close match",
    checks: "`]` ends the arms of a match.",
    example: "1 match: [2 -> 3",
    better: "1 match: [2 -> 3; _ -> 4]",
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
        reported(&CODE, "x match: «[»1 -> 2; _ -> 3").says("Expected ']' to close match").mends_to("x match: [1 -> 2; _ -> 3]");
    }

    #[test]
    fn another_bracket_is_in_its_place() {
        reported(&CODE, "x match: [1 -> 2«)»").related("opened here", "[").mends_to("x match: [1 -> 2]");
    }

    #[test]
    fn a_second_value() {
        reported(&CODE, "x match: [1 -> 2 «3»]").says("Expected ']' to close match").has_no_edit();
    }

    #[test]
    fn closed() {
        silent(&CODE, "x match: [1 -> 2; _ -> 3]");
    }
}
