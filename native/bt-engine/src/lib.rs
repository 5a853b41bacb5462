//! The façade: what the compiler can do, for whoever carries the requests.
//!
//! * [`Compiler`] answers one request at a time and keeps nothing between two of them, so one value serves all threads.
//! * Every rule about hostile input lives here: sizes, encodings, positions, the stack, panics (`limits`, `source`, `guard`).
//! * The crate reads no clock, file or environment; an [`Interrupt`] tells it when to stop.
//! * `front` is the only file that names functions of the front-end crates.
#![forbid(unsafe_code)]

mod compiler;
pub mod diagnostics;
mod doc;
mod front;
mod guard;
mod interrupt;
mod limits;
mod options;
mod report;
pub mod session;
mod source;

pub use compiler::{ClassReport, Compiled, Compiler, Emit, Failure, Kind, MethodSummary, Stage};
pub use doc::{ClassDoc, Example};
pub use front::{beamtalk, emit_core};
pub use guard::{guarded, SHORT_SOURCE};
pub use interrupt::{Interrupt, Never};
pub use limits::Limits;
pub use options::{Mode, Options};
pub use report::{Position, Report};

pub use bt_base::{Category, Severity};
pub use bt_hir::{ClassInfo, ClassKind, FieldInfo, Frontend, MethodInfo, Modifiers, Side};

/// Version of the library. Equals the version of the Erlang application it belongs to.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The target triple the library was built for.
pub const TARGET: &str = env!("BEAMTALK_TARGET");
