//! Expression scripts: texts in which comments `// => value` say what the input before them answers. Every input is read by itself, so a
//! class or method definition does not take in the inputs behind it.

use bt_base::Span;

use super::pieces::pieces;
use crate::token::Token;

/// The inputs of a script, each with the lines of its expectation; nothing for a text without expectations.
pub(super) fn inputs(text: &str) -> Option<Vec<Span>> {
    let mut all = Vec::new();
    let mut start = 0;
    let mut behind_expectation = false;
    let mut script = false;
    for piece in pieces(text) {
        let expectation = piece.token == Token::LineComment
            && piece.breaks > 0
            && piece.column == 0
            && piece.span.text(text).strip_prefix("//").is_some_and(|rest| rest.trim_start().starts_with("=>"));
        if behind_expectation && !expectation {
            all.push(Span::new(start, line_end(text, start, piece.span.start as usize)));
            start = all.last().map_or(0, |span| span.end as usize);
        }
        behind_expectation = expectation;
        script |= expectation;
    }
    if start < text.len() || all.is_empty() {
        all.push(Span::new(start, text.len()));
    }
    script.then_some(all)
}

/// The end of the line on which the expectation before `at` stands.
fn line_end(text: &str, start: usize, at: usize) -> usize {
    let between = &text[start..at];
    let code = between.trim_end_matches([' ', '\t', '\r', '\n']);
    let rest = &between[code.len()..];
    start + code.len() + rest.find('\n').map_or(0, |n| n + 1)
}

/// Does an empty line stand between an input and the one before?
pub(super) fn begins_with_blank(before: &str, input: &str) -> bool {
    let blank = &input[..input.len() - input.trim_start_matches([' ', '\t', '\r', '\n']).len()];
    !before.is_empty() && blank.contains('\n')
}
