//! The neutral form of a message: the part of Erlang's data that requests and replies use.
//!
//! Binaries and atoms are borrowed from the incoming message where that is possible: a source of some megabytes is not copied.

use std::borrow::Cow;

#[derive(Clone, Debug, PartialEq)]
pub enum Term<'a> {
    Atom(Cow<'a, str>),
    Int(i64),
    Float(f64),
    Binary(Cow<'a, [u8]>),
    List(Vec<Term<'a>>),
    Tuple(Vec<Term<'a>>),
    Map(Vec<(Term<'a>, Term<'a>)>),
    /// Something a request has no use for: a pid, a fun, an improper list, a huge integer.
    Opaque,
}

/// One entry of a reply map.
pub type Item = (Term<'static>, Term<'static>);

impl<'a> Term<'a> {
    pub const fn atom(name: &'static str) -> Term<'static> {
        Term::Atom(Cow::Borrowed(name))
    }

    pub fn text(text: impl Into<String>) -> Term<'static> {
        Term::Binary(Cow::Owned(text.into().into_bytes()))
    }

    pub const fn static_text(text: &'static str) -> Term<'static> {
        Term::Binary(Cow::Borrowed(text.as_bytes()))
    }

    /// The value under an atom key.
    pub fn get(&self, key: &str) -> Option<&Term<'a>> {
        match self {
            Term::Map(items) => items.iter().find(|(k, _)| k.as_atom() == Some(key)).map(|(_, v)| v),
            _ => None,
        }
    }

    pub fn as_atom(&self) -> Option<&str> {
        match self {
            Term::Atom(name) => Some(name),
            _ => None,
        }
    }

    /// The bytes of a binary, or of a list of bytes (a short charlist).
    pub fn bytes(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Term::Binary(bytes) => Some(Cow::Borrowed(bytes)),
            Term::List(elements) => elements
                .iter()
                .map(|e| match e {
                    Term::Int(n) => u8::try_from(*n).ok(),
                    _ => None,
                })
                .collect::<Option<Vec<u8>>>()
                .map(Cow::Owned),
            _ => None,
        }
    }

    /// A name: text, or an atom other than the ones that say "none".
    pub fn name(&self) -> Option<String> {
        match self {
            Term::Atom(name) => (!matches!(&**name, "undefined" | "nil")).then(|| name.to_string()),
            other => String::from_utf8(other.bytes()?.into_owned()).ok(),
        }
    }
}
