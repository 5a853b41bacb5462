//! The codes are complete and true: each has a file of its own, every code of the sources is one of them, every example shows what its
//! documentation says, and `docs/diagnostics.md` is what they make. `INSTA_UPDATE=always` (`make golden`) writes the page.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bt_base::Code;
use bt_engine::diagnostics::table;

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

/// The sources of the compiler and of the node, with their paths.
fn sources() -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    files(&root().join("src_erl"), &mut paths);
    for entry in std::fs::read_dir(root().join("native")).into_iter().flatten().flatten() {
        files(&entry.path().join("src"), &mut paths);
    }
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a readable source");
        (path, text)
    };
    paths.into_iter().map(read).collect()
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

#[test]
fn every_code_of_the_sources_is_in_the_table() {
    let table = table();
    let names: BTreeSet<&str> = table.iter().map(|c| c.name).collect();
    let areas: BTreeSet<&str> = names.iter().filter_map(|name| name.split_once('/')).map(|(area, _)| area).collect();
    let mut found = BTreeSet::new();
    for (_, text) in sources() {
        codes_in(&text, &areas, &mut found);
    }
    assert!(found.len() > 40, "the sources were found");
    let missing: Vec<&String> = found.iter().filter(|name| !names.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "no code in the table for {missing:?}");
}

/// `parse/unclosed-block` stands in `parse_unclosed_block.rs`.
fn stem(code: &Code) -> String {
    code.name.replace(['/', '-'], "_")
}

#[test]
fn every_code_has_a_file_of_its_own() {
    for (name, codes) in [
        ("bt-syntax", bt_syntax::diagnostics::ALL),
        ("bt-sema", bt_sema::diagnostics::ALL),
        ("bt-engine", bt_engine::diagnostics::ALL),
    ] {
        let directory = root().join("native").join(name).join("src/diagnostics");
        let mut paths = Vec::new();
        files(&directory, &mut paths);
        let stems = paths.iter().filter_map(|p| p.file_stem()).map(|s| s.to_string_lossy().into_owned());
        let there: BTreeSet<String> = stems.filter(|s| s != "mod" && s != "testing").collect();
        assert_eq!(there, codes.iter().map(stem).collect::<BTreeSet<String>>(), "{}", directory.display());
        for code in codes {
            let text = std::fs::read_to_string(directory.join(stem(code)).with_extension("rs")).expect("a readable source");
            assert!(text.starts_with(&format!("//! `{}`: ", code.name)), "{}: what it is, in the first line", code.name);
            assert!(text.contains(&format!("    name: \"{}\",\n", code.name)), "{}: its own documentation", code.name);
            assert!(text.contains("#[test]"), "{}: tests", code.name);
        }
    }
}

/// The compiler itself says it of constructors without a caller; here it is said of files without one.
#[test]
fn every_code_is_reported() {
    let sources: Vec<(PathBuf, String)> =
        sources().into_iter().filter(|(path, _)| !path.components().any(|c| c.as_os_str() == "diagnostics")).collect();
    let is_reported = |code: &Code| {
        let (constructor, literal) = (format!("{}::", stem(code)), format!("<<\"{}\">>", code.name));
        sources.iter().any(|(path, text)| match path.extension().is_some_and(|e| e == "erl") {
            true => text.contains(&literal),
            false => text.contains(&constructor),
        })
    };
    let idle: Vec<&str> = table().iter().filter(|c| !is_reported(c)).map(|c| c.name).collect();
    assert!(idle.is_empty(), "no source reports {idle:?}");
}

#[test]
fn codes_are_unique_and_in_the_order_of_their_stages() {
    let table = table();
    let names: BTreeSet<&str> = table.iter().map(|c| c.name).collect();
    assert_eq!(names.len(), table.len());
    assert!(table.windows(2).all(|pair| pair[0].stage <= pair[1].stage));
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
fn examples_show_what_their_codes_say() {
    let mut problems = String::new();
    for code in table().iter().filter(|c| !c.example.is_empty()) {
        let shown = found(code.example);
        if !shown.iter().any(|d| d.code == code && d.severity == code.severity) {
            let _ = writeln!(problems, "{}: the example shows {shown:?}", code.name);
        }
        let rest = found(code.better);
        if rest.iter().any(|d| d.code == code || d.is_error()) {
            let _ = writeln!(problems, "{}: the better program shows {rest:?}", code.name);
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
}

fn page() -> String {
    let mut out = String::from(
        "<!-- Made from native/*/src/diagnostics by `make golden`. -->\n\
         # Diagnostics\n\n\
         What the compiler reports, in the order in which it reports it. Only errors keep a program from running. In the messages C and S stand\n\
         for classes, T and U for types, `sel` for a selector, `x` for a name, N for a number. `@expect dnu`, `@expect type`, `@expect unused`\n\
         and `@expect all` before a statement silence its warnings and hints.\n",
    );
    let mut stage = None;
    for code in table() {
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
    assert!(there == wanted, "docs/diagnostics.md is not what the codes make: run `make golden`");
}
