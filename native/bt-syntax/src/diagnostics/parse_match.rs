//! `parse/match`: an arm that is not a pattern, an optional guard, `->` and a value.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/match",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected '->' after pattern in match arm",
    checks: "An arm is a pattern, `->` and a value; a guard stands in brackets after `when:`.",
    example: "1 match: [2 3]",
    better: "1 match: [2 -> 3; _ -> 4]",
};

pub(crate) fn no_arrow(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

pub(crate) fn no_guard(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, "Expected '[' after when:")
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn no_arrow_behind_a_pattern() {
        reported(&CODE, "x match: [1 «2»]").says("Expected '->' after pattern in match arm");
    }

    #[test]
    fn a_guard_without_brackets() {
        reported(&CODE, "x match: [n when: «n» > 2 -> 3]").says("Expected '[' after when:");
    }

    #[test]
    fn arms() {
        silent(&CODE, "x match: [n when: [n > 2] -> 3; _ -> 4]");
    }
}
