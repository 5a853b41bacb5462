//! Text → forms.
//!
//! `;` begins a comment to the end of the line. Names are whatever else stands between white space, parentheses, brackets and quotes.

use bt_base::{Diagnostic, Span};

use crate::findings::{stray, too_deep, unclosed, SYNTAX};
use crate::form::{Form, Kind};

/// How deep forms may stand in each other.
pub const DEEPEST: usize = 200;

/// All forms of a text, as far as there are any, and what is wrong with it.
pub fn read(text: &str) -> (Vec<Form>, Vec<Diagnostic>) {
    let mut reader = Reader { text, at: 0, open: Vec::new(), forms: Vec::new(), found: Vec::new() };
    reader.run();
    (reader.forms, reader.found)
}

/// A row whose end is still to come.
struct Open {
    closing: char,
    start: usize,
    /// Forms of the row around it.
    around: Vec<Form>,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Open>,
    /// Forms of the innermost row so far.
    forms: Vec<Form>,
    found: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn run(&mut self) {
        while let Some(next) = self.text[self.at..].chars().next() {
            let start = self.at;
            self.at += next.len_utf8();
            match next {
                space if space.is_whitespace() => {}
                ';' => self.at = self.text[start..].find('\n').map_or(self.text.len(), |end| start + end),
                '(' | '[' => {
                    if self.open.len() == DEEPEST {
                        self.found.push(too_deep(Span::new(start, self.at)));
                        self.abandon();
                        return;
                    }
                    let closing = if next == '(' { ')' } else { ']' };
                    self.open.push(Open { closing, start, around: std::mem::take(&mut self.forms) });
                }
                ')' | ']' => self.close(next, start),
                '"' => self.string(start),
                _ => self.atom(start),
            }
        }
        for open in &self.open {
            let opening = if open.closing == ')' { '(' } else { '[' };
            self.found.push(unclosed(opening, Span::new(open.start, open.start + 1)));
        }
        self.abandon();
    }

    /// Only what is complete stays.
    fn abandon(&mut self) {
        if let Some(outermost) = self.open.drain(..).next() {
            self.forms = outermost.around;
        }
    }

    fn close(&mut self, closing: char, start: usize) {
        match self.open.pop() {
            Some(open) if open.closing == closing => {
                let row = std::mem::replace(&mut self.forms, open.around);
                let kind = if closing == ')' { Kind::List(row) } else { Kind::Vector(row) };
                self.forms.push(Form::new(kind, Span::new(open.start, self.at)));
            }
            other => {
                self.found.push(stray(closing, Span::new(start, self.at)));
                self.open.extend(other);
            }
        }
    }

    fn string(&mut self, start: usize) {
        let mut content = String::new();
        let mut letters = self.text[self.at..].char_indices();
        while let Some((place, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at += place + 1;
                    self.forms.push(Form::new(Kind::Text(content), Span::new(start, self.at)));
                    return;
                }
                '\\' => match letters.next() {
                    Some((_, 'n')) => content.push('\n'),
                    Some((_, 't')) => content.push('\t'),
                    Some((_, other)) => content.push(other),
                    None => {}
                },
                other => content.push(other),
            }
        }
        self.found.push(unclosed('"', Span::new(start, start + 1)));
        self.at = self.text.len();
    }

    fn atom(&mut self, start: usize) {
        let is_end = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '"' | ';');
        let end = self.text[start..].find(is_end).map_or(self.text.len(), |length| start + length);
        self.at = end;
        let (text, span) = (&self.text[start..end], Span::new(start, end));
        let digits = text.strip_prefix('-').unwrap_or(text);
        let kind = if digits.starts_with(|c: char| c.is_ascii_digit()) {
            match (text.parse(), text.parse::<f64>()) {
                (Ok(integer), _) => Kind::Integer(integer),
                (Err(_), Ok(float)) if float.is_finite() => Kind::Float(float),
                (Err(_), _) => {
                    return self.found.push(Diagnostic::of(&SYNTAX, span, format!("`{text}` is no number")));
                }
            }
        } else {
            match text.strip_prefix(':') {
                Some(symbol) if !symbol.is_empty() => Kind::Symbol(symbol.to_string()),
                _ => Kind::Name(text.to_string()),
            }
        };
        self.forms.push(Form::new(kind, span));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(form: &Form) -> String {
        let row = |forms: &[Form]| forms.iter().map(shown).collect::<Vec<_>>().join(" ");
        match &form.kind {
            Kind::Integer(value) => value.to_string(),
            Kind::Float(value) => format!("{value:?}"),
            Kind::Text(text) => format!("{text:?}"),
            Kind::Symbol(name) => format!(":{name}"),
            Kind::Name(name) => name.clone(),
            Kind::List(forms) => format!("({})", row(forms)),
            Kind::Vector(forms) => format!("[{}]", row(forms)),
        }
    }

    fn complaints(text: &str) -> Vec<(String, u32, u32)> {
        read(text).1.into_iter().map(|found| (found.message, found.span.start, found.span.end)).collect()
    }

    #[test]
    fn atoms_and_rows_are_read() {
        for text in [
            "(defn f [n] (if (<= n 1) n (- n 1)))",
            "[1 -2 2.5 1.0e10 :on \"a\\nb\" nil? -]",
            "()",
            "- -x",
            "123456789012345678901234567890",
        ] {
            let (forms, found) = read(text);
            assert_eq!(found, []);
            let again = forms.iter().map(shown).collect::<Vec<_>>().join(" ");
            assert_eq!(again.replace("10000000000.0", "1.0e10"), text);
        }
    }

    #[test]
    fn comments_end_with_their_line() {
        assert_eq!(read("1 ; (2\n3").0.iter().map(shown).collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(read("; nothing"), (vec![], vec![]));
    }

    #[test]
    fn spans_are_bytes_of_the_text() {
        let (forms, _) = read("\"é\" (a)");
        assert_eq!(forms.iter().map(|form| (form.span.start, form.span.end)).collect::<Vec<_>>(), [(0, 4), (5, 8)]);
    }

    #[test]
    fn what_does_not_pair_is_found_where_it_stands() {
        assert_eq!(
            complaints("(a [b)"),
            [("`)` closes nothing".into(), 5, 6), ("`(` is never closed".into(), 0, 1), ("`[` is never closed".into(), 3, 4)]
        );
        assert_eq!(complaints("a)"), [("`)` closes nothing".into(), 1, 2)]);
        assert_eq!(complaints("(f \"ab"), [("`\"` is never closed".into(), 3, 4), ("`(` is never closed".into(), 0, 1)]);
        assert_eq!(complaints("12x"), [("`12x` is no number".into(), 0, 3)]);
        assert_eq!(complaints("1e999"), [("`1e999` is no number".into(), 0, 5)]);
    }

    #[test]
    fn depth_has_a_bound() {
        let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(complaints(&nested(DEEPEST)), []);
        assert_eq!(complaints(&nested(DEEPEST + 1)), [("forms are nested too deeply".into(), 200, 201)]);
        assert_eq!(complaints(&nested(1_000_000)).len(), 1);
    }
}
