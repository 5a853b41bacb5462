//! Times of small programs in the machine, for a look while working on it: `cargo run --release -p bt-vm --example quick`.
#![allow(clippy::print_stdout)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::time::Instant;

use bt_bcgen::Code as Compiled;
use bt_vm::{Code, Machine, Outcome};

use support::{define, instance, lower};

fn run(machine: &mut Machine, source: &str, class: &str) {
    let Compiled::Input(input) = lower(source, true) else { panic!("an input") };
    let code = Code::link(Arc::new(input.chunk), None, &mut machine.context.symbols).expect("verified");
    let mut best = f64::MAX;
    let mut shown = String::new();
    for _ in 0..5 {
        let object = instance(machine, class);
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
    let mut machine = support::machine(256 << 20);
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
    for source in ["o fib: 30", "o loop: 10000000", "o while: 10000000", "o down: 10000000", "o sum: 1000000", "o find: 1000000"]
    {
        run(&mut machine, source, "Bench");
    }
}
