//! The messages that the compiler knows: conditions, loops, handlers, cascades, `match:`.

use super::words::{HANDLED, KEYWORD, NAMES, PATTERNS, UNARY};
use super::{pick, Context, Level, Piece, Scope, Side, Writer};

impl Writer<'_> {
    pub(super) fn condition(&mut self) -> String {
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
    pub(super) fn control(&mut self) -> Piece {
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

    pub(super) fn cascade(&mut self) -> Piece {
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

    pub(super) fn matching(&mut self) -> Piece {
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
    pub(super) fn special(&mut self) -> Piece {
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
