//! `actor/new`: an actor made like a value.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "actor/new",
    severity: Severity::Warning,
    stage: Stage::Instances,
    message: "Actor subclass `C` should use `spawn` instead of `new`",
    checks: "An actor is a process: `spawn` starts it, `new` raises.",
    example: "Actor subclass: Counter\nCounter new",
    better: "Actor subclass: Counter\nCounter spawn",
};

pub(crate) fn diagnostic(span: Span, class: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Actor subclass `{class}` should use `spawn` instead of `new`"))
        .with_hint("actors are processes: `spawn` or `spawnWith:` starts one")
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn new_on_an_actor() {
        reported(&CODE, "Actor subclass: Lamp\n  class make => «Lamp new»")
            .says("Actor subclass `Lamp` should use `spawn` instead of `new`")
            .hints("actors are processes: `spawn` or `spawnWith:` starts one");
    }

    #[test]
    fn spawned_or_no_actor() {
        silent(&CODE, "Actor subclass: Lamp\n  class make => Lamp spawn");
        silent(&CODE, "Object subclass: Box\n  class make => Box new");
    }
}
