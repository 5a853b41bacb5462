//! `docs/isa.md` is what the table makes. `INSTA_UPDATE=always` (`make golden`) writes the page.

use std::path::Path;

#[test]
fn the_page_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/isa.md");
    let wanted = bt_bytecode::page();
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        std::fs::write(&path, &wanted).expect("the page can be written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == wanted, "docs/isa.md is not what the table makes: run `make golden`");
}
