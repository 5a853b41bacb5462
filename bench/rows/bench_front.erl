%%% @doc C3 to C5: the front end alone, measured inside the `front_bench' program, which prints one line per sample.
-module(bench_front).
-behaviour(bench).

-export([rows/0]).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() -> [{"C3", fun lexer/0}, {"C4", fun parser/0}, {"C5", fun front_end/0}].

lexer() ->
    with(fun(Samples) -> [rate("lexer", "lex", {at_least, 200}, Samples), against("  lexer / byte scan", "lex", "scan", Samples)] end).

parser() ->
    with(fun(Samples) ->
        [
            rate("source -> tree", "parse", {at_least, 25}, Samples),
            lines("source -> tree", "parse", none, Samples),
            against("  source -> tree / lexer", "parse", "lex", Samples)
        ]
    end).

front_end() ->
    with(fun(Samples) ->
        [
            lines("whole front end with Core text", "front", {at_least, 400000}, Samples),
            time("  1,000-line class", "front", {at_most, 3.0}, Samples),
            against("  whole front end / source -> tree", "front", "parse", Samples),
            against("  tree and analysis / source -> tree", "check", "parse", Samples)
        ]
    end).

%% The first file is a class of 1,000 lines, the second has ten times the methods.
with(Lines) ->
    case samples() of
        {ok, Samples} -> Lines(Samples);
        error -> [#{what => "front end", values => {missing, "front_bench was not built"}, unit => x, target => none}]
    end.

samples() ->
    case {get(samples), os:getenv("BENCH_FRONT")} of
        {undefined, false} -> error;
        {undefined, Program} ->
            Samples = run(Program),
            put(samples, Samples),
            {ok, Samples};
        {Samples, _} -> {ok, Samples}
    end.

run(Program) ->
    Files = [
        begin
            File = bench_program:out(Name),
            ok = file:write_file(File, bench_texts:class("BenchLarge", Methods)),
            File
        end
     || {Name, Methods} <- [{"class_1000.bt", 150}, {"class_10000.bt", 1500}]
    ],
    Rounds = integer_to_list(2 * bench_measure:rounds()),
    Port = open_port({spawn_executable, Program}, [{args, [Rounds | Files]}, exit_status, {line, 200}, binary]),
    collect(Port, []).

collect(Port, Samples) ->
    receive
        {Port, {data, {eol, Line}}} -> collect(Port, [sample(string:lexemes(Line, " ")) | Samples]);
        {Port, {exit_status, _}} -> lists:reverse(Samples)
    end.

%% stage, number of the file, bytes, lines, nanoseconds
sample([Stage | Numbers]) -> list_to_tuple([binary_to_list(Stage) | [binary_to_integer(N) || N <- Numbers]]).

times(Stage, File, Samples) ->
    [Ns / 1000 || {S, F, _, _, Ns} <- Samples, S =:= Stage, F =:= File].

rate(What, Stage, Target, Samples) ->
    line([What, ", 10,000 lines"], [B * 1000 / Ns || {S, 1, B, _, Ns} <- Samples, S =:= Stage], <<"MB/s">>, Target).

lines(What, Stage, Target, Samples) ->
    line([What, ", 10,000 lines"], [L * 1.0e9 / Ns || {S, 1, _, L, Ns} <- Samples, S =:= Stage], <<"lines/s">>, Target).

time(What, Stage, Target, Samples) ->
    line(What, [Us / 1000 || Us <- times(Stage, 0, Samples)], <<"ms">>, Target).

line(What, [], Unit, Target) -> #{what => What, values => {missing, "no such stage"}, unit => Unit, target => Target};
line(What, Values, Unit, Target) -> #{what => What, values => bench_measure:spread(Values), unit => Unit, target => Target}.

against(What, Stage, Peer, Samples) ->
    case {times(Stage, 1, Samples), times(Peer, 1, Samples)} of
        {[_ | _] = Ours, [_ | _] = Theirs} -> bench_measure:versus(What, none, {Ours, Theirs});
        _ -> line(What, [], x, none)
    end.
