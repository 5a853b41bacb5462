//! `expect/stale`: a directive that silences nothing.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "expect/stale",
    severity: Severity::Warning,
    stage: Stage::Expect,
    message: "stale @expect x: no matching diagnostic found on the following expression",
    checks: "The directive silences nothing; what it announced is gone or was never there.",
    example: "@expect dnu\n3 negated",
    better: "3 negated",
};

pub(crate) fn diagnostic(span: Span, category: &str) -> Diagnostic {
    let message = format!("stale @expect {category}: no matching diagnostic found on the following expression");
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn nothing_to_silence() {
        reported(&CODE, "1 printString\n  «@expect dnu» \n3 negated")
            .says("stale @expect dnu: no matching diagnostic found on the following expression");
    }

    #[test]
    fn something_to_silence() {
        silent(&CODE, "@expect dnu\n3 fooBar");
    }
}
