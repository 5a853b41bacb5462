%%% @doc Looks at finished pages: does every link lead somewhere, is every id there once? Pure; shares nothing with what made the pages.
%%%
%%% Pages are taken as text. Attributes stand in double quotes and hold no raw quote, which is all this needs to know of HTML.
-module(beamtalk_site_links).

-export([broken/1]).

-export_type([broken/0]).

-type broken() :: {Page :: binary(), Target :: binary(), no_page | no_anchor | double_id | absolute}.

%% @doc All files of a site, by path; only pages are looked into.
-spec broken(#{binary() => binary()}) -> [broken()].
broken(Files) ->
    Pages = lists:sort([{Path, attributes(Content)} || {Path, Content} <- maps:to_list(Files), filename:extension(Path) =:= <<".html">>]),
    Ids = maps:from_list([{Path, maps:from_list([{Id, true} || {<<"id">>, Id} <- Found])} || {Path, Found} <- Pages]),
    lists:append([page(Path, Found, Ids, Files) || {Path, Found} <- Pages]).

page(Path, Found, Ids, Files) ->
    Targets = lists:usort([Target || {Kind, Target} <- Found, Kind =/= <<"id">>]),
    All = [Id || {<<"id">>, Id} <- Found],
    [{Path, Id, double_id} || Id <- lists:usort(All -- lists:usort(All))] ++
        [{Path, Target, Why} || Target <- Targets, Why <- followed(Path, Target, Ids, Files)].

attributes(Content) ->
    case re:run(Content, " (id|href|src|data-index)=\"([^\"]*)\"", [global, {capture, all_but_first, binary}]) of
        {match, Found} -> [{Kind, unescaped(Value)} || [Kind, Value] <- Found];
        nomatch -> []
    end.

unescaped(Value) ->
    lists:foldl(
        fun({Entity, Text}, Acc) -> binary:replace(Acc, Entity, Text, [global]) end,
        Value,
        [{<<"&lt;">>, <<"<">>}, {<<"&gt;">>, <<">">>}, {<<"&quot;">>, <<"\"">>}, {<<"&#39;">>, <<"'">>}, {<<"&amp;">>, <<"&">>}]
    ).

followed(Path, Target, Ids, Files) ->
    case re:run(Target, "^(?:https?://|mailto:)", [caseless, {capture, none}]) of
        match -> [];
        nomatch -> inside(Path, binary:split(Target, <<"#">>), Ids, Files)
    end.

inside(_, [<<"/", _/binary>> | _], _, _) ->
    [absolute];
inside(Path, [Address | Fragment], Ids, Files) ->
    [Relative | _] = binary:split(Address, <<"?">>),
    Page = joined(Path, decoded(Relative)),
    case {is_map_key(Page, Files), Fragment, Ids} of
        {false, _, _} -> [no_page];
        {true, [], _} -> [];
        {true, [<<>>], _} -> [];
        {true, [Id], #{Page := Known}} -> [no_anchor || not is_map_key(decoded(Id), Known)];
        {true, [_], _} -> [no_anchor]
    end.

joined(Path, <<>>) ->
    Path;
joined(Path, Relative) ->
    Parts = lists:droplast(binary:split(Path, <<"/">>, [global])) ++ binary:split(Relative, <<"/">>, [global]),
    iolist_to_binary(lists:join($/, normal(Parts, []))).

normal([<<"..">> | Rest], [_ | Above]) -> normal(Rest, Above);
normal([<<".">> | Rest], Above) -> normal(Rest, Above);
normal([Part | Rest], Above) -> normal(Rest, [Part | Above]);
normal([], Above) -> lists:reverse(Above).

decoded(Text) ->
    case uri_string:percent_decode(Text) of
        Decoded when is_binary(Decoded) -> Decoded;
        _ -> Text
    end.
