//! Every atom a reply may hold. The node decodes replies in safe mode, which refuses atoms it has never seen, so the list exists once more
//! in `beamtalk_compiler_port.erl`; a test compares the two.

use crate::term::Term;

macro_rules! words {
    ($($name:ident = $text:literal,)*) => {
        $(pub const $name: Term<'static> = Term::atom($text);)*

        /// All of them.
        pub const ALL: &[&str] = &[$($text),*];
    };
}

words! {
    ABSTRACT = "abstract",
    ACTOR = "actor",
    ARITY = "arity",
    CATEGORY = "category",
    CLASS = "class",
    CLASSES = "classes",
    CLASS_DEFINITION = "class_definition",
    CLASS_FIELDS = "class_fields",
    CLASS_NAME = "class_name",
    CODE = "code",
    COLUMN = "column",
    COMMANDS = "commands",
    COMPLETE = "complete",
    CORE_ERLANG = "core_erlang",
    DEFAULT = "default",
    DIAGNOSTICS = "diagnostics",
    DOC = "doc",
    END = "end",
    END_COLUMN = "end_column",
    END_LINE = "end_line",
    ERROR = "error",
    EXAMPLES = "examples",
    EXPECTED = "expected",
    EXPRESSION = "expression",
    FALSE = "false",
    FIELDS = "fields",
    FILE = "file",
    HINT = "hint",
    ID = "id",
    INSTANCE = "instance",
    IS_CLASS_METHOD = "is_class_method",
    KIND = "kind",
    LINE = "line",
    MERGED_SOURCE = "merged_source",
    MESSAGE = "message",
    METHODS = "methods",
    METHOD_DEFINITION = "method_definition",
    METHOD_SOURCE = "method_source",
    MODIFIERS = "modifiers",
    MODULE = "module",
    MODULE_NAME = "module_name",
    NAME = "name",
    OBJECT = "object",
    OK = "ok",
    PARAM_TYPES = "param_types",
    PROTOCOL = "protocol",
    RELATED = "related",
    RETURN_TYPE = "return_type",
    SEALED = "sealed",
    SELECTOR = "selector",
    SEVERITY = "severity",
    SIDE = "side",
    SIGNATURE = "signature",
    SOURCE = "source",
    START = "start",
    STATUS = "status",
    SUPERCLASS = "superclass",
    TARGET = "target",
    TEXT = "text",
    TRUE = "true",
    TYPE = "type",
    TYPED = "typed",
    UNDEFINED = "undefined",
    VALUE = "value",
    VERSION = "version",
    WARNINGS = "warnings",
    // names of commands
    CANCEL = "cancel",
    COMPILE = "compile",
    COMPILE_EXPRESSION = "compile_expression",
    COMPILE_METHOD = "compile_method",
    IS_COMPLETE = "is_complete",
    SHOW = "show",
}
