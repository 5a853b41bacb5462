//! What the compiler makes of a prelude, turned into what the library's methods are made of.
//!
//! A prelude says in the language what the machine cannot do natively: evaluate blocks. It reaches further than a program may:
//! * `Erlang m f: x` is the primitive `m:f/1`, the machine's own where it has it; `Erlang vm f: x` one that only preludes use.
//! * `Erlang erlang hd: l`, `tl:` and `Erlang vm cons: x onto: l` are single instructions.
//! * A selector that begins with `vm_` is a hidden one, which no program can send.

use std::sync::Arc;

use bt_base::{Name, Selector};
use bt_bcgen::ClassCode;
use bt_bytecode::{Chunk, Instructions, Op, Role, Site};

/// Methods of preludes, as methods of the library.
pub fn adapted(code: ClassCode) -> ClassCode {
    let all = |chunks: Vec<Chunk>| chunks.into_iter().map(|chunk| chunk_of(&chunk)).collect();
    ClassCode { methods: all(code.methods), class_methods: all(code.class_methods), ..code }
}

fn chunk_of(chunk: &Chunk) -> Chunk {
    let mut chunk = chunk.clone();
    // It stands for functions of the runtime: traces leave it out.
    chunk.span = bt_base::Span::default();
    chunk.source_map.clear();
    for decoded in Instructions::new(&chunk.code.clone()).flatten().filter(|decoded| decoded.op == Op::CallErlang) {
        let place = decoded.next - 1;
        let (register, site) = (decoded.operands[0] as u32, &chunk.sites[decoded.operands[1] as usize]);
        let is_short = place == decoded.at;
        chunk.code[place] = match (single(site), chunk.code[place]) {
            (Some((op, count)), _) if is_short => op as u32 | register << 8 | register << 16 | count << 24,
            (_, word) => word & !0xff | Op::Primitive as u32,
        };
    }
    for site in &mut chunk.sites {
        match site {
            Site::Message { selector, .. } => *selector = hidden(selector),
            Site::Call { module, .. } if module.as_str() == "vm" => *module = Name::new("$vm"),
            Site::Call { .. } | Site::Field(_) => {}
        }
    }
    if let Role::Method { selector, .. } = &mut chunk.role {
        *selector = hidden(selector);
    }
    chunk.blocks = chunk.blocks.iter().map(|block| Arc::new(chunk_of(block))).collect();
    chunk
}

/// The instruction that does what the call does, and its operand C. It works on the registers of the call's arguments.
fn single(site: &Site) -> Option<(Op, u32)> {
    let Site::Call { module, function, arity } = site else { return None };
    match (module.as_str(), function.as_str(), arity) {
        ("erlang", "hd", 1) => Some((Op::Head, 0)),
        ("erlang", "tl", 1) => Some((Op::Rest, 0)),
        ("vm", "cons", 2) => Some((Op::ListAnd, 1)),
        _ => None,
    }
}

fn hidden(selector: &Selector) -> Selector {
    match selector.strip_prefix("vm_") {
        Some(rest) => Selector::new(&format!("${rest}")),
        None => selector.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::library;

    fn generated(source: &str) -> Option<(bt_bcgen::ClassCode, super::super::classes::About)> {
        let options = bt_sema::Options { library: true, ..bt_sema::Options::default() };
        library::compiled(source, None, &bt_hir::ClassIndex::over(bt_sema::library_index()), &options)
    }

    /// A prelude that does not compile would leave the primitives to the host without a word.
    #[test]
    fn every_prelude_compiles_and_replaces_only_what_its_class_has() {
        for (class, source) in library::PRELUDE {
            let options = bt_sema::Options { library: true, ..bt_sema::Options::default() };
            let index = bt_hir::ClassIndex::over(bt_sema::library_index());
            let parse = bt_syntax::parse(source);
            let lowered = bt_sema::lower(&parse.module, source, &index, &options);
            let errors: Vec<_> = parse.diagnostics.iter().chain(&lowered.diagnostics).filter(|found| found.is_error()).collect();
            assert!(errors.is_empty(), "{class}: {errors:?}");
            let (own, _) = generated(source).unwrap_or_else(|| panic!("{class}"));
            let whole = generated(bt_sema::library_source(class).expect("a class of the library"));
            let (whole, _) = whole.expect("a class that compiles");
            let selectors = |chunks: &[bt_bytecode::Chunk]| -> Vec<String> { chunks.iter().map(|chunk| chunk.name()).collect() };
            for (of_prelude, of_library) in [(&own.methods, &whole.methods), (&own.class_methods, &whole.class_methods)] {
                let known = selectors(of_library);
                for chunk in selectors(of_prelude) {
                    assert!(chunk.contains(">>vm_") || known.contains(&chunk), "{chunk}");
                }
            }
        }
    }

    #[test]
    fn what_is_adapted_is_still_verified() {
        for (_, source) in library::PRELUDE {
            let (code, _) = generated(source).expect("compiles");
            let code = super::adapted(code);
            for chunk in code.methods.iter().chain(&code.class_methods) {
                assert!(bt_bytecode::verify(chunk).is_empty(), "{}", chunk.name());
            }
        }
    }
}
