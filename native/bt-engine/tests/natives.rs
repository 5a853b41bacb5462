//! Native functions with operands they are not for: an answer, a failure or a request, never a panic.

use bt_engine::session::vm::{natives, Failure, Foreign, Kind, Value};
use bt_engine::session::{Session, Step};
use bt_engine::Options;

/// Values of every sort, ordinary and odd.
const SOURCES: &[&str] = &[
    "nil",
    "true",
    "#foo",
    "#foo:bar:",
    "0 - 1",
    "3",
    "1180591620717411303424",
    "2.5",
    "\"\"",
    "\"héllo\"",
    "#()",
    "#(1, \"a\" | 3)",
    "#(#a, 2, nil)",
    "#{}",
    "#{#a => 1, 2 => \"b\"}",
    "#[1, 2]",
    "1 -> 2",
    "Integer",
    "Integer class",
    "Behaviour",
    "Object new",
    "Error new",
    "[3 zork] on: Error do: [:e | e]",
    "[1 / 0] on: Error do: [:e | e]",
    "[:x | x]",
    "[3]",
    "Object >> #isNil",
    "Erlang erlang list_to_tuple: #(1, 2)",
    "Erlang lists",
];

fn values(session: &mut Session) -> Vec<Value> {
    let options = Options { module_name: Some("eval".into()), skip_checks: true, ..Options::default() };
    let mut all = Vec::new();
    for source in SOURCES {
        match session.eval(source.as_bytes(), &options, i64::MAX) {
            Ok(Step::Done(value)) => all.push(value),
            other => panic!("{source}: {other:?}"),
        }
    }
    for kind in [Kind::Pid, Kind::Fun(1), Kind::Future, Kind::Reference, Kind::Bits] {
        all.push(Value::foreign(Foreign::new(kind, vec![131, 106])));
    }
    all.push(Value::text(vec![0xff, 0x00]));
    all
}

/// Steps through all rows of so many operands; of very many only some.
fn rows(values: &[Value], arity: usize) -> Vec<Vec<Value>> {
    let count = values.len().pow(arity as u32);
    let step = (count / 20_000).max(1) | 1;
    let row = |number: usize| {
        let mut rest = number;
        let mut row = Vec::with_capacity(arity);
        for _ in 0..arity {
            row.push(values[rest % values.len()].clone());
            rest /= values.len();
        }
        row
    };
    (0..count).step_by(step).map(row).collect()
}

#[test]
fn no_operands_make_one_panic() {
    let mut session = Session::new(64 << 20);
    let values = values(&mut session);
    for (module, function, arity) in natives::all() {
        let native = natives::find(module, function, arity).expect("it is in the table");
        for operands in rows(&values, arity.into()) {
            let mut given = operands.clone();
            let outcome = session.machine.counted(|machine| native(&mut machine.context, &mut given));
            if let Err(Failure::Host) = outcome {
                let (before, after) = (format!("{operands:?}"), format!("{given:?}"));
                assert_eq!(before, after, "{module}:{function}/{arity}: the host gets the operands as they were");
            }
        }
    }
}

#[test]
fn no_function_is_there_twice() {
    let mut all: Vec<_> = natives::all().collect();
    all.sort_unstable();
    let twice: Vec<_> = all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
