//! Tests of single diagnostics: a program with the place of a finding marked as `«…»`, and what the finding says.

use bt_base::{Code, Diagnostic, Span};

/// The only finding of its code in a program.
pub(crate) struct Reported {
    source: String,
    finding: Diagnostic,
}

fn findings(code: &Code, source: &str) -> Vec<Diagnostic> {
    crate::parse(source).diagnostics.into_iter().filter(|d| d.code == code).collect()
}

/// The finding of this code, which must stand at the mark and be alone.
#[track_caller]
pub(crate) fn reported(code: &Code, marked: &str) -> Reported {
    let (before, rest) = marked.split_once('«').expect("the place is marked");
    let (inside, after) = rest.split_once('»').expect("the mark is closed");
    let source = format!("{before}{inside}{after}");
    let mut found = findings(code, &source);
    assert_eq!(found.len(), 1, "findings in {source}: {found:?}");
    let finding = found.remove(0);
    assert_eq!(finding.span, Span::new(before.len(), before.len() + inside.len()), "{source}: {finding:?}");
    assert_eq!(finding.severity, code.severity);
    Reported { source, finding }
}

/// The code is not reported for this program.
#[track_caller]
pub(crate) fn silent(code: &Code, source: &str) {
    let found = findings(code, source);
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

    /// The finding refers to another place, which holds `text`.
    #[track_caller]
    pub fn related(self, message: &str, text: &str) -> Reported {
        let related: Vec<_> = self.finding.related.iter().map(|r| (r.message.as_str(), r.span.text(&self.source))).collect();
        assert_eq!(related, [(message, text)]);
        self
    }

    /// The suggested edit makes this program, which has no such finding.
    #[track_caller]
    pub fn mends_to(self, mended: &str) -> Reported {
        let edit = self.finding.edit.as_ref().expect("a suggested edit");
        assert_eq!(edit.apply(&self.source), mended);
        assert_eq!(findings(self.finding.code, mended), []);
        self
    }

    #[track_caller]
    pub fn has_no_edit(self) -> Reported {
        assert_eq!(self.finding.edit, None);
        self
    }
}
