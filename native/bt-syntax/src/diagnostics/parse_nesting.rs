//! `parse/nesting`: brackets and right-nested operators deeper than the compiler follows.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

use crate::layout::MAX_DEPTH;

pub const CODE: Code = Code {
    name: "parse/nesting",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expression nesting is too deep (maximum 64 levels)",
    checks: "Brackets nest 64 levels deep at most.",
    example: "",
    better: "",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Expression nesting is too deep (maximum {MAX_DEPTH} levels)"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn one_level_too_many() {
        let (open, close) = ("(".repeat(64), ")".repeat(64));
        reported(&CODE, &format!("{open}«(»1){close}")).says("Expression nesting is too deep (maximum 64 levels)");
        silent(&CODE, &format!("{open}1{close}"));
    }

    #[test]
    fn chains_that_nest_to_the_right() {
        let chain = "x := ".repeat(64);
        reported(&CODE, &format!("{chain}x «:=» 1")).says("Expression nesting is too deep (maximum 64 levels)");
        silent(&CODE, &format!("{chain}1"));
    }
}
