//! What the compiler has to say about a program, as data. Rendering for people happens elsewhere.

use crate::{Code, Span};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
    Hint,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        }
    }
}

/// What an `@expect` directive can silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Category {
    Dnu,
    Type,
    Unused,
    EmptyBody,
}

impl Category {
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Dnu => "Dnu",
            Category::Type => "Type",
            Category::Unused => "Unused",
            Category::EmptyBody => "EmptyBody",
        }
    }
}

/// A second place that explains the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub message: String,
    pub span: Span,
}

/// A mechanical mend: replace the text at `span`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub replacement: String,
}

impl Edit {
    /// The source with the mend made.
    pub fn apply(&self, source: &str) -> String {
        let range = self.span.range();
        format!("{}{}{}", &source[..range.start], self.replacement, &source[range.end..])
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: &'static Code,
    pub severity: Severity,
    pub message: String,
    pub span: Span,
    pub hint: Option<String>,
    pub category: Option<Category>,
    pub related: Vec<Related>,
    pub edit: Option<Edit>,
}

impl Diagnostic {
    /// A finding of this kind, as severe as its kind is.
    pub fn of(code: &'static Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity,
            message: message.into(),
            span,
            hint: None,
            category: None,
            related: Vec::new(),
            edit: None,
        }
    }

    /// For the few kinds whose severity depends on the program or on options.
    pub fn with_severity(mut self, severity: Severity) -> Diagnostic {
        self.severity = severity;
        self
    }

    pub fn with_hint(mut self, hint: impl Into<String>) -> Diagnostic {
        self.hint = Some(hint.into());
        self
    }

    pub fn with_category(mut self, category: Category) -> Diagnostic {
        self.category = Some(category);
        self
    }

    pub fn with_related(mut self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.related.push(Related { message: message.into(), span });
        self
    }

    pub fn with_edit(mut self, span: Span, replacement: impl Into<String>) -> Diagnostic {
        self.edit = Some(Edit { span, replacement: replacement.into() });
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
