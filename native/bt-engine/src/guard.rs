//! The border between our mistakes and the host: a stack that is deep enough, and panics turned into an answer.

use std::panic::{catch_unwind, AssertUnwindSafe};

use crate::diagnostics::internal;
use crate::limits::Limits;
use crate::report::Report;

/// Bytes of a source that cannot nest deeply enough to need a stack of its own; making one takes longer than to work on such a source.
pub const SHORT_SOURCE: usize = 96;

/// Runs `work` on a stack of `limits.stack_bytes`; a panic inside becomes an `internal` report naming the input by its hash.
pub fn guarded<T>(limits: &Limits, input: &[u8], work: impl FnOnce() -> T) -> Result<T, Box<Report>> {
    let on_big_stack = || match input.len() <= SHORT_SOURCE && !input.is_empty() {
        true => work(),
        false => stacker::maybe_grow(limits.stack_bytes / 2, limits.stack_bytes, work),
    };
    catch_unwind(AssertUnwindSafe(on_big_stack)).map_err(|payload| {
        let what = payload
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        Box::new(Report::unplaced(internal::diagnostic(&what, fnv1a(input))))
    })
}

/// FNV-1a: names an input in a bug report; nothing depends on its strength.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &b| (hash ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stack_is_deep_enough() {
        fn depth(n: u32) -> u64 {
            let frame = [u64::from(n); 128];
            if n == 0 {
                0
            } else {
                std::hint::black_box(&frame)[7] - u64::from(n) + 1 + depth(n - 1)
            }
        }
        let thread = std::thread::Builder::new().stack_size(256 * 1024);
        let run = || guarded(&Limits::DEFAULT, b"", || depth(10_000)).map_err(|r| r.message);
        assert_eq!(thread.spawn(run).expect("threads exist").join().expect("no overflow"), Ok(10_000));
    }
}
