//! `typed/return`: a method of a typed class that does not say what it answers.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "typed/return",
    severity: Severity::Warning,
    stage: Stage::Types,
    message: "Missing return type annotation in typed class `C` (method `sel`)",
    checks: "A `typed` class, or a subclass of one, promises annotations.",
    example: "typed Object subclass: Box\n  size => 1",
    better: "typed Object subclass: Box\n  size -> Integer => 1",
};

pub(crate) fn diagnostic(span: Span, class: &str, selector: &str) -> Diagnostic {
    let message = format!("Missing return type annotation in typed class `{class}` (method `{selector}`)");
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn no_annotation() {
        reported(&CODE, "typed Object subclass: Box\n  «size» => 1")
            .says("Missing return type annotation in typed class `Box` (method `size`)");
    }

    #[test]
    fn annotated_or_not_typed() {
        silent(&CODE, "typed Object subclass: Box\n  size -> Integer => 1");
        silent(&CODE, "Object subclass: Box\n  size => 1");
    }
}
