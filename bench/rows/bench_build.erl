%%% @doc C9: building many files, as whole processes: the library against as many lines of Elixir, and builds that have nothing to do.
-module(bench_build).
-behaviour(bench).

-export([rows/0]).

-define(CLASSES, 200).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() -> [{"C9", fun builds/0}].

builds() ->
    [library(), idle_library(), package(), idle_package()].

%% The library

library() ->
    case os:find_executable("elixirc") of
        false ->
            #{what => "library from clean / Elixir", values => {missing, "Elixir is not installed"}, unit => x, target => none};
        Elixir ->
            Sources = filelib:wildcard(filename:join([os:getenv("BENCH_ROOT"), "stdlib", "src", "*", "*.bt"])),
            Peers = [elixir(N, File) || {N, File} <- lists:zip(lists:seq(1, length(Sources)), Sources)],
            Out = fresh("elixir-out"),
            Peer = [Elixir, " --ignore-module-conflict -o ", Out, [[" ", Peer] || Peer <- Peers]],
            Turns = bench_measure:once_each([fun clean_library/0, fun() -> process(Peer) end], rounds()),
            bench_measure:versus("library from clean / elixirc, as many lines", {at_most, 1.0}, list_to_tuple(Turns))
    end.

clean_library() ->
    _ = fresh("library"),
    build_library().

build_library() ->
    Dir = bench_program:out("library"),
    Call = io_lib:format(
        "{ok, _} = beamtalk_library_build:build(#{source => ~p, output => ~p, state => ~p}), halt().",
        [filename:join([os:getenv("BENCH_ROOT"), "stdlib", "src"]), Dir, filename:join(Dir, "build.term")]
    ),
    process(["erl -boot no_dot_erlang +fnu +Bd -noshell -pa ", os:getenv("BENCH_EBIN"), " -eval '", Call, "'"]).

idle_library() ->
    seconds("  nothing to do, whole process", 0.3, fun build_library/0).

%% As many lines, and as many functions with documentation as a class of that length has methods.
elixir(N, File) ->
    {ok, Text} = file:read_file(File),
    Functions = max(1, length(binary:matches(Text, <<"\n">>)) div 4),
    Peer = lists:flatten(filename:join(bench_program:out("elixir"), io_lib:format("m~b.ex", [N]))),
    ok = filelib:ensure_dir(Peer),
    Body = [
        io_lib:format(
            "  @doc \"Answers something about ~b.\"~n  @spec f~b(integer, list) :: any~n"
            "  def f~b(a, b), do: if(a > ~b, do: Enum.map(b, fn x -> x + a end), else: [a | b])~n~n",
            [I, I, I, I]
        )
     || I <- lists:seq(1, Functions)
    ],
    ok = file:write_file(Peer, [io_lib:format("defmodule BenchPeer.M~b do~n", [N]), Body, "end\n"]),
    Peer.

%% A package

package() ->
    Dir = fresh("package"),
    ok = file:write_file(filename:join(Dir, "beamtalk.toml"), "[package]\nname = \"bench\"\nversion = \"0.1.0\"\n"),
    ok = file:make_dir(filename:join(Dir, "src")),
    _ = [ok = file:write_file(filename:join([Dir, "src", class(N) ++ ".bt"]), source(N)) || N <- lists:seq(1, ?CLASSES)],
    Clean = fun() ->
        _ = file:del_dir_r(filename:join(Dir, "_build")),
        build_package()
    end,
    seconds(io_lib:format("a package of ~b classes from clean, whole process", [?CLASSES]), none, Clean).

idle_package() ->
    seconds("  nothing to do, whole process", none, fun build_package/0).

build_package() ->
    process(["BEAMTALK_EBIN=", os:getenv("BENCH_EBIN"), " ", os:getenv("BENCH_ROOT"), "/beamtalk build ", bench_program:out("package")]).

class(N) -> lists:concat(["Bench", N]).

%% Each uses the one before.
source(N) ->
    [
        io_lib:format("Object subclass: ~s~n  state: n = ~b~n~n  value => self.n~n", [class(N), N]),
        [io_lib:format("  m~b: x => x > ~b ifTrue: [x + self.n] ifFalse: [self value]~n", [I, I]) || I <- lists:seq(1, 20)],
        [io_lib:format("  other => ~s new value~n", [class(N - 1)]) || N > 1]
    ].

%% Common

seconds(What, Limit, Work) ->
    Times = [Work() / 1.0e6 || _ <- lists:seq(1, rounds())],
    Target =
        case Limit of
            none -> none;
            _ -> {at_most, Limit}
        end,
    #{what => What, values => bench_measure:spread(Times), unit => <<"s">>, target => Target}.

rounds() -> max(3, bench_measure:rounds() div 2).

fresh(Name) ->
    Dir = bench_program:out(Name),
    _ = file:del_dir_r(Dir),
    ok = filelib:ensure_dir(filename:join(Dir, "any")),
    Dir.

process(Command) ->
    Start = erlang:monotonic_time(nanosecond),
    Port = open_port({spawn_executable, "/bin/sh"}, [{args, ["-c", lists:flatten(Command)]}, exit_status, stderr_to_stdout]),
    ok = finished(Port),
    (erlang:monotonic_time(nanosecond) - Start) / 1000.

finished(Port) ->
    receive
        {Port, {exit_status, 0}} -> ok;
        {Port, {exit_status, Code}} -> error({exit_status, Code});
        {Port, {data, _}} -> finished(Port)
    end.
