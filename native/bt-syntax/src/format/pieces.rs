//! Tokens and comments in the order of the text, each with the number of line breaks before it.

use bt_base::Span;
use logos::Logos;

use crate::token::Token;

/// A token or a comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub token: Token,
    pub span: Span,
    /// Line breaks since the piece before: 0, 1, or 2 for more.
    pub breaks: u8,
    /// Distance from the start of its line, in bytes.
    pub column: u32,
}

impl Piece {
    pub fn is_comment(&self) -> bool {
        matches!(self.token, Token::LineComment | Token::BlockComment)
    }

    /// What is printed of a comment. Blanks at the end of an ordinary comment mean nothing; in documentation they may.
    pub fn comment<'s>(&self, text: &'s str) -> &'s str {
        let comment = self.span.text(text);
        match self.token {
            Token::LineComment if comment.starts_with("///") => comment.trim_end_matches('\r'),
            Token::LineComment => comment.trim_end(),
            // One without end takes what is added behind it.
            _ if !comment.ends_with("*/") || comment.len() < 4 => comment.trim_end(),
            _ => comment,
        }
    }
}

/// All pieces of a text, an [`Token::EndOfInput`] at the end.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lexer = Token::lexer(text);
    lexer.bump(start);
    let mut all = Vec::with_capacity(text.len() / 4 + 2);
    // The text begins a line.
    let mut breaks = 1;
    let mut line = start;
    while let Some(result) = lexer.next() {
        let token = result.unwrap_or(Token::Error);
        let range = lexer.span();
        match token {
            Token::Blank => {}
            Token::LineBreak => {
                let found = lexer.slice().bytes().filter(|&b| b == b'\n').count();
                breaks = (usize::from(breaks) + found).min(2) as u8;
            }
            _ => {
                all.push(Piece { token, span: Span::new(range.start, range.end), breaks, column: (range.start - line) as u32 });
                breaks = 0;
            }
        }
        if let Some(last) = lexer.slice().rfind('\n') {
            line = range.start + last + 1;
        }
    }
    all.push(Piece { token: Token::EndOfInput, span: Span::new(text.len(), text.len()), breaks: breaks.max(1), column: 0 });
    all
}
