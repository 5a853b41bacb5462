//! From text into a machine: shared by the tests and the example.

use std::sync::Arc;

use bt_bcgen::{compile, Code as Compiled, Options};
use bt_engine::session::Standard;
use bt_vm::{ClassCode, Implementation, Machine, Value};

/// The code of a class, or of an input that knows `o`.
pub fn lower(source: &str, expression: bool) -> Compiled {
    let parse = bt_syntax::parse(source);
    let options = bt_sema::Options {
        expression,
        known_vars: if expression { vec!["o".to_string()] } else { Vec::new() },
        module_name: expression.then(|| "eval".to_string()),
        ..bt_sema::Options::default()
    };
    let index = bt_hir::ClassIndex::over(bt_sema::library_index());
    let lowered = bt_sema::lower(&parse.module, source, &index, &options);
    let problems: Vec<_> = parse.diagnostics.iter().chain(&lowered.diagnostics).filter(|d| d.is_error()).collect();
    assert!(problems.is_empty(), "{problems:?}");
    compile(&lowered.hir.expect("something to compile"), &Options::default()).expect("small")
}

/// The library's classes.
struct Library;

impl bt_vm::Library for Library {
    fn class(&self, name: &str) -> Option<Arc<ClassCode>> {
        Standard::shared().class(name)
    }
}

/// A machine that knows the library.
pub fn machine(limit: usize) -> Machine {
    Machine::new(limit, Arc::new(Library))
}

/// Defines the class of a text and answers its name.
pub fn define(machine: &mut Machine, source: &str) -> String {
    let Compiled::Class(class) = lower(source, false) else { panic!("a class") };
    let superclass = source.split_whitespace().next().expect("a superclass");
    let side = |chunks: Vec<bt_bytecode::Chunk>| {
        let method = |chunk: bt_bytecode::Chunk| {
            let bt_bytecode::Role::Method { selector, .. } = &chunk.role else { panic!("a method") };
            (selector.to_string(), Implementation::Code(Arc::new(chunk)))
        };
        chunks.into_iter().map(method).collect()
    };
    let code = ClassCode {
        name: class.name.to_string(),
        superclass: Some(superclass.to_string()),
        module: format!("bt@{}", class.name.to_lowercase()),
        is_actor: false,
        fields: class.fields.iter().map(|(field, _)| field.to_string()).collect(),
        methods: side(class.methods),
        class_methods: side(class.class_methods),
        ..ClassCode::default()
    };
    let name = machine.context.intern(&class.name);
    let context = &mut machine.context;
    context.classes.settle(name, Some(Arc::new(code)), &mut context.symbols);
    class.name.to_string()
}

/// An instance with all fields nil.
pub fn instance(machine: &mut Machine, class: &str) -> Value {
    let context = &mut machine.context;
    let name = context.symbols.intern(class);
    let id = context.classes.named(name, &mut context.symbols).expect("defined");
    let fields = context.classes.code(id).expect("defined").fields.clone();
    let fields = fields.iter().map(|field| (context.symbols.intern(field), Value::Nil)).collect();
    context.classes.instance(id, fields)
}
