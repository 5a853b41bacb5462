//! The border between a language and what runs it: text on one side, the resolved tree on the other.
//!
//! A language is one implementation of [`LanguageFrontend`]. Behind it stand code generators, machine, sessions and versions, which read
//! the tree and know no syntax; before it, what the language looks like, which they never see. Two things follow:
//!
//! * Meaning belongs to the tree: a frontend says which nodes its forms are, and adds none. What `+` does is not the frontend's to decide.
//! * Errors belong to the frontend: they come as data with places in the text, and [`LanguageFrontend::format_error`] words them.
//!
//! Stages of a reading: [`parse`](LanguageFrontend::parse) → [`expand_macros`](LanguageFrontend::expand_macros) →
//! [`resolve`](LanguageFrontend::resolve). None of them fails: each answers what there is, and what it has found wrong.
//!
//! Whoever runs programs holds a [`Frontend`], which every implementation is; the language's own tree does not show in it.

use std::fmt;
use std::sync::Arc;

use bt_base::{Diagnostic, LineCol, LineIndex, Severity, Span};

use crate::class_index::{ClassIndex, ClassInfo};
use crate::node::Module;

/// What is being read, and how strictly. A frontend looks at what its language has.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Erlang module name; derived from the class when absent.
    pub module_name: Option<String>,
    /// Workspace input: expressions may stand alone.
    pub expression: bool,
    /// Variables of the session.
    pub known_vars: Vec<String>,
    /// The source belongs to the standard library.
    pub library: bool,
    /// Pragmas outside the library are allowed, with a warning.
    pub allow_primitives: bool,
    /// `Transcript`, `Beamtalk`, `Workspace` at top level mean the workspace's singletons.
    pub workspace: bool,
    /// Expression-test files: only what the parser and code generation find counts (`language.md` §6.1).
    pub skip_checks: bool,
}

impl Default for Reading {
    fn default() -> Reading {
        Reading {
            module_name: None,
            expression: false,
            known_vars: Vec::new(),
            library: false,
            allow_primitives: false,
            workspace: true,
            skip_checks: false,
        }
    }
}

/// What the text turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    Expression,
    ClassDefinition,
    MethodDefinition {
        class: String,
        selector: String,
        class_side: bool,
        source: Span,
    },
    /// Nothing to compile.
    Empty,
}

/// A text as what it means.
#[derive(Debug)]
pub struct Resolved {
    /// Nothing where the text holds nothing to run, or only errors.
    pub hir: Option<Module>,
    /// In the order in which they are to be told.
    pub diagnostics: Vec<Diagnostic>,
    /// Classes defined in the text, in source order, standalone methods merged in. A session takes the first.
    pub classes: Vec<Arc<ClassInfo>>,
    pub kind: Meaning,
}

/// A text as the language's own tree, before its names mean anything.
#[derive(Debug)]
pub struct Parsed<T> {
    pub items: T,
    pub diagnostics: Vec<Diagnostic>,
}

/// A language: text → resolved tree, and errors → text.
pub trait LanguageFrontend: Send + Sync {
    /// The language's own tree of a text. It may borrow from the text.
    type Items<'a>;

    /// What the language is called.
    fn name(&self) -> &'static str;

    /// Text → tree. Names mean nothing yet.
    ///
    /// Each diagnostic has its place as bytes of `text`. A text with an error among its findings never runs, so after an error any tree will do.
    fn parse<'a>(&self, text: &'a str) -> Parsed<Self::Items<'a>>;

    /// Tree → tree in which nothing stands for something else any more. A language without macros answers what it gets.
    ///
    /// What comes out of a macro has the place of the call: a person must find there what went wrong. `self` may keep what a text has
    /// defined for the texts behind it.
    fn expand_macros<'a>(&self, parsed: Parsed<Self::Items<'a>>) -> Parsed<Self::Items<'a>>;

    /// Tree → meaning: every name resolved, every capture said. The diagnostics are those of this stage alone.
    ///
    /// * `index` holds the classes outside of the text: the library, and what the session has defined, in whatever language.
    /// * An input over session variables is a [`Unit::Eval`](crate::Unit::Eval); it may name those of `reading.known_vars`.
    /// * Anything that is kept and called by name is a method of a class: versions and replacement are by method.
    /// * A class text may go on with standalone methods of the class: a session reads both as one text, joined by a line end, when either changes.
    /// * The tree of a text without errors satisfies [`verify`](crate::verify()): a frontend's tests check it, sessions do not.
    fn resolve(&self, items: &Self::Items<'_>, text: &str, index: &ClassIndex, reading: &Reading) -> Resolved;

    /// An error as the language's people are told it: their words, their notation of places.
    fn format_error(&self, fault: &Fault<'_>) -> String;
}

/// A language as those see it who run its programs. Every [`LanguageFrontend`] is one.
pub trait Frontend: Send + Sync {
    /// What the language is called.
    fn name(&self) -> &'static str;

    /// All stages; diagnostics in the order of the stages.
    fn read(&self, text: &str, index: &ClassIndex, reading: &Reading) -> Resolved;

    /// See [`LanguageFrontend::format_error`].
    fn format_error(&self, fault: &Fault<'_>) -> String;
}

impl<F: LanguageFrontend> Frontend for F {
    fn name(&self) -> &'static str {
        LanguageFrontend::name(self)
    }

    fn read(&self, text: &str, index: &ClassIndex, reading: &Reading) -> Resolved {
        let parsed = self.expand_macros(self.parse(text));
        let mut resolved = self.resolve(&parsed.items, text, index, reading);
        let mut diagnostics = parsed.diagnostics;
        diagnostics.append(&mut resolved.diagnostics);
        resolved.diagnostics = diagnostics;
        resolved
    }

    fn format_error(&self, fault: &Fault<'_>) -> String {
        LanguageFrontend::format_error(self, fault)
    }
}

/// One error, with all that a frontend needs to word it.
#[derive(Clone, Copy, Debug)]
pub struct Fault<'a> {
    pub trouble: Trouble<'a>,
    pub message: &'a str,
    pub hint: Option<&'a str>,
    pub file: Option<&'a str>,
    /// The text in question.
    pub text: &'a str,
    /// Where in the text; nothing for what has no place in it.
    pub span: Option<Span>,
}

/// When it was noticed.
#[derive(Clone, Copy, Debug)]
pub enum Trouble<'a> {
    /// Before the program ran.
    Found { severity: Severity, code: &'a str },
    /// While it ran: an exception of this class that nobody caught.
    Raised { class: &'a str },
}

impl<'a> Fault<'a> {
    /// Where it is, for people.
    pub fn place(&self) -> Option<Place<'a>> {
        let span = self.span?;
        let mut start = (span.start as usize).min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let LineCol { line, column } = LineIndex::new(self.text).line_col(self.text, start as u32);
        Some(Place { file: self.file, line, column })
    }
}

/// `file:line:column`, or `line:column` of a text that is no file. Both count from 1; columns are code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    pub file: Option<&'a str>,
    pub line: u32,
    pub column: u32,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = self.file {
            write!(f, "{file}:")?;
        }
        write!(f, "{}:{}", self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str, start: usize, file: Option<&'static str>) -> Option<String> {
        let trouble = Trouble::Raised { class: "Error" };
        let span = Some(Span::new(start, start));
        let fault = Fault { trouble, message: "", hint: None, file, text, span };
        fault.place().map(|place| place.to_string())
    }

    #[test]
    fn places_count_from_one_and_in_characters() {
        assert_eq!(fault("a\néb", 4, None).as_deref(), Some("2:2"));
        assert_eq!(fault("a\néb", 3, Some("f.x")).as_deref(), Some("f.x:2:1"), "inside a character");
        assert_eq!(fault("ab", 99, None).as_deref(), Some("1:3"), "behind the end");
    }

    /// A language of one word: what is parsed is what is meant.
    struct Echo;

    impl LanguageFrontend for Echo {
        type Items<'a> = Vec<&'a str>;

        fn name(&self) -> &'static str {
            "echo"
        }

        fn parse<'a>(&self, text: &'a str) -> Parsed<Vec<&'a str>> {
            Parsed { items: vec![text], diagnostics: vec![found("parsed")] }
        }

        fn expand_macros<'a>(&self, parsed: Parsed<Self::Items<'a>>) -> Parsed<Self::Items<'a>> {
            let Parsed { mut items, mut diagnostics } = parsed;
            items.push("expanded");
            diagnostics.push(found("expanded"));
            Parsed { items, diagnostics }
        }

        fn resolve(&self, items: &Vec<&str>, text: &str, _: &ClassIndex, _: &Reading) -> Resolved {
            assert_eq!(items.as_slice(), [text, "expanded"]);
            Resolved { hir: None, diagnostics: vec![found("resolved")], classes: Vec::new(), kind: Meaning::Empty }
        }

        fn format_error(&self, fault: &Fault<'_>) -> String {
            fault.message.to_uppercase()
        }
    }

    fn found(message: &str) -> Diagnostic {
        use bt_base::{Code, Stage};
        const CODE: Code = Code {
            name: "echo/x",
            severity: Severity::Hint,
            stage: Stage::Code,
            message: "",
            checks: "",
            example: "",
            better: "",
        };
        Diagnostic::of(&CODE, Span::default(), message)
    }

    #[test]
    fn a_reading_goes_through_all_stages_in_order() {
        let echo: &dyn Frontend = &Echo;
        let resolved = echo.read("word", &ClassIndex::new(), &Reading::default());
        let told: Vec<_> = resolved.diagnostics.iter().map(|found| found.message.as_str()).collect();
        assert_eq!((echo.name(), told.as_slice()), ("echo", ["parsed", "expanded", "resolved"].as_slice()));
    }
}
