//! What only preludes use: steps over lists, dictionaries and streams.

use std::cell::RefCell;

use super::list::{appended, elements, too_long, walked};
use super::{checks, set, Row};
use crate::classes::ClassId;
use crate::context::Context;
use crate::heap::Ref;
use crate::map::Map;
use crate::order;
use crate::raise::Failure;
use crate::sorter::{bytes_for, Sorter};
use crate::symbols::Symbol;
use crate::value::Value;

type Answer = Result<Value, Failure>;

const VM: &str = "$vm";
/// Elements of a list made from a stream.
const MOST: usize = 1 << 25;

pub(crate) const TABLE: &[Row] = &[
    // Is there another element? A list with another end fails as a function does that has no clause for it.
    (VM, "more", 1, |_, o| match &o[0] {
        Value::EmptyList => Ok(Value::False),
        other if other.as_cons().is_some() => Ok(Value::True),
        _ => Err(checks::no_clause()),
    }),
    // The same for what a list comprehension goes over.
    (VM, "generates", 1, |c, o| match &o[0] {
        Value::EmptyList => Ok(Value::False),
        other if other.as_cons().is_some() => Ok(Value::True),
        other => Err(checks::bad_generator(c, other)),
    }),
    // A list being sorted by a block: see `Sorter`.
    (VM, "sorter", 1, |c, o| {
        let all = elements(c, &o[0])?.map_err(|_| checks::no_clause())?;
        c.room(bytes_for(all.len()))?;
        Ok(Value::Heap(Ref::new(RefCell::new(Sorter::new(all)))))
    }),
    (VM, "asks", 1, |_, o| Ok(Value::boolean(sorter(&o[0])?.borrow().asks()))),
    (VM, "left", 1, |_, o| Ok(sorter(&o[0])?.borrow().question().0.clone())),
    (VM, "right", 1, |_, o| Ok(sorter(&o[0])?.borrow().question().1.clone())),
    (VM, "answer", 2, |c, o| {
        let in_order = match &o[1] {
            Value::True => true,
            Value::False => false,
            other => {
                let (class, selector) = (c.intern("List"), c.intern("sort:"));
                checks::boolean(c, other, class, selector)?
            }
        };
        sorter(&o[0])?.borrow_mut().answer(in_order);
        Ok(Value::Nil)
    }),
    (VM, "sorted", 1, |c, o| {
        let all = sorter(&o[0])?.borrow_mut().sorted();
        c.room(all.len() * 48)?;
        Ok(all.into_iter().fold(Value::EmptyList, |tail, head| Value::cons(head, tail)))
    }),
    (VM, "refuse", 3, |c, o| {
        let (class, selector) = checks::names(&o[0], &o[1])?;
        let hint = String::from_utf8_lossy(o[2].as_text().unwrap_or_default()).into_owned();
        Err(c.raise(crate::errors::Error::new("does_not_understand", Some(class), Some(selector)).hint(&hint)))
    }),
    // A list that `flatMap:` puts together with others.
    (VM, "part", 1, |c, o| match o[0].is_list() {
        true => Ok(Value::take(&mut o[0])),
        false => {
            let (class, selector) = (c.intern("List"), c.intern("flatMap:"));
            Err(checks::type_error(c, class, selector, "a block that answers a List", &o[0]))
        }
    }),
    // Lists, the last one first, as one.
    (VM, "joined", 1, |c, o| {
        let parts = elements(c, &o[0])?.map_err(|_| checks::badarg())?;
        let mut parts = parts.into_iter();
        let last = parts.next().unwrap_or(Value::EmptyList);
        parts.try_fold(last, |whole, part| appended(c, &part, whole))
    }),
    (VM, "group", 2, |c, o| group(c, &o[0], &o[1])),
    (VM, "element", 2, |_, o| match (&o[0], o[1].as_array()) {
        (Value::Integer(index), Some(all)) => {
            let at = index.checked_sub(1).and_then(|at| usize::try_from(at).ok());
            at.and_then(|at| all.get(at)).cloned().ok_or_else(checks::badarg)
        }
        _ => Err(checks::badarg()),
    }),
    ("erlang", "is_binary", 1, |_, o| Ok(Value::boolean(o[0].as_text().is_some()))),
    // Streams: a generator's answer is a tuple of an element and the next generator.
    (VM, "pair", 2, |_, o| Ok(Value::tuple(vec![Value::take(&mut o[0]), Value::take(&mut o[1])]))),
    (VM, "head", 1, |_, o| part(&o[0], 0)),
    (VM, "rest", 1, |_, o| part(&o[0], 1)),
    (VM, "stream", 2, |c, o| {
        let fields = vec![
            (c.intern("generator"), Value::take(&mut o[0])),
            (c.intern("description"), Value::take(&mut o[1])),
            (c.intern("finalizer"), Value::Nil),
        ];
        Ok(c.classes.instance(ClassId::Stream, fields))
    }),
    ("beamtalk_stream_ops", "printString", 1, |c, o| {
        let description = c.intern("description");
        c.classes.field(&o[0], description).cloned().ok_or(Failure::Host)
    }),
    (VM, "source", 1, |c, o| source(c, &o[0])),
    (VM, "elements", 1, |c, o| stream_elements(c, &o[0])),
    (VM, "unlimited", 0, |_, _| Ok(Value::Integer(MOST as i64 + 1))),
    // The elements a stream gave, the last one first, unless they are too many.
    (VM, "bounded", 2, |c, o| {
        let (length, _) = walked(&o[0]);
        match &o[1] {
            Value::Symbol(selector) if length > MOST => Err(too_long(c, *selector, MOST)),
            _ => super::list::reversed(c, Value::take(&mut o[0]), Value::EmptyList),
        }
    }),
];

fn sorter(value: &Value) -> Result<&RefCell<Sorter>, Failure> {
    value.body().ok_or_else(checks::badarg)
}

fn part(pair: &Value, index: usize) -> Answer {
    match pair.as_tuple() {
        Some(parts) if parts.len() == 2 => Ok(parts[index].clone()),
        _ => Err(checks::no_clause()),
    }
}

/// A dictionary of lists: the elements whose keys, in another list, are the same.
fn group(context: &mut Context, list: &Value, keys: &Value) -> Answer {
    let all = elements(context, list)?.map_err(|_| checks::no_clause())?;
    let mut tagged: Vec<(Value, Value)> = keys.elements().cloned().zip(all).collect();
    context.spend(tagged.len());
    let symbols = &context.symbols;
    tagged.sort_by(|a, b| order::compare_keys(&a.0, &b.0, symbols));
    let mut groups: Vec<(Value, Value)> = Vec::new();
    // From behind, so that the lists are built in order.
    for (key, element) in tagged.into_iter().rev() {
        match groups.last_mut() {
            Some((known, list)) if order::compare_keys(known, &key, symbols).is_eq() => {
                *list = Value::cons(element, Value::take(list));
            }
            _ => groups.push((key, Value::cons(element, Value::EmptyList))),
        }
    }
    groups.reverse();
    Ok(Value::map(Map::from_pairs(groups, symbols)))
}

/// What a stream over the collection is called.
fn source(context: &mut Context, collection: &Value) -> Answer {
    if let Some(text) = collection.as_text() {
        context.room(text.len())?;
        return Ok(Value::text([b"Stream(on: '", text, b"')"].concat()));
    }
    if collection.is_list() {
        return Ok(Value::text("Stream(on: [...])"));
    }
    if set::list_of(context, collection).is_some() {
        return Ok(Value::text("Stream(on: Set(...))"));
    }
    if collection.as_map().is_some() {
        return Ok(Value::text("Stream(on: #{...})"));
    }
    let (class, selector) = (context.intern("Stream"), context.intern("on:"));
    Err(checks::type_error(context, class, selector, "a List, String, Set or Dictionary", collection))
}

/// The list a stream goes over: a dictionary's entries are associations.
fn stream_elements(context: &mut Context, collection: &Value) -> Answer {
    if let Some(list) = set::list_of(context, collection) {
        return Ok(list.clone());
    }
    let Some(map) = collection.as_map() else { return Ok(collection.clone()) };
    context.spend(map.len() / 10);
    context.room(map.len() * 150)?;
    let shape = context.classes.shape(ClassId::Association, &[Symbol::Key, Symbol::Value]);
    let key_first = context.classes.place(shape, Symbol::Key) == Some(0);
    let entry = |(key, value): (&Value, &Value)| {
        let (key, value) = (key.clone(), value.clone());
        let fields = if key_first { vec![key, value] } else { vec![value, key] };
        Value::instance(ClassId::Association, shape, fields)
    };
    Ok(Value::list(map.iter().map(entry)))
}
