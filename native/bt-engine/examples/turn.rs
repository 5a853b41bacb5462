//! Time from a source to its value in a warm session, by phases: `cargo run --release -p bt-engine --example turn`.
#![allow(clippy::print_stdout)]

use std::time::Instant;

use bt_engine::session::{Session, Step};
use bt_engine::Options;

fn median(mut work: impl FnMut(u32)) -> f64 {
    let mut times: Vec<f64> = (0..20_000)
        .map(|turn| {
            let start = Instant::now();
            work(turn);
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let options = Options { module_name: Some("bt@eval".into()), ..Options::default() };
    let mut session = Session::new(256 << 20);
    let whole = median(|turn| {
        let step = session.eval(format!("1 + {turn}").as_bytes(), &options, 1_000_000);
        assert!(matches!(step, Ok(Step::Done(_))));
    });
    let parse = median(|turn| {
        let source = format!("1 + {turn}");
        std::hint::black_box(bt_syntax::parse(&source));
    });
    let index = bt_hir::ClassIndex::over(bt_sema::library_index());
    let sema_options = bt_sema::Options { expression: true, module_name: Some("bt@eval".into()), ..bt_sema::Options::default() };
    let lower = median(|turn| {
        let source = format!("1 + {turn}");
        let parsed = bt_syntax::parse(&source);
        std::hint::black_box(bt_sema::lower(&parsed.module, &source, &index, &sema_options));
    });
    let code = median(|turn| {
        let source = format!("1 + {turn}");
        let parsed = bt_syntax::parse(&source);
        let lowered = bt_sema::lower(&parsed.module, &source, &index, &sema_options);
        std::hint::black_box(bt_bcgen::compile(&lowered.hir.expect("an input"), &bt_bcgen::Options::default()).is_ok());
    });
    println!("whole {whole:.2} us; parse {parse:.2}, with analysis {lower:.2}, with code {code:.2}");
}
