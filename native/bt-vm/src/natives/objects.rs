//! `beamtalk_primitive`, `beamtalk_class_instantiation` and their like: what every object answers, and which classes make none.

use super::expected::type_error;
use super::{checks, Row};
use crate::classes::{names_a_module, ClassId, Lookup};
use crate::context::Context;
use crate::errors::Error;
use crate::map::Map;
use crate::order;
use crate::raise::{Failure, Raise};
use crate::symbols::Symbol;
use crate::value::Value;

const MODULE: &str = "beamtalk_primitive";
const PRELUDE: &str = "$vm";

pub(crate) const TABLE: &[Row] = &[
    (MODULE, "class_of", 1, class_of),
    (MODULE, "responds_to", 2, responds_to),
    (MODULE, "identity", 1, |_, o| Ok(Value::take(&mut o[0]))),
    (MODULE, "field_names", 1, field_names),
    (MODULE, "field_at", 2, field_at),
    (MODULE, "field_at_put", 3, field_at_put),
    (MODULE, "default_print_string", 1, default_print_string),
    (MODULE, "does_not_understand", 3, does_not_understand),
    ("beamtalk_class_instantiation", "new", 1, |c, o| made(c, &o[0], "new")),
    ("beamtalk_class_instantiation", "new", 2, new_with),
    ("beamtalk_class_instantiation", "spawn", 1, |c, o| spawned(c, o, "spawn")),
    ("beamtalk_class_instantiation", "spawn", 2, |c, o| spawned(c, o, "spawnWith:")),
    ("beamtalk_metaclass_ops", "new", 1, |c, _| no_metaclass(c, "new")),
    ("beamtalk_metaclass_ops", "new", 2, |c, _| no_metaclass(c, "new:")),
    ("beamtalk_test_case_ops", "fail", 2, fail),
    // Parts of methods of the prelude, which alone can name this module.
    (PRELUDE, "check_should_raise", 2, check_should_raise),
    (PRELUDE, "check_raised", 2, check_raised),
    ("beamtalk_intrinsics", "is_understood", 2, |_, _| Ok(Value::True)),
    ("beamtalk_intrinsics", "erlang_module", 3, erlang_module),
];

/// Name of the class whose instance the value is; class objects are of Class.
pub(crate) fn tag_name(context: &Context, value: &Value) -> Symbol {
    let class = match value {
        Value::Class(_) => ClassId::Class,
        Value::Metaclass(_) => ClassId::Metaclass,
        other => return context.classes.class_name(other),
    };
    context.classes.name(class)
}

/// Name of the selector, of whatever is an atom.
fn selector_of(context: &mut Context, value: &Value) -> Option<Symbol> {
    let name = context.symbols.text(value)?.to_string();
    Some(context.intern(&name))
}

fn class_of(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    match &operands[0] {
        Value::Class(class) | Value::Metaclass(class) => Ok(Value::Metaclass(*class)),
        foreign if foreign.as_foreign().is_some() => Err(Failure::Host),
        other => Ok(Value::Class(context.classes.of(other).0)),
    }
}

fn responds_to(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    if operands[0].as_foreign().is_some() {
        return Err(Failure::Host);
    }
    let Some(selector) = selector_of(context, &operands[1]) else {
        let class = tag_name(context, &operands[0]);
        let selector = context.intern("respondsTo:");
        return Err(context.raise(Error::new("type_error", Some(class), Some(selector)).hint("respondsTo: expects a Symbol")));
    };
    // Names of the machine's own methods are no selectors.
    if context.symbols.name(selector).starts_with('$') {
        return Ok(Value::False);
    }
    let Context { classes, symbols, .. } = context;
    let found = match &operands[0] {
        Value::Class(class) => classes.lookup_class_side(*class, selector, symbols),
        Value::Metaclass(class) => match classes.lookup_own_class_side(*class, selector, symbols) {
            Lookup::Missing => classes.lookup(ClassId::Metaclass, selector, symbols),
            found => found,
        },
        other => {
            let (class, _) = classes.of(other);
            if symbols.name(classes.name(class)) == "ErlangModule" {
                return Ok(Value::True);
            }
            classes.lookup(class, selector, symbols)
        }
    };
    match found {
        Lookup::Code(_) | Lookup::Host => Ok(Value::True),
        Lookup::Missing => Ok(Value::False),
        Lookup::Unknown(_) => Err(Failure::Host),
    }
}

/// Names of fields, sorted: of library classes the declared ones, of others those the object has.
fn field_names(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let object = &operands[0];
    let names: Vec<String> = match object {
        Value::Class(class) | Value::Metaclass(class) => return super::reflection::declared(context, *class),
        foreign if foreign.as_foreign().is_some() => return Err(Failure::Host),
        other => {
            let (class, _) = context.classes.of(other);
            match (context.classes.named(context.classes.name(class), &mut context.symbols), other.as_instance()) {
                (Some(class), _)
                    if (other.as_array().is_some() || other.as_instance().is_some()) && is_library(context, class) =>
                {
                    context.classes.code(class).map(|code| code.description.own_fields.clone()).unwrap_or_default()
                }
                (_, Some(instance)) => {
                    let shape = context.classes.shape_at(instance.shape);
                    let hides = context.error_of(object).is_some();
                    let hidden = |name: &Symbol| hides && matches!(*name, Symbol::Error | Symbol::Stacktrace);
                    shape.fields.iter().filter(|name| !hidden(name)).map(|name| context.symbols.name(*name).to_string()).collect()
                }
                (_, None) => Vec::new(),
            }
        }
    };
    Ok(sorted(context, names))
}

fn is_library(context: &Context, class: ClassId) -> bool {
    context.classes.code(class).is_some_and(|code| code.description.is_library)
}

/// A list of symbols in the order of their names.
pub(crate) fn sorted(context: &mut Context, names: Vec<String>) -> Value {
    let mut names = names;
    names.sort_unstable();
    names.dedup();
    context.spend(names.len() / 10);
    let symbols: Vec<Value> = names.iter().map(|name| context.symbols.value(name)).collect();
    Value::list(symbols.into_iter())
}

fn field_at(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    immutable(context, &operands[0], "fieldAt:", "Value types have no instance variables")
}

fn field_at_put(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let hint = "Value types are immutable. Use a method that returns a new instance instead.";
    immutable(context, &operands[0], "fieldAt:put:", hint)
}

fn immutable(context: &mut Context, object: &Value, selector: &str, hint: &str) -> Result<Value, Failure> {
    if object.as_foreign().is_some() {
        return Err(Failure::Host);
    }
    let class = own_name(context, object);
    let selector = context.intern(selector);
    Err(context.raise(Error::new("immutable_value", Some(class), Some(selector)).hint(hint)))
}

/// The name that errors say: of a class or its class the class's own.
pub(crate) fn own_name(context: &Context, object: &Value) -> Symbol {
    match object {
        Value::Class(class) | Value::Metaclass(class) => context.classes.name(*class),
        other => context.classes.class_name(other),
    }
}

fn default_print_string(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    if operands[0].as_foreign().is_some() {
        return Err(Failure::Host);
    }
    Ok(Value::text(crate::print::string(&operands[0], context)?))
}

fn does_not_understand(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    if operands[0].as_foreign().is_some() {
        return Err(Failure::Host);
    }
    match selector_of(context, &operands[1]) {
        Some(selector) => Err(context.not_understood(&operands[0], selector)),
        None => Err(Failure::Host),
    }
}

impl Context {
    /// What `doesNotUnderstand:args:` of ProtoObject raises.
    pub(crate) fn not_understood(&mut self, receiver: &Value, selector: Symbol) -> Failure {
        let class = own_name(self, receiver);
        // An abstract class refuses to be spawned in the same words whether its subclasses are actors or not.
        if let Value::Class(id) | Value::Metaclass(id) = receiver {
            let is_spawn = matches!(self.symbols.name(selector), "spawn" | "spawnWith:");
            if is_spawn && self.classes.code(*id).is_some_and(|code| code.description.is_abstract) {
                return self.abstract_class(class, selector);
            }
        }
        let hint = match receiver {
            Value::Class(_) => "Class does not understand this message",
            Value::Metaclass(_) => "Metaclass does not understand this message",
            _ => "Check spelling or use 'respondsTo:' to verify method exists",
        };
        self.raise(Error::new("does_not_understand", Some(class), Some(selector)).hint(hint))
    }

    /// What a message raises that the compiler has put its code in place for, when the receiver is not what that code is for. The blocks are no objects
    /// there, so no method of the receiver can run. `None`: the host must look at the receiver.
    pub(crate) fn not_inlined(&mut self, receiver: &Value, selector: Symbol) -> Option<Raise> {
        let name = self.symbols.name(selector).to_string();
        let asked = self.symbols.value(&name);
        let understood = responds_to(self, &mut [receiver.clone(), asked]).ok()?;
        let failure = match understood {
            Value::True => {
                let class = tag_name(self, receiver);
                let hint = "With literal blocks the message is built in; send it with blocks held in variables, or by perform:withArguments:";
                self.raise(Error::new("does_not_understand", Some(class), Some(selector)).hint(hint))
            }
            _ => self.not_understood(receiver, selector),
        };
        match failure {
            Failure::Raise(raise) => Some(raise),
            Failure::Host | Failure::Evaluate | Failure::OutOfMemory => None,
        }
    }

    fn abstract_class(&mut self, class: Symbol, selector: Symbol) -> Failure {
        let hint = "Abstract classes cannot be instantiated. Subclass it first.";
        self.raise(Error::new("instantiation_error", Some(class), Some(selector)).hint(hint))
    }
}

/// `new` of a class whose instances are no objects with fields: its empty value, or why there is none.
fn made(context: &mut Context, class: &Value, selector: &str) -> Result<Value, Failure> {
    let Value::Class(class) = *class else { return Err(Failure::Host) };
    let name = context.classes.name(class);
    let text = context.symbols.name(name).to_string();
    let symbol = context.intern(selector);
    if selector == "new" {
        match text.as_str() {
            "List" => return Ok(Value::EmptyList),
            "Tuple" => return Ok(Value::tuple(Vec::new())),
            "Dictionary" => return Ok(Value::map(Map::default())),
            "Set" => return Ok(context.classes.instance(ClassId::Set, vec![(Symbol::Elements, Value::EmptyList)])),
            "Array" => return Ok(Value::array(Vec::new())),
            _ => {}
        }
    }
    if PRIMITIVE.contains(&text.as_str()) {
        let hint = format!("{text} is a primitive type and cannot be instantiated with {selector}");
        return Err(context.raise(Error::new("instantiation_error", Some(name), Some(symbol)).hint(&hint)));
    }
    let Some(code) = context.classes.code(class).cloned() else { return Err(Failure::Host) };
    if code.description.is_abstract && text != "Actor" {
        return Err(context.abstract_class(name, symbol));
    }
    if code.is_actor || text == "Actor" {
        let hint = if selector == "new" { "Use spawn instead" } else { "Use spawnWith: instead" };
        return Err(context.error("instantiation_error", "Actor", selector, hint));
    }
    Err(Failure::Host)
}

fn new_with(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    if let (Value::Class(class), Some(_)) = (&operands[0], operands[1].as_map()) {
        if *class == ClassId::Dictionary {
            return Ok(Value::take(&mut operands[1]));
        }
    }
    if matches!(operands[0], Value::Class(ClassId::Dictionary)) {
        return Err(context.error("type_error", "Dictionary", "new:", "new: expects a Dictionary argument"));
    }
    made(context, &operands[0], "new:")
}

/// The host makes processes; this says why there is none.
fn spawned(context: &mut Context, operands: &mut [Value], selector: &str) -> Result<Value, Failure> {
    let Value::Class(class) = operands[0] else { return Err(Failure::Host) };
    let Some(code) = context.classes.code(class).cloned() else { return Err(Failure::Host) };
    let (name, symbol) = (context.classes.name(class), context.intern(selector));
    if code.description.is_abstract {
        return Err(context.abstract_class(name, symbol));
    }
    if !code.is_actor {
        return Err(context.not_understood(&operands[0], symbol));
    }
    match operands.get(1) {
        Some(fields) if fields.as_map().is_none() && fields.as_foreign().is_none() => {
            let hint = "spawnWith: expects a Dictionary argument";
            Err(context.raise(Error::new("type_error", Some(name), Some(symbol)).hint(hint)))
        }
        _ => Err(Failure::Host),
    }
}

/// Classes whose instances are not made of fields, and are none that `new` could make.
pub const PRIMITIVE: &[&str] = &[
    "List",
    "Tuple",
    "Set",
    "Array",
    "Integer",
    "Float",
    "Character",
    "String",
    "Symbol",
    "True",
    "False",
    "UndefinedObject",
    "Block",
    "CompiledMethod",
    "Class",
    "Future",
    "Pid",
    "Port",
    "Reference",
    "Erlang",
    "ErlangModule",
];

fn no_metaclass(context: &mut Context, selector: &str) -> Result<Value, Failure> {
    let (class, selector) = (context.intern("Metaclass"), context.intern(selector));
    let error = Error::new("user_error", Some(class), Some(selector))
        .message("Metaclasses come with their classes")
        .hint("Use x class class to obtain a metaclass");
    Err(context.raise(error))
}

fn fail(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let class = context.intern("TestCase");
    let message = super::exceptions::text(context, &operands[1]);
    Err(context.raise(Error::new("assertion_failed", Some(class), None).message(message)))
}

/// `doesNotUnderstand:args:` of the class Erlang: a unary selector names a module.
fn erlang_module(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let Some(selector) = selector_of(context, &operands[1]) else { return Err(Failure::Host) };
    let name = context.symbols.name(selector).to_string();
    if !matches!(operands[2], Value::EmptyList) {
        return Err(context.error(
            "does_not_understand",
            "Erlang",
            &name,
            "Use unary message for module name: Erlang moduleName",
        ));
    }
    if !names_a_module(&name) {
        return Err(context.not_understood(&operands[0], selector));
    }
    let (class, field) = (context.intern("ErlangModule"), context.intern("module"));
    let class = context.classes.entry(class);
    Ok(context.classes.instance(class, vec![(field, operands[1].clone())]))
}

/// The operands of `should: aBlock raise: kind`.
fn check_should_raise(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let refuse = |context: &mut Context, expected, got| type_error(context, "TestCase", "should:raise:", expected, got);
    match (context.symbols.text(&operands[1]).is_some(), checks::arity(&operands[0])) {
        (true, Some(0)) => Ok(Value::Nil),
        (true, _) => Err(refuse(context, "a 0-argument block", &operands[0])),
        (false, _) => Err(refuse(context, "a Symbol as kind", &operands[1])),
    }
}

/// Was the exception of the expected kind? A failure of Erlang is known by its reason, too.
fn check_raised(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let exception = operands[0].clone();
    let plain = context.error_of(&exception).and_then(|record| context.plain_reason(record));
    let raise = plain.map_or(Raise::error(exception), |(class, reason)| Raise::of(class, reason));
    let kind = context.kind_of(&raise);
    if order::is_same(&kind, &operands[1]) || order::is_same(&raise.reason, &operands[1]) {
        return Ok(Value::Nil);
    }
    let name = |value: &Value| context.symbols.text(value).unwrap_or_default().to_string();
    let message = format!("Expected error kind {} but got {}", name(&operands[1]), name(&kind));
    fail(context, &mut [Value::Nil, Value::text(message)])
}
