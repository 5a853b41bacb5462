//! The requests: each decodes its source, runs the stages it needs, and answers with data.
//!
//! Order of a compilation: limits and encoding → parse → analysis → (any error stops here) → Core Erlang text.

use std::sync::Arc;

use bt_base::{Diagnostic, Span};
use bt_hir::{ClassInfo, ClassKind};

use crate::diagnostics::{backend_timeout, file_no_class, input_module_name, internal, method_expected, repl_empty};
use crate::doc::{examples_of, ClassDoc};
use crate::front::{self, emit_core, method_unknown_class, Analysed, Meaning};
use crate::guard::guarded;
use crate::interrupt::Interrupt;
use crate::limits::Limits;
use crate::options::{Mode, Options};
use crate::report::{reports, Report};
use crate::source::Source;

/// What a compilation was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file: a class, or a module with a name of its own.
    Module,
    Expression,
    ClassDefinition,
    MethodDefinition(MethodSummary),
}

/// A standalone method: nothing to load, the caller compiles its class again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodSummary {
    pub class_name: String,
    pub selector: String,
    pub is_class_method: bool,
    pub source: String,
}

/// A compilation without errors.
#[derive(Clone, Debug)]
pub struct Compiled {
    pub kind: Kind,
    pub module_name: String,
    /// Empty for a method definition.
    pub core_erlang: String,
    pub classes: Vec<ClassReport>,
    /// Warnings and hints.
    pub diagnostics: Vec<Report>,
    /// Class source and patch in one text, when the request was a method patch.
    pub merged: Option<(String, MethodSummary)>,
}

/// A class of the source, and how its instances exist.
#[derive(Clone, Debug)]
pub struct ClassReport {
    pub info: ClassInfo,
    pub kind: ClassKind,
}

/// At least one report is an error.
#[derive(Clone, Debug)]
pub struct Failure {
    pub diagnostics: Vec<Report>,
}

impl From<Box<Report>> for Failure {
    fn from(report: Box<Report>) -> Failure {
        Failure { diagnostics: vec![*report] }
    }
}

/// Which form of a program to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Tokens,
    Ast,
    Hir,
    Core,
    /// The evaluator's code.
    Bytecode,
}

/// A back end: resolved tree and its source in, Core Erlang text out.
pub type Emit = fn(&bt_hir::Module, &str, &Options) -> String;

/// Stateless: one value serves all threads.
#[derive(Clone, Copy, Debug)]
pub struct Compiler {
    pub limits: Limits,
    /// [`emit_core`], unless a test looks at the tree in another way.
    pub emit: Emit,
}

impl Default for Compiler {
    fn default() -> Compiler {
        Compiler { limits: Limits::default(), emit: emit_core }
    }
}

/// How a source is read; decides what an empty one means and what `kind` is called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    File,
    Input,
}

impl Compiler {
    /// A file or class text.
    pub fn compile(&self, source: &[u8], options: &Options, watch: &dyn Interrupt) -> Result<Compiled, Failure> {
        self.guarded(source, || self.run(source, options, Reading::File, watch))
    }

    /// Workspace input: expressions, a class definition or a method definition.
    pub fn compile_expression(&self, source: &[u8], options: &Options, watch: &dyn Interrupt) -> Result<Compiled, Failure> {
        self.guarded(source, || self.run(source, options, Reading::Input, watch))
    }

    /// A method patch: compiles `class_source` with the method of `patch` put in.
    ///
    /// The merged text is the class source, a line break and the patch, so the text of every other method stays as it is. Diagnostics
    /// inside the patch are placed relative to the patch.
    pub fn compile_method(
        &self,
        class_source: &[u8],
        patch: &[u8],
        options: &Options,
        watch: &dyn Interrupt,
    ) -> Result<Compiled, Failure> {
        self.guarded(patch, || {
            let method = self.run(patch, options, Reading::Input, watch)?;
            let Kind::MethodDefinition(summary) = method.kind else {
                return Err(self.refuse(method_expected::patch()));
            };
            let class = Source::decode(class_source, &self.limits)?;
            let patch_text = Source::decode(patch, &self.limits)?;
            let merged = format!("{}\n{}", class.text, patch_text.text);
            let own = (class.text.len() + 1) as u32;
            let result = self.run(merged.as_bytes(), options, Reading::File, watch);
            match result {
                Ok(mut compiled) => {
                    compiled.diagnostics = patch_reports(compiled.diagnostics, own, &merged);
                    if !compiled.classes.iter().any(|c| c.info.name.as_str() == summary.class_name) {
                        return Err(self.refuse(method_unknown_class::patch(&summary.class_name)));
                    }
                    compiled.merged = Some((merged, summary));
                    Ok(compiled)
                }
                Err(failure) => Err(Failure { diagnostics: patch_reports(failure.diagnostics, own, &merged) }),
            }
        })
    }

    /// Everything there is to say about a source; no code is generated.
    pub fn diagnostics(&self, source: &[u8], options: &Options, watch: &dyn Interrupt) -> Vec<Report> {
        let work = || {
            let text = Source::decode(source, &self.limits)?;
            self.proceed(watch)?;
            let analysed = front::analyse(text.text, options, options.mode != Mode::File);
            let mut diagnostics = analysed.diagnostics;
            if options.mode == Mode::Method && matches!(analysed.lowered.kind, Meaning::Expression | Meaning::ClassDefinition) {
                diagnostics.push(method_expected::definition());
            }
            Ok(self.place(diagnostics, text, options))
        };
        self.guarded(source, work).unwrap_or_else(|failure: Failure| failure.diagnostics)
    }

    /// Class information and examples of a text.
    pub fn doc(&self, source: &[u8], options: &Options, watch: &dyn Interrupt) -> Result<Vec<ClassDoc>, Failure> {
        self.guarded(source, || {
            let text = Source::decode(source, &self.limits)?;
            self.proceed(watch)?;
            let analysed = front::analyse(text.text, options, false);
            let spans: Vec<Span> = class_extents(&analysed, text.text);
            let docs = front::doc_comments(text.text);
            Ok(class_reports(analysed.lowered.classes, &analysed.kinds, text.shift, None)
                .into_iter()
                .zip(spans)
                .map(|(class, extent)| ClassDoc { examples: examples_of(text.text, &docs, extent.start, extent.end), class })
                .collect())
        })
    }

    /// The text laid out anew, as `docs/formatting.md` says. A text with syntax errors is refused with all that the parser found.
    pub fn format(&self, source: &[u8], options: &Options, watch: &dyn Interrupt) -> Result<String, Failure> {
        self.guarded(source, || {
            let text = Source::decode(source, &self.limits)?;
            self.proceed(watch)?;
            let found = match front::format(text.text) {
                Ok(formatted) => return Ok(formatted),
                Err(front::Refusal::Syntax(found)) => found,
                Err(front::Refusal::Changed(span)) => vec![internal::unsafe_layout(span)],
            };
            Err(Failure { diagnostics: self.place(found, text, options) })
        })
    }

    /// Is this input complete, or should a prompt ask for another line?
    pub fn is_complete(&self, source: &[u8]) -> bool {
        let work = || Ok(Source::decode(source, &self.limits).map_or(true, |text| front::is_complete(text.text)));
        self.guarded(source, work).unwrap_or(true)
    }

    /// One stage of the pipeline as text, for people. Shown for programs with errors too, as far as the stage exists.
    pub fn show(
        &self,
        stage: Stage,
        source: &[u8],
        options: &Options,
        watch: &dyn Interrupt,
    ) -> Result<(String, Vec<Report>), Failure> {
        self.guarded(source, || {
            let text = Source::decode(source, &self.limits)?;
            self.proceed(watch)?;
            match stage {
                Stage::Tokens => Ok((front::show_tokens(text.text), Vec::new())),
                Stage::Ast => {
                    let found = self.place(front::syntax_errors(text.text), text, options);
                    Ok((front::show_ast(text.text), found))
                }
                Stage::Hir | Stage::Core | Stage::Bytecode => {
                    let analysed = front::analyse(text.text, options, options.mode != Mode::File);
                    let found = self.place(analysed.diagnostics, text, options);
                    let Some(hir) = analysed.lowered.hir else {
                        return Ok((String::new(), found));
                    };
                    let shown = match stage {
                        Stage::Hir => front::show_hir(&hir),
                        Stage::Bytecode => front::show_bytecode(&hir, text.text),
                        Stage::Tokens | Stage::Ast | Stage::Core => (self.emit)(&hir, text.text, options),
                    };
                    Ok((shown, found))
                }
            }
        })
    }

    fn run(&self, source: &[u8], options: &Options, reading: Reading, watch: &dyn Interrupt) -> Result<Compiled, Failure> {
        self.check_module_name(options)?;
        let text = Source::decode(source, &self.limits)?;
        self.proceed(watch)?;
        let mut analysed = front::analyse(text.text, options, reading == Reading::Input);
        self.proceed(watch)?;

        // A text in which the parser found nothing but errors has been explained; a text without anything has not.
        if analysed.lowered.hir.is_none() && !analysed.diagnostics.iter().any(Diagnostic::is_error) {
            analysed.diagnostics.extend(nothing_to_compile(&analysed.lowered.kind, reading));
        } else if reading == Reading::File
            && options.module_name.is_none()
            && matches!(analysed.lowered.kind, Meaning::Expression)
        {
            analysed.diagnostics.push(file_no_class::diagnostic());
        }
        let found = self.place(analysed.diagnostics, text, options);
        if found.iter().any(Report::is_error) {
            return Err(Failure { diagnostics: found });
        }
        let shown = if options.suppress_warnings { Vec::new() } else { found };

        let kind = match analysed.lowered.kind {
            Meaning::MethodDefinition { class, selector, class_side, source } => Kind::MethodDefinition(MethodSummary {
                class_name: class,
                selector,
                is_class_method: class_side,
                source: source.text(text.text).to_owned(),
            }),
            _ if reading == Reading::File => Kind::Module,
            Meaning::ClassDefinition => Kind::ClassDefinition,
            Meaning::Expression | Meaning::Empty => Kind::Expression,
        };
        let (module_name, core_erlang) = match (&kind, analysed.lowered.hir) {
            (Kind::MethodDefinition(_), _) | (_, None) => (String::new(), String::new()),
            (_, Some(hir)) => {
                let core = (self.emit)(&hir, text.text, options);
                (hir.name, core)
            }
        };
        self.proceed(watch)?;
        let classes = class_reports(analysed.lowered.classes, &analysed.kinds, text.shift, Some(&module_name));
        Ok(Compiled { kind, module_name, core_erlang, classes, diagnostics: shown, merged: None })
    }

    /// Module names become atoms and file names: nothing but letters, digits, `_` and `@` may be in them.
    fn check_module_name(&self, options: &Options) -> Result<(), Failure> {
        let Some(name) = &options.module_name else {
            return Ok(());
        };
        let fits = !name.is_empty()
            && name.len() <= self.limits.name_chars
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'@');
        if fits {
            return Ok(());
        }
        Err(self.refuse(input_module_name::diagnostic(name, self.limits.name_chars)))
    }

    fn place(&self, diagnostics: Vec<Diagnostic>, text: Source<'_>, options: &Options) -> Vec<Report> {
        reports(diagnostics, text, options.path.as_deref(), &self.limits)
    }

    fn refuse(&self, diagnostic: Diagnostic) -> Failure {
        Failure { diagnostics: vec![Report::unplaced(diagnostic)] }
    }

    fn proceed(&self, watch: &dyn Interrupt) -> Result<(), Failure> {
        if watch.requested() {
            return Err(self.refuse(backend_timeout::stopped()));
        }
        Ok(())
    }

    fn guarded<T>(&self, input: &[u8], work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
        guarded(&self.limits, input, work).unwrap_or_else(|report| Err(Failure::from(report)))
    }
}

fn nothing_to_compile(kind: &Meaning, reading: Reading) -> Option<Diagnostic> {
    match (kind, reading) {
        (Meaning::MethodDefinition { .. }, Reading::Input) => None,
        (_, Reading::File) => Some(file_no_class::diagnostic()),
        (_, Reading::Input) => Some(repl_empty::diagnostic()),
    }
}

/// Reports of a merged text, those inside the patch placed relative to the patch. Warnings about the rest were given when the class
/// was compiled.
fn patch_reports(all: Vec<Report>, patch_start: u32, merged: &str) -> Vec<Report> {
    let lines_before = bt_base::LineIndex::new(&merged[..patch_start as usize]).line_count() - 1;
    all.into_iter()
        .filter(|r| r.is_error() || r.at.start >= patch_start)
        .map(|mut r| {
            for at in std::iter::once(&mut r.at).chain(r.edit.iter_mut().map(|(at, _)| at)).filter(|at| at.start >= patch_start) {
                at.start -= patch_start;
                at.end -= patch_start;
                at.line -= lines_before;
                at.end_line -= lines_before;
            }
            r
        })
        .collect()
}

/// Offsets made to count a byte-order mark; the first class is the one the module holds.
fn class_reports(infos: Vec<Arc<ClassInfo>>, kinds: &[ClassKind], shift: u32, module: Option<&str>) -> Vec<ClassReport> {
    let mut module = module.filter(|m| !m.is_empty());
    infos
        .into_iter()
        .zip(kinds)
        .map(|(info, &kind)| {
            let mut info = Arc::unwrap_or_clone(info);
            for method in &mut info.methods {
                method.span.start += shift;
                method.span.end += shift;
            }
            if let Some(name) = module.take() {
                info.module = Some(name.to_owned());
            }
            ClassReport { info, kind }
        })
        .collect()
}

/// Byte ranges in which the doc comments of each class stand: from the end of the class before to the end of its own members.
fn class_extents(analysed: &Analysed, text: &str) -> Vec<Span> {
    let mut from = 0;
    let classes = &analysed.lowered.classes;
    classes
        .iter()
        .enumerate()
        .map(|(position, class)| {
            let own = class.methods.iter().map(|m| m.span.end).max();
            let end = own.filter(|_| position + 1 < classes.len()).unwrap_or(text.len() as u32).max(from);
            let extent = Span { start: from, end };
            from = end;
            extent
        })
        .collect()
}
