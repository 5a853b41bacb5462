//! Dictionaries: keys in the order of terms, with like numbers of different kinds apart.
//!
//! A dictionary is a B-tree whose nodes are counted references. A change makes new nodes on the way from the root to the entry, and uses again those that
//! nothing else refers to; the others are shared with the dictionaries that have them.
//!
//! One that has been changed in place as often as it has entries becomes a table (see `table`): such a dictionary mostly goes on like that.

use std::cmp::Ordering;

use crate::heap::{resized, Ref};
use crate::order;
use crate::symbols::Symbols;
use crate::table::{self, Table};
use crate::value::Value;

/// Dictionaries with less entries stay trees.
const FEW_ENTRIES: usize = 24;
/// Entries of a leaf and children of a branch: no node has more.
const MOST: usize = 16;
/// A node that has become smaller is put together with one beside it, where both fit into one.
const FEW: usize = MOST / 2;

type Pair = (Value, Value);

/// A part of a dictionary; all leaves are equally far from the root.
#[derive(Clone)]
pub(crate) enum Node {
    Leaf(Vec<Pair>),
    Branch(Vec<Child>),
}

#[derive(Clone)]
pub(crate) struct Child {
    /// No key of the child is less, and every key of the children before it is. Of a first child it says nothing.
    least: Value,
    node: Ref,
}

#[derive(Default)]
pub struct Map {
    size: usize,
    root: Node,
    /// In place of the root.
    table: Option<Box<Table>>,
    /// Changes in place since it is a tree.
    changes: usize,
}

impl Clone for Map {
    /// Shares its nodes; of a table, those of a tree of its entries.
    fn clone(&self) -> Map {
        Map::of(self.size, self.root().clone())
    }
}

impl Default for Node {
    fn default() -> Node {
        Node::Leaf(Vec::new())
    }
}

fn compare(a: &Value, b: &Value, symbols: &Symbols) -> Ordering {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Symbol(a), Value::Symbol(b)) if a == b => Ordering::Equal,
        _ => order::compare_keys(a, b, symbols),
    }
}

/// A change of the node behind the reference: of a copy where others refer to it too.
fn change<T>(reference: &mut Ref, work: impl FnOnce(&mut Node) -> T) -> T {
    if !reference.is_unique() {
        *reference = Ref::new(node(reference).clone());
    }
    match reference.get_mut::<Node>() {
        Some(own) => {
            let before = own.extra();
            let result = work(own);
            resized(before, own.extra());
            result
        }
        None => unreachable!("children are nodes"),
    }
}

fn node(reference: &Ref) -> &Node {
    reference.get().expect("children are nodes")
}

/// The node itself, or a copy where others refer to it.
fn taken(reference: Ref) -> Node {
    let mut reference = reference;
    match reference.get_mut::<Node>() {
        Some(own) => {
            let before = own.extra();
            let node = std::mem::take(own);
            resized(before, 0);
            node
        }
        None => node(&reference).clone(),
    }
}

/// What `insert` did to a node.
enum Inserted {
    Replaced,
    Added,
    /// The node was full: its second half is a node of its own.
    Split(Child),
}

impl Node {
    /// The root of a tree of pairs in the order of their keys.
    pub(crate) fn of_sorted(pairs: Vec<Pair>) -> Node {
        if pairs.len() <= MOST {
            return Node::Leaf(pairs);
        }
        let leaf = |pairs: Vec<Pair>| Child { least: pairs[0].0.clone(), node: Ref::new(Node::Leaf(pairs)) };
        let mut level: Vec<Child> = even(pairs).map(leaf).collect();
        while level.len() > MOST {
            let branch =
                |children: Vec<Child>| Child { least: children[0].least.clone(), node: Ref::new(Node::Branch(children)) };
            level = even(level).map(branch).collect();
        }
        Node::Branch(level)
    }

    pub(crate) fn extra(&self) -> usize {
        match self {
            Node::Leaf(pairs) => pairs.capacity() * std::mem::size_of::<Pair>(),
            Node::Branch(children) => children.capacity() * std::mem::size_of::<Child>(),
        }
    }

    fn count(&self) -> usize {
        match self {
            Node::Leaf(pairs) => pairs.len(),
            Node::Branch(children) => children.len(),
        }
    }

    fn insert(&mut self, key: Value, value: Value, symbols: &Symbols) -> Inserted {
        match self {
            Node::Leaf(pairs) => match place(pairs, &key, symbols) {
                Ok(at) => {
                    pairs[at].1 = value;
                    Inserted::Replaced
                }
                Err(at) => {
                    pairs.insert(at, (key, value));
                    if pairs.len() <= MOST {
                        return Inserted::Added;
                    }
                    // Keys that come in order fill their nodes.
                    let from = if at == MOST { MOST } else { pairs.len() / 2 };
                    let more = pairs.split_off(from);
                    pairs.shrink_to(MOST);
                    Inserted::Split(Child { least: more[0].0.clone(), node: Ref::new(Node::Leaf(more)) })
                }
            },
            Node::Branch(children) => {
                let at = child_of(children, &key, symbols);
                let split = match change(&mut children[at].node, |node| node.insert(key, value, symbols)) {
                    Inserted::Split(split) => split,
                    other => return other,
                };
                children.insert(at + 1, split);
                if children.len() <= MOST {
                    return Inserted::Added;
                }
                let from = if at + 1 == MOST { MOST - 1 } else { children.len() / 2 };
                let more = children.split_off(from);
                children.shrink_to(MOST);
                Inserted::Split(Child { least: more[0].least.clone(), node: Ref::new(Node::Branch(more)) })
            }
        }
    }

    /// The key is there.
    fn remove(&mut self, key: &Value, symbols: &Symbols) {
        match self {
            Node::Leaf(pairs) => {
                if let Ok(at) = place(pairs, key, symbols) {
                    pairs.remove(at);
                }
            }
            Node::Branch(children) => {
                let at = child_of(children, key, symbols);
                let left = change(&mut children[at].node, |node| {
                    node.remove(key, symbols);
                    node.count()
                });
                if left == 0 {
                    children.remove(at);
                } else if left < FEW && children.len() > 1 {
                    let first = at.min(children.len() - 2);
                    if node(&children[first].node).count() + node(&children[first + 1].node).count() <= MOST {
                        let second = children.remove(first + 1);
                        change(&mut children[first].node, |node| node.append(second));
                    }
                }
            }
        }
    }

    /// The child beside it joins the node.
    fn append(&mut self, child: Child) {
        match (self, taken(child.node)) {
            (Node::Leaf(pairs), Node::Leaf(more)) => pairs.extend(more),
            (Node::Branch(children), Node::Branch(mut more)) => {
                // The first one's bound said nothing; as one of the others it needs one.
                if let Some(first) = more.first_mut() {
                    first.least = child.least;
                }
                children.extend(more);
            }
            _ => unreachable!("leaves are equally far from the root"),
        }
    }
}

/// How many keys at the beginning are at most the number; `None` where one that is looked at is no small integer.
/// Numbers come in no order that a processor could guess, so nothing is decided by a jump.
fn at_most<T>(all: &[T], number: i64, key: impl Fn(&T) -> &Value) -> Option<usize> {
    let (mut from, mut size) = (0, all.len());
    while size > 0 {
        let half = size.div_ceil(2);
        let Value::Integer(at) = key(&all[from + half - 1]) else { return None };
        from = std::hint::select_unpredictable(*at <= number, from + half, from);
        size -= half;
    }
    Some(from)
}

fn place(pairs: &[Pair], key: &Value, symbols: &Symbols) -> Result<usize, usize> {
    if let Value::Integer(number) = key {
        if let Some(count) = at_most(pairs, *number, |pair| &pair.0) {
            return match count.checked_sub(1) {
                Some(at) if matches!(pairs[at].0, Value::Integer(found) if found == *number) => Ok(at),
                _ => Err(count),
            };
        }
    }
    pairs.binary_search_by(|(at, _)| compare(at, key, symbols))
}

/// The child that has the key if any has it.
fn child_of(children: &[Child], key: &Value, symbols: &Symbols) -> usize {
    let others = children.get(1..).unwrap_or_default();
    if let Value::Integer(number) = key {
        if let Some(count) = at_most(others, *number, |child| &child.least) {
            return count;
        }
    }
    others.partition_point(|child| compare(&child.least, key, symbols) != Ordering::Greater)
}

impl Map {
    /// Of pairs in any order; of equal keys the last one holds.
    pub fn from_pairs(pairs: Vec<(Value, Value)>, symbols: &Symbols) -> Map {
        let mut pairs = pairs;
        let is_sorted = pairs.windows(2).all(|two| compare(&two[0].0, &two[1].0, symbols) == Ordering::Less);
        if !is_sorted {
            pairs.reverse();
            pairs.sort_by(|a, b| compare(&a.0, &b.0, symbols));
            pairs.dedup_by(|b, a| compare(&a.0, &b.0, symbols) == Ordering::Equal);
        }
        Map::from_sorted(pairs)
    }

    /// Of pairs in the order of their keys, no two of which are equal.
    fn from_sorted(pairs: Vec<Pair>) -> Map {
        Map::of(pairs.len(), Node::of_sorted(pairs))
    }

    fn of(size: usize, root: Node) -> Map {
        Map { size, root, table: None, changes: 0 }
    }

    /// The root of a tree of its entries.
    fn root(&self) -> &Node {
        self.table.as_ref().map_or(&self.root, |table| table.tree())
    }

    pub fn len(&self) -> usize {
        self.size
    }

    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    pub fn get(&self, key: &Value, symbols: &Symbols) -> Option<&Value> {
        if let Some(table) = &self.table {
            return table.get(key);
        }
        let mut at = &self.root;
        loop {
            match at {
                Node::Leaf(pairs) => return place(pairs, key, symbols).ok().map(|at| &pairs[at].1),
                Node::Branch(children) => at = node(&children[child_of(children, key, symbols)].node),
            }
        }
    }

    /// Pairs in the order of their keys.
    pub fn iter(&self) -> Pairs<'_> {
        let mut pairs = Pairs { left: self.size, front: Path::default(), back: Path::default() };
        let root = self.root();
        pairs.front.descend(root, false);
        pairs.back.descend(root, true);
        pairs
    }

    /// Bytes of what belongs to it alone.
    pub(crate) fn extra(&self) -> usize {
        self.root.extra() + self.table.as_ref().map_or(0, |table| table.bytes())
    }

    /// Bytes that another entry may need at once.
    pub(crate) fn growth(&self) -> usize {
        512 + self.table.as_ref().map_or(0, |table| table.growth())
    }

    /// A tree again.
    #[cold]
    fn leave_table(&mut self) {
        if let Some(table) = self.table.take() {
            self.root = table.into_tree();
            self.changes = 0;
        }
    }

    /// A change in place; with enough of them the dictionary becomes a table, where its keys are such.
    fn count_change(&mut self) {
        self.changes += 1;
        if self.changes < 2 * self.size || self.size < FEW_ENTRIES {
            return;
        }
        self.changes = 0;
        if self.size <= table::MOST / 2 && self.iter().all(|(key, _)| table::takes(key)) {
            self.table = Some(Box::new(Table::new(self.iter())));
            self.root = Node::default();
        }
    }

    fn insert(&mut self, key: Value, value: Value, symbols: &Symbols) {
        if let Some(table) = &mut self.table {
            if table::takes(&key) && table.len() < table::MOST {
                table.insert(key, value);
                self.size = table.len();
                return;
            }
            self.leave_table();
        }
        self.count_change();
        if self.table.is_some() {
            return self.insert(key, value, symbols);
        }
        match self.root.insert(key, value, symbols) {
            Inserted::Replaced => {}
            Inserted::Added => self.size += 1,
            Inserted::Split(more) => {
                self.size += 1;
                let first = Child { least: Value::Nil, node: Ref::new(std::mem::take(&mut self.root)) };
                self.root = Node::Branch(vec![first, more]);
            }
        }
    }

    fn remove(&mut self, key: &Value, symbols: &Symbols) {
        if let Some(table) = &mut self.table {
            table.remove(key);
            self.size = table.len();
            return;
        }
        if self.get(key, symbols).is_none() {
            return;
        }
        self.count_change();
        if self.table.is_some() {
            return self.remove(key, symbols);
        }
        self.size -= 1;
        self.root.remove(key, symbols);
        while let Node::Branch(children) = &mut self.root {
            match children.len() {
                0 => self.root = Node::default(),
                1 => self.root = taken(children.remove(0).node),
                _ => break,
            }
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
        // Nothing is copied for a key that is not there.
        let is_shared = matches!(&map, Value::Heap(reference) if !reference.is_unique());
        if is_shared && map.as_map().is_some_and(|own| own.get(key, symbols).is_none()) {
            return map;
        }
        Map::changed(map, |own| own.remove(key, symbols))
    }

    /// The entries of both; where both have a key, those of the second one.
    pub fn merged(map: Value, other: Value, symbols: &Symbols) -> Value {
        let (Some(first), Some(second)) = (map.as_map(), other.as_map()) else { return map };
        // A few entries are put in one by one; many are read along with the others.
        if second.len() < first.len() / 8 {
            let entries: Vec<Pair> = second.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            return entries.into_iter().fold(map, |map, (key, value)| Map::with(map, key, value, symbols));
        }
        if first.len() < second.len() / 8 {
            let is_new = |(key, _): &(&Value, &Value)| second.get(key, symbols).is_none();
            let entries: Vec<Pair> = first.iter().filter(is_new).map(|(key, value)| (key.clone(), value.clone())).collect();
            return entries.into_iter().fold(other, |map, (key, value)| Map::with(map, key, value, symbols));
        }
        let mut all = Vec::with_capacity(first.len() + second.len());
        let (mut a, mut b) = (first.iter().peekable(), second.iter().peekable());
        while let (Some((x, _)), Some((y, _))) = (a.peek(), b.peek()) {
            let next = match compare(x, y, symbols) {
                Ordering::Less => a.next(),
                Ordering::Greater => b.next(),
                Ordering::Equal => {
                    a.next();
                    b.next()
                }
            };
            all.extend(next.map(|(key, value)| (key.clone(), value.clone())));
        }
        all.extend(a.chain(b).map(|(key, value)| (key.clone(), value.clone())));
        Value::map(Map::from_sorted(all))
    }
}

/// Pieces of nearly the same size, as few as there can be.
fn even<T>(all: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let (size, pieces) = (all.len(), all.len().div_ceil(MOST));
    let mut all = all.into_iter();
    (0..pieces).map(move |piece| {
        let length = (piece + 1) * size / pieces - piece * size / pieces;
        all.by_ref().take(length).collect()
    })
}

/// A way down to an entry: what of each branch, and at last of the leaf, is still to come.
#[derive(Default)]
struct Path<'a> {
    above: Vec<std::slice::Iter<'a, Child>>,
    leaf: std::slice::Iter<'a, Pair>,
}

impl<'a> Path<'a> {
    /// Down to the first leaf, or the last one.
    fn descend(&mut self, from: &'a Node, backwards: bool) {
        let mut at = from;
        loop {
            match at {
                Node::Leaf(pairs) => {
                    self.leaf = pairs.iter();
                    return;
                }
                Node::Branch(children) => {
                    let mut rest = children.iter();
                    let child = if backwards { rest.next_back() } else { rest.next() };
                    self.above.push(rest);
                    match child {
                        Some(child) => at = node(&child.node),
                        None => return,
                    }
                }
            }
        }
    }

    fn step(&mut self, backwards: bool) -> Option<&'a Pair> {
        loop {
            let pair = if backwards { self.leaf.next_back() } else { self.leaf.next() };
            if pair.is_some() {
                return pair;
            }
            let branch = self.above.last_mut()?;
            match if backwards { branch.next_back() } else { branch.next() } {
                Some(child) => self.descend(node(&child.node), backwards),
                None => {
                    self.above.pop();
                }
            }
        }
    }
}

/// Entries in the order of their keys, from both ends.
pub struct Pairs<'a> {
    left: usize,
    front: Path<'a>,
    back: Path<'a>,
}

impl<'a> Pairs<'a> {
    fn step(&mut self, backwards: bool) -> Option<(&'a Value, &'a Value)> {
        self.left = self.left.checked_sub(1)?;
        let path = if backwards { &mut self.back } else { &mut self.front };
        path.step(backwards).map(|(key, value)| (key, value))
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a Value, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.step(false)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl DoubleEndedIterator for Pairs<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.step(true)
    }
}

impl ExactSizeIterator for Pairs<'_> {}
