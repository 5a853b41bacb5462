//! One session: its machine, its variables, and the input that runs.

use std::sync::Arc;

use bt_base::Span;
use bt_bcgen::{compile, Code as Generated};
use bt_vm::{ClassCode, Code, Library, Machine, Outcome, Raise, Request, Unwinding, Value};

use super::Standard;
use crate::compiler::Failure;
use crate::front::{self, Meaning};
use crate::guard::guarded;
use crate::limits::Limits;
use crate::options::Options;
use crate::report::{reports, Report};
use crate::source::Source;

/// What a slice of an evaluation came to.
#[derive(Debug)]
pub enum Step {
    Done(Value),
    /// Raised and not caught; where in the source.
    Raised(Raise, Span),
    /// A return that goes on below what the host called.
    Passed(Unwinding),
    Yielded,
    Effect(Request),
    OutOfMemory,
}

/// Why an input did not begin to run.
#[derive(Debug)]
pub enum Refusal {
    /// Diagnostics with an error among them.
    Rejected(Vec<Report>),
    /// The input defines a class or a method: the host compiles and loads it.
    Definition,
}

/// Classes of the session's own, then the library's.
struct Classes {
    standard: &'static Standard,
}

impl Library for Classes {
    fn class(&self, name: &str) -> Option<Arc<ClassCode>> {
        self.standard.class(name)
    }
}

pub struct Session {
    pub machine: Machine,
    limits: Limits,
    variables: Vec<(String, Value)>,
    /// Names for the outputs of the input that runs.
    outputs: Vec<String>,
    /// How many runs the host has begun above the input.
    depth: usize,
}

impl Session {
    /// A session whose values may take so many bytes.
    pub fn new(max_memory: usize) -> Session {
        let library = Arc::new(Classes { standard: Standard::shared() });
        Session {
            machine: Machine::new(max_memory, library),
            limits: Limits::default(),
            variables: Vec::new(),
            outputs: Vec::new(),
            depth: 0,
        }
    }

    /// Begins to evaluate an input; what ran before is forgotten.
    pub fn eval(&mut self, source: &[u8], options: &Options, fuel: i64) -> Result<Step, Refusal> {
        let input = self.compiled(source, options)?;
        self.outputs = input.outputs.iter().map(ToString::to_string).collect();
        self.depth = 0;
        let operands = input.inputs.iter().map(|name| self.variable(name).cloned().unwrap_or_default()).collect();
        Ok(self.machine.counted(|machine| {
            let code = Code::link(Arc::new(input.chunk), None, &mut machine.context.symbols);
            match code {
                Ok(code) => Step::from(machine.start(code, operands, fuel)),
                Err(_) => {
                    let reason = machine.context.symbol("badarg");
                    Step::Raised(Raise::error(reason), Span::default())
                }
            }
        }))
        .map(|step| self.ended(step))
    }

    fn compiled(&self, source: &[u8], options: &Options) -> Result<bt_bcgen::InputCode, Refusal> {
        let failed = |failure: Failure| Refusal::Rejected(failure.diagnostics);
        let text = Source::decode(source, &self.limits).map_err(|report| failed(Failure::from(report)))?;
        let mut options = options.clone();
        options.known_vars = self.variables.iter().map(|(name, _)| name.clone()).collect();
        let work = || {
            let analysed = front::analyse(text.text, &options, true);
            let found = reports(analysed.diagnostics, text, options.path.as_deref(), &self.limits);
            if found.iter().any(Report::is_error) {
                return Err(Refusal::Rejected(found));
            }
            match (analysed.lowered.kind, analysed.lowered.hir) {
                (Meaning::Expression, Some(hir)) => match compile(&hir, &bt_bcgen::Options::default()) {
                    Ok(Generated::Input(input)) => Ok(input),
                    Ok(Generated::Class(_)) | Err(_) => Err(Refusal::Definition),
                },
                _ => Err(Refusal::Definition),
            }
        };
        guarded(&self.limits, source, work).unwrap_or_else(|report| Err(Refusal::Rejected(vec![*report])))
    }

    /// Goes on after a spent budget.
    pub fn resume(&mut self, fuel: i64) -> Step {
        let step = self.machine.counted(|machine| Step::from(machine.resume(fuel)));
        self.ended(step)
    }

    /// Goes on with what the host made of a request.
    pub fn answer(&mut self, value: Value, fuel: i64) -> Step {
        let step = self.machine.counted(|machine| Step::from(machine.answer(value, fuel)));
        self.ended(step)
    }

    /// Goes on with a failure or a return in place of an answer.
    pub fn refuse(&mut self, unwinding: Unwinding, fuel: i64) -> Step {
        let step = self.machine.counted(|machine| Step::from(machine.refuse(unwinding, fuel)));
        self.ended(step)
    }

    /// Evaluates a block above what waits for the host.
    pub fn call(&mut self, block: Value, arguments: Vec<Value>, fuel: i64) -> Step {
        self.depth += 1;
        let step = self.machine.counted(|machine| Step::from(machine.evaluate(block, arguments, fuel)));
        self.ended(step)
    }

    /// When the input itself has ended its variables take their values.
    fn ended(&mut self, step: Step) -> Step {
        match step {
            Step::Done(value) if self.depth == 0 => {
                let parts = value.as_tuple().unwrap_or_default();
                for (name, value) in self.outputs.iter().zip(parts.iter().skip(1)) {
                    match self.variables.iter_mut().find(|(known, _)| known == name) {
                        Some((_, slot)) => *slot = value.clone(),
                        None => self.variables.push((name.clone(), value.clone())),
                    }
                }
                Step::Done(parts.first().cloned().unwrap_or_default())
            }
            Step::Done(_) | Step::Raised(..) | Step::Passed(_) => {
                self.depth = self.depth.saturating_sub(1);
                step
            }
            Step::Yielded | Step::Effect(_) | Step::OutOfMemory => step,
        }
    }

    pub fn variable(&self, name: &str) -> Option<&Value> {
        self.variables.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub fn variables(&self) -> &[(String, Value)] {
        &self.variables
    }

    pub fn bind(&mut self, name: &str, value: Value) {
        match self.variables.iter_mut().find(|(known, _)| known == name) {
            Some((_, slot)) => *slot = value,
            None => self.variables.push((name.to_string(), value)),
        }
    }

    /// Forgets the variables.
    pub fn clear(&mut self) {
        let variables = std::mem::take(&mut self.variables);
        self.machine.counted(|_| drop(variables));
    }
}

impl From<Outcome> for Step {
    fn from(outcome: Outcome) -> Step {
        match outcome {
            Outcome::Done(value) => Step::Done(value),
            Outcome::Failed(raise, place) => Step::Raised(raise, place),
            Outcome::Passed(unwinding) => Step::Passed(unwinding),
            Outcome::Yielded => Step::Yielded,
            Outcome::Effect(request) => Step::Effect(request),
            Outcome::OutOfMemory => Step::OutOfMemory,
        }
    }
}
