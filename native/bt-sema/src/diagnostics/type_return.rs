//! `type/return`: a body whose answer is not what its method declares.

use bt_base::{Category, Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "type/return",
    severity: Severity::Warning,
    stage: Stage::Types,
    message: "Method 'sel' in C declares return type T, but body returns U",
    checks: "The last statement of the body has a known class that is not the declared one. Category `type`.",
    example: "Object subclass: Box\n  size -> Integer => \"four\"",
    better: "Object subclass: Box\n  size -> Integer => 4",
};

pub(crate) fn diagnostic(span: Span, selector: &str, class: &str, declared: &str, got: &str) -> Diagnostic {
    let message = format!("Method '{selector}' in {class} declares return type {declared}, but body returns {got}");
    Diagnostic::of(&CODE, span, message).with_category(Category::Type)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn another_class() {
        reported(&CODE, "Object subclass: Box\n  size -> Integer =>\n    1\n    «\"four\"»")
            .says("Method 'size' in Box declares return type Integer, but body returns String");
    }

    #[test]
    fn the_class_or_an_ancestor() {
        silent(&CODE, "Object subclass: Box\n  size -> Integer => 4\n  any -> Object => 4");
    }
}
