//! The tree as Erlang terms in text form, one `{body, ...}.` per piece of code: what `file:consult/1` reads.
//!
//! Exhaustive without a wildcard, like every reader of the tree. Positions are left out: the walker has none.

use std::fmt::Write as _;

use bt_hir::{Body, Branch, ClassKind, Expr, ExprId, Fixed, Literal, LocalId, Module, Pattern, Segment, SendTarget, Unit};

use crate::stubs::Owner;

/// What is the same for all code of a module.
pub fn header(module: &Module) -> String {
    let (class, kind) = match &module.unit {
        Unit::Class(class) => (class.name.as_str(), class.kind),
        Unit::Eval(_) => ("nil", ClassKind::Value),
    };
    let kind = match kind {
        ClassKind::Value => "value",
        ClassKind::Actor => "actor",
        ClassKind::Either => "either",
    };
    let outputs = match &module.unit {
        Unit::Class(_) => Vec::new(),
        Unit::Eval(eval) => eval.outputs.iter().map(|(_, local)| *local).collect(),
    };
    format!("{{unit, {}, {kind}, {}}}.\n", atom(class), locals(&outputs))
}

pub fn body(out: &mut String, index: usize, body: &Body, owner: Owner) {
    let owner = match owner {
        Owner::Instance => "instance",
        Owner::Class => "class",
        Owner::None => "none",
    };
    let me = body.self_local.map_or("none".to_string(), |l| l.0.to_string());
    let writes = body.writes_class_vars;
    let _ = write!(out, "{{body, {index}, {owner}, {me}, {}, {writes},\n ", locals(&body.params));
    match body.root {
        Some(root) => Tree { out, body }.node(root),
        None => out.push_str("{seq, []}"),
    }
    out.push_str("}.\n");
}

fn locals(ids: &[LocalId]) -> String {
    let numbers: Vec<String> = ids.iter().map(|l| l.0.to_string()).collect();
    format!("[{}]", numbers.join(", "))
}

fn atom(name: &str) -> String {
    let mut out = String::from("'");
    for c in name.chars() {
        match c {
            '\'' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            other => {
                let _ = write!(out, "\\x{{{:x}}}", u32::from(other));
            }
        }
    }
    out.push('\'');
    out
}

fn text(value: &str) -> String {
    let plain = value.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\');
    if plain {
        return format!("<<\"{value}\">>");
    }
    let bytes: Vec<String> = value.bytes().map(|b| b.to_string()).collect();
    format!("<<{}>>", bytes.join(","))
}

fn literal(value: &Literal) -> String {
    match value {
        Literal::Integer(i) => i.to_string(),
        Literal::BigInteger(i) => i.to_string(),
        // By its bits: every float comes out as it went in.
        Literal::Float(f) => format!("{{float, {}}}", f.to_bits()),
        Literal::String(s) => text(s),
        Literal::Symbol(s) => atom(s),
    }
}

fn fixed(op: Fixed) -> &'static str {
    match op {
        Fixed::Class => "class",
        Fixed::IsNil => "is_nil",
        Fixed::NotNil => "not_nil",
        Fixed::Yourself => "yourself",
        Fixed::Hash => "hash",
        Fixed::RespondsTo => "responds_to",
        Fixed::FieldNames => "field_names",
        Fixed::FieldAt => "field_at",
        Fixed::FieldAtPut => "field_at_put",
        Fixed::Perform => "perform",
        Fixed::PerformWithArguments => "perform_with_arguments",
        Fixed::ErrorMessage => "error_message",
        Fixed::Value => "value",
        Fixed::ValueOptional => "value_optional",
        Fixed::Await => "await",
        Fixed::AwaitTimeout => "await_timeout",
        Fixed::AwaitForever => "await_forever",
        Fixed::Associate => "associate",
        Fixed::MethodLookup => "method_lookup",
    }
}

struct Tree<'a> {
    out: &'a mut String,
    body: &'a Body,
}

impl Tree<'_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn nodes(&mut self, ids: &[ExprId]) {
        self.put("[");
        for (position, &id) in ids.iter().enumerate() {
            if position > 0 {
                self.put(", ");
            }
            self.node(id);
        }
        self.put("]");
    }

    fn option(&mut self, id: Option<ExprId>) {
        match id {
            Some(id) => self.node(id),
            None => self.put("none"),
        }
    }

    /// `{tag, a, b}`: children after what is known as text.
    fn form(&mut self, head: &str, children: &[Option<ExprId>]) {
        self.put("{");
        self.put(head);
        for &child in children {
            self.put(", ");
            self.option(child);
        }
        self.put("}");
    }

    fn target(&mut self, target: &SendTarget) {
        match target {
            SendTarget::Value(id) => self.form("value", &[Some(*id)]),
            SendTarget::SelfRef => self.put("self"),
            SendTarget::Super => self.put("super"),
            SendTarget::Class(name) => self.put(&format!("{{class, {}}}", atom(name))),
            SendTarget::Global(name) => self.put(&format!("{{global, {}}}", atom(name))),
            SendTarget::Erlang(name) => self.put(&format!("{{erlang, {}}}", atom(name))),
        }
    }

    fn pattern(pattern: &Pattern) -> String {
        match pattern {
            Pattern::Wildcard => "any".into(),
            Pattern::Bind(local) => format!("{{bind, {}}}", local.0),
            Pattern::Literal(value) => format!("{{literal, {}}}", literal(value)),
            Pattern::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(Tree::pattern).collect();
                format!("{{tuple, [{}]}}", parts.join(", "))
            }
        }
    }

    fn node(&mut self, id: ExprId) {
        let body = self.body;
        match body.expr(id) {
            Expr::Literal(value) => self.put(&format!("{{literal, {}}}", literal(value))),
            Expr::Local(l) => self.put(&format!("{{local, {}}}", l.0)),
            Expr::SetLocal(l, value) => self.form(&format!("set_local, {}", l.0), &[Some(*value)]),
            Expr::SelfRef => self.put("self"),
            Expr::Field(name) => self.put(&format!("{{field, {}}}", atom(name))),
            Expr::SetField(name, value) => self.form(&format!("set_field, {}", atom(name)), &[Some(*value)]),
            Expr::ClassVar(name) => self.put(&format!("{{class_var, {}}}", atom(name))),
            Expr::SetClassVar(name, value) => self.form(&format!("set_class_var, {}", atom(name)), &[Some(*value)]),
            Expr::ClassRef(name) => self.put(&format!("{{class_ref, {}}}", atom(name))),
            Expr::Global(name) => self.put(&format!("{{global, {}}}", atom(name))),
            Expr::Send { target, selector, args, cells } => {
                self.put("{send, ");
                self.target(target);
                self.put(&format!(", {}, ", atom(selector)));
                self.nodes(args);
                self.put(&format!(", {}}}", locals(cells)));
            }
            Expr::Fixed(op, args, cells) => {
                self.put(&format!("{{fixed, {}, ", fixed(*op)));
                self.nodes(args);
                self.put(&format!(", {}}}", locals(cells)));
            }
            Expr::Binary(op, left, right) => self.form(&format!("binary, {}", atom(op.selector())), &[Some(*left), Some(*right)]),
            Expr::Cascade { target, messages } => {
                self.put("{cascade, ");
                self.target(target);
                self.put(", [");
                for (position, message) in messages.iter().enumerate() {
                    if position > 0 {
                        self.put(", ");
                    }
                    self.put(&format!("{{{}, ", atom(&message.selector)));
                    self.nodes(&message.args);
                    let meaning = message.fixed.map_or("none", fixed);
                    self.put(&format!(", {}, {meaning}}}", locals(&message.cells)));
                }
                self.put("]}");
            }
            Expr::Block(block) => {
                let writes = if block.has_cells { locals(&block.writes) } else { "none".to_string() };
                self.form(&format!("block, {}, {writes}", locals(&block.params)), &[Some(block.body)]);
            }
            Expr::Seq(list) => {
                self.put("{seq, ");
                self.nodes(list);
                self.put("}");
            }
            Expr::If { condition, selector, then, otherwise } => {
                self.form(&format!("'if', {}", atom(selector)), &[Some(*condition), *then, *otherwise]);
            }
            Expr::IfNil { value, nil, not_nil, binding } => {
                let binding = binding.map_or("none".to_string(), |l| l.0.to_string());
                self.form(&format!("if_nil, {binding}"), &[Some(*value), *nil, *not_nil]);
            }
            Expr::And(left, right) => self.form("'and'", &[Some(*left), Some(*right)]),
            Expr::Or(left, right) => self.form("'or'", &[Some(*left), Some(*right)]),
            Expr::While { condition, until, body } => self.form(&format!("while, {until}"), &[Some(*condition), Some(*body)]),
            Expr::Repeat { body } => self.form("repeat", &[Some(*body)]),
            Expr::TimesRepeat { count, body } => self.form("times", &[Some(*count), Some(*body)]),
            Expr::ToDo { from, to, by, var, body } => {
                self.form(&format!("to_do, {}", var.0), &[Some(*from), Some(*to), *by, Some(*body)]);
            }
            Expr::Let { bindings, body } => {
                self.put("{'let', [");
                for (position, (local, value)) in bindings.iter().enumerate() {
                    if position > 0 {
                        self.put(", ");
                    }
                    self.form(&local.0.to_string(), &[Some(*value)]);
                }
                self.put("], ");
                self.node(*body);
                self.put("}");
            }
            Expr::Match { subject, arms } => {
                self.form("match", &[Some(*subject)]);
                self.out.pop();
                self.put(", [");
                for (position, arm) in arms.iter().enumerate() {
                    if position > 0 {
                        self.put(", ");
                    }
                    self.form(&Tree::pattern(&arm.pattern), &[arm.guard, Some(arm.body)]);
                }
                self.put("]}");
            }
            Expr::Return { value, home } => {
                let home = match home {
                    bt_hir::Home::Method => "method",
                    bt_hir::Home::NonLocal => "nonlocal",
                };
                self.form(&format!("return, {home}"), &[Some(*value)]);
            }
            Expr::OnDo { body, filter, handler } => {
                let (binding, id) = match handler {
                    Branch::Inline(None, id) => ("inline".to_string(), id),
                    Branch::Inline(Some(local), id) => (format!("{{inline, {}}}", local.0), id),
                    Branch::Value(id) => ("value".to_string(), id),
                };
                self.form(&format!("on_do, {binding}"), &[Some(*filter), Some(*body), Some(*id)]);
            }
            Expr::Ensure { body, cleanup } => self.form("ensure", &[Some(*body), Some(*cleanup)]),
            Expr::Interpolate(segments) => {
                self.put("{interpolate, [");
                for (position, segment) in segments.iter().enumerate() {
                    if position > 0 {
                        self.put(", ");
                    }
                    match segment {
                        Segment::Text(t) => self.put(&text(t)),
                        Segment::Value(id) => self.node(*id),
                    }
                }
                self.put("]}");
            }
            Expr::List(elements, tail) => {
                self.put("{list, ");
                self.nodes(elements);
                self.put(", ");
                self.option(*tail);
                self.put("}");
            }
            Expr::Array(elements) => {
                self.put("{array, ");
                self.nodes(elements);
                self.put("}");
            }
            Expr::Map(entries) => {
                self.put("{map, [");
                for (position, (key, value)) in entries.iter().enumerate() {
                    if position > 0 {
                        self.put(", ");
                    }
                    self.put("{");
                    self.node(*key);
                    self.put(", ");
                    self.node(*value);
                    self.put("}");
                }
                self.put("]}");
            }
            Expr::Error => self.put("error"),
        }
    }
}
