//! Literals, collections and interpolated strings.

use bt_hir::{ExprId, Literal, Segment};

use crate::core::{Expr, Piece, Stmt};
use crate::gen::{Env, Gen, Ty};

impl Gen<'_> {
    pub(crate) fn literal(&mut self, literal: &Literal) -> Expr {
        match literal {
            Literal::Integer(i) => Expr::Int(*i),
            Literal::BigInteger(i) => Expr::BigInt(i.to_string().into()),
            Literal::Float(f) => Expr::Float(*f),
            Literal::String(s) => Expr::text(s),
            Literal::Symbol(s) => Expr::atom(s),
        }
    }

    pub(crate) fn list(&mut self, elements: &[ExprId], tail: Option<ExprId>, env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        let items = self.all(elements, env, out);
        let tail = match tail {
            Some(id) => self.expr(id, env, out),
            None => Expr::Nil,
        };
        let list = Expr::list_with_tail(items, tail);
        self.bind(list, Ty::List, out)
    }

    pub(crate) fn map(&mut self, entries: &[(ExprId, ExprId)], env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        // Duplicate keys: the last one wins, as in Erlang.
        let pairs = entries
            .iter()
            .map(|&(k, v)| {
                let key = self.expr(k, env, out);
                let value = self.expr(v, env, out);
                (key, value)
            })
            .collect();
        self.bind(Expr::Map(pairs, None), Ty::Plain, out)
    }

    pub(crate) fn interpolate(&mut self, segments: &[Segment], env: &mut Env, out: &mut Vec<Stmt>) -> Expr {
        let mut pieces = Vec::with_capacity(segments.len());
        for segment in segments {
            match segment {
                Segment::Text(text) if text.is_empty() => {}
                Segment::Text(text) => pieces.push(Piece::Text(text.as_str().into())),
                Segment::Value(id) => {
                    let line = self.line(*id);
                    let value = self.expr(*id, env, out);
                    // Texts and integers too: the size of both is looked at there.
                    let text = match value {
                        Expr::Text(_) => value,
                        _ => Expr::call_at("beamtalk_interpolation", "segment", vec![value], line),
                    };
                    let text = match text {
                        // A constant; an empty one has no segment to print.
                        Expr::Text(text) => {
                            if !text.is_empty() {
                                pieces.push(Piece::Text(text));
                            }
                            continue;
                        }
                        other => self.bind(other, Ty::String, out),
                    };
                    pieces.push(Piece::Value(text));
                }
            }
        }
        self.bind(Expr::Binary(pieces), Ty::String, out)
    }
}
