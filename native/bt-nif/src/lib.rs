//! The compiler inside the emulator: the same requests and replies as the port, as terms.
//!
//! * `request_nif/1` runs on a dirty CPU scheduler, in the calling process; calls of many processes run side by side.
//! * `version_nif/0` and `cancel_nif/1` are short in all cases and run on a normal scheduler.
//! * No lock is held while a request is worked on; nothing is kept between requests.
//! * A panic inside the compiler is answered as data (`bt_engine::guarded`); rustler catches what is left.

mod running;
mod sessions;
mod terms;

use std::sync::OnceLock;

use bt_engine::Compiler;
use bt_wire::{etf::DecodeError, protocol_error, serve, Host};
use rustler::{Env, Term};

rustler::init!("beamtalk_compiler_nif", load = load);

static HOST: OnceLock<Host> = OnceLock::new();

fn load<'a>(_env: Env<'a>, _info: Term<'a>) -> bool {
    // The text of a panic travels in the answer; standard error belongs to the node.
    std::panic::set_hook(Box::new(|_| {}));
    let test_panic = std::env::var_os("BEAMTALK_TEST_PANIC").is_some();
    HOST.get_or_init(|| Host { compiler: Compiler::default(), test_panic, ..Host::default() });
    true
}

#[rustler::nif(schedule = "DirtyCpu")]
fn request_nif<'a>(env: Env<'a>, request: Term<'a>) -> Term<'a> {
    let reply = match terms::from_beam(request) {
        Ok(request) => {
            let host = HOST.get().expect("set when the library was loaded");
            let running = running::Running::enter(env, &request);
            serve(host, &request, &running)
        }
        Err(error) => undecodable(&error),
    };
    terms::to_beam(env, &reply)
}

fn undecodable(error: &DecodeError) -> bt_wire::Term<'static> {
    protocol_error(format!("ETF decode error: {error}"))
}

#[rustler::nif]
fn version_nif(env: Env<'_>) -> Term<'_> {
    terms::to_beam(env, &bt_wire::Term::static_text(bt_engine::VERSION))
}

/// Asks the running request of this id to stop. Answers whether there was one.
#[rustler::nif]
fn cancel_nif(id: i64) -> bool {
    running::cancel(id)
}
