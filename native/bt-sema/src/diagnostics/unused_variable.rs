//! `unused/variable`: a variable that is assigned and never read.

use bt_base::{Category, Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "unused/variable",
    severity: Severity::Warning,
    stage: Stage::Names,
    message: "Unused variable `x`",
    checks: "A local of a method, block or arm is assigned and never read. A leading underscore says that this is meant. \
             Category `unused`.",
    example: "Object subclass: Box\n  size =>\n    half := 2\n    4",
    better: "Object subclass: Box\n  size =>\n    half := 2\n    half * 2",
};

/// `assigned_once`: its name stands in no other place, so it can be changed here.
pub(crate) fn diagnostic(span: Span, name: &str, assigned_once: bool) -> Diagnostic {
    let found = Diagnostic::of(&CODE, span, format!("Unused variable `{name}`"))
        .with_hint(format!("If this is intentional, prefix it with an underscore: `_{name}`"))
        .with_category(Category::Unused);
    match assigned_once {
        true => found.with_edit(span, format!("_{name}")),
        false => found,
    }
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn never_read() {
        reported(&CODE, "Object subclass: A\n  size =>\n    «half» := 2\n    4")
            .says("Unused variable `half`")
            .hints("If this is intentional, prefix it with an underscore: `_half`")
            .mends_to("Object subclass: A\n  size =>\n    _half := 2\n    4");
    }

    #[test]
    fn a_name_that_stands_elsewhere_too() {
        reported(&CODE, "Object subclass: A\n  size =>\n    «half» := 2\n    half := 3\n    4").has_no_edit();
    }

    #[test]
    fn read_or_underscored_or_of_the_module() {
        silent(&CODE, "Object subclass: A\n  size =>\n    half := 2\n    half * 2");
        silent(&CODE, "Object subclass: A\n  size =>\n    _half := 2\n    4");
        silent(&CODE, "half := 2");
    }
}
