//! `class/stdlib-name`: a class named like one of the library.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "class/stdlib-name",
    severity: Severity::Warning,
    stage: Stage::ProtectedNames,
    message: "Class name `C` conflicts with a stdlib class. Loading will fail because stdlib class names are protected.",
    checks: "Library classes cannot be replaced.",
    example: "Object subclass: Set",
    better: "Object subclass: Bag",
};

pub(crate) fn diagnostic(span: Span, class: &str) -> Diagnostic {
    let message = format!(
        "Class name `{class}` conflicts with a stdlib class. Loading will fail because stdlib class names are protected."
    );
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent, silent_in};
    use crate::Options;

    #[test]
    fn a_name_of_the_library() {
        reported(&CODE, "Object subclass: «Set»")
            .says("Class name `Set` conflicts with a stdlib class. Loading will fail because stdlib class names are protected.");
    }

    #[test]
    fn another_name_or_the_library_itself() {
        silent(&CODE, "Object subclass: Bag");
        silent_in(&Options { library: true, ..Options::default() }, &CODE, "Collection subclass: Set");
    }
}
