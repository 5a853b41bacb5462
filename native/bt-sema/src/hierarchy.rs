//! Checks of class headers against the classes around them (`language.md` §6.5, §6.7).

use std::collections::HashSet;

use bt_base::Diagnostic;
use bt_hir::{ClassIndex, ClassInfo, Side};
use bt_syntax::ast::{ClassDef, ExprKind, MethodDef};
use bt_syntax::diagnostics::limit_name;

use crate::diagnostics::{
    class_duplicate_method, class_multiple, class_sealed, class_sealed_method, class_stdlib_name, limit_parameters,
};
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
        diagnostics.push(class_multiple::diagnostic(second.name.span, &names));
    }
}

/// Symbols, selectors, and class names with what is put before and behind them, become atoms.
pub(crate) fn check_length(name: &str, span: bt_base::Span, diagnostics: &mut Vec<Diagnostic>) {
    if name.len() > limit_name::LONGEST {
        diagnostics.push(limit_name::diagnostic(span));
    }
}

pub(crate) fn check_parameters(count: usize, span: bt_base::Span, diagnostics: &mut Vec<Diagnostic>) {
    if count > limit_parameters::MOST {
        diagnostics.push(limit_parameters::diagnostic(span));
    }
}

fn sealed_superclass(class: &ClassDef<'_>, index: &ClassIndex, options: &Options, diagnostics: &mut Vec<Diagnostic>) {
    let Some(parent) = index.get(class.superclass.text) else { return };
    if parent.modifiers.is_sealed && !(options.library && parent.is_library) {
        diagnostics.push(class_sealed::diagnostic(class.superclass.span, &parent.name));
    }
}

fn sealed_overrides(class: &ClassDef<'_>, index: &ClassIndex, options: &Options, diagnostics: &mut Vec<Diagnostic>) {
    for method in &class.methods {
        sealed_override(method, class.superclass.text, index, options, diagnostics);
    }
}

/// Does a method of a class below `superclass` override a sealed one?
pub(crate) fn sealed_override(
    method: &MethodDef<'_>,
    superclass: &str,
    index: &ClassIndex,
    options: &Options,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let side = if method.class_side { Side::Class } else { Side::Instance };
    let seals = |c: &ClassInfo, side| c.method(side, &method.selector).is_some_and(|m| m.is_sealed);
    // What the library seals on its class side, instantiation, is free there for each class and taken on the instance side.
    let found = index.chain(superclass).find(|c| match (c.is_library, side) {
        (true, Side::Instance) => seals(c, Side::Instance) || seals(c, Side::Class),
        (true, Side::Class) => false,
        (false, side) => seals(c, side),
    });
    if let Some(owner) = found {
        // The library may refine its own methods.
        if !(options.library && owner.is_library) {
            let span = method.selector_parts.first().map_or(method.span, |p| p.span);
            diagnostics.push(class_sealed_method::diagnostic(span, &method.selector, &owner.name));
        }
    }
}

fn duplicates(class: &ClassDef<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = HashSet::new();
    for method in &class.methods {
        if !seen.insert((method.class_side, method.selector.as_str())) {
            let span = method.selector_parts.first().map_or(method.span, |p| p.span);
            diagnostics.push(class_duplicate_method::diagnostic(span, method.class_side, &method.selector, class.name.text));
        }
    }
}

fn library_name(class: &ClassDef<'_>, options: &Options, diagnostics: &mut Vec<Diagnostic>) {
    if !options.library && crate::library::is_library_class(class.name.text) {
        diagnostics.push(class_stdlib_name::diagnostic(class.name.span, class.name.text));
    }
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
