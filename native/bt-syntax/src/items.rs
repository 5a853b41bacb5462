//! Look-ahead over plain tokens: what begins here?
//!
//! A declaration is recognised by its header, and all tokens of a method header stand on one line; so no look-ahead
//! goes past the end of a line except for the few words of a class header.

use crate::lexer::Lexed;
use crate::token::Token;

const MODIFIERS: usize = 8;

/// So far a header with a mistake is looked through for its `=>`.
const BROKEN_HEADER: usize = 32;

/// A text and its tokens.
#[derive(Clone, Copy)]
pub struct Source<'s, 't> {
    pub text: &'s str,
    pub tokens: &'t [Lexed],
}

impl<'s> Source<'s, '_> {
    /// The token at `at`, or the end of input.
    pub fn token(&self, at: usize) -> Lexed {
        self.tokens[at.min(self.tokens.len() - 1)]
    }

    pub fn kind(&self, at: usize) -> Token {
        self.token(at).token
    }

    pub fn spelling(&self, at: usize) -> &'s str {
        self.token(at).span.text(self.text)
    }

    pub fn is_identifier(&self, at: usize) -> bool {
        self.kind(at) == Token::Identifier
    }

    pub fn is_operator(&self, at: usize, spelling: &str) -> bool {
        self.kind(at) == Token::Operator && self.spelling(at) == spelling
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.is_identifier(at) && self.spelling(at) == word
    }

    pub fn is_class_name(&self, at: usize) -> bool {
        self.is_identifier(at) && self.spelling(at).as_bytes()[0].is_ascii_uppercase()
    }

    pub fn is_class_modifier(&self, at: usize) -> bool {
        matches!(self.spelling(at), "abstract" | "sealed" | "typed")
    }

    /// `{abstract|sealed|typed} IDENT 'subclass:'`
    pub fn class_at(&self, at: usize) -> bool {
        if !self.is_identifier(at) {
            return false;
        }
        // More modifiers than there are make no class; the bound keeps the look-ahead short.
        let (mut at, last) = (at, at + MODIFIERS);
        while at < last && self.is_class_modifier(at) && self.is_identifier(at + 1) {
            at += 1;
        }
        self.kind(at + 1) == Token::Keyword && self.spelling(at + 1) == "subclass:"
    }

    /// `CLASSNAME ['class'] '>>' method-header '=>'`
    pub fn standalone_at(&self, at: usize) -> bool {
        if !self.is_class_name(at) {
            return false;
        }
        let at = if self.is_word(at + 1, "class") { at + 2 } else { at + 1 };
        self.is_operator(at, ">>") && self.header_like_end(at + 1).is_some()
    }

    /// A method header, or something that has its `=>` and can be nothing else: words, operators and literals on one line.
    pub fn header_like_end(&self, at: usize) -> Option<usize> {
        self.header_end(at).or_else(|| self.broken_header_end(at))
    }

    fn broken_header_end(&self, at: usize) -> Option<usize> {
        if !matches!(self.kind(at), Token::Identifier | Token::Keyword | Token::Operator) {
            return None;
        }
        for end in at + 1..at + BROKEN_HEADER {
            let here = self.token(end);
            match here.token {
                _ if here.starts_line => return None,
                Token::FatArrow => return Some(end),
                Token::Identifier | Token::Keyword | Token::Operator | Token::Colon | Token::Bar => {}
                Token::Integer | Token::Float | Token::Character | Token::String | Token::Symbol | Token::Error => {}
                _ => return None,
            }
        }
        None
    }

    /// `state:` or `classState:` with a name behind it.
    pub fn state_at(&self, at: usize) -> bool {
        self.state_keyword_at(at) && matches!(self.kind(at + 1), Token::Identifier | Token::Keyword)
    }

    pub fn state_keyword_at(&self, at: usize) -> bool {
        self.kind(at) == Token::Keyword && matches!(self.spelling(at), "state:" | "classState:")
    }

    /// Number of modifiers (`sealed`, `class`) of a method header at `at`.
    pub fn modifiers(&self, at: usize) -> usize {
        let mut end = at;
        while self.is_word(end, "sealed") || (self.is_word(end, "class") && self.kind(end + 1) != Token::FatArrow) {
            if end > at && self.token(end).starts_line {
                break;
            }
            end += 1;
        }
        end - at
    }

    /// If a method header begins at `at`: the place of its `=>`.
    pub fn header_end(&self, at: usize) -> Option<usize> {
        let mut end = at + self.modifiers(at);
        match self.kind(end) {
            Token::Identifier => end += 1,
            Token::Operator => end = self.parameter_end(end + 1)?,
            Token::Keyword => {
                while self.kind(end) == Token::Keyword && (end == at || !self.token(end).starts_line) {
                    end = self.parameter_end(end + 1)?;
                }
            }
            _ => return None,
        }
        if self.is_operator(end, "->") {
            end += 1;
            if self.is_identifier(end) {
                end = self.type_end(end);
            }
        }
        let one_line = || (at + 1..=end).all(|i| !self.token(i).starts_line);
        (self.kind(end) == Token::FatArrow && one_line()).then_some(end)
    }

    /// `IDENT [':' type] | KEYWORD type`
    fn parameter_end(&self, at: usize) -> Option<usize> {
        match (self.kind(at), self.kind(at + 1)) {
            (Token::Identifier, Token::Colon) if self.is_identifier(at + 2) => Some(self.type_end(at + 2)),
            (Token::Identifier, Token::Colon) => None,
            (Token::Identifier, _) => Some(at + 1),
            (Token::Keyword, Token::Identifier) => Some(self.type_end(at + 1)),
            _ => None,
        }
    }

    /// `TYPENAME { '|' TYPENAME }`
    fn type_end(&self, at: usize) -> usize {
        let mut end = at + 1;
        while self.kind(end) == Token::Bar && self.is_identifier(end + 1) {
            end += 2;
        }
        end
    }
}
