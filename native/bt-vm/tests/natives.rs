//! Every native primitive with operands it was not made for: none may panic, and one that leaves the work to the host leaves its operands as they were.

use std::sync::Arc;

use bt_vm::natives;
use bt_vm::{ClassId, Context, Empty, Failure, Foreign, Kind, Map, Value};
use num_bigint::BigInt;

/// Values of every kind; those of structure also in forms that no program makes.
fn odd(context: &mut Context, number: usize) -> Option<Value> {
    let huge = || BigInt::from(1) << 70;
    let (name, field) = (context.symbol("name"), context.intern("elements"));
    let class = |context: &mut Context, name: &str| {
        let name = context.intern(name);
        context.classes.entry(name)
    };
    let texts = || Value::list(["a", "é", ""].into_iter().map(Value::text));
    Some(match number {
        0 => Value::Nil,
        1 => Value::True,
        2 => Value::Integer(0),
        3 => Value::Integer(-1),
        4 => Value::Integer(i64::MIN),
        5 => Value::Integer(i64::MAX),
        6 => Value::Integer(65),
        7 => Value::Integer(0xd800),
        8 => Value::integer(huge()),
        9 => Value::integer(-huge()),
        10 => Value::Float(1.5),
        11 => Value::Float(-0.0),
        12 => Value::Float(f64::MAX),
        13 => name,
        14 => Value::Class(ClassId::Integer),
        15 => Value::Metaclass(ClassId::Integer),
        16 => Value::EmptyList,
        17 => texts(),
        18 => Value::cons(Value::Integer(1), Value::Integer(2)),
        19 => Value::text(""),
        20 => Value::text("e\u{301}x 12\r\n"),
        21 => Value::text(vec![b'a', 0xff, 0xc3]),
        22 => Value::text("2024-02-29T23:59:59Z"),
        23 => Value::tuple(vec![]),
        24 => Value::tuple(vec![name, Value::Nil]),
        25 => Value::map(Map::default()),
        26 => Value::map(Map::from_pairs(vec![(name, Value::Integer(1)), (texts(), Value::Nil)], &context.symbols)),
        27 => Value::array(vec![Value::Nil, texts()]),
        28 => Value::array(vec![]),
        29 => Value::foreign(Foreign::new(Kind::Pid, Vec::from([131, 100]))),
        30 => Value::foreign(Foreign::new(Kind::Fun(1), Vec::from([]))),
        31 => Value::foreign(Foreign::new(Kind::Bits, Vec::from([1]))),
        32 => context.classes.instance(ClassId::Set, vec![]),
        33 => context.classes.instance(ClassId::Set, vec![(field, Value::Integer(1))]),
        34 => context.classes.instance(ClassId::Random, vec![(field, texts())]),
        35 => context.classes.instance(ClassId::Association, vec![]),
        36 => {
            let (class, timestamp) = (class(context, "DateTime"), context.intern("timestamp"));
            context.classes.instance(class, vec![(timestamp, Value::Integer(i64::MAX))])
        }
        37 => {
            let (class, error) = (class(context, "Error"), context.intern("error"));
            context.classes.instance(class, vec![(error, Value::tuple(vec![]))])
        }
        _ => return None,
    })
}

const LIMIT: usize = 64 << 20;

#[test]
fn operands_of_any_kind() {
    let mut context = Context::new(LIMIT, Arc::new(Empty));
    let count = (0..).take_while(|number| odd(&mut context, *number).is_some()).count();
    for (module, function, arity) in natives::all() {
        let native = natives::find(module, function, arity).expect("it is in the table");
        let arity = usize::from(arity);
        // All pairs of the first two operands; further ones go along with them.
        let pairs = if arity > 1 { count * count } else { count };
        for turn in 0..pairs {
            let number = |place: usize| match place {
                0 => turn % count,
                1 => turn / count,
                place => (turn * 7 + turn / count + place) % count,
            };
            let fresh = |context: &mut Context| -> Vec<Value> {
                (0..arity).map(|place| odd(context, number(place)).expect("it is counted")).collect()
            };
            let mut operands = fresh(&mut context);
            let before = format!("{operands:?}");
            match native(&mut context, &mut operands) {
                Err(Failure::Host) => assert_eq!(format!("{operands:?}"), before, "{module}:{function}"),
                Ok(_) | Err(Failure::Raise(_) | Failure::Evaluate | Failure::OutOfMemory) => {}
            }
        }
    }
}
