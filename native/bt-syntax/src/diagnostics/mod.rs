//! What the parser reports: one file per code, with its documentation, its sentences and suggested edits, and its tests.

pub mod lex_invalid;
pub mod lex_unterminated_comment;
pub mod limit_name;
pub mod number_invalid;
pub mod parse_assignment;
pub mod parse_block_bar;
pub mod parse_block_parameter;
pub mod parse_cascade;
pub mod parse_declaration;
pub mod parse_expect;
pub mod parse_expected_expression;
pub mod parse_interpolation;
pub mod parse_map;
pub mod parse_match;
pub mod parse_nesting;
pub mod parse_pattern;
pub mod parse_unclosed_array;
pub mod parse_unclosed_block;
pub mod parse_unclosed_list;
pub mod parse_unclosed_map;
pub mod parse_unclosed_match;
pub mod parse_unclosed_paren;
pub mod parse_unclosed_pattern;
#[cfg(test)]
mod testing;

use bt_base::{Code, Diagnostic, Span};

/// The codes of this crate, in the order of the documentation.
pub const ALL: &[Code] = &[
    lex_invalid::CODE,
    lex_unterminated_comment::CODE,
    number_invalid::CODE,
    parse_expected_expression::CODE,
    parse_unclosed_block::CODE,
    parse_unclosed_paren::CODE,
    parse_unclosed_list::CODE,
    parse_unclosed_array::CODE,
    parse_unclosed_map::CODE,
    parse_unclosed_match::CODE,
    parse_unclosed_pattern::CODE,
    parse_map::CODE,
    parse_match::CODE,
    parse_pattern::CODE,
    parse_block_parameter::CODE,
    parse_declaration::CODE,
    parse_expect::CODE,
    limit_name::CODE,
    parse_block_bar::CODE,
    parse_cascade::CODE,
    parse_assignment::CODE,
    parse_interpolation::CODE,
    parse_nesting::CODE,
];

/// The place of a closing bracket that is missing. All kinds of brackets are mended alike.
#[derive(Clone, Copy)]
pub(crate) struct Gap {
    pub open: Span,
    /// The bracket to be written.
    pub closer: &'static str,
    /// What stands at the place: another bracket, or nothing where the statement ends.
    pub found: Span,
    /// The other bracket has no partner: it was meant to be this one.
    pub mismatched: bool,
}

impl Gap {
    /// The finding of one kind of bracket: at the wrong bracket, or at the open one if nothing is wrong but the end.
    pub fn report(self, code: &'static Code) -> Diagnostic {
        let diagnostic = match self.has_other() {
            true => Diagnostic::of(code, self.found, code.message).with_related(self.open, "opened here"),
            false => Diagnostic::of(code, self.open, code.message),
        };
        diagnostic.with_edit(self.place(), self.closer)
    }

    /// Adds this bracket to the edit for the one inside of it, if both are missing at the same place.
    pub fn join(self, inner: Option<&mut Diagnostic>) {
        if let Some(edit) = inner.and_then(|d| d.edit.as_mut()).filter(|e| e.span == self.place()) {
            edit.replacement += self.closer;
        }
    }

    fn has_other(self) -> bool {
        self.found.start != self.found.end
    }

    /// What the bracket replaces: the wrong one, or nothing before what stands there.
    fn place(self) -> Span {
        let end = if self.mismatched { self.found.end } else { self.found.start };
        Span { start: self.found.start, end }
    }
}
