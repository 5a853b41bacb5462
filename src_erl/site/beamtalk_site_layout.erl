%%% @doc What all pages have in common: head, header with search, list of classes, footer. Pure.
%%%
%%% The list of classes comes behind the content and stands beside it on wide screens: who reads from the top meets the content first, on narrow
%%% screens too. Everything works without a script but the search and the choice of colours, whose controls are hidden then. The policy in the
%%% head lets a page load only what lies beside it.
-module(beamtalk_site_layout).

-export([page/3, page_link/3, badges/1]).

-export_type([site/0, page/0]).

-type site() :: #{title := binary(), version := binary(), model := beamtalk_site_model:model(), stamp := binary(), prose := beamtalk_site_prose:prose() | none}.
-type page() :: #{
    title := iodata(),
    description := iodata(),
    %% What leads from the page to the root of the site: "" or "../".
    base := string(),
    %% The class the page is about, or the page of prose it is.
    current := binary() | {page, binary()} | none
}.

-define(POLICY, "default-src 'none'; script-src 'self' file:; style-src 'self' file:; base-uri 'none'; form-action 'none'").

-spec page(page(), iodata(), site()) -> iodata().
page(#{title := Title, description := Description, base := Base, current := Current}, Main, #{title := Site, stamp := Stamp} = All) ->
    Asset = fun(Name) -> [Base, "assets/", Name, "?", Stamp] end,
    [
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
        "<meta http-equiv=\"Content-Security-Policy\" content=\"", ?POLICY, "\">\n",
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
        "<meta name=\"color-scheme\" content=\"light dark\">\n",
        "<meta name=\"description\" content=\"", beamtalk_site_html:attribute(Description), "\">\n",
        "<title>", title(Title, Site), "</title>\n",
        "<link rel=\"stylesheet\" href=\"", Asset("style.css"), "\">\n",
        "<script src=\"", Asset("theme.js"), "\"></script>\n",
        "<script src=\"", Asset("search.js"), "\" defer></script>\n",
        "</head>\n<body data-base=\"", Base, "\" data-index=\"", Asset("search-index.js"), "\">\n",
        "<a class=\"skip\" href=\"#content\">Skip to content</a>\n",
        header(Base, All),
        "<div class=\"frame\">\n<main id=\"content\">\n", Main, "</main>\n",
        "<nav class=\"classes\" id=\"classes\" aria-label=\"Classes\">\n", navigation(Base, Current, All), "</nav>\n</div>\n",
        footer(All),
        "</body>\n</html>\n"
    ].

title(Title, Title) -> beamtalk_site_html:attribute(Title);
title(Title, Site) -> [beamtalk_site_html:attribute(Title), " \xc2\xb7 ", beamtalk_site_html:attribute(Site)].

header(Base, #{title := Site, prose := Prose}) ->
    [
        "<header class=\"top\">\n<a class=\"home\" href=\"", Base, "index.html\">", beamtalk_site_html:escape(Site), "</a>\n",
        "<form class=\"search\" role=\"search\" hidden>\n",
        "<input id=\"search\" type=\"search\" role=\"combobox\" aria-label=\"Search classes and methods\" aria-expanded=\"false\"",
        " aria-controls=\"results\" aria-autocomplete=\"list\" autocomplete=\"off\" autocapitalize=\"off\" spellcheck=\"false\"",
        " placeholder=\"Search classes and methods\">\n<kbd aria-hidden=\"true\">/</kbd>\n",
        "<div class=\"results\" hidden><ul id=\"results\" role=\"listbox\" aria-label=\"Results\"></ul>",
        "<p class=\"found\" role=\"status\"></p></div>\n</form>\n",
        "<a class=\"jump\" href=\"#classes\">Contents</a>\n",
        [["<a href=\"", Base, beamtalk_site_names:index_page(true), "\">Classes</a>\n"] || Prose =/= none],
        "<a href=\"", Base, "selectors.html\">Selectors</a>\n",
        "<button class=\"theme\" type=\"button\" hidden>Dark</button>\n</header>\n"
    ].

navigation(Base, Current, #{model := Model, prose := Prose}) ->
    Categories = beamtalk_site_model:categories(Model),
    Both = length(lists:usort([Origin || {Origin, _, _} <- Categories])) > 1,
    [
        prose(Prose, Base, Current),
        [
            [
                ["<p class=\"origin\">Library</p>\n" || Both, first_of_library(Category, Categories)],
                ["<h2>", beamtalk_site_html:escape(Name), "</h2>\n<ul>\n"],
                [entry(Class, Base, Current) || Class <- Classes],
                "</ul>\n"
            ]
         || {_, Name, Classes} = Category <- Categories
        ]
    ].

prose(none, _, _) ->
    [];
prose(Prose, Base, Current) ->
    case beamtalk_site_prose:pages(Prose) of
        [] ->
            [];
        Pages ->
            Link = fun(#{page := Page, title := Title}) ->
                Mark = [" aria-current=\"page\"" || {page, Page} =:= Current],
                ["<li><a href=\"", Base, Page, "\"", Mark, ">", beamtalk_site_html:escape(Title), "</a></li>\n"]
            end,
            ["<h2>Pages</h2>\n<ul>\n", [Link(Page) || Page <- Pages], "</ul>\n"]
    end.

first_of_library({library, _, _} = Category, Categories) ->
    Category =:= hd([C || {library, _, _} = C <- Categories]);
first_of_library(_, _) ->
    false.

entry(#{name := Name, stem := Stem}, Base, Current) ->
    Mark = [" aria-current=\"page\"" || Name =:= Current],
    ["<li><a href=\"", Base, beamtalk_site_names:class_page(Stem), "\"", Mark, ">", Name, "</a></li>\n"].

footer(#{title := Site, version := Version}) ->
    ["<footer><p>", beamtalk_site_html:escape(Site), [[" ", beamtalk_site_html:escape(Version)] || Version =/= <<>>], "</p></footer>\n"].

%% @doc A link to the page of a class.
-spec page_link(beamtalk_site_model:class(), string(), iodata()) -> iodata().
page_link(#{stem := Stem}, Base, Text) ->
    ["<a href=\"", Base, beamtalk_site_names:class_page(Stem), "\">", Text, "</a>"].

%% @doc Words that qualify a class or method.
-spec badges([atom()]) -> iodata().
badges(Words) ->
    [[" <span class=\"badge\">", atom_to_binary(Word), "</span>"] || Word <- Words].
