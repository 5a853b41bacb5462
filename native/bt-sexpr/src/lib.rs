//! A second language for the evaluator, for tests: it shows that nothing behind the resolved tree knows the first one's syntax.
//!
//! | form | meaning |
//! |---|---|
//! | `1` `2.5` `"text"` `:symbol` `true` `false` `nil` `[a b]` | literals; brackets make a list |
//! | `(defn name [a b] form …)` | a function, alone in its text |
//! | `(def name form)` | a variable of the session |
//! | `(f a b)` | a call of a function or a closure |
//! | `(fn [a b] form …)` | a closure |
//! | `(if c a b)` `(and a …)` `(or a …)` `(do a …)` `(let [x a y b] form …)` | as everywhere |
//! | `(+ a b …)` `- * / % ** ++` `(< a b)` `<= > >= = == /= =:= =/=` | operators |
//! | `(str a …)` | the texts of all of them in one |
//! | `(try form … (catch e form …))` | what an exception makes of it |
//! | `(. receiver selector argument …)` | any message to any object, so the library is there |
//!
//! Macros stand in front of all this: [`macros`].
//!
//! Like every frontend it uses `bt-base` and `bt-hir` alone. The recipe for another one: `docs/recipes/frontend.md`.
#![forbid(unsafe_code)]

pub mod findings;
mod form;
pub mod macros;
mod reader;
mod resolve;
mod scope;

use std::sync::Arc;

use bt_base::{Diagnostic, Name};
use bt_hir::{
    ClassIndex, ClassInfo, Fault, LanguageFrontend, Meaning, MethodInfo, Modifiers, Module, Parsed, Reading, Resolved, Side,
    Trouble, Unit,
};

pub use form::{Form, Kind};
use macros::Macros;
use resolve::Function;

/// The frontend, with the macros that texts have defined so far: one for each session.
#[derive(Debug, Default)]
pub struct SExpressions {
    macros: Macros,
}

impl LanguageFrontend for SExpressions {
    type Items<'a> = Vec<Form>;

    fn name(&self) -> &'static str {
        "S-expressions"
    }

    fn parse(&self, text: &str) -> Parsed<Vec<Form>> {
        let (items, diagnostics) = reader::read(text);
        Parsed { items, diagnostics }
    }

    fn expand_macros<'a>(&self, parsed: Parsed<Self::Items<'a>>) -> Parsed<Self::Items<'a>> {
        let mut diagnostics = parsed.diagnostics;
        let items = self.macros.expand(parsed.items, &mut diagnostics);
        Parsed { items, diagnostics }
    }

    fn resolve(&self, items: &Vec<Form>, text: &str, index: &ClassIndex, reading: &Reading) -> Resolved {
        let mut diagnostics = Vec::new();
        let found = &mut diagnostics;
        match items.as_slice() {
            [] => Resolved { hir: None, diagnostics, classes: Vec::new(), kind: Meaning::Empty },
            [form] if form.head() == Some("defn") => match Function::of(form, found) {
                Some(function) => definition(&function, text, index, reading, diagnostics),
                None => Resolved { hir: None, diagnostics, classes: Vec::new(), kind: Meaning::ClassDefinition },
            },
            forms => {
                let eval = resolve::input(forms, index, &reading.known_vars, found);
                let name = reading.module_name.clone().unwrap_or_else(|| "sexpr@eval".into());
                let hir = Some(Module { name, unit: Unit::Eval(Box::new(eval)) });
                Resolved { hir, diagnostics, classes: Vec::new(), kind: Meaning::Expression }
            }
        }
    }

    /// As a form: `(error "file:line:column" "message" (hint "text"))`.
    fn format_error(&self, fault: &Fault<'_>) -> String {
        let place = fault.place().map(|place| format!(" {:?}", place.to_string())).unwrap_or_default();
        let head = match fault.trouble {
            Trouble::Found { severity, .. } => severity.as_str().to_string(),
            Trouble::Raised { class } => format!("raised {class}"),
        };
        let hint = fault.hint.map(|hint| format!(" (hint {hint:?})")).unwrap_or_default();
        format!("({head}{place} {:?}{hint})", fault.message)
    }
}

fn definition(
    function: &Function<'_>,
    text: &str,
    index: &ClassIndex,
    reading: &Reading,
    mut diagnostics: Vec<Diagnostic>,
) -> Resolved {
    let class = resolve::function(function, text, index, &mut diagnostics);
    let module = reading.module_name.clone().unwrap_or_else(|| format!("sexpr@{}", function.name));
    let method = MethodInfo {
        selector: function.selector(),
        side: Side::Class,
        signature: function.signature(),
        param_types: vec![None; function.arity()],
        return_type: None,
        is_sealed: false,
        doc: None,
        source: Some(function.span.text(text).to_string()),
        span: function.name_span,
    };
    let info = ClassInfo {
        name: Name::new(function.name),
        superclass: class.superclass.clone(),
        module: Some(module.clone()),
        modifiers: Modifiers::default(),
        fields: Vec::new(),
        class_vars: Vec::new(),
        methods: vec![method],
        doc: None,
        complete: true,
        is_library: false,
    };
    let hir = Some(Module { name: module, unit: Unit::Class(Box::new(class)) });
    Resolved { hir, diagnostics, classes: vec![Arc::new(info)], kind: Meaning::ClassDefinition }
}
