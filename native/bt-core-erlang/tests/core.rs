//! Core Erlang of small programs, by construct. Each test holds only its input; the snapshot shows source first, result below.
//! `make golden` regenerates.

use bt_core_erlang::{emit, Options};

fn compile(source: &str, expression: bool, known: &[&str]) -> String {
    let parse = bt_syntax::parse(source);
    let options = bt_sema::Options {
        expression,
        known_vars: known.iter().map(|s| s.to_string()).collect(),
        module_name: expression.then(|| "eval".to_string()),
        ..bt_sema::Options::default()
    };
    let index = bt_hir::ClassIndex::over(bt_sema::library_index());
    let lowered = bt_sema::lower(&parse.module, source, &index, &options);
    let problems: Vec<String> =
        parse.diagnostics.iter().chain(&lowered.diagnostics).filter(|d| d.is_error()).map(|d| d.message.clone()).collect();
    assert!(problems.is_empty(), "{problems:?}");
    let hir = lowered.hir.expect("the source has something to compile");
    assert_eq!(bt_hir::verify(&hir), Vec::<String>::new());
    let text = emit(&hir, source, &Options::default());
    format!("{source}\n\n----------\n{}", code_of(&text))
}

/// Without the functions that every class module has.
fn code_of(text: &str) -> String {
    let from = text.find("attributes").unwrap_or(0);
    let start = text[from..].find("]\n'").map_or(0, |i| from + i + 2);
    let end = text.find("'$fields'/0 =").or_else(|| text.find("'module_info'/0 =")).unwrap_or(text.len());
    text[start..end].to_string()
}

macro_rules! expression {
    ($name:ident, $source:expr $(, $known:expr)*) => {
        #[test]
        fn $name() {
            insta::assert_snapshot!(compile($source, true, &[$($known),*]));
        }
    };
}

macro_rules! class {
    ($name:ident, $source:expr) => {
        #[test]
        fn $name() {
            insta::assert_snapshot!(compile($source, false, &[]));
        }
    };
}

expression!(arithmetic_on_literals_is_direct, "1 + 2 * 3");
expression!(arithmetic_on_a_variable_is_guarded, "x + 1", "x");
expression!(assignment_goes_back_to_the_bindings, "x := 3. y := x * 2", "x");
expression!(keyword_send, "list at: 1 put: 2", "list");
expression!(sends_to_a_class_and_to_erlang, "Counter new. Erlang lists reverse: #(1, 2)");
expression!(fire_and_forget_and_await, "a tick. a total await", "a");
expression!(interpolation, "\"n = {n}, twice {2 * 3}\"", "n");
expression!(interpolation_of_an_empty_string, "\"a{\"\"}b\". \"{\"\"}\"");
expression!(conditional_assigns, "n := 0. flag ifTrue: [n := 1] ifFalse: [n := 2]. n", "flag");
expression!(while_loop_threads_its_variables, "n := 0. s := 0. [n < 10] whileTrue: [s := s + n. n := n + 1]. s");
expression!(counted_loop, "s := 0. 1 to: 10 do: [:i | s := s + i]. s");
expression!(block_with_cells, "sum := 0. list do: [:x | sum := sum + x]. sum", "list");
expression!(closure_captures_by_value, "x := 1. b := [x]. x := 2. b value");
expression!(cascade, "t show: 1; show: 2; cr", "t");
expression!(match_with_guard_and_tuple, "v match: [{#ok, x} -> x; n when: [n < 0] -> 0; \"s\" -> 1; _ -> 2]", "v");
expression!(match_with_a_send_in_a_guard, "v match: [n when: [n isEven] -> 0; _ -> 1]", "v");
expression!(handler_starts_from_the_entry_state, "n := 0. [n := 1. n foo] on: Error do: [:e | n := n + 10]. n");
expression!(ensure_runs_once_in_text, "n := 0. [n := 1] ensure: [n := n + 1]. n");
expression!(nil_tests, "x ifNil: [0] ifNotNil: [:v | v + 1]", "x");
expression!(short_circuits, "(x > 1) and: [x < 10]", "x");

class!(
    early_return_is_a_tail_value,
    "Object subclass: C\n  go: n =>\n    n < 0 ifTrue: [^#negative]\n    n > 9 ifTrue: [^#big]\n    #digit"
);
class!(
    assignment_in_a_statement_that_answers_its_receiver,
    "Object subclass: C\n  go: n =>\n    (x := n foo) yourself\n    [n foo: [(x := n bar) yourself. 1]] value\n    x"
);
class!(return_out_of_a_loop, "Object subclass: C\n  find: n =>\n    1 to: 10 do: [:i | i * i > n ifTrue: [^i]]\n    nil");
class!(return_out_of_a_closure_is_a_throw, "Object subclass: C\n  first: list => list do: [:x | ^x]. nil");
class!(return_through_ensure, "Object subclass: C\n  go: n => [n > 3 ifTrue: [^1]. 2] ensure: [n foo]");
class!(value_object_rebinds_self, "Object subclass: Span\n  state: lo = 0\n  from: a =>\n    self.lo := a\n    self");
class!(
    actor_fields_live_in_the_process,
    "Actor subclass: Counter\n  state: n = 0\n  add: k => self.n := self.n + k\n  twice => self add: 1. self add: 1"
);
class!(
    class_variables_are_written_under_the_lock,
    "Object subclass: C\n  classState: made = 0\n  class create => self.made := self.made + 1. self new\n  class made => self.made"
);
class!(
    super_goes_to_the_known_module,
    "Collection subclass: Bag\n  size => 0\n  do: block => nil\n  printString => super printString"
);

#[test]
fn long_chains_are_cut_into_functions() {
    let source = format!("x{}", " + 1".repeat(2_000));
    let text = compile(&source, true, &["x"]);
    assert!(text.matches("-part").count() >= 14, "parts of a few hundred steps");
}

#[test]
fn a_very_long_chain_does_not_overflow_the_stack() {
    let source = format!("1{}", " + 1".repeat(100_000));
    assert!(compile(&source, true, &[]).len() > 1_000_000);
}

#[test]
fn equal_input_gives_equal_text() {
    let source = "Object subclass: C\n  go: a with: b => a foo: [:x | x + b]. #{a => 1, b => 2}";
    assert_eq!(compile(source, false, &[]), compile(source, false, &[]));
}

#[test]
fn long_lists_and_many_early_returns_do_not_overflow_the_stack() {
    let list = format!("#({})", "1, ".repeat(100_000));
    assert!(compile(&list, true, &[]).len() > 200_000);
    let guards = format!("Object subclass: C\n  go: n =>\n{}    0", "    n == 1 ifTrue: [^1]\n".repeat(20_000));
    assert!(compile(&guards, false, &[]).len() > 1_000_000);
}
