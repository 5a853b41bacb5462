//! `class/unknown-field`: a new instance given a field that its class does not have.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "class/unknown-field",
    severity: Severity::Warning,
    stage: Stage::Instances,
    message: "Unknown field `x` for class `C`",
    checks: "`new:` with a literal map sets fields that the class or an ancestor declares.",
    example: "Object subclass: Point\n  state: x = 0\nPoint new: #{y => 1}",
    better: "Object subclass: Point\n  state: x = 0\nPoint new: #{x => 1}",
};

pub(crate) fn diagnostic(span: Span, name: &str, class: &str, fields: &[&str]) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Unknown field `{name}` for class `{class}`"))
        .with_hint(format!("the fields are: {}", fields.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn not_declared() {
        reported(&CODE, "Object subclass: Point\n  state: x = 0\n  state: y = 0\n  class make => Point new: #{x => 1, «z» => 2}")
            .says("Unknown field `z` for class `Point`")
            .hints("the fields are: x, y");
    }

    #[test]
    fn declared_or_computed() {
        silent(&CODE, "Object subclass: Point\n  state: x = 0\n  class make: k => Point new: #{x => 1, (k) => 2}");
        silent(&CODE, "Object subclass: Point\n  class make => Point new: #{z => 2}");
    }
}
