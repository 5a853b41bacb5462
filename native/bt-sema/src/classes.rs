//! Class definitions: standalone methods merged in, fields, methods, pragmas, inherited methods.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use bt_base::{Diagnostic, Name, Selector};
use bt_hir::{Class, ClassIndex, ClassKind, Expr, Field, Inherited, Method, MethodBody, Side};
use bt_syntax::ast::{self, ClassDef, Item, StandaloneMethod};

use crate::body::{Home, Lowerer};
use crate::class_info::{modifiers, superclass, type_text};
use crate::diagnostics::{method_empty_body, primitive_outside_stdlib, primitive_unknown};
use crate::expect::Expect;
use crate::hierarchy::pragma;
use crate::Options;

pub(crate) struct Merged<'s> {
    pub classes: Vec<ClassDef<'s>>,
    /// Standalone methods of classes that are not in this text.
    pub orphans: Vec<StandaloneMethod<'s>>,
}

/// Puts standalone methods into their classes: the same selector and side replaces, another is added.
pub(crate) fn merge<'s>(module: &ast::Module<'s>) -> Merged<'s> {
    let mut classes: Vec<ClassDef<'s>> = Vec::new();
    for item in &module.items {
        if let Item::Class(class) = item {
            classes.push((**class).clone());
        }
    }
    let mut orphans = Vec::new();
    for item in &module.items {
        if let Item::Method(standalone) = item {
            let method = &standalone.method;
            match classes.iter_mut().find(|c| c.name.text == standalone.class.text) {
                None => orphans.push((**standalone).clone()),
                Some(class) => {
                    let same =
                        class.methods.iter().position(|m| m.selector == method.selector && m.class_side == method.class_side);
                    match same {
                        Some(position) => class.methods[position] = method.clone(),
                        None => class.methods.push(method.clone()),
                    }
                }
            }
        }
    }
    Merged { classes, orphans }
}

/// Names of the fields of a class and its known ancestors.
fn field_names(index: &ClassIndex, class: &str, class_side: bool) -> Vec<String> {
    let mut names = Vec::new();
    for info in index.chain(class) {
        let fields = if class_side { &info.class_vars } else { &info.fields };
        names.extend(fields.iter().map(|f| f.name.clone()));
    }
    names
}

struct ClassCx<'a, 's> {
    module: &'a ast::Module<'s>,
    index: &'a ClassIndex,
    options: &'a Options,
    class: &'s str,
    kind: ClassKind,
    fields: Rc<Vec<&'s str>>,
    all_fields: Rc<Vec<String>>,
    class_vars: Rc<Vec<String>>,
    lenient: bool,
}

impl<'a, 's> ClassCx<'a, 's> {
    fn lowerer(&self, home: Home<'s>) -> Lowerer<'a, 's> {
        let mut lowerer = Lowerer::new(self.module, self.index, self.options, home);
        lowerer.fields = self.fields.clone();
        lowerer.all_fields = self.all_fields.clone();
        lowerer.class_vars = self.class_vars.clone();
        lowerer.lenient_names = self.lenient;
        lowerer
    }

    fn field(&self, field: &ast::FieldDecl<'s>, diagnostics: &mut Vec<Diagnostic>) -> Field {
        let default = field.default.map(|id| {
            let mut lowerer = self.lowerer(Home::Default { class: self.class });
            let body = lowerer.default_value(id);
            diagnostics.append(&mut lowerer.diagnostics);
            body
        });
        Field { name: Name::new(field.name.text), type_name: type_text(&field.ty), default }
    }

    fn method(&self, method: &ast::MethodDef<'s>, diagnostics: &mut Vec<Diagnostic>, expects: &mut Vec<Expect>) -> Method {
        let at = method.selector_parts.first().map_or(method.span, |p| p.span);
        crate::hierarchy::check_length(&method.selector, at, diagnostics);
        crate::hierarchy::check_parameters(method.params.len(), at, diagnostics);
        let body = match pragma(self.module, &method.body) {
            Some((name, quoted, span)) => self.pragma_body(method, name, quoted, span, diagnostics),
            None => {
                let has_statement = method.body.iter().any(|&id| !matches!(self.module.expr(id).kind, ast::ExprKind::Expect(_)));
                if !has_statement {
                    diagnostics.push(method_empty_body::diagnostic(at, &method.selector));
                }
                let mut lowerer =
                    self.lowerer(Home::Method { class: self.class, class_side: method.class_side, kind: self.kind });
                let body = lowerer.method(&method.params, &method.body, method.span);
                diagnostics.append(&mut lowerer.diagnostics);
                expects.append(&mut lowerer.expects);
                MethodBody::Code(body)
            }
        };
        Method {
            selector: Selector::new(&method.selector),
            class_side: method.class_side,
            is_sealed: method.sealed,
            body,
            param_types: method.params.iter().map(|p| type_text(&p.ty)).collect(),
            return_type: type_text(&method.return_type),
            source: method.source_span,
            doc: method.doc.as_ref().map(|d| d.span),
            signature: method.header_span,
            span: at,
        }
    }

    fn pragma_body(
        &self,
        method: &ast::MethodDef<'s>,
        name: &str,
        quoted: bool,
        span: bt_base::Span,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> MethodBody {
        let arity = method.params.len();
        let failing = || {
            let mut body = bt_hir::Body::default();
            for param in &method.params {
                let id = body.local(param.name.text);
                body.params.push(id);
            }
            let root = body.add(Expr::Error, span);
            body.root = Some(root);
            MethodBody::Code(body)
        };
        if !self.options.library {
            diagnostics.push(primitive_outside_stdlib::diagnostic(span, self.options.allow_primitives));
        }
        if quoted {
            let side = if method.class_side { bt_hir::primitives::Side::Class } else { bt_hir::primitives::Side::Instance };
            return match bt_hir::primitives::primitive(self.class, side, name) {
                Some(primitive) => MethodBody::Primitive(primitive, arity),
                None => {
                    if self.options.library {
                        diagnostics.push(primitive_unknown::primitive(span, name, self.class));
                    }
                    failing()
                }
            };
        }
        match bt_hir::primitives::intrinsic(name) {
            Some(intrinsic) => MethodBody::Intrinsic { module: intrinsic.module, function: intrinsic.function, arity },
            None => {
                diagnostics.push(primitive_unknown::intrinsic(span, name));
                failing()
            }
        }
    }
}

pub(crate) fn lower_class<'s>(
    module: &ast::Module<'s>,
    source: &str,
    index: &ClassIndex,
    options: &Options,
    class: &ClassDef<'s>,
    diagnostics: &mut Vec<Diagnostic>,
    expects: &mut Vec<Expect>,
) -> Class {
    let name = class.name.text;
    let parent = superclass(class);
    let kind = index.kind_of(name, parent.as_deref());
    let cx = ClassCx {
        module,
        index,
        options,
        class: name,
        kind,
        fields: Rc::new(class.fields.iter().map(|f| f.name.text).collect()),
        all_fields: Rc::new(field_names(index, name, false)),
        class_vars: Rc::new(field_names(index, name, true)),
        lenient: false,
    };
    let fields = class.fields.iter().map(|f| cx.field(f, diagnostics)).collect();
    let class_vars = class.class_fields.iter().map(|f| cx.field(f, diagnostics)).collect();
    let mut methods = Vec::new();
    let mut class_methods = Vec::new();
    // Two methods of one name are an error, but one that expression scripts do not check: there the later one counts.
    let mut places: HashMap<(bool, &str), usize> = HashMap::new();
    for method in &class.methods {
        let lowered = cx.method(method, diagnostics, expects);
        let side = if method.class_side { &mut class_methods } else { &mut methods };
        match places.entry((method.class_side, method.selector.as_str())) {
            Entry::Occupied(place) => side[*place.get()] = lowered,
            Entry::Vacant(place) => {
                place.insert(side.len());
                side.push(lowered);
            }
        }
    }
    let (inherited, root_methods) = inherited(index, class, options);
    Class {
        name: Name::new(name),
        superclass_module: parent.as_deref().and_then(|p| index.get(p)).and_then(|p| p.module.clone()),
        superclass: parent,
        kind,
        modifiers: modifiers(class),
        is_library: options.library,
        is_test_case: index.inherits_from(name, "TestCase"),
        fields,
        class_vars,
        inherited,
        root_methods,
        methods,
        class_methods,
        source: source.to_string(),
        doc: class.doc.as_ref().map(|d| d.span),
        span: class.span,
    }
}

/// Classes of plain Erlang values: the send picks their modules by the kind of the value and does not ask the class table. An extension of one of their
/// ancestors can therefore not be put in front of what the module exports, so it exports nothing it may have to give up.
const PLAIN: &[&str] = &[
    "Integer",
    "Character",
    "Float",
    "String",
    "Symbol",
    "True",
    "False",
    "UndefinedObject",
    "List",
    "Tuple",
    "Dictionary",
    "Block",
    "Pid",
    "Port",
    "Reference",
];

/// Methods of ancestors that the class does not define itself: those below `Object`, and those of the root classes.
fn inherited(index: &ClassIndex, class: &ClassDef<'_>, options: &Options) -> (Vec<Inherited>, Vec<(String, Vec<Selector>)>) {
    let mut found: Vec<Inherited> = Vec::new();
    let mut roots: Vec<(String, Vec<Selector>)> = Vec::new();
    // What is nearer hides what is further up.
    let mut seen: HashSet<(bool, &str)> = class.methods.iter().map(|m| (m.class_side, m.selector.as_str())).collect();
    for info in index.chain(class.superclass.text) {
        let Some(module) = info.module.as_ref().filter(|_| info.complete) else { break };
        if matches!(info.name.as_str(), "Object" | "ProtoObject" | "Actor") {
            if options.library && PLAIN.contains(&class.name.text) {
                break;
            }
            let own = info.methods.iter().filter(|m| m.side == Side::Instance);
            let methods = own.filter(|m| seen.insert((false, m.selector.as_str()))).map(|m| m.selector.clone()).collect();
            roots.push((module.clone(), methods));
            continue;
        }
        // A class of the user between two root classes would hide methods of the upper one.
        debug_assert!(roots.is_empty());
        for method in &info.methods {
            let class_side = method.side == Side::Class;
            if seen.insert((class_side, method.selector.as_str())) {
                found.push(Inherited {
                    selector: method.selector.clone(),
                    class_side,
                    definer: info.name.clone(),
                    module: module.clone(),
                });
            }
        }
    }
    (found, roots)
}

/// Analyses a standalone method whose class is elsewhere; the code itself is compiled with the class.
pub(crate) fn check_orphan<'s>(
    module: &ast::Module<'s>,
    index: &ClassIndex,
    options: &Options,
    standalone: &StandaloneMethod<'s>,
    diagnostics: &mut Vec<Diagnostic>,
    expects: &mut Vec<Expect>,
) {
    let name = standalone.class.text;
    let parent = index.get(name).and_then(|c| c.superclass.clone());
    if let Some(parent) = &parent {
        crate::hierarchy::sealed_override(&standalone.method, parent, index, options, diagnostics);
    }
    let cx = ClassCx {
        module,
        index,
        options,
        class: name,
        kind: index.kind_of(name, parent.as_deref().or(Some("Object"))),
        fields: Rc::default(),
        all_fields: Rc::new(field_names(index, name, false)),
        class_vars: Rc::new(field_names(index, name, true)),
        lenient: true,
    };
    let _ = cx.method(&standalone.method, diagnostics, expects);
}
