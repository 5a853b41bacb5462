//! Pairs: instructions that often follow each other, as one where code runs.
//!
//! The words of a chunk stay as they are. Linked code has a copy in which the operation of the first one says what the second one is, so that the loop in `run` need
//! not choose twice. The second word stays what it was: whoever jumps to it, or goes on there, finds its own operation, and places in the code are the same.

use bt_bytecode::{Instructions, Op};

/// First, second, both.
const PAIRS: &[(Op, Op, Op)] = &[
    (Op::Take, Op::Take, Op::TakeTake),
    (Op::Take, Op::Move, Op::TakeMove),
    (Op::Take, Op::LoadInt, Op::TakeLoadInt),
    (Op::Move, Op::Move, Op::MoveMove),
    (Op::Move, Op::Take, Op::MoveTake),
    (Op::Move, Op::LoadInt, Op::MoveLoadInt),
    (Op::Add, Op::Loop, Op::AddLoop),
    (Op::AddInt, Op::Loop, Op::AddIntLoop),
    (Op::Take, Op::ForNext, Op::TakeForNext),
    (Op::Add, Op::ForNext, Op::AddForNext),
    (Op::Add, Op::Return, Op::AddReturn),
    (Op::Move, Op::Return, Op::MoveReturn),
    (Op::StoreCell, Op::Return, Op::StoreCellReturn),
    (Op::LoadCaptured, Op::LoadCaptured, Op::LoadCapturedLoadCaptured),
    (Op::LoadCaptured, Op::LoadCells, Op::LoadCapturedLoadCells),
    (Op::LoadField, Op::Return, Op::LoadFieldReturn),
    (Op::LoadInt, Op::Remainder, Op::LoadIntRemainder),
    (Op::LoadInt, Op::Multiply, Op::LoadIntMultiply),
    (Op::Move, Op::StoreCell, Op::MoveStoreCell),
    (Op::Multiply, Op::RemainderInt, Op::MultiplyRemainderInt),
    (Op::RemainderInt, Op::Add, Op::RemainderIntAdd),
];

/// The words with pairs.
pub(crate) fn paired(words: &[u32]) -> Box<[u32]> {
    let mut paired: Box<[u32]> = words.into();
    let mut before = None;
    for decoded in Instructions::new(words).flatten() {
        // What has a prefix is left to others.
        if decoded.next - decoded.at > 1 {
            before = None;
            continue;
        }
        if let Some((at, first)) = before {
            if let Some((_, _, pair)) = PAIRS.iter().find(|(a, b, _)| (*a, *b) == (first, decoded.op)) {
                paired[at] = words[at] & !0xff | *pair as u32;
            }
        }
        before = Some((decoded.at, decoded.op));
    }
    paired
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_says_what_it_is() {
        for (first, second, pair) in PAIRS {
            let named = format!("{}+{}", first.row().mnemonic, second.row().mnemonic);
            assert_eq!(pair.row().mnemonic, named);
            assert_eq!(pair.row().operands, first.row().operands);
        }
        let pairs = bt_bytecode::isa::TABLE.iter().filter(|row| row.op.is_pair()).count();
        assert_eq!(pairs, PAIRS.len());
    }

    #[test]
    fn the_second_word_stays() {
        let words = [Op::Move as u32 | 0x0002_0100, Op::LoadInt as u32, Op::Return as u32];
        let paired = paired(&words);
        assert_eq!(paired[0], Op::MoveLoadInt as u32 | 0x0002_0100);
        assert_eq!(paired[1..], words[1..]);
    }
}
