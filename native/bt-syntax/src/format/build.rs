//! Headers and statements, as the layout hands them out, → a document.
//!
//! The tokens of a statement are read from the loosest construct to the tightest — assignment, cascade, keyword message, operators, unary
//! messages, brackets — each found by looking over the tokens outside of brackets. Comments are put between the tokens by a walk over the
//! pieces of the text: [`Build::token`] first takes the comments that stand before the token.

use bt_base::Span;

use super::document::{Document, Group, Op, Place, Style};
use super::pieces::{pieces, Piece};
use super::INDENT;
use crate::kind::{Kind, Tok};
use crate::layout::{Item, Layout};
use crate::lexer;
use crate::token::Token;

/// One header or statement.
struct Part {
    item: Item,
    toks: Vec<Tok>,
    /// The value of a field.
    default: Vec<Tok>,
    of_method: bool,
}

fn parts(text: &str) -> Vec<Part> {
    let tokens = lexer::lex(text);
    let mut layout = Layout::new(text, &tokens);
    let mut all = Vec::new();
    while let Some(item) = layout.next() {
        let toks = std::mem::take(&mut layout.out);
        let of_method = item == Item::Statement && layout.statement_of_method;
        let mut default = Vec::new();
        if item == (Item::Field { has_default: true }) {
            layout.default_value();
            default = std::mem::take(&mut layout.out);
        }
        all.push(Part { item, toks, default, of_method });
    }
    all
}

/// In a script statements of one line stay on it: its inputs are read by lines.
pub(super) fn document(text: &str, script: bool) -> Document<'_> {
    let parts = parts(text);
    let mut build = Build::new(text, script);
    let mut rest = &parts[..];
    let mut in_class = false;
    let mut in_body = false;
    while let [part, following @ ..] = rest {
        let statements = following.iter().take_while(|p| p.of_method).count();
        in_class &= !matches!(part.item, Item::Standalone | Item::Statement);
        in_class |= part.item == Item::Class;
        let level = usize::from(in_class && part.item != Item::Class);
        let on_line = part.toks.first().is_some_and(|&t| !build.starts_line(t));
        // Two statements on one line end a body, so they stay on it.
        let joined = on_line && (script || (in_body && part.item == Item::Statement));
        in_body = matches!(part.item, Item::Method | Item::Standalone);
        if !joined {
            build.gap(&part.toks, level);
        } else if part.toks.first().is_some_and(|&t| build.period_before(t)) {
            build.put(Op::Text("."));
        }
        match part.item {
            Item::Method | Item::Standalone => {
                build.method(part, &following[..statements]);
                rest = &following[statements..];
                continue;
            }
            Item::Statement => {
                build.statement(&Line::new(&part.toks));
                let class_follows = following.first().is_some_and(|next| next.item == Item::Class);
                if class_follows && part.toks.iter().all(|t| matches!(t.span.text(text), "abstract" | "sealed" | "typed")) {
                    // Without its period it would be a modifier of the class.
                    build.put(Op::Text("."));
                }
            }
            Item::Class => build.flat(&part.toks),
            Item::Field { .. } => {
                build.flat(&part.toks);
                build.statement(&Line::new(&part.default));
            }
        }
        rest = following;
    }
    build.finish(usize::from(in_class));
    build.document
}

/// The tokens of a statement, and where brackets end.
struct Line<'t> {
    toks: &'t [Tok],
    /// For an opening bracket the place of its partner.
    partner: Vec<usize>,
}

impl<'t> Line<'t> {
    fn new(toks: &'t [Tok]) -> Line<'t> {
        let mut partner: Vec<usize> = (0..toks.len()).collect();
        let mut open = Vec::new();
        for (i, tok) in toks.iter().enumerate() {
            if tok.kind.opens() {
                open.push(i);
            } else if tok.kind.closes() {
                if let Some(opener) = open.pop() {
                    partner[opener] = i;
                }
            }
        }
        Line { toks, partner }
    }

    fn kind(&self, i: usize) -> Option<Kind> {
        self.toks.get(i).map(|t| t.kind)
    }

    /// Places outside of brackets in `range` at which `wanted` holds.
    fn find(&self, range: Range, wanted: impl Fn(Kind) -> bool) -> Vec<usize> {
        let mut found = Vec::new();
        let mut i = range.0;
        while i < range.1 {
            if wanted(self.toks[i].kind) {
                found.push(i);
            }
            i = self.partner[i].max(i) + 1;
        }
        found
    }

    /// The parts of `range` between the separators at `places`; empty ones are left out.
    fn split(&self, range: Range, places: &[usize]) -> Vec<Range> {
        let starts = std::iter::once(range.0).chain(places.iter().map(|&p| p + 1));
        let ends = places.iter().copied().chain(std::iter::once(range.1));
        starts.zip(ends).filter(|(a, z)| a < z).collect()
    }

    /// Is the whole of `range` in one pair of brackets?
    fn is_bracket(&self, range: Range) -> bool {
        range.0 < range.1 && self.toks[range.0].kind.opens() && self.partner[range.0] + 1 == range.1
    }
}

/// Start and end of a part of a statement.
type Range = (usize, usize);

/// How loosely an operator binds; a longer line is broken before the loosest.
fn looseness(kind: Kind) -> Option<u8> {
    match kind {
        Kind::Lookup => Some(7),
        Kind::Arrow => Some(6),
        Kind::Equality => Some(5),
        Kind::Comparison => Some(4),
        Kind::Additive | Kind::Minus => Some(3),
        Kind::Multiplicative => Some(2),
        Kind::Power => Some(1),
        Kind::OtherOperator => Some(0),
        _ => None,
    }
}

/// Is there a blank between two tokens of a line?
fn apart(before: Kind, after: Kind) -> bool {
    let glued = before.opens() || matches!(before, Kind::Caret | Kind::FieldDot);
    let glues = after.closes() || matches!(after, Kind::Comma | Kind::Semicolon | Kind::FieldDot);
    !glued && !glues
}

struct Build<'s> {
    text: &'s str,
    script: bool,
    pieces: Vec<Piece>,
    /// The next piece.
    at: usize,
    document: Document<'s>,
    /// Groups that are open.
    open: Vec<usize>,
    /// The token before on the same line.
    before: Option<Kind>,
    /// A comment ended the line, and no break has been put.
    line_over: bool,
    /// The comment before has several lines: what follows it counts as being on a line of its own.
    broken_comment: bool,
    /// Whether the last break was indented, for comments on lines of their own.
    indented: bool,
    /// Empty lines between comments and statements stay here.
    keeps_blank: bool,
    /// Operation behind the header of the last bracket, if it may be broken instead of the message it is an argument of.
    header_end: Option<usize>,
}

impl<'s> Build<'s> {
    fn new(text: &'s str, script: bool) -> Build<'s> {
        Build {
            text,
            script,
            pieces: pieces(text),
            at: 0,
            document: Document::default(),
            open: Vec::new(),
            before: None,
            line_over: false,
            broken_comment: false,
            indented: true,
            keeps_blank: false,
            header_end: None,
        }
    }

    fn piece(&self) -> Piece {
        self.pieces[self.at.min(self.pieces.len() - 1)]
    }

    fn put(&mut self, op: Op<'s>) {
        self.document.ops.push(op);
    }

    fn start(&mut self, style: Style) -> usize {
        let group = self.document.groups.len();
        self.document.groups.push(Group { style, broken: false, end: 0, hug: None });
        self.put(Op::Start(group));
        self.open.push(group);
        group
    }

    fn end(&mut self) {
        if let Some(group) = self.open.pop() {
            self.put(Op::End);
            self.document.groups[group].end = self.document.ops.len();
        }
    }

    // Comments

    fn comment(&mut self, piece: Piece) {
        let line = piece.token == Token::LineComment;
        if self.before.is_some_and(|before| line || apart(before, Kind::Id)) {
            self.put(Op::Text(self.blanks(piece)));
        }
        let comment = piece.comment(self.text);
        if line {
            self.put(Op::Remark(comment));
            self.line_over = true;
        } else {
            self.put(Op::Text(comment));
            self.broken_comment = comment.contains('\n');
        }
        // Like an operand.
        self.before = Some(Kind::Id);
        self.at += 1;
    }

    /// What stands before a comment: one blank, or those by which the author aligned it with others.
    fn blanks(&self, piece: Piece) -> &'s str {
        let from = self.at.checked_sub(1).map_or(0, |before| self.pieces[before].span.end as usize);
        let blanks = &self.text[from..piece.span.start as usize];
        let aligned = piece.token == Token::LineComment && !blanks.is_empty() && blanks.bytes().all(|b| b == b' ');
        if aligned {
            blanks
        } else {
            " "
        }
    }

    /// Comments behind the last token on its line; behind its period as well, unless something else follows there.
    fn trailing(&mut self) {
        loop {
            let piece = self.piece();
            let separator = matches!(piece.token, Token::Period | Token::Semicolon);
            if piece.breaks > 0 || self.line_over {
                return;
            } else if piece.is_comment() {
                self.comment(piece);
            } else if separator && self.line_ends_behind(self.at + 1) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// Are there nothing but comments up to the end of the line?
    fn line_ends_behind(&self, at: usize) -> bool {
        self.pieces[at.min(self.pieces.len())..]
            .iter()
            .find(|p| p.breaks > 0 || !p.is_comment() || p.span.text(self.text).contains('\n'))
            .is_none_or(|p| p.breaks > 0 || p.is_comment())
    }

    fn line_break(&mut self, blank: bool) {
        let indented = self.indented;
        self.put(Op::Break { indented, blank });
        self.before = None;
        self.line_over = false;
    }

    /// Comments on lines of their own before the next token, and comments before it on its line.
    fn leading(&mut self, span: Span) {
        loop {
            let piece = self.piece();
            if piece.token == Token::EndOfInput || piece.span.start >= span.start {
                break;
            }
            if !piece.is_comment() {
                self.at += 1;
                continue;
            }
            // The break of a place stands already.
            if (piece.breaks > 0 || self.line_over) && self.before.is_some() {
                self.line_break(piece.breaks > 1 && self.keeps_blank);
            }
            self.comment(piece);
        }
        let commented = matches!(self.document.ops.last(), Some(Op::Remark(_) | Op::Text(_))) && self.before.is_some();
        let own_line = commented && self.at > 0 && self.pieces[self.at - 1].is_comment() && self.piece().breaks > 0;
        if self.line_over || own_line {
            self.line_break(self.piece().breaks > 1 && self.keeps_blank);
        }
    }

    // Tokens

    /// A token with what stands before it.
    fn token(&mut self, tok: Tok) {
        if tok.span.start == tok.span.end {
            return;
        }
        self.indented = true;
        self.leading(tok.span);
        if self.before.is_some_and(|before| apart(before, tok.kind)) {
            self.put(Op::Text(" "));
        }
        self.put(Op::Text(tok.span.text(self.text)));
        self.broken_comment = false;
        self.before = Some(tok.kind);
        self.at += 1;
    }

    fn flat(&mut self, toks: &[Tok]) {
        for &tok in toks {
            self.token(tok);
        }
    }

    /// The piece that a token is.
    fn index_of(&self, tok: Tok) -> usize {
        self.pieces.partition_point(|p| p.span.start < tok.span.start)
    }

    /// Does a period stand before a token?
    fn period_before(&self, tok: Tok) -> bool {
        let before = self.pieces[..self.index_of(tok)].iter().rev().find(|p| !p.is_comment());
        before.is_some_and(|p| p.token == Token::Period)
    }

    /// Does a token start a line?
    fn starts_line(&self, tok: Tok) -> bool {
        let mut at = self.index_of(tok);
        loop {
            if self.pieces.get(at).is_some_and(|p| p.breaks > 0) {
                return true;
            }
            if at == 0 {
                return true;
            }
            at -= 1;
            match self.pieces[at] {
                p if p.is_comment() && !p.span.text(self.text).contains('\n') => {}
                p => return p.is_comment(),
            }
        }
    }

    /// Does a comment stand directly before a token?
    fn commented(&self, tok: Tok) -> bool {
        let at = self.index_of(tok);
        at > 0 && self.pieces[at - 1].is_comment()
    }

    /// Does a comment that is still to come before `next` end a line, or begin one?
    fn comments_break(&self, next: Tok) -> bool {
        let to_come = self.pieces[self.at..].iter().take_while(|p| p.span.start < next.span.start);
        let breaks = |p: &Piece| p.token == Token::LineComment || p.breaks > 0 || p.span.text(self.text).contains('\n');
        to_come.filter(|p| p.is_comment()).any(breaks)
    }

    /// A place where the line may break, before `next`.
    fn place(&mut self, place: Place, next: Tok) {
        let mut place = place;
        self.trailing();
        place.author |= self.line_over || self.broken_comment || self.comments_break(next);
        if let Some(&group) = self.open.last() {
            self.document.groups[group].broken |= place.author;
        }
        self.indented = !place.closer;
        self.put(Op::Place(place));
        self.before = None;
        self.line_over = false;
        self.broken_comment = false;
        // Here and not with the token, which may be in a group of its own with an indentation of its own.
        self.leading(next.span);
    }

    fn soft(&mut self, flat: &'static str, next: Tok) {
        let author = self.starts_line(next);
        self.place(Place { flat, author, breakable: true, closer: false, blank: false, before: "" }, next);
    }

    /// The place before a closing bracket; comments on lines of their own belong to what is inside.
    fn closer(&mut self, next: Tok) {
        self.trailing();
        let mut own_lines = false;
        while self.piece().span.start < next.span.start {
            let piece = self.piece();
            if !piece.is_comment() {
                // A separator with nothing behind it.
                self.at += 1;
                continue;
            }
            if piece.breaks > 0 || self.line_over {
                own_lines = true;
                self.indented = true;
                self.line_break(piece.breaks > 1 && self.keeps_blank);
            }
            self.comment(piece);
        }
        if let (true, Some(&group)) = (own_lines, self.open.last()) {
            self.document.groups[group].broken = true;
        }
        let author = self.starts_line(next) || own_lines;
        self.place(Place { flat: "", author, breakable: true, closer: true, blank: false, before: "" }, next);
    }

    /// The place between two statements or arms.
    fn separator(&mut self, flat: &'static str, before: &'static str, next: Tok) {
        self.trailing();
        let following = self.pieces[self.at..].iter().find(|p| p.is_comment() || p.span.start >= next.span.start);
        let blank = following.is_some_and(|p| p.breaks > 1);
        let author = self.starts_line(next);
        self.keeps_blank = true;
        self.place(Place { flat, author, breakable: true, closer: false, blank, before }, next);
    }

    // Items

    /// What stands between the item before and the one that begins with `toks`.
    fn gap(&mut self, toks: &[Tok], level: usize) {
        let Some(first) = toks.first() else { return };
        self.trailing();
        let column = self.pieces[self.index_of(*first)].column;
        let item = |indent: usize, blank: bool| Op::Item { indent: indent * INDENT, blank };
        let mut blank = false;
        loop {
            let piece = self.piece();
            if piece.token == Token::EndOfInput || piece.span.start >= first.span.start {
                break;
            }
            blank |= piece.breaks > 1;
            if piece.is_comment() {
                // What is indented like a body belongs to the body before; documentation belongs to what follows.
                let inner = !self.document.ops.is_empty()
                    && piece.breaks > 0
                    && piece.column > column
                    && !piece.span.text(self.text).starts_with("///");
                let same_line = self.before == Some(Kind::Id) && piece.breaks == 0 && !self.line_over;
                if !same_line || self.document.ops.is_empty() {
                    self.put(item(level + usize::from(inner), blank));
                    self.before = None;
                }
                self.line_over = false;
                self.comment(piece);
                blank = false;
            } else {
                // Documentation before a period is not that of what follows; without the period an empty line says so.
                blank |= self.at > 0 && self.pieces[self.at - 1].is_comment();
                self.at += 1;
                self.before = None;
            }
        }
        let piece = self.piece();
        let behind_comment = self.at > 0 && self.pieces[self.at - 1].is_comment() && piece.breaks == 0 && !self.line_over;
        if !behind_comment || self.before.is_none() {
            self.put(item(level, blank || piece.breaks > 1));
            self.before = None;
        }
        self.line_over = false;
        self.keeps_blank = false;
    }

    /// Comments at the end of the text.
    fn finish(&mut self, level: usize) {
        self.trailing();
        let mut blank = false;
        while self.piece().token != Token::EndOfInput {
            let piece = self.piece();
            blank |= piece.breaks > 1;
            if piece.is_comment() {
                let indent = if piece.column > 0 && !self.document.ops.is_empty() { level.max(1) * INDENT } else { 0 };
                let same_line = piece.breaks == 0 && self.before.is_some() && !self.line_over;
                if !same_line {
                    self.put(Op::Item { indent, blank });
                    self.before = None;
                }
                self.line_over = false;
                self.comment(piece);
                blank = false;
            } else {
                self.at += 1;
            }
        }
    }

    fn method(&mut self, header: &Part, body: &[Part]) {
        self.flat(&header.toks);
        let Some(first) = body.first().and_then(|part| part.toks.first()) else { return };
        let group = self.start(Style::Together);
        if first.kind == Kind::Pragma {
            // A primitive is one line.
            self.place_kept(" ", *first);
        } else {
            self.soft(" ", *first);
        }
        self.document.groups[group].broken |= body.len() > 1 && !self.script;
        self.keeps_blank = true;
        for (n, part) in body.iter().enumerate() {
            if let (true, Some(&first)) = (n > 0, part.toks.first()) {
                self.separator(". ", "", first);
            }
            self.statement(&Line::new(&part.toks));
        }
        self.end();
        self.keeps_blank = false;
    }

    // Expressions

    fn statement(&mut self, line: &Line<'_>) {
        self.expression(line, (0, line.toks.len()));
    }

    /// `^`, assignments, and what is assigned.
    fn expression(&mut self, line: &Line<'_>, range: Range) {
        let (mut i, end) = range;
        if line.kind(i) == Some(Kind::Caret) {
            self.token(line.toks[i]);
            i += 1;
        }
        let mut groups = 0;
        loop {
            let mut sign = i;
            while sign < end && line.kind(sign) != Some(Kind::Assign) && !line.toks[sign].kind.opens() {
                sign += 1;
                // A target is a name, or a field of one.
                if !matches!(line.kind(sign), Some(Kind::FieldDot | Kind::Id | Kind::Assign)) {
                    break;
                }
            }
            if sign + 1 >= end || line.kind(sign) != Some(Kind::Assign) {
                break;
            }
            self.start(Style::Kept);
            groups += 1;
            self.flat(&line.toks[i..=sign]);
            self.place_kept(" ", line.toks[sign + 1]);
            i = sign + 1;
        }
        self.cascade(line, (i, end));
        for _ in 0..groups {
            self.end();
        }
    }

    fn place_kept(&mut self, flat: &'static str, next: Tok) {
        let author = self.starts_line(next);
        self.place(Place { flat, author, breakable: false, closer: false, blank: false, before: "" }, next);
    }

    fn cascade(&mut self, line: &Line<'_>, range: Range) {
        let semicolons = line.find(range, |kind| kind == Kind::Semicolon);
        if semicolons.is_empty() {
            return self.keyword_message(line, range);
        }
        self.start(Style::Each);
        let mut start = range.0;
        for (n, &semicolon) in semicolons.iter().enumerate() {
            self.keyword_message(line, (start, semicolon));
            self.token(line.toks[semicolon]);
            start = semicolon + 1;
            let Some(&next) = line.toks.get(start) else { continue };
            let author = self.starts_line(next) || (self.starts_line(line.toks[semicolon]) && !self.commented(next));
            self.place(Place { flat: " ", author, breakable: true, closer: false, blank: false, before: "" }, next);
            if n + 1 == semicolons.len() {
                self.keyword_message(line, (start, range.1));
            }
        }
        self.end();
    }

    fn keyword_message(&mut self, line: &Line<'_>, range: Range) {
        let keywords = line.find(range, |kind| matches!(kind, Kind::Keyword | Kind::MatchKeyword));
        let Some(&first) = keywords.first() else { return self.operators(line, range) };
        let group = self.start(Style::Each);
        if first > range.0 {
            self.operators(line, (range.0, first));
        }
        let mut brackets = 0;
        for (n, &at) in keywords.iter().enumerate() {
            let keyword = line.toks[at];
            if at > range.0 {
                // At the start of a line it would be the declaration of a field.
                let declares = matches!(keyword.span.text(self.text), "state:" | "classState:");
                // One keyword with a word or a literal: a break wins nothing.
                let single = keywords.len() == 1 && range.1 - at == 2;
                let author = self.starts_line(keyword);
                self.place(
                    Place { flat: " ", author, breakable: !declares && !single, closer: false, blank: false, before: "" },
                    keyword,
                );
            }
            self.token(keyword);
            let argument = (at + 1, keywords.get(n + 1).copied().unwrap_or(range.1));
            self.operators(line, argument);
            if line.is_bracket(argument) && line.kind(argument.0) != Some(Kind::OpenParen) {
                brackets += 1;
                if argument.1 == range.1 && brackets == 1 {
                    self.document.groups[group].hug = self.header_end;
                }
            }
        }
        self.end();
    }

    fn operators(&mut self, line: &Line<'_>, range: Range) {
        let operators = line.find(range, |kind| looseness(kind).is_some());
        let loosest = operators.iter().filter_map(|&at| looseness(line.toks[at].kind)).max();
        if loosest.is_none() {
            return self.unary(line, range);
        }
        self.start(Style::Each);
        let mut start = range.0;
        for &at in &operators {
            let operator = line.toks[at];
            let operand = line.toks.get(at + 1).filter(|_| at + 1 < range.1);
            let behind = operand.filter(|&&t| self.starts_line(t) && !self.commented(t));
            if at > range.0 {
                self.unary(line, (start, at));
                // A break behind an operator goes before it; in a script the line would be complete then.
                let author = self.starts_line(operator) || (behind.is_some() && !self.script);
                let breakable = looseness(operator.kind) == loosest;
                self.place(Place { flat: " ", author, breakable, closer: false, blank: false, before: "" }, operator);
            }
            self.token(operator);
            if let (true, Some(&operand)) = (self.script, behind) {
                self.soft(" ", operand);
            }
            start = at + 1;
        }
        self.unary(line, (start, range.1));
        self.end();
    }

    fn unary(&mut self, line: &Line<'_>, range: Range) {
        let mut i = range.0;
        while i < range.1 {
            if line.toks[i].kind.opens() && line.partner[i] > i {
                self.bracket(line, i);
                i = line.partner[i] + 1;
            } else {
                self.token(line.toks[i]);
                i += 1;
            }
        }
    }

    // Brackets

    fn bracket(&mut self, line: &Line<'_>, open: usize) {
        let close = line.partner[open];
        let inside = (open + 1, close);
        let keeps_blank = std::mem::replace(&mut self.keeps_blank, false);
        match line.toks[open].kind {
            Kind::OpenBlock => self.block(line, open, inside),
            Kind::OpenMatch => self.arms(line, open, inside),
            Kind::OpenParen | Kind::OpenGuard => {
                self.start(Style::Kept);
                self.token(line.toks[open]);
                self.place_kept("", line.toks[open + 1]);
                self.expression(line, inside);
            }
            kind => self.elements(line, open, inside, kind),
        }
        let own = self.header_end;
        self.closer(line.toks[close]);
        self.token(line.toks[close]);
        self.end();
        self.header_end = own;
        self.keeps_blank = keeps_blank;
    }

    /// Opens a bracket whose parts are statements or arms.
    fn block(&mut self, line: &Line<'_>, open: usize, inside: Range) {
        self.start(Style::Together);
        self.token(line.toks[open]);
        let (mut i, end) = inside;
        while i + 1 < end && line.kind(i) == Some(Kind::Colon) {
            self.token(line.toks[i]);
            // No blank between the colon and its name.
            self.before = Some(Kind::FieldDot);
            self.token(line.toks[i + 1]);
            i += 2;
        }
        if line.kind(i) == Some(Kind::Bar) && i > inside.0 {
            self.token(line.toks[i]);
            i += 1;
        }
        let header_end = self.document.ops.len();
        let separators = line.find((i, end), |kind| kind == Kind::Separator);
        for (n, &part) in line.split((i, end), &separators).iter().enumerate() {
            match n {
                0 => self.soft(if i > inside.0 { " " } else { "" }, line.toks[part.0]),
                _ => self.separator(". ", "", line.toks[part.0]),
            }
            self.keeps_blank = true;
            self.expression(line, part);
        }
        self.header_end = Some(header_end);
    }

    fn arms(&mut self, line: &Line<'_>, open: usize, inside: Range) {
        self.start(Style::Together);
        self.token(line.toks[open]);
        let header_end = self.document.ops.len();
        let separators = line.find(inside, |kind| kind == Kind::Separator);
        for (n, &part) in line.split(inside, &separators).iter().enumerate() {
            let first = line.toks[part.0];
            match n {
                0 => self.soft("", first),
                // A minus at the start of a line would go on with the arm before.
                _ => self.separator("; ", if first.kind == Kind::Minus { ";" } else { "" }, first),
            }
            self.keeps_blank = true;
            self.arm(line, part);
        }
        self.header_end = Some(header_end);
    }

    fn arm(&mut self, line: &Line<'_>, range: Range) {
        let arrow = line.find(range, |kind| kind == Kind::Arrow).first().copied().unwrap_or(range.1);
        self.unary(line, (range.0, arrow));
        if arrow < range.1 {
            self.token(line.toks[arrow]);
            self.keyword_message(line, (arrow + 1, range.1));
        }
    }

    fn elements(&mut self, line: &Line<'_>, open: usize, inside: Range, kind: Kind) {
        let commas = line.find(inside, |kind| kind == Kind::Comma);
        let parts = line.split(inside, &commas);
        let short = parts.len() > 1 && parts.iter().all(|part| part.1 - part.0 == 1);
        self.start(match kind {
            Kind::OpenTuple => Style::Kept,
            _ if short => Style::Fill,
            _ => Style::Each,
        });
        self.token(line.toks[open]);
        let header_end = self.document.ops.len();
        for (n, &part) in parts.iter().enumerate() {
            if n > 0 {
                self.token(line.toks[part.0 - 1]);
            }
            self.soft(if n > 0 { " " } else { "" }, line.toks[part.0]);
            self.element(line, part);
        }
        // A few short elements behind a bracket are no better than a message on several lines.
        let header_end = (!short).then_some(header_end);
        if let (Some(&last), Some(part)) = (commas.last(), parts.last()) {
            if last > part.0 {
                self.token(line.toks[last]);
            }
        }
        self.header_end = header_end;
    }

    /// An element, an entry of a map, or the last element with the tail of a list.
    fn element(&mut self, line: &Line<'_>, range: Range) {
        let between = line.find(range, |kind| matches!(kind, Kind::FatArrow | Kind::TailBar));
        let mut start = range.0;
        for &at in &between {
            self.keyword_message(line, (start, at));
            self.token(line.toks[at]);
            start = at + 1;
        }
        self.keyword_message(line, (start, range.1));
    }
}
