//! How texts are read: statement boundaries and headers, as one line per tree.

use bt_syntax::ast::{ExprId, ExprKind, Item, Message, Module, Segment};

/// The tree as a fully bracketed expression.
fn read(m: &Module<'_>, id: ExprId) -> String {
    let all = |ids: &[ExprId], sep: &str| ids.iter().map(|&i| read(m, i)).collect::<Vec<_>>().join(sep);
    let words = |parts: &[bt_syntax::ast::Ident<'_>], args: &[ExprId]| {
        parts.iter().zip(args).map(|(p, &a)| format!("{} {}", p.text, read(m, a))).collect::<Vec<_>>().join(" ")
    };
    match &m.expr(id).kind {
        ExprKind::Integer(bt_syntax::ast::IntValue::Small(v)) => v.to_string(),
        ExprKind::Integer(bt_syntax::ast::IntValue::Big(v)) => v.to_string(),
        ExprKind::Float(v) => format!("{v:?}"),
        ExprKind::Character(c) => format!("${c}"),
        ExprKind::String(s) => format!("{s:?}"),
        ExprKind::Symbol(s) => format!("#{s}"),
        ExprKind::Variable(n) | ExprKind::ClassRef(n) => (*n).to_string(),
        ExprKind::SelfRef => "self".into(),
        ExprKind::Super => "super".into(),
        ExprKind::Field { receiver, name } => format!("{}.{}", read(m, *receiver), name.text),
        ExprKind::Assign { target, value } => format!("{} := {}", read(m, *target), read(m, *value)),
        ExprKind::Return(v) => format!("^{}", read(m, *v)),
        ExprKind::Unary { receiver, selector } => format!("({} {})", read(m, *receiver), selector.text),
        ExprKind::Binary { left, op, right } => format!("({} {} {})", read(m, *left), op.text, read(m, *right)),
        ExprKind::Keyword { receiver, parts, args } => format!("({} {})", read(m, *receiver), words(parts, args)),
        ExprKind::Cascade { first, messages } => {
            let mut out = read(m, *first);
            for message in messages {
                out += &match message {
                    Message::Unary(n) => format!("; {}", n.text),
                    Message::Binary(n, a) => format!("; {} {}", n.text, read(m, *a)),
                    Message::Keyword(p, a) => format!("; {}", words(p, a)),
                    Message::Error(_) => "; ?".into(),
                };
            }
            out
        }
        ExprKind::Block { params, body } => {
            let params: String = params.iter().map(|p| format!(":{} ", p.text)).collect();
            format!("[{params}| {}]", all(body, ". "))
        }
        ExprKind::List { elements, tail: None } => format!("#({})", all(elements, ", ")),
        ExprKind::List { elements, tail: Some(t) } => format!("#({} | {})", all(elements, ", "), read(m, *t)),
        ExprKind::Array(elements) => format!("#[{}]", all(elements, ", ")),
        ExprKind::Map(entries) => {
            let entries: Vec<String> = entries.iter().map(|&(k, v)| format!("{} => {}", read(m, k), read(m, v))).collect();
            format!("#{{{}}}", entries.join(", "))
        }
        ExprKind::Match { subject, arms } => {
            let arms: Vec<String> = arms.iter().map(|a| format!("{:?} -> {}", a.pattern.kind, read(m, a.body))).collect();
            format!("({} match: {})", read(m, *subject), arms.join("; "))
        }
        ExprKind::Paren(v) => format!("({})", read(m, *v)),
        ExprKind::Interpolation(segments) => segments
            .iter()
            .map(|s| match s {
                Segment::Text(t) => format!("{t:?}"),
                Segment::Expr(e) => format!("{{{}}}", read(m, *e)),
            })
            .collect::<Vec<_>>()
            .join(""),
        ExprKind::Pragma { name, quoted } => format!("@{}{}", name.text, if *quoted { "!" } else { "" }),
        ExprKind::Expect(n) => format!("@expect {}", n.text),
        ExprKind::Error => "ERROR".into(),
    }
}

fn readings(text: &str) -> Vec<String> {
    let parse = bt_syntax::parse(text);
    assert!(parse.diagnostics.is_empty(), "{text:?}: {:?}", parse.diagnostics);
    let m = &parse.module;
    let body = |ids: &[ExprId]| ids.iter().map(|&i| read(m, i)).collect::<Vec<_>>().join(". ");
    let mut out = Vec::new();
    for item in &m.items {
        match item {
            Item::Statement(id) => out.push(read(m, *id)),
            Item::Class(class) => {
                out.push(format!("class {}", class.name.text));
                for field in class.fields.iter().chain(&class.class_fields) {
                    let default = field.default.map_or(String::new(), |d| format!(" = {}", read(m, d)));
                    let ty: String = field.ty.iter().flat_map(|t| &t.names).map(|n| format!(":{}", n.text)).collect();
                    out.push(format!("state {}{ty}{default}", field.name.text));
                }
                for method in &class.methods {
                    let side = if method.class_side { "class " } else { "" };
                    out.push(format!("{side}{} => {}", method.selector, body(&method.body)));
                }
            }
            Item::Method(s) => {
                let side = if s.class_side { " class" } else { "" };
                out.push(format!("{}{side} >> {} => {}", s.class.text, s.method.selector, body(&s.method.body)));
            }
        }
    }
    out
}

fn check(rows: &[(&str, &[&str])]) {
    let mut wrong = Vec::new();
    for (text, expected) in rows {
        let got = readings(text);
        if got != *expected {
            wrong.push(format!("{text:?}\n  expected {expected:?}\n  got      {got:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn statement_boundaries() {
    check(&[
        ("a foo\nbar", &["(a foo)", "bar"]),
        ("a foo\nbar: 1", &["((a foo) bar: 1)"]),
        ("a\nbar: 1\nbaz: 2", &["(a bar: 1 baz: 2)"]),
        ("a bar: 1\n+ 2", &["(a bar: (1 + 2))"]),
        ("a\n- 2", &["(a - 2)"]),
        ("a\n-2", &["a", "-2"]),
        ("a -\n2", &["(a - 2)"]),
        ("x :=\n5", &["x := 5"]),
        ("x\n:= 5", &["x := 5"]),
        ("a foo;\nbar;\nbaz", &["(a foo); bar; baz"]),
        ("a foo\n; bar", &["(a foo); bar"]),
        ("a foo. b bar", &["(a foo)", "(b bar)"]),
        ("a foo b: c d", &["((a foo) b: (c d))"]),
        ("[x foo. y]", &["[| (x foo). y]"]),
        ("[x foo y]", &["[| ((x foo) y)]"]),
        ("#(1,\n2)", &["#(1, 2)"]),
        ("(a\n+ 1)", &["((a + 1))"]),
        ("self.n", &["self.n"]),
        ("self. n", &["self", "n"]),
        ("self .n", &["self", "n"]),
        ("self foo.bar", &["(self foo)", "bar"]),
        ("r m; n\no", &["(r m); n", "o"]),
        ("x match: [1 -> a\n_ -> b]", &["(x match: Integer(Small(1)) -> a; Wildcard -> b)"]),
        ("^a foo: b\nc: d", &["^(a foo: b c: d)"]),
        ("1 2", &["1", "2"]),
        ("a foo; bar baz", &["(a foo); bar", "baz"]),
        ("a -1", &["a", "-1"]),
        ("a-1", &["a", "-1"]),
        ("a - 1", &["(a - 1)"]),
        ("-2 ** 2", &["(-2 ** 2)"]),
        ("3.abs", &["3", "abs"]),
        ("123abc", &["(123 abc)"]),
        ("1_000", &["(1 _000)"]),
        ("log show: \"a\";\n  show: \"b\"", &["(log show: \"a\"); show: \"b\""]),
        ("x := 5\n-3", &["x := 5", "-3"]),
        ("@expect dnu\n1 foo", &["@expect dnu", "(1 foo)"]),
        ("[:x |\n  y := x.\n  y\n]", &["[:x | y := x. y]"]),
        ("[:x | ]. [ ]. []", &["[:x | ]", "[| ]", "[| ]"]),
    ]);
}

#[test]
fn members() {
    check(&[
        ("A subclass: B\n go => x\n at: i put: v => y", &["class B", "go => x", "at:put: => y"]),
        ("A subclass: B\n go => x\n at: 1 put: 2", &["class B", "go => (x at: 1 put: 2)"]),
        ("A subclass: B\n go => x\n - other => other", &["class B", "go => x", "- => other"]),
        ("A subclass: B\n go => x\n - other", &["class B", "go => (x - other)"]),
        ("A subclass: B\n go => x\n state: y = 2", &["class B", "state y = 2", "go => x"]),
        ("A subclass: B\n go => x\n foo\n bar => y", &["class B", "go => x. foo", "bar => y"]),
        ("A subclass: B\n go -> Integer => 4\n class make => self new", &["class B", "go => 4", "class make => (self new)"]),
        ("A subclass: B\n go =>\n #{a => 1} size", &["class B", "go => (#{#a => 1} size)"]),
        ("A subclass: B\n go => 1\nFoo >> bar => 1", &["class B", "go => 1", "Foo >> bar => 1"]),
        ("A subclass: B\n go => 1\nFoo new", &["class B", "go => 1. (Foo new)"]),
        ("A subclass: B\n go => 1. Foo new", &["class B", "go => 1. (Foo new)"]),
        ("A subclass: B\nFoo new", &["class B", "(Foo new)"]),
        ("A subclass: B\n go => 1 2", &["class B", "go => 1", "2"]),
        ("Foo >> #bar", &["(Foo >> #bar)"]),
        ("Foo class >> bar", &["((Foo class) >> bar)"]),
        ("Foo class >> bar => 1", &["Foo class >> bar => 1"]),
        ("Foo >> at: n : Integer put: v: Object -> Integer => n", &["Foo >> at:put: => n"]),
        ("A subclass: B\n class => 3\n class class => 4", &["class B", "class => 3", "class class => 4"]),
        ("A subclass: B\n sealed class at: i: Integer | Nil -> Integer | Nil => i", &["class B", "class at: => i"]),
        ("A subclass: B\n + other: Integer => 1\n -> x => 2\n , y => 3", &["class B", "+ => 1", "-> => 2", ", => 3"]),
        (
            "sealed typed A subclass: B\n state: x\n state: n: Integer | Nil = 0\n classState: m : Integer = 1.",
            &["class B", "state x", "state n:Integer:Nil = 0", "state m:Integer = 1"],
        ),
        ("A subclass: B\n empty =>\n next => 1", &["class B", "empty => ", "next => 1"]),
        ("nil subclass: A\n x => 1\nA subclass: B", &["class A", "x => 1", "class B"]),
        ("A subclass: B\n x => @primitive \"at:\"\n y => @intrinsic basicNew", &["class B", "x => @at:!", "y => @basicNew"]),
    ]);
}

#[test]
fn operators_and_literals() {
    check(&[
        ("a + b * c ** d ** e < f =:= g", &["(((a + (b * (c ** (d ** e)))) < f) =:= g)"]),
        ("#(#a -> 1, 2 + 3)", &["#((#a -> 1), (2 + 3))"]),
        ("#(1, 2 | rest)", &["#(1, 2 | rest)"]),
        ("#(1, 2,)", &["#(1, 2)"]),
        ("#[1,-2]", &["#[1, -2]"]),
        ("#{a => 1, (a) => 2, Foo => 3, 4 x => 5}", &["#{#a => 1, (a) => 2, Foo => 3, (4 x) => 5}"]),
        ("#{true => 1,}", &["#{#true => 1}"]),
        ("x:=1", &["x := 1"]),
        ("2r1011. 16rFF. 36rzz", &["11", "255", "1295"]),
        ("0.5. 6.02e23. 5e-3. 1E+4. -1.5", &["0.5", "6.02e23", "0.005", "10000.0", "-1.5"]),
        ("123456789012345678901234567890", &["123456789012345678901234567890"]),
        ("$A. $\\n. $ . $é. $\\\\. $\\q", &["$65", "$10", "$32", "$233", "$92", "$113"]),
        ("\"a\\n\". \"\"\"\". \"\\\"x\". \"a } b\"", &["\"a\\\\n\"", "\"\\\"\"", "\"\\\\\\\"x\"", "\"a } b\""]),
        ("\"x \\{y\\} {z} w\"", &["\"x \\\\{y\\\\} \"{z}\" w\""]),
        ("\"{a}{b foo: 1}\"", &["{a}{(b foo: 1)}"]),
        ("\"n = {\"abc\" size}\"", &["\"n = \"{(\"abc\" size)}"]),
        ("\"{#{a => $}} size} // no comment\"", &["{(#{#a => $125} size)}\" // no comment\""]),
        (
            "#,. #name. #at:put:. #>=. #'any ''text'. #-. #at: put",
            &["#,", "#name", "#at:put:", "#>=", "#any 'text", "#-", "(#at: put)"],
        ),
    ]);
}

#[test]
fn cascades_and_match() {
    check(&[
        ("a foo: 1; bar: 2 baz: 3; + 4; q", &["(a foo: 1); bar: 2 baz: 3; + 4; q"]),
        ("a; foo", &["a; foo"]),
        ("a b Foo", &["((a b) Foo)"]),
        (
            "x match: [{a, {_, 2}} -> a; #s -> 1; \"t\" -> 2; - 3 -> 4;]",
            &["(x match: Tuple([Pattern { kind: Variable(\"a\"), span: Span { start: 11, end: 12 } }, Pattern { kind: \
             Tuple([Pattern { kind: Wildcard, span: Span { start: 15, end: 16 } }, Pattern { kind: Integer(Small(2)), \
             span: Span { start: 18, end: 19 } }]), span: Span { start: 14, end: 20 } }]) -> a; Symbol(\"s\") -> 1; \
             String(\"t\") -> 2; Integer(Small(-3)) -> 4)"],
        ),
        (
            "x match: [n when: [n > 1] -> n -> 2\n nil -> n foo: 1]",
            &["(x match: Variable(\"n\") -> (n -> 2); Atom(\"nil\") -> (n foo: 1))"],
        ),
        ("x foo: 1 match: [2]", &["(x foo: 1 match: [| 2])"]),
    ]);
}

#[test]
fn doc_comments() {
    let doc = |text: &str| {
        let parse = bt_syntax::parse(text);
        match &parse.module.items[0] {
            Item::Class(c) => (c.doc.clone().map(|d| d.text), c.methods.first().and_then(|m| m.doc.clone()).map(|d| d.text)),
            _ => (None, None),
        }
    };
    let some = |s: &str| Some(s.to_string());
    assert_eq!(doc("/// One.\n///two\nA subclass: B\n  /// m\n  foo => 1"), (some("One.\ntwo"), some("m")));
    assert_eq!(doc("/// One.\n\n/// two\nA subclass: B\n  /// m\n\n  foo => 1"), (some("two"), None));
    assert_eq!(doc("/// One.\n// x\n/// two\nA subclass: B\n  //// m\n  foo => 1"), (some("two"), None));
    assert_eq!(doc("/// One.\n/* x */\nA subclass: B\n  x. /// n\n  foo => 1").0, None);
    assert_eq!(doc("A subclass: B\n  state: x = 1 /// trailing\n  /// m\n  class foo => 1").1, some("m"));
}
