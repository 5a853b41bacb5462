//! `type/argument`: an argument that is not what the method declares.

use bt_base::{Category, Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "type/argument",
    severity: Severity::Warning,
    stage: Stage::Types,
    message: "Argument N of 'sel' on C expects T, got U",
    checks: "The method declares a type for its parameter, and the class of the argument is known to be another. Category \
             `type`.",
    example: "3 error: 99",
    better: "3 error: \"99\"",
};

pub(crate) fn diagnostic(span: Span, position: usize, selector: &str, class: &str, expected: &str, got: &str) -> Diagnostic {
    let message = format!("Argument {position} of '{selector}' on {class} expects {expected}, got {got}");
    Diagnostic::of(&CODE, span, message).with_category(Category::Type)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn another_class() {
        reported(&CODE, "3 error: «99»").says("Argument 1 of 'error:' on Integer expects String, got Integer");
    }

    #[test]
    fn the_class_or_nothing_known() {
        silent(&CODE, "3 error: \"99\"");
        silent(&CODE, "3 error: Foo new");
    }
}
