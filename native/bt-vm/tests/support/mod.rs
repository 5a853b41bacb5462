//! From text into a machine: shared by the tests and the example.

use std::sync::Arc;

use bt_bcgen::{compile, Code as Compiled, Options};
use bt_vm::{Code, Machine};

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

/// Defines the class of a text and answers its name.
pub fn define(machine: &mut Machine, source: &str) -> String {
    let Compiled::Class(class) = lower(source, false) else { panic!("a class") };
    let superclass = source.split_whitespace().next().expect("a superclass");
    let superclass = machine.symbols.intern(superclass);
    let superclass = machine.classes.named(superclass);
    let name = machine.symbols.intern(&class.name);
    let fields = class.fields.iter().map(|(field, _)| machine.symbols.intern(field)).collect();
    let id = machine.classes.define(name, superclass, fields);
    for (chunks, class_side) in [(class.methods, false), (class.class_methods, true)] {
        for chunk in chunks {
            let bt_bytecode::Role::Method { selector, .. } = chunk.role.clone() else { continue };
            let code = Code::link(Arc::new(chunk), Some(id), &mut machine.symbols).expect("verified");
            let selector = machine.symbols.intern(selector.as_str());
            machine.classes.add_method(id, class_side, selector, code);
        }
    }
    class.name.to_string()
}
