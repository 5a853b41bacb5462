//! Evaluation in the library's own machine.

mod classes;
mod library;
mod prelude;
#[allow(clippy::module_inception)]
mod session;

pub use bt_vm as vm;
pub(crate) use classes::class_code;
pub(crate) use library::compiled;
pub use library::Standard;
pub use session::{Refusal, Session, Step};
