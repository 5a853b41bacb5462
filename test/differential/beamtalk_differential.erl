%%% @doc Runs programs in four nodes, each in its own way, and compares what they answer: the code with the fast options, the code with all
%%% optimisations, the tree walker, and the evaluator's machine. Where they differ, one of them is wrong.
%%%
%%% `run' beside this file writes the programs and starts this module. A difference is confirmed, made small, and shown; afterwards a
%%% compiler and a walker that are wrong on purpose must be found out by the same programs.
-module(beamtalk_differential).

-export([main/1]).

-define(WAYS, [fast, full, walked, evaluated]).
-define(FAULTY, [faulty_fast, faulty_walked]).
-define(CALL_MS, 2000).
%% Before a call that met a limit counts as a difference it has so much time.
-define(PATIENT_MS, 10000).
-define(PROGRAM_MS, 300000).
%% So many programs find a fault that is there.
-define(ENOUGH, 50).
-define(SHOWN, 5).
-define(SHRINK_MS, 120000).
%% Nodes keep what they loaded (names, trees): not forever.
-define(RENEW, 400).
%% A machine with a fault may run for ever: it has less time for a call, and so many programs to show itself.
-define(FAULTY_CALL_MS, 500).

-record(run, {work :: file:filename(), referee :: file:filename(), faulty :: file:filename(), fixture :: binary()}).
-record(program, {number :: string(), sources :: [{binary(), binary()}], calls :: [beamtalk_differential_worker:call()]}).

-spec main([string()]) -> no_return().
main([Work, Referee, Faulty, Found, Seed, Seconds, Faults]) ->
    ok = io:setopts([{encoding, unicode}]),
    Folder = filename:join(Work, "programs"),
    {ok, Fixture} = file:read_file(filename:join(Folder, "DiffFixture.bt")),
    Run = #run{work = Work, referee = Referee, faulty = Faulty, fixture = Fixture},
    Programs = [program(Folder, Number) || Number <- lists:sort(filelib:wildcard("[0-9]*", Folder))],
    End = now_ms() + 1000 * list_to_integer(Seconds),
    Compared = compare(Run, Programs, ?WAYS, fun() -> now_ms() < End end),
    Differences = lists:append([confirmed(Run, Difference) || {_, different} = Difference <- Compared]),
    Calls = lists:sum([length(P#program.calls) || {P, _} <- Compared]),
    Failed = lists:sum([failures(Result) || {_, {same, Result}} <- Compared]),
    io:format("differential: ~b of ~b programs run, ~b calls compared (~b failed, alike), ~b differences~n", [
        length(Compared), length(Programs), Calls, Failed, length(Differences)
    ]),
    Shown = lists:sublist(Differences, ?SHOWN),
    [announce(Difference, Found, Seed) || Difference <- Shown],
    %% Making them smaller takes its time.
    [show(smallest(Run, Difference)) || Difference <- Shown],
    %% One program alone need not show it.
    Missed = [Way || Differences =:= [], length(Compared) >= ?ENOUGH, Way <- ?FAULTY, not found_out(Run, Way, [P || {P, _} <- Compared])],
    [io:format("differential: ~s, wrong on purpose, answered like the others~n", [Way]) || Way <- Missed],
    Unfound = [Fault || Faults =:= "yes", Differences =:= [], Fault <- unfound(Run, [{P, Result} || {P, {same, Result}} <- Compared])],
    halt(min(1, length(Differences ++ Missed ++ Unfound))).

program(Folder, Number) ->
    Dir = filename:join(Folder, Number),
    Files = [File || Class <- ["Root", "Middle", "Leaf"], File <- ["Diff" ++ Class ++ ".bt"], filelib:is_file(filename:join(Dir, File))],
    {ok, Calls} = file:consult(filename:join(Dir, "calls")),
    #program{number = Number, sources = [{list_to_binary(File), contents(Dir, File)} || File <- Files], calls = Calls}.

contents(Dir, File) ->
    {ok, Text} = file:read_file(filename:join(Dir, File)),
    Text.

%%% Running

%% Each way goes through the programs at its own pace; a program is compared when all are through with it. The last argument says whether
%% to go on.
compare(Run, Programs, Ways, GoOn) ->
    Self = self(),
    Runners = [
        begin
            Tell = fun(Number, Result) -> Self ! {Way, Number, Result} end,
            {Way, spawn_monitor(fun() -> run_all(Run, Way, Programs, Tell, GoOn) end)}
        end
     || Way <- Ways
    ],
    collect(Programs, Runners, []).

run_all(Run, Way, Programs, Tell, GoOn) ->
    run_all(Run, Way, start(Run, Way), 0, Programs, Tell, GoOn).

run_all(_, _, Node, _, [], _, _) ->
    stop(Node);
run_all(Run, Way, Node, ?RENEW, Programs, Tell, GoOn) ->
    stop(Node),
    run_all(Run, Way, start(Run, Way), 0, Programs, Tell, GoOn);
run_all(Run, Way, Node, Count, [#program{number = Number} = Program | Rest], Tell, GoOn) ->
    case GoOn() of
        true ->
            case run_one(Node, Way, Program, ?CALL_MS) of
                died ->
                    Tell(Number, died),
                    run_all(Run, Way, start(Run, Way), 0, Rest, Tell, GoOn);
                Result ->
                    Tell(Number, Result),
                    run_all(Run, Way, Node, Count + 1, Rest, Tell, GoOn)
            end;
        false ->
            stop(Node)
    end.

run_one(Node, Way, #program{sources = Sources, calls = Calls}, Milliseconds) ->
    try
        peer:call(Node, beamtalk_differential_worker, program, [way(Way), Sources, Calls, Milliseconds], ?PROGRAM_MS)
    catch
        %% The node ended, or stays with one program.
        exit:_ -> died;
        %% A program that was made smaller may lack a class that it needs.
        error:Reason -> {broken, Reason}
    end.

%% Answers the programs that all ways have run, each with what comparing them gave.
collect([], Runners, Compared) ->
    _ = [end_runner(Runner) || {_, Runner} <- Runners],
    lists:reverse(Compared);
collect([#program{number = Number} = Program | Rest], Runners, Compared) ->
    case results(Number, Runners, []) of
        {ok, Results} -> collect(Rest, Runners, [{Program, verdict(Results)} | Compared]);
        stopped -> collect([], Runners, Compared)
    end.

results(_, [], Results) ->
    {ok, Results};
results(Number, [{Way, {Pid, Monitor}} | Rest], Results) ->
    receive
        {Way, Number, Result} -> results(Number, Rest, [{Way, Result} | Results]);
        {'DOWN', Monitor, process, Pid, normal} -> last_result(Way, Number, Rest, Results);
        {'DOWN', Monitor, process, Pid, Reason} -> error({Way, Reason})
    end.

%% The runner may have ended before it was asked.
last_result(Way, Number, Rest, Results) ->
    receive
        {Way, Number, Result} -> results(Number, Rest, [{Way, Result} | Results])
    after 0 -> stopped
    end.

end_runner({Pid, Monitor}) ->
    receive
        {'DOWN', Monitor, process, Pid, _} -> ok
    after 60000 -> exit(Pid, kill)
    end.

verdict([{_, Result} | Others]) ->
    case lists:all(fun({_, Other}) -> Other =:= Result end, Others) of
        true -> {same, Result};
        false -> different
    end.

failures({ok, Outcomes}) -> length([failed || {Answer, _, _, _} <- Outcomes, element(1, Answer) =:= failed]);
failures(_) -> 0.

%%% Nodes

start(#run{work = Work, fixture = Fixture} = Run, Way) ->
    Walker =
        case Way of
            faulty_walked -> "faulty";
            _ -> "walker"
        end,
    Ebin = filename:dirname(code:which(beamtalk_compiler)),
    {ok, Node, _} = peer:start(#{
        connection => standard_io,
        args => ["-kernel", "logger_level", "none", "-pa", Ebin, filename:join(Work, "beams"), filename:join(Work, Walker)],
        env => environment(Way, Run)
    }),
    ok = peer:call(Node, beamtalk_differential_worker, start, [way(Way), Fixture], 60000),
    Node.

%% A machine with a planted fault is an evaluator like any other for its node.
way({faulty_machine, _}) -> evaluated;
way(Way) -> Way.

environment({faulty_machine, Fault}, #run{faulty = Faulty}) ->
    [{"BEAMTALK_COMPILER", "port"}, {"BEAMTALK_COMPILER_PORT_BIN", Faulty} | [{"BEAMTALK_FAULT", Fault} || Fault =/= none]];
environment(Way, #run{work = Work, referee = Referee}) when Way =:= walked; Way =:= faulty_walked ->
    [
        {"BEAMTALK_COMPILER", "port"},
        {"BEAMTALK_COMPILER_PORT_BIN", Referee},
        {"BEAMTALK_REFEREE_DIR", filename:join(Work, "trees")}
    ];
environment(_, _) ->
    [].

stop(Node) ->
    try
        peer:stop(Node)
    catch
        exit:_ -> ok
    end.

%%% Differences

%% Once more in new nodes and with time: `[{Program, CallNumber, Results}]', or nothing if all agree now.
confirmed(Run, {Program, different}) ->
    Nodes = [{Way, start(Run, Way)} || Way <- ?WAYS],
    Results = all_ways(Nodes, Program, ?PATIENT_MS),
    [stop(Node) || {_, Node} <- Nodes],
    case first_difference(Results) of
        none ->
            io:format("differential: program ~s differed once and not again~n", [Program#program.number]),
            [];
        Place ->
            [{Program, Place, Results}]
    end.

all_ways(Nodes, Program, Milliseconds) ->
    Self = self(),
    Asked = [
        begin
            Tag = make_ref(),
            spawn_link(fun() -> Self ! {Tag, run_one(Node, Way, Program, Milliseconds)} end),
            {Way, Tag}
        end
     || {Way, Node} <- Nodes
    ],
    [
        receive
            {Tag, Result} -> {Way, Result}
        end
     || {Way, Tag} <- Asked
    ].

%% Number of the first call whose outcomes differ, or `all' if a way did not come so far.
first_difference(Results) ->
    case lists:usort([Result || {_, Result} <- Results]) of
        [_] ->
            none;
        Different ->
            case lists:all(fun(Result) -> is_tuple(Result) andalso element(1, Result) =:= ok end, Different) of
                true -> first_difference(1, [Outcomes || {ok, Outcomes} <- Different]);
                false -> all
            end
    end.

first_difference(N, Lists) ->
    case lists:usort([hd(List) || List <- Lists]) of
        [_] -> first_difference(N + 1, [tl(List) || List <- Lists]);
        _ -> N
    end.

announce({Program, Place, Results}, Found, Seed) ->
    Kept = keep(Program, Found, Seed),
    io:format("~nDIFFERENT: program ~s of seed ~s, kept in ~ts~n", [Program#program.number, Seed, Kept]),
    io:format("repeat: test/differential/run --seed ~s --from ~b --programs 1~n", [Seed, list_to_integer(Program#program.number)]),
    [io:format("call ~tp~n", [lists:nth(Place, Program#program.calls)]) || is_integer(Place)],
    answers(Place, Results).

show({Small, Place, Results}) ->
    io:format("~nprogram ~s, made smaller:~n", [Small#program.number]),
    [io:format("~n// ~ts~n~ts", [File, Text]) || {File, Text} <- Small#program.sources],
    [io:format("~ncalls:~n~ts", [[io_lib:format("  ~tp~n", [Call]) || Call <- lists:sublist(Small#program.calls, Place)]]) || is_integer(Place)],
    answers(Place, Results).

answers(all, Results) -> lists:foreach(fun({Way, Result}) -> io:format("~s: ~tP~n", [Way, Result, 40]) end, Results);
answers(N, Results) -> lists:foreach(fun({Way, {ok, Outcomes}}) -> io:format("~s: ~tp~n", [Way, lists:nth(N, Outcomes)]) end, Results).

keep(#program{number = Number, sources = Sources, calls = Calls}, Found, Seed) ->
    Dir = filename:join(Found, Seed ++ "-" ++ Number),
    ok = filelib:ensure_path(Dir),
    [ok = file:write_file(filename:join(Dir, File), Text) || {File, Text} <- Sources],
    ok = file:write_file(filename:join(Dir, "calls"), [io_lib:format("~tp.~n", [Call]) || Call <- Calls]),
    Dir.

%%% Shrinking: lines and calls are left out, then bracketed pieces, as long as two ways still differ

smallest(Run, {Program, Place, Results}) ->
    Nodes = [{Way, start(Run, Way)} || Way <- differing(Place, Results)],
    End = now_ms() + ?SHRINK_MS,
    Fails = fun(Candidate) -> now_ms() < End andalso is_difference(Place, all_ways(Nodes, Candidate, ?CALL_MS)) end,
    Small = shrink(Program, Fails),
    [stop(Node) || {_, Node} <- Nodes],
    case confirmed(Run, {Small, different}) of
        [Smaller] -> Smaller;
        [] -> {Program, Place, Results}
    end.

%% Two ways are enough.
differing(Place, Results) ->
    [{First, Result} | Others] = [{Way, at(Place, Result)} || {Way, Result} <- Results],
    {Second, _} = hd([Other || {_, Its} = Other <- Others, Its =/= Result]),
    [First, Second].

at(N, {ok, Outcomes}) when is_integer(N) -> lists:nth(N, Outcomes);
at(_, Result) -> Result.

%% Not a program that is refused in another text for another reason.
is_difference(all, Results) -> first_difference(Results) =:= all;
is_difference(_, Results) -> is_integer(first_difference(Results)).

shrink(#program{sources = Sources, calls = Calls} = Program, Fails) ->
    Lines = [{line, File, Line} || {File, Text} <- Sources, Line <- re:split(Text, "(?<=\n)")],
    Rebuild = fun(Pieces) -> rebuild(Program, Pieces) end,
    Pieces = beamtalk_shrink:fewer([{call, Call} || Call <- Calls] ++ Lines, fun(Left) -> Fails(Rebuild(Left)) end),
    Flat = flatten(Rebuild(Pieces), Fails),
    case Flat#program.sources of
        Sources -> Flat;
        _ -> shrink(Flat, Fails)
    end.

rebuild(#program{sources = Sources} = Program, Pieces) ->
    Texts = [{File, iolist_to_binary([Line || {line, F, Line} <- Pieces, F =:= File])} || {File, _} <- Sources],
    Program#program{sources = [Source || {_, Text} = Source <- Texts, Text =/= <<>>], calls = [Call || {call, Call} <- Pieces]}.

%% What stands between brackets becomes a number, an empty block, or its own content. The outermost first.
flatten(#program{sources = Sources} = Program, Fails) ->
    lists:foldl(
        fun(N, #program{sources = Current} = Best) ->
            {File, Text} = lists:nth(N, Current),
            Fits = fun(Candidate) -> Fails(Best#program{sources = lists:keyreplace(File, 1, Current, {File, Candidate})}) end,
            Best#program{sources = lists:keyreplace(File, 1, Current, {File, flatten(Text, 1, Fits)})}
        end,
        Program,
        lists:seq(1, length(Sources))
    ).

flatten(Text, N, Fits) ->
    Brackets = brackets(Text),
    case N =< length(Brackets) of
        true ->
            {Start, Length} = lists:nth(N, Brackets),
            <<Before:Start/binary, Group:Length/binary, After/binary>> = Text,
            Shorter = [<<Before/binary, By/binary, After/binary>> || By <- [<<"1">>, <<"[]">>, binary:part(Group, 1, Length - 2)]],
            case lists:search(fun(By) -> byte_size(By) < byte_size(Text) andalso Fits(By) end, Shorter) of
                {value, Best} -> flatten(Best, N, Fits);
                false -> flatten(Text, N + 1, Fits)
            end;
        false ->
            Text
    end.

brackets(Text) ->
    {Pairs, _} = lists:foldl(
        fun
            ({At, C}, {Found, Open}) when C =:= $(; C =:= $[ -> {Found, [At | Open]};
            ({At, C}, {Found, [Start | Open]}) when C =:= $); C =:= $] -> {[{Start, At + 1 - Start} | Found], Open};
            (_, Scan) -> Scan
        end,
        {[], []},
        lists:enumerate(0, binary_to_list(Text))
    ),
    lists:sort(Pairs).

%%% Can it fail?

%% Does some program answer otherwise in this way, which is wrong?
found_out(Run, Way, Programs) ->
    Nodes = [{Other, start(Run, Other)} || Other <- [fast, Way]],
    Found = lists:search(fun(Program) -> first_difference(all_ways(Nodes, Program, ?CALL_MS)) =/= none end, Programs),
    [stop(Node) || {_, Node} <- Nodes],
    case Found of
        {value, #program{number = Number}} ->
            io:format("differential: ~s, wrong on purpose, was found out by program ~s~n", [Way, Number]),
            true;
        false ->
            false
    end.

%%% Faults planted in the machine

%% The faults that no program finds. A machine without one must be found by none.
unfound(#run{faulty = Faulty} = Run, Answered) ->
    Names = string:lexemes(os:cmd("'" ++ Faulty ++ "' --faults"), "\n"),
    {Few, _} = lists:split(min(?ENOUGH, length(Answered)), Answered),
    Found = [
        begin
            Number = finder(Run, Fault, Answered),
            io:format("fault: ~-45s ~s~n", [Fault, told(Number)]),
            {Fault, Number}
        end
     || Fault <- Names
    ],
    Innocent = finder(Run, none, Few),
    _ = Innocent =:= none orelse io:format("differential: program ~s finds a fault where none was planted~n", [Innocent]),
    Unfound = [Fault || {Fault, none} <- Found],
    io:format("differential: ~b of ~b faults planted in the machine were found~n", [length(Names) - length(Unfound), length(Names)]),
    %% Without names there was nothing to find.
    Unfound ++ [no_faults || Names =:= []] ++ [innocent || Innocent =/= none].

told(none) -> "not found";
told(Number) -> ["found by program ", Number].

%% Number of the first program that the machine answers otherwise than all ways did, or none.
finder(Run, Fault, Answered) ->
    Way = {faulty_machine, Fault},
    finder(Run, Way, start(Run, Way), Answered).

finder(_, _, Node, []) ->
    stop(Node),
    none;
finder(Run, Way, Node, [{#program{number = Number} = Program, Answer} | Rest]) ->
    Time =
        case Way of
            {_, none} -> ?PATIENT_MS;
            _ -> ?FAULTY_CALL_MS
        end,
    case run_one(Node, Way, Program, Time) of
        Answer ->
            finder(Run, Way, Node, Rest);
        _ ->
            stop(Node),
            Number
    end.

now_ms() -> erlang:monotonic_time(millisecond).
