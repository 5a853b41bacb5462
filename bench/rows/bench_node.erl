%%% @doc N1, N2 and N4: whole processes from the outside, and the size of the native library.
-module(bench_node).
-behaviour(bench).

-export([rows/0]).

-define(MIB, 1048576).
-define(TEST_FILES, 89).
-define(TESTS, 484).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() -> [{"N1", fun process/0}, {"N2", fun tests/0}, {"N4", fun size/0}].

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

tests() ->
    Dir = bench_program:out("tests"),
    lists:foreach(fun(N) -> write_tests(Dir, N) end, lists:seq(1, ?TEST_FILES)),
    Command = ["BEAMTALK_EBIN=", os:getenv("BENCH_EBIN"), " ", os:getenv("BENCH_ROOT"), "/beamtalk test --format tap ", Dir, " 2>&1"],
    Seconds = lists:sort([run_tests(Command) || _ <- lists:seq(1, 5)]),
    Values = {hd(Seconds), lists:nth(3, Seconds), lists:last(Seconds)},
    #{what => "beamtalk test: 484 test methods in 89 files, whole process", values => Values, unit => <<"s">>, target => {at_most, 6}}.

%% Five tests a file, six in the first ones.
write_tests(Dir, N) ->
    Count = ?TESTS div ?TEST_FILES + if N =< ?TESTS rem ?TEST_FILES -> 1; true -> 0 end,
    Name = integer_to_list(N),
    File = filename:join(Dir, "bench" ++ Name ++ "_test.bt"),
    ok = filelib:ensure_dir(File),
    ok = file:write_file(File, [
        ["TestCase subclass: BenchSmall", Name, "Test\n  state: start = 0\n  setUp => self.start := ", Name, "\n"],
        [
            [
                ["  test", T, " =>\n    self assert: self.start + ", T, " equals: ", integer_to_list(N + I), "\n"],
                "    #(1, 2, 3) do: [:each | self assert: each > 0]\n    self should: [1 / 0] raise: #badarith\n"
            ]
         || I <- lists:seq(1, Count), T <- [integer_to_list(I)]
        ]
    ]).

run_tests(Command) ->
    Start = erlang:monotonic_time(millisecond),
    Text = os:cmd(lists:flatten(Command)),
    "TAP version 13\n1..484\nok 1 " ++ _ = Text,
    nomatch = string:find(Text, "not ok"),
    (erlang:monotonic_time(millisecond) - Start) / 1000.

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
