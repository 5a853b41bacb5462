%%% @doc `bench/run': runs the rows and prints the table. A row that fails is a line of the table, never a failed build.
-module(bench).

-export([start/0]).

-export_type([line/0, target/0]).

%% What a row measured. `x' is a ratio to the peer; other units are printed as they are.
-type line() :: #{
    what := iodata(),
    values := bench_measure:spread() | {missing, iodata()},
    unit := x | binary(),
    target := target(),
    note => iodata()
}.
-type target() :: {at_most, number()} | {at_least, number()} | none.

-callback rows() -> [{Id :: string(), fun(() -> line() | [line()])}].

%% The groups in the order of the table; each is a module in `bench/rows'.
-define(GROUPS, [
    bench_border, bench_front, bench_build, bench_linear, bench_compile, bench_sends, bench_errors, bench_loops, bench_collections, bench_text,
    bench_actors, bench_evaluator, bench_node
]).

-spec start() -> no_return().
start() ->
    Arguments = init:get_plain_arguments(),
    Wanted = [A || A <- Arguments, hd(A) =/= $-],
    ok = bench_measure:configure(lists:member("--quick", Arguments)),
    All = [Row || Group <- ?GROUPS, Row <- Group:rows()],
    Rows = [Row || {Id, _} = Row <- All, Wanted =:= [] orelse lists:member(Id, Wanted)],
    case lists:member("--list", Arguments) of
        true -> io:format("~ts~n", [lists:join(" ", [Id || {Id, _} <- All])]);
        false -> table(Rows)
    end,
    halt(0).

table(Rows) ->
    bench_header:print(),
    {ok, _} = application:ensure_all_started(beamtalk),
    io:format("~-5s ~-66s ~9s ~9s ~9s  ~-17s ~-8s ~s~n", ["row", "what", "min", "median", "max", "target", "reached", "medians"]),
    Lines = lists:append([row(Row) || Row <- Rows]),
    Judged = [reached(L) || #{target := T} = L <- Lines, T =/= none],
    io:format("~n~b of ~b targets reached~n", [length([yes || yes <- Judged]), length(Judged)]).

row({Id, Measure}) ->
    Lines =
        try
            lists:flatten([Measure()])
        catch
            Class:Reason:Stack -> [failed(Class, Reason, Stack)]
        end,
    _ = [print(Id, Line) || Line <- Lines],
    Lines.

failed(Class, Reason, Stack) ->
    Why = io_lib:format("~0tP", [{Class, Reason, Stack}, 15]),
    #{what => "failed", values => {missing, Why}, unit => x, target => none}.

print(Id, #{what := What, values := {missing, Why}}) ->
    io:format("~-5s ~-66ts not measured: ~ts~n", [Id, What, Why]);
print(Id, #{what := What, values := {Min, Median, Max}, unit := Unit, target := Target} = Line) ->
    io:format("~-5s ~-66ts ~9s ~9s ~9s  ~-17ts ~-8s ~ts~n", [
        Id, What, number(Min), number(Median), number(Max), target(Target, Unit), mark(Line), maps:get(note, Line, "")
    ]).

mark(#{target := none}) -> "-";
mark(Line) -> atom_to_list(reached(Line)).

reached(#{values := {missing, _}}) -> no;
reached(#{values := {_, Median, _}, target := {at_most, Limit}}) -> yes_no(Median =< Limit);
reached(#{values := {_, Median, _}, target := {at_least, Limit}}) -> yes_no(Median >= Limit).

yes_no(true) -> yes;
yes_no(false) -> no.

target(none, Unit) -> unit(Unit);
target({at_most, Limit}, Unit) -> ["<= ", number(Limit), " ", unit(Unit)];
target({at_least, Limit}, Unit) -> [">= ", number(Limit), " ", unit(Unit)].

unit(x) -> "x";
unit(Unit) -> Unit.

number(N) when is_integer(N) -> integer_to_list(N);
number(N) when abs(N) >= 1000 -> float_to_list(N, [{decimals, 0}]);
number(N) when abs(N) >= 100 -> float_to_list(N, [{decimals, 1}]);
number(N) -> float_to_list(N, [{decimals, 2}]).
