//! Decision trees of `match:`: which tests are made in which order, and which arm they lead to.

use bt_hir::{Literal, LocalId, Pattern};

/// Where a part of the subject is: element numbers from the outside in.
pub type Path = Vec<usize>;

/// What is asked of a part.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Is it this, by `=:=`?
    Literal(Literal),
    /// Is it a tuple of so many elements?
    Tuple(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// The part decides: the first edge whose test holds, else the default.
    Switch {
        path: Path,
        edges: Vec<(Test, Decision)>,
        default: Box<Decision>,
    },
    /// The arm is taken.
    Leaf {
        arm: usize,
        bindings: Vec<(LocalId, Path)>,
    },
    /// The arm is taken if its guard accepts, else it goes on there: with the remaining arms that fit what is known by now.
    Guard {
        arm: usize,
        bindings: Vec<(LocalId, Path)>,
        on_fail: Box<Decision>,
    },
    /// The second where the first fails. Only where sharing tests would make the tree too large.
    Either(Box<Decision>, Box<Decision>),
    Fail,
}

/// Arms copied into edges beyond this number are tried one after the other.
const BUDGET: usize = 4_000;

#[derive(Clone)]
struct Row<'a> {
    arm: usize,
    guarded: bool,
    tests: Vec<(Path, &'a Pattern)>,
    bindings: Vec<(LocalId, Path)>,
}

/// The tree for patterns with or without a guard, in the order of the arms.
pub fn decide(arms: &[(&Pattern, bool)]) -> Decision {
    let rows = arms.iter().enumerate().map(|(arm, (pattern, guarded))| {
        let mut row = Row { arm, guarded: *guarded, tests: Vec::new(), bindings: Vec::new() };
        row.ask(Vec::new(), pattern);
        row
    });
    build(rows.collect(), &mut BUDGET.clone())
}

impl<'a> Row<'a> {
    /// A pattern that may fail becomes a test, a name a binding.
    fn ask(&mut self, path: Path, pattern: &'a Pattern) {
        match pattern {
            Pattern::Wildcard => {}
            Pattern::Bind(local) => self.bindings.push((*local, path)),
            Pattern::Literal(_) | Pattern::Tuple(_) => self.tests.push((path, pattern)),
        }
    }

    fn at(&self, path: &Path) -> Option<usize> {
        self.tests.iter().position(|(there, _)| there == path)
    }

    /// The row once `test` holds at `path`; `None` when it is out then.
    fn given(&self, path: &Path, test: &Test) -> Option<Row<'a>> {
        let mut row = self.clone();
        if let Some(index) = self.at(path) {
            let (_, pattern) = row.tests.remove(index);
            if test_of(pattern) != *test {
                return None;
            }
            if let Pattern::Tuple(parts) = pattern {
                let behind = row.tests.split_off(index);
                for (number, part) in parts.iter().enumerate() {
                    row.ask([path.as_slice(), &[number]].concat(), part);
                }
                row.tests.extend(behind);
            }
        }
        Some(row)
    }
}

fn test_of(pattern: &Pattern) -> Test {
    match pattern {
        Pattern::Literal(literal) => Test::Literal(literal.clone()),
        Pattern::Tuple(parts) => Test::Tuple(parts.len()),
        Pattern::Wildcard | Pattern::Bind(_) => unreachable!("no test"),
    }
}

fn build(mut rows: Vec<Row<'_>>, budget: &mut usize) -> Decision {
    let Some(first) = rows.first() else {
        return Decision::Fail;
    };
    let Some((path, _)) = first.tests.first().cloned() else {
        let first = rows.remove(0);
        if !first.guarded {
            return Decision::Leaf { arm: first.arm, bindings: first.bindings };
        }
        let on_fail = Box::new(build(rows, budget));
        return Decision::Guard { arm: first.arm, bindings: first.bindings, on_fail };
    };
    if rows.len() > 1 && *budget < rows.len() {
        let rest = rows.split_off(1);
        let first = build(rows, budget);
        return Decision::Either(Box::new(first), Box::new(build(rest, budget)));
    }
    let mut tests: Vec<Test> = Vec::new();
    for (_, pattern) in rows.iter().filter_map(|row| row.at(&path).map(|index| &row.tests[index])) {
        let test = test_of(pattern);
        if !tests.contains(&test) {
            tests.push(test);
        }
    }
    let mut edges = Vec::with_capacity(tests.len());
    for test in tests {
        let fitting: Vec<Row<'_>> = rows.iter().filter_map(|row| row.given(&path, &test)).collect();
        *budget = budget.saturating_sub(fitting.len());
        edges.push((test, build(fitting, budget)));
    }
    rows.retain(|row| row.at(&path).is_none());
    *budget = budget.saturating_sub(rows.len());
    Decision::Switch { path, edges, default: Box::new(build(rows, budget)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(value: i64) -> Pattern {
        Pattern::Literal(Literal::Integer(value))
    }

    fn leaf(arm: usize) -> Decision {
        Decision::Leaf { arm, bindings: vec![] }
    }

    #[test]
    fn literals_share_one_switch() {
        let (one, two, any) = (literal(1), literal(2), Pattern::Wildcard);
        let tree = decide(&[(&one, false), (&two, false), (&one, false), (&any, false)]);
        let edge = |value, to| (Test::Literal(Literal::Integer(value)), to);
        let wanted =
            Decision::Switch { path: vec![], edges: vec![edge(1, leaf(0)), edge(2, leaf(1))], default: Box::new(leaf(3)) };
        assert_eq!(tree, wanted);
    }

    #[test]
    fn a_failing_guard_goes_on_with_the_arms_that_fit() {
        let (one, two, any) = (literal(1), literal(2), Pattern::Bind(LocalId(7)));
        let tree = decide(&[(&one, true), (&two, false), (&any, false)]);
        let Decision::Switch { edges, .. } = tree else { panic!("a switch") };
        let Decision::Guard { arm: 0, on_fail, .. } = &edges[0].1 else { panic!("a guard") };
        assert_eq!(**on_fail, Decision::Leaf { arm: 2, bindings: vec![(LocalId(7), vec![])] });
    }

    #[test]
    fn parts_of_tuples_are_asked_after_the_tuple() {
        let pair = Pattern::Tuple(vec![literal(1), Pattern::Bind(LocalId(0))]);
        let tree = decide(&[(&pair, false)]);
        let Decision::Switch { path, edges, default } = tree else { panic!("a switch") };
        assert_eq!((path, *default, &edges[0].0), (vec![], Decision::Fail, &Test::Tuple(2)));
        let Decision::Switch { path, edges, .. } = &edges[0].1 else { panic!("a switch") };
        assert_eq!(*path, vec![0]);
        assert_eq!(edges[0].1, Decision::Leaf { arm: 0, bindings: vec![(LocalId(0), vec![1])] });
    }

    /// Every second column decides: a tree without bound would have two to the thirtieth leaves.
    #[test]
    fn crossing_patterns_stay_small() {
        let arms: Vec<Pattern> = (0..30)
            .map(|at| Pattern::Tuple((0..30).map(|i| if i == at { literal(1) } else { Pattern::Wildcard }).collect()))
            .collect();
        let tree = decide(&arms.iter().map(|p| (p, false)).collect::<Vec<_>>());
        assert!(size(&tree) < 4 * BUDGET, "{}", size(&tree));
    }

    fn size(tree: &Decision) -> usize {
        1 + match tree {
            Decision::Switch { edges, default, .. } => edges.iter().map(|(_, d)| size(d)).sum::<usize>() + size(default),
            Decision::Guard { on_fail, .. } => size(on_fail),
            Decision::Either(first, second) => size(first) + size(second),
            Decision::Leaf { .. } | Decision::Fail => 0,
        }
    }
}
