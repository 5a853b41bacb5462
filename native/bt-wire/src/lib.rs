//! One vocabulary of requests and replies, for every transport.
//!
//! A host turns its bytes or terms into a [`Term`], calls [`serve`], and turns the answer back. So two transports can differ in speed but
//! not in what they say. [`etf`] is the external term format of the port; the NIF has its own conversion.
//!
//! Absent on purpose: transport, clocks, the emulator's API.
#![forbid(unsafe_code)]

pub mod etf;
mod evaluation;
mod reply;
mod request;
mod serve;
mod sessions;
mod term;
mod tools;
pub mod values;
pub mod words;

pub use evaluation::Hosted;
pub use serve::{protocol_error, refused, serve, Host, PROTOCOL};
pub use sessions::Sessions;
pub use term::{Item, Term};
