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

/// Where statements end and what tokens mean at their place: boundaries of statements, members, brackets, words.
#[test]
fn layout() {
    const TEXTS: &[&str] = &[
        "a foo\nbar",
        "a foo\nbar: 1",
        "a\nbar: 1\nbaz: 2",
        "a bar: 1\n+ 2",
        "a\n- 2",
        "a\n-2",
        "a -\n2",
        "x :=\n5",
        "x\n:= 5",
        "a foo;\nbar;\nbaz",
        "a foo\n; bar",
        "a foo. b bar",
        "a foo b: c d",
        "[x foo. y]",
        "[x foo y]",
        "#(1,\n2)",
        "(a\nfoo)",
        "(a\n+ 1)",
        "self.n",
        "self. n",
        "self .n",
        "self foo.bar",
        "r m; n\no",
        "x match: [1 -> a\n_ when: [a > 1] -> b]",
        "^a foo: b\nc: d",
        "#{a => 1, (a) => 2}\n#(1 | a)",
        "A subclass: B\n  go => x\n  at: i put: v => y",
        "A subclass: B\n  go => x\n  at: 1 put: 2",
        "A subclass: B\n  go => x\n  - other => other",
        "A subclass: B\n  go => x\n  - other",
        "A subclass: B\n  go => x\n  state: y = 2",
        "A subclass: B\n  go => x\n  foo\n  bar => y",
        "A subclass: B\n  go -> Integer => 4\n  class make => self new",
        "A subclass: B\n  go =>\n  #{a => 1} size",
        "A subclass: B\n  go => x\nFoo >> bar => 1",
        "A subclass: B\n  go => x\nFoo new",
        "Foo >> #bar",
        "Foo class >> bar",
        "1 2",
        "a foo (",
        "a )",
    ];
    let shown: Vec<String> = TEXTS.iter().map(|text| format!("{text}\n----\n{}", bt_syntax::show_layout(text))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}
