//! Faults planted on purpose, for tests of tests: code is changed when it is linked, so the machine behaves as if it had the fault. Random programs must find each
//! of them (`test/differential`). Only with the feature `faults`, and only after [`plant`].

use std::sync::{Arc, OnceLock};

use bt_bytecode::{Chunk, Op, Role};

/// An instruction as a word: operation, then three operands of eight bits, or one of eight and one of sixteen.
type Word = u32;
type Change = fn(Op, Word) -> Option<Word>;

static PLANTED: OnceLock<Change> = OnceLock::new();

fn with_op(word: Word, op: Op) -> Word {
    word & !0xff | op as Word
}

/// Does nothing: a register moves to itself.
fn nothing(word: Word) -> Word {
    let register = word >> 8 & 0xff;
    Op::Move as Word | register << 8 | register << 16
}

fn replaced(op: Op, word: Word, from: Op, to: Op) -> Option<Word> {
    (op == from).then(|| with_op(word, to))
}

fn dropped(op: Op, word: Word, which: Op) -> Option<Word> {
    (op == which).then(|| nothing(word))
}

/// Name and change.
pub const FAULTS: &[(&str, Change)] = &[
    ("sums are differences", |op, word| {
        replaced(op, word, Op::Add, Op::Subtract).or_else(|| replaced(op, word, Op::AddInt, Op::SubtractInt))
    }),
    ("operands of differences are exchanged", |op, word| {
        (op == Op::Subtract).then_some(word & 0xffff | (word >> 24) << 16 | (word >> 16 & 0xff) << 24)
    }),
    ("products are sums", |op, word| {
        replaced(op, word, Op::Multiply, Op::Add).or_else(|| replaced(op, word, Op::MultiplyInt, Op::AddInt))
    }),
    ("remainders are quotients", |op, word| replaced(op, word, Op::Remainder, Op::Divide)),
    ("equal counts as less", |op, word| {
        replaced(op, word, Op::Less, Op::LessEqual).or_else(|| replaced(op, word, Op::LessInt, Op::LessEqualInt))
    }),
    ("equal does not count as greater or equal", |op, word| {
        replaced(op, word, Op::GreaterEqual, Op::Greater).or_else(|| replaced(op, word, Op::GreaterEqualInt, Op::GreaterInt))
    }),
    ("unequal means equal", |op, word| replaced(op, word, Op::NotEqual, Op::Equal)),
    ("tests for nil look for anything but true", |op, word| replaced(op, word, Op::JumpIfNil, Op::JumpUnlessTrue)),
    ("blocks keep what they assign to themselves", |op, word| dropped(op, word, Op::StoreCell)),
    ("blocks see variables as they were", |op, word| dropped(op, word, Op::LoadCells)),
    ("variables stay as before the message", |op, word| dropped(op, word, Op::CloseCells)),
    ("a return leaves the block alone", |op, word| replaced(op, word, Op::ReturnHome, Op::Return)),
    ("tuple patterns want an element more", |op, word| (op == Op::IsTuple).then(|| word + (1 << 16))),
    ("elements of tuples are exchanged", |op, word| (op == Op::TupleAt).then_some(word ^ 1 << 24)),
    ("lists lose their tail", |op, word| replaced(op, word, Op::ListAnd, Op::List)),
    ("super is self", |op, word| replaced(op, word, Op::SendSuper, Op::SendSelf)),
    ("fields stay as they are", |op, word| dropped(op, word, Op::WithField)),
    ("every captured value is the first", |op, word| (op == Op::LoadCaptured).then_some(word & 0xffff)),
    ("counted loops have one turn", |op, word| dropped(op, word, Op::ForNext)),
    ("handlers take every exception", |op, word| replaced(op, word, Op::Matches, Op::LoadTrue).map(|word| word & 0xffff)),
    ("every literal fits", |op, _| (op == Op::IsLiteral).then_some(Op::Jump as Word | 1 << 8)),
];

/// Plants the fault of this name. False: there is none.
pub fn plant(name: &str) -> bool {
    FAULTS.iter().find(|(known, _)| *known == name).is_some_and(|(_, change)| PLANTED.set(*change).is_ok())
}

/// The chunk with the planted fault, if it is a method of one of the random programs: a library that never ends would show nothing.
pub(crate) fn changed(chunk: Arc<Chunk>) -> Arc<Chunk> {
    let is_of_program = matches!(&chunk.role, Role::Method { class, .. } if class.as_str().starts_with("Diff"));
    match PLANTED.get() {
        Some(change) if is_of_program => Arc::new(with(&chunk, *change)),
        _ => chunk,
    }
}

fn with(chunk: &Chunk, change: Change) -> Chunk {
    let mut chunk = chunk.clone();
    let mut is_prefixed = false;
    for word in &mut chunk.code {
        let op = Op::from_number(*word as u8);
        // Instructions with large operands stay right.
        if let (Some(op), false) = (op, is_prefixed) {
            *word = change(op, *word).unwrap_or(*word);
        }
        is_prefixed = op == Some(Op::Extend);
    }
    for block in &mut chunk.blocks {
        *block = Arc::new(with(block, change));
    }
    chunk
}
