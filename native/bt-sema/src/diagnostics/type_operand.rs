//! `type/operand`: an operand that the operator of numbers or strings cannot take.

use bt_base::{Category, Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "type/operand",
    severity: Severity::Warning,
    stage: Stage::Types,
    message: "`+` on C expects a numeric argument, got U",
    checks: "Arithmetic and comparison of numbers take numbers, `++` on strings takes strings and symbols. Category `type`.",
    example: "3 + \"4\"",
    better: "3 + 4",
};

pub(crate) fn number(span: Span, selector: &str, class: &str, got: &str) -> Diagnostic {
    let message = format!("`{selector}` on {class} expects a numeric argument, got {got}");
    Diagnostic::of(&CODE, span, message).with_category(Category::Type)
}

pub(crate) fn text(span: Span, got: &str) -> Diagnostic {
    let message = format!("`++` on String expects a String argument, got {got}");
    Diagnostic::of(&CODE, span, message).with_category(Category::Type)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn numbers() {
        reported(&CODE, "3 + «\"4\"»").says("`+` on Integer expects a numeric argument, got String");
        silent(&CODE, "3 + 4.5");
    }

    #[test]
    fn strings() {
        reported(&CODE, "\"a\" ++ «4»").says("`++` on String expects a String argument, got Integer");
        silent(&CODE, "\"a\" ++ #b");
    }
}
