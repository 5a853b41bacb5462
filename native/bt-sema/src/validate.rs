//! Checks of single sends (`language.md` §6.4, §6.7), and walks over the syntax tree that several areas share.

use bt_base::{Category, Diagnostic, Span};
use bt_syntax::ast::{self, ExprKind};

use crate::body::Lowerer;

/// Direct children of a syntax node.
pub(crate) fn each_ast_child(kind: &ExprKind<'_>, f: &mut dyn FnMut(ast::ExprId)) {
    match kind {
        ExprKind::Integer(_)
        | ExprKind::Float(_)
        | ExprKind::Character(_)
        | ExprKind::String(_)
        | ExprKind::Symbol(_)
        | ExprKind::Variable(_)
        | ExprKind::ClassRef(_)
        | ExprKind::SelfRef
        | ExprKind::Super
        | ExprKind::Pragma { .. }
        | ExprKind::Expect(_)
        | ExprKind::Error => {}
        ExprKind::Interpolation(segments) => {
            for segment in segments {
                if let ast::Segment::Expr(id) = segment {
                    f(*id);
                }
            }
        }
        ExprKind::Field { receiver, .. } | ExprKind::Unary { receiver, .. } => f(*receiver),
        ExprKind::Assign { target, value } => {
            f(*target);
            f(*value);
        }
        ExprKind::Return(e) | ExprKind::Paren(e) => f(*e),
        ExprKind::Binary { left, right, .. } => {
            f(*left);
            f(*right);
        }
        ExprKind::Keyword { receiver, args, .. } => {
            f(*receiver);
            args.iter().for_each(|&a| f(a));
        }
        ExprKind::Cascade { first, messages } => {
            f(*first);
            for message in messages {
                match message {
                    ast::Message::Unary(_) | ast::Message::Error(_) => {}
                    ast::Message::Binary(_, e) => f(*e),
                    ast::Message::Keyword(_, args) => args.iter().for_each(|&a| f(a)),
                }
            }
        }
        ExprKind::Block { body, .. } => body.iter().for_each(|&e| f(e)),
        ExprKind::List { elements, tail } => {
            elements.iter().for_each(|&e| f(e));
            tail.iter().for_each(|&e| f(e));
        }
        ExprKind::Array(elements) => elements.iter().for_each(|&e| f(e)),
        ExprKind::Map(entries) => entries.iter().for_each(|&(k, v)| {
            f(k);
            f(v);
        }),
        ExprKind::Match { subject, arms } => {
            f(*subject);
            for arm in arms {
                arm.guard.iter().for_each(|&e| f(e));
                f(arm.body);
            }
        }
    }
}

/// Edit distance, bounded: anything above `limit` is `limit + 1`.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut current = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let cost = usize::from(ca != cb);
            current.push((previous[j] + cost).min(previous[j + 1] + 1).min(current[j] + 1));
        }
        previous = current;
    }
    previous[b.len()]
}

/// The closest of `names`, if it is close enough to be a slip of the pen.
pub(crate) fn nearest(name: &str, names: Vec<String>) -> Option<String> {
    let limit = match name.chars().count() {
        0..=2 => return None,
        3..=5 => 1,
        _ => 2,
    };
    let mut best: Option<(usize, String)> = None;
    for candidate in names {
        let d = distance(name, &candidate, limit);
        if d <= limit && best.as_ref().map_or(true, |(b, c)| (d, &candidate) < (*b, c)) {
            best = Some((d, candidate));
        }
    }
    best.map(|(_, c)| c)
}

/// Parameters a literal block must have: (selector, argument position, count).
const BLOCK_ARITY: &[(&str, usize, usize)] = &[
    ("whileTrue:", 0, 0),
    ("whileFalse:", 0, 0),
    ("timesRepeat:", 0, 0),
    ("do:", 0, 1),
    ("collect:", 0, 1),
    ("select:", 0, 1),
    ("reject:", 0, 1),
    ("detect:", 0, 1),
    ("anySatisfy:", 0, 1),
    ("allSatisfy:", 0, 1),
    ("groupBy:", 0, 1),
    ("partition:", 0, 1),
    ("eachWithIndex:", 0, 2),
    ("sortWith:", 0, 2),
    ("keysAndValuesDo:", 0, 2),
    ("inject:into:", 1, 2),
];

/// Classes whose instances only literals and the runtime make.
const PRIMITIVE_CLASSES: &[&str] =
    &["Integer", "String", "Float", "True", "False", "UndefinedObject", "Symbol", "Block", "CompiledMethod"];

fn literal_kind(kind: &ExprKind<'_>) -> Option<&'static str> {
    Some(match kind {
        ExprKind::Integer(_) => "an integer",
        ExprKind::Float(_) => "a float",
        ExprKind::String(_) => "a string",
        ExprKind::Symbol(_) => "a symbol",
        ExprKind::Character(_) => "a character",
        ExprKind::List { .. } => "a list",
        _ => return None,
    })
}

fn literal_class(kind: &ExprKind<'_>) -> Option<&'static str> {
    Some(match kind {
        ExprKind::Integer(_) => "Integer literal",
        ExprKind::Float(_) => "Float literal",
        ExprKind::String(_) => "String literal",
        ExprKind::Symbol(_) => "Symbol literal",
        ExprKind::Character(_) => "Character literal",
        ExprKind::List { .. } => "List literal",
        ExprKind::Variable("true" | "false") => "Boolean literal",
        ExprKind::Variable("nil") => "nil literal",
        _ => return None,
    })
}

impl<'s> Lowerer<'_, 's> {
    /// Everything that can be said about one message before it is lowered.
    pub(crate) fn validate_send(
        &mut self,
        receiver: ast::ExprId,
        selector: &str,
        args: &[ast::ExprId],
        span: Span,
        at: Span,
    ) {
        let _ = at;
        for &(name, position, count) in BLOCK_ARITY {
            if name == selector {
                if let Some(b) = args.get(position).and_then(|&a| self.block_literal(a)) {
                    if b.params.len() != count {
                        let plural = if count == 1 { "parameter" } else { "parameters" };
                        let message = format!("{selector} expects a block with {count} {plural}, but got {}", b.params.len());
                        self.error("block/arity", b.span, message);
                    }
                }
            }
        }
        if selector == "detect:ifNone:" {
            for (position, wanted) in [(0, 1), (1, 0)] {
                if let Some(b) = args.get(position).and_then(|&a| self.block_literal(a)) {
                    if b.params.len() != wanted {
                        let got = b.params.len();
                        self.error(
                            "block/codegen-arity",
                            b.span,
                            format!("Code generation failed: detect:ifNone: block must take {wanted} argument(s), got {got}. Fix: change the block's parameters"),
                        );
                    }
                }
            }
        }
        let ast = self.ast;
        let first = args.first().map(|&a| (a, &ast.expr(a).kind, ast.expr(a).span));
        match selector {
            "respondsTo:" | "fieldAt:" | "fieldAt:put:" | "classNamed:" => {
                if let Some((_, kind, at)) = first {
                    let problem = match kind {
                        ExprKind::Symbol(_) => None,
                        ExprKind::Variable(_) => Some(", not an identifier"),
                        ExprKind::ClassRef(_) => Some(", not a class reference"),
                        _ => Some(""),
                    };
                    if let Some(problem) = problem {
                        let message = format!("{selector} expects a symbol literal{problem}");
                        let mut diagnostic = Diagnostic::error("reflect/symbol-literal", at, message);
                        if let ExprKind::Variable(name) = kind {
                            diagnostic = diagnostic
                                .with_hint(format!("write the name as a symbol: #{name}"))
                                .with_edit(at, format!("#{name}"));
                        }
                        self.diagnostics.push(diagnostic);
                    }
                }
                if selector == "fieldAt:put:" {
                    if let Some(class) = literal_class(&ast.expr(receiver).kind) {
                        self.diagnostics.push(
                            Diagnostic::warning("type/immutable", span, format!("Cannot mutate immutable value ({class})"))
                                .with_category(Category::Type),
                        );
                    }
                }
            }
            "take:" | "drop:" | "repeat:" | "from:to:" => {
                if let Some((_, kind, at)) = first {
                    if let Some(got) = literal_kind(kind).filter(|k| *k != "an integer" && *k != "a character") {
                        self.diagnostics.push(Diagnostic::warning(
                            "argument/integer",
                            at,
                            format!("{selector} expects an integer argument, got {got}"),
                        ));
                    }
                }
            }
            "startsWith:" | "endsWith:" | "splitOn:" => {
                if let Some((_, kind, at)) = first {
                    if let Some(got) = literal_kind(kind).filter(|k| *k != "a string") {
                        self.error("argument/string", at, format!("{selector} expects a string argument, got {got}"));
                    }
                }
            }
            "at:" | "at:put:" => {
                let indexed = matches!(
                    ast.expr(receiver).kind,
                    ExprKind::List { .. } | ExprKind::String(_) | ExprKind::Interpolation(_)
                );
                if let (true, Some((_, kind, at))) = (indexed, first) {
                    if let Some(got) = literal_kind(kind).filter(|k| *k != "an integer" && *k != "a character") {
                        self.error("argument/integer", at, format!("{selector} expects an integer argument, got {got}"));
                    }
                }
            }
            "includes:" | "indexOf:" => {
                let text = matches!(ast.expr(receiver).kind, ExprKind::String(_) | ExprKind::Interpolation(_));
                if let (true, Some((_, kind, at))) = (text, first) {
                    if let Some(got) = literal_kind(kind).filter(|k| *k != "a string") {
                        self.error("argument/string", at, format!("{selector} expects a string argument, got {got}"));
                    }
                }
            }
            _ => {}
        }
    }

    /// `new`, `spawn` and friends sent to a class by name.
    pub(crate) fn check_instantiation(&mut self, class: &str, selector: &str, span: Span) {
        let is_new = matches!(selector, "new" | "new:");
        let is_spawn = matches!(selector, "spawn" | "spawnWith:");
        if !is_new && !is_spawn {
            return;
        }
        if is_new && PRIMITIVE_CLASSES.contains(&class) {
            self.error(
                "class/primitive-new",
                span,
                format!("Cannot instantiate primitive class `{class}`"),
            );
            return;
        }
        let Some(info) = self.index.get(class) else { return };
        let own_class_method = info.method(bt_hir::Side::Class, selector).is_some();
        if info.modifiers.is_abstract && !own_class_method {
            self.error(
                "class/abstract-new",
                span,
                format!("Cannot instantiate abstract class `{class}`. Subclass it first."),
            );
            return;
        }
        let is_actor = class != "Actor" && self.index.inherits_from(class, "Actor");
        if is_new && is_actor && !own_class_method {
            self.diagnostics.push(
                Diagnostic::warning(
                    "actor/new",
                    span,
                    format!("Actor subclass `{class}` should use `spawn` instead of `new`"),
                )
                .with_hint("actors are processes: `spawn` or `spawnWith:` starts one"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_name_is_close_and_first_in_order() {
        let names = || vec!["counter".to_string(), "count".to_string(), "amount".to_string()];
        assert_eq!(nearest("coutn", names()), None, "five letters allow one slip");
        assert_eq!(nearest("cont", names()).as_deref(), Some("count"));
        assert_eq!(nearest("conuter", names()).as_deref(), Some("counter"));
        assert_eq!(nearest("x", names()), None);
    }
}
