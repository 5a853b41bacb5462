//! What characters are, and which of them make one: as OTP tells it.
//!
//! Cases come from the standard library of Rust, which knows a newer Unicode; two old letters whose capitals are new are left alone.

mod clusters;
mod tables;

pub(crate) use clusters::{clusters, first};

fn is_in(ranges: &[(u32, u32)], point: u32) -> bool {
    let after = ranges.partition_point(|(first, _)| *first <= point);
    after.checked_sub(1).is_some_and(|at| point <= ranges[at].1)
}

/// A general category, as far as the library asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Category {
    Letter,
    Digit,
    Uppercase,
    Lowercase,
    Separator,
}

impl Category {
    pub(crate) fn has(self, point: u32) -> bool {
        let ranges = match self {
            Category::Letter => tables::LETTER,
            Category::Digit => tables::DIGIT,
            Category::Uppercase => tables::UPPERCASE,
            Category::Lowercase => tables::LOWERCASE,
            Category::Separator => tables::SEPARATOR,
        };
        is_in(ranges, point)
    }
}

/// White space that `trim` removes.
pub(crate) fn is_white(point: char) -> bool {
    matches!(point, '\t'..='\r' | ' ' | '\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
}

/// The letter in upper case: one to three code points.
pub(crate) fn upper(point: char) -> impl Iterator<Item = char> {
    let same = matches!(point, '\u{19b}' | '\u{264}').then_some(point);
    same.into_iter().chain(same.is_none().then(|| point.to_uppercase()).into_iter().flatten())
}

/// The letter in lower case; what comes after it makes no difference.
pub(crate) fn lower(point: char) -> impl Iterator<Item = char> {
    point.to_lowercase()
}
