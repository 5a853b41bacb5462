//! Code that comes back changed: a block's portable form is bytes in somebody else's hands. Whatever they have become is refused, or runs without harm.
//!
//! `MUTATIONS=1000000` tries that many; tests are built with the machine's own checks of registers, so what the verifier lets through wrongly panics, and a session
//! that panicked answers `lost`.

use bt_wire::{etf, Hosted, Term};

/// Inputs that ask the host for something with a block among the operands.
const SOURCES: &[&str] = &[
    "Erlang lists map: [:x | x * 2 + 1] with: #(1, 2)",
    "Erlang lists map: [:x | sum := 0. 1 to: x do: [:i | sum := sum + (i % 3)]. sum] with: #(1)",
    "Erlang lists map: [:x | x match: [{#ok, y} -> y; 1 -> \"one\"; z -> z printString]] with: #(1)",
    "Erlang lists map: [:x | [10 / x] on: Error do: [:e | e message]] with: #(0)",
    "Erlang lists map: [:x | [x foo] ensure: [x size]] with: #(1)",
    "a := 5. b := \"t\". Erlang lists map: [:x | a := a + x. \"{b} {a}\" ++ b] with: #(1)",
    "Erlang lists map: [:x | #{#a => x, 2 => #(x, x | #(3))}] with: #(1)",
    "Erlang lists map: [:x | n := x. [n > 0] whileTrue: [n := n - 1]. (x > 3 and: [x < 9]) ifTrue: [#[1, 2]] ifFalse: [nil ifNil: [x]]] with: #(4)",
    "Erlang lists map: [:x | [:y | [:z | x + y + z] value: 1] value: 2] with: #(1)",
    "Erlang lists map: [:x | Exception new signal: x printString; yourself] with: #(1)",
];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

fn request(name: &'static str, parts: Vec<Term<'_>>) -> Vec<u8> {
    let mut all = vec![Term::atom(name)];
    all.extend(parts);
    let mut bytes = Vec::new();
    etf::encode(&Term::Tuple(all), &mut bytes);
    bytes
}

/// What the reply is called.
fn word(reply: &[u8]) -> String {
    match etf::decode(reply) {
        Ok(Term::Tuple(parts)) => match &parts[1] {
            Term::Atom(word) => word.to_string(),
            Term::Tuple(inner) => inner[0].as_atom().unwrap_or("?").to_owned(),
            other => panic!("a reply: {other:?}"),
        },
        other => panic!("a reply: {other:?}"),
    }
}

/// The portable form of the first block in the term: code, receiver and captured values as bytes.
fn portable(term: &Term<'_>) -> Option<(Vec<u8>, Vec<u8>)> {
    match term {
        Term::Tuple(parts) => match parts.as_slice() {
            [Term::Atom(tag), _, _, Term::Tuple(form)] if tag == "$bt_block" => {
                let mut values = Vec::new();
                etf::encode(&form[1], &mut values);
                Some((form[0].bytes()?.into_owned(), values))
            }
            _ => parts.iter().find_map(portable),
        },
        Term::List(parts) => parts.iter().find_map(portable),
        _ => None,
    }
}

fn blocks() -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut hosted = Hosted::new(1 << 26);
    let block = |source: &&str| {
        let reply = hosted.serve(&request("run", vec![Term::Int(100_000), Term::text(*source), Term::Map(Vec::new())]));
        let term = etf::decode(&reply).expect("a reply");
        let found = portable(&term).unwrap_or_else(|| panic!("{source}: {term:?}"));
        hosted.serve(&request("reset", Vec::new()));
        found
    };
    SOURCES.iter().map(block).collect()
}

/// Changes bytes, words, order and length; never nothing.
fn mutated(code: &[u8], random: &mut Random) -> Vec<u8> {
    let mut code = code.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(code.len());
        match random.below(6) {
            0 => code[at] ^= 1 << random.below(8),
            1 => code[at] = random.below(256) as u8,
            2 => code[at] = code[random.below(code.len())],
            3 => {
                code.remove(at);
            }
            4 => code.insert(at, random.below(256) as u8),
            _ => {
                let other = random.below(code.len());
                code.swap(at, other);
            }
        }
    }
    code
}

#[test]
fn changed_code_is_refused_or_runs_without_harm() {
    let most = std::env::var("MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(20_000);
    let blocks = blocks();
    let mut random = Random(std::env::var("SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1));
    let mut hosted = Hosted::new(1 << 24);
    let (mut refused, mut ran) = (0, 0);
    for turn in 0..most {
        let (code, values) = &blocks[turn % blocks.len()];
        let changed = mutated(code, &mut random);
        let values = etf::decode(values).expect("what was encoded");
        let arguments = Term::List(vec![Term::Int(random.below(5) as i64 - 1)]);
        let apply = vec![Term::Int(500), Term::Binary(changed.clone().into()), values, arguments];
        let mut answer = word(&hosted.serve(&request("apply", apply)));
        for _ in 0..3 {
            answer = match answer.as_str() {
                "yielded" => word(&hosted.serve(&request("resume", vec![Term::Int(500)]))),
                "effect" => word(&hosted.serve(&request("answer", vec![Term::Int(500), Term::Int(1)]))),
                _ => break,
            };
        }
        assert_ne!(answer, "lost", "turn {turn}: {changed:?} of {code:?}");
        match answer.as_str() {
            "gone" => refused += 1,
            _ => ran += 1,
        }
        assert_ne!(word(&hosted.serve(&request("reset", Vec::new()))), "lost", "turn {turn}");
    }
    // Most changes are found; those of numbers and names are not, and run.
    assert!(refused > most / 4 && ran > most / 100, "{refused} refused, {ran} ran");
}
