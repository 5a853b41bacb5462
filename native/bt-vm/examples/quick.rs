//! Times of small programs in the machine, for a look while working on it: `cargo run --release -p bt-vm --example quick`.
#![allow(clippy::print_stdout)]

use std::sync::Arc;
use std::time::Instant;

use bt_bcgen::{compile, Code as Compiled, Options};
use bt_vm::{Code, Machine, Outcome};

fn lower(source: &str, expression: bool) -> Compiled {
    let parse = bt_syntax::parse(source);
    let options = bt_sema::Options {
        expression,
        known_vars: if expression { vec!["b".to_string()] } else { Vec::new() },
        module_name: expression.then(|| "eval".to_string()),
        ..bt_sema::Options::default()
    };
    let index = bt_hir::ClassIndex::over(bt_sema::library_index());
    let lowered = bt_sema::lower(&parse.module, source, &index, &options);
    compile(&lowered.hir.expect("compiles"), &Options::default()).expect("small")
}

fn define(machine: &mut Machine, source: &str) {
    let Compiled::Class(class) = lower(source, false) else { panic!("a class") };
    let name = machine.symbols.intern(&class.name);
    let object = machine.symbols.intern("Object");
    let fields = class.fields.iter().map(|(name, _)| machine.symbols.intern(name)).collect();
    let id = machine.classes.define(name, machine.classes.named(object), fields);
    for (chunks, class_side) in [(class.methods, false), (class.class_methods, true)] {
        for chunk in chunks {
            let bt_bytecode::Role::Method { selector, .. } = chunk.role.clone() else { continue };
            let code = Code::link(Arc::new(chunk), Some(id), &mut machine.symbols).expect("verified");
            let selector = machine.symbols.intern(selector.as_str());
            machine.classes.add_method(id, class_side, selector, code);
        }
    }
}

fn run(machine: &mut Machine, source: &str, class: &str) {
    let Compiled::Input(input) = lower(source, true) else { panic!("an input") };
    let code = Code::link(Arc::new(input.chunk), None, &mut machine.symbols).expect("verified");
    let name = machine.symbols.intern(class);
    let mut best = f64::MAX;
    let mut shown = String::new();
    for _ in 0..5 {
        let object = machine.instance(machine.classes.named(name).expect("defined"));
        let start = Instant::now();
        let outcome = machine.start(code.clone(), vec![object], i64::MAX);
        best = best.min(start.elapsed().as_secs_f64());
        shown = match outcome {
            Outcome::Done(value) => format!("{value:?}"),
            other => format!("{other:?}"),
        };
    }
    println!("{:>9.2} ms  {source}  {shown}", best * 1e3);
}

fn main() {
    let mut machine = Machine::default();
    define(
        &mut machine,
        "Object subclass: Bench
  fib: n => n <= 1 ifTrue: [n] ifFalse: [(self fib: n - 1) + (self fib: n - 2)]
  loop: n =>
    s := 0
    1 to: n do: [:i | s := s + (i % 7)]
    s
  while: n =>
    i := 0
    [i < n] whileTrue: [i := i + 1]
    i
  down: n => n > 0 ifTrue: [self down: n - 1] ifFalse: [#done]
  each: n do: block => 1 to: n do: [:i | block value: i]
  sum: n =>
    s := 0
    self each: n do: [:i | s := s + i]
    s
  find: n => self each: n do: [:i | i * i > n ifTrue: [^i]]
",
    );
    for source in ["b fib: 30", "b loop: 10000000", "b while: 10000000", "b down: 10000000", "b sum: 1000000", "b find: 1000000"]
    {
        run(&mut machine, source, "Bench");
    }
}
