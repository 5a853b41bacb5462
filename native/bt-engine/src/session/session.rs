//! One session: its machine, its variables, and the input that runs.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use bt_base::Span;
use bt_bcgen::{compile, Code as Generated};
use bt_hir::{Frontend, Meaning};
use bt_vm::{ClassCode, Code, Kept, Library, Lines, Machine, Outcome, Raise, Request, Unwinding, Value};

use super::classes::line_starts;
use super::definitions::{Definitions, Version};
use super::Standard;
use crate::compiler::Failure;
use crate::diagnostics::repl_empty;
use crate::front;
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
    /// What should be a definition is none.
    Expression,
}

/// The library's classes, without those that the host has changed.
pub(super) struct Classes {
    pub(super) standard: &'static Standard,
    changed: Mutex<HashSet<String>>,
}

impl Library for Classes {
    fn class(&self, name: &str) -> Option<Arc<ClassCode>> {
        let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        if changed.contains(name) {
            return None;
        }
        self.standard.class(name)
    }
}

pub struct Session {
    pub machine: Machine,
    /// The language of the inputs.
    pub(super) frontend: Arc<dyn Frontend>,
    pub(super) limits: Limits,
    variables: Kept<Vec<(String, Value)>>,
    pub(super) library: Arc<Classes>,
    /// Places of the variables that the last input assigned.
    assigned: Vec<usize>,
    /// What the front end remarked about the last input.
    remarks: Vec<Report>,
    pub(super) definitions: Definitions,
    /// What they were before, where they were: until it is sure that the answer reaches the host.
    before: Kept<Vec<(usize, Option<Value>)>>,
    /// Names for the outputs of the input that runs.
    outputs: Vec<String>,
    /// How many runs the host has begun above the input.
    depth: usize,
}

impl Session {
    /// A session whose values may take so many bytes. Its language is Beamtalk.
    pub fn new(max_memory: usize) -> Session {
        let library = Arc::new(Classes { standard: Standard::shared(), changed: Mutex::default() });
        Session {
            machine: Machine::new(max_memory, library.clone()),
            frontend: front::beamtalk(),
            library,
            assigned: Vec::new(),
            before: Kept::default(),
            remarks: Vec::new(),
            limits: Limits::default(),
            variables: Kept::default(),
            definitions: Definitions::default(),
            outputs: Vec::new(),
            depth: 0,
        }
    }

    /// Inputs and definitions are in this language from now on. What there is stays: variables and classes belong to no language.
    pub fn set_frontend(&mut self, frontend: Arc<dyn Frontend>) {
        self.frontend = frontend;
    }

    /// Begins to evaluate an input; what ran before is forgotten.
    pub fn eval(&mut self, source: &[u8], options: &Options, fuel: i64) -> Result<Step, Refusal> {
        self.remarks.clear();
        let (input, remarks) = self.compiled(source, options)?;
        if !options.suppress_warnings {
            self.remarks = remarks;
        }
        self.outputs = input.outputs.iter().map(ToString::to_string).collect();
        self.depth = 0;
        self.assigned.clear();
        let text = std::str::from_utf8(source).unwrap_or_default();
        let file = options.path.clone().unwrap_or_else(|| "<repl>".to_string());
        let lines = Arc::new(Lines { file, begins: line_starts(text) });
        let operands = input.inputs.iter().map(|name| self.variable(name).cloned().unwrap_or_default()).collect();
        Ok(self.machine.counted(|machine| {
            let code = Code::link_input(Arc::new(input.chunk), lines, &mut machine.context.symbols);
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

    /// Takes a class, or a standalone method of a class of the session or the library. Answers the methods of the text with their versions. Calls that
    /// run finish in the code they began with.
    pub fn define(&mut self, source: &[u8], options: &Options) -> Result<Vec<Version>, Refusal> {
        let (versions, changed) = self.definitions.define(&self.frontend, source, options, &self.limits)?;
        self.machine.counted(|machine| {
            let context = &mut machine.context;
            for class in changed {
                let name = context.intern(&class.name);
                context.classes.settle(name, Some(class.code), &mut context.symbols);
            }
        });
        Ok(versions)
    }

    fn compiled(&self, source: &[u8], options: &Options) -> Result<(bt_bcgen::InputCode, Vec<Report>), Refusal> {
        let failed = |failure: Failure| Refusal::Rejected(failure.diagnostics);
        let text = Source::decode(source, &self.limits).map_err(|report| failed(Failure::from(report)))?;
        let mut options = options.clone();
        options.known_vars = self.variables.iter().map(|(name, _)| name.clone()).collect();
        let work = || {
            let resolved = self.frontend.read(text.text, self.definitions.index(), &front::reading(&options, true));
            let found = reports(resolved.diagnostics, text, options.path.as_deref(), &self.limits);
            if found.iter().any(Report::is_error) {
                return Err(Refusal::Rejected(found));
            }
            match (resolved.kind, resolved.hir) {
                (Meaning::Expression, Some(hir)) => match compile(&hir, &bt_bcgen::Options::default()) {
                    Ok(Generated::Input(input)) => Ok((input, found)),
                    Ok(Generated::Class(_)) | Err(_) => Err(Refusal::Definition),
                },
                (Meaning::Empty, _) => Err(Refusal::Rejected(vec![Report::unplaced(repl_empty::diagnostic())])),
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

    /// Evaluates a block from its parts: code in serial form, the receiver and the captured values. `None`: it is no code.
    pub fn apply(&mut self, code: &[u8], values: Vec<Value>, arguments: Vec<Value>, fuel: i64) -> Option<Step> {
        let chunk = bt_bytecode::read(code).ok()?;
        let mut values = values;
        let captured = values.split_off(values.len().min(1));
        let receiver = values.pop().unwrap_or_default();
        if captured.len() != chunk.captures.len() {
            return None;
        }
        let block = self.machine.counted(|machine| machine.block(Arc::new(chunk), receiver, captured)).ok()?;
        Some(self.call(block, arguments, fuel))
    }

    /// What the host said of a class: its source and the file it came from, or that only the host has it. Says whether its code is known now.
    pub fn learn(&mut self, name: &str, source: Option<&[u8]>, file: Option<String>) -> bool {
        let code = source.and_then(|source| {
            let text = Source::decode(source, &self.limits).ok()?;
            guarded(&self.limits, source, || front::class_of(self.definitions.index(), name, text.text, file.as_deref()))
                .ok()
                .flatten()
        });
        let known = code.is_some();
        self.machine.counted(|machine| {
            let symbol = machine.context.intern(name);
            let context = &mut machine.context;
            context.classes.settle(symbol, code.map(Arc::new), &mut context.symbols);
        });
        known
    }

    /// What the host knows of classes outside of the library, all of it, and the methods it has put in front of others: class, class side, selector.
    pub fn tell(&mut self, options: &Options, hosted: &[(String, bool, String)]) {
        self.definitions.set_outer(front::class_index(options));
        let changed: HashSet<String> = options.known_classes.iter().map(|info| info.name.to_string()).collect();
        *self.library.changed.lock().unwrap_or_else(PoisonError::into_inner) = changed.clone();
        let standard = self.library.standard;
        let own = &self.definitions;
        self.machine.counted(|machine| {
            let context = &mut machine.context;
            let is_old = |name: &str| !own.has(name) && (changed.contains(name) || !standard.has(name));
            context.classes.forget_where(is_old, &mut context.symbols);
            let hosted: Vec<_> = hosted
                .iter()
                .map(|(class, class_side, selector)| {
                    let (class, selector) = (context.symbols.intern(class), context.symbols.intern(selector));
                    (context.classes.entry(class), *class_side, selector)
                })
                .collect();
            context.classes.set_hosted(hosted.into_iter());
        });
    }

    /// A class has changed: it is asked for anew when it is next needed.
    pub fn forget(&mut self, name: &str) {
        self.machine.counted(|machine| {
            let symbol = machine.context.intern(name);
            let context = &mut machine.context;
            context.classes.forget(symbol, &mut context.symbols);
        });
    }

    /// Forgets what was running; the variables stay.
    pub fn reset(&mut self) {
        self.depth = 0;
        self.machine.counted(Machine::reset);
    }

    /// When the input itself has ended its variables take their values.
    fn ended(&mut self, step: Step) -> Step {
        match step {
            Step::Done(value) if self.depth == 0 => {
                let parts = value.as_tuple().unwrap_or_default().to_vec();
                self.assigned.clear();
                self.keep();
                for (name, value) in std::mem::take(&mut self.outputs).iter().zip(parts.iter().skip(1)) {
                    let old = self.variable(name).cloned();
                    let place = self.bind(name, value.clone());
                    self.before.push((place, old));
                    self.assigned.push(place);
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

    /// Sets a variable; answers its place among all.
    pub fn bind(&mut self, name: &str, value: Value) -> usize {
        match self.variables.iter().position(|(known, _)| known == name) {
            Some(place) => {
                let old = std::mem::replace(&mut self.variables[place].1, value);
                self.machine.counted(|_| drop(old));
                place
            }
            None => {
                self.variables.push((name.to_string(), value));
                self.variables.len() - 1
            }
        }
    }

    /// What the front end remarked about the last input; the host is told once.
    pub fn take_remarks(&mut self) -> Vec<Report> {
        std::mem::take(&mut self.remarks)
    }

    /// The variables that the last input assigned.
    pub fn assigned(&self) -> Vec<(String, Value)> {
        self.assigned.iter().map(|&place| self.variables[place].clone()).collect()
    }

    /// The variables that the last input assigned stay.
    pub fn keep(&mut self) {
        let before = std::mem::take(&mut *self.before);
        self.machine.counted(|_| drop(before));
    }

    /// They become what they were before it: the input has failed after all.
    pub fn take_back(&mut self) {
        self.assigned.clear();
        for (place, old) in std::mem::take(&mut *self.before).into_iter().rev() {
            let gone = match old {
                Some(old) => std::mem::replace(&mut self.variables[place].1, old),
                // A new one stands behind all others.
                None => self.variables.pop().map(|(_, value)| value).unwrap_or_default(),
            };
            self.machine.counted(|_| drop(gone));
        }
    }

    /// Forgets the variables.
    pub fn clear(&mut self) {
        let variables = std::mem::take(&mut *self.variables);
        self.assigned.clear();
        self.keep();
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
