//! `field/type`: a value that an annotated field does not take.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "field/type",
    severity: Severity::Warning,
    stage: Stage::Types,
    message: "Type mismatch: field `x` declared as T, got U",
    checks: "A value of another class is assigned to an annotated field.",
    example: "Object subclass: Box\n  state: size: Integer = 0\n  clear => self.size := \"\"",
    better: "Object subclass: Box\n  state: size: Integer = 0\n  clear => self.size := 0",
};

pub(crate) fn diagnostic(span: Span, name: &str, declared: &str, got: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Type mismatch: field `{name}` declared as {declared}, got {got}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn another_class() {
        reported(&CODE, "Object subclass: Box\n  state: size: Integer = 0\n  clear => «self.size := \"\"»")
            .says("Type mismatch: field `size` declared as Integer, got String");
    }

    #[test]
    fn the_class_or_no_annotation() {
        silent(&CODE, "Object subclass: Box\n  state: size: Integer = 0\n  state: any = 0\n  clear =>\n    self.any := \"\"\n    self.size := 1");
    }
}
