//! What the parser reports: one file per code, with its documentation, its sentences and its tests.

pub mod lex_invalid;
pub mod lex_unterminated_comment;
pub mod limit_name;
pub mod number_invalid;
pub mod parse_assignment;
pub mod parse_block_bar;
pub mod parse_block_parameter;
pub mod parse_cascade;
pub mod parse_declaration;
pub mod parse_expect;
pub mod parse_expected_expression;
pub mod parse_interpolation;
pub mod parse_map;
pub mod parse_match;
pub mod parse_nesting;
pub mod parse_pattern;
pub mod parse_unclosed_array;
pub mod parse_unclosed_block;
pub mod parse_unclosed_list;
pub mod parse_unclosed_map;
pub mod parse_unclosed_match;
pub mod parse_unclosed_paren;
pub mod parse_unclosed_pattern;
#[cfg(test)]
mod testing;

use bt_base::Code;

/// The codes of this crate, in the order of the documentation.
pub const ALL: &[Code] = &[
    lex_invalid::CODE,
    lex_unterminated_comment::CODE,
    number_invalid::CODE,
    parse_expected_expression::CODE,
    parse_unclosed_block::CODE,
    parse_unclosed_paren::CODE,
    parse_unclosed_list::CODE,
    parse_unclosed_array::CODE,
    parse_unclosed_map::CODE,
    parse_unclosed_match::CODE,
    parse_unclosed_pattern::CODE,
    parse_map::CODE,
    parse_match::CODE,
    parse_pattern::CODE,
    parse_block_parameter::CODE,
    parse_declaration::CODE,
    parse_expect::CODE,
    limit_name::CODE,
    parse_block_bar::CODE,
    parse_cascade::CODE,
    parse_assignment::CODE,
    parse_interpolation::CODE,
    parse_nesting::CODE,
];
