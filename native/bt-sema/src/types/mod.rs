//! Types, as far as they can be known without running: inference over the syntax tree, and what it finds (`language.md` §6.4, §6.6, §6.7).
//!
//! Everything found about types is a warning or a hint; a program without annotations and without slips hears nothing. What is not known is
//! *dynamic* and never reported. Stages: (1) statements of the module, in one environment; (2) for each class its fields' defaults, then
//! its methods: header against parent and annotations, body, answer against the declared return type. Within a body one walk infers types
//! and checks each send; `rules` says which selectors mean something.
//!
//! Two refinements keep correct programs silent: a variable that holds nil when a block assigns it is dynamic from that block on, and a
//! message to another actor answers a future, so its declared return type is not taken for the type of the send.

mod env;
mod infer;
mod members;
pub(crate) mod rules;
mod sends;
mod table;
mod validators;

use bt_base::Diagnostic;
use bt_hir::{ClassIndex, Side};
use bt_syntax::ast;

use crate::classes::Merged;
use crate::Options;
use bt_base::hash::{Map, Set};
use env::Env;
use table::{ClassId, ClassTable, SelectorId, Selectors};

/// What is known of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Dynamic,
    /// An instance of the class or of a subclass.
    Instance(ClassId),
    /// The class itself, as the receiver of a message.
    Class(ClassId),
}

/// The class around the body being checked.
#[derive(Clone, Copy)]
struct Home {
    class: Option<ClassId>,
    side: Side,
}

/// Classes that literals and rules refer to.
struct Literals {
    integer: Type,
    float: Type,
    string: Type,
    symbol: Type,
    character: Type,
    list: Type,
    array: Type,
    dictionary: Type,
    block: Type,
    boolean: Type,
    nil: Type,
    tuple: Type,
    number: Option<ClassId>,
    actor: Option<ClassId>,
    class: Option<ClassId>,
}

impl Literals {
    fn new(table: &mut ClassTable<'_>) -> Literals {
        let mut instance = |name: &'static str| table.class(name).map_or(Type::Dynamic, Type::Instance);
        Literals {
            integer: instance("Integer"),
            float: instance("Float"),
            string: instance("String"),
            symbol: instance("Symbol"),
            character: instance("Character"),
            list: instance("List"),
            array: instance("Array"),
            dictionary: instance("Dictionary"),
            block: instance("Block"),
            boolean: instance("Boolean"),
            nil: instance("UndefinedObject"),
            tuple: instance("Tuple"),
            number: table.class("Number"),
            actor: table.class("Actor"),
            class: table.class("Class"),
        }
    }
}

/// State of one pass.
struct Checker<'a, 's> {
    ast: &'a ast::Module<'s>,
    table: ClassTable<'a>,
    selectors: Selectors,
    literals: Literals,
    known_vars: Set<&'a str>,
    home: Home,
    /// Annotated types of the fields of the class at hand, inherited ones included.
    fields: Map<&'a str, Type>,
    /// Its own fields: bare names read them.
    own_fields: Set<&'a str>,
    env: Env<'a>,
    /// Types of the arguments of the sends being checked, innermost last.
    arguments: Vec<Type>,
    /// Suggestions made so far: the same slip is often made many times.
    suggestions: Map<(ClassId, Side, SelectorId), Option<String>>,
    /// Abstract classes, and whether a subclass understands a selector that they do not.
    below: Map<(ClassId, SelectorId), bool>,
    diagnostics: Vec<Diagnostic>,
}

/// Checks one text. `index` holds the classes of the text too.
pub(crate) fn check<'a, 's: 'a>(
    module: &'a ast::Module<'s>,
    index: &'a ClassIndex,
    options: &'a Options,
    statements: &[ast::ExprId],
    merged: &'a Merged<'s>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut table = ClassTable::new(index);
    let literals = Literals::new(&mut table);
    let env = Env::new(literals.nil);
    let mut checker = Checker {
        ast: module,
        table,
        selectors: Selectors::default(),
        literals,
        known_vars: options.known_vars.iter().map(String::as_str).collect(),
        home: Home { class: None, side: Side::Instance },
        fields: Map::default(),
        own_fields: Set::default(),
        env,
        arguments: Vec::new(),
        suggestions: Map::default(),
        below: Map::default(),
        diagnostics: Vec::new(),
    };
    checker.statements(statements);
    checker.known_vars.clear();
    for class in &merged.classes {
        checker.class(class);
    }
    for orphan in &merged.orphans {
        checker.orphan(orphan);
    }
    diagnostics.append(&mut checker.diagnostics);
}

impl<'a> Checker<'a, '_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The names of both classes, if a value of type `actual` must not stand where `expected` is declared.
    fn mismatch(&self, expected: Type, actual: Type) -> Option<(&'a str, &'a str)> {
        let (Type::Instance(expected), Type::Instance(actual)) = (expected, actual) else { return None };
        (!self.table.compatible(expected, actual)).then(|| (self.table.name(expected), self.table.name(actual)))
    }
}
