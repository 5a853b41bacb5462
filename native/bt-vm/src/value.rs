//! Values.

use std::fmt;

use num_bigint::BigInt;

use crate::classes::{ClassId, ShapeId};
use crate::code::Closure;
use crate::foreign::Foreign;
use crate::heap::{Ref, Tag};
use crate::map::Map;
use crate::symbols::Symbol;

/// Any value. Sixteen bytes; integers, floats, booleans, nil, symbols, classes and the empty list are in the word.
#[derive(Default)]
#[repr(u64)]
pub enum Value {
    #[default]
    Nil,
    False,
    True,
    Integer(i64),
    Float(f64),
    Symbol(Symbol),
    /// A class as an object.
    Class(ClassId),
    /// The class of a class.
    Metaclass(ClassId),
    EmptyList,
    Heap(Ref),
}

/// A list with elements.
pub struct Cons {
    pub head: Value,
    pub tail: Value,
}

/// An object with named fields: of a class written in the language, an array, a set, an exception …
pub struct Instance {
    pub class: ClassId,
    pub shape: ShapeId,
    /// Values of the fields in the order of the shape.
    pub fields: Box<[Value]>,
}

/// Elements by index.
#[derive(Clone, Debug)]
pub struct Array(pub Vec<Value>);

impl Value {
    /// The number of its kind: that of its variant.
    #[inline(always)]
    pub(crate) fn kind(&self) -> u8 {
        match self {
            Value::Nil => 0,
            Value::False => 1,
            Value::True => 2,
            Value::Integer(_) => 3,
            Value::Float(_) => 4,
            Value::Symbol(_) => 5,
            Value::Class(_) => 6,
            Value::Metaclass(_) => 7,
            Value::EmptyList => 8,
            Value::Heap(_) => 9,
        }
    }

    pub fn boolean(value: bool) -> Value {
        if value {
            Value::True
        } else {
            Value::False
        }
    }

    pub fn text(bytes: impl Into<Vec<u8>>) -> Value {
        Value::Heap(Ref::new::<Vec<u8>>(bytes.into()))
    }

    /// The number, inline where it fits.
    pub fn integer(value: BigInt) -> Value {
        match i64::try_from(&value) {
            Ok(small) => Value::Integer(small),
            Err(_) => Value::Heap(Ref::new(value)),
        }
    }

    pub fn cons(head: Value, tail: Value) -> Value {
        Value::Heap(Ref::new(Cons { head, tail }))
    }

    pub fn list(elements: impl DoubleEndedIterator<Item = Value>) -> Value {
        elements.rev().fold(Value::EmptyList, |tail, head| Value::cons(head, tail))
    }

    pub fn tuple(parts: impl Into<Box<[Value]>>) -> Value {
        Value::Heap(Ref::new::<Box<[Value]>>(parts.into()))
    }

    pub fn instance(class: ClassId, shape: ShapeId, fields: impl Into<Box<[Value]>>) -> Value {
        Value::Heap(Ref::new(Instance { class, shape, fields: fields.into() }))
    }

    pub fn map(map: Map) -> Value {
        Value::Heap(Ref::new(map))
    }

    pub fn array(elements: Vec<Value>) -> Value {
        Value::Heap(Ref::new(Array(elements)))
    }

    pub fn foreign(foreign: Foreign) -> Value {
        Value::Heap(Ref::new(foreign))
    }

    /// Cells of a message that is over.
    pub(crate) fn closed_cells() -> Value {
        Value::Heap(Ref::new::<crate::heap::Cells>(crate::heap::Cells::default()))
    }

    pub(crate) fn block(closure: Closure) -> Value {
        Value::Heap(Ref::new(closure))
    }

    pub fn as_cons(&self) -> Option<&Cons> {
        self.body()
    }

    pub fn as_text(&self) -> Option<&[u8]> {
        self.body::<Vec<u8>>().map(Vec::as_slice)
    }

    pub fn as_big(&self) -> Option<&BigInt> {
        self.body()
    }

    pub fn as_tuple(&self) -> Option<&[Value]> {
        self.body::<Box<[Value]>>().map(|parts| &**parts)
    }

    pub fn as_instance(&self) -> Option<&Instance> {
        self.body()
    }

    pub fn as_map(&self) -> Option<&Map> {
        self.body()
    }

    pub fn as_array(&self) -> Option<&[Value]> {
        self.body::<Array>().map(|array| array.0.as_slice())
    }

    pub fn as_foreign(&self) -> Option<&Foreign> {
        self.body()
    }

    /// Is it a list, empty or not? What stands at its end is not looked at.
    pub fn is_list(&self) -> bool {
        matches!(self, Value::EmptyList) || self.as_cons().is_some()
    }

    /// The elements of a proper list.
    pub fn proper_list(&self) -> Option<Vec<Value>> {
        let mut all = Vec::new();
        let mut rest = self;
        loop {
            match rest {
                Value::EmptyList => return Some(all),
                other => {
                    let cons = other.as_cons()?;
                    all.push(cons.head.clone());
                    rest = &cons.tail;
                }
            }
        }
    }

    pub(crate) fn as_block(&self) -> Option<&Closure> {
        self.body()
    }

    pub(crate) fn body<T: crate::heap::Body>(&self) -> Option<&T> {
        match self {
            Value::Heap(reference) => reference.get(),
            _ => None,
        }
    }

    pub fn is_number(&self) -> bool {
        match self {
            Value::Integer(_) | Value::Float(_) => true,
            Value::Heap(reference) => reference.is(Tag::Big),
            _ => false,
        }
    }

    /// The elements of a list; ends where the tail is no list.
    pub fn elements(&self) -> impl Iterator<Item = &Value> {
        let mut rest = self;
        std::iter::from_fn(move || {
            let cons = rest.as_cons()?;
            rest = &cons.tail;
            Some(&cons.head)
        })
    }
}

/// For tests and messages of the machine itself; display for people is the library's.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => f.write_str("nil"),
            Value::False => f.write_str("false"),
            Value::True => f.write_str("true"),
            Value::Integer(value) => write!(f, "{value}"),
            Value::Float(value) => write!(f, "{value:?}"),
            Value::Symbol(symbol) => write!(f, "#{symbol:?}"),
            Value::Class(class) => write!(f, "class {class:?}"),
            Value::EmptyList => f.write_str("#()"),
            Value::Metaclass(class) => write!(f, "metaclass {class:?}"),
            Value::Heap(reference) => match reference.tag() {
                Tag::Cons => {
                    f.write_str("#(")?;
                    for (index, element) in self.elements().enumerate() {
                        write!(f, "{}{element:?}", if index > 0 { ", " } else { "" })?;
                    }
                    f.write_str(")")
                }
                Tag::Text => write!(f, "{:?}", String::from_utf8_lossy(self.as_text().unwrap_or_default())),
                Tag::Big => write!(f, "{}", self.as_big().cloned().unwrap_or_default()),
                Tag::Tuple => f.debug_set().entries(self.as_tuple().unwrap_or_default()).finish(),
                Tag::Instance => match self.as_instance() {
                    Some(instance) => write!(f, "an instance of {:?} {:?}", instance.class, instance.fields),
                    None => Ok(()),
                },
                Tag::Block => f.write_str("a block"),
                Tag::Map => f.debug_map().entries(self.as_map().into_iter().flat_map(Map::iter)).finish(),
                Tag::Array => write!(f, "Array{:?}", self.as_array().unwrap_or_default()),
                Tag::Foreign => match self.as_foreign() {
                    Some(foreign) => write!(f, "<{:?}>", foreign.kind),
                    None => Ok(()),
                },
                Tag::Cells | Tag::Unwinding | Tag::Node | Tag::Sorter => f.write_str("<internal>"),
            },
        }
    }
}
