//! The resolved tree as bytecode: registers, constants, jumps, folding.
//!
//! One pass over each body. Parameters are in the first registers, the other variables behind them, and temporaries above in the order of a stack, so a
//! send's receiver and arguments are always the topmost registers: the activation it makes begins there.
//!
//! What a construct means is decided in HIR; the areas have the names they have in the other back end.
#![forbid(unsafe_code)]

mod blocks;
mod body;
mod control;
mod exceptions;
mod fold;
mod matching;
mod sends;
mod tree;
mod units;

pub use tree::{decide, Decision, Path, Test};
pub use units::{compile, ClassCode, Code, InputCode, Options};
