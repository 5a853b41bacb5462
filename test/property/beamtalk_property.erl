%%% @doc Runs random programs beside a model of what they must answer, and makes small what fails.
%%%
%%% A property is a module: `generate/0' makes a program, a list of steps; `run/2' runs it beside its model; `simpler/1' and `show/1' are for
%%% making it small and for people. `run' beside this file starts this module. A model that is wrong on purpose must be found out by the
%%% same programs, and everything the programs are about must have come to pass: so a run that is green has shown that it can be red.
-module(beamtalk_property).

-export([main/1]).

-type step() :: term().
-type fault() :: atom().
%% A program that the compiler refuses is a failure of its own, so that making another failure small does not end there.
-type result() ::
    {ok, #{Event :: atom() => pos_integer()}}
    | {differs | refused, Step :: pos_integer(), Expected :: term(), Got :: term()}.

-callback generate() -> [step()].
-callback run([step()], none | fault()) -> result().
-callback simpler(step()) -> [step()].
-callback show(step()) -> iodata().
-callback faults() -> [fault(), ...].
-callback expected_events() -> [atom()].

%% A program that hangs is a failure as well.
-define(PROGRAM_MS, 60000).
-define(SHRINK_MS, 120000).
%% So many programs find a model that is wrong, and bring about all there is.
-define(ENOUGH, 50).
-define(SHOWN, 3).

-spec main([string()]) -> no_return().
main([Name, Seed, From, Programs, Found]) ->
    ok = io:setopts([{encoding, unicode}]),
    ok = logger:set_primary_config(level, none),
    ok = application:set_env(beamtalk, start, [compiler, runtime]),
    {ok, _} = application:ensure_all_started(beamtalk),
    Property = list_to_atom("beamtalk_property_" ++ Name),
    First = list_to_integer(From),
    Numbers = lists:seq(First, First + list_to_integer(Programs) - 1),
    All = [{Number, generate(Property, list_to_integer(Seed), Number)} || Number <- Numbers],
    Results = [{Number, Steps, run(Property, Steps, none)} || {Number, Steps} <- All],
    Failed = [Result || {_, _, Outcome} = Result <- Results, not passed(Outcome)],
    io:format("properties: ~s: ~b programs, ~b steps, ~b differ from the model~n", [
        Name, length(All), lists:sum([length(Steps) || {_, Steps} <- All]), length(Failed)
    ]),
    [report(Property, Name, Seed, Found, Result) || Result <- lists:sublist(Failed, ?SHOWN)],
    %% One program alone need not show it.
    Enough = Failed =:= [] andalso length(All) >= ?ENOUGH,
    Never = [Event || Enough, Event <- Property:expected_events(), not lists:any(fun({_, _, {ok, E}}) -> is_map_key(Event, E) end, Results)],
    [io:format("properties: ~s: ~s never happened~n", [Name, Event]) || Event <- Never],
    Missed = [Fault || Enough, Fault <- Property:faults(), not found_out(Property, Name, Fault, All)],
    [io:format("properties: ~s: the model with ~s, wrong on purpose, was not found out~n", [Name, Fault]) || Fault <- Missed],
    halt(min(1, length(Failed ++ Never ++ Missed))).

generate(Property, Seed, Number) ->
    %% A hash: neighbouring triples make programs that are alike.
    _ = rand:seed(exsss, erlang:phash2({Seed, Number}, 1 bsl 32)),
    Property:generate().

passed({ok, _}) -> true;
passed(_) -> false.

%% In a process of its own: the model keeps things in its dictionary.
run(Property, Steps, Fault) ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit({result, Property:run(Steps, Fault)}) end),
    receive
        {'DOWN', Monitor, process, Pid, {result, Result}} -> Result;
        {'DOWN', Monitor, process, Pid, Reason} -> {died, Reason}
    after ?PROGRAM_MS ->
        exit(Pid, kill),
        receive
            {'DOWN', Monitor, process, Pid, _} -> {died, timeout}
        end
    end.

%%% Failures

report(Property, Name, Seed, Found, {Number, Steps, Outcome}) ->
    io:format("~nDIFFERENT: program ~b of seed ~s~n", [Number, Seed]),
    io:format("repeat: test/property/run --property ~s --seed ~s --from ~b --programs 1~n", [Name, Seed, Number]),
    Kept = filename:join(Found, lists:flatten(io_lib:format("~s-~s-~b", [Name, Seed, Number]))),
    {Small, Last} = smallest(Property, Steps, Outcome, now_ms() + ?SHRINK_MS),
    Text = unicode:characters_to_binary([[Property:show(Step)] || Step <- shown(Small, Last)]),
    Result = io_lib:format("~nexpected: ~0tlp~ngot:      ~0tlp~n", tuple_to_list(seen(Last))),
    io:format("~n~ts~ts", [Text, Result]),
    ok = filelib:ensure_dir(Kept),
    ok = file:write_file(Kept, [Text, unicode:characters_to_binary([Result, io_lib:format("~tp.~n", [Small])])]),
    io:format("kept in ~ts~n", [Kept]).

%% What comes after the step that differs plays no part.
shown(Steps, {_, N, _, _}) -> lists:sublist(Steps, N);
shown(Steps, _) -> Steps.

seen({_, _, Expected, Got}) -> {Expected, Got};
seen({died, Reason}) -> {'an end of the program', Reason};
seen({ok, _}) -> {'a difference', 'none when the program was run again'}.

%% Steps are left out as long as it still fails, then steps become simpler, and so on until nothing is left to do.
smallest(Property, Steps, Outcome, End) ->
    case run(Property, shown(Steps, Outcome), none) of
        {ok, _} = None ->
            {Steps, None};
        Again ->
            Fails = fun(Candidate) -> now_ms() < End andalso same_failure(Again, run(Property, Candidate, none)) end,
            Small = shrink(Property, shown(Steps, Again), Fails),
            {Small, run(Property, Small, none)}
    end.

same_failure(First, Second) -> element(1, First) =:= element(1, Second).

shrink(Property, Steps, Fails) ->
    Fewer = beamtalk_shrink:fewer(Steps, Fails),
    case simplify(Property, [], Fewer, Fails) of
        Steps -> Steps;
        Simpler -> shrink(Property, Simpler, Fails)
    end.

simplify(_, Done, [], _) ->
    lists:reverse(Done);
simplify(Property, Done, [Step | Rest], Fails) ->
    case lists:search(fun(Simpler) -> Fails(lists:reverse(Done, [Simpler | Rest])) end, Property:simpler(Step)) of
        {value, Simpler} -> simplify(Property, Done, [Simpler | Rest], Fails);
        false -> simplify(Property, [Step | Done], Rest, Fails)
    end.

%%% Can it fail?

found_out(Property, Name, Fault, All) ->
    case lists:search(fun({_, Steps}) -> not passed(run(Property, Steps, Fault)) end, All) of
        {value, {Number, _}} ->
            io:format("properties: ~s: ~s, wrong on purpose, was found out by program ~b~n", [Name, Fault, Number]),
            true;
        false ->
            false
    end.

now_ms() -> erlang:monotonic_time(millisecond).
