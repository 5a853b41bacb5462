%%% @doc The compiler as an operating-system process: where it is, how it is opened and closed, what a frame looks like.
%%%
%%% Belongs to the bridge; used by `beamtalk_compiler_server', which owns the process. No state, no waiting.
-module(beamtalk_compiler_port).

%% API
-export([find/0, open/1, close/1, send/2]).
-export([encode/1, decode/1, words/0, priv_dir/0]).

%% Larger requests are not sent: the process would only throw them away.
-define(MAX_FRAME, 64 * 1024 * 1024).
-define(NAMES, ["beamtalk_compiler_port", "beamtalk-compiler-port"]).

%% @doc The executable: named by the environment, in the package, in a development tree, on the path.
-spec find() -> {ok, file:filename()} | {error, {compiler_not_found, string()}}.
find() ->
    Places = [fun named/0, fun packaged/0, fun built/0, fun on_path/0],
    find(Places).

find([]) ->
    {error,
        {compiler_not_found,
            "no beamtalk_compiler_port in BEAMTALK_COMPILER_PORT_BIN, " ++ priv_dir() ++
                ", target/debug, target/release or PATH"}};
find([Place | Places]) ->
    case lists:search(fun filelib:is_regular/1, Place()) of
        {value, Path} -> {ok, filename:absname(Path)};
        false -> find(Places)
    end.

named() ->
    [Path || Path <- [os:getenv("BEAMTALK_COMPILER_PORT_BIN")], Path =/= false, Path =/= ""].

packaged() ->
    [filename:join(priv_dir(), executable(Name)) || Name <- ?NAMES].

built() ->
    {ok, Here} = file:get_cwd(),
    case development_root(Here) of
        {ok, Root} ->
            [
                filename:join([Root, "target", Profile, executable(Name)])
             || Profile <- ["debug", "release"], Name <- ?NAMES
            ];
        none ->
            []
    end.

development_root(Dir) ->
    case {filelib:is_regular(filename:join(Dir, "Cargo.toml")), filename:dirname(Dir)} of
        {true, _} -> {ok, Dir};
        {false, Dir} -> none;
        {false, Parent} -> development_root(Parent)
    end.

on_path() ->
    [Path || Name <- ?NAMES, Path <- [os:find_executable(Name)], Path =/= false].

executable(Name) ->
    case os:type() of
        {win32, _} -> Name ++ ".exe";
        _ -> Name
    end.

%% @doc The package's `priv', also where the package is not on the code path by its name (in a build hook).
-spec priv_dir() -> file:filename().
priv_dir() ->
    case code:priv_dir(beamtalk) of
        {error, bad_name} ->
            filename:join(filename:dirname(filename:dirname(beam_file())), "priv");
        Dir ->
            Dir
    end.

beam_file() ->
    case code:which(?MODULE) of
        File when is_list(File), File =/= "" -> filename:absname(File);
        _ -> filename:absname("ebin/none.beam")
    end.

-spec open(file:filename()) -> {ok, port()} | {error, term()}.
open(Path) ->
    Options = [{packet, 4}, binary, exit_status, use_stdio, hide],
    try
        {ok, erlang:open_port({spawn_executable, Path}, Options)}
    catch
        error:Reason -> {error, Reason}
    end.

%% @doc Closes the port. A process that does not answer would not notice, so it is killed where that is possible.
-spec close(port()) -> ok.
close(Port) ->
    case {erlang:port_info(Port, os_pid), os:type()} of
        {{os_pid, Pid}, {unix, _}} -> _ = os:cmd("kill -9 " ++ integer_to_list(Pid));
        _ -> ok
    end,
    try
        true = erlang:port_close(Port)
    catch
        error:badarg -> true
    end,
    flush(Port).

%% Messages of a closed port must not be taken for those of the next one.
flush(Port) ->
    receive
        {Port, _} -> flush(Port);
        {'EXIT', Port, _} -> flush(Port)
    after 0 -> ok
    end.

-spec send(port(), binary()) -> ok | {error, closed}.
send(Port, Frame) ->
    try
        true = erlang:port_command(Port, Frame),
        ok
    catch
        error:badarg -> {error, closed}
    end.

-spec encode(map()) -> {ok, binary()} | {error, {too_large, non_neg_integer()}}.
encode(Request) ->
    Frame = term_to_binary(Request),
    case byte_size(Frame) of
        Size when Size > ?MAX_FRAME -> {error, {too_large, Size}};
        _ -> {ok, Frame}
    end.

%% @doc A reply, or `error' for anything that is none.
-spec decode(binary()) -> {ok, map()} | error.
decode(Frame) ->
    try binary_to_term(Frame, [safe]) of
        #{} = Reply -> {ok, Reply};
        _ -> error
    catch
        error:badarg -> error
    end.

%% @doc Every atom of a reply. Replies are decoded in safe mode, so the atoms must exist before the first reply comes: this list
%% brings them into the node. `native/bt-wire/src/words.rs' holds it too, and a test there compares the two.
-spec words() -> [atom()].
words() ->
    [
        abstract, actor, arity, category, class, classes, class_definition, class_fields, class_name, code, column,
        commands, complete, core_erlang, default, diagnostics, doc, edit, 'end', end_column, end_line, error, examples,
        expected, expression, false, fields, file, hint, id, instance, is_class_method, kind, line, merged_source,
        message, methods, method_definition, method_source, modifiers, module, module_name, name, object, ok,
        param_types, protocol, related, replacement, return_type, sealed, selector, severity, side, signature, source, start,
        status, superclass, target, text, true, type, typed, undefined, value, version, warnings,
        reply, session,
        cancel, compile, compile_expression, compile_method, format, is_complete, show,
        eval_answer, eval_apply, eval_bind, eval_bindings, eval_call, eval_class, eval_clear, eval_define, eval_drop, eval_new, eval_refuse, eval_reset, eval_resume,
        eval_return, eval_run, eval_stats, eval_tell, eval_disassemble, eval_tiers, eval_snapshot, eval_restore
    ].
