//! `input/module-name`: a module name that nothing could be called by.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "input/module-name",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Invalid module name",
    checks: "A module name given by the caller must be one that can be printed and loaded.",
    example: "",
    better: "",
};

pub(crate) fn diagnostic(name: &str, longest: usize) -> Diagnostic {
    let shown: String = name.chars().take(60).collect();
    let message = format!("Invalid module name `{shown}`: 1 to {longest} letters, digits, `_` and `@` are allowed");
    Diagnostic::of(&CODE, Span::default(), message)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::refused;
    use crate::{Compiler, Never, Options};

    #[test]
    fn letters_digits_and_two_signs() {
        let named = |name: &str| {
            let options = Options { module_name: Some(name.to_string()), ..Options::default() };
            Compiler::default().compile_expression(b"1", &options, &Never)
        };
        let message = "Invalid module name `a b`: 1 to 255 letters, digits, `_` and `@` are allowed";
        assert_eq!(refused(named("a b")), (CODE.name, message.into()));
        assert_eq!(refused(named("")).0, CODE.name);
        assert_eq!(refused(named(&"a".repeat(256))).0, CODE.name);
        assert!(named("bt@eval_1").is_ok());
    }
}
