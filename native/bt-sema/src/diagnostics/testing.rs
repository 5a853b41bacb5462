//! Tests of single diagnostics: a program with the place of a finding marked as `«…»`, and what the finding says.

use bt_base::{Code, Diagnostic, Severity, Span};
use bt_hir::ClassIndex;

use crate::Options;

/// The only finding of its code in a program.
pub(crate) struct Reported {
    source: String,
    options: Options,
    finding: Diagnostic,
}

fn findings(options: &Options, code: &Code, source: &str) -> Vec<Diagnostic> {
    let parse = bt_syntax::parse(source);
    let index = ClassIndex::over(crate::library_index());
    let lowered = crate::lower(&parse.module, source, &index, options);
    lowered.diagnostics.into_iter().filter(|d| d.code == code).collect()
}

/// A text with a class is a file, another one is workspace input.
fn options_for(source: &str) -> Options {
    Options { expression: !source.contains("subclass:"), ..Options::default() }
}

/// The finding of this code, which must stand at the mark, be alone and as severe as its code.
#[track_caller]
pub(crate) fn reported(code: &Code, marked: &str) -> Reported {
    reported_in(&options_for(marked), code.severity, code, marked)
}

#[track_caller]
pub(crate) fn reported_in(options: &Options, severity: Severity, code: &Code, marked: &str) -> Reported {
    let (before, rest) = marked.split_once('«').expect("the place is marked");
    let (inside, after) = rest.split_once('»').expect("the mark is closed");
    let source = format!("{before}{inside}{after}");
    let mut found = findings(options, code, &source);
    assert_eq!(found.len(), 1, "findings in {source}: {found:?}");
    let finding = found.remove(0);
    assert_eq!(finding.span, Span::new(before.len(), before.len() + inside.len()), "{source}: {finding:?}");
    assert_eq!(finding.severity, severity);
    Reported { source, options: options.clone(), finding }
}

/// The code is not reported for this program.
#[track_caller]
pub(crate) fn silent(code: &Code, source: &str) {
    silent_in(&options_for(source), code, source);
}

#[track_caller]
pub(crate) fn silent_in(options: &Options, code: &Code, source: &str) {
    let found = findings(options, code, source);
    assert!(found.is_empty(), "{source}: {found:?}");
}

impl Reported {
    #[track_caller]
    pub fn says(self, message: &str) -> Reported {
        assert_eq!(self.finding.message, message);
        self
    }

    #[track_caller]
    pub fn hints(self, hint: &str) -> Reported {
        assert_eq!(self.finding.hint.as_deref(), Some(hint));
        self
    }

    /// The suggested edit makes this program, which has no such finding.
    #[track_caller]
    pub fn mends_to(self, mended: &str) -> Reported {
        let edit = self.finding.edit.as_ref().expect("a suggested edit");
        assert_eq!(edit.apply(&self.source), mended);
        assert_eq!(findings(&self.options, self.finding.code, mended), []);
        self
    }

    #[track_caller]
    pub fn has_no_edit(self) -> Reported {
        assert_eq!(self.finding.edit, None);
        self
    }
}
