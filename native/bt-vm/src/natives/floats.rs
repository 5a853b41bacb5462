//! Floats and the functions of analysis. What has no finite value, and what is no number, is `badarith`.

use super::Row;
use crate::context::Context;
use crate::number::to_float;
use crate::raise::Failure;
use crate::value::Value;

pub(crate) const TABLE: &[Row] = &[
    ("beamtalk_float_ops", "pi", 1, |_, _| Ok(Value::Float(std::f64::consts::PI))),
    ("beamtalk_float_ops", "e", 1, |_, _| Ok(Value::Float(std::f64::consts::E))),
    ("beamtalk_float_ops", "asFloat", 1, |c, o| function(c, o, |x| x)),
    ("beamtalk_float_ops", "sin", 1, |c, o| function(c, o, f64::sin)),
    ("beamtalk_float_ops", "cos", 1, |c, o| function(c, o, f64::cos)),
    ("beamtalk_float_ops", "tan", 1, |c, o| function(c, o, f64::tan)),
    ("beamtalk_float_ops", "asin", 1, |c, o| function(c, o, f64::asin)),
    ("beamtalk_float_ops", "acos", 1, |c, o| function(c, o, f64::acos)),
    ("beamtalk_float_ops", "atan", 1, |c, o| function(c, o, f64::atan)),
    ("beamtalk_float_ops", "sqrt", 1, |c, o| function(c, o, f64::sqrt)),
    ("beamtalk_float_ops", "log", 1, |c, o| function(c, o, f64::ln)),
    ("beamtalk_float_ops", "log2", 1, |c, o| function(c, o, f64::log2)),
    ("beamtalk_float_ops", "log10", 1, |c, o| function(c, o, f64::log10)),
    ("beamtalk_float_ops", "exp", 1, |c, o| function(c, o, f64::exp)),
    ("beamtalk_float_ops", "raisedTo", 2, |c, o| function_of_two(c, o, f64::powf)),
    ("beamtalk_float_ops", "atan2", 2, |c, o| function_of_two(c, o, f64::atan2)),
];

fn finite(context: &mut Context, result: Option<f64>) -> Result<Value, Failure> {
    match result.filter(|result| result.is_finite()) {
        Some(result) => Ok(Value::Float(result)),
        None => Err(context.fail("badarith")),
    }
}

fn function(context: &mut Context, operands: &[Value], of: fn(f64) -> f64) -> Result<Value, Failure> {
    let result = to_float(&operands[0]).map(of);
    finite(context, result)
}

fn function_of_two(context: &mut Context, operands: &[Value], of: fn(f64, f64) -> f64) -> Result<Value, Failure> {
    let result = match (to_float(&operands[0]), to_float(&operands[1])) {
        (Some(x), Some(y)) => Some(of(x, y)),
        _ => None,
    };
    finite(context, result)
}
