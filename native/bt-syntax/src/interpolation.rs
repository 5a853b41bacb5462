//! Interpolated strings: text and expressions, the latter parsed where they stand.

use std::borrow::Cow;

use bt_base::Span;

use crate::ast::{ExprId, ExprKind, Segment};
use crate::builder::Builder;
use crate::diagnostics::{parse_interpolation, parse_nesting};
use crate::kind::Tok;
use crate::layout::{Layout, MAX_DEPTH};
use crate::{lexer, literal, run, token};

const RED_ZONE: usize = 128 * 1024;
const STACK: usize = 1024 * 1024;

/// The segments of the string token `t`.
pub(crate) fn segments<'s>(b: &mut Builder<'s>, t: Tok) -> Vec<Segment<'s>> {
    let text = b.text;
    let bytes = text.as_bytes();
    let end = t.span.end as usize - 1;
    let mut at = t.span.start as usize + 1;
    let mut text_start = at;
    let mut out = Vec::new();
    while at < end {
        match bytes[at] {
            b'\\' | b'"' => at += 2,
            b'{' => {
                push_text(&mut out, &text[text_start..at]);
                let close = at + token::brace_end(&bytes[at..end]).unwrap_or(end - at);
                let id = stacker::maybe_grow(RED_ZONE, STACK, || expression(b, at + 1, close - 1, t.depth));
                out.push(Segment::Expr(id));
                at = close;
                text_start = close;
            }
            _ => at += 1,
        }
    }
    push_text(&mut out, text.get(text_start..end).unwrap_or(""));
    out
}

fn push_text<'s>(out: &mut Vec<Segment<'s>>, piece: &'s str) {
    if piece.contains('"') {
        out.push(Segment::Text(Cow::Owned(literal::undouble(piece))));
    } else if !piece.is_empty() {
        out.push(Segment::Text(Cow::Borrowed(piece)));
    }
}

/// The expression in `text[start..end]`, between the braces.
fn expression(b: &mut Builder<'_>, start: usize, end: usize, depth: u8) -> ExprId {
    let braces = Span::new(start - 1, end + 1);
    let depth = usize::from(depth) + 1;
    if depth > MAX_DEPTH {
        b.diagnostics.push(parse_nesting::diagnostic(braces));
        return b.module.add(ExprKind::Error, braces);
    }
    let tokens = lexer::lex_range(b.text, start, end);
    if tokens.len() == 1 {
        b.diagnostics.push(parse_interpolation::empty(braces));
        return b.module.add(ExprKind::Error, braces);
    }
    let mut layout = Layout::segment(b.text, &tokens, depth);
    layout.expression();
    let after = Span::new(end, end + 1);
    let (diagnostics, mut out) = (std::mem::take(&mut layout.diagnostics), std::mem::take(&mut layout.out));
    b.diagnostics.extend(diagnostics);
    let id = run::statement(b, &mut out, run::After::Brace(after));
    let at_keyword_level = !matches!(
        b.module.expr(id).kind,
        ExprKind::Assign { .. } | ExprKind::Cascade { .. } | ExprKind::Return(_) | ExprKind::Expect(_)
    );
    if !at_keyword_level {
        b.diagnostics.push(parse_interpolation::unterminated(braces));
        return b.module.add(ExprKind::Error, braces);
    }
    id
}
