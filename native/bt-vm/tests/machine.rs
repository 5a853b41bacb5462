//! Programs in the machine: values, control, blocks, exceptions, slices, depth, memory.

mod support;

use std::sync::Arc;

use bt_bcgen::Code as Compiled;
use bt_vm::{live_bytes, Code, Foreign, Kind, Machine, Outcome, Raise, Request, Unwinding, Value};

use support::{define, instance, lower};

const ENDLESS: i64 = i64::MAX;

/// Begins to evaluate with `o`, an instance of the class.
fn start(machine: &mut Machine, class: &str, source: &str, fuel: i64) -> Outcome {
    let Compiled::Input(input) = lower(source, true) else { panic!("an input") };
    let code = Code::link(Arc::new(input.chunk), None, &mut machine.context.symbols).expect("verified");
    let object = instance(machine, class);
    machine.start(code, vec![object], fuel)
}

/// The value of an input, which ends without the host; what it answers besides the value is left out.
fn shown(machine: &mut Machine, class: &str, source: &str) -> String {
    match start(machine, class, source, ENDLESS) {
        Outcome::Done(value) => format!("{:?}", value.as_tuple().expect("value and outputs")[0]),
        Outcome::Failed(raise, _) => format!("failed: {}", reason(machine, &raise)),
        other => format!("{other:?}"),
    }
}

/// A plain reason, or the kind of an exception object.
fn reason(machine: &mut Machine, raise: &Raise) -> String {
    let context = &mut machine.context;
    let error = context.symbols.intern("error");
    let shown = match context.classes.field(&raise.reason, error).and_then(Value::as_tuple) {
        Some(record) => record[1].clone(),
        None => match raise.reason.as_tuple() {
            Some(parts) => parts[0].clone(),
            None => raise.reason.clone(),
        },
    };
    context.symbols.text(&shown).unwrap_or_default().to_string()
}

const PROGRAM: &str = "Object subclass: P
  state: n = nil
  fib: n => n <= 1 ifTrue: [n] ifFalse: [(self fib: n - 1) + (self fib: n - 2)]
  deep: n => n == 0 ifTrue: [0] ifFalse: [1 + (self deep: n - 1)]
  down: n => n > 0 ifTrue: [self down: n - 1] ifFalse: [\"done\"]
  each: list do: block => list match: [x -> self from: 1 to: x do: block]
  from: a to: b do: block => a > b ifFalse: [block value: a. self from: a + 1 to: b do: block]
  sum: n => s := 0. self each: n do: [:i | s := s + i]. s
  find: n => self each: 100 do: [:i | i * i > n ifTrue: [^i]]. nil
  kept => self.n := 5. self.n
  changed => c := self with: 3. c number
  with: x => self.n := x. self
  number => self.n
  adder: k => [:x | x + k]
  escaped => [^1]
  while: c do: b => [c value] whileTrue: [b value]
  guarded: x => x match: [1 -> \"one\"; n when: [n > 10] -> \"big\"; _ -> \"other\"]
  cleaned => log := #(). self run: [log := log addFirst: 1. 2] log: log
  + other => \"plus\"
  ensured: n => s := 0. [s := 1. n > 3 ifTrue: [^s]] ensure: [s := s + 10]. s
";

#[test]
fn programs() {
    let mut machine = support::machine(256 << 20);
    let class = define(&mut machine, PROGRAM);
    let cases = [
        ("1 + 2 * 3", "7"),
        ("9223372036854775807 + 1", "9223372036854775808"),
        ("9223372036854775808 - 1", "9223372036854775807"),
        ("(0 - 9223372036854775807) - 2", "-9223372036854775809"),
        ("7 % 0", "failed: badarith"),
        ("(0 - 7) % 3", "-1"),
        ("7 / 2", "3.5"),
        ("1 / 0", "failed: badarith"),
        ("1 + \"a\"", "failed: badarith"),
        ("1 == 1.0", "true"),
        ("1 =:= 1.0", "false"),
        ("9007199254740993 == 9007199254740992.0", "false"),
        ("#(1, 2) =:= #(1, 2)", "true"),
        ("1 < \"a\"", "true"),
        ("\"a\" < 1", "false"),
        ("x := 3. x := x + (x := 5). x", "8"),
        ("o fib: 15", "610"),
        ("o sum: 100", "5050"),
        ("o find: 50", "8"),
        ("o find: 100000", "nil"),
        ("o kept", "5"),
        ("o changed", "3"),
        ("o number", "nil"),
        ("(o adder: 3) value: 4", "7"),
        ("(o adder: 3) value", "failed: arity_mismatch"),
        ("o escaped value", "failed: dead_home"),
        ("i := 0. o while: [i < 3] do: [i := i + 1]. i", "3"),
        ("o guarded: 1", "\"one\""),
        ("o guarded: 11", "\"big\""),
        ("o guarded: 5", "\"other\""),
        ("o guarded: \"text\"", "\"big\""),
        ("3 match: [4 -> 1]", "failed: case_clause"),
        ("o + 1", "\"plus\""),
        ("o ensured: 1", "11"),
        ("o ensured: 5", "1"),
        ("s := 0. 1 to: 3 do: [:i | s := s + i]. s", "6"),
        ("s := 0. 3 to: 1 by: -1 do: [:i | s := s * 10 + i]. s", "321"),
        ("s := 0. 1 to: 2 by: 0.5 do: [:i | s := s + i]. s", "4.5"),
        ("s := 0. 1 to: 5 by: 0 do: [:i | s := 1]. s", "0"),
        ("\"{1 + 1} and {\"x\"}\"", "\"2 and x\""),
        ("#(1, 2 | #(3))", "#(1, 2, 3)"),
        ("nil ifNil: [4]", "4"),
        ("5 ifNil: [4] ifNotNil: [:v | v + 1]", "6"),
        ("(1 < 2 and: [2 < 1]) or: [3 < 4]", "true"),
    ];
    for (source, wanted) in cases {
        assert_eq!(shown(&mut machine, &class, source), wanted, "{source}");
    }
}

#[test]
fn tail_sends_need_no_room_and_others_a_little() {
    let mut machine = support::machine(256 << 20);
    let class = define(&mut machine, PROGRAM);
    assert_eq!(shown(&mut machine, &class, "o down: 1000000"), "\"done\"");
    assert_eq!(shown(&mut machine, &class, "o deep: 1000000"), "1000000");
}

/// However a run is sliced, it comes to the same.
#[test]
fn slices() {
    let mut machine = support::machine(256 << 20);
    let class = define(&mut machine, PROGRAM);
    for slice in [1, 2, 7, 100] {
        let mut outcome = start(&mut machine, &class, "o sum: 50", slice);
        let mut slices = 1;
        while let Outcome::Yielded = outcome {
            outcome = machine.resume(slice);
            slices += 1;
        }
        let Outcome::Done(value) = outcome else { panic!("{outcome:?}") };
        assert_eq!(format!("{value:?}"), "{1275}");
        assert!(slices > 50 / slice, "{slices} slices of {slice}");
    }
}

#[test]
fn endless_recursion_ends_at_the_limit() {
    let mut machine = support::machine(8 << 20);
    let class = define(&mut machine, PROGRAM);
    let mut outcome = start(&mut machine, &class, "o deep: -1", 10_000);
    while let Outcome::Yielded = outcome {
        outcome = machine.resume(10_000);
    }
    assert!(matches!(outcome, Outcome::OutOfMemory), "{outcome:?}");
    // The machine is usable afterwards.
    assert_eq!(shown(&mut machine, &class, "o fib: 5"), "5");
}

#[test]
fn the_host_answers_or_refuses() {
    let mut machine = support::machine(256 << 20);
    let class = define(&mut machine, PROGRAM);
    let outcome = start(&mut machine, &class, "(Erlang lists foo: 1) + 1", ENDLESS);
    let Outcome::Effect(Request::Call { operands, .. }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(format!("{operands:?}"), "[1]");
    let outcome = machine.answer(Value::Integer(41), ENDLESS);
    assert!(matches!(&outcome, Outcome::Done(value) if format!("{value:?}") == "{42}"), "{outcome:?}");

    // A refusal is an exception like others: the handler gets it, a cleanup runs.
    let outcome = start(&mut machine, &class, "s := 0. [Erlang m f. s := 1] on: Error do: [:e | s := s + 5]. s", ENDLESS);
    assert!(matches!(outcome, Outcome::Effect(Request::Call { .. })), "{outcome:?}");
    let outcome = machine.refuse(Unwinding::Raise(Raise::error(Value::Integer(7))), ENDLESS);
    let Outcome::Done(value) = outcome else { panic!("{outcome:?}") };
    assert_eq!(format!("{:?}", value.as_tuple().expect("a tuple")[0]), "5");

    // A condition that the host had to look at.
    let outcome = start(&mut machine, &class, "(Erlang m f) ifTrue: [1] ifFalse: [2]", ENDLESS);
    assert!(matches!(outcome, Outcome::Effect(Request::Call { .. })), "{outcome:?}");
    let outcome = machine.answer(Value::foreign(Foreign::new(Kind::Future, Vec::new())), ENDLESS);
    assert!(matches!(outcome, Outcome::Effect(Request::Expect { .. })), "{outcome:?}");
    let outcome = machine.answer(Value::False, ENDLESS);
    assert!(matches!(&outcome, Outcome::Done(value) if format!("{value:?}") == "{2}"), "{outcome:?}");
}

#[test]
fn a_new_version_is_used_at_the_next_send() {
    let mut machine = support::machine(256 << 20);
    define(&mut machine, "Object subclass: V\n  go => self one + 1\n  one => 1");
    assert_eq!(shown(&mut machine, "V", "o go"), "2");
    define(&mut machine, "Object subclass: V\n  go => self one + 1\n  one => 10");
    assert_eq!(shown(&mut machine, "V", "o go"), "11");
    define(&mut machine, "V subclass: W\n  one => super one * 2");
    assert_eq!(shown(&mut machine, "W", "o go"), "21");
}

/// What nothing refers to is freed, of any depth.
#[test]
fn values_are_freed() {
    let before = live_bytes();
    let mut deep = Value::Nil;
    for _ in 0..1_000_000 {
        deep = Value::tuple(vec![deep]);
    }
    let list = Value::list((0..1_000_000).map(Value::Integer));
    assert!(live_bytes() > before + 32_000_000);
    drop((deep, list));
    assert_eq!(live_bytes(), before);
}
