//! Sessions by number, for hosts that have no references of their own to hand out.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::evaluation::Hosted;
use crate::term::Term;
use crate::words as w;

/// Commands of a session; each has the bytes of its request in the field `request`.
pub const COMMANDS: &[&str] = &[
    "eval_answer",
    "eval_apply",
    "eval_bind",
    "eval_bindings",
    "eval_call",
    "eval_class",
    "eval_clear",
    "eval_define",
    "eval_disassemble",
    "eval_drop",
    "eval_new",
    "eval_refuse",
    "eval_reset",
    "eval_restore",
    "eval_resume",
    "eval_return",
    "eval_run",
    "eval_snapshot",
    "eval_stats",
    "eval_tell",
    "eval_tiers",
];

struct Table {
    last: i64,
    open: HashMap<i64, Hosted>,
}

impl Default for Table {
    /// Numbers begin where those of no other process did: a session that ended with an earlier process is nobody else's here.
    fn default() -> Table {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Table { last: i64::try_from(now.as_nanos() & 0xFFF_FFFF_FFFF_FFFF).unwrap_or_default(), open: HashMap::new() }
    }
}

#[derive(Default)]
pub struct Sessions(Mutex<Table>);

impl Sessions {
    /// Answers a command of a session. `None`: there is no session of that number.
    pub(crate) fn serve(&self, command: &str, request: &Term<'_>) -> Option<Term<'static>> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = |field: &str| match request.get(field) {
            Some(Term::Int(n)) => Some(*n),
            _ => None,
        };
        if command == "eval_new" {
            let max_memory = number("max_memory").and_then(|n| usize::try_from(n).ok())?;
            table.last += 1;
            let id = table.last;
            table.open.insert(id, Hosted::new(max_memory));
            return Some(Term::Map(vec![(w::STATUS, w::OK), (w::SESSION, Term::Int(id))]));
        }
        let id = number("session")?;
        if command == "eval_drop" {
            table.open.remove(&id);
            return Some(Term::Map(vec![(w::STATUS, w::OK)]));
        }
        let bytes = request.get("request").and_then(Term::bytes)?;
        let reply = table.open.get_mut(&id)?.serve(&bytes);
        Some(Term::Map(vec![(w::STATUS, w::OK), (w::REPLY, Term::Binary(reply.into()))]))
    }
}
