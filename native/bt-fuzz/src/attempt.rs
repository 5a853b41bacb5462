//! One input on one target: panics caught, time taken.

use std::cell::RefCell;
use std::panic::{catch_unwind, set_hook, take_hook};
use std::sync::Once;
use std::time::{Duration, Instant};

use crate::targets::{Outcome, Target};

/// An input that takes longer is a failure.
pub const TIME_LIMIT: Duration = Duration::from_secs(2);

/// Why an input failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where the code gave up: two faults with the same place count as one.
    pub place: String,
    pub message: String,
}

thread_local! {
    /// The last panic of this thread; `None` outside of an attempt, where panics are reported as usual.
    static CAUGHT: RefCell<Option<Fault>> = const { RefCell::new(None) };
}

/// Runs the target. Slowness counts only when it shows twice: the machine may have been busy.
pub fn attempt(target: Target, input: &[u8]) -> Result<Outcome, Fault> {
    attempt_within(TIME_LIMIT, target, input)
}

fn attempt_within(limit: Duration, target: Target, input: &[u8]) -> Result<Outcome, Fault> {
    let (first, taken) = timed(target, input)?;
    if taken <= limit {
        return Ok(first);
    }
    let (second, again) = timed(target, input)?;
    if again <= limit {
        return Ok(second);
    }
    Err(Fault { place: "time".into(), message: format!("took {:.1} s", taken.min(again).as_secs_f64()) })
}

fn timed(target: Target, input: &[u8]) -> Result<(Outcome, Duration), Fault> {
    listen();
    CAUGHT.set(Some(Fault { place: "unknown".into(), message: String::new() }));
    let start = Instant::now();
    let result = catch_unwind(|| (target.check)(input));
    let taken = start.elapsed();
    let fault = CAUGHT.take();
    match result {
        Ok(outcome) => Ok((outcome, taken)),
        Err(_) => Err(fault.expect("set above")),
    }
}

/// Panics of an attempt are data; all others go where they went before.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |info| {
            let caught = CAUGHT.with_borrow_mut(|slot| match slot {
                Some(fault) => {
                    // The engine turns a panic into an `internal` report, at which the target panics: the first place is the true one.
                    let is_report = fault.place != "unknown";
                    let payload = info.payload_as_str().unwrap_or("no message").to_owned();
                    if is_report {
                        fault.message = format!("{payload}\nfrom: {}", fault.message);
                    } else {
                        *fault = Fault { place: info.location().map_or("unknown".into(), ToString::to_string), message: payload };
                    }
                    true
                }
                None => false,
            });
            if !caught {
                usual(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault_with_its_place() {
        let target = Target { name: "broken", check: |_| panic!("boom") };
        let fault = attempt(target, b"").unwrap_err();
        assert_eq!(fault.message, "boom");
        assert!(fault.place.contains("attempt.rs"), "{}", fault.place);
    }

    #[test]
    fn a_slow_input_is_a_fault() {
        let target = Target {
            name: "slow",
            check: |_| {
                std::thread::sleep(Duration::from_millis(20));
                Outcome::default()
            },
        };
        assert_eq!(attempt_within(Duration::from_millis(10), target, b"").unwrap_err().place, "time");
    }
}
