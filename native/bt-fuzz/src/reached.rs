//! Which kinds of nodes of the resolved tree a program holds.

use std::collections::BTreeMap;

use bt_hir::{Body, Branch, Expr, Field, Fixed, Home, Literal, MethodBody, Module, Pattern, Segment, SendTarget, Unit};

/// How often each kind was met.
#[derive(Default)]
pub struct Reached(BTreeMap<&'static str, u64>);

/// Every kind that a correct program can hold.
pub const KINDS: &[&str] = &[
    "literal integer",
    "literal big integer",
    "literal float",
    "literal string",
    "literal symbol",
    "local",
    "set local",
    "self",
    "field",
    "set field",
    "class variable",
    "set class variable",
    "class reference",
    "global",
    "send to value",
    "send to self",
    "send to super",
    "send to class",
    "send to global",
    "send to erlang",
    "send with cells",
    "class",
    "isNil",
    "notNil",
    "yourself",
    "hash",
    "respondsTo:",
    "fieldNames",
    "fieldAt:",
    "fieldAt:put:",
    "perform:",
    "perform:withArguments:",
    "error:",
    "value",
    "value with 0 or 1",
    "await",
    "await:",
    "awaitForever",
    "->",
    ">>",
    "fixed with cells",
    "binary",
    "cascade",
    "cascade with cells",
    "block",
    "block that assigns",
    "sequence",
    "if",
    "if nil",
    "and",
    "or",
    "while",
    "until",
    "repeat",
    "times",
    "to do",
    "to by do",
    "let",
    "match",
    "guard",
    "any pattern",
    "variable pattern",
    "literal pattern",
    "tuple pattern",
    "return",
    "return from a block",
    "on do",
    "on do with the exception",
    "on do with a value",
    "ensure",
    "interpolation",
    "list",
    "list with a tail",
    "array",
    "map",
];

impl Reached {
    pub fn count(&self, kind: &str) -> u64 {
        self.0.get(kind).copied().unwrap_or(0)
    }

    pub fn missing(&self) -> Vec<&'static str> {
        KINDS.iter().filter(|kind| self.count(kind) == 0).copied().collect()
    }

    pub fn add(&mut self, module: &Module) {
        let Unit::Class(class) = &module.unit else { return };
        let defaults = class.fields.iter().chain(&class.class_vars).filter_map(|Field { default, .. }| default.as_ref());
        let methods = class.methods.iter().chain(&class.class_methods).filter_map(|m| match &m.body {
            MethodBody::Code(body) => Some(body),
            MethodBody::Primitive(..) | MethodBody::Intrinsic { .. } => None,
        });
        for body in defaults.chain(methods) {
            self.body(body);
        }
    }

    fn note(&mut self, kind: &'static str) {
        debug_assert!(KINDS.contains(&kind), "{kind} is not in the table");
        *self.0.entry(kind).or_default() += 1;
    }

    fn note_if(&mut self, there: bool, kind: &'static str) {
        if there {
            self.note(kind);
        }
    }

    fn body(&mut self, body: &Body) {
        for expr in &body.exprs {
            self.expr(expr);
        }
    }

    fn literal(&mut self, literal: &Literal) {
        self.note(match literal {
            Literal::Integer(_) => "literal integer",
            Literal::BigInteger(_) => "literal big integer",
            Literal::Float(_) => "literal float",
            Literal::String(_) => "literal string",
            Literal::Symbol(_) => "literal symbol",
        });
    }

    fn target(&mut self, target: &SendTarget) {
        self.note(match target {
            SendTarget::Value(_) => "send to value",
            SendTarget::SelfRef => "send to self",
            SendTarget::Super => "send to super",
            SendTarget::Class(_) => "send to class",
            SendTarget::Global(_) => "send to global",
            SendTarget::Erlang(_) => "send to erlang",
        });
    }

    fn fixed(&mut self, fixed: Fixed) {
        self.note(match fixed {
            Fixed::Class => "class",
            Fixed::IsNil => "isNil",
            Fixed::NotNil => "notNil",
            Fixed::Yourself => "yourself",
            Fixed::Hash => "hash",
            Fixed::RespondsTo => "respondsTo:",
            Fixed::FieldNames => "fieldNames",
            Fixed::FieldAt => "fieldAt:",
            Fixed::FieldAtPut => "fieldAt:put:",
            Fixed::Perform => "perform:",
            Fixed::PerformWithArguments => "perform:withArguments:",
            Fixed::ErrorMessage => "error:",
            Fixed::Value => "value",
            Fixed::ValueOptional => "value with 0 or 1",
            Fixed::Await => "await",
            Fixed::AwaitTimeout => "await:",
            Fixed::AwaitForever => "awaitForever",
            Fixed::Associate => "->",
            Fixed::MethodLookup => ">>",
        });
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Wildcard => self.note("any pattern"),
            Pattern::Bind(_) => self.note("variable pattern"),
            Pattern::Literal(_) => self.note("literal pattern"),
            Pattern::Tuple(parts) => {
                self.note("tuple pattern");
                parts.iter().for_each(|p| self.pattern(p));
            }
        }
    }

    /// Exhaustive without a wildcard: a new node must find its place here.
    fn expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Literal(literal) => self.literal(literal),
            Expr::Local(_) => self.note("local"),
            Expr::SetLocal(..) => self.note("set local"),
            Expr::SelfRef => self.note("self"),
            Expr::Field(_) => self.note("field"),
            Expr::SetField(..) => self.note("set field"),
            Expr::ClassVar(_) => self.note("class variable"),
            Expr::SetClassVar(..) => self.note("set class variable"),
            Expr::ClassRef(_) => self.note("class reference"),
            Expr::Global(_) => self.note("global"),
            Expr::Send { target, cells, .. } => {
                self.target(target);
                self.note_if(!cells.is_empty(), "send with cells");
            }
            Expr::Fixed(fixed, _, cells) => {
                self.fixed(*fixed);
                self.note_if(!cells.is_empty(), "fixed with cells");
            }
            Expr::Binary(..) => self.note("binary"),
            Expr::Cascade { target, messages } => {
                self.note("cascade");
                self.target(target);
                messages.iter().filter_map(|m| m.fixed).for_each(|f| self.fixed(f));
                self.note_if(messages.iter().any(|m| !m.cells.is_empty()), "cascade with cells");
            }
            Expr::Block(block) => {
                self.note("block");
                self.note_if(!block.writes.is_empty(), "block that assigns");
            }
            Expr::Seq(_) => self.note("sequence"),
            Expr::If { .. } => self.note("if"),
            Expr::IfNil { .. } => self.note("if nil"),
            Expr::And(..) => self.note("and"),
            Expr::Or(..) => self.note("or"),
            Expr::While { until, .. } => self.note(if *until { "until" } else { "while" }),
            Expr::Repeat { .. } => self.note("repeat"),
            Expr::TimesRepeat { .. } => self.note("times"),
            Expr::ToDo { by, .. } => self.note(if by.is_some() { "to by do" } else { "to do" }),
            Expr::Let { .. } => self.note("let"),
            Expr::Match { arms, .. } => {
                self.note("match");
                for arm in arms {
                    self.pattern(&arm.pattern);
                    self.note_if(arm.guard.is_some(), "guard");
                }
            }
            Expr::Return { home, .. } => self.note(match home {
                Home::Method => "return",
                Home::NonLocal => "return from a block",
            }),
            Expr::OnDo { handler, .. } => self.note(match handler {
                Branch::Inline(None, _) => "on do",
                Branch::Inline(Some(_), _) => "on do with the exception",
                Branch::Value(_) => "on do with a value",
            }),
            Expr::Ensure { .. } => self.note("ensure"),
            Expr::Interpolate(segments) => {
                self.note_if(segments.iter().any(|s| matches!(s, Segment::Value(_))), "interpolation");
            }
            Expr::List(_, tail) => self.note(if tail.is_some() { "list with a tail" } else { "list" }),
            Expr::Array(_) => self.note("array"),
            Expr::Map(_) => self.note("map"),
            Expr::Error => {}
        }
    }
}
