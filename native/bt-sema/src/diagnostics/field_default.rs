//! `field/default`: a default that an annotated field does not take.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "field/default",
    severity: Severity::Warning,
    stage: Stage::Types,
    message: "Type mismatch: state `x` declared as T, default is U",
    checks: "The default of an annotated field has another class.",
    example: "Object subclass: Box\n  state: size: Integer = \"none\"",
    better: "Object subclass: Box\n  state: size: Integer = 0",
};

pub(crate) fn diagnostic(span: Span, name: &str, declared: &str, got: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Type mismatch: state `{name}` declared as {declared}, default is {got}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn another_class() {
        reported(&CODE, "Object subclass: Box\n  state: size: Integer = «\"none\"»")
            .says("Type mismatch: state `size` declared as Integer, default is String");
    }

    #[test]
    fn the_class_or_no_annotation() {
        silent(&CODE, "Object subclass: Box\n  state: size: Integer = 0\n  state: name = \"none\"");
    }
}
