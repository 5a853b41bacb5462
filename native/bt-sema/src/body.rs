//! Lowering of one body: statements, names, assignments, returns. The other areas add their methods to [`Lowerer`].

use std::rc::Rc;

use bt_base::{Diagnostic, Selector, Span};
use bt_hir::{Body, ClassIndex, ClassKind, Eval, Expr, ExprId, Fixed, Literal, LocalId};
use bt_syntax::ast::{self, ExprKind};
use bt_syntax::diagnostics::parse_assignment;

use crate::diagnostics::block_field_assign::{self, Escape};
use crate::diagnostics::{
    block_local_assign, body_unreachable, codegen_unsupported, name_self, name_super, name_undefined, primitive_outside_stdlib,
    primitive_position, unused_variable,
};
use crate::expect::Expect;
use crate::scope::Scopes;
use crate::Options;

/// What a body belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home<'s> {
    Method {
        class: &'s str,
        class_side: bool,
        kind: ClassKind,
    },
    /// Workspace input.
    Eval,
    /// Default of a field.
    Default {
        class: &'s str,
    },
}

/// How a block literal is used (`language.md` §6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockContext {
    Control,
    Receiver,
    Stored,
    Passed,
    /// Passed to an Erlang function: it works on copies.
    Foreign,
}

/// Unknown names for which a similar one is looked up.
const MAX_SUGGESTIONS: usize = 100;

/// State of one lowering. Diagnostics and `@expect` directives are collected; the caller takes them.
pub struct Lowerer<'a, 's> {
    pub(crate) ast: &'a ast::Module<'s>,
    pub(crate) index: &'a ClassIndex,
    pub(crate) options: &'a Options,
    pub(crate) home: Home<'s>,
    /// Names of the instance fields declared in this class: a bare name reads them.
    pub(crate) fields: Rc<Vec<&'s str>>,
    /// Field names of class and ancestors on the instance side; class variables.
    pub(crate) all_fields: Rc<Vec<String>>,
    pub(crate) class_vars: Rc<Vec<String>>,
    /// Names of unknown standing are not reported (a patch of a class that is not in this text).
    pub(crate) lenient_names: bool,
    pub(crate) body: Body,
    pub(crate) scopes: Scopes<'s>,
    pub(crate) contexts: Vec<BlockContext>,
    pub(crate) inputs: Vec<(bt_base::Name, LocalId)>,
    /// Unknown names so far.
    undefined: usize,
    pub diagnostics: Vec<Diagnostic>,
    pub expects: Vec<Expect>,
}

impl<'a, 's> Lowerer<'a, 's> {
    pub fn new(ast: &'a ast::Module<'s>, index: &'a ClassIndex, options: &'a Options, home: Home<'s>) -> Lowerer<'a, 's> {
        let mut scopes = Scopes::default();
        scopes.push();
        Lowerer {
            ast,
            index,
            options,
            home,
            fields: Rc::default(),
            all_fields: Rc::default(),
            class_vars: Rc::default(),
            lenient_names: false,
            body: Body::default(),
            scopes,
            contexts: Vec::new(),
            inputs: Vec::new(),
            undefined: 0,
            diagnostics: Vec::new(),
            expects: Vec::new(),
        }
    }

    // ---- entry points ----

    /// A workspace input: top-level statements over the workspace's variables.
    pub fn eval(&mut self, statements: &[ast::ExprId]) -> Eval {
        let root = self.statements(statements, Span::default());
        self.body.root = Some(root);
        self.report_unused();
        let assigned = bt_hir::assigned_locals(&self.body, root);
        let inputs = std::mem::take(&mut self.inputs);
        let mut outputs = Vec::new();
        for id in assigned {
            let is_input = inputs.iter().any(|(_, l)| *l == id);
            if is_input || self.scopes.lookup(&self.scopes.infos[id.0 as usize].name) == Some(id) {
                outputs.push((bt_base::Name::new(&self.scopes.infos[id.0 as usize].name), id));
            }
        }
        Eval { body: std::mem::take(&mut self.body), inputs, outputs }
    }

    /// The code of a method whose parameters are `params`.
    pub fn method(&mut self, params: &[ast::Param<'s>], statements: &[ast::ExprId], span: Span) -> Body {
        for param in params {
            let id = self.body.local(param.name.text);
            self.scopes.declare(param.name.text, id, param.name.span, false);
            self.body.params.push(id);
        }
        if let Home::Method { class_side: false, kind: ClassKind::Value | ClassKind::Either, .. } = self.home {
            if self.assigns_a_field(statements) {
                let id = self.body.local("self");
                self.scopes.declare("self", id, span, false);
                self.body.self_local = Some(id);
            }
        }
        self.scopes.push();
        let root = self.statements(statements, span);
        self.scopes.pop();
        self.body.root = Some(root);
        self.report_unused();
        std::mem::take(&mut self.body)
    }

    /// The default expression of a field.
    pub fn default_value(&mut self, id: ast::ExprId) -> Body {
        self.lenient_names = true;
        let root = self.expr(id);
        self.body.root = Some(root);
        std::mem::take(&mut self.body)
    }

    fn assigns_a_field(&self, statements: &[ast::ExprId]) -> bool {
        let mut work: Vec<ast::ExprId> = statements.to_vec();
        while let Some(id) = work.pop() {
            let kind = &self.ast.expr(id).kind;
            if let ExprKind::Assign { target, .. } = kind {
                if matches!(self.ast.expr(*target).kind, ExprKind::Field { .. }) {
                    return true;
                }
            }
            crate::walk::each_child(kind, &mut |c| work.push(c));
        }
        false
    }

    // ---- helpers ----

    pub(crate) fn add(&mut self, expr: Expr, span: Span) -> ExprId {
        self.body.add(expr, span)
    }

    pub(crate) fn atom(&mut self, name: &str, span: Span) -> ExprId {
        self.add(Expr::Literal(Literal::Symbol(name.to_string())), span)
    }

    /// A local of the compiler's own, invisible by name.
    pub(crate) fn temporary(&mut self, span: Span) -> LocalId {
        let id = self.body.local("_temporary");
        self.scopes.declare(" temporary", id, span, false);
        id
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports an expression that has no meaning or no code, and stands in for it.
    pub(crate) fn refuse(&mut self, diagnostic: Diagnostic) -> ExprId {
        let span = diagnostic.span;
        self.report(diagnostic);
        self.add(Expr::Error, span)
    }

    fn report_unused(&mut self) {
        for info in &self.scopes.infos {
            if info.report_unused && !info.read {
                self.diagnostics.push(unused_variable::diagnostic(info.span, &info.name, !info.is_assigned_again));
            }
        }
    }

    pub(crate) fn in_class_side(&self) -> bool {
        matches!(self.home, Home::Method { class_side: true, .. })
    }

    // ---- statements ----

    /// A statement list. `@expect` directives are taken out; in workspace input `^` ends the list with its value.
    pub(crate) fn statements(&mut self, list: &[ast::ExprId], span: Span) -> ExprId {
        let mut lowered = Vec::with_capacity(list.len());
        let mut returned = false;
        let mut warned = false;
        for (position, &id) in list.iter().enumerate() {
            let expr = self.ast.expr(id);
            if let ExprKind::Expect(category) = &expr.kind {
                let target = list.get(position + 1).map(|&next| self.ast.expr(next).span);
                // Directives inside blocks are accepted and ignored.
                if self.contexts.is_empty() {
                    self.expects.push(Expect { category: category.text.to_string(), span: expr.span, target });
                }
                continue;
            }
            if returned {
                if !warned {
                    warned = true;
                    self.report(body_unreachable::diagnostic(expr.span));
                }
                if self.home == Home::Eval {
                    continue;
                }
            }
            let is_return = matches!(expr.kind, ExprKind::Return(_));
            if let ExprKind::Block { params, body } = &expr.kind {
                let block = self.block(params, body, expr.span, BlockContext::Receiver, false);
                lowered.push(block);
            } else {
                let value = self.expr(id);
                lowered.push(value);
            }
            returned |= is_return;
        }
        match lowered.len() {
            1 => lowered[0],
            _ => self.add(Expr::Seq(lowered), span),
        }
    }

    // ---- expressions ----

    pub(crate) fn expr(&mut self, id: ast::ExprId) -> ExprId {
        // Chains of any length nest to the left, so the tree can be very deep although the source is flat.
        stacker::maybe_grow(96 * 1024, 2 << 20, || self.expr_on_stack(id))
    }

    fn expr_on_stack(&mut self, id: ast::ExprId) -> ExprId {
        let ast = self.ast;
        let expr = ast.expr(id);
        let span = expr.span;
        match &expr.kind {
            ExprKind::Integer(_)
            | ExprKind::Float(_)
            | ExprKind::Character(_)
            | ExprKind::String(_)
            | ExprKind::Symbol(_)
            | ExprKind::Interpolation(_)
            | ExprKind::List { .. }
            | ExprKind::Array(_)
            | ExprKind::Map(_) => self.literal(&expr.kind, span),
            ExprKind::Variable(name) => self.variable(name, span),
            ExprKind::ClassRef(name) => self.class_ref(name, span),
            ExprKind::SelfRef => self.self_ref(span),
            ExprKind::Super => {
                if matches!(self.home, Home::Eval) {
                    return self.refuse(name_super::diagnostic(span));
                }
                self.refuse(codegen_unsupported::super_alone(span))
            }
            ExprKind::Field { receiver, name } => self.field_read(*receiver, name, span),
            ExprKind::Assign { target, value } => self.assign(*target, *value, span),
            ExprKind::Return(value) => self.return_from(*value, span),
            ExprKind::Unary { receiver, selector } => self.send(*receiver, selector.text, &[], span),
            ExprKind::Binary { left, op, right } => self.binary(*left, op, *right, span),
            ExprKind::Keyword { receiver, parts, args } => {
                let selector: String = parts.iter().map(|p| p.text).collect();
                self.send(*receiver, &selector, args, span)
            }
            ExprKind::Cascade { first, messages } => self.cascade(*first, messages, span),
            ExprKind::Block { params, body } => self.block(params, body, span, BlockContext::Passed, false),
            ExprKind::Match { subject, arms } => self.match_expr(*subject, arms, span),
            ExprKind::Paren(inner) => self.expr(*inner),
            ExprKind::Pragma { .. } => self.refuse(match self.home {
                Home::Method { .. } if !self.options.library => primitive_outside_stdlib::diagnostic(span, false),
                _ => primitive_position::diagnostic(span),
            }),
            ExprKind::Expect(_) => self.atom("nil", span),
            ExprKind::Error => self.add(Expr::Error, span),
        }
    }

    fn variable(&mut self, name: &'s str, span: Span) -> ExprId {
        match name {
            "true" | "false" | "nil" => return self.atom(name, span),
            _ => {}
        }
        if let Some(local) = self.lookup(name) {
            self.scopes.note_read(local);
            return self.add(Expr::Local(local), span);
        }
        if self.fields.contains(&name) && !self.in_class_side() {
            return self.read_field(name, span);
        }
        if self.options.skip_checks || self.lenient_names {
            return self.undefined_when_run(name, span);
        }
        if self.in_class_side() && self.is_instance_field_only(name) {
            return self.refuse(codegen_unsupported::instance_field(span, name));
        }
        // A text full of unknown names is no text with a slip of the pen.
        self.undefined += 1;
        let near = if self.undefined <= MAX_SUGGESTIONS { self.similar_name(name) } else { None };
        self.refuse(name_undefined::diagnostic(span, name, near))
    }

    /// Where names are not checked, reading one that nothing was given fails when it is run, and says which.
    fn undefined_when_run(&mut self, name: &str, span: Span) -> ExprId {
        let receiver = self.atom("nil", span);
        let text = self.add(Expr::Literal(Literal::String(format!("Undefined variable: {name}"))), span);
        self.add(Expr::Fixed(Fixed::ErrorMessage, vec![receiver, text], Vec::new()), span)
    }

    fn similar_name(&self, name: &str) -> Option<String> {
        let locals = self.scopes.names().filter(|n| !n.starts_with(' '));
        // Methods do not see the variables of the workspace, nor class methods the fields.
        let known = self.options.known_vars.iter().map(String::as_str).filter(|_| self.home == Home::Eval);
        let fields = self.fields.iter().copied().filter(|_| !self.in_class_side());
        let names = locals.chain(fields).chain(known);
        crate::spelling::nearest(name, crate::spelling::slips(name), names).map(str::to_string)
    }

    /// A visible local; a workspace variable becomes one at its first use.
    pub(crate) fn lookup(&mut self, name: &'s str) -> Option<LocalId> {
        if let Some(local) = self.scopes.lookup(name) {
            return Some(local);
        }
        if self.home == Home::Eval && self.options.known_vars.iter().any(|v| v == name) {
            let id = self.body.local(name);
            self.scopes.declare_outermost(name, id, Span::default());
            self.inputs.push((bt_base::Name::new(name), id));
            return Some(id);
        }
        None
    }

    fn class_ref(&mut self, name: &'s str, span: Span) -> ExprId {
        if self.home == Home::Eval {
            if let Some(local) = self.lookup(name) {
                self.scopes.note_read(local);
                return self.add(Expr::Local(local), span);
            }
        }
        if self.is_global(name) {
            return self.add(Expr::Global(name.into()), span);
        }
        self.add(Expr::ClassRef(name.into()), span)
    }

    /// Do these words mean the workspace's singletons here? In a workspace's input they come before classes of the same names,
    /// elsewhere such a class comes first.
    pub(crate) fn is_global(&self, name: &str) -> bool {
        matches!(name, "Transcript" | "Beamtalk" | "Workspace")
            && match self.home {
                Home::Eval => self.options.workspace,
                _ => self.index.get(name).is_none(),
            }
    }

    pub(crate) fn self_ref(&mut self, span: Span) -> ExprId {
        match self.home {
            Home::Eval => self.refuse(name_self::diagnostic(span)),
            Home::Default { .. } => self.atom("nil", span),
            Home::Method { .. } => match self.body.self_local {
                Some(local) => {
                    self.scopes.note_read(local);
                    self.add(Expr::Local(local), span)
                }
                None => self.add(Expr::SelfRef, span),
            },
        }
    }

    fn is_self(&self, id: ast::ExprId) -> bool {
        matches!(self.ast.expr(id).kind, ExprKind::SelfRef)
    }

    fn field_read(&mut self, receiver: ast::ExprId, name: &ast::Ident<'s>, span: Span) -> ExprId {
        if !self.is_self(receiver) {
            let _ = self.expr(receiver);
            return self.refuse(codegen_unsupported::field_of_another(span));
        }
        match self.home {
            Home::Eval => self.self_ref(span),
            Home::Default { .. } => self.atom("nil", span),
            Home::Method { class_side: true, .. } => {
                if self.is_instance_field_only(name.text) {
                    return self.refuse(codegen_unsupported::instance_field(span, name.text));
                }
                self.add(Expr::ClassVar(name.text.into()), span)
            }
            Home::Method { .. } => self.read_field(name.text, span),
        }
    }

    fn is_instance_field_only(&self, name: &str) -> bool {
        self.all_fields.iter().any(|f| f == name) && !self.class_vars.iter().any(|v| v == name)
    }

    fn read_field(&mut self, name: &str, span: Span) -> ExprId {
        if let Some(local) = self.body.self_local {
            self.scopes.note_read(local);
        }
        self.add(Expr::Field(name.into()), span)
    }

    // ---- assignment and return ----

    fn assign(&mut self, target: ast::ExprId, value: ast::ExprId, span: Span) -> ExprId {
        let ast = self.ast;
        match &ast.expr(target).kind {
            ExprKind::Variable(name) => self.assign_variable(name, ast.expr(target).span, value, span),
            ExprKind::Field { receiver, name } => self.assign_field(*receiver, name, value, span),
            _ => {
                let _ = self.assigned_value(value);
                self.add(Expr::Error, span)
            }
        }
    }

    /// The right-hand side: a block literal there is stored.
    fn assigned_value(&mut self, value: ast::ExprId) -> ExprId {
        let ast = self.ast;
        let mut id = value;
        while let ExprKind::Paren(inner) = &ast.expr(id).kind {
            id = *inner;
        }
        let expr = ast.expr(id);
        match &expr.kind {
            ExprKind::Block { params, body } => self.block(params, body, expr.span, BlockContext::Stored, false),
            _ => self.expr(value),
        }
    }

    fn assign_variable(&mut self, name: &'s str, at: Span, value: ast::ExprId, span: Span) -> ExprId {
        if matches!(name, "true" | "false" | "nil") {
            let _ = self.assigned_value(value);
            self.report(parse_assignment::diagnostic(at));
            return self.add(Expr::Error, span);
        }
        let local = match self.lookup(name) {
            Some(local) => {
                self.scopes.note_other_assignment(local);
                local
            }
            None => {
                let id = self.body.local(name);
                let report = self.home != Home::Eval || self.scopes.depth() > 1;
                self.scopes.declare(name, id, at, report);
                id
            }
        };
        let value = self.assigned_value(value);
        // Told once for a block and a variable.
        if self.scopes.is_captured(local) && !self.scopes.closure_has_written(local) {
            match self.contexts.last() {
                Some(BlockContext::Stored) => {
                    let is_read = self.scopes.closure_has_read(local);
                    self.report(block_local_assign::diagnostic(span, name, is_read));
                }
                Some(BlockContext::Foreign) => self.report(block_local_assign::passed_to_erlang(span, name)),
                _ => {}
            }
        }
        self.scopes.note_write(local);
        self.add(Expr::SetLocal(local, value), span)
    }

    fn assign_field(&mut self, receiver: ast::ExprId, name: &ast::Ident<'s>, value: ast::ExprId, span: Span) -> ExprId {
        if !self.is_self(receiver) {
            let _ = self.assigned_value(value);
            return self.refuse(codegen_unsupported::assigned_field_of_another(span));
        }
        let value = self.assigned_value(value);
        let escape = match self.contexts.last() {
            Some(BlockContext::Stored) => Some(Escape::Stored),
            Some(BlockContext::Passed | BlockContext::Foreign) => Some(Escape::Passed),
            _ if self.contexts.contains(&BlockContext::Stored) => Some(Escape::Stored),
            _ => None,
        };
        if let Some(escape) = escape {
            self.report(block_field_assign::diagnostic(span, name.text, escape));
        }
        match self.home {
            Home::Eval => self.self_ref(span),
            Home::Default { .. } => self.atom("nil", span),
            Home::Method { class_side: true, .. } => {
                if self.is_instance_field_only(name.text) {
                    return self.refuse(codegen_unsupported::assigned_instance_field(span, name.text));
                }
                self.body.writes_class_vars = true;
                self.add(Expr::SetClassVar(name.text.into(), value), span)
            }
            Home::Method { .. } => {
                if let Some(local) = self.body.self_local {
                    self.scopes.note_read(local);
                    self.scopes.note_write(local);
                }
                self.add(Expr::SetField(name.text.into(), value), span)
            }
        }
    }

    fn return_from(&mut self, value: ast::ExprId, span: Span) -> ExprId {
        let ast = self.ast;
        let expr = ast.expr(value);
        let value = match &expr.kind {
            ExprKind::Block { params, body } => self.block(params, body, expr.span, BlockContext::Receiver, false),
            _ => self.expr(value),
        };
        match self.home {
            // At top level there is no method: the block simply has that value.
            Home::Eval | Home::Default { .. } => value,
            Home::Method { .. } => {
                let home = if self.scopes.level() == 0 {
                    bt_hir::Home::Method
                } else {
                    self.body.has_nonlocal_return = true;
                    bt_hir::Home::NonLocal
                };
                self.add(Expr::Return { value, home }, span)
            }
        }
    }

    pub(crate) fn selector(&self, text: &str) -> Selector {
        Selector::new(text)
    }
}
