//! Beamtalk as one language of several that may be read.

use bt_hir::{ClassIndex, Fault, LanguageFrontend, Parsed, Reading, Resolved, Trouble};
use bt_syntax::ast;

/// The language itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beamtalk;

impl LanguageFrontend for Beamtalk {
    type Items<'a> = ast::Module<'a>;

    fn name(&self) -> &'static str {
        "Beamtalk"
    }

    fn parse<'a>(&self, text: &'a str) -> Parsed<ast::Module<'a>> {
        let bt_syntax::Parse { module, diagnostics } = bt_syntax::parse(text);
        Parsed { items: module, diagnostics }
    }

    /// There are none.
    fn expand_macros<'a>(&self, parsed: Parsed<Self::Items<'a>>) -> Parsed<Self::Items<'a>> {
        parsed
    }

    fn resolve(&self, items: &ast::Module<'_>, text: &str, index: &ClassIndex, reading: &Reading) -> Resolved {
        crate::lower(items, text, index, reading)
    }

    /// As the workspace writes it (`beamtalk_failure`): the place or the exception's class, the message, a line for the hint.
    fn format_error(&self, fault: &Fault<'_>) -> String {
        let place = fault.place().map(|place| format!("{place}: ")).unwrap_or_default();
        let head = match fault.trouble {
            Trouble::Found { .. } => place,
            Trouble::Raised { class } => format!("{class}: "),
        };
        let hint = fault.hint.map(|hint| format!("\nHint: {hint}")).unwrap_or_default();
        format!("{head}{}{hint}", fault.message)
    }
}

#[cfg(test)]
mod tests {
    use bt_hir::Frontend;

    use super::*;

    #[test]
    fn a_reading_is_parsing_and_lowering() {
        let text = "a := 1. b + (";
        let index = ClassIndex::over(crate::library_index());
        let reading = Reading { expression: true, ..Reading::default() };
        let read = Beamtalk.read(text, &index, &reading);
        let parse = bt_syntax::parse(text);
        let lowered = crate::lower(&parse.module, text, &index, &reading);
        let found: Vec<_> = parse.diagnostics.into_iter().chain(lowered.diagnostics).collect();
        assert_eq!(read.diagnostics, found);
        assert!(found.len() > 1, "both stages find something");
        assert_eq!(read.kind, lowered.kind);
    }

    #[test]
    fn errors_are_worded_as_the_workspace_words_them() {
        let text = "x :=\n  nowhere";
        let read = Beamtalk.read(text, &ClassIndex::new(), &Reading { expression: true, ..Reading::default() });
        let found = read.diagnostics.first().expect("an unknown name");
        let trouble = Trouble::Found { severity: found.severity, code: found.code.name };
        let (message, hint) = (found.message.as_str(), Some("look"));
        let fault = Fault { trouble, message, hint, file: Some("a.bt"), text, span: Some(found.span) };
        assert_eq!(LanguageFrontend::format_error(&Beamtalk, &fault), format!("a.bt:2:3: {message}\nHint: look"));
        let raised = Fault { trouble: Trouble::Raised { class: "TypeError" }, hint: None, ..fault };
        assert_eq!(LanguageFrontend::format_error(&Beamtalk, &raised), format!("TypeError: {message}"));
    }
}
