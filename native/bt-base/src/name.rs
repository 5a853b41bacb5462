//! Names and selectors, and the rule that turns class names into module names.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// An identifier: cheap to clone, compared by text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    pub fn new(text: &str) -> Name {
        Name(Arc::from(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Name {
        Name::new(text)
    }
}

impl From<String> for Name {
    fn from(text: String) -> Name {
        Name(Arc::from(text))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A message name: `size`, `+`, `at:put:`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector(Name);

impl Selector {
    pub fn new(text: &str) -> Selector {
        Selector(Name::new(text))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub fn name(&self) -> &Name {
        &self.0
    }

    /// Number of arguments the spelling asks for: colons of a keyword selector, 1 for operators, else 0. The hidden names, which begin with `$`, are like
    /// those that begin with a letter.
    pub fn arity(&self) -> usize {
        let text = self.as_str();
        let colons = text.bytes().filter(|&b| b == b':').count();
        match text.bytes().next() {
            Some(b) if b.is_ascii_alphabetic() || b == b'_' || b == b'$' => colons,
            Some(_) => 1,
            None => 0,
        }
    }
}

impl Deref for Selector {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Lower-cases upper-case letters and puts `_` before one only if a lower-case letter stands before it.
/// The Erlang side has the same rule (`beamtalk_selector:snake/1`); both are tested with one table of vectors.
pub fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut previous_lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            if previous_lower {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
        previous_lower = c.is_ascii_lowercase();
    }
    out
}

/// Module of a class: `bt@stdlib@…` in library mode, else `bt@…`.
pub fn module_name(class: &str, stdlib: bool) -> String {
    if stdlib {
        format!("bt@stdlib@{}", snake_case(class))
    } else {
        format!("bt@{}", snake_case(class))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snake_case_vectors() {
        for (class, snake) in [
            ("TestCase", "test_case"),
            ("DateTime", "date_time"),
            ("JSON", "json"),
            ("BEAMError", "beamerror"),
            ("My2Way", "my2way"),
            ("HTTPRouter", "httprouter"),
            ("HTTPServer2Go", "httpserver2go"),
            ("SchemeSymbol", "scheme_symbol"),
            ("already_snake", "already_snake"),
        ] {
            assert_eq!(snake_case(class), snake);
        }
    }

    #[test]
    fn arity_follows_the_spelling() {
        assert_eq!(Selector::new("size").arity(), 0);
        assert_eq!(Selector::new("+").arity(), 1);
        assert_eq!(Selector::new("=:=").arity(), 1);
        assert_eq!(Selector::new("at:put:").arity(), 2);
    }
}
