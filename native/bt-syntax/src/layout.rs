//! From tokens to the tokens of the grammar: finds the items of a text, and where statements end.
//!
//! [`Layout::next`] hands out one header or one statement at a time in [`Layout::out`]. Every decision that needs the
//! tokens around a place, or line breaks, is made here, in one walk:
//!
//! | decision | made by |
//! |---|---|
//! | what begins here: class, member, standalone method, statement | `items.rs`, at statement starts |
//! | does a token that starts a line begin a statement? | [`begins_operand`] behind a token that can end one |
//! | is a word a selector? | it is, behind a token that can end an operand |
//! | is a period a field access? | no white space around it, behind a name in operand position |
//! | which bracket is this? | a stack of [`Frame`]s; closers without partner are [`Kind::Missing`] or [`Kind::Stray`] |
//! | is `match:` special? | directly before `[`, first keyword of its message |
//! | is `a` before `=>` a symbol? | at the start of a map entry |
//!
//! The walk is linear: look-ahead happens at line starts only and ends with the line.

use bt_base::{Diagnostic, Span};

use crate::diagnostics::limit_name;
use crate::items::Source;
pub use crate::kind::{Kind, Tok};
use crate::lexer::Lexed;
use crate::token::Token;

/// Brackets may be nested this deep.
pub const MAX_DEPTH: usize = 64;

/// What [`Layout::next`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    Class,
    /// A field declaration up to its `=`, if `has_default`; the default follows by [`Layout::default_value`].
    Field {
        has_default: bool,
    },
    Method,
    Standalone,
    Statement,
}

/// Where the walk is outside of brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Top,
    /// Among the members of a class.
    Class,
    Method {
        in_class: bool,
        empty: bool,
    },
    /// The value of a field.
    Default,
    /// An interpolated expression: no boundaries.
    Segment,
}

/// An open bracket.
pub(crate) struct Frame {
    pub open: Kind,
    /// State of the enclosing part, to be restored.
    pub outer: Part,
}

/// What has been seen since the last separator inside the innermost bracket.
#[derive(Clone, Copy, Default)]
pub(crate) struct Part {
    /// A keyword part, or `;`: `match:` is an ordinary keyword now.
    pub message: bool,
    /// The `->` of an arm.
    pub arrow: bool,
    /// Chained `:=`, which nest to the right.
    pub assignments: u8,
    /// Chained `**`, likewise.
    pub powers: u8,
}

pub struct Layout<'s, 't> {
    pub(crate) source: Source<'s, 't>,
    pub(crate) at: usize,
    pub(crate) place: Place,
    /// The class before may go on behind something that is no member.
    pub(crate) class_open: bool,
    pub out: Vec<Tok>,
    pub diagnostics: Vec<Diagnostic>,
    /// The statement handed out last belongs to the method body before it.
    pub statement_of_method: bool,
    pub(crate) frames: Vec<Frame>,
    /// Open brackets by shape: `(`, `[`, `{`.
    pub(crate) open: [u32; 3],
    /// Brackets around the whole text, for interpolated expressions.
    pub(crate) base: usize,
    /// Set while the part of an expression that is nested too deeply is skipped: its start, and the
    /// number of brackets around it.
    pub(crate) too_deep: Option<(Span, usize)>,
    pub(crate) nesting_reported: bool,
}

/// Can an expression begin with this token? (Words are looked at separately.)
pub(crate) fn begins_operand(token: Token) -> bool {
    matches!(
        token,
        Token::Integer
            | Token::Float
            | Token::Character
            | Token::String
            | Token::Symbol
            | Token::ListOpen
            | Token::MapOpen
            | Token::ArrayOpen
            | Token::LeftParen
            | Token::LeftBracket
            | Token::LeftBrace
            | Token::Caret
            | Token::Pragma
            | Token::Expect
    )
}

pub(crate) fn shape(open: Kind) -> usize {
    match open {
        Kind::OpenParen | Kind::OpenList => 0,
        Kind::OpenBlock | Kind::OpenArray | Kind::OpenMatch | Kind::OpenGuard => 1,
        _ => 2,
    }
}

impl<'s, 't> Layout<'s, 't> {
    pub fn new(text: &'s str, tokens: &'t [Lexed]) -> Layout<'s, 't> {
        Layout {
            source: Source { text, tokens },
            at: 0,
            place: Place::Top,
            class_open: false,
            out: Vec::new(),
            diagnostics: Vec::new(),
            statement_of_method: false,
            frames: Vec::new(),
            open: [0; 3],
            base: 0,
            too_deep: None,
            nesting_reported: false,
        }
    }

    /// The layout of an interpolated expression below `base` brackets.
    pub fn segment(text: &'s str, tokens: &'t [Lexed], base: usize) -> Layout<'s, 't> {
        Layout { place: Place::Segment, base, ..Layout::new(text, tokens) }
    }

    /// The token behind what was handed out last.
    pub fn upcoming(&self) -> Lexed {
        self.source.token(self.at)
    }

    /// Where the trivia before the upcoming token begins, and where it ends.
    pub fn trivia(&self) -> (usize, usize) {
        let start = if self.at == 0 { 0 } else { self.source.token(self.at - 1).span.end as usize };
        (start, self.upcoming().span.start as usize)
    }

    pub(crate) fn put(&mut self, kind: Kind, span: Span) {
        if self.too_deep.is_none() {
            let depth = (self.base + self.frames.len()).min(255) as u8;
            self.out.push(Tok { kind, depth, span });
        }
    }

    /// Hands out the next header or statement in `out`; `None` at the end of the text.
    pub fn next(&mut self) -> Option<Item> {
        self.out.clear();
        loop {
            let skips_periods = matches!(self.place, Place::Top | Place::Class);
            while skips_periods && self.source.kind(self.at) == Token::Period {
                self.at += 1;
            }
            if self.source.kind(self.at) == Token::EndOfInput {
                return None;
            }
            if self.source.class_at(self.at) {
                self.place = Place::Class;
                self.class_open = true;
                self.class_header();
                return Some(Item::Class);
            }
            if self.source.standalone_at(self.at) {
                self.place = Place::Method { in_class: false, empty: true };
                self.class_open = false;
                self.standalone_header();
                return Some(Item::Standalone);
            }
            let starts_line = self.upcoming().starts_line;
            let member_here = || self.source.state_at(self.at) || self.source.header_like_end(self.at).is_some();
            if self.place == Place::Top && self.class_open && starts_line && member_here() {
                self.place = Place::Class;
            }
            let member = matches!(self.place, Place::Class | Place::Method { in_class: true, .. });
            let begins = self.place == Place::Class || starts_line || self.source.state_at(self.at);
            if member && begins && self.source.state_keyword_at(self.at) {
                self.place = Place::Class;
                let has_default = self.field_header();
                return Some(Item::Field { has_default });
            }
            match self.place {
                Place::Class => match self.source.header_like_end(self.at) {
                    Some(end) => {
                        self.place = Place::Method { in_class: true, empty: true };
                        self.method_header(end);
                        return Some(Item::Method);
                    }
                    None => self.place = Place::Top,
                },
                Place::Method { in_class, empty } => {
                    let begins = (starts_line || !empty) && self.source.header_end(self.at).is_some();
                    let broken = || in_class && starts_line && self.source.header_like_end(self.at).is_some();
                    if begins || broken() {
                        self.place = if in_class { Place::Class } else { Place::Top };
                        continue;
                    }
                }
                _ => {}
            }
            self.statement_of_method = matches!(self.place, Place::Method { .. });
            self.statement();
            return Some(Item::Statement);
        }
    }

    /// The value of the field that was handed out last.
    pub fn default_value(&mut self) {
        self.out.clear();
        self.place = Place::Default;
        self.statement();
        self.place = Place::Class;
    }

    /// The only expression of an interpolation.
    pub fn expression(&mut self) {
        self.out.clear();
        self.statement();
    }

    fn take(&mut self, kind: Kind) {
        let token = self.upcoming();
        if token.token != Token::EndOfInput {
            self.check_length(token);
            self.out.push(Tok { kind, depth: 0, span: token.span });
            self.at += 1;
        }
    }

    pub(crate) fn check_length(&mut self, token: Lexed) {
        // The colon of a keyword part and the `#` of a symbol stand beside the name.
        let longest = if token.token == Token::Identifier { limit_name::LONGEST } else { limit_name::LONGEST + 1 };
        if token.span.range().len() > longest {
            self.diagnostics.push(limit_name::diagnostic(token.span));
        }
    }

    fn class_header(&mut self) {
        while self.source.kind(self.at + 1) != Token::Keyword {
            self.take(Kind::Modifier);
        }
        match self.source.is_class_modifier(self.at) {
            true => self.take(Kind::Modifier),
            false => self.take(Kind::Name),
        }
        self.take(Kind::SubclassKeyword);
        let member = self.upcoming().starts_line && self.source.header_end(self.at).is_some();
        if self.source.is_identifier(self.at) && !member {
            self.take(Kind::Name);
        } else if !member {
            self.misplaced();
        }
    }

    /// A token that has no place in a header: it is shown, and the rest of its line is skipped.
    fn misplaced(&mut self) {
        let token = self.upcoming();
        if token.token == Token::EndOfInput {
            return;
        }
        self.out.push(Tok { kind: Kind::Misplaced, depth: 0, span: token.span });
        while !matches!(self.source.kind(self.at), Token::EndOfInput | Token::Period) {
            if self.upcoming().starts_line && (self.upcoming().span != token.span || self.source.class_at(self.at)) {
                break;
            }
            self.at += 1;
        }
    }

    fn standalone_header(&mut self) {
        self.take(Kind::Target);
        if self.source.is_identifier(self.at) {
            self.take(Kind::Modifier);
        }
        self.take(Kind::Lookup);
        if let Some(end) = self.source.header_like_end(self.at) {
            self.method_header(end);
        }
    }

    /// A method header that is known to end with the `=>` at `end`, though not to be right.
    fn method_header(&mut self, end: usize) {
        for _ in 0..self.source.modifiers(self.at) {
            self.take(Kind::Modifier);
        }
        match self.source.kind(self.at) {
            Token::Operator => {
                self.take(Kind::BinaryPattern);
                self.parameter();
            }
            Token::Keyword => {
                while self.at < end && self.source.kind(self.at) == Token::Keyword {
                    self.take(Kind::KeywordPattern);
                    self.parameter();
                }
            }
            Token::Identifier => self.take(Kind::UnaryPattern),
            _ => {}
        }
        if self.source.is_operator(self.at, "->") {
            self.take(Kind::Arrow);
            self.types();
        }
        if self.at < end {
            self.out.push(Tok { kind: Kind::Misplaced, depth: 0, span: self.upcoming().span });
            self.at = end;
        }
        self.take(Kind::FatArrow);
    }

    fn parameter(&mut self) {
        if self.source.kind(self.at) == Token::Keyword {
            self.take(Kind::TypedName);
            self.types();
        } else if self.source.is_identifier(self.at) {
            self.take(Kind::Name);
            if self.source.kind(self.at) == Token::Colon {
                self.take(Kind::Colon);
                self.types();
            }
        }
    }

    /// As many types as there are; a missing one is left to the grammar.
    fn types(&mut self) {
        while self.source.is_identifier(self.at) {
            self.take(Kind::TypeName);
            if self.source.kind(self.at) != Token::Bar {
                break;
            }
            self.take(Kind::Bar);
        }
    }

    /// `state: name : Type =`; true if a value follows.
    fn field_header(&mut self) -> bool {
        self.take(Kind::StateKeyword);
        let typed = match self.source.kind(self.at) {
            Token::Identifier => {
                self.take(Kind::Name);
                let colon = self.source.kind(self.at) == Token::Colon;
                if colon {
                    self.take(Kind::Colon);
                }
                colon
            }
            Token::Keyword if !self.source.state_keyword_at(self.at) || !self.upcoming().starts_line => {
                self.take(Kind::TypedName);
                true
            }
            _ => {
                self.misplaced();
                return false;
            }
        };
        if typed {
            self.types();
            if self.out.last().is_some_and(|t| t.kind != Kind::TypeName) {
                self.misplaced();
                return false;
            }
        }
        let has_default = self.source.kind(self.at) == Token::Operator && self.source.spelling(self.at) == "=";
        if has_default {
            self.take(Kind::DefaultSign);
        }
        has_default
    }

    /// Does the token at a line start begin a declaration, although an expression is open?
    pub(crate) fn declaration_at_line_start(&self) -> bool {
        let at = self.at;
        if self.place == Place::Segment {
            return false;
        }
        let members = self.place != Place::Top || self.class_open;
        let header = |at| match self.place {
            Place::Method { in_class: false, .. } => self.source.header_end(at).is_some(),
            _ => self.source.header_like_end(at).is_some(),
        };
        let declares = members && (self.source.state_at(at) || header(at));
        match self.frames.last().map(|f| f.open) {
            None => self.source.class_at(at) || self.source.standalone_at(at) || declares,
            // Inside brackets a header can only mean that a closer is missing, except that a map has `key => value`.
            Some(Kind::OpenMap) => false,
            Some(_) => {
                let header = |at| self.source.header_end(at).is_some();
                let column_zero = || {
                    let start = self.source.token(at).span.start as usize;
                    start == 0 || self.source.text.as_bytes()[start - 1] == b'\n'
                };
                (members && header(at)) || self.source.standalone_at(at) || (self.source.class_at(at) && column_zero())
            }
        }
    }
}
