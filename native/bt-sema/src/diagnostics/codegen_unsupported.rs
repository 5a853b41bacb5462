//! `codegen/unsupported`: something with a meaning that is not compiled.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

use std::fmt::Display;

pub const CODE: Code = Code {
    name: "codegen/unsupported",
    severity: Severity::Error,
    stage: Stage::Code,
    message: "Code generation failed: unsupported feature: complex field access",
    checks: "Fields of other objects, binary messages in cascades, `super` on its own, instance fields on the class side, \
             assignments in guards.",
    example: "x := 3\nx.size",
    better: "x := 3\nx printString",
};

/// The prefix tells what has no code from what has no meaning.
fn diagnostic(span: Span, what: impl Display) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Code generation failed: {what}"))
}

pub(crate) fn field_of_another(span: Span) -> Diagnostic {
    diagnostic(span, "unsupported feature: complex field access")
}

pub(crate) fn assigned_field_of_another(span: Span) -> Diagnostic {
    diagnostic(span, "unsupported feature: field assignment to non-self receiver")
}

pub(crate) fn instance_field(span: Span, name: &str) -> Diagnostic {
    diagnostic(span, format_args!("cannot access instance field '{name}' in a class method"))
}

pub(crate) fn assigned_instance_field(span: Span, name: &str) -> Diagnostic {
    diagnostic(span, format_args!("cannot assign to instance field '{name}' in a class method"))
}

pub(crate) fn super_alone(span: Span) -> Diagnostic {
    diagnostic(span, "super used alone: it can only receive a message")
}

pub(crate) fn binary_in_cascade(span: Span) -> Diagnostic {
    diagnostic(span, "unsupported feature: binary selectors in cascades")
}

pub(crate) fn no_arms(span: Span) -> Diagnostic {
    diagnostic(span, "match expression with no arms")
}

pub(crate) fn guard(span: Span) -> Diagnostic {
    diagnostic(span, "complex guard expression: a guard can neither assign nor return")
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn fields_of_other_objects() {
        reported(&CODE, "x := 3\n«x.size»").says("Code generation failed: unsupported feature: complex field access");
        reported(&CODE, "x := 3\n«x.size := 4»")
            .says("Code generation failed: unsupported feature: field assignment to non-self receiver");
        silent(&CODE, "x := 3\nx printString");
    }

    #[test]
    fn fields_of_instances_on_the_class_side() {
        reported(&CODE, "Object subclass: Point\n  state: x = 0\n  class make => «self.x»")
            .says("Code generation failed: cannot access instance field 'x' in a class method");
        reported(&CODE, "Object subclass: Point\n  state: x = 0\n  class make => «self.x := 1»")
            .says("Code generation failed: cannot assign to instance field 'x' in a class method");
        silent(&CODE, "Object subclass: Point\n  classState: made = 0\n  class make => self.made := self.made + 1");
    }

    #[test]
    fn super_as_a_value() {
        reported(&CODE, "Object subclass: A\n  size => «super»")
            .says("Code generation failed: super used alone: it can only receive a message");
        silent(&CODE, "Object subclass: A\n  size => super printString");
    }

    #[test]
    fn operators_in_cascades() {
        reported(&CODE, "3 negated; «+» 4").says("Code generation failed: unsupported feature: binary selectors in cascades");
        silent(&CODE, "3 negated; printString");
    }

    #[test]
    fn arms() {
        reported(&CODE, "«3 match: []»").says("Code generation failed: match expression with no arms");
        reported(&CODE, "3 match: [n when: [«m := n»] -> 1; _ -> 2]")
            .says("Code generation failed: complex guard expression: a guard can neither assign nor return");
        silent(&CODE, "3 match: [n when: [n > 2] -> 1; _ -> 2]");
    }
}
