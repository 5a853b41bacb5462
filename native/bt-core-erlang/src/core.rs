//! The Core Erlang tree: what OTP's `core_parse` reads, typed. Text is made from it in one place ([`crate::print`]).
//!
//! Sequences of bindings are flat vectors, because generated code is mostly long and straight, and recursion over it would be deep.

use std::rc::Rc;

use bt_base::Name;
use smallvec::SmallVec;

use crate::atom::Atom;

/// A Core variable, unique within its module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Var(pub u32);

/// What one `let` binds: nearly always one variable.
pub type Vars = SmallVec<[Var; 4]>;

/// A function defined by `letrec` or at top level.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fname {
    pub name: Rc<str>,
    pub arity: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Var(Var),
    Atom(Atom),
    Int(i64),
    /// Decimal digits of an integer beyond 64 bits.
    BigInt(Rc<str>),
    Float(f64),
    /// UTF-8 binary.
    Text(Rc<str>),
    Nil,
    Cons(Box<Expr>, Box<Expr>),
    /// A list of any length as one node: a chain of cells would be as deep as the list is long.
    List(Vec<Expr>, Box<Expr>),
    Tuple(Vec<Expr>),
    /// `~{k=>v,…|base}~`.
    Map(Vec<(Expr, Expr)>, Option<Box<Expr>>),
    /// `~{k:=v|base}~`, where the key is there.
    Replace {
        key: Atom,
        value: Box<Expr>,
        base: Box<Expr>,
    },
    /// Binary built from texts and binaries.
    Binary(Vec<Piece>),
    /// `call M:F(A…)`; `line` is annotated when it is not 0.
    Call {
        callee: Box<Callee>,
        args: Vec<Expr>,
        line: u32,
    },
    Apply {
        function: Box<Expr>,
        args: Vec<Expr>,
        line: u32,
    },
    Function(Fname),
    Primop(&'static str, Vec<Expr>),
    Fun(Vec<Var>, Box<Expr>),
    /// Bindings in order, then the value.
    Seq(Vec<Stmt>, Box<Expr>),
    Case(Box<Expr>, Vec<Clause>),
    Try(Box<Try>),
    /// A guard that is false when it fails; OTP knows this one form of `try` there.
    GuardTry(Box<Expr>, Var),
    /// Several values at once: `<a, b>`.
    Values(Vec<Expr>),
}

/// `module` is an atom or a variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Callee {
    pub module: Expr,
    pub function: Atom,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Text(Rc<str>),
    Value(Expr),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Stmt {
    Let(Vars, Expr),
    /// Evaluated for its effect.
    Do(Expr),
    Letrec(Vec<(Fname, Vec<Var>, Expr)>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    pub patterns: Vec<Pattern>,
    /// `None` is `'true'`.
    pub guard: Option<Expr>,
    pub body: Expr,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    Var(Var),
    Any,
    Literal(Expr),
    Tuple(Vec<Pattern>),
    Cons(Box<Pattern>, Box<Pattern>),
    Map(Vec<(Expr, Pattern)>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Try {
    pub body: Expr,
    pub vars: Vec<Var>,
    pub ok: Expr,
    /// Class, reason, raw stack.
    pub caught: [Var; 3],
    pub handler: Expr,
}

/// One exported or local function of the module.
#[derive(Clone, Debug)]
pub struct Function {
    pub name: Fname,
    pub params: Vec<Var>,
    pub body: Expr,
    pub exported: bool,
    pub line: u32,
}

impl Expr {
    pub fn atom(text: impl Into<Atom>) -> Expr {
        Expr::Atom(text.into())
    }

    pub fn text(text: &str) -> Expr {
        Expr::Text(Rc::from(text))
    }

    pub fn call(module: impl Into<Atom>, function: impl Into<Atom>, args: Vec<Expr>) -> Expr {
        Expr::call_at(module, function, args, 0)
    }

    pub fn call_at(module: impl Into<Atom>, function: impl Into<Atom>, args: Vec<Expr>, line: u32) -> Expr {
        Expr::call_of(Expr::atom(module), function, args, line)
    }

    /// A call of a module known at run time only, when `module` is a variable.
    pub fn call_of(module: Expr, function: impl Into<Atom>, args: Vec<Expr>, line: u32) -> Expr {
        Expr::Call { callee: Box::new(Callee { module, function: function.into() }), args, line }
    }

    pub fn list(items: Vec<Expr>) -> Expr {
        Expr::list_with_tail(items, Expr::Nil)
    }

    pub fn list_with_tail(items: Vec<Expr>, tail: Expr) -> Expr {
        if items.is_empty() {
            return tail;
        }
        Expr::List(items, Box::new(tail))
    }

    /// Needs no evaluation and may be written more than once.
    pub fn is_atomic(&self) -> bool {
        matches!(self, Expr::Var(_) | Expr::Atom(_) | Expr::Int(_) | Expr::BigInt(_) | Expr::Float(_) | Expr::Nil)
    }

    /// `stmts`, then `self`.
    pub fn after(self, mut stmts: Vec<Stmt>) -> Expr {
        if stmts.is_empty() {
            return self;
        }
        match self {
            Expr::Seq(more, value) => {
                stmts.extend(more);
                Expr::Seq(stmts, value)
            }
            Expr::Var(v) if matches!(stmts.last(), Some(Stmt::Let(vars, _)) if vars.as_slice() == [v]) => {
                // `let x = e in x` is `e`, and a call there is a tail call.
                match stmts.pop() {
                    Some(Stmt::Let(_, value)) => value.after(stmts),
                    _ => Expr::Var(v),
                }
            }
            value => Expr::Seq(stmts, Box::new(value)),
        }
    }

    /// A map with the new value of a field. Replacing the value of a key that is there costs half of what setting a key does.
    pub fn with_field(base: Expr, name: &Name, value: Expr) -> Expr {
        let key = Atom::from(name);
        let there = Pattern::Map(vec![(Expr::Atom(key.clone()), Pattern::Any)]);
        let new = Expr::call("maps", "put", vec![Expr::Atom(key.clone()), value.clone(), base.clone()]);
        let replaced = Expr::Replace { key, value: Box::new(value), base: Box::new(base.clone()) };
        Expr::Case(Box::new(base), vec![Clause::new(there, replaced), Clause::new(Pattern::Any, new)])
    }

    /// `~{k=>v|base}~` where it is not known that `base` is a map: OTP wants the test written out.
    pub fn map_update(entries: Vec<(Expr, Expr)>, base: Expr) -> Expr {
        let test = Expr::call("erlang", "is_map", vec![base.clone()]);
        let failure = Expr::Tuple(vec![Expr::atom("badmap"), base.clone()]);
        let update = Expr::Map(entries, Some(Box::new(base.clone())));
        Expr::Case(
            Box::new(base),
            vec![
                Clause::guarded(Pattern::Any, test, update),
                Clause::new(Pattern::Any, Expr::call("erlang", "error", vec![failure])),
            ],
        )
    }

    /// Applies a fun held in a variable.
    pub fn apply_fun(function: &Expr, args: Vec<Expr>) -> Expr {
        Expr::Apply { function: Box::new(function.clone()), args, line: 0 }
    }

    pub fn apply(function: &Fname, args: Vec<Expr>) -> Expr {
        Expr::Apply { function: Box::new(Expr::Function(function.clone())), args, line: 0 }
    }
}

impl Clause {
    pub fn new(pattern: Pattern, body: Expr) -> Clause {
        Clause { patterns: vec![pattern], guard: None, body }
    }

    pub fn guarded(pattern: Pattern, guard: Expr, body: Expr) -> Clause {
        Clause { patterns: vec![pattern], guard: Some(guard), body }
    }
}
