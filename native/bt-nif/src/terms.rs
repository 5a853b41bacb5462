//! Emulator terms ⇄ the neutral form. Binaries of a request are borrowed for the length of the call; those of a reply are copied out once.

use std::borrow::Cow;

use bt_wire::etf::{DecodeError, MAX_DEPTH, MAX_TERMS};
use bt_wire::Term;
use rustler::types::atom::Atom;
use rustler::{Binary, Encoder, Env, ListIterator, MapIterator, NewBinary, TermType};

type Decoded<'a> = Result<Term<'a>, DecodeError>;

pub fn from_beam(term: rustler::Term<'_>) -> Decoded<'_> {
    from(term, 0, &mut 0)
}

/// The same bounds as the external format, so that both transports refuse the same requests.
fn from<'a>(term: rustler::Term<'a>, depth: usize, count: &mut usize) -> Decoded<'a> {
    *count += 1;
    if depth > MAX_DEPTH {
        return Err(DecodeError::TooDeep);
    }
    if *count > MAX_TERMS {
        return Err(DecodeError::TooLarge);
    }
    Ok(match term.get_type() {
        TermType::Atom => term.atom_to_string().map_or(Term::Opaque, |name| Term::Atom(Cow::Owned(name))),
        TermType::Binary => term.decode::<Binary<'a>>().map_or(Term::Opaque, |b| Term::Binary(Cow::Borrowed(b.as_slice()))),
        TermType::Integer => term.decode::<i64>().map_or(Term::Opaque, Term::Int),
        TermType::Float => term.decode::<f64>().map_or(Term::Opaque, Term::Float),
        TermType::List if term.list_length().is_ok() => {
            let elements = term.decode::<ListIterator<'a>>().map_err(|_| DecodeError::Truncated)?;
            Term::List(elements.map(|e| from(e, depth + 1, count)).collect::<Result<_, _>>()?)
        }
        TermType::Tuple => {
            let elements = rustler::types::tuple::get_tuple(term).map_err(|_| DecodeError::Truncated)?;
            Term::Tuple(elements.into_iter().map(|e| from(e, depth + 1, count)).collect::<Result<_, _>>()?)
        }
        TermType::Map => {
            let items = MapIterator::new(term).ok_or(DecodeError::Truncated)?;
            let pair = |(k, v)| Ok((from(k, depth + 1, count)?, from(v, depth + 1, count)?));
            Term::Map(items.map(pair).collect::<Result<_, DecodeError>>()?)
        }
        _ => Term::Opaque,
    })
}

pub fn to_beam<'a>(env: Env<'a>, term: &Term<'_>) -> rustler::Term<'a> {
    match term {
        Term::Atom(name) => atom(env, name),
        Term::Int(n) => n.encode(env),
        Term::Float(x) => x.encode(env),
        Term::Binary(bytes) => {
            let mut binary = NewBinary::new(env, bytes.len());
            binary.as_mut_slice().copy_from_slice(bytes);
            binary.into()
        }
        Term::List(all) => all.iter().map(|t| to_beam(env, t)).collect::<Vec<_>>().encode(env),
        Term::Tuple(all) => {
            let elements: Vec<_> = all.iter().map(|t| to_beam(env, t)).collect();
            rustler::types::tuple::make_tuple(env, &elements)
        }
        Term::Map(items) => {
            let keys: Vec<_> = items.iter().map(|(k, _)| to_beam(env, k)).collect();
            let values: Vec<_> = items.iter().map(|(_, v)| to_beam(env, v)).collect();
            rustler::Term::map_from_term_arrays(env, &keys, &values).unwrap_or_else(|_| atom(env, "undefined"))
        }
        Term::Opaque => atom(env, "undefined"),
    }
}

fn atom<'a>(env: Env<'a>, name: &str) -> rustler::Term<'a> {
    Atom::from_str(env, name).map_or_else(|_| rustler::types::atom::undefined().encode(env), |a| a.encode(env))
}
