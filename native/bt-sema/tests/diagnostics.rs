//! What the compiler says about wrong programs, and that it is silent about right ones.
//!
//! `compile_fail/*.cases` hold the programs, one file per area. A case:
//!
//! ```text
//! ---- title (words in brackets are options) [input] [known: a b]
//! Object subclass: A
//!   foo => «coutn»
//! ! error name/undefined: Undefined variable: coutn
//! ? a hint, if it matters
//! ```
//!
//! `«…»` marks the place of a finding and is taken out before compiling; the n-th mark belongs to the n-th `!` line. A case without `!`
//! lines must be silent. Line breaks in messages are written `\n`. Options: `input` (workspace input instead of a file), `library`,
//! `primitives`, `skip` (expression-test file), `known: …` (workspace variables). The rendered findings, in the order in which they are
//! reported, stand in `compile_fail/*.snap`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bt_base::{Category, Diagnostic, Edit, LineIndex, Span};

#[derive(Debug, Default)]
struct Case {
    title: String,
    options: bt_sema::Options,
    source: String,
    expected: Vec<Expected>,
}

#[derive(Debug)]
struct Expected {
    severity: String,
    code: String,
    message: String,
    hint: Option<String>,
    span: Span,
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile_fail")
}

fn read_cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<(Case, String)> = Vec::new();
    for line in text.lines() {
        if let Some(header) = line.strip_prefix("---- ") {
            let mut options = bt_sema::Options::default();
            let mut title = header;
            if let Some((before, _)) = header.split_once(" [") {
                title = before;
            }
            for option in header.split('[').skip(1).filter_map(|o| o.split(']').next()) {
                match option {
                    "input" => options.expression = true,
                    "library" => options.library = true,
                    "primitives" => options.allow_primitives = true,
                    "skip" => options.skip_checks = true,
                    known => match known.strip_prefix("known: ") {
                        Some(names) => options.known_vars = names.split(' ').map(str::to_string).collect(),
                        None => panic!("{header}: what is [{known}]?"),
                    },
                }
            }
            cases.push((Case { title: title.to_string(), options, ..Case::default() }, String::new()));
            continue;
        }
        let Some((case, marked)) = cases.last_mut() else { continue };
        if let Some(text) = line.strip_prefix("! ") {
            let (head, message) = text.split_once(": ").expect("severity, code, colon, message");
            let (severity, code) = head.split_once(' ').expect("severity and code");
            case.expected.push(Expected {
                severity: severity.to_string(),
                code: code.to_string(),
                message: message.replace("\\n", "\n"),
                hint: None,
                span: Span::default(),
            });
        } else if let Some(hint) = line.strip_prefix("? ") {
            case.expected.last_mut().expect("a hint belongs to a finding").hint = Some(hint.to_string());
        } else {
            marked.push_str(line);
            marked.push('\n');
        }
    }
    cases
        .into_iter()
        .map(|(mut case, marked)| {
            let spans = take_marks(marked.trim_end(), &mut case.source);
            assert_eq!(spans.len(), case.expected.len(), "{}: as many marks as findings", case.title);
            for (expected, span) in case.expected.iter_mut().zip(spans) {
                expected.span = span;
            }
            case
        })
        .collect()
}

fn take_marks(marked: &str, source: &mut String) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for c in marked.chars() {
        match c {
            '«' => {
                open.push(spans.len());
                spans.push(Span::new(source.len(), source.len()));
            }
            '»' => spans[open.pop().expect("a mark is opened before it is closed")].end = source.len() as u32,
            other => source.push(other),
        }
    }
    spans
}

fn compile(source: &str, options: &bt_sema::Options) -> Vec<Diagnostic> {
    let parse = bt_syntax::parse(source);
    let index = bt_hir::ClassIndex::over(bt_sema::library_index());
    let mut diagnostics = parse.diagnostics;
    diagnostics.extend(bt_sema::lower(&parse.module, source, &index, options).diagnostics);
    diagnostics
}

fn category(category: Option<Category>) -> String {
    category.map_or(String::new(), |c| format!(" ({})", c.as_str()))
}

fn render(source: &str, diagnostics: &[Diagnostic]) -> String {
    let index = LineIndex::new(source);
    let mut out = String::new();
    for d in diagnostics {
        let (start, end) = (index.line_col(source, d.span.start), index.line_col(source, d.span.end));
        let place = format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column);
        let _ = writeln!(out, "{place} {}[{}]{}", d.severity.as_str(), d.code.name, category(d.category));
        let _ = writeln!(out, "  {}", d.message.replace('\n', "\n  "));
        if let Some(hint) = &d.hint {
            let _ = writeln!(out, "  hint: {hint}");
        }
        if let Some(edit) = &d.edit {
            let _ = writeln!(out, "{}", format!("  write: {}", edit.replacement).trim_end());
        }
    }
    out
}

/// What differs between the findings of a case and what it expects.
fn differences(case: &Case, found: &[Diagnostic]) -> String {
    let mut rest: Vec<&Diagnostic> = found.iter().collect();
    let mut out = String::new();
    for e in &case.expected {
        let position = rest.iter().position(|d| {
            d.severity.as_str() == e.severity
                && d.code.name == e.code
                && d.span == e.span
                && d.message == e.message
                && (e.hint.is_none() || d.hint == e.hint)
        });
        match position {
            Some(i) => {
                rest.remove(i);
            }
            None => {
                let _ = writeln!(out, "  missing: {} {} at {:?}: {}", e.severity, e.code, e.span.text(&case.source), e.message);
            }
        }
    }
    for d in rest {
        let at = d.span.text(&case.source);
        let _ =
            writeln!(out, "  unexpected: {} {} at {at:?}: {}", d.severity.as_str(), d.code.name, d.message.replace('\n', "\\n"));
    }
    out
}

fn case_files() -> Vec<(PathBuf, Vec<Case>)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(directory())
        .expect("the cases stand beside this file")
        .map(|e| e.expect("a readable directory").path())
        .filter(|p| p.extension().is_some_and(|e| e == "cases"))
        .collect();
    files.sort();
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        (file, read_cases(&text))
    };
    files.into_iter().map(read).collect()
}

#[test]
fn every_case_has_exactly_its_findings() {
    let mut problems = String::new();
    let mut wrong_programs = 0;
    for (file, cases) in case_files() {
        let mut rendered = String::new();
        for case in cases {
            let found = compile(&case.source, &case.options);
            wrong_programs += usize::from(!case.expected.is_empty());
            let different = differences(&case, &found);
            if !different.is_empty() {
                let _ = writeln!(problems, "{}: {}\n{different}", file.display(), case.title);
            }
            let _ = writeln!(rendered, "---- {}\n{}\n{}", case.title, case.source, render(&case.source, &found));
        }
        let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        insta::with_settings!({ snapshot_path => "compile_fail", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, rendered);
        });
    }
    assert!(problems.is_empty(), "\n{problems}");
    assert!(wrong_programs >= 150, "only {wrong_programs} wrong programs");
}

/// Is the finding there still, once the edit has been made? Text behind the edit has moved, and what was inside of it is where it begins.
fn remains(finding: &Diagnostic, edit: &Edit, after: &[Diagnostic]) -> bool {
    let moved = |at: u32| match at {
        at if at <= edit.span.start => at,
        at if at >= edit.span.end => at - edit.span.end + edit.span.start + edit.replacement.len() as u32,
        _ => edit.span.start,
    };
    after.iter().any(|d| d.code == finding.code && d.message == finding.message && d.span.start == moved(finding.span.start))
}

#[test]
fn every_edit_mends_its_finding() {
    let mut problems = String::new();
    let mut mended = BTreeSet::new();
    for (file, cases) in case_files() {
        for case in cases {
            let before = compile(&case.source, &case.options);
            for finding in &before {
                let Some(edit) = &finding.edit else { continue };
                let source = edit.apply(&case.source);
                let after = compile(&source, &case.options);
                let same = |all: &[Diagnostic]| all.iter().filter(|d| d.code == finding.code).count();
                let errors = |all: &[Diagnostic]| all.iter().filter(|d| d.is_error()).count();
                let mends = !remains(finding, edit, &after) && same(&after) < same(&before) && errors(&after) <= errors(&before);
                if !mends {
                    let _ = writeln!(problems, "{}: {}\n{source}\n{}", file.display(), case.title, render(&source, &after));
                }
                mended.insert(finding.code.name);
            }
        }
    }
    assert!(problems.is_empty(), "\n{problems}");
    // What someone who types a program fast gets wrong.
    for code in [
        "dnu/class",
        "dnu/instance",
        "expect/stale",
        "lex/invalid",
        "name/undefined",
        "parse/unclosed-array",
        "parse/unclosed-block",
        "parse/unclosed-list",
        "parse/unclosed-map",
        "parse/unclosed-match",
        "parse/unclosed-paren",
        "parse/unclosed-pattern",
        "reflect/symbol-literal",
        "unused/variable",
    ] {
        assert!(mended.contains(code), "no case has an edit for {code}");
    }
}

/// Sources of a folder of the project, by path.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    fn collect(directory: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|e| e == "bt") {
                let text = std::fs::read_to_string(&path).expect("a readable source");
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder), &mut found);
    found.sort();
    found
}

/// Operators that `language.md` §6.6 wants reported, where the library uses them all the same.
const REPORTED_OPERATORS: &[(&str, &str)] = &[("Behaviour.bt", "=:="), ("Integer.bt", "=/=")];

#[test]
fn library_is_silent() {
    let options = bt_sema::Options { library: true, ..bt_sema::Options::default() };
    let mut out = String::new();
    let sources = sources("stdlib/src");
    assert!(sources.len() > 40);
    for (path, text) in sources {
        let mut found = compile(&text, &options);
        found.retain(|d| {
            let operator = (path.file_name().and_then(|n| n.to_str()).unwrap_or(""), d.span.text(&text));
            d.code.name != "dnu/instance" || !REPORTED_OPERATORS.contains(&operator)
        });
        if !found.is_empty() {
            let _ = writeln!(out, "{}\n{}", path.display(), render(&text, &found));
        }
    }
    assert!(out.is_empty(), "\n{out}");
}
