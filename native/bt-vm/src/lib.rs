//! The evaluator's machine: values, their memory, frames and the loop that runs verified chunks.
//!
//! * [`Value`] is a word of sixteen bytes: small values inline, the others a counted reference. A value that is referred to once is updated in place.
//! * A [`Machine`] belongs to one session. It runs in slices: a run ends with a result, an exception, a spent budget, or a request that only the
//!   host can serve, and is resumed where it stopped. Frames are data of the machine, so depth is a matter of memory, not of the thread's stack.
//! * Unsafe code is in `heap` (counted references), `machine` and `run` (frames and registers of verified code without checks), nowhere else.

mod calls;
mod classes;
mod code;
mod context;
mod date;
mod errors;
#[cfg(feature = "faults")]
pub mod faults;
mod float_text;
mod foreign;
mod hash;
// Unsafe: counted references.
#[allow(unsafe_code)]
mod heap;
mod library;
// Unsafe: frames name their code by pointer.
#[allow(unsafe_code)]
mod machine;
mod map;
pub mod natives;
mod number;
pub mod order;
mod pairs;
mod print;
mod print_term;
mod raise;
// Unsafe: registers of verified code.
#[allow(unsafe_code)]
mod run;
// Unsafe: values as words.
#[allow(unsafe_code)]
mod slot;
mod sorter;
// Unsafe: as in `run`.
#[allow(unsafe_code)]
mod step;
mod symbols;
// Unsafe: keys are values.
#[allow(unsafe_code)]
mod table;
mod trace;
mod unicode;
mod value;

pub use classes::{ClassId, Classes, Known, LinkedMethod, Lookup, Shape, ShapeId};
pub use code::{Code, Lines, Unverified};
pub use context::Context;
pub use errors::Error;
pub use foreign::{Foreign, Kind};
pub use heap::{live_bytes, Ref};
pub use library::{ClassCode, Description, Empty, Implementation, Library, MethodDescription};
pub use machine::{Counts, Kept, Machine, Outcome, Request};
pub use map::Map;
pub use print::{string as print_string, term as term_text};
pub use raise::{Class, Failure, Raise, Unwinding};
pub use symbols::{Symbol, Symbols};
pub use value::{Array, Cons, Instance, Value};
