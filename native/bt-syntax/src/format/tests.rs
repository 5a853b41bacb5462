use super::{format, Refusal, WIDTH};

/// Formatted; and formatted again it stays what it is.
fn formatted(text: &str) -> String {
    let once = format(text).unwrap_or_else(|refusal| panic!("{refusal:?} for {text:?}"));
    let twice = format(&once).unwrap_or_else(|refusal| panic!("{refusal:?} for the result {once:?}"));
    assert_eq!(once, twice, "formatted again");
    once
}

#[track_caller]
fn becomes(text: &str, expected: &str) {
    assert_eq!(formatted(text), expected);
}

#[track_caller]
fn stays(text: &str) {
    becomes(text, text);
}

#[test]
fn blanks_between_tokens() {
    becomes("x:=1.y   foo:3   bar:[:a|a+1.a]", "x := 1\ny foo: 3 bar: [:a | a + 1. a]\n");
    becomes("#( 1,2 ,3|x)size . ^ -3", "#(1, 2, 3 | x) size\n^-3\n");
    becomes("#{a=>1 , \"b\"=>[]}", "#{a => 1, \"b\" => []}\n");
    becomes("self . n. self.n", "self\nn\nself.n\n");
    becomes("[ :x   :y|x ]value:1 value:2", "[:x :y | x] value: 1 value: 2\n");
    becomes("[:x | ]", "[:x |]\n");
}

#[test]
fn a_text_without_code() {
    becomes("", "");
    becomes(" \n\n ", "");
    becomes("\n\n  // alone", "// alone\n");
    becomes("\u{feff}x", "x\n");
    becomes("/* open\n", "/* open\n");
}

#[test]
fn members_are_indented_below_their_class() {
    becomes(
        "/// Doc\nsealed Object subclass:A\nstate:a=1\nclassState: b:Integer\n\n\n/// m\nclass foo:x=>x\nbar ->  Integer|Nil=>\n1\n2\nA class>>baz=>3",
        "/// Doc\nsealed Object subclass: A\n  state: a = 1\n  classState: b: Integer\n\n  /// m\n  class foo: x => x\n  bar -> Integer | Nil =>\n    1\n    2\nA class >> baz => 3\n",
    );
}

#[test]
fn a_body_of_several_statements_has_lines_of_its_own() {
    becomes("A >> x => a. b", "A >> x =>\n  a\n  b\n");
    stays("A >> x => a\n");
    stays("A >> x =>\n  a\n");
}

#[test]
fn breaks_of_the_author_stay() {
    stays("total := prices\n  inject: 0\n  into: [:sum :p | sum + p]\n");
    stays("x foo: 1\n  bar: 2\n");
    stays("area := width\n  * height\n");
    becomes("area := width *\nheight", "area := width\n  * height\n");
    stays("log show: \"a\";\n  show: \"b\"; cr\n");
    becomes("5 yourself\n; abs", "5 yourself;\n  abs\n");
    stays("x :=\n  5\n");
    stays("#(\n  1,\n  2,\n)\n");
    stays("#(1, 2,\n  3, 4)\n");
    stays("#{\n  a => 1,\n  b => [:x |\n    x\n  ]\n}\n");
}

#[test]
fn a_block_is_broken_as_a_whole() {
    becomes("x do: [:a | a\nb. c]", "x do: [:a |\n  a\n  b\n  c]\n");
    stays("x do: [:a |\n  a\n\n  b\n]\n");
    becomes("x do: [\n\n\na\n\n\n\nb\n\n]", "x do: [\n  a\n\n  b\n]\n");
    stays("a ifTrue: [\n  b\n] ifFalse: [\n  c\n]\n");
}

#[test]
fn arms_of_a_match() {
    becomes(
        "x match: [1->a;{#ok,v}when:[v>1]->v foo: 2 ;_->c ; ]",
        "x match: [1 -> a; {#ok, v} when: [v > 1] -> v foo: 2; _ -> c]\n",
    );
    becomes("x match: [\n1 -> a;\n_ -> c\n]", "x match: [\n  1 -> a\n  _ -> c\n]\n");
    // A line that begins with a minus would go on with the arm before.
    stays("x match: [\n  1 -> a;\n  - 2 -> c\n]\n");
}

#[test]
fn long_lines() {
    let long = "a".repeat(50);
    becomes(&format!("x {long}: 1 {long}: 2 {long}: 3"), &format!("x\n  {long}: 1\n  {long}: 2\n  {long}: 3\n"));
    becomes(&format!("x do: [:y | y {long}: {long} b: 123456]"), &format!("x do: [:y |\n  y {long}: {long} b: 123456\n]\n"));
    becomes(&format!("{long} + {long} * 2 + {long}"), &format!("{long}\n  + {long} * 2\n  + {long}\n"));
    becomes(&format!("x {long}; {long}; {long}"), &format!("x {long};\n  {long};\n  {long}\n"));
    becomes(&format!("A >> x: {long} => {long} foo: {long}"), &format!("A >> x: {long} =>\n  {long} foo: {long}\n"));
    becomes(&format!("#(x {long}, y {long}, z {long})"), &format!("#(\n  x {long},\n  y {long},\n  z {long}\n)\n"));
    becomes(&format!("#({long}, {long}, {long})"), &format!("#({long}, {long},\n  {long})\n"));
    stays(&format!("A >> {long}: {long} => @primitive \"{long}\"\n"));
    // A comment behind it makes no line too long.
    stays(&format!("x foo: 1 bar: 2 // {long}{long}{long}\n"));
    // In a class body the word would declare a field.
    stays(&format!("Object subclass: A\n  m => x\n    {long}: 1 state: {long}\n    b: {long}{long}\n"));
}

#[test]
fn comments_stay_where_they_are() {
    stays("// first\n\nx // behind\n// before\ny\n\n// last\n");
    stays("x := 1    // aligned\nlonger := 2 // with this\n");
    stays("x foo: 1 // one\n  bar: 2 // two\n");
    stays("x\n  // first\n  foo: 1\n  /* second */\n  bar: 2\n");
    stays("#(\n  1, // one\n  // two\n  2\n  // end\n)\n");
    stays("x do: [ // header\n  // inside\n  a\n  // end\n]\n");
    stays("a /* in */ + b\n");
    stays("a + // left\n  b\n");
    stays("/* two\n     lines */\nx\n");
    becomes("x. // behind\ny", "x // behind\ny\n");
    stays("Object subclass: A\n  // fields\n  state: a = 1\n\n  // methods\n\n  /// m\n  m =>\n    // why\n    1\n    // what is left\n\n  n => 2\n");
}

#[test]
fn documentation_keeps_its_owner_and_its_blanks() {
    stays("Object subclass: A\n  /// Two blanks  \n  /// break a line.\n  m => 1\n\n  /// nobody's\n\n  n => 2\n");
    becomes("/// nobody's\n.\nObject subclass: A", "/// nobody's\n\nObject subclass: A\n");
}

#[test]
fn texts_are_not_touched() {
    stays("x := \"a  {  1 +2  }\n   b\" size\n");
    stays("$  foo: #'a  b'\n");
    becomes("x\r\nfoo := \"a\r\nb\"\r\n", "x\nfoo := \"a\r\nb\"\n");
}

#[test]
fn separators_that_mean_something() {
    // Without its period the word would be a modifier of the class.
    becomes("typed.\nObject subclass: A", "typed.\nObject subclass: A\n");
    // Two statements on one line end the body.
    becomes("Object subclass: A\nm => 1 + 2  3", "Object subclass: A\n  m => 1 + 2 3\n");
}

#[test]
fn scripts_are_laid_out_input_by_input() {
    stays("Foo >> a => 1\n// => _\nFoo new a\n// => 1\n\nx := 2\n// => 2\n");
    // A comment in the middle of something is none.
    stays("x := #(1,\n  // => 2\n  2)\n");
    becomes("x := #(1,\n// => 2\n2)\n", "x := #(1,\n  // => 2\n  2)\n");
    let refusal = format("1\n// => 1\n(\n// => ERROR: x\n").unwrap_err();
    assert!(matches!(&refusal, Refusal::Syntax(found) if found[0].span.start >= 9), "{refusal:?}");
}

#[test]
fn lines_of_scripts_stay_lines() {
    becomes("x := 1.  y:=2.\n// => 2\ny\n// => 2", "x := 1. y := 2\n// => 2\ny\n// => 2\n");
    becomes("x := 1 /* one */.  y:=2. // two\n// => 2", "x := 1. /* one */ y := 2 // two\n// => 2\n");
    stays("Foo >> a => 1. 2\n// => _\nFoo new a\n// => 2\n");
    stays("Object subclass: A m => 1. 2\n// => _\nA new m\n// => 2\n");
    stays("x := 1. [x > 0] whileTrue: [x := x - 1]. x\n// => 0\n");
    let long = (1..60).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
    stays(&format!("x := #({long}) inject: 0 into: [:sum :each | sum + each]. x\n// => 1770\nx\n// => 1770\n"));
    stays(&format!("x foo: #({long}); bar: [:a | a. #({long})]\n// => _\n"));
    // Broken by the author, where the line before is not complete.
    stays("1 +\n  2 * (3 -\n    4)\n// => -1\n");
    stays("x := 1 + 2 +\n  -3\n// => 0\n");
    stays("#(1, 2) do: [:each |\n  each foo\n  each bar\n]\n// => nil\n");
}

#[test]
fn syntax_errors_are_refused() {
    for text in ["x foo: ", "[1", "Object subclass: A\n  m => (", "#"] {
        let refusal = format(text).unwrap_err();
        assert!(
            matches!(&refusal, Refusal::Syntax(found) if found.iter().any(bt_base::Diagnostic::is_error)),
            "{text:?}: {refusal:?}"
        );
    }
}

#[test]
fn long_chains_and_deep_nesting() {
    let chain = |unit: &str, n: usize| format!("x{}", unit.repeat(n));
    for text in [chain(" foo", 100_000), chain(" + 1", 100_000), chain("; foo", 50_000), chain(" a: 1", 50_000)] {
        assert!(formatted(&text).len() >= text.len());
    }
    let deep = |n: usize| format!("{}1{}", "(".repeat(n), ")".repeat(n));
    stays(&(deep(60) + "\n"));
    assert!(format(&deep(100_000)).is_err());
    let blocks = format!("{}1{}", "[x foo: ".repeat(60), "]".repeat(60));
    assert!(formatted(&blocks).lines().all(|line| line.len() < 2 * WIDTH));
}

#[test]
fn time_grows_with_the_text() {
    let unit = "x do: [:each | (each foo: #(1, 2, 3)) bar: \"text\"; baz]. // note\ny := a + b * c\n";
    let time = |n: usize| {
        let text = unit.repeat(n);
        let runs = (0..3).map(|_| {
            let start = std::time::Instant::now();
            assert!(format(&text).is_ok());
            start.elapsed()
        });
        runs.min().expect("three runs")
    };
    let (short, long) = (time(500), time(8000));
    assert!(long < short * 16 * 4, "{short:?} for 500, {long:?} for 8000");
}
