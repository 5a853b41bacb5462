//! What tools ask a session: the code of a method, what is linked, what would make the session again.

use bt_hir::Side;
use bt_vm::{Known, LinkedMethod};

use super::definitions::Version;
use super::session::Session;

/// What is known of the code of a method.
#[derive(Debug)]
pub enum Disassembly {
    Text(String),
    /// Its code is the host's.
    Host,
    Missing,
    /// The host is asked for the class of this name first.
    Unknown(String),
}

/// A linked method with the number of times its text has changed.
#[derive(Debug)]
pub struct Tier {
    pub method: LinkedMethod,
    pub version: u32,
}

impl Session {
    /// Code of the method that the class, or its instances, have.
    pub fn disassemble(&mut self, class: &str, class_side: bool, selector: &str) -> Disassembly {
        self.machine.counted(|machine| {
            let context = &mut machine.context;
            let name = context.intern(class);
            match context.classes.method(name, class_side, selector, &mut context.symbols) {
                Known::Code(chunk, class) => Disassembly::Text(bt_bytecode::disassemble_at(&chunk, &class.description.lines)),
                Known::Host => Disassembly::Host,
                Known::Missing => Disassembly::Missing,
                Known::Unknown(name) => Disassembly::Unknown(context.symbols.name(name).to_string()),
            }
        })
    }

    /// The methods that are linked.
    pub fn tiers(&self) -> Vec<Tier> {
        let context = &self.machine.context;
        let version = |method: &LinkedMethod| {
            let side = if method.class_side { Side::Class } else { Side::Instance };
            self.definitions.version(&method.class, side, &method.selector)
        };
        let linked = context.classes.linked(&context.symbols);
        linked.into_iter().map(|method| Tier { version: version(&method), method }).collect()
    }

    /// Numbers about the session, with their names.
    pub fn numbers(&self) -> Vec<(&'static str, usize)> {
        let context = &self.machine.context;
        let linked = context.classes.linked(&context.symbols);
        vec![
            ("memory", self.machine.bytes()),
            ("symbols", context.symbols.len()),
            ("variables", self.variables().len()),
            ("definitions", self.definitions.len()),
            ("classes", context.classes.known()),
            ("methods", linked.len()),
            ("calls", linked.iter().map(|method| method.calls as usize).sum()),
            ("code", linked.iter().map(|method| method.size).sum()),
            ("library", self.library.standard.compiled()),
        ]
    }

    /// Methods that the last definition has put another text into, with their versions.
    pub fn swapped(&self) -> &[Version] {
        self.definitions.swapped()
    }

    /// Texts that define again what the session defines, each with its file, in the order in which they can be taken.
    pub fn definitions(&self) -> Vec<(Option<String>, String)> {
        self.definitions.sources()
    }
}
