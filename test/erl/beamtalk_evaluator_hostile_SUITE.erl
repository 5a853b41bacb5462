%%% @doc Programs and callers that mean no good: each ends with the limit it should, in time, and the session goes on as if nothing had been: variables as before,
%%% memory given back, no handler or cleanup of the program run, nothing left in the mailbox of who asked. What many processes do to one session is tried on both
%%% transports; the numbers grow with BEAMTALK_STRESS (`make stress').
-module(beamtalk_evaluator_hostile_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("beamtalk.hrl").

-export([all/0, groups/0, init_per_suite/1, end_per_suite/1, init_per_group/2, end_per_group/2]).
-export([
    memory_ends/1,
    large_integers_are_refused_or_paid_for/1,
    endless_programs_end/1,
    sharing_is_compared_once/1,
    what_is_shared_does_not_leave_as_often_as_it_is_referred_to/1,
    depth_is_no_matter/1,
    forged_blocks_stay_tuples/1,
    a_program_that_traps_exits_ends/1,
    late_answers_reach_nobody/1,
    an_input_ends_only_its_own/1,
    a_running_input_is_not_ended_by_another_one/1,
    a_suspended_input_is_its_owners/1,
    an_input_without_a_caller_ends/1,
    an_answer_finds_who_waits/1,
    an_interrupt_ends_the_run_it_found/1,
    wide_blocks_stay/1,
    the_process_beside_the_node_dies/1,
    the_application_stops_and_starts/1,
    classes_change_meanwhile/1,
    sessions_leave_nothing/1,
    effects_nest/1,
    depth_crosses_the_border/1,
    nothing_is_too_large/1
]).

-define(ON_BOTH, [
    a_program_that_traps_exits_ends,
    late_answers_reach_nobody,
    an_input_ends_only_its_own,
    a_running_input_is_not_ended_by_another_one,
    a_suspended_input_is_its_owners,
    an_input_without_a_caller_ends,
    an_answer_finds_who_waits,
    an_interrupt_ends_the_run_it_found,
    wide_blocks_stay,
    the_process_beside_the_node_dies,
    the_application_stops_and_starts,
    classes_change_meanwhile,
    sessions_leave_nothing,
    effects_nest,
    depth_crosses_the_border,
    nothing_is_too_large
]).

all() ->
    [{group, nif}, {group, port}].

groups() ->
    All = [Name || {Name, 1} <- ?MODULE:module_info(exports), Name =/= module_info, Name =/= init_per_suite, Name =/= end_per_suite],
    [{nif, All -- [the_process_beside_the_node_dies]}, {port, ?ON_BOTH}].

init_per_suite(Config) ->
    {ok, Started} = application:ensure_all_started(beamtalk),
    [{started, Started} | Config].

end_per_suite(Config) ->
    [application:stop(Application) || Application <- proplists:get_value(started, Config)].

init_per_group(Backend, Config) ->
    ok = beamtalk_compiler_backend:select(Backend),
    Backend = beamtalk_compiler_backend:backend(),
    [{backend, Backend} | Config].

end_per_group(_, _) ->
    beamtalk_compiler_backend:start().

-define(MEMORY, 32 * 1024 * 1024).

%% The input ends with the limit; afterwards everything is as before.
limited(Limits, Source) ->
    limited(Limits, Source, 1000).

limited(Limits, Source, Time) ->
    {ok, S} = beamtalk_evaluator:new(#{max_memory => ?MEMORY, timeout => Time}),
    {ok, _, _} = beamtalk_evaluator:eval(S, "seen := 0. x := 1"),
    #{memory := Before} = beamtalk_evaluator:stats(S),
    {error, {limit, Limit}, _} = beamtalk_evaluator:eval(S, Source),
    ?assert(lists:member(Limit, Limits), {Limit, Source}),
    ?assertMatch({ok, [0, 1], _}, beamtalk_evaluator:eval(S, "#(seen, x)")),
    #{memory := After} = beamtalk_evaluator:stats(S),
    ?assert(After < Before + 4 * 1024 * 1024, {Source, After}),
    ?assertEqual({messages, []}, process_info(self(), messages)),
    ok = beamtalk_evaluator:close(S).

memory_ends(_) ->
    [
        limited([max_memory], ["seen := 2. ", Source], 60000)
     || Source <- [
            "l := #(1). [true] whileTrue: [l := l ++ l]",
            "t := \"ab\". [true] whileTrue: [t := t ++ t]",
            "t := \"ab\". [true] whileTrue: [t := \"{t}{t}\"]",
            "d := #{}. i := 0. [true] whileTrue: [d := d at: i put: #(i). i := i + 1]",
            "f := [:g | 1 + (g value: g)]. [[f value: f] on: Exception do: [:e | seen := 3]] ensure: [seen := 4]"
        ]
    ].

large_integers_are_refused_or_paid_for(_) ->
    {ok, S} = beamtalk_evaluator:new(),
    [
        ?assertMatch({error, {raised, #{error := _}}, _}, beamtalk_evaluator:eval(S, Source), Source)
     || Source <- ["n := 3. 40 timesRepeat: [n := n * n]. 1", "10 ** 100000000000", "n := 3. 60 timesRepeat: [n := n * n * n]. 1"]
    ],
    %% A sum costs what its words cost: time is looked at often enough.
    Began = erlang:monotonic_time(millisecond),
    {error, {limit, timeout}, _} = beamtalk_evaluator:eval(S, "n := 7 ** 300000. [true] whileTrue: [n + n]", #{timeout => 200}),
    ?assert(erlang:monotonic_time(millisecond) - Began < 2000).

endless_programs_end(_) ->
    [
        limited([timeout, max_memory], ["seen := 2. ", Source])
     || Source <- [
            "[true] whileTrue: [seen := 3]",
            "[false] whileFalse: []",
            "1 to: 10 ** 30 do: [:i | seen := i]",
            "(10 ** 30) timesRepeat: [seen := 5]",
            "f := [:g | g value: g]. f value: f",
            "f := [:g | g perform: #value: withArguments: #(g)]. f value: f",
            "f := [:g | [1 foo] on: Error do: [:e | g value: g]]. f value: f",
            "f := [:g | [1] ensure: [g value: g]]. f value: f",
            "f := [:g | #(2, 1) sort: [:a :b | g value: g]]. f value: f",
            "f := [:g | #(1) collect: [:e | g value: g]]. f value: f",
            "[[true] whileTrue: [1]] ensure: [seen := 9]",
            "[[true] whileTrue: [1]] on: Exception do: [:e | seen := 9]",
            "f := [:g | Erlang lists map: [:e | g value: g] with: #(1)]. [true] whileTrue: [f value: [:h | 1]]"
        ]
    ].

-define(SHARED(Name), "#(1). 60 timesRepeat: [" Name " := #(" Name ", " Name ")]. ").

%% Two to the sixtieth ways lead through these values, and sixty-one places.
sharing_is_compared_once(_) ->
    {ok, S} = beamtalk_evaluator:new(#{timeout => 20000}),
    Two = "[x := " ?SHARED("x") "y := " ?SHARED("y"),
    [
        ?assertMatch({ok, Value, _}, beamtalk_evaluator:eval(S, [Two, Source, "] value"]), Source)
     || {Value, Source} <- [
            {true, "x == y"},
            {true, "x =:= y"},
            {false, "x =/= y"},
            {false, "x < y"},
            {true, "x >= y"},
            {true, "#(x) includes: y"},
            {2, "#(x, y) sort size"},
            {false, "#(x, 1) == #(y, 2)"},
            {true, "#{#a => x} == #{#a => y}"}
        ]
    ].

what_is_shared_does_not_leave_as_often_as_it_is_referred_to(_) ->
    [
        limited([max_memory], ["[x := ", ?SHARED("x"), Source, "] value"], 60000)
     || Source <- ["x", "x hash", "x printString", "Erlang erlang phash2: x", "\"{x}\"", "x flatten"]
    ].

depth_is_no_matter(_) ->
    {ok, S} = beamtalk_evaluator:new(),
    Deep = "x := 0. 200000 timesRepeat: [x := #(x)]. y := 0. 200000 timesRepeat: [y := #(y)]. ",
    Keys = "x := 0. 200000 timesRepeat: [x := #{} at: x put: 1]. y := 0. 200000 timesRepeat: [y := #{} at: y put: 1]. ",
    [
        ?assertMatch({ok, Value, _}, beamtalk_evaluator:eval(S, [Made, Source]), Source)
     || {Value, Made, Source} <- [
            {true, Deep, "x == y"},
            {false, Deep, "x < y"},
            {true, Deep, "x hash == y hash"},
            {600001, Deep, "x printString size"},
            {true, Keys, "x == y"},
            {false, Keys, "x < y"}
        ]
    ].

%% What looks like a block but came from the program is a tuple like any other.
forged_blocks_stay_tuples(_) ->
    {ok, S} = beamtalk_evaluator:new(),
    [
        begin
            {ok, [Back, Block], _} = beamtalk_evaluator:eval(S, ["#((Tuple withAll: #(#'$bt_block', ", Rest, ")), [1])"]),
            ?assert(is_tuple(Back) orelse is_function(Back), Back),
            ?assertEqual(1, Block()),
            ?assertMatch(#{}, beamtalk_evaluator:bindings(S))
        end
     || Rest <- ["#a, #b, (Tuple withAll: #(1, 2))", "1, -1, (Tuple withAll: #(\"x\", #()))", "1, 2, 3"]
    ],
    %% With code that is none it is a fun that says so.
    {ok, [Forged, _], _} = beamtalk_evaluator:eval(S, "#((Tuple withAll: #(#'$bt_block', 99, 0, (Tuple withAll: #(\"x\", #())))), [1])"),
    ?assertError(_, Forged()).

%% The process that drives a program belongs to it: what it does to that process does not keep the program alive.
a_program_that_traps_exits_ends(_) ->
    limited([timeout, max_memory], "Erlang erlang process_flag: #'trap_exit' with: true. Erlang lists map: [:e | f := [:g | 1 + (g value: g)]. f value: f] with: #(1)").

%% A program that ends when nobody waits for it any more.
late_answers_reach_nobody(_) ->
    {ok, S} = beamtalk_evaluator:new(),
    [
        begin
            _ = beamtalk_evaluator:eval(S, ["Erlang timer sleep: ", integer_to_list(N rem 14)], #{timeout => 1}),
            ?assertEqual({messages, []}, process_info(self(), messages))
        end
     || N <- lists:seq(1, 60)
    ],
    {ok, 3, _} = beamtalk_evaluator:eval(S, "1 + 2"),
    ?assertEqual({messages, []}, process_info(self(), messages)).

%%% Many processes, one session

%% Does the work in a process of its own; what it answers comes as `{Reference, Answer}'.
apart(Work) ->
    Self = self(),
    Reference = make_ref(),
    {Pid, _} = spawn_monitor(fun() -> Self ! {Reference, Work()} end),
    {Pid, Reference}.

answer({Pid, Reference}) ->
    receive
        {Reference, Answer} -> Answer
    after 30000 -> ct:fail({no_answer, process_info(Pid, current_stacktrace)})
    end.

forget_monitors() ->
    receive
        {'DOWN', _, process, _, _} -> forget_monitors()
    after 0 -> ok
    end.

%% A program that says when it is inside, and whose process waits there until it is told.
-define(INSIDE, "Erlang beamtalk_stress gate: here").

inside(S) ->
    ok = beamtalk_evaluator:bind(S, here, self()).

await_inside() ->
    receive
        {inside, Worker} -> Worker
    after 30000 -> ct:fail(not_inside)
    end.

%% Nothing of the session is left over, and it works.
usable(S) ->
    ?assertMatch({ok, 3, _}, beamtalk_evaluator:eval(S, "1 + 2")),
    ?assertMatch({ok, [2, 1], _}, beamtalk_evaluator:eval(S, "Erlang beamtalk_stress echo: #(2, 1)")).

%% Short inputs of several processes, each waiting for its turn; whoever is refused tries again.
an_input_ends_only_its_own(_) ->
    {ok, S} = beamtalk_evaluator:new(),
    Many = 4,
    Turns = 200 * beamtalk_stress:factor(),
    Workers = [
        apart(fun() -> [patient(S, ["(Erlang beamtalk_stress echo: ", integer_to_list(N), ") + ", integer_to_list(Turn)]) =:= N + Turn || Turn <- lists:seq(1, Turns)] end)
     || N <- lists:seq(1, Many)
    ],
    [?assertEqual([], [Wrong || Wrong <- answer(Worker), not Wrong]) || Worker <- Workers],
    forget_monitors(),
    usable(S).

patient(S, Source) ->
    case beamtalk_evaluator:eval(S, Source) of
        {ok, Value, _} ->
            Value;
        {error, busy, _} ->
            erlang:yield(),
            patient(S, Source)
    end.

a_running_input_is_not_ended_by_another_one(_) ->
    {ok, S} = beamtalk_evaluator:new(),
    ok = inside(S),
    First = apart(fun() -> beamtalk_evaluator:eval(S, ?INSIDE ". 7") end),
    Worker = await_inside(),
    %% Not even the owner ends it so.
    {error, busy, _} = beamtalk_evaluator:eval(S, "1"),
    {error, busy} = beamtalk_evaluator:define(S, "Object subclass: EvalBusy\n  one => 1\n"),
    {error, busy, _} = answer(apart(fun() -> beamtalk_evaluator:eval(S, "1") end)),
    {error, busy, _} = answer(apart(fun() -> beamtalk_evaluator:resume(S, #{}) end)),
    Worker ! go,
    {ok, 7, _} = answer(First),
    %% A program that asks its own session is refused as well.
    ok = beamtalk_evaluator:bind(S, me, S),
    {ok, {error, busy, _}, _} = beamtalk_evaluator:eval(S, "Erlang beamtalk_evaluator eval: me with: \"1\""),
    forget_monitors(),
    usable(S).

-define(LONG, "n := 0. 1 to: 20000 do: [:i | n := n + i]. n").

a_suspended_input_is_its_owners(_) ->
    {ok, S} = beamtalk_evaluator:new(#{on_budget => suspend}),
    %% The session's owner ends it with a new one; a stranger does not.
    {suspended, reductions, _} = beamtalk_evaluator:eval(S, ?LONG, #{reductions => 3000}),
    {error, busy, _} = answer(apart(fun() -> beamtalk_evaluator:eval(S, "1") end)),
    {ok, 3, _} = beamtalk_evaluator:eval(S, "1 + 2"),
    {error, session_lost, _} = beamtalk_evaluator:resume(S, #{}),
    %% So does who began it.
    {{suspended, reductions, _}, {ok, 1, _}} =
        answer(apart(fun() -> {beamtalk_evaluator:eval(S, ?LONG, #{reductions => 3000}), beamtalk_evaluator:eval(S, "1")} end)),
    %% Suspended it outlives who began it, and another process goes on.
    {suspended, reductions, _} = answer(apart(fun() -> beamtalk_evaluator:eval(S, ?LONG, #{reductions => 3000}) end)),
    {ok, 200010000, #{bindings := #{<<"n">> := 200010000}}} = answer(apart(fun() -> beamtalk_evaluator:resume(S, #{}) end)),
    forget_monitors(),
    usable(S).

%% Nobody would get the answer.
an_input_without_a_caller_ends(_) ->
    {ok, S} = beamtalk_evaluator:new(),
    ok = inside(S),
    [
        begin
            {Pid, _} = apart(fun() -> beamtalk_evaluator:eval(S, Source) end),
            Worker = await_inside(),
            Monitor = monitor(process, Worker),
            true = exit(Pid, kill),
            receive
                {'DOWN', Monitor, process, Worker, _} -> ok
            after 30000 -> ct:fail(outlived)
            end,
            forget_monitors(),
            beamtalk_stress:wait_for(fun() -> element(1, beamtalk_evaluator:eval(S, "1 + 2")) =:= ok end),
            usable(S)
        end
     || Source <- [?INSIDE, "Erlang erlang process_flag: #'trap_exit' with: true. " ?INSIDE, "[[" ?INSIDE "] on: Exception do: [:e | 1]] ensure: [2]"]
    ],
    %% At any moment, also in the first slice and between two.
    [
        begin
            {Pid, _} = apart(fun() -> beamtalk_evaluator:eval(S, "100 timesRepeat: [Erlang beamtalk_stress echo: #(2, 1)]") end),
            pause(N rem 40),
            true = exit(Pid, kill),
            beamtalk_stress:wait_for(fun() -> element(1, beamtalk_evaluator:eval(S, "1 + 2")) =:= ok end)
        end
     || N <- lists:seq(1, 200 * beamtalk_stress:factor())
    ],
    beamtalk_stress:wait_for(fun() -> ets:info(beamtalk_evaluator_claims, size) =:= 0 end),
    usable(S).

%% So many times ten microseconds.
pause(N) ->
    Until = erlang:monotonic_time(microsecond) + N * 10,
    pause_until(Until).

pause_until(Until) ->
    erlang:monotonic_time(microsecond) < Until andalso pause_until(Until).

%% A deadline passes while the program is in the node: the input is suspended there. Whoever goes on with it gets the answer, before or after it is ready.
an_answer_finds_who_waits(_) ->
    {ok, S} = beamtalk_evaluator:new(#{on_budget => suspend}),
    ok = inside(S),
    Begin = fun() -> beamtalk_evaluator:eval(S, ?INSIDE ". x := 7", #{timeout => 10}) end,
    Resume = fun() -> beamtalk_evaluator:resume(S, #{timeout => 30000}) end,
    [
        begin
            {suspended, timeout, _} = answer(apart(Begin)),
            Worker = await_inside(),
            case When of
                before ->
                    Worker ! go,
                    beamtalk_stress:wait_for(fun() -> waits(Worker) end),
                    {ok, 7, #{bindings := #{<<"x">> := 7}}} = answer(apart(Resume));
                later ->
                    {Pid, _} = Other = apart(Resume),
                    beamtalk_stress:wait_for(fun() -> waits(Pid) end),
                    {error, busy, _} = beamtalk_evaluator:resume(S, #{}),
                    Worker ! go,
                    {ok, 7, _} = answer(Other);
                never ->
                    ok = beamtalk_evaluator:interrupt(S),
                    {error, session_lost, _} = Resume()
            end,
            forget_monitors(),
            ?assertEqual([], beamtalk_stress:mailbox()),
            usable(S)
        end
     || When <- [before, later, never, later, before]
    ].

waits(Pid) ->
    process_info(Pid, status) =:= {status, waiting}.

%% Interrupts at any moment against inputs one after the other: each answers or is interrupted, the next one is as good as the first, and no variable changes.
an_interrupt_ends_the_run_it_found(_) ->
    {ok, S} = beamtalk_evaluator:new(),
    {ok, 1, _} = beamtalk_evaluator:eval(S, "x := 1"),
    Sources = ["x := 2. [true] whileTrue: [x := 3]", "x := 2. Erlang timer sleep: 60000", "Erlang lists map: [:e | [true] whileTrue: [e]] with: #((x := 4))"],
    [
        begin
            Input = apart(fun() -> beamtalk_evaluator:eval(S, lists:nth(N rem 3 + 1, Sources)) end),
            pause(rand:uniform(60)),
            ok = until_ended(S, Input),
            ?assertMatch({ok, 1, _}, beamtalk_evaluator:eval(S, "x"))
        end
     || N <- lists:seq(1, 300 * beamtalk_stress:factor())
    ],
    forget_monitors(),
    %% One that meets an input that is ending does nothing to the one behind it.
    Interrupting = [spawn_link(fun() -> keep_interrupting(S) end) || _ <- [1, 2]],
    Ended = [beamtalk_evaluator:eval(S, "Erlang beamtalk_stress echo: 3") || _ <- lists:seq(1, 300 * beamtalk_stress:factor())],
    [Pid ! finish || Pid <- Interrupting],
    ?assertEqual([], [Other || Other <- Ended, not is_good(Other)]),
    ?assertMatch({ok, 1, _}, beamtalk_evaluator:eval(S, "x")),
    ?assertEqual([], beamtalk_stress:mailbox()).

%% The input may not have begun when the interrupt comes.
until_ended(S, {Pid, Reference}) ->
    ok = beamtalk_evaluator:interrupt(S),
    receive
        {Reference, Answer} ->
            ?assertMatch({error, interrupted, _}, Answer),
            ok
    after 1 -> until_ended(S, {Pid, Reference})
    end.

keep_interrupting(S) ->
    ok = beamtalk_evaluator:interrupt(S),
    receive
        finish -> ok
    after 0 -> keep_interrupting(S)
    end.

is_good({ok, 3, _}) -> true;
is_good({error, interrupted, _}) -> true;
is_good(_) -> false.

%% A block that Erlang has no fun for is an error where it would leave; inside of the machine it is a block like any other.
wide_blocks_stay(_) ->
    {ok, S} = beamtalk_evaluator:new(),
    {ok, _, _} = beamtalk_evaluator:eval(S, "x := 1"),
    Wide = fun(N) -> ["[", [[":a", integer_to_list(I), " "] || I <- lists:seq(1, N)], "| a1 + a", integer_to_list(N), "]"] end,
    Said = <<"A block with 21 parameters cannot leave the evaluator; the limit is 20">>,
    {ok, Twenty, _} = beamtalk_evaluator:eval(S, Wide(20)),
    ?assert(is_function(Twenty, 20)),
    {ok, 21, _} = beamtalk_evaluator:eval(S, ["y := ", Wide(21), ". z := [y]. y := nil. z := nil. 21"]),
    [
        begin
            ?assertMatch({error, {raised, #{error := #beamtalk_error{kind = runtime_error, message = Said}}}, _}, beamtalk_evaluator:eval(S, ["x := 2. ", Source])),
            ?assertMatch({ok, 1, _}, beamtalk_evaluator:eval(S, "x"))
        end
     || Source <- [
            Wide(21),
            ["x := ", Wide(21)],
            ["y := ", Wide(21), ". 1"],
            ["z := ", Wide(21), ". 1"],
            ["#(1, ", Wide(21), ")"],
            ["Erlang beamtalk_stress echo: #(", Wide(21), ")"],
            ["Erlang lists map: [:e | ", Wide(21), "] with: #(1)"]
        ]
    ],
    {ok, Said, _} = beamtalk_evaluator:eval(S, ["[Erlang beamtalk_stress echo: #(", Wide(21), ")] on: RuntimeError do: [:e | e message]"]),
    {ok, nil, _} = beamtalk_evaluator:eval(S, "y"),
    {ok, nil, _} = beamtalk_evaluator:eval(S, "z"),
    usable(S).

%%% What happens beside

outcome({Pid, Reference}) ->
    {error, Why, _} = answer({Pid, Reference}),
    Why.

the_process_beside_the_node_dies(_) ->
    [
        begin
            {ok, S} = beamtalk_evaluator:new(#{on_budget => suspend}),
            Input = apart(fun() -> beamtalk_evaluator:eval(S, Source) end),
            ok = working(S),
            {ok, Other} = beamtalk_evaluator:new(),
            {ok, _, _} = beamtalk_evaluator:eval(Other, "x := 1"),
            ok = kill_the_process(),
            ?assertEqual(session_lost, outcome(Input)),
            ?assertMatch({error, session_lost, _}, beamtalk_evaluator:eval(S, "1")),
            %% Also those that did nothing meanwhile; no session of the new process is taken for one of theirs.
            {ok, New} = beamtalk_evaluator:new(),
            usable(New),
            ?assertMatch({error, session_lost, _}, beamtalk_evaluator:eval(Other, "x")),
            ?assertEqual({error, session_lost}, beamtalk_evaluator:bindings(Other)),
            ?assertEqual({error, session_lost}, beamtalk_evaluator:define(Other, "Object subclass: EvalLost\n  one => 1\n")),
            [ok = beamtalk_evaluator:close(Each) || Each <- [S, Other, New]],
            forget_monitors()
        end
     || Source <- ["[true] whileTrue: [1]", "Erlang timer sleep: 100. 1 to: 10000000 do: [:i | Erlang beamtalk_stress echo: #(i)]"]
    ].

%% The input has its keeper, and so is behind its first slice.
working(S) ->
    beamtalk_stress:wait_for(fun() ->
        case beamtalk_evaluator_claim:holder(element(2, S)) of
            {_, _, kept} -> true;
            _ -> false
        end
    end).

kill_the_process() ->
    Server = whereis(beamtalk_compiler_server),
    [Port] = [Port || Port <- erlang:ports(), erlang:port_info(Port, connected) =:= {connected, Server}],
    {os_pid, Pid} = erlang:port_info(Port, os_pid),
    [] = os:cmd("kill -9 " ++ integer_to_list(Pid)),
    beamtalk_stress:wait_for(fun() -> erlang:port_info(Port) =:= undefined andalso is_pid(whereis(beamtalk_compiler_server)) end).

%% What runs ends, what is open is lost, and what starts afterwards works.
the_application_stops_and_starts(Config) ->
    Backend = proplists:get_value(backend, Config),
    Sources = ["[true] whileTrue: [1]", "Erlang timer sleep: 60000", "Erlang lists map: [:e | [true] whileTrue: [e]] with: #(1)"],
    Before = erlang:system_info(process_count),
    [
        begin
            Sessions = [element(2, beamtalk_evaluator:new(#{on_budget => suspend})) || _ <- [idle, suspended | Sources]],
            [Idle, Suspended | Busy] = Sessions,
            {ok, 1, _} = beamtalk_evaluator:eval(Idle, "x := 1"),
            {suspended, reductions, _} = beamtalk_evaluator:eval(Suspended, ?LONG, #{reductions => 3000}),
            Inputs = [apart(fun() -> beamtalk_evaluator:eval(S, Source) end) || {S, Source} <- lists:zip(Busy, Sources)],
            [ok = working(S) || S <- Busy],
            [ok = application:stop(Part) || Part <- [beamtalk, beamtalk_workspace, beamtalk_stdlib, beamtalk_runtime, beamtalk_compiler]],
            [?assertEqual(session_lost, outcome(Input)) || Input <- Inputs],
            {ok, _} = application:ensure_all_started(beamtalk),
            ok = beamtalk_compiler_backend:select(Backend),
            [beamtalk_stress:wait_for(fun() -> is_lost(S) end) || S <- Sessions],
            {error, session_lost, _} = beamtalk_evaluator:resume(Suspended, #{}),
            {ok, New} = beamtalk_evaluator:new(),
            usable(New),
            ok = beamtalk_evaluator:close(New),
            forget_monitors(),
            ?assertEqual([], beamtalk_stress:mailbox())
        end
     || _ <- lists:seq(1, 3)
    ],
    beamtalk_stress:wait_for(fun() -> erlang:system_info(process_count) =< Before end).

is_lost(S) ->
    case beamtalk_evaluator:eval(S, "1") of
        {error, session_lost, _} -> true;
        _ -> false
    end.

load(Source) ->
    {ok, Summary} = beamtalk_source_loader:source(iolist_to_binary(Source), #{}),
    #{errors := []} = maps:merge(#{errors => []}, Summary),
    ok.

%% Calls that run finish in the version they began with; the next ones take the new one.
classes_change_meanwhile(_) ->
    Class = fun(N) ->
        load(["Object subclass: EvalMeanwhile\n  one => ", N, "\n  both: here =>\n    a := self one\n    ", ?INSIDE, "\n    #(a, ", N, ", self one)\n"])
    end,
    Changes = [
        {"EvalMeanwhile new both: here", [1, 1, 2], fun() -> Class("2") end},
        {"a := EvalMeanwhile new one. " ?INSIDE ". #(a, EvalMeanwhile new one)", [1, 2], fun() -> Class("2") end},
        %% The module of a class of the library is loaded anew, and gets a method.
        {"a := (1 -> 2) key. " ?INSIDE ". #(a, (3 -> 4) value)", [1, 4], fun() -> reloaded('Association') end},
        {"a := 3 abs. " ?INSIDE ". #(a, 4 evalMeanwhile)", [3, 8], fun() -> beamtalk_extensions:register('Integer', evalMeanwhile, fun([], N) -> 2 * N end, test) end}
    ],
    [
        begin
            ok = Class("1"),
            {ok, S} = beamtalk_evaluator:new(#{on_budget => suspend}),
            ok = inside(S),
            Value =
                case How of
                    running ->
                        Input = apart(fun() -> beamtalk_evaluator:eval(S, Source) end),
                        Worker = await_inside(),
                        ok = Change(),
                        Worker ! go,
                        answer(Input);
                    suspended ->
                        {suspended, timeout, _} = beamtalk_evaluator:eval(S, Source, #{timeout => 20}),
                        Worker = await_inside(),
                        ok = Change(),
                        Worker ! go,
                        beamtalk_evaluator:resume(S, #{})
                end,
            ?assertMatch({ok, Expected, _}, Value, {How, Source}),
            _ = beamtalk_extensions:unregister('Integer', evalMeanwhile),
            forget_monitors(),
            usable(S),
            ok = beamtalk_evaluator:close(S)
        end
     || {Source, Expected, Change} <- Changes, How <- [running, suspended]
    ].

reloaded(Class) ->
    Module = beamtalk_class_registry:module_of(Class),
    _ = code:purge(Module),
    {module, Module} = code:load_file(Module),
    ok.

%% Opened and closed, or left behind by owners that die; idle, with values, in the middle of an input.
sessions_leave_nothing(_) ->
    _ = [brief(N) || N <- lists:seq(1, 500)],
    ok = nothing_left(),
    {Processes, Resident} = {erlang:system_info(process_count), resident()},
    _ = [brief(N) || N <- lists:seq(1, 2000 * beamtalk_stress:factor())],
    ok = nothing_left(),
    %% A handful belongs to others.
    beamtalk_stress:wait_for(fun() -> erlang:system_info(process_count) < Processes + 20 end),
    %% Half a kilobyte of each session would show.
    ?assert(resident() - Resident < 48 * 1024, {Resident, resident()}).

brief(N) when N rem 2 =:= 0 ->
    {ok, S} = beamtalk_evaluator:new(),
    {ok, _, _} = beamtalk_evaluator:eval(S, "x := #(1, 2, 3) collect: [:e | e * 2]"),
    ok = beamtalk_evaluator:bind(S, r, make_ref()),
    {ok, _} = beamtalk_evaluator:subscribe(S),
    ok = beamtalk_evaluator:close(S);
brief(_) ->
    {_, Monitor} = spawn_monitor(fun() ->
        {ok, S} = beamtalk_evaluator:new(#{on_budget => suspend, reductions => 3000}),
        ok = beamtalk_evaluator:bind(S, r, make_ref()),
        {suspended, reductions, _} = beamtalk_evaluator:eval(S, ?LONG)
    end),
    receive
        {'DOWN', Monitor, process, _, normal} -> ok
    end.

nothing_left() ->
    beamtalk_stress:wait_for(fun() ->
        [0, 0, 0, 0] =:=
            [
                ets:info(Table, size)
             || Table <- [beamtalk_evaluator_sessions, beamtalk_evaluator_claims, beamtalk_evaluator_kept, beamtalk_evaluator_subscribers]
            ]
    end).

%% Kilobytes of this process that are in memory, where the system tells them: the machine's are not the node's own.
resident() ->
    _ = [erlang:garbage_collect(Pid) || Pid <- [self(), whereis(beamtalk_evaluator_owner)]],
    case file:read_file("/proc/self/status") of
        {ok, Status} ->
            {match, [Digits]} = re:run(Status, "VmRSS:\\s+(\\d+)", [{capture, all_but_first, list}]),
            list_to_integer(Digits);
        {error, _} ->
            0
    end.

%%% Depth and size

-define(NESTED(Depth), "f := [:g :n | n < 1 ifTrue: [0] ifFalse: [1 + (Erlang lists map: [:e | g value: g value: n - 1] with: #(0)) first]]. f value: f value: " Depth).

%% Erlang calls a block that calls Erlang: it works, or ends with a limit.
effects_nest(_) ->
    {ok, S} = beamtalk_evaluator:new(),
    {ok, 1000, _} = beamtalk_evaluator:eval(S, ?NESTED("1000")),
    {ok, 20000, _} = beamtalk_evaluator:eval(S, ?NESTED("20000")),
    {ok, caught, _} = beamtalk_evaluator:eval(S, "f := [:g :n | n < 1 ifTrue: [1 / 0] ifFalse: [Erlang lists map: [:e | g value: g value: n - 1] with: #(0)]]. [f value: f value: 1000] on: Error do: [:e | #caught]"),
    usable(S),
    %% Without an end: neighbours are served meanwhile.
    {ok, Box} = beamtalk_evaluator:new(#{max_memory => ?MEMORY, timeout => 3000}),
    Endless = apart(fun() -> beamtalk_evaluator:eval(Box, ?NESTED("1000000000")) end),
    ok = served(),
    ?assertMatch({error, {limit, _}, _}, answer(Endless)),
    usable(Box),
    forget_monitors().

served() ->
    {ok, Neighbour} = beamtalk_evaluator:new(),
    [?assertMatch({ok, 3, _}, beamtalk_evaluator:eval(Neighbour, "1 + 2")) || _ <- lists:seq(1, 200)],
    beamtalk_evaluator:close(Neighbour).

-define(DEEP, 1000000).

depth_crosses_the_border(_) ->
    {ok, S} = beamtalk_evaluator:new(#{max_memory => 1024 * 1024 * 1024}),
    [
        begin
            Value = lists:foldl(fun(_, Inner) -> Around(Inner) end, nil, lists:seq(1, ?DEEP)),
            ok = beamtalk_evaluator:bind(S, x, Value),
            {ok, Back, _} = beamtalk_evaluator:eval(S, "x"),
            ?assert(Back =:= Value),
            {ok, Through, _} = beamtalk_evaluator:eval(S, "(Erlang beamtalk_stress echo: #(x, 1)) first"),
            ?assert(Through =:= Value),
            %% With a block in it the value is walked in the node.
            {ok, [WithBlock, Block], _} = beamtalk_evaluator:eval(S, "#(x, [1])"),
            ?assert(WithBlock =:= Value andalso Block() =:= 1)
        end
     || Around <- [fun(V) -> [V] end, fun(V) -> {V} end, fun(V) -> #{k => V} end, fun(V) -> [1, {V}] end]
    ],
    ok = served(),
    ok = beamtalk_evaluator:close(S).

nothing_is_too_large(_) ->
    {ok, S} = beamtalk_evaluator:new(),
    Numbered = fun(N, Row) -> [Row(integer_to_list(I)) || I <- lists:seq(1, N)] end,
    Large = apart(fun() ->
        %% A method of many variables, and one of many parameters.
        {ok, _} = beamtalk_evaluator:define(S, ["Object subclass: EvalLarge\n  go =>\n", Numbered(10000, fun(I) -> ["    v", I, " := ", I, "\n"] end), "    v1 + v10000\n"]),
        {ok, 10001, _} = beamtalk_evaluator:eval(S, "EvalLarge new go"),
        {ok, _} = beamtalk_evaluator:define(S, ["Object subclass: EvalWide\n  ", Numbered(120, fun(I) -> ["k: a", I, " "] end), "=> a1 + a120\n"]),
        {ok, 121, _} = beamtalk_evaluator:eval(S, ["EvalWide new ", Numbered(120, fun(I) -> ["k: ", I, " "] end)]),
        %% More than a function on the BEAM can have are refused, whoever asks.
        {error, {rejected, #{diagnostics := [_ | _] = Diagnostics}}} =
            beamtalk_evaluator:define(S, ["Object subclass: EvalWider\n  ", Numbered(300, fun(I) -> ["k: a", I, " "] end), "=> a1 + a300\n"]),
        true = lists:member(<<"limit/parameters">>, [Code || #{code := Code} <- Diagnostics]),
        %% Ten megabytes of text.
        Text = binary:copy(<<"0123456789">>, 1024 * 1024),
        {ok, Text, _} = beamtalk_evaluator:eval(S, ["\"", Text, "\""]),
        {ok, 10485760, _} = beamtalk_evaluator:eval(S, ["\"", Text, "\" size"])
    end),
    ok = served(),
    {ok, _, _} = answer(Large),
    %% One class after the other.
    Classes = 500 * beamtalk_stress:factor(),
    [{ok, [_]} = beamtalk_evaluator:define(S, ["Object subclass: EvalMany", integer_to_list(N), "\n  one => ", integer_to_list(N), "\n"]) || N <- lists:seq(1, Classes)],
    {ok, Classes, _} = beamtalk_evaluator:eval(S, ["EvalMany", integer_to_list(Classes), " new one"]),
    {ok, 1, _} = beamtalk_evaluator:eval(S, "EvalMany1 new one"),
    forget_monitors(),
    usable(S).
