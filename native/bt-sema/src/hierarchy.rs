//! Checks of class headers against the classes around them (`language.md` §6.5, §6.7).

use std::collections::HashSet;

use bt_base::{Category, Diagnostic};
use bt_hir::{ClassIndex, ClassInfo, Side};
use bt_syntax::ast::{ClassDef, ExprKind};

use crate::Options;

pub(crate) fn check(classes: &[ClassDef<'_>], index: &ClassIndex, options: &Options, diagnostics: &mut Vec<Diagnostic>) {
    for class in classes {
        sealed_superclass(class, index, options, diagnostics);
        sealed_overrides(class, index, options, diagnostics);
        duplicates(class, diagnostics);
        library_name(class, options, diagnostics);
    }
    if let [_, second, ..] = classes {
        let names: Vec<&str> = classes.iter().map(|c| c.name.text).collect();
        diagnostics.push(Diagnostic::error(
            "class/multiple",
            second.name.span,
            format!(
                "Multiple classes in one file is not supported. Found classes: {}. Each class should be in its own .bt file.",
                names.join(", ")
            ),
        ));
    }
}

/// Symbols, selectors, and class names with what is put before and behind them, become atoms: 255 characters for OTP, and as the
/// text of Core Erlang is read byte by byte, 255 bytes.
pub(crate) fn check_length(name: &str, span: bt_base::Span, diagnostics: &mut Vec<Diagnostic>) {
    const LONGEST: usize = 255;
    if name.len() > LONGEST {
        diagnostics.push(Diagnostic::error("limit/name", span, format!("Name is too long (maximum {LONGEST} characters)")));
    }
}

/// The BEAM knows functions of 255 arguments; captured variables and the receiver are arguments as well.
pub(crate) fn check_parameters(count: usize, span: bt_base::Span, diagnostics: &mut Vec<Diagnostic>) {
    const MOST: usize = 127;
    if count > MOST {
        let message = format!("Too many parameters (maximum {MOST})");
        diagnostics.push(Diagnostic::error("limit/parameters", span, message));
    }
}

fn sealed_superclass(class: &ClassDef<'_>, index: &ClassIndex, options: &Options, diagnostics: &mut Vec<Diagnostic>) {
    let Some(parent) = index.get(class.superclass.text) else { return };
    if parent.modifiers.is_sealed && !(options.library && parent.is_library) {
        diagnostics.push(Diagnostic::error(
            "class/sealed",
            class.superclass.span,
            format!("Cannot subclass sealed class `{}`", parent.name),
        ));
    }
}

fn sealed_overrides(class: &ClassDef<'_>, index: &ClassIndex, options: &Options, diagnostics: &mut Vec<Diagnostic>) {
    for method in &class.methods {
        let side = if method.class_side { Side::Class } else { Side::Instance };
        let seals = |c: &ClassInfo, side| c.method(side, &method.selector).is_some_and(|m| m.is_sealed);
        // What the library seals on its class side, instantiation, is free there for each class and taken on the instance side.
        let found = index.chain(class.superclass.text).find(|c| match (c.is_library, side) {
            (true, Side::Instance) => seals(c, Side::Instance) || seals(c, Side::Class),
            (true, Side::Class) => false,
            (false, side) => seals(c, side),
        });
        if let Some(owner) = found {
            // The library may refine its own methods.
            if !(options.library && owner.is_library) {
                let span = method.selector_parts.first().map_or(method.span, |p| p.span);
                diagnostics.push(Diagnostic::error(
                    "class/sealed-method",
                    span,
                    format!("Cannot override sealed method `{}` from class `{}`", method.selector, owner.name),
                ));
            }
        }
    }
}

fn duplicates(class: &ClassDef<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = HashSet::new();
    for method in &class.methods {
        if !seen.insert((method.class_side, method.selector.as_str())) {
            let what = if method.class_side { "class method" } else { "method" };
            let span = method.selector_parts.first().map_or(method.span, |p| p.span);
            diagnostics.push(Diagnostic::error(
                "class/duplicate-method",
                span,
                format!("Duplicate {what} `{}` in class `{}`", method.selector, class.name.text),
            ));
        }
    }
}

fn library_name(class: &ClassDef<'_>, options: &Options, diagnostics: &mut Vec<Diagnostic>) {
    if !options.library && crate::library::is_library_class(class.name.text) {
        diagnostics.push(Diagnostic::warning(
            "class/stdlib-name",
            class.name.span,
            format!(
                "Class name `{}` conflicts with a stdlib class. Loading will fail because stdlib class names are protected.",
                class.name.text
            ),
        ));
    }
}

/// A method without a statement, reported once per method.
pub(crate) fn empty_body(selector: &str, span: bt_base::Span) -> Diagnostic {
    Diagnostic::error("method/empty-body", span, format!("Method `{selector}` has an empty body"))
        .with_hint("use `self notImplemented` for code to come, or `self subclassResponsibility` for an abstract method")
        .with_category(Category::EmptyBody)
}

/// The pragma that makes up a whole method body, if there is one.
pub(crate) fn pragma<'s>(
    module: &bt_syntax::ast::Module<'s>,
    body: &[bt_syntax::ast::ExprId],
) -> Option<(&'s str, bool, bt_base::Span)> {
    match body {
        [only] => match &module.expr(*only).kind {
            ExprKind::Pragma { name, quoted } => Some((name.text, *quoted, module.expr(*only).span)),
            _ => None,
        },
        _ => None,
    }
}
