//! Statements and expressions that follow the rules of names, contexts and arities.

use fastrand::Rng;

use super::pick;

const NAMES: &[&str] = &["a", "b", "c", "n", "acc", "total", "item", "e", "_t", "state", "receive", "fun", "x", "list", "count"];
const OPERATORS: &[&str] =
    &["+", "-", "*", "/", "%", "**", "++", "==", "/=", "=:=", "=/=", "<", ">", "<=", ">=", "->", "+", "-", "<", "=="];
const UNARY: &[&str] = &[
    "size",
    "printString",
    "isNil",
    "notNil",
    "class",
    "yourself",
    "hash",
    "isEmpty",
    "first",
    "abs",
    "negated",
    "asString",
    "value",
    "not",
    "foo",
    "await",
    "reversed",
    "isEven",
    "unknownThing",
    "keys",
    "new",
    "isBoolean",
    "message",
    "Upper",
    "asFloat",
];
const KEYWORD: &[&str] = &[
    "max:",
    "min:",
    "div:",
    "foo:",
    "value:",
    "add:",
    "bar:baz:",
    "value:value:",
    "at:put:",
    "xor:",
    "equals:",
    "copyWith:",
    "a:b:c:d:",
    "remove:",
    "perform:withArguments:",
    "asType2:",
    "value:value:value:",
];
const CLASSES: &[&str] = &[
    "Object",
    "Integer",
    "String",
    "List",
    "Probe",
    "Error",
    "Erlang",
    "Unknown",
    "Transcript",
    "Beamtalk",
    "Set",
    "Exception",
    "Workspace",
];
const LITERALS: &[&str] = &[
    "0",
    "1",
    "2",
    "-1",
    "42",
    "123456789012345678901234567890",
    "16rFF",
    "36rzz",
    "2r1011",
    "1.5",
    "-0.0",
    "3.0",
    "6.02e23",
    "5e-3",
    "1E+4",
    "$a",
    "$\\n",
    "$ ",
    "$é",
    "$\"",
    "\"\"",
    "\"text\"",
    "\"a\"\"b\"",
    "\"\\{no\\}\"",
    "\"é 🚀 中\"",
    "\"back\\\\slash\"",
    "\"two\nlines\"",
    "\"\u{0}\u{7f}\u{2028}\"",
    "\"'\"",
    "#sym",
    "#at:put:",
    "#+",
    "#=/=",
    "#'it''s'",
    "#'héllo 中'",
    "#'two words'",
    "#''",
    "#Upper",
    "true",
    "false",
    "nil",
    "#()",
    "#[]",
    "#{}",
    "#(1, 2, 3)",
    "#[#a, \"b\", $c]",
    "#{a => 1, \"b\" => 2.5}",
    "#(1, 2 | #(3))",
];
const PATTERNS: &[&str] = &[
    "0",
    "1",
    "-1",
    "- 2",
    "1.5",
    "-2.5",
    "\"s\"",
    "\"é\"",
    "#ok",
    "#'it''s'",
    "$a",
    "true",
    "false",
    "nil",
    "_",
    "123456789012345678901",
];
const HANDLED: &[&str] = &["Error", "Exception", "RuntimeError", "TypeError", "nil", "Unknown"];
const COMMENTS: &[&str] = &[" /* c */ ", " // to the end [\n      ", "\n      ", "\n\n      ", " \t "];

/// On which side of a class, or outside of one, code stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Instance,
    Class,
    Workspace,
}

/// What code may refer to besides its variables.
#[derive(Clone)]
pub struct Home {
    pub side: Side,
    pub is_actor: bool,
    pub fields: Vec<String>,
    pub class_vars: Vec<String>,
    /// Selectors of the instance side and of the class side.
    pub methods: Vec<String>,
    pub class_methods: Vec<String>,
}

impl Home {
    pub fn workspace() -> Home {
        Home {
            side: Side::Workspace,
            is_actor: false,
            fields: Vec::new(),
            class_vars: Vec::new(),
            methods: Vec::new(),
            class_methods: Vec::new(),
        }
    }
}

/// What a block may assign (language §6.3), from free to strict.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Context {
    /// Control flow, or the receiver of a send.
    Open,
    /// Any other argument: no fields.
    Passed,
    /// The value of a variable: neither fields nor captured variables.
    Stored,
}

struct Scope {
    names: Vec<String>,
    context: Context,
}

/// How loosely an expression binds; each may stand where a looser one may.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Primary,
    Unary,
    Binary,
    Keyword,
    Match,
    Cascade,
    Assignment,
    Return,
}

type Piece = (String, Level);

pub struct Writer<'r> {
    pub rng: &'r mut Rng,
    /// Nodes that may still be made.
    fuel: u32,
    depth: u32,
    /// Interpolations around the place.
    quoted: u32,
    daring: bool,
    home: Home,
    scopes: Vec<Scope>,
}

impl<'r> Writer<'r> {
    pub fn new(rng: &'r mut Rng, fuel: u32, daring: bool, home: Home) -> Writer<'r> {
        Writer { rng, fuel, depth: 0, quoted: 0, daring, home, scopes: vec![Scope { names: Vec::new(), context: Context::Open }] }
    }

    pub fn declare(&mut self, name: &str) {
        let scope = self.scopes.last_mut().expect("the outermost scope stays");
        scope.names.push(name.to_owned());
    }

    pub fn refuel(&mut self, fuel: u32) {
        self.fuel = fuel;
    }

    /// An expression that may stand as an argument.
    pub fn argument(&mut self) -> String {
        self.expression(Level::Binary)
    }

    /// The same, with variables of its own.
    pub fn closed_argument(&mut self) -> String {
        self.scopes.push(Scope { names: Vec::new(), context: Context::Open });
        let text = self.argument();
        self.scopes.pop();
        text
    }

    pub fn statement(&mut self) -> String {
        match self.rng.u8(0..24) {
            0..=7 => self.assignment().0,
            8..=10 if self.may_assign_fields() => self.field_assignment().0,
            8..=14 => self.control().0,
            15 => format!("^{}", self.expression(Level::Assignment)),
            16 => format!("{} ifTrue: [^{}]", self.condition(), self.leaf()),
            17 if self.one_in(4) => "@expect all".into(),
            _ => self.expression(Level::Assignment),
        }
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.rng.u32(0..n) == 0
    }

    /// White space where an operand must follow.
    fn gap(&mut self) -> &'static str {
        if self.one_in(40) {
            pick(self.rng, COMMENTS)
        } else {
            " "
        }
    }

    /// An expression that binds at least as tightly as `level`; parentheses where needed.
    fn expression(&mut self, level: Level) -> String {
        let (text, own) = self.piece();
        if own > level || self.one_in(30) {
            format!("({text})")
        } else {
            text
        }
    }

    fn piece(&mut self) -> Piece {
        if self.fuel == 0 || self.depth > 8 {
            return (self.leaf(), Level::Primary);
        }
        self.fuel -= 1;
        self.depth += 1;
        let piece = match self.rng.u8(0..40) {
            0..=9 => (self.leaf(), Level::Primary),
            10..=12 => (self.collection(), Level::Primary),
            13 | 14 => (self.interpolation(), Level::Primary),
            15 | 16 => {
                let arity = self.rng.usize(0..3);
                (self.block(arity, Context::Stored), Level::Primary)
            }
            17..=19 => {
                let receiver = self.expression(Level::Unary);
                (format!("{receiver} {}", pick(self.rng, UNARY)), Level::Unary)
            }
            20..=24 => {
                let left = self.expression(Level::Binary);
                let (operator, gap) = (pick(self.rng, OPERATORS), self.gap());
                (format!("{left} {operator}{gap}{}", self.expression(Level::Unary)), Level::Binary)
            }
            25..=27 => self.keyword_send(),
            28..=30 => self.own_send(),
            31..=34 => self.control(),
            35 => self.cascade(),
            36 => self.matching(),
            37 => self.special(),
            38 if self.one_in(6) => (format!("^{}", self.expression(Level::Assignment)), Level::Return),
            38 if self.may_assign_fields() => self.field_assignment(),
            _ => self.assignment(),
        };
        self.depth -= 1;
        piece
    }

    fn leaf(&mut self) -> String {
        match self.rng.u8(0..10) {
            0..=2 => pick(self.rng, LITERALS).to_owned(),
            3 if self.home.side != Side::Workspace => "self".into(),
            4 | 5 => {
                let fields = match self.home.side {
                    Side::Instance => &self.home.fields,
                    Side::Class => &self.home.class_vars,
                    Side::Workspace => return pick(self.rng, LITERALS).to_owned(),
                };
                if fields.is_empty() {
                    return "nil".into();
                }
                let field = &fields[self.rng.usize(0..fields.len())];
                if self.home.side == Side::Instance && self.rng.u8(0..6) == 0 {
                    field.clone()
                } else {
                    format!("self.{field}")
                }
            }
            6 if self.one_in(3) => pick(self.rng, CLASSES).to_owned(),
            _ => {
                let names: Vec<&String> = self.scopes.iter().flat_map(|s| &s.names).collect();
                match names.len() {
                    0 => "1".into(),
                    n => names[self.rng.usize(0..n)].clone(),
                }
            }
        }
    }

    fn elements(&mut self, most: usize) -> Vec<String> {
        let length = self.rng.usize(0..=most);
        (0..length).map(|_| self.expression(Level::Binary)).collect()
    }

    fn collection(&mut self) -> String {
        if self.one_in(4) {
            let entries: Vec<String> = (0..self.rng.usize(0..5)).map(|_| self.entry()).collect();
            return format!("#{{{}}}", entries.join(", "));
        }
        let elements = self.elements(4);
        let comma = if self.one_in(10) && !elements.is_empty() { "," } else { "" };
        match self.rng.u8(0..4) {
            0 => format!("#[{}{comma}]", elements.join(", ")),
            1 if !elements.is_empty() => format!("#({} | {})", elements.join(", "), self.expression(Level::Unary)),
            _ => format!("#({}{comma})", elements.join(", ")),
        }
    }

    fn entry(&mut self) -> String {
        let key = match self.rng.u8(0..4) {
            0 => "key".to_owned(),
            1 => pick(self.rng, LITERALS).to_owned(),
            2 => format!("({})", self.expression(Level::Keyword)),
            _ => format!("({})", self.leaf()),
        };
        format!("{key} => {}", self.expression(Level::Binary))
    }

    fn interpolation(&mut self) -> String {
        if self.quoted > 0 {
            return self.leaf();
        }
        // Strings inside an interpolation may not interpolate themselves.
        self.quoted += 1;
        let mut text = String::from("\"");
        for _ in 0..self.rng.usize(1..4) {
            text.push_str(pick(self.rng, &["", "a", " é\\{", "\n", "\"\"", "}", "$"]));
            text.push_str(&format!("{{{}}}", self.expression(Level::Keyword)));
        }
        self.quoted -= 1;
        text.push('"');
        text
    }

    /// A block literal with its own scope.
    fn block(&mut self, arity: usize, context: Context) -> String {
        let arity = if self.daring && self.one_in(20) { self.rng.usize(0..4) } else { arity };
        let mut parameters: Vec<String> = Vec::new();
        while parameters.len() < arity {
            let name = pick(self.rng, NAMES);
            if !parameters.iter().any(|p| p == name) {
                parameters.push(name.to_owned());
            }
        }
        let head: String = parameters.iter().map(|p| format!(":{p} ")).collect();
        self.scopes.push(Scope { names: parameters, context });
        self.depth += 1;
        let length = if self.fuel == 0 || self.depth > 9 { self.rng.usize(0..2) } else { self.rng.usize(0..4) };
        let statements: Vec<String> = (0..length).map(|_| if self.depth > 9 { self.leaf() } else { self.statement() }).collect();
        self.depth -= 1;
        self.scopes.pop();
        let body = statements.join(if self.one_in(4) { "\n      " } else { ". " });
        let bar = if arity > 0 { "| " } else { "" };
        let period = if self.one_in(10) && !body.is_empty() { "." } else { "" };
        format!("[{head}{bar}{body}{period}]")
    }

    fn may_assign_fields(&mut self) -> bool {
        let names = match self.home.side {
            Side::Instance => &self.home.fields,
            Side::Class => &self.home.class_vars,
            Side::Workspace => return false,
        };
        !names.is_empty() && (self.scopes.iter().all(|s| s.context == Context::Open) || self.daring && self.one_in(10))
    }

    fn field_assignment(&mut self) -> Piece {
        let names = if self.home.side == Side::Class { &self.home.class_vars } else { &self.home.fields };
        let name = names[self.rng.usize(0..names.len())].clone();
        let value = self.expression(Level::Assignment);
        (format!("self.{name} := {value}"), Level::Assignment)
    }

    fn assignment(&mut self) -> Piece {
        let name = self.target();
        let visible = self.scopes.iter().any(|s| s.names.contains(&name));
        // A variable may be read on the right of its first assignment; that fails at run time only.
        let early = !visible && self.one_in(8);
        if early {
            self.declare(&name);
        }
        let gap = self.gap();
        let value = self.expression(Level::Assignment);
        if !visible && !early {
            self.declare(&name);
        }
        (format!("{name} :={gap}{value}"), Level::Assignment)
    }

    /// A name that may be assigned here: a visible variable no stored block stands in front of, or a new one.
    fn target(&mut self) -> String {
        let innermost = self.scopes.iter().rposition(|s| s.context == Context::Stored).unwrap_or(0);
        let free: Vec<String> = self.scopes[innermost..].iter().flat_map(|s| s.names.iter().cloned()).collect();
        if !free.is_empty() && !self.one_in(3) || self.daring && self.one_in(10) {
            if let Some(name) = free.get(self.rng.usize(0..free.len().max(1))) {
                return name.clone();
            }
        }
        let hidden: Vec<&String> = self.scopes[..innermost].iter().flat_map(|s| &s.names).collect();
        let new: Vec<&str> = NAMES.iter().copied().filter(|n| !hidden.iter().any(|h| h == n)).collect();
        if new.is_empty() {
            return "fresh".into();
        }
        pick(self.rng, &new).to_owned()
    }

    fn send(&mut self, receiver: &str, selector: &str, context: Context) -> Piece {
        if selector.ends_with(':') {
            let mut text = receiver.to_owned();
            for part in selector.split_inclusive(':') {
                let before = if self.one_in(60) { "\n      " } else { " " };
                let gap = self.gap();
                let argument = if self.one_in(4) {
                    let arity = if matches!(selector, "do:" | "collect:") { 1 } else { self.rng.usize(0..3) };
                    self.block(arity, context)
                } else {
                    self.expression(Level::Binary)
                };
                text.push_str(&format!("{before}{part}{gap}{argument}"));
            }
            (text, Level::Keyword)
        } else if selector.starts_with(|c: char| c.is_ascii_alphabetic()) {
            (format!("{receiver} {selector}"), Level::Unary)
        } else {
            (format!("{receiver} {selector} {}", self.expression(Level::Unary)), Level::Binary)
        }
    }

    fn keyword_send(&mut self) -> Piece {
        let receiver = self.expression(Level::Binary);
        let selector = pick(self.rng, KEYWORD);
        self.send(&receiver, selector, Context::Passed)
    }

    /// A message to the object itself, its class or its superclass.
    fn own_send(&mut self) -> Piece {
        let (methods, class_methods) = (self.home.methods.clone(), self.home.class_methods.clone());
        let (receiver, selectors) = match (self.home.side, self.rng.u8(0..6)) {
            (Side::Workspace, _) => ("Probe", vec!["make".to_owned(), "spawn".into()]),
            (Side::Instance, 0) => ("super", methods),
            (Side::Class, 0) => ("super", class_methods),
            (Side::Instance, 1) => ("self class", class_methods),
            (_, 2) => ("Probe", class_methods),
            (Side::Class, 3) => ("self", vec![if self.home.is_actor { "spawn".into() } else { "new".to_owned() }]),
            (Side::Class, _) => ("self", class_methods),
            (Side::Instance, _) => ("self", methods),
        };
        let selector =
            if selectors.is_empty() { "printString".to_owned() } else { selectors[self.rng.usize(0..selectors.len())].clone() };
        self.send(receiver, &selector, Context::Passed)
    }

    fn condition(&mut self) -> String {
        match self.rng.u8(0..4) {
            0 => pick(self.rng, &["true", "false"]).to_owned(),
            1 => format!("({})", self.expression(Level::Keyword)),
            _ => {
                let left = self.expression(Level::Unary);
                format!("{left} {} {}", pick(self.rng, &["<", ">", "==", "=:=", "<="]), self.expression(Level::Unary))
            }
        }
    }

    /// A block where one is expected: usually a literal.
    fn block_argument(&mut self, arity: usize, context: Context) -> String {
        match self.rng.u8(0..16) {
            0 => self.leaf(),
            1 => format!("({})", self.block(arity, context)),
            _ => self.block(arity, context),
        }
    }

    /// The messages that the compiler knows: conditions, loops, handlers.
    fn control(&mut self) -> Piece {
        use Context::{Open, Passed};
        let zero_or_one = self.rng.usize(0..2);
        let text = match self.rng.u8(0..26) {
            0 | 1 => format!("{} ifTrue: {}", self.condition(), self.block_argument(0, Open)),
            2 => format!("{} ifFalse: {}", self.condition(), self.block_argument(0, Open)),
            3 | 4 => {
                let condition = self.condition();
                let first = self.block_argument(0, Open);
                format!("{condition} ifTrue: {first} ifFalse: {}", self.block_argument(0, Open))
            }
            5 => format!("{} ifNil: {}", self.expression(Level::Binary), self.block_argument(0, Open)),
            6 => format!("{} ifNotNil: {}", self.expression(Level::Binary), self.block_argument(zero_or_one, Open)),
            7 => {
                let receiver = self.expression(Level::Binary);
                let first = self.block_argument(0, Open);
                format!("{receiver} ifNil: {first} ifNotNil: {}", self.block_argument(zero_or_one, Open))
            }
            8 => {
                let receiver = self.expression(Level::Binary);
                let first = self.block_argument(zero_or_one, Passed);
                format!("{receiver} ifNotNil: {first} ifNil: {}", self.block_argument(0, Passed))
            }
            9 | 10 => {
                let test = self.block(0, Open);
                let loop_ = pick(self.rng, &["whileTrue:", "whileFalse:"]);
                format!("{test} {loop_} {}", self.block_argument(0, Open))
            }
            11 => format!("{} timesRepeat: {}", self.expression(Level::Unary), self.block_argument(0, Open)),
            12 | 13 => {
                let from = self.expression(Level::Unary);
                let to = self.expression(Level::Unary);
                format!("{from} to: {to} do: {}", self.block_argument(1, Open))
            }
            14 => {
                let from = self.expression(Level::Unary);
                let to = self.expression(Level::Unary);
                let by = pick(self.rng, &["1", "-1", "2", "0", "0.5", "x", "list size"]);
                let by = if by.starts_with(['x', 'l']) { self.leaf() } else { by.to_owned() };
                format!("{from} to: {to} by: {by} do: {}", self.block_argument(1, Open))
            }
            15 | 16 => {
                let receiver = self.expression(Level::Binary);
                let selector = pick(self.rng, &["do:", "do:", "collect:", "select:", "reject:"]);
                format!("{receiver} {selector} {}", self.block_argument(1, Open))
            }
            17 => {
                let receiver = self.expression(Level::Binary);
                let start = self.expression(Level::Binary);
                format!("{receiver} inject: {start} into: {}", self.block_argument(2, Open))
            }
            18 | 19 => {
                let body = self.block(0, Open);
                let class = pick(self.rng, HANDLED);
                format!("{body} on: {class} do: {}", self.block_argument(zero_or_one, Open))
            }
            20 => {
                let body = self.block(0, Open);
                format!("{body} ensure: {}", self.block_argument(0, Open))
            }
            21 => {
                let receiver = self.expression(Level::Unary);
                format!("{receiver} {} {}", pick(self.rng, &["and:", "or:"]), self.block_argument(0, Passed))
            }
            22 => {
                let receiver = self.expression(Level::Binary);
                let selector = pick(self.rng, &["detect:", "anySatisfy:", "allSatisfy:", "groupBy:", "partition:"]);
                format!("{receiver} {selector} {}", self.block_argument(1, Passed))
            }
            23 => {
                let receiver = self.expression(Level::Binary);
                if self.one_in(2) {
                    let first = self.block(1, Passed);
                    format!("{receiver} detect: {first} ifNone: {}", self.block(0, Passed))
                } else {
                    let selector = pick(self.rng, &["eachWithIndex:", "sortWith:", "keysAndValuesDo:"]);
                    format!("{receiver} {selector} {}", self.block_argument(2, Passed))
                }
            }
            24 => {
                let arity = self.rng.usize(0..4);
                let block = self.block(arity, Open);
                return match arity {
                    0 => (format!("{block} {}", pick(self.rng, &["value", "value", "repeat"])), Level::Unary),
                    n => self.send(&block, &"value:".repeat(n), Passed),
                };
            }
            _ => {
                let class = if self.home.is_actor { "Probe spawnWith:" } else { "Probe new:" };
                format!("{class} #{{count => {}}}", self.expression(Level::Binary))
            }
        };
        (text, Level::Keyword)
    }

    fn cascade(&mut self) -> Piece {
        let receiver = match self.rng.u8(0..4) {
            0 if self.home.side != Side::Workspace => pick(self.rng, &["self", "self", "super"]).to_owned(),
            _ => self.expression(Level::Unary),
        };
        let mut messages = Vec::new();
        for position in 0..self.rng.usize(2..5) {
            let selector = if position > 0 && self.one_in(2) { pick(self.rng, UNARY) } else { pick(self.rng, KEYWORD) };
            messages.push(self.send("", selector, Context::Passed).0.trim_start().to_owned());
        }
        let joint = if self.one_in(4) { ";\n      " } else { "; " };
        (format!("{receiver} {}", messages.join(joint)), Level::Cascade)
    }

    fn matching(&mut self) -> Piece {
        let subject = self.expression(Level::Binary);
        let mut arms = Vec::new();
        for _ in 0..self.rng.usize(1..5) {
            let mut bound = Vec::new();
            let pattern = self.pattern(&mut bound, 0);
            self.scopes.push(Scope { names: bound, context: Context::Open });
            let guard = match self.rng.u8(0..4) {
                0 => {
                    let left = self.leaf();
                    let right = if self.daring { self.expression(Level::Unary) } else { self.leaf() };
                    format!(" when: [{left} {} {right}]", pick(self.rng, &["<", ">", "=:=", "/=", "<=", "=="]))
                }
                _ => String::new(),
            };
            let body = self.expression(Level::Keyword);
            self.scopes.pop();
            arms.push(format!("{pattern}{guard} -> {body}"));
        }
        let joint = if self.one_in(3) { "\n      " } else { "; " };
        (format!("{subject} match: [{}]", arms.join(joint)), Level::Match)
    }

    fn pattern(&mut self, bound: &mut Vec<String>, depth: u32) -> String {
        match self.rng.u8(0..6) {
            0 | 1 => {
                let name = pick(self.rng, NAMES);
                if bound.iter().any(|b| b == name) {
                    return "_".into();
                }
                bound.push(name.to_owned());
                name.to_owned()
            }
            2 if depth < 3 => {
                let length = self.rng.usize(0..4);
                let parts: Vec<String> = (0..length).map(|_| self.pattern(bound, depth + 1)).collect();
                format!("{{{}}}", parts.join(", "))
            }
            _ => pick(self.rng, PATTERNS).to_owned(),
        }
    }

    /// Sends with a fixed meaning, and calls of Erlang.
    fn special(&mut self) -> Piece {
        match self.rng.u8(0..12) {
            0 => return ("Erlang erlang node".into(), Level::Unary),
            1 => return ("Probe >> #go".into(), Level::Binary),
            _ => {}
        }
        let inner = self.expression(Level::Binary);
        let text = match self.rng.u8(0..10) {
            0 => format!("Erlang lists reverse: {inner}"),
            1 => format!("Erlang maps get: {inner} with: {}", self.expression(Level::Binary)),
            2 => format!("{inner} perform: #foo"),
            3 => format!("{inner} perform: #'foo:' withArguments: #({})", self.expression(Level::Binary)),
            4 => format!("{inner} respondsTo: #size"),
            5 => format!("{inner} fieldAt: #count"),
            6 => format!("{inner} asType: Integer"),
            7 => format!("{inner} await: 100"),
            8 => format!("{inner} error: \"no\""),
            _ => format!("{inner} value: {inner}"),
        };
        (text, Level::Keyword)
    }
}
