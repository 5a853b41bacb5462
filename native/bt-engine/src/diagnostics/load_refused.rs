//! `load/refused`: compiled code that the node does not take.
//!
//! Reported by `beamtalk_compiler` when the code server refuses the module, by `beamtalk_failure` when its class is refused.

use bt_base::{Code, Severity, Stage};

pub const CODE: Code = Code {
    name: "load/refused",
    severity: Severity::Error,
    stage: Stage::Infrastructure,
    message: "Module was not loaded",
    checks: "The code server refused the module.",
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
        mentioned(&CODE, "workspace/beamtalk_failure.erl");
    }
}
