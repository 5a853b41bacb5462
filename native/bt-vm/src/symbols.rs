//! Symbols and names of a session as numbers.

use std::collections::HashMap;
use std::sync::Arc;

/// An interned name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(pub(crate) u32);

macro_rules! well_known {
    ($($name:ident $text:literal)*) => {
        #[repr(u32)]
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Known { $($name),* }

        const KNOWN: &[&str] = &[$($text),*];

        impl Symbol {
            $(#[allow(non_upper_case_globals)] pub const $name: Symbol = Symbol(Known::$name as u32);)*
        }
    };
}

// Names the machine itself speaks of.
well_known! {
    Plus "+" Minus "-" Times "*" Over "/" Percent "%" Power "**" Concat "++" Less "<" Greater ">" LessEqual "<=" GreaterEqual ">="
    PrintString "printString" DoesNotUnderstand "doesNotUnderstand:args:" Value "value" Value1 "value:"
    Undefined "undefined" BeamtalkError "beamtalk_error" Error "error" Stacktrace "stacktrace" Class "class" Reason "reason" Exit "exit" Throw "throw"
    Badarith "badarith" Badarg "badarg" Badkey "badkey" Badmap "badmap" CaseClause "case_clause" Badarity "badarity" FunctionClause "function_clause" SystemLimit "system_limit"
    ErrorClass "Error"
    Data "data" Elements "elements" Key "key"
}

/// The names of one session; they go with it.
#[derive(Debug)]
pub struct Symbols {
    names: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, Symbol>,
}

impl Default for Symbols {
    fn default() -> Symbols {
        let mut symbols = Symbols { names: Vec::new(), numbers: HashMap::new() };
        for name in KNOWN {
            symbols.names.push(Arc::from(*name));
            let number = Symbol(symbols.names.len() as u32 - 1);
            symbols.numbers.insert(Arc::from(*name), number);
        }
        symbols
    }
}

impl Symbols {
    pub fn intern(&mut self, name: &str) -> Symbol {
        if let Some(symbol) = self.numbers.get(name) {
            return *symbol;
        }
        let symbol = Symbol(self.names.len() as u32);
        let name: Arc<str> = Arc::from(name);
        self.names.push(name.clone());
        self.numbers.insert(name, symbol);
        symbol
    }

    /// The symbol of a name that has occurred.
    pub fn known(&self, name: &str) -> Option<Symbol> {
        self.numbers.get(name).copied()
    }

    pub fn name(&self, symbol: Symbol) -> &str {
        &self.names[symbol.0 as usize]
    }

    /// The symbol of a name; nil and the booleans are values of their own.
    pub fn value(&mut self, name: &str) -> crate::value::Value {
        use crate::value::Value;
        match name {
            "nil" => Value::Nil,
            "true" => Value::True,
            "false" => Value::False,
            name => Value::Symbol(self.intern(name)),
        }
    }

    /// Name of a symbol, nil or a boolean.
    pub fn text<'a>(&'a self, value: &crate::value::Value) -> Option<&'a str> {
        use crate::value::Value;
        match value {
            Value::Nil => Some("nil"),
            Value::True => Some("true"),
            Value::False => Some("false"),
            Value::Symbol(symbol) => Some(self.name(*symbol)),
            _ => None,
        }
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
