//! What a class definition tells other compilations and tools.

use bt_base::{Name, Selector};
use bt_hir::{ClassInfo, FieldInfo, MethodInfo, Modifiers, Side};
use bt_syntax::ast;

use crate::Options;

/// Builds the record from the (merged) definition.
pub fn class_info(_module: &ast::Module<'_>, class: &ast::ClassDef<'_>, source: &str, options: &Options) -> ClassInfo {
    let module_name = if options.expression { None } else { options.module_name.clone() };
    ClassInfo {
        name: Name::new(class.name.text),
        superclass: superclass(class),
        module: Some(module_name.unwrap_or_else(|| bt_base::module_name(class.name.text, options.library))),
        modifiers: modifiers(class),
        fields: class.fields.iter().map(|f| field(_module, f, source)).collect(),
        class_vars: class.class_fields.iter().map(|f| field(_module, f, source)).collect(),
        methods: class.methods.iter().map(|m| method(m, source)).collect(),
        doc: class.doc.as_ref().map(|d| d.text.clone()),
        complete: true,
        is_library: options.library,
    }
}

pub(crate) fn superclass(class: &ast::ClassDef<'_>) -> Option<Name> {
    match class.superclass.text {
        "nil" => None,
        name => Some(Name::new(name)),
    }
}

pub(crate) fn modifiers(class: &ast::ClassDef<'_>) -> Modifiers {
    Modifiers {
        is_abstract: class.modifiers.is_abstract,
        is_sealed: class.modifiers.is_sealed,
        is_typed: class.modifiers.is_typed,
    }
}

pub(crate) fn type_text(ty: &Option<ast::Type<'_>>) -> Option<String> {
    ty.as_ref().map(|t| t.names.iter().map(|n| n.text).collect::<Vec<_>>().join(" | "))
}

fn field(module: &ast::Module<'_>, field: &ast::FieldDecl<'_>, source: &str) -> FieldInfo {
    FieldInfo {
        name: field.name.text.to_string(),
        type_name: type_text(&field.ty),
        default: field.default.map(|id| module.expr(id).span.text(source).to_string()),
    }
}

fn method(method: &ast::MethodDef<'_>, source: &str) -> MethodInfo {
    MethodInfo {
        selector: Selector::new(&method.selector),
        side: if method.class_side { Side::Class } else { Side::Instance },
        signature: method.header_span.text(source).trim().to_string(),
        param_types: method.params.iter().map(|p| type_text(&p.ty)).collect(),
        return_type: type_text(&method.return_type),
        is_sealed: method.sealed,
        doc: method.doc.as_ref().map(|d| d.text.clone()),
        source: Some(method.source_span.text(source).trim().to_string()),
        span: method.span,
    }
}
