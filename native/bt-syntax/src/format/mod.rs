//! The layout of a text: same tokens, same comments, other white space.
//!
//! | step | module |
//! |---|---|
//! | tokens and comments in the order of the text, with the line breaks before them | `pieces` |
//! | headers and statements → a document: texts, places where a line may break, groups of those | `build`, `document` |
//! | document → text: which groups are broken, how far lines are indented | `print` |
//! | is it the same program? | `same` |
//! | expression scripts: the inputs of a text | `script` |
//!
//! What the layout looks like is described in `docs/formatting.md`. Two rules keep it steady, so that a formatted text is formatted again
//! to itself: a line break that the author made at a place where lines may break stays, and every break that is made for want of room is
//! at such a place. All passes are linear; the only recursion is over brackets, whose depth the parser limits.
//!
//! The result is compared with the source before it is handed out: a fault of the layout can refuse a text, never change it.

mod build;
mod document;
mod pieces;
mod print;
mod same;
mod script;
#[cfg(test)]
mod tests;

use bt_base::{Diagnostic, Span};

/// Lines are at most this wide, where there is a place to break them.
pub const WIDTH: usize = 120;

/// Columns per level.
pub const INDENT: usize = 2;

/// Why a text was not laid out.
#[derive(Debug)]
pub enum Refusal {
    /// It has syntax errors; all findings of the parser.
    Syntax(Vec<Diagnostic>),
    /// The result would not have been the same program. A fault of the layout.
    Changed(Span),
}

/// The text laid out anew. A script with expectations is laid out input by input, as it is read, and its lines stay lines.
pub fn format(text: &str) -> Result<String, Refusal> {
    let Some(inputs) = script::inputs(text) else { return format_input(text, false) };
    let formatted = format_inputs(text, &inputs);
    let parsed = crate::parse(text);
    // Inputs that are right one by one can be wrong as one text; then there is no whole to compare.
    let sound = !parsed.diagnostics.iter().any(Diagnostic::is_error);
    match formatted {
        // What looked like an expectation was a comment in the middle of something.
        Err(Refusal::Syntax(_)) if sound => format_input(text, false),
        // Read as one text it would be another program; as one text it is laid out, then.
        Ok(formatted) if sound && same::differs(text, &parsed, &formatted).is_some() => format_input(text, false),
        answer => answer,
    }
}

fn format_inputs(text: &str, inputs: &[Span]) -> Result<String, Refusal> {
    let mut formatted = String::with_capacity(text.len());
    for input in inputs {
        let part = format_input(&text[input.range()], true).map_err(|refusal| refusal.moved(input.start))?;
        if !part.is_empty() && script::begins_with_blank(&text[..input.start as usize], &text[input.range()]) {
            formatted.push('\n');
        }
        formatted.push_str(&part);
    }
    Ok(formatted)
}

impl Refusal {
    fn moved(self, by: u32) -> Refusal {
        let moved = |span: Span| Span { start: span.start + by, end: span.end + by };
        match self {
            Refusal::Changed(span) => Refusal::Changed(moved(span)),
            Refusal::Syntax(mut found) => {
                for diagnostic in &mut found {
                    diagnostic.span = moved(diagnostic.span);
                    if let Some(edit) = &mut diagnostic.edit {
                        edit.span = moved(edit.span);
                    }
                    for related in &mut diagnostic.related {
                        related.span = moved(related.span);
                    }
                }
                Refusal::Syntax(found)
            }
        }
    }
}

fn format_input(text: &str, script: bool) -> Result<String, Refusal> {
    let parsed = crate::parse(text);
    if parsed.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(Refusal::Syntax(parsed.diagnostics));
    }
    let document = build::document(text, script);
    // A line of a script is not broken for want of room: what is behind the break would be an input of its own.
    let formatted = print::print(&document, if script { usize::MAX } else { WIDTH });
    match same::differs(text, &parsed, &formatted) {
        None => Ok(formatted),
        Some(at) => Err(Refusal::Changed(at)),
    }
}
