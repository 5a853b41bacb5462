//! Tokens and trees of each construct: source first, result below.

fn shown(text: &str) -> String {
    let parse = bt_syntax::parse(text);
    let mut out = format!("{text}\n----\n{}", bt_syntax::show_ast(&parse.module));
    for d in &parse.diagnostics {
        out += &format!("{} {} @{}..{}\n", d.code.name, d.message, d.span.start, d.span.end);
    }
    out
}

macro_rules! trees {
    ($($name:ident: $text:expr;)*) => {
        $(#[test] fn $name() { insta::assert_snapshot!(shown($text)); })*
    };
}

trees! {
    literals: "1. 16rFF. 123456789012345678901234567890. 1.5e3. $a. #sym. #'a b'. #at:put:. \"s \"\"q\"\"\"";
    interpolation: "\"a {b size} {c foo: \"in\"}{d}\"";
    collections: "#(1, 2 | rest). #[1, a -> 2]. #{k => 1, (k) => 2, Foo => 3}";
    operators: "a + b * c ** d ** e < f =:= g -> h >> #i";
    sends: "a foo bar at: 1 + 2 put: b size; baz; + 3";
    blocks: "[:x :y |\n  z := x + y.\n  ^z\n]";
    fields: "self.count := self.count + a.b.c";
    matching: "x match: [\n  {#ok, v} when: [v > 0] -> v;\n  - 1 -> \"minus\"; nil -> 0\n  _ -> (^3)\n]";
    directives: "@expect dnu\n1 foo";
    class_definition: "/// Keeps a mean.\nsealed typed Actor subclass: Mean\n  classState: made = 0\n  state: sum: Float = 0.0\n\n  /// Makes one.\n  class create => self.made := self.made + 1. self spawn\n  sealed add: x: Number -> Integer =>\n    self.sum := self.sum + x\n  - other : Mean | Nil => @primitive \"-\"\n";
    standalone_method: "/// Resets.\nMean class >> reset: n => self.made := n. nil.";
    recovery: "Object subclass: A\n  foo => [:x | x + ] value: #(1, *, 3)\n  bar =>\n    (1 + 2]\n    3 := 4\n  baz => \"{}\"";
    unclosed_block_ends_at_header: "Object subclass: A\n  foo => [ x bar\n  baz => 3";
}

#[test]
fn tokens() {
    let text = "/// doc\nx:=a at:1 // c\n  -5 - 5 =:= #at:put: #'q' $\\n \"s {b}\" 1e 2r1 @primitive @x 'y' é\n#(#{#[#";
    insta::assert_snapshot!(format!("{text}\n----\n{}", bt_syntax::show_tokens(text)));
}
