//! `bt-fuzz`: the seeded loop for the command line, and the way to repeat a failure.
//!
//! The loop runs in a second process of this program, so that an input which ends the process (stack, memory) or never comes back is
//! found, kept and shrunk like any other.

mod arguments;
mod output;
mod programs;
mod watch;

use std::io::{self, Write};
use std::process::ExitCode;

use arguments::Arguments;
use bt_fuzz::attempt::attempt;
use bt_fuzz::campaign::{self, Plan};

/// A request runs on a stack of its own; what the targets call directly gets as much.
const STACK: usize = 32 * 1024 * 1024;

fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(problem) => return fail(&format!("{problem}\n{}", arguments::USAGE)),
    };
    let work = std::thread::Builder::new().stack_size(STACK).spawn(move || match (&arguments.files[..], &arguments.trace) {
        _ if arguments.emit_programs.is_some() => emit(&arguments),
        ([], None) => watch::watch(&arguments),
        ([], Some(_)) => fuzz(&arguments),
        (files, _) => repeat(&arguments, files),
    });
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(true))) => ExitCode::SUCCESS,
        Ok(Ok(Ok(false))) => ExitCode::FAILURE,
        Ok(Ok(Err(problem))) | Err(problem) => fail(&problem.to_string()),
        Ok(Err(_)) => ExitCode::FAILURE,
    }
}

fn emit(arguments: &Arguments) -> io::Result<bool> {
    let folder = arguments.emit_programs.as_deref().expect("asked for");
    let count = if arguments.runs == u64::MAX { 1 } else { arguments.runs };
    programs::emit(folder, arguments.seed, arguments.from, count)
}

/// The loop. True if nothing was found.
fn fuzz(arguments: &Arguments) -> io::Result<bool> {
    let plan = Plan { seed: arguments.seed, runs: arguments.runs, time: arguments.time, targets: arguments.targets.clone() };
    let mut observer = output::Files::create(arguments)?;
    let summary = campaign::run(&plan, &mut observer);
    observer.finish()?;
    let mut out = io::stdout().lock();
    output::summary(&mut out, &plan, &summary, arguments.report)?;
    for finding in &summary.findings {
        let path = output::keep(&arguments.out, finding.target.name, &finding.fault.place, &finding.shrunk, &finding.input)?;
        output::finding(&mut out, plan.seed, finding, &path)?;
    }
    Ok(summary.findings.is_empty())
}

/// Runs the targets on files instead of generated inputs.
fn repeat(arguments: &Arguments, files: &[std::path::PathBuf]) -> io::Result<bool> {
    let mut good = true;
    for file in files {
        let input = std::fs::read(file)?;
        for &target in &arguments.targets {
            let line = match attempt(target, &input) {
                Ok(outcome) => {
                    format!("{}: {}", target.name, if outcome.accepted { "accepted" } else { "refused, as it should be" })
                }
                Err(fault) => {
                    good = false;
                    format!("{}: FAILED at {}\n  {}", target.name, fault.place, fault.message)
                }
            };
            writeln!(io::stdout(), "{}: {line}", file.display())?;
        }
    }
    Ok(good)
}

fn fail(text: &str) -> ExitCode {
    // Nobody is left to tell if this fails.
    let _ = writeln!(io::stderr(), "bt-fuzz: {text}");
    ExitCode::FAILURE
}
