//! The library's primitives that the machine has itself.
//!
//! A row names the Erlang function whose place the primitive takes; what it answers and raises is the same. Operands are the receiver and the arguments.
//! A primitive may take an operand out of its place, to change it where nothing else refers to it, unless it ends with `Failure::Host`.

mod array;
mod blocks;
mod characters;
mod checks;
mod datetimes;
mod dictionary;
mod erlang;
mod exceptions;
pub(crate) mod expected;
mod floats;
mod integers;
mod json;
mod list;
mod make;
pub(crate) mod objects;
mod prelude;
mod printing;
mod random;
mod reflection;
mod searching;
mod set;
mod strings;
pub(crate) mod text;

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::context::Context;
use crate::raise::Failure;
use crate::value::Value;

pub(crate) use make::dictionary;
pub use objects::PRIMITIVE;

pub type Native = fn(&mut Context, &mut [Value]) -> Result<Value, Failure>;

/// Module, function, number of operands.
pub(crate) type Row = (&'static str, &'static str, u16, Native);

const TABLES: &[&[Row]] = &[
    array::TABLE,
    blocks::TABLE,
    characters::TABLE,
    checks::TABLE,
    datetimes::TABLE,
    dictionary::TABLE,
    erlang::TABLE,
    exceptions::TABLE,
    floats::TABLE,
    integers::TABLE,
    json::TABLE,
    list::TABLE,
    make::TABLE,
    prelude::TABLE,
    objects::TABLE,
    printing::TABLE,
    random::TABLE,
    reflection::TABLE,
    searching::TABLE,
    set::TABLE,
    strings::TABLE,
];

/// The primitive that takes the place of the function.
pub fn find(module: &str, function: &str, arity: u16) -> Option<Native> {
    if module == "$make" {
        return make::find(function);
    }
    type Key = (&'static str, &'static str, u16);
    static ALL: OnceLock<HashMap<Key, Native>> = OnceLock::new();
    let all = ALL
        .get_or_init(|| TABLES.iter().flat_map(|table| table.iter()).map(|(m, f, a, native)| ((*m, *f, *a), *native)).collect());
    all.get(&(module, function, arity)).copied()
}

/// Names of all of them, for tests.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, u16)> {
    TABLES.iter().flat_map(|table| table.iter()).map(|(module, function, arity, _)| (*module, *function, *arity))
}
