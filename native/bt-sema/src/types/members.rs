//! Classes and methods as wholes: declared types against what is there, against the parent, and their absence in typed classes.

use bt_hir::Side;
use bt_syntax::ast::{ClassDef, ExprKind, FieldDecl, MethodDef, StandaloneMethod, Type as Annotation};

use super::table::ClassId;
use super::{Checker, Home, Type};
use crate::diagnostics::{field_default, method_parameter_type, type_return, typed_parameter, typed_return};
use crate::hierarchy::pragma;

impl<'a, 's: 'a> Checker<'a, 's> {
    pub(super) fn class(&mut self, class: &'a ClassDef<'s>) {
        let id = self.table.class(class.name.text);
        self.enter_class(id);
        for field in &class.fields {
            self.default(field, true);
        }
        for field in &class.class_fields {
            self.default(field, false);
        }
        let is_typed = id.is_some_and(|id| self.table.chain(id).any(|c| self.table.info(c).modifiers.is_typed));
        for method in &class.methods {
            if let Some(id) = id {
                self.parameters_of_parent(id, method);
            }
            if is_typed {
                self.annotations(class.name.text, method);
            }
            self.method(class.name.text, method);
        }
    }

    /// A method of a class that is not in this text: `self` is what is known of the class.
    pub(super) fn orphan(&mut self, orphan: &'a StandaloneMethod<'s>) {
        let id = self.table.class(orphan.class.text);
        self.enter_class(id);
        self.method(orphan.class.text, &orphan.method);
    }

    fn enter_class(&mut self, class: Option<ClassId>) {
        self.fields.clear();
        self.own_fields.clear();
        self.home = Home { class, side: Side::Instance };
        let Some(class) = class else { return };
        self.own_fields.extend(self.table.info(class).fields.iter().map(|f| f.name.as_str()));
        let mut next = Some(class);
        // Nearest first; a cycle ends where it comes back to a field that is there.
        let mut depth = 0;
        while let (Some(current), true) = (next, depth < 64) {
            for field in &self.table.info(current).fields {
                let ty = self.table.annotated(field.type_name.as_deref());
                self.fields.entry(&field.name).or_insert(ty);
            }
            next = self.table.parent(current);
            depth += 1;
        }
    }

    fn default(&mut self, field: &'a FieldDecl<'s>, of_instances: bool) {
        let Some(default) = field.default else { return };
        self.env.clear();
        let actual = self.infer(default);
        if !of_instances {
            return;
        }
        let declared = self.annotation(&field.ty);
        if let Some((declared, got)) = self.mismatch(declared, actual) {
            self.report(field_default::diagnostic(self.ast.expr(default).span, field.name.text, declared, got));
        }
    }

    /// The type a simple annotation promises.
    fn annotation(&mut self, ty: &'a Option<Annotation<'s>>) -> Type {
        match ty {
            Some(Annotation { names, .. }) if names.len() == 1 => self.table.annotated(Some(names[0].text)),
            _ => Type::Dynamic,
        }
    }

    fn method(&mut self, class: &str, method: &'a MethodDef<'s>) {
        if pragma(self.ast, &method.body).is_some() {
            return;
        }
        self.home.side = if method.class_side { Side::Class } else { Side::Instance };
        self.env.clear();
        for param in &method.params {
            let ty = self.annotation(&param.ty);
            self.env.declare(param.name.text, ty);
        }
        // Assignments make locals of the body, which may hide nothing of the header.
        let answer = self.statements(&method.body);
        let declared = self.annotation(&method.return_type);
        if let Some((declared, got)) = self.mismatch(declared, answer) {
            let last = method.body.iter().rev().find(|&&id| !matches!(self.ast.expr(id).kind, ExprKind::Expect(_)));
            let span = last.map_or(method.span, |&id| self.ast.expr(id).span);
            self.report(type_return::diagnostic(span, &method.selector, class, declared, got));
        }
        self.home.side = Side::Instance;
    }

    fn parameters_of_parent(&mut self, class: ClassId, method: &'a MethodDef<'s>) {
        if method.params.iter().all(|p| p.ty.is_none()) {
            return;
        }
        let Some(parent) = self.table.parent(class) else { return };
        let side = if method.class_side { Side::Class } else { Side::Instance };
        let selector = self.selectors.id(&method.selector);
        let Some(inherited) = self.table.find(parent, side, selector, &method.selector) else { return };
        for (position, param) in method.params.iter().enumerate() {
            let own = self.annotation(&param.ty);
            let theirs = inherited.method.param_types.get(position).and_then(|t| t.as_deref());
            let theirs = self.table.annotated(theirs);
            // Wider and narrower are both ways to refine a method; unrelated is not.
            if self.mismatch(own, theirs).is_none() {
                continue;
            }
            if let Some((theirs, own)) = self.mismatch(theirs, own) {
                let span = param.ty.as_ref().map_or(param.name.span, |t| t.span);
                let class = self.table.name(class);
                self.report(method_parameter_type::diagnostic(span, position + 1, &method.selector, class, own, theirs));
            }
        }
    }

    /// What a typed class leaves without annotation.
    fn annotations(&mut self, class: &str, method: &'a MethodDef<'s>) {
        if pragma(self.ast, &method.body).is_some() {
            return;
        }
        let selector = &method.selector;
        for param in method.params.iter().filter(|p| p.ty.is_none()) {
            self.report(typed_parameter::diagnostic(param.name.span, param.name.text, class, selector));
        }
        if method.return_type.is_none() {
            let span = method.selector_parts.first().map_or(method.header_span, |p| p.span);
            self.report(typed_return::diagnostic(span, class, selector));
        }
    }
}
