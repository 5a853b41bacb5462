//! Each construct of the language in all its forms: tokens, tree, resolved tree, Core Erlang. One snapshot a construct, in `stages/`; `make golden`
//! regenerates.

use std::fmt::Write as _;

use bt_engine::{Compiler, Mode, Never, Options, Report, Stage};

/// Name of the snapshot, the construct. Whatever defines a class is read as a file, the rest as workspace input.
const CONSTRUCTS: &[(&str, &str)] = &[
    ("integers", "#(17, -3, 2r1011, 16rFF, 36rzz, 123456789012345678901234567890)"),
    ("floats", "#(0.5, -2.0, 6.02e23, 1E+4)"),
    ("characters", "#($a, $ , $\\n, $é)"),
    ("strings", "#(\"plain\", \"say \"\"no\"\"\", \"a\\n\", \"\\{raw\\}\")"),
    ("interpolation", "x := 3\n\"x = {x} and {\"nested {x}\" size}{#a}\""),
    ("symbols", "#(#name, #at:put:, #+, #'any text', #,)"),
    ("pseudo_variables", "#(true, false, nil)"),
    ("list", "#(1, \"two\", #(3),)"),
    ("list_with_tail", "rest := #(3)\n#(1, 2 | rest)"),
    ("array", "#[1, #[2]]"),
    ("map", "k := 1\n#{a => 1, \"b\" => 2, (k) => 3, Integer => 4}"),
    ("assignment", "x := y := 3\n(x := 4) + y"),
    ("unary_send", "3 negated printString"),
    ("binary_sends", "2 + 3 * 4 ** 2 < 7 == true"),
    ("other_operators", "#a -> 1 + 2\n\"a\" ++ \"b\"\n7 % 2\n1 =:= 1.0\n1 /= 2"),
    ("keyword_send", "#(1, 2) inject: 0 into: [:a :e | a + e]"),
    ("lines", "total := #(1, 2)\n  inject: 0\n  into: [:a :e |\n    a\n      + e]\ntotal"),
    ("cascade", "x := 3 printString; negated; max: 2 + 1"),
    ("block", "b := [:x :y | t := x. t + y]\nb value: 1 value: 2"),
    ("empty_block", "[] value"),
    ("captures", "n := 0\n#(1, 2) do: [:e | n := n + e]\n#(3) collect: [:e | n := n + e]\nn"),
    ("nested_captures", "n := 0\n#(1) collect: [:a | #(2) collect: [:b | n := n + a + b]]\nn"),
    ("conditionals", "x := 3\nx > 2 ifTrue: [x := 1] ifFalse: [x := 2]\nx > 2 ifTrue: [4]"),
    ("nil_tests", "x := nil\nx ifNil: [1]\nx ifNotNil: [:v | v + 1]\nx ifNil: [0] ifNotNil: [:v | v]"),
    ("short_circuits", "(true and: [false]) or: [1 > 2]"),
    ("while_loop", "n := 3\n[n > 0] whileTrue: [n := n - 1]\n[n > 2] whileFalse: [n := n + 1]\nn"),
    ("counted_loops", "s := 0\n3 timesRepeat: [s := s + 1]\n1 to: 3 do: [:i | s := s + i]\n9 to: 1 by: -2 do: [:i | s := s - i]\ns"),
    ("match", "x := 3\nx match: [0 -> \"zero\"; -1 -> \"minus\"; n when: [n > 2] -> n; \"s\" -> 1; #s -> 2; $c -> 3; 1.5 -> 4; nil -> 5; _ -> 6]"),
    ("match_tuple", "t := Erlang erlang list_to_tuple: #(#ok, 8)\nt match: [{#error, _} -> 0; {#ok, v} -> v + 1]"),
    ("handlers", "[1 / 0] on: Error do: [:e | e message]\nb := [:e | e]\n[1] on: Error do: b"),
    ("cleanup", "x := 0\n[x := 1] ensure: [x := x + 1]\nx"),
    ("erlang", "Erlang lists reverse: #(1, 2)\np := Erlang lists\np reverse: #(3)\nErlang lists printString"),
    ("classes_as_values", "#(Integer, Integer name, 3 class, Transcript)"),
    ("fixed_messages", "x := 3\nx isNil\nx yourself; hash\nx respondsTo: #foo\nx perform: #negated\nx error: \"no\"\nInteger >> #foo\nx asType: Integer"),
    ("directive", "@expect dnu\n3 fooBar"),
    ("comments", "// one\n3 /* two\n lines */ + 4 // three"),
    ("top_level_return", "[:q | ^q + 1] value: 4"),
    ("class", "/// A point.\nsealed typed Object subclass: Point\n  state: x: Integer = 0\n  state: y = 0\n\n  /// The sum.\n  sum -> Integer => self.x + self.y\n  + other: Point -> Point =>\n    self.x := self.x + other sum\n    self\n  at: i: Integer put: v -> Integer | Nil => v\n"),
    ("actor", "Actor subclass: Counter\n  state: n = 0\n  initialize => self.n := 1\n  increment => self.n := self.n + 1\n  twice =>\n    self increment; increment\n    self.n\n  ask: other => (other increment) await + other size\n  tell: other =>\n    other increment\n    nil\n"),
    ("class_side", "Object subclass: Registry\n  classState: made = 0\n  class create =>\n    self.made := self.made + 1\n    self new\n  class made => self.made\n"),
    ("super_sends", "Object subclass: Loud\n  printString => super printString ++ \"!\"\n  + other => super + other\n  class new => super new\n"),
    ("returns", "Object subclass: Finder\n  find: x in: list =>\n    list do: [:e | e == x ifTrue: [^e]]\n    list detect: [:e | ^e] ifNone: [^nil]\n  early: x =>\n    x > 1 ifTrue: [^x]\n    [^2] ensure: [x]\n"),
    ("actor_blocks", "Actor subclass: Adder\n  state: sum = 0\n  add: list =>\n    list do: [:e | self.sum := self.sum + e]\n    list collect: [:e | self.sum + e]\n  safe => [self.sum := 9. 1 / 0] on: Error do: [:e | self.sum]\n"),
    ("method_modifiers", "abstract Object subclass: Base\n  sealed id => 1\n  class sealed make => 2\n  sealed class other => 3\n  class => 4\n"),
    ("standalone_methods", "Object subclass: Box\n  a => 1\nBox >> b => 2\nBox class >> c => 3\nBox >> a => 4\n"),
    ("patch", "Box >> content: x -> Integer => x"),
    ("syntax_errors", "x := (1 + ]\ny := #(1 2)\n🚀"),
];

fn options(source: &str) -> Options {
    let mode = if source.contains("subclass:") { Mode::File } else { Mode::Expression };
    Options { mode, module_name: (mode != Mode::File).then(|| "input".into()), workspace_mode: true, ..Options::default() }
}

/// Core without the functions that every class module has.
fn own_code(core: &str) -> &str {
    let end = core.find("'$fields'/0 =").or_else(|| core.find("'module_info'/0 =")).unwrap_or(core.len());
    &core[..end]
}

fn stages(source: &str) -> String {
    let compiler = Compiler::default();
    let options = options(source);
    let mut out = source.trim_end().to_string();
    for (stage, title) in
        [(Stage::Tokens, "tokens"), (Stage::Ast, "tree"), (Stage::Hir, "resolved"), (Stage::Core, "Core Erlang")]
    {
        let (text, found) = compiler.show(stage, source.as_bytes(), &options, &Never).expect("the source is text");
        let text = if stage == Stage::Core { own_code(&text) } else { &text };
        let _ = write!(out, "\n\n---- {title} ----\n{}", text.trim_end());
        if stage == Stage::Hir {
            for report in &found {
                let _ = write!(out, "\n{}: {}", report.severity.as_str(), report.message);
            }
        }
    }
    out
}

#[test]
fn every_construct_in_every_stage() {
    for (name, source) in CONSTRUCTS {
        let failure =
            Compiler::default().diagnostics(source.as_bytes(), &options(source), &Never).into_iter().find(Report::is_error);
        assert_eq!(failure.is_some(), *name == "syntax_errors", "{name}: {failure:?}");
        insta::with_settings!({ snapshot_path => "stages", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(*name, stages(source));
        });
    }
}

/// A node of either tree that no construct reaches has no snapshot.
#[test]
fn every_node_is_reached() {
    let all: String = CONSTRUCTS.iter().map(|(_, source)| stages(source)).collect();
    let heads: std::collections::BTreeSet<&str> =
        all.lines().filter_map(|line| line.split_whitespace().next()).map(|w| w.trim_start_matches(['(', '['])).collect();
    let nodes = [
        "literal",
        "local",
        "set",
        "self",
        "field",
        "setfield",
        "classvar",
        "setclassvar",
        "class",
        "global",
        "send",
        "fixed",
        "binary",
        "cascade",
        "block",
        "seq",
        "if",
        "ifnil",
        "and",
        "or",
        "while",
        "until",
        "times",
        "todo",
        "let",
        "match",
        "return",
        "ondo",
        "ensure",
        "interpolate",
        "list",
        "array",
        "map",
    ];
    let missing: Vec<&str> = nodes.into_iter().filter(|n| !heads.contains(n)).collect();
    assert!(missing.is_empty(), "no construct shows {missing:?}");
}
