//! Bytes of a request → text the front end may read.

use crate::diagnostics::{input_size, input_utf8};
use crate::limits::Limits;
use crate::report::Report;

const BOM: &str = "\u{feff}";

/// A source text without its byte-order mark, and how many bytes that mark took.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub text: &'a str,
    /// Added to every offset that leaves the engine: offsets count the mark, the text does not hold it.
    pub shift: u32,
}

impl<'a> Source<'a> {
    pub fn decode(bytes: &'a [u8], limits: &Limits) -> Result<Source<'a>, Box<Report>> {
        if bytes.len() > limits.source_bytes {
            return Err(Box::new(Report::unplaced(input_size::source(bytes.len(), limits.source_bytes))));
        }
        let text = std::str::from_utf8(bytes).map_err(|e| Box::new(Report::unplaced(input_utf8::diagnostic(e.valid_up_to()))))?;
        Ok(match text.strip_prefix(BOM) {
            Some(rest) => Source { text: rest, shift: BOM.len() as u32 },
            None => Source { text, shift: 0 },
        })
    }
}
