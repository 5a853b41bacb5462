//! Checks of single sends that need no method table: literal blocks, literal arguments, instances of classes by name.

use bt_base::{Diagnostic, Span};
use bt_hir::Side;
use bt_syntax::ast::{ExprId, ExprKind};

use super::rules::{Rule, PRIMITIVE_CLASSES};
use super::sends::Send;
use super::table::ClassId;
use super::{Checker, Type};

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
                    self.typed("type/immutable", send.span, format!("Cannot mutate immutable value ({kind})"));
                }
            }
            Rule::ClassState => {
                if let (Type::Class(class), ExprKind::ClassRef(_)) = (receiver, &self.ast.expr(send.receiver).kind) {
                    self.class_variable(class, send);
                }
            }
            Rule::Count => {
                for &arg in send.args {
                    if let Some((message, at)) = self.not_an_integer(arg, send) {
                        self.warn("argument/count", at, message);
                    }
                }
            }
            Rule::Index => {
                let literals = &self.literals;
                let indexed = [literals.list, literals.tuple, literals.string];
                if receiver != Type::Dynamic && indexed.contains(&receiver) {
                    if let Some((message, at)) = self.not_an_integer(send.args[0], send) {
                        self.error("argument/index", at, message);
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
            let plural = if count == 1 { "parameter" } else { "parameters" };
            let selector = self.selectors.text(send.selector);
            let message = format!("{selector} expects a block with {count} {plural}, but got {}", params.len());
            self.error("block/arity", at, message);
        }
    }

    fn symbol_literal(&mut self, send: Send<'_>) {
        let (kind, at) = self.bare(send.args[0]);
        let problem = match kind {
            ExprKind::Symbol(_) => return,
            ExprKind::Variable(_) => ", not an identifier",
            ExprKind::ClassRef(_) => ", not a class reference",
            _ => "",
        };
        let message = format!("{} expects a symbol literal{problem}", self.selectors.text(send.selector));
        let mut diagnostic = Diagnostic::error("reflect/symbol-literal", at, message);
        if let ExprKind::Variable(name) | ExprKind::ClassRef(name) = kind {
            diagnostic = diagnostic.with_hint(format!("write the name as a symbol: #{name}")).with_edit(at, format!("#{name}"));
        }
        self.diagnostics.push(diagnostic);
    }

    fn not_an_integer(&self, arg: ExprId, send: Send<'_>) -> Option<(String, Span)> {
        let (kind, at) = self.bare(arg);
        let got = literal_kind(kind).filter(|k| *k != "an integer")?;
        Some((format!("{} expects an integer argument, got {got}", self.selectors.text(send.selector)), at))
    }

    fn text(&mut self, send: Send<'_>) {
        let (kind, at) = self.bare(send.args[0]);
        if let Some(got) = literal_kind(kind).filter(|k| *k != "a string") {
            let message = format!("{} expects a string argument, got {got}", self.selectors.text(send.selector));
            self.error("argument/string", at, message);
        }
    }

    /// `new`, `spawn` and friends sent to a class by name.
    fn instantiation(&mut self, class: ClassId, rule: Rule, send: Send<'_>) {
        let name = self.table.name(class);
        let is_new = rule != Rule::Spawn;
        if is_new && PRIMITIVE_CLASSES.contains(&name) {
            self.error("class/primitive-new", send.span, format!("Cannot instantiate primitive class `{name}`"));
            return;
        }
        if self.table.info(class).modifiers.is_abstract {
            let message = format!("Cannot instantiate abstract class `{name}`. Subclass it first.");
            self.error("class/abstract-new", send.span, message);
            return;
        }
        let is_actor = self.literals.actor.is_some_and(|actor| actor != class && self.table.inherits(class, actor));
        if is_new && is_actor {
            let message = format!("Actor subclass `{name}` should use `spawn` instead of `new`");
            self.diagnostics.push(
                Diagnostic::warning("actor/new", send.span, message)
                    .with_hint("actors are processes: `spawn` or `spawnWith:` starts one"),
            );
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
                let message = format!("Unknown field `{text}` for class `{}`", self.table.name(class));
                self.diagnostics.push(
                    Diagnostic::warning("class/unknown-field", at, message)
                        .with_hint(format!("the fields are: {}", fields.join(", "))),
                );
            }
        }
    }

    fn class_variable(&mut self, class: ClassId, send: Send<'_>) {
        let (ExprKind::Symbol(text), at) = self.bare(send.args[0]) else { return };
        let table = &self.table;
        let is_declared = table.chain(class).any(|c| table.info(c).class_vars.iter().any(|v| v.name == text.as_ref()));
        let own_method = table.chain(class).any(|c| table.info(c).method(Side::Class, "classState:").is_some());
        if table.is_known(class) && !own_method && !is_declared {
            let message = format!("Undefined class variable `{text}` on class `{}`", table.name(class));
            self.warn("class/unknown-variable", at, message);
        }
    }
}
