//! Functions of the module `erlang`: operators and comparison.

use std::cmp::Ordering;

use super::Row;
use crate::context::Context;
use crate::number::{calculated, Arithmetic};
use crate::order;
use crate::raise::Failure;
use crate::value::Value;

pub(crate) const TABLE: &[Row] = &[
    ("erlang", "+", 2, |c, o| calculate(c, Arithmetic::Add, o)),
    ("erlang", "-", 2, |c, o| calculate(c, Arithmetic::Subtract, o)),
    ("erlang", "*", 2, |c, o| calculate(c, Arithmetic::Multiply, o)),
    ("erlang", "/", 2, |c, o| calculate(c, Arithmetic::Divide, o)),
    ("erlang", "rem", 2, |c, o| calculate(c, Arithmetic::Remainder, o)),
    ("erlang", "==", 2, |_, o| Ok(Value::boolean(order::is_equal(&o[0], &o[1])))),
    ("erlang", "/=", 2, |_, o| Ok(Value::boolean(!order::is_equal(&o[0], &o[1])))),
    ("erlang", "=:=", 2, |_, o| Ok(Value::boolean(order::is_same(&o[0], &o[1])))),
    ("erlang", "<", 2, |c, o| Ok(Value::boolean(compared(c, o) == Ordering::Less))),
    ("erlang", ">", 2, |c, o| Ok(Value::boolean(compared(c, o) == Ordering::Greater))),
    ("erlang", "=<", 2, |c, o| Ok(Value::boolean(compared(c, o) != Ordering::Greater))),
    ("erlang", ">=", 2, |c, o| Ok(Value::boolean(compared(c, o) != Ordering::Less))),
];

fn compared(context: &Context, operands: &[Value]) -> Ordering {
    order::compare(&operands[0], &operands[1], &context.symbols)
}

fn calculate(context: &mut Context, op: Arithmetic, operands: &[Value]) -> Result<Value, Failure> {
    calculated(context, op, &operands[0], &operands[1])
}
