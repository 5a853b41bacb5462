//! `file/no-class`: a file that neither has nor is given a name.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "file/no-class",
    severity: Severity::Error,
    stage: Stage::File,
    message: "No class definition found in source",
    checks: "A file without a class needs a module name.",
    example: "",
    better: "",
};

pub(crate) fn diagnostic() -> Diagnostic {
    Diagnostic::of(&CODE, Span::default(), CODE.message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::refused;
    use crate::{Compiler, Never, Options};

    #[test]
    fn a_class_or_a_name_given() {
        let file = |source: &str, options: &Options| Compiler::default().compile(source.as_bytes(), options, &Never);
        let (unnamed, named) = (Options::default(), Options { module_name: Some("script".into()), ..Options::default() });
        let expected = (CODE.name, "No class definition found in source".to_string());
        assert_eq!(refused(file("1 + 2", &unnamed)), expected);
        assert_eq!(refused(file("", &unnamed)), expected);
        assert!(file("1 + 2", &named).is_ok());
        assert!(file("Object subclass: Foo", &unnamed).is_ok());
    }
}
