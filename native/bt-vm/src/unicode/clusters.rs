//! Grapheme clusters.
//!
//! The rules are those of OTP's `unicode_util`, which differ in places from the current Unicode annex: conjuncts of Indic scripts are not kept together, and a
//! joiner after a pictograph ends the cluster where no pictograph follows.

use super::{is_in, tables};

const JOINER: char = '\u{200d}';

fn is_extend(point: char) -> bool {
    point >= '\u{300}' && is_in(tables::EXTEND, point as u32)
}

fn is_control(point: char) -> bool {
    matches!(point, '\r' | '\n') || is_in(tables::CONTROL, point as u32)
}

fn is_prepend(point: char) -> bool {
    point >= '\u{600}' && is_in(tables::PREPEND, point as u32)
}

fn is_pictograph(point: char) -> bool {
    (point >= '\u{2000}' || matches!(point, '\u{a9}' | '\u{ae}')) && is_in(tables::PICTOGRAPHIC, point as u32)
}

fn is_regional(point: char) -> bool {
    matches!(point, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Parts of Hangul syllables.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hangul {
    Leading,
    Vowel,
    Trailing,
    /// Leading and vowel.
    Open,
    /// All three.
    Closed,
}

fn hangul(point: char) -> Option<Hangul> {
    match point {
        '\u{1100}'..='\u{115f}' | '\u{a960}'..='\u{a97c}' => Some(Hangul::Leading),
        '\u{1160}'..='\u{11a7}' | '\u{d7b0}'..='\u{d7c6}' => Some(Hangul::Vowel),
        '\u{11a8}'..='\u{11ff}' | '\u{d7cb}'..='\u{d7fb}' => Some(Hangul::Trailing),
        '\u{ac00}'..='\u{d7a3}' if (point as u32 - 0xac00).is_multiple_of(28) => Some(Hangul::Open),
        '\u{ac00}'..='\u{d7a3}' => Some(Hangul::Closed),
        _ => None,
    }
}

/// What is left of a text.
struct Rest<'a>(std::str::Chars<'a>);

impl Rest<'_> {
    fn peek(&self) -> Option<char> {
        self.0.clone().next()
    }

    /// Goes past the next one if it is like this.
    fn take(&mut self, wanted: impl Fn(char) -> bool) -> bool {
        let taken = self.peek().is_some_and(wanted);
        if taken {
            self.0.next();
        }
        taken
    }

    fn take_all(&mut self, wanted: impl Fn(char) -> bool) {
        while self.take(&wanted) {}
    }

    fn syllable(&mut self, first: Hangul) {
        let mut at = first;
        while at == Hangul::Leading {
            match self.peek().and_then(hangul) {
                Some(next) if next != Hangul::Trailing => {
                    self.0.next();
                    at = next;
                }
                _ => return,
            }
        }
        if matches!(at, Hangul::Vowel | Hangul::Open) {
            self.take_all(|point| hangul(point) == Some(Hangul::Vowel));
        }
        self.take_all(|point| hangul(point) == Some(Hangul::Trailing));
    }

    fn pictograph(&mut self) {
        loop {
            self.take_all(|point| point != JOINER && is_extend(point));
            if !self.take(|point| point == JOINER) || !self.take(is_pictograph) {
                return;
            }
        }
    }
}

/// Bytes of the first cluster.
pub(crate) fn first(text: &str) -> usize {
    match text.as_bytes() {
        [] => return 0,
        [_] => return 1,
        // Nothing below 128 belongs to another character, but the line feed after a carriage return.
        [a, b, ..] if a | b < 128 && *a != b'\r' => return 1,
        _ => {}
    }
    let mut rest = Rest(text.chars());
    let mut is_first = true;
    while let Some(point) = rest.peek() {
        if is_control(point) {
            // After what belongs to the next one it begins a new cluster.
            if is_first {
                rest.0.next();
                if point == '\r' {
                    rest.take(|next| next == '\n');
                }
            }
            break;
        }
        rest.0.next();
        if is_prepend(point) {
            is_first = false;
            continue;
        }
        if is_pictograph(point) {
            rest.pictograph();
            break;
        }
        if is_regional(point) {
            rest.take(is_regional);
        } else if let Some(part) = hangul(point) {
            rest.syllable(part);
        }
        rest.take_all(is_extend);
        break;
    }
    text.len() - rest.0.as_str().len()
}

/// All clusters.
pub(crate) fn clusters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let size = first(rest);
        let (cluster, after) = rest.split_at(size);
        rest = after;
        (size > 0).then_some(cluster)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        clusters(text).count()
    }

    #[test]
    fn characters_of_several_points_are_one() {
        assert_eq!(count(""), 0);
        assert_eq!(count("abc"), 3);
        assert_eq!(count("e\u{301}x"), 2);
        assert_eq!(count("\r\n\n\r"), 3);
        assert_eq!(count("\u{1f1e9}\u{1f1ea}\u{1f1eb}"), 2);
        assert_eq!(count("\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}"), 1);
        assert_eq!(count("\u{1100}\u{1161}\u{11a8}\u{ac00}\u{11a8}"), 2);
    }

    #[test]
    fn the_rules_are_otps() {
        // A joiner ends the cluster where no pictograph follows.
        assert_eq!(count("\u{1f468}\u{200d}\u{200d}"), 2);
        // Two signs of Latin-1 are pictographs.
        assert_eq!(count("\u{1f468}\u{200d}\u{a9}"), 1);
        assert_eq!(count("\u{a9}\u{200d}\u{1f468}"), 1);
        // No conjuncts.
        assert_eq!(count("\u{915}\u{94d}\u{937}"), 2);
        // What belongs to the next one does not take in a control character.
        assert_eq!(count("\u{600}\n"), 2);
        assert_eq!(count("\u{600}\u{600}x\u{301}"), 1);
        assert_eq!(count("\u{600}"), 1);
    }
}
