//! Primitives of Dictionary that evaluate no block: those of `beamtalk_map_ops`.

use super::{checks, Row};
use crate::context::Context;
use crate::map::Map;
use crate::order;
use crate::raise::{Failure, Raise};
use crate::symbols::Symbol;
use crate::value::Value;

const OPS: &str = "beamtalk_map_ops";

pub(crate) const TABLE: &[Row] = &[
    (OPS, "new", 2, |c, o| match o[1].as_map() {
        Some(_) => Ok(Value::take(&mut o[1])),
        None => Err(c.error("type_error", "Dictionary", "new:", "new: expects a Dictionary argument")),
    }),
    (OPS, "size", 1, |_, o| Ok(Value::Integer(map(&o[0])?.len() as i64))),
    (OPS, "keys", 1, |c, o| {
        let map = map(&o[0])?;
        c.spend(map.len() / 10);
        c.room(map.len() * 48)?;
        Ok(Value::list(map.iter().map(|(key, _)| key.clone())))
    }),
    (OPS, "values", 1, |c, o| values(c, &o[0])),
    (OPS, "at", 2, |c, o| at(c, &o[0], &o[1])),
    (OPS, "at_ifAbsent", 3, |c, o| {
        if let Some(value) = map(&o[0])?.get(&o[1], &c.symbols) {
            return Ok(value.clone());
        }
        match checks::arity(&o[2]) {
            None => return Ok(Value::take(&mut o[2])),
            Some(0) => {}
            Some(_) => {
                let (class, selector) = (c.intern("Dictionary"), c.intern("at:ifAbsent:"));
                checks::block(c, &o[2], 0, class, selector)?;
            }
        }
        o.swap(0, 2);
        Err(Failure::Evaluate)
    }),
    (OPS, "at_put", 3, |c, o| {
        c.room(map(&o[0])?.growth())?;
        let [map, key, value] = o else { return Err(Failure::Host) };
        Ok(Map::with(Value::take(map), Value::take(key), Value::take(value), &c.symbols))
    }),
    (OPS, "includesKey", 2, |c, o| Ok(Value::boolean(map(&o[0])?.get(&o[1], &c.symbols).is_some()))),
    (OPS, "removeKey", 2, |c, o| {
        map(&o[0])?;
        Ok(Map::without(Value::take(&mut o[0]), &o[1], &c.symbols))
    }),
    (OPS, "merge", 2, |c, o| {
        let size = map(&o[0])?.len();
        let Some(other) = o[1].as_map() else {
            let (class, selector) = (c.intern("Dictionary"), c.intern("merge:"));
            return Err(checks::type_error(c, class, selector, "a Dictionary", &o[1]));
        };
        let size = size + other.len();
        c.spend(size / 10);
        c.room(size * 40)?;
        let (map, other) = (Value::take(&mut o[0]), Value::take(&mut o[1]));
        Ok(Map::merged(map, other, &c.symbols))
    }),
    (OPS, "includes", 2, |c, o| {
        let map = map(&o[0])?;
        c.spend(map.len() / 10);
        Ok(Value::boolean(map.iter().any(|(_, value)| order::is_same(value, &o[1]))))
    }),
    ("maps", "is_key", 2, |c, o| Ok(Value::boolean(map(&o[1])?.get(&o[0], &c.symbols).is_some()))),
    ("maps", "get", 2, |c, o| at(c, &o[1], &o[0])),
];

fn map(value: &Value) -> Result<&Map, Failure> {
    value.as_map().ok_or(Failure::Host)
}

fn at(context: &mut Context, dictionary: &Value, key: &Value) -> Result<Value, Failure> {
    match map(dictionary)?.get(key, &context.symbols) {
        Some(value) => Ok(value.clone()),
        None => Err(Failure::Raise(Raise::error(Value::tuple(vec![Value::Symbol(Symbol::Badkey), key.clone()])))),
    }
}

pub(crate) fn values(context: &mut Context, dictionary: &Value) -> Result<Value, Failure> {
    let map = map(dictionary)?;
    context.spend(map.len() / 10);
    context.room(map.len() * 48)?;
    Ok(Value::list(map.iter().map(|(_, value)| value.clone())))
}
