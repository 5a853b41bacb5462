//! The evaluator's machine: values, their memory, frames and the loop that runs verified chunks.
//!
//! * [`Value`] is a word of sixteen bytes: small values inline, the others a counted reference. A value that is referred to once is updated in place.
//! * A [`Machine`] belongs to one session. It runs in slices: a run ends with a result, an exception, a spent budget, or a request that only the
//!   host can serve, and is resumed where it stopped. Frames are data of the machine, so depth is a matter of memory, not of the thread's stack.
//! * Unsafe code is in `heap` (counted references), `machine` and `run` (frames and registers of verified code without checks), nowhere else.

mod classes;
mod code;
// Unsafe: counted references.
#[allow(unsafe_code)]
mod heap;
// Unsafe: frames name their code by pointer.
#[allow(unsafe_code)]
mod machine;
mod number;
mod order;
mod raise;
// Unsafe: registers of verified code.
#[allow(unsafe_code)]
mod run;
mod symbols;
mod value;

pub use classes::{ClassId, Classes, Method};
pub use code::{Code, Unverified};
pub use heap::{live_bytes, Ref};
pub use machine::{Machine, Outcome, Request};
pub use raise::{Kind, Raise};
pub use symbols::{Symbol, Symbols};
pub use value::{Cons, Instance, Value};
