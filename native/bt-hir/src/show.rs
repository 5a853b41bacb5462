//! The tree's text form, for `show --stage hir`, snapshots and reviews. One node per line, children indented.

use std::fmt::Write as _;

use crate::node::{
    Body, Branch, Expr, ExprId, Home, Literal, LocalId, Method, MethodBody, Module, Pattern, Segment, SendTarget, Unit,
};

/// Readable dump of a whole module.
pub fn show(module: &Module) -> String {
    let mut out = format!("module {}\n", module.name);
    match &module.unit {
        Unit::Eval(eval) => {
            for (name, local) in &eval.inputs {
                let _ = writeln!(out, "input {name} = %{}", local.0);
            }
            body(&mut out, &eval.body, 0);
            for (name, local) in &eval.outputs {
                let _ = writeln!(out, "output {name} = %{}", local.0);
            }
        }
        Unit::Class(class) => {
            let superclass = class.superclass.as_deref().unwrap_or("none");
            let _ = writeln!(out, "class {} < {} ({:?})", class.name, superclass, class.kind);
            for (label, fields) in [("field", &class.fields), ("classvar", &class.class_vars)] {
                for field in fields {
                    let _ = writeln!(out, "{label} {}", field.name);
                    if let Some(default) = &field.default {
                        body(&mut out, default, 1);
                    }
                }
            }
            for m in class.methods.iter().chain(&class.class_methods) {
                method(&mut out, m);
            }
        }
    }
    out
}

fn method(out: &mut String, m: &Method) {
    let side = if m.class_side { "class method" } else { "method" };
    let _ = write!(out, "{side} {}", m.selector);
    match &m.body {
        MethodBody::Primitive(p, _) => {
            let _ = writeln!(out, " = primitive {}:{}", p.module, p.function);
        }
        MethodBody::Intrinsic { module, function, .. } => {
            let _ = writeln!(out, " = intrinsic {module}:{function}");
        }
        MethodBody::Code(code) => {
            let params: Vec<String> = code.params.iter().map(|p| local(code, *p)).collect();
            let _ = writeln!(out, " ({})", params.join(", "));
            body(out, code, 1);
        }
    }
}

fn local(b: &Body, id: LocalId) -> String {
    format!("%{}:{}", id.0, b.locals[id.0 as usize].name)
}

fn locals(b: &Body, ids: &[LocalId]) -> String {
    ids.iter().map(|l| local(b, *l)).collect::<Vec<_>>().join(" ")
}

fn body(out: &mut String, b: &Body, depth: usize) {
    if let Some(root) = b.root {
        node(out, b, root, depth, "");
    }
}

fn literal(value: &Literal) -> String {
    match value {
        Literal::Integer(i) => i.to_string(),
        Literal::BigInteger(i) => i.to_string(),
        Literal::Float(f) => format!("{f:?}"),
        Literal::String(s) => format!("{s:?}"),
        Literal::Symbol(s) => format!("#{s}"),
    }
}

fn target(t: &SendTarget) -> (String, Option<ExprId>) {
    match t {
        SendTarget::Value(e) => (String::new(), Some(*e)),
        SendTarget::SelfRef => ("self ".into(), None),
        SendTarget::Super => ("super ".into(), None),
        SendTarget::Class(name) => (format!("class {name} "), None),
        SendTarget::Global(name) => (format!("global {name} "), None),
        SendTarget::Erlang(name) => (format!("erlang {name} "), None),
    }
}

fn pattern(b: &Body, p: &Pattern) -> String {
    match p {
        Pattern::Wildcard => "_".into(),
        Pattern::Bind(l) => local(b, *l),
        Pattern::Literal(l) => literal(l),
        Pattern::Tuple(parts) => {
            format!("{{{}}}", parts.iter().map(|p| pattern(b, p)).collect::<Vec<_>>().join(", "))
        }
    }
}

fn node(out: &mut String, b: &Body, id: ExprId, depth: usize, label: &str) {
    stacker::maybe_grow(64 * 1024, 1 << 20, || node_on_stack(out, b, id, depth, label))
}

fn node_on_stack(out: &mut String, b: &Body, id: ExprId, depth: usize, label: &str) {
    let expr = b.expr(id);
    let _ = write!(out, "{}{label}", "  ".repeat(depth.min(200)));
    let mut children: Vec<(String, ExprId)> = Vec::new();
    let mut kids = |label: &str, ids: &[ExprId]| {
        for e in ids {
            children.push((label.to_string(), *e));
        }
    };
    let head = match expr {
        Expr::Literal(l) => format!("literal {}", literal(l)),
        Expr::Local(l) => format!("local {}", local(b, *l)),
        Expr::SetLocal(l, e) => {
            kids("", &[*e]);
            format!("set {}", local(b, *l))
        }
        Expr::SelfRef => "self".into(),
        Expr::Field(f) => format!("field {f}"),
        Expr::SetField(f, e) => {
            kids("", &[*e]);
            format!("setfield {f}")
        }
        Expr::ClassVar(f) => format!("classvar {f}"),
        Expr::SetClassVar(f, e) => {
            kids("", &[*e]);
            format!("setclassvar {f}")
        }
        Expr::ClassRef(c) => format!("class {c}"),
        Expr::Global(c) => format!("global {c}"),
        Expr::Send { target: t, selector, args, cells } => {
            let (text, receiver) = target(t);
            kids("", receiver.as_slice());
            kids("", args);
            let cells = if cells.is_empty() { String::new() } else { format!(" cells [{}]", locals(b, cells)) };
            format!("send {text}{selector}{cells}")
        }
        Expr::Fixed(op, args, cells) => {
            kids("", args);
            let cells = if cells.is_empty() { String::new() } else { format!(" cells [{}]", locals(b, cells)) };
            format!("fixed {op:?}{cells}")
        }
        Expr::Binary(op, l, r) => {
            kids("", &[*l, *r]);
            format!("binary {}", op.selector())
        }
        Expr::Cascade { target: t, messages } => {
            let (text, receiver) = target(t);
            kids("", receiver.as_slice());
            for m in messages {
                kids(&format!("{} ", m.selector), &m.args);
            }
            let names: Vec<&str> = messages.iter().map(|m| m.selector.as_str()).collect();
            format!("cascade {text}{}", names.join("; "))
        }
        Expr::Block(block) => {
            kids("", &[block.body]);
            let cells = if block.has_cells { " cells" } else { "" };
            format!("block ({}) writes [{}]{cells}", locals(b, &block.params), locals(b, &block.writes))
        }
        Expr::Seq(es) => {
            kids("", es);
            "seq".into()
        }
        Expr::If { condition, selector, then, otherwise } => {
            kids("", &[*condition]);
            kids("then ", then.as_slice());
            kids("else ", otherwise.as_slice());
            format!("if {selector}")
        }
        Expr::IfNil { value, nil, not_nil, binding } => {
            kids("", &[*value]);
            kids("nil ", nil.as_slice());
            kids("notnil ", not_nil.as_slice());
            format!("ifnil {}", locals(b, binding.as_slice()))
        }
        Expr::And(l, r) => {
            kids("", &[*l, *r]);
            "and".into()
        }
        Expr::Or(l, r) => {
            kids("", &[*l, *r]);
            "or".into()
        }
        Expr::While { condition, until, body } => {
            kids("test ", &[*condition]);
            kids("body ", &[*body]);
            if *until {
                "until".into()
            } else {
                "while".into()
            }
        }
        Expr::Repeat { body } => {
            kids("", &[*body]);
            "repeat".into()
        }
        Expr::TimesRepeat { count, body } => {
            kids("", &[*count, *body]);
            "times".into()
        }
        Expr::ToDo { from, to, by, var, body } => {
            kids("from ", &[*from]);
            kids("to ", &[*to]);
            kids("by ", by.as_slice());
            kids("body ", &[*body]);
            format!("todo {}", local(b, *var))
        }
        Expr::Let { bindings, body } => {
            for (l, e) in bindings {
                kids(&format!("{} = ", local(b, *l)), &[*e]);
            }
            kids("", &[*body]);
            "let".into()
        }
        Expr::Match { subject, arms } => {
            kids("", &[*subject]);
            for arm in arms {
                kids("when ", arm.guard.as_slice());
                kids(&format!("{} -> ", pattern(b, &arm.pattern)), &[arm.body]);
            }
            "match".into()
        }
        Expr::Return { value, home } => {
            kids("", &[*value]);
            match home {
                Home::Method => "return".into(),
                Home::NonLocal => "return nonlocal".into(),
            }
        }
        Expr::OnDo { body, filter, handler } => {
            kids("filter ", &[*filter]);
            kids("body ", &[*body]);
            match handler {
                Branch::Inline(l, e) => kids(&format!("handler {} ", locals(b, l.as_slice())), &[*e]),
                Branch::Value(e) => kids("handler value ", &[*e]),
            }
            "ondo".into()
        }
        Expr::Ensure { body, cleanup } => {
            kids("", &[*body]);
            kids("cleanup ", &[*cleanup]);
            "ensure".into()
        }
        Expr::Interpolate(segments) => {
            for s in segments {
                if let Segment::Value(e) = s {
                    kids("", &[*e]);
                }
            }
            let texts: Vec<String> = segments
                .iter()
                .map(|s| match s {
                    Segment::Text(t) => format!("{t:?}"),
                    Segment::Value(_) => "{}".into(),
                })
                .collect();
            format!("interpolate {}", texts.join(" "))
        }
        Expr::List(es, tail) => {
            kids("", es);
            kids("| ", tail.as_slice());
            "list".into()
        }
        Expr::Array(es) => {
            kids("", es);
            "array".into()
        }
        Expr::Map(entries) => {
            for (k, v) in entries {
                kids("key ", &[*k]);
                kids("value ", &[*v]);
            }
            "map".into()
        }
        Expr::Error => "error".into(),
    };
    out.push_str(&head);
    out.push('\n');
    for (label, child) in children {
        node(out, b, child, depth + 1, &label);
    }
}
