//! Terms of the host that the machine hands on without looking into them.
//!
//! Such a value holds the term's external form, so it goes when nothing refers to it, and is the same over every transport; on the node it came from it becomes
//! the term it was. What a reference or a fun keeps alive there the host must keep as long as the machine has such values: it is told whether it has.

use std::cell::Cell;

use crate::symbols::Symbol;

thread_local! {
    /// Terms that may hold something of the host alive, of the machine that runs on this thread.
    static HOLDING: Cell<isize> = const { Cell::new(0) };
}

/// How many such terms the machine has that runs on this thread.
pub(crate) fn holding() -> isize {
    HOLDING.with(Cell::get)
}

/// Counts from here on for another machine; answers what was counted until now.
pub(crate) fn swap_holding(count: isize) -> isize {
    HOLDING.with(|holding| holding.replace(count))
}

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
#[non_exhaustive]
pub struct Foreign {
    pub kind: Kind,
    pub bytes: Box<[u8]>,
}

impl Drop for Foreign {
    fn drop(&mut self) {
        if self.may_hold() {
            HOLDING.with(|holding| holding.set(holding.get() - 1));
        }
    }
}

impl Foreign {
    pub fn new(kind: Kind, bytes: impl Into<Box<[u8]>>) -> Foreign {
        let foreign = Foreign { kind, bytes: bytes.into() };
        if foreign.may_hold() {
            HOLDING.with(|holding| holding.set(holding.get() + 1));
        }
        foreign
    }

    /// A reference may be the last one to something of the host, and a fun may have such references: their external form does not keep it.
    fn may_hold(&self) -> bool {
        matches!(self.kind, Kind::Reference | Kind::Fun(_))
    }

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
