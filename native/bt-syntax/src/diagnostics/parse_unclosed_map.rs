//! `parse/unclosed-map`: a `#{` without its `}`.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/unclosed-map",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected '}' to close map literal",
    checks: "Entries are separated by commas, and `}` ends the map.",
    example: "#{a => 1",
    better: "#{a => 1}",
};

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, CODE.message)
}

/// Something else between two entries.
pub(crate) fn separator(span: Span, found: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Expected ',' or '}}' in map literal, found {found}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn the_text_ends() {
        reported(&CODE, "«#{»a => 1").says("Expected '}' to close map literal").mends_to("#{a => 1}");
    }

    #[test]
    fn another_bracket_is_in_its_place() {
        reported(&CODE, "#{a => 1«]»").related("opened here", "#{").mends_to("#{a => 1}");
    }

    #[test]
    fn no_comma() {
        reported(&CODE, "#{a => 1 b «=>» 2}").says("Expected ',' or '}' in map literal, found =>").has_no_edit();
    }

    #[test]
    fn closed() {
        silent(&CODE, "#{a => 1, b => 2}");
    }
}
