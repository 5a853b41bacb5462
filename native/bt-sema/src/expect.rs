//! `@expect`: takes out the findings that a program announces, and reports directives that silence nothing.

use bt_base::{Category, Diagnostic, Span};

#[derive(Clone, Debug)]
pub struct Expect {
    pub category: String,
    pub span: Span,
    /// The statement the directive speaks about.
    pub target: Option<Span>,
}

pub(crate) fn apply(expects: &[Expect], diagnostics: &mut Vec<Diagnostic>) {
    for expect in expects {
        let before = diagnostics.len();
        if let Some(target) = expect.target {
            diagnostics.retain(|d| !(target.contains(d.span) && matches(&expect.category, d.category)));
        }
        let known = matches!(expect.category.as_str(), "dnu" | "type" | "unused" | "all");
        if known && diagnostics.len() == before {
            diagnostics.push(Diagnostic::warning(
                "expect/stale",
                expect.span,
                format!("stale @expect {}: no matching diagnostic found on the following expression", expect.category),
            ));
        }
    }
}

fn matches(expected: &str, category: Option<Category>) -> bool {
    match expected {
        "all" => true,
        "dnu" => category == Some(Category::Dnu),
        "type" => category == Some(Category::Type),
        "unused" => category == Some(Category::Unused),
        _ => false,
    }
}
