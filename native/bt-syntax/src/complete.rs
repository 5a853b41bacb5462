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
    depth == 0 && !open && (arrow || !subclass) && open_comment(text, &tokens).is_none()
}

/// Where the block comment begins that the text ends in.
pub(crate) fn open_comment(text: &str, tokens: &[Lexed]) -> Option<usize> {
    let mut at = tokens.len().checked_sub(2).map_or(0, |i| tokens[i].span.end as usize);
    loop {
        at += text.get(at..)?.find('/')?;
        let rest = &text[at..];
        at += match rest.starts_with("//") {
            true => rest.find('\n')?,
            false => match rest.get(2..).and_then(|r| r.find("*/")) {
                Some(end) => end + 4,
                None => return Some(at),
            },
        };
    }
}
