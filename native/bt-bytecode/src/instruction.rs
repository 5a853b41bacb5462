//! Words and what they say.
//!
//! An instruction is one word: the operation in the low eight bits, the operands above it in the order of their format. `Extend` in front of one
//! carries the upper bits of its operands: eight more for each of three, eight and sixteen more for two, twenty-four more for one.

use std::fmt;

use crate::isa::{Format, Op};

/// An instruction with its operands as numbers, in the order of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Index of its first word (that of `Extend`, where there is one).
    pub at: usize,
    /// Index of the word behind it.
    pub next: usize,
    pub op: Op,
    pub operands: [i64; 3],
}

/// Why words are no instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    UnknownOperation(u8),
    /// The code ends in the middle, or `Extend` stands before another one.
    Truncated,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::UnknownOperation(number) => write!(f, "no operation has the number {number}"),
            Malformed::Truncated => f.write_str("an instruction is not complete"),
        }
    }
}

/// The bits of an operand as the words hold them, or `None` where it has more than there is room for.
fn bits(value: i64, width: u32, signed: bool) -> Option<u64> {
    let fits =
        if signed { (-(1i64 << (width - 1))..1 << (width - 1)).contains(&value) } else { (0..1i64 << width).contains(&value) };
    fits.then_some(value as u64 & ((1u64 << width) - 1))
}

/// Widths of the operands without and with `Extend`, and whether each has a sign.
fn widths(format: Format) -> &'static [(u32, u32, bool)] {
    match format {
        Format::Abc => &[(8, 16, false), (8, 16, false), (8, 16, false)],
        Format::Abx => &[(8, 16, false), (16, 32, false)],
        Format::Asbx => &[(8, 16, false), (16, 32, true)],
        Format::Sj => &[(24, 48, true)],
    }
}

/// Do these operands fit into one word?
pub(crate) fn is_short(op: Op, operands: &[i64; 3]) -> bool {
    widths(op.row().format).iter().zip(operands).all(|((short, _, signed), &value)| bits(value, *short, *signed).is_some())
}

/// Appends the instruction, in one word or (`long`) two. False when an operand is too large even for two.
pub(crate) fn encode(op: Op, operands: &[i64; 3], long: bool, out: &mut Vec<u32>) -> bool {
    let format = op.row().format;
    let mut parts = [0u64; 3];
    for (part, ((short, wide, signed), &value)) in parts.iter_mut().zip(widths(format).iter().zip(operands)) {
        match bits(value, if long { *wide } else { *short }, *signed) {
            Some(bits) => *part = bits,
            None => return false,
        }
    }
    let [a, b, c] = parts;
    let (low, high) = match format {
        Format::Abc => ((a & 0xff) | (b & 0xff) << 8 | (c & 0xff) << 16, (a >> 8) | (b >> 8) << 8 | (c >> 8) << 16),
        Format::Abx | Format::Asbx => ((a & 0xff) | (b & 0xffff) << 8, (a >> 8) | (b >> 16) << 8),
        Format::Sj => (a & 0xff_ffff, a >> 24),
    };
    if long {
        out.push(Op::Extend as u32 | (high as u32) << 8);
    }
    out.push(op as u32 | (low as u32) << 8);
    true
}

/// The instruction at word `at`.
pub fn decode(code: &[u32], at: usize) -> Result<Decoded, Malformed> {
    let first = *code.get(at).ok_or(Malformed::Truncated)?;
    let (high, low, next) = if first as u8 == Op::Extend as u8 {
        (u64::from(first >> 8), *code.get(at + 1).ok_or(Malformed::Truncated)?, at + 2)
    } else {
        (0, first, at + 1)
    };
    let extended = next == at + 2;
    let op = Op::from_number(low as u8).ok_or(Malformed::UnknownOperation(low as u8))?;
    if op == Op::Extend {
        return Err(Malformed::Truncated);
    }
    let low = u64::from(low >> 8);
    let format = op.row().format;
    let parts = match format {
        Format::Abc => [0, 8, 16].map(|shift| (low >> shift & 0xff) | (high >> shift & 0xff) << 8),
        Format::Abx | Format::Asbx => [(low & 0xff) | (high & 0xff) << 8, (low >> 8) | (high >> 8) << 16, 0],
        Format::Sj => [low | high << 24, 0, 0],
    };
    let mut operands = [0i64; 3];
    for (operand, (part, (short, wide, signed))) in operands.iter_mut().zip(parts.iter().zip(widths(format))) {
        let width = if extended { *wide } else { *short };
        *operand = if *signed { (*part << (64 - width)) as i64 >> (64 - width) } else { *part as i64 };
    }
    Ok(Decoded { at, next, op, operands })
}

/// All instructions of a code in order; ends behind the first malformed one.
#[derive(Clone, Debug)]
pub struct Instructions<'a> {
    code: &'a [u32],
    at: usize,
}

impl<'a> Instructions<'a> {
    pub fn new(code: &'a [u32]) -> Instructions<'a> {
        Instructions { code, at: 0 }
    }
}

impl Iterator for Instructions<'_> {
    type Item = Result<Decoded, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.code.len() {
            return None;
        }
        let decoded = decode(self.code, self.at);
        self.at = decoded.map_or(self.code.len(), |d| d.next);
        Some(decoded)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::isa::TABLE;

    /// An operation other than `Extend` with operands of every size.
    fn instruction() -> impl Strategy<Value = (Op, [i64; 3])> {
        (1..TABLE.len(), any::<[i64; 3]>(), 0usize..3).prop_map(|(index, random, size)| {
            let op = TABLE[index].op;
            let mut operands = [0; 3];
            for ((operand, (short, wide, signed)), random) in operands.iter_mut().zip(widths(op.row().format)).zip(random) {
                let shift = 64 - [4, *short, *wide][size];
                *operand = if *signed { random << shift >> shift } else { ((random as u64) << shift >> shift) as i64 };
            }
            (op, operands)
        })
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_decoded(((op, operands), more) in (instruction(), any::<bool>())) {
            let mut code = vec![];
            let long = more || !is_short(op, &operands);
            prop_assert!(encode(op, &operands, long, &mut code));
            let decoded = decode(&code, 0).unwrap();
            prop_assert_eq!((decoded.op, decoded.operands, decoded.next), (op, operands, code.len()));
        }

        #[test]
        fn decoding_survives_any_words(code in proptest::collection::vec(any::<u32>(), 0..40)) {
            for decoded in Instructions::new(&code).flatten() {
                let mut again = vec![];
                prop_assert!(encode(decoded.op, &decoded.operands, decoded.next - decoded.at == 2, &mut again));
                prop_assert!(again.len() == decoded.next - decoded.at);
            }
        }
    }

    #[test]
    fn a_prefix_needs_an_instruction() {
        let prefix = Op::Extend as u32 | 1 << 8;
        assert_eq!(decode(&[prefix], 0), Err(Malformed::Truncated));
        assert_eq!(decode(&[prefix, prefix, prefix], 0), Err(Malformed::Truncated));
        assert_eq!(decode(&[0xff], 0), Err(Malformed::UnknownOperation(0xff)));
    }
}
