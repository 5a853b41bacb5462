//! Literals and collection constructors.

use bt_base::Span;
use bt_hir::{Expr, ExprId, Literal, Segment};
use bt_syntax::ast::{self, ExprKind, IntValue};

use crate::body::{BlockContext, Lowerer};

pub(crate) fn integer(value: &IntValue) -> Literal {
    match value {
        IntValue::Small(i) => Literal::Integer(*i),
        IntValue::Big(i) => Literal::BigInteger((**i).clone()),
    }
}

impl<'s> Lowerer<'_, 's> {
    pub(crate) fn literal(&mut self, kind: &ExprKind<'s>, span: Span) -> ExprId {
        let literal = match kind {
            ExprKind::Integer(value) => integer(value),
            ExprKind::Float(value) => Literal::Float(*value),
            ExprKind::Character(code) => Literal::Integer(i64::from(*code)),
            ExprKind::String(text) => Literal::String(text.to_string()),
            ExprKind::Symbol(text) => {
                crate::hierarchy::check_length(text, span, &mut self.diagnostics);
                Literal::Symbol(text.to_string())
            }
            ExprKind::Interpolation(segments) => return self.interpolation(segments, span),
            ExprKind::List { elements, tail } => {
                let elements = elements.iter().map(|&e| self.element(e)).collect();
                let tail = tail.map(|t| self.element(t));
                return self.add(Expr::List(elements, tail), span);
            }
            ExprKind::Array(elements) => {
                let elements = elements.iter().map(|&e| self.element(e)).collect();
                return self.add(Expr::Array(elements), span);
            }
            ExprKind::Map(entries) => {
                let entries = entries.iter().map(|&(k, v)| (self.element(k), self.element(v))).collect();
                return self.add(Expr::Map(entries), span);
            }
            other => unreachable!("not a literal: {other:?}"),
        };
        self.add(Expr::Literal(literal), span)
    }

    /// An element of a collection literal; a block there counts as a receiver, not as passed.
    fn element(&mut self, id: ast::ExprId) -> ExprId {
        let ast = self.ast;
        let expr = ast.expr(id);
        match &expr.kind {
            ExprKind::Block { params, body } => self.block(params, body, expr.span, BlockContext::Receiver, false),
            _ => self.expr(id),
        }
    }

    fn interpolation(&mut self, segments: &[ast::Segment<'s>], span: Span) -> ExprId {
        let segments = segments
            .iter()
            .map(|segment| match segment {
                ast::Segment::Text(text) => Segment::Text(text.to_string()),
                ast::Segment::Expr(id) => Segment::Value(self.expr(*id)),
            })
            .collect();
        self.add(Expr::Interpolate(segments), span)
    }
}
