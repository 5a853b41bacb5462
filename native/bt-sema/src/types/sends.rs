//! One message: is it understood, do its arguments fit, what does it answer.

use bt_base::Span;
use bt_hir::Side;
use bt_syntax::ast::{self, ExprId, ExprKind};

use super::rules::Rule;
use super::table::{ClassId, Found, SelectorId};
use super::{Checker, Type};
use crate::diagnostics::{dnu_class, dnu_instance, type_argument, type_operand};

/// A message as written.
#[derive(Clone, Copy)]
pub(super) struct Send<'x> {
    pub receiver: ExprId,
    pub selector: SelectorId,
    pub args: &'x [ExprId],
    /// The whole expression, and the (first part of the) selector.
    pub span: Span,
    pub at: Span,
}

/// A selector further from a known one than this is no slip of the pen.
const SUGGESTION_DISTANCE: usize = 3;

/// Different unknown selectors for which a similar one is looked up: a text with more of them has no slips of the pen.
const MAX_SUGGESTIONS: usize = 200;

impl<'a, 's: 'a> Checker<'a, 's> {
    pub(super) fn send(&mut self, send: Send<'_>) -> Type {
        let receiver = self.infer(send.receiver);
        self.message(receiver, send)
    }

    pub(super) fn cascade(&mut self, first: ExprId, messages: &'a [ast::Message<'s>]) -> Type {
        let ast = self.ast;
        let expr = ast.expr(first);
        let (receiver, mut answer) = match &expr.kind {
            ExprKind::Unary { receiver, .. } | ExprKind::Keyword { receiver, .. } | ExprKind::Binary { left: receiver, .. } => {
                let receiver = *receiver;
                let ty = self.infer(receiver);
                let (selector, args, at) = match &expr.kind {
                    ExprKind::Unary { selector, .. } => (self.selectors.id(selector.text), &[][..], selector.span),
                    ExprKind::Keyword { parts, args, .. } => {
                        (self.selectors.keyword(parts), &args[..], parts.first().map_or(expr.span, |p| p.span))
                    }
                    ExprKind::Binary { op, right, .. } => (self.selectors.id(op.text), std::slice::from_ref(right), op.span),
                    _ => unreachable!("the outer match let only sends through"),
                };
                let answer = self.message(ty, Send { receiver, selector, args, span: expr.span, at });
                ((receiver, ty), answer)
            }
            _ => ((first, self.infer(first)), Type::Dynamic),
        };
        for message in messages {
            let (selector, args, at) = match message {
                ast::Message::Unary(selector) => (self.selectors.id(selector.text), &[][..], selector.span),
                ast::Message::Keyword(parts, args) => {
                    (self.selectors.keyword(parts), &args[..], parts.first().map_or(expr.span, |p| p.span))
                }
                // Refused elsewhere.
                ast::Message::Binary(_, arg) => {
                    self.infer(*arg);
                    continue;
                }
                ast::Message::Error(_) => continue,
            };
            let span = args.last().map_or(at, |&a| at.to(ast.expr(a).span));
            answer = self.message(receiver.1, Send { receiver: receiver.0, selector, args, span, at });
        }
        answer
    }

    fn message(&mut self, receiver: Type, send: Send<'_>) -> Type {
        let base = self.arguments.len();
        for &arg in send.args {
            let ty = self.infer(arg);
            self.arguments.push(ty);
        }
        let rule = self.selectors.facts(send.selector).rule;
        let answer = if rule == Rule::Cast {
            self.cast(receiver, send)
        } else {
            self.validate(receiver, rule, send);
            match receiver {
                Type::Dynamic => Type::Dynamic,
                Type::Instance(class) => self.instance_send(class, rule, send, base),
                Type::Class(class) => self.class_send(class, rule, send, base),
            }
        };
        self.arguments.truncate(base);
        answer
    }

    /// `expr asType: C` is `expr`, believed to be a C.
    fn cast(&mut self, receiver: Type, send: Send<'_>) -> Type {
        match self.ast.expr(send.args[0]).kind {
            ExprKind::ClassRef(name) => self.table.class(name).map_or(Type::Dynamic, Type::Instance),
            _ => receiver,
        }
    }

    fn instance_send(&mut self, class: ClassId, rule: Rule, send: Send<'_>, base: usize) -> Type {
        let Some(found) = self.find(class, Side::Instance, send.selector) else {
            let accepted = self.handles_unknown(class, Side::Instance) || self.understood_below(class, send.selector);
            if self.table.is_known(class) && !accepted {
                self.not_understood(class, Side::Instance, send);
            }
            return Type::Dynamic;
        };
        match rule {
            Rule::Arithmetic => self.numeric_operand(class, send, base),
            Rule::Concatenation => self.text_operand(class, send, base),
            Rule::Operator => {}
            _ => self.argument_types(class, found, send, base),
        }
        let is_self = matches!(self.ast.expr(send.receiver).kind, ExprKind::SelfRef | ExprKind::Super);
        if !is_self && self.literals.actor.is_some_and(|actor| self.table.inherits(class, actor)) {
            return Type::Dynamic;
        }
        found.answers
    }

    fn class_send(&mut self, class: ClassId, rule: Rule, send: Send<'_>, base: usize) -> Type {
        let kind = &self.ast.expr(send.receiver).kind;
        // What an abstract class asks of itself may be a matter of its subclasses.
        let unchecked = matches!(kind, ExprKind::SelfRef) && self.table.info(class).modifiers.is_abstract;
        let makes_instance = matches!(rule, Rule::New | Rule::NewWith | Rule::Spawn);
        let made = match kind {
            ExprKind::Super => self.home.class.map_or(Type::Dynamic, Type::Instance),
            _ => Type::Instance(class),
        };
        if let Some(found) = self.find(class, Side::Class, send.selector) {
            if !unchecked {
                self.argument_types(class, found, send, base);
            }
            return if makes_instance { made } else { found.answers };
        }
        if let Some(class_class) = self.literals.class {
            if let Some(found) = self.find(class_class, Side::Instance, send.selector) {
                return found.answers;
            }
            let constructor = makes_instance && self.find(class, Side::Instance, send.selector).is_some();
            let known = self.table.is_known(class) && self.table.is_known(class_class);
            if known && !unchecked && !constructor && !self.handles_unknown(class, Side::Class) {
                self.not_understood(class, Side::Class, send);
            }
        }
        if makes_instance {
            made
        } else {
            Type::Dynamic
        }
    }

    fn find(&mut self, class: ClassId, side: Side, selector: SelectorId) -> Option<Found<'a>> {
        self.table.find(class, side, selector, self.selectors.text(selector))
    }

    /// Does the class take messages it has no method for? The root's handler, which raises, does not count.
    fn handles_unknown(&mut self, class: ClassId, side: Side) -> bool {
        let table = &self.table;
        let found = table
            .chain(class)
            .any(|c| table.parent(c).is_some() && table.info(c).method(side, "doesNotUnderstand:args:").is_some());
        found
    }

    /// An abstract class has no instances but those of its subclasses: one of them understands the message.
    fn understood_below(&mut self, class: ClassId, selector: SelectorId) -> bool {
        if !self.table.info(class).modifiers.is_abstract {
            return false;
        }
        let (table, text) = (&self.table, self.selectors.text(selector));
        *self.below.entry((class, selector)).or_insert_with(|| table.subclass_defines(class, text))
    }

    fn not_understood(&mut self, class: ClassId, side: Side, send: Send<'_>) {
        let name = self.table.name(class);
        let near = self.suggestion(class, side, send.selector);
        let selector = self.selectors.text(send.selector);
        self.diagnostics.push(match side {
            Side::Instance => dnu_instance::diagnostic(send.at, name, selector, near.as_deref()),
            Side::Class => dnu_class::diagnostic(send.at, name, selector, near.as_deref()),
        });
    }

    fn suggestion(&mut self, class: ClassId, side: Side, selector: SelectorId) -> Option<String> {
        if let Some(known) = self.suggestions.get(&(class, side, selector)) {
            return known.clone();
        }
        if self.suggestions.len() >= MAX_SUGGESTIONS {
            return None;
        }
        let text = self.selectors.text(selector);
        let own = self.table.selectors(class, side);
        let protocol = self.literals.class.filter(|_| side == Side::Class);
        let others = protocol.into_iter().flat_map(|c| self.table.selectors(c, Side::Instance));
        let near = crate::spelling::nearest(text, SUGGESTION_DISTANCE, own.chain(others)).map(str::to_string);
        self.suggestions.insert((class, side, selector), near.clone());
        near
    }

    fn argument_types(&mut self, class: ClassId, found: Found<'a>, send: Send<'_>, base: usize) {
        for (position, declared) in found.method.param_types.iter().enumerate() {
            let (Some(declared), Some(&actual)) = (declared, self.arguments.get(base + position)) else { continue };
            if matches!(actual, Type::Dynamic) {
                continue;
            }
            let expected = self.table.annotated(Some(declared));
            if let Some((expected, got)) = self.mismatch(expected, actual) {
                let at = self.ast.expr(send.args[position]).span;
                let selector = self.selectors.text(send.selector);
                let name = self.table.name(class);
                self.diagnostics.push(type_argument::diagnostic(at, position + 1, selector, name, expected, got));
            }
        }
    }

    fn numeric_operand(&mut self, class: ClassId, send: Send<'_>, base: usize) {
        let (Some(number), Type::Instance(operand)) = (self.literals.number, self.arguments[base]) else { return };
        let table = &self.table;
        if table.inherits(class, number) && table.is_known(operand) && !table.inherits(operand, number) {
            let selector = self.selectors.text(send.selector);
            let at = self.ast.expr(send.args[0]).span;
            self.diagnostics.push(type_operand::number(at, selector, table.name(class), table.name(operand)));
        }
    }

    fn text_operand(&mut self, class: ClassId, send: Send<'_>, base: usize) {
        let operand = self.arguments[base];
        let (Type::Instance(operand_class), Type::Instance(_)) = (operand, self.literals.string) else { return };
        let is_text = operand == self.literals.string || operand == self.literals.symbol;
        if Type::Instance(class) == self.literals.string && self.table.is_known(operand_class) && !is_text {
            self.report(type_operand::text(self.ast.expr(send.args[0]).span, self.table.name(operand_class)));
        }
    }
}
