//! Declared types as `spec` attributes in abstract form, for Dialyzer and the shells. They have no effect at run time.
//!
//! Classes whose instances are plain Erlang terms have an Erlang type; the receiver has the type of its class. Everything else is `any()`.

use bt_hir::{Class, ClassKind, Method};

use crate::core::Expr;

const TYPES: &[(&str, &str)] = &[
    ("Integer", "integer"),
    ("Character", "integer"),
    ("Float", "float"),
    ("Number", "number"),
    ("String", "binary"),
    ("Symbol", "atom"),
    ("Boolean", "boolean"),
    ("List", "list"),
    ("Dictionary", "map"),
    ("Tuple", "tuple"),
    ("Block", "function"),
    ("Pid", "pid"),
    ("Port", "port"),
    ("Reference", "reference"),
];

fn node(name: &'static str, line: u32, args: Expr) -> Expr {
    Expr::Tuple(vec![Expr::atom("type"), Expr::Int(i64::from(line)), Expr::atom(name), args])
}

fn simple(name: &str, line: u32) -> Expr {
    let atom = |value: &'static str| Expr::Tuple(vec![Expr::atom("atom"), Expr::Int(i64::from(line)), Expr::atom(value)]);
    match name {
        "True" => atom("true"),
        "False" => atom("false"),
        "Nil" | "UndefinedObject" => atom("nil"),
        _ => {
            let erlang = TYPES.iter().find(|(class, _)| *class == name).map_or("any", |(_, erlang)| erlang);
            // `map` and `tuple` without arguments are the empty ones.
            let args = if matches!(erlang, "map" | "tuple") { Expr::atom("any") } else { Expr::Nil };
            node(erlang, line, args)
        }
    }
}

fn declared(ty: Option<&String>, line: u32) -> Expr {
    match ty {
        None => simple("Object", line),
        Some(text) if text.contains('|') => {
            node("union", line, Expr::list(text.split('|').map(|name| simple(name.trim(), line)).collect()))
        }
        Some(name) => simple(name, line),
    }
}

/// What `self` is: a value object is a map, an actor or a class a reference.
fn receiver(class: &Class, class_side: bool, line: u32) -> Expr {
    match (class.kind, class_side) {
        (_, true) | (ClassKind::Actor, _) => node("tuple", line, Expr::atom("any")),
        // Instances of library classes are what the table says.
        (ClassKind::Value, false) if class.is_library => simple(&class.name, line),
        (ClassKind::Value, false) => node("map", line, Expr::atom("any")),
        (ClassKind::Either, false) => simple("Object", line),
    }
}

/// The attribute of one method, if anything is declared.
pub(crate) fn spec(class: &Class, method: &Method, function: &str, line: u32) -> Option<Expr> {
    if method.return_type.is_none() && method.param_types.iter().all(Option::is_none) {
        return None;
    }
    let mut params = vec![receiver(class, method.class_side, line)];
    params.extend(method.param_types.iter().map(|ty| declared(ty.as_ref(), line)));
    if method.class_side {
        params.push(simple("Object", line));
    }
    let arity = Expr::Int(params.len() as i64);
    let product = node("product", line, Expr::list(params));
    let result = declared(method.return_type.as_ref(), line);
    let function_type = node("fun", line, Expr::list(vec![product, result]));
    let key = Expr::Tuple(vec![Expr::atom(function.to_string()), arity]);
    Some(Expr::list(vec![Expr::Tuple(vec![key, Expr::list(vec![function_type])])]))
}
