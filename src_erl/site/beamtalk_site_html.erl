%%% @doc Text as HTML: escaping, and the trees of `beamtalk_site_markdown' as elements. Pure.
%%%
%%% Every piece of a source text reaches a page through `escape/1'. What code spans and links point to is asked of the caller, who answers a
%%% path or nothing; an address of another scheme than the known ones is no link.
-module(beamtalk_site_html).

-export([escape/1, attribute/1, blocks/2, inlines/2, link_kind/1]).

-export_type([context/0]).

-type context() :: #{
    %% Where a code span points.
    code := fun((binary()) -> {ok, Href :: iodata()} | none),
    %% Where a link inside the site points.
    link := fun((binary()) -> {ok, Href :: iodata()} | none),
    %% Where the name of a class in code points.
    links => beamtalk_site_highlight:links(),
    %% Code of the language as elements.
    highlight := fun((binary()) -> iodata()),
    %% What code is that names no language; `beamtalk' if it is not said.
    unnamed => beamtalk | text
}.

-spec escape(binary()) -> binary().
escape(Text) ->
    <<<<(escaped(C))/binary>> || <<C>> <= Text>>.

escaped($<) -> <<"&lt;">>;
escaped($>) -> <<"&gt;">>;
escaped($&) -> <<"&amp;">>;
escaped($") -> <<"&quot;">>;
escaped($') -> <<"&#39;">>;
escaped(C) when C < $\s, C =/= $\n, C =/= $\t; C =:= 127 -> <<"\x{FFFD}"/utf8>>;
escaped(C) -> <<C>>.

%% @doc A value between double quotes.
-spec attribute(iodata()) -> binary().
attribute(Value) ->
    escape(iolist_to_binary(Value)).

-spec blocks([beamtalk_site_markdown:block()], context()) -> iodata().
blocks(Blocks, Context) ->
    [block(Block, Context) || Block <- Blocks].

block({paragraph, Inlines}, Context) ->
    ["<p>", inlines(Inlines, Context), "</p>\n"];
block({heading, Level, Inlines}, Context) ->
    %% A page has headings of its own above those of a comment.
    Tag = [$h, integer_to_list(min(Level + 3, 6))],
    [$<, Tag, $>, inlines(Inlines, Context), "</", Tag, ">\n"];
block({code, <<>>, Text}, #{unnamed := text}) ->
    ["<pre tabindex=\"0\"><code>", escape(Text), "</code></pre>\n"];
block({code, Language, Text}, #{highlight := Highlight}) when Language =:= <<"beamtalk">>; Language =:= <<>> ->
    ["<pre tabindex=\"0\"><code>", Highlight(Text), "</code></pre>\n"];
block({code, _, Text}, _) ->
    ["<pre tabindex=\"0\"><code>", escape(Text), "</code></pre>\n"];
block({list, Kind, Space, Items}, Context) ->
    {Open, Close} = list_tags(Kind),
    [Open, $\n, [["<li>", item(Space, Item, Context), "</li>\n"] || Item <- Items], Close, $\n];
block({quote, Blocks}, Context) ->
    ["<blockquote>\n", blocks(Blocks, Context), "</blockquote>\n"];
block({table, Columns, Head, Rows}, Context) ->
    [
        "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead>\n",
        row("th scope=\"col\"", "th", Columns, Head, Context),
        "</thead>\n<tbody>\n",
        [row("td", "td", Columns, Row, Context) || Row <- Rows],
        "</tbody>\n</table></div>\n"
    ];
block(rule, _) ->
    "<hr>\n".

list_tags(bullet) -> {"<ul>", "</ul>"};
list_tags({ordered, 1}) -> {"<ol>", "</ol>"};
list_tags({ordered, First}) -> {["<ol start=\"", integer_to_list(First), "\">"], "</ol>"}.

item(tight, [{paragraph, Inlines} | Blocks], Context) -> [inlines(Inlines, Context) | blocks(Blocks, Context)];
item(_, Blocks, Context) -> blocks(Blocks, Context).

row(Open, Close, Columns, Cells, Context) ->
    [
        "<tr>",
        [[$<, Open, aligned(Column), $>, inlines(Cell, Context), "</", Close, $>] || {Column, Cell} <- lists:zip(Columns, Cells)],
        "</tr>\n"
    ].

aligned(left) -> "";
aligned(right) -> " class=\"right\"";
aligned(centre) -> " class=\"centre\"".

-spec inlines([beamtalk_site_markdown:inline()], context()) -> iodata().
inlines(Inlines, Context) ->
    [inline(Inline, Context) || Inline <- Inlines].

inline({text, Text}, _) ->
    escape(Text);
inline({code, _, Code}, #{code := Resolve}) ->
    Element = ["<code>", escape(Code), "</code>"],
    case Resolve(Code) of
        {ok, Href} -> anchor(Href, Element);
        none -> Element
    end;
inline({strong, Inlines}, Context) ->
    ["<strong>", inlines(Inlines, Context), "</strong>"];
inline({emphasis, Inlines}, Context) ->
    ["<em>", inlines(Inlines, Context), "</em>"];
inline({link, _, Inlines, Target}, #{link := Resolve} = Context) ->
    %% Links do not nest: a class named in the label is plain there.
    Label = inlines(Inlines, Context#{code := fun(_) -> none end}),
    case link_kind(Target) of
        outside ->
            ["<a href=\"", attribute(Target), "\" rel=\"noopener noreferrer\">", Label, "</a>"];
        unsafe ->
            Label;
        inside ->
            case Resolve(Target) of
                {ok, Href} -> anchor(Href, Label);
                none -> Label
            end
    end;
inline(break, _) ->
    "<br>".

anchor(Href, Label) ->
    ["<a href=\"", attribute(Href), "\">", Label, "</a>"].

%% @doc Known schemes lead outside; a class, a method or a relative path stays inside. Anything else could be code (`javascript:') or leave
%% the site unnoticed (`//host').
-spec link_kind(binary()) -> outside | inside | unsafe.
link_kind(Target) ->
    Fits = fun(Pattern) -> re:run(Target, Pattern, [dollar_endonly, {capture, none}]) =:= match end,
    case Fits("^(?i:https?://|mailto:)") of
        true ->
            outside;
        false ->
            case beamtalk_site_names:reference(Target) =/= none orelse Fits("^(?!/)[A-Za-z0-9_./%~-]*(?:#[A-Za-z0-9_.:%+-]*)?$") of
                true -> inside;
                false -> unsafe
            end
    end.
