//! The classes of a session, their methods and the shapes of their instances.
//!
//! A class is linked when something needs it, a method when it is first sent: a session holds what it uses.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use bt_bytecode::Chunk;

use crate::code::Code;
use crate::foreign;
use crate::heap::Tag;
use crate::library::{ClassCode, Implementation, Library};
use crate::symbols::{Symbol, Symbols};
use crate::value::Value;

/// A class by its number in the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassId(pub(crate) u32);

/// A class with names of fields, by its number in the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShapeId(pub(crate) u32);

macro_rules! builtin {
    ($($name:ident)*) => {
        #[repr(u32)]
        enum Builtin { $($name),* }

        /// Classes whose instances the machine makes or knows.
        const BUILTIN: &[&str] = &[$(stringify!($name)),*];

        impl ClassId {
            $(#[allow(non_upper_case_globals)] pub const $name: ClassId = ClassId(Builtin::$name as u32);)*
        }
    };
}

builtin! {
    ProtoObject Object Integer Float True False UndefinedObject Symbol String List Tuple Dictionary Block Behaviour Class Metaclass
    Array Set Association Stream Regex Random
    Actor Future Pid Port Reference
    Exception Erlang
}

/// How often methods have changed; inline caches hold for one version.
const FIRST_VERSION: u32 = 1;

/// What a message reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    Code(*const Code),
    /// The host runs it.
    Host,
    /// There is no such method.
    Missing,
    /// A class of the chain is not known here: the host is asked for it, then the look-up is done again.
    Unknown(Symbol),
}

/// A method that has been linked.
#[derive(Clone, Debug)]
pub struct LinkedMethod {
    pub class: String,
    pub class_side: bool,
    pub selector: String,
    /// How often it has been called since.
    pub calls: u64,
    /// Bytes of instructions, its blocks' among them.
    pub size: usize,
}

/// What is known of a method by name.
#[derive(Clone, Debug)]
pub enum Known {
    /// Its code and the class that has it.
    Code(Arc<Chunk>, Arc<ClassCode>),
    /// The host runs it.
    Host,
    Missing,
    /// The host is asked for the class first.
    Unknown(Symbol),
}

#[derive(Clone, Debug)]
enum Linked {
    Code(Rc<Code>),
    Host,
}

#[derive(Debug)]
enum State {
    /// Not looked for.
    New,
    Known(Arc<ClassCode>),
    /// The host has it, or nobody: its messages are the host's.
    Absent,
}

#[derive(Debug)]
struct Entry {
    name: Symbol,
    superclass: Option<ClassId>,
    state: State,
    methods: HashMap<Symbol, Linked>,
    class_methods: HashMap<Symbol, Linked>,
}

/// Is it a unary message to the class Erlang that names a module? Some stay what every class understands.
pub(crate) fn names_a_module(selector: &str) -> bool {
    const PROTOCOL: &[&str] = &[
        "new",
        "spawn",
        "class",
        "methods",
        "superclass",
        "subclasses",
        "allSubclasses",
        "class_name",
        "module_name",
        "printString",
    ];
    !selector.contains(':') && selector.starts_with(|c: char| c.is_alphabetic() || c == '_') && !PROTOCOL.contains(&selector)
}

/// A class's name and the names of an instance's fields in the order of their numbers.
#[derive(Debug)]
pub struct Shape {
    pub class: ClassId,
    pub fields: Box<[Symbol]>,
}

pub struct Classes {
    library: Arc<dyn Library>,
    entries: Vec<Entry>,
    by_name: HashMap<Symbol, ClassId>,
    shapes: Vec<Rc<Shape>>,
    by_fields: HashMap<(ClassId, Box<[Symbol]>), ShapeId>,
    /// Modules of classes that the host named.
    modules: HashMap<ClassId, Symbol>,
    /// Methods that the host has put in front of the classes' own: class, class side, selector.
    hosted: HashSet<(ClassId, bool, Symbol)>,
    version: u32,
    /// Files of classes, and of inputs, as traces have them: made once.
    files: HashMap<Option<ClassId>, Value>,
    /// Code that has been replaced: frames may still run it.
    retired: Vec<Rc<Code>>,
}

impl Classes {
    pub fn new(library: Arc<dyn Library>, symbols: &mut Symbols) -> Classes {
        let mut classes = Classes {
            library,
            entries: Vec::new(),
            by_name: HashMap::new(),
            shapes: Vec::new(),
            by_fields: HashMap::new(),
            modules: HashMap::new(),
            hosted: HashSet::new(),
            version: FIRST_VERSION,
            files: HashMap::new(),
            retired: Vec::new(),
        };
        for name in BUILTIN {
            classes.entry(symbols.intern(name));
        }
        classes
    }

    /// The class of that name, whether anything is known of it or not.
    pub fn entry(&mut self, name: Symbol) -> ClassId {
        if let Some(&id) = self.by_name.get(&name) {
            return id;
        }
        let id = ClassId(self.entries.len() as u32);
        let (methods, class_methods) = (HashMap::new(), HashMap::new());
        self.entries.push(Entry { name, superclass: None, state: State::New, methods, class_methods });
        self.by_name.insert(name, id);
        id
    }

    /// A class is there, new or in a new version; or, with nothing, it is the host's alone.
    pub fn settle(&mut self, name: Symbol, code: Option<Arc<ClassCode>>, symbols: &mut Symbols) -> ClassId {
        self.version += 1;
        let id = self.entry(name);
        self.files.remove(&Some(id));
        let superclass = code.as_ref().and_then(|code| code.superclass.as_deref()).map(|name| self.entry(symbols.intern(name)));
        let entry = &mut self.entries[id.0 as usize];
        for linked in entry.methods.drain().chain(entry.class_methods.drain()) {
            if let Linked::Code(code) = linked.1 {
                self.retired.push(code);
            }
        }
        entry.superclass = superclass;
        entry.state = code.map_or(State::Absent, State::Known);
        id
    }

    /// Forgets what was said of a class: it is looked for anew.
    pub fn forget(&mut self, name: Symbol, symbols: &mut Symbols) {
        if self.by_name.contains_key(&name) {
            let id = self.settle(name, None, symbols);
            self.entries[id.0 as usize].state = State::New;
        }
    }

    /// What the host has put in front of methods, all of it: class, class side, selector.
    pub fn set_hosted(&mut self, hosted: impl Iterator<Item = (ClassId, bool, Symbol)>) {
        self.hosted = hosted.collect();
        self.version += 1;
    }

    /// Forgets what was said of classes of which this holds.
    pub fn forget_where(&mut self, is_old: impl Fn(&str) -> bool, symbols: &mut Symbols) {
        let looked_for = |entry: &&Entry| !matches!(entry.state, State::New);
        let names: Vec<Symbol> = self.entries.iter().filter(looked_for).map(|entry| entry.name).collect();
        for name in names {
            if is_old(symbols.name(name)) {
                self.forget(name, symbols);
            }
        }
    }

    /// Looks for the class where that has not been done. Says whether it is known, or absent; `None`: the host must be asked.
    fn loaded(&mut self, id: ClassId, symbols: &mut Symbols) -> Option<bool> {
        if let State::New = self.entries[id.0 as usize].state {
            let name = self.entries[id.0 as usize].name;
            let code = self.library.class(symbols.name(name))?;
            self.settle(name, Some(code), symbols);
            // Nothing was remembered about it yet.
            self.version -= 1;
        }
        Some(matches!(self.entries[id.0 as usize].state, State::Known(_)))
    }

    /// The class of that name as an object of the program; `None`: the host must be asked.
    pub fn named(&mut self, name: Symbol, symbols: &mut Symbols) -> Option<ClassId> {
        let id = self.entry(name);
        self.loaded(id, symbols)?.then_some(id)
    }

    /// Module of the class at the host.
    pub fn module(&mut self, class: ClassId, symbols: &mut Symbols) -> String {
        if let Some(module) = self.modules.get(&class) {
            return symbols.name(*module).to_string();
        }
        let _ = self.loaded(class, symbols);
        match self.code(class) {
            Some(code) => code.module.clone(),
            None => bt_base::module_name(symbols.name(self.name(class)), false),
        }
    }

    /// What the host calls the class's module.
    pub fn set_module(&mut self, class: ClassId, module: Symbol) {
        if self.code(class).is_none() {
            self.modules.insert(class, module);
        }
    }

    /// Has the class been looked for and found, here or at the host?
    pub fn is_there(&self, class: ClassId) -> bool {
        !matches!(self.entries[class.0 as usize].state, State::New)
    }

    /// Lets go of replaced code; only while no frame runs.
    pub(crate) fn forget_retired(&mut self) {
        self.retired.clear();
    }

    pub fn name(&self, class: ClassId) -> Symbol {
        self.entries[class.0 as usize].name
    }

    /// What is known of the class, where it has been looked for.
    pub fn code(&self, class: ClassId) -> Option<&Arc<ClassCode>> {
        match &self.entries[class.0 as usize].state {
            State::Known(code) => Some(code),
            _ => None,
        }
    }

    /// The superclass; `Err`: the class must first be asked for.
    pub fn superclass(&mut self, class: ClassId, symbols: &mut Symbols) -> Result<Option<ClassId>, Symbol> {
        match self.loaded(class, symbols) {
            Some(_) => Ok(self.entries[class.0 as usize].superclass),
            None => Err(self.name(class)),
        }
    }

    /// Is the class the other one, or below it?
    pub fn inherits_from(&mut self, class: ClassId, ancestor: ClassId, symbols: &mut Symbols) -> Result<bool, Symbol> {
        let mut at = Some(class);
        // A class cannot come above itself twice in a chain as long as there are classes.
        for _ in 0..=self.entries.len() {
            match at {
                Some(id) if id == ancestor => return Ok(true),
                Some(id) => at = self.superclass(id, symbols)?,
                None => break,
            }
        }
        Ok(false)
    }

    /// The method that instances of the class have for the selector.
    pub fn lookup(&mut self, class: ClassId, selector: Symbol, symbols: &mut Symbols) -> Lookup {
        self.search(class, false, selector, symbols)
    }

    /// The class method for the selector, without what every class understands.
    pub fn lookup_own_class_side(&mut self, class: ClassId, selector: Symbol, symbols: &mut Symbols) -> Lookup {
        self.search(class, true, selector, symbols)
    }

    /// The same for the class as an object: its class side, then what every class understands.
    pub fn lookup_class_side(&mut self, class: ClassId, selector: Symbol, symbols: &mut Symbols) -> Lookup {
        if class == ClassId::Erlang && names_a_module(symbols.name(selector)) {
            return Lookup::Missing;
        }
        match self.search(class, true, selector, symbols) {
            Lookup::Missing => self.search(ClassId::Class, false, selector, symbols),
            found => found,
        }
    }

    fn search(&mut self, class: ClassId, class_side: bool, selector: Symbol, symbols: &mut Symbols) -> Lookup {
        let mut at = Some(class);
        for _ in 0..=self.entries.len() {
            let Some(id) = at else { break };
            match self.loaded(id, symbols) {
                None => return Lookup::Unknown(self.name(id)),
                Some(false) => return Lookup::Host,
                Some(true) => {}
            }
            match self.own(id, class_side, selector, symbols) {
                Some(Linked::Code(code)) => return Lookup::Code(Rc::as_ptr(&code)),
                Some(Linked::Host) => return Lookup::Host,
                None => at = self.entries[id.0 as usize].superclass,
            }
        }
        Lookup::Missing
    }

    /// The class's own method, linked now where it was not.
    fn own(&mut self, id: ClassId, class_side: bool, selector: Symbol, symbols: &mut Symbols) -> Option<Linked> {
        let entry = &mut self.entries[id.0 as usize];
        let State::Known(code) = &entry.state else { return None };
        if !self.hosted.is_empty() && self.hosted.contains(&(id, class_side, selector)) {
            return Some(Linked::Host);
        }
        let (linked, all) = match class_side {
            true => (&mut entry.class_methods, &code.class_methods),
            false => (&mut entry.methods, &code.methods),
        };
        if let Some(found) = linked.get(&selector) {
            return Some(found.clone());
        }
        let new = match all.get(symbols.name(selector))? {
            // The compiler made it; that it is sound has been checked when it came in.
            Implementation::Code(chunk) => Linked::Code(crate::code::link(chunk.clone(), Some(id), symbols)),
            Implementation::Host => Linked::Host,
        };
        linked.insert(selector, new.clone());
        Some(new)
    }

    /// The method that a class or its instances have for the selector, linked or not.
    pub fn method(&mut self, class: Symbol, class_side: bool, selector: &str, symbols: &mut Symbols) -> Known {
        let mut at = Some(self.entry(class));
        for _ in 0..=self.entries.len() {
            let Some(id) = at else { break };
            match self.loaded(id, symbols) {
                None => return Known::Unknown(self.name(id)),
                Some(false) => return Known::Host,
                Some(true) => {}
            }
            let symbol = symbols.intern(selector);
            let entry = &self.entries[id.0 as usize];
            let State::Known(code) = &entry.state else { break };
            let methods = if class_side { &code.class_methods } else { &code.methods };
            let described = || code.description.methods.iter().any(|m| m.class_side == class_side && m.selector == selector);
            match methods.get(selector) {
                _ if self.hosted.contains(&(id, class_side, symbol)) => return Known::Host,
                Some(Implementation::Code(chunk)) => return Known::Code(chunk.clone(), code.clone()),
                Some(Implementation::Host) => return Known::Host,
                // The methods of an actor are not here.
                None if described() => return Known::Host,
                None => at = entry.superclass,
            }
        }
        Known::Missing
    }

    /// The methods that have been linked, without hidden ones, in order.
    pub fn linked(&self, symbols: &Symbols) -> Vec<LinkedMethod> {
        let mut all = Vec::new();
        for entry in &self.entries {
            for (class_side, methods) in [(false, &entry.methods), (true, &entry.class_methods)] {
                for (selector, linked) in methods {
                    let (Linked::Code(code), selector) = (linked, symbols.name(*selector)) else { continue };
                    if !selector.starts_with('$') {
                        let class = symbols.name(entry.name).to_string();
                        let (calls, size) = (code.calls.get(), size_of_code(&code.chunk));
                        all.push(LinkedMethod { class, class_side, selector: selector.to_string(), calls, size });
                    }
                }
            }
        }
        all.sort_by(|a, b| (&a.class, a.class_side, &a.selector).cmp(&(&b.class, b.class_side, &b.selector)));
        all
    }

    /// How many classes are known here.
    pub fn known(&self) -> usize {
        self.entries.iter().filter(|entry| matches!(entry.state, State::Known(_))).count()
    }

    /// A key for what a site remembers about receivers of the class.
    pub(crate) fn key(&self, class: ClassId, class_side: bool) -> u64 {
        u64::from(self.version) << 33 | u64::from(class_side) << 32 | u64::from(class.0)
    }

    /// The shape of an instance with these fields, given in any order without repetition.
    pub fn shape(&mut self, class: ClassId, fields: &[Symbol]) -> ShapeId {
        let mut sorted: Box<[Symbol]> = fields.into();
        sorted.sort_unstable();
        let key = (class, sorted);
        if let Some(&id) = self.by_fields.get(&key) {
            return id;
        }
        let id = ShapeId(self.shapes.len() as u32);
        self.shapes.push(Rc::new(Shape { class, fields: key.1.clone() }));
        self.by_fields.insert(key, id);
        id
    }

    pub fn shape_at(&self, id: ShapeId) -> &Rc<Shape> {
        &self.shapes[id.0 as usize]
    }

    /// Place of the field in instances of the shape.
    pub fn place(&self, shape: ShapeId, field: Symbol) -> Option<usize> {
        self.shapes[shape.0 as usize].fields.binary_search(&field).ok()
    }

    /// An instance with these fields.
    pub fn instance(&mut self, class: ClassId, fields: Vec<(Symbol, Value)>) -> Value {
        let mut fields = fields;
        fields.sort_by_key(|(name, _)| *name);
        let names: Vec<Symbol> = fields.iter().map(|(name, _)| *name).collect();
        let shape = self.shape(class, &names);
        Value::instance(class, shape, fields.into_iter().map(|(_, value)| value).collect::<Vec<_>>())
    }

    /// Value of a field of an instance.
    pub fn field<'a>(&self, object: &'a Value, field: Symbol) -> Option<&'a Value> {
        let instance = object.as_instance()?;
        instance.fields.get(self.place(instance.shape, field)?)
    }

    /// The object with another value in a field; in place where nothing else refers to it. What is no object stays what it is.
    pub fn with_field(&mut self, object: Value, field: Symbol, value: Value) -> Value {
        let Value::Heap(mut reference) = object else { return object };
        let Some((class, shape)) = reference.get::<crate::value::Instance>().map(|instance| (instance.class, instance.shape))
        else {
            return Value::Heap(reference);
        };
        match self.place(shape, field) {
            Some(index) => {
                if let Some(instance) = reference.get_mut::<crate::value::Instance>() {
                    instance.fields[index] = value;
                    return Value::Heap(reference);
                }
                let mut fields = reference.get::<crate::value::Instance>().map(|i| i.fields.clone()).unwrap_or_default();
                fields[index] = value;
                Value::instance(class, shape, fields)
            }
            None => {
                let names = self.shape_at(shape).clone();
                let old = reference.get::<crate::value::Instance>().map(|i| i.fields.clone()).unwrap_or_default();
                let mut fields: Vec<_> = names.fields.iter().copied().zip(old.into_vec()).collect();
                fields.push((field, value));
                self.instance(class, fields)
            }
        }
    }

    /// The object without a field. What is no object stays what it is.
    pub fn without_field(&mut self, object: Value, field: Symbol) -> Value {
        let Some(instance) = object.as_instance() else { return object };
        let Some(place) = self.place(instance.shape, field) else { return object };
        let (class, names) = (instance.class, self.shape_at(instance.shape).clone());
        let fields = names.fields.iter().copied().zip(instance.fields.iter().cloned());
        let rest = fields.enumerate().filter(|(index, _)| *index != place).map(|(_, pair)| pair).collect();
        self.instance(class, rest)
    }

    /// The file's name as Erlang has it, a list of characters. `class`: whose file it is, or nobody's.
    pub(crate) fn file(&mut self, class: Option<ClassId>, name: &str) -> Value {
        let list = || Value::list(name.chars().map(|c| Value::Integer(i64::from(u32::from(c)))).collect::<Vec<_>>().into_iter());
        match class {
            Some(_) => self.files.entry(class).or_insert_with(list).clone(),
            // Inputs come from several.
            None => list(),
        }
    }

    /// The known class with that module at the host.
    pub(crate) fn by_module(&self, module: &str) -> Option<ClassId> {
        let is = |entry: &Entry| matches!(&entry.state, State::Known(code) if code.module == module);
        self.entries.iter().position(is).map(|index| ClassId(index as u32))
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
            Value::Metaclass(_) => ClassId::Metaclass,
            Value::EmptyList => ClassId::List,
            Value::Heap(reference) => match reference.tag() {
                Tag::Instance => value.as_instance().map_or(ClassId::Object, |instance| instance.class),
                Tag::Cons => ClassId::List,
                Tag::Text => ClassId::String,
                Tag::Big => ClassId::Integer,
                Tag::Tuple => ClassId::Tuple,
                Tag::Block => ClassId::Block,
                Tag::Map => ClassId::Dictionary,
                Tag::Array => ClassId::Array,
                Tag::Foreign => self.of_foreign(value),
                Tag::Cells | Tag::Unwinding | Tag::Node | Tag::Sorter => ClassId::Object,
            },
        };
        (class, false)
    }

    /// The key under which a site remembers the value's class; none that any site has for terms of the host.
    #[inline(always)]
    pub(crate) fn key_of(&self, value: &Value) -> u64 {
        /// Classes by the number of the value's kind, as in `of`.
        const WORDS: [ClassId; 9] = [
            ClassId::UndefinedObject,
            ClassId::False,
            ClassId::True,
            ClassId::Integer,
            ClassId::Float,
            ClassId::Symbol,
            ClassId::Class,
            ClassId::Metaclass,
            ClassId::List,
        ];
        /// The same for values behind a reference, by their tags.
        const HEAP: [ClassId; 13] = [
            ClassId::List,
            ClassId::String,
            ClassId::Integer,
            ClassId::Tuple,
            ClassId::Object,
            ClassId::Block,
            ClassId::Object,
            ClassId::Object,
            ClassId::Dictionary,
            ClassId::Object,
            ClassId::Object,
            ClassId::Array,
            ClassId::Object,
        ];
        let class = match value {
            Value::Class(class) => return self.key(*class, true),
            Value::Heap(reference) => match reference.tag() {
                Tag::Instance => value.as_instance().map_or(ClassId::Object, |instance| instance.class),
                Tag::Foreign => return u64::MAX,
                tag => HEAP[tag as usize],
            },
            word => WORDS[word.kind() as usize],
        };
        self.key(class, false)
    }

    fn of_foreign(&self, value: &Value) -> ClassId {
        match value.as_foreign().map(|foreign| foreign.kind) {
            Some(foreign::Kind::Reference) => ClassId::Reference,
            Some(foreign::Kind::Fun(_)) => ClassId::Block,
            Some(foreign::Kind::Port) => ClassId::Port,
            Some(foreign::Kind::Pid) => ClassId::Pid,
            // All actors are one class here: whatever it is, the host runs its methods.
            Some(foreign::Kind::Actor(_)) => ClassId::Actor,
            Some(foreign::Kind::Future) => ClassId::Future,
            Some(foreign::Kind::Bits) => ClassId::String,
            None => ClassId::Object,
        }
    }

    /// Name of the class that messages and errors speak of.
    pub fn class_name(&self, value: &Value) -> Symbol {
        match value {
            Value::Class(class) => self.name(*class),
            other => match other.as_foreign().map(|foreign| foreign.kind) {
                Some(foreign::Kind::Actor(class)) => class,
                _ => self.name(self.of(other).0),
            },
        }
    }
}

fn size_of_code(chunk: &Chunk) -> usize {
    chunk.code.len() * 4 + chunk.blocks.iter().map(|block| size_of_code(block)).sum::<usize>()
}
