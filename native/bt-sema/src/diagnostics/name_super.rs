//! `name/super`: `super` where there is no superclass.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "name/super",
    severity: Severity::Error,
    stage: Stage::Names,
    message: "super can only be used inside a method body",
    checks: "Outside of methods there is no superclass.",
    example: "super size",
    better: "#(1, 2) size",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn at_top_level() {
        reported(&CODE, "«super» size").says("super can only be used inside a method body");
        reported(&CODE, "x := «super»").says("super can only be used inside a method body");
    }

    #[test]
    fn in_a_method() {
        silent(&CODE, "Object subclass: A\n  printString => super printString");
    }
}
