//! Terms of the host that the machine hands on without looking into them.
//!
//! Such a value holds the term's external form. So it needs no table at the host, goes when nothing refers to it, and is the same over every transport;
//! on the node it came from it becomes the term it was.

use crate::symbols::Symbol;

/// What it is, as far as messages to it depend on that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Reference,
    /// A fun of the host with so many parameters.
    Fun(u8),
    Port,
    Pid,
    /// An actor of this class.
    Actor(Symbol),
    Future,
    /// A number of bits that are no bytes.
    Bits,
}

impl Kind {
    /// What it is called where its own text is not known.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Reference => "Ref",
            Kind::Fun(_) => "Fun",
            Kind::Port => "Port",
            Kind::Pid => "Pid",
            Kind::Actor(_) => "Actor",
            Kind::Future => "Future",
            Kind::Bits => "Bits",
        }
    }
}

#[derive(Debug)]
pub struct Foreign {
    pub kind: Kind,
    pub bytes: Box<[u8]>,
}

impl Foreign {
    /// Place in the order of terms, as numbers between those of `order`.
    pub(crate) fn rank(&self) -> u8 {
        match self.kind {
            Kind::Reference => 2,
            Kind::Fun(_) => 3,
            Kind::Port => 4,
            Kind::Pid => 5,
            Kind::Actor(_) | Kind::Future => 6,
            Kind::Bits => 10,
        }
    }
}
