//! Dictionaries: keys in the order of terms, with like numbers of different kinds apart.

use crate::heap::{resized, Ref};
use crate::order;
use crate::symbols::Symbols;
use crate::value::Value;

#[derive(Clone, Default)]
pub struct Map {
    pairs: Vec<(Value, Value)>,
}

impl Map {
    /// Of pairs in any order; of equal keys the last one holds.
    pub fn from_pairs(pairs: Vec<(Value, Value)>, symbols: &Symbols) -> Map {
        let mut pairs = pairs;
        pairs.reverse();
        pairs.sort_by(|a, b| order::compare_keys(&a.0, &b.0, symbols));
        pairs.dedup_by(|b, a| order::is_same(&a.0, &b.0));
        Map { pairs }
    }

    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    fn place(&self, key: &Value, symbols: &Symbols) -> Result<usize, usize> {
        self.pairs.binary_search_by(|(at, _)| match (at, key) {
            (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
            _ => order::compare_keys(at, key, symbols),
        })
    }

    pub fn get(&self, key: &Value, symbols: &Symbols) -> Option<&Value> {
        self.place(key, symbols).ok().map(|at| &self.pairs[at].1)
    }

    /// Pairs in the order of their keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &Value)> + ExactSizeIterator {
        self.pairs.iter().map(|(key, value)| (key, value))
    }

    /// Bytes of what belongs to it alone.
    pub(crate) fn extra(&self) -> usize {
        self.pairs.capacity() * std::mem::size_of::<(Value, Value)>()
    }

    fn insert(&mut self, key: Value, value: Value, symbols: &Symbols) {
        match self.place(&key, symbols) {
            Ok(at) => self.pairs[at].1 = value,
            Err(at) => self.pairs.insert(at, (key, value)),
        }
    }

    fn remove(&mut self, key: &Value, symbols: &Symbols) {
        if let Ok(at) = self.place(key, symbols) {
            self.pairs.remove(at);
        }
    }

    fn changed(map: Value, change: impl FnOnce(&mut Map)) -> Value {
        let Value::Heap(mut reference) = map else { return map };
        if let Some(own) = reference.get_mut::<Map>() {
            let before = own.extra();
            change(own);
            resized(before, own.extra());
            return Value::Heap(reference);
        }
        let mut copy = reference.get::<Map>().cloned().unwrap_or_default();
        change(&mut copy);
        Value::Heap(Ref::new(copy))
    }

    /// The dictionary with the value under the key; changed in place where nothing else refers to it.
    pub fn with(map: Value, key: Value, value: Value, symbols: &Symbols) -> Value {
        Map::changed(map, |own| own.insert(key, value, symbols))
    }

    /// The dictionary without the key.
    pub fn without(map: Value, key: &Value, symbols: &Symbols) -> Value {
        Map::changed(map, |own| own.remove(key, symbols))
    }

    /// The entries of both; where both have a key, those of the second one.
    pub fn merged(map: Value, other: Value, symbols: &Symbols) -> Value {
        let Some(entries) = other.as_map() else { return map };
        entries.iter().fold(map, |map, (key, value)| Map::with(map, key.clone(), value.clone(), symbols))
    }
}
