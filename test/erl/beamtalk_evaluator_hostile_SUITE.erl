%%% @doc Programs that mean no good: each ends with the limit it should, in time, and the session goes on as if nothing had been: variables as before, memory
%%% given back, no handler or cleanup of the program run, nothing left in the mailbox of who asked.
-module(beamtalk_evaluator_hostile_SUITE).

-include_lib("stdlib/include/assert.hrl").

-export([all/0, init_per_suite/1, end_per_suite/1]).
-export([
    memory_ends/1,
    large_integers_are_refused_or_paid_for/1,
    endless_programs_end/1,
    sharing_is_compared_once/1,
    what_is_shared_does_not_leave_as_often_as_it_is_referred_to/1,
    depth_is_no_matter/1,
    forged_blocks_stay_tuples/1,
    a_program_that_traps_exits_ends/1,
    late_answers_reach_nobody/1
]).

all() ->
    [Name || {Name, 1} <- ?MODULE:module_info(exports), Name =/= module_info, Name =/= init_per_suite, Name =/= end_per_suite].

init_per_suite(Config) ->
    {ok, Started} = application:ensure_all_started(beamtalk),
    [{started, Started} | Config].

end_per_suite(Config) ->
    [application:stop(Application) || Application <- proplists:get_value(started, Config)].

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
