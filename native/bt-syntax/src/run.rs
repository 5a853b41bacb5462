//! Runs the grammar over one statement or header, and goes on after mistakes.
//!
//! A parse error is reported once; then the smallest part that holds it — a statement of a block, an element, an arm,
//! the inside of a bracket — is replaced by one [`Kind::Error`] token and the statement is parsed again. Parts are found
//! by brackets, which the layout has balanced. After a few mistakes the whole statement becomes an error, so that the
//! cost stays linear.

use bt_base::{Diagnostic, Span};
use lalrpop_util::{lalrpop_mod, ParseError};

use crate::ast::{ExprId, ExprKind};
use crate::builder::{Builder, Header, QUIET};
use crate::errors;
use crate::kind::{Kind, Tok};

lalrpop_mod!(
    #[allow(clippy::all, clippy::pedantic, unused, missing_debug_implementations)]
    grammar
);

pub(crate) const UNTERMINATED: &str = "Unterminated string interpolation";

/// Mistakes reported within one statement.
const MISTAKES: usize = 24;

/// What follows the tokens of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// The end of the text.
    End,
    /// Another token of the text.
    Token(Span),
    /// The brace that ends an interpolation.
    Brace(Span),
}

/// A parse error in terms of token indices; `at` is the number of tokens if more were expected.
pub(crate) struct Failure {
    pub at: usize,
    pub expected: Vec<String>,
}

impl Failure {
    fn new(error: ParseError<u32, Tok, ()>, length: usize) -> Failure {
        let (at, expected) = match error {
            ParseError::UnrecognizedToken { token, expected } => (token.0 as usize, expected),
            ParseError::ExtraToken { token } => (token.0 as usize, Vec::new()),
            ParseError::UnrecognizedEof { expected, .. } => (length, expected),
            ParseError::InvalidToken { .. } | ParseError::User { .. } => (length, Vec::new()),
        };
        Failure { at, expected }
    }

    pub fn expects(&self, terminal: &str) -> bool {
        self.expected.iter().any(|e| e.strip_prefix('"').and_then(|e| e.strip_suffix('"')) == Some(terminal))
    }
}

fn indexed(tokens: &[Tok]) -> impl Iterator<Item = (u32, Tok, u32)> + '_ {
    tokens.iter().enumerate().map(|(i, &t)| (i as u32, t, i as u32 + 1))
}

/// The tree of one statement. `tokens` is used up.
pub(crate) fn statement(b: &mut Builder<'_>, tokens: &mut Vec<Tok>, after: After) -> ExprId {
    let nodes = b.module.exprs.len();
    let findings = b.diagnostics.len();
    let mut reported: Vec<Diagnostic> = Vec::new();
    let whole = tokens.first().map_or(0, |t| t.span.start);
    let whole = tokens.last().map_or(Span { start: whole, end: whole }, |t| Span { start: whole, end: t.span.end.max(whole) });
    let parser = grammar::StatementParser::new();
    loop {
        let failure = match parser.parse(b, indexed(tokens)) {
            Ok(id) => {
                b.diagnostics.append(&mut reported);
                return id;
            }
            Err(error) => Failure::new(error, tokens.len()),
        };
        b.module.exprs.truncate(nodes);
        b.diagnostics.truncate(findings);
        let part = part_at(tokens, failure.at);
        if !is_replaced(&tokens[part.range.clone()]) {
            reported.extend(errors::finding(b, tokens, &failure, after));
        }
        if reported.len() >= MISTAKES || !replace(tokens, part) {
            b.diagnostics.append(&mut reported);
            return b.module.add(ExprKind::Error, whole);
        }
    }
}

/// The meaning of one declaration header, or a finding.
pub(crate) fn header<'s>(b: &mut Builder<'s>, tokens: &[Tok], after: After) -> Option<Header<'s>> {
    match grammar::HeaderParser::new().parse(b, indexed(tokens)) {
        Ok(header) => Some(header),
        Err(error) => {
            let failure = Failure::new(error, tokens.len());
            let finding = errors::header_finding(b, tokens, &failure, after);
            b.diagnostics.push(finding);
            None
        }
    }
}

/// A run of tokens between separators or brackets.
struct Part {
    range: std::ops::Range<usize>,
    /// The bracket around it.
    open: Option<usize>,
}

/// The smallest part that holds the token at `at`, or that ends with it.
fn part_at(tokens: &[Tok], at: usize) -> Part {
    let (mut start, mut comma, mut open, mut depth) = (0, None, None, 0usize);
    for i in (0..at).rev() {
        let kind = tokens[i].kind;
        if kind.closes() {
            depth += 1;
        } else if kind.opens() && depth > 0 {
            depth -= 1;
        } else if kind.opens() {
            open = Some(i);
            start = start.max(i + 1);
            break;
        } else if depth == 0 && kind == Kind::Separator && start == 0 {
            start = i + 1;
        } else if depth == 0 && kind == Kind::Comma && comma.is_none() {
            comma = Some(i + 1);
        }
    }
    let elements = open.is_some_and(|i| tokens[i].kind.holds_elements());
    if let (true, Some(comma)) = (elements, comma) {
        start = start.max(comma);
    }
    let mut end = at;
    let mut depth = 0usize;
    while let Some(t) = tokens.get(end) {
        let ends = t.kind == Kind::Separator || (elements && t.kind == Kind::Comma);
        if depth == 0 && (t.kind.closes() || (ends && open.is_some())) {
            break;
        }
        depth = depth + usize::from(t.kind.opens()) - usize::from(t.kind.closes());
        end += 1;
    }
    Part { range: start..end.max(start), open }
}

/// Is this part what [`replace`] leaves behind?
fn is_replaced(tokens: &[Tok]) -> bool {
    match tokens {
        [one] => one.kind == Kind::Error,
        [a, between, z] => a.kind == Kind::Error && z.kind == Kind::Error && matches!(between.kind, Kind::Arrow | Kind::FatArrow),
        _ => false,
    }
}

/// Puts an error in place of a part; false if nothing smaller than the statement is left.
fn replace(tokens: &mut Vec<Tok>, part: Part) -> bool {
    let mut part = part;
    while is_replaced(&tokens[part.range.clone()]) {
        match part.open {
            Some(open) => part = part_at(tokens, open),
            None => return false,
        }
    }
    let Some(open) = part.open else { return false };
    let Part { range, .. } = part;
    let place = match (tokens.get(range.start), range.is_empty()) {
        (Some(t), true) => Span { start: t.span.start, end: t.span.start },
        (Some(t), false) => t.span.to(tokens[range.end - 1].span),
        (None, _) => tokens[open].span,
    };
    let depth = tokens[open].depth;
    let tok = |kind| Tok { kind, depth, span: place };
    let between = match tokens[open].kind {
        Kind::OpenMap => Some(Kind::FatArrow),
        Kind::OpenMatch => Some(Kind::Arrow),
        _ => None,
    };
    // Closers missing directly behind belong to the same mistake.
    for t in tokens[range.end..].iter_mut().take_while(|t| t.kind == Kind::Missing) {
        t.depth = QUIET;
    }
    match between {
        Some(kind) => drop(tokens.splice(range, [tok(Kind::Error), tok(kind), tok(Kind::Error)])),
        None => drop(tokens.splice(range, [tok(Kind::Error)])),
    }
    true
}
