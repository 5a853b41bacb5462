//! The nodes of the resolved tree.

use bt_base::{Name, Selector, Span};
use num_bigint::BigInt;

use crate::class_index::{ClassKind, Modifiers};
use crate::primitives::Primitive;

/// Index of a node in its [`Body`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// A variable of one body: parameter, local, block parameter, pattern variable or workspace variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(pub u32);

/// One compilation: a class, or an expression of the workspace.
#[derive(Clone, Debug)]
pub struct Module {
    /// Erlang module name.
    pub name: String,
    pub unit: Unit,
}

#[derive(Clone, Debug)]
pub enum Unit {
    Class(Box<Class>),
    Eval(Box<Eval>),
}

/// Workspace input: statements over named variables that outlive it.
#[derive(Clone, Debug)]
pub struct Eval {
    pub body: Body,
    /// Workspace variables that may be read before they are assigned here, with the locals that stand for them.
    pub inputs: Vec<(Name, LocalId)>,
    /// Variables whose values go back to the workspace.
    pub outputs: Vec<(Name, LocalId)>,
}

#[derive(Clone, Debug)]
pub struct Class {
    pub name: Name,
    pub superclass: Option<Name>,
    /// Module of the superclass, where the class index knows it.
    pub superclass_module: Option<String>,
    pub kind: ClassKind,
    pub modifiers: Modifiers,
    pub is_library: bool,
    /// Descends from `TestCase`: a test runner hands on what `setUp` and the test assign.
    pub is_test_case: bool,
    pub fields: Vec<Field>,
    pub class_vars: Vec<Field>,
    pub methods: Vec<Method>,
    pub class_methods: Vec<Method>,
    /// The whole text the class was compiled from; spans point into it.
    pub source: String,
    pub doc: Option<Span>,
    pub span: Span,
    /// Inherited methods whose definers are known: (selector, side is class, defining class, its module).
    pub inherited: Vec<Inherited>,
    /// The root classes above it (`Actor`, `Object`, `ProtoObject`): module and instance methods, without those that something nearer hides.
    pub root_methods: Vec<(String, Vec<Selector>)>,
}

/// An inherited method the class module may export as a delegate.
#[derive(Clone, Debug)]
pub struct Inherited {
    pub selector: Selector,
    pub class_side: bool,
    pub definer: Name,
    pub module: String,
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: Name,
    pub type_name: Option<String>,
    /// Evaluated for each instance; `nil` when absent.
    pub default: Option<Body>,
}

#[derive(Clone, Debug)]
pub struct Method {
    pub selector: Selector,
    pub class_side: bool,
    pub is_sealed: bool,
    pub body: MethodBody,
    pub param_types: Vec<Option<String>>,
    pub return_type: Option<String>,
    pub source: Span,
    pub doc: Option<Span>,
    /// The header: from the first selector part to before `=>`.
    pub signature: Span,
    /// Where the selector stands.
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum MethodBody {
    Code(Body),
    /// `@primitive "sel"`: an Erlang function, and the number of arguments.
    Primitive(&'static Primitive, usize),
    /// `@intrinsic name`: the Erlang function that stands in when the method is reached by a real send.
    Intrinsic {
        module: &'static str,
        function: &'static str,
        arity: usize,
    },
}

/// Code with its variables: one method, one default expression or one workspace input.
#[derive(Clone, Debug, Default)]
pub struct Body {
    pub exprs: Vec<Expr>,
    pub spans: Vec<Span>,
    pub locals: Vec<Local>,
    pub params: Vec<LocalId>,
    /// The code itself, usually a [`Expr::Seq`].
    pub root: Option<ExprId>,
    /// In a method of a value class that assigns fields: the variable that holds the current copy of `self`.
    pub self_local: Option<LocalId>,
    /// Some `^` stands in a block that is a real closure.
    pub has_nonlocal_return: bool,
    /// The method assigns a class variable itself (outside of self-sends).
    pub writes_class_vars: bool,
}

impl Body {
    pub fn add(&mut self, expr: Expr, span: Span) -> ExprId {
        self.exprs.push(expr);
        self.spans.push(span);
        ExprId(self.exprs.len() as u32 - 1)
    }

    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    pub fn span(&self, id: ExprId) -> Span {
        self.spans[id.0 as usize]
    }

    pub fn local(&mut self, name: &str) -> LocalId {
        self.locals.push(Local { name: Name::new(name) });
        LocalId(self.locals.len() as u32 - 1)
    }

    pub fn root(&self) -> ExprId {
        self.root.expect("a lowered body has a root")
    }
}

#[derive(Clone, Debug)]
pub struct Local {
    pub name: Name,
}

/// A closed set: adding a node means teaching every reader about it.
#[derive(Clone, Debug)]
pub enum Expr {
    Literal(Literal),
    /// Current value of a variable.
    Local(LocalId),
    SetLocal(LocalId, ExprId),
    SelfRef,
    /// Field of `self`; nil if the object lacks it.
    Field(Name),
    SetField(Name, ExprId),
    /// Variable of the receiving class, inside a class method.
    ClassVar(Name),
    SetClassVar(Name, ExprId),
    ClassRef(Name),
    /// `Transcript`, `Beamtalk`, `Workspace`: the workspace's singleton, or nil when none runs.
    Global(Name),
    /// A message. `cells` are the locals that literal blocks among receiver and arguments assign: they are copied into fresh
    /// cells, the blocks work on the cells, and the values are copied back when the send has completed.
    Send {
        target: SendTarget,
        selector: Selector,
        args: Vec<ExprId>,
        cells: Vec<LocalId>,
    },
    /// A send whose meaning does not depend on the receiver's class.
    Fixed(Fixed, Vec<ExprId>, Vec<LocalId>),
    /// Operator on two values; user classes on the left may define all but the equality operators.
    Binary(BinaryOp, ExprId, ExprId),
    /// The receiver is evaluated once and gets every message; value of the last.
    Cascade {
        target: SendTarget,
        messages: Vec<CascadeMessage>,
    },
    Block(Block),
    /// Value of the last one; nil when empty.
    Seq(Vec<ExprId>),
    /// `ifTrue:` family: a future is awaited first, an absent branch answers the receiver.
    If {
        condition: ExprId,
        selector: Selector,
        then: Option<ExprId>,
        otherwise: Option<ExprId>,
    },
    /// `ifNil:` family with inlined branches. A future is awaited first. `binding` names the value in the not-nil branch.
    IfNil {
        value: ExprId,
        nil: Option<ExprId>,
        not_nil: Option<ExprId>,
        binding: Option<LocalId>,
    },
    And(ExprId, ExprId),
    Or(ExprId, ExprId),
    /// `whileTrue:` / `whileFalse:` (`until`); nil.
    While {
        condition: ExprId,
        until: bool,
        body: ExprId,
    },
    /// Endless; left by `^` or an error.
    Repeat {
        body: ExprId,
    },
    TimesRepeat {
        count: ExprId,
        body: ExprId,
    },
    /// `to:do:` and `to:by:do:`.
    ToDo {
        from: ExprId,
        to: ExprId,
        by: Option<ExprId>,
        var: LocalId,
        body: ExprId,
    },
    /// `[:x | …] value: e`: binds and runs in place.
    Let {
        bindings: Vec<(LocalId, ExprId)>,
        body: ExprId,
    },
    Match {
        subject: ExprId,
        arms: Vec<Arm>,
    },
    Return {
        value: ExprId,
        home: Home,
    },
    /// `[body] on: filter do: handler`. The handler starts from the variables and fields at entry.
    OnDo {
        body: ExprId,
        filter: ExprId,
        handler: Branch,
    },
    /// `[body] ensure: [cleanup]`. After an exception the cleanup sees the variables at entry, after a `^` as they are at that point.
    Ensure {
        body: ExprId,
        cleanup: ExprId,
    },
    Interpolate(Vec<Segment>),
    List(Vec<ExprId>, Option<ExprId>),
    Array(Vec<ExprId>),
    Map(Vec<(ExprId, ExprId)>),
    /// Stands where the source had an error; raises if it is ever reached.
    Error,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Integer(i64),
    BigInteger(BigInt),
    Float(f64),
    String(String),
    /// Symbols, `true`, `false`, `nil`: atoms all.
    Symbol(String),
}

#[derive(Clone, Debug)]
pub enum SendTarget {
    /// Any receiver.
    Value(ExprId),
    /// `self`: a direct call in an actor's own process.
    SelfRef,
    /// `super`: look-up starts above the class that contains the code.
    Super,
    /// A class named in the source.
    Class(Name),
    Global(Name),
    /// `Erlang m`, written out: a plain call of the function that the selector names up to its first colon. Its failures are
    /// Erlang's own. (A stored proxy is a value like any other, and reports them as its own.)
    Erlang(Name),
}

#[derive(Clone, Debug)]
pub struct CascadeMessage {
    pub selector: Selector,
    pub args: Vec<ExprId>,
    pub cells: Vec<LocalId>,
    /// A message with fixed meaning keeps it in a cascade.
    pub fixed: Option<Fixed>,
}

/// Messages whose meaning is the same for every receiver (`language.md` §7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fixed {
    Class,
    IsNil,
    NotNil,
    Yourself,
    Hash,
    RespondsTo,
    FieldNames,
    FieldAt,
    FieldAtPut,
    Perform,
    PerformWithArguments,
    ErrorMessage,
    /// `value` … `value:value:value:`: evaluates a block, else an ordinary send.
    Value,
    /// Not-nil branch given as a value: a block of 0 or 1 parameters.
    ValueOptional,
    Await,
    AwaitTimeout,
    AwaitForever,
    Associate,
    MethodLookup,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Concat,
    Equal,
    NotEqual,
    StrictEqual,
    StrictNotEqual,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
}

impl BinaryOp {
    /// Equality is no message: no class can define it.
    pub fn is_equality(self) -> bool {
        matches!(self, BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::StrictEqual | BinaryOp::StrictNotEqual)
    }

    pub fn selector(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Subtract => "-",
            BinaryOp::Multiply => "*",
            BinaryOp::Divide => "/",
            BinaryOp::Remainder => "%",
            BinaryOp::Power => "**",
            BinaryOp::Concat => "++",
            BinaryOp::Equal => "==",
            BinaryOp::NotEqual => "/=",
            BinaryOp::StrictEqual => "=:=",
            BinaryOp::StrictNotEqual => "=/=",
            BinaryOp::Less => "<",
            BinaryOp::Greater => ">",
            BinaryOp::LessEqual => "<=",
            BinaryOp::GreaterEqual => ">=",
        }
    }

    pub fn from_selector(selector: &str) -> Option<BinaryOp> {
        Some(match selector {
            "+" => BinaryOp::Add,
            "-" => BinaryOp::Subtract,
            "*" => BinaryOp::Multiply,
            "/" => BinaryOp::Divide,
            "%" => BinaryOp::Remainder,
            "**" => BinaryOp::Power,
            "++" => BinaryOp::Concat,
            "==" => BinaryOp::Equal,
            "/=" => BinaryOp::NotEqual,
            "=:=" => BinaryOp::StrictEqual,
            "=/=" => BinaryOp::StrictNotEqual,
            "<" => BinaryOp::Less,
            ">" => BinaryOp::Greater,
            "<=" => BinaryOp::LessEqual,
            ">=" => BinaryOp::GreaterEqual,
            _ => return None,
        })
    }
}

/// A real closure. Free variables are captured by value when it is made.
#[derive(Clone, Debug)]
pub struct Block {
    pub params: Vec<LocalId>,
    pub body: ExprId,
    /// Outer locals it reads or assigns.
    pub captures: Vec<LocalId>,
    /// Outer locals it assigns. Written back through the cells of the send the block stands in; lost for a stored block.
    pub writes: Vec<LocalId>,
    /// The block is an operand of a send with cells.
    pub has_cells: bool,
}

/// Where `^` goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// Straight out of the method; only inlined constructs lie between.
    Method,
    /// Out of the method from inside a closure.
    NonLocal,
}

/// A handler: code in place with an optional name for the exception, or a block value.
#[derive(Clone, Debug)]
pub enum Branch {
    Inline(Option<LocalId>, ExprId),
    Value(ExprId),
}

#[derive(Clone, Debug)]
pub struct Arm {
    pub pattern: Pattern,
    pub guard: Option<ExprId>,
    pub body: ExprId,
}

#[derive(Clone, Debug)]
pub enum Pattern {
    Wildcard,
    Bind(LocalId),
    Literal(Literal),
    Tuple(Vec<Pattern>),
}

#[derive(Clone, Debug)]
pub enum Segment {
    Text(String),
    Value(ExprId),
}
