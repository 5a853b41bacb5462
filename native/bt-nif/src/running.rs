//! Requests that are being worked on, and the three reasons to stop one: cancelled, out of time, caller dead.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bt_engine::Interrupt;
use bt_wire::Term;
use rustler::{Env, LocalPid};

const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Flags of the running requests that have an id. The lock is held for one look-up at a time.
static FLAGS: Mutex<Option<HashMap<i64, Arc<AtomicBool>>>> = Mutex::new(None);

fn with_flags<T>(work: impl FnOnce(&mut HashMap<i64, Arc<AtomicBool>>) -> T) -> T {
    let mut flags = FLAGS.lock().unwrap_or_else(PoisonError::into_inner);
    work(flags.get_or_insert_with(HashMap::new))
}

pub fn cancel(id: i64) -> bool {
    with_flags(|flags| match flags.get(&id) {
        Some(flag) => {
            flag.store(true, Ordering::Relaxed);
            true
        }
        None => false,
    })
}

/// One request from its start to its end.
pub struct Running<'a> {
    env: Env<'a>,
    caller: LocalPid,
    deadline: Instant,
    flag: Arc<AtomicBool>,
    id: Option<i64>,
}

impl<'a> Running<'a> {
    pub fn enter(env: Env<'a>, request: &Term<'_>) -> Running<'a> {
        let id = match request.get("id") {
            Some(Term::Int(id)) => Some(*id),
            _ => None,
        };
        let flag = Arc::new(AtomicBool::new(false));
        if let Some(id) = id {
            with_flags(|flags| flags.insert(id, flag.clone()));
        }
        Running { env, caller: env.pid(), deadline: Instant::now() + TIME_LIMIT, flag, id }
    }
}

impl Interrupt for Running<'_> {
    fn requested(&self) -> bool {
        self.flag.load(Ordering::Relaxed) || Instant::now() > self.deadline || !self.caller.is_alive(self.env)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            with_flags(|flags| {
                // Another request may have come with the same id meanwhile; its flag stays.
                if flags.get(&id).is_some_and(|flag| Arc::ptr_eq(flag, &self.flag)) {
                    flags.remove(&id);
                }
            });
        }
    }
}
