//! `match:`: the decision tree as tests and jumps.

use std::collections::HashMap;

use bt_bytecode::{Label, Op};
use bt_hir::{Arm, ExprId, LocalId};

use crate::body::{constant, Done, Gen, Want};
use crate::tree::{decide, Decision, Path, Test};

/// What is the same for the whole of one `match:`.
struct Matching<'m> {
    id: ExprId,
    arms: &'m [Arm],
    want: Want,
    subject: i64,
    /// Where arms begin that several leaves lead to.
    shared: Vec<Option<Label>>,
    end: Label,
}

/// Registers of the parts that are known at a place of the tree.
type Parts = HashMap<Path, i64>;

impl Gen<'_> {
    pub(crate) fn match_code(&mut self, id: ExprId, subject: ExprId, arms: &[Arm], want: Want) -> Done {
        let register = self.allocate(1);
        self.value(subject, register)?;
        let patterns: Vec<_> = arms.iter().map(|arm| (&arm.pattern, arm.guard.is_some())).collect();
        let tree = decide(&patterns);
        let mut uses = vec![0usize; arms.len()];
        count_uses(&tree, &mut uses);
        let shared: Vec<Option<Label>> = uses.iter().map(|&count| (count > 1).then(|| self.label())).collect();
        let end = self.label();
        let matching = Matching { id, arms, want, subject: register, shared, end };
        let mut parts = Parts::from([(Path::new(), register)]);
        self.decision(&matching, &tree, &mut parts, None)?;
        for (arm, label) in matching.arms.iter().zip(&matching.shared) {
            if let Some(label) = label {
                self.place(*label);
                if self.is_reachable() {
                    self.want(arm.body, want)?;
                    self.jump(id, Op::Jump, 0, end);
                }
            }
        }
        self.place(end);
        Ok(())
    }

    /// `fail`: where to go when no arm is left; without it the error is raised.
    fn decision(&mut self, matching: &Matching<'_>, tree: &Decision, parts: &mut Parts, fail: Option<Label>) -> Done {
        stacker::maybe_grow(96 * 1024, 2 << 20, || self.decision_on_stack(matching, tree, parts, fail))
    }

    fn decision_on_stack(&mut self, matching: &Matching<'_>, tree: &Decision, parts: &mut Parts, fail: Option<Label>) -> Done {
        let id = matching.id;
        match tree {
            Decision::Switch { path, edges, default } => {
                let mark = self.mark();
                let register = self.part(id, path, parts);
                for (test, then) in edges {
                    let next = self.label();
                    self.test(id, test, register);
                    self.jump_unless_passed_over(id, next);
                    // Parts taken behind a test are there only behind it.
                    self.decision(matching, then, &mut parts.clone(), fail)?;
                    self.place(next);
                }
                self.decision(matching, default, &mut parts.clone(), fail)?;
                self.release(mark);
                Ok(())
            }
            Decision::Leaf { arm, bindings } => {
                self.bind_parts(id, bindings, parts);
                self.arm(matching, *arm)
            }
            Decision::Guard { arm, bindings, on_fail } => {
                self.bind_parts(id, bindings, parts);
                let guard = matching.arms[*arm].guard.expect("a guarded arm has a guard");
                let refused = self.label();
                let mark = self.mark();
                let accepted = self.allocate(1);
                // A guard accepts with `true` alone; one that fails does not.
                self.jump(id, Op::Protect, accepted, refused);
                self.open += 1;
                self.value(guard, accepted)?;
                self.emit(id, Op::EndTry, [0, 0, 0]);
                self.open -= 1;
                self.jump(id, Op::JumpUnlessTrue, accepted, refused);
                self.release(mark);
                self.arm(matching, *arm)?;
                self.place(refused);
                self.decision(matching, on_fail, parts, fail)
            }
            Decision::Either(first, second) => {
                let other = self.label();
                self.decision(matching, first, &mut parts.clone(), Some(other))?;
                self.place(other);
                self.decision(matching, second, parts, fail)
            }
            Decision::Fail => {
                match fail {
                    Some(label) => self.jump(id, Op::Jump, 0, label),
                    None => self.emit(id, Op::NoMatch, [matching.subject, 0, 0]),
                }
                Ok(())
            }
        }
    }

    /// The arm's code in place, or the way there where several leaves lead to it.
    fn arm(&mut self, matching: &Matching<'_>, arm: usize) -> Done {
        match matching.shared[arm] {
            Some(label) => self.jump(matching.id, Op::Jump, 0, label),
            None => {
                self.want(matching.arms[arm].body, matching.want)?;
                self.jump(matching.id, Op::Jump, 0, matching.end);
            }
        }
        Ok(())
    }

    fn test(&mut self, id: ExprId, test: &Test, register: i64) {
        match test {
            Test::Literal(literal) => {
                let constant = self.asm.constant(constant(literal));
                self.emit(id, Op::IsLiteral, [register, constant, 0]);
            }
            Test::Tuple(size) => self.emit(id, Op::IsTuple, [register, *size as i64, 0]),
        }
    }

    /// The register of a part, taken out of the tuple around it where it is not known yet.
    fn part(&mut self, id: ExprId, path: &Path, parts: &mut Parts) -> i64 {
        if let Some(register) = parts.get(path) {
            return *register;
        }
        let (last, outer) = path.split_last().expect("the subject itself is known");
        let outer = self.part(id, &outer.to_vec(), parts);
        let register = self.allocate(1);
        self.emit(id, Op::TupleAt, [register, outer, *last as i64]);
        parts.insert(path.clone(), register);
        register
    }

    fn bind_parts(&mut self, id: ExprId, bindings: &[(LocalId, Path)], parts: &mut Parts) {
        for (local, path) in bindings {
            let from = self.part(id, path, parts);
            let to = self.slot(*local);
            self.copy(id, to, from);
        }
    }
}

fn count_uses(tree: &Decision, uses: &mut [usize]) {
    match tree {
        Decision::Switch { edges, default, .. } => {
            edges.iter().for_each(|(_, then)| count_uses(then, uses));
            count_uses(default, uses);
        }
        Decision::Leaf { arm, .. } => uses[*arm] += 1,
        Decision::Guard { arm, on_fail, .. } => {
            uses[*arm] += 1;
            count_uses(on_fail, uses);
        }
        Decision::Either(first, second) => {
            count_uses(first, uses);
            count_uses(second, uses);
        }
        Decision::Fail => {}
    }
}
