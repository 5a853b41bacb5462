//! `limit/code`: a source that turns into more than can be compiled.
//!
//! Reported by `beamtalk_compiler`, when the compiler of Erlang ran out of what one compilation is given.

use bt_base::{Code, Severity, Stage};

pub const CODE: Code = Code {
    name: "limit/code",
    severity: Severity::Error,
    stage: Stage::Infrastructure,
    message: "Generated code is too large",
    checks: "A bound on what one source may turn into.",
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
