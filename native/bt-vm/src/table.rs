//! Entries of a dictionary by hash: what a dictionary is while it changes in place again and again.
//!
//! A dictionary's order is that of its keys, which a table has not. When the order is asked for, a tree of the entries is made and kept until the next change.
//! Keys are those that are cheap to hash and to compare: small integers and texts.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::hash_map::{Entry, HashMap, RandomState};
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::OnceLock;

use crate::heap::resized;
use crate::map::Node;
use crate::value::Value;

/// Entries of a table: making one, or a tree of it, is a step that nothing interrupts.
pub(crate) const MOST: usize = 1 << 15;

#[repr(transparent)]
struct Key(Value);

/// Can a table have the key?
pub(crate) fn takes(key: &Value) -> bool {
    matches!(key, Value::Integer(_)) || key.as_text().is_some()
}

impl Key {
    /// The same value as a key; one that no table takes is equal to none.
    #[inline]
    fn of(value: &Value) -> &Key {
        // SAFETY: `repr(transparent)`: a key is its value.
        unsafe { &*std::ptr::from_ref(value).cast() }
    }

    /// Texts come behind the numbers.
    fn order(&self, other: &Key) -> Ordering {
        match (&self.0, &other.0) {
            (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
            (Value::Integer(_), _) => Ordering::Less,
            (_, Value::Integer(_)) => Ordering::Greater,
            (a, b) => a.as_text().cmp(&b.as_text()),
        }
    }
}

impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Value::Integer(number) => state.write_u64(*number as u64),
            text => state.write(text.as_text().unwrap_or_default()),
        }
    }
}

impl PartialEq for Key {
    #[inline]
    fn eq(&self, other: &Key) -> bool {
        match (&self.0, &other.0) {
            (Value::Integer(a), Value::Integer(b)) => a == b,
            (Value::Heap(_), Value::Heap(_)) => self.0.as_text() == other.0.as_text(),
            _ => false,
        }
    }
}

impl Eq for Key {}

/// Begins with a number that nobody outside of the process knows, so that no keys can be chosen to fall together.
#[derive(Clone, Copy)]
struct Seed(u64);

impl Seed {
    fn of_process() -> Seed {
        static SEED: OnceLock<u64> = OnceLock::new();
        Seed(*SEED.get_or_init(|| RandomState::new().hash_one(0)))
    }
}

impl BuildHasher for Seed {
    type Hasher = Folded;

    #[inline]
    fn build_hasher(&self) -> Folded {
        Folded(self.0)
    }
}

/// Both halves of a product, put together.
struct Folded(u64);

impl Hasher for Folded {
    #[inline]
    fn write_u64(&mut self, number: u64) {
        let product = u128::from(self.0 ^ number) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        self.write_u64(u64::from_le_bytes(last));
        self.write_u64(bytes.len() as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

pub(crate) struct Table {
    entries: HashMap<Key, Value, Seed>,
    sorted: OnceCell<Node>,
}

impl Table {
    /// Of entries whose keys a table takes.
    pub(crate) fn new<'a>(entries: impl ExactSizeIterator<Item = (&'a Value, &'a Value)>) -> Table {
        let mut table = HashMap::with_capacity_and_hasher(2 * entries.len(), Seed::of_process());
        table.extend(entries.map(|(key, value)| (Key(key.clone()), value.clone())));
        Table { entries: table, sorted: OnceCell::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    #[inline]
    pub(crate) fn get(&self, key: &Value) -> Option<&Value> {
        self.entries.get(Key::of(key))
    }

    #[inline]
    pub(crate) fn insert(&mut self, key: Value, value: Value) {
        self.sorted.take();
        match self.entries.entry(Key(key)) {
            Entry::Occupied(mut there) => {
                there.insert(value);
            }
            Entry::Vacant(place) => {
                place.insert(value);
            }
        }
    }

    #[inline]
    pub(crate) fn remove(&mut self, key: &Value) {
        if self.entries.remove(Key::of(key)).is_some() {
            self.sorted.take();
        }
    }

    /// The entries in the order of their keys.
    pub(crate) fn tree(&self) -> &Node {
        self.sorted.get_or_init(|| {
            let tree = self.sorted();
            resized(0, tree.extra());
            tree
        })
    }

    /// The same for a dictionary that is a tree from now on.
    pub(crate) fn into_tree(self) -> Node {
        let known = self.sorted.get().cloned();
        known.unwrap_or_else(|| self.sorted())
    }

    fn sorted(&self) -> Node {
        let mut all: Vec<_> = self.entries.iter().collect();
        all.sort_unstable_by(|a, b| a.0.order(b.0));
        Node::of_sorted(all.into_iter().map(|(key, value)| (key.0.clone(), value.clone())).collect())
    }

    /// Bytes besides itself.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.capacity() * (std::mem::size_of::<(Key, Value)>() + 1) + self.sorted.get().map_or(0, Node::extra)
    }

    /// Bytes that another entry would need.
    pub(crate) fn growth(&self) -> usize {
        match self.entries.len() < self.entries.capacity() {
            true => 0,
            false => 2 * self.bytes(),
        }
    }
}
