//! Values of the machine ⇄ the external term format.
//!
//! The one form in which values leave and enter a machine, whichever way they travel. Both directions keep their work on a list, so depth costs memory and no stack.
//! Terms that the machine does not look into keep their bytes and come back as they were. A block goes out as `{'$bt_block', Number, Arity, Portable}`, which the
//! other side makes a fun of; `Portable` is what another machine can make the block of: code, receiver and captured values.

use bt_engine::session::vm::{ClassId, Context, Foreign, Kept, Kind, Machine, Map, Symbol, Value};
use num_bigint::{BigInt, Sign};

use crate::etf::{put_atom, put_binary, put_int, put_tuple, DecodeError};

/// The key that makes a map an object.
const TAG: &str = "$beamtalk_class";
const BLOCK: &str = "$bt_block";
const CELLS: &str = "$bt_cells";

/// Symbols that may become atoms of the node, for one session.
pub const MAX_ATOMS: usize = 100_000;

/// Why a value cannot go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// More symbols than a session may turn into atoms.
    Atoms,
    /// Longer than the format can say, or something internal.
    TooLarge,
    /// A block with more parameters than the other side can make a function of.
    Wide(u32),
}

/// Parameters of a block that goes out: `beamtalk_evaluator_blocks` has a fun for each number.
pub const MAX_PARAMETERS: u32 = 20;

// ---- out ----

/// Blocks and symbols that went out.
#[derive(Debug, Default)]
pub struct Exports {
    /// Blocks by their numbers; those of a request are forgotten when it has been answered.
    pub blocks: Kept<Vec<(u64, Value)>>,
    /// Blocks go out alone: what they share with a message here they do not share with whom they go to.
    pub alone: bool,
    /// Terms that went out and mean something only where they came from.
    pub opaque: usize,
    next: u64,
    atoms: std::collections::HashSet<Symbol>,
}

impl Exports {
    pub fn block(&self, number: u64) -> Option<&Value> {
        self.blocks.iter().rev().find(|(n, _)| *n == number).map(|(_, block)| block)
    }

    pub fn atom_count(&self) -> usize {
        self.atoms.len()
    }

    fn add(&mut self, block: Value) -> u64 {
        self.next += 1;
        let block = if self.alone { Machine::alone(&block) } else { block };
        self.blocks.push((self.next, block));
        self.next
    }
}

fn put_big(n: &BigInt, out: &mut Vec<u8>) {
    let (sign, magnitude) = n.to_bytes_le();
    let negative = u8::from(sign == Sign::Minus);
    match u8::try_from(magnitude.len()) {
        Ok(length) => out.extend_from_slice(&[110, length, negative]),
        Err(_) => {
            out.push(111);
            out.extend_from_slice(&(magnitude.len() as u32).to_be_bytes());
            out.push(negative);
        }
    }
    out.extend_from_slice(&magnitude);
}

enum Work {
    Value(Value),
    Atom(Symbol),
    /// Bytes that need no value.
    Raw(&'static [u8]),
    Int(i64),
    /// A list's tail: the empty list, or whatever stands there.
    Chunk(std::sync::Arc<bt_bytecode::Chunk>),
}

/// Appends the value.
pub fn write(value: &Value, context: &mut Context, exports: &mut Exports, out: &mut Vec<u8>) -> Result<(), Refused> {
    let mut work = vec![Work::Value(value.clone())];
    let limit = context.limit();
    while let Some(next) = work.pop() {
        // Parts that are shared in the machine are written as often as they are referred to.
        if out.len() > limit || work.len() > limit / std::mem::size_of::<Work>() {
            return Err(Refused::TooLarge);
        }
        let value = match next {
            Work::Value(value) => value,
            Work::Atom(symbol) => {
                put_symbol(symbol, context, exports, out)?;
                continue;
            }
            Work::Raw(bytes) => {
                out.extend_from_slice(bytes);
                continue;
            }
            Work::Int(n) => {
                put_int(n, out);
                continue;
            }
            Work::Chunk(chunk) => {
                put_binary(&bt_bytecode::write(&chunk), out);
                continue;
            }
        };
        match &value {
            Value::Nil => put_atom("nil", out),
            Value::True => put_atom("true", out),
            Value::False => put_atom("false", out),
            Value::Integer(n) => put_int(*n, out),
            Value::Float(x) => {
                out.push(70);
                out.extend_from_slice(&x.to_be_bytes());
            }
            Value::Symbol(symbol) => put_symbol(*symbol, context, exports, out)?,
            Value::Class(class) => put_class(*class, false, context, exports, out)?,
            Value::Metaclass(class) => put_class(*class, true, context, exports, out)?,
            Value::EmptyList => out.push(106),
            Value::Heap(_) => put_heap(&value, context, exports, out, &mut work)?,
        }
    }
    Ok(())
}

fn put_symbol(symbol: Symbol, context: &Context, exports: &mut Exports, out: &mut Vec<u8>) -> Result<(), Refused> {
    if exports.atoms.insert(symbol) && exports.atoms.len() > MAX_ATOMS {
        return Err(Refused::Atoms);
    }
    let name = context.symbols.name(symbol);
    // The limit of Erlang; longer names never come from a source, but a program can make them.
    if name.chars().count() > 255 {
        return Err(Refused::TooLarge);
    }
    put_atom(name, out);
    Ok(())
}

fn put_class(
    class: ClassId,
    is_meta: bool,
    context: &mut Context,
    exports: &mut Exports,
    out: &mut Vec<u8>,
) -> Result<(), Refused> {
    let symbol = context.classes.name(class);
    let name = context.symbols.name(symbol).to_string();
    let module = context.classes.module(class, &mut context.symbols);
    put_tuple(4, out);
    put_atom("beamtalk_object", out);
    put_atom(&if is_meta { "Metaclass".to_string() } else { format!("{name} class") }, out);
    put_atom(&module, out);
    put_symbol(symbol, context, exports, out)
}

fn count(length: usize) -> Result<[u8; 4], Refused> {
    u32::try_from(length).map(u32::to_be_bytes).map_err(|_| Refused::TooLarge)
}

fn put_heap(
    value: &Value,
    context: &mut Context,
    exports: &mut Exports,
    out: &mut Vec<u8>,
    work: &mut Vec<Work>,
) -> Result<(), Refused> {
    if let Some(text) = value.as_text() {
        count(text.len())?;
        put_binary(text, out);
    } else if value.as_cons().is_some() {
        let from = work.len();
        let mut rest = value;
        let mut length = 0;
        while let Some(cons) = rest.as_cons() {
            length += 1;
            work.push(Work::Value(cons.head.clone()));
            rest = &cons.tail;
        }
        work.push(Work::Value(rest.clone()));
        work[from..].reverse();
        out.push(108);
        out.extend_from_slice(&count(length)?);
    } else if let Some(parts) = value.as_tuple() {
        count(parts.len())?;
        put_tuple(parts.len(), out);
        work.extend(parts.iter().rev().cloned().map(Work::Value));
    } else if let Some(n) = value.as_big() {
        put_big(n, out);
    } else if let Some(map) = value.as_map() {
        out.push(116);
        out.extend_from_slice(&count(map.len())?);
        work.extend(map.iter().rev().flat_map(|(key, value)| [Work::Value(value.clone()), Work::Value(key.clone())]));
    } else if let Some(instance) = value.as_instance() {
        let shape = context.classes.shape_at(instance.shape).clone();
        out.push(116);
        out.extend_from_slice(&count(shape.fields.len() + 1)?);
        put_atom(TAG, out);
        put_symbol(context.classes.name(instance.class), context, exports, out)?;
        let pairs = shape.fields.iter().zip(instance.fields.iter()).rev();
        work.extend(pairs.flat_map(|(name, value)| [Work::Value(value.clone()), Work::Atom(*name)]));
    } else if let Some(elements) = value.as_array() {
        put_array(elements, out, work)?;
    } else if let Some(foreign) = value.as_foreign() {
        exports.opaque += usize::from(!matches!(foreign.kind, Kind::Bits));
        out.extend_from_slice(&foreign.bytes);
    } else if let Some((chunk, receiver, captured)) = Machine::parts_of_block(value) {
        let parameters = u32::from(chunk.parameters);
        if parameters > MAX_PARAMETERS {
            return Err(Refused::Wide(parameters));
        }
        let number = exports.add(value.clone());
        put_tuple(4, out);
        put_atom(BLOCK, out);
        put_int(number as i64, out);
        put_int(i64::from(parameters), out);
        put_tuple(2, out);
        work.push(Work::Value(Value::list(
            std::iter::once(receiver.clone()).chain(captured.iter().cloned()).collect::<Vec<_>>().into_iter(),
        )));
        work.push(Work::Chunk(chunk));
    } else {
        // Variables shared with a message that is over by the time anybody looks.
        put_atom(CELLS, out);
    }
    Ok(())
}

const LEAF: usize = 10;

/// An array as the module `array` makes it of a list: leaves of ten, nodes of ten with the number of elements below each as an eleventh part. What lies beyond
/// the end of the last node is its size; beyond the end of the last leaf, the default.
fn put_array(elements: &[Value], out: &mut Vec<u8>, work: &mut Vec<Work>) -> Result<(), Refused> {
    out.push(116);
    out.extend_from_slice(&count(2)?);
    put_atom(TAG, out);
    put_atom("Array", out);
    put_atom("data", out);
    let mut capacity = LEAF;
    while capacity < elements.len() {
        capacity *= LEAF;
    }
    put_tuple(5, out);
    put_atom("array", out);
    put_int(elements.len() as i64, out);
    put_int(capacity as i64, out);
    put_atom("undefined", out);
    let mut tree = Vec::new();
    array_tree(elements, capacity, &mut tree);
    tree.reverse();
    work.append(&mut tree);
    Ok(())
}

/// The tree over elements with room for `capacity` of them; as deep as the capacity has digits.
fn array_tree(elements: &[Value], capacity: usize, out: &mut Vec<Work>) {
    const UNDEFINED: &[u8] = b"\x77\x09undefined";
    if elements.is_empty() {
        out.push(Work::Int(capacity as i64));
    } else if capacity == LEAF {
        out.push(Work::Raw(&[104, 10]));
        out.extend(elements.iter().cloned().map(Work::Value));
        out.extend((elements.len()..LEAF).map(|_| Work::Raw(UNDEFINED)));
    } else {
        out.push(Work::Raw(&[104, 11]));
        let below = capacity / LEAF;
        for part in 0..LEAF {
            let from = (part * below).min(elements.len());
            let to = ((part + 1) * below).min(elements.len());
            array_tree(&elements[from..to], below, out);
        }
        out.push(Work::Int(below as i64));
    }
}

// ---- in ----

struct Open {
    kind: Composite,
    missing: usize,
    parts: Vec<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Composite {
    Tuple,
    List,
    Map,
}

/// Reads one value off the front of `input`.
pub fn read(input: &mut &[u8], context: &mut Context) -> Result<Value, DecodeError> {
    let mut open: Vec<Open> = Vec::new();
    loop {
        let mut value = match next(input, context)? {
            Piece::Value(value) => value,
            Piece::Open(kind, missing) => {
                // A lie about the length must not reserve memory.
                if missing > input.len() {
                    return Err(DecodeError::Truncated);
                }
                open.push(Open { kind, missing, parts: Vec::with_capacity(missing.min(1 << 16)) });
                if missing > 0 {
                    continue;
                }
                finished(open.pop().expect("just pushed"), context)
            }
        };
        loop {
            let Some(top) = open.last_mut() else { return Ok(value) };
            top.parts.push(value);
            top.missing -= 1;
            if top.missing > 0 {
                break;
            }
            value = finished(open.pop().expect("looked at"), context);
        }
    }
}

enum Piece {
    Value(Value),
    Open(Composite, usize),
}

fn take<'a>(input: &mut &'a [u8], length: usize) -> Result<&'a [u8], DecodeError> {
    if input.len() < length {
        return Err(DecodeError::Truncated);
    }
    let (taken, rest) = input.split_at(length);
    *input = rest;
    Ok(taken)
}

fn number<const N: usize>(input: &mut &[u8]) -> Result<usize, DecodeError> {
    Ok(take(input, N)?.iter().fold(0, |n, byte| n << 8 | usize::from(*byte)))
}

fn next(input: &mut &[u8], context: &mut Context) -> Result<Piece, DecodeError> {
    let start = *input;
    let tag = number::<1>(input)?;
    let value = match tag {
        97 => Value::Integer(number::<1>(input)? as i64),
        98 => Value::Integer(i64::from(number::<4>(input)? as u32 as i32)),
        70 => Value::Float(f64::from_be_bytes(take(input, 8)?.try_into().expect("eight bytes"))),
        110 | 111 => {
            let length = if tag == 110 { number::<1>(input)? } else { number::<4>(input)? };
            let sign = if number::<1>(input)? == 0 { Sign::Plus } else { Sign::Minus };
            Value::integer(BigInt::from_bytes_le(sign, take(input, length)?))
        }
        100 | 115 => {
            let length = if tag == 100 { number::<2>(input)? } else { number::<1>(input)? };
            let bytes = take(input, length)?;
            let name: String = bytes.iter().map(|&byte| char::from(byte)).collect();
            context.symbols.value(&name)
        }
        118 | 119 => {
            let length = if tag == 118 { number::<2>(input)? } else { number::<1>(input)? };
            let name = std::str::from_utf8(take(input, length)?).map_err(|_| DecodeError::InvalidAtom)?;
            context.symbols.value(name)
        }
        104 => return Ok(Piece::Open(Composite::Tuple, number::<1>(input)?)),
        105 => return Ok(Piece::Open(Composite::Tuple, number::<4>(input)?)),
        106 => Value::EmptyList,
        107 => {
            let length = number::<2>(input)?;
            Value::list(take(input, length)?.iter().map(|&byte| Value::Integer(i64::from(byte))))
        }
        108 => return Ok(Piece::Open(Composite::List, number::<4>(input)?.saturating_add(1))),
        109 => {
            let length = number::<4>(input)?;
            Value::text(take(input, length)?)
        }
        116 => return Ok(Piece::Open(Composite::Map, number::<4>(input)?.saturating_mul(2))),
        77 => {
            let length = number::<4>(input)?;
            take(input, length.saturating_add(1))?;
            foreign(Kind::Bits, start, input)
        }
        88 => named(input, 12, Kind::Pid, start)?,
        103 => named(input, 9, Kind::Pid, start)?,
        89 => named(input, 8, Kind::Port, start)?,
        102 => named(input, 5, Kind::Port, start)?,
        120 => named(input, 12, Kind::Port, start)?,
        90 | 114 => {
            let words = number::<2>(input)?;
            named(input, if tag == 90 { 4 } else { 1 } + 4 * words, Kind::Reference, start)?
        }
        112 => {
            let size = number::<4>(input)?;
            let arity = *input.first().ok_or(DecodeError::Truncated)?;
            take(input, size.saturating_sub(4))?;
            foreign(Kind::Fun(arity), start, input)
        }
        113 => {
            atom(input)?;
            atom(input)?;
            let arity = match take(input, 2)? {
                [97, arity] => *arity,
                _ => return Err(DecodeError::UnknownTag(113)),
            };
            foreign(Kind::Fun(arity), start, input)
        }
        other => return Err(DecodeError::UnknownTag(other as u8)),
    };
    Ok(Piece::Value(value))
}

fn atom(input: &mut &[u8]) -> Result<(), DecodeError> {
    let length = match number::<1>(input)? {
        100 | 118 => number::<2>(input)?,
        115 | 119 => number::<1>(input)?,
        _ => return Err(DecodeError::InvalidAtom),
    };
    take(input, length).map(|_| ())
}

fn foreign(kind: Kind, start: &[u8], rest: &[u8]) -> Value {
    Value::foreign(Foreign::new(kind, &start[..start.len() - rest.len()]))
}

/// Node name, then `length` bytes.
fn named(input: &mut &[u8], length: usize, kind: Kind, start: &[u8]) -> Result<Value, DecodeError> {
    atom(input)?;
    take(input, length)?;
    Ok(foreign(kind, start, input))
}

fn finished(open: Open, context: &mut Context) -> Value {
    match open.kind {
        Composite::Tuple => tuple(open.parts, context),
        Composite::List => {
            let mut parts = open.parts;
            let tail = parts.pop().unwrap_or(Value::EmptyList);
            parts.into_iter().rev().fold(tail, |tail, head| Value::cons(head, tail))
        }
        Composite::Map => {
            let pairs = open.parts;
            object(&pairs, context).unwrap_or_else(|| {
                let mut pairs = pairs.into_iter();
                let mut all = Vec::with_capacity(pairs.len() / 2);
                while let (Some(key), Some(value)) = (pairs.next(), pairs.next()) {
                    all.push((key, value));
                }
                Value::map(Map::from_pairs(all, &context.symbols))
            })
        }
    }
}

/// Class objects, actors and futures are tuples of a known form.
fn tuple(parts: Vec<Value>, context: &mut Context) -> Value {
    let name = |value: &Value| match value {
        Value::Symbol(symbol) => Some(*symbol),
        _ => None,
    };
    let is = |value: &Value, text: &str| name(value).is_some_and(|symbol| context.symbols.name(symbol) == text);
    let kind_of = |value: &Value| value.as_foreign().map(|foreign| foreign.kind);
    match parts.as_slice() {
        [tag, class, module, last] if is(tag, "beamtalk_object") => {
            match (name(class), name(module), name(last), kind_of(last)) {
                (Some(class), Some(module), Some(last), _) => {
                    let is_meta = context.symbols.name(class) == "Metaclass";
                    let id = context.classes.entry(last);
                    context.classes.set_module(id, module);
                    if is_meta {
                        Value::Metaclass(id)
                    } else {
                        Value::Class(id)
                    }
                }
                (Some(class), Some(_), None, Some(Kind::Pid)) => encoded(Kind::Actor(class), &parts, context),
                _ => Value::tuple(parts),
            }
        }
        [tag, key] if is(tag, "beamtalk_future") => {
            let key_is_future = match (kind_of(key), key.as_tuple()) {
                (Some(Kind::Pid), _) => true,
                (_, Some([reference, ..])) => kind_of(reference) == Some(Kind::Reference),
                _ => false,
            };
            if key_is_future {
                encoded(Kind::Future, &parts, context)
            } else {
                Value::tuple(parts)
            }
        }
        _ => Value::tuple(parts),
    }
}

/// A tuple as a term that the machine does not look into.
fn encoded(kind: Kind, parts: &[Value], context: &mut Context) -> Value {
    let mut bytes = Vec::new();
    let whole = Value::tuple(parts.to_vec());
    // What came in goes out again: its symbols are atoms already.
    match write(&whole, context, &mut Exports::default(), &mut bytes) {
        Ok(()) => Value::foreign(Foreign::new(kind, bytes)),
        Err(_) => whole,
    }
}

/// A map with a tag and nothing but symbols as keys is an object.
fn object(pairs: &[Value], context: &mut Context) -> Option<Value> {
    let tag = pairs.chunks_exact(2).find(|pair| matches!(pair[0], Value::Symbol(key) if context.symbols.name(key) == TAG))?;
    let Value::Symbol(class) = tag[1] else { return None };
    let class = context.classes.entry(class);
    let mut fields = Vec::with_capacity(pairs.len() / 2);
    for pair in pairs.chunks_exact(2) {
        match &pair[0] {
            Value::Symbol(key) if context.symbols.name(*key) == TAG => {}
            Value::Symbol(key) => fields.push((*key, pair[1].clone())),
            other => {
                let name = context.symbols.text(other)?.to_string();
                fields.push((context.intern(&name), pair[1].clone()));
            }
        }
    }
    if class == ClassId::Array {
        if let [(_, data)] = fields.as_slice() {
            if let Some(elements) = array_elements(data) {
                return Some(Value::array(elements));
            }
        }
    }
    Some(context.classes.instance(class, fields))
}

/// The elements of an `array` with the default default.
fn array_elements(data: &Value) -> Option<Vec<Value>> {
    let [_, Value::Integer(size), Value::Integer(capacity), default, tree] = data.as_tuple()? else { return None };
    let (size, capacity) = (usize::try_from(*size).ok()?, usize::try_from(*capacity).ok()?);
    let mut elements = Vec::new();
    let mut work = vec![(tree, capacity)];
    while let Some((tree, capacity)) = work.pop() {
        if elements.len() >= size {
            break;
        }
        match tree.as_tuple() {
            Some(parts) if capacity <= LEAF => elements.extend(parts.iter().cloned()),
            Some(parts) => work.extend(parts.iter().take(LEAF).rev().map(|part| (part, capacity / LEAF))),
            // Nothing was ever put there.
            None => elements.extend((0..capacity.min(size - elements.len())).map(|_| default.clone())),
        }
    }
    elements.truncate(size);
    (elements.len() == size).then_some(elements)
}
