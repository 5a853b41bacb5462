%%% @doc Looks at finished pages: does every link lead somewhere, is every id there once? Pure; shares nothing with what made the pages.
%%%
%%% Pages are taken as text. Attributes stand in double quotes and hold no raw quote, which is all this needs to know of HTML.
-module(beamtalk_site_links).

-export([broken/1]).

-export_type([broken/0]).

-define(ENTITIES, [{<<"&lt;">>, <<"<">>}, {<<"&gt;">>, <<">">>}, {<<"&quot;">>, <<"\"">>}, {<<"&#39;">>, <<"'">>}, {<<"&amp;">>, <<"&">>}]).

-type broken() :: {Page :: binary(), Target :: binary(), no_page | no_anchor | double_id | absolute}.

%% @doc All files of a site, by path; only pages are looked into. Pages of one directory share most of their links: each of these is followed once.
-spec broken(#{binary() => binary()}) -> [broken()].
broken(Files) ->
    Paths = lists:sort([Path || Path <- maps:keys(Files), filename:extension(Path) =:= <<".html">>]),
    Pages = lists:zip(Paths, beamtalk_parallel:map(fun(Path) -> attributes(map_get(Path, Files)) end, Paths)),
    Known = maps:merge(
        maps:map(fun(_, _) -> #{} end, Files), maps:from_list([{Path, maps:from_keys(Ids, true)} || {Path, {Ids, _}} <- Pages])
    ),
    Shared = maps:from_keys([{filename:dirname(Path), Target} || {Path, {_, Targets}} <- Pages, Target <- Targets, is_shared(Target)], true),
    Followed = maps:map(fun({Dir, Target}, _) -> followed(filename:join(Dir, "any"), Target, Known) end, Shared),
    lists:append([page(Path, Ids, Targets, Known, Followed) || {Path, {Ids, Targets}} <- Pages]).

is_shared(<<"#", _/binary>>) -> false;
is_shared(_) -> true.

page(Path, Ids, Targets, Known, Followed) ->
    Dir = filename:dirname(Path),
    Outcome = fun(Target) ->
        case is_shared(Target) of
            true -> map_get({Dir, Target}, Followed);
            false -> followed(Path, Target, Known)
        end
    end,
    [{Path, Id, double_id} || Id <- lists:usort(Ids -- lists:usort(Ids))] ++ [{Path, Target, Why} || Target <- Targets, Why <- Outcome(Target)].

%% Ids and, each once, what is linked or loaded.
attributes(Content) ->
    case re:run(Content, " (id|href|src|data-index)=\"([^\"]*)\"", [global, {capture, all_but_first, binary}]) of
        {match, Found} ->
            Values = [{Kind, unescaped(Value)} || [Kind, Value] <- Found],
            {[Id || {<<"id">>, Id} <- Values], lists:usort([Target || {Kind, Target} <- Values, Kind =/= <<"id">>])};
        nomatch ->
            {[], []}
    end.

unescaped(Value) ->
    case binary:match(Value, <<"&">>) of
        nomatch -> Value;
        _ -> lists:foldl(fun({Entity, Text}, Acc) -> binary:replace(Acc, Entity, Text, [global]) end, Value, ?ENTITIES)
    end.

followed(Path, Target, Known) ->
    case re:run(Target, "^(?:https?://|mailto:)", [caseless, {capture, none}]) of
        match -> [];
        nomatch -> inside(Path, binary:split(Target, <<"#">>), Known)
    end.

inside(_, [<<"/", _/binary>> | _], _) ->
    [absolute];
inside(Path, [Address | Fragment], Known) ->
    [Relative | _] = binary:split(Address, <<"?">>),
    Page = joined(Path, decoded(Relative)),
    case {Known, Fragment} of
        {#{Page := Ids}, [Id]} when Id =/= <<>> -> [no_anchor || not is_map_key(decoded(Id), Ids)];
        {#{Page := _}, _} -> [];
        {#{}, _} -> [no_page]
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
