//! Chunks as bytes: the same for equal chunks, on every machine.
//!
//! Numbers are in seven-bit groups, least significant first; texts and lists have their length in front. Reading is bounded by the bytes
//! there are and checks the form only: a chunk that was read still has to be verified.

use std::fmt;
use std::sync::Arc;

use bt_base::{Name, Selector, Span};
use num_bigint::BigInt;

use crate::chunk::{Capture, Chunk, Constant, Role, Site};
use crate::verify::MAX_DEPTH;

/// Name and version of the form. The version changes with it and with the numbers of the operations.
const HEADER: &[u8; 4] = b"BTC\x02";

/// The bytes are no chunk of this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub at: usize,
    pub what: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.at, self.what)
    }
}

// ---- writing ----

pub fn write(chunk: &Chunk) -> Vec<u8> {
    let mut out = HEADER.to_vec();
    write_chunk(chunk, &mut out);
    out
}

fn write_chunk(chunk: &Chunk, out: &mut Vec<u8>) {
    write_role(&chunk.role, out);
    number(chunk.code.len() as u64, out);
    for word in &chunk.code {
        out.extend_from_slice(&word.to_le_bytes());
    }
    list(&chunk.constants, out, write_constant);
    list(&chunk.sites, out, write_site);
    list(&chunk.conditions, out, |(at, constant), out| {
        number(u64::from(*at), out);
        number(u64::from(*constant), out);
    });
    list(&chunk.blocks, out, |block, out| write_chunk(block, out));
    number(chunk.parameters.into(), out);
    number(chunk.registers.into(), out);
    list(&chunk.captures, out, |capture, out| {
        let (kind, index) = match capture {
            Capture::Register(index) => (0, *index),
            Capture::Captured(index) => (1, *index),
        };
        number(u64::from(index) << 1 | kind, out);
    });
    list(&chunk.source_map, out, |(at, span), out| {
        number(u64::from(*at), out);
        write_span(span, out);
    });
    write_span(&chunk.span, out);
}

fn write_role(role: &Role, out: &mut Vec<u8>) {
    match role {
        Role::Method { class, selector, class_side } => {
            out.push(if *class_side { 1 } else { 0 });
            text(class, out);
            text(selector.as_str(), out);
        }
        Role::Default { class, field } => {
            out.push(2);
            text(class, out);
            text(field, out);
        }
        Role::Block => out.push(3),
        Role::Input => out.push(4),
    }
}

fn write_constant(constant: &Constant, out: &mut Vec<u8>) {
    match constant {
        Constant::Integer(value) => {
            out.push(0);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Constant::Big(value) => {
            out.push(1);
            let bytes = value.to_signed_bytes_le();
            number(bytes.len() as u64, out);
            out.extend_from_slice(&bytes);
        }
        Constant::Float(bits) => {
            out.push(2);
            out.extend_from_slice(&bits.to_le_bytes());
        }
        Constant::String(value) => {
            out.push(3);
            text(value, out);
        }
        Constant::Symbol(value) => {
            out.push(4);
            text(value, out);
        }
    }
}

fn write_site(site: &Site, out: &mut Vec<u8>) {
    match site {
        Site::Message { selector, class: None } => {
            out.push(0);
            text(selector.as_str(), out);
        }
        Site::Message { selector, class: Some((class, class_side)) } => {
            out.push(if *class_side { 2 } else { 1 });
            text(selector.as_str(), out);
            text(class, out);
        }
        Site::Call { module, function, arity } => {
            out.push(3);
            text(module, out);
            text(function, out);
            number((*arity).into(), out);
        }
        Site::Field(name) => {
            out.push(4);
            text(name, out);
        }
    }
}

fn write_span(span: &Span, out: &mut Vec<u8>) {
    number(span.start.into(), out);
    number(span.end.into(), out);
}

fn list<T>(items: &[T], out: &mut Vec<u8>, mut each: impl FnMut(&T, &mut Vec<u8>)) {
    number(items.len() as u64, out);
    items.iter().for_each(|item| each(item, out));
}

fn text(value: &str, out: &mut Vec<u8>) {
    number(value.len() as u64, out);
    out.extend_from_slice(value.as_bytes());
}

fn number(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

// ---- reading ----

pub fn read(bytes: &[u8]) -> Result<Chunk, Unreadable> {
    let mut reader = Reader { bytes, at: 0 };
    if reader.take(HEADER.len())? != HEADER {
        return Err(Unreadable { at: 0, what: "not a chunk of this version" });
    }
    let chunk = reader.chunk(0)?;
    match reader.at == bytes.len() {
        true => Ok(chunk),
        false => reader.refuse("something follows the chunk"),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

type Read<T> = Result<T, Unreadable>;

impl<'a> Reader<'a> {
    fn refuse<T>(&self, what: &'static str) -> Read<T> {
        Err(Unreadable { at: self.at, what })
    }

    fn take(&mut self, count: usize) -> Read<&'a [u8]> {
        match self.bytes[self.at..].get(..count) {
            Some(taken) => {
                self.at += count;
                Ok(taken)
            }
            None => self.refuse("the bytes end too early"),
        }
    }

    fn byte(&mut self) -> Read<u8> {
        Ok(self.take(1)?[0])
    }

    fn number(&mut self) -> Read<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part {
                break;
            }
            value |= part << shift;
            if byte < 0x80 {
                // One form only, so that equal chunks are equal bytes.
                return if byte == 0 && shift > 0 { self.refuse("a number is longer than it has to be") } else { Ok(value) };
            }
        }
        self.refuse("a number is too large")
    }

    /// A number of at most so many bits.
    fn small<T: TryFrom<u64>>(&mut self) -> Read<T> {
        let value = self.number()?;
        T::try_from(value).or_else(|_| self.refuse("a number is too large"))
    }

    fn text(&mut self) -> Read<&'a str> {
        let length = self.small()?;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).or_else(|_| self.refuse("a text is not UTF-8"))
    }

    fn name(&mut self) -> Read<Name> {
        Ok(Name::new(self.text()?))
    }

    /// The elements of a list; each takes at least one byte, which bounds what is allocated.
    fn list<T>(&mut self, mut each: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let count: usize = self.small()?;
        if count > self.bytes.len() - self.at {
            return self.refuse("a list is longer than the bytes");
        }
        (0..count).map(|_| each(self)).collect()
    }

    fn span(&mut self) -> Read<Span> {
        Ok(Span { start: self.small()?, end: self.small()? })
    }

    fn chunk(&mut self, depth: usize) -> Read<Chunk> {
        if depth > MAX_DEPTH {
            return self.refuse("blocks are nested too deeply");
        }
        let role = self.role()?;
        let words: usize = self.small()?;
        let code = self.take(words.checked_mul(4).map_or_else(|| self.refuse("a number is too large"), Ok)?)?;
        let code = code.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect();
        Ok(Chunk {
            role,
            code,
            constants: self.list(Self::constant)?,
            sites: self.list(Self::site)?,
            conditions: self.list(|reader| Ok((reader.small()?, reader.small()?)))?,
            blocks: self.list(|reader| reader.chunk(depth + 1).map(Arc::new))?,
            parameters: self.small()?,
            registers: self.small()?,
            captures: self.list(Self::capture)?,
            source_map: self.list(|reader| Ok((reader.small()?, reader.span()?)))?,
            span: self.span()?,
        })
    }

    fn role(&mut self) -> Read<Role> {
        Ok(match self.byte()? {
            side @ (0 | 1) => {
                let class = self.name()?;
                Role::Method { class, selector: Selector::new(self.text()?), class_side: side == 1 }
            }
            2 => Role::Default { class: self.name()?, field: self.name()? },
            3 => Role::Block,
            4 => Role::Input,
            _ => return self.refuse("no such role"),
        })
    }

    fn constant(&mut self) -> Read<Constant> {
        Ok(match self.byte()? {
            0 => Constant::Integer(i64::from_le_bytes(self.eight()?)),
            1 => {
                let length = self.small()?;
                Constant::Big(BigInt::from_signed_bytes_le(self.take(length)?))
            }
            2 => Constant::Float(u64::from_le_bytes(self.eight()?)),
            3 => Constant::String(self.name()?),
            4 => Constant::Symbol(self.name()?),
            _ => return self.refuse("no such constant"),
        })
    }

    fn eight(&mut self) -> Read<[u8; 8]> {
        Ok(self.take(8)?.try_into().expect("eight bytes were taken"))
    }

    fn site(&mut self) -> Read<Site> {
        Ok(match self.byte()? {
            0 => Site::Message { selector: Selector::new(self.text()?), class: None },
            side @ (1 | 2) => {
                let selector = Selector::new(self.text()?);
                Site::Message { selector, class: Some((self.name()?, side == 2)) }
            }
            3 => Site::Call { module: self.name()?, function: self.name()?, arity: self.small()? },
            4 => Site::Field(self.name()?),
            _ => return self.refuse("no such site"),
        })
    }

    fn capture(&mut self) -> Read<Capture> {
        let value: u32 = self.small()?;
        let index = u16::try_from(value >> 1).or_else(|_| self.refuse("a number is too large"))?;
        Ok(if value & 1 == 0 { Capture::Register(index) } else { Capture::Captured(index) })
    }
}
