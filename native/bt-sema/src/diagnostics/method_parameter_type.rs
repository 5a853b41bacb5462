//! `method/parameter-type`: an override whose parameter has nothing to do with the parent's.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "method/parameter-type",
    severity: Severity::Warning,
    stage: Stage::Types,
    message: "Parameter N of 'sel' in C has type T, incompatible with parent's U",
    checks: "An overriding method declares a parameter type that is unrelated to the one of the method it overrides.",
    example: "Object subclass: Box\n  error: message: Integer => nil",
    better: "Object subclass: Box\n  error: message: String => nil",
};

pub(crate) fn diagnostic(span: Span, position: usize, selector: &str, class: &str, own: &str, parents: &str) -> Diagnostic {
    let message = format!("Parameter {position} of '{selector}' in {class} has type {own}, incompatible with parent's {parents}");
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn unrelated() {
        reported(&CODE, "Object subclass: Box\n  error: message: «Integer» => nil")
            .says("Parameter 1 of 'error:' in Box has type Integer, incompatible with parent's String");
    }

    #[test]
    fn the_same_or_wider() {
        silent(&CODE, "Object subclass: Box\n  error: message: String => nil");
        silent(&CODE, "Object subclass: Box\n  error: message: Object => nil");
    }
}
