//! Tests of single diagnostics: what the compiler answers, and which code a source of the node mentions.

use std::path::Path;

use bt_base::Code;

use crate::{Compiled, Compiler, Failure, Never, Options};

/// Workspace input.
pub(crate) fn compile(source: &[u8]) -> Result<Compiled, Failure> {
    Compiler::default().compile_expression(source, &Options::default(), &Never)
}

/// Code and message of the only report of a request that failed.
#[track_caller]
pub(crate) fn refused(answer: Result<Compiled, Failure>) -> (&'static str, String) {
    let mut reports = answer.expect_err("the request fails").diagnostics;
    assert_eq!(reports.len(), 1, "{reports:?}");
    let report = reports.remove(0);
    assert!(report.is_error());
    (report.code, report.message)
}

/// A module below `src_erl` reports this code.
#[track_caller]
pub(crate) fn mentioned(code: &Code, module: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src_erl").join(module);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert!(text.contains(&format!("<<\"{}\">>", code.name)), "{module} does not mention {}", code.name);
}
