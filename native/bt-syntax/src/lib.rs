//! Source text → tokens → syntax tree, and nothing more: no names resolved, no types.
//!
//! | step | module |
//! |---|---|
//! | token table and its scanner | `token` |
//! | tokens with line starts and doc comments | `lexer` |
//! | items, statement boundaries, the meaning of a token at its place | `layout`, `items`, `statement`, `kind` |
//! | LALR(1) grammar of one statement or header | `grammar.lalrpop`, run by `run` |
//! | nodes and literal values | `builder`, `literal`, `interpolation` |
//! | which mistake a parse error is, and its sentence | `errors`, `diagnostics` |
//! | the module | `parse` |
//! | the text laid out anew | `format` |
#![forbid(unsafe_code)]

pub mod ast;
mod builder;
mod complete;
pub mod diagnostics;
mod errors;
pub mod format;
mod interpolation;
mod items;
mod kind;
mod layout;
pub mod lexer;
mod literal;
mod parse;
mod run;
mod show;
mod statement;
pub mod token;

pub use complete::is_complete;
pub use parse::parse;
pub use show::{show_ast, show_layout, show_tokens};

/// A tree and what is wrong with the text.
pub struct Parse<'s> {
    pub module: ast::Module<'s>,
    pub diagnostics: Vec<bt_base::Diagnostic>,
}
