%%% @doc R8, R9 and R16: iteration over lists, and the library's protocol on a collection of the user. R8P says what the primitives of the
%%% built-in collections are worth.
-module(bench_collections).
-behaviour(bench).

-export([rows/0]).

-define(LARGE, 100000).
-define(SMALL, 1000).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() -> [{"R8", fun lists/0}, {"R8P", fun overrides/0}, {"R9", fun protocol/0}, {"R16", fun early_exit/0}].

lists() ->
    List = lists:seq(1, ?LARGE),
    [
        [
            against([Text, Suffix], bench_program:target(Flavour, 1.3), fun() -> Module:Selector(Me, List) end, fun() -> bench_peer:Peer(List) end)
         || {Text, Selector, Peer} <- [
                {"do: / lists:foreach", 'do:', do},
                {"do: with a changed local / lists:foldl", 'sum:', sum},
                {"collect: / lists:map", 'collect:', collect},
                {"inject:into: / lists:foldl", 'inject:', inject}
            ]
        ]
     || {Flavour, Suffix} <- bench_program:flavours(), {Module, Me} <- [lists(Flavour)]
    ].

%% Why these methods of the built-in collections are primitives: the time of what they would inherit, in times of their own.
overrides() ->
    List = lists:seq(1, ?LARGE),
    Add = fun(Each) -> Each + 1 end,
    Big = fun(Each) -> Each > ?LARGE div 2 end,
    All = fun(Each) -> Each > 0 end,
    None = fun(Each) -> Each < 0 end,
    Sum = fun(Value, Each) -> Value + Each end,
    Shared = [{'collect:', [Add]}, {'select:', [Big]}, {'inject:into:', [0, Sum]}, {'includes:', [0]}],
    ListOnly = [
        {'reject:', [Big]}, {'detect:ifNone:', [None, fun() -> nil end]}, {'anySatisfy:', [None]}, {'allSatisfy:', [All]}, {isEmpty, []}
    ],
    [
        against(
            io_lib:format("~s ~s inherited / primitive", [Class, Selector]), none,
            fun() -> apply('bt@stdlib@collection', Selector, [Receiver | Arguments]) end,
            fun() -> apply(Module, Selector, [Receiver | Arguments]) end
        )
     || {Class, Module, Receiver, Selectors} <- [
            {"List", 'bt@stdlib@list', List, Shared ++ ListOnly},
            {"Array", 'bt@stdlib@array', beamtalk_array_ops:from_list(List), Shared},
            {"Dictionary", 'bt@stdlib@dictionary', maps:from_list([{I, I} || I <- List]), [{'includes:', [0]}]},
            {"Set", 'bt@stdlib@set', beamtalk_set_ops:withAll('Set', List), [{'includes:', [0]}, {isEmpty, []}]}
        ],
        {Selector, Arguments} <- Selectors
    ].

%% The same loops through what the library makes of `do:' and `size'.
protocol() ->
    List = lists:seq(1, ?LARGE),
    [
        begin
            _ = bench_program:load("BenchBag", Flavour),
            Bag = bench_program:object("BenchBag", Flavour, #{items => List}),
            [
                against(
                    [Text, Suffix], bench_program:target(Flavour, 4), fun() -> Module:Selector(Me, Bag) end, fun() -> bench_peer:Peer(List) end
                )
             || {Text, Selector, Peer} <- [
                    {"do: with a changed local on a user collection / lists:foldl", 'sum:', sum},
                    {"inject:into: on a user collection / lists:foldl", 'inject:', inject},
                    {"collect: on a user collection / lists:map", 'collect:', collect},
                    {"select: on a user collection / lists:filter", 'select:', select},
                    {"reject: on a user collection / lists:filter", 'reject:', select},
                    {"includes: on a user collection / lists:any", 'missing:', missing},
                    {"allSatisfy: on a user collection / lists:all", 'all:', all}
                ]
            ]
        end
     || {Flavour, Suffix} <- bench_program:flavours(), {Module, Me} <- [lists(Flavour)]
    ].

early_exit() ->
    Items = lists:seq(1, ?SMALL),
    [
        begin
            _ = bench_program:load("BenchBag", Flavour),
            Bag = bench_program:object("BenchBag", Flavour, #{items => Items}),
            Empty = bench_program:object("BenchBag", Flavour, #{items => [1]}),
            [
                against(
                    ["detect: on a user collection, last of 1000 / recursion", Suffix], bench_program:target(Flavour, 4),
                    fun() -> Module:'detect:in:'(Me, ?SMALL, Bag) end, fun() -> bench_peer:detect(?SMALL, Items) end
                ),
                against(
                    ["anySatisfy:, last of 1000 / recursion", Suffix], bench_program:target(Flavour, 4),
                    fun() -> Module:'anySatisfy:in:'(Me, ?SMALL, Bag) end, fun() -> bench_peer:member(?SMALL, Items) end
                ),
                cost(
                    ["  time of detect: that hits at once", Suffix], bench_program:target(Flavour, 2.0),
                    fun() -> Module:'detect:in:'(Me, 1, Bag) end
                ),
                cost(
                    ["  time of detect: that hits nothing in one element", Suffix], none,
                    fun() -> Module:'detect:in:'(Me, 2, Empty) end
                )
            ]
        end
     || {Flavour, Suffix} <- bench_program:flavours(), {Module, Me} <- [lists(Flavour)]
    ].

lists(Flavour) ->
    {bench_program:load("BenchLists", Flavour), bench_program:object("BenchLists", Flavour, #{})}.

against(What, Target, Ours, Peer) ->
    bench_measure:versus(What, Target, list_to_tuple(bench_measure:compare(bench_measure:times(Ours), [bench_measure:times(Peer)]))).

cost(What, Target, Ours) ->
    [Times] = bench_measure:compare(bench_measure:times(Ours), []),
    #{what => What, values => bench_measure:spread(Times), unit => <<"us">>, target => Target}.
