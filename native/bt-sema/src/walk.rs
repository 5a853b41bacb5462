//! The children of a syntax node, for searches that only look for a few kinds of node.

use bt_syntax::ast::{self, ExprKind};

/// Direct children of a syntax node.
pub(crate) fn each_child(kind: &ExprKind<'_>, f: &mut dyn FnMut(ast::ExprId)) {
    match kind {
        ExprKind::Integer(_)
        | ExprKind::Float(_)
        | ExprKind::Character(_)
        | ExprKind::String(_)
        | ExprKind::Symbol(_)
        | ExprKind::Variable(_)
        | ExprKind::ClassRef(_)
        | ExprKind::SelfRef
        | ExprKind::Super
        | ExprKind::Pragma { .. }
        | ExprKind::Expect(_)
        | ExprKind::Error => {}
        ExprKind::Interpolation(segments) => {
            for segment in segments {
                if let ast::Segment::Expr(id) = segment {
                    f(*id);
                }
            }
        }
        ExprKind::Field { receiver, .. } | ExprKind::Unary { receiver, .. } => f(*receiver),
        ExprKind::Assign { target, value } => {
            f(*target);
            f(*value);
        }
        ExprKind::Return(e) | ExprKind::Paren(e) => f(*e),
        ExprKind::Binary { left, right, .. } => {
            f(*left);
            f(*right);
        }
        ExprKind::Keyword { receiver, args, .. } => {
            f(*receiver);
            args.iter().for_each(|&a| f(a));
        }
        ExprKind::Cascade { first, messages } => {
            f(*first);
            for message in messages {
                match message {
                    ast::Message::Unary(_) | ast::Message::Error(_) => {}
                    ast::Message::Binary(_, e) => f(*e),
                    ast::Message::Keyword(_, args) => args.iter().for_each(|&a| f(a)),
                }
            }
        }
        ExprKind::Block { body, .. } => body.iter().for_each(|&e| f(e)),
        ExprKind::List { elements, tail } => {
            elements.iter().for_each(|&e| f(e));
            tail.iter().for_each(|&e| f(e));
        }
        ExprKind::Array(elements) => elements.iter().for_each(|&e| f(e)),
        ExprKind::Map(entries) => entries.iter().for_each(|&(k, v)| {
            f(k);
            f(v);
        }),
        ExprKind::Match { subject, arms } => {
            f(*subject);
            for arm in arms {
                arm.guard.iter().for_each(|&e| f(e));
                f(arm.body);
            }
        }
    }
}
