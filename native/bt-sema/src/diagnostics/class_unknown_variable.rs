//! `class/unknown-variable`: a class variable that is not declared.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "class/unknown-variable",
    severity: Severity::Warning,
    stage: Stage::Instances,
    message: "Undefined class variable `x` on class `C`",
    checks: "`classState:` names a class variable that the class or an ancestor declares.",
    example: "Object subclass: Point\n  classState: made = 0\nPoint classState: #count",
    better: "Object subclass: Point\n  classState: made = 0\nPoint classState: #made",
};

pub(crate) fn diagnostic(span: Span, name: &str, class: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Undefined class variable `{name}` on class `{class}`"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn not_declared() {
        reported(&CODE, "Object subclass: Point\n  classState: made = 0\n  class count => Point classState: «#cuont»")
            .says("Undefined class variable `cuont` on class `Point`");
    }

    #[test]
    fn declared_or_of_an_unknown_class() {
        silent(&CODE, "Object subclass: Point\n  classState: made = 0\n  class count => Point classState: #made");
        silent(&CODE, "Foo classState: #cuont");
    }
}
