//! `parse/block-parameter`: a colon without a name.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/block-parameter",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected parameter name after ':'",
    checks: "A colon in a block begins a parameter.",
    example: "[: | 3]",
    better: "[:a | a + 3]",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn no_name() {
        reported(&CODE, "[: «|» 1]").says("Expected parameter name after ':'");
    }

    #[test]
    fn a_name() {
        silent(&CODE, "[: a | a]");
    }
}
