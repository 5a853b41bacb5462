//! The token table: one annotated enum from which the scanner is generated.
//!
//! White space and comments are rows of the table too, so that every byte of a text belongs to exactly one piece; the
//! lexer turns them into marks on the tokens that follow.

use logos::{Lexer, Logos};

/// What a piece of text is. `Error` is a malformed piece; there is no failure.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Token {
    #[regex(r"[ \t\r]+")]
    Blank,
    #[regex(r"\n[ \t\r\n]*")]
    LineBreak,
    #[token("//", line_comment)]
    LineComment,
    #[token("/*", block_comment)]
    BlockComment,

    #[regex(r"[A-Za-z_][A-Za-z0-9_]*", word)]
    Identifier,
    /// `at:` — an identifier with its colon.
    Keyword,
    #[regex(r"-?[0-9]+", number)]
    Integer,
    Float,
    #[token("$", character)]
    Character,
    #[token("\"", string)]
    String,
    #[token("#", symbol)]
    Symbol,
    #[regex(r"[-+*/<>=~%&?\\]", operator)]
    #[token("=:=")]
    #[token("=/=")]
    #[token(",")]
    Operator,

    #[token("#(")]
    ListOpen,
    #[token("#{")]
    MapOpen,
    #[token("#[")]
    ArrayOpen,
    /// `#` with nothing usable behind it.
    Hash,
    #[token("(")]
    LeftParen,
    #[token(")")]
    RightParen,
    #[token("[")]
    LeftBracket,
    #[token("]")]
    RightBracket,
    #[token("{")]
    LeftBrace,
    #[token("}")]
    RightBrace,

    #[token(":=")]
    Assign,
    #[token(":")]
    Colon,
    #[token("^")]
    Caret,
    #[token(";")]
    Semicolon,
    #[token(".")]
    Period,
    #[token("|")]
    Bar,
    #[token("=>", priority = 9)]
    FatArrow,

    /// `@primitive` or `@intrinsic`.
    Pragma,
    /// `@expect`.
    Expect,
    #[token("@", directive)]
    #[token("'", single_quoted)]
    Error,
    EndOfInput,
}

impl Token {
    /// The name used in token listings.
    pub fn name(self) -> &'static str {
        match self {
            Token::Blank => "blank",
            Token::LineBreak => "line-break",
            Token::LineComment => "comment",
            Token::BlockComment => "block-comment",
            Token::Identifier => "identifier",
            Token::Keyword => "keyword",
            Token::Integer => "integer",
            Token::Float => "float",
            Token::Character => "character",
            Token::String => "string",
            Token::Symbol => "symbol",
            Token::Operator => "operator",
            Token::ListOpen => "list-open",
            Token::MapOpen => "map-open",
            Token::ArrayOpen => "array-open",
            Token::Hash => "hash",
            Token::LeftParen => "left-paren",
            Token::RightParen => "right-paren",
            Token::LeftBracket => "left-bracket",
            Token::RightBracket => "right-bracket",
            Token::LeftBrace => "left-brace",
            Token::RightBrace => "right-brace",
            Token::Assign => "assign",
            Token::Colon => "colon",
            Token::Caret => "caret",
            Token::Semicolon => "semicolon",
            Token::Period => "period",
            Token::Bar => "bar",
            Token::FatArrow => "fat-arrow",
            Token::Pragma => "pragma",
            Token::Expect => "expect",
            Token::Error => "error",
            Token::EndOfInput => "end-of-input",
        }
    }

    pub fn is_trivia(self) -> bool {
        matches!(self, Token::Blank | Token::LineBreak | Token::LineComment | Token::BlockComment)
    }
}

/// What stands for a malformed piece in messages: the piece itself, or a sentence.
pub fn error_text(piece: &str) -> String {
    const DIRECTIVES: &str = "only '@primitive', '@intrinsic', and '@expect' are supported";
    match piece.as_bytes().first() {
        Some(b'\'') => "single-quoted strings are no longer supported, use double quotes: \"...\"".to_string(),
        Some(b'@') if piece.len() == 1 => format!("expected directive name after '@', {DIRECTIVES}"),
        Some(b'@') => format!("unknown directive '{piece}', {DIRECTIVES}"),
        _ => piece.to_string(),
    }
}

pub(crate) fn is_operator(byte: u8) -> bool {
    matches!(byte, b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'=' | b'~' | b'%' | b'&' | b'?' | b'\\')
}

pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn count(bytes: &[u8], accept: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|&b| !accept(b)).unwrap_or(bytes.len())
}

fn line_comment(lex: &mut Lexer<'_, Token>) {
    let rest = lex.remainder();
    lex.bump(rest.find('\n').unwrap_or(rest.len()));
}

fn block_comment(lex: &mut Lexer<'_, Token>) {
    let rest = lex.remainder();
    lex.bump(rest.find("*/").map_or(rest.len(), |n| n + 2));
}

fn word(lex: &mut Lexer<'_, Token>) -> Token {
    let rest = lex.remainder().as_bytes();
    if rest.first() == Some(&b':') && rest.get(1) != Some(&b'=') {
        lex.bump(1);
        Token::Keyword
    } else {
        Token::Identifier
    }
}

/// The rest of a number after its first digits: radix digits, fraction, exponent. Whether the spelling denotes a
/// value is decided when the value is needed.
fn number(lex: &mut Lexer<'_, Token>) -> Token {
    let rest = lex.remainder().as_bytes();
    let digit = |at: usize| rest.get(at).is_some_and(u8::is_ascii_digit);
    if rest.first() == Some(&b'r') && !lex.slice().starts_with('-') {
        let length = count(&rest[1..], |b| b.is_ascii_alphanumeric());
        lex.bump(1 + length);
        return Token::Integer;
    }
    let mut end = 0;
    if rest.first() == Some(&b'.') && digit(1) {
        end = 1 + count(&rest[1..], |b| b.is_ascii_digit());
    }
    let mut is_float = end > 0;
    if matches!(rest.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
        let digits = count(rest.get(end + 1 + sign..).unwrap_or(&[]), |b| b.is_ascii_digit());
        if digits > 0 {
            is_float = true;
            end += 1 + sign + digits;
        } else if !rest.get(end + 1).copied().is_some_and(is_word) {
            // `1e`: an exponent that is missing, not a name.
            is_float = true;
            end += 1;
        }
    }
    lex.bump(end);
    if is_float {
        Token::Float
    } else {
        Token::Integer
    }
}

fn character(lex: &mut Lexer<'_, Token>) -> Token {
    let mut chars = lex.remainder().chars();
    let length = match chars.next() {
        None => return Token::Error,
        Some('\\') => match chars.next() {
            None => {
                lex.bump(1);
                return Token::Error;
            }
            Some(c) => 1 + c.len_utf8(),
        },
        Some(c) => c.len_utf8(),
    };
    lex.bump(length);
    Token::Character
}

fn string(lex: &mut Lexer<'_, Token>) -> Token {
    let rest = lex.remainder();
    match string_end(rest.as_bytes()) {
        Some(end) => {
            lex.bump(end);
            Token::String
        }
        None => {
            lex.bump(rest.len());
            Token::Error
        }
    }
}

/// Length of a string's text from behind the opening quote to behind the closing one.
fn string_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'\\' => 2,
            b'"' if bytes.get(at + 1) == Some(&b'"') => 2,
            b'"' => return Some(at + 1),
            b'{' => brace_end(&bytes[at..])?,
            _ => 1,
        };
    }
    None
}

/// Length of an interpolation from `{` to behind its `}`. Strings inside are skipped without looking at their braces.
pub(crate) fn brace_end(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0usize);
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'{' => {
                depth += 1;
                1
            }
            b'}' if depth == 1 => return Some(at + 1),
            b'}' => {
                depth -= 1;
                1
            }
            b'"' => 1 + plain_string_end(&bytes[at + 1..])?,
            b'/' if bytes.get(at + 1) == Some(&b'/') => count(&bytes[at..], |b| b != b'\n'),
            b'/' if bytes.get(at + 1) == Some(&b'*') => bytes[at + 2..].windows(2).position(|w| w == b"*/").map(|n| n + 4)?,
            b'$' if bytes.get(at + 1) == Some(&b'\\') => 3,
            b'\\' | b'$' => 2,
            _ => 1,
        };
    }
    None
}

fn plain_string_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'\\' => 2,
            b'"' if bytes.get(at + 1) == Some(&b'"') => 2,
            b'"' => return Some(at + 1),
            _ => 1,
        };
    }
    None
}

fn symbol(lex: &mut Lexer<'_, Token>) -> Token {
    let rest = lex.remainder().as_bytes();
    let length = match rest.first() {
        Some(b'\'') => {
            let mut at = 1;
            loop {
                match rest.get(at) {
                    None => {
                        lex.bump(rest.len());
                        return Token::Error;
                    }
                    Some(b'\'') if rest.get(at + 1) == Some(&b'\'') => at += 2,
                    Some(b'\'') => break at + 1,
                    Some(_) => at += 1,
                }
            }
        }
        Some(&first) if is_word_start(first) => {
            let mut at = count(rest, is_word);
            while rest.get(at) == Some(&b':') && rest.get(at + 1) != Some(&b'=') {
                at += 1;
                if !rest.get(at).copied().is_some_and(is_word_start) {
                    break;
                }
                let part = count(&rest[at..], is_word);
                if rest.get(at + part) != Some(&b':') || rest.get(at + part + 1) == Some(&b'=') {
                    break;
                }
                at += part;
            }
            at
        }
        Some(&first) if is_operator(first) => count(rest, is_operator),
        Some(b',') => 1,
        _ => return Token::Hash,
    };
    lex.bump(length);
    Token::Symbol
}

/// A run of operator characters; a comment, or a number behind a minus, ends it.
fn operator(lex: &mut Lexer<'_, Token>) {
    let rest = lex.remainder().as_bytes();
    let mut at = 0;
    while let Some(&byte) = rest.get(at) {
        let next = rest.get(at + 1).copied();
        let stops = match byte {
            b'/' => matches!(next, Some(b'/' | b'*')),
            b'-' => next.is_some_and(|b| b.is_ascii_digit()),
            _ => false,
        };
        if stops || !is_operator(byte) {
            break;
        }
        at += 1;
    }
    lex.bump(at);
}

fn directive(lex: &mut Lexer<'_, Token>) -> Token {
    let rest = lex.remainder();
    let length = count(rest.as_bytes(), is_word);
    let token = match &rest[..length] {
        "primitive" | "intrinsic" => Token::Pragma,
        "expect" => Token::Expect,
        _ => Token::Error,
    };
    lex.bump(length);
    token
}

fn single_quoted(lex: &mut Lexer<'_, Token>) {
    let rest = lex.remainder().as_bytes();
    let end = count(rest, |b| b != b'\n' && b != b'\'');
    lex.bump(end + usize::from(rest.get(end) == Some(&b'\'')));
}
