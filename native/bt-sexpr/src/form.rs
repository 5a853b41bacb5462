//! What the reader makes of a text: atoms, and rows of forms in parentheses or brackets.

use bt_base::Span;
use num_bigint::BigInt;

#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    pub kind: Kind,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Integer(BigInt),
    Float(f64),
    Text(String),
    /// `:inc`
    Symbol(String),
    Name(String),
    /// `(…)`
    List(Vec<Form>),
    /// `[…]`
    Vector(Vec<Form>),
}

impl Form {
    pub fn new(kind: Kind, span: Span) -> Form {
        Form { kind, span }
    }

    pub fn as_name(&self) -> Option<&str> {
        match &self.kind {
            Kind::Name(name) => Some(name),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Form]> {
        match &self.kind {
            Kind::List(forms) => Some(forms),
            _ => None,
        }
    }

    pub fn as_vector(&self) -> Option<&[Form]> {
        match &self.kind {
            Kind::Vector(forms) => Some(forms),
            _ => None,
        }
    }

    /// The name that a list begins with.
    pub fn head(&self) -> Option<&str> {
        self.as_list()?.first()?.as_name()
    }
}
