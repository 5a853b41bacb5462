%%% @doc Writes the large texts: a class of any number of methods and the Erlang module that does the same.
%%%
%%% Six shapes of methods take turns: arithmetic on fields, a loop with a changed local, blocks over a list, text, sends to
%%% self, a caught failure. 150 methods make 1,000 lines.
-module(bench_texts).

-export([class/2, module/2]).

%% @doc A class with that many methods.
-spec class(string(), pos_integer()) -> binary().
class(Name, Count) ->
    Head = [
        "/// I am a generated class.\nObject subclass: ", Name, "\n",
        "  state: a = 1\n  state: b = 2\n  state: c = 3\n\n"
    ],
    iolist_to_binary([Head | [beamtalk(N rem 6, N) || N <- lists:seq(0, Count - 1)]]).

%% @doc The Erlang module that does the same.
-spec module(string(), pos_integer()) -> binary().
module(Name, Count) ->
    Head = ["-module(", Name, ").\n-compile([export_all, nowarn_export_all]).\n\nnew() -> #{a => 1, b => 2, c => 3}.\n\n"],
    iolist_to_binary([Head | [erlang(N rem 6, N) || N <- lists:seq(0, Count - 1)]]).

beamtalk(0, N) ->
    text(N, "
  /// Answers a weighted sum.
  sum@: x and: y =>
    p := x * @ + self.a
    q := y * 7 + self.b
    p > q ifTrue: [p - q] ifFalse: [q - p + self.c]
");
beamtalk(1, N) ->
    text(N, "
  /// Adds up the odd numbers.
  loop@: limit =>
    total := 0
    1 to: limit do: [:k |
      k isOdd ifTrue: [total := total + k * @]]
    total
");
beamtalk(2, N) ->
    text(N, "
  /// Answers the sum of the changed elements.
  map@: list =>
    changed := list collect: [:each | each * @ + 1]
    changed inject: 0 into: [:sum :each | sum + each]
");
beamtalk(3, N) ->
    text(N, "
  /// Answers a text.
  label@: name =>
    text := \"{name} has {self.a} of @\"
    text size > 20 ifTrue: [^text]
    text ++ \"!\"
");
beamtalk(4, N) ->
    text(N, "
  /// Sends to myself.
  chain@: x =>
    first := self sum#0: x and: @
    second := self loop#1: first
    first < second ifTrue: [^first]
    second
");
beamtalk(5, N) ->
    text(N, "
  /// Answers something in any case.
  guard@: block =>
    [block value: self.b] on: Error do: [:e |
      self.c + @]
").

erlang(0, N) ->
    text(N, "
%% Answers a weighted sum.
sum@(Self, X, Y) ->
    P = X * @ + maps:get(a, Self),
    Q = Y * 7 + maps:get(b, Self),
    if P > Q -> P - Q; true -> Q - P + maps:get(c, Self) end.
");
erlang(1, N) ->
    text(N, "
%% Adds up the odd numbers.
loop@(_Self, Limit) -> loop@(1, Limit, 0).

loop@(K, Limit, Total) when K > Limit -> Total;
loop@(K, Limit, Total) when K rem 2 =/= 0 -> loop@(K + 1, Limit, Total + K * @);
loop@(K, Limit, Total) -> loop@(K + 1, Limit, Total).
");
erlang(2, N) ->
    text(N, "
%% Answers the sum of the changed elements.
map@(_Self, List) ->
    Changed = lists:map(fun(Each) -> Each * @ + 1 end, List),
    lists:foldl(fun(Each, Sum) -> Sum + Each end, 0, Changed).
");
erlang(3, N) ->
    text(N, "
%% Answers a text.
label@(Self, Name) ->
    Text = iolist_to_binary([Name, \" has \", integer_to_binary(maps:get(a, Self)), \" of @\"]),
    case string:length(Text) > 20 of
        true -> Text;
        false -> <<Text/binary, \"!\">>
    end.
");
erlang(4, N) ->
    text(N, "
%% Sends to myself.
chain@(Self, X) ->
    First = ?MODULE:sum#0(Self, X, @),
    Second = ?MODULE:loop#1(Self, First),
    if First < Second -> First; true -> Second end.
");
erlang(5, N) ->
    text(N, "
%% Answers something in any case.
guard@(Self, Block) ->
    try Block(maps:get(b, Self))
    catch error:_ -> maps:get(c, Self) + @
    end.
").

%% @ is the number of the method, #0 and #1 those of the two methods it calls.
text(N, Template) ->
    Base = N - N rem 6,
    lists:foldl(
        fun({Mark, Value}, Text) -> string:replace(Text, Mark, integer_to_list(Value), all) end,
        Template,
        [{"#0", Base}, {"#1", Base + 1}, {"@", N}]
    ).
