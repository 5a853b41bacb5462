//! `block/arity`: a literal block with other parameters than the message passes.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "block/arity",
    severity: Severity::Error,
    stage: Stage::Arguments,
    message: "sel expects a block with N parameters, but got N",
    checks: "Enumerations and loops call their block with a fixed number of arguments; a literal block must take them.",
    example: "#(1, 2) do: [:a :b | a]",
    better: "#(1, 2) do: [:a | a]",
};

pub(crate) fn diagnostic(span: Span, selector: &str, wanted: usize, got: usize) -> Diagnostic {
    let parameters = if wanted == 1 { "parameter" } else { "parameters" };
    Diagnostic::of(&CODE, span, format!("{selector} expects a block with {wanted} {parameters}, but got {got}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn other_parameters() {
        reported(&CODE, "#(1, 2) do: «[:a :b | a]»").says("do: expects a block with 1 parameter, but got 2");
        reported(&CODE, "#(1) inject: 0 into: («[:a | a]»)").says("inject:into: expects a block with 2 parameters, but got 1");
    }

    #[test]
    fn the_right_ones_or_no_literal() {
        silent(&CODE, "#(1, 2) do: [:a | a]");
        silent(&CODE, "b := [1]\n#(1, 2) do: b");
    }
}
