//! Is an input complete, or should another line be asked for? Decided on tokens alone.

use crate::lexer::{self, Lexed};
use crate::token::{error_text, Token};

/// False if a bracket, literal or comment is open, an operand must follow, or a class has no method yet.
pub fn is_complete(text: &str) -> bool {
    let tokens = lexer::lex(text);
    let mut depth = 0usize;
    let (mut subclass, mut arrow) = (false, false);
    for token in &tokens {
        match token.token {
            Token::LeftParen | Token::LeftBracket | Token::LeftBrace | Token::ListOpen | Token::ArrayOpen | Token::MapOpen => {
                depth += 1
            }
            Token::RightParen | Token::RightBracket | Token::RightBrace => depth = depth.saturating_sub(1),
            Token::Keyword => subclass |= token.span.text(text) == "subclass:",
            Token::FatArrow => arrow |= depth == 0,
            Token::Error if !error_text(token.span.text(text)).starts_with(|c: char| c.is_ascii_lowercase()) => {
                return false;
            }
            _ => {}
        }
    }
    let last = tokens.iter().rev().map(|t| t.token).find(|&t| t != Token::EndOfInput);
    let open = matches!(last, Some(Token::Keyword | Token::Operator | Token::Assign | Token::Semicolon | Token::Caret));
    depth == 0 && !open && (arrow || !subclass) && !in_block_comment(text, &tokens)
}

/// Does the text end inside a block comment?
fn in_block_comment(text: &str, tokens: &[Lexed]) -> bool {
    let start = tokens.len().checked_sub(2).map_or(0, |i| tokens[i].span.end as usize);
    let mut rest = text.get(start..).unwrap_or("");
    loop {
        let Some(at) = rest.find('/') else { return false };
        rest = &rest[at..];
        if rest.starts_with("//") {
            let Some(end) = rest.find('\n') else { return false };
            rest = &rest[end..];
        } else {
            let Some(end) = rest.get(2..).and_then(|r| r.find("*/")) else { return true };
            rest = &rest[end + 4..];
        }
    }
}
