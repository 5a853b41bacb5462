//! What a session defines: an overlay above the standard library.
//!
//! A class is a text and the standalone methods that have been put into it since. Every change compiles that whole again, so code, documentation and positions
//! always belong to one text.

use std::collections::HashMap;
use std::sync::Arc;

use bt_hir::{ClassIndex, ClassInfo, Frontend, Meaning, Reading, Side};
use bt_vm::ClassCode;

use super::classes::class_code;
use super::library::{generated, library_class};
use super::Refusal;
use crate::diagnostics::load_refused;
use crate::front;
use crate::guard::guarded;
use crate::limits::Limits;
use crate::options::Options;
use crate::report::{reports, Report};
use crate::source::Source;

/// A method of a definition: its class (`C class` for the class side), its selector, and how often its text has changed.
pub type Version = (String, String, u32);

type Key = (Side, String);

struct Definition {
    /// Who reads it.
    frontend: Arc<dyn Frontend>,
    /// Text of the class itself.
    text: String,
    path: Option<String>,
    is_library: bool,
    /// Standalone methods put into it, in the order they came.
    patches: Vec<(Key, String)>,
    /// Version and text of each method that the class has or had.
    versions: HashMap<Key, (u32, String)>,
}

impl Definition {
    fn whole(&self) -> String {
        self.patches.iter().fold(self.text.clone(), |whole, (_, patch)| whole + "\n" + patch)
    }
}

/// A class that is to be linked anew.
pub(super) struct Changed {
    pub name: String,
    pub code: Arc<ClassCode>,
}

pub(super) struct Definitions {
    classes: HashMap<String, Definition>,
    /// The library and the session's classes.
    index: ClassIndex,
    /// Methods whose text the last definition has changed.
    swapped: Vec<Version>,
}

impl Default for Definitions {
    fn default() -> Definitions {
        Definitions { classes: HashMap::new(), index: ClassIndex::over(bt_sema::library_index()), swapped: Vec::new() }
    }
}

impl Definitions {
    /// What the host knows of classes outside of the session; those of the session go before them.
    pub fn set_outer(&mut self, outer: ClassIndex) {
        let own: Vec<ClassInfo> = self.classes.keys().filter_map(|name| self.index.get(name).cloned()).collect();
        self.index = outer;
        own.into_iter().for_each(|info| self.index.insert(info));
    }

    /// Is it a class that the session has defined or changed?
    pub fn has(&self, name: &str) -> bool {
        self.classes.contains_key(name)
    }

    /// Methods whose text the last definition has changed, with their versions.
    pub fn swapped(&self) -> &[Version] {
        &self.swapped
    }

    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// How often the text of the method has changed; that of other classes has not.
    pub fn version(&self, class: &str, side: Side, selector: &str) -> u32 {
        let known = self.classes.get(class).and_then(|class| class.versions.get(&(side, selector.to_string())));
        known.map_or(1, |(version, _)| *version)
    }

    /// Texts that define all of it again, superclasses first, each in its own language. Of a class of the library only the methods that were put into it.
    pub fn sources(&self) -> Vec<(Option<String>, String)> {
        let mut names: Vec<&String> = self.classes.keys().collect();
        names.sort_by_key(|name| (self.index.chain(name).count(), *name));
        let mut all = Vec::new();
        for definition in names.iter().filter_map(|name| self.classes.get(*name)) {
            if !definition.is_library {
                all.push((definition.path.clone(), definition.text.clone()));
            }
            all.extend(definition.patches.iter().map(|(_, patch)| (definition.path.clone(), patch.clone())));
        }
        all
    }

    /// Text and file of the class of this module, if the session has defined or changed it.
    pub fn text_of(&self, module: &str) -> Option<(String, Option<String>)> {
        let is_of = |name: &str| self.index.get(name).is_some_and(|info| info.module.as_deref() == Some(module));
        let (_, definition) = self.classes.iter().find(|(name, _)| is_of(name))?;
        Some((definition.whole(), definition.path.clone()))
    }

    pub fn index(&self) -> &ClassIndex {
        &self.index
    }

    /// Takes a class, or a standalone method of a class. Nothing changes where it is refused.
    pub fn define(
        &mut self,
        frontend: &Arc<dyn Frontend>,
        source: &[u8],
        options: &Options,
        limits: &Limits,
    ) -> Result<(Vec<Version>, Vec<Changed>), Refusal> {
        let text = Source::decode(source, limits).map_err(|report| Refusal::Rejected(vec![*report]))?;
        let mut options = options.clone();
        options.module_name = None;
        guarded(limits, source, || {
            let resolved = frontend.read(text.text, &self.index, &front::reading(&options, true));
            let found = reports(resolved.diagnostics, text, options.path.as_deref(), limits);
            if found.iter().any(Report::is_error) {
                return Err(Refusal::Rejected(found));
            }
            match resolved.kind {
                Meaning::ClassDefinition => {
                    let info = resolved.classes.first().cloned();
                    info.map_or(Err(Refusal::Expression), |info| self.define_class(frontend, text.text, info, &options))
                }
                Meaning::MethodDefinition { class, selector, class_side, .. } => {
                    let side = if class_side { Side::Class } else { Side::Instance };
                    self.define_method(frontend, text.text, &class, (side, selector))
                }
                Meaning::Expression | Meaning::Empty => Err(Refusal::Expression),
            }
        })
        .unwrap_or_else(|report| Err(Refusal::Rejected(vec![*report])))
    }

    fn define_class(
        &mut self,
        frontend: &Arc<dyn Frontend>,
        text: &str,
        info: Arc<ClassInfo>,
        options: &Options,
    ) -> Result<(Vec<Version>, Vec<Changed>), Refusal> {
        let name = info.name.to_string();
        if bt_sema::is_library_class(&name) {
            return Err(refused(format!("Cannot redefine stdlib class '{name}'")));
        }
        if let Some(superclass) = &info.superclass {
            let mut above = self.index.chain(superclass);
            match above.next() {
                None => return Err(refused(format!("Class '{superclass}' not found"))),
                Some(class) if class.name == info.name => return Err(refused(format!("'{name}' would be its own superclass"))),
                Some(_) => {}
            }
            if above.any(|class| class.name == info.name) {
                return Err(refused(format!("'{name}' would be its own superclass")));
            }
        }
        let versions = self.classes.get(&name).map(|known| known.versions.clone()).unwrap_or_default();
        let path = options.path.clone();
        let frontend = Arc::clone(frontend);
        let definition = Definition { frontend, text: text.to_string(), path, is_library: false, patches: Vec::new(), versions };
        self.take(name, definition, None)
    }

    fn define_method(
        &mut self,
        frontend: &Arc<dyn Frontend>,
        text: &str,
        class: &str,
        key: Key,
    ) -> Result<(Vec<Version>, Vec<Changed>), Refusal> {
        let Some(info) = self.index.get(class) else { return Err(refused(format!("Class '{class}' not found"))) };
        let mut definition = match (self.classes.get(class), bt_sema::library_source(class)) {
            (Some(known), _) => Definition {
                frontend: Arc::clone(&known.frontend),
                text: known.text.clone(),
                path: known.path.clone(),
                is_library: known.is_library,
                patches: known.patches.clone(),
                versions: known.versions.clone(),
            },
            (None, Some(source)) => Definition {
                frontend: front::beamtalk(),
                text: source.to_string(),
                path: bt_sema::library_path(class).map(str::to_string),
                is_library: true,
                patches: Vec::new(),
                versions: texts(info).map(|(key, text)| (key, (1, text))).collect(),
            },
            (None, None) => return Err(refused(format!("The source of class '{class}' is not known here"))),
        };
        // Class and methods are read as one text.
        if definition.frontend.name() != frontend.name() {
            let language = definition.frontend.name();
            return Err(refused(format!("'{class}' is written in {language}, so its methods are too")));
        }
        definition.patches.retain(|(other, _)| *other != key);
        definition.patches.push((key.clone(), text.to_string()));
        self.take(class.to_string(), definition, Some(key))
    }

    /// Compiles the definition and all classes of the session below it. `only`: the method that the input was.
    fn take(&mut self, name: String, definition: Definition, only: Option<Key>) -> Result<(Vec<Version>, Vec<Changed>), Refusal> {
        let mut definition = definition;
        let Some((code, info)) = built(&name, &definition, &self.index) else {
            return Err(refused(format!("'{name}' could not be compiled")));
        };
        let mut versions = Vec::new();
        self.swapped.clear();
        for (key, text) in texts(&info) {
            let entry = definition.versions.entry(key.clone()).or_insert((0, String::new()));
            let is_changed = entry.0 == 0 || entry.1 != text;
            if is_changed {
                *entry = (entry.0 + 1, text);
            }
            let class = if key.0 == Side::Class { format!("{name} class") } else { name.clone() };
            if is_changed && entry.0 > 1 {
                self.swapped.push((class.clone(), key.1.clone(), entry.0));
            }
            if only.as_ref().is_none_or(|only| *only == key) {
                versions.push((class, key.1, entry.0));
            }
        }
        self.index.insert(info);
        self.classes.insert(name.clone(), definition);
        let mut changed = vec![Changed { name: name.clone(), code: Arc::new(code) }];
        // Fields, and whether instances are processes, come from above.
        for below in self.below(&name) {
            let Some(definition) = self.classes.get(&below) else { continue };
            if let Some((code, info)) = built(&below, definition, &self.index) {
                self.index.insert(info);
                changed.push(Changed { name: below, code: Arc::new(code) });
            }
        }
        Ok((versions, changed))
    }

    /// Classes of the session below a class, the upper ones first.
    fn below(&self, name: &str) -> Vec<String> {
        let depth = |class: &str| self.index.chain(class).count();
        let mut all: Vec<&String> =
            self.classes.keys().filter(|class| *class != name && self.index.inherits_from(class, name)).collect();
        all.sort_by_key(|class| (depth(class), *class));
        all.into_iter().cloned().collect()
    }
}

/// Methods of a class with their texts.
fn texts(info: &ClassInfo) -> impl Iterator<Item = (Key, String)> + '_ {
    info.methods.iter().map(|m| ((m.side, m.selector.to_string()), m.source.clone().unwrap_or_default()))
}

fn built(name: &str, definition: &Definition, index: &ClassIndex) -> Option<(ClassCode, Arc<ClassInfo>)> {
    let text = definition.whole();
    let reading = Reading { library: definition.is_library, ..Reading::default() };
    let resolved = definition.frontend.read(&text, index, &reading);
    let info = resolved.classes.first()?.clone();
    if definition.is_library {
        return Some((library_class(name, &text, index)?, info));
    }
    let (code, about) = generated(resolved, &text, definition.path.as_deref(), index)?;
    Some((class_code(code, about, None), info))
}

fn refused(message: String) -> Refusal {
    let diagnostic = bt_base::Diagnostic::of(&load_refused::CODE, bt_base::Span::default(), message);
    Refusal::Rejected(vec![Report::unplaced(diagnostic)])
}
