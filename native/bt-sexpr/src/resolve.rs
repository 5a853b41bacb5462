//! Forms → resolved tree.
//!
//! A function is a class whose class method `value:…` it is, so it is called like a block wherever it is handed on, and has versions like every method.
//! What things mean is the tree's: `(+ a b)` is the operation that other languages' sums are.

use bt_base::{Diagnostic, Name, Selector, Span};
use bt_hir::{
    BinaryOp, Block, Branch, Class, ClassIndex, Eval, Expr, ExprId, Fixed, Literal, LocalId, Method, MethodBody, Segment,
    SendTarget, Side,
};

use crate::findings::{self, shape, too_deep, ARGUMENTS, FORM};
use crate::form::{Form, Kind};
use crate::reader::DEEPEST;
use crate::scope::Scope;

/// Words that are no names of variables or functions.
const WORDS: &[&str] = &["def", "defn", "defmacro", "if", "let", "fn", "do", "and", "or", "str", "try", "catch", "."];

/// The most arguments with which a value is called; a function called by its name may have more.
const MOST_OF_VALUES: usize = 3;

/// A function that a text defines.
pub struct Function<'a> {
    pub name: &'a str,
    pub name_span: Span,
    pub parameters: &'a Form,
    pub body: &'a [Form],
    pub span: Span,
}

impl<'a> Function<'a> {
    /// The function of a `defn`; where it is none, what is wrong with it.
    pub fn of(form: &'a Form, found: &mut Vec<Diagnostic>) -> Option<Function<'a>> {
        let [_, name, parameters, body @ ..] = form.as_list()? else { return misshapen(form, found) };
        let Some(text) = name.as_name().filter(|_| parameters.as_vector().is_some() && !body.is_empty()) else {
            return misshapen(form, found);
        };
        if is_word(text) {
            found.push(findings::form(name.span, format!("`{text}` cannot be defined")));
            return None;
        }
        Some(Function { name: text, name_span: name.span, parameters, body, span: form.span })
    }

    pub fn arity(&self) -> usize {
        self.parameters.as_vector().map_or(0, <[Form]>::len)
    }

    pub fn selector(&self) -> Selector {
        call_selector(self.arity())
    }

    /// A call of it, as documentation shows it: `(greet name)`.
    pub fn signature(&self) -> String {
        let parameters = self.parameters.as_vector().unwrap_or_default();
        let words: Vec<&str> = std::iter::once(self.name).chain(parameters.iter().filter_map(Form::as_name)).collect();
        format!("({})", words.join(" "))
    }
}

fn misshapen<'a>(form: &Form, found: &mut Vec<Diagnostic>) -> Option<Function<'a>> {
    found.push(shape(&FORM, form.span, "(defn name [parameter ...] form ...)"));
    None
}

/// The message that calls a function: `value`, `value:`, `value:value:` …
pub fn call_selector(arguments: usize) -> Selector {
    Selector::new(&if arguments == 0 { "value".to_string() } else { "value:".repeat(arguments) })
}

/// The forms of an input over the variables of the session.
pub fn input(forms: &[Form], index: &ClassIndex, known: &[String], found: &mut Vec<Diagnostic>) -> Eval {
    let mut resolver = Resolver::new(index, known, None, found);
    let statements: Vec<ExprId> = forms.iter().map(|form| resolver.statement(form)).collect();
    let span = forms.iter().map(|form| form.span).reduce(Span::to).unwrap_or_default();
    let root = resolver.sequence(statements, span);
    resolver.scope.body.root = Some(root);
    Eval { body: resolver.scope.body, inputs: resolver.inputs, outputs: resolver.outputs }
}

/// The class that the function is.
pub fn function(function: &Function<'_>, text: &str, index: &ClassIndex, found: &mut Vec<Diagnostic>) -> Class {
    let mut resolver = Resolver::new(index, &[], Some((function.name, function.arity())), found);
    let params = resolver.parameters(function.parameters);
    resolver.scope.body.params = params;
    let root = resolver.body(function.body, function.span);
    resolver.scope.body.root = Some(root);
    let method = Method {
        selector: function.selector(),
        class_side: true,
        is_sealed: false,
        body: MethodBody::Code(resolver.scope.body),
        param_types: vec![None; function.arity()],
        return_type: None,
        source: function.span,
        doc: None,
        signature: function.name_span.to(function.parameters.span),
        span: function.name_span,
    };
    Class {
        name: Name::new(function.name),
        superclass: Some(Name::new("Object")),
        superclass_module: index.get("Object").and_then(|class| class.module.clone()),
        kind: bt_hir::ClassKind::Value,
        modifiers: bt_hir::Modifiers::default(),
        is_library: false,
        is_test_case: false,
        fields: Vec::new(),
        class_vars: Vec::new(),
        methods: Vec::new(),
        class_methods: vec![method],
        source: text.to_string(),
        doc: None,
        span: function.span,
        inherited: Vec::new(),
        root_methods: Vec::new(),
    }
}

struct Resolver<'a> {
    index: &'a ClassIndex,
    known: &'a [String],
    /// The function whose body this is, and how many parameters it has.
    own: Option<(&'a str, usize)>,
    scope: Scope,
    inputs: Vec<(Name, LocalId)>,
    outputs: Vec<(Name, LocalId)>,
    depth: usize,
    found: &'a mut Vec<Diagnostic>,
}

impl<'a> Resolver<'a> {
    fn new(
        index: &'a ClassIndex,
        known: &'a [String],
        own: Option<(&'a str, usize)>,
        found: &'a mut Vec<Diagnostic>,
    ) -> Resolver<'a> {
        Resolver { index, known, own, scope: Scope::default(), inputs: Vec::new(), outputs: Vec::new(), depth: 0, found }
    }

    fn add(&mut self, expr: Expr, span: Span) -> ExprId {
        self.scope.body.add(expr, span)
    }

    fn atom(&mut self, name: &str, span: Span) -> ExprId {
        self.add(Expr::Literal(Literal::Symbol(name.to_string())), span)
    }

    fn refuse(&mut self, finding: Diagnostic) -> ExprId {
        let span = finding.span;
        self.found.push(finding);
        self.add(Expr::Error, span)
    }

    fn misshapen(&mut self, form: &Form, wanted: &str) -> ExprId {
        self.refuse(shape(&FORM, form.span, wanted))
    }

    fn sequence(&mut self, mut forms: Vec<ExprId>, span: Span) -> ExprId {
        match forms.len() {
            1 => forms.remove(0),
            _ => self.add(Expr::Seq(forms), span),
        }
    }

    fn body(&mut self, forms: &[Form], span: Span) -> ExprId {
        let forms = self.all(forms);
        self.sequence(forms, span)
    }

    fn all(&mut self, forms: &[Form]) -> Vec<ExprId> {
        forms.iter().map(|form| self.expression(form)).collect()
    }

    /// A form of the input itself: the only place where variables of the session get values.
    fn statement(&mut self, form: &Form) -> ExprId {
        if form.head() != Some("def") {
            return self.expression(form);
        }
        let Some([_, target, value]) = form.as_list() else { return self.misshapen(form, "(def name form)") };
        let Some(name) = target.as_name() else { return self.misshapen(form, "(def name form)") };
        if is_word(name) {
            return self.refuse(findings::form(target.span, format!("`{name}` cannot be defined")));
        }
        let value = self.expression(value);
        let local = self.scope.lookup(name).unwrap_or_else(|| self.scope.declare_outermost(name));
        if !self.outputs.iter().any(|(_, known)| *known == local) {
            self.outputs.push((Name::new(name), local));
        }
        self.add(Expr::SetLocal(local, value), form.span)
    }

    fn expression(&mut self, form: &Form) -> ExprId {
        if self.depth > DEEPEST {
            return self.refuse(too_deep(form.span));
        }
        self.depth += 1;
        let id = self.one(form);
        self.depth -= 1;
        id
    }

    fn one(&mut self, form: &Form) -> ExprId {
        let span = form.span;
        match &form.kind {
            Kind::Integer(value) => {
                let literal = i64::try_from(value).map_or_else(|_| Literal::BigInteger(value.clone()), Literal::Integer);
                self.add(Expr::Literal(literal), span)
            }
            Kind::Float(value) => self.add(Expr::Literal(Literal::Float(*value)), span),
            Kind::Text(text) => self.add(Expr::Literal(Literal::String(text.clone())), span),
            Kind::Symbol(name) => self.atom(name, span),
            Kind::Name(name) => self.name(name, span),
            Kind::Vector(forms) => {
                let elements = self.all(forms);
                self.add(Expr::List(elements, None), span)
            }
            Kind::List(forms) => match forms.split_first() {
                Some((head, arguments)) => match head.as_name() {
                    Some(name) => self.named(form, name, head.span, arguments),
                    None => self.call_of_value(form, head, arguments),
                },
                None => self.atom("nil", span),
            },
        }
    }

    fn name(&mut self, name: &str, span: Span) -> ExprId {
        if matches!(name, "true" | "false" | "nil") {
            return self.atom(name, span);
        }
        if let Some(local) = self.variable(name) {
            return self.add(Expr::Local(local), span);
        }
        if is_word(name) {
            return self.refuse(findings::form(span, format!("`{name}` is no value: it begins a form")));
        }
        if self.own.is_some_and(|(own, _)| own == name) || self.index.get(name).is_some() {
            return self.add(Expr::ClassRef(Name::new(name)), span);
        }
        self.refuse(findings::unknown(name, span))
    }

    /// The local that the name stands for at this place.
    fn variable(&mut self, name: &str) -> Option<LocalId> {
        let local = match self.scope.lookup(name) {
            Some(local) => local,
            None if self.known.iter().any(|known| known == name) => {
                let local = self.scope.declare_outermost(name);
                self.inputs.push((Name::new(name), local));
                local
            }
            None => return None,
        };
        self.scope.note_read(local);
        Some(local)
    }

    fn named(&mut self, form: &Form, name: &str, place: Span, arguments: &[Form]) -> ExprId {
        match name {
            "if" => self.conditional(form, arguments),
            "let" => self.let_form(form, arguments),
            "fn" => self.closure(form, arguments),
            "do" => self.body(arguments, form.span),
            "and" | "or" => self.both(form, name, arguments),
            "str" => self.text(form, arguments),
            "." => self.message(form, arguments),
            "try" => self.guarded(form, arguments),
            "def" | "defn" | "defmacro" => {
                self.refuse(findings::form(form.span, format!("`{name}` stands alone, not within a form")))
            }
            "catch" => self.refuse(findings::form(form.span, "`catch` is the last form of a `try`")),
            _ => match operator(name) {
                Some(op) => self.operation(form, name, op, arguments),
                None => self.call(form, name, place, arguments),
            },
        }
    }

    fn conditional(&mut self, form: &Form, arguments: &[Form]) -> ExprId {
        let (condition, then, otherwise) = match arguments {
            [condition, then] => (condition, then, None),
            [condition, then, otherwise] => (condition, then, Some(otherwise)),
            _ => return self.misshapen(form, "(if condition form form)"),
        };
        let condition = self.expression(condition);
        let then = self.expression(then);
        let otherwise = match otherwise {
            Some(otherwise) => self.expression(otherwise),
            None => self.atom("nil", form.span),
        };
        let selector = Selector::new("ifTrue:ifFalse:");
        self.add(Expr::If { condition, selector, then: Some(then), otherwise: Some(otherwise) }, form.span)
    }

    /// Each name is visible in the values behind its own.
    fn let_form(&mut self, form: &Form, arguments: &[Form]) -> ExprId {
        let wanted = "(let [name form ...] form ...)";
        let Some((names, body)) = arguments.split_first() else { return self.misshapen(form, wanted) };
        let Some(pairs) = names.as_vector().filter(|pairs| pairs.len() % 2 == 0 && !body.is_empty()) else {
            return self.misshapen(form, wanted);
        };
        let mark = self.scope.mark();
        let mut bindings = Vec::new();
        for pair in pairs.chunks_exact(2) {
            let Some(name) = pair[0].as_name().filter(|name| !is_word(name)) else { return self.misshapen(form, wanted) };
            let value = self.expression(&pair[1]);
            bindings.push((self.scope.declare(name), value));
        }
        let mut inner = self.body(body, form.span);
        self.scope.leave(mark);
        for binding in bindings.into_iter().rev() {
            inner = self.add(Expr::Let { bindings: vec![binding], body: inner }, form.span);
        }
        inner
    }

    fn parameters(&mut self, vector: &Form) -> Vec<LocalId> {
        let mut locals = Vec::new();
        for (place, form) in vector.as_vector().unwrap_or_default().iter().enumerate() {
            let is_new =
                |name: &&str| !vector.as_vector().unwrap_or_default()[..place].iter().any(|other| other.as_name() == Some(name));
            match form.as_name().filter(|name| !is_word(name)) {
                Some(name) if is_new(&name) => locals.push(self.scope.declare(name)),
                Some(name) => self.found.push(findings::form(form.span, format!("two parameters are called `{name}`"))),
                None => self.found.push(findings::form(form.span, "a parameter is a name")),
            }
        }
        locals
    }

    fn closure(&mut self, form: &Form, arguments: &[Form]) -> ExprId {
        let Some((vector, body)) =
            arguments.split_first().filter(|(vector, body)| vector.as_vector().is_some() && !body.is_empty())
        else {
            return self.misshapen(form, "(fn [parameter ...] form ...)");
        };
        let mark = self.scope.mark();
        self.scope.open_closure();
        let params = self.parameters(vector);
        let body = self.body(body, form.span);
        let captures = self.scope.close_closure();
        self.scope.leave(mark);
        self.add(Expr::Block(Block { params, body, captures, writes: Vec::new(), has_cells: false }), form.span)
    }

    fn both(&mut self, form: &Form, name: &str, arguments: &[Form]) -> ExprId {
        let Some((last, before)) = arguments.split_last() else {
            return self.misshapen(form, &format!("({name} form ...)"));
        };
        let before = self.all(before);
        let mut id = self.expression(last);
        for left in before.into_iter().rev() {
            id = self.add(if name == "and" { Expr::And(left, id) } else { Expr::Or(left, id) }, form.span);
        }
        id
    }

    /// The texts of all arguments in one.
    fn text(&mut self, form: &Form, arguments: &[Form]) -> ExprId {
        let mut segments = Vec::new();
        for argument in arguments {
            segments.push(match &argument.kind {
                Kind::Text(text) => Segment::Text(text.clone()),
                _ => Segment::Value(self.expression(argument)),
            });
        }
        self.add(Expr::Interpolate(segments), form.span)
    }

    /// `(. receiver selector argument …)`: any message to any object.
    fn message(&mut self, form: &Form, arguments: &[Form]) -> ExprId {
        let [receiver, selector, arguments @ ..] = arguments else {
            return self.misshapen(form, "(. receiver selector argument ...)");
        };
        let Some(name) = selector.as_name() else { return self.misshapen(form, "(. receiver selector argument ...)") };
        let message = Selector::new(name);
        if message.arity() != arguments.len() {
            return self.refuse(findings::arguments(name, message.arity(), arguments.len(), form.span));
        }
        let target = match receiver.as_name() {
            Some(class) if self.scope.lookup(class).is_none() && self.index.get(class).is_some() => {
                SendTarget::Class(Name::new(class))
            }
            _ => SendTarget::Value(self.expression(receiver)),
        };
        let args = self.all(arguments);
        self.add(Expr::Send { target, selector: message, args, cells: Vec::new() }, form.span)
    }

    /// `(try form … (catch name form …))`
    fn guarded(&mut self, form: &Form, arguments: &[Form]) -> ExprId {
        let wanted = "(try form ... (catch name form ...))";
        let Some((last, body)) = arguments.split_last().filter(|(_, body)| !body.is_empty()) else {
            return self.misshapen(form, wanted);
        };
        let (Some("catch"), Some([_, name, handler @ ..])) = (last.head(), last.as_list()) else {
            return self.misshapen(form, wanted);
        };
        let Some(name) = name.as_name().filter(|name| !is_word(name)) else { return self.misshapen(form, wanted) };
        let body = self.body(body, form.span);
        let filter = self.add(Expr::ClassRef(Name::new("Exception")), last.span);
        let mark = self.scope.mark();
        let exception = self.scope.declare(name);
        let handler = self.body(handler, last.span);
        self.scope.leave(mark);
        self.add(Expr::OnDo { body, filter, handler: Branch::Inline(Some(exception), handler) }, form.span)
    }

    /// Arithmetic takes any number of arguments, from left to right; comparisons take two.
    fn operation(&mut self, form: &Form, name: &str, op: BinaryOp, arguments: &[Form]) -> ExprId {
        let is_comparison =
            op.is_equality() || matches!(op, BinaryOp::Less | BinaryOp::Greater | BinaryOp::LessEqual | BinaryOp::GreaterEqual);
        if arguments.len() < 2 || is_comparison && arguments.len() > 2 {
            return self.refuse(findings::arguments(name, 2, arguments.len(), form.span));
        }
        let mut operands = self.all(arguments).into_iter().zip(arguments);
        let Some((mut left, first)) = operands.next() else { return self.misshapen(form, "(operator form form)") };
        let whole = |right: &Form| if arguments.len() == 2 { form.span } else { first.span.to(right.span) };
        for (right, argument) in operands {
            left = self.add(Expr::Binary(op, left, right), whole(argument));
        }
        left
    }

    fn call(&mut self, form: &Form, name: &str, place: Span, arguments: &[Form]) -> ExprId {
        if self.scope.lookup(name).is_some() || self.known.iter().any(|known| known == name) {
            let head = Form::new(Kind::Name(name.to_string()), place);
            return self.call_of_value(form, &head, arguments);
        }
        let own = self.own.filter(|(own, _)| *own == name).map(|(_, arity)| arity);
        let Some(arity) = own.or_else(|| self.arity(name)) else {
            if self.index.get(name).is_some() {
                return self.refuse(findings::form(place, format!("`{name}` is no function: (. {name} selector argument ...)")));
            }
            return self.refuse(findings::unknown(name, place));
        };
        if arity != arguments.len() {
            return self.refuse(findings::arguments(name, arity, arguments.len(), form.span));
        }
        let args = self.all(arguments);
        let target = if own.is_some() { SendTarget::SelfRef } else { SendTarget::Class(Name::new(name)) };
        self.add(Expr::Send { target, selector: call_selector(arity), args, cells: Vec::new() }, form.span)
    }

    /// The number of parameters of a function that is there already.
    fn arity(&self, name: &str) -> Option<usize> {
        let methods = &self.index.get(name)?.methods;
        let calls = |selector: &str| selector == "value" || selector.split_inclusive(':').all(|part| part == "value:");
        let method = methods.iter().find(|method| method.side == Side::Class && calls(method.selector.as_str()))?;
        Some(method.selector.arity())
    }

    fn call_of_value(&mut self, form: &Form, head: &Form, arguments: &[Form]) -> ExprId {
        if arguments.len() > MOST_OF_VALUES {
            let message = format!("a value is called with at most {MOST_OF_VALUES} arguments");
            return self.refuse(Diagnostic::of(&ARGUMENTS, form.span, message));
        }
        let mut operands = vec![self.expression(head)];
        operands.extend(self.all(arguments));
        self.add(Expr::Fixed(Fixed::Value, operands, Vec::new()), form.span)
    }
}

fn operator(name: &str) -> Option<BinaryOp> {
    if name == "=" {
        return Some(BinaryOp::Equal);
    }
    BinaryOp::from_selector(name)
}

fn is_word(name: &str) -> bool {
    WORDS.contains(&name) || operator(name).is_some()
}
