//! Whole areas of the conformance cases in the machine alone. What ends at an effect is left to the node's own run.
#![allow(clippy::print_stdout)]

use std::path::{Path, PathBuf};

mod support;

use support::{Case, Verdict};

/// Area, cases that pass at least, and cases at most whose answer differs. Both numbers move in one direction only.
const AREAS: &[(&str, usize, usize)] = &[
    ("actors", 13, 0),
    ("blocks", 55, 0),
    ("captures", 167, 0),
    ("cascades", 16, 0),
    ("class_side", 46, 0),
    ("classes", 165, 0),
    ("collections", 217, 0),
    ("control", 75, 0),
    ("diagnostics", 21, 0),
    ("display", 51, 0),
    ("exceptions", 217, 0),
    ("ffi", 28, 0),
    ("futures", 4, 0),
    ("interpolation", 42, 0),
    ("literals", 142, 0),
    ("loops", 64, 0),
    ("matching", 49, 0),
    ("numbers", 126, 0),
    ("precedence", 96, 0),
    ("reflection", 306, 0),
    ("returns", 48, 0),
    ("sends", 179, 0),
    ("statements", 38, 0),
    ("streams", 34, 0),
    ("strings", 80, 0),
    ("symbols", 26, 0),
    ("system", 21, 0),
    ("testing", 57, 0),
    ("values", 54, 0),
];

/// Cases that differ for good: file, input, why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("reflection/reflection.btscript", "Undocumented doc", "the node keeps documentation that was set, and nobody set it here"),
    (
        "reflection/reflection.btscript",
        "(Undocumented >> #go) doc",
        "the node keeps documentation that was set, and nobody set it here",
    ),
    ("reflection/reflection.btscript", "Undocumented", "the node removes classes, and nobody removed it here"),
    ("reflection/reflection.btscript", "Undocumented new", "the node removes classes, and nobody removed it here"),
    ("reflection/reflection.btscript", "Undoing", "the node removes classes, and nobody removed it here"),
    ("reflection/reflection.btscript", "l := ConfLamp new", "a class that an actor of the node builds"),
    ("reflection/reflection.btscript", "l speak await", "a class that an actor of the node builds"),
    ("reflection/reflection.btscript", "l on", "a class that an actor of the node builds"),
    ("reflection/reflection.btscript", "l watts", "a class that an actor of the node builds"),
    ("reflection/reflection.btscript", "l sum: 2", "a class that an actor of the node builds"),
    ("reflection/reflection.btscript", "(ConfLamp new: #{watts => 60}) watts", "a class that an actor of the node builds"),
    ("reflection/reflection.btscript", "ConfLamp methods includes: #watts", "a class that an actor of the node builds"),
    ("reflection/reflection.btscript", "ConfLamp canUnderstand: #speak", "a class that an actor of the node builds"),
    ("reflection/reflection.btscript", "ConfLamp superclass", "a class that an actor of the node builds"),
    ("reflection/reflection.btscript", "ConfLamp removeFromSystem", "a class that an actor of the node builds"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn scripts(area: &str) -> Vec<PathBuf> {
    let dir = root().join("test/conformance").join(area);
    let entries = std::fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|path| path.extension().is_some_and(|e| e == "btscript")).collect();
    files.sort();
    files
}

fn is_exception(file: &Path, case: &Case) -> bool {
    EXCEPTIONS.iter().any(|(name, source, _)| file.ends_with(name) && case.source == *source)
}

#[test]
fn areas() {
    let mut complaints = Vec::new();
    for (area, least, most) in AREAS {
        let (mut passed, mut all) = (0, 0);
        let mut different = Vec::new();
        for file in scripts(area) {
            for (case, verdict) in support::run(&file, &root()).unwrap_or_else(|message| panic!("{message}")) {
                all += 1;
                match verdict {
                    Verdict::Passed => passed += 1,
                    Verdict::Failed { .. } if is_exception(&file, &case) => {}
                    Verdict::Failed { wanted, got } => {
                        different.push(format!(
                            "  {}:{}: {}\n    wanted {wanted}\n    got    {got}",
                            file.display(),
                            case.line,
                            case.source
                        ));
                    }
                    Verdict::Effect(_) => {}
                }
            }
        }
        println!("(\"{area}\", {passed}, {}) of {all}", different.len());
        if passed < *least || different.len() > *most {
            complaints.push(format!("{area}: {passed} of {all} pass, wanted {least}\n{}", different.join("\n")));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// The list can only shrink.
#[test]
fn exceptions_still_differ() {
    for (name, source, reason) in EXCEPTIONS {
        let file = root().join("test/conformance").join(name);
        let results = support::run(&file, &root()).unwrap_or_else(|message| panic!("{message}"));
        let differs = results.iter().any(|(case, verdict)| case.source == *source && matches!(verdict, Verdict::Failed { .. }));
        assert!(differs, "{name}: {source} does not differ any more ({reason})");
    }
}

#[test]
fn underscores_stand_for_anything() {
    let table = [
        ("a_b", "a_b", true),
        ("a_b", "axb", false),
        ("a _ b", "a xyz b", true),
        ("_", "", true),
        ("_", "whatever", true),
        ("a_", "abc", true),
        ("_c", "abc", true),
        ("a_", "bc", false),
        ("#(_, _)", "#(1, 2)", true),
        ("#(_, _)", "#(1)", false),
        ("é_", "éa", true),
        ("x", "xy", false),
    ];
    for (pattern, text, expected) in table {
        assert_eq!(support::matches(pattern, text), expected, "{pattern} {text}");
    }
}

#[test]
fn scripts_are_lines_with_expectations() {
    let script =
        support::parse("// @load a/B.bt\n1 + 1\n// => 2\n\n// a word\n2 foo\n// => ERROR: kind\nleft alone\n3\n//=> 3\n");
    assert_eq!(script.loads, ["a/B.bt"]);
    let cases: Vec<_> = script.cases.iter().map(|case| (case.line, case.source.as_str())).collect();
    assert_eq!(cases, [(2, "1 + 1"), (6, "2 foo")]);
}
