//! Block literals: real closures, and bodies run in place.

use bt_base::Span;
use bt_hir::{Block, Expr, ExprId, LocalId};
use bt_syntax::ast::{self, ExprKind};

use crate::body::{BlockContext, Home, Lowerer};
use crate::diagnostics::name_shadow;

/// A block literal seen through parentheses.
pub(crate) struct BlockLiteral<'a, 's> {
    pub params: &'a [ast::Ident<'s>],
    pub body: &'a [ast::ExprId],
    pub span: Span,
}

impl<'a, 's> Lowerer<'a, 's> {
    pub(crate) fn block_literal(&self, id: ast::ExprId) -> Option<BlockLiteral<'a, 's>> {
        let ast = self.ast;
        let mut id = id;
        while let ExprKind::Paren(inner) = &ast.expr(id).kind {
            id = *inner;
        }
        let expr = ast.expr(id);
        match &expr.kind {
            ExprKind::Block { params, body } => Some(BlockLiteral { params, body, span: expr.span }),
            _ => None,
        }
    }

    /// A closure. With `cells` its writes go back through the send it is an operand of.
    pub(crate) fn block(
        &mut self,
        params: &[ast::Ident<'s>],
        body: &[ast::ExprId],
        span: Span,
        context: BlockContext,
        cells: bool,
    ) -> ExprId {
        self.scopes.push_closure();
        self.scopes.push();
        self.contexts.push(context);
        let params = self.declare_params(params);
        let body = self.statements(body, span);
        self.contexts.pop();
        self.scopes.pop();
        let closure = self.scopes.pop_closure();
        let writes: Vec<LocalId> = closure.writes.iter().copied().collect();
        if cells {
            // What comes back through the cells is an assignment of the surrounding code.
            for &local in &writes {
                self.scopes.note_write(local);
            }
        }
        let captures = closure.captures.iter().copied().collect();
        self.add(Expr::Block(Block { params, body, captures, writes, has_cells: cells }), span)
    }

    /// Does a block parameter of this name hide a variable or field of the scopes around it?
    fn hides(&self, name: &str) -> bool {
        self.scopes.is_visible_outside(name)
            || (self.fields.contains(&name) && !self.in_class_side())
            || (self.home == Home::Eval && self.options.known_vars.iter().any(|v| v == name))
    }

    pub(crate) fn declare_params(&mut self, params: &[ast::Ident<'s>]) -> Vec<LocalId> {
        if let (Some(first), Some(last)) = (params.first(), params.last()) {
            crate::hierarchy::check_parameters(params.len(), first.span.to(last.span), &mut self.diagnostics);
        }
        params
            .iter()
            .map(|param| {
                let shadows = self.hides(param.text);
                if shadows && !param.text.starts_with('_') {
                    self.report(name_shadow::diagnostic(param.span, param.text));
                }
                let id = self.body.local(param.text);
                self.scopes.declare(param.text, id, param.span, false);
                id
            })
            .collect()
    }

    /// The body of a block literal that runs in place: its own scope, no closure.
    pub(crate) fn inline(&mut self, block: &BlockLiteral<'a, 's>, context: BlockContext) -> (Vec<LocalId>, ExprId) {
        self.scopes.push();
        self.contexts.push(context);
        let params = self.declare_params(block.params);
        let body = self.statements(block.body, block.span);
        self.contexts.pop();
        self.scopes.pop();
        (params, body)
    }
}
