//! `number/invalid`: digits that are no integer.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "number/invalid",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Invalid integer: TEXT",
    checks: "Digits must fit the radix they are written in.",
    example: "2r102",
    better: "2r101",
};

pub(crate) fn diagnostic(span: Span, text: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Invalid integer: {text}"))
}

pub(crate) fn too_long(span: Span, most: usize) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Invalid integer: more than {most} digits"))
}

pub(crate) fn radix(span: Span, radix: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Radix must be between 2 and 36, got {radix}"))
}

pub(crate) fn digits(span: Span, radix: u32, digits: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Invalid digit for radix {radix}: {digits}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn digits_that_the_radix_does_not_have() {
        reported(&CODE, "1 + «2r102»").says("Invalid digit for radix 2: 102");
        reported(&CODE, "«16r»").says("Invalid digit for radix 16: ");
        silent(&CODE, "1 + 2r101");
    }

    #[test]
    fn radix_out_of_range() {
        reported(&CODE, "«37r0»").says("Radix must be between 2 and 36, got 37");
        silent(&CODE, "36rZ");
    }

    #[test]
    fn more_digits_than_can_be_written_down_again() {
        let most = "9".repeat(1_000_000);
        silent(&CODE, &most);
        reported(&CODE, &format!("«{most}9»")).says("Invalid integer: more than 1000000 digits");
        reported(&CODE, &format!("«2r{}»", "1".repeat(1_000_001))).says("Invalid integer: more than 1000000 digits");
    }
}
