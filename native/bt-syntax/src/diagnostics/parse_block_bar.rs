//! `parse/block-bar`: the parameters of a block without the bar behind them.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/block-bar",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected '|' after block parameters",
    checks: "A bar ends the parameters of a block.",
    example: "[:a a + 1]",
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
    fn no_bar() {
        reported(&CODE, "[:a «a» + 1]").says("Expected '|' after block parameters");
    }

    #[test]
    fn a_bar() {
        silent(&CODE, "[:a :b | a + b]");
        silent(&CODE, "[1]");
    }
}
