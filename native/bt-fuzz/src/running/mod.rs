//! Programs that are run: small hierarchies of classes whose methods end, mostly without failing, and the calls to be made.
//!
//! Unlike the generators of the loop, which only look for what the compiler accepts, this one knows the type of every variable, so that
//! most operations succeed, and counts the steps a method may take, so that every call comes to an end. A number follows from seed and
//! program number alone.

mod body;
mod values;

use std::fmt::Write as _;

use fastrand::Rng;

use body::Writer;

/// What a variable holds, as far as the generator is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Integer,
    Float,
    Text,
    Boolean,
    /// Of integers.
    List,
    /// An integer or nil.
    Maybe,
    /// Takes an integer and answers one.
    Block,
    /// Only looked at, never computed with.
    Any,
}

/// What may be handed to a parameter of each type: places in the list that `DiffFixture arguments` answers.
const ARGUMENTS: &str = "#(0, 1, -3, 7, 12, 2.5, -0.5, \"ab\", \"\", true, false, #(), #(3, 1, 2), #(5, -2, 5, 9), nil, 4,
    [:x | x + 1], [:x | t := x * 2. x > 3 ifTrue: [t - 1] ifFalse: [t]], #red, #[1, 2], #{#k => 1}, (Erlang erlang list_to_tuple: #(#ok, 3)), [7], #(\"z\", nil))";
const ARGUMENT_COUNT: usize = 24;

fn fitting(ty: Type) -> &'static [usize] {
    match ty {
        Type::Integer => &[0, 1, 2, 3, 4, 15],
        Type::Float => &[5, 6],
        Type::Text => &[7, 8],
        Type::Boolean => &[9, 10],
        Type::List => &[11, 12, 13],
        Type::Maybe => &[14, 15, 2],
        Type::Block => &[16, 17],
        Type::Any => &[0, 5, 7, 14, 18, 19, 20, 21, 22, 23],
    }
}

/// A class that every program may use: an actor to send messages to from outside, and the arguments of the calls.
pub fn fixture() -> String {
    format!(
        "Actor subclass: DiffFixture\n  state: held = 1\n\n  class arguments => {ARGUMENTS}\n  add: k =>\n    self.held := self.held + k\n    \
         self.held\n  held => self.held\n  fail =>\n    self.held := 99\n    self error: \"refused\"\n"
    )
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Instance,
    Class,
}

/// A method of the family: overridden in some classes, always with this shape.
#[derive(Clone, Debug)]
struct Method {
    side: Side,
    /// A method only sends to `self` what stands before it: so there is no recursion.
    index: usize,
    parameters: Vec<Type>,
    answer: Type,
}

impl Method {
    fn new(rng: &mut Rng, side: Side, index: usize) -> Method {
        let all = [
            Type::Integer,
            Type::Integer,
            Type::Integer,
            Type::Float,
            Type::Text,
            Type::Boolean,
            Type::List,
            Type::Maybe,
            Type::Block,
        ];
        let parameters = (0..rng.usize(0..3)).map(|_| all[rng.usize(0..all.len())]).collect();
        let answers = [Type::Integer, Type::Integer, Type::List, Type::Text, Type::Any, Type::Any];
        Method { side, index, parameters, answer: answers[rng.usize(0..answers.len())] }
    }

    fn selector_parts(&self) -> Vec<String> {
        let letter = if self.side == Side::Class { 'c' } else { 'm' };
        match self.parameters.len() {
            0 => vec![format!("{letter}{}", self.index)],
            n => (0..n).map(|i| if i == 0 { format!("{letter}{}:", self.index) } else { "and:".to_owned() }).collect(),
        }
    }

    fn selector(&self) -> String {
        self.selector_parts().concat()
    }

    /// The message with these arguments.
    fn message(&self, arguments: &[String]) -> String {
        let parts = self.selector_parts();
        if arguments.is_empty() {
            return parts.concat();
        }
        parts.iter().zip(arguments).map(|(part, argument)| format!("{part} {argument}")).collect::<Vec<_>>().join(" ")
    }

    /// Steps one activation may take at most.
    fn limit(&self) -> u32 {
        40 * 4u32.pow(self.index as u32)
    }
}

/// What all classes of a program have in common.
struct Family {
    is_actor: bool,
    methods: Vec<Method>,
}

impl Family {
    fn of_side(&self, side: Side) -> impl Iterator<Item = &Method> {
        self.methods.iter().filter(move |m| m.side == side)
    }
}

/// A call the runner makes; arguments are places in `DiffFixture arguments`.
struct Call {
    class: &'static str,
    side: Side,
    selector: String,
    arguments: Vec<usize>,
}

/// A program: a class to a file, superclass first, and the calls as a file of Erlang terms.
pub struct Program {
    pub classes: Vec<(&'static str, String)>,
    calls: Vec<Call>,
}

const CLASSES: &[&str] = &["DiffRoot", "DiffMiddle", "DiffLeaf"];

/// Own methods that take blocks, on both sides of the class.
const HELPERS: &[&str] = &[
    "each: list do: block => list do: [:x | block value: x]",
    "twice: block =>\n    block value\n    block value",
    "relay: block => self twice: block",
    "fold: list with: block =>\n    acc := 0\n    list do: [:x | acc := block value: acc value: x]\n    acc",
    "try: block => [block value] on: Error do: [:e | e message]",
    "always: block =>\n    done := 0\n    [block value] ensure: [done := done + 1]",
    "apply: block to: x => block value: x",
];

/// Program number `number` of a seed.
pub fn program(seed: u64, number: u64) -> Program {
    let mut rng = crate::generate::rng(seed, number);
    let (instance, class) = (rng.usize(3..6), rng.usize(1..4));
    let mut methods: Vec<Method> = (0..instance).map(|i| Method::new(&mut rng, Side::Instance, i)).collect();
    methods.extend((0..class).map(|i| Method::new(&mut rng, Side::Class, i)));
    let family = Family { is_actor: rng.u8(0..5) < 2, methods };
    let count = rng.usize(1..=CLASSES.len());
    let mut classes = Vec::new();
    let mut calls = Vec::new();
    for (level, &name) in CLASSES[..count].iter().enumerate() {
        let above = if level == 0 {
            if family.is_actor {
                "Actor"
            } else {
                "Object"
            }
        } else {
            CLASSES[level - 1]
        };
        classes.push((name, class_text(&mut rng, &family, level, above)));
        for method in &family.methods {
            for _ in 0..4 {
                calls.push(call(&mut rng, name, method));
            }
        }
    }
    Program { classes, calls }
}

fn call(rng: &mut Rng, class: &'static str, method: &Method) -> Call {
    let unfit = rng.u8(0..10) == 0;
    let argument = |rng: &mut Rng, ty: &Type| {
        let choice = fitting(*ty);
        if unfit {
            rng.usize(0..ARGUMENT_COUNT)
        } else {
            choice[rng.usize(0..choice.len())]
        }
    };
    let arguments = method.parameters.iter().map(|ty| argument(rng, ty)).collect();
    Call { class, side: method.side, selector: method.selector(), arguments }
}

fn class_text(rng: &mut Rng, family: &Family, level: usize, above: &str) -> String {
    let mut out = format!("{above} subclass: {}\n", CLASSES[level]);
    if level == 0 {
        out.push_str("  state: n = 2\n  state: label = \"l\"\n  state: items = #(4, 6)\n  classState: made = 3\n  classState: log = #(8)\n\n");
        for helper in HELPERS {
            let _ = writeln!(out, "  {helper}\n  class {helper}");
        }
    } else {
        let _ = write!(out, "  state: extra{level} = {level} + 1\n\n");
    }
    for method in &family.methods {
        if level == 0 || rng.u8(0..3) == 0 {
            out.push_str(&method_text(rng, family, method, level));
        }
    }
    out
}

fn method_text(rng: &mut Rng, family: &Family, method: &Method, level: usize) -> String {
    let names: Vec<String> = (0..method.parameters.len()).map(|i| ["p", "q"][i].to_owned()).collect();
    let class = if method.side == Side::Class { "class " } else { "" };
    let mut writer = Writer::new(rng, family, method, level);
    for (name, ty) in names.iter().zip(&method.parameters) {
        writer.declare(name, *ty);
    }
    let body = indented(&writer.method_body());
    format!("  {class}{} =>\n{body}", method.message(&names))
}

/// Line breaks separate statements; the indentation is for people.
fn indented(lines: &[String]) -> String {
    let mut out = String::new();
    let mut depth = 2;
    for line in lines.iter().flat_map(|text| text.lines()) {
        let closing = line.starts_with([']', ')', '}']);
        let opened = line.matches('[').count() as i32 - line.matches(']').count() as i32;
        let _ = writeln!(out, "{}{line}", "  ".repeat((depth - i32::from(closing)).max(2) as usize));
        depth += opened;
    }
    out
}

impl Program {
    /// The calls as `file:consult/1` reads them.
    pub fn calls_text(&self) -> String {
        let mut out = String::new();
        for Call { class, side, selector, arguments } in &self.calls {
            let side = if *side == Side::Class { "class" } else { "instance" };
            let _ = writeln!(out, "{{'{class}', {side}, '{selector}', {arguments:?}}}.");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_a_seed_is_always_the_same_program() {
        for number in 0..20 {
            let (one, again) = (program(7, number), program(7, number));
            assert_eq!((one.calls_text(), &one.classes), (again.calls_text(), &again.classes));
        }
    }

    #[test]
    fn every_type_has_arguments_that_are_there() {
        let all = [Type::Integer, Type::Float, Type::Text, Type::Boolean, Type::List, Type::Maybe, Type::Block, Type::Any];
        assert!(all.iter().all(|&ty| fitting(ty).iter().all(|&place| place < ARGUMENT_COUNT)));
    }
}
