//! `--emit-programs`: writes programs that are to be run, and says what they hold.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use bt_fuzz::reached::{Reached, KINDS};
use bt_fuzz::running;
use bt_sema::Options;

/// So many programs hold every kind of node, whatever the seed.
const ENOUGH: u64 = 50;

/// Writes programs `from` to `from + count`, one folder each. True if all are correct and nothing is missing in them.
pub fn emit(folder: &Path, seed: u64, from: u64, count: u64) -> io::Result<bool> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("DiffFixture.bt"), running::fixture())?;
    let mut out = io::stdout().lock();
    let mut reached = Reached::default();
    let (mut classes, mut good) = (0, true);
    for number in from..from + count {
        let program = running::program(seed, number);
        let own = folder.join(format!("{number:06}"));
        fs::create_dir_all(&own)?;
        fs::write(own.join("calls"), program.calls_text())?;
        let mut index = bt_hir::ClassIndex::over(bt_sema::library_index());
        for (name, text) in &program.classes {
            let file = own.join(format!("{name}.bt"));
            fs::write(&file, text)?;
            classes += 1;
            let parse = bt_syntax::parse(text);
            let lowered = bt_sema::lower(&parse.module, text, &index, &Options::default());
            for problem in parse.diagnostics.iter().chain(&lowered.diagnostics).filter(|d| d.is_error()) {
                let line = text[..problem.span.start as usize].matches('\n').count() + 1;
                writeln!(out, "{}:{line}: {}", file.display(), problem.message)?;
                good = false;
            }
            lowered.classes.iter().for_each(|class| index.insert(class.clone()));
            lowered.hir.iter().for_each(|module| reached.add(module));
        }
    }
    writeln!(out, "seed {seed}: {count} programs, {classes} classes")?;
    let counts: Vec<String> = KINDS.iter().map(|kind| format!("{kind} {}", reached.count(kind))).collect();
    writeln!(out, "nodes: {}", counts.join(", "))?;
    let missing = reached.missing();
    if count >= ENOUGH && !missing.is_empty() {
        writeln!(out, "never made: {}", missing.join(", "))?;
        good = false;
    }
    Ok(good)
}
