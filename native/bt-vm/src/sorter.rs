//! Sorting by a block, which the machine evaluates between the steps.
//!
//! It asks about pairs of elements in just the order in which `lists:sort/2` asks its function: a block that answers by chance, or says what it is asked,
//! gives the same on both sides. Lists are held backwards, so that their first element is at the end of a vector.

use crate::value::Value;

/// What the pending question compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    /// The first two elements: is the list rather in order, or backwards?
    First,
    /// The run's outermost element with the next one.
    Last,
    /// The element below it with the next one.
    Other,
    /// The kept element with the next one.
    Kept,
    /// The first elements of two runs.
    Merge,
    Nothing,
}

#[derive(Debug)]
pub(crate) struct Sorter {
    ask: Ask,
    /// What the first question came to.
    up: bool,
    rest: Vec<Value>,
    each: Value,
    /// A run grows at its end: `last` and `other` are its outermost elements, and come onto it when it is complete.
    last: Value,
    other: Value,
    run: Vec<Value>,
    /// The element that did not fit into the run; it begins the next one.
    kept: Option<Value>,
    runs: Vec<Vec<Value>>,
    /// Runs of the round that are merged already.
    done: Vec<Vec<Value>>,
    /// The runs are backwards; every round turns them around.
    backwards: bool,
    left: Vec<Value>,
    right: Vec<Value>,
    merged: Vec<Value>,
    /// Bytes that the vectors take at most.
    bytes: usize,
}

/// Bytes for so many elements: those that are being read, their runs, and what these become.
pub(crate) fn bytes_for(count: usize) -> usize {
    count * 5 * std::mem::size_of::<Value>()
}

impl Sorter {
    pub(crate) fn new(elements: Vec<Value>) -> Sorter {
        let bytes = bytes_for(elements.len());
        let mut rest = elements;
        rest.reverse();
        let mut sorter = Sorter {
            ask: Ask::Nothing,
            up: true,
            rest,
            each: Value::Nil,
            last: Value::Nil,
            other: Value::Nil,
            run: Vec::new(),
            kept: None,
            runs: Vec::new(),
            done: Vec::new(),
            backwards: false,
            left: Vec::new(),
            right: Vec::new(),
            merged: Vec::new(),
            bytes,
        };
        if sorter.rest.len() > 1 {
            sorter.other = sorter.rest.pop().unwrap_or_default();
            sorter.last = sorter.rest.pop().unwrap_or_default();
            sorter.ask = Ask::First;
        } else {
            sorter.runs.push(std::mem::take(&mut sorter.rest));
        }
        sorter
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn asks(&self) -> bool {
        self.ask != Ask::Nothing
    }

    /// The two elements whose order is asked for.
    pub(crate) fn question(&self) -> (&Value, &Value) {
        const NIL: &Value = &Value::Nil;
        match self.ask {
            Ask::First => (&self.other, &self.last),
            Ask::Last => (&self.last, &self.each),
            Ask::Other => (&self.other, &self.each),
            Ask::Kept => (self.kept.as_ref().unwrap_or(NIL), &self.each),
            Ask::Merge => (self.left.last().unwrap_or(NIL), self.right.last().unwrap_or(NIL)),
            Ask::Nothing => (NIL, NIL),
        }
    }

    /// Goes on to the next question.
    pub(crate) fn answer(&mut self, in_order: bool) {
        let fits = in_order == self.up;
        match self.ask {
            Ask::First => {
                self.up = in_order;
                self.backwards = in_order;
                self.next();
            }
            Ask::Last if fits => {
                let each = std::mem::take(&mut self.each);
                let last = std::mem::replace(&mut self.last, each);
                self.run.push(std::mem::replace(&mut self.other, last));
                self.next();
            }
            Ask::Last => self.ask = Ask::Other,
            Ask::Other if fits => {
                let each = std::mem::take(&mut self.each);
                self.run.push(std::mem::replace(&mut self.other, each));
                self.next();
            }
            Ask::Other if self.kept.is_some() => self.ask = Ask::Kept,
            Ask::Other => {
                let each = std::mem::take(&mut self.each);
                match self.run.is_empty() {
                    true => self.run.push(each),
                    false => self.kept = Some(each),
                }
                self.next();
            }
            Ask::Kept => {
                self.end_run();
                let (each, kept) = (std::mem::take(&mut self.each), self.kept.take().unwrap_or_default());
                (self.last, self.other) = if fits { (each, kept) } else { (kept, each) };
                self.next();
            }
            Ask::Merge => self.take(in_order != self.backwards),
            Ask::Nothing => {}
        }
    }

    /// The next element of the list; after the last one the merging begins.
    fn next(&mut self) {
        if let Some(each) = self.rest.pop() {
            (self.each, self.ask) = (each, Ask::Last);
            return;
        }
        self.rest = Vec::new();
        self.end_run();
        self.runs.extend(self.kept.take().map(|kept| vec![kept]));
        self.merge();
    }

    fn end_run(&mut self) {
        let mut run = std::mem::take(&mut self.run);
        run.push(std::mem::take(&mut self.other));
        run.push(std::mem::take(&mut self.last));
        self.runs.push(run);
    }

    /// The next two runs; at the end of a round the next round, until one run is left.
    fn merge(&mut self) {
        loop {
            match (self.runs.pop(), self.runs.pop()) {
                (Some(first), Some(second)) => {
                    (self.left, self.right) = if self.backwards == self.up { (second, first) } else { (first, second) };
                    self.merged = Vec::with_capacity(self.left.len() + self.right.len());
                    self.ask = Ask::Merge;
                    return;
                }
                (Some(mut only), _) => {
                    if self.done.is_empty() && !self.backwards {
                        self.runs.push(only);
                        self.ask = Ask::Nothing;
                        return;
                    }
                    only.reverse();
                    self.done.push(only);
                }
                (None, _) => {}
            }
            self.runs = std::mem::take(&mut self.done);
            self.backwards = !self.backwards;
        }
    }

    /// One element of the two runs; what is left when one of them ends follows at once.
    fn take(&mut self, from_left: bool) {
        let (from, other) = if from_left { (&mut self.left, &mut self.right) } else { (&mut self.right, &mut self.left) };
        self.merged.extend(from.pop());
        if from.is_empty() {
            self.merged.extend(std::mem::take(other).into_iter().rev());
            self.done.push(std::mem::take(&mut self.merged));
            self.merge();
        }
    }

    /// The sorted elements, once nothing is asked any more; the last one first.
    pub(crate) fn sorted(&mut self) -> Vec<Value> {
        self.runs.pop().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: &Value) -> i64 {
        match value {
            Value::Integer(number) => *number,
            _ => panic!("{value:?}"),
        }
    }

    /// Sorted by a tenth of each number, and how many questions that took.
    fn sorted(numbers: &[i64], before: impl Fn(i64, i64) -> bool) -> (Vec<i64>, usize) {
        let mut sorter = Sorter::new(numbers.iter().map(|number| Value::Integer(*number)).collect());
        let mut questions = 0;
        while sorter.asks() {
            let (left, right) = sorter.question();
            let answer = before(number(left), number(right));
            sorter.answer(answer);
            questions += 1;
        }
        (sorter.sorted().iter().rev().map(number).collect(), questions)
    }

    #[test]
    fn sorts_stably_whatever_comes() {
        let mut seed = 7_u64;
        for size in (0..40).chain([100, 1_000, 5_000]) {
            for spread in [1, 3, 10, 100_000] {
                let mut next = || {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (seed >> 33) as i64 % spread
                };
                let numbers: Vec<i64> = (0..size).map(|place| next() * 10_000 + place).collect();
                let mut expected = numbers.clone();
                expected.sort_by_key(|number| number / 10_000);
                let (got, questions) = sorted(&numbers, |a, b| a / 10_000 <= b / 10_000);
                assert_eq!(got, expected);
                let most = (size as usize) * (2 + (size.max(1) as u64).ilog2() as usize);
                assert!(questions <= most, "{questions} questions for {size}");
            }
        }
    }

    #[test]
    fn ends_whatever_is_answered() {
        let numbers: Vec<i64> = (0..100).collect();
        for before in [|_, _| true, |_, _| false, |a: i64, b: i64| (a + b) % 3 == 0] {
            let (mut got, _) = sorted(&numbers, before);
            got.sort_unstable();
            assert_eq!(got, numbers);
        }
    }
}
