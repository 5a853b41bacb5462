//! Primitives of List that evaluate no block: those of `beamtalk_list_ops`.

use super::checks::{self, badarg, no_clause};
use super::Row;
use crate::context::Context;
use crate::errors::Error;
use crate::heap::Ref;
use crate::order;
use crate::raise::Failure;
use crate::value::{Cons, Value};

type Answer = Result<Value, Failure>;

/// Bytes of a list cell.
const CELL: usize = 48;
/// So many elements cost a reduction.
const ELEMENTS: usize = 10;

/// Elements of a list that is flattened, inner lists among them.
const MOST_VISITS: usize = 1 << 25;

const OPS: &str = "beamtalk_list_ops";

pub(crate) const TABLE: &[Row] = &[
    (OPS, "withAll", 2, |c, o| checks::list(c, &o[1], "List", "withAll:").map(|()| Value::take(&mut o[1]))),
    (OPS, "size", 1, |c, o| length(c, &o[0]).map(|length| Value::Integer(length as i64))),
    (OPS, "isEmpty", 1, |_, o| Ok(Value::boolean(matches!(o[0], Value::EmptyList)))),
    (OPS, "first", 1, |c, o| match o[0].as_cons() {
        Some(cons) => Ok(cons.head.clone()),
        None => Err(missing(c, "first", "Cannot get first element of empty list")),
    }),
    (OPS, "rest", 1, |_, o| Ok(o[0].as_cons().map_or(Value::EmptyList, |cons| cons.tail.clone()))),
    (OPS, "last", 1, |c, o| last(c, &o[0])),
    (OPS, "at", 2, |c, o| at(c, &o[0], &o[1])),
    (OPS, "atRandom", 1, |c, o| match o[0] {
        Value::EmptyList => Err(nothing_to_choose(c, "List")),
        _ => Err(Failure::Host),
    }),
    (OPS, "includes", 2, |c, o| includes(c, &o[0], &o[1])),
    (OPS, "addFirst", 2, |_, o| Ok(Value::cons(Value::take(&mut o[1]), Value::take(&mut o[0])))),
    (OPS, "add", 2, |c, o| {
        let last = Value::cons(o[1].clone(), Value::EmptyList);
        appended(c, &o[0], last)
    }),
    (OPS, "++", 2, |c, o| match o[1].is_list() {
        true => appended(c, &o[0], o[1].clone()),
        false => Err(badarg()),
    }),
    (OPS, "sort", 1, |c, o| {
        let sorted = sorted(c, &o[0])?;
        Ok(Value::list(sorted.into_iter()))
    }),
    (OPS, "unique", 1, |c, o| unique(c, &o[0]).map(|all| Value::list(all.into_iter()))),
    (OPS, "reversed", 1, |c, o| reversed(c, Value::take(&mut o[0]), Value::EmptyList)),
    (OPS, "flatten", 1, |c, o| flatten(c, &o[0])),
    (OPS, "intersperse", 2, |c, o| intersperse(c, &o[0], &o[1])),
    (OPS, "zip", 2, |c, o| zip(c, &o[0], &o[1])),
    (OPS, "take", 2, |c, o| {
        let (class, selector) = (c.intern("List"), c.intern("take:"));
        let count = checks::count(c, &o[1], class, selector)?;
        front(c, &o[0], count)
    }),
    (OPS, "drop", 2, |c, o| {
        let (class, selector) = (c.intern("List"), c.intern("drop:"));
        let count = checks::count(c, &o[1], class, selector)?;
        Ok(back(c, &o[0], count))
    }),
    (OPS, "from_to", 3, |c, o| from_to(c, &o[0], &o[1], &o[2])),
    (OPS, "join", 1, |c, o| join(c, &o[0], None)),
    (OPS, "join", 2, |c, o| join(c, &o[0], Some(&o[1]))),
    ("lists", "reverse", 1, |c, o| reversed(c, Value::take(&mut o[0]), Value::EmptyList)),
    ("lists", "reverse", 2, |c, o| {
        let end = Value::take(&mut o[1]);
        reversed(c, Value::take(&mut o[0]), end)
    }),
];

fn missing(context: &mut Context, selector: &str, hint: &str) -> Failure {
    context.error("does_not_understand", "List", selector, hint)
}

pub(crate) fn nothing_to_choose(context: &mut Context, class: &str) -> Failure {
    context.error("type_error", class, "atRandom", "Cannot select random element from empty collection")
}

/// Number of elements, which is charged for.
pub(crate) fn length(context: &mut Context, list: &Value) -> Result<usize, Failure> {
    let (length, end) = walked(list);
    context.spend(length / ELEMENTS);
    if matches!(end, Value::EmptyList) {
        Ok(length)
    } else {
        Err(badarg())
    }
}

/// Number of cells, and what stands behind the last one.
pub(crate) fn walked(list: &Value) -> (usize, &Value) {
    let (mut length, mut rest) = (0, list);
    while let Some(cons) = rest.as_cons() {
        (length, rest) = (length + 1, &cons.tail);
    }
    (length, rest)
}

/// The elements of a proper list, with room for as many cells; `Err` with what it ends in otherwise.
pub(crate) fn elements(context: &mut Context, list: &Value) -> Result<Result<Vec<Value>, Value>, Failure> {
    let (length, end) = walked(list);
    context.spend(length / ELEMENTS);
    context.room(length * (CELL + 16))?;
    Ok(match end {
        Value::EmptyList => Ok(list.elements().cloned().collect()),
        end => Err(end.clone()),
    })
}

fn last(context: &mut Context, list: &Value) -> Answer {
    let mut last = None;
    let mut walked = 0;
    let mut rest = list;
    while let Some(cons) = rest.as_cons() {
        (last, rest, walked) = (Some(&cons.head), &cons.tail, walked + 1);
    }
    context.spend(walked / ELEMENTS);
    match (last, rest) {
        (Some(last), Value::EmptyList) => Ok(last.clone()),
        (None, Value::EmptyList) => Err(missing(context, "last", "Cannot get last element of empty list")),
        _ => Err(no_clause()),
    }
}

fn at(context: &mut Context, list: &Value, index: &Value) -> Answer {
    let (class, selector) = (context.intern("List"), context.intern("at:"));
    let wanted = checks::index(context, index, class, selector)?;
    if wanted < 1 {
        let hint = format!("Index {} is out of bounds (must be >= 1)", checks::digits(index));
        return Err(missing(context, "at:", &hint));
    }
    let (mut left, mut rest) = (wanted, list);
    while let Some(cons) = rest.as_cons() {
        if left == 1 {
            context.spend((wanted as usize) / ELEMENTS);
            return Ok(cons.head.clone());
        }
        (left, rest) = (left - 1, &cons.tail);
    }
    match rest {
        Value::EmptyList => {
            let hint = format!("Index {} is out of bounds", checks::digits(index));
            Err(missing(context, "at:", &hint))
        }
        _ => Err(no_clause()),
    }
}

pub(crate) fn includes(context: &mut Context, list: &Value, element: &Value) -> Answer {
    let (mut walked, mut rest) = (0, list);
    while let Some(cons) = rest.as_cons() {
        if order::is_same(&cons.head, element) {
            context.spend(walked / ELEMENTS);
            return Ok(Value::True);
        }
        (walked, rest) = (walked + 1, &cons.tail);
    }
    context.spend(walked / ELEMENTS);
    match rest {
        Value::EmptyList => Ok(Value::False),
        _ => Err(badarg()),
    }
}

/// The list's elements before `end`.
pub(crate) fn appended(context: &mut Context, list: &Value, end: Value) -> Answer {
    let all = elements(context, list)?.map_err(|_| badarg())?;
    Ok(all.into_iter().rev().fold(end, |tail, head| Value::cons(head, tail)))
}

/// The list backwards before `end`. Cells that nothing else refers to are used again.
pub(crate) fn reversed(context: &mut Context, list: Value, end: Value) -> Answer {
    let (mut rest, mut done, mut steps) = (list, end, 0_usize);
    while let Value::Heap(mut reference) = rest {
        rest = match reference.get_mut::<Cons>() {
            Some(own) => {
                let next = std::mem::replace(&mut own.tail, done);
                done = Value::Heap(reference);
                next
            }
            None => match reference.get::<Cons>() {
                Some(shared) => {
                    done = Value::Heap(Ref::new(Cons { head: shared.head.clone(), tail: done }));
                    shared.tail.clone()
                }
                None => return Err(improper_reversed(steps)),
            },
        };
        steps += 1;
        // A loop of its own looks for the limit only now and then.
        if steps & 0xffff == 0 {
            context.room(0)?;
        }
    }
    context.spend(steps / ELEMENTS);
    match rest {
        Value::EmptyList => Ok(done),
        _ => Err(improper_reversed(steps)),
    }
}

/// `lists:reverse/1` takes two elements off before it calls another function.
fn improper_reversed(elements: usize) -> Failure {
    if elements < 2 {
        no_clause()
    } else {
        badarg()
    }
}

/// The elements in the order of terms; those that compare equal as they were.
pub(crate) fn sorted(context: &mut Context, list: &Value) -> Result<Vec<Value>, Failure> {
    let mut all = elements(context, list)?.map_err(|_| no_clause())?;
    context.spend(all.len());
    let symbols = &context.symbols;
    all.sort_by(|a, b| order::compare(a, b, symbols));
    Ok(all)
}

/// The same without elements that compare equal to the one before.
pub(crate) fn unique(context: &mut Context, list: &Value) -> Result<Vec<Value>, Failure> {
    let mut all = sorted(context, list)?;
    let symbols = &context.symbols;
    all.dedup_by(|b, a| order::compare(a, b, symbols).is_eq());
    Ok(all)
}

fn too_many(context: &mut Context) -> Failure {
    let (class, selector) = (context.intern("List"), context.intern("flatten"));
    let error = Error::new("runtime_error", Some(class), Some(selector))
        .message(format!("A List made by flatten has at most {MOST_VISITS} elements"))
        .hint("Parts that are shared count each time");
    context.raise(error)
}

fn flatten(context: &mut Context, list: &Value) -> Answer {
    let mut flat = Vec::new();
    let mut work = vec![list];
    let mut steps = 0_usize;
    while let Some(next) = work.pop() {
        steps += 1;
        if steps & 0xffff == 0 {
            context.room((flat.len() + work.len()) * (CELL + 16))?;
        }
        // What is on the list is a tail, or a list that is an element.
        match next.as_cons() {
            // Lists that share their parts can be small in memory and flatten without end, empty ones too.
            Some(_) if steps > 2 * MOST_VISITS => {
                context.spend(steps / ELEMENTS);
                return Err(too_many(context));
            }
            Some(cons) => {
                work.push(&cons.tail);
                match cons.head.is_list() {
                    true => work.push(&cons.head),
                    false => flat.push(cons.head.clone()),
                }
            }
            None if matches!(next, Value::EmptyList) => {}
            None => return Err(no_clause()),
        }
    }
    context.spend(steps / ELEMENTS);
    context.room(flat.len() * CELL)?;
    Ok(Value::list(flat.into_iter()))
}

fn intersperse(context: &mut Context, list: &Value, separator: &Value) -> Answer {
    let all = elements(context, list)?.map_err(|_| no_clause())?;
    context.room(2 * all.len() * CELL)?;
    let mut done = Value::EmptyList;
    for (index, element) in all.into_iter().rev().enumerate() {
        if index > 0 {
            done = Value::cons(separator.clone(), done);
        }
        done = Value::cons(element, done);
    }
    Ok(done)
}

fn zip(context: &mut Context, left: &Value, right: &Value) -> Answer {
    let (mut a, mut b, mut pairs) = (left, right, Vec::new());
    while let (Some(x), Some(y)) = (a.as_cons(), b.as_cons()) {
        pairs.push((x.head.clone(), y.head.clone()));
        (a, b) = (&x.tail, &y.tail);
        if pairs.len() & 0xffff == 0 {
            context.room(pairs.len() * 300)?;
        }
    }
    checks::list(context, b, "List", "zip:")?;
    context.spend(pairs.len());
    context.room(pairs.len() * 300)?;
    let (key, value) = (Value::text("key"), Value::text("value"));
    let symbols = &context.symbols;
    let pair = |(a, b)| Value::map(crate::map::Map::from_pairs(vec![(key.clone(), a), (value.clone(), b)], symbols));
    Ok(Value::list(pairs.into_iter().map(pair)))
}

/// The first elements, as many as there are.
fn front(context: &mut Context, list: &Value, count: i64) -> Answer {
    let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
    let length = list.elements().take(count).count();
    context.spend(length / ELEMENTS);
    context.room(length * (CELL + 16))?;
    let taken: Vec<Value> = list.elements().take(length).cloned().collect();
    Ok(Value::list(taken.into_iter()))
}

/// What is left without so many elements; shares the list's cells.
fn back(context: &mut Context, list: &Value, count: i64) -> Value {
    let (mut rest, mut left) = (list, count);
    while let (Some(cons), true) = (rest.as_cons(), left > 0) {
        (rest, left) = (&cons.tail, left - 1);
    }
    context.spend((count - left) as usize / ELEMENTS);
    rest.clone()
}

fn from_to(context: &mut Context, list: &Value, start: &Value, end: &Value) -> Answer {
    let (class, selector) = (context.intern("List"), context.intern("from:to:"));
    let first = checks::index(context, start, class, selector)?;
    let last = checks::index(context, end, class, selector)?;
    if first < 1 {
        let hint = format!("Start index {} must be >= 1", checks::digits(start));
        return Err(missing(context, "from:to:", &hint));
    }
    let rest = back(context, list, first - 1);
    front(context, &rest, last.saturating_sub(first).saturating_add(1))
}

fn join(context: &mut Context, list: &Value, separator: Option<&Value>) -> Answer {
    let selector = if separator.is_some() { "join:" } else { "join" };
    let separator = separator.map_or(Ok(&b""[..]), |separator| text(context, separator, selector))?;
    let (mut size, mut steps, mut rest) = (0_usize, 0, list);
    while let Some(cons) = rest.as_cons() {
        size = size.saturating_add(text(context, &cons.head, selector)?.len()).saturating_add(separator.len());
        (steps, rest) = (steps + 1, &cons.tail);
    }
    if !matches!(rest, Value::EmptyList) {
        return Err(checks::bad_generator(context, rest));
    }
    // Without the separator behind the last one.
    super::text::bounded(if steps == 0 { 0 } else { size - separator.len() })?;
    context.room(size)?;
    context.spend(steps / ELEMENTS + size / 100);
    let mut whole = Vec::with_capacity(size);
    for (index, part) in list.elements().enumerate() {
        if index > 0 {
            whole.extend_from_slice(separator);
        }
        whole.extend_from_slice(part.as_text().unwrap_or_default());
    }
    Ok(Value::text(whole))
}

fn text<'a>(context: &mut Context, value: &'a Value, selector: &str) -> Result<&'a [u8], Failure> {
    match value.as_text() {
        Some(text) => Ok(text),
        None => {
            let (class, selector) = (context.intern("List"), context.intern(selector));
            Err(checks::type_error(context, class, selector, "Strings", value))
        }
    }
}

/// An error about a list made from a stream that has too many elements.
pub(crate) fn too_long(context: &mut Context, selector: crate::symbols::Symbol, most: usize) -> Failure {
    let class = context.intern("Stream");
    let error = Error::new("runtime_error", Some(class), Some(selector))
        .message(format!("A list made from a Stream has at most {most} elements"))
        .hint("Take fewer, or use do: or inject:into:, which hold one element at a time");
    context.raise(error)
}
