//! Where a register is read for the last time: there a move takes the value instead of copying it.
//!
//! A value that nothing else refers to is changed in place, so a variable that is about to get another value must not hold on to its old one:
//! `list := list at: 1 put: x` changes the list. What is live is found backwards over all ways through the code. A handler is entered from anywhere, so what
//! it reads is live everywhere.

use std::sync::Arc;

use crate::chunk::{Capture, Chunk, Role, Site};
use crate::isa::{Effect, Op, Operand};
use crate::verify::passes_over_next;

/// Code with more places than this keeps its copies: the search takes memory for each register at each instruction.
const MOST: usize = 1 << 22;

/// An instruction as the search sees it.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub op: Op,
    pub operands: [i64; 3],
    /// Index of the instruction it may jump to.
    pub target: Option<usize>,
}

/// What instructions refer to besides registers.
pub(crate) struct Around<'a> {
    pub role: &'a Role,
    pub sites: &'a [Site],
    pub blocks: &'a [Arc<Chunk>],
    pub registers: usize,
}

/// Sets of registers, one for each instruction, as bits in words.
struct Live {
    words: usize,
    bits: Vec<u64>,
}

impl Live {
    fn row(&self, index: usize) -> &[u64] {
        &self.bits[index * self.words..(index + 1) * self.words]
    }
}

/// Indices of the moves whose source nothing reads afterwards.
pub(crate) fn last_moves(steps: &[Step], around: &Around) -> Vec<usize> {
    let is_move = |step: &Step| step.op == Op::Move;
    if !steps.iter().any(is_move) || steps.len().saturating_mul(around.registers) > MOST {
        return Vec::new();
    }
    let words = around.registers.div_ceil(64);
    let mut live = Live { words, bits: vec![0; words * steps.len()] };
    // What any handler reads.
    let mut everywhere = vec![0; words];
    let mut after = vec![0; words];
    loop {
        let mut changed = false;
        for (index, step) in steps.iter().enumerate().rev() {
            out_of(steps, index, &live, &everywhere, &mut after);
            // Code that was not verified yet may name what is not there.
            let mut set = |register: usize, is_live: bool| {
                if let Some(word) = after.get_mut(register / 64) {
                    let bit = 1 << (register % 64);
                    *word = if is_live { *word | bit } else { *word & !bit };
                }
            };
            written(step, &mut |register| set(register, false));
            read(step, around, &mut |register| set(register, true));
            let row = &mut live.bits[index * words..(index + 1) * words];
            changed |= row != after;
            row.copy_from_slice(&after);
        }
        for step in steps.iter().filter(|step| matches!(step.op, Op::Try | Op::Protect)) {
            if let Some(target) = step.target {
                for (all, word) in everywhere.iter_mut().zip(live.row(target)) {
                    changed |= *word & !*all != 0;
                    *all |= word;
                }
            }
        }
        if !changed {
            break;
        }
    }
    let mut found = Vec::new();
    for (index, step) in steps.iter().enumerate().filter(|(_, step)| is_move(step)) {
        out_of(steps, index, &live, &everywhere, &mut after);
        let [to, from, _] = step.operands;
        if to != from && after.get(from as usize / 64).is_some_and(|word| word & 1 << (from % 64) == 0) {
            found.push(index);
        }
    }
    found
}

/// What is live behind the instruction.
fn out_of(steps: &[Step], index: usize, live: &Live, everywhere: &[u64], after: &mut [u64]) {
    after.copy_from_slice(everywhere);
    let step = &steps[index];
    let mut join = |index: usize| {
        if index < steps.len() {
            after.iter_mut().zip(live.row(index)).for_each(|(all, word)| *all |= word);
        }
    };
    step.target.into_iter().for_each(&mut join);
    if !matches!(step.op.row().effect, Effect::Ends | Effect::Leaves) {
        join(index + 1);
        if passes_over_next(step.op) {
            join(index + 2);
        }
    }
}

/// Registers that have another value afterwards in any case.
fn written(step: &Step, tell: &mut impl FnMut(usize)) {
    for (operand, value) in step.op.row().operands.iter().zip(step.operands) {
        // What a handler gets is written where it is entered.
        let is_handler = matches!(step.op, Op::Try | Op::Protect);
        if matches!(operand, Operand::Out | Operand::Receiver | Operand::Arguments) && !is_handler {
            tell(value as usize);
        }
    }
}

fn read(step: &Step, around: &Around, tell: &mut impl FnMut(usize)) {
    let count = step.operands[2] as usize;
    for (operand, value) in step.op.row().operands.iter().zip(step.operands) {
        let many = match operand {
            Operand::In => 1,
            Operand::InOut if step.op == Op::Routine => count,
            Operand::InOut => 1,
            Operand::First => count,
            Operand::FirstAndTail => count + 1,
            Operand::FirstOfPairs => 2 * count,
            Operand::Counter => 4,
            Operand::Receiver | Operand::Arguments => match around.sites.get(step.operands[1] as usize) {
                Some(Site::Message { selector, .. }) => selector.arity() + 1,
                Some(Site::Call { arity, .. }) => usize::from(*arity),
                Some(Site::Field(_)) | None => 0,
            },
            Operand::Block => {
                if let Some(block) = around.blocks.get(value as usize) {
                    captured(block, around.role, tell);
                }
                0
            }
            Operand::None
            | Operand::Out
            | Operand::FirstOut
            | Operand::Count
            | Operand::Int
            | Operand::Constant
            | Operand::Name
            | Operand::Message
            | Operand::Call
            | Operand::Field
            | Operand::Captured
            | Operand::Routine
            | Operand::Target => 0,
        };
        (value as usize..value as usize + many).for_each(&mut *tell);
    }
}

/// A block copies what it captures when it is made, and the receiver of the method.
fn captured(block: &Chunk, role: &Role, tell: &mut impl FnMut(usize)) {
    if matches!(role, Role::Method { .. }) {
        tell(0);
    }
    for capture in &block.captures {
        if let Capture::Register(register) = capture {
            tell(usize::from(*register));
        }
    }
}

#[cfg(test)]
mod tests {
    use bt_base::Selector;

    use super::*;

    fn found(registers: usize, sites: &[Site], steps: &[(Op, [i64; 3], Option<usize>)]) -> Vec<usize> {
        let steps: Vec<Step> =
            steps.iter().map(|(op, operands, target)| Step { op: *op, operands: *operands, target: *target }).collect();
        last_moves(&steps, &Around { role: &Role::Input, sites, blocks: &[], registers })
    }

    #[test]
    fn the_last_read_takes() {
        let code =
            [(Op::Move, [1, 0, 0], None), (Op::Move, [2, 0, 0], None), (Op::Add, [1, 1, 2], None), (Op::Return, [1, 0, 0], None)];
        assert_eq!(found(3, &[], &code), [1]);
    }

    #[test]
    fn a_variable_that_a_send_replaces_lets_go() {
        let sites = [Site::Message { selector: Selector::new("next"), class: None }];
        let code = [
            (Op::Move, [1, 0, 0], None),
            (Op::Send, [1, 0, 0], None),
            (Op::Move, [0, 1, 0], None),
            (Op::JumpIfNil, [0, 0, 0], Some(0)),
            (Op::Return, [0, 0, 0], None),
        ];
        assert_eq!(found(2, &sites, &code), [0, 2]);
    }

    #[test]
    fn what_another_turn_reads_stays() {
        let code = [(Op::Move, [1, 0, 0], None), (Op::JumpIfNil, [1, 0, 0], Some(0)), (Op::Return, [1, 0, 0], None)];
        assert_eq!(found(2, &[], &code), []);
    }

    #[test]
    fn what_a_handler_reads_stays() {
        let code = [
            (Op::Try, [2, 0, 0], Some(4)),
            (Op::Move, [1, 0, 0], None),
            (Op::EndTry, [0, 0, 0], None),
            (Op::Return, [1, 0, 0], None),
            (Op::Return, [0, 0, 0], None),
        ];
        assert_eq!(found(3, &[], &code), []);
    }
}
