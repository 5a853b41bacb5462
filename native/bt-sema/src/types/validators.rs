//! Checks of single sends that need no method table: literal blocks, literal arguments, instances of classes by name.

use bt_base::Span;
use bt_hir::Side;
use bt_syntax::ast::{ExprId, ExprKind};

use super::rules::{Rule, PRIMITIVE_CLASSES};
use super::sends::Send;
use super::table::ClassId;
use super::{Checker, Type};
use crate::diagnostics::reflect_symbol_literal::{self, Written};
use crate::diagnostics::{
    actor_new, argument_count, argument_index, argument_string, block_arity, class_abstract_new, class_primitive_new,
    class_unknown_field, class_unknown_variable, type_immutable,
};

fn literal_kind(kind: &ExprKind<'_>) -> Option<&'static str> {
    Some(match kind {
        ExprKind::Integer(_) => "an integer",
        ExprKind::Float(_) => "a float",
        ExprKind::String(_) | ExprKind::Interpolation(_) => "a string",
        ExprKind::Symbol(_) => "a symbol",
        ExprKind::Character(_) => "a character",
        ExprKind::List { .. } => "a list",
        _ => return None,
    })
}

fn immutable_kind(kind: &ExprKind<'_>) -> Option<&'static str> {
    Some(match kind {
        ExprKind::Integer(_) => "Integer literal",
        ExprKind::Float(_) => "Float literal",
        ExprKind::String(_) => "String literal",
        ExprKind::Symbol(_) => "Symbol literal",
        ExprKind::Character(_) => "Character literal",
        ExprKind::List { .. } => "List literal",
        ExprKind::Variable("true" | "false") => "Boolean literal",
        ExprKind::Variable("nil") => "nil literal",
        _ => return None,
    })
}

impl<'a, 's: 'a> Checker<'a, 's> {
    /// An expression without the parentheses around it.
    fn bare(&self, id: ExprId) -> (&'a ExprKind<'s>, Span) {
        let ast = self.ast;
        let mut expr = ast.expr(id);
        while let ExprKind::Paren(inner) = &expr.kind {
            expr = ast.expr(*inner);
        }
        (&expr.kind, expr.span)
    }

    pub(super) fn validate(&mut self, receiver: Type, rule: Rule, send: Send<'_>) {
        if let Some((position, count)) = self.selectors.facts(send.selector).block {
            self.block_arity(position, count, send);
        }
        match rule {
            Rule::None | Rule::Cast | Rule::Arithmetic | Rule::Concatenation | Rule::Operator => {}
            Rule::New | Rule::NewWith | Rule::Spawn => {
                if let (Type::Class(class), ExprKind::ClassRef(_)) = (receiver, &self.ast.expr(send.receiver).kind) {
                    self.instantiation(class, rule, send);
                }
            }
            Rule::SymbolLiteral => self.symbol_literal(send),
            Rule::FieldAtPut => {
                self.symbol_literal(send);
                if let Some(kind) = immutable_kind(self.bare(send.receiver).0) {
                    self.report(type_immutable::diagnostic(send.span, kind));
                }
            }
            Rule::ClassState => {
                if let (Type::Class(class), ExprKind::ClassRef(_)) = (receiver, &self.ast.expr(send.receiver).kind) {
                    self.class_variable(class, send);
                }
            }
            Rule::Count => {
                for &arg in send.args {
                    if let Some((got, at)) = self.other_literal(arg, "an integer") {
                        self.diagnostics.push(argument_count::diagnostic(at, self.selectors.text(send.selector), got));
                    }
                }
            }
            Rule::Index => {
                let literals = &self.literals;
                let indexed = [literals.list, literals.tuple, literals.string];
                if receiver != Type::Dynamic && indexed.contains(&receiver) {
                    if let Some((got, at)) = self.other_literal(send.args[0], "an integer") {
                        self.diagnostics.push(argument_index::diagnostic(at, self.selectors.text(send.selector), got));
                    }
                }
            }
            Rule::Text => self.text(send),
            Rule::TextOfText => {
                if receiver != Type::Dynamic && receiver == self.literals.string {
                    self.text(send);
                }
            }
        }
    }

    fn block_arity(&mut self, position: usize, count: usize, send: Send<'_>) {
        let Some(&arg) = send.args.get(position) else { return };
        let (ExprKind::Block { params, .. }, at) = self.bare(arg) else { return };
        if params.len() != count {
            let selector = self.selectors.text(send.selector);
            self.diagnostics.push(block_arity::diagnostic(at, selector, count, params.len()));
        }
    }

    fn symbol_literal(&mut self, send: Send<'_>) {
        let (kind, at) = self.bare(send.args[0]);
        let written = match kind {
            ExprKind::Symbol(_) => return,
            ExprKind::Variable(name) => Written::Variable(name),
            ExprKind::ClassRef(name) => Written::Class(name),
            _ => Written::Other,
        };
        let selector = self.selectors.text(send.selector);
        self.diagnostics.push(reflect_symbol_literal::diagnostic(at, selector, written));
    }

    /// The kind of a literal that is not of the wanted kind.
    fn other_literal(&self, arg: ExprId, wanted: &str) -> Option<(&'static str, Span)> {
        let (kind, at) = self.bare(arg);
        literal_kind(kind).filter(|got| *got != wanted).map(|got| (got, at))
    }

    fn text(&mut self, send: Send<'_>) {
        if let Some((got, at)) = self.other_literal(send.args[0], "a string") {
            self.diagnostics.push(argument_string::diagnostic(at, self.selectors.text(send.selector), got));
        }
    }

    /// `new`, `spawn` and friends sent to a class by name.
    fn instantiation(&mut self, class: ClassId, rule: Rule, send: Send<'_>) {
        let name = self.table.name(class);
        let is_new = rule != Rule::Spawn;
        if is_new && PRIMITIVE_CLASSES.contains(&name) {
            self.report(class_primitive_new::diagnostic(send.span, name));
            return;
        }
        if self.table.info(class).modifiers.is_abstract {
            self.report(class_abstract_new::diagnostic(send.span, name));
            return;
        }
        let is_actor = self.literals.actor.is_some_and(|actor| actor != class && self.table.inherits(class, actor));
        if is_new && is_actor {
            self.report(actor_new::diagnostic(send.span, name));
        }
        if rule == Rule::NewWith {
            self.field_names(class, send);
        }
    }

    /// The literal keys of `C new: #{…}` must be fields.
    fn field_names(&mut self, class: ClassId, send: Send<'_>) {
        let (ExprKind::Map(entries), _) = self.bare(send.args[0]) else { return };
        if !self.table.is_known(class) {
            return;
        }
        let table = &self.table;
        let fields: Vec<&str> = table.chain(class).flat_map(|c| table.info(c).fields.iter()).map(|f| f.name.as_str()).collect();
        if fields.is_empty() {
            return;
        }
        for &(key, _) in entries {
            let (ExprKind::Symbol(text), at) = self.bare(key) else { continue };
            if !fields.contains(&text.as_ref()) {
                let class = self.table.name(class);
                self.diagnostics.push(class_unknown_field::diagnostic(at, text, class, &fields));
            }
        }
    }

    fn class_variable(&mut self, class: ClassId, send: Send<'_>) {
        let (ExprKind::Symbol(text), at) = self.bare(send.args[0]) else { return };
        let table = &self.table;
        let is_declared = table.chain(class).any(|c| table.info(c).class_vars.iter().any(|v| v.name == text.as_ref()));
        let own_method = table.chain(class).any(|c| table.info(c).method(Side::Class, "classState:").is_some());
        if table.is_known(class) && !own_method && !is_declared {
            let class = table.name(class);
            self.report(class_unknown_variable::diagnostic(at, text, class));
        }
    }
}
