//! Expression scripts of the conformance cases in the machine alone: `cargo run -p bt-engine --example conform -- FILE…`.
//!
//! For a look while working on the machine; run at the root of the project. `QUIET=1`: only counts; `EFFECTS=1`: what the host was asked for, by number.
#![allow(clippy::print_stdout)]

use std::collections::HashMap;
use std::path::Path;

#[path = "../tests/support/mod.rs"]
mod support;

use support::{Case, Verdict};

fn main() {
    let verbose = std::env::var_os("QUIET").is_none();
    let (mut passed, mut failed) = (0, 0);
    let mut effects: HashMap<String, usize> = HashMap::new();
    for file in std::env::args().skip(1) {
        let results = match support::run(Path::new(&file), Path::new(".")) {
            Ok(results) => results,
            Err(message) => {
                println!("{message}");
                continue;
            }
        };
        let all = results.len();
        let mut good = 0;
        for (Case { line, source, .. }, verdict) in results {
            let difference = match verdict {
                Verdict::Passed => {
                    good += 1;
                    continue;
                }
                Verdict::Failed { wanted, got } => format!("wanted {wanted}\n    got    {got}"),
                Verdict::Effect(request) => {
                    *effects.entry(request.clone()).or_default() += 1;
                    format!("effect {request}")
                }
            };
            if verbose {
                println!("{file}:{line}: {source}\n    {difference}");
            }
        }
        println!("{file}: {good} of {all}");
        passed += good;
        failed += all - good;
    }
    if std::env::var_os("EFFECTS").is_some() {
        let mut counted: Vec<_> = effects.iter().collect();
        counted.sort_by_key(|(request, count)| (std::cmp::Reverse(**count), (*request).clone()));
        counted.iter().for_each(|(request, count)| println!("{count:6} {request}"));
    }
    println!("{passed} of {}, {} ended at an effect", passed + failed, effects.values().sum::<usize>());
}
