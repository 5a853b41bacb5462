//! What stays of a text with a mistake: its neighbours, and most of the statement or declaration it is in.

use bt_syntax::ast::{ExprKind, Item};

/// Members of classes, other items as `?` or `!`, and the messages of a text.
fn outline(text: &str) -> (String, Vec<String>) {
    let parse = bt_syntax::parse(text);
    let mut out = Vec::new();
    for item in &parse.module.items {
        match item {
            Item::Class(class) => {
                let fields = class.fields.iter().chain(&class.class_fields).map(|f| format!(".{}", f.name.text));
                let methods = class.methods.iter().map(|m| format!("{}/{}", m.selector, m.body.len()));
                out.push(format!("{}({})", class.name.text, fields.chain(methods).collect::<Vec<_>>().join(" ")));
            }
            Item::Method(method) => out.push(format!("{}>>{}", method.class.text, method.method.selector)),
            Item::Statement(id) if matches!(parse.module.expr(*id).kind, ExprKind::Error) => out.push("!".to_string()),
            Item::Statement(_) => out.push("?".to_string()),
        }
    }
    (out.join(" "), parse.diagnostics.iter().map(|d| d.message.clone()).collect())
}

#[test]
fn members_survive() {
    let selector = "Expected '=>' after method selector";
    let parameter = "Expected parameter name after keyword";
    for (text, shape, messages) in [
        // Two statements on one line.
        ("O subclass: C\n a => 1 2\n b => 3\n c => 4\n d => 5", "C(a/1 b/1 c/1 d/1) !", &["expression, found 2"][..]),
        ("O subclass: C\n a => 1 2\n b => 3 #x\n c => 4", "C(a/1 b/1 c/1) ! !", &["found 2", "found #x"]),
        ("O subclass: C\n a => 1 2 3\n foo\n state: b = 3\n c => 4", "C(.b a/1 c/1) !", &["found 2"]),
        ("O subclass: C\n a => 1 2", "C(a/1) ?", &[]),
        // Headers.
        ("O subclass: C\n a: 5 => 1\n b => 3", "C(b/1)", &[parameter]),
        ("O subclass: C\n z => 0\n a: 5 => 1. x\n y\n b => 3", "C(z/1 b/1)", &[parameter]),
        ("O subclass: C\n go: => 5\n b => 3", "C(b/1)", &[parameter]),
        ("O subclass: C\n go: a put: 6 => 5\n b => 3", "C(b/1)", &[parameter]),
        ("O subclass: C\n + 5 => 5\n b => 3", "C(b/1)", &[parameter]),
        ("O subclass: C\n go now => 5\n b => 3", "C(b/1)", &[selector]),
        ("O subclass: C\n go: x now => 5\n b => 3", "C(b/1)", &[selector]),
        ("O subclass: C\n go: x: => 5\n b => 3", "C(b/1)", &["Expected type name"]),
        ("O subclass: C\n sealed => 5\n b => 3", "C(b/1)", &["Expected method selector"]),
        ("C >> go: 5 => 5\n foo\nC >> b => 3", "C>>b", &[parameter]),
        // Lines that are no members.
        ("O subclass: C\n junk\n a => 1", "C(a/1) !", &[selector]),
        ("O subclass: C\n junk foo\n more: 3\n at: x => 1", "C(at:/1) !", &[selector]),
        ("O subclass: C\n 5\n state: a = 1", "C(.a) !", &["expression, found 5"]),
        ("O subclass: C\n 1 + + 2\n a => 1", "C(a/1) !", &["found +"]),
        ("O subclass: C\n junk", "C() ?", &[]),
        ("O subclass: C\n junk\nC >> a => 1", "C() ? C>>a", &[]),
        ("O subclass: C\n ]\n a => 1", "C(a/1) !", &["found ]"]),
        // Without a class there are no members.
        ("abstract subclass: Foo\n a: x => x\n b => 3", "", &["Expected superclass name"]),
        ("O subclass: 5\n a: x => x\n y\n b => 3", "", &["Expected class name"]),
        ("x\n a => 1", "? !", &["found =>"]),
        ("O subclass:\n a => 1\n b => 3", "", &["Expected class name"]),
        ("O subclass: C\n state: x =\n a => 1", "C(.x a/1)", &["expression, found a"]),
        ("O subclass: C\n state: x =\n state: y = 1\n a => 1", "C(.x .y a/1)", &["expression, found state:"]),
        ("O subclass: C\n state: x = 1 2\n a => 1", "C(.x a/1) !", &["expression, found 2"]),
    ] {
        let (found, texts) = outline(text);
        assert_eq!(found, shape, "{text}\n{texts:?}");
        assert_eq!(texts.len(), messages.len(), "{text}\n{texts:?}");
        for (text, part) in texts.iter().zip(messages) {
            assert!(text.contains(part), "{text:?}: {part:?}");
        }
    }
}

#[test]
fn the_good_part_of_a_statement_survives() {
    for (text, tree) in [
        ("x := 1 + + 2. x foo", "assign variable x binary + integer 1 error unary foo variable x"),
        ("[:x | ^]", "block :x return error"),
        ("[:x | x foo: ] value: 2", "keyword value: block :x keyword foo: variable x error integer 2"),
        ("5; 6; foo", "cascade integer 5 ; error ; unary foo"),
        ("a foo; ; bar", "cascade unary foo variable a ; error ; unary bar"),
        ("a foo: ; bar", "cascade keyword foo: variable a error ; unary bar"),
        ("Foo spawn]", "unary spawn class-ref Foo"),
        ("x := a = b", "assign variable x variable a"),
        ("[:a a + 1]", "block :a binary + variable a integer 1"),
        ("[:a b | a]", "block :a variable a"),
        ("[x foo 3. y]", "block unary foo variable x error variable y"),
        ("#(1, +, 3)", "list integer 1 error integer 3"),
        ("#{1, 2}", "map key: integer 1 value: error"),
        ("#{#a}", "map key: symbol \"a\" value: error"),
        ("(a\nfoo) bar", "unary bar paren variable a"),
        ("na\u{ef}ve := 1", "error"),
        ("x := \"open", "assign variable x error"),
        ("\"a {1 + } b {c}\"", "interpolation text \"a \" binary + integer 1 error text \" b \" variable c"),
    ] {
        let parse = bt_syntax::parse(text);
        let shown = bt_syntax::show_ast(&parse.module);
        let words: Vec<&str> = shown.split_whitespace().filter(|w| !w.starts_with('@')).collect();
        assert_eq!(words.join(" "), tree, "{text}");
        assert_eq!(parse.diagnostics.len(), 1, "{text}: {:?}", parse.diagnostics);
    }
}

#[test]
fn places() {
    for (text, start, end) in [
        ("\"{}\"", 1, 3),
        ("\"{  }\"", 1, 5),
        ("x /* abc", 2, 4),
        ("/* abc", 0, 2),
        ("// x\n/* y */ /*/", 13, 15),
        ("O subclass: C\n a => 1 2\n b => 3", 22, 23),
        ("O subclass: C\n go: 5 => 5", 19, 20),
        ("(a = b)", 3, 4),
    ] {
        let parse = bt_syntax::parse(text);
        let spans: Vec<_> = parse.diagnostics.iter().map(|d| (d.span.start, d.span.end)).collect();
        assert_eq!(spans, [(start, end)], "{text}");
    }
    let parse = bt_syntax::parse("x /* abc");
    assert_eq!((parse.diagnostics[0].code.name, parse.diagnostics[0].is_error()), ("lex/unterminated-comment", false));
}

#[test]
fn long_integers() {
    let started = std::time::Instant::now();
    let digits = format!("1{}7", "0".repeat(250_000));
    for (text, shown) in [(digits.clone(), digits.clone()), (format!("-{digits}"), format!("-{digits}"))] {
        let parse = bt_syntax::parse(&text);
        let Some(ExprKind::Integer(bt_syntax::ast::IntValue::Big(value))) = parse.module.exprs.first().map(|e| &e.kind) else {
            panic!("an integer");
        };
        assert!(value.to_string() == shown);
    }
    assert!(bt_syntax::parse(&"9".repeat(1_000_000)).diagnostics.is_empty());
    for text in ["9".repeat(4_000_000), format!("-{}", "9".repeat(1_000_001)), format!("36r{}", "z".repeat(1_000_001))] {
        let parse = bt_syntax::parse(&text);
        let found: Vec<_> = parse.diagnostics.iter().map(|d| (d.code.name, d.message.as_str())).collect();
        assert_eq!(found, [("number/invalid", "Invalid integer: more than 1000000 digits")]);
    }
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn many_mistakes_take_linear_time() {
    for line in
        ["1 + + 2.\n", "[:x | ^].\n", "a => 1 2\n", "a: 5 => 1\n", "O subclass: D\n junk\n b => 1\n", "#{1, 2}\n", "5; 6; foo\n"]
    {
        let text = format!("O subclass: C\n x => 1\n{}", line.repeat(100_000));
        let started = std::time::Instant::now();
        let found = bt_syntax::parse(&text).diagnostics.len();
        assert!(found >= 50_000, "{line:?}: {found}");
        assert!(started.elapsed().as_secs() < 20, "{line:?}: {:?}", started.elapsed());
    }
}
