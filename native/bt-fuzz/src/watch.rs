//! Runs the loop in a second process and looks after it: an input that ends the process, or that it never comes back from, is a fault.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use bt_fuzz::shrink::shrink;

use crate::arguments::{target, Arguments};
use crate::output;

/// A loop that stays with one input for so long will not come back.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(20);
const SHRINK_TIME: Duration = Duration::from_secs(60);

/// True if nothing was found.
pub fn watch(arguments: &Arguments) -> io::Result<bool> {
    fs::create_dir_all(&arguments.out)?;
    let trace = arguments.out.join(format!("trace-{}", std::process::id()));
    let mut child = Command::new(std::env::current_exe()?).args(arguments.words()).arg("--trace").arg(&trace).spawn()?;
    let ended = wait(&mut child, &|| age(&trace).is_some_and(|age| age > PATIENCE))?;
    let last = fs::read(&trace).unwrap_or_default();
    // Already gone if the process never came so far.
    let _ = fs::remove_file(&trace);
    let what = match ended {
        Some(status) if status.code().is_some() => return Ok(status.success()),
        Some(status) => format!("the process ended with {status}"),
        None => format!("no end after {} s", PATIENCE.as_secs()),
    };
    report(arguments, &what, &last)
}

/// An input that took the process with it: kept, shrunk with one process per attempt, told.
fn report(arguments: &Arguments, what: &str, trace: &[u8]) -> io::Result<bool> {
    let end = trace.iter().position(|&b| b == b'\n').unwrap_or(trace.len());
    let name = String::from_utf8_lossy(&trace[..end]).into_owned();
    if target(&name).is_err() {
        return Err(io::Error::other(format!("{what} before the first input")));
    }
    let input = trace.get(end + 1..).unwrap_or(&[]);
    let candidate = arguments.out.join(format!("candidate-{}.bt", std::process::id()));
    let shrunk = shrink(input, SHRINK_TIME, |bytes| takes_down(&name, bytes, &candidate));
    // Left behind at worst.
    let _ = fs::remove_file(&candidate);
    let path = output::keep(&arguments.out, &name, what, &shrunk, input)?;
    let mut out = io::stdout().lock();
    io::Write::write_fmt(&mut out, format_args!("\nFAILED: {name}, {what}, seed {}\n", arguments.seed))?;
    output::repeat(&mut out, &name, &path, &shrunk, input.len())?;
    Ok(false)
}

fn takes_down(name: &str, bytes: &[u8], candidate: &PathBuf) -> bool {
    let run = || -> io::Result<bool> {
        fs::write(candidate, bytes)?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--target", name])
            .arg(candidate)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let start = Instant::now();
        let ended = wait(&mut child, &|| start.elapsed() > Duration::from_secs(5))?;
        Ok(ended.is_none_or(|status| status.code().is_none()))
    };
    run().unwrap_or(false)
}

/// How the process ended; `None` if it had to be ended.
fn wait(child: &mut Child, give_up: &dyn Fn() -> bool) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if give_up() {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        sleep(PAUSE);
    }
}

fn age(path: &Path) -> Option<Duration> {
    fs::metadata(path).ok()?.modified().ok()?.elapsed().ok()
}
