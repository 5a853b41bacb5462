%%% @doc R7: a million turns with a changed local, against a tail-recursive function.
-module(bench_loops).
-behaviour(bench).

-export([rows/0]).

-define(TURNS, 1000000).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() -> [{"R7", fun loops/0}].

loops() ->
    [
        begin
            Module = bench_program:load("BenchLoops", Flavour),
            Me = bench_program:object("BenchLoops", Flavour, #{}),
            [
                against(["1 to: 1000000 do: / recursion", Suffix], bench_program:target(Flavour, 1.5), fun() -> Module:'toDo:'(Me, ?TURNS) end, fun() -> bench_peer:to_do(?TURNS) end),
                against(["whileTrue: / recursion", Suffix], bench_program:target(Flavour, 1.5), fun() -> Module:'whileTrue:'(Me, ?TURNS) end, fun() -> bench_peer:while(?TURNS) end)
            ]
        end
     || {Flavour, Suffix} <- bench_program:flavours()
    ].

against(What, Target, Ours, Peer) ->
    bench_measure:versus(What, Target, list_to_tuple(bench_measure:compare(bench_measure:times(Ours), [bench_measure:times(Peer)]))).
