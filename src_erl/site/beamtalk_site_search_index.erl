%%% @doc What the search of a site looks through, as a script: pages opened as files may load scripts but fetch nothing. Pure.
%%%
%%% `[Kind, Name, Class, Path, Summary]' for each class (`c') and each method of instances (`m') and classes (`k'), by class; then the
%%% pages of prose (`p') with their titles for name and class.
-module(beamtalk_site_search_index).

-export([script/2, json_string/1]).

-spec script(beamtalk_site_model:model(), [beamtalk_site_prose:page()]) -> iodata().
script(Model, Prose) ->
    Pages = [{<<"p">>, Title, Title, Page, Blocks} || #{title := Title, page := Page, blocks := Blocks} <- Prose],
    Entries = lists:append([entries(Class) || Class <- beamtalk_site_model:classes(Model)]) ++ Pages,
    ["var beamtalkSearchIndex = [\n", lists:join(",\n", [entry(Entry) || Entry <- Entries]), "\n];\n",
        "if (typeof module !== \"undefined\") module.exports = beamtalkSearchIndex;\n"].

entries(#{name := Name, stem := Stem, doc := Doc, methods := Methods}) ->
    Page = beamtalk_site_names:class_page(Stem),
    [
        {<<"c">>, Name, Name, Page, Doc}
        | [
            {letter(Side), Selector, Name, <<Page/binary, "#", (beamtalk_site_names:anchor(Side, Selector))/binary>>, MethodDoc}
         || #{side := Side, selector := Selector, doc := MethodDoc} <- Methods
        ]
    ].

letter(instance) -> <<"m">>;
letter(class) -> <<"k">>.

entry({Kind, Name, Class, Path, Doc}) ->
    Summary = beamtalk_site_markdown:plain(beamtalk_site_markdown:summary(Doc)),
    [$[, lists:join($,, [json_string(Text) || Text <- [Kind, Name, Class, Path, Summary]]), $]].

%% @doc A text between quotes for JSON and scripts alike: nothing in it can end a string, a line or an element.
-spec json_string(binary()) -> iodata().
json_string(Text) ->
    [$", <<<<(json(C))/binary>> || <<C/utf8>> <= Text>>, $"].

json($") -> <<"\\\"">>;
json($\\) -> <<"\\\\">>;
json(C) when C < $\s; C =:= $<; C =:= $>; C =:= $&; C =:= 127; C =:= 16#2028; C =:= 16#2029 -> iolist_to_binary(io_lib:format("\\u~4.16.0b", [C]));
json(C) -> <<C/utf8>>.
