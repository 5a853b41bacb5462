//! The compiler as a process, with another back end: code is kept as a tree and walked, not translated.
//!
//! Takes the place of `beamtalk_compiler_port`. A module it makes has the same exports and meta data, but the body of each method, default and
//! input is one call of `beamtalk_referee` (`test/referee/`), which interprets the tree written into the directory `BEAMTALK_REFEREE_DIR`. So everything
//! that runs on the compiler also runs on the walker, and where the two differ one of them misreads the tree.
#![forbid(unsafe_code)]

mod stubs;
mod terms;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;

use bt_engine::{Compiler, Options};
use bt_hir::Module;

/// Where the trees go, for the walker to read.
static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();

fn main() -> ExitCode {
    let Some(directory) = std::env::var_os("BEAMTALK_REFEREE_DIR") else {
        return ExitCode::from(64);
    };
    let _ = DIRECTORY.set(PathBuf::from(directory));
    bt_port::run(Compiler { emit: emit_stubs, ..Compiler::default() })
}

fn emit_stubs(module: &Module, text: &str, options: &Options) -> String {
    let directory = DIRECTORY.get().expect("set before the first request");
    let (stubs, trees) = stubs::split(module);
    let file = directory.join(format!("{}.hir", stubs.key));
    // A tree that cannot be written is told by the walker, which names the file.
    let _ = write_whole(&file, &trees);
    bt_engine::emit_core(&stubs.module, text, options)
}

/// Other processes may read the file at any time: it appears with its contents.
fn write_whole(file: &Path, text: &str) -> std::io::Result<()> {
    if file.exists() {
        return Ok(());
    }
    let unfinished = file.with_extension(format!("{}.part", std::process::id()));
    std::fs::write(&unfinished, text)?;
    std::fs::rename(&unfinished, file)
}
