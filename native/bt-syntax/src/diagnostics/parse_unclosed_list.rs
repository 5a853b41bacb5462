//! `parse/unclosed-list`: a `#(` without its `)`.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/unclosed-list",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected ')' to close list literal",
    checks: "Elements are separated by commas, and `)` ends the list.",
    example: "#(1, 2",
    better: "#(1, 2)",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

/// Something else between two elements.
pub(crate) fn separator(span: Span, found: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Expected ',', '|', or ')' in list literal, found {found}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn the_text_ends() {
        reported(&CODE, "«#(»1, 2").says("Expected ')' to close list literal").mends_to("#(1, 2)");
    }

    #[test]
    fn another_bracket_is_in_its_place() {
        reported(&CODE, "#(1, 2«]»").related("opened here", "#(").mends_to("#(1, 2)");
    }

    #[test]
    fn no_comma() {
        reported(&CODE, "#(1 «2»)").says("Expected ',', '|', or ')' in list literal, found 2").has_no_edit();
    }

    #[test]
    fn nothing_follows_the_tail() {
        reported(&CODE, "#(1 | 2«,» 3)").says("Expected ')' to close list literal").has_no_edit();
    }

    #[test]
    fn closed() {
        silent(&CODE, "#(1, 2 | 3)");
    }
}
