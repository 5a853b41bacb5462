//! The classes of a session and their methods.

use std::collections::HashMap;
use std::rc::Rc;

use crate::code::Code;
use crate::heap::Tag;
use crate::symbols::{Symbol, Symbols};
use crate::value::Value;

/// A class by its number in the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassId(pub(crate) u32);

macro_rules! builtin {
    ($($name:ident $text:literal $superclass:literal)*) => {
        #[repr(u32)]
        enum Builtin { $($name),* }

        /// Classes whose instances are values of the machine, with their superclasses, which stand before them or are told by name only.
        const BUILTIN: &[(&str, &str)] = &[$(($text, $superclass)),*];

        impl ClassId {
            $(#[allow(non_upper_case_globals)] pub const $name: ClassId = ClassId(Builtin::$name as u32);)*
        }
    };
}

builtin! {
    ProtoObject "ProtoObject" ""
    Object "Object" "ProtoObject"
    Number "Number" "Object"
    Integer "Integer" "Number"
    Float "Float" "Number"
    Boolean "Boolean" "Object"
    True "True" "Boolean"
    False "False" "Boolean"
    UndefinedObject "UndefinedObject" "Object"
    Symbol "Symbol" "Object"
    Collection "Collection" "Object"
    String "String" "Collection"
    List "List" "Collection"
    Tuple "Tuple" "Collection"
    Block "Block" "Object"
    Behaviour "Behaviour" "Object"
    Class "Class" "Behaviour"
}

/// How often methods have changed; inline caches hold for one version.
const FIRST_VERSION: u32 = 1;

#[derive(Clone, Debug)]
pub struct Method {
    pub code: Rc<Code>,
    /// 1 for the first definition of the selector in its class, one more for each after it.
    pub version: u32,
}

#[derive(Debug)]
struct Entry {
    name: Symbol,
    superclass: Option<ClassId>,
    fields: Vec<Symbol>,
    methods: HashMap<Symbol, Method>,
    class_methods: HashMap<Symbol, Method>,
}

#[derive(Debug)]
pub struct Classes {
    entries: Vec<Entry>,
    by_name: HashMap<Symbol, ClassId>,
    version: u32,
    /// Code that has been replaced: frames may still run it.
    retired: Vec<Rc<Code>>,
}

impl Classes {
    pub fn new(symbols: &mut Symbols) -> Classes {
        let mut classes = Classes { entries: Vec::new(), by_name: HashMap::new(), version: FIRST_VERSION, retired: Vec::new() };
        for (name, superclass) in BUILTIN {
            let superclass = symbols.intern(superclass);
            let superclass = classes.by_name.get(&superclass).copied();
            classes.define(symbols.intern(name), superclass, Vec::new());
        }
        classes
    }

    /// A new class, or a new shape for one that is there; its methods stay.
    pub fn define(&mut self, name: Symbol, superclass: Option<ClassId>, fields: Vec<Symbol>) -> ClassId {
        self.version += 1;
        if let Some(&id) = self.by_name.get(&name) {
            let entry = &mut self.entries[id.0 as usize];
            (entry.superclass, entry.fields) = (superclass, fields);
            return id;
        }
        let id = ClassId(self.entries.len() as u32);
        self.entries.push(Entry { name, superclass, fields, methods: HashMap::new(), class_methods: HashMap::new() });
        self.by_name.insert(name, id);
        id
    }

    /// Adds or replaces a method; answers its version.
    pub fn add_method(&mut self, class: ClassId, class_side: bool, selector: Symbol, code: Rc<Code>) -> u32 {
        self.version += 1;
        let entry = &mut self.entries[class.0 as usize];
        let methods = if class_side { &mut entry.class_methods } else { &mut entry.methods };
        let version = methods.get(&selector).map_or(1, |old| old.version + 1);
        if let Some(old) = methods.insert(selector, Method { code, version }) {
            self.retired.push(old.code);
        }
        version
    }

    /// Lets go of replaced code; only while no frame runs.
    pub(crate) fn forget_retired(&mut self) {
        self.retired.clear();
    }

    pub fn named(&self, name: Symbol) -> Option<ClassId> {
        self.by_name.get(&name).copied()
    }

    pub fn name(&self, class: ClassId) -> Symbol {
        self.entries[class.0 as usize].name
    }

    pub fn fields(&self, class: ClassId) -> &[Symbol] {
        &self.entries[class.0 as usize].fields
    }

    pub fn superclass(&self, class: ClassId) -> Option<ClassId> {
        self.entries[class.0 as usize].superclass
    }

    /// The class and its ancestors, nearest first.
    pub fn chain(&self, class: ClassId) -> impl Iterator<Item = ClassId> + '_ {
        // A class cannot come above itself twice in a chain as long as there are classes.
        std::iter::successors(Some(class), |&id| self.superclass(id)).take(self.entries.len())
    }

    pub fn inherits_from(&self, class: ClassId, ancestor: ClassId) -> bool {
        self.chain(class).any(|id| id == ancestor)
    }

    /// The method that instances of the class have for the selector.
    pub fn lookup(&self, class: ClassId, selector: Symbol) -> Option<&Method> {
        self.chain(class).find_map(|id| self.entries[id.0 as usize].methods.get(&selector))
    }

    /// The same for the class as an object: its class side, then what every class understands.
    pub fn lookup_class_side(&self, class: ClassId, selector: Symbol) -> Option<&Method> {
        self.chain(class)
            .find_map(|id| self.entries[id.0 as usize].class_methods.get(&selector))
            .or_else(|| self.lookup(ClassId::Class, selector))
    }

    /// A key for what a site remembers about receivers of the class.
    pub(crate) fn key(&self, class: ClassId, class_side: bool) -> u64 {
        u64::from(self.version) << 33 | u64::from(class_side) << 32 | u64::from(class.0)
    }

    /// Class of a value, and whether it is itself a class.
    #[inline]
    pub fn of(&self, value: &Value) -> (ClassId, bool) {
        let class = match value {
            Value::Nil => ClassId::UndefinedObject,
            Value::True => ClassId::True,
            Value::False => ClassId::False,
            Value::Integer(_) => ClassId::Integer,
            Value::Float(_) => ClassId::Float,
            Value::Symbol(_) => ClassId::Symbol,
            Value::Class(class) => return (*class, true),
            Value::EmptyList => ClassId::List,
            Value::Opaque(_) => ClassId::Object,
            Value::Heap(reference) => match reference.tag() {
                Tag::Instance => value.as_instance().map_or(ClassId::Object, |instance| instance.class),
                Tag::Cons => ClassId::List,
                Tag::Text => ClassId::String,
                Tag::Big => ClassId::Integer,
                Tag::Tuple => ClassId::Tuple,
                Tag::Block => ClassId::Block,
                Tag::Cells | Tag::Unwinding => ClassId::Object,
            },
        };
        (class, false)
    }
}
