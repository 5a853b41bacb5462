//! `primitive/unknown`: a pragma that names nothing of the run time.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "primitive/unknown",
    severity: Severity::Error,
    stage: Stage::Pragmas,
    message: "Unknown intrinsic 'x'",
    checks: "The run time has no such operation.",
    example: "Object subclass: Box\n  size => @intrinsic boxSize",
    better: "Object subclass: Box\n  size => 0",
};

pub(crate) fn intrinsic(span: Span, name: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Unknown intrinsic '{name}'"))
}

pub(crate) fn primitive(span: Span, name: &str, class: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("No primitive \"{name}\" is known for class `{class}`"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, reported_in, silent, silent_in};
    use crate::Options;
    use bt_base::Severity;

    #[test]
    fn an_intrinsic() {
        reported(&CODE, "Object subclass: Box\n  size => «@intrinsic boxSize»").says("Unknown intrinsic 'boxSize'");
        silent(&CODE, "Object subclass: Box\n  size => @intrinsic hash");
    }

    #[test]
    fn a_primitive_of_the_library() {
        let library = Options { library: true, ..Options::default() };
        reported_in(&library, Severity::Error, &CODE, "Object subclass: Box\n  size => «@primitive \"size\"»")
            .says("No primitive \"size\" is known for class `Box`");
        silent_in(&library, &CODE, "Number subclass: Integer\n  + other => @primitive \"+\"");
    }
}
