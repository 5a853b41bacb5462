%%% @doc N1 and N4: a whole process from the outside, and the size of the native library.
-module(bench_node).
-behaviour(bench).

-export([rows/0]).

-define(MIB, 1048576).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() -> [{"N1", fun process/0}, {"N4", fun size/0}].

process() ->
    Root = os:getenv("BENCH_ROOT"),
    Ours = ["BEAMTALK_EBIN=", os:getenv("BENCH_EBIN"), " ", Root, "/beamtalk eval '1 + 2'"],
    Peer = ["erl -boot no_dot_erlang +fnu +Bd -noshell -pa ", os:getenv("BENCH_EBIN"), " -eval 'io:format(\"~p~n\", [1 + 2]), halt().'"],
    Turns = bench_measure:once_each([fun() -> command(Ours) end, fun() -> command(Peer) end], 2 * bench_measure:rounds()),
    bench_measure:versus("beamtalk eval '1 + 2' / erl -eval, whole process", {at_most, 1.5}, list_to_tuple(Turns)).

command(Command) ->
    Start = erlang:monotonic_time(nanosecond),
    "3\n" = os:cmd(lists:flatten(Command)),
    (erlang:monotonic_time(nanosecond) - Start) / 1000.

size() ->
    {ok, Library} = beamtalk_compiler_nif:library(),
    File = bench_program:out("stripped.so"),
    {ok, _} = file:copy(Library, File),
    _ = os:cmd("strip " ++ File ++ " 2>/dev/null"),
    {ok, Content} = file:read_file(File),
    [
        megabytes("native library, stripped", 12, byte_size(Content)),
        megabytes("  the same, compressed as for a download", 5, byte_size(zlib:gzip(Content)))
    ].

megabytes(What, Limit, Bytes) ->
    Size = Bytes / ?MIB,
    #{what => What, values => {Size, Size, Size}, unit => <<"MiB">>, target => {at_most, Limit}}.
