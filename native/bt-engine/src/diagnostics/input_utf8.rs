//! `input/utf8`: bytes that are no text.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "input/utf8",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Source is not valid UTF-8",
    checks: "Sources are UTF-8 text; the position is that of the first byte that is not.",
    example: "",
    better: "",
};

pub(crate) fn diagnostic(offset: usize) -> Diagnostic {
    Diagnostic::of(&CODE, Span::default(), format!("Source is not valid UTF-8: invalid byte at offset {offset}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{compile, refused};

    #[test]
    fn the_first_wrong_byte_is_named() {
        assert_eq!(refused(compile(b"1 + \xff\xff")), (CODE.name, "Source is not valid UTF-8: invalid byte at offset 4".into()));
    }

    #[test]
    fn text_in_any_script() {
        assert!(compile("\"é🚀\" size".as_bytes()).is_ok());
    }
}
