//! `limit/parameters`: more parameters than a function can have.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "limit/parameters",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Too many parameters (maximum 127)",
    checks: "Functions of the BEAM have few arguments; pass a list or a dictionary.",
    example: "",
    better: "",
};

/// The BEAM knows functions of 255 arguments; captured variables and the receiver are arguments as well.
pub(crate) const MOST: usize = 127;

pub(crate) fn diagnostic(span: Span) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Too many parameters (maximum {MOST})"))
}

#[cfg(test)]
mod tests {
    use super::{CODE, MOST};
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn one_parameter_too_many() {
        let rest: String = (1..=MOST).map(|n| format!("k: p{n} ")).collect();
        reported(&CODE, &format!("Object subclass: A\n  «first:» p {rest}=> 1")).says("Too many parameters (maximum 127)");
        reported(&CODE, &format!("[:«p {}» | 1]", ":p ".repeat(MOST).trim_end())).says("Too many parameters (maximum 127)");
    }

    #[test]
    fn as_many_as_fit() {
        silent(&CODE, &format!("[{}| 1]", ":p ".repeat(MOST)));
    }
}
