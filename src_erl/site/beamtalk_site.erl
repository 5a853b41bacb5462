%%% @doc A documentation site: sources in, files out. Nothing is written here.
%%%
%%% `beamtalk_site_model' is what the site is about, the `_page' modules what it looks like. A site with a reference to nothing is not
%%% answered: its problems are, with file and line where a comment is to blame.
-module(beamtalk_site).

-export([files/2]).

-export_type([options/0, files/0]).

-type options() :: #{
    title := binary(),
    version := binary(),
    %% Files that are the same for every site: style sheet and scripts.
    assets := [{Name :: binary(), binary()}]
}.
-type files() :: #{Path :: binary() => binary()}.

-spec files([beamtalk_site_model:unit()], options()) -> {ok, files()} | {error, [binary()]}.
files(Units, #{title := Title, version := Version, assets := Assets}) ->
    Model = beamtalk_site_model:new(Units),
    Script = iolist_to_binary(beamtalk_site_search_index:script(Model)),
    %% Browsers keep assets of an address; their content is part of the address.
    Stamp = binary:part(binary:encode_hex(erlang:md5([Script | [Content || {_, Content} <- Assets]])), 0, 8),
    Site = #{title => Title, version => Version, model => Model, stamp => Stamp},
    Files = maps:from_list(
        [
            {<<"index.html">>, iolist_to_binary(beamtalk_site_pages:index(Site))},
            {<<"selectors.html">>, iolist_to_binary(beamtalk_site_pages:selectors(Site))}
        ] ++
            lists:append(beamtalk_parallel:map(fun(Class) -> pages(Class, Site) end, beamtalk_site_model:classes(Model))) ++
            [{<<"assets/search-index.js">>, Script} | [{<<"assets/", Name/binary>>, Content} || {Name, Content} <- Assets]]
    ),
    case problems(Model, Files) of
        [] -> {ok, Files};
        Problems -> {error, Problems}
    end.

pages(#{stem := Stem} = Class, Site) ->
    [
        {beamtalk_site_names:class_page(Stem), iolist_to_binary(beamtalk_site_class_page:page(Class, Site))},
        {beamtalk_site_names:source_page(Stem), iolist_to_binary(beamtalk_site_pages:source(Class, Site))}
    ].

problems(Model, Files) ->
    Broken = beamtalk_site_links:broken(Files),
    Written = [{Class, Line, Target} || {Class, Line, Target} <- beamtalk_site_references:links(Model)],
    Named = [
        {Path, Line, iolist_to_binary([$`, Target, "`: ", why(Why)])}
     || {#{path := Path, stem := Stem}, Line, Target} <- Written,
        {Page, T, Why} <- Broken,
        T =:= Target,
        Page =:= beamtalk_site_names:class_page(Stem)
    ],
    Places = lists:usort(beamtalk_site_references:problems(Model) ++ Named),
    Rest = [B || {_, Target, _} = B <- Broken, not lists:any(fun({_, _, T}) -> T =:= Target end, Written)],
    [iolist_to_binary([Path, $:, integer_to_list(Line), ": broken link ", Text]) || {Path, Line, Text} <- Places] ++
        [iolist_to_binary([Page, ": broken link `", Target, "`: ", why(Why)]) || {Page, Target, Why} <- Rest].

why(no_page) -> "there is no such page";
why(no_anchor) -> "the page has no such place";
why(double_id) -> "the id is there twice";
why(absolute) -> "the path leaves the site".
