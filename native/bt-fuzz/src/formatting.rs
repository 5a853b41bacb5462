//! What must hold for the formatter: it keeps the program and its comments, and a formatted text is formatted to itself.
//!
//! Every text is tried with other white space and comments between its tokens as well, as far as it is still free of syntax errors.

use bt_engine::{Compiler, Never, Options};
use bt_syntax::lexer;
use bt_syntax::token::Token;
use fastrand::Rng;
use logos::Logos;

use crate::targets::{check_reports, Outcome};

/// Other layouts tried for a text.
const LAYOUTS: u64 = 4;

/// Between two tokens.
const TRIVIA: &[&str] = &[
    "\n",
    "\n\n\n",
    "  \n\t",
    " // note\n",
    "\n// own line\n",
    "\n  /// documents\n",
    "\n\n    // far in\n\n",
    " /* inline */ ",
    "\n/* own */ ",
    " /* two\n lines */ ",
    "\r\n",
    ". ",
    "\n.\n",
];

pub fn format(input: &[u8]) -> Outcome {
    let accepted = check(input);
    if let (true, Ok(text)) = (accepted, std::str::from_utf8(input)) {
        let seed = input.iter().fold(7u64, |sum, &byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        for layout in 0..LAYOUTS {
            check(other_layout(text, &mut Rng::with_seed(seed ^ layout)).as_bytes());
        }
    }
    Outcome { accepted, ..Outcome::default() }
}

/// The same tokens with something else between some of them.
fn other_layout(text: &str, rng: &mut Rng) -> String {
    let often = [3, 10, 40][rng.usize(0..3)];
    let mut out = String::new();
    let mut end = 0;
    for token in lexer::lex(text) {
        let span = token.span.range();
        out.push_str(match rng.usize(0..often) {
            0 => TRIVIA[rng.usize(0..TRIVIA.len())],
            _ => &text[end..span.start],
        });
        out.push_str(&text[span.clone()]);
        end = span.end;
    }
    out
}

fn check(input: &[u8]) -> bool {
    let compiler = Compiler::default();
    let options = Options::default();
    let formatted = match compiler.format(input, &options, &Never) {
        Ok(formatted) => formatted,
        Err(failure) => {
            check_reports(input, &failure.diagnostics);
            assert!(failure.diagnostics.iter().any(|r| r.is_error()), "refused without an error");
            return false;
        }
    };
    let again = compiler.format(formatted.as_bytes(), &options, &Never);
    assert_eq!(again.map_err(|f| f.diagnostics), Ok(formatted.clone()), "formatted again, the text changes");
    let text = std::str::from_utf8(input).expect("accepted");
    assert_eq!(comments(text), comments(&formatted), "comments");
    assert!(formatted.is_empty() || formatted.ends_with('\n'), "no line break at the end");
    for (reading, options) in readings() {
        let code = |text: &str| {
            let compiled = if reading == "file" {
                compiler.compile(text.as_bytes(), &options, &Never)
            } else {
                compiler.compile_expression(text.as_bytes(), &options, &Never)
            };
            let codes = |failure: bt_engine::Failure| {
                // In another layout they may come in another order.
                let mut all: Vec<_> = failure.diagnostics.into_iter().map(|r| (r.code, r.message)).collect();
                all.sort();
                all
            };
            compiled.map(|compiled| without_places(&compiled.core_erlang)).map_err(codes)
        };
        let (old, new) = (code(text), code(&formatted));
        if let (Ok(old), Ok(new)) = (&old, &new) {
            let different = old.lines().zip(new.lines()).find(|(a, b)| a != b);
            assert_eq!(different, None, "other code, read as {reading}");
        }
        assert_eq!(old, new, "another program, read as {reading}");
    }
    true
}

fn readings() -> [(&'static str, Options); 2] {
    let input = Options { module_name: Some("probe".into()), skip_checks: true, ..Options::default() };
    [("file", Options { stdlib_mode: true, ..Options::default() }), ("input", input)]
}

/// Read without the formatter's help. Blanks at the end of a comment are no part of it.
fn comments(text: &str) -> Vec<&str> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lexer = Token::lexer(&text[start..]);
    let mut found = Vec::new();
    while let Some(token) = lexer.next() {
        if matches!(token, Ok(Token::LineComment | Token::BlockComment)) {
            found.push(lexer.slice().trim_end());
        }
    }
    found
}

/// Code without what says where it comes from: the source a class carries, offsets in it, lines of specifications.
fn without_places(core: &str) -> String {
    let mut out = String::with_capacity(core.len());
    for line in core.split_inclusive('\n') {
        let placed = line.contains("'spec' = [{").then_some((0, 0));
        let described = || {
            let at = line.find("'source'=>#{")?;
            Some((at, at + line[at..].find("}#")? + 2))
        };
        match placed.or_else(described) {
            Some((from, to)) => {
                out.push_str(&line[..from]);
                out.extend(line[to..].chars().filter(|c| !c.is_ascii_digit()));
            }
            None => out.push_str(line),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("_build") {
                sources(&path, found);
            } else if path.extension().is_some_and(|e| e == "bt" || e == "btscript") {
                found.push(path);
            }
        }
    }

    #[test]
    fn every_source_of_the_tree() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut paths = Vec::new();
        for folder in ["stdlib", "test", "examples", "bench"] {
            sources(&root.join(folder), &mut paths);
        }
        let accepted = paths.iter().filter(|path| check(&std::fs::read(path).expect("a readable source"))).count();
        assert!(accepted > 400, "only {accepted} of {} sources were formatted", paths.len());
    }
}
