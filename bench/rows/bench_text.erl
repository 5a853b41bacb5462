%%% @doc R15: text by interpolation and `++', regular expressions, JSON.
%%%
%%% The peer for JSON is Debian's erlang-jiffy, which is written in C; without it these lines are not measured. Both sides read and write
%%% objects with binary keys, and both answer one binary.
-module(bench_text).
-behaviour(bench).

-export([rows/0]).

-define(ROWS, 10000).
-define(JSON_BYTES, 1000000).

-spec rows() -> [{string(), fun(() -> [bench:line()])}].
rows() -> [{"R15", fun text/0}].

text() -> [lines(Flavour, Suffix) || {Flavour, Suffix} <- bench_program:flavours()].

lines(Flavour, Suffix) ->
    Module = bench_program:load("BenchText", Flavour),
    Me = bench_program:object("BenchText", Flavour, #{}),
    Texts = bench_peer_text:rows(?ROWS),
    Long = iolist_to_binary(lists:join("\n", Texts)),
    Pattern = <<"[0-9]+ of ([a-z]+|7)">>,
    {ok, Compiled} = re:compile(Pattern, [unicode]),
    Regex = beamtalk_regex_ops:from('Regex', Pattern),
    Against = fun(What, Ours, Peer) ->
        Times = bench_measure:compare(bench_measure:times(Ours), [bench_measure:times(Peer)]),
        bench_measure:versus([What, Suffix], bench_program:target(Flavour, 1.5), list_to_tuple(Times))
    end,
    [
        Against("interpolation, 10,000 rows of 7 parts / iolist_to_binary", fun() -> Module:'rows:'(Me, ?ROWS) end, fun() ->
            bench_peer_text:rows(?ROWS)
        end),
        Against("++ chains, 230 KB / appended binaries", fun() -> Module:'chain:'(Me, ?ROWS) end, fun() ->
            bench_peer_text:chain(?ROWS)
        end),
        Against("matchesRegex:, 10,000 rows / re:run", fun() -> Module:'words:in:'(Me, Texts, Regex) end, fun() ->
            bench_peer_text:words(Texts, Compiled)
        end),
        Against("replaceAllRegex:with: in 400 KB / re:replace", fun() -> Module:'replace:pattern:'(Me, Long, Regex) end, fun() ->
            bench_peer_text:replace(Long, Compiled)
        end)
        | json(Module, Me, Flavour, Suffix)
    ].

json(Module, Me, Flavour, Suffix) ->
    Value = people(?JSON_BYTES),
    Text = Module:'generate:'(Me, Value),
    Value = Module:'parse:'(Me, Text),
    [
        jiffy(["JSON parse:, 1 MB / jiffy:decode", Suffix], Flavour, fun() -> Module:'parse:'(Me, Text) end, fun() ->
            jiffy:decode(Text, [return_maps])
        end),
        jiffy(["JSON generate:, 1 MB / jiffy:encode", Suffix], Flavour, fun() -> Module:'generate:'(Me, Value) end, fun() ->
            iolist_to_binary(jiffy:encode(Value))
        end)
    ].

jiffy(What, Flavour, Ours, Peer) ->
    Target = bench_program:target(Flavour, 3),
    case code:ensure_loaded(jiffy) of
        {module, _} ->
            Times = bench_measure:compare(bench_measure:times(Ours), [bench_measure:times(Peer)]),
            bench_measure:versus(What, Target, list_to_tuple(Times));
        {error, _} ->
            #{what => What, values => {missing, "its peer is Debian's erlang-jiffy"}, unit => x, target => Target}
    end.

%% Records with nested objects, lists, all kinds of numbers, escapes and letters beyond ASCII.
people(Bytes) -> [person(I) || I <- lists:seq(1, Bytes div 190)].

person(I) ->
    Number = integer_to_binary(I),
    #{
        <<"id">> => I,
        <<"name">> => <<"Person number ", Number/binary>>,
        <<"score">> => I * 1.37,
        <<"active">> => I rem 2 =:= 0,
        <<"tags">> => [<<"red">>, <<"green">>, <<"a \"quoted\" tag">>],
        <<"address">> => #{<<"street">> => <<"Main street ", Number/binary>>, <<"city">> => <<"Zürich"/utf8>>, <<"code">> => 8000 + I}
    }.
