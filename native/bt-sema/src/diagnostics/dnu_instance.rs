//! `dnu/instance`: a message that no method of the receiver's class answers.

use bt_base::{Category, Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "dnu/instance",
    severity: Severity::Hint,
    stage: Stage::Types,
    message: "C does not understand 'sel'",
    checks: "The class of the receiver is known, and neither it nor an ancestor has the method. Category `dnu`.",
    example: "3 fooBar",
    better: "3 negated",
};

/// `at` is the first part of the selector, `near` a selector of the class that is spelt alike.
pub(crate) fn diagnostic(at: Span, class: &str, selector: &str, near: Option<&str>) -> Diagnostic {
    let found = Diagnostic::of(&CODE, at, format!("{class} does not understand '{selector}'")).with_category(Category::Dnu);
    super::suggest_selector(found, selector, near)
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn nothing_is_similar() {
        reported(&CODE, "3 «fooBar»").says("Integer does not understand 'fooBar'").has_no_edit();
    }

    #[test]
    fn a_slip_of_the_pen() {
        reported(&CODE, "3 «isEvne»").hints("Did you mean 'isEven'?").mends_to("3 isEven");
        reported(&CODE, "#(1, 2) «colect:» [:x | x]").hints("Did you mean 'collect:'?").mends_to("#(1, 2) collect: [:x | x]");
    }

    #[test]
    fn an_operator() {
        reported(&CODE, "#[1] «=:=» #[1]").hints("Did you mean '=='?").mends_to("#[1] == #[1]");
    }

    #[test]
    fn a_slip_in_the_first_of_several_parts() {
        reported(&CODE, "#(1, 2) «injct:» 0 into: [:a :b | a + b]")
            .says("List does not understand 'injct:into:'")
            .hints("Did you mean 'inject:into:'?")
            .mends_to("#(1, 2) inject: 0 into: [:a :b | a + b]");
    }

    #[test]
    fn a_slip_in_another_part_is_not_where_the_finding_is() {
        reported(&CODE, "#(1, 2) «inject:» 0 in: [:a :b | a + b]").hints("Did you mean 'inject:into:'?").has_no_edit();
    }

    #[test]
    fn another_number_of_arguments_asks_for_more_than_a_name() {
        reported(&CODE, "\"abc\" «sizee:» 3").has_no_edit();
    }

    #[test]
    fn known_messages_and_unknown_receivers() {
        silent(&CODE, "3 negated");
        silent(&CODE, "(Foo new) fooBar");
    }
}
