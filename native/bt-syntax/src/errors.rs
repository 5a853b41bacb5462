//! The sentence for each parse error, chosen by the token found, the tokens expected and the token before.

use bt_base::{Diagnostic, Span};

use crate::builder::Builder;
use crate::kind::{Kind, Tok};
use crate::run::{After, Failure, UNTERMINATED};
use crate::token::error_text;

const HASH: &str = "Unexpected '#': expected '#(' for a list, '#[' for an array, '#{' for a map, or '#name' / \
                    #'quoted' for a symbol";

/// What is wrong in a statement; nothing if it has been reported already.
pub(crate) fn finding(b: &Builder<'_>, tokens: &[Tok], failure: &Failure, after: After) -> Option<Diagnostic> {
    let found = tokens.get(failure.at).copied();
    let before = failure.at.checked_sub(1).and_then(|i| tokens.get(i)).copied();
    let before_kind = before.map(|t| t.kind);
    let (span, text) = shown(b, tokens, failure.at, after);
    let error = |code, message: &str| Some(Diagnostic::error(code, span, message));
    match found.map(|t| t.kind) {
        Some(Kind::Misplaced | Kind::Error) => return None,
        Some(Kind::Hash) => return error("lex/invalid", HASH),
        Some(Kind::Bad) => {
            return error("lex/invalid", &format!("Unexpected token: expected expression, found {text}"));
        }
        _ => {}
    }
    let found_kind = found.map(|t| t.kind);
    let operand = failure.expects("(");
    match before_kind {
        Some(Kind::Semicolon) => return error("parse/cascade", "Expected message selector in cascade"),
        Some(Kind::Colon) if failure.expects("id") && !operand => {
            return error("parse/block-parameter", "Expected parameter name after ':'");
        }
        Some(Kind::Expect) => {
            let message = "@expect must be followed by a category name (dnu, type, unused, all)";
            return error("parse/expect", message);
        }
        _ => {}
    }
    if failure.expects("|") {
        return error("parse/block-bar", "Expected '|' after block parameters");
    }
    if failure.expects("guard[") {
        return error("parse/match", "Expected '[' after when:");
    }
    if failure.expects("number") && !operand {
        let message = format!("Unexpected token in pattern: expected identifier, literal, '_', or '{{', found {text}");
        return error("parse/pattern", &message);
    }
    if failure.expects("->") && !failure.expects("**") && !failure.expects("sel") && !failure.expects("equality") {
        return error("parse/match", "Expected '->' after pattern in match arm");
    }
    if failure.expects("=>") {
        return error("parse/map", "Expected '=>' after map key");
    }
    // Something else than a bracket where an operand is possible: the token is to blame, not the bracket.
    let bracket = found.is_none_or(|t| t.kind.closes());
    let unclosed = [
        ("]", "parse/unclosed-block", "Expected ']' to close block"),
        (")", "parse/unclosed-paren", "Expected ')' to close parentheses"),
        ("guard]", "parse/unclosed-block", "Expected ']' to close block"),
        ("match]", "parse/unclosed-match", "Expected ']' to close match"),
        ("tuple}", "parse/unclosed-pattern", "Expected '}' to close pattern"),
    ];
    let infix =
        matches!(found_kind, Some(Kind::OtherOperator | Kind::Comma | Kind::FatArrow | Kind::Bar | Kind::Colon | Kind::Assign));
    let elements = ["list)", "array]", "map}"].into_iter().any(|close| failure.expects(close));
    if infix && !elements && !matches!(after, After::Brace(_)) {
        // It ends the expression, and none begins with it.
        return error("parse/expected-expression", &format!("Unexpected token: expected expression, found {text}"));
    }
    if !operand || bracket {
        for (terminal, code, message) in unclosed {
            if failure.expects(terminal) {
                return error(code, message);
            }
        }
        let separated = [
            ("list)", "parse/unclosed-list", "',', '|', or ')' in list literal", "')' to close list literal"),
            ("array]", "parse/unclosed-array", "',' or ']' in array literal", "']' to close array literal"),
            ("map}", "parse/unclosed-map", "',' or '}' in map literal", "'}' to close map literal"),
        ];
        for (terminal, code, separators, close) in separated {
            if failure.expects(terminal) {
                let message = match failure.expects(",") && !bracket {
                    true => format!("Expected {separators}, found {text}"),
                    false => format!("Expected {close}"),
                };
                return error(code, &message);
            }
        }
    }
    if let (After::Brace(_), false, true) = (after, operand, found_kind != Some(Kind::Stray)) {
        return error("parse/interpolation", UNTERMINATED);
    }
    error("parse/expected-expression", &format!("Unexpected token: expected expression, found {text}"))
}

/// What is wrong in a declaration header.
pub(crate) fn header_finding(b: &Builder<'_>, tokens: &[Tok], failure: &Failure, after: After) -> Diagnostic {
    let (span, _) = shown(b, tokens, failure.at, after);
    let before = failure.at.checked_sub(1).and_then(|i| tokens.get(i)).copied();
    let message = match before.map(|t| t.kind) {
        Some(Kind::StateKeyword) => match before.map(|t| b.spelling(t)) {
            Some("classState:") => "Expected variable name after 'classState:'",
            _ => "Expected field name after 'state:'",
        },
        Some(Kind::SubclassKeyword) => "Expected class name",
        _ if failure.expects("type") => "Expected type name",
        Some(Kind::KeywordPattern | Kind::BinaryPattern) => "Expected parameter name after keyword",
        _ if failure.expects("unary") && tokens.last().is_some_and(|t| t.kind == Kind::FatArrow) => "Expected method selector",
        _ if failure.expects("=>") => "Expected '=>' after method selector",
        _ if failure.expects("subclass:") => "Expected 'subclass:' keyword",
        _ => "Expected superclass name",
    };
    Diagnostic::error("parse/declaration", span, message)
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
