//! Statements and expressions that follow the rules of names, contexts and arities.

mod control;
mod words;

use fastrand::Rng;

use super::pick;
use words::{CLASSES, COMMENTS, KEYWORD, LITERALS, NAMES, OPERATORS, UNARY};

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
}
