%%% @doc Samples and what is made of them.
%%%
%%% Everything that is compared is measured in turns, A B A B, so that a busy machine is busy for both. A sample runs in a process
%%% of its own with a big fresh heap and is long enough for the clock. The ratio that counts is that of the medians; minimum and
%%% maximum are those of the single turns.
-module(bench_measure).

-export([configure/1, rounds/0, compare/2, once_each/2, ratio/2, ratio_of_medians/1, spread/1, median/1, sample/2, time_text/1, times/1, versus/3]).

-export_type([side/0, spread/0]).

%% `fun(N)' does its work N times; a timed one answers the microseconds that count, a fixed one chooses N itself.
-type side() :: fun((pos_integer()) -> term()) | {timed, pos_integer(), fun((pos_integer()) -> number())}.
-type spread() :: {Min :: number(), Median :: number(), Max :: number()}.

-define(HEAP_WORDS, 4000000).
-define(ENOUGH_US, 10000).

-spec configure(Quick :: boolean()) -> ok.
configure(true) -> persistent_term:put(?MODULE, {3, 50000});
configure(false) -> persistent_term:put(?MODULE, {7, 200000}).

-spec rounds() -> pos_integer().
rounds() -> element(1, persistent_term:get(?MODULE)).

%% @doc Microseconds per repetition of each side, one list per side, measured in turns.
-spec compare(side(), [side()]) -> [[float()]].
compare(First, Others) ->
    Sides = [{Side, repetitions(Side)} || Side <- [First | Others]],
    once_each([fun() -> per_repetition(Side, N) end || {Side, N} <- Sides], rounds()).

%% @doc The same for functions that answer a number themselves.
-spec once_each([fun(() -> number())], pos_integer()) -> [[number()]].
once_each(Functions, Rounds) ->
    transpose([[F() || F <- Functions] || _ <- lists:seq(1, Rounds)]).

transpose([[] | _]) -> [];
transpose(Rows) -> [[hd(Row) || Row <- Rows] | transpose([tl(Row) || Row <- Rows])].

repetitions({timed, N, _}) -> N;
repetitions(Fun) -> repetitions(Fun, 1).

repetitions(Fun, N) ->
    case sample(Fun, N) of
        Time when Time < ?ENOUGH_US -> repetitions(Fun, N * 4);
        Time -> max(1, round(N * element(2, persistent_term:get(?MODULE)) / Time))
    end.

per_repetition(Side, N) -> sample(Side, N) / N.

%% @doc Microseconds of one sample.
-spec sample(side(), pos_integer()) -> number().
sample(Side, N) ->
    _ = [erlang:garbage_collect(P) || P <- processes()],
    {Pid, Monitor} = spawn_opt(fun() -> exit({time, work(Side, N)}) end, [monitor, {min_heap_size, ?HEAP_WORDS}]),
    receive
        {'DOWN', Monitor, process, Pid, {time, Time}} -> Time;
        {'DOWN', Monitor, process, Pid, Reason} -> error({sample, Reason})
    end.

work({timed, _, Fun}, N) ->
    Fun(N);
work(Fun, N) ->
    Start = erlang:monotonic_time(nanosecond),
    _ = Fun(N),
    max(1, erlang:monotonic_time(nanosecond) - Start) / 1000.

%% @doc A side that calls a function again and again.
-spec times(fun(() -> term())) -> side().
times(Fun) -> fun(N) -> times(Fun, N) end.

times(_, 0) -> ok;
times(Fun, N) ->
    _ = Fun(),
    times(Fun, N - 1).

%% @doc The line of a table for one side against its peer.
-spec versus(iodata(), bench:target(), {[number()], [number()]}) -> bench:line().
versus(What, Target, {Ours, Peer} = Pair) ->
    Note = [time_text(median(Ours)), " / ", time_text(median(Peer))],
    #{what => What, values => ratio_of_medians(Pair), unit => x, target => Target, note => Note}.

-spec ratio(number(), number()) -> float().
ratio(A, B) -> A / B.

-spec ratio_of_medians({[number()], [number()]}) -> spread().
ratio_of_medians({Ours, Peer}) ->
    Turns = lists:zipwith(fun ratio/2, Ours, Peer),
    {lists:min(Turns), median(Ours) / median(Peer), lists:max(Turns)}.

-spec spread([number()]) -> spread().
spread(Values) -> {lists:min(Values), median(Values), lists:max(Values)}.

-spec median([number()]) -> number().
median(Values) -> lists:nth((length(Values) + 1) div 2, lists:sort(Values)).

%% @doc Microseconds for people.
-spec time_text(number()) -> iodata().
time_text(Us) when Us >= 1000000 -> io_lib:format("~.2f s", [Us / 1000000]);
time_text(Us) when Us >= 1000 -> io_lib:format("~.2f ms", [Us / 1000]);
time_text(Us) when Us >= 1 -> io_lib:format("~.2f us", [float(Us)]);
time_text(Us) -> io_lib:format("~.1f ns", [Us * 1000.0]).
