//! What the loop leaves behind: traces, generated code, tables, inputs that failed.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use bt_fuzz::campaign::{Finding, Observer, Plan, Summary};
use bt_fuzz::generate::GENERATORS;
use bt_fuzz::targets::{Emitted, Target};

use crate::arguments::Arguments;

/// Writes each input before it is tried, and a fair choice of the generated modules.
pub struct Files {
    trace: Option<File>,
    emit: Option<PathBuf>,
    most: u64,
    /// The modules on disk.
    kept: Vec<(u64, PathBuf)>,
    choice: fastrand::Rng,
    problem: Option<io::Error>,
}

impl Files {
    pub fn create(arguments: &Arguments) -> io::Result<Files> {
        if let Some(folder) = &arguments.emit {
            fs::create_dir_all(folder)?;
            fs::write(folder.join("SEED"), arguments.seed.to_string())?;
        }
        Ok(Files {
            trace: arguments.trace.as_ref().map(File::create).transpose()?,
            emit: arguments.emit.clone(),
            most: arguments.emit_most,
            kept: Vec::new(),
            choice: fastrand::Rng::with_seed(arguments.seed),
            problem: None,
        })
    }

    /// A failed write is told at the end: the loop is not to be disturbed.
    pub fn finish(self) -> io::Result<()> {
        self.problem.map_or(Ok(()), Err)
    }

    fn write_trace(&mut self, target: Target, input: &[u8]) -> io::Result<()> {
        let Some(file) = &mut self.trace else { return Ok(()) };
        let content = [target.name.as_bytes(), b"\n", input].concat();
        file.rewind()?;
        file.write_all(&content)?;
        file.set_len(content.len() as u64)
    }

    /// Every module has the same chance to be among those kept.
    fn write_module(&mut self, number: u64, source: &[u8], module: &Emitted, fresh: u64) -> io::Result<()> {
        let Some(folder) = &self.emit else { return Ok(()) };
        let path = folder.join(format!("{number:08}-{}.core", module.reading));
        if fresh >= self.most {
            let place = self.choice.u64(0..=fresh);
            if place >= self.most {
                return Ok(());
            }
            let (old, core) = self.kept.swap_remove(place as usize);
            fs::remove_file(core)?;
            if !self.kept.iter().any(|(n, _)| *n == old) {
                fs::remove_file(source_path(folder, old))?;
            }
        }
        fs::write(source_path(folder, number), source)?;
        fs::write(&path, &module.core)?;
        self.kept.push((number, path));
        Ok(())
    }
}

fn source_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:08}.bt"))
}

impl Observer for Files {
    fn trying(&mut self, target: Target, input: &[u8]) {
        if let Err(problem) = self.write_trace(target, input) {
            self.problem = Some(problem);
        }
    }

    fn emitted(&mut self, number: u64, source: &[u8], module: &Emitted, fresh: u64) {
        if let Err(problem) = self.write_module(number, source, module, fresh) {
            self.problem = Some(problem);
        }
    }
}

pub fn summary(out: &mut dyn Write, plan: &Plan, summary: &Summary, table: bool) -> io::Result<()> {
    let rate = summary.runs as f64 / summary.time.as_secs_f64().max(0.001);
    writeln!(
        out,
        "seed {}: {} runs in {:.1} s ({rate:.0}/s), {} different modules, {} faults",
        plan.seed,
        summary.runs,
        summary.time.as_secs_f64(),
        summary.modules,
        summary.findings.len()
    )?;
    if !table {
        return Ok(());
    }
    write!(out, "{:<14}", "accepted/runs")?;
    for generator in GENERATORS {
        write!(out, "{:>18}", generator.name)?;
    }
    writeln!(out)?;
    for (target, counts) in plan.targets.iter().zip(&summary.counts) {
        write!(out, "{:<14}", target.name)?;
        for count in counts {
            let share = 100.0 * count.accepted as f64 / (count.runs.max(1)) as f64;
            write!(out, "{:>18}", format!("{}/{} {share:.0}%", count.accepted, count.runs))?;
        }
        writeln!(out)?;
    }
    let refusals: Vec<String> = summary.refusals.iter().map(|(code, n)| format!("{code} {n}")).collect();
    if !refusals.is_empty() {
        writeln!(out, "valid but refused: {}", refusals.join(", "))?;
    }
    Ok(())
}

/// Writes an input that failed, whole and shrunk; answers where the shrunk one is.
pub fn keep(folder: &Path, target: &str, place: &str, shrunk: &[u8], whole: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let mut hasher = DefaultHasher::new();
    place.hash(&mut hasher);
    let name = format!("{target}-{:08x}", hasher.finish() as u32);
    fs::write(folder.join(format!("{name}.whole.bt")), whole)?;
    let path = folder.join(format!("{name}.bt"));
    fs::write(&path, shrunk)?;
    Ok(path)
}

pub fn finding(out: &mut dyn Write, seed: u64, finding: &Finding, path: &Path) -> io::Result<()> {
    writeln!(out, "\nFAILED: {} at {}, run {} of seed {seed}", finding.target.name, finding.fault.place, finding.number)?;
    writeln!(out, "  {}", finding.fault.message.replace('\n', "\n  "))?;
    repeat(out, finding.target.name, path, &finding.shrunk, finding.input.len())
}

pub fn repeat(out: &mut dyn Write, target: &str, path: &Path, shrunk: &[u8], whole: usize) -> io::Result<()> {
    writeln!(out, "  shrunk from {whole} to {} bytes: {:?}", shrunk.len(), String::from_utf8_lossy(shrunk))?;
    writeln!(out, "  repeat: cargo run -p bt-fuzz -- --target {target} {}", path.display())
}
