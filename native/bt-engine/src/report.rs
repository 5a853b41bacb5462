//! Diagnostics as they leave the compiler: placed by line and column, sorted, without duplicates, bounded.

use bt_base::{Category, Diagnostic, LineCol, LineIndex, Severity, Span};

use crate::diagnostics::limit_diagnostics;
use crate::limits::Limits;
use crate::source::Source;

/// A place in the source the caller sent. Offsets are bytes, columns code points, lines and columns count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub start: u32,
    pub end: u32,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

impl Position {
    /// The whole text, or a trouble that has no place in it.
    pub const UNKNOWN: Position = Position { start: 0, end: 0, line: 1, column: 1, end_line: 1, end_column: 1 };
}

/// One diagnostic with its place worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub severity: Severity,
    pub code: &'static str,
    pub message: String,
    pub at: Position,
    pub hint: Option<String>,
    pub category: Option<Category>,
    pub related: Vec<(String, Position)>,
    /// A mechanical mend: what to write at which place.
    pub edit: Option<(Position, String)>,
    pub file: Option<String>,
}

impl Report {
    /// A report about the request as a whole.
    pub fn unplaced(diagnostic: Diagnostic) -> Report {
        Report {
            severity: diagnostic.severity,
            code: diagnostic.code.name,
            message: diagnostic.message,
            at: Position::UNKNOWN,
            hint: diagnostic.hint,
            category: diagnostic.category,
            related: Vec::new(),
            edit: None,
            file: None,
        }
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Places, sorts (start, severity, message), removes duplicates and cuts at the limit.
pub fn reports(diagnostics: Vec<Diagnostic>, source: Source<'_>, file: Option<&str>, limits: &Limits) -> Vec<Report> {
    if diagnostics.is_empty() {
        return Vec::new();
    }
    let places = Places { source, lines: LineIndex::new(source.text) };
    let mut all: Vec<Report> = diagnostics
        .into_iter()
        .map(|d| Report {
            severity: d.severity,
            code: d.code.name,
            message: if d.message.is_empty() { d.code.name.to_owned() } else { d.message },
            at: places.position(d.span),
            hint: d.hint,
            category: d.category,
            related: d.related.into_iter().map(|r| (r.message, places.position(r.span))).collect(),
            edit: d.edit.map(|e| (places.position(e.span), e.replacement)),
            file: file.map(str::to_owned),
        })
        .collect();
    all.sort_by(|a, b| {
        (a.at.start, a.severity, &a.message, a.at.end, a.code).cmp(&(b.at.start, b.severity, &b.message, b.at.end, b.code))
    });
    all.dedup();
    cut(all, limits)
}

/// Keeps the first reports and says how many are missing. The note is an error if one was among the missing.
fn cut(mut all: Vec<Report>, limits: &Limits) -> Vec<Report> {
    let missing = all.len().saturating_sub(limits.diagnostics);
    if missing == 0 {
        return all;
    }
    let severity = if all.iter().any(Report::is_error) { Severity::Error } else { Severity::Warning };
    all.truncate(limits.diagnostics);
    let mut note = Report::unplaced(limit_diagnostics::diagnostic(severity, limits.diagnostics, missing));
    if let Some(last) = all.last() {
        note.at = last.at;
        note.file = last.file.clone();
    }
    all.push(note);
    all
}

struct Places<'a> {
    source: Source<'a>,
    lines: LineIndex,
}

impl Places<'_> {
    fn position(&self, span: Span) -> Position {
        let start = self.clamp(span.start);
        let end = self.clamp(span.end).max(start);
        let LineCol { line, column } = self.lines.line_col(self.source.text, start);
        let LineCol { line: end_line, column: end_column } = self.lines.line_col(self.source.text, end);
        Position { start: start + self.source.shift, end: end + self.source.shift, line, column, end_line, end_column }
    }

    /// Into the text and down to a code-point boundary.
    fn clamp(&self, offset: u32) -> u32 {
        let text = self.source.text;
        let mut at = (offset as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at as u32
    }
}

#[cfg(test)]
mod tests {
    use bt_base::{Code, Stage};

    use super::*;

    const CODE: Code =
        Code { name: "x/y", severity: Severity::Error, stage: Stage::Code, message: "", checks: "", example: "", better: "" };

    fn placed(text: &str, diagnostics: Vec<Diagnostic>) -> Vec<Report> {
        let source = Source::decode(text.as_bytes(), &Limits::DEFAULT).expect("valid text");
        reports(diagnostics, source, None, &Limits { diagnostics: 3, ..Limits::DEFAULT })
    }

    fn error(start: usize, end: usize, message: &str) -> Diagnostic {
        Diagnostic::of(&CODE, Span::new(start, end), message)
    }

    #[test]
    fn sorted_by_start_then_severity_then_message_without_duplicates() {
        let hint = Diagnostic::of(&CODE, Span::new(0, 1), "a").with_severity(Severity::Hint);
        let all = placed("abc", vec![error(1, 2, "b"), hint, error(0, 1, "z"), error(1, 2, "a"), error(1, 2, "b")]);
        let order: Vec<_> = all.iter().map(|r| (r.at.start, r.severity, r.message.as_str())).collect();
        use Severity::{Error, Hint};
        assert_eq!(order[..3], [(0, Error, "z"), (0, Hint, "a"), (1, Error, "a")]);
        assert_eq!((all[3].code, all[3].severity), ("limit/diagnostics", Error));
        assert!(all[3].message.contains("1 are left out"));
    }

    #[test]
    fn spans_are_clamped_to_code_points() {
        let all = placed("é\nb", vec![error(1, 99, "m")]);
        let at = all[0].at;
        assert_eq!((at.start, at.end, at.line, at.column, at.end_line, at.end_column), (0, 4, 1, 1, 2, 2));
    }

    #[test]
    fn a_byte_order_mark_counts_in_offsets_only() {
        let at = placed("\u{feff}abc", vec![error(1, 2, "m")])[0].at;
        assert_eq!((at.start, at.end, at.line, at.column), (4, 5, 1, 2));
    }
}
