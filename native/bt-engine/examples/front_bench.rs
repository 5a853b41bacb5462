//! Times the stages of the front end: `front_bench ROUNDS FILE...`.
//!
//! Prints one line per sample: stage, number of the file, bytes, lines, nanoseconds. The stages take turns, so that a busy machine is
//! busy for all of them. Read by `bench/rows/bench_front.erl`.

use std::hint::black_box;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use bt_engine::{Compiler, Mode, Never, Options};

/// A sample is repeated until it is this long.
const ENOUGH: Duration = Duration::from_millis(30);

struct Stage {
    name: &'static str,
    run: fn(&str),
}

const STAGES: &[Stage] = &[
    Stage { name: "scan", run: |text| consume(count_line_ends(text)) },
    Stage { name: "lex", run: |text| consume(bt_syntax::lexer::lex(black_box(text))) },
    Stage { name: "parse", run: |text| consume(bt_syntax::parse(black_box(text))) },
    Stage { name: "check", run: |text| consume(check(text)) },
    Stage { name: "front", run: |text| consume(front_end(text)) },
];

/// Makes the value, whatever it is, look used.
fn consume<T>(value: T) {
    black_box(&value);
}

fn count_line_ends(text: &str) -> usize {
    black_box(text).bytes().filter(|&b| b == b'\n').count()
}

fn check(text: &str) -> usize {
    let options = Options { mode: Mode::File, ..Options::default() };
    Compiler::default().diagnostics(text.as_bytes(), &options, &Never).len()
}

fn front_end(text: &str) -> usize {
    match Compiler::default().compile(text.as_bytes(), &Options::default(), &Never) {
        Ok(compiled) => compiled.core_erlang.len(),
        Err(failure) => panic!("{:?}", failure.diagnostics.first()),
    }
}

fn sample(stage: &Stage, text: &str) -> Duration {
    let mut repetitions: u32 = 0;
    let start = Instant::now();
    loop {
        (stage.run)(text);
        repetitions += 1;
        let passed = start.elapsed();
        if passed >= ENOUGH {
            return passed / repetitions;
        }
    }
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let rounds: u32 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(5);
    let mut out = io::stdout().lock();
    for (number, file) in arguments.enumerate() {
        let text = std::fs::read_to_string(file)?;
        for _ in 0..rounds {
            for stage in STAGES {
                let time = sample(stage, &text).as_nanos();
                writeln!(out, "{} {number} {} {} {time}", stage.name, text.len(), text.lines().count())?;
            }
        }
    }
    Ok(())
}
