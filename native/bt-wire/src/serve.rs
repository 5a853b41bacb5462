//! Request in, reply out: the one place that knows what each command does.

use bt_base::Diagnostic;
use bt_engine::diagnostics::backend_protocol;
use bt_engine::{guarded, Compiler, Failure, Interrupt, Options, Report};

use crate::reply;
use crate::request::{self, Command};
use crate::sessions::{self, Sessions};
use crate::term::Term;
use crate::words as w;

/// Number of this vocabulary. A host and a node with the same number understand each other completely.
pub const PROTOCOL: i64 = 1;

const COMMANDS: &[&str] = &[
    "cancel",
    "compile",
    "compile_expression",
    "compile_method",
    "diagnostics",
    "doc",
    "format",
    "is_complete",
    "show",
    "version",
];

/// What a host brings along.
#[derive(Default)]
pub struct Host {
    pub compiler: Compiler,
    /// Accept the request that panics on purpose.
    pub test_panic: bool,
    pub sessions: Sessions,
}

/// Answers one request. Never panics, whatever the term.
pub fn serve(host: &Host, request: &Term<'_>, watch: &dyn Interrupt) -> Term<'static> {
    if let Some(command) = request.get("command").and_then(Term::as_atom).filter(|command| sessions::COMMANDS.contains(command)) {
        let answer = host.sessions.serve(command, request);
        return with_id(answer.unwrap_or_else(|| protocol_error("No such session, or a field is missing")), request);
    }
    let answer = match request::read(request, host.test_panic) {
        Ok(command) => run(host, command, watch),
        Err(refusal) => protocol_error(refusal),
    };
    with_id(answer, request)
}

/// A failure of the conversation rather than of a program.
pub fn protocol_error(message: impl Into<String>) -> Term<'static> {
    refused(backend_protocol::diagnostic(message))
}

/// A failure with one error that has no place in a source.
pub fn refused(diagnostic: Diagnostic) -> Term<'static> {
    reply::failed(&[Report::unplaced(diagnostic)])
}

fn with_id(answer: Term<'static>, request: &Term<'_>) -> Term<'static> {
    match (answer, request.get("id")) {
        (Term::Map(mut items), Some(Term::Int(id))) => {
            items.push((w::ID, Term::Int(*id)));
            Term::Map(items)
        }
        (answer, _) => answer,
    }
}

fn run(host: &Host, command: Command<'_>, watch: &dyn Interrupt) -> Term<'static> {
    let compiler = &host.compiler;
    let fail = |f: Failure| reply::failed(&f.diagnostics);
    match command {
        Command::Compile { source, options } => compiler.compile(&source, &options, watch).map_or_else(fail, reply::compiled),
        Command::CompileExpression { source, options } => {
            compiler.compile_expression(&source, &options, watch).map_or_else(fail, reply::compiled)
        }
        Command::CompileMethod { class_source, source, options } => {
            compiler.compile_method(&class_source, &source, &options, watch).map_or_else(fail, reply::compiled)
        }
        Command::Diagnostics { source, options } => reply::found(&compiler.diagnostics(&source, &options, watch)),
        Command::Doc { source, options } => {
            compiler.doc(&source, &options, watch).map_or_else(fail, |all| reply::documented(&all))
        }
        Command::Show { stage, source, options } => {
            compiler.show(stage, &source, &options, watch).map_or_else(fail, |(text, found)| reply::shown(text, &found))
        }
        Command::Format { source, options } => compiler.format(&source, &options, watch).map_or_else(fail, reply::formatted),
        Command::IsComplete { source } => reply::complete(compiler.is_complete(&source)),
        Command::Version => reply::version(&[COMMANDS, sessions::COMMANDS].concat(), PROTOCOL),
        // The NIF cancels through a flag of its own; here requests come one after the other, so there is nothing left to cancel.
        Command::Cancel => reply::nothing(),
        Command::TestPanic => {
            let result = guarded(&compiler.limits, b"test_panic", || -> Options { panic!("requested by a test") });
            result.map_or_else(|report| reply::failed(&[*report]), |_| reply::nothing())
        }
    }
}

#[cfg(test)]
mod tests {
    use bt_engine::Never;

    use super::*;

    fn ask(items: Vec<(&'static str, Term<'static>)>) -> Term<'static> {
        let request = Term::Map(items.into_iter().map(|(k, v)| (Term::atom(k), v)).collect());
        serve(&Host::default(), &request, &Never)
    }

    fn first_message(reply: &Term<'_>) -> String {
        let Some(Term::List(all)) = reply.get("diagnostics") else { panic!("no diagnostics in {reply:?}") };
        all[0].get("message").and_then(Term::name).expect("a message")
    }

    #[test]
    fn refusals_have_fixed_texts() {
        assert_eq!(first_message(&serve(&Host::default(), &Term::Int(1), &Never)), "Request must be a map");
        assert_eq!(first_message(&ask(vec![])), "Missing or invalid 'command' field");
        assert_eq!(first_message(&ask(vec![("command", Term::atom("nonsense"))])), "Unknown command: nonsense");
        assert_eq!(first_message(&ask(vec![("command", Term::atom("test_panic"))])), "Unknown command: test_panic");
        assert_eq!(first_message(&ask(vec![("command", w::COMPILE)])), "Missing or invalid 'source' field");
        let no_module = ask(vec![("command", w::COMPILE_EXPRESSION), ("source", Term::text("1"))]);
        assert_eq!(first_message(&no_module), "Missing or invalid 'module' field");
        let index = ask(vec![("command", w::COMPILE), ("source", Term::text("1")), ("class_module_index", w::OK)]);
        assert_eq!(first_message(&index), "Missing or invalid 'class_module_index' field");
    }

    #[test]
    fn ids_come_back() {
        let reply = ask(vec![("command", w::VERSION), ("id", Term::Int(7))]);
        assert_eq!(reply.get("id"), Some(&Term::Int(7)));
        assert_eq!(reply.get("version").and_then(Term::name).as_deref(), Some(bt_engine::VERSION));
    }

    #[test]
    fn a_panic_is_an_answer() {
        std::panic::set_hook(Box::new(|_| {}));
        let host = Host { test_panic: true, ..Host::default() };
        let request = Term::Map(vec![(Term::atom("command"), Term::atom("test_panic"))]);
        assert!(first_message(&serve(&host, &request, &Never)).starts_with("Internal compiler error"));
    }

    #[test]
    fn the_node_knows_every_word() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src_erl/bridge/beamtalk_compiler_port.erl");
        let text = std::fs::read_to_string(file).expect("the Erlang side stands beside this one");
        for word in w::ALL.iter().chain(COMMANDS).chain(sessions::COMMANDS) {
            let found = text.match_indices(word).any(|(at, _)| {
                let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
                edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
            });
            assert!(found, "`{word}` is missing in beamtalk_compiler_port:words/0");
        }
    }
}
