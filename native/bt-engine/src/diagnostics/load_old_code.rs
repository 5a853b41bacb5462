//! `load/old-code`: processes that could not go on with the new version of a module.
//!
//! Reported by `beamtalk_compiler` when it loads a module.

use bt_base::{Code, Severity, Stage};

pub const CODE: Code = Code {
    name: "load/old-code",
    severity: Severity::Warning,
    stage: Stage::Infrastructure,
    message: "Processes that still ran an older version of a module were stopped",
    checks: "Two versions of a module can be loaded; a process that still runs the older one cannot go on when a third comes.",
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
