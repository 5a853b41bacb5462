//! `erlang:phash2`: the same number for the same term on every node, and here.
//!
//! A term is hashed as it stands at the host: an object as a map with its class, a class as the tuple that refers to it, an array as OTP's tree.

use num_bigint::{BigInt, Sign};

use crate::classes::ClassId;
use crate::context::Context;
use crate::value::{Instance, Value};

const GOLDEN: u32 = 0x9e37_79b9;

/// The constant of a kind of term.
const fn constant(number: u32) -> u32 {
    GOLDEN.wrapping_mul(number)
}

const SMALL: u32 = constant(1);
const EMPTY_LIST_WITHIN: u32 = constant(2);
const ATOM: u32 = constant(3);
const BYTES_OF_LIST: u32 = constant(4);
const TUPLE: u32 = constant(9);
const NEGATIVE: u32 = constant(10);
const POSITIVE: u32 = constant(11);
const FLOAT: u32 = constant(12);
const BINARY: u32 = constant(13);
const MAP: u32 = constant(16);
const PAIRS: u32 = constant(19);

/// Jenkins's mix of three words.
fn mix(mut a: u32, mut b: u32, mut c: u32) -> (u32, u32, u32) {
    macro_rules! turn {
        ($x:ident $y:ident $z:ident, $shifted:expr) => {
            $x = $x.wrapping_sub($y).wrapping_sub($z) ^ $shifted;
        };
    }
    turn!(a b c, c >> 13);
    turn!(b c a, a << 8);
    turn!(c a b, b >> 13);
    turn!(a b c, c >> 12);
    turn!(b c a, a << 16);
    turn!(c a b, b >> 5);
    turn!(a b c, c >> 3);
    turn!(b c a, a << 10);
    turn!(c a b, b >> 15);
    (a, b, c)
}

fn words(hash: u32, first: u32, second: u32, constant: u32) -> u32 {
    mix(constant.wrapping_add(first), constant.wrapping_add(second), hash).2
}

fn word(hash: u32, value: u32, constant: u32) -> u32 {
    words(hash, value, 0, constant)
}

fn bytes(all: &[u8], start: u32) -> u32 {
    let (mut a, mut b, mut c) = (GOLDEN, GOLDEN, start);
    let part = |bytes: &[u8]| bytes.iter().rev().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte));
    let blocks = all.chunks_exact(12);
    let rest = blocks.remainder();
    for block in blocks {
        (a, b, c) = mix(a.wrapping_add(part(&block[..4])), b.wrapping_add(part(&block[4..8])), c.wrapping_add(part(&block[8..])));
    }
    let cut = |from: usize, to: usize| part(&rest[from.min(rest.len())..to.min(rest.len())]);
    c = c.wrapping_add(all.len() as u32).wrapping_add(cut(8, 12) << 8);
    mix(a.wrapping_add(cut(0, 4)), b.wrapping_add(cut(4, 8)), c).2
}

/// What the atom table keeps of a name.
fn atom(name: &str) -> u32 {
    let mut hash = 0u32;
    for point in name.chars() {
        // Latin-1 letters count as the one byte they once were.
        let mut buffer = [0; 4];
        let narrow = u8::try_from(point as u32).ok().filter(|byte| *byte >= 128).map(|byte| [byte]);
        let encoded = match &narrow {
            Some(byte) => &byte[..],
            None => point.encode_utf8(&mut buffer).as_bytes(),
        };
        for byte in encoded {
            hash = (hash << 4).wrapping_add(u32::from(*byte));
            let top = hash & 0xf000_0000;
            hash = (hash ^ (top >> 24)) & !top;
        }
    }
    hash
}

fn integer(hash: u32, value: i64) -> u32 {
    const SHORT: i64 = 1 << 27;
    const INLINE: i64 = 1 << 59;
    if (-SHORT..SHORT).contains(&value) {
        let hash = if value < 0 { word(hash, value.unsigned_abs() as u32, SMALL) } else { hash };
        return word(hash, value as u32, SMALL);
    }
    let (size, sign) = (value.unsigned_abs(), if value < 0 { NEGATIVE } else { POSITIVE });
    // What is beyond the host's words is hashed alike.
    debug_assert!((-INLINE..INLINE).contains(&value) || size >> 32 != 0);
    words(hash, size as u32, (size >> 32) as u32, sign)
}

fn big(mut hash: u32, value: &BigInt) -> u32 {
    let sign = if value.sign() == Sign::Minus { NEGATIVE } else { POSITIVE };
    for digit in value.iter_u64_digits() {
        hash = words(hash, digit as u32, (digit >> 32) as u32, sign);
    }
    hash
}

/// What is still to be hashed.
enum Work<'a> {
    Value(&'a Value),
    Atom(&'a str),
    Integer(i64),
    /// A tree of an array with room for so many elements.
    Tree(&'a [Value], usize),
    /// The number of parts of a tuple; the parts come next.
    Parts(u32),
    /// A key and its value are done.
    Pair,
    /// A map is done: what was there before it, and the pairs of the map around it.
    Map {
        before: u32,
        around: u32,
    },
    /// The tuple that refers to a class.
    Class(ClassId, bool),
}

/// Smallest tree of an array.
const LEAF: usize = 10;

/// The hash; `None` where only the host can tell, because the term is its own: of blocks, processes and the like; or because without what is shared in it it is
/// larger than the memory, which the host is told when it is sent there.
pub fn phash2(value: &Value, context: &Context) -> Option<(u32, usize)> {
    let mut work = vec![Work::Value(value)];
    let (mut hash, mut pairs, mut steps) = (0u32, 0u32, 0);
    let most = context.limit() / std::mem::size_of::<Value>();
    while let Some(next) = work.pop() {
        steps += 1;
        if steps > most {
            return None;
        }
        match next {
            Work::Atom(name) if hash == 0 => hash = atom(name),
            Work::Atom(name) => hash = word(hash, atom(name), ATOM),
            Work::Integer(value) => hash = integer(hash, value),
            Work::Parts(arity) => hash = word(hash, arity, TUPLE),
            Work::Pair => {
                pairs ^= hash;
                hash = 0;
            }
            Work::Map { before, around } => {
                hash = word(before, pairs, PAIRS);
                pairs = around;
            }
            Work::Class(class, is_metaclass) => {
                let name = context.symbols.name(context.classes.name(class));
                let module = context.classes.code(class)?.module.as_str();
                work.extend([Work::Atom(name), Work::Atom(module)]);
                if is_metaclass {
                    work.push(Work::Atom("Metaclass"));
                } else {
                    // The name of its class's class is in no table.
                    let before = word(hash, 4, TUPLE);
                    let before = word(before, atom("beamtalk_object"), ATOM);
                    hash = word(before, atom(&format!("{name} class")), ATOM);
                    continue;
                }
                work.extend([Work::Atom("beamtalk_object"), Work::Parts(4)]);
            }
            Work::Tree(elements, size) if size == LEAF => {
                work.extend((elements.len()..LEAF).map(|_| Work::Atom("undefined")));
                work.extend(elements.iter().rev().map(Work::Value));
                work.push(Work::Parts(LEAF as u32));
            }
            Work::Tree(elements, size) => {
                let part = size / LEAF;
                work.push(Work::Integer(part as i64));
                let parts = elements.len().div_ceil(part);
                work.extend((parts..LEAF).map(|_| Work::Integer(part as i64)));
                work.extend(elements.chunks(part).rev().map(|elements| Work::Tree(elements, part)));
                work.push(Work::Parts(LEAF as u32 + 1));
            }
            Work::Value(value) => match value {
                Value::Integer(value) => hash = integer(hash, *value),
                Value::Float(value) => {
                    let bits = if *value == 0.0 { 0 } else { value.to_bits() };
                    hash = words(hash, (bits >> 32) as u32, bits as u32, FLOAT);
                }
                Value::EmptyList if hash == 0 => hash = 3_468_870_702,
                Value::EmptyList => hash = word(hash, 2, EMPTY_LIST_WITHIN),
                Value::Class(class) => work.push(Work::Class(*class, false)),
                Value::Metaclass(class) => work.push(Work::Class(*class, true)),
                other => {
                    if let Some(name) = context.symbols.text(other) {
                        work.push(Work::Atom(name));
                    } else if let Some(text) = other.as_text() {
                        let start = BINARY.wrapping_add(hash);
                        hash = if text.is_empty() { start } else { bytes(text, start) };
                        steps += text.len() / 16;
                    } else if other.as_cons().is_some() {
                        hash = list(hash, other, &mut work, &mut steps);
                    } else if let Some(parts) = other.as_tuple() {
                        work.extend(parts.iter().rev().map(Work::Value));
                        work.push(Work::Parts(parts.len() as u32));
                    } else if let Some(value) = other.as_big() {
                        hash = big(hash, value);
                        steps += value.bits() as usize / 512;
                    } else if let Some(map) = other.as_map() {
                        hash = word(hash, map.len() as u32, MAP);
                        if !map.is_empty() {
                            work.push(Work::Map { before: hash, around: pairs });
                            (hash, pairs) = (0, 0);
                            for (key, value) in map.iter() {
                                work.extend([Work::Pair, Work::Value(value), Work::Value(key)]);
                            }
                        }
                    } else if let Some(elements) = other.as_array() {
                        work.push(Work::Map { before: word(hash, 2, MAP), around: pairs });
                        (hash, pairs) = (0, 0);
                        work.push(Work::Pair);
                        array(elements, &mut work);
                        work.extend([Work::Atom("data"), Work::Pair, Work::Atom("Array"), Work::Atom(TAG)]);
                    } else {
                        let object = other.as_instance()?;
                        work.push(Work::Map { before: word(hash, object.fields.len() as u32 + 1, MAP), around: pairs });
                        (hash, pairs) = (0, 0);
                        self::object(object, context, &mut work);
                    }
                }
            },
        }
    }
    Some((hash & ((1 << 27) - 1), steps))
}

/// Key of the entry that makes a map an object.
const TAG: &str = "$beamtalk_class";

fn object<'a>(object: &'a Instance, context: &'a Context, work: &mut Vec<Work<'a>>) {
    let name = context.symbols.name(context.classes.name(object.class));
    work.extend([Work::Pair, Work::Atom(name), Work::Atom(TAG)]);
    let shape = context.classes.shape_at(object.shape);
    for (field, value) in shape.fields.iter().zip(object.fields.iter()) {
        work.extend([Work::Pair, Work::Value(value), Work::Atom(context.symbols.name(*field))]);
    }
}

/// The record of OTP's module `array`.
fn array<'a>(elements: &'a [Value], work: &mut Vec<Work<'a>>) {
    let mut size = LEAF;
    while size < elements.len() {
        size *= LEAF;
    }
    work.push(if elements.is_empty() { Work::Integer(LEAF as i64) } else { Work::Tree(elements, size) });
    work.extend([Work::Atom("undefined"), Work::Integer(size as i64), Work::Integer(elements.len() as i64)]);
    work.extend([Work::Atom("array"), Work::Parts(5)]);
}

/// Elements that are bytes at the start of a list go four at a time.
fn list<'a>(mut hash: u32, list: &'a Value, work: &mut Vec<Work<'a>>, steps: &mut usize) -> u32 {
    let (mut taken, mut four) = (0, 0u32);
    let mut rest = list;
    while let Some(cons) = rest.as_cons() {
        let Value::Integer(byte @ 0..=255) = cons.head else {
            break;
        };
        four = four << 8 | byte as u32;
        taken += 1;
        if taken == 4 {
            hash = word(hash, four, BYTES_OF_LIST);
            (taken, four) = (0, 0);
        }
        rest = &cons.tail;
        *steps += 1;
    }
    if taken > 0 {
        hash = word(hash, four, BYTES_OF_LIST);
    }
    match rest.as_cons() {
        Some(cons) => work.extend([Work::Value(&cons.tail), Work::Value(&cons.head)]),
        None => work.push(Work::Value(rest)),
    }
    hash
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::library::Empty;
    use crate::map::Map;

    fn hash(context: &Context, value: &Value) -> Option<u32> {
        phash2(value, context).map(|(hash, _)| hash)
    }

    /// What OTP says.
    #[test]
    fn plain_values() {
        let mut context = Context::new(1 << 20, Arc::new(Empty));
        let two = |exponent: u32| BigInt::from(1) << exponent;
        for (value, wanted) in [
            (0, 88723725),
            (1, 2614250),
            (-1, 44071773),
            (134217727, 112602999),
            (134217728, 12354923),
            (-134217728, 69672967),
            (-134217729, 76739502),
            (1 << 40, 13893919),
            (-(1 << 40), 48180921),
            (1 << 59, 26969617),
            (-(1 << 59), 35173814),
            (-(1 << 59) - 1, 36462311),
        ] {
            assert_eq!(hash(&context, &Value::Integer(value)), Some(wanted), "{value}");
        }
        for (value, wanted) in [(two(64), 103122609), (-two(64), 13457787), (two(128), 8264834)] {
            assert_eq!(hash(&context, &Value::integer(value.clone())), Some(wanted), "{value}");
        }
        for (value, wanted) in [(0.0, 20875736), (-0.0, 20875736), (1.5, 10380315)] {
            assert_eq!(hash(&context, &Value::Float(value)), Some(wanted), "{value}");
        }
        for (text, wanted) in [("", 13708901), ("abc", 98228475), ("hello world, longer than twelve", 94260883)] {
            assert_eq!(hash(&context, &Value::text(text)), Some(wanted), "{text}");
        }
        let names = [("abc", 26499), ("é", 233), ("日本", 117588076), ("a_much_longer_atom_name_than_before", 80772341)];
        for (name, wanted) in names {
            let symbol = context.symbol(name);
            assert_eq!(hash(&context, &symbol), Some(wanted), "{name}");
        }
    }

    #[test]
    fn compound_values() {
        let mut context = Context::new(1 << 20, Arc::new(Empty));
        let (a, b, x) = (context.symbol("a"), context.symbol("b"), context.symbol("x"));
        let list = |elements: &[Value]| Value::list(elements.iter().cloned());
        let numbers = |all: std::ops::RangeInclusive<i64>| Value::list(all.map(Value::Integer));
        let map = |pairs: Vec<(Value, Value)>, context: &Context| Value::map(Map::from_pairs(pairs, &context.symbols));
        for (value, wanted) in [
            (Value::EmptyList, 113427502),
            (list(std::slice::from_ref(&a)), 23864141),
            (numbers(1..=3), 25788620),
            (numbers(1..=5), 66056394),
            (numbers(1000..=1000), 49068470),
            (Value::cons(Value::Integer(1), Value::Integer(2)), 86124794),
            (Value::tuple(vec![]), 87486268),
            (Value::tuple(vec![a.clone()]), 35332806),
            (Value::tuple(vec![Value::Integer(1), Value::Float(2.5)]), 13833902),
            (map(vec![], &context), 39679005),
            (map(vec![(a.clone(), Value::Integer(1))], &context), 59617982),
            (map(vec![(a, Value::Integer(1)), (b, list(&[Value::Integer(1), x]))], &context), 57881322),
            (Value::tuple(vec![Value::text("a"), Value::text("b")]), 74515381),
            (list(&[Value::text("")]), 38220213),
            (list(&[Value::Nil]), 129621110),
            (list(&[Value::EmptyList]), 96416884),
            (list(&[Value::EmptyList, Value::EmptyList]), 67164138),
        ] {
            assert_eq!(hash(&context, &value), Some(wanted), "{value:?}");
        }
    }
}
