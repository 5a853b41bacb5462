//! What must hold for every input: one function per part of the compiler. A broken promise is a panic.

use bt_base::{Diagnostic, Span};
use bt_engine::{Compiled, Compiler, Failure, Mode, Never, Options, Report, Stage};
use bt_syntax::ast::{self, ExprKind, Item, PatternKind};
use bt_syntax::lexer;
use bt_syntax::token::Token;

use crate::formatting;

/// What became of an input.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The part under test had no error to report.
    pub accepted: bool,
    /// The code of the first error, if the part has such.
    pub refusal: Option<&'static str>,
    /// Generated code, for OTP to judge.
    pub modules: Vec<Emitted>,
}

/// One module of generated code.
#[derive(Debug)]
pub struct Emitted {
    /// How the source was read.
    pub reading: &'static str,
    pub core: String,
}

/// A part of the compiler under test.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    pub check: fn(&[u8]) -> Outcome,
}

/// All of them, front to back.
pub const TARGETS: &[Target] = &[
    Target { name: "lexer", check: lexer },
    Target { name: "parser", check: parser },
    Target { name: "analysis", check: analysis },
    Target { name: "codegen", check: codegen },
    Target { name: "completeness", check: completeness },
    Target { name: "format", check: formatting::format },
];

/// Known faults, to see the loop find one: not among [`TARGETS`], chosen by name only.
pub const PLANTED: &[Target] = &[
    Target {
        name: "planted-panic",
        check: |input| {
            assert!(!input.windows(2).any(|w| w == b"#["), "planted");
            Outcome::default()
        },
    },
    Target {
        name: "planted-abort",
        check: |input| {
            if input.windows(2).any(|w| w == b"#[") {
                std::process::abort();
            }
            Outcome::default()
        },
    },
    Target {
        name: "planted-hang",
        check: |input| {
            while input.windows(2).any(|w| w == b"#[") {
                std::thread::yield_now();
            }
            Outcome::default()
        },
    },
];

/// Workspace variables the inputs may read; the generators know them too.
pub const KNOWN_VARIABLES: &[&str] = &["x", "y", "list", "block"];

/// The class that patches are tried on, unless they bring their own.
const PATCHED: &str =
    "Object subclass: Probe\n  state: count = 0\n  classState: made = 0\n\n  count => self.count\n  class make => self new";

/// Tokens tile the text: between two of them stands nothing but white space and comments, and the marks on a token say what.
pub fn lexer(input: &[u8]) -> Outcome {
    let text = &*String::from_utf8_lossy(input);
    let tokens = lexer::lex(text);
    let mut end = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let (last, before) = tokens.split_last().expect("the end of input is a token");
    assert_eq!((last.token, last.span), (Token::EndOfInput, Span::new(text.len(), text.len())));
    for token in &tokens {
        check_span(text, token.span, &token);
        let start = token.span.start as usize;
        assert!(end <= start, "tokens overlap at {start}");
        let trivia = Trivia::of(&text[end..start]);
        let first = std::ptr::eq(token, &tokens[0]);
        let at_end = token.token == Token::EndOfInput;
        assert_eq!(token.starts_line, trivia.line_break || first || at_end, "line start of {token:?}");
        assert_eq!(token.space_before, !text[end..start].is_empty() || first || at_end, "space before {token:?}");
        assert_eq!(token.doc, trivia.doc, "doc comment before {token:?}");
        end = token.span.end as usize;
    }
    assert!(before.iter().all(|t| t.span.start < t.span.end && t.token != Token::EndOfInput), "a token without text");
    bt_syntax::show_tokens(text);
    Outcome { accepted: before.iter().all(|t| !matches!(t.token, Token::Error | Token::Hash)), ..Outcome::default() }
}

/// White space and comments, read without the lexer's help.
#[derive(Default)]
struct Trivia {
    line_break: bool,
    doc: bool,
}

impl Trivia {
    fn of(mut text: &str) -> Trivia {
        let mut found = Trivia::default();
        while let Some(first) = text.chars().next() {
            let length = if text.starts_with("//") {
                found.doc |= text.starts_with("///");
                text.find('\n').unwrap_or(text.len())
            } else if let Some(rest) = text.strip_prefix("/*") {
                let length = rest.find("*/").map_or(text.len(), |n| n + 4);
                found.line_break |= text[..length].contains('\n');
                length
            } else {
                assert!(" \t\r\n".contains(first), "{first:?} belongs to no token");
                found.line_break |= first == '\n';
                1
            };
            text = &text[length..];
        }
        found
    }
}

/// Any text gives a tree; what the tree could not hold has been reported; a line break at the end changes nothing.
pub fn parser(input: &[u8]) -> Outcome {
    let text = &*String::from_utf8_lossy(input);
    let parse = bt_syntax::parse(text);
    check_diagnostics(text, &parse.diagnostics);
    parse.diagnostics.iter().for_each(|finding| check_edit(text, finding));
    check_tree_spans(text, &parse.module);
    let accepted = !parse.diagnostics.iter().any(Diagnostic::is_error);
    assert!(!accepted || !has_error_nodes(&parse.module), "a tree with holes and no error");
    let shown = bt_syntax::show_ast(&parse.module);
    if parse.diagnostics.is_empty() {
        let longer = format!("{text}\n");
        let again = bt_syntax::parse(&longer);
        assert_eq!(again.diagnostics, [], "errors because of a line break at the end");
        assert_eq!(bt_syntax::show_ast(&again.module), shown, "another tree because of a line break at the end");
    }
    Outcome { accepted, ..Outcome::default() }
}

/// What a suggested edit mends is not reported again at its place.
fn check_edit(text: &str, finding: &Diagnostic) {
    let Some(edit) = &finding.edit else { return };
    check_span(text, edit.span, finding);
    let mended = bt_syntax::parse(&edit.apply(text)).diagnostics;
    let same = |d: &Diagnostic| d.code == finding.code && d.span.start == finding.span.start;
    assert!(!mended.iter().any(same), "the edit does not mend {finding:?}");
}

fn has_error_nodes(module: &ast::Module<'_>) -> bool {
    module.exprs.iter().any(|expr| match &expr.kind {
        ExprKind::Error => true,
        ExprKind::Match { arms, .. } => arms.iter().any(|arm| matches!(arm.pattern.kind, PatternKind::Error)),
        ExprKind::Cascade { messages, .. } => messages.iter().any(|m| matches!(m, ast::Message::Error(_))),
        _ => false,
    })
}

fn check_tree_spans(text: &str, module: &ast::Module<'_>) {
    for expr in &module.exprs {
        check_span(text, expr.span, expr);
    }
    let method = |method: &ast::MethodDef<'_>| {
        for span in [method.span, method.source_span, method.header_span] {
            check_span(text, span, &method.selector);
        }
        assert!(method.span.contains(method.source_span) && method.span.contains(method.header_span), "{:?}", method.selector);
        check_doc(text, method.doc.as_ref());
    };
    for item in &module.items {
        match item {
            Item::Class(class) => {
                check_span(text, class.span, &class.name);
                check_doc(text, class.doc.as_ref());
                class.methods.iter().for_each(method);
            }
            Item::Method(alone) => {
                check_span(text, alone.span, &alone.class);
                method(&alone.method);
            }
            Item::Statement(_) => {}
        }
    }
}

fn check_doc(text: &str, doc: Option<&ast::Doc>) {
    if let Some(doc) = doc {
        check_span(text, doc.span, doc);
    }
}

/// Whatever the parser hands over is analysed; a program without errors gives a sound tree.
pub fn analysis(input: &[u8]) -> Outcome {
    let text = &*String::from_utf8_lossy(input);
    let parse = bt_syntax::parse(text);
    let correct = !parse.diagnostics.iter().any(Diagnostic::is_error);
    let mut accepted = false;
    for (expression, skip_checks, library) in
        [(false, false, false), (true, false, false), (true, true, false), (false, false, true)]
    {
        let options =
            bt_sema::Options { expression, skip_checks, library, known_vars: known_variables(), ..bt_sema::Options::default() };
        let lowered = bt_sema::lower(&parse.module, text, bt_sema::library_index(), &options);
        check_diagnostics(text, &lowered.diagnostics);
        let Some(hir) = &lowered.hir else { continue };
        bt_hir::show(hir);
        if correct && !lowered.diagnostics.iter().any(Diagnostic::is_error) {
            assert_eq!(bt_hir::verify(hir), Vec::<String>::new(), "read with {options:?}");
            accepted |= !skip_checks;
        }
    }
    Outcome { accepted, ..Outcome::default() }
}

/// Every request gets an answer of the documented shape: code, or at least one error; places inside the source; never `internal`; twice the
/// same for the same input.
pub fn codegen(input: &[u8]) -> Outcome {
    let compiler = Compiler::default();
    let mut outcome = Outcome::default();
    let file = Options { path: Some("probe.bt".into()), ..Options::default() };
    let workspace = Options { module_name: Some("probe".into()), known_vars: known_variables(), ..Options::default() };
    let script = Options { skip_checks: true, workspace_mode: false, ..workspace.clone() };
    let library = Options { stdlib_mode: true, ..file.clone() };

    let mut keep = |reading, answer: Result<Compiled, Failure>| {
        let compiled = match check_answer(input, answer) {
            Ok(compiled) => compiled,
            Err(code) => {
                outcome.refusal = outcome.refusal.or(Some(code));
                return false;
            }
        };
        if !compiled.core_erlang.is_empty() {
            outcome.modules.push(Emitted { reading, core: compiled.core_erlang });
        }
        true
    };
    let answer = compiler.compile(input, &file, &Never);
    check_equal(&answer, &compiler.compile(input, &file, &Never));
    let as_file = keep("file", answer);
    let as_input = keep("input", compiler.compile_expression(input, &workspace, &Never));
    // What is refused only by a check still has to be translated where those checks are off.
    let as_script = as_input || keep("script", compiler.compile_expression(input, &script, &Never));
    let as_library = as_file || keep("library", compiler.compile(input, &library, &Never));
    keep("patch", compiler.compile_method(PATCHED.as_bytes(), input, &file, &Never));
    outcome.accepted = as_file || as_input || as_script || as_library;
    if as_file {
        // A class is the same code, whichever way it came.
        outcome.modules.retain(|m| m.reading != "input");
    }

    for options in [Options { mode: Mode::File, ..file }, Options { mode: Mode::Expression, ..workspace }] {
        check_reports(input, &compiler.diagnostics(input, &options, &Never));
        // Code is shown for programs with errors too.
        match compiler.show(Stage::Core, input, &options, &Never) {
            Ok((_, reports)) => check_reports(input, &reports),
            Err(failure) => check_reports(input, &failure.diagnostics),
        }
        if let Err(failure) = compiler.doc(input, &options, &Never) {
            check_reports(input, &failure.diagnostics);
        }
    }
    outcome
}

/// An input without errors is complete, and an open bracket never is.
pub fn completeness(input: &[u8]) -> Outcome {
    let text = &*String::from_utf8_lossy(input);
    let complete = bt_syntax::is_complete(text);
    assert_eq!(complete, Compiler::default().is_complete(text.as_bytes()), "the engine says otherwise");
    if !text.ends_with(['$', '\\']) {
        // Behind these two a line break is a character literal.
        assert_eq!(complete, bt_syntax::is_complete(&format!("{text}\n")), "a line break changes the answer");
    }
    if complete {
        assert!(!bt_syntax::is_complete(&format!("{text}\n(")), "an open bracket counts as complete");
        assert!(bt_syntax::is_complete(&format!("{text}\n()")), "a closed bracket counts as open");
    } else if !text.contains("subclass:") {
        // A class waits for its first method, although it may have none; all else that waits is wrong as it stands.
        let found = bt_syntax::parse(text).diagnostics;
        assert!(!found.is_empty(), "nothing is wrong, yet more is wanted");
    }
    Outcome { accepted: complete, ..Outcome::default() }
}

fn known_variables() -> Vec<String> {
    KNOWN_VARIABLES.iter().map(|name| (*name).to_owned()).collect()
}

fn check_span(text: &str, span: Span, owner: &dyn std::fmt::Debug) {
    let (start, end) = (span.start as usize, span.end as usize);
    assert!(start <= end && text.get(start..end).is_some(), "{start}..{end} is no part of {} bytes: {owner:?}", text.len());
}

fn check_diagnostics(text: &str, found: &[Diagnostic]) {
    for diagnostic in found {
        assert!(!diagnostic.message.is_empty(), "{diagnostic:?}");
        check_span(text, diagnostic.span, diagnostic);
        for related in &diagnostic.related {
            check_span(text, related.span, diagnostic);
        }
        if let Some(edit) = &diagnostic.edit {
            check_span(text, edit.span, diagnostic);
        }
    }
}

/// The compiled module, or the code of the first error.
fn check_answer(input: &[u8], answer: Result<Compiled, Failure>) -> Result<Compiled, &'static str> {
    match answer {
        Ok(compiled) => {
            assert!(!compiled.diagnostics.iter().any(Report::is_error), "success with an error");
            check_reports(input, &compiled.diagnostics);
            Ok(compiled)
        }
        Err(failure) => {
            check_reports(input, &failure.diagnostics);
            Err(failure.diagnostics.iter().find(|r| r.is_error()).expect("a failure has an error").code)
        }
    }
}

/// Equal input, equal answer: builds can be repeated.
fn check_equal(one: &Result<Compiled, Failure>, other: &Result<Compiled, Failure>) {
    match (one, other) {
        (Ok(one), Ok(other)) => {
            assert!(one.core_erlang == other.core_erlang, "other code for the same input");
            assert_eq!(one.diagnostics, other.diagnostics, "other diagnostics for the same input");
        }
        (Err(one), Err(other)) => assert_eq!(one.diagnostics, other.diagnostics, "other diagnostics for the same input"),
        _ => panic!("accepted once, refused once"),
    }
}

pub(crate) fn check_reports(input: &[u8], reports: &[Report]) {
    let text = std::str::from_utf8(input).ok();
    for report in reports {
        assert!(!report.message.is_empty(), "{report:?}");
        assert_ne!(report.code, "internal", "{}", report.message);
        for at in std::iter::once(&report.at).chain(report.related.iter().map(|(_, at)| at)) {
            assert!(at.start <= at.end && at.end as usize <= input.len(), "{} bytes: {report:?}", input.len());
            assert!(at.line >= 1 && at.column >= 1, "{report:?}");
            assert!((at.line, at.column) <= (at.end_line, at.end_column), "{report:?}");
            let inside = text.is_none_or(|t| t.get(at.start as usize..at.end as usize).is_some());
            assert!(inside, "not on code points: {report:?}");
        }
        assert!(!report.code.is_empty(), "{report:?}");
    }
}
