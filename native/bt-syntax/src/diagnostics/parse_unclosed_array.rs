//! `parse/unclosed-array`: a `#[` without its `]`.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/unclosed-array",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected ']' to close array literal",
    checks: "Elements are separated by commas, and `]` ends the array.",
    example: "#[1, 2",
    better: "#[1, 2]",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

/// Something else between two elements.
pub(crate) fn separator(span: Span, found: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Expected ',' or ']' in array literal, found {found}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn the_text_ends() {
        reported(&CODE, "«#[»1, 2").says("Expected ']' to close array literal").mends_to("#[1, 2]");
    }

    #[test]
    fn another_bracket_is_in_its_place() {
        reported(&CODE, "#[1, 2«)»").related("opened here", "#[").mends_to("#[1, 2]");
    }

    #[test]
    fn no_comma() {
        reported(&CODE, "#[1 «2»]").says("Expected ',' or ']' in array literal, found 2").has_no_edit();
    }

    #[test]
    fn closed() {
        silent(&CODE, "#[1, 2]");
    }
}
