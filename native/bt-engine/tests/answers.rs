//! Texts and numbers in the machine alone, against what the runtime's Erlang functions answered: `answers/make.escript` asked them.

use bt_engine::session::vm::{Raise, Value};
use bt_engine::session::{Session, Step};
use bt_engine::Options;

fn options() -> Options {
    Options { skip_checks: true, module_name: Some("eval".into()), ..Options::default() }
}

fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16).expect("digits")).collect()
}

/// A value as the script writes it.
fn value(written: &str) -> Value {
    match written.split_at(1) {
        ("t", digits) => Value::text(unhex(digits)),
        ("i", digits) => Value::integer(digits.parse().expect("an integer")),
        (_, bits) => Value::Float(f64::from_bits(u64::from_str_radix(bits, 16).expect("bits"))),
    }
}

fn run(session: &mut Session, source: &str) -> Result<Value, String> {
    match session.eval(source.as_bytes(), &options(), i64::MAX) {
        Ok(Step::Done(value)) => Ok(value),
        Ok(Step::Raised(raise, _)) => Err(failure(session, &raise)),
        other => Err(format!("{other:?}")),
    }
}

fn text(value: &Value) -> String {
    String::from_utf8_lossy(value.as_text().expect("a text")).into_owned()
}

fn failure(session: &Session, raise: &Raise) -> String {
    let symbols = &session.machine.context.symbols;
    let record = raise.reason.as_instance().and_then(|object| object.fields.iter().find_map(Value::as_tuple));
    match record {
        Some(record) => {
            let hint = record[5].as_text().map(|_| format!("\nHint: {}", text(&record[5]))).unwrap_or_default();
            format!("ERROR {}: {}{hint}", symbols.text(&record[1]).unwrap_or("?"), text(&record[4]))
        }
        None => format!("ERROR {}", symbols.text(&raise.reason).unwrap_or("?")),
    }
}

/// The text of what the last line answers, or its failure. A line is an input.
fn answer(session: &mut Session, source: &str) -> String {
    let (before, last) = source.rsplit_once('\n').unwrap_or(("", source));
    for line in before.lines() {
        run(session, line).expect("a line before the last one");
    }
    let shown = run(session, last).and_then(|value| {
        session.bind("it", value);
        run(session, "it printString")
    });
    match shown {
        Ok(shown) => text(&shown),
        Err(failure) => failure,
    }
}

fn agrees(lines: &str) {
    let mut session = Session::new(256 << 20);
    let mut different = Vec::new();
    for line in lines.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let [source, a, b, n, wanted] = parts.as_slice() else { panic!("not five parts: {line}") };
        for (name, written) in [("a", a), ("b", b), ("n", n)] {
            session.bind(name, value(written));
        }
        let wanted = String::from_utf8(unhex(wanted)).expect("a text");
        let got = answer(&mut session, source);
        if got != wanted {
            different.push(format!("{source} with a = {:?}, b = {:?}, n = {n}: {got:?}, not {wanted:?}", value(a), value(b)));
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

#[test]
fn texts() {
    agrees(include_str!("answers/texts.tsv"));
}

#[test]
fn numbers() {
    agrees(include_str!("answers/numbers.tsv"));
}

/// A larger file, made with other seeds: `ANSWERS=FILE cargo test -p bt-engine --test answers`.
#[test]
fn of_a_file() {
    if let Some(file) = std::env::var_os("ANSWERS") {
        agrees(&std::fs::read_to_string(file).expect("a readable file"));
    }
}

fn table(rows: &[(&str, &str)]) {
    let mut session = Session::new(256 << 20);
    for (source, wanted) in rows {
        assert_eq!(answer(&mut session, source), *wanted, "{source}");
    }
}

#[test]
fn limits_are_refused_before_anything_is_built() {
    table(&[
        ("2 ** 1048576 > 0", "true"),
        ("2 ** 1048577", "ERROR system_limit"),
        ("1 ** (2 ** 100)", "1"),
        ("-1 ** (2 ** 100)", "1"),
        ("(0 - 1) ** ((2 ** 100) + 1)", "-1"),
        ("0 ** -1", "ERROR badarith"),
        ("7 ** -3", "0"),
        ("2 ** -1", "1"),
        ("1 bitShift: 1048577", "ERROR system_limit"),
        ("0 bitShift: 1048577", "0"),
        ("(0 - 5) bitShift: 0 - (2 ** 80)", "-1"),
        ("\"ab\" repeat: 2 ** 80", "ERROR system_limit"),
        ("\"ab\" repeat: 134217729", "ERROR system_limit"),
        ("\"\" repeat: 2 ** 80", "ERROR badarg"),
        ("(\"\" repeat: 2 ** 40) size", "0"),
        ("\"ab\" repeat: -1", "ERROR badarg"),
        ("\"ab\" padLeft: 2 ** 80", "ERROR system_limit"),
        ("(\"1\" repeat: 300001) asInteger", "ERROR system_limit"),
        ("(\"ab\" repeat: 100000) replaceAll: \"a\" with: (\"x\" repeat: 100000)", "ERROR system_limit"),
    ]);
}

#[test]
fn arguments_of_a_wrong_kind() {
    table(&[
        ("\"abc\" at: #x", "ERROR type_error: Type error in 'at:' on String\nHint: at: expects an Integer, got a Symbol"),
        ("\"abc\" take: nil", "ERROR type_error: Type error in 'take:' on String\nHint: take: expects an Integer, got a UndefinedObject"),
        ("\"abc\" drop: Integer", "ERROR type_error: Type error in 'drop:' on String\nHint: drop: expects an Integer, got a Class"),
        ("\"abc\" drop: [:x | x]", "ERROR type_error: Type error in 'drop:' on String\nHint: drop: expects an Integer, got a 1-argument block"),
        ("\"abc\" split: \"\"", "ERROR badarg"),
        ("\"abc\" split: 3", "ERROR badarg"),
        ("\"abc\" includesSubstring: nil", "ERROR badarg"),
        ("\"abc\" padLeft: 5 with: \"ab\"", "ERROR badarg"),
        ("\"abc\" repeat: 1.0", "ERROR badarg"),
        ("1 bitAnd: 1.0", "ERROR badarith"),
        ("1 div: 0", "ERROR badarith"),
        ("1 raisedTo: #x", "ERROR badarith"),
        ("String withAll: 3", "ERROR type_error: Type error in 'withAll:' on String\nHint: withAll: expects a List, got a Integer"),
        ("String withAll: #(\"a\", 3)", "ERROR type_error: Type error in 'withAll:' on String\nHint: withAll: expects a List of Strings, got a Integer"),
        ("String withAll: #(\"a\", \"é\")", "aé"),
        ("Character value: \"a\"", "ERROR type_error: Type error in 'value:' on Character\nHint: value: expects a Unicode scalar value, got a String"),
        ("\"abc\" do: 3", "ERROR type_error: Type error in 'do:' on String\nHint: do: expects a 1-argument block, got a Integer"),
        ("\"abc\" collect: [1]", "ERROR type_error: Type error in 'collect:' on String\nHint: collect: expects a 1-argument block, got a 0-argument block"),
    ]);
}

#[test]
fn loops_whose_block_is_no_literal() {
    table(&[
        ("b := [1]\n3 timesRepeat: b", "nil"),
        ("b := [:i | i]\n1 to: 3 do: b", "nil"),
        ("b := [:i | i]\n1 to: nil do: b", "ERROR badarith"),
        ("b := [:i | i]\n1 to: 3 by: 0 do: b", "nil"),
        ("b := [:i | i]\n1 to: 3 by: #x do: b", "ERROR badarith"),
        ("b := [1]\n1 to: 3 do: b", "ERROR type_error: Type error in 'to:do:' on Integer\nHint: to:do: expects a 1-argument block, got a 0-argument block"),
        ("b := [:i | 1 / (i - 3)]\n5 to: 1 by: -1 do: b", "ERROR badarith"),
        ("3 timesRepeat: 4", "ERROR type_error: Type error in 'timesRepeat:' on Integer\nHint: timesRepeat: expects a 0-argument block, got a Integer"),
    ]);
}

#[test]
fn printing() {
    table(&[
        ("#(1, #a, \"b\", nil, true, 2.0, #())", "#(1, #a, b, nil, true, 2.0, #())"),
        ("#(1, 2 | 3)", "#(1, 2 | 3)"),
        ("#[1, #[], #{}]", "#[1, #[], #{}]"),
        ("#{#b => 1, #a => #{1 => 2.5}}", "#{#a => #{1 => 2.5}, #b => 1}"),
        ("#k -> (1 -> 2)", "#k -> 1 -> 2"),
        ("#(Integer, Integer class, [1])", "#(Integer, Integer class, a Block)"),
        ("[1 / 0] on: Error do: [:e | e hash. 1]", "1"),
        ("\"ok\" asAtom", "#ok"),
        ("\"nil\" asAtom", "nil"),
        ("x := #ein_Name\n\"ein_Name\" asAtom", "#ein_Name"),
        ("(Random seed: 3) printString", "a Random"),
        ("DateTime fromTimestamp: 0", "a DateTime(1970-01-01T00:00:00Z)"),
    ]);
}

/// As deep as memory allows: what is left to do stands in a list.
#[test]
fn depth_is_no_matter() {
    let mut session = Session::new(256 << 20);
    run(&mut session, "deep := #()").expect("a list");
    run(&mut session, "1 to: 100000 do: [:i | deep := #(deep)]").expect("nil");
    assert_eq!(answer(&mut session, "deep printString size"), "300003");
    assert_eq!(answer(&mut session, "deep hash > 0"), "true");
}

/// A value that holds another one many times over prints as much text: that ends at the limit.
#[test]
fn growth_ends_at_the_limit() {
    let mut session = Session::new(64 << 20);
    run(&mut session, "wide := \"ab\"").expect("a text");
    run(&mut session, "1 to: 60 do: [:i | wide := #(wide, wide)]").expect("nil");
    assert!(matches!(session.eval(b"wide printString", &options(), i64::MAX), Ok(Step::OutOfMemory)));
}
