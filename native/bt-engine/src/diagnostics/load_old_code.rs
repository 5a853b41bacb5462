//! `load/old-code`: processes that could not go on with the new version of a module.
//!
//! Reported by `beamtalk_compiler` when it loads a module.

use bt_base::{Code, Severity, Stage};

pub const CODE: Code = Code {
    name: "load/old-code",
    severity: Severity::Error,
    stage: Stage::Infrastructure,
    message: "Old code is still in use",
    checks: "A process still runs the version before the current one.",
    example: "",
    better: "",
};

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::mentioned;

    #[test]
    fn reported_by_the_node() {
        mentioned(&CODE, "compiler/beamtalk_compiler.erl");
    }
}
