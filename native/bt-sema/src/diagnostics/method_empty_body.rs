//! `method/empty-body`: a method without a statement.

use bt_base::{Category, Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "method/empty-body",
    severity: Severity::Error,
    stage: Stage::Bodies,
    message: "Method `sel` has an empty body",
    checks: "A method has at least one statement.",
    example: "Object subclass: Box\n  size =>",
    better: "Object subclass: Box\n  size => self notImplemented",
};

pub(crate) fn diagnostic(span: Span, selector: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Method `{selector}` has an empty body"))
        .with_hint("use `self notImplemented` for code to come, or `self subclassResponsibility` for an abstract method")
        .with_category(Category::EmptyBody)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn nothing_behind_the_arrow() {
        reported(&CODE, "Object subclass: Box\n  «at:» key put: value =>\n  size => 1")
            .says("Method `at:put:` has an empty body")
            .hints("use `self notImplemented` for code to come, or `self subclassResponsibility` for an abstract method");
    }

    #[test]
    fn a_statement_or_a_pragma() {
        silent(&CODE, "Object subclass: Box\n  size => self notImplemented\n  at: key => @primitive \"at:\"");
    }
}
