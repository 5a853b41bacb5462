//! `repl/empty`: input without an expression.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "repl/empty",
    severity: Severity::Error,
    stage: Stage::File,
    message: "No expressions to compile",
    checks: "The input holds nothing but blanks and comments.",
    example: "",
    better: "",
};

pub(crate) fn diagnostic() -> Diagnostic {
    Diagnostic::of(&CODE, Span::default(), CODE.message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{compile, refused};

    #[test]
    fn blanks_and_comments() {
        assert_eq!(refused(compile(b"  // nothing\n")), (CODE.name, "No expressions to compile".into()));
    }

    #[test]
    fn an_expression() {
        assert!(compile(b"nil").is_ok());
    }
}
