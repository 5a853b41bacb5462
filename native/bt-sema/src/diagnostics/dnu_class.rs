//! `dnu/class`: a message that no method of the class's own side answers.

use bt_base::{Category, Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "dnu/class",
    severity: Severity::Hint,
    stage: Stage::Types,
    message: "C class does not understand 'sel'",
    checks: "The class has no such class method, and classes in general have no such method. Category `dnu`.",
    example: "Integer fooBar",
    better: "Integer name",
};

/// `at` is the first part of the selector, `near` a selector of the class that is spelt alike.
pub(crate) fn diagnostic(at: Span, class: &str, selector: &str, near: Option<&str>) -> Diagnostic {
    let found = Diagnostic::of(&CODE, at, format!("{class} class does not understand '{selector}'")).with_category(Category::Dnu);
    super::suggest_selector(found, selector, near)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn nothing_is_similar() {
        reported(&CODE, "Integer «fooBar»").says("Integer class does not understand 'fooBar'").has_no_edit();
    }

    #[test]
    fn a_slip_of_the_pen() {
        reported(&CODE, "Integer «superclas»").hints("Did you mean 'superclass'?").mends_to("Integer superclass");
    }

    #[test]
    fn what_all_classes_understand() {
        silent(&CODE, "Integer name");
        silent(&CODE, "Erlang lists");
    }
}
