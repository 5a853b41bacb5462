//! Whatever comes in, an answer of the documented shape goes out: no panic, errors that say something, places inside the source.
//!
//! Three generators (`compiler-api.md` §10): random text, near-valid fragments cut or with swapped brackets, mutated real files.

use bt_engine::{Compiled, Compiler, Failure, Never, Options, Report};
use proptest::prelude::*;

const CLASS: &str = "/// A counter.\nActor subclass: Counter\n  state: n: Integer = 0\n  classState: made = 0\n\n  class create => self.made := self.made + 1. self spawn\n  \
     add: k -> Integer => self.n := self.n + k\n  each: list do: block => list do: [:x | block value: x]\n  \
     first: list => list do: [:x | x > 2 ifTrue: [^x]]. nil\n  \
     safe => [1 / self.n] on: Error do: [:e | e message] \n  \
     kind: x => x match: [0 -> #zero; {#ok, v} when: [v > 1] -> v; \"s\" -> #{a => 1, \"b\" => $c}; _ -> #(1, 2 | #(3))]\n";

const FRAGMENTS: &[&str] = &[
    "x",
    "self",
    "super",
    "nil",
    "foo",
    "at:",
    "put:",
    ":=",
    "^",
    ".",
    ";",
    "|",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "#(",
    "#[",
    "#{",
    "=>",
    "->",
    "+",
    "-",
    "**",
    "=:=",
    ">>",
    "\"s\"",
    "\"a{x}b\"",
    "#sym",
    "$c",
    "1",
    "2.5",
    "-3",
    "16rFF",
    "\n",
    "\n  ",
    " ",
    "Object subclass: A",
    "state: v = 1",
    "class",
    "sealed",
    "match:",
    "when:",
    ":p |",
    "// c\n",
    "/* c */",
    "/// d\n",
    "@expect all",
    "@primitive \"x\"",
    "ifTrue:",
    "whileTrue:",
    "on:",
    "do:",
    "ensure:",
    "é",
    "🚀",
    "\"",
    "'",
    "\\",
    "#",
    "@",
    "_",
    "A",
    "Erlang",
];

fn check_reports(source: &str, reports: &[Report]) {
    for report in reports {
        assert!(!report.message.is_empty());
        let (start, end) = (report.at.start as usize, report.at.end as usize);
        assert!(start <= end && end <= source.len(), "{start}..{end} of {}", source.len());
        assert!(source.is_char_boundary(start) && source.is_char_boundary(end), "{report:?}");
        assert!(report.at.line >= 1 && report.at.column >= 1);
        assert_ne!(report.code, "internal", "{}", report.message);
    }
}

fn check(source: &str) {
    let compiler = Compiler::default();
    let options = Options { module_name: Some("m".into()), known_vars: vec!["x".into()], ..Options::default() };
    let answers: [Result<Compiled, Failure>; 2] =
        [compiler.compile(source.as_bytes(), &options, &Never), compiler.compile_expression(source.as_bytes(), &options, &Never)];
    for answer in answers {
        match answer {
            Ok(compiled) => {
                assert!(!compiled.diagnostics.iter().any(Report::is_error));
                check_reports(source, &compiled.diagnostics);
            }
            Err(failure) => {
                assert!(failure.diagnostics.iter().any(Report::is_error));
                check_reports(source, &failure.diagnostics);
            }
        }
    }
    let _ = compiler.is_complete(source.as_bytes());
}

fn char_floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text(source in "\\PC{0,500}") {
        check(&source);
    }

    #[test]
    fn token_soup(picks in proptest::collection::vec(0..FRAGMENTS.len(), 0..120), spaced in any::<bool>()) {
        let glue = if spaced { " " } else { "" };
        let source = picks.iter().map(|&i| FRAGMENTS[i]).collect::<Vec<_>>().join(glue);
        check(&source);
    }

    #[test]
    fn cut_and_swapped(from in 0..700usize, length in 0..700usize, swap in 0..700usize) {
        let start = char_floor(CLASS, from);
        let end = char_floor(CLASS, start + length).max(start);
        let mut source = CLASS[start..end].to_string();
        if let Some((at, c)) = source.char_indices().skip(swap % source.len().max(1)).find(|(_, c)| "([{}])".contains(*c)) {
            let other = match c { '(' => "[", '[' => "{", '{' => "(", ')' => "]", ']' => "}", _ => ")" };
            source.replace_range(at..at + 1, other);
        }
        check(&source);
    }

    #[test]
    fn mutated_class(edits in proptest::collection::vec((0..800usize, 0..6usize, "\\PC{0,3}"), 1..6)) {
        let mut source = CLASS.to_string();
        for (at, remove, insert) in edits {
            let start = char_floor(&source, at);
            let end = char_floor(&source, start + remove).max(start);
            source.replace_range(start..end, &insert);
        }
        check(&source);
    }

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let compiler = Compiler::default();
        for answer in [
            compiler.compile(&bytes, &Options::default(), &Never),
            compiler.compile_expression(&bytes, &Options::default(), &Never),
        ] {
            if let Err(failure) = answer {
                assert!(failure.diagnostics.iter().any(Report::is_error));
            }
        }
    }
}
