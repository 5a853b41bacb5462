//! Runs the grammar over one statement or header, and goes on after mistakes.
//!
//! A parse error is reported once; then the smallest part that holds it — a statement of a block, an element, an arm,
//! the inside of a bracket — is repaired by [`mend`], which keeps what was read of it, and the statement is parsed again.
//! A repair that does not fit is followed by [`replace`]: one [`Kind::Error`] stands for the part, then for the part
//! around it. Parts are found by brackets, which the layout has balanced. After a few mistakes the whole statement
//! becomes an error, so that the cost stays linear.

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

/// Mistakes reported within one statement.
const MISTAKES: usize = 24;

/// Repairs tried within one statement.
const ROUNDS: usize = 128;

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
    // The first token behind the last repair: a failure there means that the repair did not fit.
    let mut mended = None;
    for _ in 0..ROUNDS {
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
        let again = mended.is_some_and(|behind| failure.at <= behind);
        if !again {
            reported.extend(errors::finding(b, tokens, &failure, after));
        }
        if reported.len() >= MISTAKES {
            break;
        }
        let repaired = if again { None } else { mend(b, tokens, &failure, &part) };
        mended = repaired.or_else(|| replace(tokens, part));
        if mended.is_none() {
            break;
        }
    }
    b.diagnostics.append(&mut reported);
    b.module.add(ExprKind::Error, whole)
}

/// The meaning of one declaration header, or a finding.
pub(crate) fn header<'s>(b: &mut Builder<'s>, tokens: &[Tok], after: After) -> Option<Header<'s>> {
    match grammar::HeaderParser::new().parse(b, indexed(tokens)) {
        Ok(header) => Some(*header),
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

/// Repairs the part in place, so that what was read of it stays: an error stands for the operand or the message that
/// is not there, and what is too much is left out. Gives the index of the first token behind the repair.
fn mend(b: &Builder<'_>, tokens: &mut Vec<Tok>, failure: &Failure, part: &Part) -> Option<usize> {
    let at = failure.at;
    let end = part.range.end;
    let before = at.checked_sub(1).map(|i| tokens[i]);
    let glued = |t: &Tok| t.kind == Kind::Bad && before.is_some_and(|b| b.span.end == t.span.start && b.kind.is_word());
    if tokens.get(at).is_some_and(glued) {
        // The name is wrong, and everything that would be made of it.
        return None;
    }
    let open = part.open.map(|i| tokens[i]);
    if open.is_none() && tokens.get(at).is_some_and(|t| t.kind == Kind::FatArrow) {
        // A method where none can be: its selector is no expression.
        return None;
    }
    let inside = open.map(|t| t.kind);
    let arm = inside == Some(Kind::OpenMatch);
    if failure.expects("error message") {
        let stop = find(tokens, at, end, |k| k == Kind::Semicolon);
        return Some(put(tokens, at, stop, &[Kind::ErrorMessage]));
    }
    if failure.expects("error") {
        if arm && !failure.expects("(") {
            let stop = find(tokens, at, end, |k| matches!(k, Kind::Arrow | Kind::WhenKeyword));
            return Some(match stop < end {
                true => put(tokens, at, stop, &[Kind::Error]),
                false => put(tokens, at, stop, &[Kind::Error, Kind::Arrow, Kind::Error]),
            });
        }
        let stop = find(tokens, at, end, |k| k == Kind::Semicolon);
        return Some(put(tokens, at, stop, &[Kind::Error]));
    }
    if failure.expects("|") {
        let stop = find(tokens, at, end, |k| k == Kind::Bar);
        return Some(match stop < end {
            true => put(tokens, at, stop, &[]),
            false => {
                // What was taken for a selector behind the last parameter begins the body.
                if let Some(t) = tokens.get_mut(at).filter(|t| t.kind == Kind::Selector) {
                    t.kind = Kind::operand(b.spelling(*t));
                }
                put(tokens, at, at, &[Kind::Bar])
            }
        });
    }
    if failure.expects("tuple}") && tokens.get(at).is_some_and(|t| matches!(t.kind, Kind::Arrow | Kind::WhenKeyword)) {
        // The brace belongs here and not where the layout missed it.
        if let Some(missed) = tokens[at..].iter().position(|t| t.kind == Kind::Missing) {
            tokens.remove(at + missed);
        }
        return Some(put(tokens, at, at, &[Kind::CloseTuple]));
    }
    if open.is_none() || failure.expects("missing") {
        return (at < end).then(|| match inside {
            Some(Kind::OpenBlock) => put(tokens, at, end, &[Kind::Separator, Kind::Error]),
            _ => put(tokens, at, end, &[]),
        });
    }
    if arm && failure.expects("->") && !failure.expects("guard[") {
        return Some(put(tokens, at, end, &[Kind::Arrow, Kind::Error]));
    }
    if inside == Some(Kind::OpenMap) && failure.expects("=>") {
        // Whoever leaves out one arrow leaves out all of them.
        let stop = find(tokens, at, tokens.len(), |_| false);
        return Some(put(tokens, at, stop, &[Kind::FatArrow, Kind::Error]));
    }
    None
}

/// The first token in `at..end` outside of brackets that is wanted, or the closer of the brackets around them, or `end`.
fn find(tokens: &[Tok], at: usize, end: usize, wanted: impl Fn(Kind) -> bool) -> usize {
    let mut depth = 0usize;
    for (i, t) in tokens.iter().enumerate().take(end).skip(at) {
        if depth == 0 && (wanted(t.kind) || t.kind.closes()) {
            return i;
        }
        depth = depth + usize::from(t.kind.opens()) - usize::from(t.kind.closes());
    }
    end
}

/// Puts tokens in place of `at..end`, all with the span of what was there; gives the index behind them.
fn put(tokens: &mut Vec<Tok>, at: usize, end: usize, kinds: &[Kind]) -> usize {
    let span = match (tokens[at..end].first(), tokens.get(end), tokens.last()) {
        (Some(first), ..) => first.span.to(tokens[end - 1].span),
        (None, Some(t), _) => Span { start: t.span.start, end: t.span.start },
        (None, None, last) => {
            let end = last.map_or(0, |t| t.span.end);
            Span { start: end, end }
        }
    };
    let depth = tokens.get(at).or(tokens.last()).map_or(0, |t| if t.depth == QUIET { 0 } else { t.depth });
    // Closers missing directly behind belong to the same mistake.
    for t in tokens[end..].iter_mut().take_while(|t| t.kind.lacks_closer()) {
        t.depth = QUIET;
    }
    tokens.splice(at..end, kinds.iter().map(|&kind| Tok { kind, depth, span }));
    at + kinds.len()
}

/// Is this part what [`replace`] leaves behind?
fn is_replaced(tokens: &[Tok]) -> bool {
    match tokens {
        [one] => one.kind == Kind::Error,
        [a, between, z] => a.kind == Kind::Error && z.kind == Kind::Error && matches!(between.kind, Kind::Arrow | Kind::FatArrow),
        _ => false,
    }
}

/// Puts an error in place of a part; gives the index behind it, unless nothing smaller than the statement is left.
fn replace(tokens: &mut Vec<Tok>, part: Part) -> Option<usize> {
    let mut part = part;
    while is_replaced(&tokens[part.range.clone()]) {
        part = part_at(tokens, part.open?);
    }
    let between = match tokens[part.open?].kind {
        Kind::OpenMap => Some(Kind::FatArrow),
        Kind::OpenMatch => Some(Kind::Arrow),
        _ => None,
    };
    let Part { range, .. } = part;
    Some(match between {
        Some(kind) => put(tokens, range.start, range.end, &[Kind::Error, kind, Kind::Error]),
        None => put(tokens, range.start, range.end, &[Kind::Error]),
    })
}
