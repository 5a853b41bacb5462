//! Whole modules: exports, meta data, methods, delegates, workspace input.

use std::collections::BTreeSet;
use std::rc::Rc;

use bt_base::{LineIndex, Span};
use bt_hir::{Body, Class, ClassKind, Eval, Method, MethodBody, Module as Hir, Unit};
use smallvec::smallvec;

use crate::core::{Clause, Expr, Fname, Function, Pattern, Stmt, Try, Var};
use crate::frames::{answer_function, keep_frames};
use crate::gen::{Env, Gen, Owner, Ty};
use crate::names::{self, instance_function};
use crate::print::Module;
use crate::split::split;
use crate::Options;

/// The text of a whole module.
pub(crate) fn module(hir: &Hir, source: &str, options: &Options) -> String {
    let lines = LineIndex::new(source);
    let mut module = Module::new(&hir.name, options.file.as_deref());
    match &hir.unit {
        Unit::Class(class) => ClassModule {
            class,
            lines: &lines,
            module: &mut module,
            labels: 0,
            file: &options.file,
            late_bound: options.late_bound,
            selectors: if options.late_bound { Rc::default() } else { selectors(class) },
            keeps_frames: false,
        }
        .emit(),
        Unit::Eval(eval) => emit_eval(eval, &lines, &mut module),
    }
    module_info(&mut module);
    module.finish()
}

/// Instance selectors the module exports: own ones and delegates.
fn selectors(class: &Class) -> Rc<BTreeSet<String>> {
    let own = class.methods.iter().map(|m| m.selector.to_string());
    let inherited = class.inherited.iter().filter(|i| !i.class_side).map(|i| i.selector.to_string());
    Rc::new(own.chain(inherited).collect())
}

fn function(name: &str, params: Vec<Var>, body: Expr, exported: bool, line: u32) -> Function {
    Function { name: Fname { name: name.into(), arity: params.len() }, params, body, exported, line }
}

/// OTP adds these to Erlang sources only; without them Elixir's compiler and the shells fail on the module.
fn module_info(module: &mut Module) {
    let name = Expr::atom(&module.name);
    let get = |args| Expr::call("erlang", "get_module_info", args);
    module.add(function("module_info", vec![], get(vec![name.clone()]), true, 0));
    module.add(function("module_info", vec![Var(0)], get(vec![name, Expr::Var(Var(0))]), true, 0));
}

fn emit_eval(eval: &Eval, lines: &LineIndex, module: &mut Module) {
    let owner = Owner {
        class: String::new(),
        module: module.name.clone(),
        superclass_module: None,
        kind: ClassKind::Value,
        class_side: false,
        late_bound: false,
        sealed: false,
        selectors: Rc::new(BTreeSet::new()),
    };
    let mut gen = Gen::new(&eval.body, owner, lines, 0);
    let bindings = gen.var();
    let mut env = Env::default();
    let mut out = Vec::new();
    for (name, local) in &eval.inputs {
        let found = gen.var();
        let case = Expr::Case(
            Box::new(Expr::Var(bindings)),
            vec![
                Clause::new(Pattern::Map(vec![(Expr::atom(name), Pattern::Var(found))]), Expr::Var(found)),
                Clause::new(Pattern::Any, Expr::atom("nil")),
            ],
        );
        let value = gen.bind(case, Ty::Unknown, &mut out);
        env.set(*local, value);
    }
    let value = match eval.body.root {
        Some(root) => gen.expr(root, &mut env, &mut out),
        None => Expr::atom("nil"),
    };
    let assigned: Vec<(Expr, Expr)> =
        eval.outputs.iter().filter_map(|(name, local)| env.get(*local).map(|v| (Expr::atom(name), v.clone()))).collect();
    let map = if assigned.is_empty() {
        Expr::Var(bindings)
    } else {
        gen.bind(Expr::map_update(assigned, Expr::Var(bindings)), Ty::Plain, &mut out)
    };
    let body = Expr::Tuple(vec![value, map]).after(out);
    let mut labels = gen.labels_used();
    let mut extra = std::mem::take(&mut gen.extra);
    if gen.keeps_frames {
        extra.push(answer_function());
    }
    let body = split(body, &mut labels, &mut extra);
    module.add(function("eval", vec![bindings], body, true, 1));
    extra.into_iter().for_each(|f| module.add(f));
}

struct ClassModule<'a> {
    class: &'a Class,
    lines: &'a LineIndex,
    module: &'a mut Module,
    labels: u32,
    file: &'a Option<String>,
    late_bound: bool,
    /// Instance selectors that messages to `self` may be bound to.
    selectors: Rc<BTreeSet<String>>,
    /// Some code calls `frames::answer_function`.
    keeps_frames: bool,
}

impl ClassModule<'_> {
    fn emit(mut self) {
        let class = self.class;
        let superclass = class.superclass.as_ref().map_or(Expr::atom("none"), Expr::atom);
        self.module.attributes = vec![
            ("on_load".into(), Expr::list(vec![Expr::Tuple(vec![Expr::atom("register_class"), Expr::Int(0)])])),
            ("beamtalk_class".into(), Expr::list(vec![Expr::Tuple(vec![Expr::atom(&class.name), superclass.clone()])])),
        ];
        if !class.root_methods.is_empty() {
            self.module.attributes.push(("beamtalk_roots".into(), root_methods(class)));
        }
        for method in class.methods.iter().chain(&class.class_methods) {
            self.method(method);
        }
        self.fields();
        self.class_vars();
        self.instantiation();
        if self.keeps_frames {
            self.module.add(answer_function());
        }
        let delegates = self.delegates();
        self.meta(delegates, superclass);
    }

    fn add(&mut self, name: &str, params: u32, body: Expr) {
        let params = (0..params).map(Var).collect();
        self.module.add(function(name, params, body, true, 0));
    }

    fn owner(&self, class_side: bool) -> Owner {
        let class = self.class;
        Owner {
            class: class.name.to_string(),
            module: self.module.name.clone(),
            superclass_module: class.superclass_module.clone().filter(|_| !self.late_bound),
            kind: class.kind,
            class_side,
            late_bound: self.late_bound,
            sealed: class.modifiers.is_sealed,
            selectors: self.selectors.clone(),
        }
    }

    // ---- methods ----

    fn method(&mut self, method: &Method) {
        let name = if method.class_side { method.selector.to_string() } else { instance_function(&method.selector) };
        let line = self.lines.line(method.span.start);
        if let Some(spec) = crate::specs::spec(self.class, method, &name, line) {
            self.module.attributes.push(("spec".into(), spec));
        }
        match &method.body {
            MethodBody::Primitive(primitive, arity) => {
                let vars: Vec<Expr> = (0..=*arity as u32).map(|i| Expr::Var(Var(i))).collect();
                // The one primitive that is a form of Core Erlang: a single list cell.
                let body = if primitive.class == "List" && primitive.selector == "addFirst:" {
                    Expr::Cons(Box::new(vars[1].clone()), Box::new(vars[0].clone()))
                } else {
                    Expr::call_at(primitive.module, primitive.function, vars, line)
                };
                self.stub(&name, *arity, method.class_side, body, line);
            }
            MethodBody::Intrinsic { module, function, arity } => {
                let vars: Vec<Expr> = (0..=*arity as u32).map(|i| Expr::Var(Var(i))).collect();
                let body = Expr::call_at(*module, *function, vars, line);
                self.stub(&name, *arity, method.class_side, body, line);
            }
            MethodBody::Code(body) => {
                self.code(&name, method, body, line, false);
                if self.class.is_test_case && !method.class_side && body.params.is_empty() && body.self_local.is_some() {
                    self.code(&names::self_function(&method.selector), method, body, line, true);
                }
            }
        }
    }

    fn stub(&mut self, name: &str, arity: usize, class_side: bool, body: Expr, line: u32) {
        let count = arity as u32 + if class_side { 2 } else { 1 };
        let params = (0..count).map(Var).collect();
        self.module.add(function(name, params, body, true, line));
    }

    fn code(&mut self, name: &str, method: &Method, body: &Body, line: u32, answer_self: bool) {
        let owner = self.owner(method.class_side);
        let self_type = self_type(self.class, method.class_side);
        let mut gen = Gen::new(body, owner, self.lines, self.labels);
        gen.answer_self = answer_self;
        let me = gen.typed_var(self_type);
        gen.self_value = Expr::Var(me);
        let mut env = Env::default();
        if let Some(local) = body.self_local {
            env.set(local, Expr::Var(me));
        }
        let mut params = vec![me];
        for &param in &body.params {
            let var = gen.var();
            env.set(param, Expr::Var(var));
            params.push(var);
        }
        if method.class_side {
            params.push(gen.var());
        }
        let code = if body.has_nonlocal_return {
            gen.with_home(|gen| whole_body(gen, env))
        } else {
            self.specialised(&mut gen, method, &params, env)
        };
        let code = if body.writes_class_vars && method.class_side {
            Expr::call("beamtalk_class_vars", "locked", vec![Expr::Var(me), Expr::Fun(vec![], Box::new(code))])
        } else {
            code
        };
        self.finish(name, params, code, gen, true, line);
    }

    /// One test at the method's entry in front of a body for small integers and for `self` of this very class, and the general body
    /// behind it. (A test at each operation costs three times as much: `docs/decisions/0003-one-guard-per-method.md`.)
    fn specialised<'g>(&self, gen: &mut Gen<'g>, method: &Method, params: &[Var], env: Env) -> Expr {
        let body = gen.body;
        let wants = crate::gen::Wants::of(body, method, self.class, &gen.owner);
        gen.hot = wants.hot;
        if wants.is_empty() {
            return whole_body(gen, env);
        }
        let me = params[0];
        gen.exact_self = wants.exact_self || gen.owner.sealed;
        let numbers: Vec<Var> = wants.integers.iter().map(|&i| params[i + 1]).collect();
        for &var in &numbers {
            gen.set_ty(var, Ty::Integer);
        }
        let fast = whole_body(gen, env.clone());
        gen.exact_self = false;
        for &var in &numbers {
            gen.set_ty(var, Ty::Unknown);
        }
        let slow = whole_body(gen, env);
        let pattern = if wants.exact_self {
            Pattern::Map(vec![(Expr::atom(names::TAG), Pattern::Literal(Expr::atom(&self.class.name)))])
        } else {
            Pattern::Any
        };
        let guard = numbers
            .iter()
            .map(|&v| Expr::call("erlang", "is_integer", vec![Expr::Var(v)]))
            .reduce(|a, b| Expr::call("erlang", "and", vec![a, b]));
        Expr::Case(
            Box::new(Expr::Var(me)),
            vec![Clause { patterns: vec![pattern], guard, body: fast }, Clause::new(Pattern::Any, slow)],
        )
    }

    fn finish(&mut self, name: &str, params: Vec<Var>, code: Expr, mut gen: Gen<'_>, exported: bool, line: u32) {
        self.labels = gen.labels_used();
        let mut extra = std::mem::take(&mut gen.extra);
        self.keeps_frames |= gen.keeps_frames;
        let code = keep_frames(code, &mut self.keeps_frames);
        let code = split(code, &mut self.labels, &mut extra);
        self.module.add(function(name, params, code, exported, line));
        extra.into_iter().for_each(|f| self.module.add(f));
    }

    // ---- fields and class variables ----

    fn fields(&mut self) {
        let inherited = self.inherited_fields();
        self.defaults("$fields", self.class.fields.iter(), inherited);
    }

    /// One by one, so that a default may read the variables before it, and a reload evaluates those of new variables only.
    fn class_vars(&mut self) {
        let mut clauses = Vec::new();
        let mut next = 1;
        for field in &self.class.class_vars {
            if let Some(body) = &field.default {
                let mut out = Vec::new();
                let value = self.default(body, &mut next, &mut out);
                clauses.push(Clause::new(Pattern::Literal(Expr::atom(&field.name)), value.after(out)));
            }
        }
        clauses.push(Clause::new(Pattern::Any, Expr::atom("nil")));
        let body = Expr::Case(Box::new(Expr::Var(Var(0))), clauses);
        self.module.add(function("$class_var", vec![Var(0)], body, true, 0));
    }

    /// The value of a field's default, with variables from `next` on.
    fn default(&mut self, body: &Body, next: &mut u32, out: &mut Vec<Stmt>) -> Expr {
        let mut gen = Gen::new(body, self.owner(true), self.lines, self.labels).starting_at(*next);
        let value = gen.expr(body.root(), &mut Env::default(), out);
        self.labels = gen.labels_used();
        self.keeps_frames |= gen.keeps_frames;
        *next = gen.vars_used();
        value
    }

    /// Where the fields of the superclass come from; `None` when it surely has none.
    fn inherited_fields(&self) -> Option<Expr> {
        match (self.class.superclass.as_deref(), &self.class.superclass_module) {
            (None | Some("Object" | "ProtoObject" | "Actor"), _) => None,
            (Some(_), Some(module)) => Some(Expr::call(module, "$fields", vec![])),
            (Some(name), None) => Some(Expr::call("beamtalk_class_instantiation", "fields", vec![Expr::atom(name.to_string())])),
        }
    }

    fn defaults<'f>(&mut self, name: &str, fields: impl Iterator<Item = &'f bt_hir::Field>, base: Option<Expr>) {
        let mut out: Vec<Stmt> = Vec::new();
        let mut entries = Vec::new();
        let mut next = 0;
        let empty = Body::default();
        let base = base.map(|base| {
            let mut gen = Gen::new(&empty, self.owner(true), self.lines, self.labels);
            let value = gen.bind(base, Ty::Plain, &mut out);
            next += 1;
            value
        });
        for field in fields {
            let value = match &field.default {
                None => Expr::atom("nil"),
                Some(body) => self.default(body, &mut next, &mut out),
            };
            entries.push((Expr::atom(&field.name), value));
        }
        let map = match base {
            Some(base) if entries.is_empty() => base,
            Some(base) => Expr::map_update(entries, base),
            None => Expr::Map(entries, None),
        };
        let body = map.after(out);
        self.module.add(function(name, vec![], body, true, 0));
    }

    // ---- instantiation ----

    fn defines_class_method(&self, selector: &str) -> bool {
        self.class.class_methods.iter().any(|m| m.selector.as_str() == selector)
            || self.class.inherited.iter().any(|i| i.class_side && i.selector.as_str() == selector)
    }

    fn instantiation(&mut self) {
        let class = self.class;
        let me = Expr::Var(Var(0));
        let argument = Expr::Var(Var(1));
        let runtime = |function: &'static str, args| Expr::call("beamtalk_class_instantiation", function, args);
        let local = |name: &str, arity: usize, args| Expr::apply(&Fname { name: name.into(), arity }, args);
        let object = Expr::Tuple(vec![
            Expr::atom(names::OBJECT),
            Expr::atom(format!("{} class", class.name)),
            Expr::atom(&self.module.name),
            Expr::atom(&class.name),
        ]);
        if class.kind == ClassKind::Actor {
            // Both raise, and say what to do instead.
            self.add("new", 0, runtime("new", vec![object.clone()]));
            self.add("new", 1, runtime("new", vec![object.clone(), me.clone()]));
            self.add("spawn", 0, runtime("spawn", vec![object.clone()]));
            self.add("spawn", 1, runtime("spawn", vec![object, me.clone()]));
            if !self.defines_class_method("spawn") {
                self.add("spawn", 2, runtime("spawn", vec![me.clone()]));
            }
            if !self.defines_class_method("spawnWith:") {
                self.add("spawnWith:", 3, runtime("spawn", vec![me, argument]));
            }
            return;
        }
        // The short way is for plain user classes; all rules of instantiation live in the runtime.
        let direct = !class.is_library && !class.modifiers.is_abstract;
        if direct {
            let tag = (Expr::atom(names::TAG), Expr::atom(&class.name));
            let fresh = Expr::map_update(vec![tag], Expr::Var(Var(0)))
                .after(vec![Stmt::Let(smallvec![Var(0)], local("$fields", 0, vec![]))]);
            self.add("new", 0, fresh);
        } else {
            self.add("new", 0, runtime("new", vec![object.clone()]));
        }
        self.add("new", 1, runtime("new", vec![object, me.clone()]));
        if !self.defines_class_method("new") {
            let general = runtime("new", vec![me.clone()]);
            let code = if direct {
                let own = Pattern::Literal(Expr::atom(&class.name));
                let own = Pattern::Tuple(vec![Pattern::Any, Pattern::Any, Pattern::Any, own]);
                let short = Clause::new(own, local("new", 0, vec![]));
                Expr::Case(Box::new(me.clone()), vec![short, Clause::new(Pattern::Any, general)])
            } else {
                general
            };
            self.add("new", 2, code);
        }
        if !self.defines_class_method("new:") {
            self.add("new:", 3, runtime("new", vec![me, argument]));
        }
    }

    // ---- inherited methods ----

    fn delegates(&mut self) -> Vec<Expr> {
        let class = self.class;
        let mut listed = Vec::new();
        for inherited in &class.inherited {
            let function =
                if inherited.class_side { inherited.selector.to_string() } else { instance_function(&inherited.selector) };
            let arity = inherited.selector.arity() as u32 + if inherited.class_side { 2 } else { 1 };
            let args = (0..arity).map(|i| Expr::Var(Var(i))).collect();
            self.add(&function, arity, Expr::call(&inherited.module, &function, args));
            listed.push(Expr::Tuple(vec![Expr::atom(&function), Expr::Int(i64::from(arity)), Expr::atom(&inherited.definer)]));
        }
        listed
    }

    // ---- meta data and the functions every class module has ----

    fn meta(&mut self, delegates: Vec<Expr>, superclass: Expr) {
        let class = self.class;
        let module = Expr::atom(&self.module.name);
        let names = |fields: &[bt_hir::Field]| Expr::list(fields.iter().map(|f| Expr::atom(&f.name)).collect());
        let mut modifiers = Vec::new();
        for (set, name) in [
            (class.modifiers.is_sealed, "sealed"),
            (class.modifiers.is_abstract, "abstract"),
            (class.modifiers.is_typed, "typed"),
        ] {
            if set {
                modifiers.push(Expr::atom(name));
            }
        }
        let kind = match class.kind {
            ClassKind::Actor => "actor",
            ClassKind::Value | ClassKind::Either => "value",
        };
        let file = self.file.as_deref().map_or_else(|| Expr::atom("nil"), Expr::text);
        let methods =
            |methods: &[Method], lines: &LineIndex| Expr::list(methods.iter().map(|m| method_entry(m, lines)).collect());
        let mut entries = vec![
            ("version", Expr::Int(1)),
            ("class", Expr::atom(&class.name)),
            ("superclass", superclass.clone()),
            ("kind", Expr::atom(kind)),
            ("module", module.clone()),
            ("modifiers", Expr::list(modifiers)),
            ("fields", names(&class.fields)),
            ("class_vars", names(&class.class_vars)),
            ("source", Expr::text(&class.source)),
            ("file", file),
            ("doc", span_entry(class.doc)),
            ("methods", methods(&class.methods, self.lines)),
            ("class_methods", methods(&class.class_methods, self.lines)),
            ("delegates", Expr::list(delegates)),
        ];
        if self.late_bound {
            entries.push(("late_bound", Expr::atom("true")));
        }
        let map = Expr::Map(entries.into_iter().map(|(k, v)| (Expr::atom(k), v)).collect(), None);
        self.add("__beamtalk__", 0, map);
        self.add("superclass", 0, superclass);
        let arities = class.methods.iter().map(|m| (Expr::atom(&m.selector), Expr::Int(m.selector.arity() as i64))).collect();
        self.add("method_table", 0, Expr::Map(arities, None));
        self.add("has_method", 1, Expr::call("beamtalk_dispatch", "has_method", vec![module.clone(), Expr::Var(Var(0))]));
        self.add(
            "dispatch",
            3,
            Expr::call(
                "beamtalk_dispatch",
                "send",
                vec![module.clone(), Expr::Var(Var(0)), Expr::Var(Var(1)), Expr::Var(Var(2))],
            ),
        );
        self.add(
            "$handle_undefined_function",
            2,
            Expr::call("beamtalk_dispatch", "undefined", vec![module, Expr::Var(Var(0)), Expr::Var(Var(1))]),
        );
        // A class may be loaded before its registry runs: then registration comes later. A refusal fails the load.
        let register = Expr::call(
            "beamtalk_class_builder",
            "register",
            vec![Expr::apply(&Fname { name: "__beamtalk__".into(), arity: 0 }, vec![])],
        );
        let tried = Expr::Try(Box::new(Try {
            body: register,
            vars: vec![Var(0)],
            ok: Expr::Var(Var(0)),
            caught: [Var(1), Var(2), Var(3)],
            handler: Expr::atom("ok"),
        }));
        self.add("register_class", 0, tried);
    }
}

fn whole_body(gen: &mut Gen<'_>, mut env: Env) -> Expr {
    let root = gen.body.root();
    let answer = |gen: &Gen<'_>, env: &Env, value: Expr| if gen.answer_self { gen.current_self(env) } else { value };
    if gen.may_return(root) {
        return gen.cps(root, env, &mut |gen, env, value| answer(gen, &env, value));
    }
    let mut out = Vec::new();
    let value = gen.expr(root, &mut env, &mut out);
    answer(gen, &env, value).after(out)
}

fn span_entry(span: Option<Span>) -> Expr {
    match span {
        Some(span) => Expr::Tuple(vec![Expr::Int(i64::from(span.start)), Expr::Int(i64::from(span.end))]),
        None => Expr::atom("nil"),
    }
}

fn method_entry(method: &Method, lines: &LineIndex) -> Expr {
    Expr::Tuple(vec![
        Expr::atom(&method.selector),
        Expr::atom(if method.is_sealed { "true" } else { "false" }),
        Expr::Int(i64::from(method.source.start)),
        Expr::Int(i64::from(method.source.end)),
        span_entry(method.doc),
        Expr::Int(i64::from(lines.line(method.span.start))),
        span_entry(Some(method.signature)),
    ])
}

/// What `self` surely is in the methods of a library class whose instances are plain Erlang terms.
fn self_type(class: &Class, class_side: bool) -> Ty {
    if class_side || !class.is_library {
        return Ty::Unknown;
    }
    match class.name.as_str() {
        "Integer" | "Character" => Ty::Integer,
        "Float" | "Number" => Ty::Number,
        "String" => Ty::String,
        "List" => Ty::List,
        "True" | "False" | "Boolean" => Ty::Boolean,
        "Symbol" | "UndefinedObject" | "Tuple" | "Dictionary" => Ty::Plain,
        _ => Ty::Unknown,
    }
}

/// `[{Module, [{Function, Arity}]}]`: methods of the root classes, which the class exports as well. Such a function is one jump; written as
/// Core Erlang a class would pay for forty of them in every pass, so they are added to the assembly (`beamtalk_root_methods`).
fn root_methods(class: &Class) -> Expr {
    let function = |s: &bt_base::Selector| Expr::Tuple(vec![Expr::atom(instance_function(s)), Expr::Int(s.arity() as i64 + 1)]);
    let of_root = |(module, selectors): &(String, Vec<bt_base::Selector>)| {
        Expr::Tuple(vec![Expr::atom(module), Expr::list(selectors.iter().map(function).collect())])
    };
    Expr::list(class.root_methods.iter().map(of_root).collect())
}
