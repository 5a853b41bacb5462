//! Text of an atom: one of the generator's own names, or one of the source.

use std::ops::Deref;

use bt_base::{Name, Selector};

/// Most atoms of a module name functions of the runtime and need no copy.
#[derive(Clone, Debug, Eq)]
pub enum Atom {
    Fixed(&'static str),
    Made(Name),
}

impl Deref for Atom {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Atom::Fixed(text) => text,
            Atom::Made(text) => text,
        }
    }
}

impl PartialEq for Atom {
    fn eq(&self, other: &Atom) -> bool {
        **self == **other
    }
}

impl From<&'static str> for Atom {
    fn from(text: &'static str) -> Atom {
        Atom::Fixed(text)
    }
}

impl From<String> for Atom {
    fn from(text: String) -> Atom {
        Atom::Made(Name::from(text))
    }
}

impl From<&String> for Atom {
    fn from(text: &String) -> Atom {
        Atom::Made(Name::new(text))
    }
}

impl From<&Name> for Atom {
    fn from(name: &Name) -> Atom {
        Atom::Made(name.clone())
    }
}

impl From<&Selector> for Atom {
    fn from(selector: &Selector) -> Atom {
        Atom::Made(selector.name().clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn atoms_are_equal_by_text() {
        assert_eq!(Atom::Fixed("send"), Atom::from(&String::from("send")));
        assert_ne!(Atom::Fixed("send"), Atom::Fixed("sends"));
    }
}
