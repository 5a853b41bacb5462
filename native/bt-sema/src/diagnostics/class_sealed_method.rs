//! `class/sealed-method`: an override of a sealed method.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "class/sealed-method",
    severity: Severity::Error,
    stage: Stage::Hierarchy,
    message: "Cannot override sealed method `sel` from class `S`",
    checks: "Sealed methods mean the same in all subclasses.",
    example: "Object subclass: Box\n  yourself => 3",
    better: "Object subclass: Box\n  content => 3",
};

pub(crate) fn diagnostic(span: Span, selector: &str, owner: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Cannot override sealed method `{selector}` from class `{owner}`"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn sealed_method() {
        reported(&CODE, "Object subclass: Box\n  «fieldAt:» name put: value => name + value")
            .says("Cannot override sealed method `fieldAt:put:` from class `Object`");
    }

    #[test]
    fn method_added_to_a_class_elsewhere() {
        reported(&CODE, "Integer >> «respondsTo:» selector => selector")
            .says("Cannot override sealed method `respondsTo:` from class `Object`");
        silent(&CODE, "Object >> respondsTo: selector => selector");
    }

    #[test]
    fn instantiation_may_be_refined() {
        silent(&CODE, "Actor subclass: Lamp\n  class spawn => super spawn");
        silent(&CODE, "Object subclass: Box\n  content => 3");
    }
}
