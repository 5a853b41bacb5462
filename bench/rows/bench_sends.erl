%%% @doc R1 to R5: recursion and sends to receivers of unknown class, against static remote calls of the same functions.
-module(bench_sends).
-behaviour(bench).

-export([rows/0]).

-define(SHAPES, 8).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() -> [{"R1", fun fib/0}, {"R2", fun sends/0}, {"R3", fun megamorphic/0}, {"R4", fun primitives/0}, {"R5", fun inherited/0}].

fib() ->
    Peer = bench_measure:times(fun() -> bench_peer:fib(#{}, 27) end),
    [
        against_peer(["fib: 27 / Erlang", Suffix], bench_program:target(Flavour, 2.0), bench_measure:times(fun() -> Module:'fib:'(Fib, 27) end), Peer)
     || {Flavour, Suffix} <- bench_program:flavours(),
        Module <- [bench_program:load("BenchFib", Flavour)],
        Fib <- [bench_program:object("BenchFib", Flavour, #{})]
    ].

sends() ->
    [
        [
            against_peer(
                ["unary send / remote call", Suffix], bench_program:target(Flavour, 4), fun(N) -> Sender:'unary:to:'(Me, N, Target) end,
                fun(N) -> bench_peer:unary(N, Target) end
            ),
            against_peer(
                ["keyword send / remote call", Suffix], bench_program:target(Flavour, 4), fun(N) -> Sender:'keyword:to:'(Me, N, Target) end,
                fun(N) -> bench_peer:keyword(N, Target) end
            ),
            against_peer(
                ["unary send / the same dispatch by hand", Suffix], bench_program:target(Flavour, 1.3), fun(N) -> Sender:'unary:to:'(Me, N, Target) end,
                fun(N) -> bench_peer_dispatch:unary(N, Object) end
            ),
            against_peer(
                ["keyword send / the same dispatch by hand", Suffix], bench_program:target(Flavour, 1.3), fun(N) -> Sender:'keyword:to:'(Me, N, Target) end,
                fun(N) -> bench_peer_dispatch:keyword(N, Object) end
            )
        ]
     || {Flavour, Suffix} <- bench_program:flavours(), {Sender, Me, Target} <- [sender(Flavour)], Object <- [bench_peer_dispatch:object()]
    ].

megamorphic() ->
    [
        begin
            Shapes = [shape(N, Flavour) || N <- lists:seq(1, ?SHAPES)],
            Rotate = fun(Objects) -> fun(N) -> apply(Sender, 'rotate:a:b:c:d:e:f:g:h:', [Me, N | Objects]) end end,
            Same = lists:duplicate(?SHAPES, Target),
            against_peer(["8 receiver classes / 1 class", Suffix], bench_program:target(Flavour, 1.5), Rotate(Shapes), Rotate(Same))
        end
     || {Flavour, Suffix} <- bench_program:flavours(), {Sender, Me, Target} <- [sender(Flavour)]
    ].

shape(N, Flavour) ->
    Name = "BenchTarget" ++ integer_to_list(N),
    _ = bench_program:load("BenchTarget", Flavour, [{"BenchTarget", Name}]),
    bench_program:object(Name, Flavour, #{}).

primitives() ->
    List = lists:seq(1, 20),
    [
        [
            against_peer(
                ["Integer bitNot / bnot behind a remote call", Suffix], bench_program:target(Flavour, 4), fun(N) -> Sender:'integer:to:'(Me, N, 7) end,
                fun(N) -> bench_peer:integers(N, 7) end
            ),
            against_peer(
                ["String length / string:length behind a remote call", Suffix], bench_program:target(Flavour, 4), fun(N) -> Sender:'string:to:'(Me, N, <<"beam">>) end,
                fun(N) -> bench_peer:strings(N, <<"beam">>) end
            ),
            against_peer(
                ["List rest / tl behind a remote call", Suffix], bench_program:target(Flavour, 4), fun(N) -> Sender:'list:to:'(Me, N, List) end,
                fun(N) -> bench_peer:lists(N, List) end
            ),
            against_peer(
                ["Integer bitNot / the same dispatch by hand", Suffix], bench_program:target(Flavour, 1.3), fun(N) -> Sender:'integer:to:'(Me, N, 7) end,
                fun(N) -> bench_peer_dispatch:integers(N, 7) end
            ),
            against_peer(
                ["List rest / the same dispatch by hand", Suffix], bench_program:target(Flavour, 1.3), fun(N) -> Sender:'list:to:'(Me, N, List) end,
                fun(N) -> bench_peer_dispatch:lists(N, List) end
            )
        ]
     || {Flavour, Suffix} <- bench_program:flavours(), {Sender, Me, _} <- [sender(Flavour)]
    ].

inherited() ->
    [
        begin
            Own = fun(N) -> Sender:'keyword:to:'(Me, N, Target) end,
            Level = level(4, Flavour),
            Added = shape(?SHAPES + 1, Flavour),
            Name = atom_to_binary(class_of(Added)),
            {ok, _} = beamtalk_source_loader:patch(Name, <<Name/binary, " >> pass: x => x">>),
            Registered = shape(?SHAPES + 2, Flavour),
            ok = beamtalk_extensions:register(class_of(Registered), 'pass:', fun([X], _) -> X end, bench),
            ByHand = bench_peer_dispatch:extended(),
            [
                against_peer(["inherited from four levels up / own method", Suffix], bench_program:target(Flavour, 1.3), fun(N) -> Sender:'keyword:to:'(Me, N, Level) end, Own),
                against_peer(
                    ["extension method, `>>' on the loaded class / own method", Suffix], bench_program:target(Flavour, 1.3),
                    fun(N) -> Sender:'keyword:to:'(Me, N, Added) end, Own
                ),
                against_peer(
                    ["extension method, a fun in the registry / the same by hand", Suffix], none,
                    fun(N) -> Sender:'keyword:to:'(Me, N, Registered) end, fun(N) -> bench_peer_dispatch:keyword(N, ByHand) end
                ),
                against_peer(
                    ["inherited from Object / own method that does the same", Suffix], bench_program:target(Flavour, 1.3), fun(N) -> Sender:'root:to:'(Me, N, Target) end,
                    fun(N) -> Sender:'own:to:'(Me, N, Target) end
                )
            ]
        end
     || {Flavour, Suffix} <- bench_program:flavours(), {Sender, Me, Target} <- [sender(Flavour)]
    ].

%% An instance of a class so many levels below the one that has the methods.
level(Levels, Flavour) ->
    Name = fun(0) -> "BenchTarget"; (N) -> "BenchLevel" ++ integer_to_list(N) end,
    _ = [
        bench_program:load("BenchLevel", Flavour, [{"BenchLevel", Name(N)}, {"BenchParent", Name(N - 1)}])
     || N <- lists:seq(1, Levels)
    ],
    bench_program:object(Name(Levels), Flavour, #{}).

class_of(Object) -> beamtalk_tag:class_name_of(Object).

sender(Flavour) ->
    Sender = bench_program:load("BenchSender", Flavour),
    _ = bench_program:load("BenchTarget", Flavour),
    {Sender, bench_program:object("BenchSender", Flavour, #{}), bench_program:object("BenchTarget", Flavour, #{})}.

against_peer(What, Target, Ours, Peer) ->
    bench_measure:versus(What, Target, list_to_tuple(bench_measure:compare(Ours, [Peer]))).
