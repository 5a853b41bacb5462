//! `method/expected`: something else than one method where a method is asked for.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "method/expected",
    severity: Severity::Error,
    stage: Stage::File,
    message: "Expected a single method definition such as `Counter >> increment => ...`",
    checks: "A method patch is one method definition.",
    example: "",
    better: "",
};

/// For a patch, which is put into a class.
pub(crate) fn patch() -> Diagnostic {
    Diagnostic::of(&CODE, Span::default(), CODE.message)
}

/// For a text in an editor of methods.
pub(crate) fn definition() -> Diagnostic {
    Diagnostic::of(&CODE, Span::default(), "Expected a method definition")
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::refused;
    use crate::{Compiler, Mode, Never, Options};

    #[test]
    fn a_patch() {
        let compiler = Compiler::default();
        let patch = |text: &str| compiler.compile_method(b"Object subclass: Foo", text.as_bytes(), &Options::default(), &Never);
        let message = "Expected a single method definition such as `Counter >> increment => ...`";
        assert_eq!(refused(patch("1 + 2")), (CODE.name, message.into()));
        assert!(patch("Foo >> size => 1").is_ok());
    }

    #[test]
    fn a_text_that_should_be_a_method() {
        let options = Options { mode: Mode::Method, ..Options::default() };
        let found = |text: &str| Compiler::default().diagnostics(text.as_bytes(), &options, &Never);
        assert!(found("1 + 2").iter().any(|r| r.code == CODE.name && r.message == "Expected a method definition"));
        assert!(found("Foo >> size => 1").is_empty());
    }
}
