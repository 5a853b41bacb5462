//! Chunks linked to a session: constants as values, names as numbers, and what call sites remember.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use bt_bytecode::{Chunk, Constant, Flaw, Op, Role, Site};

use crate::classes::ClassId;
use crate::heap::Ref;
use crate::natives::{self, Native};
use crate::symbols::{Symbol, Symbols};
use crate::value::Value;

/// The verifier does not accept the chunk.
#[derive(Debug)]
pub struct Unverified(pub Vec<Flaw>);

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.first() {
            Some(flaw) => flaw.fmt(f),
            None => f.write_str("not verified"),
        }
    }
}

/// What a site remembers: the class and version it was resolved for, and the code found then.
#[derive(Debug)]
pub(crate) struct Memory {
    pub selector: Symbol,
    pub arity: u32,
    /// Class and method version as one number; no real key is zero.
    pub key: Cell<u64>,
    /// Valid while the key is: the class table keeps the code of its versions.
    pub target: Cell<*const Code>,
    /// Index of a field in the shape that `key` names.
    pub index: Cell<u32>,
    /// Of a call: the primitive, where the machine has it, and the module.
    pub native: Option<Native>,
    pub module: Symbol,
}

/// Where an input comes from.
#[derive(Debug)]
pub struct Lines {
    /// What traces call its file.
    pub file: String,
    /// Offsets at which its lines begin.
    pub begins: Vec<u32>,
}

/// Verified code of one session.
#[derive(Debug)]
pub struct Code {
    pub(crate) chunk: Arc<Chunk>,
    pub(crate) constants: Box<[Value]>,
    pub(crate) sites: Box<[Memory]>,
    pub(crate) blocks: Box<[Rc<Code>]>,
    /// Those of them that need nothing of the activation around them, made once.
    pub(crate) plain_blocks: Box<[Option<Value>]>,
    /// The class that contains the code, for `super`.
    pub(crate) class: Option<ClassId>,
    pub(crate) parameters: u32,
    pub(crate) registers: u32,
    /// What traces call it: the function that the host has for it.
    pub(crate) function: Symbol,
    /// Where an input comes from; for classes their descriptions say it.
    pub(crate) lines: Option<Arc<Lines>>,
    /// Its words, with pairs of instructions.
    pub(crate) words: Box<[u32]>,
    /// Of a method that is nothing but a primitive which the machine has, given the method's own operands: messages call it without an activation.
    pub(crate) native: Option<Native>,
    /// The same where it is one that the loop does itself.
    pub(crate) quick: Quick,
    /// How often it has begun to run: what a faster tier is chosen by.
    pub(crate) calls: Cell<u64>,
}

impl Code {
    /// Links a chunk that the verifier accepts.
    pub fn link(chunk: Arc<Chunk>, class: Option<ClassId>, symbols: &mut Symbols) -> Result<Rc<Code>, Unverified> {
        let flaws = bt_bytecode::verify(&chunk);
        match flaws.is_empty() {
            true => Ok(link(chunk, class, symbols)),
            false => Err(Unverified(flaws)),
        }
    }

    /// Links an input.
    pub fn link_input(chunk: Arc<Chunk>, lines: Arc<Lines>, symbols: &mut Symbols) -> Result<Rc<Code>, Unverified> {
        let flaws = bt_bytecode::verify(&chunk);
        match flaws.is_empty() {
            true => Ok(link_in(chunk, &Around { class: None, lines: Some(lines), outer: None }, symbols)),
            false => Err(Unverified(flaws)),
        }
    }

    /// Is it a function of the runtime for whoever reads traces? It has no place in a source, it is a hidden method, or it is nothing but the call of a primitive.
    pub(crate) fn is_of_runtime(&self) -> bool {
        let is_call = self.chunk.code.len() == 2 && self.chunk.code[0] as u8 == Op::Primitive as u8;
        let is_hidden = matches!(&self.chunk.role, Role::Method { selector, .. } if selector.starts_with('$'));
        is_call || is_hidden || (self.chunk.source_map.is_empty() && self.chunk.span == bt_base::Span::default())
    }

    pub fn chunk(&self) -> &Chunk {
        &self.chunk
    }
}

/// What code is part of.
struct Around {
    class: Option<ClassId>,
    lines: Option<Arc<Lines>>,
    /// Of a block: the function around it, with its arity.
    outer: Option<String>,
}

pub(crate) fn link(chunk: Arc<Chunk>, class: Option<ClassId>, symbols: &mut Symbols) -> Rc<Code> {
    #[cfg(feature = "faults")]
    let chunk = crate::faults::changed(chunk);
    link_in(chunk, &Around { class, lines: None, outer: None }, symbols)
}

fn link_in(chunk: Arc<Chunk>, around: &Around, symbols: &mut Symbols) -> Rc<Code> {
    let function = function(&chunk, around);
    let outer = around.outer.clone().unwrap_or_else(|| format!("{function}/{}", arity(&chunk)));
    let inside = Around { class: around.class, lines: around.lines.clone(), outer: Some(outer) };
    let constants = chunk.constants.iter().map(|constant| value(constant, symbols)).collect();
    let sites: Box<[Memory]> = chunk.sites.iter().map(|site| memory(site, symbols)).collect();
    let blocks: Box<[_]> = chunk.blocks.iter().map(|block| link_in(block.clone(), &inside, symbols)).collect();
    let plain_blocks = blocks.iter().map(plain).collect();
    let (parameters, registers) = (chunk.parameters.into(), chunk.registers.into());
    let (class, function, lines) = (around.class, symbols.intern(&function), around.lines.clone());
    let native = native(&chunk, &sites);
    Rc::new(Code {
        words: crate::pairs::paired(&chunk.code),
        native,
        quick: quick(native, &sites, symbols),
        chunk,
        constants,
        sites,
        blocks,
        plain_blocks,
        class,
        parameters,
        registers,
        function,
        lines,
        calls: Cell::new(0),
    })
}

/// The block itself, where it has nothing of what is around it: no values, no receiver, no method to return from.
fn plain(code: &Rc<Code>) -> Option<Value> {
    let needs_nothing = code.chunk.captures.is_empty()
        && code.plain_blocks.iter().all(Option::is_some)
        && bt_bytecode::Instructions::new(&code.chunk.code)
            .flatten()
            .all(|decoded| !matches!(decoded.op, Op::LoadSelf | Op::ReturnHome));
    needs_nothing.then(|| Value::block(Closure { code: code.clone(), receiver: Value::Nil, captured: Box::new([]), home: 0 }))
}

/// Primitives that are so short that a call of them takes longer. The loop does them for operands of the right kind, and leaves all others to the primitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quick {
    None,
    ArrayAt,
    ArrayAtPut,
}

fn quick(native: Option<Native>, sites: &[Memory], symbols: &Symbols) -> Quick {
    let Some(site) = sites.first().filter(|_| native.is_some()) else { return Quick::None };
    match (symbols.name(site.module), symbols.name(site.selector)) {
        ("beamtalk_array_ops", "at") => Quick::ArrayAt,
        ("beamtalk_array_ops", "at_put") => Quick::ArrayAtPut,
        _ => Quick::None,
    }
}

/// The primitive that is all of the method.
fn native(chunk: &Chunk, sites: &[Memory]) -> Option<Native> {
    let mut instructions = bt_bytecode::Instructions::new(&chunk.code).flatten();
    let (call, then) = (instructions.next()?, instructions.next()?);
    let is_all = call.op == Op::Primitive && call.operands[0] == 0 && then.op == Op::Return && then.operands[0] == 0;
    let site = sites.get(call.operands[1] as usize)?;
    site.native.filter(|_| is_all && site.arity == u32::from(chunk.parameters))
}

/// Name of the host's function for the code.
fn function(chunk: &Chunk, around: &Around) -> String {
    match (&chunk.role, &around.outer) {
        (Role::Method { selector, class_side: true, .. }, _) => selector.to_string(),
        (Role::Method { selector, .. }, _) => crate::trace::function_name(selector),
        (Role::Default { .. }, _) => "$fields".into(),
        (Role::Block, Some(outer)) => format!("-{outer}-anonymous-0-"),
        (Role::Block, None) => "value".into(),
        (Role::Input, _) => "eval".into(),
    }
}

/// Arity of that function: class methods have a parameter more, an input takes its variables as one.
pub(crate) fn arity(chunk: &Chunk) -> usize {
    match chunk.role {
        Role::Method { class_side, .. } => usize::from(chunk.parameters) + usize::from(class_side),
        Role::Input => 1,
        Role::Default { .. } | Role::Block => usize::from(chunk.parameters),
    }
}

fn value(constant: &Constant, symbols: &mut Symbols) -> Value {
    match constant {
        Constant::Integer(value) => Value::Integer(*value),
        Constant::Big(value) => Value::integer(value.clone()),
        Constant::Float(bits) => Value::Float(f64::from_bits(*bits)),
        Constant::String(text) => Value::Heap(Ref::new::<Vec<u8>>(text.as_bytes().to_vec())),
        Constant::Symbol(name) => match name.as_str() {
            "nil" => Value::Nil,
            "true" => Value::True,
            "false" => Value::False,
            name => Value::Symbol(symbols.intern(name)),
        },
    }
}

fn memory(site: &Site, symbols: &mut Symbols) -> Memory {
    let (selector, arity) = match site {
        Site::Message { selector, .. } => (symbols.intern(selector.as_str()), selector.arity() as u32),
        Site::Call { function, arity, .. } => (symbols.intern(function), u32::from(*arity)),
        Site::Field(name) => (symbols.intern(name), 0),
    };
    let (native, module) = match site {
        Site::Call { module, function, arity } => (natives::find(module, function, *arity), symbols.intern(module)),
        Site::Message { .. } | Site::Field(_) => (None, selector),
    };
    Memory { selector, arity, key: Cell::new(0), target: Cell::new(std::ptr::null()), index: Cell::new(0), native, module }
}

/// A block.
#[derive(Debug)]
pub struct Closure {
    pub(crate) code: Rc<Code>,
    /// The receiver of the method around it.
    pub(crate) receiver: Value,
    pub(crate) captured: Box<[Value]>,
    /// The activation that `^` ends.
    pub(crate) home: u64,
}
