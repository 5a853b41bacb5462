%%% @doc The pages that are not about one class: the index, the list of selectors, the sources. Pure.
-module(beamtalk_site_pages).

-export([landing/1, index/1, selectors/1, source/2]).

%%% Landing

%% @doc The first page of a site with prose where nobody has written one.
-spec landing(beamtalk_site_layout:site()) -> iodata().
landing(#{title := Title, model := Model, prose := Prose} = Site) ->
    Listed = [["<li><a href=\"", Page, "\">", beamtalk_site_html:escape(Name), "</a></li>\n"] || #{page := Page, title := Name} <- beamtalk_site_prose:pages(Prose)],
    Main = [
        ["<h1>", beamtalk_site_html:escape(Title), "</h1>\n<p class=\"lead\">", counted(beamtalk_site_model:classes(Model))],
        [" <a href=\"", beamtalk_site_names:index_page(true), "\">Classes</a></p>\n"],
        [["<ul>\n", Listed, "</ul>\n"] || Listed =/= []]
    ],
    beamtalk_site_layout:page(#{title => Title, description => [Title, ": documentation"], base => "", current => none}, Main, Site).

%%% Index

-spec index(beamtalk_site_layout:site()) -> iodata().
index(#{title := Title, model := Model} = Site) ->
    Classes = beamtalk_site_model:classes(Model),
    Context = beamtalk_site_references:context("", none, Model),
    Own = length([own || #{origin := own} <- Classes]),
    Main = [
        ["<h1>", beamtalk_site_html:escape(Title), "</h1>\n<p class=\"lead\">", counted(Classes), " <a href=\"#tree\">Class tree</a></p>\n"],
        [category(C, Own > 0 andalso Own < length(Classes), Context) || C <- beamtalk_site_model:categories(Model)],
        ["<section aria-labelledby=\"tree\">\n<h2 id=\"tree\">Class tree</h2>\n", tree(beamtalk_site_model:roots(Model), Model, []), "</section>\n"]
    ],
    Description = [Title, ": classes and methods"],
    Heading =
        case Site of
            #{prose := none} -> Title;
            #{} -> "Classes"
        end,
    beamtalk_site_layout:page(#{title => Heading, description => Description, base => "", current => none}, Main, Site).

counted(Classes) ->
    Methods = lists:sum([length(Methods) || #{methods := Methods} <- Classes]),
    io_lib:format("~b classes, ~b methods.", [length(Classes), Methods]).

category({Origin, Name, Classes}, Mixed, Context) ->
    Id = ["category-", atom_to_list(Origin), $-, anchor_text(Name)],
    [
        ["<section aria-labelledby=\"", Id, "\">\n<h2 id=\"", Id, "\">", beamtalk_site_html:escape(Name)],
        [" <span class=\"badge\">library</span>" || Mixed, Origin =:= library],
        "</h2>\n<dl class=\"cards\">\n",
        [card(Class, Context) || Class <- Classes],
        "</dl>\n</section>\n"
    ].

anchor_text(Name) ->
    <<<<(anchor_byte(C))/binary>> || <<C>> <= Name>>.

anchor_byte(C) when C >= $a, C =< $z; C >= $A, C =< $Z; C >= $0, C =< $9 -> <<C>>;
anchor_byte(C) -> iolist_to_binary(io_lib:format(".~2.16.0b", [C])).

card(#{name := Name, doc := Doc} = Class, Context) ->
    Summary = beamtalk_site_html:inlines(beamtalk_site_markdown:summary(Doc), Context),
    ["<div><dt>", beamtalk_site_layout:page_link(Class, "", Name), "</dt><dd>", Summary, "</dd></div>\n"].

tree([], _, _) ->
    [];
tree(Classes, Model, Above) ->
    [
        "<ul class=\"tree\">\n",
        [
            ["<li>", beamtalk_site_layout:page_link(Class, "", Name), beamtalk_site_layout:badges(Modifiers), $\n,
                tree(beamtalk_site_model:subclasses(Class, Model), Model, [Name | Above]), "</li>\n"]
         || #{name := Name, modifiers := Modifiers} = Class <- Classes, not lists:member(Name, Above)
        ],
        "</ul>\n"
    ].

%%% Selectors

-spec selectors(beamtalk_site_layout:site()) -> iodata().
selectors(#{model := Model} = Site) ->
    All = [
        {{key(Selector), Selector}, {Class, Side}}
     || #{methods := Methods} = Class <- beamtalk_site_model:classes(Model), #{selector := Selector, side := Side} <- Methods
    ],
    Grouped = lists:foldr(fun({Key, Holder}, Acc) -> maps:update_with(Key, fun(Others) -> [Holder | Others] end, [Holder], Acc) end, #{}, All),
    Main = [
        "<h1>Selectors</h1>\n<p class=\"lead\">Every message with the classes that have a method for it.</p>\n<dl class=\"selectors\">\n",
        [
            ["<div><dt><code>", beamtalk_site_html:escape(Selector), "</code></dt><dd>"] ++
                [lists:join(", ", [holder(Class, Side, Selector) || {Class, Side} <- Holders]), "</dd></div>\n"]
         || {{_, Selector}, Holders} <- lists:sort(maps:to_list(Grouped))
        ],
        "</dl>\n"
    ],
    Page = #{title => "Selectors", description => "Every message with the classes that have a method for it", base => "", current => none},
    beamtalk_site_layout:page(Page, Main, Site).

%% Words before signs, capitals among small letters.
key(<<C, _/binary>> = Selector) when C >= $a, C =< $z; C >= $A, C =< $Z; C =:= $_ -> {0, string:lowercase(Selector)};
key(Selector) -> {1, Selector}.

holder(#{name := Name, stem := Stem}, Side, Selector) ->
    Shown = [Name, [" class" || Side =:= class]],
    ["<a href=\"", beamtalk_site_names:class_page(Stem), $#, beamtalk_site_names:anchor(Side, Selector), "\">", Shown, "</a>"].

%%% Sources

-spec source(beamtalk_site_model:class(), beamtalk_site_layout:site()) -> iodata().
source(#{name := Name, source := Source, shown := Shown} = Class, #{model := Model} = Site) ->
    #{highlight := Highlight} = beamtalk_site_references:context("../", none, Model),
    Lines = binary:split(iolist_to_binary(Highlight(without_end(Source))), <<"\n">>, [global]),
    Main = [
        ["<h1>", beamtalk_site_html:escape(Shown), "</h1>\n"],
        ["<p class=\"facts\">Source of ", beamtalk_site_layout:page_link(Class, "../", Name), "</p>\n"],
        "<pre class=\"lines\" tabindex=\"0\"><code>",
        [line(N, Line) || {N, Line} <- lists:zip(lists:seq(1, length(Lines)), Lines)],
        "</code></pre>\n"
    ],
    beamtalk_site_layout:page(#{title => Shown, description => ["Source of ", Name], base => "../", current => Name}, Main, Site).

without_end(Source) ->
    string:trim(binary:replace(Source, <<"\r">>, <<>>, [global]), trailing, "\n").

line(N, Line) ->
    Id = beamtalk_site_names:line_anchor(N),
    ["<span class=\"line\" id=\"", Id, "\"><a class=\"number\" href=\"#", Id, "\">", integer_to_list(N), "</a>", Line, "\n</span>"].
