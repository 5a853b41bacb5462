//! The tokens of the grammar: what a token of the text means at its place.

use bt_base::Span;

/// A token as the grammar sees it. `depth` counts the brackets around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tok {
    pub kind: Kind,
    pub depth: u8,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A lower-case name as operand, parameter or field.
    Id,
    Class,
    SelfRef,
    Super,
    /// A word behind an operand.
    Selector,
    /// A bare lower-case name before `=>` in a map.
    MapKey,
    Keyword,
    Number,
    Character,
    String,
    Symbol,
    /// A part that has been reported already; stands for an operand.
    Error,
    /// Likewise, for the message behind a `;`.
    ErrorMessage,
    // Operators by level.
    Lookup,
    Arrow,
    Equality,
    Comparison,
    Additive,
    Minus,
    Multiplicative,
    Power,
    OtherOperator,
    Comma,
    // Brackets by what they enclose.
    OpenParen,
    CloseParen,
    OpenBlock,
    CloseBlock,
    OpenList,
    CloseList,
    OpenArray,
    CloseArray,
    OpenMap,
    CloseMap,
    OpenMatch,
    CloseMatch,
    OpenGuard,
    CloseGuard,
    OpenTuple,
    CloseTuple,
    /// Stands where a closer should be. Empty span: the statement ended; otherwise the bracket behind it, which closes another.
    Missing,
    /// Another closer in place of the right one.
    Mismatched,
    Assign,
    Colon,
    Caret,
    Semicolon,
    /// Between statements of a block and between arms.
    Separator,
    FieldDot,
    Bar,
    /// `|` before the tail of a list.
    TailBar,
    FatArrow,
    MatchKeyword,
    WhenKeyword,
    Pragma,
    Expect,
    // Declaration headers.
    Modifier,
    SubclassKeyword,
    StateKeyword,
    Name,
    /// The class that a standalone method belongs to.
    Target,
    TypeName,
    UnaryPattern,
    BinaryPattern,
    KeywordPattern,
    TypedName,
    DefaultSign,
    // Tokens that no rule accepts.
    /// A malformed piece of text.
    Bad,
    Hash,
    /// A statement boundary where there can be none, as in `(a` line break `foo)`.
    Break,
    /// A closer without an opener.
    Stray,
    OpenBrace,
    CloseBrace,
    /// A token that has no place in a header.
    Misplaced,
}

impl Kind {
    /// What a word is as an operand.
    pub fn operand(text: &str) -> Kind {
        match text {
            "self" => Kind::SelfRef,
            "super" => Kind::Super,
            _ if text.starts_with(|c: char| c.is_ascii_uppercase()) => Kind::Class,
            _ => Kind::Id,
        }
    }

    pub fn is_word(self) -> bool {
        matches!(self, Kind::Id | Kind::Class | Kind::SelfRef | Kind::Super | Kind::Selector | Kind::Keyword)
    }

    pub fn opens(self) -> bool {
        matches!(
            self,
            Kind::OpenParen
                | Kind::OpenBlock
                | Kind::OpenList
                | Kind::OpenArray
                | Kind::OpenMap
                | Kind::OpenMatch
                | Kind::OpenGuard
                | Kind::OpenTuple
                | Kind::OpenBrace
        )
    }

    pub fn closes(self) -> bool {
        matches!(
            self,
            Kind::CloseParen
                | Kind::CloseBlock
                | Kind::CloseList
                | Kind::CloseArray
                | Kind::CloseMap
                | Kind::CloseMatch
                | Kind::CloseGuard
                | Kind::CloseTuple
                | Kind::CloseBrace
                | Kind::Missing
                | Kind::Mismatched
        )
    }

    /// The closer of an opener.
    pub fn closer(self) -> Kind {
        match self {
            Kind::OpenParen => Kind::CloseParen,
            Kind::OpenBlock => Kind::CloseBlock,
            Kind::OpenList => Kind::CloseList,
            Kind::OpenArray => Kind::CloseArray,
            Kind::OpenMap => Kind::CloseMap,
            Kind::OpenMatch => Kind::CloseMatch,
            Kind::OpenGuard => Kind::CloseGuard,
            Kind::OpenTuple => Kind::CloseTuple,
            _ => Kind::CloseBrace,
        }
    }

    /// How the closer of an opener is written.
    pub fn closing_text(self) -> &'static str {
        match self {
            Kind::OpenParen | Kind::OpenList => ")",
            Kind::OpenBlock | Kind::OpenArray | Kind::OpenMatch | Kind::OpenGuard => "]",
            _ => "}",
        }
    }

    /// Does this token stand for a closer that is not there?
    pub fn lacks_closer(self) -> bool {
        matches!(self, Kind::Missing | Kind::Mismatched)
    }

    /// Are the parts between these brackets separated by commas?
    pub fn holds_elements(self) -> bool {
        matches!(self, Kind::OpenList | Kind::OpenArray | Kind::OpenMap | Kind::OpenTuple)
    }

    /// The level of an infix operator; `OtherOperator` has none.
    pub fn operator(text: &str) -> Kind {
        match text {
            ">>" => Kind::Lookup,
            "->" => Kind::Arrow,
            "==" | "/=" | "=:=" | "=/=" => Kind::Equality,
            "<" | ">" | "<=" | ">=" => Kind::Comparison,
            "+" | "++" => Kind::Additive,
            "-" => Kind::Minus,
            "*" | "/" | "%" => Kind::Multiplicative,
            "**" => Kind::Power,
            "," => Kind::Comma,
            _ => Kind::OtherOperator,
        }
    }
}
