//! What the grammar's rules make: nodes in the arena, headers, and the findings of single nodes.

use std::borrow::Cow;

use bt_base::{Code, Diagnostic, Span};

use crate::ast::*;
use crate::diagnostics::{
    parse_assignment, parse_expect, parse_pattern, parse_unclosed_array, parse_unclosed_block, parse_unclosed_list,
    parse_unclosed_map, parse_unclosed_match, parse_unclosed_paren, parse_unclosed_pattern, Gap,
};
use crate::kind::{Kind, Tok};
use crate::literal;

pub(crate) type Parts<'s> = (Vec<Ident<'s>>, Vec<ExprId>);

/// Collects one module.
pub struct Builder<'s> {
    pub text: &'s str,
    pub module: Module<'s>,
    pub diagnostics: Vec<Diagnostic>,
}

/// `abstract`, `sealed`, `typed`, `class` before a header.
#[derive(Clone, Copy, Default)]
pub struct Modifiers {
    pub class: ClassModifiers,
    pub class_side: bool,
    /// Where the first modifier begins.
    pub start: Option<u32>,
    /// Where the first modifier other than a leading `class` begins.
    pub source_start: Option<u32>,
}

pub enum Header<'s> {
    Class { modifiers: Modifiers, superclass: Ident<'s>, name: Ident<'s> },
    Field { class_side: bool, field: FieldDecl<'s> },
    Method(Box<MethodHeader<'s>>),
    Standalone { class: Ident<'s>, class_side: bool, method: Box<MethodHeader<'s>> },
}

pub struct MethodHeader<'s> {
    pub modifiers: Modifiers,
    pub parts: Vec<Ident<'s>>,
    pub params: Vec<Param<'s>>,
    pub return_type: Option<Type<'s>>,
    /// The `=>`.
    pub arrow: Span,
}

impl<'s> MethodHeader<'s> {
    pub(crate) fn new(part: Ident<'s>, param: Option<Param<'s>>) -> MethodHeader<'s> {
        MethodHeader {
            modifiers: Modifiers::default(),
            parts: vec![part],
            params: param.into_iter().collect(),
            return_type: None,
            arrow: part.span,
        }
    }

    pub(crate) fn push(&mut self, part: Ident<'s>, param: Param<'s>) {
        self.parts.push(part);
        self.params.push(param);
    }

    pub(crate) fn finish(&mut self, modifiers: Modifiers, return_type: Option<Type<'s>>, arrow: Tok) {
        self.modifiers = modifiers;
        self.return_type = return_type;
        self.arrow = arrow.span;
    }

    /// From the first selector part to before `=>`.
    pub(crate) fn signature(&self) -> Span {
        let mut span = self.parts[0].span;
        if let Some(part) = self.parts.last() {
            span = span.to(part.span);
        }
        if let Some(param) = self.params.last() {
            span = span.to(param.ty.as_ref().map_or(param.name.span, |ty| ty.span));
        }
        self.return_type.as_ref().map_or(span, |ty| span.to(ty.span))
    }
}

impl<'s> Builder<'s> {
    pub fn new(text: &'s str) -> Builder<'s> {
        Builder { text, module: Module::default(), diagnostics: Vec::new() }
    }

    pub(crate) fn spelling(&self, t: Tok) -> &'s str {
        t.span.text(self.text)
    }

    fn span(&self, id: ExprId) -> Span {
        self.module.expr(id).span
    }

    pub(crate) fn ident(&self, t: Tok) -> Ident<'s> {
        Ident { text: self.spelling(t), span: t.span }
    }

    /// A closer, or what is there instead of it: where the bracket's node ends.
    fn closed(&mut self, open: Tok, close: Tok, code: &'static Code) -> Span {
        if !close.kind.lacks_closer() {
            return open.span.to(close.span);
        }
        let gap = Gap {
            open: open.span,
            closer: open.kind.closing_text(),
            found: close.span,
            mismatched: close.kind == Kind::Mismatched,
        };
        if close.depth == QUIET {
            gap.join(self.diagnostics.last_mut());
        } else {
            self.diagnostics.push(gap.report(code));
        }
        open.span.to(Span { start: close.span.start, end: close.span.start })
    }

    pub(crate) fn error(&mut self, t: Tok) -> ExprId {
        self.module.add(ExprKind::Error, t.span)
    }

    pub(crate) fn expect(&mut self, at: Tok, name: Tok) -> ExprId {
        let category = self.ident(name);
        if !matches!(category.text, "dnu" | "type" | "unused" | "all") {
            self.diagnostics.push(parse_expect::unknown(name.span, category.text));
            return self.module.add(ExprKind::Error, at.span.to(name.span));
        }
        self.module.add(ExprKind::Expect(category), at.span.to(name.span))
    }

    pub(crate) fn return_(&mut self, t: Tok, value: ExprId) -> ExprId {
        let span = t.span.to(self.span(value));
        self.module.add(ExprKind::Return(value), span)
    }

    pub(crate) fn assign(&mut self, target: ExprId, value: ExprId) -> ExprId {
        let span = self.span(target).to(self.span(value));
        match self.module.expr(target).kind {
            ExprKind::Variable(_) | ExprKind::Field { .. } => {}
            ExprKind::Error => return self.module.add(ExprKind::Error, span),
            _ => {
                let at = self.span(target);
                self.diagnostics.push(parse_assignment::diagnostic(at));
                return self.module.add(ExprKind::Error, span);
            }
        }
        self.module.add(ExprKind::Assign { target, value }, span)
    }

    pub(crate) fn cascade(&mut self, first: ExprId, messages: Vec<Message<'s>>) -> ExprId {
        let mut span = self.span(first);
        match messages.last() {
            Some(Message::Unary(name)) => span = span.to(name.span),
            Some(&Message::Error(part)) => span = span.to(part),
            Some(Message::Binary(_, arg)) => span = span.to(self.span(*arg)),
            Some(Message::Keyword(_, args)) => span = args.last().map_or(span, |&arg| span.to(self.span(arg))),
            _ => {}
        }
        self.module.add(ExprKind::Cascade { first, messages }, span)
    }

    pub(crate) fn first_part(&self, t: Tok, arg: ExprId) -> Parts<'s> {
        (vec![self.ident(t)], vec![arg])
    }

    pub(crate) fn keyword_message(&self, parts: Parts<'s>) -> Message<'s> {
        Message::Keyword(parts.0, parts.1)
    }

    pub(crate) fn keyword(&mut self, receiver: ExprId, (parts, args): Parts<'s>) -> ExprId {
        let start = self.span(receiver);
        let span = args.last().map_or(start, |&arg| start.to(self.span(arg)));
        self.module.add(ExprKind::Keyword { receiver, parts, args }, span)
    }

    pub(crate) fn binary(&mut self, left: ExprId, op: Tok, right: ExprId) -> ExprId {
        let span = self.span(left).to(self.span(right));
        let op = self.ident(op);
        self.module.add(ExprKind::Binary { left, op, right }, span)
    }

    pub(crate) fn unary(&mut self, receiver: ExprId, t: Tok) -> ExprId {
        let span = self.span(receiver).to(t.span);
        let selector = self.ident(t);
        self.module.add(ExprKind::Unary { receiver, selector }, span)
    }

    pub(crate) fn variable(&mut self, t: Tok) -> ExprId {
        self.module.add(ExprKind::Variable(self.spelling(t)), t.span)
    }

    pub(crate) fn class_ref(&mut self, t: Tok) -> ExprId {
        self.module.add(ExprKind::ClassRef(self.spelling(t)), t.span)
    }

    pub(crate) fn self_ref(&mut self, t: Tok) -> ExprId {
        self.module.add(ExprKind::SelfRef, t.span)
    }

    pub(crate) fn super_ref(&mut self, t: Tok) -> ExprId {
        self.module.add(ExprKind::Super, t.span)
    }

    pub(crate) fn field(&mut self, receiver: ExprId, t: Tok) -> ExprId {
        let span = self.span(receiver).to(t.span);
        let name = self.ident(t);
        self.module.add(ExprKind::Field { receiver, name }, span)
    }

    pub(crate) fn number(&mut self, t: Tok) -> ExprId {
        let kind = match literal::number(self.spelling(t), t.span) {
            Ok(literal::Number::Integer(value)) => ExprKind::Integer(value),
            Ok(literal::Number::Float(value)) => ExprKind::Float(value),
            Err(finding) => {
                self.diagnostics.push(*finding);
                ExprKind::Error
            }
        };
        self.module.add(kind, t.span)
    }

    pub(crate) fn character(&mut self, t: Tok) -> ExprId {
        self.module.add(ExprKind::Character(literal::character(self.spelling(t))), t.span)
    }

    pub(crate) fn symbol(&mut self, t: Tok) -> ExprId {
        self.module.add(ExprKind::Symbol(literal::symbol(self.spelling(t))), t.span)
    }

    pub(crate) fn bare_key(&mut self, t: Tok) -> ExprId {
        self.module.add(ExprKind::Symbol(Cow::Borrowed(self.spelling(t))), t.span)
    }

    pub(crate) fn string(&mut self, t: Tok) -> ExprId {
        let kind = self.string_kind(t);
        self.module.add(kind, t.span)
    }

    fn string_kind(&mut self, t: Tok) -> ExprKind<'s> {
        match literal::plain(self.spelling(t)) {
            Some(value) => ExprKind::String(value),
            None => ExprKind::Interpolation(crate::interpolation::segments(self, t)),
        }
    }

    pub(crate) fn pragma(&mut self, at: Tok, t: Tok, quoted: bool) -> ExprId {
        let text = self.spelling(t);
        let text = if quoted { text.get(1..text.len() - 1).unwrap_or("") } else { text };
        let name = Ident { text, span: t.span };
        self.module.add(ExprKind::Pragma { name, quoted }, at.span.to(t.span))
    }

    pub(crate) fn paren(&mut self, open: Tok, inner: ExprId, close: Tok) -> ExprId {
        let span = self.closed(open, close, &parse_unclosed_paren::CODE);
        self.module.add(ExprKind::Paren(inner), span)
    }

    pub(crate) fn block(&mut self, open: Tok, params: Vec<Ident<'s>>, body: Vec<ExprId>, close: Tok) -> ExprId {
        let span = self.closed(open, close, &parse_unclosed_block::CODE);
        self.module.add(ExprKind::Block { params, body }, span)
    }

    pub(crate) fn list(&mut self, open: Tok, elements: Vec<ExprId>, tail: Option<ExprId>, close: Tok) -> ExprId {
        let span = self.closed(open, close, &parse_unclosed_list::CODE);
        self.module.add(ExprKind::List { elements, tail }, span)
    }

    pub(crate) fn array(&mut self, open: Tok, elements: Vec<ExprId>, close: Tok) -> ExprId {
        let span = self.closed(open, close, &parse_unclosed_array::CODE);
        self.module.add(ExprKind::Array(elements), span)
    }

    pub(crate) fn map(&mut self, open: Tok, entries: Vec<(ExprId, ExprId)>, close: Tok) -> ExprId {
        let span = self.closed(open, close, &parse_unclosed_map::CODE);
        self.module.add(ExprKind::Map(entries), span)
    }

    pub(crate) fn match_(&mut self, subject: ExprId, open: Tok, arms: Vec<Arm<'s>>, close: Tok) -> ExprId {
        let span = self.closed(open, close, &parse_unclosed_match::CODE);
        let span = self.span(subject).to(span);
        self.module.add(ExprKind::Match { subject, arms }, span)
    }

    pub(crate) fn arm(&mut self, pattern: Pattern<'s>, guard: Option<ExprId>, body: ExprId) -> Arm<'s> {
        let span = pattern.span.to(self.span(body));
        Arm { pattern, guard, body, span }
    }

    pub(crate) fn guarded_arm(&mut self, p: Pattern<'s>, open: Tok, guard: ExprId, close: Tok, body: ExprId) -> Arm<'s> {
        self.closed(open, close, &parse_unclosed_block::CODE);
        self.arm(p, Some(guard), body)
    }

    pub(crate) fn name_pattern(&self, t: Tok) -> Pattern<'s> {
        let kind = match self.spelling(t) {
            "_" => PatternKind::Wildcard,
            name @ ("true" | "false" | "nil") => PatternKind::Atom(name),
            name => PatternKind::Variable(name),
        };
        Pattern { kind, span: t.span }
    }

    pub(crate) fn number_pattern(&mut self, t: Tok, minus: Option<Tok>) -> Pattern<'s> {
        let span = minus.map_or(t.span, |m| m.span.to(t.span));
        let kind = match literal::number(self.spelling(t), t.span) {
            Ok(literal::Number::Integer(v)) if minus.is_some() => PatternKind::Integer(literal::negated(v)),
            Ok(literal::Number::Integer(v)) => PatternKind::Integer(v),
            Ok(literal::Number::Float(v)) => PatternKind::Float(if minus.is_some() { -v } else { v }),
            Err(finding) => {
                self.diagnostics.push(*finding);
                PatternKind::Error
            }
        };
        Pattern { kind, span }
    }

    pub(crate) fn string_pattern(&mut self, t: Tok) -> Pattern<'s> {
        let kind = match literal::plain(self.spelling(t)) {
            Some(value) => PatternKind::String(value),
            None => {
                self.diagnostics.push(parse_pattern::diagnostic(t.span, self.spelling(t)));
                PatternKind::Error
            }
        };
        Pattern { kind, span: t.span }
    }

    pub(crate) fn symbol_pattern(&self, t: Tok) -> Pattern<'s> {
        Pattern { kind: PatternKind::Symbol(literal::symbol(self.spelling(t))), span: t.span }
    }

    pub(crate) fn character_pattern(&self, t: Tok) -> Pattern<'s> {
        Pattern { kind: PatternKind::Character(literal::character(self.spelling(t))), span: t.span }
    }

    pub(crate) fn error_pattern(&self, t: Tok) -> Pattern<'s> {
        Pattern { kind: PatternKind::Error, span: t.span }
    }

    pub(crate) fn tuple_pattern(&mut self, open: Tok, parts: Vec<Pattern<'s>>, close: Tok) -> Pattern<'s> {
        let span = self.closed(open, close, &parse_unclosed_pattern::CODE);
        Pattern { kind: PatternKind::Tuple(parts), span }
    }

    pub(crate) fn state(&self, keyword: Tok, name: Param<'s>, default: Option<Tok>) -> Header<'s> {
        let end = name.ty.as_ref().map_or(name.name.span, |ty| ty.span);
        let span = keyword.span.to(default.map_or(end, |t| t.span));
        let field = FieldDecl { name: name.name, ty: name.ty, default: None, span };
        Header::Field { class_side: self.spelling(keyword) == "classState:", field }
    }

    pub(crate) fn modifier(&self, mut m: Modifiers, t: Tok) -> Modifiers {
        let class = match self.spelling(t) {
            "abstract" => &mut m.class.is_abstract,
            "sealed" => &mut m.class.is_sealed,
            "typed" => &mut m.class.is_typed,
            _ => &mut m.class_side,
        };
        *class = true;
        m.start = m.start.or(Some(t.span.start));
        if self.spelling(t) != "class" {
            m.source_start = m.source_start.or(Some(t.span.start));
        }
        m
    }

    /// `count:` as a parameter's name: without the colon.
    pub(crate) fn typed_name(&self, t: Tok) -> Ident<'s> {
        let span = Span { start: t.span.start, end: t.span.end - 1 };
        Ident { text: span.text(self.text), span }
    }

    pub(crate) fn first_type(&self, t: Tok) -> Type<'s> {
        Type { names: vec![self.ident(t)], span: t.span }
    }

    pub(crate) fn union(&self, ty: &mut Type<'s>, t: Tok) {
        ty.names.push(self.ident(t));
        ty.span = ty.span.to(t.span);
    }
}

/// `depth` of a missing closer that belongs to a mistake reported already.
pub(crate) const QUIET: u8 = u8::MAX;
