//! Primitives of Array and Tuple that evaluate no block: those of `beamtalk_array_ops` and `beamtalk_tuple_ops`.

use super::list::{elements, nothing_to_choose};
use super::{checks, Row};
use crate::context::Context;
use crate::order;
use crate::raise::Failure;
use crate::value::{Array, Value};

type Answer = Result<Value, Failure>;

const ARRAY: &str = "beamtalk_array_ops";
const TUPLE: &str = "beamtalk_tuple_ops";
/// Erlang has no larger tuples.
const MAX_TUPLE: usize = (1 << 24) - 1;

pub(crate) const TABLE: &[Row] = &[
    (ARRAY, "withAll", 2, |c, o| {
        checks::list(c, &o[1], "Array", "withAll:")?;
        Ok(Value::array(elements(c, &o[1])?.map_err(|_| checks::badarg())?))
    }),
    (ARRAY, "size", 1, |_, o| Ok(Value::Integer(array(&o[0])?.len() as i64))),
    (ARRAY, "isEmpty", 1, |_, o| Ok(Value::boolean(array(&o[0])?.is_empty()))),
    (ARRAY, "at", 2, |c, o| {
        let place = place(c, array(&o[0])?, &o[1], "at:")?;
        Ok(array(&o[0])?[place].clone())
    }),
    (ARRAY, "at_put", 3, |c, o| at_put(c, o)),
    (ARRAY, "includes", 2, |c, o| {
        let all = array(&o[0])?;
        c.spend(all.len() / 10);
        Ok(Value::boolean(all.iter().any(|element| order::is_same(element, &o[1]))))
    }),
    (TUPLE, "withAll", 2, |c, o| {
        checks::list(c, &o[1], "Tuple", "withAll:")?;
        let all = elements(c, &o[1])?.map_err(|_| checks::badarg())?;
        match all.len() > MAX_TUPLE {
            true => Err(c.fail("system_limit")),
            false => Ok(Value::tuple(all)),
        }
    }),
    (TUPLE, "size", 1, |_, o| Ok(Value::Integer(tuple(&o[0])?.len() as i64))),
    (TUPLE, "at", 2, |c, o| tuple_at(c, tuple(&o[0])?, &o[1])),
    (TUPLE, "isOk", 1, |c, o| Ok(Value::boolean(is_pair_with(c, tuple(&o[0])?, "ok")))),
    (TUPLE, "isError", 1, |c, o| Ok(Value::boolean(is_pair_with(c, tuple(&o[0])?, "error")))),
    (TUPLE, "atRandom", 1, |c, o| match tuple(&o[0])? {
        [] => Err(nothing_to_choose(c, "Tuple")),
        _ => Err(Failure::Host),
    }),
    ("erlang", "element", 2, |_, o| match (&o[0], o[1].as_tuple()) {
        (Value::Integer(index), Some(parts)) => {
            let at = index.checked_sub(1).and_then(|at| usize::try_from(at).ok());
            at.and_then(|at| parts.get(at)).cloned().ok_or_else(checks::badarg)
        }
        _ => Err(checks::badarg()),
    }),
];

fn array(value: &Value) -> Result<&[Value], Failure> {
    value.as_array().ok_or(Failure::Host)
}

fn tuple(value: &Value) -> Result<&[Value], Failure> {
    value.as_tuple().ok_or(Failure::Host)
}

/// Where in the array the index points to.
fn place(context: &mut Context, all: &[Value], index: &Value, selector: &str) -> Result<usize, Failure> {
    if let Value::Integer(index) = index {
        if let Some(at) = index.checked_sub(1).and_then(|at| usize::try_from(at).ok()).filter(|at| *at < all.len()) {
            return Ok(at);
        }
    }
    let (class, symbol) = (context.intern("Array"), context.intern(selector));
    match checks::index(context, index, class, symbol)? {
        index if index < 1 => Err(context.error("index_out_of_bounds", "Array", selector, "Index must be >= 1")),
        index if index as usize > all.len() => {
            Err(context.error("index_out_of_bounds", "Array", selector, "Index is beyond array size"))
        }
        index => Ok(index as usize - 1),
    }
}

fn at_put(context: &mut Context, operands: &mut [Value]) -> Answer {
    let all = array(&operands[0])?;
    let place = place(context, all, &operands[1], "at:put:")?;
    let (size, bytes) = (all.len(), std::mem::size_of_val(all));
    let value = Value::take(&mut operands[2]);
    if let Value::Heap(reference) = &mut operands[0] {
        if let Some(own) = reference.get_mut::<Array>() {
            Value::put(&mut own.0[place], value);
            return Ok(Value::take(&mut operands[0]));
        }
    }
    context.spend(size / 100);
    context.room(bytes)?;
    let mut copy = operands[0].as_array().unwrap_or_default().to_vec();
    copy[place] = value;
    Ok(Value::array(copy))
}

fn tuple_at(context: &mut Context, parts: &[Value], index: &Value) -> Answer {
    let (class, selector) = (context.intern("Tuple"), context.intern("at:"));
    let wanted = checks::index(context, index, class, selector)?;
    let found = usize::try_from(wanted).ok().and_then(|at| parts.get(at.checked_sub(1)?));
    match found {
        Some(value) => Ok(value.clone()),
        None => {
            let hint = format!("Index {} is out of bounds for a tuple of size {}", checks::digits(index), parts.len());
            Err(context.error("does_not_understand", "Tuple", "at:", &hint))
        }
    }
}

fn is_pair_with(context: &Context, parts: &[Value], name: &str) -> bool {
    matches!(parts, [Value::Symbol(first), _] if context.symbols.name(*first) == name)
}
