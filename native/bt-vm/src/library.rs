//! Classes as they come from outside: compiled, and shared by all machines.

use std::collections::HashMap;
use std::sync::Arc;

use bt_bytecode::Chunk;

/// What a method is.
#[derive(Clone, Debug)]
pub enum Implementation {
    Code(Arc<Chunk>),
    /// Only the host can run it: the message becomes a request.
    Host,
}

/// A class, compiled. Immutable, shared by the machines that link it.
#[derive(Clone, Debug, Default)]
pub struct ClassCode {
    pub name: String,
    pub superclass: Option<String>,
    /// Name of the class's module at the host.
    pub module: String,
    /// Instances are processes of the host.
    pub is_actor: bool,
    /// All fields, inherited ones first.
    pub fields: Vec<String>,
    pub methods: HashMap<String, Implementation>,
    pub class_methods: HashMap<String, Implementation>,
    pub description: Description,
}

/// What a class says about itself.
#[derive(Clone, Debug, Default)]
pub struct Description {
    pub is_abstract: bool,
    /// Part of the standard library.
    pub is_library: bool,
    /// A class of the node, which may give it other documentation at any time.
    pub is_shared: bool,
    /// Fields declared in the class itself, in source order.
    pub own_fields: Vec<String>,
    /// Methods of both sides, in source order.
    pub methods: Vec<MethodDescription>,
    pub doc: Option<String>,
    /// Where the source stands, for traces.
    pub file: Option<String>,
    /// Offsets at which the lines of the source begin.
    pub lines: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
pub struct MethodDescription {
    pub selector: String,
    pub class_side: bool,
    /// The text as written, without doc comment.
    pub source: String,
    pub doc: Option<String>,
}

/// Where a machine looks for classes that it does not have yet.
pub trait Library: Send + Sync {
    /// The class of that name; `None` where only the host can know.
    fn class(&self, name: &str) -> Option<Arc<ClassCode>>;
}

/// A library without classes.
#[derive(Debug, Default)]
pub struct Empty;

impl Library for Empty {
    fn class(&self, _name: &str) -> Option<Arc<ClassCode>> {
        None
    }
}
