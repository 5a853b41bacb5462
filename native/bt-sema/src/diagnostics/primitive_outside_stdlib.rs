//! `primitive/outside-stdlib`: a pragma in a program.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "primitive/outside-stdlib",
    severity: Severity::Error,
    stage: Stage::Pragmas,
    message: "Primitives can only be declared in the standard library",
    checks: "`@primitive` and `@intrinsic` name code of the run time.",
    example: "Object subclass: Box\n  size => @primitive \"size\"",
    better: "Object subclass: Box\n  size => 0",
};

/// Where pragmas are `allowed` they are worth a warning all the same.
pub(crate) fn diagnostic(span: Span, allowed: bool) -> Diagnostic {
    let severity = if allowed { Severity::Warning } else { Severity::Error };
    Diagnostic::of(&CODE, span, CODE.message).with_severity(severity)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, reported_in, silent_in};
    use crate::Options;
    use bt_base::Severity;

    #[test]
    fn in_a_program() {
        reported(&CODE, "Object subclass: Box\n  size => «@primitive \"size\"»")
            .says("Primitives can only be declared in the standard library");
    }

    #[test]
    fn inside_an_expression() {
        reported(&CODE, "Object subclass: Box\n  size => 3 + «@primitive \"size\"»")
            .says("Primitives can only be declared in the standard library");
    }

    #[test]
    fn where_it_is_allowed() {
        let options = Options { allow_primitives: true, ..Options::default() };
        reported_in(&options, Severity::Warning, &CODE, "Object subclass: Box\n  size => «@primitive \"size\"»");
    }

    #[test]
    fn in_the_library() {
        let options = Options { library: true, ..Options::default() };
        silent_in(&options, &CODE, "Object subclass: Box\n  size => @primitive \"size\"");
    }
}
