//! Values that instructions make.

use super::Row;
use crate::context::Context;
use crate::map::Map;
use crate::raise::Failure;
use crate::value::Value;

pub(crate) const TABLE: &[Row] = &[
    ("beamtalk_association_ops", "->", 2, |context, operands| {
        let (key, value) = (Value::take(&mut operands[0]), Value::take(&mut operands[1]));
        let fields = vec![(crate::symbols::Symbol::Key, key), (crate::symbols::Symbol::Value, value)];
        Ok::<Value, Failure>(context.classes.instance(crate::classes::ClassId::Association, fields))
    }),
    ("erlang", "list_to_tuple", 1, list_to_tuple),
    ("erlang", "tuple_to_list", 1, tuple_to_list),
];

fn list_to_tuple(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    match operands[0].proper_list() {
        // The host has tuples that are objects.
        Some(parts)
            if parts.first().and_then(|tag| context.symbols.text(tag)).is_some_and(|tag| tag.starts_with("beamtalk_")) =>
        {
            Err(Failure::Host)
        }
        Some(parts) => {
            context.spend(parts.len() / 10);
            context.room(parts.len() * std::mem::size_of::<Value>())?;
            Ok(Value::tuple(parts))
        }
        None => Err(context.fail("badarg")),
    }
}

fn tuple_to_list(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    match operands[0].as_tuple() {
        Some(parts) => {
            context.spend(parts.len() / 10);
            Ok(Value::list(parts.iter().cloned()))
        }
        // Classes, actors and futures are tuples of the host.
        None if matches!(operands[0], Value::Class(_) | Value::Metaclass(_)) || operands[0].as_foreign().is_some() => {
            Err(Failure::Host)
        }
        None => Err(context.fail("badarg")),
    }
}

/// The dictionary of keys and values in turns.
pub(crate) fn dictionary(pairs: &[Value], symbols: &crate::symbols::Symbols) -> Value {
    let pairs = pairs.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
    Value::map(Map::from_pairs(pairs, symbols))
}

/// Primitives of the machine's own, for any number of operands.
pub(crate) fn find(function: &str) -> Option<super::Native> {
    match function {
        "instance" => Some(instance),
        "overlaid" => Some(overlaid),
        _ => None,
    }
}

/// A class, then names of fields and their values in turns: an instance.
fn instance(context: &mut crate::context::Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let Value::Class(class) = operands[0] else { return Err(Failure::Host) };
    let mut fields = Vec::with_capacity(operands.len() / 2);
    for pair in operands[1..].chunks_exact_mut(2) {
        if let Value::Symbol(name) = pair[0] {
            fields.push((name, std::mem::take(&mut pair[1])));
        }
    }
    Ok(context.classes.instance(class, fields))
}

/// An instance with the entries of a dictionary in its fields.
fn overlaid(context: &mut crate::context::Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let (object, dictionary) = (Value::take(&mut operands[0]), Value::take(&mut operands[1]));
    let Some(map) = dictionary.as_map() else {
        let class = context.classes.class_name(&object);
        let selector = context.intern("new:");
        let error =
            crate::errors::Error::new("type_error", Some(class), Some(selector)).hint("new: expects a Dictionary argument");
        return Err(context.raise(error));
    };
    let mut object = object;
    for (key, value) in map.iter() {
        let name = match key {
            Value::Symbol(name) => *name,
            other => match context.symbols.text(other).map(str::to_string) {
                Some(name) => context.intern(&name),
                None => {
                    operands[0] = object;
                    operands[1] = dictionary.clone();
                    return Err(Failure::Host);
                }
            },
        };
        object = context.classes.with_field(object, name, value.clone());
    }
    Ok(object)
}
