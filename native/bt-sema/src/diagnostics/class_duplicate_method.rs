//! `class/duplicate-method`: two methods of one selector on one side of a class.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "class/duplicate-method",
    severity: Severity::Error,
    stage: Stage::Hierarchy,
    message: "Duplicate method `sel` in class `C`",
    checks: "A class has one method for a selector on each side.",
    example: "Object subclass: Box\n  size => 1\n  size => 2",
    better: "Object subclass: Box\n  size => 2",
};

pub(crate) fn diagnostic(span: Span, class_side: bool, selector: &str, class: &str) -> Diagnostic {
    let method = if class_side { "class method" } else { "method" };
    Diagnostic::of(&CODE, span, format!("Duplicate {method} `{selector}` in class `{class}`"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn on_either_side() {
        reported(&CODE, "Object subclass: Box\n  size => 1\n  «size» => 2").says("Duplicate method `size` in class `Box`");
        reported(&CODE, "Object subclass: Box\n  class make => 1\n  class «make» => 2")
            .says("Duplicate class method `make` in class `Box`");
    }

    #[test]
    fn on_both_sides() {
        silent(&CODE, "Object subclass: Box\n  size => 1\n  class size => 2");
    }

    #[test]
    fn a_standalone_method_replaces() {
        silent(&CODE, "Object subclass: Box\n  size => 1\nBox >> size => 2");
    }
}
