//! Fuzzing of the compiler on the stable toolchain: what must hold for every input, and where inputs come from.
//!
//! | question | module |
//! |---|---|
//! | what must hold for any bytes? | [`targets`] |
//! | and for the formatter? | [`formatting`] |
//! | which bytes are worth trying? | [`generate`] |
//! | did this input fail, and how? | [`attempt`] |
//! | what is the smallest input that fails like this? | [`shrink`] |
//! | many inputs from one seed, counted | [`campaign`] |
//! | programs to be run, and their calls | [`running`] |
//! | what the resolved trees of programs hold | [`reached`] |
//!
//! The input number N of a seed depends on nothing but the two (and on the files of the repository), so any run can be repeated. The
//! same targets are driven by coverage in `fuzz/`.
#![forbid(unsafe_code)]

pub mod attempt;
pub mod campaign;
pub mod formatting;
pub mod generate;
pub mod reached;
pub mod running;
pub mod shrink;
pub mod targets;
