//! The resolved tree: the one place where the meaning of a program is decided.
//!
//! * It is what both engines read: the Core Erlang back end, the evaluator, and the referee walker of the tests.
//! * Names are resolved, captures classified, control-flow messages recognised; evaluation order is explicit in the shape.
//! * It holds no syntax (no parentheses, no token positions beyond spans) and no back-end hints.
//! * Its node set is closed: back ends match exhaustively without a wildcard.
//! * A language comes to it through one trait, [`LanguageFrontend`].
#![forbid(unsafe_code)]

mod class_index;
mod frontend;
mod node;
pub mod primitives;
mod show;
mod verify;
mod visit;

pub use class_index::{ClassIndex, ClassInfo, ClassKind, FieldInfo, MethodInfo, Modifiers, Side};
pub use frontend::{Fault, Frontend, LanguageFrontend, Meaning, Parsed, Place, Reading, Resolved, Trouble};
pub use node::{
    Arm, BinaryOp, Block, Body, Branch, CascadeMessage, Class, Eval, Expr, ExprId, Field, Fixed, Home, Inherited, Literal, Local,
    LocalId, Method, MethodBody, Module, Pattern, Segment, SendTarget, Unit,
};
pub use show::show;
pub use verify::verify;
pub use visit::{any_in_place, assigned_locals, contains_return, each_child, used_locals};
