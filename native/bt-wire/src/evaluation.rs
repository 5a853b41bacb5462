//! Requests to a session and its replies: tuples in the external term format, the same over every transport.
//!
//! | request | meaning |
//! |---|---|
//! | `{run, Fuel, Source, Options}` | begins an input |
//! | `{resume, Fuel}` | goes on after `yielded` |
//! | `{answer, Fuel, Value}`, `{refuse, Fuel, Class, Reason, Trace}`, `{return, Fuel, Home, Value}` | goes on after `effect`, with an answer, a failure, a passing return |
//! | `{call, Fuel, Number, Arguments}` | evaluates a block that went out with an effect which still waits |
//! | `{apply, Fuel, Code, Values, Arguments}` | evaluates a block from its portable form |
//! | `{class, Name, Source, File \| nil}`, `{class, Name, host, nil}` | what an effect `class` was about; `host`: its methods are the host's |
//! | `{tell, Hosted, Options}` | what is known of classes outside the library (`known_classes`), and methods put in front of others: `{Class, instance \| class, Selector}` |
//! | `{define, Source, Options}` | takes a class or a method into the session: `{defined, Methods, Changed}`, both `[{Class, Selector, Version}]`: those of the text, those that have another text than before |
//! | `{disassemble, Class, instance \| class, Selector}` | `{text, Text}`, `host`, `missing`, or `{unknown, Class}`: the host is to tell of that class first |
//! | `{tiers}` | `{tiers, [{Class, Selector, Version, Calls, Bytes}]}`: the methods that are linked |
//! | `{snapshot}`, `{restore, Snapshot}` | `{snapshot, Binary}` or `{opaque, Names}`: variables that are no plain data; `ok`, or why not, from a new session |
//! | `{bind, Name, Value}`, `{bindings}`, `{clear}`, `{reset}`, `{stats}` | the session's variables, its state |
//!
//! Replies of a run: `{done, Value, Assigned, Fuel}`, `{raised, Class, Reason, Trace, Fuel}`, `{passed, Home, Value, Fuel}`, `{yielded, Fuel}`, `{limit, max_memory, Fuel}`,
//! `{effect, What, Fuel}`, `{wide, Parameters, Fuel}` in place of `done` and `raised` when a block with so many parameters cannot go out (as an effect, that one asks
//! to be refused), `{rejected, Diagnostics}`, `definition`; `{warned, Texts, Reply}` in front of the first one; `gone` for a block whose effect is over. The whole reply is `{Head, Reply}`:
//! `none`, `true` (blocks are in it), `keep` (the machine has terms that may hold something alive at the host), `both`.

use bt_engine::session::vm::{Class, Raise, Request, Symbol, Unwinding, Value};
use bt_engine::session::{Refusal, Session, Step};
use bt_engine::Options;

use crate::etf::{self, put_atom, put_binary, put_int, put_tuple, DecodeError};
use crate::term::Term;
use crate::values::{self, Exports, Refused};
use crate::{reply, request};

/// A session with what has gone out of it.
pub struct Hosted {
    pub(crate) session: Session,
    exports: Exports,
    /// How many blocks had gone out before each effect that waits.
    marks: Vec<usize>,
    /// A fault of the machine itself ended a request.
    is_lost: bool,
    /// What the request that is served may use, and what all have used.
    given: i64,
    used: i64,
}

pub(crate) type Bytes = Vec<u8>;

/// The parts of a request, in order.
pub(crate) struct Parts<'a> {
    pub(crate) rest: &'a [u8],
}

impl<'a> Parts<'a> {
    pub(crate) fn atom(&mut self) -> Result<&'a str, DecodeError> {
        let (length, from) = match self.rest {
            [100 | 118, a, b, ..] => (usize::from(u16::from_be_bytes([*a, *b])), 3),
            [115 | 119, length, ..] => (usize::from(*length), 2),
            _ => return Err(DecodeError::InvalidAtom),
        };
        let name = self.rest.get(from..from + length).ok_or(DecodeError::Truncated)?;
        self.rest = &self.rest[from + length..];
        std::str::from_utf8(name).map_err(|_| DecodeError::InvalidAtom)
    }

    pub(crate) fn binary(&mut self) -> Result<&'a [u8], DecodeError> {
        let [109, a, b, c, d, ..] = self.rest else { return Err(DecodeError::Truncated) };
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let bytes = self.rest.get(5..5 + length).ok_or(DecodeError::Truncated)?;
        self.rest = &self.rest[5 + length..];
        Ok(bytes)
    }

    pub(crate) fn value(&mut self, session: &mut Session) -> Result<Value, DecodeError> {
        session.machine.counted(|machine| values::read(&mut self.rest, &mut machine.context))
    }

    fn int(&mut self, session: &mut Session) -> Result<i64, DecodeError> {
        match self.value(session)? {
            Value::Integer(n) => Ok(n),
            _ => Err(DecodeError::UnknownTag(0)),
        }
    }

    /// The rest as options of a compilation.
    fn options(&mut self) -> Result<Options, DecodeError> {
        // An empty map.
        if matches!(self.rest, [116, 0, 0, 0, 0]) {
            return Ok(options_of(&Term::Map(Vec::new())));
        }
        let mut whole = Vec::with_capacity(self.rest.len() + 1);
        whole.push(131);
        whole.extend_from_slice(self.rest);
        Ok(options_of(&etf::decode(&whole)?))
    }
}

pub(crate) fn options_of(term: &Term<'_>) -> Options {
    let mut options = request::options(term, false).map_or_else(|_| Options::default(), |options| *options);
    options.module_name.get_or_insert_with(|| "bt@eval".to_owned());
    options
}

impl Hosted {
    /// A session whose values may take so many bytes.
    pub fn new(max_memory: usize) -> Hosted {
        Hosted {
            session: Session::new(max_memory),
            exports: Exports::default(),
            marks: Vec::new(),
            is_lost: false,
            given: 0,
            used: 0,
        }
    }

    /// Answers one request. Never panics, whatever the bytes.
    pub fn serve(&mut self, request: &[u8]) -> Bytes {
        let mut reply = self.replied(request);
        if self.session.machine.holds() {
            // The head's word: see `whole`.
            let word: &[u8; 4] = if &reply[5..9] == b"true" { b"both" } else { b"keep" };
            reply[5..9].copy_from_slice(word);
        }
        reply
    }

    fn replied(&mut self, request: &[u8]) -> Bytes {
        if self.is_lost {
            return word("lost");
        }
        // Values of a request belong to the machine from the first to the last.
        let counts = self.session.machine.begin_counting();
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.answer(request)));
        self.session.machine.end_counting(counts);
        match answer {
            Ok(Ok(bytes)) => bytes,
            // Nobody knows what state it is in.
            Err(_) => {
                self.is_lost = true;
                word("lost")
            }
            Ok(Err(error)) => {
                let mut out = begin();
                put_tuple(2, &mut out);
                put_atom("protocol", &mut out);
                put_binary(error.to_string().as_bytes(), &mut out);
                whole(false, out)
            }
        }
    }

    fn answer(&mut self, request: &[u8]) -> Result<Bytes, DecodeError> {
        let [131, 104, _, rest @ ..] = request else { return Err(DecodeError::NotEtf(request.first().copied().unwrap_or(0))) };
        let mut parts = Parts { rest };
        let command = parts.atom()?;
        // An answer that nobody waits for has no place to go to.
        if matches!(command, "answer" | "refuse" | "return") && !self.session.machine.is_waiting() {
            return Err(DecodeError::InvalidAtom);
        }
        match command {
            "run" => {
                let fuel = self.fuel(&mut parts)?;
                let source = parts.binary()?;
                let options = parts.options()?;
                self.forget_blocks();
                match self.session.eval(source, &options, fuel) {
                    Ok(step) => Ok(self.step(step)),
                    Err(refusal) => Ok(refused(&refusal)),
                }
            }
            "resume" => {
                let fuel = self.fuel(&mut parts)?;
                let step = self.session.resume(fuel);
                Ok(self.step(step))
            }
            "answer" => {
                let fuel = self.fuel(&mut parts)?;
                let value = parts.value(&mut self.session)?;
                self.answered();
                let step = self.session.answer(value, fuel);
                Ok(self.step(step))
            }
            "refuse" => {
                let fuel = self.fuel(&mut parts)?;
                let class = match parts.atom()? {
                    "exit" => Class::Exit,
                    "throw" => Class::Throw,
                    _ => Class::Error,
                };
                let reason = parts.value(&mut self.session)?;
                let trace = parts.value(&mut self.session)?;
                self.answered();
                let step = self.session.refuse(Unwinding::Raise(Raise::of_host(class, reason, trace)), fuel);
                Ok(self.step(step))
            }
            "return" => {
                let fuel = self.fuel(&mut parts)?;
                let home = parts.int(&mut self.session)? as u64;
                let value = parts.value(&mut self.session)?;
                self.answered();
                let step = self.session.refuse(Unwinding::Return { home, value }, fuel);
                Ok(self.step(step))
            }
            "call" => {
                let fuel = self.fuel(&mut parts)?;
                let number = parts.int(&mut self.session)? as u64;
                let arguments = parts.value(&mut self.session)?;
                let Some(block) = self.exports.block(number).cloned() else { return Ok(word("gone")) };
                let step = self.session.call(block, arguments.proper_list().unwrap_or_default(), fuel);
                Ok(self.step(step))
            }
            "apply" => {
                let fuel = self.fuel(&mut parts)?;
                let code = parts.binary()?;
                let values = parts.value(&mut self.session)?.proper_list().unwrap_or_default();
                let arguments = parts.value(&mut self.session)?.proper_list().unwrap_or_default();
                let step = self.session.apply(code, values, arguments, fuel);
                Ok(step.map_or_else(|| word("gone"), |step| self.step(step)))
            }
            "class" => {
                let name = parts.atom()?.to_owned();
                let mut text =
                    || if parts.rest.first() == Some(&109) { parts.binary().map(Some) } else { parts.atom().map(|_| None) };
                let (source, file) = (text()?, text()?);
                let file = file.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                let known = self.session.learn(&name, source, file);
                Ok(word(if known { "ok" } else { "none" }))
            }
            "tell" => {
                let hosted = parts.value(&mut self.session)?.proper_list().unwrap_or_default();
                let symbols = &self.session.machine.context.symbols;
                let hosted: Vec<_> = hosted
                    .iter()
                    .filter_map(|row| match row.as_tuple()? {
                        [class, side, selector] => {
                            let class_side = symbols.text(side)? == "class";
                            Some((symbols.text(class)?.to_owned(), class_side, symbols.text(selector)?.to_owned()))
                        }
                        _ => None,
                    })
                    .collect();
                let options = parts.options()?;
                self.session.tell(&options, &hosted);
                Ok(word("ok"))
            }
            "define" => {
                let source = parts.binary()?;
                let options = parts.options()?;
                match self.session.define(source, &options) {
                    Ok(versions) => Ok(defined(&versions, self.session.swapped())),
                    Err(refusal) => Ok(refused(&refusal)),
                }
            }
            "bind" => {
                let name = String::from_utf8_lossy(parts.binary()?).into_owned();
                let value = parts.value(&mut self.session)?;
                self.session.bind(&name, value);
                Ok(word("ok"))
            }
            "bindings" => Ok(self.bindings()),
            "clear" => {
                self.session.clear();
                Ok(word("ok"))
            }
            "reset" => {
                self.session.reset();
                self.forget_blocks();
                Ok(word("ok"))
            }
            "stats" => Ok(self.stats()),
            "disassemble" | "tiers" | "snapshot" | "restore" => self.tool(command, parts.rest),
            _ => Err(DecodeError::InvalidAtom),
        }
    }

    fn fuel(&mut self, parts: &mut Parts<'_>) -> Result<i64, DecodeError> {
        self.given = parts.int(&mut self.session)?;
        Ok(self.given)
    }

    /// The request that waited is over: blocks that went out with it can no longer be called here.
    fn answered(&mut self) {
        if let Some(mark) = self.marks.pop() {
            let mark = mark.min(self.exports.blocks.len());
            let gone = self.exports.blocks.split_off(mark);
            self.session.machine.counted(|_| drop(gone));
        }
    }

    fn forget_blocks(&mut self) {
        let gone = std::mem::take(&mut *self.exports.blocks);
        self.session.machine.counted(|_| drop(gone));
        self.marks.clear();
    }

    /// The reply's beginning, with what the front end remarked about the input where that is new.
    fn begin_step(&mut self) -> Bytes {
        let mut out = begin();
        let remarks = self.session.take_remarks();
        if !remarks.is_empty() {
            put_tuple(3, &mut out);
            put_atom("warned", &mut out);
            out.push(108);
            out.extend_from_slice(&(remarks.len() as u32).to_be_bytes());
            remarks.iter().for_each(|remark| put_binary(remark.message.as_bytes(), &mut out));
            out.push(106);
        }
        out
    }

    fn step(&mut self, step: Step) -> Bytes {
        let mark = self.exports.blocks.len();
        let fuel = self.session.machine.fuel();
        self.used += (self.given - fuel).max(0);
        let mut out = self.begin_step();
        let written = match &step {
            Step::Done(value) => {
                put_tuple(4, &mut out);
                put_atom("done", &mut out);
                self.write(value, &mut out).and_then(|()| {
                    // Those of an input; what was called for one assigns none.
                    let assigned = if self.marks.is_empty() { self.session.assigned() } else { Vec::new() };
                    self.variables(assigned, &mut out)
                })
            }
            Step::Raised(raise, _) => {
                put_tuple(5, &mut out);
                put_atom("raised", &mut out);
                put_atom(class_name(raise.class), &mut out);
                self.write(&raise.reason, &mut out).and_then(|()| self.write(&raise.trace(), &mut out))
            }
            Step::Passed(Unwinding::Return { home, value }) => {
                put_tuple(4, &mut out);
                put_atom("passed", &mut out);
                put_int(*home as i64, &mut out);
                self.write(value, &mut out)
            }
            Step::Passed(Unwinding::Raise(raise)) => {
                put_tuple(5, &mut out);
                put_atom("raised", &mut out);
                put_atom(class_name(raise.class), &mut out);
                self.write(&raise.reason, &mut out).and_then(|()| self.write(&raise.trace(), &mut out))
            }
            Step::Yielded => {
                put_tuple(2, &mut out);
                put_atom("yielded", &mut out);
                Ok(())
            }
            Step::OutOfMemory => {
                put_tuple(3, &mut out);
                put_atom("limit", &mut out);
                put_atom("max_memory", &mut out);
                Ok(())
            }
            Step::Effect(request) => {
                put_tuple(3, &mut out);
                put_atom("effect", &mut out);
                self.exports.alone = self.is_function(request);
                let written = self.effect(request, &mut out);
                self.exports.alone = false;
                written
            }
        };
        if let Err(why) = written {
            self.session.take_back();
            return match why {
                Refused::Wide(parameters) => {
                    let waits = matches!(step, Step::Effect(_));
                    self.session.machine.counted(|_| drop(step));
                    self.too_wide(parameters, mark, fuel, waits)
                }
                _ => self.too_much(why),
            };
        }
        self.session.keep();
        put_int(fuel, &mut out);
        let blocks = self.exports.blocks.len() > mark;
        match &step {
            Step::Effect(_) => self.marks.push(mark),
            _ => self.exports.blocks.truncate(mark),
        }
        self.session.machine.counted(|_| drop(step));
        whole(blocks, out)
    }

    /// A block of the step cannot go out. The program can handle that where it waits for an effect; an input that has ended fails.
    fn too_wide(&mut self, parameters: u32, mark: usize, fuel: i64, waits: bool) -> Bytes {
        let gone = self.exports.blocks.split_off(mark);
        self.session.machine.counted(|_| drop(gone));
        let mut out = begin();
        if waits {
            self.marks.push(mark);
            put_tuple(3, &mut out);
            put_atom("effect", &mut out);
            put_tuple(2, &mut out);
            put_atom("wide", &mut out);
            put_int(i64::from(parameters), &mut out);
        } else {
            put_tuple(3, &mut out);
            put_atom("wide", &mut out);
            put_int(i64::from(parameters), &mut out);
        }
        put_int(fuel, &mut out);
        whole(false, out)
    }

    /// What the program wanted to send out cannot go.
    fn too_much(&mut self, why: Refused) -> Bytes {
        let mut out = begin();
        put_tuple(2, &mut out);
        put_atom("limit", &mut out);
        put_atom(if why == Refused::Atoms { "atoms" } else { "max_memory" }, &mut out);
        whole(false, out)
    }

    fn write(&mut self, value: &Value, out: &mut Bytes) -> Result<(), Refused> {
        let exports = &mut self.exports;
        self.session.machine.counted(|machine| values::write(value, &mut machine.context, exports, out))
    }

    fn name(&mut self, symbol: Symbol, out: &mut Bytes) -> Result<(), Refused> {
        self.write(&Value::Symbol(symbol), out)
    }

    fn list(&mut self, all: &[Value], out: &mut Bytes) -> Result<(), Refused> {
        if all.is_empty() {
            out.push(106);
            return Ok(());
        }
        out.push(108);
        out.extend_from_slice(&(all.len() as u32).to_be_bytes());
        for value in all {
            self.write(value, out)?;
        }
        out.push(106);
        Ok(())
    }

    fn effect(&mut self, request: &Request, out: &mut Bytes) -> Result<(), Refused> {
        match request {
            Request::Send { selector, told, awaited, operands } => {
                put_tuple(5, out);
                put_atom("send", out);
                put_atom(
                    if *told {
                        "tell"
                    } else if *awaited {
                        "ask"
                    } else {
                        "send"
                    },
                    out,
                );
                self.name(*selector, out)?;
                self.write(operands.first().unwrap_or(&Value::Nil), out)?;
                self.list(operands.get(1..).unwrap_or_default(), out)
            }
            Request::Super { class, class_side, selector, operands } => {
                put_tuple(6, out);
                put_atom("super", out);
                self.name(*class, out)?;
                put_atom(if *class_side { "class" } else { "instance" }, out);
                self.name(*selector, out)?;
                self.write(operands.first().unwrap_or(&Value::Nil), out)?;
                self.list(operands.get(1..).unwrap_or_default(), out)
            }
            Request::Call { module, function, operands } | Request::Primitive { module, function, operands } => {
                put_tuple(4, out);
                put_atom(if matches!(request, Request::Call { .. }) { "call" } else { "primitive" }, out);
                self.name(*module, out)?;
                self.name(*function, out)?;
                self.list(operands, out)
            }
            Request::Routine { routine, operands } => {
                put_tuple(3, out);
                put_atom("routine", out);
                put_binary(routine.text().as_bytes(), out);
                self.list(operands, out)
            }
            Request::Class(name) => self.pair("class", *name, out),
            Request::Ancestor(name) => self.pair("ancestor", *name, out),
            Request::Global(name) => self.pair("global", *name, out),
            Request::Variable(name) => self.pair("variable", *name, out),
            Request::Display(value) | Request::Settle(value) => {
                put_tuple(2, out);
                put_atom(if matches!(request, Request::Display(_)) { "display" } else { "settle" }, out);
                self.write(value, out)
            }
            Request::Expect { value, selector } => {
                put_tuple(3, out);
                put_atom("expect", out);
                self.write(value, out)?;
                self.name(*selector, out)
            }
        }
    }

    /// Is a function of Erlang called, by its name or through an object that stands for its module?
    fn is_function(&self, request: &Request) -> bool {
        match request {
            Request::Call { .. } => true,
            Request::Send { operands, .. } | Request::Primitive { operands, .. } => {
                let context = &self.session.machine.context;
                operands
                    .first()
                    .is_some_and(|receiver| context.symbols.name(context.classes.class_name(receiver)) == "ErlangModule")
            }
            _ => false,
        }
    }

    fn pair(&mut self, what: &str, name: Symbol, out: &mut Bytes) -> Result<(), Refused> {
        put_tuple(2, out);
        put_atom(what, out);
        self.name(name, out)
    }

    /// The variables as a map of texts and values.
    fn bindings(&mut self) -> Bytes {
        let mark = self.exports.blocks.len();
        let mut out = begin();
        let all = self.session.variables().to_vec();
        put_tuple(2, &mut out);
        put_atom("bindings", &mut out);
        if let Err(why) = self.variables(all, &mut out) {
            return self.too_much(why);
        }
        let blocks = self.exports.blocks.len() > mark;
        self.exports.blocks.truncate(mark);
        whole(blocks, out)
    }

    fn variables(&mut self, all: Vec<(String, Value)>, out: &mut Bytes) -> Result<(), Refused> {
        out.push(116);
        out.extend_from_slice(&(all.len() as u32).to_be_bytes());
        for (name, value) in &all {
            put_binary(name.as_bytes(), out);
            self.write(value, out)?;
        }
        self.session.machine.counted(|_| drop(all));
        Ok(())
    }

    fn stats(&mut self) -> Bytes {
        let mut numbers = self.session.numbers();
        numbers.push(("atoms", self.exports.atom_count()));
        numbers.push(("reductions", self.used.max(0) as usize));
        let mut out = begin();
        put_tuple(2, &mut out);
        put_atom("stats", &mut out);
        out.push(116);
        out.extend_from_slice(&(numbers.len() as u32).to_be_bytes());
        for (name, number) in numbers {
            put_atom(name, &mut out);
            put_int(number as i64, &mut out);
        }
        whole(false, out)
    }
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Error => "error",
        Class::Exit => "exit",
        Class::Throw => "throw",
    }
}

pub(crate) fn refused(refusal: &Refusal) -> Bytes {
    match refusal {
        Refusal::Definition => word("definition"),
        Refusal::Expression => word("expression"),
        Refusal::Rejected(reports) => {
            let mut out = begin();
            put_tuple(2, &mut out);
            put_atom("rejected", &mut out);
            let term = reply::failed(reports);
            let mut bytes = Vec::new();
            etf::encode(term.get("diagnostics").unwrap_or(&Term::List(Vec::new())), &mut bytes);
            out.extend_from_slice(&bytes[1..]);
            whole(false, out)
        }
    }
}

fn defined(versions: &[bt_engine::session::Version], swapped: &[bt_engine::session::Version]) -> Bytes {
    let row = |(class, selector, version): &bt_engine::session::Version| {
        Term::Tuple(vec![Term::text(class.as_str()), Term::text(selector.as_str()), Term::Int(i64::from(*version))])
    };
    let mut out = begin();
    put_tuple(3, &mut out);
    put_atom("defined", &mut out);
    for rows in [versions, swapped] {
        let mut bytes = Vec::new();
        etf::encode(&Term::List(rows.iter().map(row).collect()), &mut bytes);
        out.extend_from_slice(&bytes[1..]);
    }
    whole(false, out)
}

/// Room for the head: four letters.
pub(crate) fn begin() -> Bytes {
    let mut out = Vec::with_capacity(64);
    out.push(131);
    put_tuple(2, &mut out);
    // As long as `true`; see `whole`.
    put_atom("nope", &mut out);
    out
}

pub(crate) fn whole(blocks: bool, mut out: Bytes) -> Bytes {
    let word: &[u8; 4] = if blocks { b"true" } else { b"none" };
    out[5..9].copy_from_slice(word);
    out
}

pub(crate) fn word(word: &str) -> Bytes {
    let mut out = begin();
    put_atom(word, &mut out);
    whole(false, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: &str, parts: usize, rest: &[&[u8]]) -> Vec<u8> {
        let mut out = vec![131];
        put_tuple(parts, &mut out);
        put_atom(name, &mut out);
        rest.iter().for_each(|bytes| out.extend_from_slice(bytes));
        out
    }

    fn int(n: i64) -> Vec<u8> {
        let mut out = Vec::new();
        put_int(n, &mut out);
        out
    }

    fn run(hosted: &mut Hosted, source: &str) -> Term<'static> {
        let mut text = Vec::new();
        put_binary(source.as_bytes(), &mut text);
        let reply = hosted.serve(&request("run", 4, &[&int(1_000_000), &text, &[116, 0, 0, 0, 0]]));
        let Ok(Term::Tuple(parts)) = etf::decode(&reply).map(owned) else { panic!("a reply: {reply:?}") };
        parts[1].clone()
    }

    fn owned(term: Term<'_>) -> Term<'static> {
        let mut bytes = Vec::new();
        etf::encode(&term, &mut bytes);
        etf::decode(bytes.leak()).expect("what was encoded")
    }

    #[test]
    fn runs() {
        let mut hosted = Hosted::new(1 << 26);
        let Term::Tuple(done) = run(&mut hosted, "1 + 2") else { panic!("a tuple") };
        assert_eq!(done[..2], [Term::atom("done"), Term::Int(3)]);
        let Term::Tuple(done) = run(&mut hosted, "x := 3. #(1, x, \"a\")") else { panic!("a tuple") };
        assert_eq!(done[1], Term::List(vec![Term::Int(1), Term::Int(3), Term::text("a")]));
        let Term::Tuple(done) = run(&mut hosted, "x * 2") else { panic!("a tuple") };
        assert_eq!(done[1], Term::Int(6));
        let Term::Tuple(effect) = run(&mut hosted, "Erlang lists foo: #(1)") else { panic!("a tuple") };
        assert_eq!(effect[0], Term::atom("effect"));
    }

    #[test]
    fn a_wide_block_stays() {
        let mut hosted = Hosted::new(1 << 26);
        let parameters: String = (1..=21).map(|n| format!(":a{n} ")).collect();
        let Term::Tuple(wide) = run(&mut hosted, &format!("x := 1. f := [{parameters}| a1]")) else { panic!("a tuple") };
        assert_eq!(wide[..2], [Term::atom("wide"), Term::Int(21)]);
        assert!(hosted.session.variable("x").is_none());
        let Term::Tuple(effect) = run(&mut hosted, &format!("Erlang lists foo: [{parameters}| a1]")) else { panic!("a tuple") };
        assert_eq!(effect[1], Term::Tuple(vec![Term::atom("wide"), Term::Int(21)]));
        let Term::Tuple(done) = run(&mut hosted, "1 + 2") else { panic!("a tuple") };
        assert_eq!(done[1], Term::Int(3));
    }

    #[test]
    fn whatever_comes_is_answered() {
        let mut hosted = Hosted::new(1 << 26);
        for bytes in [
            &b""[..],
            b"\x83",
            b"\x83h\x01",
            b"\x83h\x02w\x03run",
            b"\x83h\x02w\x06answera\x01a\x02",
            b"\x83h\x02w\x06resumea\x01",
        ] {
            let reply = hosted.serve(bytes);
            assert!(etf::decode(&reply).is_ok(), "{bytes:?}");
        }
    }
}
