%%% @doc R6: a message nobody understands, caught.
-module(bench_errors).
-behaviour(bench).

-export([rows/0]).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() -> [{"R6", fun not_understood/0}].

not_understood() ->
    [
        begin
            Module = bench_program:load("BenchErrors", Flavour),
            _ = bench_program:load("BenchTarget", Flavour),
            Me = bench_program:object("BenchErrors", Flavour, #{}),
            Target = bench_program:object("BenchTarget", Flavour, #{}),
            Turns = bench_measure:compare(fun(N) -> Module:'caught:from:'(Me, N, Target) end, [fun bench_peer:caught/1]),
            bench_measure:versus(["doesNotUnderstand caught by on:do: / catch error", Suffix], bench_program:target(Flavour, 10), list_to_tuple(Turns))
        end
     || {Flavour, Suffix} <- bench_program:flavours()
    ].
