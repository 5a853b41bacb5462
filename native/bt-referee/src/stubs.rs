//! Replaces code by calls of the walker.
//!
//! `Erlang beamtalk_referee run: "key" with: index with: self with: #(a, b)` answers the list `[value, self, output, ...]`: the value of the body, the copy of
//! `self` it leaves, and what goes back to the workspace.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use bt_base::{Name, Selector, Span};
use bt_hir::{Body, Class, Eval, Expr, ExprId, Field, Literal, LocalId, MethodBody, Module, SendTarget, Unit};

use crate::terms;

const WALKER: &str = "beamtalk_referee";

/// A module whose code is all stubs.
pub struct Stubs {
    pub module: Module,
    /// Names the file with the trees: equal trees, equal key.
    pub key: String,
}

/// The module with its code replaced, and the trees as text for the walker.
pub fn split(module: &Module) -> (Stubs, String) {
    let mut module = module.clone();
    let mut trees = terms::header(&module);
    let mut count = 0;
    each_body(&mut module, &mut |body, owner, _| {
        terms::body(&mut trees, count, body, owner);
        count += 1;
    });
    let mut hasher = DefaultHasher::new();
    trees.hash(&mut hasher);
    let key = format!("{}-{:016x}", module.name, hasher.finish());
    let mut index = 0;
    each_body(&mut module, &mut |body, _, shape| {
        *body = stub(body, &key, index, shape);
        index += 1;
    });
    (Stubs { module, key }, trees)
}

/// What the walker must know about where the code stands.
#[derive(Clone, Copy)]
pub enum Owner {
    Instance,
    Class,
    /// Default of a field or class variable, or workspace input: no `self`.
    None,
}

struct Shape {
    span: Span,
    has_self: bool,
    inputs: Vec<LocalId>,
    outputs: Vec<LocalId>,
}

fn each_body(module: &mut Module, f: &mut dyn FnMut(&mut Body, Owner, &Shape)) {
    match &mut module.unit {
        Unit::Class(class) => each_class_body(class, f),
        Unit::Eval(eval) => {
            let Eval { body, inputs, outputs } = eval.as_mut();
            let locals = |names: &[(Name, LocalId)]| names.iter().map(|(_, local)| *local).collect();
            let shape = Shape { span: root_span(body), has_self: false, inputs: locals(inputs), outputs: locals(outputs) };
            body.params.clone_from(&shape.inputs);
            f(body, Owner::None, &shape);
        }
    }
}

fn each_class_body(class: &mut Class, f: &mut dyn FnMut(&mut Body, Owner, &Shape)) {
    let Class { fields, class_vars, methods, class_methods, .. } = class;
    for Field { default, .. } in fields.iter_mut().chain(class_vars) {
        if let Some(body) = default {
            let shape = Shape { span: root_span(body), has_self: false, inputs: Vec::new(), outputs: Vec::new() };
            f(body, Owner::None, &shape);
        }
    }
    for method in methods.iter_mut().chain(class_methods) {
        if let MethodBody::Code(body) = &mut method.body {
            let shape = Shape { span: method.span, has_self: true, inputs: body.params.clone(), outputs: Vec::new() };
            f(body, if method.class_side { Owner::Class } else { Owner::Instance }, &shape);
        }
    }
}

fn root_span(body: &Body) -> Span {
    body.root.map_or(Span::default(), |root| body.span(root))
}

/// Builds nodes that all stand at one place of the source.
struct Builder {
    body: Body,
    span: Span,
}

impl Builder {
    fn add(&mut self, expr: Expr) -> ExprId {
        self.body.add(expr, self.span)
    }

    fn erlang(&mut self, module: &str, selector: &str, args: Vec<ExprId>) -> ExprId {
        let target = SendTarget::Erlang(Name::new(module));
        self.add(Expr::Send { target, selector: Selector::new(selector), args, cells: Vec::new() })
    }

    fn element(&mut self, answer: LocalId, position: i64) -> ExprId {
        let index = self.add(Expr::Literal(Literal::Integer(position)));
        let list = self.add(Expr::Local(answer));
        self.erlang("lists", "nth:with:", vec![index, list])
    }
}

fn stub(code: &Body, key: &str, index: i64, shape: &Shape) -> Body {
    // Locals keep their numbers; what generators read off a body about its code no longer holds.
    let mut body = Body {
        locals: code.locals.clone(),
        params: if shape.has_self { code.params.clone() } else { Vec::new() },
        self_local: code.self_local,
        ..Body::default()
    };
    let answer = body.local("answer");
    let mut b = Builder { body, span: shape.span };
    let key = b.add(Expr::Literal(Literal::String(key.into())));
    let number = b.add(Expr::Literal(Literal::Integer(index)));
    let me = b.add(if shape.has_self { Expr::SelfRef } else { Expr::Literal(Literal::Symbol("nil".into())) });
    let values: Vec<ExprId> = shape.inputs.iter().map(|&l| b.add(Expr::Local(l))).collect();
    let values = b.add(Expr::List(values, None));
    let run = b.erlang(WALKER, "run:with:with:with:", vec![key, number, me, values]);
    let mut steps = vec![b.add(Expr::SetLocal(answer, run))];
    if let Some(local) = code.self_local {
        let copy = b.element(answer, 2);
        steps.push(b.add(Expr::SetLocal(local, copy)));
    }
    for (position, &output) in shape.outputs.iter().enumerate() {
        let value = b.element(answer, position as i64 + 3);
        steps.push(b.add(Expr::SetLocal(output, value)));
    }
    steps.push(b.element(answer, 1));
    let root = b.add(Expr::Seq(steps));
    b.body.root = Some(root);
    b.body
}
