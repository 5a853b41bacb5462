//! `internal`: a fault of the compiler.
//!
//! Reported for a panic by the compiler, which names the input by its hash, and by `beamtalk_compiler_backend` if that fails too; by
//! `beamtalk_compiler` for generated code that the compiler of Erlang refuses.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

use crate::VERSION;

pub const CODE: Code = Code {
    name: "internal",
    severity: Severity::Error,
    stage: Stage::Infrastructure,
    message: "Internal compiler error",
    checks: "A fault of the compiler; please report it with the source.",
    example: "",
    better: "",
};

pub(crate) fn diagnostic(what: &str, input_hash: u64) -> Diagnostic {
    let message = format!(
        "Internal compiler error: {what}\nPlease report this with the source, version {VERSION} and input hash {input_hash:016x}."
    );
    Diagnostic::of(&CODE, Span::default(), message)
}

/// The layout of a text would be another program: it is thrown away.
pub(crate) fn unsafe_layout(span: Span) -> Diagnostic {
    let message = "Internal compiler error: the formatter would have changed the program here, so the text was left as it is. Please report this";
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::mentioned;
    use crate::{guarded, Limits, VERSION};

    #[test]
    fn a_panic_asks_for_a_report() {
        let report = guarded(&Limits::DEFAULT, b"x", || -> () { panic!("boom") }).unwrap_err();
        let message = format!(
            "Internal compiler error: boom\nPlease report this with the source, version {VERSION} and input hash af63f54c86021707."
        );
        assert_eq!((report.code, report.message), (CODE.name, message));
    }

    #[test]
    fn work_that_succeeds() {
        assert_eq!(guarded(&Limits::DEFAULT, b"x", || 3).map_err(|r| r.message), Ok(3));
    }

    #[test]
    fn reported_by_the_node() {
        mentioned(&CODE, "bridge/beamtalk_compiler_backend.erl");
        mentioned(&CODE, "compiler/beamtalk_compiler.erl");
    }
}
