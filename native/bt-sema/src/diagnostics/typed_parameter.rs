//! `typed/parameter`: a parameter of a typed class without its type.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "typed/parameter",
    severity: Severity::Warning,
    stage: Stage::Types,
    message: "Missing type annotation for parameter `x` in typed class `C` (method `sel`)",
    checks: "A `typed` class, or a subclass of one, promises annotations.",
    example: "typed Object subclass: Box\n  put: value -> Integer => 1",
    better: "typed Object subclass: Box\n  put: value: Integer -> Integer => value",
};

pub(crate) fn diagnostic(span: Span, name: &str, class: &str, selector: &str) -> Diagnostic {
    let message = format!("Missing type annotation for parameter `{name}` in typed class `{class}` (method `{selector}`)");
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn no_annotation() {
        reported(&CODE, "typed Object subclass: Box\n  put: «value» -> Integer => 1")
            .says("Missing type annotation for parameter `value` in typed class `Box` (method `put:`)");
    }

    #[test]
    fn annotated_or_not_typed() {
        silent(&CODE, "typed Object subclass: Box\n  put: value: Integer -> Integer => value");
        silent(&CODE, "Object subclass: Box\n  put: value => value");
    }
}
