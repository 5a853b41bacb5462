//! The driver: items from the layout, trees from the grammar, put together to a module.

use bt_base::Span;

use crate::ast::*;
use crate::builder::{Builder, Header, MethodHeader, QUIET};
use crate::diagnostics::parse_declaration::{self, Part};
use crate::diagnostics::{lex_unterminated_comment, parse_expected_expression};
use crate::kind::{Kind, Tok};
use crate::layout::{self, Layout};
use crate::run::{self, After};
use crate::token::Token;
use crate::{complete, lexer, Parse};

/// Parses a file or an input line. Never fails: the tree is complete, with errors where the text has them.
pub fn parse(text: &str) -> Parse<'_> {
    let tokens = lexer::lex(text);
    let mut driver = Driver {
        layout: Layout::new(text, &tokens),
        builder: Builder::new(text),
        open: Open::Nothing,
        without_header: false,
        after_class: Vec::new(),
        strays: None,
    };
    driver.builder.module.exprs.reserve(tokens.len() / 2);
    driver.module();
    let Builder { module, mut diagnostics, .. } = driver.builder;
    if let Some(start) = complete::open_comment(text, &tokens) {
        let span = Span::new(start, (start + 2).min(text.len()));
        diagnostics.push(lex_unterminated_comment::diagnostic(span));
    }
    diagnostics.sort_by_key(|d| d.span.start);
    Parse { module, diagnostics }
}

struct Driver<'s, 't> {
    layout: Layout<'s, 't>,
    builder: Builder<'s>,
    open: Open<'s>,
    /// The header of the current method could not be read.
    without_header: bool,
    /// Statements behind the open class.
    after_class: Vec<ExprId>,
    strays: Option<Strays>,
}

/// Statements behind a class. They end it, unless another member follows.
struct Strays {
    /// How many of the class's strays came before these.
    from: usize,
    first: Tok,
    starts_line: bool,
    /// Findings there were before them.
    findings: usize,
}

/// The declaration that is being collected.
enum Open<'s> {
    Nothing,
    Class(Box<ClassDef<'s>>),
    Standalone(Box<StandaloneMethod<'s>>),
    /// One whose header cannot be used; its members are read for their mistakes only.
    Broken,
}

impl<'s> Driver<'s, '_> {
    fn module(&mut self) {
        loop {
            let upcoming = self.layout.upcoming();
            let trivia = self.layout.trivia();
            let Some(item) = self.layout.next() else { break };
            let doc = |driver: &Self| {
                // Skipped periods move the declaration, not the comment before it.
                let first = driver.layout.out.first().map_or(upcoming.span, |t| t.span);
                let start = driver.text_before(first, trivia.0);
                lexer::doc_before(driver.builder.text, start, first.start as usize)
            };
            match item {
                layout::Item::Class => {
                    self.close();
                    let doc = doc(self);
                    self.class(doc);
                }
                layout::Item::Field { has_default } => self.field(has_default),
                layout::Item::Method => {
                    let doc = doc(self);
                    self.method(doc);
                }
                layout::Item::Standalone => {
                    self.close();
                    let doc = doc(self);
                    self.standalone(doc);
                }
                layout::Item::Statement => self.statement(upcoming.starts_line),
            }
        }
        self.close();
        let findings = std::mem::take(&mut self.layout.diagnostics);
        self.builder.diagnostics.extend(findings);
    }

    /// The start of the trivia before `first`: behind the periods that were skipped.
    fn text_before(&self, first: Span, start: usize) -> usize {
        let between = self.builder.text.get(start..first.start as usize).unwrap_or("");
        // Periods in comments do no harm: only a period outside of them can come before the first slash.
        let comment = between.find("//").unwrap_or(between.len());
        start + between[..comment].rfind('.').map_or(0, |n| n + 1)
    }

    fn after(&self) -> After {
        match self.layout.upcoming() {
            t if t.token == Token::EndOfInput => After::End,
            t => After::Token(t.span),
        }
    }

    /// Finishes the open declaration.
    fn close(&mut self) {
        match std::mem::replace(&mut self.open, Open::Nothing) {
            Open::Nothing | Open::Broken => {}
            Open::Class(class) => self.builder.module.items.push(Item::Class(class)),
            Open::Standalone(method) => self.builder.module.items.push(Item::Method(method)),
        }
        self.strays = None;
        self.builder.module.items.extend(self.after_class.drain(..).map(Item::Statement));
    }

    /// A member follows: what stands between it and the class is a mistake.
    fn member(&mut self) {
        let Some(strays) = self.strays.take() else { return };
        let ids = self.after_class.drain(strays.from..);
        let span = ids.map(|id| self.builder.module.expr(id).span).fold(strays.first.span, Span::to);
        if self.builder.diagnostics.len() + self.layout.diagnostics.len() == strays.findings {
            let t = strays.first;
            self.builder.diagnostics.push(if t.kind.is_word() && strays.starts_line {
                parse_declaration::diagnostic(t.span, Part::Arrow)
            } else if strays.starts_line {
                parse_expected_expression::diagnostic(t.span, self.builder.spelling(t))
            } else {
                parse_expected_expression::second_statement(t.span, self.builder.spelling(t))
            });
        }
        let error = self.builder.module.add(ExprKind::Error, span);
        self.after_class.push(error);
    }

    fn header(&mut self) -> (Option<Header<'s>>, Span) {
        let tokens = std::mem::take(&mut self.layout.out);
        let span = match (tokens.first(), tokens.last()) {
            (Some(a), Some(z)) => a.span.to(z.span),
            _ => Span::default(),
        };
        let after = self.after();
        let mut header = run::header(&mut self.builder, &tokens, after);
        if header.is_none() {
            header = self.without_type(&tokens);
        }
        self.layout.out = tokens;
        (header, span)
    }

    /// A method header whose type is missing still has a selector and a body.
    fn without_type(&mut self, tokens: &[Tok]) -> Option<Header<'s>> {
        let arrow = tokens.iter().position(|t| t.kind == Kind::Arrow)?;
        let last = tokens.last().filter(|t| t.kind == Kind::FatArrow)?;
        let mut short = tokens[..arrow].to_vec();
        short.push(*last);
        let findings = self.builder.diagnostics.len();
        let header = run::header(&mut self.builder, &short, After::End);
        self.builder.diagnostics.truncate(findings);
        header
    }

    fn class(&mut self, doc: Option<Doc>) {
        let (header, span) = self.header();
        self.open = Open::Broken;
        if let Some(Header::Class { modifiers, superclass, name }) = header {
            if !name.text.starts_with(|c: char| c.is_ascii_uppercase()) {
                self.builder.diagnostics.push(parse_declaration::diagnostic(name.span, Part::ClassName));
            }
            self.open = Open::Class(Box::new(ClassDef {
                modifiers: modifiers.class,
                superclass,
                name,
                fields: Vec::new(),
                class_fields: Vec::new(),
                methods: Vec::new(),
                doc,
                span,
            }));
        }
    }

    fn field(&mut self, has_default: bool) {
        self.member();
        let (header, span) = self.header();
        let default = has_default.then(|| {
            self.layout.default_value();
            let nothing = self.layout.out.iter().all(|t| t.span.start == t.span.end);
            let after = match (self.after(), nothing) {
                // Nothing behind the `=`: it is the last token of the text.
                (After::End, true) => After::Token(Span { start: span.end - 1, end: span.end }),
                (after, _) => after,
            };
            self.run(after)
        });
        let (Some(Header::Field { class_side, mut field }), Open::Class(class)) = (header, &mut self.open) else {
            return;
        };
        field.span = default.map_or(span, |id| span.to(self.builder.module.expr(id).span));
        field.default = default;
        class.span = class.span.to(field.span);
        if class_side {
            class.class_fields.push(field)
        } else {
            class.fields.push(field)
        }
    }

    fn method_def(&self, header: MethodHeader<'s>, start: u32, doc: Option<Doc>) -> MethodDef<'s> {
        let header_span = header.signature();
        let MethodHeader { modifiers, parts, params, return_type, arrow } = header;
        let span = Span { start: modifiers.start.unwrap_or(start), end: arrow.end };
        let source_start = modifiers.source_start.unwrap_or(header_span.start);
        MethodDef {
            selector: parts.iter().map(|p| p.text).collect(),
            selector_parts: parts,
            params,
            class_side: modifiers.class_side,
            sealed: modifiers.class.is_sealed,
            return_type,
            body: Vec::new(),
            doc,
            span,
            source_span: Span { start: source_start, end: arrow.end },
            header_span,
        }
    }

    fn method(&mut self, doc: Option<Doc>) {
        self.member();
        let (header, span) = self.header();
        self.without_header = header.is_none();
        if let Some(Header::Method(header)) = header {
            let method = self.method_def(*header, span.start, doc);
            if let Open::Class(class) = &mut self.open {
                class.span = class.span.to(method.span);
                class.methods.push(method);
            }
        }
    }

    fn standalone(&mut self, doc: Option<Doc>) {
        let (header, span) = self.header();
        self.open = Open::Broken;
        self.without_header = header.is_none();
        if let Some(Header::Standalone { class, class_side, method }) = header {
            let start = method.parts.first().map_or(span.start, |p| p.span.start);
            let mut method = self.method_def(*method, start, doc);
            method.class_side |= class_side;
            let class_side = method.class_side;
            self.open = Open::Standalone(Box::new(StandaloneMethod { class, class_side, method, span }));
        }
    }

    fn run(&mut self, after: After) -> ExprId {
        let mut tokens = std::mem::take(&mut self.layout.out);
        quiet_after_open_literal(&mut tokens, self.builder.text.len());
        let id = run::statement(&mut self.builder, &mut tokens, after);
        self.layout.out = tokens;
        id
    }

    fn statement(&mut self, starts_line: bool) {
        let in_method = self.layout.statement_of_method;
        let behind_class = !in_method && matches!(self.open, Open::Class(_));
        if !in_method && !behind_class {
            self.close();
        }
        if behind_class && self.strays.is_none() {
            if let Some(&first) = self.layout.out.first() {
                let findings = self.builder.diagnostics.len() + self.layout.diagnostics.len();
                self.strays = Some(Strays { from: self.after_class.len(), first, starts_line, findings });
            }
        }
        let after = self.after();
        let id = self.run(after);
        if behind_class {
            self.after_class.push(id);
            return;
        }
        if !in_method {
            self.builder.module.items.push(Item::Statement(id));
            return;
        }
        let end = self.builder.module.expr(id).span.end;
        let method = match &mut self.open {
            Open::Class(class) => {
                class.span.end = class.span.end.max(end);
                class.methods.last_mut()
            }
            Open::Standalone(standalone) => {
                standalone.span.end = standalone.span.end.max(end);
                Some(&mut standalone.method)
            }
            Open::Nothing | Open::Broken => None,
        };
        if let (Some(method), false) = (method, self.without_header) {
            method.body.push(id);
            method.span.end = method.span.end.max(end);
            method.source_span.end = method.span.end;
        }
    }
}

/// A literal that runs to the end of the text has swallowed the closers: they are not missed.
fn quiet_after_open_literal(tokens: &mut [Tok], end: usize) {
    let bad = tokens.iter().rposition(|t| !t.kind.lacks_closer());
    if let Some(at) = bad {
        if tokens[at].kind == Kind::Bad && tokens[at].span.end as usize == end {
            for t in &mut tokens[at + 1..] {
                t.depth = QUIET;
            }
        }
    }
}
