//! Many inputs from one seed: each target in turn, counted by generator; faults collected; generated code sampled for OTP.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use crate::attempt::{attempt, Fault};
use crate::generate::{self, GENERATORS};
use crate::shrink::shrink;
use crate::targets::{Emitted, Target};

/// Faults at so many different places end a campaign.
const MAX_FAULTS: usize = 10;
const SHRINK_TIME: Duration = Duration::from_secs(30);

/// What to run, and how much of it: whichever bound comes first.
pub struct Plan {
    pub seed: u64,
    pub runs: u64,
    pub time: Duration,
    pub targets: Vec<Target>,
}

/// Who wants to know what happens on the way.
pub trait Observer {
    /// Before each attempt, those of shrinking too.
    fn trying(&mut self, _target: Target, _input: &[u8]) {}
    /// A module that OTP should accept. `fresh` numbers the different ones.
    fn emitted(&mut self, _number: u64, _source: &[u8], _module: &Emitted, _fresh: u64) {}
}

/// Nobody.
pub struct Unobserved;

impl Observer for Unobserved {}

/// Runs and acceptances of one generator on one target.
#[derive(Clone, Copy, Default)]
pub struct Count {
    pub runs: u64,
    pub accepted: u64,
}

/// A fault with the input that showed it.
pub struct Finding {
    pub target: Target,
    /// Number of the run, to be repeated with the seed.
    pub number: u64,
    pub fault: Fault,
    pub input: Vec<u8>,
    pub shrunk: Vec<u8>,
}

pub struct Summary {
    pub runs: u64,
    pub time: Duration,
    /// By target of the plan, then by generator.
    pub counts: Vec<[Count; GENERATORS.len()]>,
    /// Why inputs of the last generator, whose inputs should be valid, were refused: code and number.
    pub refusals: BTreeMap<&'static str, u64>,
    /// Different modules that were generated.
    pub modules: u64,
    pub findings: Vec<Finding>,
}

/// The targets take turns.
pub fn run(plan: &Plan, observer: &mut dyn Observer) -> Summary {
    let start = Instant::now();
    let mut summary = Summary {
        runs: 0,
        time: Duration::ZERO,
        counts: vec![Default::default(); plan.targets.len()],
        refusals: BTreeMap::new(),
        modules: 0,
        findings: Vec::new(),
    };
    let mut seen = HashSet::new();
    for number in 0..plan.runs {
        if start.elapsed() >= plan.time || summary.findings.len() >= MAX_FAULTS {
            break;
        }
        let index = (number % plan.targets.len() as u64) as usize;
        let target = plan.targets[index];
        let input = generate::input(plan.seed, number);
        observer.trying(target, &input.bytes);
        let count = &mut summary.counts[index][input.generator];
        count.runs += 1;
        summary.runs += 1;
        match attempt(target, &input.bytes) {
            Ok(outcome) => {
                count.accepted += u64::from(outcome.accepted);
                if let (false, Some(code), true) = (outcome.accepted, outcome.refusal, input.generator + 1 == GENERATORS.len()) {
                    *summary.refusals.entry(code).or_default() += 1;
                }
                for module in &outcome.modules {
                    if seen.insert(hash(&module.core)) {
                        observer.emitted(number, &input.bytes, module, summary.modules);
                        summary.modules += 1;
                    }
                }
            }
            Err(fault) if summary.findings.iter().any(|f| f.fault.place == fault.place) => {}
            Err(fault) => {
                let shrunk = shrink_fault(target, &input.bytes, &fault, observer);
                summary.findings.push(Finding { target, number, fault, input: input.bytes, shrunk });
            }
        }
    }
    summary.time = start.elapsed();
    summary
}

/// The smallest input with a fault at the same place.
fn shrink_fault(target: Target, input: &[u8], fault: &Fault, observer: &mut dyn Observer) -> Vec<u8> {
    shrink(input, SHRINK_TIME, |candidate| {
        observer.trying(target, candidate);
        attempt(target, candidate).is_err_and(|f| f.place == fault.place)
    })
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
