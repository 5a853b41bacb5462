//! `limit/name`: a name that fits into no atom.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "limit/name",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Name is too long (maximum N characters)",
    checks: "Names become atoms, whose length is limited.",
    example: "",
    better: "",
};

/// Names, selectors and symbols become atoms, which hold this many characters; and as the text of Core Erlang is read byte by byte,
/// this many bytes.
pub const LONGEST: usize = 255;

pub fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Name is too long (maximum {LONGEST} characters)"))
}

#[cfg(test)]
mod tests {
    use super::{CODE, LONGEST};
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn longer_than_an_atom() {
        let name = "a".repeat(LONGEST + 1);
        for text in [format!("«{name}»"), format!("x «{name}:» 1"), format!("«#{name}»")] {
            reported(&CODE, &text).says("Name is too long (maximum 255 characters)");
        }
    }

    #[test]
    fn as_long_as_an_atom() {
        let name = "a".repeat(LONGEST);
        silent(&CODE, &format!("{name} {name}: #{name}"));
    }
}
