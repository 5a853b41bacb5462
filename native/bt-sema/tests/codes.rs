//! The table of codes is complete and true: every code of the sources has a row, every example shows what its row says, and
//! `docs/diagnostics.md` is what the table makes. `INSTA_UPDATE=always` (`make golden`) writes the page.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bt_base::codes::{Code, Stage, CODES};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs" || e == "erl" || e == "lalrpop") {
            found.push(path);
        }
    }
}

/// `area/name` in a string literal, where the area is one that codes have.
fn codes_in(text: &str, areas: &BTreeSet<&str>, found: &mut BTreeSet<String>) {
    let lower = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    for line in text.lines().filter(|l| !l.trim_start().starts_with("//")) {
        for literal in line.split('"').skip(1).step_by(2) {
            if let Some((area, name)) = literal.split_once('/') {
                if areas.contains(area) && lower(name) {
                    found.insert(literal.to_string());
                }
            }
        }
    }
}

fn codes_of_the_sources() -> BTreeSet<String> {
    let areas: BTreeSet<&str> = CODES.iter().filter_map(|c| c.name.split_once('/')).map(|(area, _)| area).collect();
    let mut sources = Vec::new();
    files(&root().join("src_erl"), &mut sources);
    for entry in std::fs::read_dir(root().join("native")).into_iter().flatten().flatten() {
        files(&entry.path().join("src"), &mut sources);
    }
    let mut found = BTreeSet::new();
    for path in sources.iter().filter(|p| !p.ends_with("bt-base/src/codes.rs")) {
        codes_in(&std::fs::read_to_string(path).expect("a readable source"), &areas, &mut found);
    }
    found
}

#[test]
fn every_code_of_the_sources_has_a_row() {
    let found = codes_of_the_sources();
    assert!(found.len() > 40, "the sources were found");
    let missing: Vec<&String> = found.iter().filter(|name| bt_base::codes::code(name).is_none()).collect();
    assert!(missing.is_empty(), "no row in bt-base/src/codes.rs for {missing:?}");
}

#[test]
fn every_row_of_the_analysis_is_used() {
    let found = codes_of_the_sources();
    let analysis = |c: &&Code| !matches!(c.stage, Stage::Syntax | Stage::Infrastructure);
    let idle: Vec<&str> = CODES.iter().filter(analysis).map(|c| c.name).filter(|name| !found.contains(*name)).collect();
    assert!(idle.is_empty(), "no source mentions {idle:?}");
}

#[test]
fn rows_are_unique_and_in_the_order_of_their_stages() {
    let names: BTreeSet<&str> = CODES.iter().map(|c| c.name).collect();
    assert_eq!(names.len(), CODES.len());
    assert!(CODES.windows(2).all(|pair| pair[0].stage <= pair[1].stage));
}

fn found(source: &str) -> Vec<bt_base::Diagnostic> {
    let parse = bt_syntax::parse(source);
    let index = bt_hir::ClassIndex::over(bt_sema::library_index());
    // Two classes are too many for a file only.
    let is_file = source.contains("subclass:");
    let options = bt_sema::Options { expression: !is_file, ..bt_sema::Options::default() };
    let mut diagnostics = parse.diagnostics;
    diagnostics.extend(bt_sema::lower(&parse.module, source, &index, &options).diagnostics);
    diagnostics
}

#[test]
fn examples_show_what_their_rows_say() {
    let mut problems = String::new();
    for code in CODES.iter().filter(|c| !c.example.is_empty()) {
        let shown = found(code.example);
        if !shown.iter().any(|d| d.code == code.name && d.severity == code.severity) {
            let _ = writeln!(problems, "{}: the example shows {shown:?}", code.name);
        }
        let rest = found(code.better);
        if rest.iter().any(|d| d.code == code.name || d.is_error()) {
            let _ = writeln!(problems, "{}: the better program shows {rest:?}", code.name);
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

fn page() -> String {
    let mut out = String::from(
        "<!-- Made from native/bt-base/src/codes.rs by `make golden`. -->\n\
         # Diagnostics\n\n\
         What the compiler reports, in the order in which it reports it. Only errors keep a program from running. In the messages C and S stand\n\
         for classes, T and U for types, `sel` for a selector, `x` for a name, N for a number. `@expect dnu`, `@expect type`, `@expect unused`\n\
         and `@expect all` before a statement silence its warnings and hints.\n",
    );
    let mut stage = None;
    for code in CODES {
        if stage != Some(code.stage) {
            stage = Some(code.stage);
            let _ = write!(out, "\n## {}\n", code.stage.title());
        }
        let _ = write!(out, "\n### {}\n\n{}: {}\n\n{}\n", code.name, code.severity.as_str(), code.message, code.checks);
        for (title, program) in [("Reported:", code.example), ("Better:", code.better)] {
            if !program.is_empty() {
                let _ = write!(out, "\n{title}\n\n```beamtalk\n{program}\n```\n");
            }
        }
    }
    out
}

#[test]
fn page_is_up_to_date() {
    let path = root().join("docs/diagnostics.md");
    let wanted = page();
    if std::env::var("INSTA_UPDATE").is_ok_and(|v| v == "always") {
        std::fs::write(&path, &wanted).expect("docs can be written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == wanted, "docs/diagnostics.md is not what the table makes: run `make golden`");
}
