//! `block/local-assign`: an outer variable assigned in a block that works on a copy: a stored one, one passed to Erlang.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "block/local-assign",
    severity: Severity::Error,
    stage: Stage::Arguments,
    message: "assignment to `x` inside a stored closure has no effect on outer scope",
    checks: "A block that is kept in a variable works on copies. An error if the block reads the variable before it assigns \
             it, else a warning. A block that is passed to an Erlang function works on copies too: a warning.",
    example: "n := 0\nb := [n := n + 1]\nb value",
    better: "n := 0\n3 timesRepeat: [n := n + 1]",
};

/// A block that reads the variable first counts on the assignment, so that is an error.
pub(crate) fn diagnostic(span: Span, name: &str, is_read: bool) -> Diagnostic {
    let message = format!(
        "assignment to `{name}` inside a stored closure has no effect on outer scope\n\
         = help: the block works on the value that `{name}` had when it was made\n\
         = help: use control flow directly: `10 timesRepeat: [{name} := {name} + 1]`, or let the block answer the new value"
    );
    let severity = if is_read { Severity::Error } else { Severity::Warning };
    Diagnostic::of(&CODE, span, message).with_severity(severity)
}

pub(crate) fn passed_to_erlang(span: Span, name: &str) -> Diagnostic {
    let message = format!(
        "assignment to `{name}` inside a block passed to Erlang has no effect on outer scope\n\
         = help: the block works on the value that `{name}` had when it was made\n\
         = help: use a method of the collection: `items do: [:item | {name} := item]`, or let the block answer the new value"
    );
    Diagnostic::of(&CODE, span, message).with_severity(Severity::Warning)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, reported_in, silent};
    use crate::Options;
    use bt_base::Severity;

    #[test]
    fn the_block_reads_the_variable() {
        reported(&CODE, "n := 0\nb := [«n := n + 1»]").says(
            "assignment to `n` inside a stored closure has no effect on outer scope\n\
             = help: the block works on the value that `n` had when it was made\n\
             = help: use control flow directly: `10 timesRepeat: [n := n + 1]`, or let the block answer the new value",
        );
    }

    #[test]
    fn the_block_only_writes_it() {
        let input = Options { expression: true, ..Options::default() };
        reported_in(&input, Severity::Warning, &CODE, "n := 0\nb := [:x | «n := x»]");
    }

    #[test]
    fn the_block_goes_to_erlang() {
        let input = Options { expression: true, ..Options::default() };
        reported_in(&input, Severity::Warning, &CODE, "n := 0\nErlang lists foreach: [:x | «n := n + x»] with: #(1)");
        reported_in(
            &input,
            Severity::Warning,
            &CODE,
            "n := 0\nErlang lists foreach: [:x | «n := n + x»] with: #(1); reverse: #(1)",
        );
        silent(&CODE, "n := 0\nErlang lists foreach: [:x | m := n + x. m] with: #(1)");
    }

    #[test]
    fn variables_of_the_block_and_control_flow() {
        silent(&CODE, "b := [:x | t := x * 2. t + 1]");
        silent(&CODE, "n := 0\n3 timesRepeat: [n := n + 1]");
    }
}
