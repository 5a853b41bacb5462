//! Writes code: instructions with labels for jumps, long forms where operands need them.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use bt_base::Span;

use crate::chunk::{Capture, Chunk, Constant, Role, Site};
use crate::instruction::{encode, is_short};
use crate::isa::{Effect, Format, Op, Operand};
use crate::last_use::{last_moves, Around, Step};
use crate::verify::passes_over_next;

/// A place in the code, known once it has been put somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label(u32);

/// What no instruction can express: more of something than operands can count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooLarge(pub &'static str);

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "too many {} in one method or block", self.0)
    }
}

struct Line {
    op: Op,
    operands: [i64; 3],
    target: Option<Label>,
    /// The constant that names the condition's message.
    condition: Option<i64>,
    span: Span,
}

/// Collects the parts of a [`Chunk`].
pub struct Assembler {
    role: Role,
    span: Span,
    lines: Vec<Line>,
    /// Index of the line each label stands before.
    labels: Vec<Option<usize>>,
    constants: Vec<Constant>,
    known: HashMap<Constant, usize>,
    sites: Vec<Site>,
    blocks: Vec<Arc<Chunk>>,
}

impl Assembler {
    pub fn new(role: Role, span: Span) -> Assembler {
        Assembler {
            role,
            span,
            lines: Vec::new(),
            labels: Vec::new(),
            constants: Vec::new(),
            known: HashMap::new(),
            sites: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// Index of an equal constant, which is added where there is none.
    pub fn constant(&mut self, constant: Constant) -> i64 {
        let next = self.constants.len();
        let constants = &mut self.constants;
        let index = *self.known.entry(constant).or_insert_with_key(|constant| {
            constants.push(constant.clone());
            next
        });
        index as i64
    }

    /// Sites are not shared: each remembers for itself.
    pub fn site(&mut self, site: Site) -> i64 {
        self.sites.push(site);
        self.sites.len() as i64 - 1
    }

    pub fn block(&mut self, block: Chunk) -> i64 {
        self.blocks.push(Arc::new(block));
        self.blocks.len() as i64 - 1
    }

    pub fn emit(&mut self, op: Op, operands: [i64; 3], span: Span) {
        self.lines.push(Line { op, operands, target: None, condition: None, span });
    }

    /// An instruction whose last operand is the way to `target`.
    pub fn jump(&mut self, op: Op, register: i64, target: Label, span: Span) {
        debug_assert!(op.row().operands.contains(&Operand::Target));
        self.lines.push(Line { op, operands: [register, 0, 0], target: Some(target), condition: None, span });
    }

    /// A jump on a condition, whose message is `selector`.
    pub fn branch(&mut self, op: Op, register: i64, target: Label, selector: &str, span: Span) {
        let condition = Some(self.constant(Constant::Symbol(selector.into())));
        self.lines.push(Line { op, operands: [register, 0, 0], target: Some(target), condition, span });
    }

    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }

    /// The label stands before the next instruction.
    pub fn place(&mut self, label: Label) {
        self.labels[label.0 as usize] = Some(self.lines.len());
    }

    /// A jump to a jump goes where that one goes.
    fn thread(&mut self) {
        for index in 0..self.lines.len() {
            // Two that go to each other are an endless loop without a body: hops are counted.
            for _ in 0..8 {
                let Some(label) = self.lines[index].target else { break };
                let to = self.labels[label.0 as usize].and_then(|at| self.lines.get(at));
                match to {
                    Some(Line { op: Op::Jump, target: Some(further), .. }) => self.lines[index].target = Some(*further),
                    _ => break,
                }
            }
        }
    }

    /// Instructions that control cannot come to go, and so do jumps to the next instruction, apart from those that a test passes over.
    fn drop_idle(&mut self) {
        loop {
            let reached = self.reached();
            let idle = |index: usize| {
                let line = &self.lines[index];
                let next = line.target.is_some_and(|label| self.labels[label.0 as usize] == Some(index + 1));
                let tested = index > 0 && passes_over_next(self.lines[index - 1].op);
                !reached[index] || line.op == Op::Jump && next && !tested
            };
            let drop: Vec<bool> = (0..self.lines.len()).map(idle).collect();
            if !drop.contains(&true) {
                return;
            }
            let mut kept = 0;
            let mut places = Vec::with_capacity(drop.len() + 1);
            for dropped in &drop {
                places.push(kept);
                kept += usize::from(!dropped);
            }
            places.push(kept);
            for place in self.labels.iter_mut().flatten() {
                *place = places[*place];
            }
            let mut dropped = drop.into_iter();
            self.lines.retain(|_| !dropped.next().unwrap_or(false));
        }
    }

    fn reached(&self) -> Vec<bool> {
        let mut reached = vec![false; self.lines.len()];
        let mut work = vec![0];
        while let Some(index) = work.pop() {
            let Some(line) = self.lines.get(index) else { continue };
            if std::mem::replace(&mut reached[index], true) {
                continue;
            }
            work.extend(line.target.and_then(|label| self.labels[label.0 as usize]));
            if !matches!(line.op.row().effect, Effect::Ends | Effect::Leaves) {
                work.push(index + 1);
            }
            if passes_over_next(line.op) {
                work.push(index + 2);
            }
        }
        reached
    }

    /// Moves out of registers that nothing reads afterwards take the value.
    fn take_last(&mut self, registers: usize) {
        let place = |label: Label| self.labels[label.0 as usize];
        let step = |line: &Line| Step { op: line.op, operands: line.operands, target: line.target.and_then(place) };
        let steps: Vec<Step> = self.lines.iter().map(step).collect();
        let around = Around { role: &self.role, sites: &self.sites, blocks: &self.blocks, registers };
        for index in last_moves(&steps, &around) {
            self.lines[index].op = Op::Take;
        }
    }

    /// Lays the instructions out. Jumps become long where the distance asks for it, until nothing changes any more.
    pub fn finish(mut self, parameters: usize, registers: usize, captures: Vec<Capture>) -> Result<Chunk, TooLarge> {
        let small = |count: usize, what| u16::try_from(count).map_err(|_| TooLarge(what));
        let (parameters, registers) = (small(parameters, "parameters")?, small(registers, "variables")?);
        small(captures.len(), "captured variables")?;
        self.thread();
        self.drop_idle();
        self.take_last(usize::from(registers));
        let mut long: Vec<bool> = self.lines.iter().map(|line| !is_short(line.op, &line.operands)).collect();
        let starts = loop {
            let starts = starts(&long);
            let mut changed = false;
            for index in 0..self.lines.len() {
                if let Some(label) = self.lines[index].target {
                    let to = self.labels[label.0 as usize].expect("a label that is jumped to has been placed");
                    self.set_target(index, starts[to] as i64 - starts[index + 1] as i64);
                    if !long[index] && !is_short(self.lines[index].op, &self.lines[index].operands) {
                        long[index] = true;
                        changed = true;
                    }
                }
            }
            if !changed {
                break starts;
            }
        };
        let mut code = Vec::with_capacity(*starts.last().unwrap_or(&0));
        for (line, long) in self.lines.iter().zip(&long) {
            if !encode(line.op, &line.operands, *long, &mut code) {
                return Err(TooLarge("operands"));
            }
        }
        let conditions = self.lines.iter().zip(&starts).filter_map(|(line, start)| Some((*start as u32, line.condition? as u32)));
        let conditions = conditions.collect();
        let mut source_map: Vec<(u32, Span)> = Vec::new();
        for (line, start) in self.lines.iter().zip(&starts) {
            if source_map.last().is_none_or(|(_, span)| *span != line.span) {
                source_map.push((*start as u32, line.span));
            }
        }
        Ok(Chunk {
            role: self.role,
            code,
            constants: self.constants,
            sites: self.sites,
            conditions,
            blocks: self.blocks,
            parameters,
            registers,
            captures,
            source_map,
            span: self.span,
        })
    }

    fn set_target(&mut self, index: usize, distance: i64) {
        let line = &mut self.lines[index];
        match line.op.row().format {
            Format::Sj => line.operands[0] = distance,
            Format::Abc | Format::Abx | Format::Asbx => line.operands[1] = distance,
        }
    }
}

/// Word at which each line begins, and the end.
fn starts(long: &[bool]) -> Vec<usize> {
    let mut at = 0;
    let mut starts = vec![0];
    for &long in long {
        at += if long { 2 } else { 1 };
        starts.push(at);
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruction::Instructions;

    fn assembler() -> Assembler {
        Assembler::new(Role::Input, Span::new(0, 0))
    }

    #[test]
    fn equal_constants_share_an_index_and_numbers_keep_their_kind() {
        let mut asm = assembler();
        let one = asm.constant(Constant::Integer(1));
        assert_eq!(asm.constant(Constant::Integer(1)), one);
        assert_ne!(asm.constant(Constant::Float(1.0f64.to_bits())), one);
        let zero = asm.constant(Constant::Float(0.0f64.to_bits()));
        assert_ne!(asm.constant(Constant::Float((-0.0f64).to_bits())), zero);
        assert_ne!(asm.constant(Constant::String("a".into())), asm.constant(Constant::Symbol("a".into())));
    }

    #[test]
    fn far_jumps_become_long_and_arrive() {
        for filling in [0, 1, 32_766, 32_767, 32_768, 40_000] {
            let mut asm = assembler();
            let end = asm.label();
            asm.branch(Op::JumpIfFalse, 3, end, "ifTrue:", Span::default());
            for _ in 0..filling {
                asm.emit(Op::LoadNil, [0, 0, 0], Span::default());
            }
            asm.place(end);
            asm.emit(Op::Return, [0, 0, 0], Span::default());
            let chunk = asm.finish(0, 4, vec![]).unwrap();
            let first = Instructions::new(&chunk.code).next().unwrap().unwrap();
            assert_eq!(first.next as i64 + first.operands[1], chunk.code.len() as i64 - 1);
            assert_eq!(first.next, if filling > 32_767 { 2 } else { 1 });
        }
    }

    #[test]
    fn many_registers_and_constants_need_prefixes() {
        let mut asm = assembler();
        for n in 0..70_000 {
            let at = asm.constant(Constant::Integer(n));
            asm.emit(Op::LoadConst, [300, at, 0], Span::default());
        }
        asm.emit(Op::Return, [300, 0, 0], Span::default());
        let chunk = asm.finish(0, 301, vec![]).unwrap();
        let last = Instructions::new(&chunk.code).flatten().nth(69_999).unwrap();
        assert_eq!(last.operands, [300, 69_999, 0]);
        assert_eq!(crate::verify(&chunk), vec![]);
    }

    #[test]
    fn more_than_can_be_counted_is_an_error() {
        let asm = assembler();
        assert_eq!(asm.finish(0, 65_536, vec![]), Err(TooLarge("variables")));
    }
}
