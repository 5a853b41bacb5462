//! Control-flow messages with literal blocks: they become control flow, not sends.
//!
//! A message is inlined when every block it evaluates is written out as a literal of the right arity; otherwise it stays a send
//! and the library's method of that name does the work.

use bt_base::Span;
use bt_hir::{Branch, Expr, ExprId, Fixed};
use bt_syntax::ast;

use crate::blocks::BlockLiteral;
use crate::body::{BlockContext, Lowerer};
use crate::diagnostics::block_codegen_arity;

/// Argument positions that `language.md` §6.3 lists as control flow.
pub(crate) fn is_control_position(selector: &str, position: usize) -> bool {
    match selector {
        "ifTrue:" | "ifFalse:" | "ifTrue:ifFalse:" | "ifFalse:ifTrue:" | "ifNil:" | "ifNotNil:" | "ifNil:ifNotNil:"
        | "ifNotNil:ifNil:" | "and:" | "or:" => true,
        "whileTrue:" | "whileFalse:" | "timesRepeat:" | "do:" | "collect:" | "select:" | "reject:" | "ensure:" => position == 0,
        "to:do:" | "inject:into:" | "on:do:" => position == 1,
        "to:by:do:" => position == 2,
        _ => false,
    }
}

impl<'a, 's> Lowerer<'a, 's> {
    /// The inlined form, if this message has one here.
    pub(crate) fn control(&mut self, receiver: ast::ExprId, selector: &str, args: &[ast::ExprId], span: Span) -> Option<ExprId> {
        if matches!(self.ast.expr(receiver).kind, ast::ExprKind::Super) {
            return None;
        }
        match selector {
            "ifTrue:" => self.conditional(receiver, selector, Some(args[0]), None, span),
            "ifFalse:" => self.conditional(receiver, selector, None, Some(args[0]), span),
            "ifTrue:ifFalse:" => self.conditional(receiver, selector, Some(args[0]), Some(args[1]), span),
            "and:" | "or:" => self.short_circuit(receiver, selector, args[0], span),
            "ifNil:" => Some(self.nil_test(receiver, Some(args[0]), None, span)),
            "ifNotNil:" => Some(self.nil_test(receiver, None, Some(args[0]), span)),
            "ifNil:ifNotNil:" => Some(self.nil_test(receiver, Some(args[0]), Some(args[1]), span)),
            "ifNotNil:ifNil:" => Some(self.nil_test(receiver, Some(args[1]), Some(args[0]), span)),
            "whileTrue:" | "whileFalse:" => self.while_loop(receiver, selector == "whileFalse:", args[0], span),
            "repeat" => self.repeat(receiver, span),
            "timesRepeat:" => self.times_repeat(receiver, args[0], span),
            "to:do:" => self.counted_loop(receiver, args[0], None, args[1], span),
            "to:by:do:" => self.counted_loop(receiver, args[0], Some(args[1]), args[2], span),
            "value" | "value:" | "value:value:" | "value:value:value:" => self.immediate(receiver, args, span),
            "on:do:" => self.on_do(receiver, args[0], args[1], span),
            "ensure:" => self.ensure(receiver, args[0], span),
            _ => None,
        }
    }

    fn literal_of_arity(&self, id: ast::ExprId, arity: usize) -> Option<BlockLiteral<'a, 's>> {
        self.block_literal(id).filter(|b| b.params.len() == arity)
    }

    fn conditional(
        &mut self,
        receiver: ast::ExprId,
        selector: &str,
        then: Option<ast::ExprId>,
        otherwise: Option<ast::ExprId>,
        span: Span,
    ) -> Option<ExprId> {
        let then = match then {
            Some(id) => Some(self.literal_of_arity(id, 0)?),
            None => None,
        };
        let otherwise = match otherwise {
            Some(id) => Some(self.literal_of_arity(id, 0)?),
            None => None,
        };
        let condition = self.expr(receiver);
        let then = then.map(|b| self.inline(&b, BlockContext::Control).1);
        let otherwise = otherwise.map(|b| self.inline(&b, BlockContext::Control).1);
        let selector = self.selector(selector);
        Some(self.add(Expr::If { condition, selector, then, otherwise }, span))
    }

    fn short_circuit(&mut self, receiver: ast::ExprId, selector: &str, arg: ast::ExprId, span: Span) -> Option<ExprId> {
        let block = self.literal_of_arity(arg, 0)?;
        let left = self.expr(receiver);
        let right = self.inline(&block, BlockContext::Control).1;
        let expr = if selector == "and:" { Expr::And(left, right) } else { Expr::Or(left, right) };
        Some(self.add(expr, span))
    }

    /// The `ifNil:` family means the same for every receiver; a branch that is no literal is a value evaluated like an argument.
    fn nil_test(&mut self, receiver: ast::ExprId, nil: Option<ast::ExprId>, not_nil: Option<ast::ExprId>, span: Span) -> ExprId {
        let nil_literal = nil.and_then(|id| self.literal_of_arity(id, 0));
        let not_nil_literal = not_nil.and_then(|id| self.block_literal(id));
        if let Some(b) = &not_nil_literal {
            if b.params.len() > 1 {
                self.report(block_codegen_arity::not_nil(b.span, b.params.len()));
            }
        }
        let value = self.expr(receiver);
        // Values of branches that are no literals, taken before the test.
        let mut before = Vec::new();
        let nil_value = match (nil, &nil_literal) {
            (Some(id), None) => Some(self.bind_early(id, &mut before)),
            _ => None,
        };
        let not_nil_value = match (not_nil, &not_nil_literal) {
            (Some(id), None) => Some(self.bind_early(id, &mut before)),
            _ => None,
        };
        let (value, bindings) = if before.is_empty() {
            (value, Vec::new())
        } else {
            let local = self.temporary(span);
            let mut bindings = vec![(local, value)];
            bindings.append(&mut before);
            (self.add(Expr::Local(local), span), bindings)
        };
        let nil_branch = match (&nil_literal, nil_value) {
            (Some(b), _) => Some(self.inline(b, BlockContext::Control).1),
            (None, Some(local)) => {
                let block = self.add(Expr::Local(local), span);
                Some(self.add(Expr::Fixed(Fixed::Value, vec![block], Vec::new()), span))
            }
            (None, None) => None,
        };
        let mut binding = None;
        let not_nil_branch = match (&not_nil_literal, not_nil_value) {
            (Some(b), _) => {
                let (params, body) = self.inline(b, BlockContext::Control);
                binding = params.first().copied();
                Some(body)
            }
            (None, Some(local)) => {
                let block = self.add(Expr::Local(local), span);
                let it = self.temporary(span);
                binding = Some(it);
                let it = self.add(Expr::Local(it), span);
                Some(self.add(Expr::Fixed(Fixed::ValueOptional, vec![block, it], Vec::new()), span))
            }
            (None, None) => None,
        };
        let test = self.add(Expr::IfNil { value, nil: nil_branch, not_nil: not_nil_branch, binding }, span);
        if bindings.is_empty() {
            test
        } else {
            self.add(Expr::Let { bindings, body: test }, span)
        }
    }

    fn bind_early(&mut self, id: ast::ExprId, before: &mut Vec<(bt_hir::LocalId, ExprId)>) -> bt_hir::LocalId {
        let value = self.expr(id);
        let span = self.body.span(value);
        let local = self.temporary(span);
        before.push((local, value));
        local
    }

    fn while_loop(&mut self, receiver: ast::ExprId, until: bool, body: ast::ExprId, span: Span) -> Option<ExprId> {
        let condition = self.literal_of_arity(receiver, 0)?;
        let block = self.literal_of_arity(body, 0)?;
        let condition = self.inline(&condition, BlockContext::Receiver).1;
        let body = self.inline(&block, BlockContext::Control).1;
        Some(self.add(Expr::While { condition, until, body }, span))
    }

    fn repeat(&mut self, receiver: ast::ExprId, span: Span) -> Option<ExprId> {
        let block = self.literal_of_arity(receiver, 0)?;
        let body = self.inline(&block, BlockContext::Receiver).1;
        Some(self.add(Expr::Repeat { body }, span))
    }

    fn times_repeat(&mut self, receiver: ast::ExprId, body: ast::ExprId, span: Span) -> Option<ExprId> {
        let block = self.literal_of_arity(body, 0)?;
        let count = self.expr(receiver);
        let body = self.inline(&block, BlockContext::Control).1;
        Some(self.add(Expr::TimesRepeat { count, body }, span))
    }

    fn counted_loop(
        &mut self,
        from: ast::ExprId,
        to: ast::ExprId,
        by: Option<ast::ExprId>,
        body: ast::ExprId,
        span: Span,
    ) -> Option<ExprId> {
        if let Some(b) = self.block_literal(body) {
            if b.params.len() != 1 {
                let name = if by.is_some() { "to:by:do:" } else { "to:do:" };
                self.report(block_codegen_arity::counted_loop(b.span, name, b.params.len()));
                return Some(self.add(Expr::Error, span));
            }
        }
        let block = self.literal_of_arity(body, 1)?;
        let from = self.expr(from);
        let to = self.expr(to);
        let by = by.map(|e| self.expr(e));
        let (params, body) = self.inline(&block, BlockContext::Control);
        Some(self.add(Expr::ToDo { from, to, by, var: params[0], body }, span))
    }

    /// `[…] value`: the block runs in place.
    fn immediate(&mut self, receiver: ast::ExprId, args: &[ast::ExprId], span: Span) -> Option<ExprId> {
        let block = self.literal_of_arity(receiver, args.len())?;
        let values: Vec<ExprId> = args
            .iter()
            .map(|&a| match self.block_literal(a) {
                Some(b) => self.block(b.params, b.body, b.span, BlockContext::Passed, false),
                None => self.expr(a),
            })
            .collect();
        let (params, body) = self.inline(&block, BlockContext::Receiver);
        Some(self.add(Expr::Let { bindings: params.into_iter().zip(values).collect(), body }, span))
    }

    fn on_do(&mut self, receiver: ast::ExprId, filter: ast::ExprId, handler: ast::ExprId, span: Span) -> Option<ExprId> {
        if let Some(b) = self.block_literal(receiver) {
            if !b.params.is_empty() {
                self.report(block_codegen_arity::diagnostic(b.span, "on:do:", "0", b.params.len()));
                return Some(self.add(Expr::Error, span));
            }
        }
        let handler_literal = self.block_literal(handler);
        if let Some(b) = &handler_literal {
            if b.params.len() > 1 {
                self.report(block_codegen_arity::diagnostic(b.span, "on:do:", "0 or 1", b.params.len()));
                return Some(self.add(Expr::Error, span));
            }
        }
        let body = self.literal_of_arity(receiver, 0)?;
        let filter = self.expr(filter);
        let handler_value = if handler_literal.is_none() { Some(self.expr(handler)) } else { None };
        let body = self.inline(&body, BlockContext::Receiver).1;
        let handler = match (handler_literal, handler_value) {
            (Some(b), _) => {
                let (params, body) = self.inline(&b, BlockContext::Control);
                Branch::Inline(params.first().copied(), body)
            }
            (None, Some(value)) => Branch::Value(value),
            (None, None) => unreachable!("a handler is a literal or a value"),
        };
        Some(self.add(Expr::OnDo { body, filter, handler }, span))
    }

    fn ensure(&mut self, receiver: ast::ExprId, cleanup: ast::ExprId, span: Span) -> Option<ExprId> {
        if let Some(b) = self.block_literal(cleanup) {
            if !b.params.is_empty() {
                self.report(block_codegen_arity::diagnostic(b.span, "ensure:", "0", b.params.len()));
                return Some(self.add(Expr::Error, span));
            }
        }
        let block = self.literal_of_arity(receiver, 0)?;
        match self.literal_of_arity(cleanup, 0) {
            Some(cleanup) => {
                let body = self.inline(&block, BlockContext::Receiver).1;
                let cleanup = self.inline(&cleanup, BlockContext::Control).1;
                Some(self.add(Expr::Ensure { body, cleanup }, span))
            }
            None => {
                let value = self.expr(cleanup);
                let local = self.temporary(span);
                let body = self.inline(&block, BlockContext::Receiver).1;
                let block = self.add(Expr::Local(local), span);
                let cleanup = self.add(Expr::Fixed(Fixed::Value, vec![block], Vec::new()), span);
                let ensure = self.add(Expr::Ensure { body, cleanup }, span);
                Some(self.add(Expr::Let { bindings: vec![(local, value)], body: ensure }, span))
            }
        }
    }
}
