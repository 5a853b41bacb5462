//! `parse/declaration`: the header of a class, a method or a field that lacks a part.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "parse/declaration",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Expected class name",
    checks: "What is missing in the header of a class, method, `state:` or `classState:`.",
    example: "Object subclass:",
    better: "Object subclass: Box",
};

/// The part that is missing.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Superclass,
    SubclassKeyword,
    ClassName,
    FieldName,
    ClassVariableName,
    TypeName,
    ParameterName,
    Selector,
    Arrow,
}

pub(crate) fn diagnostic(span: Span, missing: Part) -> Diagnostic {
    let message = match missing {
        Part::Superclass => "Expected superclass name",
        Part::SubclassKeyword => "Expected 'subclass:' keyword",
        Part::ClassName => "Expected class name",
        Part::FieldName => "Expected field name after 'state:'",
        Part::ClassVariableName => "Expected variable name after 'classState:'",
        Part::TypeName => "Expected type name",
        Part::ParameterName => "Expected parameter name after keyword",
        Part::Selector => "Expected method selector",
        Part::Arrow => "Expected '=>' after method selector",
    };
    Diagnostic::of(&CODE, span, message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn headers_of_classes() {
        reported(&CODE, "Object «subclass:»").says("Expected class name");
        reported(&CODE, "abstract «subclass:» Foo").says("Expected superclass name");
        silent(&CODE, "abstract Object subclass: Foo");
    }

    #[test]
    fn fields() {
        reported(&CODE, "Object subclass: A\n  state: «5»").says("Expected field name after 'state:'");
        reported(&CODE, "Object subclass: A\n  «classState:»").says("Expected variable name after 'classState:'");
        reported(&CODE, "Object subclass: A\n  state: x: «=» 5").says("Expected type name");
        silent(&CODE, "Object subclass: A\n  state: x: Integer = 5\n  classState: y");
    }

    #[test]
    fn headers_of_methods() {
        reported(&CODE, "Object subclass: A\n  go: «5» => 5").says("Expected parameter name after keyword");
        reported(&CODE, "Object subclass: A\n  go «now» => 5").says("Expected '=>' after method selector");
        silent(&CODE, "Object subclass: A\n  go: n => 5");
    }
}
