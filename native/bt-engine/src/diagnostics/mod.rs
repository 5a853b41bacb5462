//! What is reported around the front end: requests that are refused, limits, hosts, loading. One file per code, with its documentation,
//! its sentences and its tests. What only the node reports has no constructor here; its file says where it is reported.
//!
//! [`table`] is the one place where the codes of all crates come together.

pub mod backend_crash;
pub mod backend_protocol;
pub mod backend_timeout;
pub mod backend_unavailable;
pub mod file_no_class;
pub mod input_module_name;
pub mod input_size;
pub mod input_utf8;
pub mod internal;
pub mod limit_code;
pub mod limit_diagnostics;
pub mod load_old_code;
pub mod load_refused;
pub mod method_expected;
pub mod repl_empty;
#[cfg(test)]
mod testing;

use bt_base::Code;

/// The codes of this crate, in the order of the documentation.
pub const ALL: &[Code] = &[
    input_utf8::CODE,
    input_size::CODE,
    input_module_name::CODE,
    method_expected::CODE,
    repl_empty::CODE,
    file_no_class::CODE,
    limit_code::CODE,
    limit_diagnostics::CODE,
    backend_unavailable::CODE,
    backend_timeout::CODE,
    backend_crash::CODE,
    backend_protocol::CODE,
    load_refused::CODE,
    load_old_code::CODE,
    internal::CODE,
];

/// Every code there is, in the order of the stages. Within a stage this crate comes first: it sees a request before there is a text.
pub fn table() -> Vec<Code> {
    let mut all = [ALL, bt_syntax::diagnostics::ALL, bt_sema::diagnostics::ALL].concat();
    all.sort_by_key(|code| code.stage);
    all
}
