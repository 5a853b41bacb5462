//! `input/size`: more than the compiler reads.
//!
//! Reported by the compiler for sources, by the port for whole requests, and by `beamtalk_compiler_backend` before it sends either.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "input/size",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Source is too large",
    checks: "One source may have 16 MiB.",
    example: "",
    better: "",
};

pub(crate) fn source(bytes: usize, most: usize) -> Diagnostic {
    Diagnostic::of(&CODE, Span::default(), format!("Source is {bytes} bytes long; the limit is {most}"))
}

pub fn request(bytes: usize, most: usize) -> Diagnostic {
    Diagnostic::of(&CODE, Span::default(), format!("Request is {bytes} bytes long; the limit is {most}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{mentioned, refused};
    use crate::{Compiler, Limits, Never, Options};

    #[test]
    fn one_byte_too_many() {
        let compiler = Compiler { limits: Limits { source_bytes: 5, ..Limits::DEFAULT }, ..Compiler::default() };
        let compile = |source: &str| compiler.compile_expression(source.as_bytes(), &Options::default(), &Never);
        assert_eq!(refused(compile("1 + 22")), (CODE.name, "Source is 6 bytes long; the limit is 5".into()));
        assert!(compile("1 + 2").is_ok());
    }

    #[test]
    fn the_node_says_it_in_the_same_words() {
        mentioned(&CODE, "bridge/beamtalk_compiler_backend.erl");
        assert_eq!(super::request(7, 5).message, "Request is 7 bytes long; the limit is 5");
    }
}
