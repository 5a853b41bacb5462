//! `pattern/duplicate`: a variable that stands twice in a pattern.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "pattern/duplicate",
    severity: Severity::Error,
    stage: Stage::Names,
    message: "Variable 'x' is bound multiple times in pattern (first bound at byte offset N)",
    checks: "A name stands for one part of the matched value.",
    example: "1 match: [{a, a} -> a; _ -> nil]",
    better: "1 match: [{a, _b} -> a; _ -> nil]",
};

pub(crate) fn diagnostic(span: Span, name: &str, first: Span) -> Diagnostic {
    let message = format!("Variable '{name}' is bound multiple times in pattern (first bound at byte offset {})", first.start);
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn twice_in_a_tuple() {
        reported(&CODE, "1 match: [{a, «a»} -> a; _ -> nil]")
            .says("Variable 'a' is bound multiple times in pattern (first bound at byte offset 11)");
    }

    #[test]
    fn once_in_each_arm() {
        silent(&CODE, "1 match: [{a, _} -> a; {_, _, a} -> a; _ -> nil]");
    }
}
