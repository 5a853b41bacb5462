//! `block/field-assign`: a field assigned in a block that may outlive the method.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "block/field-assign",
    severity: Severity::Error,
    stage: Stage::Arguments,
    message: "cannot assign to field 'x' inside a stored closure",
    checks: "A block that is kept in a variable or handed on may run when the method is over; only control flow may assign \
             fields.",
    example: "Object subclass: Box\n  state: n = 0\n  bump =>\n    b := [self.n := self.n + 1]\n    b value",
    better: "Object subclass: Box\n  state: n = 0\n  bump => 2 timesRepeat: [self.n := self.n + 1]",
};

/// How the block around the assignment leaves the method.
#[derive(Clone, Copy)]
pub(crate) enum Escape {
    Stored,
    Passed,
}

pub(crate) fn diagnostic(span: Span, field: &str, escape: Escape) -> Diagnostic {
    let place = match escape {
        Escape::Stored => "stored",
        Escape::Passed => "passed",
    };
    let message = format!(
        "cannot assign to field '{field}' inside a {place} closure\n\n\
         = help: field assignments require immediate execution context\n\
         = help: use control flow directly: `items do: [:item | self.{field} := value]`"
    );
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn in_a_stored_block() {
        reported(&CODE, "Object subclass: Box\n  state: n = 0\n  bump =>\n    b := [«self.n := 1»]\n    b value").says(
            "cannot assign to field 'n' inside a stored closure\n\n\
             = help: field assignments require immediate execution context\n\
             = help: use control flow directly: `items do: [:item | self.n := value]`",
        );
    }

    #[test]
    fn in_a_passed_block() {
        reported(&CODE, "Object subclass: Box\n  state: n = 0\n  at: list => list at: 1 ifAbsent: [«self.n := 2»]").says(
            "cannot assign to field 'n' inside a passed closure\n\n\
             = help: field assignments require immediate execution context\n\
             = help: use control flow directly: `items do: [:item | self.n := value]`",
        );
    }

    #[test]
    fn in_control_flow() {
        silent(&CODE, "Object subclass: Box\n  state: n = 0\n  bump => 2 timesRepeat: [self.n := self.n + 1]");
    }
}
