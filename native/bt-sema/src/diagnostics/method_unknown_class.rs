//! `method/unknown-class`: a standalone method of a class that is not there.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "method/unknown-class",
    severity: Severity::Warning,
    stage: Stage::File,
    message: "Standalone method targets unknown class `C` in this module",
    checks: "In a file, `C >> sel =>` adds to a class of the same file.",
    example: "",
    better: "",
};

pub(crate) fn diagnostic(span: Span, class: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Standalone method targets unknown class `{class}` in this module"))
}

/// A patch cannot be put into a source that does not have its class.
pub fn patch(class: &str) -> Diagnostic {
    let message = format!("The class source does not define class `{class}`");
    Diagnostic::of(&CODE, Span::default(), message).with_severity(Severity::Error)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported_in, silent};
    use crate::Options;
    use bt_base::Severity;

    #[test]
    fn in_a_file() {
        reported_in(&Options::default(), Severity::Warning, &CODE, "«Foo» >> size => 1")
            .says("Standalone method targets unknown class `Foo` in this module");
        silent(&CODE, "Object subclass: Foo\nFoo >> size => 1");
    }

    #[test]
    fn input_changes_classes_that_are_elsewhere() {
        silent(&CODE, "Foo >> size => 1");
    }

    #[test]
    fn a_patch_of_another_class_is_an_error() {
        let found = super::patch("Foo");
        assert!(found.is_error());
        assert_eq!(found.message, "The class source does not define class `Foo`");
    }
}
