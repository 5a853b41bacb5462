//! Collections, streams and blocks in the machine alone: the answers and errors of the BEAM, and that large ones fit.

use bt_engine::session::vm::{Raise, Value};
use bt_engine::session::{Session, Step};
use bt_engine::Options;

const ANSWERS: &str = include_str!("answers/collections.btscript");

fn options() -> Options {
    Options { skip_checks: true, module_name: Some("eval".into()), ..Options::default() }
}

fn session() -> Session {
    Session::new(256 << 20)
}

fn eval(session: &mut Session, source: &str) -> Step {
    let mut step = session.eval(source.as_bytes(), &options(), 1 << 40).unwrap_or_else(|refusal| panic!("{source}: {refusal:?}"));
    // A budget that is spent is given again.
    while matches!(step, Step::Yielded) {
        step = session.resume(1 << 40);
    }
    step
}

/// The answer as it prints itself, or what there is to know about the error.
fn shown(session: &mut Session, source: &str) -> String {
    match eval(session, source) {
        Step::Done(value) => {
            session.bind("it__", value);
            match eval(session, "it__ printString") {
                Step::Done(text) => String::from_utf8_lossy(text.as_text().expect("a text")).into_owned(),
                other => format!("{other:?}"),
            }
        }
        Step::Raised(raise, _) => session.machine.counted(|machine| error(&mut machine.context, &raise)),
        other => format!("{other:?}"),
    }
}

fn error(context: &mut bt_engine::session::vm::Context, raise: &Raise) -> String {
    let exception = context.wrapped(raise, |_| Value::EmptyList);
    let name = context.intern("error");
    let record = context.classes.field(&exception, name).and_then(Value::as_tuple).expect("a record").to_vec();
    let part = |value: &Value| match (context.symbols.text(value), value.as_text()) {
        (Some("undefined" | "nil"), _) => "nil".to_string(),
        (Some(symbol), _) => format!("#{symbol}"),
        (None, Some(text)) => String::from_utf8_lossy(text).into_owned(),
        (None, None) => format!("{value:?}"),
    };
    let [kind, class, selector, message, hint] = [1, 2, 3, 4, 5].map(|index| part(&record[index]));
    // An error of no class says so by a symbol.
    let class = if class == "nil" { "#undefined".to_string() } else { class };
    format!("ERROR {kind} {class} {selector} {message} ~ {hint}")
}

#[test]
fn answers_and_raises_what_the_beam_does() {
    let mut wrong = Vec::new();
    let lines: Vec<&str> = ANSWERS.lines().collect();
    let cases = lines.windows(2).filter_map(|two| Some((two[0], two[1].strip_prefix("// => ")?)));
    let mut count = 0;
    for (source, wanted) in cases {
        count += 1;
        // As a block: more than one statement on a line.
        let got = shown(&mut session(), &format!("[{source}] value"));
        if got != wanted {
            wrong.push(format!("{source}\n    wanted {wanted}\n    got    {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 200);
}

#[test]
fn a_million_elements_fit_into_the_default_memory() {
    let mut session = session();
    for source in [
        "list := #()",
        "seed := 42",
        "1 to: 1000000 do: [:i | seed := (seed * 1103515245 + 12345) % 2147483648. list := list addFirst: seed]",
    ] {
        eval(&mut session, source);
    }
    for (source, answer) in [
        ("(list sort: [:a :b | a <= b]) =:= list sort", "true"),
        ("(list sort: [:a :b | a <= b]) first <= (list at: 500000)", "true"),
        ("(list collect: [:each | each + 1]) size", "1000000"),
        ("(list groupBy: [:each | each % 10]) size", "10"),
        ("(list reversed) =:= list", "false"),
        ("(list stream collect: [:each | each % 2]) inject: 0 into: [:sum :each | sum + 1]", "1000000"),
        ("(Array withAll: list) size", "1000000"),
        ("list unique size > 900000", "true"),
    ] {
        assert_eq!(shown(&mut session, source), answer, "{source}");
    }
}

#[test]
fn deep_lists_do_not_recurse() {
    let mut session = session();
    eval(&mut session, "deep := #()");
    eval(&mut session, "1 to: 300000 do: [:i | deep := #(deep)]");
    assert_eq!(shown(&mut session, "deep flatten"), "#()");
    assert_eq!(shown(&mut session, "deep printString notNil"), "true");
    assert_eq!(shown(&mut session, "(#(deep, 1) sort) size"), "2");
    assert_eq!(shown(&mut session, "(#(deep, deep) unique) size"), "1");
}

/// A value of 50 cells whose text would have 2^50 parts ends at the bound of texts, or at the memory limit, not with the process.
#[test]
fn text_that_is_too_large_is_refused() {
    let mut session = session();
    eval(&mut session, "many := #(1)");
    eval(&mut session, "1 to: 50 do: [:i | many := #(many, many)]");
    assert_eq!(shown(&mut session, "[many printString] on: Error do: [:e | e message]"), "system_limit");
    let mut session = Session::new(64 << 20);
    eval(&mut session, "many := #(1)");
    eval(&mut session, "1 to: 50 do: [:i | many := #(many, many)]");
    assert!(matches!(eval(&mut session, "many printString"), Step::OutOfMemory));
    assert!(matches!(eval(&mut session, "many flatten"), Step::OutOfMemory));
}
