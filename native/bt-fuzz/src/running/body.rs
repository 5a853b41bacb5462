//! Statements and blocks: names, contexts of blocks (language §6.3) and the number of steps are kept here.

use fastrand::Rng;

use super::{Family, Method, Side, Type};
use crate::generate::pick;

/// What a block may assign, by where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// Control flow, or the receiver of a send.
    Open,
    /// Any other argument: no fields.
    Passed,
    /// The value of a variable: neither fields nor captured variables.
    Stored,
}

#[derive(Clone)]
pub(super) struct Variable {
    pub name: String,
    pub ty: Type,
    /// Counts a loop, which ends only if nobody else assigns it.
    counts: bool,
}

struct Scope {
    variables: Vec<Variable>,
    context: Context,
}

/// How the statements of a block end.
#[derive(Clone, Copy)]
pub(super) enum Last {
    Value(Type),
    /// Nobody reads it.
    Nothing,
}

pub(super) struct Writer<'a> {
    pub rng: &'a mut Rng,
    pub family: &'a Family,
    pub method: &'a Method,
    /// How far below the first class.
    pub level: usize,
    scopes: Vec<Scope>,
    pub depth: u32,
    /// How often the code that is written next may run in one activation.
    weight: u32,
    spent: u32,
}

impl<'a> Writer<'a> {
    pub fn new(rng: &'a mut Rng, family: &'a Family, method: &'a Method, level: usize) -> Writer<'a> {
        let scopes = vec![Scope { variables: Vec::new(), context: Context::Open }];
        Writer { rng, family, method, level, scopes, depth: 0, weight: 1, spent: 0 }
    }

    // Names

    pub fn declare(&mut self, name: &str, ty: Type) {
        let scope = self.scopes.last_mut().expect("the outermost scope stays");
        scope.variables.retain(|v| v.name != name);
        scope.variables.push(Variable { name: name.to_owned(), ty, counts: false });
    }

    fn protect(&mut self, name: &str) {
        for variable in self.scopes.iter_mut().flat_map(|s| &mut s.variables).filter(|v| v.name == name) {
            variable.counts = true;
        }
    }

    pub fn readable(&mut self, ty: Type) -> Option<String> {
        let names: Vec<&String> = self.scopes.iter().flat_map(|s| &s.variables).filter(|v| v.ty == ty).map(|v| &v.name).collect();
        (!names.is_empty()).then(|| names[self.rng.usize(0..names.len())].clone())
    }

    /// A variable that may be assigned here and is there already.
    pub fn assignable(&mut self, ty: Type) -> Option<String> {
        let mut names = Vec::new();
        for scope in self.scopes.iter().rev() {
            names.extend(scope.variables.iter().filter(|v| v.ty == ty && !v.counts).map(|v| v.name.clone()));
            if scope.context == Context::Stored {
                break;
            }
        }
        (!names.is_empty()).then(|| names.swap_remove(self.rng.usize(0..names.len())))
    }

    pub fn may_assign_fields(&self) -> bool {
        let stored = self.scopes.iter().any(|s| s.context == Context::Stored);
        !stored && self.scopes.last().is_some_and(|s| s.context == Context::Open)
    }

    /// A name that no scope has yet.
    fn fresh(&self, ty: Type) -> String {
        let letter = match ty {
            Type::Integer => "i",
            Type::Float => "f",
            Type::Text => "s",
            Type::Boolean => "b",
            Type::List => "l",
            Type::Maybe => "m",
            Type::Block => "k",
            Type::Any => "v",
        };
        let taken = |name: &str| self.scopes.iter().flat_map(|s| &s.variables).any(|v| v.name == name);
        (1..).map(|n| format!("{letter}{n}")).find(|name| !taken(name)).expect("names do not run out")
    }

    // Budget

    pub fn one_in(&mut self, n: u32) -> bool {
        self.rng.u32(0..n) == 0
    }

    /// Is there room for a loop of a few more turns?
    pub fn may_loop(&self) -> bool {
        self.depth < 5 && self.weight <= 25 && self.spent + 20 * self.weight < self.allowance()
    }

    /// An overriding method also pays for the one it overrides.
    fn allowance(&self) -> u32 {
        self.method.limit() * (self.level as u32 + 1)
    }

    /// Takes what a send to the own object may cost, if it is there.
    pub fn afford(&mut self, cost: u32) -> bool {
        let cost = cost * self.weight;
        let good = self.spent + cost <= self.allowance();
        if good {
            self.spent += cost;
        }
        good
    }

    // Blocks

    pub fn block(&mut self, parameters: &[Type], context: Context, times: u32, last: Last) -> String {
        self.block_with(parameters, context, times, last, Vec::new())
    }

    /// A block that begins with these statements.
    pub fn block_with(&mut self, parameters: &[Type], context: Context, times: u32, last: Last, first: Vec<String>) -> String {
        self.scopes.push(Scope { variables: Vec::new(), context });
        let depth = self.scopes.len();
        let mut header = String::new();
        for (position, ty) in parameters.iter().enumerate() {
            let name = format!("{}{depth}", ["x", "y"][position]);
            header.push_str(&format!(":{name} "));
            self.declare(&name, *ty);
        }
        if !parameters.is_empty() {
            header.push_str("| ");
        }
        self.weight *= times;
        self.depth += 1;
        let mut lines = first;
        let most =
            if self.spent > self.allowance() { 1 } else { [4, 3, 2, 2, 1].get(self.depth as usize - 1).copied().unwrap_or(1) };
        for _ in 0..self.rng.usize(0..most) {
            lines.push(self.statement());
        }
        match last {
            Last::Value(ty) => lines.push(self.value(ty)),
            Last::Nothing if lines.is_empty() => lines.push(self.assignment()),
            Last::Nothing => {}
        }
        self.depth -= 1;
        self.weight /= times;
        self.scopes.pop();
        match &lines[..] {
            [line] if !line.contains('\n') => format!("[{header}{line}]"),
            _ => format!("[{header}\n{}\n]", lines.join("\n")),
        }
    }

    /// Code with variables of its own that is no block: an arm of a match.
    pub fn in_scope<T>(&mut self, variables: &[(&str, Type)], write: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(Scope { variables: Vec::new(), context: self.scopes.last().map_or(Context::Open, |s| s.context) });
        variables.iter().for_each(|(name, ty)| self.declare(name, *ty));
        let written = write(self);
        self.scopes.pop();
        written
    }

    // Statements

    pub fn method_body(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for ty in [Type::Integer, Type::Integer, Type::Integer, Type::Text, Type::List, Type::Maybe, Type::Float] {
            if !self.one_in(4) {
                let value = if self.one_in(2) { self.leaf(ty) } else { self.value(ty) };
                let name = self.fresh(ty);
                self.declare(&name, ty);
                lines.push(format!("{name} := {value}"));
            }
        }
        if self.level > 0 && self.one_in(2) {
            let send = self.super_send(self.method.answer);
            lines.extend(send.map(|send| self.assign(self.method.answer, &send)));
        }
        for _ in 0..self.rng.usize(2..6) {
            lines.push(self.statement());
        }
        let answer = self.method.answer;
        let value = if answer == Type::Any { self.report() } else { self.value(answer) };
        lines.push(if self.one_in(4) { format!("^{value}") } else { value });
        lines
    }

    /// Some of the variables: those left out are dead.
    fn report(&mut self) -> String {
        let mut parts = Vec::new();
        let names: Vec<String> = self.scopes.iter().flat_map(|s| &s.variables).map(|v| v.name.clone()).collect();
        for name in names {
            if !self.one_in(3) {
                parts.push(name);
            }
        }
        for field in self.fields() {
            if self.one_in(2) {
                parts.push(format!("self.{}", field.0));
            }
        }
        if self.one_in(3) {
            parts.push("self".into());
        }
        format!("#({})", parts.join(", "))
    }

    /// Fields, or class variables, with their types.
    pub fn fields(&self) -> &'static [(&'static str, Type)] {
        match self.method.side {
            Side::Instance => &[("n", Type::Integer), ("label", Type::Text), ("items", Type::List)],
            Side::Class => &[("made", Type::Integer), ("log", Type::List)],
        }
    }

    pub fn statement(&mut self) -> String {
        self.spent += self.weight;
        if self.depth > 4 {
            return self.assignment();
        }
        match self.rng.u8(0..50) {
            0..=8 => self.assignment(),
            9..=12 => self.field_assignment(),
            13..=18 => self.conditional(),
            19..=26 if self.may_loop() => self.looping(),
            27..=30 => self.own_block_send(),
            31 | 32 => self.stored_block(),
            33 | 34 => self.cascade(),
            35 | 36 => self.matching(Last::Nothing),
            37 | 38 => self.nil_test(),
            39 => self.leave(),
            40..=42 => self.handled(),
            43 => self.ensured(),
            44 => format!("{} value", self.block(&[], Context::Open, 1, Last::Nothing)),
            45 => {
                format!("{} value: {}", self.block(&[Type::Integer], Context::Open, 1, Last::Nothing), self.value(Type::Integer))
            }
            46 => self.odd_statement(),
            47 if self.one_in(8) => self.failure(),
            _ => self.assignment(),
        }
    }

    pub fn assignment(&mut self) -> String {
        let types = [
            Type::Integer,
            Type::Integer,
            Type::Integer,
            Type::Integer,
            Type::Text,
            Type::List,
            Type::Maybe,
            Type::Boolean,
            Type::Float,
            Type::Any,
        ];
        let ty = types[self.rng.usize(0..types.len())];
        let value = self.value(ty);
        self.assign(ty, &value)
    }

    /// To a variable that is there, seldom to a new one.
    fn assign(&mut self, ty: Type, value: &str) -> String {
        let known = if self.one_in(8) { None } else { self.assignable(ty) };
        let name = known.unwrap_or_else(|| {
            let name = self.fresh(ty);
            self.declare(&name, ty);
            name
        });
        format!("{name} := {value}")
    }

    pub fn field_assignment(&mut self) -> String {
        if !self.may_assign_fields() {
            return self.assignment();
        }
        let fields = self.fields();
        let (name, ty) = fields[self.rng.usize(0..fields.len())];
        format!("self.{name} := {}", self.value(ty))
    }

    fn conditional(&mut self) -> String {
        let condition = self.value(Type::Boolean);
        let branch = |w: &mut Self| w.block(&[], Context::Open, 1, Last::Nothing);
        match self.rng.u8(0..7) {
            0 => format!("{condition} ifTrue: {}", branch(self)),
            1 => format!("{condition} ifFalse: {}", branch(self)),
            2 => format!(
                "{condition} {} {}",
                pick(self.rng, &["and:", "or:"]),
                self.block(&[], Context::Passed, 1, Last::Value(Type::Boolean))
            ),
            _ => {
                let then = branch(self);
                format!("{condition} ifTrue: {then} ifFalse: {}", branch(self))
            }
        }
    }

    /// A number of turns that is small whatever the variables hold.
    fn turns(&mut self) -> String {
        match self.rng.u8(0..3) {
            0 => self.rng.u8(0..5).to_string(),
            _ => format!("({} % 5)", self.value(Type::Integer)),
        }
    }

    pub fn looping(&mut self) -> String {
        use Context::{Open, Passed};
        use Last::{Nothing, Value};
        use Type::{Boolean, Integer, List};
        match self.rng.u8(0..18) {
            0..=2 => self.counted_loop(),
            3 | 4 => format!("{} timesRepeat: {}", self.turns(), self.block(&[], Open, 4, Nothing)),
            5 | 6 => format!("1 to: {} do: {}", self.turns(), self.block(&[Integer], Open, 4, Nothing)),
            7 => format!("{} to: 1 by: -1 do: {}", self.turns(), self.block(&[Integer], Open, 4, Nothing)),
            8 => format!("0 to: 7 by: {} do: {}", self.rng.u8(2..5), self.block(&[Integer], Open, 4, Nothing)),
            9..=11 => format!("{} do: {}", self.collection(), self.block(&[Integer], Open, 4, Nothing)),
            12 => {
                let (list, selector) = (self.value(List), pick(self.rng, &["select:", "reject:"]));
                let value = format!("({list} {selector} {})", self.block(&[Integer], Open, 4, Value(Boolean)));
                self.assign(List, &value)
            }
            13 => {
                let list = self.value(List);
                let value = format!("({list} collect: {})", self.block(&[Integer], Open, 4, Value(Integer)));
                self.assign(List, &value)
            }
            14 => {
                let (list, start) = (self.value(List), self.value(Integer));
                let value =
                    format!("({list} inject: {start} into: {})", self.block(&[Integer, Integer], Open, 4, Value(Integer)));
                self.assign(Integer, &value)
            }
            15 => format!("{} eachWithIndex: {}", self.value(List), self.block(&[Integer, Integer], Passed, 4, Nothing)),
            16 => {
                let entries = format!("#{{#a => {}, #b => {}}}", self.value(Integer), self.value(Integer));
                format!("{entries} keysAndValuesDo: {}", self.block(&[Type::Any, Integer], Passed, 2, Nothing))
            }
            _ => {
                let list = self.value(List);
                let selector = pick(self.rng, &["anySatisfy:", "allSatisfy:", "count:", "takeWhile:", "groupBy:"]);
                let value = format!("({list} {selector} {})", self.block(&[Integer], Passed, 4, Value(Boolean)));
                self.assign(Type::Any, &value)
            }
        }
    }

    fn collection(&mut self) -> String {
        match self.rng.u8(0..4) {
            0 => format!("#[{}, {}]", self.value(Type::Integer), self.value(Type::Integer)),
            1 => format!("#{{#a => {}}}", self.value(Type::Integer)),
            _ => self.value(Type::List),
        }
    }

    /// `whileTrue:` and its kin over a counter of their own. The counter comes first, so that nothing keeps the loop from ending.
    fn counted_loop(&mut self) -> String {
        let counter = self.fresh(Type::Integer);
        self.declare(&counter, Type::Integer);
        self.protect(&counter);
        let step = format!("{counter} := {counter} + 1");
        let most = self.rng.u8(0..5);
        let loop_ = match self.rng.u8(0..5) {
            0 => {
                let value = self.value(self.method.answer);
                let body = format!("{step}\n{counter} > {most} ifTrue: [^{value}]");
                format!("{} repeat", self.block_with(&[], Context::Open, 4, Last::Nothing, vec![body]))
            }
            1 => {
                let body = self.block_with(&[], Context::Open, 4, Last::Nothing, vec![step]);
                format!("[{counter} >= {most}] whileFalse: {body}")
            }
            2 => {
                // The condition does the work.
                let condition = self.block_with(&[], Context::Open, 5, Last::Nothing, vec![step]);
                let condition = reopened(&condition, &format!("{counter} < {most}"));
                format!("{condition} whileTrue: {}", self.block(&[], Context::Open, 4, Last::Nothing))
            }
            _ => {
                let body = self.block_with(&[], Context::Open, 4, Last::Nothing, vec![step]);
                format!("[{counter} < {most}] whileTrue: {body}")
            }
        };
        format!("{counter} := 0\n{loop_}")
    }

    /// A block handed to a method of the own class that takes blocks.
    fn own_block_send(&mut self) -> String {
        use Context::Passed;
        use Type::Integer;
        if !self.may_loop() {
            return self.conditional();
        }
        let (selector, send) = match self.rng.u8(0..7) {
            0 | 1 => (
                Type::Any,
                format!("self each: {} do: {}", self.value(Type::List), self.block(&[Integer], Passed, 4, Last::Nothing)),
            ),
            2 => (
                Type::Any,
                format!("self {} {}", pick(self.rng, &["twice:", "relay:"]), self.block(&[], Passed, 2, Last::Nothing)),
            ),
            3 => {
                let block = self.block(&[Integer, Integer], Passed, 4, Last::Value(Integer));
                (Integer, format!("self fold: {} with: {block}", self.value(Type::List)))
            }
            4 => (Type::Any, format!("self try: {}", self.block(&[], Passed, 1, Last::Value(Integer)))),
            5 => (Integer, format!("self always: {}", self.block(&[], Passed, 1, Last::Value(Integer)))),
            _ => (
                Integer,
                format!("self apply: {} to: {}", self.block(&[Integer], Passed, 1, Last::Value(Integer)), self.value(Integer)),
            ),
        };
        if self.one_in(2) {
            self.assign(selector, &format!("({send})"))
        } else {
            send
        }
    }

    fn stored_block(&mut self) -> String {
        let block = self.block(&[Type::Integer], Context::Stored, 2, Last::Value(Type::Integer));
        let name = self.fresh(Type::Block);
        self.declare(&name, Type::Block);
        let argument = self.value(Type::Integer);
        let used = self.assign(Type::Integer, &format!("({name} value: {argument})"));
        format!("{name} := {block}\n{used}")
    }

    fn nil_test(&mut self) -> String {
        let value = if self.one_in(4) { self.value(Type::Integer) } else { self.value(Type::Maybe) };
        let empty = |w: &mut Self| w.block(&[], Context::Open, 1, Last::Nothing);
        let full = |w: &mut Self| {
            let parameters: &[Type] = if w.one_in(3) { &[] } else { &[Type::Integer] };
            w.block(parameters, Context::Open, 1, Last::Nothing)
        };
        match self.rng.u8(0..6) {
            0 if !self.one_in(3) => {
                // A branch that is a value.
                let block = self.block(&[Type::Integer], Context::Stored, 1, Last::Value(Type::Integer));
                let name = self.fresh(Type::Block);
                self.declare(&name, Type::Block);
                format!("{name} := {block}\n{value} ifNotNil: {name}")
            }
            0 => format!("{value} ifNil: {}", empty(self)),
            1 => format!("{value} ifNotNil: {}", full(self)),
            2 => {
                let nil = empty(self);
                format!("{value} ifNil: {nil} ifNotNil: {}", full(self))
            }
            _ => {
                let parameters: &[Type] = if self.one_in(3) { &[] } else { &[Type::Integer] };
                let some = self.block(parameters, Context::Passed, 1, Last::Nothing);
                format!("{value} ifNotNil: {some} ifNil: {}", self.block(&[], Context::Passed, 1, Last::Nothing))
            }
        }
    }

    /// `^`, which a conditional guards: else nothing behind it would run.
    pub fn leave(&mut self) -> String {
        let value = self.value(self.method.answer);
        format!("{} ifTrue: [^{value}]", self.value(Type::Boolean))
    }

    pub fn failure(&mut self) -> String {
        let number = self.rng.u8(0..9);
        match self.rng.u8(0..7) {
            0..=2 => format!("self error: \"E{number}\""),
            3 => format!("{} / 0", self.value(Type::Integer)),
            4 => "nil foo".into(),
            5 => format!("{} + {}", self.value(Type::Text), self.value(Type::Integer)),
            _ => format!("{} at: 99", self.value(Type::List)),
        }
    }

    /// A block that fails at its end, or not.
    pub fn protected(&mut self) -> String {
        let fails = !self.one_in(3);
        let block = self.block(&[], Context::Open, 1, if fails { Last::Nothing } else { Last::Value(Type::Integer) });
        if !fails {
            return block;
        }
        let failure = self.failure();
        let guarded = if self.one_in(3) { format!("{} ifTrue: [{failure}]", self.value(Type::Boolean)) } else { failure };
        reopened(&block, &format!("{guarded}\n{}", self.leaf(Type::Integer)))
    }

    fn handled(&mut self) -> String {
        let body = self.protected();
        let filter = pick(self.rng, &["Error", "Error", "Error", "Exception", "Exception", "nil", "RuntimeError", "TypeError"]);
        let handler = match self.rng.u8(0..5) {
            0 => self.block(&[], Context::Open, 1, Last::Value(Type::Integer)),
            1 => {
                let name = self.fresh(Type::Any);
                // A handler that is a value.
                return format!("{name} := [:e | e message size]\n{body} on: {filter} do: {name}");
            }
            2 => {
                let block = self.block(&[], Context::Open, 1, Last::Value(Type::Integer));
                format!("[:e | {}", block.strip_prefix('[').unwrap_or(&block))
            }
            _ => {
                let first = self.assignable(Type::Text).map(|name| format!("{name} := (e message)"));
                let block = self.block_with(&[], Context::Open, 1, Last::Value(Type::Integer), first.into_iter().collect());
                format!("[:e | {}", block.strip_prefix('[').unwrap_or(&block))
            }
        };
        let send = format!("({body} on: {filter} do: {handler})");
        if self.one_in(2) {
            self.assign(Type::Integer, &send)
        } else {
            send
        }
    }

    fn ensured(&mut self) -> String {
        let body = self.block(&[], Context::Open, 1, Last::Value(Type::Integer));
        let send = format!("({body} ensure: {})", self.block(&[], Context::Open, 1, Last::Nothing));
        match self.rng.u8(0..3) {
            0 => {
                let protected = self.protected();
                format!("[{protected} ensure: {}] on: Error do: [:e | nil]", self.block(&[], Context::Open, 1, Last::Nothing))
            }
            1 => send,
            _ => self.assign(Type::Integer, &send),
        }
    }
}

/// The block with further statements at its end.
fn reopened(block: &str, more: &str) -> String {
    format!("{}\n{more}\n]", block.strip_suffix(']').unwrap_or(block).trim_end())
}
