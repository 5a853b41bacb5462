//! What the analysis reports: one file per code, with its documentation, its sentences and suggested edits, and its tests.

pub mod actor_new;
pub mod argument_count;
pub mod argument_index;
pub mod argument_string;
pub mod block_arity;
pub mod block_codegen_arity;
pub mod block_field_assign;
pub mod block_local_assign;
pub mod body_unreachable;
pub mod class_abstract_new;
pub mod class_duplicate_method;
pub mod class_multiple;
pub mod class_primitive_new;
pub mod class_sealed;
pub mod class_sealed_method;
pub mod class_stdlib_name;
pub mod class_unknown_field;
pub mod class_unknown_variable;
pub mod codegen_unsupported;
pub mod dnu_class;
pub mod dnu_instance;
pub mod expect_stale;
pub mod field_default;
pub mod field_type;
pub mod limit_parameters;
pub mod method_empty_body;
pub mod method_parameter_type;
pub mod method_unknown_class;
pub mod name_self;
pub mod name_shadow;
pub mod name_super;
pub mod name_undefined;
pub mod pattern_duplicate;
pub mod primitive_outside_stdlib;
pub mod primitive_position;
pub mod primitive_unknown;
pub mod reflect_symbol_literal;
pub mod repl_many_methods;
#[cfg(test)]
mod testing;
pub mod type_argument;
pub mod type_immutable;
pub mod type_operand;
pub mod type_return;
pub mod typed_parameter;
pub mod typed_return;
pub mod unused_variable;

use bt_base::{Code, Diagnostic, Selector};

/// The codes of this crate, in the order of the documentation.
pub const ALL: &[Code] = &[
    limit_parameters::CODE,
    primitive_position::CODE,
    class_sealed::CODE,
    class_sealed_method::CODE,
    class_duplicate_method::CODE,
    name_undefined::CODE,
    name_self::CODE,
    name_super::CODE,
    name_shadow::CODE,
    unused_variable::CODE,
    body_unreachable::CODE,
    pattern_duplicate::CODE,
    dnu_instance::CODE,
    dnu_class::CODE,
    type_argument::CODE,
    type_operand::CODE,
    type_return::CODE,
    field_type::CODE,
    field_default::CODE,
    method_parameter_type::CODE,
    typed_parameter::CODE,
    typed_return::CODE,
    block_field_assign::CODE,
    block_local_assign::CODE,
    block_arity::CODE,
    reflect_symbol_literal::CODE,
    class_primitive_new::CODE,
    type_immutable::CODE,
    argument_count::CODE,
    argument_index::CODE,
    argument_string::CODE,
    class_abstract_new::CODE,
    actor_new::CODE,
    class_unknown_field::CODE,
    class_unknown_variable::CODE,
    method_empty_body::CODE,
    class_multiple::CODE,
    method_unknown_class::CODE,
    repl_many_methods::CODE,
    primitive_outside_stdlib::CODE,
    primitive_unknown::CODE,
    class_stdlib_name::CODE,
    codegen_unsupported::CODE,
    block_codegen_arity::CODE,
    expect_stale::CODE,
];

/// Adds a selector that may have been meant to a finding that marks the first part of `selector`.
fn suggest_selector(found: Diagnostic, selector: &str, near: Option<&str>) -> Diagnostic {
    let Some(near) = near else { return found };
    let at = found.span;
    let found = found.with_hint(format!("Did you mean '{near}'?"));
    match changed_first_part(selector, near) {
        Some(part) => found.with_edit(at, part),
        None => found,
    }
}

/// The first part of `near`, if it is all in which the two selectors differ. More parts stand in more places than one edit reaches, and
/// another number of arguments asks for more than another name.
fn changed_first_part<'n>(selector: &str, near: &'n str) -> Option<&'n str> {
    if Selector::new(selector).arity() != Selector::new(near).arity() {
        return None;
    }
    if !selector.ends_with(':') || !near.ends_with(':') {
        return Some(near);
    }
    let ((_, rest), (first, others)) = (selector.split_once(':')?, near.split_once(':')?);
    (rest == others).then(|| &near[..first.len() + 1])
}
