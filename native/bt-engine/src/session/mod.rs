//! Evaluation in the library's own machine.

mod classes;
mod definitions;
mod errors;
mod library;
mod prelude;
#[allow(clippy::module_inception)]
mod session;
mod tools;

pub use bt_vm as vm;
pub(crate) use classes::class_code;
pub use definitions::Version;
pub use library::Standard;
pub(crate) use library::{compiled, library_class};
pub use session::{Refusal, Session, Step};
pub use tools::{Disassembly, Tier};
