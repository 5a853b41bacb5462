//! The compiler as an operating-system process.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    bt_port::run(bt_engine::Compiler::default())
}
