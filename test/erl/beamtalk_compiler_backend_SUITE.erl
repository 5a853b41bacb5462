%%% @doc Choice of the backend and its failures: every row of the tables, each in a node of its own.
-module(beamtalk_compiler_backend_SUITE).

-include_lib("stdlib/include/assert.hrl").

-export([all/0, init_per_suite/1, end_per_suite/1, init_per_testcase/2, end_per_testcase/2]).
-export([
    default_is_the_library/1,
    port_by_environment/1,
    port_by_application_environment/1,
    daemon_is_gone/1,
    unknown_value/1,
    empty_value/1,
    missing_library/1,
    not_a_library/1,
    library_of_another_version/1,
    reload_keeps_the_running_library/1,
    no_executable/1,
    executable_that_exits/1,
    executable_that_never_answers/1,
    executable_that_answers_garbage/1,
    executable_that_knows_only_its_version/1,
    executable_that_dies_with_the_request/1,
    garbage_after_the_handshake/1,
    killed_during_the_first_request/1,
    killed_during_a_later_request/1,
    killed_while_idle/1,
    time_out_reopens/1,
    waiting_requests_survive_a_kill/1,
    gives_up_after_many_exits/1,
    unknown_messages/1,
    application_not_started/1,
    panic_is_a_diagnostic/1,
    panic_request_is_unknown_elsewhere/1,
    callers_may_die/1,
    deep_input_on_the_smallest_stack/1
]).
%% Logger handler in the tested node
-export([log/2]).

-define(EXPRESSION, {beamtalk_compiler, compile_expression, [<<"3 + 4">>, <<"m">>, []]}).

all() ->
    [Name || {Name, 1} <- ?MODULE:module_info(exports), not lists:member(Name, [module_info, init_per_suite, end_per_suite])].

%% The tested nodes choose for themselves, whatever backend the suite was started with.
init_per_suite(Config) ->
    Names = ["BEAMTALK_COMPILER", "BEAMTALK_COMPILER_PATH", "BEAMTALK_COMPILER_PORT_BIN"],
    Set = [{Name, Value} || Name <- Names, Value <- [os:getenv(Name)], Value =/= false],
    _ = [os:unsetenv(Name) || {Name, _} <- Set],
    [{environment, Set} | Config].

end_per_suite(Config) ->
    _ = [os:putenv(Name, Value) || {Name, Value} <- proplists:get_value(environment, Config)],
    Config.

init_per_testcase(_Case, Config) ->
    Config.

end_per_testcase(_Case, Config) ->
    %% A stopped process would outlive its node.
    [os:cmd("kill -9 " ++ Pid) || {{frozen, Pid}, true} <- get()],
    Peer = get(peer),
    _ = (catch peer:call(Peer, application, stop, [beamtalk_compiler])),
    _ = (catch peer:stop(Peer)),
    Config.

%%% Choice

default_is_the_library(_) ->
    start([]),
    ?assertEqual(nif, call(beamtalk_compiler, backend, [])),
    ?assertMatch(#{backend := nif, protocol := 1, version := _, commands := [_ | _]}, call(beamtalk_compiler, capabilities, [])),
    ?assertEqual([], warnings()).

port_by_environment(_) ->
    start([{"BEAMTALK_COMPILER", "port"}]),
    ?assertEqual(port, call(beamtalk_compiler, backend, [])),
    ?assertMatch({ok, #{core_erlang := _}}, call(?EXPRESSION)).

port_by_application_environment(_) ->
    node([], []),
    ok = call(application, load, [beamtalk_compiler]),
    ok = call(application, set_env, [beamtalk_compiler, backend, port]),
    {ok, _} = call(application, ensure_all_started, [beamtalk_compiler]),
    ?assertEqual(port, call(beamtalk_compiler, backend, [])).

daemon_is_gone(_) ->
    start([{"BEAMTALK_COMPILER", "daemon"}]),
    ?assertEqual(port, call(beamtalk_compiler, backend, [])),
    ok = call(application, stop, [beamtalk_compiler]),
    {ok, _} = call(application, ensure_all_started, [beamtalk_compiler]),
    ?assertEqual(["daemon backend removed, using port"], warnings()).

unknown_value(_) ->
    start([{"BEAMTALK_COMPILER", "jit"}]),
    ?assertEqual(nif, call(beamtalk_compiler, backend, [])),
    ?assertEqual(["unknown BEAMTALK_COMPILER value 'jit', using default"], warnings()).

empty_value(_) ->
    start([{"BEAMTALK_COMPILER", ""}]),
    ?assertEqual(nif, call(beamtalk_compiler, backend, [])),
    ?assertEqual([], warnings()).

%%% The library

missing_library(_) ->
    start([{"BEAMTALK_COMPILER", "nif"}, {"BEAMTALK_COMPILER_PATH", "/nonexistent/lib.so"}]),
    ?assertEqual(port, call(beamtalk_compiler, backend, [])),
    ?assertMatch(#{nif_error := #{reason := {not_found, _}}}, call(beamtalk_compiler, capabilities, [])),
    ?assertMatch([_], warnings()),
    ?assertMatch({ok, #{core_erlang := _}}, call(?EXPRESSION)).

not_a_library(Config) ->
    File = filename:join(proplists:get_value(priv_dir, Config), "fake.so"),
    ok = file:write_file(File, "no library"),
    start([{"BEAMTALK_COMPILER_PATH", File}]),
    ?assertEqual(port, call(beamtalk_compiler, backend, [])),
    ?assertMatch([_], warnings()).

library_of_another_version(_) ->
    node([], []),
    Spec = {application, beamtalk, [{vsn, "9.9.9"}, {modules, []}, {registered, []}, {applications, [kernel, stdlib]}]},
    ok = call(application, load, [Spec]),
    {ok, _} = call(application, ensure_all_started, [beamtalk_compiler]),
    ?assertEqual(port, call(beamtalk_compiler, backend, [])),
    ?assertEqual(<<"9.9.9">>, call(beamtalk_compiler, version, [])),
    %% A process of another version, but of the same protocol, is used.
    ?assertMatch({ok, #{core_erlang := _}}, call(?EXPRESSION)),
    ?assertMatch([_, _], warnings()).

reload_keeps_the_running_library(_) ->
    start([]),
    ?assertMatch({error, _}, call(code, load_file, [beamtalk_compiler_nif])),
    ?assertMatch({ok, _}, call(?EXPRESSION)),
    ?assertEqual(nif, call(beamtalk_compiler, backend, [])).

%%% Executables

no_executable(Config) ->
    Dir = filename:join(proplists:get_value(priv_dir, Config), "bare"),
    Ebin = filename:join(Dir, "ebin"),
    ok = filelib:ensure_dir(filename:join(Ebin, "any")),
    Own = filename:dirname(code:which(beamtalk_compiler)),
    [{ok, _} = file:copy(File, filename:join(Ebin, filename:basename(File))) || File <- filelib:wildcard(Own ++ "/*.{app,beam}")],
    node([{"BEAMTALK_COMPILER_PORT_BIN", "/nonexistent"}, {"BEAMTALK_COMPILER", "port"}, {"PATH", "/usr/bin:/bin"}], [Ebin]),
    %% Outside of this source tree, where a built one would be found.
    ok = call(file, set_cwd, ["/"]),
    {ok, _} = call(application, ensure_all_started, [beamtalk_compiler]),
    ?assertMatch(
        {error, #{diagnostics := [#{code := <<"backend/unavailable">>, severity := <<"error">>, hint := _}]}}, call(?EXPRESSION)
    ),
    {error, #{diagnostics := [#{hint := Hint}]}} = call(?EXPRESSION),
    ?assertMatch({_, _}, binary:match(Hint, <<"BEAMTALK_COMPILER_PORT_BIN">>)),
    ?assertMatch({ok, [#{code := <<"backend/unavailable">>}]}, call(beamtalk_compiler, diagnostics, [<<"1">>])),
    ?assertMatch(<<_/binary>>, call(beamtalk_compiler, version, [])).

executable_that_exits(Config) ->
    start_with(Config, "exit 3\n"),
    unavailable().

executable_that_never_answers(Config) ->
    start_with(Config, "exec sleep 100\n"),
    unavailable().

executable_that_answers_garbage(Config) ->
    start_with(Config, "printf '\\000\\000\\000\\004\\203\\000\\000\\000'\nexec sleep 100\n"),
    unavailable().

%% An old executable: its first answer carries a version and nothing else.
executable_that_knows_only_its_version(Config) ->
    start_with(Config, [hello(Config, #{status => ok, version => <<"0.0.1">>}), "exec sleep 100\n"]),
    Reply = call(beamtalk_compiler_backend, request, [doc, #{source => <<>>}, 1000]),
    ?assertMatch(#{status := error, diagnostics := [#{message := <<"Unknown command: doc">>}]}, Reply),
    ?assertMatch(
        #{diagnostics := [#{code := <<"backend/timeout">>}]},
        call(beamtalk_compiler_backend, request, [compile, #{source => <<>>}, 300])
    ).

executable_that_dies_with_the_request(Config) ->
    Hello = hello(Config, #{status => ok, version => <<"0.1.0">>, protocol => 1, commands => [compile_expression]}),
    Handshake = 4 + byte_size(term_to_binary(#{command => version, id => 0})),
    start_with(Config, [Hello, io_lib:format("head -c ~b >/dev/null\nexit 7\n", [Handshake + 1])]),
    Before = server(),
    crashed(call(?EXPRESSION)),
    wait_for(fun() -> server() =/= Before end).

garbage_after_the_handshake(Config) ->
    Hello = hello(Config, #{status => ok, version => <<"0.1.0">>, protocol => 1, commands => [compile_expression]}),
    Handshake = 4 + byte_size(term_to_binary(#{command => version, id => 0})),
    start_with(Config, [
        Hello,
        io_lib:format("head -c ~b >/dev/null\n", [Handshake + 1]),
        "printf '\\000\\000\\000\\004\\203\\000\\000\\000'\nexec sleep 100\n"
    ]),
    ?assertMatch(
        {error, #{diagnostics := [#{code := <<"backend/protocol">>, message := <<"Unexpected compiler response">>}]}},
        call(?EXPRESSION)
    ).

%%% Kills and time-outs of the real executable

killed_during_the_first_request(_) ->
    start_port(),
    freeze(),
    Request = ask(?EXPRESSION),
    kill(),
    crashed(answer(Request)),
    ?assertMatch({ok, _}, call(?EXPRESSION)).

%% The lost process had answered before, so the request is repeated on the new one.
killed_during_a_later_request(_) ->
    start_port(),
    {ok, _} = Expected = call(?EXPRESSION),
    freeze(),
    Request = ask(?EXPRESSION),
    kill(),
    ?assertEqual(Expected, answer(Request)).

killed_while_idle(_) ->
    start_port(),
    Before = server(),
    kill(),
    wait_for(fun() -> server() =/= Before andalso server() =/= undefined end),
    ?assertMatch({ok, _}, call(?EXPRESSION)).

time_out_reopens(_) ->
    start_port(),
    Before = os_pid(),
    freeze(),
    ?assertMatch(
        #{diagnostics := [#{code := <<"backend/timeout">>, message := <<"Compiler port timed out">>}]},
        call(beamtalk_compiler_backend, request, [is_complete, #{source => <<"1">>}, 200])
    ),
    ?assertMatch({ok, _}, call(?EXPRESSION)),
    ?assertNotEqual(Before, os_pid()),
    ?assertEqual("", os:cmd("kill -0 " ++ Before ++ " 2>/dev/null && echo alive")).

waiting_requests_survive_a_kill(_) ->
    start_port(),
    freeze(),
    Requests = [ask(?EXPRESSION) || _ <- lists:seq(1, 5)],
    wait_for(fun() -> length(element(2, call(erlang, process_info, [server(), monitored_by]))) >= 5 end),
    kill(),
    Answers = [answer(Request) || Request <- Requests],
    ?assertMatch([{error, _}], [A || {error, _} = A <- Answers]),
    ?assertEqual(4, length([ok || {ok, _} <- Answers])).

gives_up_after_many_exits(_) ->
    start_port(),
    Kill = fun(_) ->
        Before = server(),
        kill(),
        wait_for(fun() -> server() =/= Before end)
    end,
    lists:foreach(Kill, lists:seq(1, 6)),
    wait_for(fun() -> call(erlang, whereis, [beamtalk_compiler_sup]) =:= undefined end),
    ?assertMatch({error, #{diagnostics := [#{code := <<"backend/unavailable">>}]}}, call(?EXPRESSION)).

unknown_messages(_) ->
    start_port(),
    ?assertEqual({error, unknown_request}, call(gen_server, call, [beamtalk_compiler_server, hello])),
    ok = call(gen_server, cast, [beamtalk_compiler_server, hello]),
    _ = call(erlang, send, [beamtalk_compiler_server, hello]),
    ?assertMatch({ok, _}, call(?EXPRESSION)).

application_not_started(_) ->
    node([{"BEAMTALK_COMPILER", "port"}], []),
    ?assertMatch({error, #{diagnostics := [#{code := <<"backend/unavailable">>}]}}, call(?EXPRESSION)),
    ?assertMatch({ok, [#{code := <<"backend/unavailable">>}]}, call(beamtalk_compiler, diagnostics, [<<"1">>])).

panic_is_a_diagnostic(_) ->
    [
        begin
            start([{"BEAMTALK_COMPILER", Backend}, {"BEAMTALK_TEST_PANIC", "1"}]),
            #{diagnostics := [#{code := Code, message := Message}]} =
                call(beamtalk_compiler_backend, request, [test_panic, #{}]),
            ?assertEqual(<<"internal">>, Code),
            ?assertMatch(<<"Internal compiler error", _/binary>>, Message),
            ?assertMatch({ok, _}, call(?EXPRESSION)),
            peer:stop(get(peer))
        end
     || Backend <- ["nif", "port"]
    ].

panic_request_is_unknown_elsewhere(_) ->
    start([]),
    ?assertMatch(
        #{diagnostics := [#{message := <<"Unknown command: test_panic">>}]},
        call(beamtalk_compiler_backend, request, [test_panic, #{}])
    ).

callers_may_die(_) ->
    start_port(),
    freeze(),
    Pid = call(erlang, spawn, [beamtalk_compiler, compile_expression, [<<"1">>, <<"m">>, []]]),
    true = call(erlang, exit, [Pid, kill]),
    _ = os:cmd("kill -CONT " ++ os_pid()),
    ?assertMatch({ok, _}, call(?EXPRESSION)).

%%% Helpers

unavailable() ->
    ?assertMatch({error, #{diagnostics := [#{code := <<"backend/unavailable">>}]}}, call(?EXPRESSION)),
    %% Nothing has fallen over.
    ?assert(is_pid(server())),
    ?assertMatch(<<_/binary>>, call(beamtalk_compiler, version, [])).

crashed(Answer) ->
    ?assertMatch(
        {error, #{diagnostics := [#{code := <<"backend/crash">>, message := <<"Compiler port exited unexpectedly">>}]}}, Answer
    ).

%% 20 kilowords are the least a node can be started with.
deep_input_on_the_smallest_stack(_) ->
    start([{"ERL_FLAGS", "+sssdcpu 20"}]),
    ?assertEqual(nif, call(beamtalk_compiler, backend, [])),
    Many = fun(N, Text) -> binary:copy(Text, N) end,
    Nested = fun(N, Open, Close) -> <<(Many(N, Open))/binary, "1", (Many(N, Close))/binary>> end,
    Deep = [{<<"(">>, <<")">>}, {<<"[">>, <<"]">>}, {<<"#(">>, <<")">>}, {<<"{">>, <<"}">>}, {<<"\"{">>, <<"}\"">>}, {<<"a: (">>, <<")">>}],
    Sources =
        [Nested(N, Open, Close) || {Open, Close} <- Deep, N <- [60, 65, 100000]] ++
            [<<"1", (Many(100000, Text))/binary>> || Text <- [<<" + 1">>, <<" foo">>, <<" foo; foo">>, <<"\n1">>, <<" ++ \"a\"">>]] ++
            [Many(100000, Text) || Text <- [<<"(">>, <<"[">>, <<"-">>, <<"#(">>, <<"\"{">>, <<"x := ">>, <<"^">>, <<"a b: ">>, <<"@">>, <<"[:a | ">>]],
    [
        ?assertMatch({Result, #{}} when Result =:= ok; Result =:= error, call(beamtalk_compiler_backend, compile_expression, [S, <<"m">>, []]))
     || S <- Sources
    ],
    ?assertMatch({ok, #{}}, call(?EXPRESSION)).

start_port() ->
    start([{"BEAMTALK_COMPILER", "port"}]),
    wait_for(fun() -> call(beamtalk_compiler_server, info, []) =/= #{} end).

start_with(Config, Script) ->
    File = filename:join(proplists:get_value(priv_dir, Config), lists:concat(["fake", erlang:unique_integer([positive])])),
    ok = file:write_file(File, ["#!/bin/sh\n", Script]),
    ok = file:change_mode(File, 8#755),
    start([{"BEAMTALK_COMPILER", "port"}, {"BEAMTALK_COMPILER_PORT_BIN", File}]).

%% A shell line that writes an answer to the handshake.
hello(Config, Reply) ->
    File = filename:join(proplists:get_value(priv_dir, Config), lists:concat(["hello", erlang:unique_integer([positive])])),
    Frame = term_to_binary(Reply#{id => 0}),
    ok = file:write_file(File, [<<(byte_size(Frame)):32>>, Frame]),
    ["cat ", File, "\n"].

start(Environment) ->
    node(Environment, []),
    {ok, _} = call(application, ensure_all_started, [beamtalk_compiler]).

node(Environment, []) ->
    node(Environment, code:get_path());
node(Environment, Path) ->
    Here = filename:dirname(code:which(?MODULE)),
    {ok, Peer, _} = peer:start(#{
        connection => standard_io,
        args => lists:append([["-pa", Dir] || Dir <- Path ++ [Here]]),
        env => Environment
    }),
    put(peer, Peer),
    ok = call(logger, add_handler, [?MODULE, ?MODULE, #{level => warning}]),
    ok = call(logger, remove_handler, [default]).

call({Module, Function, Arguments}) ->
    call(Module, Function, Arguments).

call(Module, Function, Arguments) ->
    peer:call(get(peer), Module, Function, Arguments, 20000).

ask({Module, Function, Arguments}) ->
    Peer = get(peer),
    spawn_monitor(fun() -> exit({answer, peer:call(Peer, Module, Function, Arguments, 20000)}) end).

answer({Pid, Monitor}) ->
    receive
        {'DOWN', Monitor, process, Pid, {answer, Answer}} -> Answer
    end.

server() ->
    call(erlang, whereis, [beamtalk_compiler_server]).

os_pid() ->
    [Pid] = [
        integer_to_list(Pid)
     || Port <- call(erlang, ports, []),
        call(erlang, port_info, [Port, connected]) =:= {connected, server()},
        {os_pid, Pid} <- [call(erlang, port_info, [Port, os_pid])]
    ],
    Pid.

freeze() ->
    Pid = os_pid(),
    put({frozen, Pid}, true),
    _ = os:cmd("kill -STOP " ++ Pid),
    ok.

%% Not before the request is on its way.
kill() ->
    timer:sleep(100),
    _ = os:cmd("kill -9 " ++ os_pid()),
    ok.

wait_for(Condition) ->
    wait_for(Condition, 500).

wait_for(Condition, Tries) when Tries > 0 ->
    case Condition() of
        true ->
            ok;
        false ->
            timer:sleep(10),
            wait_for(Condition, Tries - 1)
    end.

%% Texts logged by the compiler in the tested node.
warnings() ->
    lists:reverse(call(persistent_term, get, [?MODULE, []])).

%% An event with a domain would never reach a user: the default handler of a node shows only those of OTP.
log(#{msg := Message, meta := #{mfa := {Module, _, _}} = Meta}, _Config) when
    not is_map_key(domain, Meta),
    (Module =:= beamtalk_compiler_backend orelse Module =:= beamtalk_compiler_server)
->
    Text =
        case Message of
            {report, Report} -> Report;
            {string, String} -> unicode:characters_to_list(String);
            {Format, Arguments} -> lists:flatten(io_lib:format(Format, Arguments))
        end,
    persistent_term:put(?MODULE, [Text | persistent_term:get(?MODULE, [])]);
log(_Event, _Config) ->
    ok.
