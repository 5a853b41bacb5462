//! Classes and methods that a session defines.

use bt_engine::session::vm::Value;
use bt_engine::session::{Refusal, Session, Step};
use bt_engine::Options;

fn define(session: &mut Session, source: &str) -> Vec<(String, String, u32)> {
    session.define(source.as_bytes(), &Options::default()).unwrap_or_else(|refusal| panic!("{source}: {refusal:?}"))
}

fn refused(session: &mut Session, source: &str) -> String {
    match session.define(source.as_bytes(), &Options::default()) {
        Err(Refusal::Rejected(reports)) => reports.into_iter().find(|r| r.is_error()).map(|r| r.message).unwrap_or_default(),
        other => panic!("{source}: {other:?}"),
    }
}

fn evaluate(session: &mut Session, source: &str) -> Value {
    let options = Options { module_name: Some("eval".into()), ..Options::default() };
    match session.eval(source.as_bytes(), &options, i64::MAX) {
        Ok(Step::Done(value)) => value,
        other => panic!("{source}: {other:?}"),
    }
}

fn integer(session: &mut Session, source: &str) -> i64 {
    match evaluate(session, source) {
        Value::Integer(value) => value,
        other => panic!("{source}: {other:?}"),
    }
}

fn text(session: &mut Session, source: &str) -> String {
    let value = evaluate(session, source);
    String::from_utf8_lossy(value.as_text().unwrap_or_else(|| panic!("{source}: {value:?}"))).into_owned()
}

fn row(class: &str, selector: &str, version: u32) -> (String, String, u32) {
    (class.to_string(), selector.to_string(), version)
}

const COUNTER: &str = "Object subclass: Counter\n  state: n = 1\n\n  n => self.n\n\n  next => self.n + 1\n\n  class start: n => self new: #{n => n}\n";

#[test]
fn versions_count_changes_of_texts() {
    let mut session = Session::new(64 << 20);
    let first = define(&mut session, COUNTER);
    assert_eq!(first, [row("Counter", "n", 1), row("Counter", "next", 1), row("Counter class", "start:", 1)]);
    assert_eq!(define(&mut session, COUNTER), first, "nothing has changed");
    let changed = define(&mut session, &COUNTER.replace("n + 1", "n + 2"));
    assert_eq!(changed, [row("Counter", "n", 1), row("Counter", "next", 2), row("Counter class", "start:", 1)]);
    assert_eq!(define(&mut session, COUNTER)[1], row("Counter", "next", 3), "a change back is a change");
    assert_eq!(define(&mut session, "Counter >> next => 7"), [row("Counter", "next", 4)]);
    assert_eq!(define(&mut session, "Counter >> next => 7"), [row("Counter", "next", 4)]);
    assert_eq!(define(&mut session, "Counter class >> start: m => self new"), [row("Counter class", "start:", 2)]);
    assert_eq!(integer(&mut session, "(Counter start: 5) next"), 7);
    assert_eq!(integer(&mut session, "(Counter start: 5) n"), 1);
}

#[test]
fn the_next_call_takes_the_new_code_and_objects_stay() {
    let mut session = Session::new(64 << 20);
    define(&mut session, COUNTER);
    assert_eq!(integer(&mut session, "c := Counter start: 5. c next"), 6);
    define(&mut session, &COUNTER.replace("n + 1", "n * 10"));
    assert_eq!(integer(&mut session, "c next"), 50);
    define(&mut session, "Counter >> twice => self next + self next");
    assert_eq!(integer(&mut session, "c twice"), 100);
    assert_eq!(text(&mut session, "(Counter >> #twice) source"), "twice => self next + self next");
}

#[test]
fn classes_below_follow_what_is_above() {
    let mut session = Session::new(64 << 20);
    define(&mut session, COUNTER);
    define(&mut session, "Counter subclass: Special\n  state: extra = 3\n\n  next => super next + self.extra\n");
    define(&mut session, "Special subclass: Very\n  next => super next * 2\n");
    assert_eq!(integer(&mut session, "Very new next"), 10);
    define(
        &mut session,
        &COUNTER.replace("state: n = 1", "state: n = 10\n  state: other = 20\n").replace("n + 1", "n + self.other"),
    );
    assert_eq!(integer(&mut session, "Very new next"), 66);
    assert_eq!(integer(&mut session, "(Very start: 1) next"), 48);
}

#[test]
fn standalone_methods_reach_the_library() {
    let mut session = Session::new(64 << 20);
    assert_eq!(define(&mut session, "Integer >> doubled => self + self"), [row("Integer", "doubled", 1)]);
    assert_eq!(integer(&mut session, "21 doubled"), 42);
    assert_eq!(define(&mut session, "Exception >> printString => \"oh\""), [row("Exception", "printString", 2)]);
    assert_eq!(text(&mut session, "[1 / 0] on: Error do: [:e | e printString]"), "oh");
    assert_eq!(define(&mut session, "Object >> isNil => true"), [row("Object", "isNil", 2)]);
    assert_eq!(text(&mut session, "(3 perform: #isNil) ifTrue: [\"yes\"] ifFalse: [\"no\"]"), "yes");
    let mut other = Session::new(64 << 20);
    let asked = evaluate(&mut other, "3 respondsTo: #doubled");
    assert!(matches!(asked, Value::False), "another session has its own");
}

#[test]
fn a_standalone_method_takes_the_place_of_a_prelude_method() {
    let mut session = Session::new(64 << 20);
    define(&mut session, "TestCase >> should: aBlock raise: kind => 5");
    assert_eq!(integer(&mut session, "TestCase new should: [3] raise: #badarith"), 5);
}

#[test]
fn what_is_no_definition_is_refused_and_changes_nothing() {
    let mut session = Session::new(64 << 20);
    define(&mut session, COUNTER);
    assert_eq!(refused(&mut session, "Nowhere subclass: Lost\n  go => 1\n"), "Class 'Nowhere' not found");
    assert_eq!(refused(&mut session, "Nowhere >> go => 1"), "Class 'Nowhere' not found");
    assert_eq!(refused(&mut session, "Counter subclass: Counter\n  go => 1\n"), "'Counter' would be its own superclass");
    define(&mut session, "Counter subclass: Below\n  go => 1\n");
    assert_eq!(refused(&mut session, "Below subclass: Counter\n  go => 1\n"), "'Counter' would be its own superclass");
    assert!(!refused(&mut session, "Object subclass: Integer\n  go => 1\n").is_empty());
    assert!(!refused(&mut session, "Object subclass: Broken\n  go => (1 +\n").is_empty());
    assert!(matches!(session.define(b"1 + 2", &Options::default()), Err(Refusal::Expression)));
    assert!(matches!(session.define(b"", &Options::default()), Err(Refusal::Expression)));
    assert!(matches!(session.define(&[0xff, 0xfe], &Options::default()), Err(Refusal::Rejected(_))));
    assert_eq!(integer(&mut session, "Counter new next"), 2);
}

#[test]
fn methods_that_run_finish_in_their_version() {
    let mut session = Session::new(64 << 20);
    define(&mut session, "Object subclass: Waiter\n  go => (Erlang nowhere wait) + self late\n\n  late => 1\n");
    let options = Options { module_name: Some("eval".into()), ..Options::default() };
    let step = session.eval(b"Waiter new go", &options, i64::MAX);
    assert!(matches!(step, Ok(Step::Effect(_))), "{step:?}");
    define(&mut session, "Object subclass: Waiter\n  go => 0\n\n  late => 30\n");
    match session.answer(Value::Integer(10), i64::MAX) {
        Step::Done(Value::Integer(40)) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn traces_name_file_and_line() {
    let mut session = Session::new(64 << 20);
    let options = Options { path: Some("src/Fails.bt".into()), ..Options::default() };
    let source = "Object subclass: Fails\n\n  now =>\n    x := 1\n    x / 0\n";
    assert!(session.define(source.as_bytes(), &options).is_ok());
    let frames = evaluate(&mut session, "[Fails new now] on: Error do: [:e | e stackTrace]");
    let shown: Vec<String> = frames
        .elements()
        .map(|frame| {
            let place = session.machine.context.intern("text");
            let text = session.machine.context.classes.field(frame, place).and_then(Value::as_text).unwrap_or_default();
            String::from_utf8_lossy(text).into_owned()
        })
        .collect();
    assert_eq!(shown, ["Fails>>now/1 (src/Fails.bt:5)", "?>>eval/1 (<repl>:1)"]);
}
