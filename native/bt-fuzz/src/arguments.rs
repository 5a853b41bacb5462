//! What the command line asks for.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bt_fuzz::targets::{Target, PLANTED, TARGETS};

pub const USAGE: &str = "usage: bt-fuzz [--target T] [--seed N] [--runs N] [--seconds S] [--emit DIR] [--emit-most N] [--out DIR] [--report] [FILE...]
       bt-fuzz --emit-programs DIR [--seed N] [--runs N] [--from N]
  --target T     lexer, parser, analysis, codegen, completeness or format (repeatable; all of them)
  --seed N       the same seed gives the same inputs (the clock)
  --runs N       at most so many inputs (no bound)
  --seconds S    at most so long (10, or no bound if --runs is given)
  --emit DIR     write generated code there: NUMBER-READING.core, and NUMBER.bt beside it
  --emit-most N  keep no more than a random choice of N modules (no bound)
  --out DIR      where inputs that failed are written (target/fuzz)
  --report       print how many inputs were accepted, by target and generator
  FILE...        run the targets on these instead
  --emit-programs DIR  write N programs to be run there, from number N (0) on: test/differential";

#[derive(Clone)]
pub struct Arguments {
    pub targets: Vec<Target>,
    pub seed: u64,
    pub runs: u64,
    pub time: Duration,
    pub emit: Option<PathBuf>,
    pub emit_most: u64,
    pub out: PathBuf,
    pub report: bool,
    pub files: Vec<PathBuf>,
    /// Given by the watching process: each input is written here before it is tried.
    pub trace: Option<PathBuf>,
    pub emit_programs: Option<PathBuf>,
    /// Number of the first program.
    pub from: u64,
}

impl Arguments {
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let (mut targets, mut files) = (Vec::new(), Vec::new());
        let (mut seed, mut runs, mut seconds, mut emit, mut trace) = (None, None, None, None, None);
        let (mut emit_programs, mut from) = (None, 0);
        let (mut emit_most, mut report, mut out) = (u64::MAX, false, PathBuf::from("target/fuzz"));
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} wants a value"));
            match &*word {
                "--target" => targets.push(target(&value()?)?),
                "--seed" => seed = Some(number(&value()?)?),
                "--runs" => runs = Some(number(&value()?)?),
                "--seconds" => seconds = Some(number(&value()?)?),
                "--emit" => emit = Some(PathBuf::from(value()?)),
                "--emit-most" => emit_most = number(&value()?)?,
                "--out" => out = PathBuf::from(value()?),
                "--trace" => trace = Some(PathBuf::from(value()?)),
                "--emit-programs" => emit_programs = Some(PathBuf::from(value()?)),
                "--from" => from = number(&value()?)?,
                "--report" => report = true,
                _ if word.starts_with("--") => return Err(format!("unknown option {word}")),
                _ => files.push(PathBuf::from(word)),
            }
        }
        let bound = seconds.unwrap_or(if runs.is_some() { u64::from(u32::MAX) } else { 10 });
        Ok(Arguments {
            targets: if targets.is_empty() { TARGETS.to_vec() } else { targets },
            seed: seed.unwrap_or_else(clock),
            runs: runs.unwrap_or(u64::MAX),
            time: Duration::from_secs(bound),
            emit,
            emit_most,
            out,
            report,
            files,
            trace,
            emit_programs,
            from,
        })
    }

    /// The same again, for another process.
    pub fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = self.targets.iter().flat_map(|t| ["--target".to_owned(), t.name.to_owned()]).collect();
        let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
        option("--seed", self.seed.to_string());
        option("--runs", self.runs.to_string());
        option("--seconds", self.time.as_secs().to_string());
        option("--emit-most", self.emit_most.to_string());
        option("--out", self.out.display().to_string());
        if let Some(emit) = &self.emit {
            option("--emit", emit.display().to_string());
        }
        if self.report {
            words.push("--report".into());
        }
        words
    }
}

pub fn target(name: &str) -> Result<Target, String> {
    TARGETS.iter().chain(PLANTED).find(|t| t.name == name).copied().ok_or(format!("no target {name}"))
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |t| t.as_secs())
}
