%%% @doc Plain Erlang beside `BenchText': the same texts by iolists, binaries and `re'.
-module(bench_peer_text).

-export([rows/1, row/2, chain/1, words/2, replace/2]).

rows(Count) -> rows(1, Count, []).

rows(N, Count, Rows) when N =< Count -> rows(N + 1, Count, [?MODULE:row(N, <<"Ida Lang">>) | Rows]);
rows(_, _, Rows) -> Rows.

row(N, Name) ->
    iolist_to_binary([<<"row ">>, integer_to_binary(N), <<": ">>, Name, <<" has ">>, integer_to_binary(N * 3), <<" of 7, ">>, Name]).

chain(Count) -> chain(1, Count, <<>>).

chain(N, Count, Text) when N =< Count -> chain(N + 1, Count, <<Text/binary, "some words, ", "some more", "\n">>);
chain(_, _, Text) -> Text.

words(Texts, Pattern) -> [re:run(Text, Pattern, [{capture, none}]) =:= match || Text <- Texts].

replace(Text, Pattern) -> re:replace(Text, Pattern, <<"<&>">>, [global, {return, binary}]).
