//! `class/sealed`: a subclass of a sealed class.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "class/sealed",
    severity: Severity::Error,
    stage: Stage::Hierarchy,
    message: "Cannot subclass sealed class `S`",
    checks: "Sealed classes have no subclasses.",
    example: "Integer subclass: Even",
    better: "Object subclass: Even\n  state: value = 0",
};

pub(crate) fn diagnostic(span: Span, superclass: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Cannot subclass sealed class `{superclass}`"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent, silent_in};
    use crate::Options;

    #[test]
    fn sealed_superclass() {
        reported(&CODE, "«Integer» subclass: Even").says("Cannot subclass sealed class `Integer`");
        reported(&CODE, "sealed Object subclass: Leaf\n«Leaf» subclass: Twig").says("Cannot subclass sealed class `Leaf`");
    }

    #[test]
    fn open_superclass() {
        silent(&CODE, "Object subclass: Even");
    }

    #[test]
    fn the_library_may_subclass_its_own() {
        let options = Options { library: true, ..Options::default() };
        silent_in(&options, &CODE, "String subclass: Rope");
    }
}
