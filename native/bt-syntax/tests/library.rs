//! The sources of the library as input: they parse without a finding, and fast.

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

#[test]
fn the_library_has_no_findings() {
    for text in library() {
        assert_eq!(bt_syntax::parse(&text).diagnostics, []);
    }
}

/// Run alone: `cargo test --release -p bt-syntax --test library -- --ignored`.
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
