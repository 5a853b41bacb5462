//! `lex/invalid`: text that is no token.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

use crate::token::error_text;

pub const CODE: Code = Code {
    name: "lex/invalid",
    severity: Severity::Error,
    stage: Stage::Syntax,
    message: "Unexpected token: expected expression, found <error: TEXT>",
    checks: "Characters that begin no token: an unclosed string, a lone `#` or `$`, letters outside ASCII in names.",
    example: "naïve := 1",
    better: "naive := 1",
};

/// A malformed piece of text: unclosed, or made of characters that begin nothing.
pub(crate) fn diagnostic(span: Span, piece: &str) -> Diagnostic {
    let piece = error_text(piece);
    Diagnostic::of(&CODE, span, format!("Unexpected token: expected expression, found <error: {piece}>"))
}

/// A `#` that begins neither a collection nor a symbol.
pub(crate) fn lone_hash(span: Span) -> Diagnostic {
    let message =
        "Unexpected '#': expected '#(' for a list, '#[' for an array, '#{' for a map, or '#name' / #'quoted' for a symbol";
    Diagnostic::of(&CODE, span, message)
}

/// Digits that denote no finite number.
pub(crate) fn float(span: Span, text: &str) -> Diagnostic {
    Diagnostic::of(&CODE, span, format!("Invalid float literal: {text}"))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn a_letter_outside_ascii() {
        reported(&CODE, "na«ï»ve := 1").says("Unexpected token: expected expression, found <error: ï>");
    }

    #[test]
    fn an_open_string_is_shown_as_it_is() {
        reported(&CODE, "x := «\"dear {you»").says("Unexpected token: expected expression, found <error: \"dear {you>");
    }

    #[test]
    fn a_lone_hash() {
        reported(&CODE, "«#»").says(
            "Unexpected '#': expected '#(' for a list, '#[' for an array, '#{' for a map, or '#name' / #'quoted' for a symbol",
        );
    }

    #[test]
    fn a_float_that_is_not_finite() {
        reported(&CODE, "«1e309»").says("Invalid float literal: 1e309");
        silent(&CODE, "1e308");
    }

    #[test]
    fn single_quotes() {
        reported(&CODE, "x := «'abc'»").says(
            "Unexpected token: expected expression, found \
                 <error: single-quoted strings are no longer supported, use double quotes: \"...\">",
        );
    }

    #[test]
    fn quotes_and_letters_where_they_belong() {
        silent(&CODE, "\"naïve 'text'\"");
        silent(&CODE, "#'two words'");
    }
}
