//! Interim parser: recursive descent over a hand-made token list, used until the generated grammar takes its place.
use std::borrow::Cow;

use bt_base::{Diagnostic, Span};

use crate::ast::*;

#[derive(Clone, Debug, PartialEq)]
enum T {
    Ident, Keyword, Int(IntValue), Float(f64), Char(u32), Str, Sym(String), Op, Open(char), ListOpen, MapOpen, ArrayOpen, Close(char),
    Assign, Caret, Semi, Dot, Pipe, Arrow, At(String), Colon, Error(String), Eof,
}
#[derive(Clone, Debug)]
struct Tok { t: T, span: Span, line_start: bool, space_before: bool, doc: Option<Doc> }

fn is_op(c: u8) -> bool { b"+-*/<>=~%&?\\".contains(&c) }

fn lex(src: &str) -> Vec<Tok> {
    let b = src.as_bytes();
    let mut out: Vec<Tok> = Vec::new();
    let mut i = 0;
    let (mut nl, mut sp) = (true, true);
    let mut doc: Option<Doc> = None;
    loop {
        let start = i;
        if i >= b.len() { out.push(Tok { t: T::Eof, span: Span::new(i, i), line_start: true, space_before: true, doc: None }); return out; }
        let c = b[i];
        if c == b'\n' { nl = true; sp = true; i += 1;
            let mut j = i; while j < b.len() && (b[j] == b' ' || b[j] == b'\t' || b[j] == b'\r') { j += 1; }
            if j < b.len() && b[j] == b'\n' { doc = None; } continue; }
        if c == b' ' || c == b'\t' || c == b'\r' { sp = true; i += 1; continue; }
        if src[i..].starts_with("//") {
            let end = src[i..].find('\n').map_or(b.len(), |n| i + n);
            let text = &src[i..end];
            if text.starts_with("///") && !text.starts_with("////") {
                let line = text[3..].trim_end_matches('\r'); let line = line.strip_prefix(' ').unwrap_or(line);
                match &mut doc { Some(d) => { d.text.push('\n'); d.text.push_str(line); d.span.end = end as u32; }
                    None => doc = Some(Doc { text: line.to_string(), span: Span::new(i, end) }) }
            } else { doc = None; }
            i = end; sp = true; continue;
        }
        if src[i..].starts_with("/*") { let end = src[i + 2..].find("*/").map_or(b.len(), |n| i + n + 4); if src[i..end].contains('\n') { nl = true; } i = end; sp = true; doc = None; continue; }
        let t = if c.is_ascii_alphabetic() || c == b'_' {
            while i < b.len() && (b[i].is_ascii_alphanumeric() || b[i] == b'_') { i += 1; }
            if i < b.len() && b[i] == b':' && b.get(i + 1) != Some(&b'=') { i += 1; T::Keyword } else { T::Ident }
        } else if c.is_ascii_digit() || (c == b'-' && b.get(i + 1).is_some_and(|d| d.is_ascii_digit())) {
            i += 1; while i < b.len() && b[i].is_ascii_digit() { i += 1; }
            if i < b.len() && b[i] == b'r' && c != b'-' {
                let radix: u32 = src[start..i].parse().unwrap_or(0); i += 1; let d = i;
                while i < b.len() && b[i].is_ascii_alphanumeric() { i += 1; }
                match num_bigint::BigInt::parse_bytes(src[d..i].as_bytes(), radix.clamp(2, 36)) { Some(v) => T::Int(small(v)), None => T::Error(format!("Invalid digit for radix {radix}: {}", &src[d..i])) }
            } else {
                let mut float = false;
                if i + 1 < b.len() && b[i] == b'.' && b[i + 1].is_ascii_digit() { float = true; i += 1; while i < b.len() && b[i].is_ascii_digit() { i += 1; } }
                if i < b.len() && (b[i] == b'e' || b[i] == b'E') { let mut j = i + 1; if j < b.len() && (b[j] == b'+' || b[j] == b'-') { j += 1; }
                    if j < b.len() && b[j].is_ascii_digit() { float = true; i = j; while i < b.len() && b[i].is_ascii_digit() { i += 1; } } }
                if float { T::Float(src[start..i].parse().unwrap_or(0.0)) } else { T::Int(small(src[start..i].parse().unwrap_or_default())) }
            }
        } else { match c {
            b'"' => { match string_end(b, i) { Some(e) => { i = e; T::Str } None => { i = b.len(); T::Error(src[start..].to_string()) } } }
            b'$' => { i += 1; match src[i..].chars().next() { None => T::Error("$".into()),
                Some('\\') => { i += 1; let ch = src[i..].chars().next().unwrap_or('\\'); i += ch.len_utf8().min(b.len() - i); T::Char(match ch { 'n' => 10, 't' => 9, 'r' => 13, o => o as u32 }) }
                Some(ch) => { i += ch.len_utf8(); T::Char(ch as u32) } } }
            b'#' => { i += 1; match b.get(i) { Some(b'(') => { i += 1; T::ListOpen } Some(b'{') => { i += 1; T::MapOpen } Some(b'[') => { i += 1; T::ArrayOpen }
                Some(b'\'') => { let mut s = String::new(); i += 1; loop { match src[i..].chars().next() { None => break, Some('\'') => { i += 1; if b.get(i) == Some(&b'\'') { s.push('\''); i += 1; } else { break; } } Some(ch) => { s.push(ch); i += ch.len_utf8(); } } } T::Sym(s) }
                Some(d) if d.is_ascii_alphabetic() || *d == b'_' => { while i < b.len() && (b[i].is_ascii_alphanumeric() || b[i] == b'_' || (b[i] == b':' && b.get(i + 1) != Some(&b'='))) { i += 1; } T::Sym(src[start + 1..i].to_string()) }
                Some(d) if is_op(*d) => { while i < b.len() && is_op(b[i]) { i += 1; } T::Sym(src[start + 1..i].to_string()) }
                _ => T::Error("#".into()) } }
            b'(' | b'[' | b'{' => { i += 1; T::Open(c as char) }
            b')' | b']' | b'}' => { i += 1; T::Close(c as char) }
            b'^' => { i += 1; T::Caret } b';' => { i += 1; T::Semi } b'.' => { i += 1; T::Dot } b'|' => { i += 1; T::Pipe }
            b':' if b.get(i + 1) == Some(&b'=') => { i += 2; T::Assign } b':' => { i += 1; T::Colon }
            b',' => { i += 1; T::Op }
            b'@' => { i += 1; while i < b.len() && b[i].is_ascii_alphanumeric() { i += 1; } T::At(src[start + 1..i].to_string()) }
            _ if src[i..].starts_with("=:=") || src[i..].starts_with("=/=") => { i += 3; T::Op }
            _ if src[i..].starts_with("=>") => { i += 2; T::Arrow }
            _ if is_op(c) => { while i < b.len() && is_op(b[i]) && !src[i..].starts_with("//") && !src[i..].starts_with("/*") { i += 1; } T::Op }
            _ => { let ch = src[i..].chars().next().map_or(1, char::len_utf8); i += ch; T::Error(src[start..i].to_string()) }
        } };
        out.push(Tok { t, span: Span::new(start, i), line_start: nl, space_before: sp, doc: doc.take() });
        nl = false; sp = false;
    }
}
fn small(v: num_bigint::BigInt) -> IntValue { use num_traits::ToPrimitive; match v.to_i64() { Some(i) => IntValue::Small(i), None => IntValue::Big(Box::new(v)) } }
fn string_end(b: &[u8], start: usize) -> Option<usize> {
    let mut i = start + 1;
    while i < b.len() { match b[i] { b'\\' => i += 2, b'"' if b.get(i + 1) == Some(&b'"') => i += 2, b'"' => return Some(i + 1), b'{' => i = brace_end(b, i)?, _ => i += 1 } }
    None
}
fn brace_end(b: &[u8], start: usize) -> Option<usize> {
    let (mut i, mut depth) = (start, 0);
    while i < b.len() { match b[i] { b'{' => { depth += 1; i += 1; } b'}' => { depth -= 1; i += 1; if depth == 0 { return Some(i); } } b'"' => i = string_end(b, i)?, b'\\' | b'$' => i += 2, _ => i += 1 } }
    None
}

pub fn parse(src: &str) -> crate::Parse<'_> {
    let mut p = P { src, toks: lex(src), at: 0, m: Module::default(), d: Vec::new(), depth: 0 };
    p.module();
    crate::Parse { module: p.m, diagnostics: p.d }
}

struct P<'s> { src: &'s str, toks: Vec<Tok>, at: usize, m: Module<'s>, d: Vec<Diagnostic>, depth: usize }
impl<'s> P<'s> {
    fn tok(&self) -> &Tok { &self.toks[self.at.min(self.toks.len() - 1)] }
    fn peek(&self, n: usize) -> &Tok { &self.toks[(self.at + n).min(self.toks.len() - 1)] }
    fn text(&self, n: usize) -> &'s str { self.peek(n).span.text(self.src) }
    fn next(&mut self) -> Tok { let t = self.tok().clone(); if self.at + 1 < self.toks.len() { self.at += 1; } t }
    fn ident(&mut self) -> Ident<'s> { let t = self.next(); Ident { text: t.span.text(self.src), span: t.span } }
    fn err(&mut self, msg: String) { let span = self.tok().span; self.d.push(Diagnostic::error("parse/expected-expression", span, msg)); }
    fn is_op(&self, s: &str) -> bool { self.tok().t == T::Op && self.text(0) == s }
    fn prev_end(&self) -> u32 { if self.at == 0 { 0 } else { self.toks[self.at - 1].span.end } }

    fn module(&mut self) {
        while self.tok().t != T::Eof {
            if self.tok().t == T::Dot { self.next(); continue; }
            if self.class_ahead() { let c = self.class(); self.m.items.push(Item::Class(Box::new(c))); continue; }
            if self.standalone_ahead() { let c = self.standalone(); self.m.items.push(Item::Method(Box::new(c))); continue; }
            let before = self.at; let e = self.expression(); self.m.items.push(Item::Statement(e));
            if self.tok().t == T::Dot { self.next(); }
            if self.at == before { self.err(format!("Unexpected token: expected expression, found {}", self.text(0))); self.next(); }
        }
    }
    fn class_ahead(&self) -> bool { let mut n = 0; while self.peek(n).t == T::Ident && matches!(self.text(n), "abstract" | "sealed" | "typed") && self.peek(n + 1).t == T::Ident { n += 1; }
        self.peek(n).t == T::Ident && self.peek(n + 1).t == T::Keyword && self.text(n + 1) == "subclass:" }
    fn standalone_ahead(&self) -> bool {
        if self.tok().t != T::Ident || !self.text(0).starts_with(|c: char| c.is_ascii_uppercase()) { return false; }
        let n = if self.peek(1).t == T::Ident && self.text(1) == "class" { 2 } else { 1 };
        self.peek(n).t == T::Op && self.text(n) == ">>" && self.header_at(n + 1) }
    /// Length test of a method header starting at offset n.
    fn header_at(&self, n: usize) -> bool {
        let mut n = n; let first = n;
        while self.peek(n).t == T::Ident && (self.text(n) == "sealed" || (self.text(n) == "class" && self.peek(n + 1).t != T::Arrow)) { n += 1; }
        let same = |k: usize| k == first || !self.peek(k).line_start;
        let tail = |mut k: usize| -> bool { if self.peek(k).t == T::Op && self.text(k) == "->" { k += 1; if self.peek(k).t == T::Ident { k += 1; while self.peek(k).t == T::Pipe { k += 2; } } } self.peek(k).t == T::Arrow && (first..=k).all(same) };
        match self.peek(n).t {
            T::Ident => tail(n + 1),
            T::Op => self.param_len(n + 1).is_some_and(|l| tail(n + 1 + l)),
            T::Keyword => { let mut k = n; while self.peek(k).t == T::Keyword { match self.param_len(k + 1) { Some(l) => k += 1 + l, None => return false } } tail(k) }
            _ => false } }
    fn param_len(&self, n: usize) -> Option<usize> {
        let base = match self.peek(n).t { T::Ident if self.peek(n + 1).t == T::Colon => { if self.peek(n + 2).t == T::Ident { 3 } else { return None; } } T::Ident => 1, T::Keyword if self.peek(n + 1).t == T::Ident => 2, _ => return None };
        let mut l = base; while base > 1 && self.peek(n + l).t == T::Pipe && self.peek(n + l + 1).t == T::Ident { l += 2; } Some(l) }
    fn ty(&mut self) -> Type<'s> { let a = self.ident(); let mut names = vec![a]; while self.tok().t == T::Pipe { self.next(); names.push(self.ident()); } let span = a.span.to(names[names.len() - 1].span); Type { names, span } }
    fn param(&mut self) -> Param<'s> {
        let t = self.ident();
        if t.text.ends_with(':') { let name = Ident { text: &t.text[..t.text.len() - 1], span: Span { start: t.span.start, end: t.span.end - 1 } }; let ty = self.ty(); return Param { name, ty: Some(ty) }; }
        let ty = if self.tok().t == T::Colon { self.next(); Some(self.ty()) } else { None }; Param { name: t, ty } }
    fn class(&mut self) -> ClassDef<'s> {
        let start = self.tok().span; let doc = self.tok().doc.clone(); let mut md = ClassModifiers::default();
        while self.peek(1).t == T::Ident && matches!(self.text(0), "abstract" | "sealed" | "typed") { match self.text(0) { "abstract" => md.is_abstract = true, "sealed" => md.is_sealed = true, _ => md.is_typed = true } self.next(); }
        let superclass = self.ident(); self.next(); let name = self.ident();
        let mut c = ClassDef { modifiers: md, superclass, name, fields: vec![], class_fields: vec![], methods: vec![], doc, span: start };
        loop {
            if self.tok().t == T::Dot { self.next(); continue; }
            if self.tok().t == T::Keyword && matches!(self.text(0), "state:" | "classState:") && self.peek(1).t != T::Op {
                let kw = self.ident(); let f = self.param(); let default = if self.is_op("=") { self.next(); Some(self.expression()) } else { None };
                let span = Span { start: kw.span.start, end: self.prev_end() }; let decl = FieldDecl { name: f.name, ty: f.ty, default, span };
                if kw.text == "state:" { c.fields.push(decl) } else { c.class_fields.push(decl) } continue; }
            if self.class_ahead() || self.standalone_ahead() { break; }
            if self.header_at(0) { let m = self.method(); c.methods.push(m); continue; }
            break;
        }
        c.span.end = self.prev_end(); c }
    fn method(&mut self) -> MethodDef<'s> {
        let start = self.tok().span; let doc = self.tok().doc.clone(); let (mut class_side, mut sealed) = (false, false); let mut source_start = start.start;
        loop { if self.tok().t == T::Ident && self.text(0) == "sealed" { sealed = true; self.next(); } else if self.tok().t == T::Ident && self.text(0) == "class" && self.peek(1).t != T::Arrow { class_side = true; self.next(); source_start = self.tok().span.start; } else { break; } }
        let hs = self.tok().span.start; let mut parts = vec![]; let mut params = vec![];
        match self.tok().t { T::Keyword => while self.tok().t == T::Keyword { parts.push(self.ident()); params.push(self.param()); }, T::Op => { parts.push(self.ident()); params.push(self.param()); } _ => parts.push(self.ident()) }
        let return_type = if self.is_op("->") { self.next(); Some(self.ty()) } else { None };
        let header_span = Span { start: hs, end: self.prev_end() }; self.next();
        let mut body = vec![];
        while self.tok().t != T::Eof {
            if self.tok().t == T::Dot { self.next(); continue; }
            if (self.tok().line_start || !body.is_empty()) && (self.class_ahead() || self.standalone_ahead() || self.header_at(0) || (self.tok().t == T::Keyword && matches!(self.text(0), "state:" | "classState:"))) { break; }
            let before = self.at; body.push(self.expression()); if self.at == before { self.err(format!("Unexpected token: expected expression, found {}", self.text(0))); self.next(); }
        }
        let end = self.prev_end();
        MethodDef { selector: parts.iter().map(|p| p.text).collect(), selector_parts: parts, params, class_side, sealed, return_type, body, doc, span: Span { start: start.start, end }, source_span: Span { start: source_start, end }, header_span } }
    fn standalone(&mut self) -> StandaloneMethod<'s> {
        let doc = self.tok().doc.clone(); let class = self.ident(); let class_side = self.text(0) == "class"; if class_side { self.next(); } self.next(); let mut method = self.method(); method.class_side |= class_side; if method.doc.is_none() { method.doc = doc; }
        let span = class.span.to(method.span); StandaloneMethod { class, class_side: method.class_side, method, span } }

    fn add(&mut self, k: ExprKind<'s>, start: u32) -> ExprId { let end = self.prev_end().max(start); self.m.add(k, Span { start, end }) }
    fn expression(&mut self) -> ExprId {
        self.depth += 1; if self.depth > 200 { self.err("Expression nesting is too deep (maximum 64 levels)".into()); self.at = self.toks.len() - 1; self.depth -= 1; let s = self.tok().span.start; return self.add(ExprKind::Error, s); }
        let s = self.tok().span.start;
        let r = if self.tok().t == T::Caret { self.next(); let v = self.assignment(); self.add(ExprKind::Return(v), s) } else { self.assignment() };
        self.depth -= 1; r }
    fn assignment(&mut self) -> ExprId {
        let s = self.tok().span.start; let l = self.cascade();
        if self.tok().t == T::Assign {
            let ok = matches!(self.m.expr(l).kind, ExprKind::Variable(_) | ExprKind::Field { .. });
            if !ok { self.err("Assignment target must be an identifier or field access".into()); }
            self.next(); let v = self.assignment(); return self.add(ExprKind::Assign { target: l, value: v }, s); }
        l }
    fn cascade(&mut self) -> ExprId {
        let s = self.tok().span.start; let first = self.keyword_expr(); let mut messages = vec![];
        while self.tok().t == T::Semi { self.next();
            match self.tok().t { T::Keyword => { let (p, a) = self.keyword_parts(); messages.push(Message::Keyword(p, a)) } T::Op => { let o = self.ident(); let r = self.unary(); messages.push(Message::Binary(o, r)) } T::Ident => messages.push(Message::Unary(self.ident())),
                _ => { self.err("Expected message selector in cascade".into()); let sp = self.tok().span; messages.push(Message::Error(sp)); break; } } }
        if messages.is_empty() { first } else { self.add(ExprKind::Cascade { first, messages }, s) } }
    fn kw_continues(&self) -> bool { self.tok().t == T::Keyword && !(self.tok().line_start && (self.header_at(0) || matches!(self.text(0), "state:" | "classState:") && self.depth <= 1)) }
    fn keyword_parts(&mut self) -> (Vec<Ident<'s>>, Vec<ExprId>) { let (mut p, mut a) = (vec![], vec![]); while self.kw_continues() { p.push(self.ident()); a.push(self.binary(0)); } (p, a) }
    fn keyword_expr(&mut self) -> ExprId {
        let s = self.tok().span.start; let r = self.binary(0);
        if self.tok().t == T::Keyword && self.text(0) == "match:" && self.peek(1).t == T::Open('[') { return self.match_expr(r, s); }
        if !self.kw_continues() { return r; }
        let (parts, args) = self.keyword_parts(); self.add(ExprKind::Keyword { receiver: r, parts, args }, s) }
    fn level(op: &str) -> Option<(u8, bool)> { Some(match op { ">>" => (1, false), "->" => (2, false), "==" | "/=" | "=:=" | "=/=" => (3, false), "<" | ">" | "<=" | ">=" => (4, false), "+" | "-" | "++" => (5, false), "*" | "/" | "%" => (6, false), "**" => (7, true), _ => return None }) }
    fn binary(&mut self, min: u8) -> ExprId {
        let s = self.tok().span.start; let mut l = self.unary();
        while self.tok().t == T::Op { let Some((lv, right)) = Self::level(self.text(0)) else { break }; if lv < min || (self.tok().line_start && self.header_at(0)) { break; }
            let op = self.ident(); let r = self.binary(if right { lv } else { lv + 1 }); l = self.add(ExprKind::Binary { left: l, op, right: r }, s); }
        l }
    fn unary(&mut self) -> ExprId { let s = self.tok().span.start; let mut r = self.primary(); while self.tok().t == T::Ident && !self.tok().line_start { let selector = self.ident(); r = self.add(ExprKind::Unary { receiver: r, selector }, s); } r }
    fn body(&mut self, close: char) -> Vec<ExprId> { let mut b = vec![]; loop { if self.tok().t == T::Dot { self.next(); continue; } if self.tok().t == T::Close(close) || self.tok().t == T::Eof { break; } let before = self.at; b.push(self.expression()); if self.at == before { break; } if self.tok().t != T::Dot && self.tok().t != T::Close(close) && !self.tok().line_start { break; } } b }
    fn close(&mut self, c: char, msg: &str) { if self.tok().t == T::Close(c) { self.next(); } else { self.err(msg.into()); } }
    fn elements(&mut self, close: char) -> Vec<ExprId> { let mut v = vec![]; while self.tok().t != T::Close(close) && self.tok().t != T::Eof { let before = self.at; v.push(self.binary(0)); if self.is_op(",") { self.next(); } else { break; } if self.at == before { break; } } v }
    fn primary(&mut self) -> ExprId {
        let t = self.tok().clone(); let s = t.span.start;
        let k = match t.t {
            T::Ident => { let name = self.ident().text; let mut id = match name { "self" => self.add(ExprKind::SelfRef, s), "super" => self.add(ExprKind::Super, s), n if n.as_bytes()[0].is_ascii_uppercase() => self.add(ExprKind::ClassRef(n), s), n => self.add(ExprKind::Variable(n), s) };
                while self.tok().t == T::Dot && !self.tok().space_before && self.peek(1).t == T::Ident && !self.peek(1).space_before { self.next(); let name = self.ident(); id = self.add(ExprKind::Field { receiver: id, name }, s); } return id; }
            T::Int(v) => { self.next(); ExprKind::Integer(v) } T::Float(f) => { self.next(); ExprKind::Float(f) } T::Char(c) => { self.next(); ExprKind::Character(c) } T::Sym(x) => { self.next(); ExprKind::Symbol(Cow::Owned(x)) }
            T::Str => { self.next(); self.string(t.span) }
            T::Open('(') => { self.next(); let e = self.expression(); self.close(')', "Expected ')' to close parentheses"); ExprKind::Paren(e) }
            T::Open('[') => { self.next(); let mut params = vec![]; while self.tok().t == T::Colon { self.next(); params.push(self.ident()); } if !params.is_empty() { if self.tok().t == T::Pipe { self.next(); } else { self.err("Expected '|' after block parameters".into()); } }
                let body = self.body(']'); self.close(']', "Expected ']' to close block"); ExprKind::Block { params, body } }
            T::ListOpen => { self.next(); let elements = self.elements(')'); let tail = if self.tok().t == T::Pipe { self.next(); Some(self.unary()) } else { None }; self.close(')', "Expected ')' to close list literal"); ExprKind::List { elements, tail } }
            T::ArrayOpen => { self.next(); let e = self.elements(']'); self.close(']', "Expected ']' to close array literal"); ExprKind::Array(e) }
            T::MapOpen => { self.next(); let mut es = vec![]; while self.tok().t != T::Close('}') && self.tok().t != T::Eof {
                    let k = if self.tok().t == T::Ident && self.peek(1).t == T::Arrow && !self.text(0).as_bytes()[0].is_ascii_uppercase() { let i = self.ident(); self.m.add(ExprKind::Symbol(Cow::Borrowed(i.text)), i.span) } else { self.unary() };
                    if self.tok().t == T::Arrow { self.next(); } else { self.err("Expected '=>' after map key".into()); break; } let v = self.binary(0); es.push((k, v)); if self.is_op(",") { self.next(); } else { break; } }
                self.close('}', "Expected '}' to close map literal"); ExprKind::Map(es) }
            T::At(ref n) if n == "expect" => { self.next(); ExprKind::Expect(self.ident()) }
            T::At(ref n) if n == "primitive" || n == "intrinsic" => { self.next(); let quoted = self.tok().t == T::Str; let i = self.ident(); let name = if quoted { Ident { text: &i.text[1..i.text.len() - 1], span: i.span } } else { i }; ExprKind::Pragma { name, quoted } }
            T::Error(ref e) => { let e = e.clone(); self.d.push(Diagnostic::error("lex/invalid", t.span, format!("Unexpected token: expected expression, found <error: {e}>"))); self.next(); ExprKind::Error }
            _ => { let f = if t.t == T::Eof && self.at > 0 { self.toks[self.at - 1].span.text(self.src) } else { t.span.text(self.src) }; let f = f.to_string(); self.err(format!("Unexpected token: expected expression, found {f}")); if t.t != T::Eof && !matches!(t.t, T::Close(_)) { self.next(); } else if matches!(t.t, T::Close(_)) && self.depth <= 1 { self.next(); } ExprKind::Error } };
        self.add(k, s) }
    fn string(&mut self, span: Span) -> ExprKind<'s> {
        let (b, (mut i, end)) = (self.src.as_bytes(), (span.start as usize + 1, span.end as usize - 1)); let mut segs: Vec<Segment<'s>> = vec![]; let mut text = String::new(); let mut any = false;
        while i < end { match b[i] {
            b'\\' => { let n = self.src[i + 1..].chars().next().map_or(0, char::len_utf8); text.push_str(&self.src[i..i + 1 + n]); i += 1 + n; }
            b'"' => { text.push('"'); i += 2; }
            b'{' => { any = true; let e = brace_end(b, i).unwrap_or(end); let inner = &self.src[..e - 1]; segs.push(Segment::Text(Cow::Owned(std::mem::take(&mut text))));
                let mut toks = lex(&inner[i + 1..]); for t in &mut toks { t.span.start += i as u32 + 1; t.span.end += i as u32 + 1; }
                if toks.len() == 1 { self.d.push(Diagnostic::error("parse/interpolation", Span::new(i, e), "Unexpected token: expected expression, found <error: empty interpolation {} is not allowed, use \\{ for literal brace>")); }
                else { let (old, at) = (std::mem::replace(&mut self.toks, toks), self.at); self.at = 0; let id = self.keyword_expr(); if self.tok().t != T::Eof { self.err("Unterminated string interpolation".into()); } self.toks = old; self.at = at; segs.push(Segment::Expr(id)); }
                i = e; }
            _ => { let n = self.src[i..].chars().next().map_or(1, char::len_utf8); text.push_str(&self.src[i..i + n]); i += n; } } }
        if !any { return ExprKind::String(Cow::Owned(text)); } if !text.is_empty() { segs.push(Segment::Text(Cow::Owned(text))); } ExprKind::Interpolation(segs) }
    fn match_expr(&mut self, subject: ExprId, s: u32) -> ExprId {
        self.next(); self.next(); let mut arms = vec![];
        while self.tok().t != T::Close(']') && self.tok().t != T::Eof { if self.tok().t == T::Semi { self.next(); continue; } let before = self.at; let a = self.tok().span; let pattern = self.pattern();
            let guard = if self.tok().t == T::Keyword && self.text(0) == "when:" { self.next(); self.next(); let g = self.expression(); self.close(']', "Expected ']' to close block"); Some(g) } else { None };
            if self.is_op("->") { self.next(); } else { self.err("Expected '->' after pattern in match arm".into()); if self.at == before { self.next(); } break; }
            let body = self.keyword_expr(); let span = Span { start: a.start, end: self.prev_end() }; arms.push(Arm { pattern, guard, body, span }); }
        self.close(']', "Expected ']' to close match"); self.add(ExprKind::Match { subject, arms }, s) }
    fn pattern(&mut self) -> Pattern<'s> {
        let t = self.next(); let kind = match t.t { T::Ident => match t.span.text(self.src) { "_" => PatternKind::Wildcard, n @ ("true" | "false" | "nil") => PatternKind::Atom(n), n => PatternKind::Variable(n) },
            T::Int(v) => PatternKind::Integer(v), T::Float(f) => PatternKind::Float(f), T::Char(c) => PatternKind::Character(c), T::Sym(x) => PatternKind::Symbol(Cow::Owned(x)),
            T::Str => match self.string(t.span) { ExprKind::String(x) => PatternKind::String(x), _ => PatternKind::Error },
            T::Open('{') => { let mut v = vec![]; while self.tok().t != T::Close('}') && self.tok().t != T::Eof { v.push(self.pattern()); if self.is_op(",") { self.next(); } else { break; } } self.close('}', "Expected '}' to close pattern"); PatternKind::Tuple(v) }
            _ => { self.err("Unexpected token in pattern".into()); PatternKind::Error } };
        Pattern { kind, span: t.span } }
}
