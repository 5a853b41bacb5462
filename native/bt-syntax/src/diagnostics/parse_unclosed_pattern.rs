//! `parse/unclosed-pattern`: a tuple pattern without its `}`.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/unclosed-pattern",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected '}' to close pattern",
    checks: "`}` ends a tuple pattern.",
    example: "1 match: [{a, b -> a]",
    better: "1 match: [{a, _b} -> a; _ -> 4]",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

/// A pattern that goes on with the arrow of its arm.
pub(crate) fn before_arrow(arrow: Span, last: Span) -> Diagnostic {
    diagnostic(arrow).with_edit(Span { start: last.end, end: last.end }, "}")
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn an_arrow_inside() {
        reported(&CODE, "x match: [{a, b «->» a]").says("Expected '}' to close pattern").mends_to("x match: [{a, b} -> a]");
    }

    #[test]
    fn the_bracket_around_it_is_closed() {
        reported(&CODE, "x match: [{a, b«]»").related("opened here", "{").mends_to("x match: [{a, b}]");
    }

    #[test]
    fn closed() {
        silent(&CODE, "x match: [{a, b} -> a]");
    }
}
