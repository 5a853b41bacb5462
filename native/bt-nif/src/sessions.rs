//! Sessions of the evaluator as resources of the node. They are freed when no process has a reference to them any more, or when they are dropped.

use std::sync::{Mutex, TryLockError};

use bt_wire::Hosted;
use rustler::{Atom, Binary, Encoder, Env, NewBinary, Resource, ResourceArc, Term};

pub struct Session(Mutex<Option<Hosted>>);

#[rustler::resource_impl]
impl Resource for Session {}

mod words {
    rustler::atoms! { busy, lost, ok }
}

#[rustler::nif]
fn eval_new_nif(max_memory: u64) -> ResourceArc<Session> {
    let max_memory = usize::try_from(max_memory).unwrap_or(usize::MAX);
    ResourceArc::new(Session(Mutex::new(Some(Hosted::new(max_memory)))))
}

/// One request on a normal scheduler: the caller sees to it that it is short.
#[rustler::nif]
fn eval_nif<'a>(env: Env<'a>, session: ResourceArc<Session>, request: Binary<'a>) -> Term<'a> {
    let before = std::time::Instant::now();
    let reply = serve(env, &session, &request);
    // A timeslice is about a millisecond.
    let percent = before.elapsed().as_micros() / 10;
    rustler::schedule::consume_timeslice(env, i32::try_from(percent.clamp(1, 100)).unwrap_or(100));
    reply
}

/// The same on a dirty scheduler.
#[rustler::nif(schedule = "DirtyCpu")]
fn eval_dirty_nif<'a>(env: Env<'a>, session: ResourceArc<Session>, request: Binary<'a>) -> Term<'a> {
    serve(env, &session, &request)
}

/// Frees what the session holds, now rather than when the last reference goes. One that works is freed at the end of its slice.
#[rustler::nif(schedule = "DirtyCpu")]
fn eval_drop_nif(session: ResourceArc<Session>) -> Atom {
    let gone = session.0.lock().map(|mut held| held.take());
    drop(gone);
    words::ok()
}

fn serve<'a>(env: Env<'a>, session: &Session, request: &[u8]) -> Term<'a> {
    match session.0.try_lock() {
        Ok(mut held) => match held.as_mut() {
            Some(hosted) => {
                let reply = hosted.serve(request);
                let mut binary = NewBinary::new(env, reply.len());
                binary.as_mut_slice().copy_from_slice(&reply);
                binary.into()
            }
            None => words::lost().encode(env),
        },
        Err(TryLockError::WouldBlock) => words::busy().encode(env),
        // It panicked: nobody knows what state it is in.
        Err(TryLockError::Poisoned(_)) => words::lost().encode(env),
    }
}
