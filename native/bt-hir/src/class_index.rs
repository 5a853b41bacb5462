//! What is known about classes beyond the text being compiled: the library, other files, the running node.

use std::sync::Arc;

use bt_base::hash::Map;
use bt_base::{Name, Selector, Span};

/// Which side of a class a method belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Instance,
    Class,
}

/// How instances exist at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    /// Immutable value; methods are functions of `self`.
    Value,
    /// Process; methods run in it.
    Actor,
    /// `Object` and its ancestors: a method of theirs may find either kind in `self`.
    Either,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    pub is_abstract: bool,
    pub is_sealed: bool,
    pub is_typed: bool,
}

#[derive(Clone, Debug, Default)]
pub struct FieldInfo {
    pub name: String,
    pub type_name: Option<String>,
    pub default: Option<String>,
}

#[derive(Clone, Debug)]
pub struct MethodInfo {
    pub selector: Selector,
    pub side: Side,
    /// `deposit: amount: Integer -> Integer`
    pub signature: String,
    /// Declared types of the parameters, where there are any (a union is kept as written).
    pub param_types: Vec<Option<String>>,
    pub return_type: Option<String>,
    pub is_sealed: bool,
    pub doc: Option<String>,
    /// The text that reflection shows, and where it stands.
    pub source: Option<String>,
    pub span: Span,
}

/// Everything one class tells the others.
#[derive(Clone, Debug)]
pub struct ClassInfo {
    pub name: Name,
    /// `None` for a root class.
    pub superclass: Option<Name>,
    /// Erlang module, where it is known.
    pub module: Option<String>,
    pub modifiers: Modifiers,
    pub fields: Vec<FieldInfo>,
    pub class_vars: Vec<FieldInfo>,
    pub methods: Vec<MethodInfo>,
    pub doc: Option<String>,
    /// False when only name and superclass are known: then "no such method" proves nothing.
    pub complete: bool,
    /// Part of the standard library: its name is protected.
    pub is_library: bool,
}

impl ClassInfo {
    pub fn method(&self, side: Side, selector: &str) -> Option<&MethodInfo> {
        self.methods.iter().find(|m| m.side == side && m.selector.as_str() == selector)
    }
}

/// Name → class, with the questions the analysis asks.
#[derive(Clone, Debug, Default)]
pub struct ClassIndex {
    /// Shared: an index is copied for each compilation.
    classes: Map<Name, Arc<ClassInfo>>,
    /// Classes that are always known; those of `classes` hide them.
    base: Option<&'static ClassIndex>,
}

/// A corrupted hierarchy must not make the compiler loop.
const MAX_DEPTH: usize = 64;

impl ClassIndex {
    pub fn new() -> ClassIndex {
        ClassIndex::default()
    }

    /// An index on top of one that never changes (the library).
    pub fn over(base: &'static ClassIndex) -> ClassIndex {
        ClassIndex { classes: Map::default(), base: Some(base) }
    }

    pub fn insert(&mut self, info: impl Into<Arc<ClassInfo>>) {
        let info = info.into();
        self.classes.insert(info.name.clone(), info);
    }

    pub fn get(&self, name: &str) -> Option<&ClassInfo> {
        self.classes.get(name).map(Arc::as_ref).or_else(|| self.base.and_then(|b| b.get(name)))
    }

    /// All known classes, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &ClassInfo> {
        let base = self.base.into_iter().flat_map(|b| b.classes.values());
        self.classes.values().chain(base.filter(|c| !self.classes.contains_key(&c.name))).map(Arc::as_ref)
    }

    /// The class and its known ancestors, nearest first. Stops where an ancestor is unknown.
    pub fn chain<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a ClassInfo> + 'a {
        let mut next = self.get(name);
        let mut depth = 0;
        std::iter::from_fn(move || {
            let current = next?;
            depth += 1;
            next = if depth > MAX_DEPTH { None } else { current.superclass.as_ref().and_then(|s| self.get(s.as_str())) };
            Some(current)
        })
    }

    /// Is the whole chain up to a root class known, with all methods?
    pub fn fully_known(&self, name: &str) -> bool {
        let mut last = None;
        for class in self.chain(name) {
            if !class.complete {
                return false;
            }
            last = Some(class);
        }
        last.is_some_and(|c| c.superclass.is_none())
    }

    pub fn inherits_from(&self, name: &str, ancestor: &str) -> bool {
        self.chain(name).any(|c| c.name.as_str() == ancestor)
    }

    pub fn find_method(&self, class: &str, side: Side, selector: &str) -> Option<(&ClassInfo, &MethodInfo)> {
        self.chain(class).find_map(|c| c.method(side, selector).map(|m| (c, m)))
    }

    /// Kind of a class whose superclass is `superclass`. `None` as superclass: a root class.
    /// An unknown superclass is taken for an actor class, so that a file compiled alone works (`compiler-api.md` §2.4).
    pub fn kind_of(&self, name: &str, superclass: Option<&str>) -> ClassKind {
        if matches!(name, "Object" | "ProtoObject") {
            return ClassKind::Either;
        }
        let mut current = superclass;
        for _ in 0..MAX_DEPTH {
            match current {
                None => return ClassKind::Value,
                Some("Actor") => return ClassKind::Actor,
                Some("Object" | "ProtoObject") => return ClassKind::Value,
                Some(other) => match self.get(other) {
                    Some(info) => current = info.superclass.as_deref(),
                    None => return ClassKind::Actor,
                },
            }
        }
        ClassKind::Actor
    }
}
