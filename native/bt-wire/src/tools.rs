//! Requests of tools to a session: code as text, what is linked, snapshots.
//!
//! A snapshot is `{Definitions, Variables}` in the external term format: a list of `{File | nil, Text}`, superclasses first, and a map of names and values. It holds
//! plain data only, so nothing in it means something else elsewhere; where one is taken in, that is looked at again, since it may come from anywhere.

use bt_engine::session::{Disassembly, Refusal, Session};

use crate::etf::{put_atom, put_binary, put_int, put_tuple, DecodeError};
use crate::evaluation::{begin, options_of, refused, whole, word, Bytes, Hosted, Parts};
use crate::term::Term;
use crate::values::{self, Exports};

impl Hosted {
    pub(crate) fn tool(&mut self, command: &str, rest: &[u8]) -> Result<Bytes, DecodeError> {
        let mut parts = Parts { rest };
        match command {
            "disassemble" => {
                let class = text(parts.binary()?)?;
                let class_side = parts.atom()? == "class";
                let selector = text(parts.binary()?)?;
                Ok(match self.session.disassemble(class, class_side, selector) {
                    Disassembly::Text(code) => pair("text", &code),
                    Disassembly::Host => word("host"),
                    Disassembly::Missing => word("missing"),
                    Disassembly::Unknown(class) => pair("unknown", &class),
                })
            }
            "tiers" => Ok(tiers(&self.session)),
            "snapshot" => Ok(snapshot(&mut self.session)),
            _ => {
                let bytes = parts.binary()?;
                match restored(&mut self.session, bytes)? {
                    Ok(()) => Ok(word("ok")),
                    Err(refusal) => Ok(refused(&refusal)),
                }
            }
        }
    }
}

fn text(bytes: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes).map_err(|_| DecodeError::InvalidAtom)
}

fn pair(what: &str, text: &str) -> Bytes {
    let mut out = begin();
    put_tuple(2, &mut out);
    put_atom(what, &mut out);
    put_binary(text.as_bytes(), &mut out);
    whole(false, out)
}

fn put_list_head(length: usize, out: &mut Bytes) {
    if length > 0 {
        out.push(108);
        out.extend_from_slice(&(length as u32).to_be_bytes());
    }
}

fn tiers(session: &Session) -> Bytes {
    let all = session.tiers();
    let mut out = begin();
    put_tuple(2, &mut out);
    put_atom("tiers", &mut out);
    put_list_head(all.len(), &mut out);
    for tier in &all {
        let side = if tier.method.class_side { " class" } else { "" };
        put_tuple(5, &mut out);
        put_binary(format!("{}{side}", tier.method.class).as_bytes(), &mut out);
        put_binary(tier.method.selector.as_bytes(), &mut out);
        put_int(i64::from(tier.version), &mut out);
        put_int(tier.method.calls as i64, &mut out);
        put_int(tier.method.size as i64, &mut out);
    }
    out.push(106);
    whole(false, out)
}

/// The variables as a map, and the names of those that are no plain data.
fn variables(session: &mut Session, out: &mut Bytes) -> Vec<String> {
    let all = session.variables().to_vec();
    let mut opaque = Vec::new();
    out.push(116);
    out.extend_from_slice(&(all.len() as u32).to_be_bytes());
    session.machine.counted(|machine| {
        for (name, value) in &all {
            let mut exports = Exports::default();
            put_binary(name.as_bytes(), out);
            let written = values::write(value, &mut machine.context, &mut exports, out);
            if written.is_err() || exports.opaque > 0 || !exports.blocks.is_empty() {
                opaque.push(name.clone());
            }
        }
        drop(all);
    });
    opaque
}

fn snapshot(session: &mut Session) -> Bytes {
    let definitions = session.definitions();
    let mut bytes = vec![131];
    put_tuple(2, &mut bytes);
    put_list_head(definitions.len(), &mut bytes);
    for (file, text) in &definitions {
        put_tuple(2, &mut bytes);
        match file {
            Some(file) => put_binary(file.as_bytes(), &mut bytes),
            None => put_atom("nil", &mut bytes),
        }
        put_binary(text.as_bytes(), &mut bytes);
    }
    bytes.push(106);
    let opaque = variables(session, &mut bytes);
    let mut out = begin();
    put_tuple(2, &mut out);
    put_atom(if opaque.is_empty() { "snapshot" } else { "opaque" }, &mut out);
    if opaque.is_empty() {
        put_binary(&bytes, &mut out);
    } else {
        put_list_head(opaque.len(), &mut out);
        opaque.iter().for_each(|name| put_binary(name.as_bytes(), &mut out));
        out.push(106);
    }
    whole(false, out)
}

fn count(parts: &mut Parts<'_>, tag: u8) -> Result<usize, DecodeError> {
    let [found, a, b, c, d, ..] = parts.rest else { return Err(DecodeError::Truncated) };
    if *found != tag {
        return Err(DecodeError::UnknownTag(*found));
    }
    let count = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
    parts.rest = &parts.rest[5..];
    Ok(count)
}

fn skip(parts: &mut Parts<'_>, expected: &[u8]) -> Result<(), DecodeError> {
    parts.rest = parts.rest.strip_prefix(expected).ok_or(DecodeError::Truncated)?;
    Ok(())
}

/// Takes a snapshot into a new session. What is no snapshot is refused; what does not compile has diagnostics.
fn restored(session: &mut Session, bytes: &[u8]) -> Result<Result<(), Refusal>, DecodeError> {
    let mut parts = Parts { rest: bytes };
    skip(&mut parts, &[131, 104, 2])?;
    let definitions = if parts.rest.first() == Some(&106) { 0 } else { count(&mut parts, 108)? };
    for _ in 0..definitions {
        skip(&mut parts, &[104, 2])?;
        let file = match parts.rest.first() {
            Some(109) => Some(text(parts.binary()?)?.to_owned()),
            _ => {
                parts.atom()?;
                None
            }
        };
        let source = parts.binary()?;
        let mut options = options_of(&Term::Map(Vec::new()));
        options.path = file;
        if let Err(refusal) = session.define(source, &options) {
            return Ok(Err(refusal));
        }
    }
    skip(&mut parts, &[106])?;
    for _ in 0..count(&mut parts, 116)? {
        let name = text(parts.binary()?)?.to_owned();
        let value = parts.value(session)?;
        session.bind(&name, value);
    }
    // Whoever wrote it may have written other things than data.
    let is_plain = variables(session, &mut Vec::new()).is_empty();
    match parts.rest.is_empty() && is_plain {
        true => Ok(Ok(())),
        false => Err(DecodeError::InvalidAtom),
    }
}
