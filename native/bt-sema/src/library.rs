//! What the compiler knows of the standard library: read once from the sources that were built in.

use std::sync::OnceLock;

use bt_hir::{ClassIndex, ClassInfo};
use bt_syntax::ast::Item;

use crate::{class_info, Options};

include!(concat!(env!("OUT_DIR"), "/library_sources.rs"));

/// All library classes. Parsed at the first call, some milliseconds.
pub fn library_classes() -> &'static [ClassInfo] {
    static CLASSES: OnceLock<Vec<ClassInfo>> = OnceLock::new();
    CLASSES.get_or_init(|| {
        let options = Options { library: true, ..Options::default() };
        let mut classes = Vec::new();
        for source in SOURCES {
            let parse = bt_syntax::parse(source);
            for item in &parse.module.items {
                if let Item::Class(class) = item {
                    classes.push(class_info(&parse.module, class, source, &options));
                }
            }
        }
        classes
    })
}

/// The library as a class index.
pub fn library_index() -> &'static ClassIndex {
    static INDEX: OnceLock<ClassIndex> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = ClassIndex::new();
        for class in library_classes() {
            index.insert(class.clone());
        }
        index
    })
}

pub fn is_library_class(name: &str) -> bool {
    library_index().get(name).is_some()
}

/// Source text of a library class.
pub fn library_source(name: &str) -> Option<&'static str> {
    SOURCES.get(position(name)?).copied()
}

/// File of a library class, in the project.
pub fn library_path(name: &str) -> Option<&'static str> {
    PATHS.get(position(name)?).copied()
}

/// A file holds one class.
fn position(name: &str) -> Option<usize> {
    library_classes().iter().position(|class| class.name.as_str() == name)
}
