//! Syntax tree → resolved tree: scopes, captures, control-flow messages, class checks.
//!
//! Stages of [`lower`]: (1) merge standalone methods into their class; (2) checks of the class hierarchy; (3) lowering of bodies, which
//! resolves names and reports what it finds; (4) types and single sends; (5) order and `@expect`. The result is always a tree, also for a
//! program with errors. In which order findings are reported is a matter of their codes ([`bt_base::Stage`]), not of these stages.
#![forbid(unsafe_code)]

mod blocks;
mod body;
mod class_info;
mod classes;
mod control;
pub mod diagnostics;
mod expect;
mod frontend;
mod hierarchy;
mod library;
mod literals;
mod matching;
mod scope;
mod sends;
mod spelling;
mod types;
mod walk;

use std::sync::Arc;

use bt_base::{module_name, Stage};
use bt_hir::{ClassIndex, Eval, Meaning, Module, Resolved, Unit};
use bt_syntax::ast;

use diagnostics::{method_unknown_class, repl_many_methods};

pub use bt_hir::Reading as Options;
pub use class_info::class_info;
pub use frontend::Beamtalk;
pub use library::{is_library_class, library_classes, library_index, library_path, library_source};

/// Analyses one text. `index` holds the classes outside of it (the library is added by the caller, see [`library_index`]).
pub fn lower(module: &ast::Module<'_>, source: &str, index: &ClassIndex, options: &Options) -> Resolved {
    let merged = classes::merge(module);
    let mut index = index.clone();
    let mut infos = Vec::new();
    for class in &merged.classes {
        let info = Arc::new(class_info(module, class, source, options));
        index.insert(Arc::clone(&info));
        infos.push(info);
    }
    let mut diagnostics = Vec::new();
    for class in &merged.classes {
        let longest = format!("{}$beamtalk", bt_base::module_name(class.name.text, options.library));
        hierarchy::check_length(&longest, class.name.span, &mut diagnostics);
    }
    if !options.skip_checks {
        hierarchy::check(&merged.classes, &index, options, &mut diagnostics);
    }
    let name_of = |class: &str| options.module_name.clone().unwrap_or_else(|| module_name(class, options.library));

    let mut kind = Meaning::Empty;
    let mut hir = None;
    let mut expects = Vec::new();

    let mut statements: Vec<ast::ExprId> = module
        .items
        .iter()
        .filter_map(|item| match item {
            ast::Item::Statement(id) => Some(*id),
            ast::Item::Class(_) | ast::Item::Method(_) => None,
        })
        .collect();
    if options.skip_checks {
        // An expression script uses the first expression of a line alone.
        statements.truncate(1);
    }
    if !statements.is_empty() {
        let mut lowerer = body::Lowerer::new(module, &index, options, body::Home::Eval);
        let eval = lowerer.eval(&statements);
        diagnostics.append(&mut lowerer.diagnostics);
        expects.append(&mut lowerer.expects);
        if merged.classes.is_empty() && merged.orphans.is_empty() {
            kind = Meaning::Expression;
            hir = Some(Module {
                name: options.module_name.clone().unwrap_or_else(|| "bt@eval".into()),
                unit: Unit::Eval(Box::new(eval)),
            });
        }
    }
    for (position, class) in merged.classes.iter().enumerate() {
        let lowered = classes::lower_class(module, source, &index, options, class, &mut diagnostics, &mut expects);
        if position == 0 {
            // A class given as workspace input always becomes the module that its name says.
            let name = if options.expression { module_name(class.name.text, options.library) } else { name_of(class.name.text) };
            kind = Meaning::ClassDefinition;
            hir = Some(Module { name, unit: Unit::Class(Box::new(lowered)) });
        }
    }
    for orphan in &merged.orphans {
        classes::check_orphan(module, &index, options, orphan, &mut diagnostics, &mut expects);
        if merged.classes.is_empty() {
            let method = &orphan.method;
            if options.expression && matches!(kind, Meaning::MethodDefinition { .. }) {
                diagnostics.push(repl_many_methods::diagnostic(orphan.span));
            }
            kind = Meaning::MethodDefinition {
                class: orphan.class.text.to_string(),
                selector: method.selector.clone(),
                class_side: method.class_side,
                source: method.source_span,
            };
        }
        // Alone in an input it patches the loaded class.
        if !options.expression || !merged.classes.is_empty() {
            diagnostics.push(method_unknown_class::diagnostic(orphan.class.span, orphan.class.text));
        }
    }
    if options.skip_checks {
        diagnostics.retain(|d| d.code.stage == Stage::Code || d.code.name.starts_with("limit/"));
    } else {
        types::check(module, &index, options, &statements, &merged, &mut diagnostics);
        diagnostics.sort_by_key(|d| d.code.stage);
        expect::apply(&expects, source, &mut diagnostics);
    }
    Resolved { hir, diagnostics, classes: infos, kind }
}

/// An [`Eval`] without statements, for texts that hold none.
pub fn empty_eval() -> Eval {
    Eval { body: bt_hir::Body::default(), inputs: Vec::new(), outputs: Vec::new() }
}
