//! A log on standard error, off unless asked for.

use std::ffi::OsString;
use std::fmt::Arguments;
use std::io::Write;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Silent,
    Info,
    Verbose,
}

#[derive(Clone, Copy, Debug)]
pub struct Log {
    level: Level,
}

impl Log {
    /// `RUST_LOG` wins over the flags.
    pub fn from_arguments(arguments: impl Iterator<Item = String>, variable: Option<OsString>) -> Log {
        let level = match variable.as_deref().and_then(|v| v.to_str()) {
            Some("" | "off") => Level::Silent,
            Some("debug" | "trace") => Level::Verbose,
            Some(_) => Level::Info,
            None => arguments.fold(Level::Silent, |level, argument| match argument.as_str() {
                "-v" => level.max(Level::Info),
                "-vv" => Level::Verbose,
                _ => level,
            }),
        };
        Log { level }
    }

    pub fn is_verbose(&self) -> bool {
        self.level == Level::Verbose
    }

    pub fn info(&self, message: Arguments<'_>) {
        if self.level > Level::Silent {
            // A closed standard error is no reason to stop serving.
            let _ = writeln!(std::io::stderr(), "beamtalk_compiler_port: {message}");
        }
    }
}
