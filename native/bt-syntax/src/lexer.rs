//! Text → tokens. Loses nothing: the text between two tokens is the trivia between them.

use bt_base::Span;
use logos::Logos;

use crate::ast::Doc;
use crate::token::Token;

/// A token with its place and what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lexed {
    pub token: Token,
    /// A line break (or a block comment that holds one) stands between the token before and this one.
    pub starts_line: bool,
    /// White space or a comment stands directly before.
    pub space_before: bool,
    /// A `///` comment stands somewhere before; its text is built on demand, see [`doc_before`].
    pub doc: bool,
    pub span: Span,
}

/// All tokens of `text`, an [`Token::EndOfInput`] at the end. A byte-order mark at the start is skipped.
pub fn lex(text: &str) -> Vec<Lexed> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    lex_range(text, start, text.len())
}

/// The tokens of `text[start..end]`, with places in `text`. Both ends must be character boundaries.
pub(crate) fn lex_range(text: &str, start: usize, end: usize) -> Vec<Lexed> {
    let part = &text[..end];
    let mut lexer = Token::lexer(part);
    lexer.bump(start);
    let mut tokens = Vec::with_capacity((end - start) / 4 + 2);
    let (mut starts_line, mut space_before, mut doc) = (true, true, false);
    while let Some(result) = lexer.next() {
        let token = result.unwrap_or(Token::Error);
        match token {
            Token::Blank => space_before = true,
            Token::LineBreak => (starts_line, space_before) = (true, true),
            Token::LineComment => {
                space_before = true;
                doc |= lexer.slice().starts_with("///");
            }
            Token::BlockComment => {
                space_before = true;
                starts_line |= lexer.slice().contains('\n');
            }
            _ => {
                let range = lexer.span();
                tokens.push(Lexed { token, starts_line, space_before, doc, span: Span::new(range.start, range.end) });
                (starts_line, space_before, doc) = (false, false, false);
            }
        }
    }
    let span = Span::new(end, end);
    tokens.push(Lexed { token: Token::EndOfInput, starts_line: true, space_before: true, doc, span });
    tokens
}

/// Is this the text of a doc comment line: three slashes, not four?
fn is_doc_line(piece: &str) -> bool {
    piece.starts_with("///") && !piece.starts_with("////")
}

/// The doc comment that ends directly before a declaration, from the trivia `text[start..end]` before it.
pub(crate) fn doc_before(text: &str, start: usize, end: usize) -> Option<Doc> {
    let mut lexer = Token::lexer(text.get(..end)?);
    lexer.bump(start);
    let mut doc: Option<Doc> = None;
    // A comment behind a token on the same line belongs to that token.
    let mut own_line = start == 0 || text.get(..start).is_some_and(|t| t.ends_with('\u{feff}'));
    while let Some(result) = lexer.next() {
        let piece = lexer.slice();
        match result {
            Ok(Token::LineComment) if own_line && is_doc_line(piece) => {
                let line = piece[3..].trim_end_matches('\r');
                let line = line.strip_prefix(' ').unwrap_or(line);
                let range = lexer.span();
                match &mut doc {
                    Some(doc) => {
                        doc.text.push('\n');
                        doc.text.push_str(line);
                        doc.span.end = range.end as u32;
                    }
                    None => doc = Some(Doc { text: line.to_string(), span: Span::new(range.start, range.end) }),
                }
            }
            Ok(Token::Blank) => {}
            Ok(Token::LineBreak) if piece.bytes().filter(|&b| b == b'\n').count() == 1 => own_line = true,
            other => {
                own_line |= other == Ok(Token::LineBreak);
                doc = None;
            }
        }
    }
    doc
}
