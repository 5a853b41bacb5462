//! `name/self`: `self` where there is no receiver.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "name/self",
    severity: Severity::Error,
    stage: Stage::Names,
    message: "self can only be used inside a method body",
    checks: "Outside of methods there is no receiver.",
    example: "self size",
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
        reported(&CODE, "[«self» size] value").says("self can only be used inside a method body");
    }

    #[test]
    fn in_a_method() {
        silent(&CODE, "Object subclass: A\n  me => [self] value");
    }
}
