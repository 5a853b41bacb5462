%%% @doc C1, C2: what a request to the compiler costs before it compiles anything.
-module(bench_border).
-behaviour(bench).

-export([rows/0]).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() -> [{"C1", fun library/0}, {"C2", fun port/0}].

library() ->
    case bench_empty_nif:load() of
        ok -> library_lines();
        {error, Reason} -> [#{what => "empty request to the library", values => {missing, io_lib:format("~0tp", [Reason])}, unit => x, target => {at_most, 1.5}}]
    end.

library_lines() ->
    [Ours, Dirty, Normal] = bench_measure:compare(
        bench_measure:times(fun() -> {ok, _} = beamtalk_compiler_nif:request(request(), 5000) end),
        [bench_measure:times(fun() -> bench_empty_nif:dirty(request()) end), bench_measure:times(fun() -> bench_empty_nif:normal(request()) end)]
    ),
    [
        bench_measure:versus("empty request to the library / empty dirty NIF", {at_most, 1.5}, {Ours, Dirty}),
        bench_measure:versus("  the same / empty normal NIF", none, {Ours, Normal})
    ].

port() ->
    [Port, Library] = bench_measure:compare(
        bench_measure:times(fun() -> {ok, _} = beamtalk_compiler_server:request(request(), 5000) end),
        [bench_measure:times(fun() -> {ok, _} = beamtalk_compiler_nif:request(request(), 5000) end)]
    ),
    [
        bench_measure:versus("empty request to the port / C1", {at_most, 20}, {Port, Library}),
        #{what => "  time of it", values => bench_measure:spread(Port), unit => <<"us">>, target => {at_most, 150}}
    ].

request() -> #{command => version}.
