//! Messages: who receives them decides which entry point, how many arguments which arity of it.

use bt_base::Selector;
use bt_hir::{CascadeMessage, ClassKind, Expr as Hir, ExprId, Fixed, LocalId, SendTarget};
use smallvec::smallvec;

use crate::core::{Clause, Expr, Pattern, Stmt};
use crate::entry_points::DISPATCH;
use crate::gen::{Env, Gen, Ty};
use crate::names;

/// The runtime's functions for one kind of send.
pub(crate) struct Family {
    /// With the arguments spread.
    by_arity: [&'static str; 5],
    /// With a list of them.
    any: &'static str,
}

pub(crate) const SEND: &Family = &Family { by_arity: ["send0", "send1", "send2", "send3", "send4"], any: "send" };
const TELL: &Family = &Family { by_arity: ["tell0", "tell1", "tell2", "tell3", "tell4"], any: "tell" };
const ASK: &Family = &Family { by_arity: ["ask0", "ask1", "ask2", "ask3", "ask4"], any: "ask" };
const SELF_SEND: &Family = &Family { by_arity: ["self0", "self1", "self2", "self3", "self4"], any: "self" };
const SUPER: &Family = &Family { by_arity: ["super0", "super1", "super2", "super3", "super4"], any: "super" };
const CLASS_SUPER: &Family =
    &Family { by_arity: ["class_super0", "class_super1", "class_super2", "class_super3", "class_super4"], any: "class_super" };
const CLASS: &Family = &Family { by_arity: ["class0", "class1", "class2", "class3", "class4"], any: "class" };
const GLOBAL: &Family = &Family { by_arity: ["global0", "global1", "global2", "global3", "global4"], any: "global" };

/// A send by the runtime: `fixed`, then the message's own arguments.
pub(crate) fn spread(family: &Family, mut fixed: Vec<Expr>, args: Vec<Expr>, line: u32) -> Expr {
    match family.by_arity.get(args.len()) {
        Some(function) => {
            fixed.extend(args);
            Expr::call_at(DISPATCH, *function, fixed, line)
        }
        None => {
            fixed.push(Expr::list(args));
            Expr::call_at(DISPATCH, family.any, fixed, line)
        }
    }
}

impl<'a> Gen<'a> {
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn send(
        &mut self,
        id: ExprId,
        target: &SendTarget,
        selector: &Selector,
        args: &[ExprId],
        cells: &[LocalId],
        env: &mut Env,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        let line = self.line(id);
        if let Some(block) = self.loop_block(target, selector, args, cells) {
            return self.list_do(line, target, block, cells, env, out);
        }
        let opened = self.open_cells(cells, out);
        let receiver = match target {
            SendTarget::Value(r) => Some(self.expr(*r, env, out)),
            _ => None,
        };
        let args = self.all(args, env, out);
        self.fill_cells(&opened, cells, env, out);
        let call = self.message(target, receiver, selector, args, line, env, SEND);
        let value = self.bind(call, Ty::Unknown, out);
        self.close_cells(opened, cells, env, out);
        value
    }

    /// A send whose value nobody uses: an actor gets it without a future. `None` when `id` is no such send.
    pub(crate) fn tell(&mut self, id: ExprId, env: &mut Env, out: &mut Vec<Stmt>) -> Option<Expr> {
        let body = self.body;
        let Hir::Send { target: SendTarget::Value(receiver), selector, args, cells } = body.expr(id) else {
            return None;
        };
        // Cells are copied back after the send, so a value send it is.
        if !cells.is_empty() {
            return None;
        }
        let line = self.line(id);
        let receiver = self.expr(*receiver, env, out);
        let args = self.all(args, env, out);
        let family = if self.ty(&receiver) == Ty::Unknown { TELL } else { SEND };
        Some(spread(family, vec![receiver, Expr::atom(selector)], args, line))
    }

    #[allow(clippy::too_many_arguments)]
    fn message(
        &mut self,
        target: &SendTarget,
        receiver: Option<Expr>,
        selector: &Selector,
        args: Vec<Expr>,
        line: u32,
        env: &Env,
        family: &Family,
    ) -> Expr {
        let atom = Expr::atom(selector);
        match target {
            SendTarget::Value(_) => {
                let receiver = receiver.expect("a value target has a receiver");
                spread(family, vec![receiver, atom], args, line)
            }
            SendTarget::SelfRef => self.self_send(selector, args, line, env),
            SendTarget::Super => {
                let me = self.current_self(env);
                match &self.owner.superclass_module {
                    Some(module) => {
                        let mut all = vec![me];
                        all.extend(args);
                        let function = if self.owner.class_side {
                            all.push(Expr::Nil);
                            selector.to_string()
                        } else {
                            names::instance_function(selector)
                        };
                        Expr::call_at(module, function, all, line)
                    }
                    None => {
                        let family = if self.owner.class_side { CLASS_SUPER } else { SUPER };
                        let class = Expr::atom(&self.owner.class);
                        spread(family, vec![class, me, atom], args, line)
                    }
                }
            }
            SendTarget::Class(name) => spread(CLASS, vec![Expr::atom(name), atom], args, line),
            SendTarget::Global(name) => spread(GLOBAL, vec![Expr::atom(name), atom], args, line),
            SendTarget::Erlang(module) => {
                let function = selector.split(':').next().unwrap_or(selector);
                Expr::call_at(module, function.to_string(), args, line)
            }
        }
    }

    fn self_send(&mut self, selector: &Selector, args: Vec<Expr>, line: u32, env: &Env) -> Expr {
        let me = self.current_self(env);
        let atom = Expr::atom(selector);
        if self.owner.class_side {
            return spread(SEND, vec![me, atom], args, line);
        }
        match self.owner.kind {
            ClassKind::Either => spread(SELF_SEND, vec![me, atom], args, line),
            ClassKind::Actor if self.closure_depth > 0 || self.owner.late_bound => spread(SELF_SEND, vec![me, atom], args, line),
            ClassKind::Actor => {
                let module = self.var();
                let mut all = vec![me.clone()];
                all.extend(args);
                let call = Expr::call_of(Expr::Var(module), names::instance_function(selector), all, line);
                let element = Expr::call("erlang", "element", vec![Expr::Int(3), me]);
                call.after(vec![Stmt::Let(smallvec![module], element)])
            }
            ClassKind::Value => {
                if !self.owner.selectors.contains(selector.as_str()) {
                    return spread(SEND, vec![me, atom], args, line);
                }
                let mut all = vec![me.clone()];
                all.extend(args.iter().cloned());
                let direct = Expr::call_at(&self.owner.module, names::instance_function(selector), all, line);
                if self.owner.sealed || self.exact_self && self.closure_depth == 0 {
                    return direct;
                }
                // A subclass may override the method: only an instance of this very class takes the short way.
                let own = Pattern::Map(vec![(Expr::atom(names::TAG), Pattern::Literal(Expr::atom(&self.owner.class)))]);
                let slow = spread(SEND, vec![me.clone(), atom], args, line);
                Expr::Case(Box::new(me), vec![Clause::new(own, direct), Clause::new(Pattern::Any, slow)])
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    pub(crate) fn fixed(
        &mut self,
        id: ExprId,
        fixed: Fixed,
        operands: &[ExprId],
        cells: &[LocalId],
        env: &mut Env,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        let line = self.line(id);
        let opened = self.open_cells(cells, out);
        let body = self.body;
        // `Foo >> #bar` does not ask for the class first: an unknown one does not understand the message.
        if let (Fixed::MethodLookup, Hir::ClassRef(name)) = (fixed, body.expr(operands[0])) {
            if cells.is_empty() {
                let mut values = vec![Expr::atom(name)];
                values.extend(self.all(&operands[1..], env, out));
                let call = Expr::call_at("beamtalk_reflection", "method_named", values, line);
                return self.bind(call, Ty::Unknown, out);
            }
        }
        // `x foo await` needs no future.
        if let (Fixed::Await, Hir::Send { target: SendTarget::Value(receiver), selector, args, cells: inner }) =
            (fixed, body.expr(operands[0]))
        {
            if inner.is_empty() && cells.is_empty() && !self.may_return(operands[0]) {
                let receiver = self.expr(*receiver, env, out);
                let args = self.all(args, env, out);
                let call = spread(ASK, vec![receiver, Expr::atom(selector)], args, line);
                return self.bind(call, Ty::Unknown, out);
            }
        }
        let values = self.all(operands, env, out);
        self.fill_cells(&opened, cells, env, out);
        let (call, ty) = self.fixed_call(fixed, values, line);
        let value = self.bind(call, ty, out);
        self.close_cells(opened, cells, env, out);
        value
    }

    fn fixed_call(&mut self, fixed: Fixed, values: Vec<Expr>, line: u32) -> (Expr, Ty) {
        let call =
            |module: &'static str, function: &'static str, values: Vec<Expr>| Expr::call_at(module, function, values, line);
        match fixed {
            Fixed::Class => (call("beamtalk_primitive", "class_of", values), Ty::Unknown),
            Fixed::IsNil => (call("erlang", "=:=", values.into_iter().chain([Expr::atom("nil")]).collect()), Ty::Boolean),
            Fixed::NotNil => (call("erlang", "=/=", values.into_iter().chain([Expr::atom("nil")]).collect()), Ty::Boolean),
            Fixed::Yourself => {
                let value = values.into_iter().next().expect("a receiver");
                let ty = self.ty(&value);
                (value, ty)
            }
            Fixed::Hash => (call("beamtalk_primitive", "hash", values), Ty::Integer),
            Fixed::RespondsTo => (call("beamtalk_primitive", "responds_to", values), Ty::Boolean),
            Fixed::FieldNames => (call("beamtalk_primitive", "field_names", values), Ty::Unknown),
            Fixed::FieldAt => (call("beamtalk_primitive", "field_at", values), Ty::Unknown),
            Fixed::FieldAtPut => (call("beamtalk_primitive", "field_at_put", values), Ty::Unknown),
            Fixed::Perform | Fixed::PerformWithArguments => (call("beamtalk_primitive", "perform", values), Ty::Unknown),
            Fixed::ErrorMessage => (call("beamtalk_exception_handler", "error", values), Ty::Unknown),
            Fixed::Value => {
                let arity = values.len() - 1;
                if self.ty(&values[0]) == Ty::Fun(arity) {
                    let mut values = values.into_iter();
                    let block = values.next().expect("a receiver");
                    (Expr::Apply { function: Box::new(block), args: values.collect(), line }, Ty::Unknown)
                } else {
                    (self.value_of(values, line), Ty::Unknown)
                }
            }
            Fixed::ValueOptional => (call("beamtalk_block", "value_optional", values), Ty::Unknown),
            Fixed::Await => (call("beamtalk_future", "await", values), Ty::Unknown),
            Fixed::AwaitTimeout => (call("beamtalk_future", "await", values), Ty::Unknown),
            Fixed::AwaitForever => (call("beamtalk_future", "await_forever", values), Ty::Unknown),
            Fixed::Associate => (call("beamtalk_association_ops", "->", values), Ty::Plain),
            Fixed::MethodLookup => (call("beamtalk_reflection", "method", values), Ty::Unknown),
        }
    }

    /// `block value: a`: a fun of the right arity is applied in place.
    fn value_of(&mut self, values: Vec<Expr>, line: u32) -> Expr {
        let arity = values.len() - 1;
        let block = values[0].clone();
        let direct = Expr::Apply { function: Box::new(block.clone()), args: values[1..].to_vec(), line };
        let test = Expr::call("erlang", "is_function", vec![block.clone(), Expr::Int(arity as i64)]);
        let slow = Expr::call_at("beamtalk_block", "value", values, line);
        Expr::Case(Box::new(block), vec![Clause::guarded(Pattern::Any, test, direct), Clause::new(Pattern::Any, slow)])
    }

    pub(crate) fn cascade(
        &mut self,
        id: ExprId,
        target: &SendTarget,
        messages: &[CascadeMessage],
        env: &mut Env,
        out: &mut Vec<Stmt>,
    ) -> Expr {
        let line = self.line(id);
        // The receiver may be a block with cells: they belong to the first message and must exist before it is made.
        let first_cells: &[LocalId] = messages.first().map_or(&[], |m| &m.cells);
        let mut opened = self.open_cells(first_cells, out);
        let receiver = match target {
            SendTarget::Value(r) => Some(self.expr(*r, env, out)),
            _ => None,
        };
        let mut result = receiver.clone().unwrap_or_else(|| Expr::atom("nil"));
        for (position, message) in messages.iter().enumerate() {
            let last = position + 1 == messages.len();
            if position > 0 {
                opened = self.open_cells(&message.cells, out);
            }
            let args = self.all(&message.args, env, out);
            self.fill_cells(&opened, &message.cells, env, out);
            let me = match (&receiver, target) {
                (Some(receiver), _) => Some(receiver.clone()),
                (None, SendTarget::SelfRef) => Some(self.current_self(env)),
                (None, SendTarget::Class(_) | SendTarget::Global(_) | SendTarget::Super | SendTarget::Erlang(_)) => None,
                (None, SendTarget::Value(_)) => None,
            };
            let (call, ty) = match (message.fixed, me) {
                (Some(fixed), Some(me)) => {
                    let mut values = vec![me];
                    values.extend(args);
                    self.fixed_call(fixed, values, line)
                }
                _ => {
                    let family = if last || !message.cells.is_empty() { SEND } else { TELL };
                    (self.message(target, receiver.clone(), &message.selector, args, line, env, family), Ty::Unknown)
                }
            };
            if last {
                result = self.bind(call, ty, out);
            } else {
                out.push(Stmt::Do(call));
            }
            self.close_cells(opened.take(), &message.cells, env, out);
        }
        result
    }
}
