//! The selectors that mean something to the checks, as tables: one row per selector of `language.md` §6.4, §6.6 and §6.7.

/// What is checked of a send because of its selector, whatever its receiver is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    None,
    /// `asType:`: a promise, no send.
    Cast,
    New,
    NewWith,
    Spawn,
    /// First argument: a symbol literal.
    SymbolLiteral,
    /// The same, and the receiver must not be a literal.
    FieldAtPut,
    ClassState,
    /// Literal arguments must be integers; else a warning.
    Count,
    /// The same as an error, on receivers inferred List, Tuple or String.
    Index,
    /// A literal argument must be a string.
    Text,
    /// The same, on receivers inferred String.
    TextOfText,
    /// `+ - * /` and the comparisons.
    Arithmetic,
    Concatenation,
    /// Any other operator: its argument type is not checked.
    Operator,
}

const RULES: &[(&str, Rule)] = &[
    ("asType:", Rule::Cast),
    ("new", Rule::New),
    ("new:", Rule::NewWith),
    ("spawn", Rule::Spawn),
    ("spawnWith:", Rule::Spawn),
    ("respondsTo:", Rule::SymbolLiteral),
    ("fieldAt:", Rule::SymbolLiteral),
    ("fieldAt:put:", Rule::FieldAtPut),
    ("classNamed:", Rule::SymbolLiteral),
    ("classState:", Rule::ClassState),
    ("take:", Rule::Count),
    ("drop:", Rule::Count),
    ("repeat:", Rule::Count),
    ("from:to:", Rule::Count),
    ("at:", Rule::Index),
    ("at:put:", Rule::Index),
    ("startsWith:", Rule::Text),
    ("endsWith:", Rule::Text),
    ("splitOn:", Rule::Text),
    ("includes:", Rule::TextOfText),
    ("indexOf:", Rule::TextOfText),
    ("+", Rule::Arithmetic),
    ("-", Rule::Arithmetic),
    ("*", Rule::Arithmetic),
    ("/", Rule::Arithmetic),
    ("<", Rule::Arithmetic),
    (">", Rule::Arithmetic),
    ("<=", Rule::Arithmetic),
    (">=", Rule::Arithmetic),
    ("++", Rule::Concatenation),
];

/// Parameters a literal block must have: (selector, argument position, count).
const BLOCK_ARITY: &[(&str, usize, usize)] = &[
    ("whileTrue:", 0, 0),
    ("whileFalse:", 0, 0),
    ("timesRepeat:", 0, 0),
    ("do:", 0, 1),
    ("collect:", 0, 1),
    ("select:", 0, 1),
    ("reject:", 0, 1),
    ("detect:", 0, 1),
    ("anySatisfy:", 0, 1),
    ("allSatisfy:", 0, 1),
    ("groupBy:", 0, 1),
    ("partition:", 0, 1),
    ("eachWithIndex:", 0, 2),
    ("sortWith:", 0, 2),
    ("keysAndValuesDo:", 0, 2),
    ("inject:into:", 1, 2),
];

/// Classes whose instances only literals and the run time make.
pub(crate) const PRIMITIVE_CLASSES: &[&str] =
    &["Integer", "String", "Float", "True", "False", "UndefinedObject", "Symbol", "Block", "CompiledMethod"];

pub(crate) fn rule(selector: &str) -> Rule {
    let named = RULES.iter().find(|(s, _)| *s == selector).map(|(_, r)| *r);
    let is_operator = !selector.starts_with(|c: char| c.is_alphabetic() || c == '_');
    named.unwrap_or(if is_operator { Rule::Operator } else { Rule::None })
}

pub(crate) fn block_arity(selector: &str) -> Option<(usize, usize)> {
    BLOCK_ARITY.iter().find(|(s, ..)| *s == selector).map(|&(_, position, count)| (position, count))
}
