//! The resolved tree of small programs: captures, cells, inlined control flow. Source first, tree below.

fn lower(source: &str, expression: bool, known: &[&str]) -> String {
    let parse = bt_syntax::parse(source);
    let options =
        bt_sema::Options { expression, known_vars: known.iter().map(|s| s.to_string()).collect(), ..bt_sema::Options::default() };
    let index = bt_hir::ClassIndex::over(bt_sema::library_index());
    let lowered = bt_sema::lower(&parse.module, source, &index, &options);
    let hir = lowered.hir.expect("the source has something to compile");
    assert_eq!(bt_hir::verify(&hir), Vec::<String>::new());
    format!("{source}\n\n----------\n{}", bt_hir::show(&hir))
}

macro_rules! hir {
    ($name:ident, $source:expr $(, $known:expr)*) => {
        #[test]
        fn $name() {
            let expression = !$source.contains("subclass:");
            insta::assert_snapshot!(lower($source, expression, &[$($known),*]));
        }
    };
}

hir!(operators_and_sends, "a + b foo: 3", "a", "b");
hir!(inlined_conditional, "x > 1 ifTrue: [2] ifFalse: [3]", "x");
hir!(not_inlined_without_literal_blocks, "x ifTrue: b", "x", "b");
hir!(cells_of_a_send, "n := 0. list do: [:e | n := n + e]", "list");
hir!(nested_blocks_write_through, "n := 0. list do: [:e | e do: [:f | n := n + f]]", "list");
hir!(stored_block_loses_its_writes, "n := 0. b := [:x | n := x]. b value: 1");
hir!(immediate_block_is_a_let, "[:x | x + 1] value: 3");
hir!(nil_family_with_values, "x ifNil: b ifNotNil: c", "x", "b", "c");
hir!(handler_and_cleanup, "[1 / 0] on: Error do: [:e | e message]. [1] ensure: [2]");
hir!(cascade_on_a_send, "a b; c: 1; d", "a");
hir!(matching, "x match: [1 -> #one; {#ok, v} when: [v > 1] -> v; _ -> nil]", "x");
hir!(erlang_calls, "Erlang lists nth: 1 from: #(1). Erlang lists");
hir!(top_level_return_is_a_value, "[:q | ^q + 1. 9] value: 4");
hir!(value_class_keeps_self_in_a_variable, "Object subclass: S\n  state: a = 0\n  set: x => self.a := x. self");
hir!(nonlocal_return, "Object subclass: S\n  first: l => l do: [:e | ^e]. nil");
hir!(of_two_methods_of_one_name_the_later_counts, "Object subclass: S\n  a => 1\n  class a => 2\n  a => 3");
hir!(operators_of_the_superclass, "Shape subclass: S\n  + other => super + other\n  == other => super == other");
hir!(class_side, "Object subclass: S\n  classState: n = 0\n  class bump => self.n := self.n + 1");
