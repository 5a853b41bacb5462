//! A class as the machine takes it: its chunks, and what makes its instances.
//!
//! Beside its methods a class has two hidden class methods: `$new` answers an instance with fresh defaults, `$new:` one with the entries of a dictionary laid over
//! them. `Object class>>new` and `new:` stand on them; a name that begins with `$` is no selector.

use std::collections::HashMap;
use std::sync::Arc;

use bt_base::{Name, Selector, Span};
use bt_bcgen::ClassCode as Generated;
use bt_bytecode::isa::Routine;
use bt_bytecode::{Assembler, Chunk, Constant, Op, Role, Site};
use bt_hir::{ClassInfo, ClassKind, Side};
use bt_vm::{ClassCode, Description, Implementation, MethodDescription};

/// What the front end knows about the class besides its code.
pub struct About {
    pub superclass: Option<String>,
    pub module: String,
    pub kind: ClassKind,
    pub is_abstract: bool,
    /// Fields of the classes above, the uppermost first.
    pub inherited_fields: Vec<String>,
    pub description: Description,
}

/// What a class says about itself, from what its compilation says. `file` and the text: for the places in traces.
pub fn description(info: &ClassInfo, file: Option<String>, text: &str) -> Description {
    let method = |method: &bt_hir::MethodInfo| MethodDescription {
        selector: method.selector.to_string(),
        class_side: method.side == Side::Class,
        source: method.source.clone().unwrap_or_default(),
        doc: method.doc.clone(),
    };
    Description {
        is_abstract: info.modifiers.is_abstract,
        is_library: info.is_library,
        is_shared: false,
        own_fields: info.fields.iter().map(|field| field.name.clone()).collect(),
        methods: info.methods.iter().map(method).collect(),
        doc: info.doc.clone(),
        file,
        lines: line_starts(text),
    }
}

/// Offsets at which the lines of a text begin.
pub fn line_starts(text: &str) -> Vec<u32> {
    let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
    std::iter::once(0).chain(breaks).collect()
}

/// Module and function of a method that is nothing but a call of it.
fn stands_for(chunk: &Chunk) -> Option<(&str, &str)> {
    let [Site::Call { module, function, .. }] = chunk.sites.as_slice() else { return None };
    let is_call = chunk.code.len() == 2 && chunk.code[0] as u8 == Op::Primitive as u8;
    is_call.then_some((module.as_str(), function.as_str()))
}

/// The class. `prelude`: methods in the language in place of primitives, by side and selector.
pub fn class_code(generated: Generated, about: About, prelude: Option<Generated>) -> ClassCode {
    let name = generated.name.clone();
    let own: Vec<String> = generated.fields.iter().map(|(field, _)| field.to_string()).collect();
    let fields: Vec<String> =
        about.inherited_fields.iter().chain(own.iter().filter(|f| !about.inherited_fields.contains(f))).cloned().collect();
    let is_actor = about.kind == ClassKind::Actor;
    let prelude = prelude.map(|prelude| {
        let missing = |chunks: Vec<Chunk>, own: &[Chunk]| side(chunks.into_iter().filter(|c| !has_code(own, c)).collect());
        (missing(prelude.methods, &generated.methods), missing(prelude.class_methods, &generated.class_methods))
    });
    let mut methods = side(generated.methods);
    let mut class_methods = side(generated.class_methods);
    if let Some((of_instances, of_class)) = prelude {
        methods.extend(of_instances);
        class_methods.extend(of_class);
    }
    if about.superclass.is_none() {
        // Every class answers these; the others inherit them.
        for (selector, hidden) in [("new", "$new"), ("new:", "$new:")] {
            let method = || Implementation::Code(Arc::new(maker(&name, selector, hidden)));
            class_methods.entry(selector.into()).or_insert_with(method);
        }
    }
    for (field, default) in generated.fields {
        let chunk = default.unwrap_or_else(|| nothing(&name, &field));
        class_methods.insert(default_name(&field), Implementation::Code(Arc::new(chunk)));
    }
    let makes = about.kind != ClassKind::Actor && !about.is_abstract && !is_primitive(&name);
    // A set is made of fields, but not from a dictionary.
    let new = if makes || name.as_str() == "Set" { fresh(&name, &fields) } else { refused(&name) };
    class_methods.insert("$new".into(), Implementation::Code(Arc::new(new)));
    if makes {
        class_methods.insert("$new:".into(), Implementation::Code(Arc::new(overlaid(&name))));
    } else {
        class_methods.insert("$new:".into(), Implementation::Code(Arc::new(refused_overlay(&name))));
    }
    ClassCode {
        name: name.to_string(),
        superclass: about.superclass,
        module: about.module,
        is_actor,
        fields,
        methods: if is_actor { HashMap::new() } else { methods },
        class_methods,
        description: about.description,
    }
}

/// Has the class code of its own for the method? Then somebody wrote it in place of the library's.
fn has_code(own: &[Chunk], method: &Chunk) -> bool {
    own.iter().any(|chunk| chunk.role == method.role && stands_for(chunk).is_none())
}

fn default_name(field: &str) -> String {
    format!("$default {field}")
}

fn side(chunks: Vec<Chunk>) -> HashMap<String, Implementation> {
    chunks
        .into_iter()
        .filter_map(|chunk| {
            let Role::Method { selector, class_side, .. } = &chunk.role else { return None };
            let (selector, class_side) = (selector.to_string(), *class_side);
            let implementation = if needs_host(&chunk) {
                Implementation::Host
            } else {
                match (stands_for(&chunk), class_side) {
                    // The receiving class makes its instances, wherever the message was understood.
                    (Some(("beamtalk_class_instantiation", "new")), true) => {
                        let hidden = if selector.ends_with(':') { "$new:" } else { "$new" };
                        Implementation::Code(Arc::new(forwarded(&chunk, hidden)))
                    }
                    // What is sent then is known at run time only: the machine sends it itself.
                    (Some(("beamtalk_primitive", "perform")), _) if chunk.parameters == 2 => routine(&chunk, Routine::Perform),
                    (Some(("beamtalk_primitive", "perform")), _) => routine(&chunk, Routine::PerformWithArguments),
                    _ => Implementation::Code(Arc::new(chunk)),
                }
            };
            Some((selector, implementation))
        })
        .collect()
}

/// The same method as a routine of the machine.
fn routine(chunk: &Chunk, routine: Routine) -> Implementation {
    let mut asm = Assembler::new(chunk.role.clone(), chunk.span);
    asm.emit(Op::Routine, [0, routine as i64, routine.arity() as i64], chunk.span);
    asm.emit(Op::Return, [0, 0, 0], chunk.span);
    Implementation::Code(Arc::new(finished(asm, routine.arity(), routine.arity())))
}

/// Does it use variables of an actor or of a class?
fn needs_host(chunk: &Chunk) -> bool {
    let uses = |op: Op| matches!(op, Op::LoadState | Op::StoreState | Op::LoadClassVar | Op::StoreClassVar);
    bt_bytecode::Instructions::new(&chunk.code).flatten().any(|decoded| uses(decoded.op))
        || chunk.blocks.iter().any(|b| needs_host(b))
}

/// Classes whose instances are not made of fields.
fn is_primitive(name: &str) -> bool {
    bt_vm::natives::PRIMITIVE.contains(&name) || matches!(name, "Dictionary" | "Actor")
}

fn role(class: &str, selector: &str) -> Role {
    Role::Method { class: Name::new(class), selector: Selector::new(selector), class_side: true }
}

fn finished(assembler: Assembler, parameters: usize, registers: usize) -> Chunk {
    // These are small, whatever the class: a class with too many fields for a row has been refused before.
    assembler.finish(parameters, registers, Vec::new()).unwrap_or_else(|_| unreachable!("a small chunk"))
}

/// An instance with every field at its default.
fn fresh(class: &str, fields: &[String]) -> Chunk {
    let mut asm = Assembler::new(role(class, "$new"), Span::default());
    let emit = |asm: &mut Assembler, op, operands| asm.emit(op, operands, Span::default());
    let first = 1;
    emit(&mut asm, Op::Move, [first, 0, 0]);
    for (index, field) in fields.iter().enumerate() {
        let at = first + 1 + 2 * index as i64;
        let name = asm.constant(Constant::Symbol(Name::new(field)));
        emit(&mut asm, Op::LoadConst, [at, name, 0]);
        emit(&mut asm, Op::Move, [at + 1, 0, 0]);
        let site = asm.site(Site::Message { selector: Selector::new(&default_name(field)), class: None });
        emit(&mut asm, Op::SendSelf, [at + 1, site, 0]);
    }
    let count = 1 + 2 * fields.len();
    let site = asm.site(Site::Call { module: "$make".into(), function: "instance".into(), arity: count as u16 });
    emit(&mut asm, Op::Primitive, [first, site, 0]);
    emit(&mut asm, Op::Return, [first, 0, 0]);
    finished(asm, 1, 2 + count)
}

/// What `$new` answers, with the entries of R[1] laid over it.
fn overlaid(class: &str) -> Chunk {
    let mut asm = Assembler::new(role(class, "$new:"), Span::default());
    let emit = |asm: &mut Assembler, op, operands| asm.emit(op, operands, Span::default());
    emit(&mut asm, Op::Move, [2, 0, 0]);
    let site = asm.site(Site::Message { selector: Selector::new("$new"), class: None });
    emit(&mut asm, Op::SendSelf, [2, site, 0]);
    emit(&mut asm, Op::Move, [3, 1, 0]);
    let site = asm.site(Site::Call { module: "$make".into(), function: "overlaid".into(), arity: 2 });
    emit(&mut asm, Op::Primitive, [2, site, 0]);
    emit(&mut asm, Op::Return, [2, 0, 0]);
    finished(asm, 2, 5)
}

/// The default of a field that has none.
fn nothing(class: &str, field: &str) -> Chunk {
    let mut asm = Assembler::new(Role::Default { class: Name::new(class), field: Name::new(field) }, Span::default());
    asm.emit(Op::LoadNil, [0, 0, 0], Span::default());
    asm.emit(Op::Return, [0, 0, 0], Span::default());
    finished(asm, 0, 1)
}

/// The runtime's function says what there is instead of instances.
fn refused(class: &str) -> Chunk {
    call(role(class, "$new"), "beamtalk_class_instantiation", "new", 1)
}

fn refused_overlay(class: &str) -> Chunk {
    call(role(class, "$new:"), "beamtalk_class_instantiation", "new", 2)
}

fn call(role: Role, module: &str, function: &str, arity: usize) -> Chunk {
    let mut asm = Assembler::new(role, Span::default());
    let site = asm.site(Site::Call { module: module.into(), function: function.into(), arity: arity as u16 });
    asm.emit(Op::Primitive, [0, site, 0], Span::default());
    asm.emit(Op::Return, [0, 0, 0], Span::default());
    finished(asm, arity, arity)
}

/// `new` or `new:` of a root class.
fn maker(class: &str, selector: &str, hidden: &str) -> Chunk {
    let parameters = 1 + Selector::new(selector).arity();
    let mut asm = Assembler::new(role(class, selector), Span::default());
    let site = asm.site(Site::Message { selector: Selector::new(hidden), class: None });
    asm.emit(Op::TailSendSelf, [0, site, 0], Span::default());
    finished(asm, parameters, parameters)
}

/// The same method as a message to the receiving class.
fn forwarded(chunk: &Chunk, selector: &str) -> Chunk {
    let mut asm = Assembler::new(chunk.role.clone(), chunk.span);
    let site = asm.site(Site::Message { selector: Selector::new(selector), class: None });
    asm.emit(Op::TailSendSelf, [0, site, 0], chunk.span);
    let parameters = usize::from(chunk.parameters);
    finished(asm, parameters, parameters)
}
