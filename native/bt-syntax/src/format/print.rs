//! Document → text. Which groups are broken is decided from the outside in, each from sums that are made beforehand.

use super::document::{Document, Op, Place, Style};
use super::INDENT;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Flat,
    /// Where the author broke lines.
    Author,
    /// Everywhere; a closer only if the author broke nothing.
    All,
    Fill,
}

struct Open {
    mode: Mode,
    /// Broken by the author, not for want of room.
    by_author: bool,
    base: usize,
}

/// Widths of a document, found in one walk from its end.
struct Widths {
    /// Width of everything before an operation, on one line.
    before: Vec<usize>,
    /// The next operation that surely ends the line.
    certain: Vec<usize>,
    /// Width from here to the next place where the line may end.
    tail: Vec<usize>,
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// Width up to the first line break in a text.
fn first_line(text: &str) -> usize {
    width(text.split('\n').next().unwrap_or(""))
}

/// Which places surely end a line: those the author broke, and those of groups he broke that break together.
fn certain_places(document: &Document<'_>) -> Vec<bool> {
    let mut open = Vec::new();
    let mut all = Vec::with_capacity(document.ops.len());
    for op in &document.ops {
        let certain = match op {
            Op::Start(group) => {
                open.push(*group);
                false
            }
            Op::End => {
                open.pop();
                false
            }
            Op::Place(place) => {
                let together = open.last().map(|&g| &document.groups[g]).is_some_and(|g| g.style == Style::Together && g.broken);
                place.author || (together && !place.closer)
            }
            Op::Break { .. } | Op::Item { .. } | Op::Remark(_) => true,
            Op::Text(text) => text.contains('\n'),
        };
        all.push(certain);
    }
    all
}

fn widths(document: &Document<'_>) -> Widths {
    let n = document.ops.len();
    let certain_here = certain_places(document);
    let mut before = vec![0; n + 1];
    for (i, op) in document.ops.iter().enumerate() {
        before[i + 1] = before[i]
            + match op {
                Op::Text(text) => width(text),
                Op::Place(place) => place.flat.len(),
                _ => 0,
            };
    }
    let mut certain = vec![n; n + 1];
    let mut tail = vec![0; n + 1];
    for i in (0..n).rev() {
        certain[i] = if certain_here[i] { i } else { certain[i + 1] };
        tail[i] = match &document.ops[i] {
            Op::Text(text) if text.contains('\n') => first_line(text),
            Op::Text(text) => width(text) + tail[i + 1],
            Op::Start(_) | Op::End => tail[i + 1],
            Op::Remark(_) | Op::Place(_) | Op::Break { .. } | Op::Item { .. } => 0,
        };
    }
    Widths { before, certain, tail }
}

struct Printer<'d, 's> {
    /// The longest line, where there is a place to break it.
    width: usize,
    document: &'d Document<'s>,
    widths: Widths,
    out: String,
    column: usize,
    /// Indentation of the current line.
    indent: usize,
    open: Vec<Open>,
}

pub(super) fn print(document: &Document<'_>, width: usize) -> String {
    let size = document.ops.iter().map(|op| if let Op::Text(text) = op { text.len() + 1 } else { 2 }).sum();
    let mut printer = Printer {
        width,
        document,
        widths: widths(document),
        out: String::with_capacity(size),
        column: 0,
        indent: 0,
        open: Vec::new(),
    };
    for i in 0..document.ops.len() {
        printer.op(i);
    }
    if !printer.out.is_empty() {
        printer.out.push('\n');
    }
    printer.out
}

impl Printer<'_, '_> {
    fn op(&mut self, i: usize) {
        match self.document.ops[i] {
            Op::Text(text) | Op::Remark(text) => self.text(text),
            Op::Start(group) => {
                let open = self.decide(group, i);
                self.open.push(open);
            }
            Op::End => {
                self.open.pop();
            }
            Op::Place(place) => self.place(place, i),
            Op::Break { indented, blank } => {
                let base = self.open.last().map_or(0, |open| open.base);
                self.line(base + if indented { INDENT } else { 0 }, blank);
            }
            Op::Item { indent, blank } => self.line(indent, blank),
        }
    }

    fn text(&mut self, text: &str) {
        if self.column == 0 && !text.is_empty() {
            self.out.extend(std::iter::repeat_n(' ', self.indent));
            self.column = self.indent;
        }
        self.out.push_str(text);
        match text.rfind('\n') {
            Some(last) => self.column = width(&text[last + 1..]),
            None => self.column += width(text),
        }
    }

    fn line(&mut self, indent: usize, blank: bool) {
        // Nothing stands before the first line.
        if !self.out.is_empty() {
            self.out.push_str(if blank { "\n\n" } else { "\n" });
        }
        self.column = 0;
        self.indent = indent;
    }

    /// Does what stands between two operations, and what cannot be parted from it, fit on the line?
    fn fits(&self, from: usize, to: usize) -> bool {
        let w = &self.widths;
        let certain = w.certain[from];
        let needed = match self.document.ops.get(certain) {
            Some(Op::Text(text)) if certain < to => w.before[certain] - w.before[from] + first_line(text),
            Some(_) if certain < to => w.before[certain] - w.before[from],
            _ => w.before[to] - w.before[from] + w.tail[to],
        };
        self.column.max(self.indent) + needed <= self.width
    }

    fn decide(&self, group: usize, start: usize) -> Open {
        let group = &self.document.groups[group];
        let room = || self.fits(start, group.end) || group.hug.is_some_and(|hug| self.fits(start, hug));
        let mode = match group.style {
            Style::Together if group.broken => Mode::All,
            Style::Each | Style::Fill | Style::Kept if group.broken => Mode::Author,
            Style::Kept => Mode::Flat,
            _ if room() => Mode::Flat,
            Style::Fill => Mode::Fill,
            Style::Together | Style::Each => Mode::All,
        };
        Open { mode, by_author: group.broken, base: self.indent }
    }

    fn place(&mut self, place: Place, i: usize) {
        let Some(open) = self.open.last() else { return self.text(place.flat) };
        let breaks = match open.mode {
            Mode::Flat => false,
            Mode::Author => place.author,
            Mode::All if place.closer && open.by_author => place.author,
            Mode::All => place.breakable || place.author,
            Mode::Fill => place.breakable && !place.flat.is_empty() && !self.next_fits(place, i),
        };
        if !breaks {
            // Behind a comment that ended the line there is nothing to keep apart.
            return if self.column > 0 {
                self.text(place.flat)
            };
        }
        let indent = open.base + if place.closer { 0 } else { INDENT };
        self.text(place.before);
        self.line(indent, place.blank);
    }

    fn next_fits(&self, place: Place, i: usize) -> bool {
        self.column + place.flat.len() + self.widths.tail[i + 1] <= self.width
    }
}
