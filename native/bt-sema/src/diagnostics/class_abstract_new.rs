//! `class/abstract-new`: an instance of an abstract class.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "class/abstract-new",
    severity: Severity::Error,
    stage: Stage::Abstract,
    message: "Cannot instantiate abstract class `C`. Subclass it first.",
    checks: "Abstract classes have no instances of their own.",
    example: "Collection new",
    better: "Set new",
};

pub(crate) fn diagnostic(span: Span, class: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Cannot instantiate abstract class `{class}`. Subclass it first."))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn by_name() {
        reported(&CODE, "«Collection new»").says("Cannot instantiate abstract class `Collection`. Subclass it first.");
        reported(&CODE, "abstract Actor subclass: Shape\n  class make => «Shape spawn»")
            .says("Cannot instantiate abstract class `Shape`. Subclass it first.");
    }

    #[test]
    fn a_concrete_class_or_self() {
        silent(&CODE, "Set new");
        silent(&CODE, "abstract Object subclass: Shape\n  class make => self new");
    }
}
