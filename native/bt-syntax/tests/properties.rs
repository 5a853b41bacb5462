//! Any text gives a tree, quickly and without a crash; an error in the tree has a finding; a suggested edit mends what it is for.

use bt_syntax::ast::{ExprKind, PatternKind};
use proptest::prelude::*;

fn check(text: &str) -> Result<(), TestCaseError> {
    let parse = bt_syntax::parse(text);
    let mut errors = 0;
    let good = |span: bt_base::Span| {
        span.start <= span.end
            && text.is_char_boundary(span.start as usize)
            && text.is_char_boundary(span.end as usize)
            && span.end as usize <= text.len()
    };
    for expr in &parse.module.exprs {
        prop_assert!(good(expr.span), "{:?}", expr);
        errors += usize::from(matches!(expr.kind, ExprKind::Error));
        if let ExprKind::Match { arms, .. } = &expr.kind {
            errors += arms.iter().filter(|a| matches!(a.pattern.kind, PatternKind::Error)).count();
        }
    }
    prop_assert!(errors == 0 || !parse.diagnostics.is_empty(), "errors without findings in {:?}", text);
    for finding in &parse.diagnostics {
        prop_assert!(!finding.message.is_empty());
        prop_assert!(good(finding.span), "{:?}", finding);
        let Some(edit) = &finding.edit else { continue };
        prop_assert!(good(edit.span), "{:?}", finding);
        // What is mended is not reported again at its place.
        let mended = bt_syntax::parse(&edit.apply(text)).diagnostics;
        let same = |d: &bt_base::Diagnostic| d.code == finding.code && d.span.start == finding.span.start;
        prop_assert!(!mended.iter().any(same), "{:?} in {:?}", finding, text);
    }
    let tokens = bt_syntax::lexer::lex(text);
    let mut end = 0;
    for token in &tokens {
        prop_assert!(token.span.start >= end, "tokens overlap");
        prop_assert!(good(token.span));
        end = token.span.end;
    }
    prop_assert_eq!(end as usize, text.len());
    bt_syntax::show_ast(&parse.module);
    bt_syntax::show_tokens(text);
    bt_syntax::is_complete(text);
    Ok(())
}

const PIECES: &[&str] = &[
    "a",
    "Foo",
    "self",
    "super",
    "at:",
    "put:",
    "match: [",
    "when: [",
    "state:",
    "classState:",
    "subclass:",
    "class",
    "sealed",
    "abstract",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "#(",
    "#{",
    "#[",
    "#",
    "|",
    "||",
    ":",
    ":x",
    ":=",
    "^",
    ";",
    ".",
    "..",
    ",",
    "=>",
    "->",
    ">>",
    "+",
    "-",
    "**",
    "=",
    "=:=",
    "1",
    "-2",
    "3.5",
    "1e",
    "16rFF",
    "$a",
    "$",
    "\"s\"",
    "\"{",
    "}\"",
    "\"",
    "\"x {a} y\"",
    "\"{}\"",
    "#sym",
    "#'q'",
    "'",
    "@primitive",
    "@expect dnu",
    "@expect",
    "@x",
    "/// doc\n",
    "// c\n",
    "/* c */",
    "/*",
    "\n",
    "\n  ",
    "\n\n",
    " ",
    "é",
    "🚀",
    "_",
    "foo => 1",
    "at: i put: v => ",
    "Foo >> bar => ",
    "Foo class >> ",
    "Actor subclass: Bar\n",
    "\u{feff}",
    "\0",
    "\\",
];

fn library() -> Vec<String> {
    fn collect(dir: &std::path::Path, out: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, out);
            } else if path.extension().is_some_and(|e| e == "bt") {
                out.extend(std::fs::read_to_string(path));
            }
        }
    }
    let mut out = Vec::new();
    collect(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stdlib/src"), &mut out);
    out.sort();
    out
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn arbitrary_text(text in ".{0,500}") {
        check(&text)?;
    }

    #[test]
    fn arbitrary_ascii(text in "[ -~\n]{0,200}") {
        check(&text)?;
    }

    #[test]
    fn token_soup(pieces in prop::collection::vec((prop::sample::select(PIECES), any::<bool>()), 0..60)) {
        let text: String = pieces.iter().flat_map(|(p, space)| [*p, if *space { " " } else { "" }]).collect();
        check(&text)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn mutated_library(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, prop::sample::select(PIECES)), 1..4),
    ) {
        let sources = library();
        let mut text: Vec<char> = which.get(&sources).chars().collect();
        for (at, removed, piece) in edits {
            if text.is_empty() {
                break;
            }
            let at = at.index(text.len());
            let end = (at + removed).min(text.len());
            text.splice(at..end, piece.chars());
        }
        check(&text.into_iter().collect::<String>())?;
    }
}

#[test]
fn the_library_has_no_findings() {
    for text in library() {
        assert_eq!(bt_syntax::parse(&text).diagnostics, []);
    }
}

/// Run alone: `cargo test --release -p bt-syntax --test properties -- --ignored`.
#[test]
#[ignore = "measures"]
fn throughput() {
    let text = library().join("\n");
    let text = text.repeat(8_000_000 / text.len() + 1);
    let speed = |run: &dyn Fn() -> usize| {
        let best = (0..5).map(|_| {
            let started = std::time::Instant::now();
            assert!(run() > 0);
            started.elapsed()
        });
        best.min().map_or(0.0, |d| text.len() as f64 / 1e6 / d.as_secs_f64())
    };
    let lexer = speed(&|| bt_syntax::lexer::lex(&text).len());
    let parser = speed(&|| bt_syntax::parse(&text).module.exprs.len());
    assert!(lexer >= 200.0 && parser >= 25.0, "lexer {lexer:.0} MB/s, parser {parser:.0} MB/s");
}
