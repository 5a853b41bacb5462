//! Resolved tree → Core Erlang.
//!
//! Shape of the output: flat sequences of bindings in single-assignment form. Mutable variables of the language become loop
//! parameters and extra results; nothing is kept in maps. Code that may leave a method early is generated with an explicit
//! continuation, so `^` out of inlined control flow is no throw but simply the value in tail position.
//!
//! Pure: no files, no clock; equal input gives equal text.
#![forbid(unsafe_code)]

mod atom;
mod blocks;
mod classes;
mod control;
mod core;
mod entry_points;
mod env;
mod exceptions;
mod frames;
mod gen;
mod held_fields;
mod list_loops;
mod literals;
mod matching;
mod names;
mod operators;
mod print;
mod sends;
mod specs;
mod split;

pub use entry_points::{EntryPoint, ENTRY_POINTS};

/// How to emit.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// File name for line annotations; without it none are written.
    pub file: Option<String>,
    /// Messages to `self` and `super` are all looked up by the runtime.
    pub late_bound: bool,
}

/// Core Erlang text of one module.
pub fn emit(module: &bt_hir::Module, source: &str, options: &Options) -> String {
    // The tree is as deep as the longest chain of early returns; it is built, printed and dropped on a stack that has room for it.
    let size = (source.len() * 64).clamp(4 << 20, 1 << 30);
    stacker::grow(size, || classes::module(module, source, options))
}
