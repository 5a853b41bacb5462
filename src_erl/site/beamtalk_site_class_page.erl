%%% @doc The page of a class: where it stands, its comment, its fields, its own methods by side and heading, and what it inherits. Pure.
-module(beamtalk_site_class_page).

-export([page/2]).

-define(BASE, "../").

-spec page(beamtalk_site_model:class(), beamtalk_site_layout:site()) -> iodata().
page(#{name := Name, doc := Doc} = Class, #{model := Model} = Site) ->
    Context = beamtalk_site_references:context(?BASE, Name, Model),
    Main = [
        heading(Class, Model),
        ["<div class=\"comment\">\n", beamtalk_site_html:blocks(Doc, Context), "</div>\n"],
        below(Class, Model),
        fields("Fields", "fields", maps:get(fields, Class), Context),
        fields("Class variables", "class-variables", maps:get(class_fields, Class), Context),
        overview(Class, Model),
        side(class, Class, Context, Model),
        side(instance, Class, Context, Model),
        inheritance(Class, Model)
    ],
    Summary = beamtalk_site_markdown:plain(beamtalk_site_markdown:summary(Doc)),
    beamtalk_site_layout:page(#{title => Name, description => [Name, ": ", Summary], base => ?BASE, current => Name}, Main, Site).

%%% Where the class stands

heading(#{name := Name, modifiers := Modifiers, kind := Kind, category := Category} = Class, Model) ->
    Chain = lists:reverse(beamtalk_site_model:ancestors(Class, Model)),
    [
        ["<nav class=\"chain\" aria-label=\"Superclasses\"><ol>\n", [["<li>", linked(C), "</li>\n"] || C <- Chain], unknown(Class, Chain),
            "<li><span aria-current=\"page\">", Name, "</span></li>\n</ol></nav>\n"],
        ["<h1>", Name, beamtalk_site_layout:badges(Modifiers), "</h1>\n"],
        ["<p class=\"facts\">", kind(Kind), " in ", beamtalk_site_html:escape(Category), " \xc2\xb7 "],
        [source_link(Class, maps:get(line, Class)), "</p>\n"]
    ].

%% A superclass nobody has given the source of.
unknown(#{superclass := Super}, []) when Super =/= none -> ["<li>", beamtalk_site_html:escape(Super), "</li>\n"];
unknown(_, _) -> [].

kind(actor) -> "Actor";
kind(_) -> "Class".

linked(#{name := Name} = Class) ->
    beamtalk_site_layout:page_link(Class, ?BASE, Name).

source_link(#{stem := Stem, shown := Shown}, Line) ->
    File = filename:basename(Shown),
    Text = [beamtalk_site_html:escape(File), $:, integer_to_list(Line)],
    ["<a class=\"source\" href=\"", ?BASE, beamtalk_site_names:source_page(Stem), $#, beamtalk_site_names:line_anchor(Line), "\">", Text, "</a>"].

below(Class, Model) ->
    case beamtalk_site_model:subclasses(Class, Model) of
        [] -> [];
        Subclasses -> ["<p class=\"subclasses\"><strong>Subclasses</strong> ", lists:join(", ", [linked(C) || C <- Subclasses]), "</p>\n"]
    end.

fields(_, _, [], _) ->
    [];
fields(Title, Id, Fields, #{highlight := Highlight}) ->
    Typed = [typed || #{type := Type} <- Fields, is_binary(Type)] =/= [],
    Code = fun
        (Text) when is_binary(Text) -> ["<td><code>", Highlight(Text), "</code></td>"];
        (_) -> "<td></td>"
    end,
    [
        ["<h2 id=\"", Id, "\">", Title, "</h2>\n<div class=\"scroll\" tabindex=\"0\"><table>\n"],
        ["<thead><tr>", [["<th scope=\"col\">", Column, "</th>"] || Column <- ["Name"] ++ ["Type" || Typed] ++ ["Starts as"]], "</tr></thead>\n<tbody>\n"],
        [
            ["<tr><th scope=\"row\"><code>", beamtalk_site_html:escape(Name), "</code></th>"] ++
                [[Code(Type) || Typed], Code(Default), "</tr>\n"]
         || #{name := Name, type := Type, default := Default} <- Fields
        ],
        "</tbody>\n</table></div>\n"
    ].

%%% Methods

overview(#{methods := []}, _) ->
    [];
overview(Class, _Model) ->
    ["<nav class=\"overview\" aria-label=\"Methods\">\n", [overview_side(Side, protocols(Side, Class)) || Side <- [class, instance]], "</nav>\n"].

overview_side(_, []) ->
    [];
overview_side(Side, Protocols) ->
    [
        ["<h2>", overview_title(Side), "</h2>\n<dl>\n"],
        [
            ["<div><dt>", beamtalk_site_html:escape(named(Heading)), "</dt><dd>", method_links([{Side, M} || M <- Methods], ""), "</dd></div>\n"]
         || {Heading, Methods} <- Protocols
        ],
        "</dl>\n"
    ].

overview_title(class) -> "Messages to the class";
overview_title(instance) -> "Messages to instances".

named(<<>>) -> <<"methods">>;
named(Heading) -> Heading.

method_links(Methods, Page) ->
    [
        ["<a href=\"", Page, $#, beamtalk_site_names:anchor(Side, Selector), "\"><code>", beamtalk_site_html:escape(Selector), "</code></a> "]
     || {Side, #{selector := Selector}} <- Methods
    ].

%% Headings in the order of the source, each with its methods in that order.
protocols(Side, #{methods := Methods}) ->
    Own = [Method || #{side := S} = Method <- Methods, S =:= Side],
    Headings = lists:foldl(fun(#{protocol := P}, Acc) -> [P | lists:delete(P, Acc)] end, [], lists:reverse(Own)),
    [{Heading, [M || #{protocol := P} = M <- Own, P =:= Heading]} || Heading <- Headings].

side(Side, Class, Context, Model) ->
    case protocols(Side, Class) of
        [] ->
            [];
        Protocols ->
            {Title, Id} = side_title(Side),
            [
                ["<section aria-labelledby=\"", Id, "\">\n<h2 id=\"", Id, "\">", Title, "</h2>\n"],
                [[protocol_heading(Heading), [method(M, Class, Context, Model) || M <- Methods]] || {Heading, Methods} <- Protocols],
                "</section>\n"
            ]
    end.

side_title(class) -> {"Class methods", "class-methods"};
side_title(instance) -> {"Instance methods", "instance-methods"}.

%% Methods without a heading of their own stand one level higher.
protocol_heading(<<>>) -> [];
protocol_heading(Heading) -> ["<h3>", beamtalk_site_html:escape(Heading), "</h3>\n"].

method(#{selector := Selector, side := Side, sealed := Sealed, doc := Doc, line := Line} = Method, Class, Context, Model) ->
    Anchor = beamtalk_site_names:anchor(Side, Selector),
    Tag = tag(Method),
    [
        ["<article class=\"method\" id=\"", Anchor, "\">\n<", Tag, " class=\"signature\">"],
        ["<a class=\"self\" href=\"#", Anchor, "\" aria-label=\"Link to ", beamtalk_site_html:escape(Selector), "\">#</a>"],
        ["<code>", signature(Method, Context), "</code>", beamtalk_site_layout:badges([sealed || Sealed]), source_link(Class, Line), "</", Tag, ">\n"],
        beamtalk_site_html:blocks(Doc, Context),
        overrides(beamtalk_site_model:overridden(Class, Side, Selector, Model), Side, Selector),
        "</article>\n"
    ].

tag(#{protocol := <<>>}) -> "h3";
tag(_) -> "h4".

signature(#{signature := Signature, selector := Selector}, #{links := Links}) ->
    beamtalk_site_highlight:signature(Signature, Selector, Links).

overrides(none, _, _) ->
    [];
overrides({ok, #{name := Name, stem := Stem}}, Side, Selector) ->
    Path = [?BASE, beamtalk_site_names:class_page(Stem), $#, beamtalk_site_names:anchor(Side, Selector)],
    ["<p class=\"overrides\">Overrides <a href=\"", Path, "\">", Name, "</a>.</p>\n"].

%%% Inheritance

inheritance(#{name := Name} = Class, Model) ->
    case [{Side, Groups} || Side <- [class, instance], [_ | _] = Groups <- [beamtalk_site_model:inherited(Class, Side, Model)]] of
        [] ->
            [];
        Sides ->
            [
                "<section aria-labelledby=\"inherited\">\n<h2 id=\"inherited\">Inherited methods</h2>\n",
                [inherited(S) || S <- Sides],
                [
                    ["<p class=\"facts\">As an object, ", Name, " understands what every ", linked(Meta), " does.</p>\n"]
                 || {ok, Meta} <- [beamtalk_site_model:class(<<"Class">>, Model)]
                ],
                "</section>\n"
            ]
    end.

inherited({Side, Groups}) ->
    [
        [
            ["<details open>\n<summary>", from(Side), " ", Name, " <span class=\"count\">", integer_to_list(length(Methods)), "</span></summary>\n"],
            ["<p class=\"names\">", method_links([{Side, M} || M <- Methods], [?BASE, beamtalk_site_names:class_page(Stem)]), "</p>\n</details>\n"]
        ]
     || {#{name := Name, stem := Stem}, Methods} <- Groups
    ].

from(class) -> "Class side, from";
from(instance) -> "From".
