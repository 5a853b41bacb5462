%%% @doc A documentation site: sources in, files out. Nothing is written here.
%%%
%%% `beamtalk_site_model' is what the site is about, `beamtalk_site_prose' what is said around it, the `_page' modules what it looks like. A site with a reference to nothing is not
%%% answered: its problems are, with file and line where a comment is to blame.
-module(beamtalk_site).

-export([files/2]).

-export_type([options/0, files/0]).

-type options() :: #{
    title := binary(),
    version := binary(),
    %% Files that are the same for every site: style sheet and scripts.
    assets := [{Name :: binary(), binary()}],
    %% Pages written by hand. With them `index.html' is a landing page, and the list of classes is `classes.html'.
    prose => beamtalk_site_prose:prose()
}.
-type files() :: #{Path :: binary() => binary()}.

-spec files([beamtalk_site_model:unit()], options()) -> {ok, files()} | {error, [binary()]}.
files(Units, #{title := Title, version := Version, assets := Assets} = Options) ->
    Prose = maps:get(prose, Options, none),
    Model = beamtalk_site_model:new(Units),
    Script = iolist_to_binary(beamtalk_site_search_index:script(Model, listed(Prose))),
    %% Browsers keep assets of an address; their content is part of the address.
    Stamp = binary:part(binary:encode_hex(erlang:md5([Script | [Content || {_, Content} <- Assets]])), 0, 8),
    Site = #{title => Title, version => Version, model => Model, stamp => Stamp, prose => Prose},
    Files = maps:from_list(
        [
            {beamtalk_site_names:index_page(Prose =/= none), iolist_to_binary(beamtalk_site_pages:index(Site))},
            {<<"selectors.html">>, iolist_to_binary(beamtalk_site_pages:selectors(Site))}
        ] ++ prose(Prose, Site) ++
            lists:append(beamtalk_parallel:map(fun(Class) -> pages(Class, Site) end, beamtalk_site_model:classes(Model))) ++
            [{<<"assets/search-index.js">>, Script} | [{<<"assets/", Name/binary>>, Content} || {Name, Content} <- Assets]]
    ),
    case written(Prose, Model) ++ problems(Model, Files) of
        [] -> {ok, Files};
        Problems -> {error, Problems}
    end.

listed(none) -> [];
listed(Prose) -> beamtalk_site_prose:pages(Prose).

prose(none, _) ->
    [];
prose(Prose, Site) ->
    Landing =
        case beamtalk_site_prose:landing(Prose) of
            {ok, Page} -> beamtalk_site_prose:page(Page, Site);
            none -> beamtalk_site_pages:landing(Site)
        end,
    [{<<"index.html">>, iolist_to_binary(Landing)}] ++
        [{Name, iolist_to_binary(beamtalk_site_prose:page(Page, Site))} || #{page := Name} = Page <- beamtalk_site_prose:pages(Prose)].

written(none, _) -> [];
written(Prose, Model) -> [problem(Problem) || Problem <- beamtalk_site_prose:problems(Prose, Model)].

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
    [problem(Place) || Place <- Places] ++
        [iolist_to_binary([Page, ": broken link `", Target, "`: ", why(Why)]) || {Page, Target, Why} <- Rest].

problem({Path, Line, Text}) -> iolist_to_binary([Path, $:, integer_to_list(Line), ": broken link ", Text]).

why(no_page) -> "there is no such page";
why(no_anchor) -> "the page has no such place";
why(double_id) -> "the id is there twice";
why(absolute) -> "the path leaves the site".
