//! Short sources are worked on without a stack of their own: they must not need more than the smallest thread of a node has.

use bt_engine::session::{Session, Step};
use bt_engine::{Options, SHORT_SOURCE};

/// Half of what a dirty scheduler has.
const STACK: usize = 160 * 1024;

#[test]
fn short_sources_need_little_stack() {
    let nested = |open: &str, middle: &str, close: &str| {
        let levels = (SHORT_SOURCE - middle.len()) / (open.len() + close.len());
        format!("{}{middle}{}", open.repeat(levels), close.repeat(levels))
    };
    let sources = [
        nested("(", "1", ")"),
        nested("(", "1", ""),
        nested("[", "1", "]"),
        nested("[", "1", ""),
        nested("#(", "1", ")"),
        nested("{", "1", "}"),
        nested("#{a => ", "1", "}"),
        nested("- ", "1", ""),
        nested("1 + (", "1", ")"),
        nested("a b: (", "1", ")"),
        nested("\"{", "1", "}\""),
        nested("x := ", "1", ""),
        nested("[^", "1", "]"),
        nested("a; b", "1", ""),
        nested("#[", "1", "]"),
        nested("1 match: [_ -> ", "1", "]"),
        nested("true ifTrue: [", "1", "]"),
        nested("[", "1", "] ensure: [2]"),
        nested("[", "1", "] value"),
    ];
    for source in sources {
        let shown = source.clone();
        let run = move || {
            let mut session = Session::new(1 << 24);
            let options = Options { module_name: Some("bt@eval".into()), ..Options::default() };
            matches!(session.eval(source.as_bytes(), &options, 100_000), Ok(Step::Done(_)))
        };
        let thread = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread");
        assert!(thread.join().is_ok(), "{shown}");
    }
}
