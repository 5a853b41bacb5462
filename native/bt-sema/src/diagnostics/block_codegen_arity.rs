//! `block/codegen-arity`: a literal block that cannot run in place with the parameters it has.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "block/codegen-arity",
    severity: Severity::Error,
    stage: Stage::Code,
    message: "Code generation failed: sel block must take N argument(s), got N.",
    checks: "Literal blocks of control flow that runs in place must have the parameters it passes.",
    example: "1 to: 3 do: [2]",
    better: "1 to: 3 do: [:_i | 2]",
};

/// `what` names the block by its message, `wanted` the numbers of parameters it may have.
pub(crate) fn diagnostic(span: Span, what: &str, wanted: &str, got: usize) -> Diagnostic {
    let message = format!(
        "Code generation failed: {what} block must take {wanted} argument(s), got {got}. Fix: change the block's parameters"
    );
    Diagnostic::of(&CODE, span, message)
}

pub(crate) fn counted_loop(span: Span, selector: &str, got: usize) -> Diagnostic {
    let message = format!("Code generation failed: {selector} block must take 1 argument(s), got {got}. Fix: write [:i | ...]");
    Diagnostic::of(&CODE, span, message)
}

pub(crate) fn not_nil(span: Span, got: usize) -> Diagnostic {
    let message =
        format!("Code generation failed: ifNotNil: block must take 0 or 1 arguments, got {got}. Fix: write [:value | ...]");
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn loops() {
        reported(&CODE, "1 to: 3 do: «[2]»")
            .says("Code generation failed: to:do: block must take 1 argument(s), got 0. Fix: write [:i | ...]");
        silent(&CODE, "1 to: 3 do: [:_i | 2]");
    }

    #[test]
    fn not_nil_branches() {
        reported(&CODE, "1 ifNotNil: «[:a :b | a]»")
            .says("Code generation failed: ifNotNil: block must take 0 or 1 arguments, got 2. Fix: write [:value | ...]");
        silent(&CODE, "1 ifNotNil: [:a | a]\n1 ifNotNil: [2]");
    }

    #[test]
    fn exceptions() {
        reported(&CODE, "[1] on: Error do: «[:a :b | a]»")
            .says("Code generation failed: on:do: block must take 0 or 1 argument(s), got 2. Fix: change the block's parameters");
        reported(&CODE, "[1] ensure: «[:x | x]»")
            .says("Code generation failed: ensure: block must take 0 argument(s), got 1. Fix: change the block's parameters");
        silent(&CODE, "[[1] on: Error do: [:e | e]] ensure: [2]");
    }

    #[test]
    fn searches() {
        reported(&CODE, "#(1) detect: [:x | x] ifNone: «[:x | x]»").says(
            "Code generation failed: detect:ifNone: block must take 0 argument(s), got 1. Fix: change the block's parameters",
        );
        silent(&CODE, "#(1) detect: [:x | x] ifNone: [2]");
    }
}
