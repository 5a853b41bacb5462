//! A hasher for short keys: names, selectors and small numbers.
//!
//! The checks look up several names per line, and the standard library's hasher, which withstands chosen keys, costs as much as the rest of
//! a look-up. Keys come from source texts whose size is limited, so a slow table harms only who wrote
//! them.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

pub type Map<K, V> = HashMap<K, V, BuildHasherDefault<Multiplicative>>;
pub type Set<K> = HashSet<K, BuildHasherDefault<Multiplicative>>;

/// Rotates, mixes in eight bytes, multiplies, and folds the high half of the product into the low one: a table needs both ends.
#[derive(Clone, Copy, Default)]
pub struct Multiplicative(u64);

/// An odd number without a pattern in its bits (the golden ratio).
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Multiplicative {
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0.rotate_left(5) ^ word) * u128::from(FACTOR);
        self.0 = product as u64 ^ (product >> 64) as u64;
    }
}

impl Hasher for Multiplicative {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.mix(u64::from_le_bytes(chunk.try_into().expect("chunks of eight")));
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.mix(u64::from_le_bytes(word) ^ (rest.len() as u64) << 56);
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.mix(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.mix(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.mix(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.mix(value as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_names_spread_over_the_low_bits() {
        let low: Set<u64> = (0..1024)
            .map(|i| {
                let mut hasher = Multiplicative::default();
                hasher.write(format!("method{i}:").as_bytes());
                hasher.finish() & 0xfff
            })
            .collect();
        assert!(low.len() > 800, "{} of 1024 in 4096 buckets", low.len());
    }
}
