//! Every program of the tree becomes chunks that the verifier accepts: library, tests, examples, measurements, line by line also the inputs of scripts.

use crate::support;

use std::path::{Path, PathBuf};

use bt_bcgen::Options;

fn files(below: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(below).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
}

fn all(extension: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for part in ["stdlib", "test", "examples", "bench/programs"] {
        files(&root.join(part), extension, &mut found);
    }
    found.sort();
    found
}

#[test]
fn classes() {
    let mut compiled = 0;
    for path in all("bt") {
        let source = std::fs::read_to_string(&path).unwrap_or_default();
        // Files of errors and of single inputs are in the tree as well.
        let Ok(hir) = support::lower(&source, false, &[], true) else { continue };
        for fold in [true, false] {
            if let Err(problems) = support::checked_tree(&hir, &source, &Options { fold }) {
                panic!("{}: {problems:?}", path.display());
            }
        }
        compiled += 1;
    }
    assert!(compiled > 200, "{compiled} classes are too few: is the tree where it should be?");
}

#[test]
fn inputs() {
    let mut compiled = 0;
    for path in all("btscript").into_iter().chain(all("bt")) {
        for line in std::fs::read_to_string(&path).unwrap_or_default().lines().filter(|line| !line.trim_start().starts_with("//"))
        {
            let Ok(hir) = support::lower(line, true, &[], true) else { continue };
            if let Err(problems) = support::checked_tree(&hir, line, &Options::default()) {
                panic!("{}: {line}: {problems:?}", path.display());
            }
            compiled += 1;
        }
    }
    assert!(compiled > 5_000, "{compiled} inputs are too few");
}
