//! `match:`: patterns, guards and arms.

use bt_base::Span;
use bt_hir::{Arm, Expr, ExprId, Literal, Pattern};
use bt_syntax::ast::{self, ExprKind, PatternKind};

use crate::body::{BlockContext, Lowerer};
use crate::diagnostics::{codegen_unsupported, pattern_duplicate};
use crate::literals::integer;

impl<'s> Lowerer<'_, 's> {
    pub(crate) fn match_expr(&mut self, subject: ast::ExprId, arms: &[ast::Arm<'s>], span: Span) -> ExprId {
        let subject = self.expr(subject);
        if arms.is_empty() {
            return self.refuse(codegen_unsupported::no_arms(span));
        }
        let mut lowered = Vec::with_capacity(arms.len());
        for arm in arms {
            self.scopes.push();
            let mut bound = Vec::new();
            let pattern = self.pattern(&arm.pattern, &mut bound);
            let guard = arm.guard.map(|g| {
                self.check_guard(g);
                self.expr(g)
            });
            let ast = self.ast;
            let body = match &ast.expr(arm.body).kind {
                ExprKind::Block { params, body } => {
                    self.block(params, body, ast.expr(arm.body).span, BlockContext::Receiver, false)
                }
                _ => self.expr(arm.body),
            };
            self.scopes.pop();
            lowered.push(Arm { pattern, guard, body });
        }
        self.add(Expr::Match { subject, arms: lowered }, span)
    }

    fn pattern(&mut self, pattern: &ast::Pattern<'s>, bound: &mut Vec<(&'s str, Span)>) -> Pattern {
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Error => Pattern::Wildcard,
            PatternKind::Variable(name) => {
                if let Some((_, first)) = bound.iter().find(|(n, _)| n == name) {
                    self.diagnostics.push(pattern_duplicate::diagnostic(pattern.span, name, *first));
                    return Pattern::Wildcard;
                }
                bound.push((name, pattern.span));
                let id = self.body.local(name);
                self.scopes.declare(name, id, pattern.span, false);
                Pattern::Bind(id)
            }
            PatternKind::Atom(name) => Pattern::Literal(Literal::Symbol(name.to_string())),
            PatternKind::Integer(value) => Pattern::Literal(integer(value)),
            PatternKind::Float(value) => Pattern::Literal(Literal::Float(*value)),
            PatternKind::String(text) => Pattern::Literal(Literal::String(text.to_string())),
            PatternKind::Symbol(text) => Pattern::Literal(Literal::Symbol(text.to_string())),
            PatternKind::Character(code) => Pattern::Literal(Literal::Integer(i64::from(*code))),
            PatternKind::Tuple(parts) => Pattern::Tuple(parts.iter().map(|p| self.pattern(p, bound)).collect()),
        }
    }

    /// Guards are evaluated as ordinary expressions whose failure rejects the arm; a `^` or an assignment has no place there.
    fn check_guard(&mut self, guard: ast::ExprId) {
        let mut work = vec![guard];
        while let Some(id) = work.pop() {
            let expr = self.ast.expr(id);
            match &expr.kind {
                ExprKind::Assign { .. } | ExprKind::Return(_) => {
                    self.report(codegen_unsupported::guard(expr.span));
                }
                kind => crate::walk::each_child(kind, &mut |c| work.push(c)),
            }
        }
    }
}
