//! Times of a program's messages in a session of the machine: `machine_bench FILE CLASS MESSAGE…` prints for each message the shortest and
//! the median time in milliseconds and the answer.
//!
//! Without a node around it, for comparisons with other languages' programs and with builds that no node has. The time is that of the processor, where the
//! system tells it: what else the machine has to do is not counted. `TURNS` says how often each message is sent (5).
#![allow(clippy::print_stdout, clippy::disallowed_methods)]

use std::time::Instant;

use bt_engine::session::{Session, Step};
use bt_engine::Options;

/// Milliseconds that this thread has run.
fn now(start: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let on_processor = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    on_processor.map_or(start.elapsed().as_secs_f64() * 1e3, |nanoseconds| nanoseconds / 1e6)
}

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
    let turns = std::env::var("TURNS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let start = Instant::now();
    for message in arguments {
        let input = format!("{class} new {message}");
        let mut times = Vec::new();
        let mut shown = String::new();
        for _ in 0..turns {
            let before = now(start);
            let mut step = session.eval(input.as_bytes(), &options, i64::MAX);
            times.push(now(start) - before);
            shown = match &mut step {
                Ok(Step::Done(value)) => format!("{value:?}"),
                other => format!("{other:?}"),
            };
        }
        times.sort_by(f64::total_cmp);
        println!("{:>9.2} {:>9.2}  {message}  {shown}", times[0], times[turns / 2]);
    }
}
