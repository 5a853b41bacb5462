//! Each mistake gives one finding, with the sentence the language page fixes.

use bt_syntax::ast::ExprKind;

/// Input, part of the only message.
const ONE: &[(&str, &str)] = &[
    // Table 4.2.
    ("]", "expected expression, found ]"),
    ("[:a | a + 1", "Expected ']' to close block"),
    ("(1 + 2]", "Expected ')'"),
    ("[:a a + 1]", "Expected '|' after block parameters"),
    ("^ * 2", "expected expression, found *"),
    ("1 + + 2", "expected expression, found +"),
    ("5; 6", "Expected message selector in cascade"),
    ("#", "Unexpected '#': expected '#(' for a list, '#[' for an array, '#{' for a map, or '#name' / #'quoted' for a symbol"),
    ("\"open", "expected expression, found <error: \"open>"),
    ("7$", "found <error: $>"),
    ("naïve := 1", "found <error: ï>"),
    ("Foo spawn]", "expected expression, found ]"),
    ("\"{}\"", "empty interpolation {} is not allowed, use \\{ for literal brace"),
    // Table 4.1: the end of input names the last token.
    ("3 +", "Unexpected token: expected expression, found +"),
    ("obj put:", "Unexpected token: expected expression, found put:"),
    ("(1 +", "found +"),
    ("x :=", "found :="),
    ("a = b", "found ="),
    ("{1, 2}", "expected expression, found {"),
    ("foo: 1", "expected expression, found foo:"),
    ("🚀", "found <error: 🚀>"),
    ("x := 🚀", "found <error: 🚀>"),
    // Brackets.
    ("[ a foo", "Expected ']' to close block"),
    ("[a foo)", "Expected ']' to close block"),
    ("[x foo. 1 2]", "Expected ']' to close block"),
    ("(1 + 2", "Expected ')' to close parentheses"),
    ("(a\nfoo)", "Expected ')' to close parentheses"),
    ("()", "expected expression, found )"),
    ("#(1, 2", "Expected ')' to close list literal"),
    ("#(1 2)", "Expected ',', '|', or ')' in list literal, found 2"),
    ("#(1 | 2, 3)", "Expected ')' to close list literal"),
    ("#[1, 2", "Expected ']' to close array literal"),
    ("#[1 2]", "Expected ',' or ']' in array literal, found 2"),
    ("#{a => 1", "Expected '}' to close map literal"),
    ("#{a => 1 b => 2}", "Expected ',' or '}' in map literal, found =>"),
    ("#{1 2}", "Expected '=>' after map key"),
    ("#{#a}", "Expected '=>' after map key"),
    ("[:]", "Expected parameter name after ':'"),
    ("[: | 1]", "Expected parameter name after ':'"),
    ("[:a", "Expected '|' after block parameters"),
    ("a foo;", "Expected message selector in cascade"),
    ("a foo; ; bar", "Expected message selector in cascade"),
    ("3 := 4", "Assignment target must be an identifier or field access"),
    ("Foo := 4", "Assignment target must be an identifier or field access"),
    ("[ . x]", "expected expression, found ."),
    ("[x..y]", "expected expression, found ."),
    // Match.
    ("x match: [1 2]", "Expected '->' after pattern in match arm"),
    ("x match: [1 when: 2 -> 3]", "Expected '[' after when:"),
    ("x match: [+ -> 3]", "Unexpected token in pattern: expected identifier, literal, '_', or '{', found +"),
    ("x match: [Foo -> 3]", "Unexpected token in pattern: expected identifier, literal, '_', or '{', found Foo"),
    ("x match: [1 -> 2", "Expected ']' to close match"),
    ("x match: [1 -> 2 3]", "Expected ']' to close match"),
    ("x match: [1 -> 2] foo: 3", "found foo:"),
    // Interpolation.
    ("\"a {1 2} b\"", "Unterminated string interpolation"),
    ("\"a {x := 1} b\"", "Unterminated string interpolation"),
    ("\"a {1 +} b\"", "expected expression, found }"),
    ("\"dear {you", "found <error: \"dear {you>"),
    ("[ \"open", "found <error: \"open>"),
    // Lexical forms.
    ("'abc'", "single-quoted strings are no longer supported, use double quotes: \"...\""),
    ("@foo", "unknown directive '@foo', only '@primitive', '@intrinsic', and '@expect' are supported"),
    ("@", "expected directive name after '@', only '@primitive'"),
    ("#'abc", "found <error: #'abc>"),
    ("1r0", "Radix must be between 2 and 36, got 1"),
    ("37r0", "Radix must be between 2 and 36, got 37"),
    ("2r3", "Invalid digit for radix 2: 3"),
    ("16r", "Invalid digit for radix 16: "),
    ("1e", "Invalid float literal: 1e"),
    ("1e309", "Invalid float literal: 1e309"),
    ("@expect nothing", "unknown @expect category 'nothing', valid categories are: dnu, type, unused, all"),
    ("@expect", "@expect must be followed by a category name (dnu, type, unused, all)"),
    ("@expect\n1", "@expect must be followed by a category name (dnu, type, unused, all)"),
    // Declarations.
    ("Object subclass: 5", "Expected class name"),
    ("Object subclass:", "Expected class name"),
    ("Object subclass: A\n  state: 5", "Expected field name after 'state:'"),
    ("Object subclass: A\n  classState:", "Expected variable name after 'classState:'"),
    ("Object subclass: A\n  state: x: = 5", "Expected type name"),
    ("Object subclass: A\n  state: x : = 5\n  state: y = 1", "Expected type name"),
    ("Object subclass: A\n  foo -> => 5", "Expected type name"),
    ("Object subclass: A\n  foo: x : => 5", "Expected type name"),
    ("Object subclass: A\n  go: 5 => 5", "Expected parameter name after keyword"),
    ("Object subclass: A\n  go now => 5", "Expected '=>' after method selector"),
    ("abstract subclass: Foo", "Expected superclass name"),
    ("/* abc", "Unterminated block comment"),
    ("(a = b)", "Unexpected token: expected expression, found ="),
    ("[a = b]", "Unexpected token: expected expression, found ="),
    ("[a , b]", "Unexpected token: expected expression, found ,"),
    ("#{1, 2}", "Expected '=>' after map key"),
    ("Object subclass: A\n  state: x =\n  state: y = 1", "found state:"),
    // One mistake, not several.
    ("Object subclass: A\n  foo => [ x bar\n  baz => 3\n  at: i => i", "Expected ']' to close block"),
    ("Object subclass: A\n  foo => x + * 3\n  baz => 3", "expected expression, found *"),
    ("Object subclass: A\n  foo =>\n    (a + ) bar: [:x | x]\n    b\n  baz => 3", "expected expression, found )"),
    ("[:x | x + ] value: [1]", "expected expression, found ]"),
    ("[ (a\nfoo) bar ]", "Expected ')' to close parentheses"),
    ("#(1, +, 3)", "expected expression, found +"),
    ("Object subclass: A\n  foo => x ]\n  bar => 3", "expected expression, found ]"),
    ("[ [ [ a", "Expected ']' to close block"),
];

#[test]
fn every_mistake_has_one_finding() {
    let mut wrong = Vec::new();
    for (input, part) in ONE {
        let parse = bt_syntax::parse(input);
        let messages: Vec<&str> = parse.diagnostics.iter().map(|d| d.message.as_str()).collect();
        if messages.len() != 1 || !messages[0].contains(part) {
            wrong.push(format!("{input:?}\n  expected {part:?}\n  got {messages:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ONE.len(), wrong.join("\n"));
}

#[test]
fn codes() {
    for (input, code) in [
        ("🚀", "lex/invalid"),
        ("#", "lex/invalid"),
        ("1e309", "lex/invalid"),
        ("2r3", "number/invalid"),
        ("1 +", "parse/expected-expression"),
        ("[1", "parse/unclosed-block"),
        ("(1", "parse/unclosed-paren"),
        ("[:a a]", "parse/block-bar"),
        ("a b; 5", "parse/cascade"),
    ] {
        let parse = bt_syntax::parse(input);
        assert_eq!(parse.diagnostics.first().map(|d| d.code.name), Some(code), "{input}");
    }
}

#[test]
fn nesting_is_limited() {
    let nested = |n: usize| format!("{}1{}", "(".repeat(n), ")".repeat(n));
    assert!(bt_syntax::parse(&nested(64)).diagnostics.is_empty());
    for text in [
        nested(65),
        nested(100_000),
        "[".repeat(100_000),
        format!("{}1", "x := ".repeat(100_000)),
        format!("{}1", "2 ** ".repeat(100_000)),
        format!("{}1{}. 2", "#(".repeat(70), ")".repeat(70)),
    ] {
        let parse = bt_syntax::parse(&text);
        let messages: Vec<_> = parse.diagnostics.iter().map(|d| (d.code.name, d.message.as_str())).collect();
        assert_eq!(messages[0], ("parse/nesting", "Expression nesting is too deep (maximum 64 levels)"));
        assert_eq!(messages.len(), 1, "{messages:?}");
    }
    let chain = format!("1{}", " + 2 ** 3".repeat(200));
    assert!(bt_syntax::parse(&chain).diagnostics.is_empty());
}

#[test]
fn long_names_are_refused() {
    let fits = "a".repeat(255);
    assert!(bt_syntax::parse(&fits).diagnostics.is_empty());
    for text in [format!("{fits}a"), format!("x {fits}a: 1"), format!("#{fits}a")] {
        let parse = bt_syntax::parse(&text);
        assert_eq!(parse.diagnostics.iter().map(|d| d.code.name).collect::<Vec<_>>(), ["limit/name"]);
    }
}

#[test]
fn long_chains_are_flat() {
    for text in [
        format!("1{}", " + 1".repeat(100_000)),
        format!("a{}", " b".repeat(100_000)),
        format!("a b{}", "; c".repeat(100_000)),
        format!("a {}", "b: 1 ".repeat(100_000)),
        "x foo.\n".repeat(100_000),
        format!("[{}]", "x foo.\n".repeat(100_000)),
        format!("#({})", "1, ".repeat(100_000)),
    ] {
        let parse = bt_syntax::parse(&text);
        assert!(parse.diagnostics.is_empty(), "{:?}", &text[..20]);
    }
}

#[test]
fn an_error_does_not_hide_its_neighbours() {
    let parse = bt_syntax::parse("a := 1 + . b := 2\n[c foo. * 3. d bar] value");
    let errors = parse.module.exprs.iter().filter(|e| matches!(e.kind, ExprKind::Error)).count();
    assert_eq!((parse.diagnostics.len(), errors), (2, 2));
    assert!(bt_syntax::show_ast(&parse.module).contains("unary bar"));
}

#[test]
fn completeness() {
    for text in ["", "  ", "1 + 2", "]", "a )", "'x'", "Object subclass: A\n  foo => 1", "// x", "/* x */", "x\n/* y */ // z"] {
        assert!(bt_syntax::is_complete(text), "{text:?}");
    }
    for text in [
        "(1",
        "[:x |",
        "#{",
        "\"open",
        "#'open",
        "x $",
        "/* open",
        "x /* open",
        "x foo:",
        "3 +",
        "x :=",
        "x foo;",
        "^",
        "Object subclass: A",
        "Object subclass: A\n state: x = #{a => 1}",
    ] {
        assert!(!bt_syntax::is_complete(text), "{text:?}");
    }
}

#[test]
fn bad_text_takes_linear_time() {
    for piece in [
        "(",
        "[ + ",
        "#(",
        ")",
        "a: ",
        "+ ",
        "foo => ",
        "x match: [",
        "\"{",
        "^ ",
        ":= ",
        "; ",
        "#{a => ",
        "/* ",
        "@x ",
        "🚀",
        "a foo =>\n",
        "[a\n",
        "x: y ",
        "class sealed ",
        "{",
        "(]",
        "\n[(",
        "\"{\"{",
        ". ",
        "#(1, +), ",
        "[:a a] ",
        "(1 +\n",
        "A subclass: B\n foo => [\n",
        "state: ",
        "a.b",
        "#'",
        "a ** ",
        "'x",
        "sealed\n",
        "abstract ",
        "a: x: A |\n",
        "-> A |\n",
        "Foo >> \n",
        "foo -> => ",
    ] {
        for head in ["", "A subclass: B\n  foo => ", "["] {
            let text = format!("{head}{}", piece.repeat(200_000 / piece.len()));
            let one = std::time::Instant::now();
            bt_syntax::parse(&text);
            // Two hundredths of a second by itself; a quadratic parser needs minutes. The machine may be busy.
            assert!(one.elapsed().as_secs() < 20, "{head:?} {piece:?}: {:?}", one.elapsed());
        }
    }
}
