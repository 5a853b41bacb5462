//! Programs that are mostly valid: classes, workspace input, methods on their own. They are what reaches code generation.

use fastrand::Rng;

use super::expressions::{Home, Side, Writer};
use super::pick;
use crate::targets::KNOWN_VARIABLES;

const FIELDS: &[&str] = &["count", "name", "items", "last", "x", "state", "value"];
const CLASS_VARIABLES: &[&str] = &["made", "limit", "cache"];
const TYPES: &[&str] = &["Integer", "String", "List", "Object", "Integer | Nil", "Unknown", "Block", "Boolean", "Probe"];
/// Selectors of methods: names of their own, names the library or the runtime knows, operators.
const SELECTORS: &[&str] = &[
    "go",
    "run:",
    "step:with:",
    "at:put:",
    "each:do:",
    "value",
    "value:",
    "size",
    "do:",
    "printString",
    "describe",
    "initialize",
    "class",
    "+",
    "-",
    "<",
    ">=",
    "++",
    "**",
    "%",
    "setUp",
    "testAll",
    "a:b:c:d:",
    "module_info",
    "new",
    "stop:",
    "match",
    "dispatch:",
    "collect:",
    "asString",
    "doesNotUnderstand:args:",
    "terminate:",
];
const CLASS_SELECTORS: &[&str] =
    &["make", "with:", "reset", "create:and:", "made", "describe", "default", "+", "new:with:", "value"];
const SUPERCLASSES: &[&str] = &[
    "Object",
    "Object",
    "Object",
    "Actor",
    "Actor",
    "Actor",
    "Collection",
    "TestCase",
    "Error",
    "Exception",
    "Unknown",
    "Shape",
];
const DOCS: &[&str] =
    &["/// A probe.\n", "/// Says \"é 🚀\" and \\ too.\n///\n/// Twice.\n", "// no doc\n", "/* neither */\n", "////\n"];

/// One program.
pub fn program(rng: &mut Rng) -> String {
    // Small programs are many; some faults need a large one.
    let most = [30, 60, 250][rng.usize(0..3)];
    let mut program = Program { daring: rng.u8(0..8) == 0, fuel: rng.u32(5..most), rng };
    match program.rng.u8(0..20) {
        0..=8 => program.class(),
        9 => {
            let class = program.class();
            format!("{class}\n{}", program.standalone())
        }
        10 | 11 => program.standalone(),
        12 => program.long(),
        _ => program.input(),
    }
}

struct Program<'r> {
    rng: &'r mut Rng,
    /// Now and then breaks a rule of the language.
    daring: bool,
    fuel: u32,
}

impl Program<'_> {
    fn one_in(&mut self, n: u32) -> bool {
        self.rng.u32(0..n) == 0
    }

    fn some<'a>(&mut self, from: &[&'a str], most: usize) -> Vec<&'a str> {
        let mut all: Vec<&str> = from.to_vec();
        self.rng.shuffle(&mut all);
        all.truncate(self.rng.usize(0..=most.min(from.len())));
        all
    }

    fn writer(&mut self, home: Home) -> Writer<'_> {
        Writer::new(self.rng, self.fuel, self.daring, home)
    }

    /// Statements of the workspace over its variables.
    fn input(&mut self) -> String {
        let mut writer = self.writer(Home::workspace());
        for name in KNOWN_VARIABLES {
            writer.declare(name);
        }
        let length = writer.rng.usize(1..8);
        let statements: Vec<String> = (0..length).map(|_| writer.statement()).collect();
        statements.join(if self.one_in(3) { ". " } else { "\n" })
    }

    fn class(&mut self) -> String {
        let superclass = pick(self.rng, SUPERCLASSES);
        let is_actor = superclass == "Actor";
        let fields: Vec<String> = self.some(FIELDS, 4).into_iter().map(str::to_owned).collect();
        let class_vars: Vec<String> = self.some(CLASS_VARIABLES, 2).into_iter().map(str::to_owned).collect();
        let methods: Vec<String> = self.some(SELECTORS, 6).into_iter().map(str::to_owned).collect();
        let class_methods: Vec<String> = self.some(CLASS_SELECTORS, 3).into_iter().map(str::to_owned).collect();
        let home = Home { side: Side::Instance, is_actor, fields, class_vars, methods, class_methods };

        let mut out = String::new();
        if self.one_in(4) {
            out.push_str(pick(self.rng, DOCS));
        }
        for modifier in ["abstract ", "sealed ", "typed "] {
            if self.one_in(12) {
                out.push_str(modifier);
            }
        }
        out.push_str(&format!("{superclass} subclass: Probe\n"));
        for (keyword, names) in [("state", &home.fields), ("classState", &home.class_vars)] {
            for name in names {
                out.push_str(&self.field(keyword, name));
            }
        }
        let mut members: Vec<(Side, &String)> = home.methods.iter().map(|m| (Side::Instance, m)).collect();
        members.extend(home.class_methods.iter().map(|m| (Side::Class, m)));
        self.rng.shuffle(&mut members);
        let between = if self.one_in(3) { "\n\n" } else { "\n" };
        for (side, selector) in members {
            out.push_str(between);
            if self.one_in(8) {
                out.push_str("  ");
                out.push_str(pick(self.rng, DOCS));
            }
            out.push_str("  ");
            if side == Side::Class {
                out.push_str("class ");
            }
            if self.one_in(15) {
                out.push_str("sealed ");
            }
            out.push_str(&self.method(Home { side, ..home.clone() }, selector));
        }
        out
    }

    fn field(&mut self, keyword: &str, name: &str) -> String {
        let ty = if self.one_in(3) { format!(": {}", pick(self.rng, TYPES)) } else { String::new() };
        let default = match self.rng.u8(0..3) {
            0 => String::new(),
            1 => " = 0".to_owned(),
            _ => {
                let mut writer = Writer::new(self.rng, 6, self.daring, Home::workspace());
                format!(" = {}", writer.argument())
            }
        };
        format!("  {keyword}: {name}{ty}{default}\n")
    }

    /// Header, arrow and body.
    fn method(&mut self, home: Home, selector: &str) -> String {
        let typed = self.one_in(3);
        let mut parameters = Vec::new();
        let mut header = String::new();
        let parts: Vec<&str> = if selector.ends_with(':') { selector.split_inclusive(':').collect() } else { vec![selector] };
        let takes_arguments = selector.ends_with(':') || !selector.starts_with(|c: char| c.is_ascii_alphabetic());
        for (position, part) in parts.iter().enumerate() {
            if position > 0 {
                header.push(' ');
            }
            header.push_str(part);
            if takes_arguments {
                let name = ["k", "other", "items", "x"][position % 4].to_owned();
                header.push_str(&format!(" {name}"));
                if typed {
                    header.push_str(&format!(": {}", pick(self.rng, &TYPES[..4])));
                }
                parameters.push(name);
            }
        }
        // After `class`, an arrow would be the selector of a class method.
        if typed && selector != "class" {
            header.push_str(&format!(" -> {}", pick(self.rng, TYPES)));
        }
        let mut writer = self.writer(home);
        for parameter in &parameters {
            writer.declare(parameter);
        }
        let length = writer.rng.usize(1..6);
        let mut statements: Vec<String> = (0..length).map(|_| writer.statement()).collect();
        if writer.rng.u8(0..4) == 0 {
            statements.push(format!("^{}", writer.argument()));
        }
        let body = match self.rng.u8(0..3) {
            0 => statements.join(". "),
            1 => format!("\n    {}", statements.join("\n    ")),
            _ => format!("\n    {}.", statements.join(".\n    ")),
        };
        format!("{header} => {body}")
    }

    /// A method outside of its class, as the workspace takes it.
    fn standalone(&mut self) -> String {
        let class_side = self.one_in(3);
        let home = Home {
            side: if class_side { Side::Class } else { Side::Instance },
            is_actor: false,
            fields: vec!["count".into()],
            class_vars: vec!["made".into()],
            methods: vec!["go".into(), "count".into()],
            class_methods: vec!["make".into()],
        };
        let selector = pick(self.rng, if class_side { CLASS_SELECTORS } else { SELECTORS });
        let method = self.method(home, selector);
        format!("Probe {}>> {method}", if class_side { "class " } else { "" })
    }

    /// Much of one thing: what is cut into parts, or goes deep.
    fn long(&mut self) -> String {
        self.fuel = 8;
        let kind = self.rng.u8(0..14);
        let mut writer = self.writer(Home::workspace());
        for name in KNOWN_VARIABLES {
            writer.declare(name);
        }
        let most = [100, 300, 1000][writer.rng.usize(0..3)];
        let n = writer.rng.usize(50..most);
        let mut repeat = |joint: &str, n: usize| {
            let pieces: Vec<String> = (0..n)
                .map(|_| {
                    writer.refuel(4);
                    writer.closed_argument()
                })
                .collect();
            pieces.join(joint)
        };
        let text = match kind {
            0 => format!("(x) + {}", repeat(" + ", n)),
            1 => format!("#({})", repeat(", ", n)),
            2 => format!("#[{}]", repeat(", ", n)),
            3 => (0..n).fold("x foo".to_owned(), |text, i| format!("{text}; at: {i} put: ({})", repeat("", 1))),
            4 => format!("\"{}\"", (0..n).map(|i| format!("{i} {{x}} ")).collect::<String>()),
            5 => format!("x match: [{}]", (0..n).map(|i| format!("{i} -> ({}); ", repeat("", 1))).collect::<String>()),
            6 => format!("#{{{}}}", (0..n).map(|i| format!("k{i} => {}", repeat("", 1))).collect::<Vec<_>>().join(", ")),
            7 => {
                let assigned = (0..n).map(|i| format!("v{i} := {}", repeat("", 1))).collect::<Vec<_>>().join("\n");
                let read = (0..n).map(|i| format!("v{i}")).collect::<Vec<_>>().join(", ");
                format!("{assigned}\n#({read})")
            }
            8 => {
                let steps = (0..n).map(|i| format!("x := x foo: {i}. list do: [:e | y := y + e + x]"));
                steps.collect::<Vec<_>>().join("\n")
            }
            9 => (0..n).map(|i| format!("x == {i} ifTrue: [^{}]", repeat("", 1))).collect::<Vec<_>>().join(". "),
            10 => {
                let depth = n % 60;
                (0..depth).fold("x := x + 1. y".to_owned(), |text, i| match i % 4 {
                    0 => format!("list do: [:e{i} | {text}]"),
                    1 => format!("x > {i} ifTrue: [{text}] ifFalse: [^y]"),
                    2 => format!("[{text}] on: Error do: [:e | y := e. ^x]"),
                    _ => format!("list collect: [:e | y := e. {text}]"),
                })
            }
            11 => (0..n % 60).fold("x".to_owned(), |text, _| format!("({text})")),
            12 => (0..n % 60).fold("x".to_owned(), |text, i| format!("#({text}, {i})")),
            _ => "x".to_owned() + &" size".repeat(n),
        };
        if self.one_in(2) {
            return text;
        }
        // The same inside a method, where a `^` leaves and fields change.
        let superclass = pick(self.rng, &["Object", "Actor"]);
        format!("{superclass} subclass: Probe\n  state: count = 0\n\n  go: x with: y and: list then: block =>\n    {text}\n    self.count := 1\n    x")
    }
}
