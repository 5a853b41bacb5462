//! Inputs that begin as real ones: the library, the conformance cases, and programs of the valid generator.

use std::path::Path;
use std::sync::OnceLock;

use bt_syntax::lexer;
use fastrand::Rng;

use super::{pick, programs, soup};

const FOLDERS: &[&str] = &["stdlib", "test/conformance", "test/stdlib", "examples"];

/// All sources of the repository, in a fixed order.
pub fn sources() -> &'static [String] {
    static SOURCES: OnceLock<Vec<String>> = OnceLock::new();
    SOURCES.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = Vec::new();
        for folder in FOLDERS {
            collect(&root.join(folder), &mut files);
        }
        files.sort();
        let texts: Vec<String> = files.into_iter().map(|(_, text)| text).collect();
        assert!(!texts.is_empty(), "no sources below {}", root.display());
        texts
    })
}

fn collect(folder: &Path, files: &mut Vec<(std::path::PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "bt" || e == "btscript") {
            if let Ok(text) = std::fs::read_to_string(&path) {
                files.push((path, text));
            }
        }
    }
}

fn source(rng: &mut Rng) -> &'static str {
    let all = sources();
    &all[rng.usize(0..all.len())]
}

/// A cut from a real file or a valid program, often with a bracket that is not the right one.
pub fn fragment(rng: &mut Rng) -> Vec<u8> {
    let whole = if rng.bool() { source(rng).to_owned() } else { programs::program(rng) };
    let (from, to) = (rng.usize(0..=whole.len()), rng.usize(0..=whole.len()));
    let (start, end) = (floor(&whole, from.min(to)), floor(&whole, from.max(to)));
    let mut cut = whole[start..end].to_owned();
    for _ in 0..rng.usize(0..3) {
        let brackets: Vec<usize> = cut.match_indices(|c| "([{}])".contains(c)).map(|(at, _)| at).collect();
        if brackets.is_empty() {
            break;
        }
        let at = brackets[rng.usize(0..brackets.len())];
        cut.replace_range(at..at + 1, pick(rng, &["(", "[", "{", "}", "]", ")", ""]));
    }
    cut.into_bytes()
}

/// A real file, or its first part, with a few edits anywhere, sometimes with a part of another one put in.
pub fn mutated(rng: &mut Rng) -> Vec<u8> {
    let mut text = source(rng).to_owned();
    if rng.bool() {
        text = text.lines().take(rng.usize(1..60)).collect::<Vec<_>>().join("\n");
    }
    for _ in 0..rng.usize(1..5) {
        let start = floor(&text, rng.usize(0..=text.len()));
        match rng.u8(0..8) {
            0 => {
                let other = source(rng);
                let from = floor(other, rng.usize(0..=other.len()));
                let to = floor(other, (from + rng.usize(0..300)).min(other.len()));
                text.insert_str(start, &other[from..to]);
            }
            1 => {
                let end = floor(&text, (start + rng.usize(0..200)).min(text.len()));
                let moved: String = text.drain(start..end).collect();
                let to = floor(&text, rng.usize(0..=text.len()));
                text.insert_str(to, &moved);
            }
            2 => text = edit_tokens(rng, &text),
            3 => {
                let end = floor(&text, (start + rng.usize(0..6)).min(text.len()));
                let put: String = (0..rng.usize(0..4)).map(|_| soup::character(rng)).collect();
                text.replace_range(start..end, &put);
            }
            _ => {
                let end = floor(&text, (start + rng.usize(0..12)).min(text.len()));
                text.replace_range(start..end, pick(rng, soup::PIECES));
            }
        }
    }
    text.into_bytes()
}

/// A valid program with one or two tokens changed: most checks of the front end are this close to correct code.
pub fn almost(rng: &mut Rng) -> Vec<u8> {
    let mut text = programs::program(rng);
    for _ in 0..rng.usize(1..3) {
        text = edit_tokens(rng, &text);
    }
    text.into_bytes()
}

/// Deletes, doubles, exchanges or replaces one token.
fn edit_tokens(rng: &mut Rng, text: &str) -> String {
    let tokens = lexer::lex(text);
    let one = tokens[rng.usize(0..tokens.len())].span.range();
    let two = tokens[rng.usize(0..tokens.len())].span.range();
    let mut out = text.to_owned();
    match rng.u8(0..5) {
        0 => out.replace_range(one, ""),
        1 => out.insert_str(one.end, &format!(" {}", &text[one.clone()])),
        2 => out.replace_range(one, &text[two]),
        3 => out.replace_range(one, pick(rng, soup::PIECES)),
        _ => {
            let (first, second) = if one.start <= two.start { (one, two) } else { (two, one) };
            if first.end <= second.start {
                out.replace_range(second.clone(), &text[first.clone()]);
                out.replace_range(first, &text[second]);
            }
        }
    }
    out
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}
