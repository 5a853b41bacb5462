//! A chunk as text for people: place, operation, operands with what they stand for, line.

use std::fmt::Write;

use crate::chunk::{Capture, Chunk, Constant, Site};
use crate::instruction::{Decoded, Instructions};
use crate::isa::{Operand, Routine};

/// The chunk and its blocks, one instruction a line. `source` is the text it was compiled from; with an empty one lines are left out.
pub fn disassemble(chunk: &Chunk, source: &str) -> String {
    text_of(chunk, &Lines::new(source))
}

/// The same where only the offsets at which the lines of the source begin are at hand.
pub fn disassemble_at(chunk: &Chunk, lines: &[u32]) -> String {
    text_of(chunk, &Lines { starts: lines.to_vec() })
}

fn text_of(chunk: &Chunk, lines: &Lines) -> String {
    let mut out = String::new();
    // Blocks follow the code that makes them, outermost first.
    let mut work = vec![(chunk, chunk.name())];
    while let Some((chunk, name)) = work.pop() {
        if !out.is_empty() {
            out.push('\n');
        }
        one(chunk, &name, lines, &mut out);
        work.extend(chunk.blocks.iter().enumerate().rev().map(|(i, block)| (&**block, format!("{name} / block {i}"))));
    }
    out
}

fn one(chunk: &Chunk, name: &str, lines: &Lines, out: &mut String) {
    let _ = write!(out, "{name}  ({} parameters, {} registers", chunk.parameters, chunk.registers);
    if !chunk.captures.is_empty() {
        let captures: Vec<String> = chunk
            .captures
            .iter()
            .map(|capture| match capture {
                Capture::Register(index) => format!("r{index}"),
                Capture::Captured(index) => format!("captured {index}"),
            })
            .collect();
        let _ = write!(out, ", captures {}", captures.join(", "));
    }
    out.push_str(")\n");
    let mut last = None;
    for decoded in Instructions::new(&chunk.code) {
        match decoded {
            Ok(decoded) => {
                let (operands, meaning) = operands(chunk, &decoded);
                let line = lines.of(chunk.span_at(decoded.at).start);
                let place = if line == last { String::new() } else { line.map_or(String::new(), |l| l.to_string()) };
                last = line;
                let mut text = format!("{place:>4} {:>5}  {:<17}{operands:<18}{meaning}", decoded.at, decoded.op.row().mnemonic);
                text.truncate(text.trim_end().len());
                out.push_str(&text);
                out.push('\n');
            }
            Err(malformed) => {
                let _ = writeln!(out, "            {malformed}");
            }
        }
    }
}

/// The operands as short words, and what the indexes among them stand for.
fn operands(chunk: &Chunk, decoded: &Decoded) -> (String, String) {
    let mut words = Vec::new();
    let mut notes = Vec::new();
    for (operand, &value) in decoded.op.row().operands.iter().zip(&decoded.operands) {
        let index = value as usize;
        match operand {
            Operand::None => {}
            Operand::Out
            | Operand::In
            | Operand::InOut
            | Operand::First
            | Operand::FirstOut
            | Operand::FirstAndTail
            | Operand::FirstOfPairs
            | Operand::Receiver
            | Operand::Arguments
            | Operand::Counter => words.push(format!("r{value}")),
            Operand::Count => words.push(format!("#{value}")),
            Operand::Int => words.push(value.to_string()),
            Operand::Target => words.push(format!("→{}", decoded.next as i64 + value)),
            Operand::Constant | Operand::Name => {
                words.push(format!("k{value}"));
                notes.push(chunk.constants.get(index).map_or("?".into(), constant));
            }
            Operand::Message | Operand::Call | Operand::Field => {
                words.push(format!("s{value}"));
                notes.push(chunk.sites.get(index).map_or("?".into(), site));
            }
            Operand::Block => {
                words.push(format!("b{value}"));
                notes.push(format!("block {value}"));
            }
            Operand::Captured => words.push(format!("c{value}")),
            Operand::Routine => {
                let routine = u8::try_from(value).ok().and_then(Routine::from_number);
                notes.push(routine.map_or("?".into(), |routine| routine.text().into()));
            }
        }
    }
    if let Some(message) = chunk.condition_at(decoded.at) {
        notes.push(constant(message));
    }
    (words.join(" "), notes.join(" "))
}

fn constant(constant: &Constant) -> String {
    match constant {
        Constant::Integer(value) => value.to_string(),
        Constant::Big(value) => value.to_string(),
        Constant::Float(bits) => format!("{:?}", f64::from_bits(*bits)),
        Constant::String(value) => format!("{:?}", value.as_str()),
        Constant::Symbol(value) => format!("#{value}"),
    }
}

fn site(site: &Site) -> String {
    match site {
        Site::Message { selector, class: None } => selector.to_string(),
        Site::Message { selector, class: Some((class, false)) } => format!("{selector} above {class}"),
        Site::Message { selector, class: Some((class, true)) } => format!("{selector} above {class} class"),
        Site::Call { module, function, arity } => format!("{module}:{function}/{arity}"),
        Site::Field(name) => format!(".{name}"),
    }
}

/// Line numbers of offsets; without lines there are none.
struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    fn new(source: &str) -> Lines {
        if source.is_empty() {
            return Lines { starts: Vec::new() };
        }
        let breaks = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
        Lines { starts: std::iter::once(0).chain(breaks).collect() }
    }

    fn of(&self, offset: u32) -> Option<usize> {
        (!self.starts.is_empty()).then(|| self.starts.partition_point(|start| *start <= offset))
    }
}
