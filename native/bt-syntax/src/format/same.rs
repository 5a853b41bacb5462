//! Is the laid out text the same program with the same comments?
//!
//! The tokens with their meaning at their places decide what the grammar makes of a text, so two texts with equal ones have equal trees.

use bt_base::Span;

use super::pieces::pieces;
use crate::ast::{Doc, Item as AstItem, Module};
use crate::kind::{Kind, Tok};
use crate::layout::{Item, Layout};
use crate::lexer;
use crate::Parse;

/// A header, value or statement without its places.
type Part<'s> = (Option<Item>, bool, Vec<(Kind, &'s str)>, Span);

fn part<'s>(text: &'s str, item: Option<Item>, of_method: bool, toks: &[Tok]) -> Part<'s> {
    let span = toks.first().map_or(Span::default(), |t| t.span);
    let mut words: Vec<(Kind, &str)> = Vec::with_capacity(toks.len());
    for tok in toks {
        let word = match tok.kind {
            // A period, a semicolon or a line break; at the end of a block or match it says nothing.
            Kind::Separator => (tok.kind, ""),
            _ => (tok.kind, tok.span.text(text)),
        };
        if tok.kind.closes() && words.last().is_some_and(|last| last.0 == Kind::Separator) {
            words.pop();
        }
        words.push(word);
    }
    (item, of_method, words, span)
}

fn program(text: &str) -> Vec<Part<'_>> {
    let tokens = lexer::lex(text);
    let mut layout = Layout::new(text, &tokens);
    let mut all = Vec::new();
    while let Some(item) = layout.next() {
        let of_method = item == Item::Statement && layout.statement_of_method;
        all.push(part(text, Some(item), of_method, &layout.out));
        if item == (Item::Field { has_default: true }) {
            layout.default_value();
            all.push(part(text, None, false, &layout.out));
        }
    }
    all
}

fn comments(text: &str) -> Vec<&str> {
    pieces(text).iter().filter(|p| p.is_comment()).map(|p| p.comment(text)).collect()
}

fn docs<'m>(module: &'m Module<'_>) -> Vec<Option<&'m str>> {
    let text = |doc: &'m Option<Doc>| doc.as_ref().map(|doc| doc.text.as_str());
    let mut all = Vec::new();
    for item in &module.items {
        match item {
            AstItem::Class(class) => {
                all.push(text(&class.doc));
                all.extend(class.methods.iter().map(|method| text(&method.doc)));
            }
            AstItem::Method(method) => all.push(text(&method.method.doc)),
            AstItem::Statement(_) => {}
        }
    }
    all
}

/// Where the first difference is in the source.
pub(super) fn differs(source: &str, parsed: &Parse<'_>, formatted: &str) -> Option<Span> {
    let (old, new) = (program(source), program(formatted));
    for (n, here) in old.iter().enumerate() {
        let there = new.get(n);
        if there.is_none_or(|there| (here.0, here.1, &here.2) != (there.0, there.1, &there.2)) {
            return Some(here.3);
        }
    }
    let whole = Span::new(0, source.len());
    if new.len() != old.len() || comments(source) != comments(formatted) {
        return Some(whole);
    }
    (docs(&parsed.module) != docs(&crate::parse(formatted).module)).then_some(whole)
}
