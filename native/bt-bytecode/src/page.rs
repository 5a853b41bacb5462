//! The page `docs/isa.md`.

use std::fmt::Write;

use crate::isa::{Effect, Format, Op, Operand, GROUPS, ROUTINES};

/// The page as the table makes it.
pub fn page() -> String {
    let mut out = String::from(HEAD);
    for (title, ops) in GROUPS {
        let _ =
            write!(out, "\n## {title}\n\n| number | instruction | format | operands | | meaning |\n|---|---|---|---|---|---|\n");
        for op in *ops {
            out.push_str(&row(*op));
        }
    }
    out.push_str(ROUTINE_HEAD);
    for (routine, name, arity) in ROUTINES {
        let _ = writeln!(out, "| {} | `{name}` | {arity} |", *routine as u8);
    }
    out
}

fn row(op: Op) -> String {
    let row = op.row();
    let operands: Vec<&str> = row.operands.iter().take_while(|o| **o != Operand::None).map(|o| word(*o)).collect();
    let format = match row.format {
        Format::Abc => "ABC",
        Format::Abx => "ABx",
        Format::Asbx => "AsBx",
        Format::Sj => "sJ",
    };
    let effect = match row.effect {
        Effect::Quiet => "",
        Effect::Raises => "may raise",
        Effect::Runs => "may run code, raise, suspend",
        Effect::Jumps => "may jump",
        Effect::Leaves => "goes elsewhere",
        Effect::Ends => "ends the activation",
    };
    format!("| {} | `{}` | {format} | {} | {effect} | {} |\n", op as u8, row.mnemonic, operands.join(", "), row.meaning)
}

fn word(operand: Operand) -> &'static str {
    match operand {
        Operand::None => "",
        Operand::Out => "written",
        Operand::In => "read",
        Operand::InOut => "read and written",
        Operand::First => "first of C",
        Operand::FirstOut => "first of C, written",
        Operand::FirstAndTail => "first of C and a tail",
        Operand::FirstOfPairs => "first of C pairs",
        Operand::Receiver => "receiver and arguments",
        Operand::Arguments => "arguments",
        Operand::Counter => "loop's four",
        Operand::Count => "count",
        Operand::Int => "number",
        Operand::Constant => "constant",
        Operand::Name => "name",
        Operand::Message => "message",
        Operand::Call => "function",
        Operand::Field => "field",
        Operand::Block => "block",
        Operand::Captured => "captured",
        Operand::Routine => "routine",
        Operand::Target => "target",
    }
}

const HEAD: &str = "# Instructions of the evaluator

This page is made from the table in `native/bt-bytecode/src/isa.rs`; `make golden` writes it.

An instruction is a word of 32 bits, the operation in the low eight, the operands above it:

| format | bits | operands |
|---|---|---|
| ABC | 8 8 8 | three without sign |
| ABx | 8 16 | two without sign |
| AsBx | 8 16 | the second one with sign |
| sJ | 24 | one with sign |

`extend` in front of an instruction carries the upper bits of its operands. `R[x]` is a register, `K[x]` a constant, `S[x]` a site: a message, function or field
with room for what the place remembers. Targets are distances from the next instruction.
";

const ROUTINE_HEAD: &str = "
## Routines

Constructs that are calls of helper routines instead of instructions of their own. The list can only shrink knowingly.

| number | routine | operands |
|---|---|---|
";
