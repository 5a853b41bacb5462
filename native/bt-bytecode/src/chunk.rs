//! What the compiler makes of a method, a block or an input.

use std::sync::Arc;

use bt_base::{Name, Selector, Span};
use num_bigint::BigInt;

/// Content hash of a chunk: SHA-256 of its serialised form. It is the key of the cache of compiled code.
pub type Hash = [u8; 32];

/// A value known when the code is compiled. Two constants are the same when their text is: `1` and `1.0` are two, `0.0` and `-0.0` as well.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    Integer(i64),
    Big(BigInt),
    /// The bits of a finite float.
    Float(u64),
    String(Name),
    Symbol(Name),
}

/// A place that sends, calls or looks up a field, with room for what it remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    Message {
        selector: Selector,
        /// The class that contains the code, for `super`, and whether its class side does.
        class: Option<(Name, bool)>,
    },
    Call {
        module: Name,
        function: Name,
        arity: u16,
    },
    Field(Name),
}

/// Where a block takes a captured value from when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// A register of the activation that makes it.
    Register(u16),
    /// A captured value of the block that makes it.
    Captured(u16),
}

/// What the code is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// R[0] is the receiver, the parameters follow.
    Method { class: Name, selector: Selector, class_side: bool },
    /// A default value of a field or class variable.
    Default { class: Name, field: Name },
    /// The parameters begin at R[0].
    Block,
    /// An input of the workspace; its variables begin at R[0].
    Input,
}

/// Code with all it needs besides values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub role: Role,
    pub code: Vec<u32>,
    pub constants: Vec<Constant>,
    pub sites: Vec<Site>,
    /// Instructions that test a condition, in order, with the constant that names the condition's message: what a receiver that is no boolean does
    /// not understand.
    pub conditions: Vec<(u32, u32)>,
    /// Blocks made by this code; shared with the sessions that link it.
    pub blocks: Vec<Arc<Chunk>>,
    /// Registers that hold operands at the beginning: the receiver of a method counts.
    pub parameters: u16,
    pub registers: u16,
    /// What a block captures; empty otherwise.
    pub captures: Vec<Capture>,
    /// First instruction of a run of instructions with the same place in the source, in order.
    pub source_map: Vec<(u32, Span)>,
    /// Where the whole stands.
    pub span: Span,
}

impl Chunk {
    /// The place of the instruction at `at`.
    pub fn span_at(&self, at: usize) -> Span {
        let after = self.source_map.partition_point(|(start, _)| *start as usize <= at);
        after.checked_sub(1).map_or(self.span, |index| self.source_map[index].1)
    }

    /// The message of the condition that the instruction at `at` tests.
    pub fn condition_at(&self, at: usize) -> Option<&Constant> {
        let index = self.conditions.binary_search_by_key(&at, |(place, _)| *place as usize).ok()?;
        self.constants.get(self.conditions[index].1 as usize)
    }

    /// `Counter>>add:`, `Counter class>>new`, `block`, `input`.
    pub fn name(&self) -> String {
        match &self.role {
            Role::Method { class, selector, class_side } => {
                format!("{class}{}>>{selector}", if *class_side { " class" } else { "" })
            }
            Role::Default { class, field } => format!("{class} default of {field}"),
            Role::Block => "block".into(),
            Role::Input => "input".into(),
        }
    }

    pub fn hash(&self) -> Hash {
        use sha2::Digest;
        sha2::Sha256::digest(crate::serial::write(self)).into()
    }
}
