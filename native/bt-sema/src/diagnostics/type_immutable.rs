//! `type/immutable`: a field set in a literal.

use bt_base::{Category, Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "type/immutable",
    severity: Severity::Warning,
    stage: Stage::Arguments,
    message: "Cannot mutate immutable value (Integer literal)",
    checks: "Values have no fields that could be set. Category `type`.",
    example: "3 fieldAt: #value put: 4",
    better: "value := 4",
};

pub(crate) fn diagnostic(span: Span, literal: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Cannot mutate immutable value ({literal})")).with_category(Category::Type)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn literals() {
        reported(&CODE, "«3 fieldAt: #value put: 4»").says("Cannot mutate immutable value (Integer literal)");
        reported(&CODE, "«nil fieldAt: #value put: 4»").says("Cannot mutate immutable value (nil literal)");
    }

    #[test]
    fn a_variable() {
        silent(&CODE, "x := Foo new\nx fieldAt: #value put: 4");
    }
}
