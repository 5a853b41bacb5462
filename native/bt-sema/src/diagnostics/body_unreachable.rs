//! `body/unreachable`: statements behind a `^`.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "body/unreachable",
    severity: Severity::Warning,
    stage: Stage::Names,
    message: "Unreachable code after early return",
    checks: "Nothing runs after `^` in the same list of statements.",
    example: "Object subclass: Box\n  size =>\n    ^1\n    2",
    better: "Object subclass: Box\n  size => ^1",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn the_first_one_is_reported() {
        reported(&CODE, "Object subclass: A\n  size =>\n    ^1\n    «2»\n    3").says("Unreachable code after early return");
    }

    #[test]
    fn a_return_in_a_branch() {
        silent(&CODE, "Object subclass: A\n  size =>\n    true ifTrue: [^1]\n    2");
    }
}
