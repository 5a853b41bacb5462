%%% @doc The command line: options, the table of commands, exit codes.
%%%
%%% Started by the launcher `beamtalk' in the package's root. Exit code 0 for success, 1 for an error, 2 for wrong usage, 143 when a
%%% signal ended the node (128 and its number, as a shell says it). A command is a module with `run/1' (arguments as binaries, answers the
%%% exit code) and `usage/0' (arguments, one line of help).
-module(beamtalk_cli).

%% Entry points of the launcher
-export([start/0, start_terminal/0]).
%% For the commands
-export([usage_error/1, problem/2, out/1, out/2, boot/1, engine/1, terminal/0, options/2, release/0]).

-define(TERMINATED, 143).

-callback run([binary()]) -> exit_code().
%% The first line of the help is shown in the list of commands.
-callback usage() -> {Arguments :: string(), Help :: string()}.
%% More lines for the help of the command.
-callback help() -> string().
-optional_callbacks([help/0]).

-export_type([exit_code/0, flags/0]).

-type exit_code() :: 0 | 1 | 2 | ?TERMINATED.
-type flags() :: #{binary() => true | binary()}.

-define(COMMANDS, [
    {<<"repl">>, beamtalk_cli_repl},
    {<<"eval">>, beamtalk_cli_eval},
    {<<"run">>, beamtalk_cli_run},
    {<<"check">>, beamtalk_cli_check},
    {<<"test">>, beamtalk_cli_test},
    {<<"test-stdlib">>, beamtalk_cli_test_stdlib},
    {<<"test-script">>, beamtalk_cli_test_stdlib},
    {<<"doctest">>, beamtalk_cli_doctest},
    {<<"doc">>, beamtalk_cli_doc},
    {<<"conformance">>, beamtalk_cli_conformance},
    {<<"show">>, beamtalk_cli_show},
    {<<"build-stdlib">>, beamtalk_cli_build_stdlib},
    {<<"new">>, beamtalk_cli_new},
    {<<"build">>, beamtalk_cli_build},
    {<<"fmt">>, beamtalk_cli_fmt},
    {<<"fmt-check">>, beamtalk_cli_fmt_check},
    {<<"doctor">>, beamtalk_cli_doctor}
]).

%% @doc Called with `-s'; the command gets a process of its own, so that the node finishes starting.
-spec start() -> pid().
start() ->
    spawn(fun() ->
        true = group_leader(whereis(user), self()),
        quit(guarded())
    end).

%% @doc The shell of a terminal: a process whose group leader edits lines.
-spec start_terminal() -> pid().
start_terminal() ->
    spawn(fun() ->
        put(beamtalk_terminal, true),
        quit(guarded())
    end).

guarded() ->
    try
        _ = io:setopts(standard_io, [{encoding, unicode}]),
        _ = io:setopts(standard_error, [{encoding, unicode}]),
        ok = logged(os:getenv("RUST_LOG", "")),
        main([argument(A) || A <- init:get_plain_arguments()])
    catch
        throw:{usage, Text} ->
            problem("~ts~nTry `beamtalk --help'.", [Text]),
            2;
        exit:{shutdown, Code} when is_integer(Code) ->
            Code;
        Class:Reason:Stack ->
            failed(init:get_status(), Class, Reason, Stack)
    end.

%% Whoever ends the node by a signal knows why: what is cut off is no fault.
failed({stopping, _}, _, _, _) ->
    ?TERMINATED;
failed(_, Class, Reason, Stack) ->
    problem("beamtalk: internal error: ~0tp: ~0tP~n~0tP", [Class, Reason, 40, Stack, 60]),
    1.

%% What is no valid text comes from the node as a tuple, whatever its specification says.
argument(Text) ->
    try
        unicode:characters_to_binary(Text)
    catch
        error:badarg -> throw({usage, "beamtalk: an argument is not valid UTF-8"})
    end.

%% Output that is on its way is written before the node ends.
quit(Code) ->
    erlang:halt(Code).

-spec main([binary()]) -> exit_code().
main([<<"-v">> | Rest]) -> verbose(debug, Rest);
main([<<"-vv">> | Rest]) -> verbose(all, Rest);
main([]) ->
    io:put_chars(standard_error, usage()),
    2;
main([<<"help">>, Name | _]) ->
    main([Name, <<"--help">>]);
main([Help | _]) when Help =:= <<"--help">>; Help =:= <<"-h">>; Help =:= <<"help">> ->
    out(usage()),
    0;
main([Version | _]) when Version =:= <<"--version">>; Version =:= <<"version">> ->
    out("beamtalk ~ts~n", [release()]),
    0;
main([Name | Arguments]) ->
    case lists:keyfind(Name, 1, ?COMMANDS) of
        {_, Module} -> command(Module, Name, Arguments);
        false -> usage_error(io_lib:format("beamtalk: unknown command '~ts'", [Name]))
    end.

%% Help is asked for anywhere among the arguments of the command itself.
command(Module, Name, Arguments) ->
    case lists:any(fun is_help/1, own_arguments(Name, Arguments)) of
        true -> help(Module, Name);
        false -> Module:run(Arguments)
    end.

is_help(Argument) -> lists:member(Argument, [<<"--help">>, <<"-h">>]).

%% What follows the program in `run' is the program's.
own_arguments(<<"run">>, Arguments) ->
    lists:takewhile(fun is_option/1, Arguments);
own_arguments(_, Arguments) ->
    lists:takewhile(fun(Argument) -> Argument =/= <<"--">> end, Arguments).

is_option(<<"--">>) -> false;
is_option(<<"-", _, _/binary>>) -> true;
is_option(_) -> false.

help(Module, Name) ->
    {Arguments, Text} = Module:usage(),
    out("beamtalk ~ts ~ts~n~n  ~ts~n", [Name, Arguments, Text]),
    _ = erlang:function_exported(Module, help, 0) andalso out("~n  ~ts~n", [Module:help()]),
    0.

verbose(Level, Arguments) ->
    _ = os:getenv("RUST_LOG", "") =/= "" orelse logger:set_primary_config(level, Level),
    main(Arguments).

%% The environment decides before the options. Of `TARGET=LEVEL,...' the last level counts.
logged(Setting) ->
    Word = lists:last(string:lexemes("none," ++ string:lowercase(Setting), ",= ")),
    Levels = [
        {"off", none}, {"error", error}, {"warn", warning}, {"warning", warning}, {"info", info}, {"debug", debug}, {"trace", all}
    ],
    case lists:keyfind(Word, 1, Levels) of
        {_, Level} -> logger:set_primary_config(level, Level);
        false -> ok
    end.

usage() ->
    Lines = [
        [string:pad(["  ", Name, " ", Arguments], 38), " ", hd(string:split(Text, "\n")), "\n"]
     || {Name, Module} <- ?COMMANDS, {Arguments, Text} <- [Module:usage()]
    ],
    [
        "beamtalk [-v|-vv] COMMAND ...\n\nCommands:\n", Lines,
        "\nOptions:\n"
        "  -v, -vv        log to standard error, -vv everything\n"
        "  --version      print the version\n"
        "  --help         print this text; with a command its options, as does `beamtalk help COMMAND'\n"
    ].

%% @doc Wrong usage: the text, and exit code 2.
-spec usage_error(unicode:chardata()) -> no_return().
usage_error(Text) ->
    throw({usage, Text}).

%% @doc A line on standard error.
-spec problem(io:format(), [term()]) -> ok.
problem(Format, Arguments) ->
    io:put_chars(standard_error, [io_lib:format(Format, Arguments), $\n]).

-spec out(unicode:chardata()) -> ok.
out(Text) ->
    io:put_chars(Text).

-spec out(io:format(), [term()]) -> ok.
out(Format, Arguments) ->
    io:put_chars(io_lib:format(Format, Arguments)).

%% @doc Starts what a command needs.
-spec boot(compiler | tests | workspace) -> ok.
boot(compiler) ->
    ok = beamtalk_preload:own(),
    started(application:ensure_all_started(beamtalk_compiler));
boot(tests) ->
    %% Tests run without the shared objects of a workspace.
    ok = application:set_env(beamtalk_workspace, shared_objects, false, [{persistent, true}]),
    ok = boot(workspace),
    %% A failure in deep code still shows the test it belongs to.
    _ = erlang:system_flag(backtrace_depth, 40),
    beamtalk_test_node:guard();
boot(workspace) ->
    ok = checked_engine(beamtalk_engine:of_node()),
    ok = beamtalk_preload:compiler(),
    ok = beamtalk_preload:own(),
    started(application:ensure_all_started(beamtalk_workspace)).

started({ok, _}) ->
    ok;
started({error, Reason}) ->
    problem("beamtalk: cannot start: ~0tp", [Reason]),
    exit({shutdown, 1}).

%% @doc The value of `--engine': who runs expressions from here on.
-spec engine(binary()) -> ok.
engine(Name) ->
    case beamtalk_engine:of_name(Name) of
        {ok, Engine} -> beamtalk_engine:set(Engine);
        error -> usage_error(["beamtalk: unknown engine '", Name, "' (beam, evaluator or auto)"])
    end.

checked_engine({ok, _}) ->
    ok;
checked_engine({error, Name}) ->
    usage_error(io_lib:format("beamtalk: unknown engine '~ts' in BEAMTALK_ENGINE (beam, evaluator or auto)", [Name])).

%% @doc Is somebody sitting at a terminal with line editing?
-spec terminal() -> boolean().
terminal() ->
    get(beamtalk_terminal) =:= true.

%% @doc Splits arguments into flags and the rest. `Known' tells which flags there are and which take a value. After `--' everything is an
%% argument.
-spec options([binary()], #{binary() => flag | value}) -> {flags(), [binary()]}.
options(Arguments, Known) ->
    options(Arguments, Known, #{}, []).

options([], _, Flags, Rest) ->
    {Flags, lists:reverse(Rest)};
options([<<"--">> | Arguments], _, Flags, Rest) ->
    {Flags, lists:reverse(Rest) ++ Arguments};
options([<<"-", _, _/binary>> = Argument | Arguments], Known, Flags, Rest) ->
    case binary:split(Argument, <<"=">>) of
        [Flag, Value] when map_get(Flag, Known) =:= value ->
            options(Arguments, Known, Flags#{Flag => Value}, Rest);
        [Argument] ->
            flag(Argument, Arguments, Known, Flags, Rest);
        [_, _] ->
            unknown(Argument)
    end;
options([Argument | Arguments], Known, Flags, Rest) ->
    case Known of
        #{Argument := _} -> flag(Argument, Arguments, Known, Flags, Rest);
        #{} -> options(Arguments, Known, Flags, [Argument | Rest])
    end.

flag(Flag, Arguments, Known, Flags, Rest) ->
    case {Known, Arguments} of
        {#{Flag := flag}, _} -> options(Arguments, Known, Flags#{Flag => true}, Rest);
        {#{Flag := value}, [Value | Following]} -> options(Following, Known, Flags#{Flag => Value}, Rest);
        {#{Flag := value}, []} -> usage_error(["beamtalk: ", Flag, " needs a value"]);
        _ -> unknown(Flag)
    end.

-spec unknown(binary()) -> no_return().
unknown(Flag) ->
    usage_error(["beamtalk: unknown option ", Flag]).

-spec release() -> binary().
release() ->
    beamtalk_compiler_backend:application_version().
