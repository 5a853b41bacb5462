//! The one door to the front-end crates: everything the engine asks of parser, analysis and code generator.

use std::sync::Arc;

use bt_base::{Diagnostic, Name, Span};
use bt_hir::{ClassIndex, ClassInfo, ClassKind, Frontend, Reading, Resolved};
use bt_sema::Beamtalk;

use crate::options::Options;

pub use bt_hir::Meaning;
pub use bt_sema::diagnostics::method_unknown_class;
pub use bt_syntax::format::{format, Refusal};
pub use bt_syntax::{is_complete, show_tokens};

/// Parsed and analysed text.
pub struct Analysed {
    pub lowered: Resolved,
    /// One per class of the text, in order.
    pub kinds: Vec<ClassKind>,
    pub diagnostics: Vec<Diagnostic>,
}

/// The language of the library, of the compiler's requests, and of sessions that are told no other.
pub fn beamtalk() -> Arc<dyn Frontend> {
    Arc::new(Beamtalk)
}

/// Source → resolved tree. `expression`: workspace input, where statements may stand alone.
pub fn analyse(text: &str, options: &Options, expression: bool) -> Analysed {
    let mut index = class_index(options);
    let mut lowered = Beamtalk.read(text, &index, &reading(options, expression));
    let diagnostics = std::mem::take(&mut lowered.diagnostics);
    for class in &lowered.classes {
        index.insert(class.clone());
    }
    let kinds = lowered.classes.iter().map(|c| index.kind_of(&c.name, c.superclass.as_deref())).collect();
    Analysed { lowered, kinds, diagnostics }
}

/// Only the diagnostics of the parser.
pub fn syntax_errors(text: &str) -> Vec<Diagnostic> {
    bt_syntax::parse(text).diagnostics
}

/// Doc comments of classes and methods, in the order of the text.
pub fn doc_comments(text: &str) -> Vec<Span> {
    use bt_syntax::ast::{Doc, Item};
    let mut found = Vec::new();
    let mut note = |doc: &Option<Doc>| found.extend(doc.iter().map(|d| d.span));
    for item in &bt_syntax::parse(text).module.items {
        match item {
            Item::Class(class) => {
                note(&class.doc);
                class.methods.iter().for_each(|m| note(&m.doc));
            }
            Item::Method(standalone) => note(&standalone.method.doc),
            Item::Statement(_) => {}
        }
    }
    found.sort_by_key(|span| span.start);
    found
}

pub fn show_ast(text: &str) -> String {
    bt_syntax::show_ast(&bt_syntax::parse(text).module)
}

pub fn show_hir(module: &bt_hir::Module) -> String {
    bt_hir::show(module)
}

/// The evaluator's code of everything in the tree.
pub fn show_bytecode(module: &bt_hir::Module, text: &str) -> String {
    use bt_bcgen::Code;
    let code = match bt_bcgen::compile(module, &bt_bcgen::Options::default()) {
        Ok(code) => code,
        Err(too_large) => return too_large.to_string(),
    };
    let chunks: Vec<&bt_bytecode::Chunk> = match &code {
        Code::Input(input) => vec![&input.chunk],
        Code::Class(class) => {
            let defaults = class.fields.iter().chain(&class.class_vars).filter_map(|(_, default)| default.as_ref());
            defaults.chain(&class.class_methods).chain(&class.methods).collect()
        }
    };
    chunks.iter().map(|chunk| bt_bytecode::disassemble(chunk, text)).collect::<Vec<_>>().join("\n")
}

/// Resolved tree → Core Erlang text.
pub fn emit_core(module: &bt_hir::Module, text: &str, options: &Options) -> String {
    bt_core_erlang::emit(module, text, &bt_core_erlang::Options { file: options.path.clone(), late_bound: options.late_bound })
}

/// What a request says of its source to whoever reads it.
pub fn reading(options: &Options, expression: bool) -> Reading {
    Reading {
        module_name: options.module_name.clone(),
        expression,
        known_vars: options.known_vars.clone(),
        library: options.stdlib_mode,
        allow_primitives: options.allow_primitives,
        workspace: options.workspace_mode,
        skip_checks: options.skip_checks,
    }
}

/// The library, then what the caller knows; richer knowledge replaces poorer.
pub fn class_index(options: &Options) -> ClassIndex {
    let mut index = ClassIndex::over(bt_sema::library_index());
    for (class, superclass) in &options.class_superclasses {
        let mut info = index.get(class).cloned().unwrap_or_else(|| bare(class));
        info.superclass = Some(superclass.as_str()).filter(|s| *s != "none").map(Name::new);
        index.insert(info);
    }
    for info in &options.known_classes {
        index.insert(info.clone());
    }
    for (class, module) in &options.class_modules {
        // A class of which only the module is known has no superclass to place it by: it stays out of the hierarchy.
        if let Some(mut info) = index.get(class).cloned() {
            info.module = Some(module.clone());
            index.insert(info);
        }
    }
    index
}

fn bare(class: &str) -> ClassInfo {
    ClassInfo {
        name: Name::new(class),
        superclass: None,
        module: None,
        modifiers: Default::default(),
        fields: Vec::new(),
        class_vars: Vec::new(),
        methods: Vec::new(),
        doc: None,
        complete: false,
        is_library: false,
    }
}

/// The first class of a text as the evaluator takes it; nothing where there is none.
pub fn class_of(index: &ClassIndex, name: &str, text: &str, file: Option<&str>) -> Option<bt_vm::ClassCode> {
    if bt_sema::is_library_class(name) {
        return crate::session::library_class(name, text, index);
    }
    let reading = Reading { allow_primitives: true, ..Reading::default() };
    let (code, mut about) = crate::session::compiled(text, file, index, &reading)?;
    about.description.is_shared = true;
    Some(crate::session::class_code(code, about, None))
}
