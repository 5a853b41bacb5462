//! Expressions of a type. Whatever is compound stands in parentheses, so that each may stand anywhere.
//!
//! Nothing here makes a value that grows with each turn of a loop by more than a constant: no product of two variables, no text of two
//! texts.

use super::body::{Context, Last, Writer};
use super::{Method, Side, Type};
use crate::generate::pick;

impl Writer<'_> {
    pub(super) fn leaf(&mut self, ty: Type) -> String {
        if !self.one_in(4) {
            let field = if self.one_in(5) { self.fields().iter().find(|f| f.1 == ty) } else { None };
            if let Some((name, _)) = field {
                return format!("self.{name}");
            }
            if let Some(name) = self.readable(ty) {
                return name;
            }
        }
        match ty {
            Type::Integer if self.one_in(30) => "36893488147419103232".into(),
            Type::Integer => self.rng.i32(-3..10).to_string(),
            Type::Float => pick(self.rng, &["0.5", "2.0", "-1.25", "3.0"]).into(),
            Type::Text => pick(self.rng, &["\"u\"", "\"vw\"", "\"\""]).into(),
            Type::Boolean => pick(self.rng, &["true", "false"]).into(),
            Type::List => pick(self.rng, &["#(1, 2)", "#()", "#(3, -1, 4)", "#(6)"]).into(),
            Type::Maybe => pick(self.rng, &["nil", "nil", "5"]).into(),
            Type::Block => self.block(&[Type::Integer], Context::Passed, 4, Last::Value(Type::Integer)),
            Type::Any => {
                pick(self.rng, &["#red", "nil", "1", "2.5", "\"w\"", "DiffRoot", "Transcript", "#at:put:", "Error", "self"])
                    .into()
            }
        }
    }

    pub(super) fn value(&mut self, ty: Type) -> String {
        if self.depth > 3 || self.rng.u8(0..5) < 2 {
            return self.leaf(ty);
        }
        self.depth += 1;
        let text = if self.one_in(9) { self.common(ty) } else { self.operation(ty) };
        self.depth -= 1;
        text
    }

    fn operation(&mut self, ty: Type) -> String {
        match ty {
            Type::Integer => self.integer(),
            Type::Float => self.float(),
            Type::Text => self.text(),
            Type::Boolean => self.boolean(),
            Type::List => self.list(),
            Type::Maybe => self.maybe(),
            Type::Block => self.leaf(ty),
            Type::Any => self.any(),
        }
    }

    /// What there is for every type: choices, handlers, blocks evaluated in place, sends to `self`, assignments.
    fn common(&mut self, ty: Type) -> String {
        use Context::Open;
        let last = Last::Value(ty);
        match self.rng.u8(0..8) {
            0 | 1 => {
                let condition = self.value(Type::Boolean);
                let then = self.block(&[], Open, 1, last);
                format!("({condition} ifTrue: {then} ifFalse: {})", self.block(&[], Open, 1, last))
            }
            2 => format!("({} value)", self.block(&[], Open, 1, last)),
            3 => {
                let block = self.block(&[Type::Integer], Open, 1, last);
                format!("({block} value: {})", self.value(Type::Integer))
            }
            4 => {
                let body = self.block(&[], Open, 1, last);
                format!("({body} on: Error do: {})", self.block(&[], Open, 1, last))
            }
            5 => self.matching(last),
            6 => self.own_send(ty).unwrap_or_else(|| self.leaf(ty)),
            _ => match self.assignable(ty) {
                Some(name) => format!("({name} := {})", self.value(ty)),
                None => self.leaf(ty),
            },
        }
    }

    fn integer(&mut self) -> String {
        use Type::{Boolean, Integer, List, Maybe};
        match self.rng.u8(0..30) {
            0..=6 => format!("({} {} {})", self.value(Integer), pick(self.rng, &["+", "-", "+"]), self.value(Integer)),
            7 => format!("({} * {})", self.value(Integer), self.rng.u8(2..5)),
            8 => format!("({} % {})", self.value(Integer), self.rng.u8(2..9)),
            9 => format!("(2 ** ({} % 6))", self.value(Integer)),
            10 => format!("({} {} {})", self.value(Integer), pick(self.rng, &["max:", "min:"]), self.value(Integer)),
            11 => {
                format!("({} {})", self.value(Integer), pick(self.rng, &["abs", "negated", "yourself", "await", "awaitForever"]))
            }
            12 => format!("({} size)", self.value(List)),
            13 => format!("({} await: 50)", self.value(Integer)),
            14..=16 => self.own_send(Integer).unwrap_or_else(|| self.leaf(Integer)),
            17 | 18 => {
                let value = self.value(Maybe);
                let nil = self.block(&[], Context::Open, 1, Last::Value(Integer));
                format!("({value} ifNil: {nil})")
            }
            19 => {
                let value = self.value(Maybe);
                let nil = self.block(&[], Context::Open, 1, Last::Value(Integer));
                format!("({value} ifNil: {nil} ifNotNil: {})", self.block(&[Integer], Context::Open, 1, Last::Value(Integer)))
            }
            20 => match self.readable(Type::Block) {
                Some(name) => format!("({name} value: {})", self.value(Integer)),
                None => self.leaf(Integer),
            },
            21 if self.may_loop() => {
                let list = self.value(List);
                let block = self.block(&[Integer, Integer], Context::Open, 4, Last::Value(Integer));
                format!("({list} inject: {} into: {block})", self.value(Integer))
            }
            22 if self.may_loop() => {
                let list = self.value(List);
                let test = self.block(&[Integer], Context::Passed, 4, Last::Value(Boolean));
                format!("({list} detect: {test} ifNone: {})", self.block(&[], Context::Passed, 1, Last::Value(Integer)))
            }
            23 => format!("(Erlang erlang abs: {})", self.value(Integer)),
            24 if self.method.side == Side::Instance => self.class_send().unwrap_or_else(|| self.leaf(Integer)),
            25 => self.cascade_on_value(),
            26 => format!("(self {})", self.helper_send()),
            27 if self.level > 0 => self.super_send(Integer).unwrap_or_else(|| self.leaf(Integer)),
            28 => {
                let name = pick(self.rng, &["held", "add: 2"]);
                format!("((DiffFixture spawn {name}) await)")
            }
            _ => self.leaf(Integer),
        }
    }

    /// A message with a literal block to a method of the own class.
    fn helper_send(&mut self) -> String {
        let block = self.block(&[Type::Integer], Context::Passed, 1, Last::Value(Type::Integer));
        format!("apply: {block} to: {}", self.value(Type::Integer))
    }

    fn float(&mut self) -> String {
        match self.rng.u8(0..5) {
            0 => format!("({} / 4)", self.value(Type::Integer)),
            1 => format!("({} + {})", self.value(Type::Float), self.value(Type::Integer)),
            2 => format!("({} * 0.5)", self.value(Type::Float)),
            3 => format!("({} - {})", self.value(Type::Integer), self.value(Type::Float)),
            _ => self.leaf(Type::Float),
        }
    }

    fn text(&mut self) -> String {
        match self.rng.u8(0..7) {
            0 => format!("({} ++ \"x\")", self.value(Type::Text)),
            1..=3 => {
                let (number, flag) = (self.value(Type::Integer), self.value(Type::Boolean));
                format!("\"{{{}}}-{{{number}}} {{{flag}}}\"", self.readable(Type::Text).unwrap_or_else(|| "#t".into()))
            }
            4 => format!("({} printString)", self.value(Type::Integer)),
            5 => self.own_send(Type::Text).unwrap_or_else(|| self.leaf(Type::Text)),
            _ => self.leaf(Type::Text),
        }
    }

    fn boolean(&mut self) -> String {
        use Type::{Boolean, Integer, List, Maybe};
        match self.rng.u8(0..14) {
            0..=4 => format!("({} {} {})", self.value(Integer), pick(self.rng, &["<", ">", "<=", ">="]), self.value(Integer)),
            5 => format!("({} {} {})", self.value(Integer), pick(self.rng, &["==", "/=", "=:=", "=/="]), self.value(Integer)),
            6 => format!("({} {} {})", self.value(Type::Text), pick(self.rng, &["=:=", "<"]), self.value(Type::Text)),
            7 | 8 => {
                let left = self.value(Boolean);
                let selector = pick(self.rng, &["and:", "or:"]);
                format!("({left} {selector} {})", self.block(&[], Context::Passed, 1, Last::Value(Boolean)))
            }
            9 => format!("({} not)", self.value(Boolean)),
            10 => format!("({} isEmpty)", self.value(List)),
            11 => format!("({} {})", self.value(Maybe), pick(self.rng, &["isNil", "notNil"])),
            12 => format!("({} includes: {})", self.value(List), self.value(Integer)),
            _ => format!("({} respondsTo: #{})", self.leaf(Type::Any), pick(self.rng, &["m0", "size", "abs"])),
        }
    }

    fn list(&mut self) -> String {
        use Type::{Boolean, Integer, List};
        match self.rng.u8(0..9) {
            0 => format!("#({}, {})", self.value(Integer), self.value(Integer)),
            1 => format!("#({} | {})", self.value(Integer), self.value(List)),
            2 => format!("({} add: {})", self.value(List), self.value(Integer)),
            3 => format!("({} ++ #({}))", self.value(List), self.value(Integer)),
            4 if self.may_loop() => {
                let list = self.value(List);
                format!("({list} collect: {})", self.block(&[Integer], Context::Open, 4, Last::Value(Integer)))
            }
            5 if self.may_loop() => {
                let list = self.value(List);
                format!("({list} select: {})", self.block(&[Integer], Context::Open, 4, Last::Value(Boolean)))
            }
            6 => format!("(Erlang lists reverse: {})", self.value(List)),
            7 => self.own_send(List).unwrap_or_else(|| self.leaf(List)),
            _ => format!("({} take: 3)", self.value(List)),
        }
    }

    fn maybe(&mut self) -> String {
        match self.rng.u8(0..4) {
            0 => "nil".into(),
            1 => {
                let condition = self.value(Type::Boolean);
                format!("({condition} ifTrue: {} ifFalse: [nil])", self.block(&[], Context::Open, 1, Last::Value(Type::Integer)))
            }
            2 => self.value(Type::Integer),
            _ => self.leaf(Type::Maybe),
        }
    }

    fn any(&mut self) -> String {
        use Type::{Integer, Maybe, Text};
        match self.rng.u8(0..20) {
            0 => format!("#[{}, {}]", self.value(Integer), self.value(Text)),
            1 => format!("#{{#k => {}, ({}) => 2}}", self.value(Integer), self.value(Integer)),
            2 => format!("({} -> {})", self.value(Integer), self.value(Text)),
            3 => self.tuple(),
            4 => format!("({} class)", self.value(Integer)),
            5 => "(self class)".into(),
            6 => format!("({} hash)", self.value(Text)),
            7 => "(DiffRoot new fieldNames)".into(),
            8 | 17 | 18 => {
                let message = pick(self.rng, &["fieldAt: #n", "fieldAt: #n put: 1"]);
                format!("([{} {message}] on: Error do: [:e | e message])", self.value(Maybe))
            }
            9 => format!("({} perform: #{})", self.value(Integer), pick(self.rng, &["abs", "isEven", "negated"])),
            10 => format!("({} perform: #max: withArguments: #({}))", self.value(Integer), self.value(Integer)),
            11 => "(DiffRoot >> #m0)".into(),
            12 => {
                // A not-nil branch that is a value.
                match self.readable(Type::Block) {
                    Some(name) => format!("({} ifNotNil: {name})", self.value(Maybe)),
                    None => self.leaf(Type::Any),
                }
            }
            13 => "((1 -> 2) value)".into(),
            14 => format!("({} asType: Integer)", self.value(Integer)),
            15 => format!("([:x :y | x + y] value: {} value: {})", self.value(Integer), self.value(Integer)),
            16 => format!("(Transcript show: {})", self.value(Text)),
            _ => self.leaf(Type::Any),
        }
    }

    fn tuple(&mut self) -> String {
        let tag = pick(self.rng, &["#ok", "#no", "1"]);
        format!("(Erlang erlang list_to_tuple: #({tag}, {}))", self.value(Type::Integer))
    }

    /// Arms that bind, test and assign.
    pub(super) fn matching(&mut self, last: Last) -> String {
        let name = format!("z{}", self.depth);
        let is_tuple = self.one_in(2);
        let subject = if is_tuple { self.tuple() } else { self.value(Type::Integer) };
        let mut arms = Vec::new();
        for _ in 0..self.rng.usize(1..4) {
            let (pattern, binds) = if is_tuple {
                match self.rng.u8(0..4) {
                    0 => ("{#ok, 3}".to_owned(), false),
                    1 => ("{1, _}".into(), false),
                    _ => (format!("{{{}, {name}}}", pick(self.rng, &["#ok", "#no", "_"])), true),
                }
            } else if self.one_in(2) {
                (self.rng.i32(-2..5).to_string(), false)
            } else {
                (name.clone(), true)
            };
            let variables: &[(&str, Type)] = if binds { &[(&name, Type::Integer)] } else { &[] };
            let guard = match self.rng.u8(0..3) {
                0 if binds => format!(" when: [{name} > {}]", self.rng.u8(0..4)),
                1 if binds => format!(" when: [{name} + 1 =:= {}]", self.rng.u8(0..6)),
                _ => String::new(),
            };
            let body = self.in_scope(variables, |w| w.arm(last));
            arms.push(format!("{pattern}{guard} -> {body}"));
        }
        if !self.one_in(30) {
            arms.push(format!("_ -> {}", self.arm(last)));
        }
        format!("({subject} match: [\n{}\n])", arms.join("\n"))
    }

    fn arm(&mut self, last: Last) -> String {
        let ty = match last {
            Last::Value(ty) => ty,
            Last::Nothing => Type::Integer,
        };
        if matches!(last, Last::Nothing) && self.one_in(8) {
            return format!("(^{})", self.value(self.method.answer));
        }
        match self.assignable(ty) {
            Some(name) if self.one_in(2) => format!("({name} := {})", self.value(ty)),
            _ => self.value(ty),
        }
    }

    // Sends to the own object

    fn arguments(&mut self, method: &Method) -> Vec<String> {
        method.parameters.iter().map(|&ty| if ty == Type::Block { self.block_argument() } else { self.value(ty) }).collect()
    }

    fn block_argument(&mut self) -> String {
        match self.readable(Type::Block) {
            Some(name) if self.one_in(2) => name,
            _ => self.block(&[Type::Integer], Context::Passed, 10, Last::Value(Type::Integer)),
        }
    }

    /// An earlier method of this side with this answer.
    fn own_method(&mut self, side: Side, ty: Type, below: usize) -> Option<Method> {
        let fit: Vec<&Method> = self.family.of_side(side).filter(|m| m.answer == ty && m.index < below).collect();
        let method = fit.get(self.rng.usize(0..fit.len().max(1)))?.to_owned().clone();
        // The receiver may be of a class that overrides it, and that calls what it overrides.
        self.afford(method.limit() * 3).then_some(method)
    }

    pub(super) fn own_send(&mut self, ty: Type) -> Option<String> {
        let method = self.own_method(self.method.side, ty, self.method.index)?;
        let arguments = self.arguments(&method);
        Some(format!("(self {})", method.message(&arguments)))
    }

    /// From an instance to its class, whose methods know no instances.
    fn class_send(&mut self) -> Option<String> {
        let method = self.own_method(Side::Class, Type::Integer, self.method.index)?;
        let arguments = self.arguments(&method);
        Some(format!("(self class {})", method.message(&arguments)))
    }

    /// The method that is overridden.
    pub(super) fn super_send(&mut self, ty: Type) -> Option<String> {
        let method = self.method.clone();
        if method.answer != ty || self.level == 0 || !self.afford(method.limit() * self.level as u32) {
            return None;
        }
        let arguments = self.arguments(&method);
        Some(format!("(super {})", method.message(&arguments)))
    }

    fn cascade_on_value(&mut self) -> String {
        let list = self.value(Type::List);
        match self.rng.u8(0..4) {
            0 => format!("({list} isEmpty; size)"),
            1 if self.may_loop() => {
                format!("({list} do: {}; size)", self.block(&[Type::Integer], Context::Passed, 4, Last::Nothing))
            }
            2 => format!("(({} + 1) max: {}; class; yourself)", self.value(Type::Integer), self.value(Type::Integer)),
            _ => format!("({} max: 3; min: {})", self.value(Type::Integer), self.value(Type::Integer)),
        }
    }

    pub(super) fn cascade(&mut self) -> String {
        let answer = [Type::Integer, Type::Text, Type::List][self.rng.usize(0..3)];
        let first = self.own_method(self.method.side, answer, self.method.index);
        let second = self.own_method(self.method.side, Type::Integer, self.method.index);
        let (Some(first), Some(second)) = (first, second) else { return self.cascade_on_value() };
        let (one, two) = (self.arguments(&first), self.arguments(&second));
        let middle = match self.rng.u8(0..3) {
            0 => "; class".to_owned(),
            1 => format!("; {}", self.helper_send()),
            _ => String::new(),
        };
        format!("self {}{middle}; {}", first.message(&one), second.message(&two))
    }

    /// What has no other place.
    pub(super) fn odd_statement(&mut self) -> String {
        match self.rng.u8(0..7) {
            0 => format!("Transcript show: {}", self.value(Type::Text)),
            1 if self.level > 0 => self.super_send(self.method.answer).unwrap_or_else(|| self.assignment()),
            2 => {
                let caught = self.block(&[], Context::Open, 1, Last::Nothing);
                format!("[(DiffFixture spawn fail) await] on: Error do: {caught}")
            }
            3 if self.family.is_actor || self.method.side == Side::Class => self.field_assignment(),
            4 if !self.family.is_actor => format!("DiffRoot new: #{{#n => {}}}", self.value(Type::Integer)),
            _ => {
                // A block that assigns, handed to a block.
                let block = self.block(&[], Context::Passed, 1, Last::Value(Type::Integer));
                format!("v0 := [:z | z value]\nv0 value: {block}")
            }
        }
    }
}
