//! Checks a chunk before it runs, so that the interpreter need not.
//!
//! What holds afterwards: every word belongs to an instruction; every register, constant, site, block and captured value named exists and is of
//! the kind its operand wants; every way through the code stays in it and ends with an instruction that leaves; handlers are
//! opened and closed in pairs on every way; what goes backwards costs a reduction, so nothing runs without end for nothing.

use std::fmt;

use crate::chunk::{Capture, Chunk, Constant, Role, Site};
use crate::instruction::{Decoded, Instructions};
use crate::isa::{Effect, Op, Operand, Routine};

/// Blocks within blocks deeper than this are refused: the parser's own limit is far below.
pub(crate) const MAX_DEPTH: usize = 1_000;

/// What is wrong, and at which word of which chunk (its name).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    pub chunk: String,
    pub at: usize,
    pub what: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.chunk, self.at, self.what)
    }
}

/// Everything wrong with the chunk and its blocks; empty means that it may run.
pub fn verify(chunk: &Chunk) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    if chunk.role == Role::Block || !chunk.captures.is_empty() {
        flaws.push(Flaw { chunk: chunk.name(), at: 0, what: "a block stands alone".into() });
    }
    flaws.append(&mut verify_block(chunk));
    flaws
}

/// The same for a block whose captured values come from elsewhere; that they are as many as it names is the caller's to see.
pub fn verify_block(chunk: &Chunk) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut work = vec![(chunk, 0)];
    while let Some((chunk, depth)) = work.pop() {
        let mut checker = Checker { chunk, flaws: Vec::new() };
        checker.frame();
        checker.code();
        flaws.append(&mut checker.flaws);
        if depth >= MAX_DEPTH && !chunk.blocks.is_empty() {
            flaws.push(Flaw { chunk: chunk.name(), at: 0, what: "blocks are nested too deeply".into() });
        } else {
            work.extend(chunk.blocks.iter().map(|block| (&**block, depth + 1)));
        }
    }
    flaws
}

struct Checker<'a> {
    chunk: &'a Chunk,
    flaws: Vec<Flaw>,
}

impl Checker<'_> {
    fn flaw(&mut self, at: usize, what: impl Into<String>) {
        self.flaws.push(Flaw { chunk: self.chunk.name(), at, what: what.into() });
    }

    fn frame(&mut self) {
        let chunk = self.chunk;
        if chunk.parameters > chunk.registers {
            self.flaw(0, "more parameters than registers");
        }
        let wanted = match &chunk.role {
            Role::Method { selector, .. } => Some(selector.arity() + 1),
            Role::Default { .. } => Some(0),
            Role::Block | Role::Input => None,
        };
        if wanted.is_some_and(|wanted| wanted != usize::from(chunk.parameters)) {
            self.flaw(0, "parameters do not fit the selector");
        }
        for block in &chunk.blocks {
            if block.role != Role::Block {
                self.flaw(0, "something within is no block");
            }
            for capture in &block.captures {
                let (index, there) = match capture {
                    Capture::Register(index) => (*index, usize::from(chunk.registers)),
                    Capture::Captured(index) => (*index, chunk.captures.len()),
                };
                if usize::from(index) >= there {
                    self.flaw(0, "a block captures what is not there");
                }
            }
        }
        if chunk.constants.iter().any(|c| matches!(c, Constant::Float(bits) if !f64::from_bits(*bits).is_finite())) {
            self.flaw(0, "a constant is no number");
        }
        let is_name = |index: u32| matches!(chunk.constants.get(index as usize), Some(Constant::Symbol(_)));
        if !chunk.conditions.windows(2).all(|pair| pair[0].0 < pair[1].0) || !chunk.conditions.iter().all(|c| is_name(c.1)) {
            self.flaw(0, "the conditions are not in order or not named");
        }
        if !chunk.source_map.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            self.flaw(0, "the source map is not in order");
        }
    }

    fn code(&mut self) {
        let mut instructions = Vec::new();
        // Index of the instruction that begins at a word.
        let mut index_at = vec![None; self.chunk.code.len()];
        let mut at = 0;
        for decoded in Instructions::new(&self.chunk.code) {
            match decoded {
                Ok(decoded) => {
                    index_at[decoded.at] = Some(instructions.len());
                    at = decoded.next;
                    instructions.push(decoded);
                }
                Err(malformed) => return self.flaw(at, malformed.to_string()),
            }
        }
        if instructions.is_empty() {
            return self.flaw(0, "no code");
        }
        for decoded in &instructions {
            if decoded.op.is_pair() {
                self.flaw(decoded.at, "a pair of instructions");
            }
            self.operands(decoded);
            self.condition(decoded);
        }
        self.flow(&instructions, &index_at);
    }

    fn operands(&mut self, decoded: &Decoded) {
        let chunk = self.chunk;
        let count = decoded.operands[2];
        for (&operand, &value) in decoded.op.row().operands.iter().zip(&decoded.operands) {
            let (last_register, in_bounds) = match operand {
                Operand::None => (None, value == 0),
                Operand::Out | Operand::In => (Some(value), true),
                Operand::InOut if decoded.op == Op::Routine => {
                    match u8::try_from(decoded.operands[1]).ok().and_then(Routine::from_number) {
                        Some(routine) => (Some(value + count - 1), count == routine.arity() as i64),
                        None => (None, false),
                    }
                }
                Operand::InOut => (Some(value), true),
                Operand::First | Operand::FirstOut => (Some(value + count - 1), true),
                Operand::FirstAndTail => (Some(value + count), true),
                Operand::FirstOfPairs => (Some(value + 2 * count - 1), true),
                Operand::Counter => (Some(value + 3), true),
                Operand::Receiver | Operand::Arguments => match chunk.sites.get(decoded.operands[1] as usize) {
                    Some(Site::Message { selector, .. }) => (Some(value + selector.arity() as i64), operand == Operand::Receiver),
                    Some(Site::Call { arity, .. }) => (Some(value + i64::from(*arity).max(1) - 1), operand == Operand::Arguments),
                    Some(Site::Field(_)) | None => (None, false),
                },
                Operand::Count | Operand::Int | Operand::Target => (None, true),
                Operand::Constant => (None, chunk.constants.get(value as usize).is_some()),
                Operand::Name => (None, matches!(chunk.constants.get(value as usize), Some(Constant::Symbol(_)))),
                Operand::Message => (None, self.message(decoded.op, value)),
                Operand::Call => (None, matches!(chunk.sites.get(value as usize), Some(Site::Call { .. }))),
                Operand::Field => (None, matches!(chunk.sites.get(value as usize), Some(Site::Field(_)))),
                Operand::Block => (None, chunk.blocks.get(value as usize).is_some()),
                Operand::Captured => (None, chunk.captures.get(value as usize).is_some()),
                Operand::Routine => (None, u8::try_from(value).ok().and_then(Routine::from_number).is_some()),
            };
            if !in_bounds {
                self.flaw(
                    decoded.at,
                    format!("{}: {operand:?} {value} is not there or of another kind", decoded.op.row().mnemonic),
                );
            }
            if last_register.is_some_and(|last| last >= i64::from(chunk.registers)) {
                self.flaw(
                    decoded.at,
                    format!("{}: register {} is not there", decoded.op.row().mnemonic, last_register.unwrap_or(0)),
                );
            }
        }
    }

    fn message(&self, op: Op, site: i64) -> bool {
        match self.chunk.sites.get(site as usize) {
            Some(Site::Message { class, .. }) => class.is_some() || !matches!(op, Op::SendSuper | Op::TailSendSuper),
            Some(Site::Call { .. } | Site::Field(_)) | None => false,
        }
    }

    /// A condition is tested at the beginning of an instruction that has its message in the table.
    fn condition(&mut self, decoded: &Decoded) {
        if matches!(decoded.op, Op::JumpIfFalse | Op::JumpIfTrue) && self.chunk.condition_at(decoded.at).is_none() {
            self.flaw(decoded.at, "a condition without its message");
        }
    }

    /// Follows every way through the code and counts open handlers on it.
    fn flow(&mut self, instructions: &[Decoded], index_at: &[Option<usize>]) {
        let mut handlers: Vec<Option<u32>> = vec![None; instructions.len()];
        let mut work = vec![(0, 0)];
        while let Some((index, open)) = work.pop() {
            match handlers[index] {
                Some(there) if there == open => continue,
                Some(_) => {
                    self.flaw(instructions[index].at, "handlers are not closed on every way");
                    return;
                }
                None => handlers[index] = Some(open),
            }
            let decoded = &instructions[index];
            let (op, effect) = (decoded.op, decoded.op.row().effect);
            let (behind, at_target) = match op {
                Op::Try | Op::Protect => (open + 1, open),
                Op::EndTry if open == 0 => {
                    self.flaw(decoded.at, "no handler is open");
                    return;
                }
                Op::EndTry => (open - 1, open),
                _ => (open, open),
            };
            if effect == Effect::Ends && open != 0 && op != Op::ReturnHome {
                self.flaw(decoded.at, "a handler is still open");
            }
            if let Some(position) = decoded.op.row().operands.iter().position(|o| *o == Operand::Target) {
                if decoded.operands[position] < 0 && !matches!(op, Op::Loop | Op::ForNext) {
                    self.flaw(decoded.at, "goes backwards without a reduction");
                }
                let to = decoded.next as i64 + decoded.operands[position];
                match usize::try_from(to).ok().and_then(|to| index_at.get(to).copied().flatten()) {
                    Some(target) => work.push((target, at_target)),
                    None => self.flaw(decoded.at, "jumps to where no instruction begins"),
                }
            }
            if !matches!(effect, Effect::Ends | Effect::Leaves) {
                self.step(instructions, index + 1, behind, &mut work);
                if passes_over_next(op) {
                    self.step(instructions, index + 2, behind, &mut work);
                }
            }
        }
    }

    fn step(&mut self, instructions: &[Decoded], index: usize, open: u32, work: &mut Vec<(usize, u32)>) {
        if index < instructions.len() {
            work.push((index, open));
        } else {
            let at = instructions.last().map_or(0, |d| d.at);
            self.flaw(at, "control leaves the code at its end");
        }
    }
}

/// Is it a test that passes the next instruction over when it holds?
pub(crate) fn passes_over_next(op: Op) -> bool {
    matches!(op, Op::IsLiteral | Op::IsTuple | Op::IsClass | Op::IsCons | Op::IsEmptyList | Op::HasKey)
}
