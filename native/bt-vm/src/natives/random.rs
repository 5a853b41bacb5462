//! Chance from a seed: OTP's generator `exsss`, with the same numbers. The class's own generator, which nobody seeded, is the host's.
//!
//! An instance holds the generator's exported state, a tuple of its name and two numbers of 58 bits.

use super::expected::{is_integer, type_error};
use super::Row;
use crate::classes::ClassId;
use crate::context::Context;
use crate::number::to_big;
use crate::raise::Failure;
use crate::value::Value;

pub(crate) const TABLE: &[Row] = &[
    ("beamtalk_random_ops", "seed", 2, seeded),
    ("beamtalk_random_ops", "next", 1, |c, o| {
        let (number, _) = State::of(c, &o[0]).ok_or(Failure::Host)?.next();
        Ok(Value::Float((number >> 5) as f64 / (1u64 << 53) as f64))
    }),
    ("beamtalk_random_ops", "nextInteger", 2, next_integer),
    ("beamtalk_random_ops", "printString", 1, |_, _| Ok(Value::text("a Random"))),
];

const MASK: u64 = (1 << 58) - 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State(u64, u64);

impl State {
    /// Numbers that have nothing to do with each other, from one seed to the next.
    fn seeded(seed: u64) -> State {
        let mut at = seed;
        let mut next = || loop {
            at = at.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let z = (at ^ at >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            let z = (z ^ z >> 31) & MASK;
            if z != 0 {
                return z;
            }
        };
        let first = next();
        State(first, next())
    }

    /// Of an instance; nothing where it has none that is known here.
    fn of(context: &mut Context, value: &Value) -> Option<State> {
        let field = context.intern("generator");
        if value.as_instance()?.class != ClassId::Random {
            return None;
        }
        let [name, numbers] = context.classes.field(value, field)?.as_tuple()? else { return None };
        let cons = numbers.as_cons()?;
        match (context.symbols.text(name), &cons.head, &cons.tail) {
            (Some("exsss"), Value::Integer(a), Value::Integer(b)) => Some(State(*a as u64 & MASK, *b as u64 & MASK)),
            _ => None,
        }
    }

    /// 58 bits, and the state after them.
    fn next(self) -> (u64, State) {
        let State(s1, s0) = self;
        let times = |value: u64, shift: u32| value.wrapping_add(value << shift) & MASK;
        let turned = times(s0, 2);
        let turned = (turned << 7 | turned >> (58 - 7)) & MASK;
        let mixed = s1 ^ s1 << 24 & MASK;
        (times(turned, 3), State(s0, mixed ^ s0 ^ mixed >> 11 ^ s0 >> 41))
    }
}

fn seeded(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let seed = match (&operands[1], to_big(&operands[1])) {
        (Value::Integer(seed), _) => *seed as u64,
        // The lowest 64 bits, of a negative one as well.
        (_, Some(seed)) => (seed & num_bigint::BigInt::from(u64::MAX)).iter_u64_digits().next().unwrap_or(0),
        _ => return Err(type_error(context, "Random", "seed:", "an Integer", &operands[1])),
    };
    let State(a, b) = State::seeded(seed);
    let name = context.symbol("exsss");
    let numbers = Value::cons(Value::Integer(a as i64), Value::Integer(b as i64));
    let field = context.intern("generator");
    Ok(context.classes.instance(ClassId::Random, vec![(field, Value::tuple(vec![name, numbers]))]))
}

/// From 1 to a number. Of more than the generator's bits it is the host's.
fn next_integer(context: &mut Context, operands: &mut [Value]) -> Result<Value, Failure> {
    let max = match &operands[1] {
        Value::Integer(max) if *max >= 1 => *max as u64,
        other if is_integer(other) && to_big(other).is_some_and(|max| max.sign() == num_bigint::Sign::Plus) => {
            return Err(Failure::Host);
        }
        other => return Err(type_error(context, "Random", "nextInteger:", "a positive Integer", other)),
    };
    let mut state = State::of(context, &operands[0]).ok_or(Failure::Host)?;
    if max > MASK {
        return Err(Failure::Host);
    }
    // What is left above the largest multiple would favour small numbers. That comes up less than every other time, so it ends soon.
    loop {
        let (number, after) = state.next();
        let rest = number % max;
        if number - rest <= MASK + 1 - max {
            return Ok(Value::Integer(rest as i64 + 1));
        }
        state = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What OTP says.
    #[test]
    fn states_and_numbers() {
        for (seed, state, first) in [
            (0, State(153307352162749871, 178066366098138612), 0.480831962745912),
            (1, State(74922837739199681, 210417531935976551), 0.9869973221664313),
            (42, State(132629853624823445, 67522330609774851), 0.3672301478324621),
            (u64::MAX, State(61204826320874528, 117085240290607817), 0.8331330592333566),
        ] {
            assert_eq!(State::seeded(seed), state);
            let (number, _) = state.next();
            assert_eq!((number >> 5) as f64 / (1u64 << 53) as f64, first, "{seed}");
        }
    }
}
