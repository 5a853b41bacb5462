%%% @doc C6 to C8 and the phases: from source to loaded module, with the options of a live load, which leave out optimisations of OTP. The peer compiles
%%% Erlang that does the same, in the same node, with the options of `erlc'. Lines with all optimisations, as packages have them, stand beside.
-module(bench_compile).
-behaviour(bench).

-export([rows/0]).

-define(METHODS, 150).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() ->
    [{"C6", fun small/0}, {"C7", fun large/0}, {"C7", fun linear/0}, {"C8", fun size/0}, {"phase", fun phases/0}].

small() ->
    ok = filelib:ensure_dir(bench_program:out("x")),
    Erl = bench_program:file("peers/bench_peer_small.erl"),
    against_erlang("31-line class, source -> loaded / Erlang", 2.0, bench_program:source("BenchSmall"), Erl).

large() ->
    Source = bench_texts:class("BenchLarge", ?METHODS),
    against_erlang("1,000-line class, source -> loaded / Erlang", 1.5, Source, large_erlang()).

large_erlang() ->
    File = bench_program:out("bench_peer_large.erl"),
    ok = file:write_file(File, bench_texts:module("bench_peer_large", ?METHODS)),
    File.

against_erlang(What, Limit, Source, Erl) ->
    [Full, Fast, Peer] = bench_measure:compare(
        bench_measure:times(fun() -> ours(full, Source) end),
        [bench_measure:times(fun() -> ours(fast, Source) end), bench_measure:times(fun() -> erlang(Erl) end)]
    ),
    [
        bench_measure:versus(What, {at_most, Limit}, {Fast, Peer}),
        bench_measure:versus(["  the same with all optimisations / Erlang"], none, {Full, Peer})
    ].

%% Ten times the methods; all of these are long enough alone.
linear() ->
    [linear(Flavour, Suffix) || {Flavour, Suffix} <- bench_program:flavours()].

linear(Flavour, Suffix) ->
    Source = bench_texts:class("BenchLarge", ?METHODS),
    Large = bench_texts:class("BenchLarge", 10 * ?METHODS),
    Turns = bench_measure:once_each(
        [fun() -> bench_measure:sample(fun(1) -> ours(Flavour, Text) end, 1) end || Text <- [Large, Source]], 3
    ),
    Target = case Flavour of fast -> {at_most, 12}; full -> none end,
    bench_measure:versus(["  10 times the methods / 1,000 lines", Suffix], Target, list_to_tuple(Turns)).

ours(Flavour, Source) ->
    {ok, _} = beamtalk_compiler:load(Source, options(Flavour)).

options(Flavour) ->
    #{core_options => (bench_program:core_options(Flavour))#{timeout => 300000}, suppress_warnings => true}.

erlang(File) ->
    {ok, Module, Beam} = compile:file(File, [binary]),
    _ = code:purge(Module),
    {module, Module} = code:load_binary(Module, File, Beam).

size() ->
    [
        begin
            {ok, #{core_erlang := Core}} = beamtalk_compiler:compile(Source, #{}),
            Ratio = byte_size(Core) / byte_size(Source),
            #{
                what => ["Core Erlang / source, ", What],
                values => {Ratio, Ratio, Ratio},
                unit => <<"bytes per byte">>,
                target => {at_most, 12},
                note => io_lib:format("~b / ~b", [byte_size(Core), byte_size(Source)])
            }
        end
     || {What, Source} <- texts()
    ].

texts() ->
    [{"31-line class", bench_program:source("BenchSmall")}, {"1,000-line class", bench_texts:class("BenchLarge", ?METHODS)}].

%% Each phase by itself, as a part of the sum.
phases() ->
    [phases(What, Source, Flavour) || {What, Source} <- texts(), Flavour <- [full, fast]].

phases(What, Source, Flavour) ->
    Turns = [one_by_one(Source, Flavour) || _ <- lists:seq(1, bench_measure:rounds())],
    Names = [Name || {Name, _} <- hd(Turns)],
    [
        begin
            Parts = [100 * proplists:get_value(Name, Turn) / total(Turn) || Turn <- Turns],
            Times = [proplists:get_value(Name, Turn) || Turn <- Turns],
            #{
                what => [What, ", ", atom_to_list(Flavour), ": ", Name],
                values => bench_measure:spread(Parts),
                unit => <<"%">>,
                target => none,
                note => bench_measure:time_text(bench_measure:median(Times))
            }
        end
     || Name <- Names
    ].

total(Turn) -> lists:sum([Time || {_, Time} <- Turn]).

one_by_one(Source, Flavour) ->
    {Front, {ok, #{core_erlang := Core}}} = timed(fun() -> beamtalk_compiler:compile(Source, #{}) end),
    {Scan, {ok, Tokens}} = timed(fun() -> beamtalk_core_scan:tokens(Core) end),
    {Parse, {ok, _}} = timed(fun() -> core_parse:parse(Tokens) end),
    {Whole, {ok, Module, Beam}} = timed(fun() -> beamtalk_compiler:compile_core_erlang(Core, bench_program:core_options(Flavour)) end),
    {Load, _} = timed(fun() -> load(Module, Beam) end),
    [{"front end", Front}, {"scan", Scan}, {"parse", Parse}, {"OTP compile", max(0.0, Whole - Scan - Parse)}, {"load", Load}].

load(Module, Beam) ->
    _ = code:purge(Module),
    {module, Module} = code:load_binary(Module, "", Beam).

timed(Fun) ->
    erlang:garbage_collect(),
    Start = erlang:monotonic_time(nanosecond),
    Result = Fun(),
    {(erlang:monotonic_time(nanosecond) - Start) / 1000, Result}.
