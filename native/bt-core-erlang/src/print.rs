//! Core tree → text, as `core_scan` reads it on OTP 22 and later.
//!
//! Facts behind the spelling: quoted atoms are read as UTF-8 bytes; a string is one wide integer segment of a binary (a segment per byte is many
//! times longer, and quadratic to no use), cut into pieces of some hundred bytes. Segments are hexadecimal: decimal takes a division of a
//! big number per digit here and a multiplication there.

use std::fmt::Write as _;

use crate::core::{Clause, Expr, Fname, Function, Pattern, Piece, Stmt};

/// Bytes per integer segment of a text. Longer ones take less room, but reading a number grows with the square of its digits.
const SEGMENT: usize = 256;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// A module being written. Each function is printed when it is added and its tree dropped: the trees of a large class together do not fit into
/// any cache.
pub(crate) struct Module {
    pub name: String,
    pub attributes: Vec<(String, Expr)>,
    exports: Vec<Fname>,
    functions: Printer,
}

impl Module {
    /// `file` stands in the annotations; without it none are written.
    pub fn new(name: &str, file: Option<&str>) -> Module {
        Module { name: name.into(), attributes: Vec::new(), exports: Vec::new(), functions: Printer::new(file) }
    }

    pub fn add(&mut self, function: Function) {
        self.functions.function(&function);
        if function.exported {
            self.exports.push(function.name);
        }
    }

    pub fn finish(mut self) -> String {
        let mut p = Printer::new(None);
        p.out.push_str("module ");
        p.atom(&self.name);
        p.out.push_str(" [");
        for (i, name) in self.exports.iter().enumerate() {
            if i > 0 {
                p.out.push_str(",\n ");
            }
            p.fname(name);
        }
        p.out.push_str("]\n attributes [");
        for (i, (name, value)) in self.attributes.iter().enumerate() {
            if i > 0 {
                p.out.push_str(",\n ");
            }
            p.atom(name);
            p.out.push_str(" = ");
            p.expr(value);
        }
        p.out.push_str("]\n");
        // In front of the functions, which are megabytes for a large class.
        self.functions.out.push_str("end\n");
        self.functions.out.insert_str(0, &p.out);
        self.functions.out
    }
}

/// A charlist literal; anything beyond printable ASCII as `\x{…}` is not understood there, so such characters become `?`.
fn chars(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            ' '..='~' => out.push(c),
            _ => out.push('?'),
        }
    }
    out.push('"');
    out
}

fn always_matches(clause: &Clause) -> bool {
    clause.guard.is_none() && clause.patterns.iter().all(|p| matches!(p, Pattern::Any | Pattern::Var(_)))
}

struct Printer {
    out: String,
    /// The file as a printed charlist.
    file: Option<String>,
    /// Variables are unique, also those nobody reads.
    wildcards: u32,
}

impl Printer {
    fn new(file: Option<&str>) -> Printer {
        Printer { out: String::with_capacity(4096), file: file.map(chars), wildcards: 0 }
    }

    fn function(&mut self, function: &Function) {
        self.fname(&function.name);
        self.out.push_str(" = ");
        let annotate = function.line > 0 && self.file.is_some();
        if annotate {
            self.out.push('(');
        }
        self.fun(&function.params, &function.body);
        if annotate {
            self.annotation(function.line);
        }
        self.out.push('\n');
    }

    fn number(&mut self, number: impl itoa::Integer) {
        self.out.push_str(itoa::Buffer::new().format(number));
    }

    fn annotation(&mut self, line: u32) {
        if let Some(file) = &self.file {
            self.out.push_str("-|[");
            self.out.push_str(itoa::Buffer::new().format(line));
            self.out.push_str(",{'file',");
            self.out.push_str(file);
            self.out.push_str("}])");
        }
    }

    fn fname(&mut self, name: &Fname) {
        self.atom(&name.name);
        self.out.push('/');
        self.number(name.arity);
    }

    fn atom(&mut self, text: &str) {
        self.out.push('\'');
        if text.bytes().all(|b| b >= b' ' && b != b'\'' && b != b'\\' && b != 0x7f) {
            self.out.push_str(text);
            self.out.push('\'');
            return;
        }
        for c in text.chars() {
            match c {
                '\'' | '\\' => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                '\0'..='\x1f' | '\x7f' => {
                    let _ = write!(self.out, "\\{:03o}", c as u32);
                }
                _ => self.out.push(c),
            }
        }
        self.out.push('\'');
    }

    fn var(&mut self, var: crate::core::Var) {
        self.out.push('V');
        self.number(var.0);
    }

    fn list(&mut self, items: &[Expr]) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            self.expr(item);
        }
    }

    fn vars(&mut self, vars: &[crate::core::Var]) {
        self.out.push('<');
        for (i, var) in vars.iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            self.var(*var);
        }
        self.out.push('>');
    }

    fn fun(&mut self, params: &[crate::core::Var], body: &Expr) {
        self.out.push_str("fun (");
        for (i, var) in params.iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            self.var(*var);
        }
        self.out.push_str(") ->\n");
        self.expr(body);
    }

    fn expr(&mut self, expr: &Expr) {
        stacker::maybe_grow(64 * 1024, 1 << 20, || self.expr_on_stack(expr))
    }

    fn expr_on_stack(&mut self, expr: &Expr) {
        match expr {
            Expr::Var(v) => self.var(*v),
            Expr::Atom(a) => self.atom(a),
            Expr::Int(i) => self.number(*i),
            Expr::BigInt(i) => self.out.push_str(i),
            Expr::Float(f) => self.float(*f),
            Expr::Text(t) => {
                self.out.push_str("#{");
                self.text_segments(t);
                self.out.push_str("}#");
            }
            Expr::Nil => self.out.push_str("[]"),
            Expr::Cons(head, tail) => self.cells(std::slice::from_ref(head), tail),
            Expr::List(items, tail) => self.cells(items, tail),
            Expr::Tuple(items) => {
                self.out.push('{');
                self.list(items);
                self.out.push('}');
            }
            Expr::Map(entries, base) => {
                self.out.push_str("~{");
                for (i, (k, v)) in entries.iter().enumerate() {
                    if i > 0 {
                        self.out.push(',');
                    }
                    self.expr(k);
                    self.out.push_str("=>");
                    self.expr(v);
                }
                if let Some(base) = base {
                    self.out.push('|');
                    self.expr(base);
                }
                self.out.push_str("}~");
            }
            Expr::Replace { key, value, base } => {
                self.out.push_str("~{");
                self.atom(key);
                self.out.push_str(":=");
                self.expr(value);
                self.out.push('|');
                self.expr(base);
                self.out.push_str("}~");
            }
            Expr::Binary(pieces) => self.binary(pieces),
            Expr::Call { callee, args, line } => {
                let annotate = *line > 0 && self.file.is_some();
                if annotate {
                    self.out.push('(');
                }
                self.out.push_str("call ");
                self.expr(&callee.module);
                self.out.push(':');
                self.atom(&callee.function);
                self.out.push('(');
                self.list(args);
                self.out.push(')');
                if annotate {
                    self.annotation(*line);
                }
            }
            Expr::Apply { function, args, line } => {
                let annotate = *line > 0 && self.file.is_some();
                if annotate {
                    self.out.push('(');
                }
                self.out.push_str("apply ");
                self.expr(function);
                self.out.push('(');
                self.list(args);
                self.out.push(')');
                if annotate {
                    self.annotation(*line);
                }
            }
            Expr::Function(name) => self.fname(name),
            Expr::Primop(name, args) => {
                self.out.push_str("primop ");
                self.atom(name);
                self.out.push('(');
                self.list(args);
                self.out.push(')');
            }
            Expr::Fun(params, body) => self.fun(params, body),
            Expr::Seq(stmts, value) => {
                for stmt in stmts {
                    self.stmt(stmt);
                }
                self.expr(value);
            }
            Expr::Case(subject, clauses) => {
                self.out.push_str("case ");
                self.expr(subject);
                self.out.push_str(" of\n");
                for clause in clauses {
                    self.clause(clause);
                }
                if !clauses.last().is_some_and(always_matches) {
                    self.no_match();
                }
                self.out.push_str("end");
            }
            Expr::Try(t) => {
                self.out.push_str("try\n");
                self.expr(&t.body);
                self.out.push_str("\nof ");
                self.vars(&t.vars);
                self.out.push_str(" ->\n");
                self.expr(&t.ok);
                self.out.push_str("\ncatch ");
                self.vars(&t.caught);
                self.out.push_str(" ->\n");
                self.expr(&t.handler);
            }
            Expr::GuardTry(test, passed) => {
                self.out.push_str("try ");
                self.expr(test);
                let wildcard = self.wildcards + 1;
                self.wildcards += 2;
                let _ = write!(self.out, " of <V{0}> -> V{0} catch <_{1},_{2}> -> 'false'", passed.0, wildcard, wildcard + 1);
            }
            Expr::Values(items) => {
                if let [one] = items.as_slice() {
                    self.expr(one);
                } else {
                    self.out.push('<');
                    self.list(items);
                    self.out.push('>');
                }
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Let(vars, value) => {
                self.out.push_str("let ");
                self.vars(vars);
                self.out.push_str(" = ");
                self.expr(value);
                self.out.push_str("\nin ");
            }
            Stmt::Do(value) => {
                self.out.push_str("do ");
                self.expr(value);
                self.out.push('\n');
            }
            Stmt::Letrec(functions) => {
                self.out.push_str("letrec ");
                for (name, params, body) in functions {
                    self.fname(name);
                    self.out.push_str(" = ");
                    self.fun(params, body);
                    self.out.push('\n');
                }
                self.out.push_str("in ");
            }
        }
    }

    /// Every `case` must end in a clause that matches: OTP's validator rejects the implicit failure inside a `try`.
    fn no_match(&mut self) {
        self.wildcards += 1;
        let _ = writeln!(self.out, "<_{0}> when 'true' ->\nprimop 'match_fail'({{'case_clause',_{0}}})", self.wildcards);
    }

    fn clause(&mut self, clause: &Clause) {
        self.out.push('<');
        for (i, p) in clause.patterns.iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            self.pattern(p);
        }
        self.out.push_str("> when ");
        match &clause.guard {
            Some(guard) => self.expr(guard),
            None => self.out.push_str("'true'"),
        }
        self.out.push_str(" ->\n");
        self.expr(&clause.body);
        self.out.push('\n');
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Var(v) => self.var(*v),
            Pattern::Any => {
                self.wildcards += 1;
                self.out.push('_');
                self.number(self.wildcards);
            }
            Pattern::Literal(e) => self.expr(e),
            Pattern::Tuple(items) => {
                self.out.push('{');
                for (i, p) in items.iter().enumerate() {
                    if i > 0 {
                        self.out.push(',');
                    }
                    self.pattern(p);
                }
                self.out.push('}');
            }
            Pattern::Cons(head, tail) => {
                self.out.push('[');
                self.pattern(head);
                self.out.push('|');
                self.pattern(tail);
                self.out.push(']');
            }
            Pattern::Map(entries) => {
                self.out.push_str("~{");
                for (i, (k, p)) in entries.iter().enumerate() {
                    if i > 0 {
                        self.out.push(',');
                    }
                    self.expr(k);
                    self.out.push_str(":=");
                    self.pattern(p);
                }
                self.out.push_str("}~");
            }
        }
    }

    fn cells(&mut self, items: &[Expr], tail: &Expr) {
        self.out.push('[');
        self.list(items);
        if *tail != Expr::Nil {
            self.out.push('|');
            self.expr(tail);
        }
        self.out.push(']');
    }

    fn float(&mut self, value: f64) {
        // `{:e}` round-trips; Core wants a fraction before the exponent.
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').expect("an exponent is always printed");
        self.out.push_str(mantissa);
        if !mantissa.contains('.') {
            self.out.push_str(".0");
        }
        if exponent != "0" {
            self.out.push('e');
            if !exponent.starts_with('-') {
                self.out.push('+');
            }
            self.out.push_str(exponent);
        }
    }

    fn text_segments(&mut self, text: &str) {
        for (i, chunk) in text.as_bytes().chunks(SEGMENT).enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            self.out.push_str("#<16#");
            self.out
                .extend(chunk.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(HEX[usize::from(digit)])));
            self.out.push_str(">(");
            self.number(chunk.len() * 8);
            self.out.push_str(",1,'integer',['unsigned'|['big']])");
        }
    }

    fn binary(&mut self, pieces: &[Piece]) {
        self.out.push_str("#{");
        for (i, piece) in pieces.iter().enumerate() {
            if i > 0 {
                self.out.push(',');
            }
            match piece {
                Piece::Text(text) => self.text_segments(text),
                Piece::Value(value) => {
                    self.out.push_str("#<");
                    self.expr(value);
                    self.out.push_str(">('all',8,'binary',['unsigned'|['big']])");
                }
            }
        }
        self.out.push_str("}#");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(expr: &Expr) -> String {
        let mut p = Printer { out: String::new(), file: None, wildcards: 0 };
        p.expr(expr);
        p.out
    }

    #[test]
    fn floats_keep_a_fraction() {
        assert_eq!(text(&Expr::Float(2.0)), "2.0");
        assert_eq!(text(&Expr::Float(-0.0)), "-0.0");
        assert_eq!(text(&Expr::Float(1e300)), "1.0e+300");
        assert_eq!(text(&Expr::Float(1.5e-7)), "1.5e-7");
    }

    #[test]
    fn strings_are_wide_integers() {
        assert_eq!(text(&Expr::text("hi")), "#{#<16#6869>(16,1,'integer',['unsigned'|['big']])}#");
        assert_eq!(text(&Expr::text("")), "#{}#");
    }

    #[test]
    fn atoms_are_escaped() {
        assert_eq!(text(&Expr::atom("it's\n")), "'it\\'s\\012'");
    }
}
