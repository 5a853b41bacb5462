//! The compiler as a process whose evaluator has a fault on purpose: the one that `BEAMTALK_FAULT` names, none without it. `--faults` lists them.
#![forbid(unsafe_code)]

use std::io::Write;
use std::process::ExitCode;

use bt_engine::Compiler;
use bt_vm::faults;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("--faults") {
        let mut out = std::io::stdout().lock();
        let written = faults::FAULTS.iter().try_for_each(|(name, _)| writeln!(out, "{name}"));
        return if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    match std::env::var("BEAMTALK_FAULT") {
        Ok(name) if !faults::plant(&name) => ExitCode::from(64),
        _ => bt_port::run(Compiler::default()),
    }
}
