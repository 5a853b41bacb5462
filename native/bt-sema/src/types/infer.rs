//! The walk over one body: the type of each expression, variables as they are assigned.

use bt_hir::Side;
use bt_syntax::ast::{self, ExprId, ExprKind};

use super::sends::Send;
use super::{Checker, Type};
use crate::diagnostics::field_type;

impl<'a, 's: 'a> Checker<'a, 's> {
    /// All statements; the type of the last one.
    pub(super) fn statements(&mut self, list: &[ExprId]) -> Type {
        let mut last = Type::Dynamic;
        for &id in list {
            if !matches!(self.ast.expr(id).kind, ExprKind::Expect(_)) {
                last = self.infer(id);
            }
        }
        last
    }

    pub(super) fn infer(&mut self, id: ExprId) -> Type {
        let leaf = match &self.ast.expr(id).kind {
            ExprKind::Integer(_) | ExprKind::String(_) | ExprKind::Symbol(_) | ExprKind::Variable(_) => true,
            ExprKind::ClassRef(_) | ExprKind::SelfRef => true,
            ExprKind::Field { receiver, .. } => matches!(self.ast.expr(*receiver).kind, ExprKind::SelfRef),
            _ => false,
        };
        if leaf {
            return self.infer_on_stack(id);
        }
        // Chains of any length nest to the left, so the tree can be very deep although the source is flat.
        stacker::maybe_grow(96 * 1024, 2 << 20, || self.infer_on_stack(id))
    }

    fn infer_on_stack(&mut self, id: ExprId) -> Type {
        let ast = self.ast;
        let expr = ast.expr(id);
        match &expr.kind {
            ExprKind::Integer(_) => self.literals.integer,
            ExprKind::Float(_) => self.literals.float,
            ExprKind::Character(_) => self.literals.character,
            ExprKind::String(_) => self.literals.string,
            ExprKind::Symbol(_) => self.literals.symbol,
            ExprKind::Interpolation(segments) => {
                for segment in segments {
                    if let ast::Segment::Expr(id) = segment {
                        self.infer(*id);
                    }
                }
                self.literals.string
            }
            ExprKind::List { elements, tail } => {
                elements.iter().chain(tail).for_each(|&e| {
                    self.infer(e);
                });
                self.literals.list
            }
            ExprKind::Array(elements) => {
                elements.iter().for_each(|&e| {
                    self.infer(e);
                });
                self.literals.array
            }
            ExprKind::Map(entries) => {
                for &(key, value) in entries {
                    self.infer(key);
                    self.infer(value);
                }
                self.literals.dictionary
            }
            ExprKind::Variable(name) => self.variable(name),
            ExprKind::ClassRef(name) => {
                if self.known_vars.contains(name) {
                    return Type::Dynamic;
                }
                self.table.class(name).map_or(Type::Dynamic, Type::Class)
            }
            ExprKind::SelfRef => self.self_type(),
            ExprKind::Super => match (self.home.class.and_then(|c| self.table.parent(c)), self.home.side) {
                (None, _) => Type::Dynamic,
                (Some(parent), Side::Instance) => Type::Instance(parent),
                (Some(parent), Side::Class) => Type::Class(parent),
            },
            ExprKind::Field { receiver, name } => match ast.expr(*receiver).kind {
                ExprKind::SelfRef => self.field(name.text),
                _ => {
                    self.infer(*receiver);
                    Type::Dynamic
                }
            },
            ExprKind::Assign { target, value } => self.assign(*target, *value, expr.span),
            ExprKind::Return(value) | ExprKind::Paren(value) => self.infer(*value),
            ExprKind::Unary { receiver, selector } => {
                let id = self.selectors.id(selector.text);
                self.send(Send { receiver: *receiver, selector: id, args: &[], span: expr.span, at: selector.span })
            }
            ExprKind::Binary { left, op, right } => {
                let id = self.selectors.id(op.text);
                self.send(Send { receiver: *left, selector: id, args: &[*right], span: expr.span, at: op.span })
            }
            ExprKind::Keyword { receiver, parts, args } => {
                let id = self.selectors.keyword(parts);
                let at = parts.first().map_or(expr.span, |p| p.span);
                self.send(Send { receiver: *receiver, selector: id, args, span: expr.span, at })
            }
            ExprKind::Cascade { first, messages } => self.cascade(*first, messages),
            ExprKind::Block { params, body } => {
                self.widen_nils(body);
                self.env.enter();
                for param in params {
                    self.env.declare(param.text, Type::Dynamic);
                }
                self.statements(body);
                self.env.leave();
                self.literals.block
            }
            ExprKind::Match { subject, arms } => {
                self.infer(*subject);
                for arm in arms {
                    self.env.enter();
                    self.bind(&arm.pattern);
                    if let Some(guard) = arm.guard {
                        self.infer(guard);
                    }
                    self.infer(arm.body);
                    self.env.leave();
                }
                Type::Dynamic
            }
            ExprKind::Pragma { .. } | ExprKind::Expect(_) | ExprKind::Error => Type::Dynamic,
        }
    }

    pub(super) fn self_type(&self) -> Type {
        match (self.home.class, self.home.side) {
            (None, _) => Type::Dynamic,
            (Some(class), Side::Instance) => Type::Instance(class),
            (Some(class), Side::Class) => Type::Class(class),
        }
    }

    fn variable(&mut self, name: &'s str) -> Type {
        match name {
            "true" | "false" => return self.literals.boolean,
            "nil" => return self.literals.nil,
            _ => {}
        }
        match self.env.get(name) {
            Some(ty) => ty,
            None if self.own_fields.contains(name) => self.field(name),
            None => Type::Dynamic,
        }
    }

    fn field(&self, name: &str) -> Type {
        match self.home.side {
            Side::Instance => self.fields.get(name).copied().unwrap_or(Type::Dynamic),
            Side::Class => Type::Dynamic,
        }
    }

    fn assign(&mut self, target: ExprId, value: ExprId, span: bt_base::Span) -> Type {
        let ast = self.ast;
        let ty = self.infer(value);
        match &ast.expr(target).kind {
            ExprKind::Variable(name) => {
                // A class kept in a variable is an object like any other.
                let kept = if matches!(ty, Type::Class(_)) { Type::Dynamic } else { ty };
                self.env.assign(name, kept);
            }
            ExprKind::Field { receiver, name } if matches!(ast.expr(*receiver).kind, ExprKind::SelfRef) => {
                if let Some((declared, got)) = self.mismatch(self.field(name.text), ty) {
                    self.report(field_type::diagnostic(span, name.text, declared, got));
                }
            }
            ExprKind::Field { receiver, .. } => {
                self.infer(*receiver);
            }
            _ => {}
        }
        ty
    }

    fn bind(&mut self, pattern: &ast::Pattern<'s>) {
        match &pattern.kind {
            ast::PatternKind::Variable(name) => self.env.declare(name, Type::Dynamic),
            ast::PatternKind::Tuple(parts) => parts.iter().for_each(|p| self.bind(p)),
            ast::PatternKind::Wildcard
            | ast::PatternKind::Atom(_)
            | ast::PatternKind::Integer(_)
            | ast::PatternKind::Float(_)
            | ast::PatternKind::String(_)
            | ast::PatternKind::Symbol(_)
            | ast::PatternKind::Character(_)
            | ast::PatternKind::Error => {}
        }
    }

    /// `found := nil. items do: [… found := …]` is how a program says "not yet": nothing is known of such a variable from here on.
    fn widen_nils(&mut self, body: &[ExprId]) {
        if !self.env.has_nil() {
            return;
        }
        let ast = self.ast;
        let mut work = body.to_vec();
        while let Some(id) = work.pop() {
            let kind = &ast.expr(id).kind;
            if let ExprKind::Assign { target, .. } = kind {
                if let ExprKind::Variable(name) = &ast.expr(*target).kind {
                    if self.env.get(name) == Some(self.literals.nil) {
                        self.env.widen(name);
                    }
                }
            }
            crate::walk::each_child(kind, &mut |c| work.push(c));
        }
    }
}
