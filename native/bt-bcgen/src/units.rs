//! Methods, defaults and inputs as chunks.

use bt_base::{Name, Span};
use bt_bytecode::{Chunk, Op, Role, Site, TooLarge};
use bt_hir::{Body, Class, ClassKind, Eval, Field, Method, MethodBody, Module, Unit};

use crate::body::{Frame, Gen, Owner};

/// What the generator may leave out.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Operations on literals are done at once.
    pub fold: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { fold: true }
    }
}

/// The code of one compilation.
#[derive(Clone, Debug)]
pub enum Code {
    Class(ClassCode),
    Input(InputCode),
}

/// The code of a class; what else it has is in the class information.
#[derive(Clone, Debug)]
pub struct ClassCode {
    pub name: Name,
    pub methods: Vec<Chunk>,
    pub class_methods: Vec<Chunk>,
    /// Fields in order, with the code of their defaults.
    pub fields: Vec<(Name, Option<Chunk>)>,
    pub class_vars: Vec<(Name, Option<Chunk>)>,
}

/// The code of an input of the workspace. It answers a tuple: the input's value, then those of the outputs.
#[derive(Clone, Debug)]
pub struct InputCode {
    pub chunk: Chunk,
    /// Variables whose values are the parameters.
    pub inputs: Vec<Name>,
    /// Variables that get the further elements of the answer.
    pub outputs: Vec<Name>,
}

/// Compiles a whole module. The only failure is a body with more of something than instructions can count.
pub fn compile(module: &Module, options: &Options) -> Result<Code, TooLarge> {
    match &module.unit {
        Unit::Class(class) => compile_class(class, options).map(Code::Class),
        Unit::Eval(eval) => compile_input(eval, options).map(Code::Input),
    }
}

fn compile_class(class: &Class, options: &Options) -> Result<ClassCode, TooLarge> {
    let side = |methods: &[Method]| methods.iter().map(|m| compile_method(class, m, options)).collect::<Result<Vec<_>, _>>();
    Ok(ClassCode {
        name: class.name.clone(),
        methods: side(&class.methods)?,
        class_methods: side(&class.class_methods)?,
        fields: defaults(class, &class.fields, options)?,
        class_vars: defaults(class, &class.class_vars, options)?,
    })
}

fn owner(class: &Class, class_side: bool) -> Owner {
    Owner { class: Some(class.name.clone()), in_actor: class.kind == ClassKind::Actor && !class_side, class_side }
}

fn compile_method(class: &Class, method: &Method, options: &Options) -> Result<Chunk, TooLarge> {
    let role = Role::Method { class: class.name.clone(), selector: method.selector.clone(), class_side: method.class_side };
    let arity = method.selector.arity();
    match &method.body {
        MethodBody::Code(body) => {
            let frame = Frame { has_self: true, tail_sends: !body.has_nonlocal_return, is_input: false };
            let mut gen = Gen::of_body(body, owner(class, method.class_side), role, method.span, frame, *options);
            gen.tail(body.root())?;
            gen.finish()
        }
        MethodBody::Primitive(row, _) => Ok(stand_in(role, method.span, row.module, row.function, arity + 1)?),
        MethodBody::Intrinsic { module, function, arity } => Ok(stand_in(role, method.span, module, function, *arity + 1)?),
    }
}

/// A method that is a function of the runtime.
fn stand_in(role: Role, span: Span, module: &str, function: &str, arity: usize) -> Result<Chunk, TooLarge> {
    let parameters = match &role {
        Role::Method { selector, .. } => selector.arity() + 1,
        Role::Default { .. } | Role::Block | Role::Input => 0,
    };
    let mut asm = bt_bytecode::Assembler::new(role, span);
    let arity16 = u16::try_from(arity).map_err(|_| TooLarge("parameters"))?;
    let site = asm.site(Site::Call { module: module.into(), function: function.into(), arity: arity16 });
    asm.emit(Op::Primitive, [0, site, 0], span);
    asm.emit(Op::Return, [0, 0, 0], span);
    asm.finish(parameters, parameters.max(arity).max(1), Vec::new())
}

fn defaults(class: &Class, fields: &[Field], options: &Options) -> Result<Vec<(Name, Option<Chunk>)>, TooLarge> {
    let one = |field: &Field| {
        let code = |body: &Body| {
            let role = Role::Default { class: class.name.clone(), field: field.name.clone() };
            let frame = Frame { has_self: false, tail_sends: true, is_input: false };
            let mut gen = Gen::of_body(body, owner(class, false), role, body.span(body.root()), frame, *options);
            gen.tail(body.root())?;
            gen.finish()
        };
        Ok((field.name.clone(), field.default.as_ref().map(code).transpose()?))
    };
    fields.iter().map(one).collect()
}

fn compile_input(eval: &Eval, options: &Options) -> Result<InputCode, TooLarge> {
    let owner = Owner { class: None, in_actor: false, class_side: false };
    let span = eval.body.root.map_or(Span::default(), |root| eval.body.span(root));
    let frame = Frame { has_self: false, tail_sends: false, is_input: true };
    let mut gen = Gen::of_input(eval, owner, span, frame, *options);
    gen.input(eval)?;
    Ok(InputCode {
        chunk: gen.finish()?,
        inputs: eval.inputs.iter().map(|(name, _)| name.clone()).collect(),
        outputs: eval.outputs.iter().map(|(name, _)| name.clone()).collect(),
    })
}
