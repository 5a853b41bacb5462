%%% @doc CL: no construct costs more than its size. Each is repeated until the source has about 2, 20 and 200 KB; the time per byte must not grow.
%%%
%%% Timed is all of our compiler, from source to Core Erlang text (or to the diagnostics).
-module(bench_linear).
-behaviour(bench).

-export([rows/0]).

-define(SMALL, 2000).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() -> [{"CL", fun lines/0}].

lines() ->
    Found = [{grows(Write), Name} || {Name, Write} <- constructs()],
    Sorted = lists:reverse(lists:sort(Found)),
    {{Worst, _}, _} = hd(Sorted),
    [
        #{
            what => io_lib:format("time per byte of ~b constructs, 100 x / 10 x, the worst", [length(Found)]),
            values => {Worst, Worst, Worst},
            unit => x,
            %% Trees beyond the caches cost up to 1.6; what grows with the square costs 10.
            target => {at_most, 2},
            note => element(2, hd(Sorted))
        }
        | [
            #{what => ["  ", Name], values => {Large, Large, Large}, unit => x, target => none, note => io_lib:format("10 x / 1 x: ~.2f", [Middle])}
         || {{Large, Middle}, Name} <- lists:sublist(Sorted, 6)
        ]
    ].

%% Time per byte at 100 times the source over that at 10 times, and at 10 times over that at one.
grows(Write) ->
    Unit = byte_size(Write(1)),
    [A, B, C] = [per_byte(Write(max(1, Size div Unit))) || Size <- [?SMALL, 10 * ?SMALL, 100 * ?SMALL]],
    {C / B, B / A}.

per_byte(Source) ->
    Side = bench_measure:times(fun() -> beamtalk_compiler:compile(Source, #{suppress_warnings => true}) end),
    Turns = 1 + 400000 div byte_size(Source),
    Times = [bench_measure:sample(Side, Turns) || _ <- [1, 2, 3, 4, 5]],
    lists:min(Times) / (Turns * byte_size(Source)).

%% {name, the source with N of them}
constructs() ->
    [
        {"statements", method("    x := x + 1\n")},
        {"assignments to new variables", fun(N) -> class(["  go =>\n", [["    v", number(I), " := ", number(I), "\n"] || I <- lists:seq(1, N)], "    1\n"]) end},
        {"methods", fun(N) -> class([["  m", number(I), " => ", number(I), "\n"] || I <- lists:seq(1, N)]) end},
        {"class methods", fun(N) -> class([["  class m", number(I), " => ", number(I), "\n"] || I <- lists:seq(1, N)]) end},
        {"fields", fun(N) -> class([["  state: f", number(I), " = ", number(I), "\n"] || I <- lists:seq(1, N)]) end},
        {"class variables", fun(N) -> class([["  classState: f", number(I), " = 0\n"] || I <- lists:seq(1, N)]) end},
        {"field assignments", fun(N) -> class(["  state: f = 0\n  go =>\n", repeat(N, "    self.f := self.f + 1\n")]) end},
        {"unary sends", expression(" foo")},
        {"binary sends", expression("\n    + 1")},
        {"keyword sends", method("    self at: x put: 2\n")},
        {"cascaded messages", fun(N) -> class(["  go => self foo", repeat(N, "; at: 1 put: 2"), "\n"]) end},
        {"sends to super", method("    super foo\n")},
        {"conditionals", method("    x > 1 ifTrue: [x := 2] ifFalse: [x := x * 3]\n")},
        {"conditionals with return", method("    x > 1 ifTrue: [^x]\n")},
        {"tests for nil", method("    x := x ifNil: [0] ifNotNil: [:v | v]\n")},
        {"loops", method("    [x < 3] whileTrue: [x := x + 1]\n")},
        {"counted loops", method("    1 to: 3 do: [:i | x := x + i]\n")},
        {"loops over lists", method("    #(1, 2) do: [:e | x := x + e]\n")},
        {"blocks with writes", method("    self each: [:e | x := x + e]\n")},
        {"stored blocks", method("    b := [:e | e + x]\n    b value: 1\n")},
        {"handlers", method("    [x := x / 2] on: Error do: [:e | x := 0]\n")},
        {"cleanups", method("    [x := 1] ensure: [x := 2]\n")},
        {"matches", method("    x := x match: [1 -> 2; {#ok, v} -> v; _ -> 3]\n")},
        {"arms of a match", fun(N) -> class(["  go: x => x match: [", [[number(I), " -> ", number(I), "; "] || I <- lists:seq(1, N)], "_ -> 0]\n"]) end},
        {"list elements", literal("#(", "123, ", "1)")},
        {"array elements", literal("#[", "123, ", "1]")},
        {"map entries", fun(N) -> class(["  go => #{", [["k", number(I), " => ", number(I), ", "] || I <- lists:seq(1, N)], "z => 1}\n"]) end},
        {"string", literal("\"", "abcdefgh ", "\"")},
        {"interpolations", literal("\"", "a {x} b ", "\"")},
        {"symbols", method("    x := #symbol\n")},
        {"comments", method("    // a comment of some length\n    x\n")},
        {"doc comments", fun(N) -> class([[["  /// A line of text.\n"] || _ <- lists:seq(1, N)], "  go => 1\n"]) end},
        {"standalone methods", fun(N) -> class(["  go => 1\n", [["Linear >> s", number(I), " => 1\n"] || I <- lists:seq(1, N)]]) end},
        {"directives", method("    @expect dnu\n    3 fooBar\n")},
        {"undefined names", method("    nowhere\n")},
        {"syntax errors", method("    x := )\n")},
        {"unclosed brackets", method("    x := (1\n")},
        {"type warnings", method("    3 + \"4\"\n")},
        {"class references", method("    Array new: 3\n")},
        {"Erlang calls", method("    Erlang lists reverse: #(1)\n")}
    ].

class(Members) -> iolist_to_binary(["Object subclass: Linear\n", Members]).

method(Statement) -> fun(N) -> class(["  go: x =>\n", repeat(N, Statement), "    x\n"]) end.

expression(Part) -> fun(N) -> class(["  go: x => x", repeat(N, Part), "\n"]) end.

literal(Open, Part, Close) -> fun(N) -> class(["  go: x => ", Open, repeat(N, Part), Close, "\n"]) end.

repeat(N, Text) -> lists:duplicate(N, Text).

number(N) -> integer_to_list(N).
