//! Disassemblies of small programs, by construct. Each test holds only its input; the snapshot shows source first, code below.
//! `make golden` regenerates.

use crate::support;

use bt_bcgen::Options;

fn show(source: &str, expression: bool, known: &[&str]) -> String {
    let code = support::checked(source, expression, known, &Options::default()).expect("the source compiles");
    let texts: Vec<String> = support::chunks(&code).iter().map(|chunk| bt_bytecode::disassemble(chunk, source)).collect();
    format!("{source}\n\n----------\n{}", texts.join("\n"))
}

macro_rules! expression {
    ($name:ident, $source:expr $(, $known:expr)*) => {
        #[test]
        fn $name() {
            insta::assert_snapshot!(show($source, true, &[$($known),*]));
        }
    };
}

macro_rules! class {
    ($name:ident, $source:expr) => {
        #[test]
        fn $name() {
            insta::assert_snapshot!(show($source, false, &[]));
        }
    };
}

expression!(addition_of_literals_is_one_load, "x := 2 + 3");
expression!(addition_of_variables, "x + y", "x", "y");
expression!(left_operand_assigned_by_the_right_one, "x + (x := 5)", "x");
expression!(comparison_of_literals_decides_a_branch, "1 < 2 ifTrue: [x] ifFalse: [y]", "x", "y");
expression!(literals, "#(1, 40000, 123456789012345678901234567890, 1.5, #name, \"text\", nil, true, $a)");
expression!(collections, "#{#a => 1, #b => #[x, 2]}", "x");
expression!(list_with_a_tail, "#(1, 2 | rest)", "rest");
expression!(interpolation, "\"n = {n}, twice {n * 2}.\"", "n");
expression!(keyword_send, "list at: 1 put: (list size)", "list");
expression!(class_and_erlang, "Counter new. Erlang lists reverse: #(1, 2)");
expression!(transcript, "Transcript show: \"hello\"");
expression!(fire_and_forget_and_await, "a tick. a total await", "a");
expression!(cascade, "list add: 1; add: 2; size", "list");
expression!(conditions_with_and_and_or, "(a and: [b or: [c]]) ifTrue: [1]", "a", "b", "c");
expression!(conditional_as_value_without_else, "x := a > 3 ifTrue: [4]", "a");
expression!(nil_tests, "x ifNil: [0] ifNotNil: [:v | v + 1]", "x");
expression!(while_loop, "n := 0. [n < 10] whileTrue: [n := n + 1]. n");
expression!(counted_loop, "s := 0. 1 to: n do: [:i | s := s + i]. s", "n");
expression!(counted_loop_downwards, "s := 0. 10 to: 1 by: -2 do: [:i | s := s + i]. s");
expression!(times_repeat, "3 timesRepeat: [a tick]", "a");
expression!(immediate_block, "[:x | x * x] value: n", "n");
expression!(block_captures_by_value, "k := 3. b := [:x | x + k]. k := 4. b value: 1");
expression!(block_writes_through_cells, "sum := 0. list each: [:x | sum := sum + x]. sum", "list");
expression!(blocks_within_blocks_write_through, "n := 0. a each: [:x | x each: [:y | n := n + y]]. n", "a");
expression!(exception_handler, "n := 1. [n := 2. a risk] on: Error do: [:e | n]", "a");
expression!(handler_that_is_a_value, "[a risk] on: Error do: h", "a", "h");
expression!(ensure, "n := 1. [n := 2. a risk] ensure: [a close: n]", "a");
expression!(match_on_literals, "x match: [0 -> \"zero\"; 1 -> \"one\"; n -> n]", "x");
expression!(match_on_tuples, "x match: [{#ok, v} -> v; {#error, {code, _}} -> code; _ -> nil]", "x");
expression!(match_with_guards, "x match: [{#a, n} when: [n > 3] -> n; {#a, _} -> 0; _ -> 1]", "x");
class!(fibonacci, "Object subclass: Fib\n  fib: n => n <= 1 ifTrue: [n] ifFalse: [(self fib: n - 1) + (self fib: n - 2)]");
class!(
    ackermann,
    "Object subclass: Ackermann\n  of: m with: n =>\n    m match: [\n      0 -> n + 1;\n      _ -> n match: [0 -> self of: m - 1 with: 1; _ -> self of: m - 1 with: (self of: m with: n - 1)]\n    ]"
);
class!(
    fizz_buzz,
    "Object subclass: FizzBuzz\n  run: n =>\n    1 to: n do: [:i |\n      Transcript show: (i % 15 == 0 ifTrue: [\"FizzBuzz\"] ifFalse: [\n        i % 3 == 0 ifTrue: [\"Fizz\"] ifFalse: [i % 5 == 0 ifTrue: [\"Buzz\"] ifFalse: [i]]])]"
);
class!(early_return, "Object subclass: C\n  first: n =>\n    1 to: 10 do: [:i | i * i > n ifTrue: [^i]]\n    nil");
class!(nonlocal_return, "Object subclass: C\n  first: list => list do: [:x | x > 3 ifTrue: [^x]]. nil");
class!(return_through_ensure, "Object subclass: C\n  go: n => [n > 3 ifTrue: [^1]. 2] ensure: [n foo]");
class!(
    tail_sends,
    "Object subclass: C\n  go: n => n > 0 ifTrue: [self go: n - 1] ifFalse: [n done]\n  not: n => (self not: n - 1) + 1"
);
class!(value_object, "Object subclass: Span\n  state: lo = 0\n  state: hi = 10\n  from: a =>\n    self.lo := a\n    self width\n  width => self.hi - self.lo");
class!(actor_and_class_variables, "Actor subclass: Counter\n  state: n = 0\n  classState: made = 0\n  add: k => self.n := self.n + k\n  class made => self.made := self.made + 1");
class!(super_send, "Collection subclass: Bag\n  size => 0\n  do: block => nil\n  printString => super printString");
class!(self_in_a_block, "Object subclass: C\n  each: list => list collect: [:x | self of: x]\n  of: x => x");
