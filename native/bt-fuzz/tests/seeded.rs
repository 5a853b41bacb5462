//! A short campaign on every target with a fixed seed, and proof that the loop finds faults when there are some.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use bt_fuzz::campaign::{run, Plan, Summary, Unobserved};
use bt_fuzz::generate::GENERATORS;
use bt_fuzz::targets::{Target, PLANTED, TARGETS};

const SEED: u64 = 20_260_214;

fn campaign(target: Target, runs: u64) -> Summary {
    run(&Plan { seed: SEED, runs, time: Duration::from_secs(60), targets: vec![target] }, &mut Unobserved)
}

/// Runs the target; says what it found, and how often it accepted an input of the valid generator, in per cent.
fn share_of_valid(name: &str, runs: u64) -> u64 {
    let target = *TARGETS.iter().find(|t| t.name == name).expect("a target of this name");
    let summary = campaign(target, runs);
    if let Some(finding) = summary.findings.first() {
        let shrunk = String::from_utf8_lossy(&finding.shrunk);
        panic!("{name}: {} at {}\n{shrunk}", finding.fault.message, finding.fault.place);
    }
    assert_eq!(summary.runs, runs);
    let valid = summary.counts[0][GENERATORS.len() - 1];
    valid.accepted * 100 / valid.runs
}

#[test]
fn lexer() {
    assert_eq!(share_of_valid("lexer", 3000), 100);
}

#[test]
fn parser() {
    assert_eq!(share_of_valid("parser", 2000), 100);
}

#[test]
fn analysis() {
    assert!(share_of_valid("analysis", 700) >= 60);
}

#[test]
fn codegen() {
    assert!(share_of_valid("codegen", 600) >= 80);
}

#[test]
fn completeness() {
    assert!(share_of_valid("completeness", 2000) >= 90);
}

#[test]
fn format() {
    assert!(share_of_valid("format", 1000) >= 90);
}

#[test]
fn a_planted_panic_is_found_and_shrunk() {
    let summary = campaign(PLANTED[0], 100);
    let [finding] = &summary.findings[..] else { panic!("one fault, not {}", summary.findings.len()) };
    assert_eq!((finding.fault.message.as_str(), &finding.shrunk[..]), ("planted", &b"#["[..]));
    assert!(finding.fault.place.contains("targets.rs"), "{}", finding.fault.place);
}

#[test]
fn the_end_of_the_process_is_found_and_shrunk() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("planted");
    let output = Command::new(env!("CARGO_BIN_EXE_bt-fuzz"))
        .args(["--target", "planted-abort", "--seed", "1", "--runs", "100", "--out"])
        .arg(&out)
        .output()
        .expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && text.contains("FAILED: planted-abort"), "{text}");
    let kept = fs::read_dir(&out).expect("inputs are kept").flatten().map(|e| e.path());
    let shrunk: Vec<Vec<u8>> =
        kept.filter(|p| !p.to_string_lossy().contains(".whole.")).map(|p| fs::read(p).expect("a file")).collect();
    fs::remove_dir_all(&out).expect("made above");
    assert_eq!(shrunk, [b"#["]);
}
