//! The syntax tree: what was written, nothing resolved.
//!
//! Expressions live in one arena (`Module::exprs`) and refer to each other by [`ExprId`], so that a chain of a hundred
//! thousand operands is a flat vector to build and to drop. Names are slices of the source.

use std::borrow::Cow;

use bt_base::Span;
use num_bigint::BigInt;

/// Index of an expression in [`Module::exprs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// One source text, parsed. Always complete: what could not be parsed is an [`ExprKind::Error`].
#[derive(Clone, Debug, Default)]
pub struct Module<'s> {
    pub exprs: Vec<Expr<'s>>,
    /// Top-level items in source order.
    pub items: Vec<Item<'s>>,
}

impl<'s> Module<'s> {
    pub fn add(&mut self, kind: ExprKind<'s>, span: Span) -> ExprId {
        self.exprs.push(Expr { kind, span });
        ExprId(self.exprs.len() as u32 - 1)
    }

    pub fn expr(&self, id: ExprId) -> &Expr<'s> {
        &self.exprs[id.0 as usize]
    }
}

/// A name or operator as written, with its place. Keywords keep their colons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ident<'s> {
    pub text: &'s str,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Item<'s> {
    Class(Box<ClassDef<'s>>),
    /// `Counter >> increment => …`
    Method(Box<StandaloneMethod<'s>>),
    Statement(ExprId),
}

/// Text of consecutive `///` lines, markers removed, joined by LF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doc {
    pub text: String,
    /// From the first `///` to the end of the last such line.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassModifiers {
    pub is_abstract: bool,
    pub is_sealed: bool,
    pub is_typed: bool,
}

#[derive(Clone, Debug)]
pub struct ClassDef<'s> {
    pub modifiers: ClassModifiers,
    /// `nil` means a root class.
    pub superclass: Ident<'s>,
    pub name: Ident<'s>,
    pub fields: Vec<FieldDecl<'s>>,
    pub class_fields: Vec<FieldDecl<'s>>,
    pub methods: Vec<MethodDef<'s>>,
    pub doc: Option<Doc>,
    /// From the first modifier to the end of the last member.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct FieldDecl<'s> {
    pub name: Ident<'s>,
    pub ty: Option<Type<'s>>,
    pub default: Option<ExprId>,
    pub span: Span,
}

/// `Integer` or a union `Integer | Nil`.
#[derive(Clone, Debug)]
pub struct Type<'s> {
    pub names: Vec<Ident<'s>>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Param<'s> {
    /// Without a trailing colon, however it was spelled.
    pub name: Ident<'s>,
    pub ty: Option<Type<'s>>,
}

#[derive(Clone, Debug)]
pub struct MethodDef<'s> {
    /// `at:put:`; equals the header's text for unary and binary methods.
    pub selector: String,
    /// The selector parts of the header, each with its place.
    pub selector_parts: Vec<Ident<'s>>,
    pub params: Vec<Param<'s>>,
    pub class_side: bool,
    pub sealed: bool,
    pub return_type: Option<Type<'s>>,
    /// Statements in order, `@expect` directives included.
    pub body: Vec<ExprId>,
    pub doc: Option<Doc>,
    /// From the first modifier to the end of the last statement (of `=>` when the body is empty).
    pub span: Span,
    /// Like `span`, without a leading `class` modifier: the text that reflection shows.
    pub source_span: Span,
    /// From the first selector part to before `=>`: the signature.
    pub header_span: Span,
}

#[derive(Clone, Debug)]
pub struct StandaloneMethod<'s> {
    pub class: Ident<'s>,
    /// `Counter class >> …` (also set as `method.class_side`).
    pub class_side: bool,
    pub method: MethodDef<'s>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Expr<'s> {
    pub kind: ExprKind<'s>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExprKind<'s> {
    Integer(IntValue),
    Float(f64),
    /// Code point.
    Character(u32),
    /// A string without interpolation: its value (doubled quotes reduced).
    String(Cow<'s, str>),
    Interpolation(Vec<Segment<'s>>),
    /// Without `#`, quotes undone.
    Symbol(Cow<'s, str>),
    /// A lower-case name other than the pseudo-variables below; includes `true`, `false`, `nil`.
    Variable(&'s str),
    ClassRef(&'s str),
    SelfRef,
    Super,
    /// `receiver.name` without blanks around the period.
    Field {
        receiver: ExprId,
        name: Ident<'s>,
    },
    /// Any expression may stand on the left; whether it can be assigned is checked by the parser
    /// (`Assignment target must be an identifier or field access`, then an `Error` node takes its place).
    Assign {
        target: ExprId,
        value: ExprId,
    },
    Return(ExprId),
    Unary {
        receiver: ExprId,
        selector: Ident<'s>,
    },
    Binary {
        left: ExprId,
        op: Ident<'s>,
        right: ExprId,
    },
    Keyword {
        receiver: ExprId,
        parts: Vec<Ident<'s>>,
        args: Vec<ExprId>,
    },
    /// `first; m2; m3`: `first` is the whole expression before the first `;`.
    Cascade {
        first: ExprId,
        messages: Vec<Message<'s>>,
    },
    Block {
        params: Vec<Ident<'s>>,
        body: Vec<ExprId>,
    },
    List {
        elements: Vec<ExprId>,
        tail: Option<ExprId>,
    },
    Array(Vec<ExprId>),
    /// A bare lower-case key has become a `Symbol` node.
    Map(Vec<(ExprId, ExprId)>),
    Match {
        subject: ExprId,
        arms: Vec<Arm<'s>>,
    },
    /// Parentheses are kept: they end cascades and field accesses.
    Paren(ExprId),
    /// `@primitive "at:"` (quoted) or `@intrinsic basicNew` (bare).
    Pragma {
        name: Ident<'s>,
        quoted: bool,
    },
    /// `@expect dnu`.
    Expect(Ident<'s>),
    /// Unparsable text; a diagnostic of error severity covers it.
    Error,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntValue {
    Small(i64),
    Big(Box<BigInt>),
}

#[derive(Clone, Debug)]
pub enum Segment<'s> {
    Text(Cow<'s, str>),
    Expr(ExprId),
}

#[derive(Clone, Debug)]
pub enum Message<'s> {
    Unary(Ident<'s>),
    Binary(Ident<'s>, ExprId),
    Keyword(Vec<Ident<'s>>, Vec<ExprId>),
    Error(Span),
}

impl Message<'_> {
    /// The whole selector; empty where the source had an error.
    pub fn selector(&self) -> String {
        match self {
            Message::Unary(name) | Message::Binary(name, _) => name.text.to_string(),
            Message::Keyword(parts, _) => parts.iter().map(|p| p.text).collect(),
            Message::Error(_) => String::new(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Arm<'s> {
    pub pattern: Pattern<'s>,
    /// The expression between the brackets of `when: [ … ]`.
    pub guard: Option<ExprId>,
    pub body: ExprId,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Pattern<'s> {
    pub kind: PatternKind<'s>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PatternKind<'s> {
    Wildcard,
    Variable(&'s str),
    /// `true`, `false`, `nil`.
    Atom(&'s str),
    Integer(IntValue),
    Float(f64),
    String(Cow<'s, str>),
    Symbol(Cow<'s, str>),
    Character(u32),
    Tuple(Vec<Pattern<'s>>),
    Error,
}
