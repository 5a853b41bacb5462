//! Which mistake a parse error is: chosen by the token found, the tokens expected and the token before.

use bt_base::{Diagnostic, Span};

use crate::builder::Builder;
use crate::diagnostics::parse_declaration::{self, Part};
use crate::diagnostics::{
    lex_invalid, parse_block_bar, parse_block_parameter, parse_cascade, parse_expect, parse_expected_expression,
    parse_interpolation, parse_map, parse_match, parse_pattern, parse_unclosed_array, parse_unclosed_block, parse_unclosed_list,
    parse_unclosed_map, parse_unclosed_match, parse_unclosed_paren, parse_unclosed_pattern,
};
use crate::kind::{Kind, Tok};
use crate::run::{After, Failure};
use crate::token::error_text;

/// What is wrong in a statement; nothing if it has been reported already.
pub(crate) fn finding(b: &Builder<'_>, tokens: &[Tok], failure: &Failure, after: After) -> Option<Diagnostic> {
    let found = tokens.get(failure.at).copied();
    let before = failure.at.checked_sub(1).and_then(|i| tokens.get(i)).copied();
    let before_kind = before.map(|t| t.kind);
    let (span, text) = shown(b, tokens, failure.at, after);
    match found.map(|t| t.kind) {
        Some(Kind::Misplaced | Kind::Error) => return None,
        Some(Kind::Hash) => return Some(lex_invalid::lone_hash(span)),
        Some(Kind::Bad) => return Some(lex_invalid::diagnostic(b.text, span)),
        _ => {}
    }
    let found_kind = found.map(|t| t.kind);
    let operand = failure.expects("(");
    match before_kind {
        Some(Kind::Semicolon) => return Some(parse_cascade::diagnostic(span)),
        Some(Kind::Colon) if failure.expects("id") && !operand => return Some(parse_block_parameter::diagnostic(span)),
        Some(Kind::Expect) => return Some(parse_expect::missing(span)),
        _ => {}
    }
    if failure.expects("|") {
        return Some(parse_block_bar::diagnostic(span));
    }
    if failure.expects("guard[") {
        return Some(parse_match::no_guard(span));
    }
    if failure.expects("number") && !operand {
        return Some(parse_pattern::diagnostic(span, &text));
    }
    if failure.expects("->") && !failure.expects("**") && !failure.expects("sel") && !failure.expects("equality") {
        return Some(parse_match::no_arrow(span));
    }
    if failure.expects("=>") {
        return Some(parse_map::diagnostic(span));
    }
    // Something else than a bracket where an operand is possible: the token is to blame, not the bracket.
    let bracket = found.is_none_or(|t| t.kind.closes());
    let infix =
        matches!(found_kind, Some(Kind::OtherOperator | Kind::Comma | Kind::FatArrow | Kind::Bar | Kind::Colon | Kind::Assign));
    let elements = ["list)", "array]", "map}"].into_iter().any(|close| failure.expects(close));
    if infix && !elements && !matches!(after, After::Brace(_)) {
        // It ends the expression, and none begins with it.
        return Some(parse_expected_expression::diagnostic(span, &text));
    }
    if !operand || bracket {
        if failure.expects("]") || failure.expects("guard]") {
            return Some(parse_unclosed_block::diagnostic(span));
        }
        if failure.expects(")") {
            return Some(parse_unclosed_paren::diagnostic(span));
        }
        if failure.expects("match]") {
            return Some(parse_unclosed_match::diagnostic(span));
        }
        if failure.expects("tuple}") {
            return Some(match (found_kind, before) {
                (Some(Kind::Arrow), Some(last)) => parse_unclosed_pattern::before_arrow(span, last.span),
                _ => parse_unclosed_pattern::diagnostic(span),
            });
        }
        let separable = failure.expects(",") && !bracket;
        if failure.expects("list)") {
            return Some(match separable {
                true => parse_unclosed_list::separator(span, &text),
                false => parse_unclosed_list::diagnostic(span),
            });
        }
        if failure.expects("array]") {
            return Some(match separable {
                true => parse_unclosed_array::separator(span, &text),
                false => parse_unclosed_array::diagnostic(span),
            });
        }
        if failure.expects("map}") {
            return Some(match separable {
                true => parse_unclosed_map::separator(span, &text),
                false => parse_unclosed_map::diagnostic(span),
            });
        }
    }
    if let (After::Brace(_), false, true) = (after, operand, found_kind != Some(Kind::Stray)) {
        return Some(parse_interpolation::unterminated(span));
    }
    Some(parse_expected_expression::diagnostic(span, &text))
}

/// What is wrong in a declaration header.
pub(crate) fn header_finding(b: &Builder<'_>, tokens: &[Tok], failure: &Failure, after: After) -> Diagnostic {
    let (span, _) = shown(b, tokens, failure.at, after);
    let before = failure.at.checked_sub(1).and_then(|i| tokens.get(i)).copied();
    let missing = match before.map(|t| t.kind) {
        Some(Kind::StateKeyword) => match before.map(|t| b.spelling(t)) {
            Some("classState:") => Part::ClassVariableName,
            _ => Part::FieldName,
        },
        Some(Kind::SubclassKeyword) => Part::ClassName,
        _ if failure.expects("type") => Part::TypeName,
        Some(Kind::KeywordPattern | Kind::BinaryPattern) => Part::ParameterName,
        _ if failure.expects("unary") && tokens.last().is_some_and(|t| t.kind == Kind::FatArrow) => Part::Selector,
        _ if failure.expects("=>") => Part::Arrow,
        _ if failure.expects("subclass:") => Part::SubclassKeyword,
        _ => Part::Superclass,
    };
    parse_declaration::diagnostic(span, missing)
}

/// The place and rendering of the token found. At the end of the text that is the token before.
fn shown(b: &Builder<'_>, tokens: &[Tok], at: usize, after: After) -> (Span, String) {
    let render = |t: Tok| match t.kind {
        Kind::Bad => format!("<error: {}>", error_text(b.spelling(t))),
        _ => b.spelling(t).to_string(),
    };
    let before = at.checked_sub(1).and_then(|i| tokens.get(i)).copied();
    // A boundary is shown as the token behind it.
    let found = tokens[at.min(tokens.len())..]
        .iter()
        .copied()
        .find(|t| !(matches!(t.kind, Kind::Break | Kind::Separator | Kind::Missing) && t.span.start == t.span.end));
    match (found, after, before) {
        (Some(t), ..) => (t.span, render(t)),
        (None, After::Token(span) | After::Brace(span), _) => (span, span.text(b.text).to_string()),
        (None, After::End, Some(t)) => (t.span, render(t)),
        (None, After::End, None) => (Span::default(), String::new()),
    }
}
