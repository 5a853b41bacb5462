//! The walk over one statement: brackets, boundaries and the meaning of each token at its place.

use bt_base::Span;

use crate::builder::QUIET;
use crate::diagnostics::parse_nesting;
use crate::kind::{Kind, Tok};
use crate::layout::{begins_operand, shape, Frame, Layout, Part, Place, MAX_DEPTH};
use crate::lexer::Lexed;
use crate::token::Token;

/// What the walk knows about the token before.
#[derive(Clone, Copy)]
pub(crate) struct Before {
    /// An operand can end with it.
    ends: bool,
    /// A period directly behind it can be a field access.
    primary: bool,
    kind: Option<Kind>,
}

const NOTHING: Before = Before { ends: false, primary: false, kind: None };

impl Layout<'_, '_> {
    /// Lays out one statement and takes its period.
    pub(crate) fn statement(&mut self) {
        self.frames.clear();
        self.nesting_reported = false;
        self.open = [0; 3];
        let mut part = Part::default();
        let mut before = NOTHING;
        let first = self.at;
        loop {
            let token = self.upcoming();
            let may_end = self.at > first || self.place == Place::Default;
            if token.token == Token::EndOfInput || (may_end && self.ends_here(token, before)) {
                break;
            }
            if token.token == Token::Period && !self.is_field_dot(before) && self.frames.is_empty() {
                self.at += 1;
                if self.at - 1 == first {
                    self.put(Kind::Separator, token.span);
                } else if self.place == Place::Segment {
                    self.put(Kind::Break, token.span);
                    continue;
                }
                break;
            }
            if token.starts_line && before.ends && self.begins_statement(token) && !self.frames.is_empty() {
                before = self.boundary(&mut part, Span { start: token.span.start, end: token.span.start });
            }
            before = self.step(token, before, &mut part);
            self.at += 1;
        }
        self.close_all(&mut part);
        if self.at == first && self.place == Place::Default {
            // The next declaration, which takes its own tokens.
            let start = self.upcoming().span.start;
            self.put(Kind::Break, Span { start, end: start });
        } else if self.at == first {
            // Never stand still.
            let token = self.upcoming();
            self.put(Kind::Stray, token.span);
            self.at += usize::from(token.token != Token::EndOfInput);
        }
        if let Place::Method { empty, .. } = &mut self.place {
            *empty = false;
        }
    }

    fn begins_statement(&self, token: Lexed) -> bool {
        begins_operand(token.token) || matches!(token.token, Token::Identifier | Token::Error | Token::Hash)
    }

    /// Does the statement end before this token? Outside of brackets, and at declarations.
    fn ends_here(&mut self, token: Lexed, before: Before) -> bool {
        if self.place == Place::Segment {
            return false;
        }
        if token.starts_line && self.declaration_at_line_start() {
            return true;
        }
        if !self.frames.is_empty() {
            return false;
        }
        let after_directive = matches!(before.kind, Some(Kind::Expect));
        if token.starts_line && (after_directive || (before.ends && self.begins_statement(token))) {
            return true;
        }
        let after_category = self.out.len() == 2 && self.out[0].kind == Kind::Expect;
        // A unary message of a cascade is one word: at top level another statement may follow it.
        let message_done = self.place == Place::Top && matches!(self.out[..], [.., Tok { kind: Kind::Semicolon, .. }, _]);
        let word = (after_category || message_done) && token.token == Token::Identifier;
        let adjacent = before.ends && (begins_operand(token.token) || word);
        if adjacent && !matches!(before.kind, Some(Kind::Bad | Kind::Hash | Kind::Stray)) {
            if let Place::Method { in_class, .. } = self.place {
                // Two statements on one line: the body ends, and a member or a top-level item follows.
                self.place = if in_class { Place::Class } else { Place::Top };
            }
            return true;
        }
        false
    }

    fn is_field_dot(&self, before: Before) -> bool {
        let (dot, name) = (self.upcoming(), self.source.token(self.at + 1));
        before.primary && !dot.space_before && !name.space_before && name.token == Token::Identifier
    }

    /// A statement boundary inside brackets.
    fn boundary(&mut self, part: &mut Part, span: Span) -> Before {
        match self.frames.last().map(|f| f.open) {
            Some(Kind::OpenBlock | Kind::OpenMatch) => {
                self.put(Kind::Separator, span);
                *part = Part::default();
            }
            _ => self.put(Kind::Break, span),
        }
        NOTHING
    }

    fn step(&mut self, token: Lexed, before: Before, part: &mut Part) -> Before {
        let span = token.span;
        let inside = self.frames.last().map(|f| f.open);
        let pattern = (inside == Some(Kind::OpenMatch) && !part.arrow) || inside == Some(Kind::OpenTuple);
        let operator = |kind| Before { ends: false, primary: false, kind: Some(kind) };
        let operand = |kind| Before { ends: true, primary: false, kind: Some(kind) };
        match token.token {
            Token::Identifier => {
                self.check_length(token);
                let kind = self.word(token, before, inside, pattern);
                self.put(kind, span);
                let primary = matches!(kind, Kind::Id | Kind::Class | Kind::SelfRef | Kind::Super)
                    && !matches!(before.kind, Some(Kind::Colon | Kind::Expect | Kind::Pragma));
                Before { ends: true, primary, kind: Some(kind) }
            }
            Token::Keyword => {
                self.check_length(token);
                let kind = self.keyword(token, before, *part, pattern);
                part.message |= kind == Kind::Keyword;
                part.powers = 0;
                self.put(kind, span);
                operator(kind)
            }
            Token::Operator => {
                let kind = Kind::operator(span.text(self.source.text));
                match kind {
                    Kind::Comma => *part = Part { arrow: part.arrow, ..Part::default() },
                    Kind::Arrow if pattern => part.arrow = true,
                    Kind::Power => self.chain(&mut part.powers, span),
                    _ => {}
                }
                if kind != Kind::Power {
                    part.powers = 0;
                }
                self.put(kind, span);
                operator(kind)
            }
            Token::Integer | Token::Float => self.operand(Kind::Number, span),
            Token::Character => self.operand(Kind::Character, span),
            Token::String => self.operand(Kind::String, span),
            Token::Symbol => {
                if span.end - span.start > 256 && !span.text(self.source.text).starts_with("#'") {
                    self.check_length(token);
                }
                self.operand(Kind::Symbol, span)
            }
            Token::Error => self.operand(Kind::Bad, span),
            Token::Hash => self.operand(Kind::Hash, span),
            Token::LeftParen => self.open(Kind::OpenParen, span, part),
            Token::ListOpen => self.open(Kind::OpenList, span, part),
            Token::ArrayOpen => self.open(Kind::OpenArray, span, part),
            Token::MapOpen => self.open(Kind::OpenMap, span, part),
            Token::LeftBracket => match before.kind {
                Some(Kind::MatchKeyword) => self.open(Kind::OpenMatch, span, part),
                Some(Kind::WhenKeyword) => self.open(Kind::OpenGuard, span, part),
                _ => self.open(Kind::OpenBlock, span, part),
            },
            Token::LeftBrace if pattern => self.open(Kind::OpenTuple, span, part),
            Token::LeftBrace => self.open(Kind::OpenBrace, span, part),
            Token::RightParen => self.close(0, span, part),
            Token::RightBracket => self.close(1, span, part),
            Token::RightBrace => self.close(2, span, part),
            Token::Assign => {
                part.message = false;
                self.chain(&mut part.assignments, span);
                self.put(Kind::Assign, span);
                operator(Kind::Assign)
            }
            Token::Colon => {
                self.put(Kind::Colon, span);
                operator(Kind::Colon)
            }
            Token::Caret => {
                self.put(Kind::Caret, span);
                operator(Kind::Caret)
            }
            Token::Semicolon if inside == Some(Kind::OpenMatch) => {
                self.put(Kind::Separator, span);
                *part = Part::default();
                operator(Kind::Separator)
            }
            Token::Semicolon => {
                self.put(Kind::Semicolon, span);
                part.message = true;
                operator(Kind::Semicolon)
            }
            Token::Period if self.is_field_dot(before) => {
                self.put(Kind::FieldDot, span);
                operator(Kind::FieldDot)
            }
            Token::Period if inside == Some(Kind::OpenBlock) => {
                self.put(Kind::Separator, span);
                *part = Part::default();
                operator(Kind::Separator)
            }
            Token::Period => {
                self.put(Kind::Break, span);
                operator(Kind::Break)
            }
            Token::Bar => {
                let kind = if inside == Some(Kind::OpenList) { Kind::TailBar } else { Kind::Bar };
                self.put(kind, span);
                operator(kind)
            }
            Token::FatArrow => {
                self.put(Kind::FatArrow, span);
                operator(Kind::FatArrow)
            }
            Token::Pragma => {
                self.put(Kind::Pragma, span);
                operator(Kind::Pragma)
            }
            Token::Expect => {
                self.put(Kind::Expect, span);
                operator(Kind::Expect)
            }
            Token::EndOfInput | Token::Blank | Token::LineBreak | Token::LineComment | Token::BlockComment => {
                operand(Kind::Break)
            }
        }
    }

    fn operand(&mut self, kind: Kind, span: Span) -> Before {
        self.put(kind, span);
        Before { ends: true, primary: false, kind: Some(kind) }
    }

    fn word(&self, token: Lexed, before: Before, inside: Option<Kind>, pattern: bool) -> Kind {
        let text = token.span.text(self.source.text);
        match before.kind {
            Some(Kind::Colon | Kind::FieldDot | Kind::Expect) => return Kind::Id,
            Some(Kind::Semicolon) => return Kind::Selector,
            _ if before.ends => return Kind::Selector,
            _ => {}
        }
        if text.as_bytes()[0].is_ascii_uppercase() {
            return Kind::Class;
        }
        let entry = matches!(before.kind, Some(Kind::OpenMap | Kind::Comma));
        if inside == Some(Kind::OpenMap) && entry && self.source.kind(self.at + 1) == Token::FatArrow {
            return Kind::MapKey;
        }
        match pattern {
            true => Kind::Id,
            false => Kind::operand(text),
        }
    }

    fn keyword(&self, token: Lexed, before: Before, part: Part, pattern: bool) -> Kind {
        match token.span.text(self.source.text) {
            "when:" if pattern => Kind::WhenKeyword,
            "match:" if !part.message && before.ends && self.source.kind(self.at + 1) == Token::LeftBracket => Kind::MatchKeyword,
            _ => Kind::Keyword,
        }
    }

    /// `:=` and `**` nest to the right: a chain of them counts like brackets.
    fn chain(&mut self, length: &mut u8, span: Span) {
        *length = length.saturating_add(1);
        if usize::from(*length) > MAX_DEPTH {
            self.report_nesting(span);
            self.put(Kind::Misplaced, span);
        }
    }

    fn report_nesting(&mut self, span: Span) {
        if !self.nesting_reported {
            self.nesting_reported = true;
            self.diagnostics.push(parse_nesting::diagnostic(span));
        }
    }

    fn open(&mut self, kind: Kind, span: Span, part: &mut Part) -> Before {
        if self.too_deep.is_none() && self.base + self.frames.len() >= MAX_DEPTH {
            self.report_nesting(span);
            self.too_deep = Some((span, self.frames.len()));
        }
        self.put(kind, span);
        self.frames.push(Frame { open: kind, outer: *part });
        self.open[shape(kind)] += 1;
        *part = Part::default();
        Before { ends: false, primary: false, kind: Some(kind) }
    }

    /// Leaves the innermost bracket; `closer` is what the grammar sees, by default the partner of the opener.
    fn leave(&mut self, closer: Option<Kind>, span: Span, part: &mut Part) {
        let Some(frame) = self.frames.pop() else { return };
        self.open[shape(frame.open)] -= 1;
        *part = frame.outer;
        match self.too_deep {
            Some((start, level)) if level == self.frames.len() => {
                self.too_deep = None;
                self.put(Kind::Error, start.to(span));
            }
            _ => self.put(closer.unwrap_or(frame.open.closer()), span),
        }
    }

    /// Leaves brackets that are not closed, as long as `open` says so. One mistake is behind all of them.
    fn leave_unclosed(&mut self, span: Span, part: &mut Part, open: impl Fn(&Frame) -> bool) {
        let mut reported = self.nesting_reported;
        while self.frames.last().is_some_and(&open) {
            let before = self.out.len();
            self.leave(Some(Kind::Missing), span, part);
            if let Some(t) = self.out.get_mut(before).filter(|t| t.kind == Kind::Missing) {
                if std::mem::replace(&mut reported, true) {
                    t.depth = QUIET;
                }
            }
        }
    }

    fn close(&mut self, wanted: usize, span: Span, part: &mut Part) -> Before {
        let here = self.frames.last().map(|f| shape(f.open));
        if here.is_none() {
            return self.operand(Kind::Stray, span);
        }
        if here != Some(wanted) && self.open[wanted] > 0 {
            // The partner is further out: the brackets inside it are not closed.
            self.leave_unclosed(span, part, |f| shape(f.open) != wanted);
        }
        let closer = if self.frames.last().is_some_and(|f| shape(f.open) != wanted) { Some(Kind::Mismatched) } else { None };
        self.leave(closer, span, part);
        Before { ends: true, primary: false, kind: Some(Kind::CloseParen) }
    }

    /// Closes what is still open where a statement ends.
    fn close_all(&mut self, part: &mut Part) {
        let end = self.out.last().map_or(0, |t| t.span.end);
        self.leave_unclosed(Span { start: end, end }, part, |_| true);
    }
}
