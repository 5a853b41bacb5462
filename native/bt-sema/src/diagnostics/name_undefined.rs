//! `name/undefined`: a name that nothing was given.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "name/undefined",
    severity: Severity::Error,
    stage: Stage::Names,
    message: "Undefined variable: x",
    checks: "A variable is created by its first assignment and is visible in the blocks after it. Class names are looked up \
             when the program runs.",
    example: "count + 1",
    better: "count := 0\ncount + 1",
};

/// `near` is a visible name that is spelt alike.
pub(crate) fn diagnostic(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let found = Diagnostic::of(&CODE, span, format!("Undefined variable: {name}"));
    match near {
        Some(near) => found.with_hint(format!("did you mean `{near}`?")).with_edit(span, near),
        None => found,
    }
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn nothing_is_similar() {
        reported(&CODE, "Object subclass: A\n  size => «missing»").says("Undefined variable: missing").has_no_edit();
    }

    #[test]
    fn a_slip_of_the_pen() {
        reported(&CODE, "counter := 3\n«conuter» + 1")
            .says("Undefined variable: conuter")
            .hints("did you mean `counter`?")
            .mends_to("counter := 3\ncounter + 1");
        reported(&CODE, "Object subclass: A\n  state: balance = 0\n  size => «balnce»")
            .hints("did you mean `balance`?")
            .mends_to("Object subclass: A\n  state: balance = 0\n  size => balance");
    }

    #[test]
    fn a_field_is_not_meant_on_the_class_side() {
        silent(&CODE, "Object subclass: A\n  state: size = 0\n  class make => size");
        reported(&CODE, "Object subclass: A\n  state: balance = 0\n  class make => «balnce»").has_no_edit();
    }

    #[test]
    fn variables_fields_and_parameters() {
        silent(&CODE, "count := 0\n#(1) do: [:each | count + each]");
        silent(&CODE, "Object subclass: A\n  state: size = 0\n  at: n => size + n");
    }
}
