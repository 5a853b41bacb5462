//! `parse/expect`: a directive that does not say what it silences.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/expect",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "unknown @expect category 'x', valid categories are: dnu, type, unused, all",
    checks: "`@expect` names what it silences.",
    example: "@expect typo\n3 + 4",
    better: "3 + 4",
};

pub(crate) fn unknown(span: Span, name: &str) -> Diagnostic {
    let message = format!("unknown @expect category '{name}', valid categories are: dnu, type, unused, all");
    Diagnostic::of(&CODE, span, message)
}

pub(crate) fn missing(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, "@expect must be followed by a category name (dnu, type, unused, all)")
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn an_unknown_category() {
        reported(&CODE, "@expect «typo»\n1")
            .says("unknown @expect category 'typo', valid categories are: dnu, type, unused, all");
    }

    #[test]
    fn no_category() {
        reported(&CODE, "@expect\n«1»").says("@expect must be followed by a category name (dnu, type, unused, all)");
    }

    #[test]
    fn the_categories() {
        silent(&CODE, "@expect dnu\n1\n@expect type\n2\n@expect unused\n3\n@expect all\n4");
    }
}
