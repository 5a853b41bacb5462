//! What a request says besides its source.

use bt_hir::ClassInfo;

/// How `diagnostics` reads a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    Expression,
    File,
    Method,
}

/// Options shared by all compilations; each reads those that concern it.
#[derive(Clone, Debug)]
pub struct Options {
    /// Module name to use as it is.
    pub module_name: Option<String>,
    /// Variables an expression may read.
    pub known_vars: Vec<String>,
    pub mode: Mode,
    pub stdlib_mode: bool,
    pub allow_primitives: bool,
    pub workspace_mode: bool,
    pub suppress_warnings: bool,
    /// Expression-test files: only what the parser and code generation find counts.
    pub skip_checks: bool,
    /// No message to `self` or `super` is bound to a method when the class is compiled: extensions stand in front of methods it would be bound to.
    pub late_bound: bool,
    /// Class → module, for classes in other files.
    pub class_modules: Vec<(String, String)>,
    /// Class → superclass, for classes in other files.
    pub class_superclasses: Vec<(String, String)>,
    /// The richer form of the two above.
    pub known_classes: Vec<ClassInfo>,
    /// File name shown in diagnostics and stack traces.
    pub path: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            module_name: None,
            known_vars: Vec::new(),
            mode: Mode::Expression,
            stdlib_mode: false,
            allow_primitives: false,
            workspace_mode: true,
            suppress_warnings: false,
            skip_checks: false,
            late_bound: false,
            class_modules: Vec::new(),
            class_superclasses: Vec::new(),
            known_classes: Vec::new(),
            path: None,
        }
    }
}
