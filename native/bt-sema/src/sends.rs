//! Messages: operators, keyword and unary sends, cascades, and who receives them.

use bt_base::Span;
use bt_hir::{BinaryOp, CascadeMessage, ClassKind, Expr, ExprId, Fixed, LocalId, SendTarget};
use bt_syntax::ast::{self, ExprKind};

use crate::body::{BlockContext, Home, Lowerer};
use crate::diagnostics::{block_codegen_arity, codegen_unsupported, name_super};

/// Selectors with fixed meaning whatever the receiver is. `value…` and the loops depend on literal blocks and are in `control`.
const FIXED: &[(&str, Fixed)] = &[
    ("class", Fixed::Class),
    ("isNil", Fixed::IsNil),
    ("notNil", Fixed::NotNil),
    ("yourself", Fixed::Yourself),
    ("hash", Fixed::Hash),
    ("respondsTo:", Fixed::RespondsTo),
    ("fieldNames", Fixed::FieldNames),
    ("fieldAt:", Fixed::FieldAt),
    ("fieldAt:put:", Fixed::FieldAtPut),
    ("perform:", Fixed::Perform),
    ("perform:withArguments:", Fixed::PerformWithArguments),
    ("error:", Fixed::ErrorMessage),
    ("value", Fixed::Value),
    ("value:", Fixed::Value),
    ("value:value:", Fixed::Value),
    ("value:value:value:", Fixed::Value),
    ("await", Fixed::Await),
    ("await:", Fixed::AwaitTimeout),
    ("awaitForever", Fixed::AwaitForever),
    ("->", Fixed::Associate),
    (">>", Fixed::MethodLookup),
];

pub(crate) fn fixed(selector: &str) -> Option<Fixed> {
    FIXED.iter().find(|(s, _)| *s == selector).map(|(_, f)| *f)
}

/// Messages a module proxy answers itself instead of calling a function.
const PROXY_PROTOCOL: &[&str] = &["printString", "asString", "inspect", "methods", "call:args:", "doesNotUnderstand:args:"];

/// Does `Erlang m selector` call a function?
fn is_call(selector: &str) -> bool {
    fixed(selector).is_none() && !PROXY_PROTOCOL.contains(&selector)
}

/// Unary messages to the class `Erlang` that are not module names.
const ERLANG_PROTOCOL: &[&str] = &[
    "new",
    "spawn",
    "class",
    "methods",
    "superclass",
    "subclasses",
    "allSubclasses",
    "class_name",
    "module_name",
    "printString",
    "isNil",
    "notNil",
    "yourself",
    "hash",
    "name",
    "doc",
    "isClass",
    "isMeta",
    "isMetaclass",
    "isBehaviour",
    "fieldNames",
    "allFieldNames",
    "allMethods",
    "allSuperclasses",
    "inspect",
    "asString",
];

impl<'a, 's> Lowerer<'a, 's> {
    pub(crate) fn binary(&mut self, left: ast::ExprId, op: &ast::Ident<'s>, right: ast::ExprId, span: Span) -> ExprId {
        let known = BinaryOp::from_selector(op.text);
        let is_super = matches!(self.ast.expr(left).kind, ExprKind::Super);
        // A message like any other where a method of the user must be found, or where a block may write to variables.
        let sends = !known.is_some_and(BinaryOp::is_equality) && (is_super || self.block_literal(right).is_some());
        if let Some(op) = known.filter(|_| !sends) {
            let left = match is_super {
                // Equality means the same for all: that of the object itself.
                true => self.self_ref(self.ast.expr(left).span),
                false => self.operand(left, BlockContext::Receiver),
            };
            let right = self.operand(right, BlockContext::Passed);
            return self.add(Expr::Binary(op, left, right), span);
        }
        self.send(left, op.text, &[right], span)
    }

    fn operand(&mut self, id: ast::ExprId, context: BlockContext) -> ExprId {
        match self.block_literal(id) {
            Some(b) => self.block(b.params, b.body, b.span, context, false),
            None => self.expr(id),
        }
    }

    pub(crate) fn send(&mut self, receiver: ast::ExprId, selector: &str, args: &[ast::ExprId], span: Span) -> ExprId {
        self.detect_arity(selector, args);
        crate::hierarchy::check_length(selector, span, &mut self.diagnostics);
        if let Some(inlined) = self.control(receiver, selector, args, span) {
            return inlined;
        }
        if selector == "asType:" {
            // A promise to the type checker; the value is the receiver itself.
            return self.expr(receiver);
        }
        if let Some(module) = self.erlang_module(receiver).filter(|_| is_call(selector)) {
            let args = self.foreign_arguments(args);
            let selector = self.selector(selector);
            return self.add(Expr::Send { target: SendTarget::Erlang(module), selector, args, cells: Vec::new() }, span);
        }
        if let Some(fixed) = fixed(selector) {
            return self.fixed_send(fixed, receiver, selector, args, span);
        }
        let mut cells = Vec::new();
        let target = self.target(receiver, &mut cells);
        let (args, more) = self.arguments(selector, args);
        merge(&mut cells, more);
        let selector = self.selector(selector);
        self.add(Expr::Send { target, selector, args, cells }, span)
    }

    fn fixed_send(&mut self, fixed: Fixed, receiver: ast::ExprId, selector: &str, args: &[ast::ExprId], span: Span) -> ExprId {
        // `super` has no value of its own: its messages always are super sends.
        if matches!(self.ast.expr(receiver).kind, ExprKind::Super) {
            let target = self.target(receiver, &mut Vec::new());
            let (args, cells) = self.arguments(selector, args);
            let selector = self.selector(selector);
            return self.add(Expr::Send { target, selector, args, cells }, span);
        }
        if fixed == Fixed::Value && self.is_self_of_actor(receiver) {
            let (args, cells) = self.arguments(selector, args);
            let selector = self.selector(selector);
            return self.add(Expr::Send { target: SendTarget::SelfRef, selector, args, cells }, span);
        }
        let mut cells = Vec::new();
        let mut operands = vec![match self.block_literal(receiver) {
            Some(b) => self.cell_block(&b, BlockContext::Receiver, &mut cells),
            None => self.expr(receiver),
        }];
        let (args, more) = self.arguments(selector, args);
        merge(&mut cells, more);
        operands.extend(args);
        self.add(Expr::Fixed(fixed, operands, cells), span)
    }

    /// Lowers what the message goes to. A literal block as receiver works on cells.
    fn target(&mut self, receiver: ast::ExprId, cells: &mut Vec<LocalId>) -> SendTarget {
        let ast = self.ast;
        let expr = ast.expr(receiver);
        match &expr.kind {
            ExprKind::SelfRef if matches!(self.home, Home::Method { .. }) => match self.body.self_local {
                Some(local) => {
                    self.scopes.note_read(local);
                    SendTarget::SelfRef
                }
                None => SendTarget::SelfRef,
            },
            ExprKind::Super => {
                if self.home == Home::Eval {
                    return SendTarget::Value(self.refuse(name_super::diagnostic(expr.span)));
                }
                if let Some(local) = self.body.self_local {
                    self.scopes.note_read(local);
                }
                SendTarget::Super
            }
            ExprKind::ClassRef(name) => {
                let is_variable = self.home == Home::Eval && self.lookup(name).is_some();
                if is_variable {
                    SendTarget::Value(self.expr(receiver))
                } else if self.is_global(name) {
                    SendTarget::Global((*name).into())
                } else {
                    SendTarget::Class((*name).into())
                }
            }
            _ => match self.block_literal(receiver) {
                Some(b) => SendTarget::Value(self.cell_block(&b, BlockContext::Receiver, cells)),
                None => SendTarget::Value(self.expr(receiver)),
            },
        }
    }

    /// `Erlang m` written out: the module's name.
    fn erlang_module(&self, receiver: ast::ExprId) -> Option<bt_base::Name> {
        let ExprKind::Unary { receiver: class, selector } = &self.ast.expr(receiver).kind else {
            return None;
        };
        let is_erlang = matches!(self.ast.expr(*class).kind, ExprKind::ClassRef("Erlang"));
        (is_erlang && !ERLANG_PROTOCOL.contains(&selector.text)).then(|| selector.text.into())
    }

    /// An actor is no block: `self value` is a message to itself like any other.
    fn is_self_of_actor(&self, receiver: ast::ExprId) -> bool {
        self.in_actor() && matches!(self.ast.expr(receiver).kind, ExprKind::SelfRef)
    }

    fn in_actor(&self) -> bool {
        matches!(self.home, Home::Method { class_side: false, kind: ClassKind::Actor, .. })
    }

    pub(crate) fn cell_block(
        &mut self,
        block: &crate::blocks::BlockLiteral<'a, 's>,
        context: BlockContext,
        cells: &mut Vec<LocalId>,
    ) -> ExprId {
        let id = self.block(block.params, block.body, block.span, context, true);
        if let Expr::Block(b) = self.body.expr(id) {
            let writes = b.writes.clone();
            merge(cells, writes);
        }
        id
    }

    /// Arguments in order, and the locals that literal blocks among them assign.
    pub(crate) fn arguments(&mut self, selector: &str, args: &[ast::ExprId]) -> (Vec<ExprId>, Vec<LocalId>) {
        let mut cells = Vec::new();
        let lowered = args
            .iter()
            .enumerate()
            .map(|(position, &arg)| match self.block_literal(arg) {
                Some(b) => {
                    let context = if crate::control::is_control_position(selector, position) {
                        BlockContext::Control
                    } else {
                        BlockContext::Passed
                    };
                    self.cell_block(&b, context, &mut cells)
                }
                None => self.expr(arg),
            })
            .collect();
        (lowered, cells)
    }

    /// Arguments of an Erlang function. What literal blocks among them assign stays in the block.
    fn foreign_arguments(&mut self, args: &[ast::ExprId]) -> Vec<ExprId> {
        args.iter().map(|&arg| self.operand(arg, BlockContext::Foreign)).collect()
    }

    pub(crate) fn cascade(&mut self, first: ast::ExprId, messages: &[ast::Message<'s>], span: Span) -> ExprId {
        let ast = self.ast;
        let expr = ast.expr(first);
        let mut target_cells = Vec::new();
        let mut lowered = Vec::with_capacity(messages.len() + 1);
        let mut foreign = false;
        // `asType:` is no message: what it stands in is its receiver.
        if let ExprKind::Keyword { receiver, parts, .. } = &expr.kind {
            if parts.len() == 1 && parts[0].text == "asType:" {
                return self.cascade(*receiver, messages, span);
            }
        }
        let first_message = match &expr.kind {
            ExprKind::Unary { receiver, selector } => Some((*receiver, selector.text.to_string(), Vec::new())),
            ExprKind::Binary { left, op, right } => Some((*left, op.text.to_string(), vec![*right])),
            ExprKind::Keyword { receiver, parts, args } => {
                let selector: String = parts.iter().map(|p| p.text).collect();
                Some((*receiver, selector, args.clone()))
            }
            _ => None,
        };
        let target = match first_message {
            Some((receiver, selector, args)) => {
                let calls = is_call(&selector) && messages.iter().all(|m| is_call(&m.selector()));
                let target = match self.erlang_module(receiver).filter(|_| calls) {
                    Some(module) => SendTarget::Erlang(module),
                    None => self.target(receiver, &mut target_cells),
                };
                foreign = matches!(target, SendTarget::Erlang(_));
                lowered.push(self.cascade_message(&selector, &args, foreign));
                target
            }
            None => self.target(first, &mut target_cells),
        };
        for message in messages {
            match message {
                ast::Message::Unary(selector) => lowered.push(self.cascade_message(selector.text, &[], foreign)),
                ast::Message::Keyword(parts, args) => {
                    let selector: String = parts.iter().map(|p| p.text).collect();
                    lowered.push(self.cascade_message(&selector, args, foreign));
                }
                ast::Message::Binary(op, arg) => {
                    let _ = self.expr(*arg);
                    let _ = self.refuse(codegen_unsupported::binary_in_cascade(op.span));
                }
                ast::Message::Error(_) => {}
            }
        }
        if self.in_actor() && matches!(target, SendTarget::SelfRef) {
            for message in lowered.iter_mut().filter(|m| m.fixed == Some(Fixed::Value)) {
                message.fixed = None;
            }
        }
        if let (Some(message), false) = (lowered.first_mut(), target_cells.is_empty()) {
            merge(&mut message.cells, target_cells);
        }
        self.add(Expr::Cascade { target, messages: lowered }, span)
    }

    fn cascade_message(&mut self, selector: &str, args: &[ast::ExprId], foreign: bool) -> CascadeMessage {
        self.detect_arity(selector, args);
        let (args, cells) = match foreign {
            true => (self.foreign_arguments(args), Vec::new()),
            false => self.arguments(selector, args),
        };
        CascadeMessage { selector: self.selector(selector), args, cells, fixed: fixed(selector) }
    }
}

impl Lowerer<'_, '_> {
    /// `detect:ifNone:` is a send, but its blocks are judged like those of control flow.
    fn detect_arity(&mut self, selector: &str, args: &[ast::ExprId]) {
        if selector != "detect:ifNone:" {
            return;
        }
        for (&arg, wanted) in args.iter().zip([1, 0]) {
            if let Some((got, at)) = self.block_literal(arg).map(|b| (b.params.len(), b.span)).filter(|(got, _)| *got != wanted) {
                self.report(block_codegen_arity::diagnostic(at, "detect:ifNone:", &wanted.to_string(), got));
            }
        }
    }
}

pub(crate) fn merge(into: &mut Vec<LocalId>, more: Vec<LocalId>) {
    for local in more {
        if !into.contains(&local) {
            into.push(local);
        }
    }
}
