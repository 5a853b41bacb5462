//! What a kind of finding is: its name, when it is reported, and its documentation as data.
//!
//! The codes themselves stand in the crates that report them, one file each, in a folder `diagnostics`. `stage` decides the order in
//! which findings are reported (the letters of `language.md` §6.1).

use std::fmt;

use crate::Severity;

/// When a finding is reported, relative to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Before there is a tree: bytes, tokens, syntax.
    Syntax,
    Hierarchy,
    Names,
    Types,
    Arguments,
    Abstract,
    Instances,
    Bodies,
    File,
    Pragmas,
    ProtectedNames,
    /// What has no code, although nothing is wrong with its names and types.
    Code,
    Expect,
    /// Around the compiler: limits, processes, loading.
    Infrastructure,
}

impl Stage {
    pub fn title(self) -> &'static str {
        match self {
            Stage::Syntax => "Text and syntax",
            Stage::Hierarchy => "Class hierarchy",
            Stage::Names => "Names",
            Stage::Types => "Types and selectors",
            Stage::Arguments => "Blocks and arguments",
            Stage::Abstract => "Abstract classes",
            Stage::Instances => "Instances, fields and class variables",
            Stage::Bodies => "Method bodies",
            Stage::File => "Files and inputs",
            Stage::Pragmas => "Pragmas",
            Stage::ProtectedNames => "Protected names",
            Stage::Code => "Code generation",
            Stage::Expect => "`@expect`",
            Stage::Infrastructure => "Limits, processes, loading",
        }
    }
}

/// One kind of finding. `name` is a stable identifier such as `parse/unclosed-block`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code {
    pub name: &'static str,
    pub severity: Severity,
    pub stage: Stage,
    /// The message with placeholders: C and S are classes, T and U types, `sel` a selector, `x` a name, N a number.
    pub message: &'static str,
    /// What is checked, and why.
    pub checks: &'static str,
    /// A program that has the finding, and one that does what was meant. Empty where a program cannot show it.
    pub example: &'static str,
    pub better: &'static str,
}

/// The name alone: what is known of a kind of finding only hides what is known of one finding.
impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
