//! Two languages through one machine: what runs programs knows no syntax.
//!
//! The second language is `bt-sexpr`; its examples `fib` and `greet` are as people write them in such a language.

use std::sync::Arc;

use bt_base::Span;
use bt_engine::session::vm::{Raise, Request, Unwinding, Value};
use bt_engine::session::{Refusal, Session, Step, Version};
use bt_engine::{beamtalk, Frontend, Options, SHORT_SOURCE};
use bt_sexpr::SExpressions;

const FIB: &str = "(defn fib [n]\n  (if (<= n 1)\n      n\n      (+ (fib (- n 1)) (fib (- n 2)))))";
const GREET: &str = "(defn greet [name] (str \"Hello, \" name))";

fn session() -> Session {
    let mut session = Session::new(64 << 20);
    session.set_frontend(Arc::new(SExpressions::default()));
    session
}

fn options() -> Options {
    Options { module_name: Some("eval".into()), ..Options::default() }
}

fn define(session: &mut Session, source: &str) -> Vec<Version> {
    match session.define(source.as_bytes(), &Options::default()) {
        Ok(versions) => versions,
        Err(refusal) => panic!("{source}: {refusal:?}"),
    }
}

/// The value, or the error as the session's language tells it.
fn run(session: &mut Session, source: &str) -> Result<Value, String> {
    let mut step = session.eval(source.as_bytes(), &options(), i64::MAX);
    // There are no classes but the library's and the session's.
    while let Ok(Step::Effect(Request::Class(name))) = step {
        let raise = session.machine.context.class_not_found(name);
        step = Ok(session.refuse(Unwinding::Raise(raise), i64::MAX));
    }
    match step {
        Ok(Step::Done(value)) => Ok(value),
        Ok(Step::Raised(raise, place)) => Err(raised(session, source, &raise, place)),
        Err(Refusal::Rejected(reports)) => {
            Err(reports.iter().map(|report| session.format_report(source.as_bytes(), report)).collect::<Vec<_>>().join("\n"))
        }
        other => panic!("{source}: {other:?}"),
    }
}

fn raised(session: &mut Session, source: &str, raise: &Raise, place: Span) -> String {
    session.format_raise(source.as_bytes(), raise, place)
}

fn integer(session: &mut Session, source: &str) -> i64 {
    match run(session, source) {
        Ok(Value::Integer(value)) => value,
        other => panic!("{source}: {other:?}"),
    }
}

fn text(session: &mut Session, source: &str) -> String {
    match run(session, source) {
        Ok(value) => String::from_utf8_lossy(value.as_text().unwrap_or_else(|| panic!("{source}: {value:?}"))).into_owned(),
        Err(error) => panic!("{source}: {error}"),
    }
}

fn failure(session: &mut Session, source: &str) -> String {
    match run(session, source) {
        Err(error) => error,
        Ok(value) => panic!("{source}: {value:?}"),
    }
}

fn row(class: &str, selector: &str, version: u32) -> Version {
    (class.to_string(), selector.to_string(), version)
}

#[test]
fn functions_run_as_they_are_written() {
    let mut session = session();
    assert_eq!(define(&mut session, FIB), [row("fib class", "value:", 1)]);
    assert_eq!(integer(&mut session, "(fib 10)"), 55);
    assert_eq!(integer(&mut session, "(fib 20)"), 6765);
    define(&mut session, GREET);
    assert_eq!(text(&mut session, "(greet \"World\")"), "Hello, World");
}

#[test]
fn a_new_definition_is_a_new_version_and_is_called_next() {
    let mut session = session();
    define(&mut session, GREET);
    define(&mut session, "(defn welcome [name] (greet name))");
    assert_eq!(text(&mut session, "(welcome \"World\")"), "Hello, World");
    let again = define(&mut session, "(defn greet [name] (str \"Greetings, \" name \"!\"))");
    assert_eq!(again, [row("greet class", "value:", 2)]);
    assert_eq!(session.swapped(), again);
    assert_eq!(text(&mut session, "(welcome \"World\")"), "Greetings, World!");
}

#[test]
fn closures_capture_and_are_values() {
    let mut session = session();
    define(&mut session, "(defn adder [n] (fn [m] (+ n m)))");
    assert_eq!(integer(&mut session, "((adder 3) 4)"), 7);
    assert_eq!(integer(&mut session, "(def add (adder 10)) (add 5)"), 15);
    assert_eq!(integer(&mut session, "(add 6)"), 16, "variables outlive the input");
    assert_eq!(integer(&mut session, "(let [a 1 b (+ a 1) f (fn [x] (fn [y] (+ a b x y)))] ((f 10) 20))"), 33);
    define(&mut session, "(defn twice [f x] (f (f x)))");
    assert_eq!(integer(&mut session, "(twice add 1)"), 21);
    assert_eq!(integer(&mut session, "(def k (fn [] 5)) (k)"), 5);
}

#[test]
fn a_function_is_a_value_like_a_closure() {
    let mut session = session();
    define(&mut session, "(defn square [n] (* n n))");
    define(&mut session, "(defn twice [f x] (f (f x)))");
    assert_eq!(integer(&mut session, "(twice square 3)"), 81);
    assert_eq!(integer(&mut session, "(. (. [1 2 3] collect: (fn [n] (square n))) inject:into: 0 (fn [a b] (+ a b)))"), 14);
}

#[test]
fn functions_take_any_number_of_arguments() {
    let mut session = session();
    define(&mut session, "(defn none [] 7)");
    define(&mut session, "(defn many [a b c d e f] (- f e d c b a))");
    assert_eq!(integer(&mut session, "(+ (none) (many 1 2 3 4 5 100))"), 92);
}

#[test]
fn tail_calls_need_no_frames() {
    let mut session = session();
    define(&mut session, "(defn count [n sum] (if (= n 0) sum (count (- n 1) (+ sum 1))))");
    assert_eq!(integer(&mut session, "(count 3000000 0)"), 3_000_000);
}

#[test]
fn numbers_have_no_bounds() {
    let mut session = session();
    define(&mut session, "(defn fact [n] (if (<= n 1) 1 (* n (fact (- n 1)))))");
    assert_eq!(text(&mut session, "(str (fact 25))"), "15511210043330985984000000");
    assert_eq!(text(&mut session, "(str 100000000000000000000 \" \" 2.5)"), "100000000000000000000 2.5");
}

#[test]
fn macros_are_expanded_before_names_mean_anything() {
    let mut session = session();
    assert_eq!(integer(&mut session, "(unless (< 2 1) 1 2)"), 2);
    assert_eq!(integer(&mut session, "(cond (= 1 2) 10 (= 1 1) 20 else 30)"), 20);
    assert_eq!(integer(&mut session, "(def n 5) (-> n (- 1) (* 2))"), 8);
    // The first argument of a function would be evaluated.
    assert!(run(&mut session, "(defmacro ignore [a b] b)").is_ok());
    assert_eq!(integer(&mut session, "(ignore (/ 1 0) 3)"), 3);
    assert!(run(&mut session, "(defmacro my-let [name value & body] (let [name value] body))").is_ok());
    assert_eq!(integer(&mut session, "(my-let q 20 (+ q 1) (+ q 2))"), 22);
    define(&mut session, "(defn safe [n] (ignore (nonsense) (when (> n 0) n)))");
    assert_eq!(integer(&mut session, "(safe 4)"), 4);
}

#[test]
fn what_a_text_is_decides_where_it_goes() {
    let mut session = session();
    assert!(matches!(session.eval(FIB.as_bytes(), &options(), i64::MAX), Err(Refusal::Definition)));
    assert!(matches!(session.define(b"(+ 1 2)", &Options::default()), Err(Refusal::Expression)));
    assert!(matches!(session.define(b"; nothing", &Options::default()), Err(Refusal::Expression)));
}

#[test]
fn errors_in_a_text_are_told_with_their_places() {
    let mut session = session();
    define(&mut session, FIB);
    assert_eq!(failure(&mut session, "(fib 1"), r#"(error "1:1" "`(` is never closed")"#);
    assert_eq!(
        failure(&mut session, "(str \"é\" some\n  (fib 1 2))"),
        concat!(
            r#"(error "1:10" "unknown name `some`" (hint "Define it first: (def some ...) or (defn some [...] ...)"))"#,
            "\n",
            r#"(error "2:3" "`fib` takes 1 argument, not 2")"#,
        )
    );
    assert_eq!(failure(&mut session, "(let [x] x)"), r#"(error "1:1" "this is written `(let [name form ...] form ...)`")"#);
    assert_eq!(failure(&mut session, "(+ 1 (unless))"), r#"(error "1:6" "this is written `(unless condition form ...)`")"#);
    assert_eq!(
        failure(&mut session, "(Integer 3)"),
        r#"(error "1:2" "`Integer` is no function: (. Integer selector argument ...)")"#
    );
}

#[test]
fn a_finding_in_a_macro_stands_where_it_is_called() {
    let mut session = session();
    assert!(run(&mut session, "(defmacro add-it [a] (+ a it))").is_ok());
    assert_eq!(
        failure(&mut session, "1\n  (add-it 2)"),
        r#"(error "2:3" "unknown name `it`" (hint "Define it first: (def it ...) or (defn it [...] ...)"))"#
    );
    assert!(run(&mut session, "(defmacro forever [a] (forever a))").is_ok());
    assert_eq!(failure(&mut session, "(forever 1)"), r#"(error "1:1" "macros of this text expand without end")"#);
}

#[test]
fn exceptions_are_told_in_the_words_of_the_language() {
    let mut session = session();
    assert_eq!(failure(&mut session, "(+ 1\n   (/ 1 0))"), r#"(raised RuntimeError "2:4" "badarith")"#);
    assert_eq!(
        failure(&mut session, "(. 3 nonsense)"),
        r#"(raised RuntimeError "1:1" "Integer does not understand 'nonsense'" (hint "Check spelling or use 'respondsTo:' to verify method exists"))"#
    );
    let options = Options { path: Some("half.sx".into()), ..Options::default() };
    assert!(session.define(b"(defn half [n]\n  (/ n 0))", &options).is_ok());
    assert_eq!(failure(&mut session, "(+ 1 (half 3))"), r#"(raised RuntimeError "half.sx:2:3" "badarith")"#);
    assert_eq!(text(&mut session, "(try (half 3) (catch e (. e message)))"), "badarith");
    session.set_frontend(beamtalk());
    assert_eq!(failure(&mut session, "(1 / 0) printString"), "RuntimeError: badarith");
}

#[test]
fn both_languages_share_variables_and_classes() {
    let mut session = session();
    define(&mut session, FIB);
    assert_eq!(integer(&mut session, "(def n 10) (def add (fn [a b] (+ a b))) n"), 10);
    session.set_frontend(beamtalk());
    assert_eq!(integer(&mut session, "n := n + 1. add value: n value: 1"), 12);
    define(&mut session, "Object subclass: Counter\n  state: n = 1\n\n  next => self.n + 1\n\n  add: m => self.n + m\n");
    session.set_frontend(Arc::new(SExpressions::default()));
    assert_eq!(integer(&mut session, "(+ n (. (. Counter new) add: 5))"), 17);
    assert_eq!(integer(&mut session, "(fib n)"), 89);
    let refused = session.define(b"(defn Counter [n] n)", &Options::default());
    assert!(refused.is_ok(), "a class of the session may be defined anew, in either language: {refused:?}");
    session.set_frontend(beamtalk());
    match session.define(b"Counter >> next => 3", &Options::default()) {
        Err(Refusal::Rejected(reports)) => {
            assert_eq!(reports[0].message, "'Counter' is written in S-expressions, so its methods are too");
        }
        other => panic!("{other:?}"),
    }
}

/// What is said in either language is the same tree, so it is the same code.
#[test]
fn the_same_program_is_the_same_code_in_both_languages() {
    let code = |frontend: &dyn Frontend, text: &str| {
        let index = bt_hir::ClassIndex::over(bt_sema::library_index());
        let known_vars = vec!["x".to_string(), "f".to_string()];
        let resolved = frontend.read(text, &index, &bt_hir::Reading { expression: true, known_vars, ..Default::default() });
        assert!(!resolved.diagnostics.iter().any(|found| found.is_error()), "{:?}", resolved.diagnostics);
        match bt_bcgen::compile(&resolved.hir.expect("an input"), &bt_bcgen::Options::default()) {
            Ok(bt_bcgen::Code::Input(input)) => input,
            other => panic!("{other:?}"),
        }
    };
    for (in_beamtalk, in_forms) in [
        ("x <= 1 ifTrue: [x] ifFalse: [(f value: x - 1) + (f value: x - 2)]", "(if (<= x 1) x (+ (f (- x 1)) (f (- x 2))))"),
        ("[:a | [:b | a + b + x]]", "(fn [a] (fn [b] (+ a b x)))"),
        ("y := x at: #a. y ++ \"é\"", "(def y (. x at: :a)) (++ y \"é\")"),
        ("\"Hello, {x}\"", "(str \"Hello, \" x)"),
        ("[x foo] on: Exception do: [:e | e message]", "(try (. x foo) (catch e (. e message)))"),
        ("#(1, 2.5, x, 100000000000000000000)", "[1 2.5 x 100000000000000000000]"),
    ] {
        let (first, second) = (code(&*beamtalk(), in_beamtalk), code(&SExpressions::default(), in_forms));
        assert_eq!((&first.inputs, &first.outputs), (&second.inputs, &second.outputs), "{in_forms}");
        let mut both = vec![(&first.chunk, &second.chunk)];
        while let Some((one, other)) = both.pop() {
            assert_eq!(one.code, other.code, "{in_forms}");
            assert_eq!(one.constants, other.constants, "{in_forms}");
            assert_eq!(one.blocks.len(), other.blocks.len(), "{in_forms}");
            both.extend(one.blocks.iter().map(|b| &**b).zip(other.blocks.iter().map(|b| &**b)));
        }
    }
}

/// Short texts are worked on where the host is, without a stack of their own.
#[test]
fn short_texts_need_little_stack() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("(- 1 ", ")"), ("(fn [] ", ")"), ("(let [a ", "] 1)"), ("(-> ", ")"), ("(try ", "(catch e 1))")]
    {
        let levels = (SHORT_SOURCE - 1) / (open.len() + close.len());
        let source = format!("{}1{}", open.repeat(levels), close.repeat(levels));
        let run = move || {
            let mut session = session();
            drop(session.eval(source.as_bytes(), &options(), 100_000));
        };
        let thread = std::thread::Builder::new().stack_size(160 * 1024).spawn(run).expect("a thread");
        assert!(thread.join().is_ok(), "{open}");
    }
}

/// The boundary as Cargo sees it: behind the tree nobody may name a parser, and a frontend needs nothing else.
#[test]
fn manifests_keep_syntax_and_evaluator_apart() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the crates");
    let uses = |name: &str| -> Vec<String> {
        let manifest = std::fs::read_to_string(root.join(name).join("Cargo.toml")).expect("a manifest");
        let section = manifest.split("\n[dependencies]\n").nth(1).unwrap_or_default().split("\n[").next().unwrap_or_default();
        section
            .lines()
            .filter_map(|line| line.split(['.', ' ', '=']).next())
            .filter(|word| word.starts_with("bt-"))
            .map(str::to_string)
            .collect()
    };
    assert_eq!(uses("bt-sexpr"), ["bt-base", "bt-hir"]);
    assert_eq!(uses("bt-hir"), ["bt-base"]);
    for crate_name in ["bt-bytecode", "bt-bcgen", "bt-vm"] {
        let used = uses(crate_name);
        assert!(!used.is_empty(), "{crate_name}");
        let syntax: Vec<&String> =
            used.iter().filter(|name| matches!(name.as_str(), "bt-syntax" | "bt-sema" | "bt-sexpr")).collect();
        assert!(syntax.is_empty(), "{crate_name} uses {syntax:?}");
    }
}
