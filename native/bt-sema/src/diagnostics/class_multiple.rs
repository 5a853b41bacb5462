//! `class/multiple`: a second class in a file.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "class/multiple",
    severity: Severity::Error,
    stage: Stage::File,
    message: "Multiple classes in one file is not supported. Found classes: C, S. Each class should be in its own .bt file.",
    checks: "A file defines one class and is named after it.",
    example: "Object subclass: A\nObject subclass: B",
    better: "Object subclass: A",
};

pub(crate) fn diagnostic(second: Span, classes: &[&str]) -> Diagnostic {
    let message = format!(
        "Multiple classes in one file is not supported. Found classes: {}. Each class should be in its own .bt file.",
        classes.join(", ")
    );
    Diagnostic::of(&CODE, second, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn three_classes() {
        reported(&CODE, "Object subclass: A\nObject subclass: «B»\nObject subclass: C").says(
            "Multiple classes in one file is not supported. Found classes: A, B, C. Each class should be in its own .bt file.",
        );
    }

    #[test]
    fn one_class() {
        silent(&CODE, "Object subclass: A\n  size => 1\nA >> two => 2");
    }
}
