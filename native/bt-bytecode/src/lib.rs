//! Bytecode of the evaluator: what an instruction is, what a chunk is, and how both are written, read, shown and checked.
//!
//! * [`isa`] is the one table of instructions; encoder, decoder, disassembler, verifier and `docs/isa.md` come from it.
//! * A [`Chunk`] is code with its constants, inner blocks, sites and source positions. It holds no run-time values and knows no execution.
//! * Whatever comes from outside goes through [`verify`] before it may run.
#![forbid(unsafe_code)]

mod assembler;
mod chunk;
mod disassemble;
mod instruction;
pub mod isa;
mod last_use;
mod page;
mod serial;
mod verify;

pub use assembler::{Assembler, Label, TooLarge};
pub use chunk::{Capture, Chunk, Constant, Hash, Role, Site};
pub use disassemble::{disassemble, disassemble_at};
pub use instruction::{decode, Decoded, Instructions, Malformed};
pub use isa::{Format, Op, Operand};
pub use page::page;
pub use serial::{read, write, Unreadable};
pub use verify::{verify, verify_block, Flaw};
