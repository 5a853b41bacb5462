//! What the generator makes of programs.

mod corpus;
mod programs;
mod support;
