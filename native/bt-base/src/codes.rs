//! Every kind of finding the compiler reports: one row per code.
//!
//! The table decides the order in which findings are reported (`stage`, the letters of `language.md` §6.1) and is the text of
//! `docs/diagnostics.md`. A test looks for codes in the sources that have no row here.

use std::collections::HashMap;
use std::sync::OnceLock;

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

/// One kind of finding.
#[derive(Clone, Copy, Debug)]
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

/// The row of a code.
pub fn code(name: &str) -> Option<&'static Code> {
    static ROWS: OnceLock<HashMap<&'static str, &'static Code>> = OnceLock::new();
    ROWS.get_or_init(|| CODES.iter().map(|c| (c.name, c)).collect()).get(name).copied()
}

/// Where findings of this code stand among the others.
pub fn stage(name: &str) -> Stage {
    code(name).map_or(Stage::Code, |c| c.stage)
}

const fn row(
    name: &'static str,
    severity: Severity,
    stage: Stage,
    message: &'static str,
    checks: &'static str,
    example: &'static str,
    better: &'static str,
) -> Code {
    Code { name, severity, stage, message, checks, example, better }
}

use Severity::{Error, Hint, Warning};

/// All codes, in the order of their stages.
pub const CODES: &[Code] = &[
    row("input/utf8", Error, Stage::Syntax, "Source is not valid UTF-8", "Sources are UTF-8 text; the position is that of the first byte that is not.", "", ""),
    row("input/size", Error, Stage::Syntax, "Source is too large", "One source may have 16 MiB.", "", ""),
    row("input/module-name", Error, Stage::Syntax, "Invalid module name", "A module name given by the caller must be one that can be printed and loaded.", "", ""),
    row("lex/invalid", Error, Stage::Syntax, "Unexpected token: expected expression, found <error: TEXT>", "Characters that begin no token: an unclosed string, a lone `#` or `$`, letters outside ASCII in names.", "naïve := 1", "naive := 1"),
    row("lex/unterminated-comment", Warning, Stage::Syntax, "Unterminated block comment", "A block comment without its `*/` takes the rest of the text with it.", "3 + 4 /* the sum", "3 + 4 /* the sum */"),
    row("number/invalid", Error, Stage::Syntax, "Invalid integer: TEXT", "Digits must fit the radix they are written in.", "2r102", "2r101"),
    row("parse/expected-expression", Error, Stage::Syntax, "Unexpected token: expected expression, found X", "An expression was expected; X is what stands there instead.", "1 + + 2", "1 + 2"),
    row("parse/unclosed-block", Error, Stage::Syntax, "Expected ']' to close block", "Every `[` needs its `]`.", "[:a | a + 1", "[:a | a + 1]"),
    row("parse/unclosed-paren", Error, Stage::Syntax, "Expected ')' to close parentheses", "Every `(` needs its `)`.", "(1 + 2]", "(1 + 2)"),
    row("parse/unclosed-list", Error, Stage::Syntax, "Expected ')' to close list literal", "Elements are separated by commas, and `)` ends the list.", "#(1, 2", "#(1, 2)"),
    row("parse/unclosed-array", Error, Stage::Syntax, "Expected ']' to close array literal", "Elements are separated by commas, and `]` ends the array.", "#[1, 2", "#[1, 2]"),
    row("parse/unclosed-map", Error, Stage::Syntax, "Expected '}' to close map literal", "Entries are separated by commas, and `}` ends the map.", "#{a => 1", "#{a => 1}"),
    row("parse/unclosed-match", Error, Stage::Syntax, "Expected ']' to close match", "`]` ends the arms of a match.", "1 match: [2 -> 3", "1 match: [2 -> 3; _ -> 4]"),
    row("parse/unclosed-pattern", Error, Stage::Syntax, "Expected '}' to close pattern", "`}` ends a tuple pattern.", "1 match: [{a, b -> a]", "1 match: [{a, _b} -> a; _ -> 4]"),
    row("parse/map", Error, Stage::Syntax, "Expected '=>' after map key", "A map has keys and values; `=>` stands between them.", "#{a 1}", "#{a => 1}"),
    row("parse/match", Error, Stage::Syntax, "Expected '->' after pattern in match arm", "An arm is a pattern, `->` and a value; a guard stands in brackets after `when:`.", "1 match: [2 3]", "1 match: [2 -> 3; _ -> 4]"),
    row("parse/pattern", Error, Stage::Syntax, "Unexpected token in pattern: expected identifier, literal, '_', or '{', found X", "Patterns are variables, literals, `_` and tuples of patterns.", "1 match: [#(1) -> 2]", "1 match: [1 -> 2; _ -> 3]"),
    row("parse/block-parameter", Error, Stage::Syntax, "Expected parameter name after ':'", "A colon in a block begins a parameter.", "[: | 3]", "[:a | a + 3]"),
    row("parse/declaration", Error, Stage::Syntax, "Expected class name", "What is missing in the header of a class, method, `state:` or `classState:`.", "Object subclass:", "Object subclass: Box"),
    row("parse/expect", Error, Stage::Syntax, "unknown @expect category 'x', valid categories are: dnu, type, unused, all", "`@expect` names what it silences.", "@expect typo\n3 + 4", "3 + 4"),
    row("limit/name", Error, Stage::Syntax, "Name is too long (maximum N characters)", "Names become atoms, whose length is limited.", "", ""),
    row("limit/parameters", Error, Stage::Syntax, "Too many parameters (maximum 127)", "Functions of the BEAM have few arguments; pass a list or a dictionary.", "", ""),
    row("parse/block-bar", Error, Stage::Syntax, "Expected '|' after block parameters", "A bar ends the parameters of a block.", "[:a a + 1]", "[:a | a + 1]"),
    row("parse/cascade", Error, Stage::Syntax, "Expected message selector in cascade", "`;` sends another message to the same receiver.", "5; 6", "5 printString; negated"),
    row("parse/assignment", Error, Stage::Syntax, "Assignment target must be an identifier or field access", "Variables and fields of `self` can be assigned; `true`, `false`, `nil` and classes cannot.", "nil := 1", "none := 1"),
    row("parse/interpolation", Error, Stage::Syntax, "Unterminated string interpolation", "Between the braces of a string stands one expression.", "\"a {1 2} b\"", "\"a {1 + 2} b\""),
    row("parse/nesting", Error, Stage::Syntax, "Expression nesting is too deep (maximum 64 levels)", "Brackets nest 64 levels deep at most.", "", ""),
    row("primitive/position", Error, Stage::Syntax, "@primitive can only appear inside a method body (after =>)", "A pragma is the whole body of a method, never part of an expression.", "@primitive \"+\"", "1 + 2"),
    row("class/sealed", Error, Stage::Hierarchy, "Cannot subclass sealed class `S`", "Sealed classes have no subclasses.", "Integer subclass: Even", "Object subclass: Even\n  state: value = 0"),
    row("class/sealed-method", Error, Stage::Hierarchy, "Cannot override sealed method `sel` from class `S`", "Sealed methods mean the same in all subclasses.", "Object subclass: Box\n  yourself => 3", "Object subclass: Box\n  content => 3"),
    row("class/duplicate-method", Error, Stage::Hierarchy, "Duplicate method `sel` in class `C`", "A class has one method for a selector on each side.", "Object subclass: Box\n  size => 1\n  size => 2", "Object subclass: Box\n  size => 2"),
    row("name/undefined", Error, Stage::Names, "Undefined variable: x", "A variable is created by its first assignment and is visible in the blocks after it. Class names are looked up when the program runs.", "count + 1", "count := 0\ncount + 1"),
    row("name/self", Error, Stage::Names, "self can only be used inside a method body", "Outside of methods there is no receiver.", "self size", "#(1, 2) size"),
    row("name/super", Error, Stage::Names, "super can only be used inside a method body", "Outside of methods there is no superclass.", "super size", "#(1, 2) size"),
    row("name/shadow", Warning, Stage::Names, "Variable `x` shadows outer variable", "A block parameter hides a variable or field of the same name; inside the block the outer one cannot be reached. A leading underscore says that this is meant.", "n := 1\n#(1, 2) do: [:n | n printString]\nn", "n := 1\n#(1, 2) do: [:each | each printString]\nn"),
    row("unused/variable", Warning, Stage::Names, "Unused variable `x`", "A local of a method, block or arm is assigned and never read. A leading underscore says that this is meant. Category `unused`.", "Object subclass: Box\n  size =>\n    half := 2\n    4", "Object subclass: Box\n  size =>\n    half := 2\n    half * 2"),
    row("body/unreachable", Warning, Stage::Names, "Unreachable code after early return", "Nothing runs after `^` in the same list of statements.", "Object subclass: Box\n  size =>\n    ^1\n    2", "Object subclass: Box\n  size => ^1"),
    row("pattern/duplicate", Error, Stage::Names, "Variable 'x' is bound multiple times in pattern (first bound at byte offset N)", "A name stands for one part of the matched value.", "1 match: [{a, a} -> a; _ -> nil]", "1 match: [{a, _b} -> a; _ -> nil]"),
    row("dnu/instance", Hint, Stage::Types, "C does not understand 'sel'", "The class of the receiver is known, and neither it nor an ancestor has the method. Category `dnu`.", "3 fooBar", "3 negated"),
    row("dnu/class", Hint, Stage::Types, "C class does not understand 'sel'", "The class has no such class method, and classes in general have no such method. Category `dnu`.", "Integer fooBar", "Integer name"),
    row("type/argument", Warning, Stage::Types, "Argument N of 'sel' on C expects T, got U", "The method declares a type for its parameter, and the class of the argument is known to be another. Category `type`.", "3 error: 99", "3 error: \"99\""),
    row("type/operand", Warning, Stage::Types, "`+` on C expects a numeric argument, got U", "Arithmetic and comparison of numbers take numbers, `++` on strings takes strings and symbols. Category `type`.", "3 + \"4\"", "3 + 4"),
    row("type/return", Warning, Stage::Types, "Method 'sel' in C declares return type T, but body returns U", "The last statement of the body has a known class that is not the declared one. Category `type`.", "Object subclass: Box\n  size -> Integer => \"four\"", "Object subclass: Box\n  size -> Integer => 4"),
    row("field/type", Warning, Stage::Types, "Type mismatch: field `x` declared as T, got U", "A value of another class is assigned to an annotated field.", "Object subclass: Box\n  state: size: Integer = 0\n  clear => self.size := \"\"", "Object subclass: Box\n  state: size: Integer = 0\n  clear => self.size := 0"),
    row("field/default", Warning, Stage::Types, "Type mismatch: state `x` declared as T, default is U", "The default of an annotated field has another class.", "Object subclass: Box\n  state: size: Integer = \"none\"", "Object subclass: Box\n  state: size: Integer = 0"),
    row("method/parameter-type", Warning, Stage::Types, "Parameter N of 'sel' in C has type T, incompatible with parent's U", "An overriding method declares a parameter type that is unrelated to the one of the method it overrides.", "Object subclass: Box\n  error: message: Integer => nil", "Object subclass: Box\n  error: message: String => nil"),
    row("typed/parameter", Warning, Stage::Types, "Missing type annotation for parameter `x` in typed class `C` (method `sel`)", "A `typed` class, or a subclass of one, promises annotations.", "typed Object subclass: Box\n  put: value -> Integer => 1", "typed Object subclass: Box\n  put: value: Integer -> Integer => value"),
    row("typed/return", Warning, Stage::Types, "Missing return type annotation in typed class `C` (method `sel`)", "A `typed` class, or a subclass of one, promises annotations.", "typed Object subclass: Box\n  size => 1", "typed Object subclass: Box\n  size -> Integer => 1"),
    row("block/field-assign", Error, Stage::Arguments, "cannot assign to field 'x' inside a stored closure", "A block that is kept in a variable or handed on may run when the method is over; only control flow may assign fields.", "Object subclass: Box\n  state: n = 0\n  bump =>\n    b := [self.n := self.n + 1]\n    b value", "Object subclass: Box\n  state: n = 0\n  bump => 2 timesRepeat: [self.n := self.n + 1]"),
    row("block/local-assign", Error, Stage::Arguments, "assignment to `x` inside a stored closure has no effect on outer scope", "A block that is kept in a variable works on copies. An error if the block reads the variable before it assigns it, else a warning.", "n := 0\nb := [n := n + 1]\nb value", "n := 0\n3 timesRepeat: [n := n + 1]"),
    row("block/arity", Error, Stage::Arguments, "sel expects a block with N parameters, but got N", "Enumerations and loops call their block with a fixed number of arguments; a literal block must take them.", "#(1, 2) do: [:a :b | a]", "#(1, 2) do: [:a | a]"),
    row("reflect/symbol-literal", Error, Stage::Arguments, "sel expects a symbol literal, not an identifier", "`respondsTo:`, `fieldAt:`, `fieldAt:put:` and `classNamed:` name a selector, field or class by a literal symbol.", "name := #size\n3 respondsTo: name", "3 respondsTo: #size"),
    row("class/primitive-new", Error, Stage::Arguments, "Cannot instantiate primitive class `C`", "Numbers, strings, symbols, booleans, nil, blocks and methods are written, not made.", "Integer new", "0"),
    row("type/immutable", Warning, Stage::Arguments, "Cannot mutate immutable value (Integer literal)", "Values have no fields that could be set. Category `type`.", "3 fieldAt: #value put: 4", "value := 4"),
    row("argument/count", Warning, Stage::Arguments, "sel expects an integer argument, got a string", "`take:`, `drop:`, `repeat:` and `from:to:` count.", "#(1, 2) take: \"one\"", "#(1, 2) take: 1"),
    row("argument/index", Error, Stage::Arguments, "at: expects an integer argument, got a string", "Lists, tuples and strings are indexed by integers.", "#(1, 2) at: \"one\"", "#(1, 2) at: 1"),
    row("argument/string", Error, Stage::Arguments, "sel expects a string argument, got an integer", "`startsWith:`, `endsWith:`, `splitOn:`, and on strings `includes:` and `indexOf:`, look for text.", "\"abc\" startsWith: 1", "\"abc\" startsWith: \"a\""),
    row("class/abstract-new", Error, Stage::Abstract, "Cannot instantiate abstract class `C`. Subclass it first.", "Abstract classes have no instances of their own.", "Collection new", "Set new"),
    row("actor/new", Warning, Stage::Instances, "Actor subclass `C` should use `spawn` instead of `new`", "An actor is a process: `spawn` starts it, `new` raises.", "Actor subclass: Counter\nCounter new", "Actor subclass: Counter\nCounter spawn"),
    row("class/unknown-field", Warning, Stage::Instances, "Unknown field `x` for class `C`", "`new:` with a literal map sets fields that the class or an ancestor declares.", "Object subclass: Point\n  state: x = 0\nPoint new: #{y => 1}", "Object subclass: Point\n  state: x = 0\nPoint new: #{x => 1}"),
    row("class/unknown-variable", Warning, Stage::Instances, "Undefined class variable `x` on class `C`", "`classState:` names a class variable that the class or an ancestor declares.", "Object subclass: Point\n  classState: made = 0\nPoint classState: #count", "Object subclass: Point\n  classState: made = 0\nPoint classState: #made"),
    row("method/empty-body", Error, Stage::Bodies, "Method `sel` has an empty body", "A method has at least one statement.", "Object subclass: Box\n  size =>", "Object subclass: Box\n  size => self notImplemented"),
    row("class/multiple", Error, Stage::File, "Multiple classes in one file is not supported. Found classes: C, S. Each class should be in its own .bt file.", "A file defines one class and is named after it.", "Object subclass: A\nObject subclass: B", "Object subclass: A"),
    row("method/unknown-class", Warning, Stage::File, "Standalone method targets unknown class `C` in this module", "In a file, `C >> sel =>` adds to a class of the same file.", "", ""),
    row("method/expected", Error, Stage::File, "Expected a single method definition such as `Counter >> increment => ...`", "A method patch is one method definition.", "", ""),
    row("repl/many-methods", Error, Stage::File, "Multiple standalone method definitions in a single expression are not supported.", "One method definition at a time is put into its class.", "", ""),
    row("repl/empty", Error, Stage::File, "No expressions to compile", "The input holds nothing but blanks and comments.", "", ""),
    row("file/no-class", Error, Stage::File, "No class definition found in source", "A file without a class needs a module name.", "", ""),
    row("primitive/outside-stdlib", Error, Stage::Pragmas, "Primitives can only be declared in the standard library", "`@primitive` and `@intrinsic` name code of the run time.", "Object subclass: Box\n  size => @primitive \"size\"", "Object subclass: Box\n  size => 0"),
    row("primitive/unknown", Error, Stage::Pragmas, "Unknown intrinsic 'x'", "The run time has no such operation.", "Object subclass: Box\n  size => @intrinsic boxSize", "Object subclass: Box\n  size => 0"),
    row("class/stdlib-name", Warning, Stage::ProtectedNames, "Class name `C` conflicts with a stdlib class. Loading will fail because stdlib class names are protected.", "Library classes cannot be replaced.", "Object subclass: Set", "Object subclass: Bag"),
    row("codegen/unsupported", Error, Stage::Code, "Code generation failed: unsupported feature: complex field access", "Fields of other objects, binary messages in cascades, `super` on its own, instance fields on the class side, assignments in guards.", "x := 3\nx.size", "x := 3\nx printString"),
    row("block/codegen-arity", Error, Stage::Code, "Code generation failed: sel block must take N argument(s), got N.", "Literal blocks of control flow that runs in place must have the parameters it passes.", "1 to: 3 do: [2]", "1 to: 3 do: [:_i | 2]"),
    row("expect/stale", Warning, Stage::Expect, "stale @expect x: no matching diagnostic found on the following expression", "The directive silences nothing; what it announced is gone or was never there.", "@expect dnu\n3 negated", "3 negated"),
    row("limit/code", Error, Stage::Infrastructure, "Generated code is too large", "A bound on what one source may turn into.", "", ""),
    row("limit/diagnostics", Warning, Stage::Infrastructure, "Too many diagnostics", "Reports end after a fixed number; the first ones matter.", "", ""),
    row("backend/unavailable", Error, Stage::Infrastructure, "Compiler is not available", "Neither the loaded library nor the compiler process could be reached.", "", ""),
    row("backend/timeout", Error, Stage::Infrastructure, "Compilation timed out", "The compiler process did not answer in time.", "", ""),
    row("backend/crash", Error, Stage::Infrastructure, "Compiler crashed", "The compiler process ended during a request.", "", ""),
    row("backend/protocol", Error, Stage::Infrastructure, "Compiler answered nonsense", "The compiler process sent something that is no reply.", "", ""),
    row("load/refused", Error, Stage::Infrastructure, "Module was not loaded", "The code server refused the module.", "", ""),
    row("load/old-code", Error, Stage::Infrastructure, "Old code is still in use", "A process still runs the version before the current one.", "", ""),
    row("internal", Error, Stage::Infrastructure, "Internal compiler error", "A fault of the compiler; please report it with the source.", "", ""),
];
