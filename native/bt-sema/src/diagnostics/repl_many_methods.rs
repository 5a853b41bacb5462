//! `repl/many-methods`: a second standalone method in one input.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "repl/many-methods",
    severity: Severity::Error,
    stage: Stage::File,
    message: "Multiple standalone method definitions in a single expression are not supported.",
    checks: "One method definition at a time is put into its class.",
    example: "",
    better: "",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    let message = "Multiple standalone method definitions in a single expression are not supported. Enter them one at a time";
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn two_methods() {
        reported(&CODE, "Foo >> size => 1\n«Foo >> name => 2»")
            .says("Multiple standalone method definitions in a single expression are not supported. Enter them one at a time");
    }

    #[test]
    fn one_method() {
        silent(&CODE, "Foo >> size => 1");
    }
}
