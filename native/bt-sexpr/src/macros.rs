//! Forms that stand for others, replaced before anything is resolved.
//!
//! | written | stands for |
//! |---|---|
//! | `(when c a …)` | `(if c (do a …))` |
//! | `(unless c a …)` | `(if c nil (do a …))` |
//! | `(cond c a d b … [else e])` | `(if c a (if d b … e))` |
//! | `(-> x (f a) g)` | `(g (f x a))` |
//! | `(defmacro name [a b & rest] template)` | the symbol `:name`; from then on `(name …)` is the template with the forms of the call in place of the names |
//!
//! What a template brings along stands where the macro is called: the template may belong to another text.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bt_base::{Diagnostic, Span};

use crate::findings::{expansion, shape, too_deep, MACRO};
use crate::form::{Form, Kind};
use crate::reader::DEEPEST;

/// Expansions that one text may need.
const MOST: usize = 10_000;

#[derive(Clone, Debug)]
struct Macro {
    parameters: Vec<String>,
    rest: Option<String>,
    template: Form,
}

/// The macros that texts have defined so far.
#[derive(Debug, Default)]
pub struct Macros {
    defined: Mutex<HashMap<String, Macro>>,
}

impl Macros {
    pub fn expand(&self, forms: Vec<Form>, found: &mut Vec<Diagnostic>) -> Vec<Form> {
        let mut expander = Expander { macros: self, left: MOST, found };
        forms.into_iter().filter_map(|form| expander.top(form)).collect()
    }

    fn get(&self, name: &str) -> Option<Macro> {
        self.defined.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn define(&self, name: &str, definition: Macro) {
        self.defined.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_string(), definition);
    }
}

struct Expander<'a> {
    macros: &'a Macros,
    left: usize,
    found: &'a mut Vec<Diagnostic>,
}

impl Expander<'_> {
    /// A form of the text itself; nothing where it cannot be expanded.
    fn top(&mut self, form: Form) -> Option<Form> {
        match form.head() {
            Some("defmacro") => self.define(&form),
            _ => self.inner(form, 0),
        }
    }

    fn define(&mut self, form: &Form) -> Option<Form> {
        let definition = match form.as_list() {
            Some([_, name, parameters, template]) => {
                let (parameters, rest) = parameters.as_vector().and_then(parameters_of).unzip();
                name.as_name()
                    .zip(parameters)
                    .map(|(name, parameters)| (name, Macro { parameters, rest: rest.flatten(), template: template.clone() }))
            }
            _ => None,
        };
        let Some((name, definition)) = definition else {
            return self.refuse(form.span, "(defmacro name [parameter ... & rest] template)");
        };
        self.macros.define(name, definition);
        Some(Form::new(Kind::Symbol(name.to_string()), form.span))
    }

    fn inner(&mut self, form: Form, depth: usize) -> Option<Form> {
        if depth > DEEPEST {
            self.found.push(too_deep(form.span));
            return None;
        }
        let form = self.outermost(form)?;
        let mut row = |forms: Vec<Form>| forms.into_iter().map(|form| self.inner(form, depth + 1)).collect::<Option<Vec<_>>>();
        let kind = match form.kind {
            Kind::List(forms) => Kind::List(row(forms)?),
            Kind::Vector(forms) => Kind::Vector(row(forms)?),
            atom => atom,
        };
        Some(Form::new(kind, form.span))
    }

    /// The form once it is no macro call any more.
    fn outermost(&mut self, mut form: Form) -> Option<Form> {
        loop {
            let Some(name) = form.head().map(str::to_string) else { return Some(form) };
            let (span, parts) = (form.span, form.as_list().unwrap_or_default());
            let next = match (name.as_str(), &parts[1..]) {
                ("when", [condition, body @ ..]) => list(span, "if", [condition.clone(), list(span, "do", body.iter().cloned())]),
                ("unless", [condition, body @ ..]) => {
                    let nothing = Form::new(Kind::Name("nil".into()), span);
                    list(span, "if", [condition.clone(), nothing, list(span, "do", body.iter().cloned())])
                }
                ("when" | "unless", []) => return self.refuse(span, &format!("({name} condition form ...)")),
                ("cond", clauses) => match cond(span, clauses) {
                    Some(form) => form,
                    None => return self.refuse(span, "(cond condition form ... else form)"),
                },
                ("->", [first, steps @ ..]) => steps.iter().fold(first.clone(), threaded),
                ("->", []) => return self.refuse(span, "(-> form (function argument ...) ...)"),
                (_, arguments) => match self.macros.get(&name) {
                    Some(definition) => match definition.applied(arguments, span) {
                        Some(form) => form,
                        None => return self.refuse(span, &definition.usage(&name)),
                    },
                    None => return Some(form),
                },
            };
            if self.left == 0 {
                self.found.push(expansion(span));
                return None;
            }
            self.left -= 1;
            form = next;
        }
    }

    fn refuse(&mut self, span: Span, wanted: &str) -> Option<Form> {
        self.found.push(shape(&MACRO, span, wanted));
        None
    }
}

impl Macro {
    fn applied(&self, arguments: &[Form], span: Span) -> Option<Form> {
        let fits = match self.rest {
            Some(_) => arguments.len() >= self.parameters.len(),
            None => arguments.len() == self.parameters.len(),
        };
        fits.then(|| self.filled(&self.template, arguments, span))
    }

    fn filled(&self, template: &Form, arguments: &[Form], span: Span) -> Form {
        let row = |forms: &[Form]| {
            let mut filled = Vec::with_capacity(forms.len());
            for form in forms {
                match form.as_name() {
                    Some(name) if self.rest.as_deref() == Some(name) => {
                        filled.extend_from_slice(&arguments[self.parameters.len()..]);
                    }
                    _ => filled.push(self.filled(form, arguments, span)),
                }
            }
            filled
        };
        let kind = match &template.kind {
            Kind::Name(name) => match self.parameters.iter().position(|parameter| parameter == name) {
                Some(place) => return arguments[place].clone(),
                None => template.kind.clone(),
            },
            Kind::List(forms) => Kind::List(row(forms)),
            Kind::Vector(forms) => Kind::Vector(row(forms)),
            atom => atom.clone(),
        };
        Form::new(kind, span)
    }

    fn usage(&self, name: &str) -> String {
        let rest = self.rest.as_ref().map(|rest| format!("{rest} ..."));
        let words: Vec<&str> = self.parameters.iter().map(String::as_str).chain(rest.as_deref()).collect();
        format!("({name} {})", words.join(" "))
    }
}

/// Names of a macro's parameters, and of the one that stands for all further forms.
fn parameters_of(forms: &[Form]) -> Option<(Vec<String>, Option<String>)> {
    let names: Vec<&str> = forms.iter().map(Form::as_name).collect::<Option<_>>()?;
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_string()).collect();
    match names.as_slice() {
        [first @ .., "&", rest] => Some((owned(first), Some((*rest).to_string()))),
        all => Some((owned(all), None)),
    }
}

fn list(span: Span, head: &str, rest: impl IntoIterator<Item = Form>) -> Form {
    let head = Form::new(Kind::Name(head.to_string()), span);
    Form::new(Kind::List(std::iter::once(head).chain(rest).collect()), span)
}

fn cond(span: Span, clauses: &[Form]) -> Option<Form> {
    let mut all = clauses.chunks(2).rev().peekable();
    let nothing = Form::new(Kind::Name("nil".into()), span);
    let mut form = match all.peek() {
        Some([word, otherwise]) if word.as_name() == Some("else") => {
            let otherwise = otherwise.clone();
            all.next();
            otherwise
        }
        _ => nothing,
    };
    for clause in all {
        let [condition, then] = clause else { return None };
        form = list(condition.span.to(then.span), "if", [condition.clone(), then.clone(), form]);
    }
    Some(form)
}

/// `step` with `value` as its first argument.
fn threaded(value: Form, step: &Form) -> Form {
    let span = value.span.to(step.span);
    let parts = match step.as_list() {
        Some([head, arguments @ ..]) => [head.clone(), value].into_iter().chain(arguments.iter().cloned()).collect(),
        _ => vec![step.clone(), value],
    };
    Form::new(Kind::List(parts), span)
}
