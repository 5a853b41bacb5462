//! Texts and the trees they mean: the text first, the tree below.

use bt_base::{Diagnostic, Name};
use bt_hir::{ClassIndex, ClassInfo, Frontend, Meaning, Reading};
use bt_sexpr::SExpressions;

/// `Object` and a class of somebody else's.
fn index() -> ClassIndex {
    let mut index = ClassIndex::new();
    for (name, superclass) in [("Object", None), ("Exception", Some("Object")), ("Counter", Some("Object"))] {
        index.insert(ClassInfo {
            name: Name::new(name),
            superclass: superclass.map(Name::new),
            module: None,
            modifiers: Default::default(),
            fields: Vec::new(),
            class_vars: Vec::new(),
            methods: Vec::new(),
            doc: None,
            complete: true,
            is_library: false,
        });
    }
    index
}

/// The tree of each text, or what is wrong with it; definitions are known to the texts behind them.
fn shown(texts: &[&str]) -> String {
    let frontend = SExpressions::default();
    let mut index = index();
    let reading = Reading { expression: true, known_vars: vec!["x".into(), "f".into()], ..Reading::default() };
    let mut out = String::new();
    for text in texts {
        let resolved = frontend.read(text, &index, &reading);
        let found: Vec<&Diagnostic> = resolved.diagnostics.iter().collect();
        let result = match (&resolved.hir, found.is_empty()) {
            (Some(hir), true) => {
                assert_eq!(bt_hir::verify(hir), Vec::<String>::new(), "{text}");
                bt_hir::show(hir)
            }
            _ => found.iter().map(|d| format!("{}..{} {}: {}\n", d.span.start, d.span.end, d.code.name, d.message)).collect(),
        };
        resolved.classes.into_iter().for_each(|class| index.insert(class));
        out.push_str(&format!("{text}\n----\n{}\n\n", result.trim_end()));
    }
    out
}

#[test]
fn programs() {
    insta::assert_snapshot!(shown(&[
        "(defn fib [n]\n  (if (<= n 1)\n      n\n      (+ (fib (- n 1)) (fib (- n 2)))))",
        "(defn greet [name] (str \"Hello, \" name))",
        "(defn area [w h] (let [a (* w h) b a] b))",
        "(def y (+ x 1 2)) (greet y) (area y y)",
        "(let [a 1] (fn [b] (fn [c] (+ a b c x))))",
        "(f 1 [:on true nil 2.5 -3]) ((f))",
        "(try (f) (catch e e (. e message)))",
        "(. Counter new) (. x at:put: 1 2)",
        "(and 1 2 3) (or 1 2)",
        "123456789012345678901234567890",
    ]));
}

#[test]
fn macros() {
    insta::assert_snapshot!(shown(&[
        "(unless x 1 2)",
        "(cond x 1 f 2 else 3)",
        "(cond x 1)",
        "(-> x (- 1) f)",
        "(defmacro swap [a b] [b a])",
        "(swap 1 (swap 2 3))",
        "(defmacro in-order [first & rest] (do rest first))",
        "(in-order 1 2 3)",
        "(in-order 1)",
    ]));
}

#[test]
fn findings() {
    insta::assert_snapshot!(shown(&[
        "(if x)",
        "(let [a] a)",
        "(let [if 1] 2)",
        "(fn x)",
        "(fn [a a] a)",
        "(fn [1] 2)",
        "(def if 1)",
        "(+ 1 (def y 2))",
        "(defn f)",
        "(defn if [a] a)",
        "(defn g [a] (g a a))",
        "1 (defn h [] 1)",
        "(+ 1)",
        "(< 1 2 3)",
        "(f 1 2 3 4)",
        "(. x at: 1 put:)",
        "(nowhere 1 also-nowhere)",
        "(Counter 1)",
        "if",
        "(try 1)",
        "(catch e 1)",
        "(cond x)",
        "(defmacro m a b)",
        "(defmacro m [a] (m a))",
        "(m 1)",
        "(m)",
    ]));
}

#[test]
fn what_a_text_is() {
    let kind = |text: &str| SExpressions::default().read(text, &index(), &Reading::default()).kind;
    assert_eq!(kind(" ; only a remark"), Meaning::Empty);
    assert_eq!(kind("1"), Meaning::Expression);
    assert_eq!(kind("(defn f [] 1)"), Meaning::ClassDefinition);
    assert_eq!(kind("(defn f"), Meaning::Empty, "what is not complete is nothing");
}

/// Whatever comes in, something comes out.
#[test]
fn depth_and_size_end_in_findings() {
    let deep = |open: &str, close: &str, count: usize| format!("{}1{}", open.repeat(count), close.repeat(count));
    let frontend = SExpressions::default();
    let read = |text: &str| frontend.read(text, &index(), &Reading::default());
    for text in [deep("(- 1 ", ")", 5000), deep("[", "]", 100_000), format!("(-> 1{})", " -".repeat(5000))] {
        let found = read(&text).diagnostics;
        assert_eq!(found.first().map(|d| d.code.name), Some("sexpr/nesting"), "{:?}", found.first());
    }
    assert!(read("(defmacro more [a] (do (more a) (more a)))").diagnostics.is_empty());
    assert_eq!(read("(more 1)").diagnostics.len(), 1);
    let long = format!("(+ 1{})", " 1".repeat(50_000));
    assert!(read(&long).diagnostics.is_empty());
}

/// Parts of programs are texts as well: each is a sound tree or has findings.
#[test]
fn every_part_of_a_text_can_be_read() {
    let text = "(defmacro m [a & b] (do a b)) (def y (-> x (- 1 \"é\") f)) (let [g (fn [n] (m n [1.5 :k])) h g] (cond (h 1) (str y -2) else (try (. x at: 1) (catch e e))))";
    let index = index();
    let reading = Reading { expression: true, known_vars: vec!["x".into(), "f".into()], ..Reading::default() };
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    for (number, &start) in places.iter().enumerate() {
        for &end in places[number..].iter().step_by(3) {
            for part in [&text[start..end], &format!("{}{}", &text[..start], &text[end..])] {
                let resolved = SExpressions::default().read(part, &index, &reading);
                if let (Some(hir), true) = (&resolved.hir, resolved.diagnostics.is_empty()) {
                    assert_eq!(bt_hir::verify(hir), Vec::<String>::new(), "{part}");
                }
                assert!(resolved.diagnostics.iter().all(|found| found.span.end as usize <= part.len()), "{part}");
            }
        }
    }
}
