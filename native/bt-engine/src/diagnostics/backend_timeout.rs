//! `backend/timeout`: a compilation that was stopped.
//!
//! Reported by the compiler when it is told to stop, and by `beamtalk_compiler_backend` for a port that does not answer.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "backend/timeout",
    severity: Severity::Error,
    stage: Stage::Infrastructure,
    message: "Compilation timed out",
    checks: "The compiler process did not answer in time.",
    example: "",
    better: "",
};

pub(crate) fn stopped() -> Diagnostic {
    Diagnostic::of(&CODE, Span::default(), "Compilation was stopped: cancelled or out of time")
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{compile, mentioned, refused};
    use crate::{Compiler, Interrupt, Options};

    #[test]
    fn stopped_when_asked() {
        struct Now;
        impl Interrupt for Now {
            fn requested(&self) -> bool {
                true
            }
        }
        let stopped = Compiler::default().compile_expression(b"1 + 2", &Options::default(), &Now);
        assert_eq!(refused(stopped), (CODE.name, "Compilation was stopped: cancelled or out of time".into()));
        assert!(compile(b"1 + 2").is_ok());
    }

    #[test]
    fn reported_by_the_node() {
        mentioned(&CODE, "bridge/beamtalk_compiler_backend.erl");
    }
}
