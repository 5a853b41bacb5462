//! `@expect`: takes out the findings that a program announces, and reports directives that silence nothing.

use bt_base::{Category, Diagnostic, Span};

use crate::diagnostics::expect_stale;

#[derive(Clone, Debug)]
pub struct Expect {
    pub category: String,
    pub span: Span,
    /// The statement the directive speaks about.
    pub target: Option<Span>,
}

/// Errors stay, whatever is expected: what is wrong with the program has no code that could run.
pub(crate) fn apply(expects: &[Expect], source: &str, diagnostics: &mut Vec<Diagnostic>) {
    if expects.is_empty() {
        return;
    }
    let mut by_start: Vec<(u32, usize)> = diagnostics.iter().enumerate().map(|(i, d)| (d.span.start, i)).collect();
    by_start.sort_unstable();
    let mut silenced = vec![false; diagnostics.len()];
    let mut stale = Vec::new();
    for expect in expects {
        let mut found = false;
        if let Some(target) = expect.target {
            let first = by_start.partition_point(|&(start, _)| start < target.start);
            for &(start, i) in &by_start[first..] {
                if start > target.end {
                    break;
                }
                let diagnostic = &diagnostics[i];
                if !silenced[i]
                    && !diagnostic.is_error()
                    && target.contains(diagnostic.span)
                    && matches(&expect.category, diagnostic.category)
                {
                    silenced[i] = true;
                    found = true;
                }
            }
        }
        let known = matches!(expect.category.as_str(), "dnu" | "type" | "unused" | "all");
        if known && !found {
            stale.push(expect_stale::diagnostic(source, expect.span, &expect.category));
        }
    }
    let mut position = 0;
    diagnostics.retain(|_| {
        position += 1;
        !silenced[position - 1]
    });
    diagnostics.append(&mut stale);
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
