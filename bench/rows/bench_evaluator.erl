%%% @doc E1 to E8: the evaluator. Times are those a caller in the node sees; `examples/turn.rs' and `examples/machine_bench.rs' of bt-engine measure what has no
%%% node around it.
-module(bench_evaluator).
-behaviour(bench).

-export([rows/0]).

-define(SESSIONS, 1000).
%% A program that takes longer is not measured.
-define(TOO_LONG_S, "20").
-define(GAP_MS, 2000).
-define(CALLS, 1000).

-spec rows() -> [{string(), fun(() -> bench:line() | [bench:line()])}].
rows() ->
    [
        {"E1", fun warm/0},
        {"E2", fun cold/0},
        {"E3", fun lua/0},
        {"E4", fun smalltalk/0},
        {"E5", fun accounting/0},
        {"E6", fun neighbour/0},
        {"E7", fun memory/0},
        {"E8", fun effects/0}
    ].

%% ---- E1: `1 + 2', never the same text twice ----

warm() ->
    Session = session(),
    [Ours, Peer] = bench_measure:compare(bench_measure:times(fun() -> sum(Session) end), [bench_measure:times(fun erl_eval/0)]),
    ok = beamtalk_evaluator:close(Session),
    [
        #{what => "warm `1 + 2', Erlang -> machine -> Erlang", values => bench_measure:spread(Ours), unit => <<"us">>, target => {at_most, 25}},
        bench_measure:versus("  the same / erl_eval from the text", none, {Ours, Peer})
        | turn()
    ].

sum(Session) ->
    {ok, _, _} = beamtalk_evaluator:eval(Session, ["1 + ", number()]).

number() -> integer_to_list(erlang:unique_integer([positive])).

erl_eval() ->
    {ok, Tokens, _} = erl_scan:string("1 + " ++ number() ++ "."),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    {value, _, _} = erl_eval:exprs(Expressions, erl_eval:new_bindings()).

%% The machine's session without the way from Erlang and back.
turn() ->
    What = "  source -> value without the border",
    case os:getenv("BENCH_TURN") of
        false ->
            [#{what => What, values => {missing, "the native crates do not compile"}, unit => <<"us">>, target => {at_most, 5}}];
        Program ->
            Times = [
                begin
                    {match, [Time]} = re:run(os:cmd(Program), "whole ([0-9.]+) us", [{capture, [1], list}]),
                    list_to_float(Time)
                end
             || _ <- lists:seq(1, bench_measure:rounds())
            ],
            [#{what => What, values => bench_measure:spread(Times), unit => <<"us">>, target => {at_most, 5}}]
    end.

%% ---- E2: a class defined and its first method run, against a module made of it ----

cold() ->
    Source = bench_program:source("BenchSmall"),
    Pair = bench_measure:compare(
        bench_measure:times(fun() -> define_and_run(Source) end),
        [bench_measure:times(fun() -> {ok, _} = beamtalk_compiler:load(Source, live_load()) end)]
    ),
    bench_measure:versus("new session, 31-line class, first method run / C6", {at_most, 0.05}, list_to_tuple(Pair)).

define_and_run(Source) ->
    Session = session(),
    {ok, [_ | _]} = beamtalk_evaluator:define(Session, Source),
    {ok, <<" is not">>, _} = beamtalk_evaluator:eval(Session, <<"BenchSmall new describe">>),
    ok = beamtalk_evaluator:close(Session).

live_load() -> #{core_options => bench_program:core_options(fast), suppress_warnings => true}.

%% ---- E3: equal programs in Lua ----

programs() ->
    [
        {"fib", 30},
        {"loops", 50000},
        {"while", 5000000},
        {"blocks", 1000000},
        {"sieve", 1000000},
        {"queens", 9},
        {"strings", 3000},
        {"dictionaries", 300000}
    ].

lua() ->
    What = "speed of the machine / Lua 5.4",
    Missing = fun(Why) -> #{what => What, values => {missing, Why}, unit => x, target => {at_least, 1.0}} end,
    case {os:find_executable("lua5.4"), os:getenv("BENCH_MACHINE")} of
        {false, _} ->
            Missing("lua5.4 is not installed");
        {_, false} ->
            Missing("the native crates do not compile");
        {Lua, Machine} ->
            Lines = [against_lua(Program, Lua, Machine) || Program <- programs()],
            Lines ++ whole(Lines)
    end.

%% Processor time on both sides, in processes of their own.
against_lua({Message, Number}, Lua, Machine) ->
    What = ["  ", Message, ": ", integer_to_list(Number), ", speed of the machine / Lua 5.4"],
    [Theirs, Ours] = bench_measure:once_each(
        [fun() -> lua_time(Message, Number, Lua) end, fun() -> machine_time(Message, Number, Machine) end], bench_measure:rounds()
    ),
    {LuaTimes, LuaAnswers} = lists:unzip(Theirs),
    {Times, Answers} = lists:unzip(Ours),
    case Answers of
        LuaAnswers ->
            #{note := Note} = Line = bench_measure:versus(What, {at_least, 0.6}, {LuaTimes, Times}),
            Line#{note := ["Lua ", Note]};
        _ ->
            #{what => What, values => {missing, "it does not come to Lua's answer, or takes too long"}, unit => x, target => {at_least, 0.6}}
    end.

%% Microseconds and the answer.
lua_time(Message, Number, Lua) ->
    Command = [Lua, " ", bench_program:file("peers/bench_machine.lua"), " ", Message, " ", integer_to_list(Number), " 1"],
    [Seconds, Answer] = string:lexemes(os:cmd(lists:flatten(Command)), " \n"),
    {max(1.0, list_to_float(Seconds) * 1000000), Answer}.

machine_time(Message, Number, Machine) ->
    Command = ["TURNS=1 timeout ", ?TOO_LONG_S, " ", Machine, arguments([{Message, Number}])],
    case string:lexemes(os:cmd(lists:flatten(Command)), " \n") of
        [_, Median, _, _, Answer] -> {max(1.0, 1000 * list_to_float(Median)), Answer};
        _ -> {1.0, none}
    end.

arguments(Programs) ->
    Messages = [[" '", Message, ": ", integer_to_list(Number), "'"] || {Message, Number} <- Programs],
    [" ", bench_program:file("programs/BenchMachine.bt"), " BenchMachine", Messages].

whole(Lines) ->
    What = "geometric mean, speed of the machine / Lua 5.4",
    Medians = [Median || #{values := {_, Median, _}} <- Lines, is_number(Median)],
    case length(Medians) =:= length(Lines) of
        true -> [single(What, x, {at_least, 1.0}, geometric(Medians)), single("worst of them", x, {at_least, 0.6}, lists:min(Medians))];
        false -> [#{what => What, values => {missing, "not all of them ended"}, unit => x, target => {at_least, 1.0}}]
    end.

geometric(Values) -> math:exp(lists:sum([math:log(V) || V <- Values]) / length(Values)).

single(What, Unit, Target, Value) -> #{what => What, values => {Value, Value, Value}, unit => Unit, target => Target}.

smalltalk() ->
    Why =
        case os:find_executable("gst") of
            false -> "gst is not installed";
            _ -> "there is no program for it yet"
        end,
    #{what => "speed of the machine / GNU Smalltalk", values => {missing, Why}, unit => x, target => {at_least, 3}}.

%% ---- E5: a build that counts no reductions (feature `uncounted') ----

accounting() ->
    What = "fib, loops, while: the machine / a build without reductions",
    case {os:getenv("BENCH_MACHINE"), os:getenv("BENCH_UNCOUNTED")} of
        {Counted, Uncounted} when Counted =:= false; Uncounted =:= false ->
            #{what => What, values => {missing, "the native crates do not compile"}, unit => x, target => {at_most, 1.05}};
        {Counted, Uncounted} ->
            Turns = bench_measure:once_each([fun() -> outside(Counted) end, fun() -> outside(Uncounted) end], bench_measure:rounds()),
            bench_measure:versus(What, {at_most, 1.05}, list_to_tuple(Turns))
    end.

%% Microseconds; the geometric mean of the messages.
outside(Program) ->
    Lines = string:lexemes(os:cmd(lists:flatten([Program, arguments(lists:sublist(programs(), 3))])), "\n"),
    geometric([1000 * list_to_float(hd(string:lexemes(Line, " "))) || Line <- Lines]).

%% ---- E6: the longest time another process waits for its turn ----

neighbour() ->
    Turns = [{idle_gap(), busy_gap()} || _ <- lists:seq(1, bench_measure:rounds())],
    {Idle, Busy} = lists:unzip(Turns),
    [
        #{what => "neighbour's longest gap, 2 endless evaluations", values => bench_measure:spread(Busy), unit => <<"ms">>, target => {at_most, 5}},
        #{what => "  the same in an idle node", values => bench_measure:spread(Idle), unit => <<"ms">>, target => none}
    ].

busy_gap() ->
    Parent = self(),
    Busy = [spawn_monitor(fun() -> endless(Parent) end) || _ <- [1, 2]],
    _ = [receive {Pid, started} -> ok end || {Pid, _} <- Busy],
    Gap = idle_gap(),
    _ = [receive {'DOWN', Monitor, process, Pid, normal} -> ok end || {Pid, Monitor} <- Busy],
    Gap.

endless(Parent) ->
    Session = session(),
    Parent ! {self(), started},
    {error, {limit, timeout}, _} = beamtalk_evaluator:eval(Session, <<"[true] whileTrue: [1]">>, #{timeout => ?GAP_MS + 500}),
    ok = beamtalk_evaluator:close(Session).

%% Milliseconds.
idle_gap() ->
    Now = erlang:monotonic_time(microsecond),
    gap(Now, Now + ?GAP_MS * 1000, 0) / 1000.

gap(Last, Until, Longest) when Last >= Until -> Longest;
gap(Last, Until, Longest) ->
    erlang:yield(),
    Now = erlang:monotonic_time(microsecond),
    gap(Now, Until, max(Longest, Now - Last)).

%% ---- E7: what idle sessions take ----

memory() ->
    One = session(),
    {ok, _, _} = sum(One),
    #{memory := Own} = beamtalk_evaluator:stats(One),
    ok = beamtalk_evaluator:close(One),
    Before = resident(),
    Sessions = [begin S = session(), {ok, _, _} = sum(S), S end || _ <- lists:seq(1, ?SESSIONS)],
    Each = (resident() - Before) / ?SESSIONS,
    lists:foreach(fun beamtalk_evaluator:close/1, Sessions),
    [
        single("an idle session, as it counts itself", <<"KiB">>, {at_most, 100}, Own / 1024),
        single("  each of 1,000, resident memory of the node", <<"KiB">>, {at_most, 100}, Each)
    ].

%% KiB.
resident() ->
    case file:read_file("/proc/self/status") of
        {ok, Status} ->
            {match, [Size]} = re:run(Status, "VmRSS:\\s*([0-9]+) kB", [{capture, [1], list}]),
            list_to_integer(Size);
        {error, Reason} ->
            error({no_memory_figures, Reason})
    end.

%% ---- E8: a call of Erlang out of the machine ----

effects() ->
    Session = session(),
    Calling = iolist_to_binary(io_lib:format("1 to: ~b do: [:i | Erlang erlang system_time]", [?CALLS])),
    Turns = bench_measure:once_each(
        [
            fun() -> lists:min([time(Session, Calling) || _ <- [1, 2, 3]]) / ?CALLS end,
            fun() -> bench_measure:sample(bench_measure:times(fun() -> sum(Session) end), ?CALLS) / ?CALLS end
        ],
        bench_measure:rounds()
    ),
    ok = beamtalk_evaluator:close(Session),
    bench_measure:versus("call of Erlang from the machine / E1", {at_most, 1}, list_to_tuple(Turns)).

%% Microseconds of an input.
time(Session, Input) ->
    Start = erlang:monotonic_time(nanosecond),
    {ok, _, _} = beamtalk_evaluator:eval(Session, Input),
    (erlang:monotonic_time(nanosecond) - Start) / 1000.

session() ->
    {ok, Session} = beamtalk_evaluator:new(),
    Session.
