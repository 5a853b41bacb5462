//! Times of a program's messages in a session of the machine: `machine_bench FILE CLASS MESSAGE…` prints one line of milliseconds for each message.
//!
//! What the rows of the evaluator measure inside a node, without one: for work on the machine, and for builds of it that no node has.
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

use std::time::Instant;

use bt_engine::session::{Session, Step};
use bt_engine::Options;

const TURNS: usize = 5;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(class)) = (arguments.next(), arguments.next()) else {
        println!("usage: machine_bench FILE CLASS MESSAGE…");
        return;
    };
    let source = std::fs::read(&file).expect("the program can be read");
    let options = Options { module_name: Some("bt@eval".into()), ..Options::default() };
    let mut session = Session::new(256 << 20);
    assert!(session.define(&source, &options).is_ok(), "the program compiles");
    for message in arguments {
        let input = format!("{class} new {message}");
        let mut times = Vec::new();
        let mut shown = String::new();
        for _ in 0..TURNS {
            let start = Instant::now();
            let mut step = session.eval(input.as_bytes(), &options, i64::MAX);
            times.push(start.elapsed().as_secs_f64() * 1e3);
            shown = match &mut step {
                Ok(Step::Done(value)) => format!("{value:?}"),
                other => format!("{other:?}"),
            };
        }
        times.sort_by(f64::total_cmp);
        println!("{:>9.2} {:>9.2}  {message}  {shown}", times[0], times[TURNS / 2]);
    }
}
