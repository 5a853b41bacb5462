//! `name/shadow`: a block parameter that hides a variable.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "name/shadow",
    severity: Severity::Warning,
    stage: Stage::Names,
    message: "Variable `x` shadows outer variable",
    checks: "A block parameter hides a variable or field of the same name; inside the block the outer one cannot be reached. \
             A leading underscore says that this is meant.",
    example: "n := 1\n#(1, 2) do: [:n | n printString]\nn",
    better: "n := 1\n#(1, 2) do: [:each | each printString]\nn",
};

pub(crate) fn diagnostic(span: Span, name: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Variable `{name}` shadows outer variable"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn a_variable_or_a_field_is_hidden() {
        reported(&CODE, "n := 1\n#(1, 2) do: [:«n» | n printString]\nn").says("Variable `n` shadows outer variable");
        reported(&CODE, "Object subclass: A\n  state: size = 0\n  all => #(1) do: [:«size» | size printString]")
            .says("Variable `size` shadows outer variable");
    }

    #[test]
    fn an_underscore_says_that_it_is_meant() {
        silent(&CODE, "_n := 1\n#(1) do: [:_n | 2]");
    }

    #[test]
    fn neighbours_do_not_hide_each_other() {
        silent(&CODE, "#(1) do: [:each | each printString]\n#(2) do: [:each | each printString]");
    }
}
