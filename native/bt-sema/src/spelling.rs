//! What someone may have meant who wrote a name that does not exist.

/// Edit distance, bounded: anything above `limit` is `limit + 1`. `row` is room for the work.
fn distance(a: &str, b: &str, limit: usize, row: &mut Vec<usize>) -> usize {
    let (length_a, length_b) = (a.chars().count(), b.chars().count());
    if length_a.abs_diff(length_b) > limit {
        return limit + 1;
    }
    row.clear();
    row.extend(0..=length_b);
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, cb) in b.chars().enumerate() {
            let substituted = diagonal + usize::from(ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[length_b]
}

/// The closest of `names` within `limit` edits; the first in alphabetical order of several. A name that shares no letter is none.
pub(crate) fn nearest<'n>(name: &str, limit: usize, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let limit = limit.min(name.chars().count().saturating_sub(1));
    let mut row = Vec::new();
    let mut best: Option<(usize, &str)> = None;
    for candidate in names {
        let d = distance(name, candidate, limit, &mut row);
        if d <= limit && best.is_none_or(|b| (d, candidate) < b) {
            best = Some((d, candidate));
        }
    }
    best.map(|(_, c)| c)
}

/// How many slips a variable's name of this length may hold.
pub(crate) fn slips(name: &str) -> usize {
    match name.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(name: &str) -> Option<&'static str> {
        nearest(name, slips(name), ["counter", "count", "amount"].into_iter())
    }

    #[test]
    fn nearest_name_is_close_and_first_in_order() {
        assert_eq!(near("coutn"), None, "five letters allow one slip");
        assert_eq!(near("cont"), Some("count"));
        assert_eq!(near("conuter"), Some("counter"));
        assert_eq!(near("x"), None);
        assert_eq!(nearest("bite", 1, ["kite", "site"].into_iter()), Some("kite"));
    }

    #[test]
    fn distance_counts_edits_up_to_its_limit() {
        let d = |a, b| distance(a, b, 3, &mut Vec::new());
        assert_eq!(d("size", "size"), 0);
        assert_eq!(d("sise", "size"), 1);
        assert_eq!(d("kitten", "sitting"), 3);
        assert_eq!(d("a", "abcdef"), 4);
        assert_eq!(d("", "ab"), 2);
    }
}
