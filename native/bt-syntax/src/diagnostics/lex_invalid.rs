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
pub(crate) fn diagnostic(source: &str, span: Span) -> Diagnostic {
    let piece = span.text(source);
    let found =
        Diagnostic::of(&CODE, span, format!("Unexpected token: expected expression, found <error: {}>", error_text(piece)));
    match double_quoted(source, span) {
        Some(string) => found.with_edit(span, string),
        None => found,
    }
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

/// The string that is meant by `'…'`. A quote beside it or a backslash in it leaves open where the text ends.
fn double_quoted(source: &str, span: Span) -> Option<String> {
    let inner = span.text(source).strip_prefix('\'')?.strip_suffix('\'')?;
    let (before, after) = (&source[..span.start as usize], &source[span.end as usize..]);
    let quotes = ['\'', '"'];
    if inner.contains('\\') || before.ends_with(quotes) || after.starts_with(quotes) {
        return None;
    }
    Some(format!("\"{}\"", inner.replace('"', "\"\"").replace('{', "\\{")))
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn a_letter_outside_ascii() {
        reported(&CODE, "na«ï»ve := 1").says("Unexpected token: expected expression, found <error: ï>").has_no_edit();
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
    fn single_quotes_become_double_ones() {
        reported(&CODE, "x := «'abc'»")
            .says(
                "Unexpected token: expected expression, found \
                 <error: single-quoted strings are no longer supported, use double quotes: \"...\">",
            )
            .mends_to("x := \"abc\"");
        reported(&CODE, "«'say \"hi\" {now}'»").mends_to("\"say \"\"hi\"\" \\{now}\"");
    }

    #[test]
    fn single_quotes_without_a_clear_end_stay() {
        reported(&CODE, "«'abc»").has_no_edit();
        reported(&CODE, "«'a\\'»").has_no_edit();
        reported(&CODE, "«'a'»\"b\"").has_no_edit();
    }

    #[test]
    fn quotes_and_letters_where_they_belong() {
        silent(&CODE, "\"naïve 'text'\"");
        silent(&CODE, "#'two words'");
    }
}
