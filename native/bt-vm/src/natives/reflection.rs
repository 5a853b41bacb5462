//! `beamtalk_reflection` and `beamtalk_compiled_method_ops`: what classes say about themselves, as far as the machine knows them.
//!
//! A class that only the host knows is asked of it. So are the classes below one, changes of documentation and removal: they concern the node.

use super::objects::{sorted, tag_name};
use super::Row;
use crate::classes::ClassId;
use crate::context::Context;
use crate::errors::Error;
use crate::library::{Description, MethodDescription};
use crate::raise::Failure;
use crate::value::Value;

const MODULE: &str = "beamtalk_reflection";
const METHOD: &str = "beamtalk_compiled_method_ops";

pub(crate) const TABLE: &[Row] = &[
    (MODULE, "name", 1, name),
    (MODULE, "this_class", 1, |_, o| subject(&o[0]).map(Value::Class)),
    (MODULE, "superclass", 1, superclass),
    (MODULE, "all_superclasses", 1, all_superclasses),
    (MODULE, "inherits_from", 2, |c, o| related(c, o, false)),
    (MODULE, "includes_behaviour", 2, |c, o| related(c, o, true)),
    (MODULE, "methods", 1, |c, o| methods(c, &o[0])),
    (MODULE, "all_methods", 1, all_methods),
    (MODULE, "includes_selector", 2, |c, o| includes(c, o, Side::Instance)),
    (MODULE, "can_understand", 2, |c, o| Ok(Value::boolean(defining(c, &o[0], &o[1])?.is_some()))),
    (MODULE, "which_class_includes_selector", 2, |c, o| Ok(defining(c, &o[0], &o[1])?.map_or(Value::Nil, Value::Class))),
    (MODULE, "class_methods", 1, class_methods),
    (MODULE, "local_class_methods", 1, local_class_methods),
    (MODULE, "class_includes_selector", 2, |c, o| includes(c, o, Side::Class)),
    (MODULE, "field_names", 1, |c, o| declared(c, subject(&o[0])?)),
    (MODULE, "all_field_names", 1, all_field_names),
    (MODULE, "doc", 1, doc),
    (MODULE, "method", 2, method),
    (MODULE, "method_named", 2, method_named),
    ("beamtalk_primitive", "method_of", 2, method),
    (METHOD, "selector", 1, |c, o| part(c, o, "selector")),
    (METHOD, "argumentCount", 1, |c, o| part(c, o, "argumentCount")),
    (METHOD, "source", 1, |c, o| part(c, o, "source")),
    (METHOD, "doc", 1, |c, o| part(c, o, "doc")),
    (METHOD, "asString", 1, shown),
    (METHOD, "printString", 1, shown),
    (METHOD, "doesNotUnderstand_args", 3, not_understood),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Instance,
    Class,
}

/// The class that a class object or a metaclass object is about.
fn subject(value: &Value) -> Result<ClassId, Failure> {
    match value {
        Value::Class(class) | Value::Metaclass(class) => Ok(*class),
        _ => Err(Failure::Host),
    }
}

/// The class whose instance methods the receiver is asked about: a metaclass object knows those of Metaclass.
fn instance_side(value: &Value) -> Result<ClassId, Failure> {
    match value {
        Value::Class(class) => Ok(*class),
        Value::Metaclass(_) => Ok(ClassId::Metaclass),
        _ => Err(Failure::Host),
    }
}

/// The same sort of object about another class.
fn like(value: &Value, class: ClassId) -> Value {
    match value {
        Value::Metaclass(_) => Value::Metaclass(class),
        _ => Value::Class(class),
    }
}

fn name(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    match &operands[0] {
        Value::Class(class) => Ok(Value::Symbol(context.classes.name(*class))),
        Value::Metaclass(class) => Ok(Value::text(format!("{} class", context.symbols.name(context.classes.name(*class))))),
        _ => Err(Failure::Host),
    }
}

/// What the class says about itself; a class that is not known here is the host's.
fn description(context: &mut Context, class: ClassId) -> Result<&Description, Failure> {
    let known = context.classes.named(context.classes.name(class), &mut context.symbols);
    known.and_then(|class| context.classes.code(class)).map(|code| &code.description).ok_or(Failure::Host)
}

/// The class and all above it.
fn ancestors(context: &mut Context, class: ClassId) -> Result<Vec<ClassId>, Failure> {
    let mut all = vec![class];
    let mut at = class;
    while let Some(above) = parent(context, at)?.filter(|above| !all.contains(above)) {
        all.push(above);
        at = above;
    }
    Ok(all)
}

fn parent(context: &mut Context, class: ClassId) -> Result<Option<ClassId>, Failure> {
    description(context, class)?;
    context.classes.superclass(class, &mut context.symbols).map_err(|_| Failure::Host)
}

fn superclass(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let above = parent(context, subject(&operands[0])?)?;
    Ok(above.map_or(Value::Nil, |above| like(&operands[0], above)))
}

fn all_superclasses(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let all = ancestors(context, subject(&operands[0])?)?;
    Ok(Value::list(all.into_iter().skip(1).map(|above| like(&operands[0], above)).collect::<Vec<_>>().into_iter()))
}

fn related(context: &mut Context, operands: &mut [Value], or_same: bool) -> Result<Value, Failure> {
    let class = subject(&operands[0])?;
    let other = match &operands[1] {
        Value::Class(other) | Value::Metaclass(other) => *other,
        foreign if foreign.as_foreign().is_some() => return Err(Failure::Host),
        _ => return Ok(Value::False),
    };
    let all = ancestors(context, class)?;
    Ok(Value::boolean(all[usize::from(!or_same)..].contains(&other)))
}

/// Selectors that the class itself defines on a side.
fn selectors(context: &mut Context, class: ClassId, side: Side) -> Result<Vec<String>, Failure> {
    let description = description(context, class)?;
    let of_side = description.methods.iter().filter(|method| method.class_side == (side == Side::Class));
    Ok(of_side.map(|method| method.selector.clone()).collect())
}

fn methods(context: &mut Context, receiver: &Value) -> Result<Value, Failure> {
    let names = selectors(context, instance_side(receiver)?, Side::Instance)?;
    Ok(sorted(context, names))
}

fn all_methods(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let mut names = Vec::new();
    for class in ancestors(context, instance_side(&operands[0])?)? {
        names.extend(selectors(context, class, Side::Instance)?);
    }
    Ok(sorted(context, names))
}

fn includes(context: &mut Context, operands: &mut [Value], side: Side) -> Result<Value, Failure> {
    let names = match side {
        Side::Instance => selectors(context, instance_side(&operands[0])?, side)?,
        Side::Class => own_class_methods(context, subject(&operands[0])?)?,
    };
    let wanted = context.symbols.text(&operands[1]);
    Ok(Value::boolean(wanted.is_some_and(|wanted| names.iter().any(|name| name == wanted))))
}

/// The class that defines the instance method which the receiver has for the selector.
fn defining(context: &mut Context, receiver: &Value, selector: &Value) -> Result<Option<ClassId>, Failure> {
    let Some(wanted) = context.symbols.text(selector).map(str::to_string) else { return Ok(None) };
    for class in ancestors(context, instance_side(receiver)?)? {
        if selectors(context, class, Side::Instance)?.contains(&wanted) {
            return Ok(Some(class));
        }
    }
    Ok(None)
}

/// The class's own selectors on its class side, with those that make its instances.
fn own_class_methods(context: &mut Context, class: ClassId) -> Result<Vec<String>, Failure> {
    let mut names = selectors(context, class, Side::Class)?;
    let is_actor = context.classes.code(class).is_some_and(|code| code.is_actor);
    let makers = if is_actor { ["spawn", "spawnWith:"] } else { ["new", "new:"] };
    names.extend(makers.map(str::to_string));
    Ok(names)
}

fn local_class_methods(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let names = own_class_methods(context, subject(&operands[0])?)?;
    Ok(sorted(context, names))
}

fn class_methods(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let mut names = Vec::new();
    for class in ancestors(context, subject(&operands[0])?)? {
        names.extend(own_class_methods(context, class)?);
    }
    Ok(sorted(context, names))
}

/// Names in their order, without repetition.
fn listed(context: &mut Context, names: &[String]) -> Value {
    let symbols: Vec<Value> = names.iter().map(|name| context.symbols.value(name)).collect();
    Value::list(symbols.into_iter())
}

/// Fields declared in the class itself.
pub(crate) fn declared(context: &mut Context, class: ClassId) -> Result<Value, Failure> {
    let names = description(context, class)?.own_fields.clone();
    Ok(listed(context, &names))
}

fn all_field_names(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let mut names: Vec<String> = Vec::new();
    for class in ancestors(context, subject(&operands[0])?)?.into_iter().rev() {
        for name in &description(context, class)?.own_fields {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    Ok(listed(context, &names))
}

fn text_or_nil(text: Option<&str>) -> Value {
    text.map(|text| text.trim_matches(['\n', '\r'])).filter(|text| !text.is_empty()).map_or(Value::Nil, Value::text)
}

fn doc(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let description = description(context, subject(&operands[0])?)?;
    match description.is_shared {
        true => Err(Failure::Host),
        false => Ok(text_or_nil(description.doc.as_deref())),
    }
}

/// `aClass >> selector`: a CompiledMethod of the class or of one above it, else nil.
fn method(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    if operands.iter().any(|operand| operand.as_foreign().is_some()) {
        return Err(Failure::Host);
    }
    let is_class = matches!(operands[0], Value::Class(_) | Value::Metaclass(_));
    if !is_class || context.symbols.text(&operands[1]).is_none() {
        let (class, selector) = (tag_name(context, &operands[0]), context.intern(">>"));
        return Err(context.raise(Error::new("type_error", Some(class), Some(selector)).hint(">> expects a class and a Symbol")));
    }
    match defining(context, &operands[0], &operands[1])? {
        Some(class) if description(context, class)?.is_shared => Err(Failure::Host),
        Some(class) => compiled_method(context, class, &operands[1]),
        None => Ok(Value::Nil),
    }
}

fn compiled_method(context: &mut Context, class: ClassId, selector: &Value) -> Result<Value, Failure> {
    let wanted = context.symbols.text(selector).unwrap_or_default().to_string();
    let is = |method: &&MethodDescription| !method.class_side && method.selector == wanted;
    let found = description(context, class)?.methods.iter().find(is).cloned().unwrap_or_default();
    let arity = bt_base::Selector::new(&wanted).arity();
    let fields = [
        ("selector", selector.clone()),
        ("source", Value::text(found.source)),
        ("argumentCount", Value::Integer(arity as i64)),
        ("doc", text_or_nil(found.doc.as_deref())),
        ("definingClass", Value::Symbol(context.classes.name(class))),
    ];
    let fields = fields.into_iter().map(|(name, value)| (context.intern(name), value)).collect();
    let name = context.intern("CompiledMethod");
    let class = context.classes.entry(name);
    Ok(context.classes.instance(class, fields))
}

/// The same of a class named in the source. An unknown one is no value that the look-up could be sent to.
fn method_named(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let Value::Symbol(name) = operands[0] else { return Err(Failure::Host) };
    let class = context.classes.entry(name);
    match context.classes.superclass(class, &mut context.symbols) {
        Ok(_) if context.classes.is_there(class) => method(context, &mut [Value::Class(class), operands[1].clone()]),
        Ok(_) => {
            let text = context.symbols.name(name).to_string();
            let (selector, hint) = (context.intern(">>"), format!("Define {text} with: Object subclass: {text}"));
            Err(context.raise(Error::new("does_not_understand", Some(name), Some(selector)).hint(&hint)))
        }
        Err(_) => Err(Failure::Host),
    }
}

fn part(context: &mut Context, operands: &mut [Value], name: &str) -> Result<Value, Failure> {
    let name = context.intern(name);
    context.classes.field(&operands[0], name).cloned().ok_or(Failure::Host)
}

fn shown(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let selector = part(context, operands, "selector")?;
    match context.symbols.text(&selector) {
        Some(name) => Ok(Value::text(format!("a CompiledMethod({name})"))),
        None => Err(Failure::Host),
    }
}

fn not_understood(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let Some(selector) = context.symbols.text(&operands[1]).map(str::to_string) else { return Err(Failure::Host) };
    let hint = "A CompiledMethod understands selector, argumentCount, source, doc, printString, asString, class and respondsTo:";
    Err(context.error("does_not_understand", "CompiledMethod", &selector, hint))
}
