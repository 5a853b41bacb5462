//! Classes and selectors as small numbers, and method look-up that costs one hash.
//!
//! Built while a text is checked: a class gets its row, and a row its method table, at first use. Nothing here reports anything.

use bt_hir::{ClassIndex, ClassInfo, MethodInfo, Side};

use super::Type;
use bt_base::hash::Map;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClassId(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SelectorId(u32);

/// A method, and what sending it is known to answer.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub method: &'a MethodInfo,
    pub answers: Type,
}

struct Row<'a> {
    info: &'a ClassInfo,
    parent: Option<ClassId>,
    /// Made when the class has been asked often: a short text asks a few times, and reading through the methods is quicker then.
    methods: Option<Map<(Side, &'a str), &'a MethodInfo>>,
    asked: u32,
}

/// Look-ups in one class from which on a table pays.
const TABLE_PAYS: u32 = 8;

/// Classes of the index that the text has mentioned so far.
pub(crate) struct ClassTable<'a> {
    index: &'a ClassIndex,
    ids: Map<&'a str, Option<ClassId>>,
    rows: Vec<Row<'a>>,
    found: Map<(ClassId, Side, SelectorId), Option<Found<'a>>>,
}

/// A corrupted hierarchy must not make the compiler loop.
const MAX_DEPTH: usize = 64;

impl<'a> ClassTable<'a> {
    pub fn new(index: &'a ClassIndex) -> ClassTable<'a> {
        ClassTable { index, ids: Map::default(), rows: Vec::new(), found: Map::default() }
    }

    /// The class of that name, if it is known at all.
    pub fn class(&mut self, name: &'a str) -> Option<ClassId> {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let mut next = Some(name);
        let mut below: Option<ClassId> = None;
        while let Some(name) = next.take() {
            let (id, is_new) = match self.ids.get(name) {
                Some(&id) => (id, false),
                None => {
                    let id = self.index.get(name).map(|info| {
                        self.rows.push(Row { info, parent: None, methods: None, asked: 0 });
                        ClassId(self.rows.len() as u32 - 1)
                    });
                    self.ids.insert(name, id);
                    (id, true)
                }
            };
            if let Some(below) = below {
                self.rows[below.0 as usize].parent = id;
            }
            below = id;
            if let (Some(id), true) = (id, is_new) {
                next = self.rows[id.0 as usize].info.superclass.as_deref();
            }
        }
        self.ids.get(name).copied().flatten()
    }

    /// The type that an annotation promises. Unions and unknown classes promise nothing.
    pub fn annotated(&mut self, text: Option<&'a str>) -> Type {
        match text {
            Some(name) if !name.contains('|') => self.class(name).map_or(Type::Dynamic, Type::Instance),
            _ => Type::Dynamic,
        }
    }

    pub fn name(&self, class: ClassId) -> &'a str {
        self.info(class).name.as_str()
    }

    pub fn info(&self, class: ClassId) -> &'a ClassInfo {
        self.rows[class.0 as usize].info
    }

    pub fn parent(&self, class: ClassId) -> Option<ClassId> {
        self.rows[class.0 as usize].parent
    }

    /// Are all ancestors up to a root known with their methods? Only then "no such method" is a statement.
    pub fn is_known(&self, class: ClassId) -> bool {
        let mut last = class;
        for class in self.chain(class) {
            if !self.info(class).complete {
                return false;
            }
            last = class;
        }
        self.info(last).superclass.is_none()
    }

    /// The class and its known ancestors, nearest first.
    pub fn chain(&self, class: ClassId) -> impl Iterator<Item = ClassId> + '_ {
        std::iter::successors(Some(class), |&c| self.parent(c)).take(MAX_DEPTH)
    }

    pub fn inherits(&self, class: ClassId, ancestor: ClassId) -> bool {
        self.chain(class).any(|c| c == ancestor)
    }

    /// May a value of class `actual` stand where `expected` is asked for?
    pub fn compatible(&self, expected: ClassId, actual: ClassId) -> bool {
        !self.is_known(actual) || !self.is_known(expected) || self.inherits(actual, expected)
    }

    pub fn find(&mut self, class: ClassId, side: Side, selector: SelectorId, text: &str) -> Option<Found<'a>> {
        if let Some(found) = self.found.get(&(class, side, selector)) {
            return *found;
        }
        let mut method = None;
        let mut next = Some(class);
        for _ in 0..MAX_DEPTH {
            let Some(current) = next else { break };
            method = self.method(current, side, text);
            if method.is_some() {
                break;
            }
            next = self.parent(current);
        }
        let found = method.map(|method| {
            let answers = self.annotated(method.return_type.as_deref());
            Found { method, answers }
        });
        self.found.insert((class, side, selector), found);
        found
    }

    fn method(&mut self, class: ClassId, side: Side, text: &str) -> Option<&'a MethodInfo> {
        let row = &mut self.rows[class.0 as usize];
        let info = row.info;
        row.asked += 1;
        if row.asked < TABLE_PAYS {
            return info.method(side, text);
        }
        // The first of several definitions counts, as everywhere.
        let table =
            row.methods.get_or_insert_with(|| info.methods.iter().rev().map(|m| ((m.side, m.selector.as_str()), m)).collect());
        table.get(&(side, text)).copied()
    }

    /// Does a known subclass have an instance method for the selector?
    pub fn subclass_defines(&self, class: ClassId, selector: &str) -> bool {
        let name = self.name(class);
        self.index.iter().any(|c| c.method(Side::Instance, selector).is_some() && self.index.inherits_from(&c.name, name))
    }

    /// All selectors of the chain on one side.
    pub fn selectors(&self, class: ClassId, side: Side) -> impl Iterator<Item = &'a str> + '_ {
        self.chain(class).flat_map(|c| self.info(c).methods.iter()).filter(move |m| m.side == side).map(|m| m.selector.as_str())
    }
}

/// Selectors of the text, each with what the checks need to know of it.
#[derive(Default)]
pub(crate) struct Selectors {
    ids: Map<Box<str>, SelectorId>,
    facts: Vec<Facts>,
    joined: String,
}

pub(super) struct Facts {
    pub text: Box<str>,
    pub rule: super::rules::Rule,
    /// Position of a literal block, and the parameters it must have.
    pub block: Option<(usize, usize)>,
}

impl Selectors {
    pub fn id(&mut self, text: &str) -> SelectorId {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = SelectorId(self.facts.len() as u32);
        self.ids.insert(text.into(), id);
        self.facts.push(Facts { text: text.into(), rule: super::rules::rule(text), block: super::rules::block_arity(text) });
        id
    }

    pub fn keyword(&mut self, parts: &[bt_syntax::ast::Ident<'_>]) -> SelectorId {
        if let [only] = parts {
            return self.id(only.text);
        }
        let mut joined = std::mem::take(&mut self.joined);
        joined.clear();
        joined.extend(parts.iter().map(|p| p.text));
        let id = self.id(&joined);
        self.joined = joined;
        id
    }

    pub fn facts(&self, id: SelectorId) -> &Facts {
        &self.facts[id.0 as usize]
    }

    pub fn text(&self, id: SelectorId) -> &str {
        &self.facts[id.0 as usize].text
    }
}
