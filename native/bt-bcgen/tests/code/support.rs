//! From text to chunks, for tests.

use bt_bcgen::{compile, Code, Options};
use bt_bytecode::Chunk;

/// The resolved tree of a class or, as `expression`, of an input.
pub fn lower(source: &str, expression: bool, known: &[&str], skip_checks: bool) -> Result<bt_hir::Module, Vec<String>> {
    let parse = bt_syntax::parse(source);
    let options = bt_sema::Options {
        expression,
        workspace: expression,
        library: source.contains("@primitive") || source.contains("@intrinsic"),
        skip_checks,
        known_vars: known.iter().map(|s| s.to_string()).collect(),
        module_name: expression.then(|| "eval".to_string()),
        ..bt_sema::Options::default()
    };
    let index = bt_hir::ClassIndex::over(bt_sema::library_index());
    let lowered = bt_sema::lower(&parse.module, source, &index, &options);
    let problems: Vec<String> =
        parse.diagnostics.iter().chain(&lowered.diagnostics).filter(|d| d.is_error()).map(|d| d.message.clone()).collect();
    match lowered.hir {
        Some(hir) if problems.is_empty() => Ok(hir),
        _ => Err(problems),
    }
}

/// All chunks of a compilation.
pub fn chunks(code: &Code) -> Vec<&Chunk> {
    match code {
        Code::Class(class) => {
            let defaults = class.fields.iter().chain(&class.class_vars).filter_map(|(_, default)| default.as_ref());
            class.methods.iter().chain(&class.class_methods).chain(defaults).collect()
        }
        Code::Input(input) => vec![&input.chunk],
    }
}

/// Compiles, and checks what comes out.
pub fn checked(source: &str, expression: bool, known: &[&str], options: &Options) -> Result<Code, Vec<String>> {
    let hir = lower(source, expression, known, false)?;
    checked_tree(&hir, source, options)
}

/// The same from a tree.
pub fn checked_tree(hir: &bt_hir::Module, source: &str, options: &Options) -> Result<Code, Vec<String>> {
    let code = compile(hir, options).map_err(|large| vec![large.to_string()])?;
    for chunk in chunks(&code) {
        let flaws = bt_bytecode::verify(chunk);
        assert!(flaws.is_empty(), "{flaws:?}\n{source}\n{}", bt_bytecode::disassemble(chunk, source));
        let bytes = bt_bytecode::write(chunk);
        assert_eq!(bt_bytecode::read(&bytes).as_ref(), Ok(chunk), "{source}");
    }
    Ok(code)
}
