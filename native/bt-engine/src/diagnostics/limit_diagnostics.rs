//! `limit/diagnostics`: the last report of a source that has too many.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "limit/diagnostics",
    severity: Severity::Warning,
    stage: Stage::Infrastructure,
    message: "Too many diagnostics",
    checks: "Reports end after a fixed number; the first ones matter.",
    example: "",
    better: "",
};

/// As severe as the worst report of the source: one that is left out must not make an error a success.
pub(crate) fn diagnostic(severity: Severity, shown: usize, missing: usize) -> Diagnostic {
    let message = format!("Too many diagnostics: the first {shown} are shown, {missing} are left out");
    Diagnostic::of(&CODE, Span::default(), message).with_severity(severity)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::{Compiler, Limits, Never, Options, Report, Severity};

    #[test]
    fn two_of_three() {
        let compiler = Compiler { limits: Limits { diagnostics: 2, ..Limits::DEFAULT }, ..Compiler::default() };
        let last =
            |source: &str| -> Option<Report> { compiler.diagnostics(source.as_bytes(), &Options::default(), &Never).pop() };
        let note = last("3 foo. 4 foo. 5 foo").expect("a report");
        let message = "Too many diagnostics: the first 2 are shown, 1 are left out";
        assert_eq!((note.code, note.severity, note.message.as_str()), (CODE.name, Severity::Warning, message));
        assert_eq!(last("3 foo. 4 foo. x").map(|r| (r.code, r.severity)), Some((CODE.name, Severity::Error)));
        assert_eq!(last("3 foo. 4 foo").map(|r| r.code), Some("dnu/instance"));
    }
}
