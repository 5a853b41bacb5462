//! The standard library as the machine takes it: each class compiled when something first needs it, once for all sessions.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use bt_bcgen::{compile, Code as Generated};
use bt_hir::{ClassIndex, Frontend, Reading, Resolved, Unit};
use bt_sema::Beamtalk;
use bt_vm::{ClassCode, Library};

use super::classes::{class_code, description, About};

include!("../../prelude/table.rs");

type Slot = OnceLock<Option<Arc<ClassCode>>>;

/// The classes of `stdlib/src`.
pub struct Standard {
    slots: HashMap<&'static str, Slot>,
}

impl Standard {
    /// The one that all sessions share.
    pub fn shared() -> &'static Standard {
        static SHARED: OnceLock<Standard> = OnceLock::new();
        SHARED.get_or_init(|| Standard {
            slots: bt_sema::library_classes().iter().map(|class| (class.name.as_str(), Slot::new())).collect(),
        })
    }
}

impl Standard {
    /// How many of the classes have been compiled.
    pub fn compiled(&self) -> usize {
        self.slots.values().filter(|slot| slot.get().is_some()).count()
    }

    /// Is it a class of the library?
    pub fn has(&self, name: &str) -> bool {
        self.slots.contains_key(name)
    }
}

impl Library for Standard {
    fn class(&self, name: &str) -> Option<Arc<ClassCode>> {
        let slot = self.slots.get(name)?;
        slot.get_or_init(|| {
            let index = ClassIndex::over(bt_sema::library_index());
            library_class(name, bt_sema::library_source(name)?, &index).map(Arc::new)
        })
        .clone()
    }
}

/// A class of the library from a text of it, which may have more methods than the library's own.
pub(crate) fn library_class(name: &str, source: &str, index: &ClassIndex) -> Option<ClassCode> {
    let reading = Reading { library: true, ..Reading::default() };
    let prelude =
        PRELUDE.iter().find(|(class, _)| *class == name).and_then(|(_, source)| compiled(source, None, index, &reading));
    let prelude = prelude.map(|(code, _)| super::prelude::adapted(code));
    let (code, about) = compiled(source, bt_sema::library_path(name), index, &reading)?;
    Some(class_code(code, about, prelude))
}

/// The first class of a text, compiled; nothing where the text has errors.
pub(crate) fn compiled(
    source: &str,
    path: Option<&str>,
    index: &ClassIndex,
    reading: &Reading,
) -> Option<(bt_bcgen::ClassCode, About)> {
    generated(Beamtalk.read(source, index, reading), source, path, index)
}

/// The same of a text that has been read, in whatever language.
pub(super) fn generated(
    resolved: Resolved,
    source: &str,
    path: Option<&str>,
    index: &ClassIndex,
) -> Option<(bt_bcgen::ClassCode, About)> {
    let module = resolved.hir?;
    let Unit::Class(class) = &module.unit else { return None };
    let about = About {
        superclass: class.superclass.as_ref().map(ToString::to_string),
        module: module.name.clone(),
        kind: class.kind,
        description: resolved.classes.first().map(|info| description(info, path.map(str::to_string), source)).unwrap_or_default(),
        is_abstract: class.modifiers.is_abstract,
        inherited_fields: inherited_fields(class.superclass.as_deref(), index),
    };
    match compile(&module, &bt_bcgen::Options::default()).ok()? {
        Generated::Class(code) => Some((code, about)),
        Generated::Input(_) => None,
    }
}

/// Names of the fields of a class and all above it, the uppermost first.
fn inherited_fields(class: Option<&str>, index: &ClassIndex) -> Vec<String> {
    let Some(class) = class else { return Vec::new() };
    let mut chain: Vec<_> = index.chain(class).collect();
    chain.reverse();
    let mut all: Vec<String> = Vec::new();
    for info in chain {
        for field in &info.fields {
            if !all.contains(&field.name) {
                all.push(field.name.clone());
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_compiles() {
        for class in bt_sema::library_classes() {
            let code = Standard::shared().class(&class.name);
            assert!(code.is_some(), "{}", class.name);
        }
    }
}
