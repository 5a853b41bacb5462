//! `expect/stale`: a directive that silences nothing.

use bt_base::{Code, Diagnostic, Severity, Span, Stage};

pub const CODE: Code = Code {
    name: "expect/stale",
    severity: Severity::Warning,
    stage: Stage::Expect,
    message: "stale @expect x: no matching diagnostic found on the following expression",
    checks: "The directive silences nothing; what it announced is gone or was never there.",
    example: "@expect dnu\n3 negated",
    better: "3 negated",
};

pub(crate) fn diagnostic(source: &str, span: Span, category: &str) -> Diagnostic {
    let message = format!("stale @expect {category}: no matching diagnostic found on the following expression");
    Diagnostic::of(&CODE, span, message).with_edit(whole_statement(source, span), "")
}

/// The directive with its period; its whole line, if it stands there alone.
fn whole_statement(source: &str, directive: Span) -> Span {
    let bytes = source.as_bytes();
    let behind_blanks = |at: usize| at + bytes[at..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
    let mut end = behind_blanks(directive.end as usize);
    if bytes.get(end) == Some(&b'.') {
        end = behind_blanks(end + 1);
    }
    let start = directive.start as usize;
    let indent = bytes[..start].iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let line_start = start - indent;
    let begins_line = line_start == 0 || bytes[line_start - 1] == b'\n';
    if begins_line && matches!(bytes.get(end), None | Some(b'\n')) {
        Span::new(line_start, (end + 1).min(bytes.len()))
    } else {
        Span::new(start, end)
    }
}

#[cfg(test)]
mod tests {
    use super::CODE;
    use crate::diagnostics::testing::{reported, silent};

    #[test]
    fn a_line_of_its_own() {
        reported(&CODE, "1 printString\n  «@expect dnu» \n3 negated")
            .says("stale @expect dnu: no matching diagnostic found on the following expression")
            .mends_to("1 printString\n3 negated");
        reported(&CODE, "3 negated\n«@expect all».").mends_to("3 negated\n");
    }

    #[test]
    fn beside_the_statement() {
        reported(&CODE, "«@expect type». 3 negated").mends_to("3 negated");
    }

    #[test]
    fn behind_the_header() {
        reported(&CODE, "Object subclass: A\n  size => «@expect type»\n    3").mends_to("Object subclass: A\n  size => \n    3");
    }

    #[test]
    fn something_to_silence() {
        silent(&CODE, "@expect dnu\n3 fooBar");
    }
}
