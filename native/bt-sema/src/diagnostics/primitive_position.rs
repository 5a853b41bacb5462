//! `primitive/position`: a pragma that is part of an expression.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "primitive/position",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "@primitive can only appear inside a method body (after =>)",
    checks: "A pragma is the whole body of a method, never part of an expression.",
    example: "@primitive \"+\"",
    better: "1 + 2",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, reported_in, silent};
    use crate::Options;
    use bt_base::Severity;

    #[test]
    fn beside_another_statement() {
        let library = Options { library: true, ..Options::default() };
        reported_in(&library, Severity::Error, &CODE, "Object subclass: A\n  size =>\n    «@primitive \"size\"»\n    1")
            .says("@primitive can only appear inside a method body (after =>)");
        reported(&CODE, "«@primitive \"+\"»").says("@primitive can only appear inside a method body (after =>)");
    }

    #[test]
    fn a_whole_body() {
        silent(&CODE, "Object subclass: A\n  size => @primitive \"size\"");
    }
}
