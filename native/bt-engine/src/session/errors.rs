//! Errors in the words of the session's language: what was found in a text, and what was raised and not caught.

use bt_base::{LineIndex, Span};
use bt_hir::{Fault, Trouble};
use bt_vm::{Raise, Value};

use super::session::Session;
use crate::report::{Position, Report};
use crate::source::Source;

/// Modules of inputs in traces.
const INPUT: &str = "beamtalk_repl_eval_";

impl Session {
    /// A report of [`Refusal::Rejected`](super::Refusal::Rejected) about a text.
    pub fn format_report(&self, source: &[u8], report: &Report) -> String {
        let (text, shift) = Source::decode(source, &self.limits).map_or(("", 0), |source| (source.text, source.shift));
        let place = |offset: u32| offset.saturating_sub(shift);
        let span = (report.at != Position::UNKNOWN).then(|| Span { start: place(report.at.start), end: place(report.at.end) });
        self.frontend.format_error(&Fault {
            trouble: Trouble::Found { severity: report.severity, code: report.code },
            message: &report.message,
            hint: report.hint.as_deref(),
            file: report.file.as_deref(),
            text,
            span,
        })
    }

    /// What [`Step::Raised`](super::Step::Raised) tells of the input `source`. The place is the innermost one in the input or in what the session
    /// has defined: that is the code its people know.
    pub fn format_raise(&mut self, source: &[u8], raise: &Raise, place: Span) -> String {
        // Of an exception that has been caught before, the object keeps the trace.
        let (exception, trace) = self.machine.counted(|machine| {
            let exception = machine.exception_of(raise);
            let field = machine.context.intern("stacktrace");
            let trace = machine.context.classes.field(&exception, field).cloned().unwrap_or_else(|| raise.trace());
            (exception, trace)
        });
        let context = &self.machine.context;
        let class = context.symbols.name(context.classes.class_name(&exception)).to_string();
        let of_record = |part: usize| {
            let text = context.error_of(&exception)?.get(part)?.as_text()?;
            Some(String::from_utf8_lossy(text).into_owned())
        };
        let (message, hint) = (of_record(4).unwrap_or_default(), of_record(5));
        let known = self.known_place(source, &trace, place);
        let (text, file, span) = known.map_or((String::new(), None, None), |(text, file, span)| (text, file, Some(span)));
        self.frontend.format_error(&Fault {
            trouble: Trouble::Raised { class: &class },
            message: &message,
            hint: hint.as_deref(),
            file: file.as_deref(),
            text: &text,
            span,
        })
    }

    /// The innermost frame in a text that the session has: the text, its file, the place. `place`: where the topmost frame was.
    fn known_place(&self, source: &[u8], trace: &Value, place: Span) -> Option<(String, Option<String>, Span)> {
        let symbols = &self.machine.context.symbols;
        for (depth, frame) in trace.elements().filter_map(Value::as_tuple).enumerate() {
            let [module, _, _, location] = frame else { continue };
            let module = symbols.text(module).unwrap_or_default();
            let (text, file) = if module.starts_with(INPUT) {
                (Source::decode(source, &self.limits).map_or("", |source| source.text).to_string(), None)
            } else {
                let Some(known) = self.definitions.text_of(module) else { continue };
                known
            };
            let line = location.elements().filter_map(Value::as_tuple).find_map(|pair| match pair {
                [key, Value::Integer(line)] if symbols.text(key) == Some("line") => u32::try_from(*line).ok(),
                _ => None,
            });
            let lines = LineIndex::new(&text);
            // Frames above may have gone with blocks that had to run, and the trace is older.
            let is_here = depth == 0 && place != Span::default() && line.is_none_or(|line| lines.line(place.start) == line);
            let span = match line {
                _ if is_here => Some(place),
                // The frame keeps its line alone.
                Some(line) => {
                    let start = lines.line_start(line) as usize;
                    let indent = text.get(start..).map_or(0, |rest| rest.len() - rest.trim_start_matches([' ', '\t']).len());
                    Some(Span::new(start + indent, start + indent))
                }
                None => None,
            };
            return span.map(|span| (text, file, span));
        }
        None
    }
}
