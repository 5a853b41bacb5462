//! `backend/crash`: the compiler ended during a request.
//!
//! Reported by `beamtalk_compiler_backend` for the port, which is started again.

use bt_base::{Code, Severity, Stage};

pub const CODE: Code = Code {
    name: "backend/crash",
    severity: Severity::Error,
    stage: Stage::Infrastructure,
    message: "Compiler crashed",
    checks: "The compiler process ended during a request.",
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
