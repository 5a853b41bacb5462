//! `backend/unavailable`: no compiler can be reached.
//!
//! Reported by `beamtalk_compiler_backend`, for a library that is not loaded and a port that does not start.

use bt_base::{Code, Severity, Stage};

pub const CODE: Code = Code {
    name: "backend/unavailable",
    severity: Severity::Error,
    stage: Stage::Infrastructure,
    message: "Compiler is not available",
    checks: "Neither the loaded library nor the compiler process could be reached.",
    example: "",
    better: "",
};

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::mentioned;

    #[test]
    fn reported_by_the_node() {
        mentioned(&CODE, "bridge/beamtalk_compiler_backend.erl");
    }
}
