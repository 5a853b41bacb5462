//! `reflect/symbol-literal`: a selector, field or class named by something else than a literal symbol.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "reflect/symbol-literal",
    severity: Severity::Error,
    stage: Stage::Arguments,
    message: "sel expects a symbol literal, not an identifier",
    checks: "`respondsTo:`, `fieldAt:`, `fieldAt:put:` and `classNamed:` name a selector, field or class by a literal symbol.",
    example: "name := #size\n3 respondsTo: name",
    better: "3 respondsTo: #size",
};

/// What stands where the symbol should be.
#[derive(Clone, Copy)]
pub(crate) enum Written<'a> {
    Variable(&'a str),
    Class(&'a str),
    Other,
}

pub(crate) fn diagnostic(span: Span, selector: &str, written: Written<'_>) -> Diagnostic {
    let (but_not, name) = match written {
        Written::Variable(name) => (", not an identifier", Some(name)),
        Written::Class(name) => (", not a class reference", Some(name)),
        Written::Other => ("", None),
    };
    let found = Diagnostic::of(&CODE, span, format!("{selector} expects a symbol literal{but_not}"));
    match name {
        Some(name) => found.with_hint(format!("write the name as a symbol: #{name}")).with_edit(span, format!("#{name}")),
        None => found,
    }
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn a_variable() {
        reported(&CODE, "name := #size\n3 respondsTo: «name»")
            .says("respondsTo: expects a symbol literal, not an identifier")
            .hints("write the name as a symbol: #name")
            .mends_to("name := #size\n3 respondsTo: #name");
    }

    #[test]
    fn a_class() {
        reported(&CODE, "3 fieldAt: «Integer»")
            .says("fieldAt: expects a symbol literal, not a class reference")
            .mends_to("3 fieldAt: #Integer");
    }

    #[test]
    fn something_else() {
        reported(&CODE, "3 respondsTo: «\"size\"»").says("respondsTo: expects a symbol literal").has_no_edit();
    }

    #[test]
    fn a_symbol() {
        silent(&CODE, "3 respondsTo: #size");
    }
}
