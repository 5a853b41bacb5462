//! The smallest input that still fails: deletes lines, then characters, as long as the fault stays.

use std::time::{Duration, Instant};

/// Deletes what is not needed. `fails` says whether a candidate shows the same fault; it is asked for no longer than `time`.
pub fn shrink(input: &[u8], time: Duration, mut fails: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let end = Instant::now() + time;
    let mut best = input.to_vec();
    loop {
        let before = best.len();
        best = without_pieces(&best, lines, end, &mut fails);
        best = without_pieces(&best, characters, end, &mut fails);
        if best.len() == before || Instant::now() >= end {
            return best;
        }
    }
}

/// Tries to leave out runs of pieces: half of them, a quarter, …, one.
fn without_pieces(input: &[u8], cut: fn(&[u8]) -> Vec<&[u8]>, end: Instant, fails: &mut impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut pieces = cut(input);
    let mut run = pieces.len().div_ceil(2);
    while run > 0 {
        let mut at = 0;
        while at < pieces.len() && Instant::now() < end {
            let mut candidate = pieces.clone();
            candidate.drain(at..(at + run).min(pieces.len()));
            if fails(&candidate.concat()) {
                pieces = candidate;
            } else {
                at += run;
            }
        }
        run /= 2;
    }
    pieces.concat()
}

fn lines(input: &[u8]) -> Vec<&[u8]> {
    input.split_inclusive(|&b| b == b'\n').collect()
}

/// Bytes with the continuation bytes behind them.
fn characters(input: &[u8]) -> Vec<&[u8]> {
    input.chunk_by(|_, next| next & 0xc0 == 0x80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_remains() {
        let input = "one\ntwo ü (\nthree\nfour ) x\nfive\n".repeat(20);
        let needs = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            text.contains('ü') && text.contains(')')
        };
        assert_eq!(shrink(input.as_bytes(), Duration::from_secs(10), needs), "ü)".as_bytes());
    }
}
