//! The vocabulary every other crate shares: places in a source text, names, diagnostics.
//!
//! Owns no knowledge of syntax or of the BEAM beyond the spelling of names. Pure: no files, clock, threads or output.
#![forbid(unsafe_code)]

mod code;
mod diagnostic;
pub mod hash;
mod line_index;
mod name;
mod span;

pub use code::{Code, Stage};
pub use diagnostic::{Category, Diagnostic, Edit, Related, Severity};
pub use line_index::{LineCol, LineIndex};
pub use name::{module_name, snake_case, Name, Selector};
pub use span::Span;
