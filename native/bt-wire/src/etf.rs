//! The external term format, as far as requests and replies need it.
//!
//! Decoding is for hostile input: depth and number of terms are bounded before anything is allocated, and no byte sequence panics.
//! Encoding writes into one buffer whose size is known beforehand, so a large Core text is copied once.

use std::borrow::Cow;
use std::fmt;

use crate::term::Term;

const VERSION: u8 = 131;
pub const MAX_DEPTH: usize = 64;
/// Each term costs some forty bytes here; this bounds a request to a few hundred megabytes.
pub const MAX_TERMS: usize = 4 * 1024 * 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeError {
    Empty,
    NotEtf(u8),
    Compressed,
    Truncated,
    TooDeep,
    TooLarge,
    UnknownTag(u8),
    InvalidAtom,
    TrailingBytes,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Empty => f.write_str("empty frame"),
            DecodeError::NotEtf(byte) => write!(f, "found version byte {byte}, expected {VERSION}"),
            DecodeError::Compressed => f.write_str("compressed terms are not accepted"),
            DecodeError::Truncated => f.write_str("unexpected end of frame"),
            DecodeError::TooDeep => write!(f, "terms are nested more than {MAX_DEPTH} levels deep"),
            DecodeError::TooLarge => write!(f, "more than {MAX_TERMS} terms"),
            DecodeError::UnknownTag(tag) => write!(f, "unknown tag {tag}"),
            DecodeError::InvalidAtom => f.write_str("invalid atom"),
            DecodeError::TrailingBytes => f.write_str("bytes after the end of the term"),
        }
    }
}

/// One whole message.
pub fn decode(frame: &[u8]) -> Result<Term<'_>, DecodeError> {
    match frame {
        [] => return Err(DecodeError::Empty),
        [VERSION, 80, ..] => return Err(DecodeError::Compressed),
        [VERSION, ..] => {}
        [other, ..] => return Err(DecodeError::NotEtf(*other)),
    }
    let mut reader = Reader { rest: &frame[1..], terms: 0 };
    let term = reader.term(0)?;
    if reader.rest.is_empty() {
        Ok(term)
    } else {
        Err(DecodeError::TrailingBytes)
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    terms: usize,
}

impl<'a> Reader<'a> {
    fn term(&mut self, depth: usize) -> Result<Term<'a>, DecodeError> {
        if depth > MAX_DEPTH {
            return Err(DecodeError::TooDeep);
        }
        self.count(1)?;
        let tag = self.u8()?;
        match tag {
            97 => Ok(Term::Int(i64::from(self.u8()?))),
            98 => Ok(Term::Int(i64::from(self.u32()? as i32))),
            70 => {
                let bytes: [u8; 8] = self.take(8)?.try_into().expect("eight bytes were taken");
                Ok(Term::Float(f64::from_be_bytes(bytes)))
            }
            99 => self.opaque(31),
            110 => {
                let len = usize::from(self.u8()?);
                self.big(len)
            }
            111 => {
                let len = self.u32()? as usize;
                self.big(len)
            }
            100 => {
                let len = self.u16()?;
                self.latin1(len)
            }
            115 => {
                let len = usize::from(self.u8()?);
                self.latin1(len)
            }
            118 => {
                let len = self.u16()?;
                self.utf8(len)
            }
            119 => {
                let len = usize::from(self.u8()?);
                self.utf8(len)
            }
            104 => {
                let len = usize::from(self.u8()?);
                Ok(Term::Tuple(self.terms(len, depth)?))
            }
            105 => {
                let len = self.u32()? as usize;
                Ok(Term::Tuple(self.terms(len, depth)?))
            }
            106 => Ok(Term::List(Vec::new())),
            107 => {
                let len = self.u16()?;
                let bytes = self.take(len)?;
                self.count(len)?;
                Ok(Term::List(bytes.iter().map(|&b| Term::Int(i64::from(b))).collect()))
            }
            108 => {
                let len = self.u32()? as usize;
                let elements = self.terms(len, depth)?;
                Ok(match self.term(depth + 1)? {
                    Term::List(tail) if tail.is_empty() => Term::List(elements),
                    _ => Term::Opaque,
                })
            }
            109 => {
                let len = self.u32()? as usize;
                Ok(Term::Binary(Cow::Borrowed(self.take(len)?)))
            }
            77 => {
                let len = self.u32()? as usize;
                self.opaque(len.saturating_add(1))
            }
            116 => {
                let len = self.u32()? as usize;
                // The shortest key and value are two bytes each... a lie about the length must not reserve memory.
                self.expect_at_least(len.saturating_mul(2))?;
                let mut items = Vec::with_capacity(len.min(MAX_TERMS));
                for _ in 0..len {
                    let key = self.term(depth + 1)?;
                    items.push((key, self.term(depth + 1)?));
                }
                Ok(Term::Map(items))
            }
            88 => self.named(12),
            103 => self.named(9),
            89 => self.named(8),
            102 => self.named(5),
            120 => self.named(12),
            90 | 114 => {
                let words = self.u16()?;
                let creation = if tag == 90 { 4 } else { 1 };
                self.named(creation + 4 * words)
            }
            112 => {
                let size = self.u32()? as usize;
                self.opaque(size.saturating_sub(4))
            }
            113 => {
                for _ in 0..3 {
                    self.term(depth + 1)?;
                }
                Ok(Term::Opaque)
            }
            other => Err(DecodeError::UnknownTag(other)),
        }
    }

    fn terms(&mut self, len: usize, depth: usize) -> Result<Vec<Term<'a>>, DecodeError> {
        self.expect_at_least(len)?;
        let mut all = Vec::with_capacity(len.min(MAX_TERMS));
        for _ in 0..len {
            all.push(self.term(depth + 1)?);
        }
        Ok(all)
    }

    /// Node name, then `len` bytes: the pattern of pids, ports and references.
    fn named(&mut self, len: usize) -> Result<Term<'a>, DecodeError> {
        match self.term(MAX_DEPTH)? {
            Term::Atom(_) => self.opaque(len),
            _ => Err(DecodeError::InvalidAtom),
        }
    }

    fn opaque(&mut self, len: usize) -> Result<Term<'a>, DecodeError> {
        self.take(len)?;
        Ok(Term::Opaque)
    }

    fn big(&mut self, len: usize) -> Result<Term<'a>, DecodeError> {
        let negative = self.u8()? != 0;
        let digits = self.take(len)?;
        if len > 8 {
            return Ok(Term::Opaque);
        }
        let magnitude = digits.iter().rev().fold(0u64, |n, &d| (n << 8) | u64::from(d));
        let value = if negative { -i128::from(magnitude) } else { i128::from(magnitude) };
        Ok(i64::try_from(value).map_or(Term::Opaque, Term::Int))
    }

    fn latin1(&mut self, len: usize) -> Result<Term<'a>, DecodeError> {
        let bytes = self.take(len)?;
        Ok(Term::Atom(match std::str::from_utf8(bytes) {
            Ok(ascii) if ascii.is_ascii() => Cow::Borrowed(ascii),
            _ => Cow::Owned(bytes.iter().map(|&b| char::from(b)).collect()),
        }))
    }

    fn utf8(&mut self, len: usize) -> Result<Term<'a>, DecodeError> {
        let bytes = self.take(len)?;
        std::str::from_utf8(bytes).map(|s| Term::Atom(Cow::Borrowed(s))).map_err(|_| DecodeError::InvalidAtom)
    }

    fn count(&mut self, terms: usize) -> Result<(), DecodeError> {
        self.terms += terms;
        if self.terms > MAX_TERMS {
            Err(DecodeError::TooLarge)
        } else {
            Ok(())
        }
    }

    fn expect_at_least(&self, bytes: usize) -> Result<(), DecodeError> {
        if self.rest.len() < bytes {
            Err(DecodeError::Truncated)
        } else {
            Ok(())
        }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        self.expect_at_least(len)?;
        let (taken, rest) = self.rest.split_at(len);
        self.rest = rest;
        Ok(taken)
    }

    fn u8(&mut self) -> Result<u8, DecodeError> {
        Ok(self.take(1)?[0])
    }

    fn u16(&mut self) -> Result<usize, DecodeError> {
        let b = self.take(2)?;
        Ok(usize::from(u16::from_be_bytes([b[0], b[1]])))
    }

    fn u32(&mut self) -> Result<u32, DecodeError> {
        let b = self.take(4)?;
        Ok(u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
    }
}

/// Appends the message to `out`.
pub fn encode(term: &Term<'_>, out: &mut Vec<u8>) {
    out.reserve(1 + size(term));
    out.push(VERSION);
    put(term, out);
}

/// Bytes the term takes, or a few more.
fn size(term: &Term<'_>) -> usize {
    match term {
        Term::Atom(name) => 3 + name.len(),
        Term::Int(_) | Term::Float(_) => 11,
        Term::Binary(bytes) => 5 + bytes.len(),
        Term::List(all) | Term::Tuple(all) => 6 + all.iter().map(size).sum::<usize>(),
        Term::Map(items) => 5 + items.iter().map(|(k, v)| size(k) + size(v)).sum::<usize>(),
        Term::Opaque => 12,
    }
}

fn put(term: &Term<'_>, out: &mut Vec<u8>) {
    match term {
        Term::Atom(name) => put_atom(name, out),
        Term::Int(n) => put_int(*n, out),
        Term::Float(x) => {
            out.push(70);
            out.extend_from_slice(&x.to_be_bytes());
        }
        Term::Binary(bytes) => put_binary(bytes, out),
        Term::List(all) => {
            if !all.is_empty() {
                put_len(108, all.len(), out);
                all.iter().for_each(|t| put(t, out));
            }
            out.push(106);
        }
        Term::Tuple(all) => {
            put_tuple(all.len(), out);
            all.iter().for_each(|t| put(t, out));
        }
        Term::Map(items) => {
            put_len(116, items.len(), out);
            for (key, value) in items {
                put(key, out);
                put(value, out);
            }
        }
        Term::Opaque => put_atom("undefined", out),
    }
}

fn put_len(tag: u8, len: usize, out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(&(len as u32).to_be_bytes());
}

pub(crate) fn put_atom(name: &str, out: &mut Vec<u8>) {
    match u8::try_from(name.len()) {
        Ok(length) => out.extend_from_slice(&[119, length]),
        Err(_) => {
            out.push(118);
            out.extend_from_slice(&(name.len() as u16).to_be_bytes());
        }
    }
    out.extend_from_slice(name.as_bytes());
}

pub(crate) fn put_int(n: i64, out: &mut Vec<u8>) {
    if let Ok(small) = u8::try_from(n) {
        out.extend_from_slice(&[97, small]);
    } else if let Ok(int) = i32::try_from(n) {
        out.push(98);
        out.extend_from_slice(&int.to_be_bytes());
    } else {
        let magnitude = n.unsigned_abs().to_le_bytes();
        let length = magnitude.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
        out.extend_from_slice(&[110, length as u8, u8::from(n < 0)]);
        out.extend_from_slice(&magnitude[..length]);
    }
}

pub(crate) fn put_binary(bytes: &[u8], out: &mut Vec<u8>) {
    put_len(109, bytes.len(), out);
    out.extend_from_slice(bytes);
}

pub(crate) fn put_tuple(parts: usize, out: &mut Vec<u8>) {
    match u8::try_from(parts) {
        Ok(parts) => out.extend_from_slice(&[104, parts]),
        Err(_) => put_len(105, parts, out),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(term: &Term<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        encode(term, &mut out);
        assert!(out.len() <= 1 + size(term), "the reserved size was enough");
        out
    }

    #[test]
    fn what_the_emulator_writes() {
        // term_to_binary(#{command => version, id => -1, x => "ab", y => [a|b], z => 16#123456789ABCDEF0})
        let request = [
            &[131, 116, 0, 0, 0, 5, 119, 7][..],
            b"command",
            &[119, 7],
            b"version",
            &[119, 2],
            b"id",
            &[98, 255, 255, 255, 255, 100, 0, 1],
            b"x",
            &[107, 0, 2],
            b"ab",
            &[119, 1],
            b"y",
            &[108, 0, 0, 0, 1, 119, 1, b'a', 119, 1, b'b', 119, 1],
            b"z",
            &[110, 8, 0, 0xf0, 0xde, 0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12],
        ]
        .concat();
        let term = decode(&request).expect("valid");
        assert_eq!(term.get("command").and_then(Term::as_atom), Some("version"));
        assert_eq!(term.get("id"), Some(&Term::Int(-1)));
        assert_eq!(term.get("x").and_then(Term::bytes).as_deref(), Some(&b"ab"[..]));
        assert_eq!(term.get("y"), Some(&Term::Opaque));
        assert_eq!(term.get("z"), Some(&Term::Int(0x1234_5678_9abc_def0)));
    }

    #[test]
    fn terms_without_use_are_skipped() {
        // {self(), make_ref()} of a node called n
        let pid = [&[88, 119, 1, b'n'][..], &[0; 12]].concat();
        let reference = [&[90, 0, 2, 119, 1, b'n'][..], &[0; 12]].concat();
        let frame = [vec![131, 104, 2], pid, reference].concat();
        assert_eq!(decode(&frame), Ok(Term::Tuple(vec![Term::Opaque, Term::Opaque])));
    }

    #[test]
    fn bad_frames_are_named() {
        assert_eq!(decode(&[]), Err(DecodeError::Empty));
        assert_eq!(decode(b"hello"), Err(DecodeError::NotEtf(b'h')));
        assert_eq!(decode(&[131, 0, 0, 0]), Err(DecodeError::UnknownTag(0)));
        assert_eq!(decode(&[131, 97]), Err(DecodeError::Truncated));
        assert_eq!(decode(&[131, 97, 1, 1]), Err(DecodeError::TrailingBytes));
        assert_eq!(decode(&[131, 108, 255, 255, 255, 255]), Err(DecodeError::Truncated));
        assert_eq!(decode(&[131, 80, 0, 0, 0, 9]), Err(DecodeError::Compressed));
        let deep = [vec![131], [104, 1].repeat(100_000), vec![106]].concat();
        assert_eq!(decode(&deep), Err(DecodeError::TooDeep));
    }

    fn any_term() -> impl Strategy<Value = Term<'static>> {
        let leaf = prop_oneof![
            "[a-zé]{0,90}".prop_map(|s| Term::Atom(Cow::Owned(s))),
            any::<i64>().prop_map(Term::Int),
            any::<i16>().prop_map(|n| Term::Int(n.into())),
            (-1e300f64..1e300).prop_map(Term::Float),
            proptest::collection::vec(any::<u8>(), 0..70).prop_map(|b| Term::Binary(Cow::Owned(b))),
        ];
        leaf.prop_recursive(5, 60, 8, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..8).prop_map(Term::List),
                proptest::collection::vec(inner.clone(), 0..8).prop_map(Term::Tuple),
                proptest::collection::vec((inner.clone(), inner), 0..8).prop_map(Term::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn round_trip(term in any_term()) {
            let bytes = encoded(&term);
            prop_assert_eq!(decode(&bytes), Ok(term));
        }

        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
            let _ = decode(&[vec![VERSION], bytes].concat());
        }

        #[test]
        fn damaged_terms_never_panic(term in any_term(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
            let mut bytes = encoded(&term);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if cut {
                bytes.truncate(at);
            }
            let _ = decode(&bytes);
        }
    }
}
