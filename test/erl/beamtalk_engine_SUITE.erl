%%% @doc Who runs expressions: names of engines, and the evaluator behind `beamtalk:eval/1,2', on the library in the node and on the process beside it.
-module(beamtalk_engine_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("beamtalk.hrl").

-export([all/0, groups/0, init_per_suite/1, end_per_suite/1, init_per_group/2, end_per_group/2, init_per_testcase/2, end_per_testcase/2]).
-export([
    values/1,
    variables/1,
    failures/1,
    definitions/1,
    in_the_calling_process/1,
    evaluations_within_evaluations/1,
    no_module_and_no_atom/1,
    a_machine_goes_with_its_process/1,
    names/1,
    sessions_of_both_engines/1,
    places_of_errors/1
]).

all() ->
    [{group, nif}, {group, port}].

groups() ->
    Cases = [
        values,
        variables,
        failures,
        definitions,
        in_the_calling_process,
        evaluations_within_evaluations,
        no_module_and_no_atom,
        a_machine_goes_with_its_process,
        names,
        sessions_of_both_engines,
        places_of_errors
    ],
    [{nif, Cases}, {port, Cases}].

init_per_suite(Config) ->
    {ok, Started} = application:ensure_all_started(beamtalk),
    [{started, Started} | Config].

end_per_suite(Config) ->
    [application:stop(Application) || Application <- proplists:get_value(started, Config)].

init_per_group(Backend, Config) ->
    ok = beamtalk_compiler_backend:select(Backend),
    Backend = beamtalk_compiler_backend:backend(),
    Config.

end_per_group(_, _) ->
    beamtalk_compiler_backend:start().

init_per_testcase(_, Config) ->
    ok = beamtalk_engine:set(evaluator),
    Config.

end_per_testcase(_, _) ->
    application:unset_env(beamtalk_workspace, engine, [{persistent, true}]).

values(_) ->
    ?assertEqual({ok, 7}, beamtalk:eval(<<"3 + 4">>)),
    ?assertEqual({ok, [3, 2, 1]}, beamtalk:eval(<<"Erlang lists reverse: #(1, 2, 3)">>)),
    {ok, Block} = beamtalk:eval(<<"[:a | a + 1]">>),
    ?assertEqual(5, Block(4)),
    ?assertEqual({ok, 1 bsl 70}, beamtalk:eval(<<"Erlang erlang bsl: 1 with: 70">>)).

variables(_) ->
    ?assertEqual({ok, 7, #{y => 3, z => 7}}, beamtalk:eval(<<"z := y + 4">>, #{y => 3})),
    %% What one call was given the next one does not have.
    ?assertMatch({error, #{diagnostics := [#{code := <<"name/undefined">>}]}}, beamtalk:eval(<<"y">>, #{})),
    ?assertMatch({ok, 1}, beamtalk:eval(<<"w := 1">>)),
    ?assertMatch({error, #{diagnostics := [_]}}, beamtalk:eval(<<"w">>)).

failures(_) ->
    ?assertMatch({error, #{error := #beamtalk_error{kind = does_not_understand}}}, beamtalk:eval(<<"1 foo">>)),
    ?assertMatch({error, #{error := #beamtalk_error{kind = does_not_understand}}}, beamtalk:eval(<<"x := 2. 1 foo">>, #{x => 1})),
    ?assertMatch({error, #{diagnostics := [_ | _]}}, beamtalk:eval(<<"1 +">>)),
    ?assertEqual({error, <<"Empty expression">>}, beamtalk:eval(<<"  ">>)),
    ?assertEqual({ok, 2}, beamtalk:eval(<<"1 + 1">>)).

definitions(_) ->
    ?assertEqual({ok, <<"EngineDefined">>}, beamtalk:eval(<<"Object subclass: EngineDefined\n  answer => 42\n">>)),
    ?assertEqual({ok, 42}, beamtalk:eval(<<"EngineDefined new answer">>)),
    ?assertEqual({ok, <<"EngineDefined>>answer">>}, beamtalk:eval(<<"EngineDefined >> answer => 43">>)),
    ?assertEqual({ok, 43}, beamtalk:eval(<<"EngineDefined new answer">>)).

%% What a program does with its process it does with the caller's, as code of the node would.
in_the_calling_process(_) ->
    ?assertEqual({ok, self()}, beamtalk:eval(<<"Erlang erlang self">>)),
    undefined = put(engine_key, here),
    ?assertEqual({ok, here}, beamtalk:eval(<<"Erlang erlang get: #engine_key">>)),
    Before = [Key || {Key, _} <- get()],
    {ok, nil} = beamtalk:eval(<<"Transcript show: \"text\"; cr. nil">>),
    ?assertEqual(['$beamtalk_transcript_sent'], [Key || {Key, _} <- get(), not lists:member(Key, Before)]).

evaluations_within_evaluations(_) ->
    ?assertEqual({ok, {{ok, 3}, 4}}, beamtalk:eval(<<"inner := Erlang beamtalk eval: \"1 + 2\". Tuple withAll: #(inner, 2 + 2)">>)),
    ?assertEqual({ok, 5}, beamtalk:eval(<<"2 + 3">>)).

no_module_and_no_atom(_) ->
    Evaluate = fun(N) ->
        Name = "engineUnknown" ++ integer_to_list(N) ++ "x" ++ integer_to_list(erlang:unique_integer([positive])),
        {ok, N} = beamtalk:eval(iolist_to_binary([Name, " := ", integer_to_list(N), ". ", Name]))
    end,
    [Evaluate(N) || N <- lists:seq(1, 20)],
    Modules = length(code:all_loaded()),
    Atoms = erlang:system_info(atom_count),
    Sessions = ets:info(beamtalk_evaluator_sessions, size),
    [Evaluate(N) || N <- lists:seq(21, 120)],
    ?assertEqual(Modules, length(code:all_loaded())),
    ?assertEqual(Atoms, erlang:system_info(atom_count)),
    ?assertEqual(Sessions, ets:info(beamtalk_evaluator_sessions, size)).

a_machine_goes_with_its_process(_) ->
    Self = self(),
    {Pid, Monitor} = spawn_monitor(fun() ->
        Answer = beamtalk:eval(<<"1">>),
        Self ! {answered, Answer, machines_of(self())}
    end),
    receive
        {answered, Answer, Machines} -> ?assertEqual({{ok, 1}, 1}, {Answer, Machines})
    end,
    receive
        {'DOWN', Monitor, process, Pid, normal} -> ok
    end,
    gone(Pid, 500).

machines_of(Pid) -> length(ets:match(beamtalk_evaluator_sessions, {'$1', Pid})).

gone(Pid, 0) ->
    ct:fail({machines, machines_of(Pid)});
gone(Pid, Tries) ->
    case machines_of(Pid) of
        0 ->
            ok;
        _ ->
            timer:sleep(10),
            gone(Pid, Tries - 1)
    end.

names(_) ->
    evaluator = beamtalk_engine:choice(#{}),
    beam = beamtalk_engine:choice(#{engine => beam}),
    beam = beamtalk_engine:choice(#{engine => auto}),
    ?assertError({badarg, {engine, steam}}, beamtalk_engine:choice(#{engine => steam})),
    ?assertEqual({error, {badarg, {engine, steam}}}, beamtalk_session:start(#{engine => steam})),
    ok = application:set_env(beamtalk_workspace, engine, steam),
    ?assertError({badarg, {engine, steam}}, beamtalk:eval(<<"1">>)),
    ok = application:unset_env(beamtalk_workspace, engine, [{persistent, true}]),
    Before = os:getenv("BEAMTALK_ENGINE"),
    true = os:putenv("BEAMTALK_ENGINE", "evaluator"),
    evaluator = beamtalk_engine:choice(#{}),
    true = os:putenv("BEAMTALK_ENGINE", "steam"),
    ?assertError({badarg, {engine, "steam"}}, beamtalk_engine:choice(#{})),
    ?assertEqual({error, {badarg, {engine, "steam"}}}, beamtalk_session:start(#{})),
    case Before of
        false -> os:unsetenv("BEAMTALK_ENGINE");
        _ -> os:putenv("BEAMTALK_ENGINE", Before)
    end.

%% Side by side on one node, and a class of one is a class of the other.
sessions_of_both_engines(_) ->
    {ok, Machine} = beamtalk_session:start(#{engine => evaluator}),
    {ok, Beam} = beamtalk_session:start(#{engine => beam}),
    Text = fun(Session, Source) ->
        case beamtalk_session:eval(Session, Source) of
            #{result := {ok, Value}} -> beamtalk_repl_text:value(Value);
            #{result := {error, Failure}} -> beamtalk_failure:text(Failure)
        end
    end,
    <<"EngineShared">> = Text(Beam, <<"Object subclass: EngineShared\n  answer => 1\n">>),
    <<"1">> = Text(Machine, <<"EngineShared new answer">>),
    <<"EngineShared>>answer">> = Text(Machine, <<"EngineShared >> answer => 2">>),
    [?assertEqual(<<"2">>, Text(Session, <<"EngineShared new answer">>)) || Session <- [Beam, Machine]],
    [ok = beamtalk_session:stop(Session) || Session <- [Beam, Machine]].

%% The text of an error, its frames, and what the program is told of them are the same on both engines.
places_of_errors(_) ->
    Class = <<
        "Object subclass: EngineTrouble\n  deeper =>\n    x := 1 + \"a\".\n    x\n  blocky => #(1, 2) collect: [:e |\n    e bar]\n"
        "  caught => [1 foo] on: EngineNone do: [:e | 3]\n  class make => self new deeper\n"
    >>,
    {ok, _} = beamtalk:load_source(Class),
    Inputs = [
        <<"1 foo">>,
        <<"1 +\n  2.\n\nEngineTrouble new deeper">>,
        <<"EngineTrouble new blocky">>,
        <<"EngineTrouble new caught">>,
        <<"EngineTrouble make">>,
        <<"EngineTrouble new: 3">>,
        <<"#(1) do: [:e |\n\n  e foo]">>,
        <<"Erlang erlang binary_to_integer: #x">>,
        <<"x := Erlang lists map: [:e |\n e foo] with: #(1). x">>,
        <<"[1 foo] on: Error do: [:e | e signal]">>,
        <<"[1 foo] ensure: [2]">>
    ],
    [{ok, Machine}, {ok, Beam}] = [beamtalk_session:start(#{engine => Engine}) || Engine <- [evaluator, beam]],
    [
        begin
            {Expected, Frames} = failed(Beam, Input, #{path => <<"a.bt">>}),
            ?assertEqual({Input, Expected, Frames}, erlang:insert_element(1, failed(Machine, Input, #{path => <<"a.bt">>}), Input)),
            ?assertNotEqual([], Frames),
            ?assertEqual(lists:last(Frames), lists:last([F || <<"a.bt:", _/binary>> = F <- Frames]))
        end
     || Input <- Inputs
    ],
    [ok = beamtalk_session:stop(Session) || Session <- [Beam, Machine]].

failed(Session, Input, Options) ->
    #{result := {error, Failure}} = beamtalk_session:eval(Session, Input, Options),
    {beamtalk_failure:text(Failure), beamtalk_failure:frames(Failure)}.
