//! `backend/protocol`: a request or a reply that the other side does not understand.
//!
//! Reported by `bt-wire` for requests, by `beamtalk_compiler_backend` for replies.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "backend/protocol",
    severity: Severity::Error,
    stage: Stage::Infrastructure,
    message: "Compiler answered nonsense",
    checks: "The compiler process sent something that is no reply.",
    example: "",
    better: "",
};

pub fn diagnostic(message: impl Into<String>) -> Diagnostic {
    Diagnostic::of(&CODE, Span::default(), message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::mentioned;

    #[test]
    fn says_what_it_is_told() {
        let refusal = super::diagnostic("Request must be a map");
        assert!(refusal.is_error());
        assert_eq!((refusal.code, refusal.message.as_str()), (&CODE, "Request must be a map"));
    }

    #[test]
    fn reported_by_the_node() {
        mentioned(&CODE, "bridge/beamtalk_compiler_backend.erl");
    }
}
