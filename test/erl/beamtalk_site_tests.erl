%% Documentation sites: what becomes of texts, references and files. The compiler answers for real.
-module(beamtalk_site_tests).

-include_lib("eunit/include/eunit.hrl").

site_test_() ->
    {setup, fun() -> {ok, _} = application:ensure_all_started(beamtalk_compiler) end, fun(_) -> ok end, [
        {"text is escaped", fun text_is_escaped/0},
        {"only known schemes are links", fun schemes/0},
        {"what a code span refers to", fun code_spans/0},
        {"anchors and their names", fun anchors/0},
        {"tokens are marked", fun tokens_are_marked/0},
        {"tokens lose nothing", fun tokens_lose_nothing/0},
        {"headers of methods", fun signatures/0},
        {"methods have the headings of the source", fun headings/0},
        {"what is inherited and overridden", fun inheritance/0},
        {"circles and unknown superclasses end", fun circles/0},
        {"class names that differ in case have files of their own", fun stems/0},
        {"broken references tell their place", fun broken_references/0},
        {"the link check finds what is wrong", fun link_check/0},
        {"the search index is a script without surprises", fun search_index/0},
        {"the same sources give the same bytes", fun deterministic/0},
        {"a directory is written whole or not at all", fun output/0},
        {"foreign directories and lists are no danger", fun foreign/0}
    ]}.

text_is_escaped() ->
    ?assertEqual(<<"&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt; &amp;amp;"/utf8>>, beamtalk_site_html:escape(<<"<a b=\"c\" d='e'> &amp;">>)),
    ?assertEqual(<<"\x{FFFD}\n\t\x{f6}"/utf8>>, beamtalk_site_html:escape(<<0, "\n\t\x{f6}"/utf8>>)),
    ?assertEqual(<<"<p>&lt;script&gt; <code>&lt;/p&gt;</code></p>\n">>, html("<script> `</p>`")),
    ?assertEqual(<<"<pre tabindex=\"0\"><code>&lt;/code&gt;</code></pre>\n">>, html("```x\" onclick=\"y\n</code>\n```")),
    ?assertEqual(<<"<p><a href=\"https://x/&quot;onclick=&quot;\" rel=\"noopener noreferrer\">x</a></p>\n">>, html("[x](https://x/\"onclick=\")")).

schemes() ->
    Kind = fun(Text) -> beamtalk_site_html:link_kind(unicode:characters_to_binary(Text)) end,
    ?assertEqual([outside], lists:usort([Kind(T) || T <- ["https://x", "HTTP://x", "mailto:a@b"]])),
    ?assertEqual([inside], lists:usort([Kind(T) || T <- ["List", "List>>at:put:", "List class >> new", "Array>>++", "List.html#i.at:", "#i.size", "../index.html"]])),
    ?assertEqual([unsafe], lists:usort([
        Kind(T)
     || T <- ["javascript:x", "JAVASCRIPT:x", "Javascript:x>>y", " javascript:x", "java\tscript:x", "data:text/html,x", "vbscript:x", "file:///etc", "//x.org/y",
            "/etc/passwd", "\\\\x", "blob:x", "x:y#z", "%6aavascript:x", "a b", "x\ny", "List\n"]
    ])).

code_spans() ->
    Model = model([object(), {"Object subclass: Bag\n  at: n => n\n  class of: x => x\n  rest => 1\n"}]),
    Link = fun(Code) -> #{code := F} = beamtalk_site_references:context("../", <<"Own">>, Model), linked(F(unicode:characters_to_binary(Code))) end,
    ?assertEqual(<<"../classes/Bag.html">>, Link("Bag")),
    ?assertEqual(<<"../classes/Bag.html#i.at:">>, Link("Bag>>at:")),
    ?assertEqual(<<"../classes/Bag.html#i.at:">>, Link("Bag >> #at:")),
    ?assertEqual(<<"../classes/Bag.html#c.of:">>, Link("Bag class >> of:")),
    ?assertEqual(<<"../classes/Bag.html#c.of:">>, Link("Bag of:")),
    ?assertEqual(<<"../classes/Bag.html#i.rest">>, Link("Bag rest")),
    %% An inherited method is where it is defined.
    ?assertEqual(<<"../classes/Object.html#i..2b">>, Link("Bag>>+")),
    [?assertEqual(none, Link(Code)) || Code <- ["Own", "Nowhere", "Nowhere>>x", "bag", "Bag at: 1", "Bag zork", "Bag\n", "Bag rest size"]].

anchors() ->
    ?assertEqual(<<"i.at:put:">>, beamtalk_site_names:anchor(instance, <<"at:put:">>)),
    ?assertEqual(<<"c..3c.3d">>, beamtalk_site_names:anchor(class, <<"<=">>)),
    ?assertNotEqual(beamtalk_site_names:anchor(instance, <<"->">>), beamtalk_site_names:anchor(instance, <<"--">>)).

tokens_are_marked() ->
    Links = fun(<<"List">>) -> {ok, "List.html"}; (_) -> none end,
    Html = unicode:characters_to_list(iolist_to_binary(beamtalk_site_highlight:html(<<"x at: 1 put: \"<b>\"  // => #a\nList, Set self"/utf8>>, Links))),
    ?assertEqual(
        "x <span class=\"k\">at:</span> <span class=\"n\">1</span> <span class=\"k\">put:</span> <span class=\"s\">&quot;&lt;b&gt;&quot;</span>  "
        "<span class=\"r\">// =&gt; #a</span>\n<a class=\"t\" href=\"List.html\">List</a><span class=\"o\">,</span> <span class=\"t\">Set</span> "
        "<span class=\"v\">self</span>",
        Html
    ),
    %% Marks end with their lines.
    ?assertEqual(<<"<span class=\"s\">&quot;a</span>\n<span class=\"s\">b&quot;</span>">>, iolist_to_binary(beamtalk_site_highlight:html(<<"\"a\nb\"">>, Links))).

tokens_lose_nothing() ->
    Files = filelib:wildcard("stdlib/src/**/*.bt", root()),
    ?assert(length(Files) > 50),
    [
        begin
            {ok, Source} = file:read_file(filename:join(root(), File)),
            ?assertEqual(Source, iolist_to_binary([Text || {_, Text} <- beamtalk_site_highlight:tokens(Source)]))
        end
     || File <- Files
    ],
    [?assertEqual(S, iolist_to_binary([T || {_, T} <- beamtalk_site_highlight:tokens(S)])) || S <- [<<"\"open">>, <<"/* open">>, <<"'x' @y $">>, <<>>, <<"\x{f6} \x{2028}"/utf8>>]].

signatures() ->
    Html = fun(Signature, Selector) -> iolist_to_binary(beamtalk_site_highlight:signature(Signature, Selector, fun(_) -> none end)) end,
    ?assertEqual(
        <<"<span class=\"k\">at:</span> put: <span class=\"t\">Integer</span> <span class=\"k\">put:</span> value">>,
        Html(<<"at: put: Integer put: value">>, <<"at:put:">>)
    ),
    ?assertEqual(<<"<span class=\"k\">++</span> other: <span class=\"t\">List</span>">>, Html(<<"++ other: List">>, <<"++">>)),
    ?assertEqual(<<"<span class=\"k\">size</span>">>, Html(<<"size">>, <<"size">>)).

headings() ->
    Source =
        "Object subclass: A\n  // not alone\n  state: x = 1\n\n  // making\n\n  /// One.\n  class one => 1\n\n  // A sentence about two.\n\n  two => 2 // behind\n\n"
        "  // asking\n\n  three => 3\n",
    {ok, #{methods := Methods, line := 1}} = beamtalk_site_model:class(<<"A">>, model([{Source}])),
    ?assertEqual(
        [{class, <<"one">>, <<"making">>, 8, 7}, {instance, <<"two">>, <<"making">>, 12, 12}, {instance, <<"three">>, <<"asking">>, 16, 16}],
        [{Side, S, P, Line, Doc} || #{side := Side, selector := S, protocol := P, line := Line, doc_line := Doc} <- Methods]
    ).

inheritance() ->
    Model = model([{"A subclass: B\n  y => 2\n  z => 3\n  class m => 1\n"}, {"Object subclass: A\n  x => 1\n  y => 1\n  class n => 1\n"}, {"B subclass: C\n  y => 3\n"}, object()]),
    {ok, C} = beamtalk_site_model:class(<<"C">>, Model),
    Groups = fun(Side) -> [{Name, [S || #{selector := S} <- Ms]} || {#{name := Name}, Ms} <- beamtalk_site_model:inherited(C, Side, Model)] end,
    ?assertEqual([{<<"B">>, [<<"z">>]}, {<<"A">>, [<<"x">>]}, {<<"Object">>, [<<"+">>]}], Groups(instance)),
    ?assertEqual([{<<"B">>, [<<"m">>]}, {<<"A">>, [<<"n">>]}], Groups(class)),
    {ok, #{name := Overridden}} = beamtalk_site_model:overridden(C, instance, <<"y">>, Model),
    ?assertEqual(<<"B">>, Overridden),
    ?assertEqual([<<"B">>], [Name || {ok, A} <- [beamtalk_site_model:class(<<"A">>, Model)], #{name := Name} <- beamtalk_site_model:subclasses(A, Model)]).

circles() ->
    {ok, Files} = files([{"Zwei subclass: Eins\n  a => 1\n"}, {"Eins subclass: Zwei\n  b => 1\n"}, {"Missing subclass: Drei\n"}]),
    ?assertEqual([<<"classes/Drei.html">>, <<"classes/Eins.html">>, <<"classes/Zwei.html">>], [P || <<"classes/", _/binary>> = P <- lists:sort(maps:keys(Files))]),
    ?assertNotEqual(nomatch, binary:match(map_get(<<"classes/Drei.html">>, Files), <<"<li>Missing</li>">>)).

stems() ->
    {ok, Files} = files([{"Object subclass: Url\n"}, {"Object subclass: URL\n"}, object()]),
    Names = [string:lowercase(P) || P <- maps:keys(Files)],
    ?assertEqual(length(Names), length(lists:usort(Names))).

broken_references() ->
    Source = "// note\n\n/// See `Object>>nope`.\n///\n/// And [x](Nope).\nObject subclass: Bag\n\n  /// One.\n  ///\n  /// Two [y](#i.gone) [z](gone.html) `Nope>>at:`\n  one => 1\n",
    {error, Problems} = files([{Source}, object()]),
    ?assertEqual(
        [
            <<"Bag.bt:3: broken link `Object>>nope`: Object has no method nope">>,
            <<"Bag.bt:5: broken link `Nope`: there is no such class">>,
            <<"Bag.bt:10: broken link `#i.gone`: the page has no such place">>,
            <<"Bag.bt:10: broken link `gone.html`: there is no such page">>
        ],
        Problems
    ).

link_check() ->
    Page = fun(Text) -> iolist_to_binary(["<p id=\"a\">", Text, "</p>"]) end,
    Broken = fun(Text) -> [{T, Why} || {_, T, Why} <- beamtalk_site_links:broken(#{<<"d/p.html">> => Page(Text), <<"q.html">> => Page(""), <<"s.css">> => <<"<a href=\"no\">">>})] end,
    ?assertEqual([], Broken("<a href=\"../q.html#a\"><a href=\"#a\"><a href=\"p.html?v=1\"><a href=\"https://x/y\"><link href=\"../s.css\">")),
    ?assertEqual([{<<"q.html">>, no_page}], Broken("<a href=\"q.html\">")),
    ?assertEqual([{<<"../q.html#b">>, no_anchor}], Broken("<a href=\"../q.html#b\">")),
    ?assertEqual([{<<"#&">>, no_anchor}], Broken("<a href=\"#&amp;\">")),
    ?assertEqual([{<<"../s.css#x">>, no_anchor}], Broken("<a href=\"../s.css#x\">")),
    ?assertEqual([{<<"/q.html">>, absolute}], Broken("<a href=\"/q.html\">")),
    ?assertEqual([{<<"x.js">>, no_page}], Broken("<script src=\"x.js\">")),
    ?assertEqual([{<<"a">>, double_id}], Broken("<b id=\"a\">")).

search_index() ->
    Source = unicode:characters_to_binary("/// Ends \"it\" </script> \x{2028} \\ \x{f6}. More.\nObject subclass: Bag\n  class of: x => 1\n  <= x => 1\n"),
    Script = iolist_to_binary(beamtalk_site_search_index:script(model([{Source}]), [])),
    ?assertEqual(
        unicode:characters_to_binary(
            "var beamtalkSearchIndex = [\n"
            "[\"c\",\"Bag\",\"Bag\",\"classes/Bag.html\",\"Ends \\\"it\\\" \\u003c/script\\u003e \\u2028 \\\\ \x{f6}.\"],\n"
            "[\"k\",\"of:\",\"Bag\",\"classes/Bag.html#c.of:\",\"\"],\n"
            "[\"m\",\"\\u003c=\",\"Bag\",\"classes/Bag.html#i..3c.3d\",\"\"]\n"
            "];\nif (typeof module !== \"undefined\") module.exports = beamtalkSearchIndex;\n"
        ),
        Script
    ).

deterministic() ->
    Sources = [object(), {"Object subclass: A\n  x => 1\n"}, {"A subclass: B\n  x => 2\n"}],
    {ok, Files} = files(Sources),
    ?assertEqual({ok, Files}, files(lists:reverse(Sources))).

output() ->
    Dir = directory(),
    Site = #{<<"index.html">> => <<"i">>, <<"classes/A.html">> => <<"a">>, <<"classes/B.html">> => <<"b">>},
    ?assertEqual({ok, #{written => 3, removed => 0}}, beamtalk_site_output:write(Dir, Site)),
    ?assertEqual({ok, #{written => 0, removed => 0}}, beamtalk_site_output:write(Dir, Site)),
    ok = file:write_file(filename:join(Dir, "classes/notes.txt"), "mine"),
    ?assertEqual({ok, #{written => 1, removed => 1}}, beamtalk_site_output:write(Dir, maps:remove(<<"classes/B.html">>, Site#{<<"index.html">> := <<"new">>}))),
    ?assertEqual([".beamtalk-doc", "classes", "classes/A.html", "classes/notes.txt", "index.html"], present(Dir)),
    ?assertEqual({ok, <<"new">>}, file:read_file(filename:join(Dir, "index.html"))),
    %% What cannot be written changes nothing: a file stands where the directory for it would be.
    ok = file:write_file(filename:join(Dir, "source"), "in the way"),
    ?assertMatch({error, {_, Reason}} when Reason =:= enotdir; Reason =:= eexist, beamtalk_site_output:write(Dir, Site#{<<"source/A.html">> => <<"s">>})),
    ?assertEqual([".beamtalk-doc", "classes", "classes/A.html", "classes/notes.txt", "index.html", "source"], present(Dir)),
    ok = file:del_dir_r(Dir).

foreign() ->
    Dir = directory(),
    Site = #{<<"index.html">> => <<"i">>},
    ok = filelib:ensure_path(Dir),
    ok = file:write_file(filename:join(Dir, "index.html"), "somebody's"),
    ?assertEqual({error, {Dir, foreign}}, beamtalk_site_output:write(Dir, Site)),
    ?assertEqual({ok, <<"somebody's">>}, file:read_file(filename:join(Dir, "index.html"))),
    %% A list that was tampered with removes nothing outside.
    Victim = Dir ++ "-victim.html",
    ok = file:write_file(Victim, "v"),
    ok = file:write_file(filename:join(Dir, ".beamtalk-doc"), ["../", filename:basename(Victim), "\n", Victim, "\nindex.html\nclasses/../../x.html\n"]),
    ?assertEqual({ok, #{written => 1, removed => 0}}, beamtalk_site_output:write(Dir, Site)),
    ?assertEqual({ok, <<"v">>}, file:read_file(Victim)),
    ok = file:delete(Victim),
    ok = file:del_dir_r(Dir).

%%% Helpers

html(Text) ->
    Context = #{code => fun(_) -> none end, link => fun(_) -> none end, highlight => fun beamtalk_site_html:escape/1},
    iolist_to_binary(beamtalk_site_html:blocks(beamtalk_site_markdown:parse(unicode:characters_to_binary(Text)), Context)).

linked({ok, Href}) -> iolist_to_binary(Href);
linked(none) -> none.

%% The least a site has.
object() -> {"ProtoObject subclass: Object\n  + x => 1\n"}.

units(Sources) ->
    [
        #{info => Info, source => Source, shown => <<Name/binary, ".bt">>, path => <<Name/binary, ".bt">>, category => <<"all">>, origin => own}
     || {Text} <- Sources,
        Source <- [unicode:characters_to_binary(Text)],
        {ok, [#{name := Name} = Info]} <- [beamtalk_compiler:doc(Source)]
    ].

model(Sources) ->
    beamtalk_site_model:new(units(Sources)).

files(Sources) ->
    Assets = [{Name, <<>>} || Name <- [<<"style.css">>, <<"theme.js">>, <<"search.js">>]],
    beamtalk_site:files(units(Sources), #{title => <<"t">>, version => <<>>, assets => Assets}).

directory() ->
    filename:join(["/tmp", "beamtalk_site_tests_" ++ os:getpid() ++ integer_to_list(erlang:unique_integer([positive]))]).

present(Dir) ->
    lists:usort(filelib:wildcard("**", Dir) ++ filelib:wildcard(".b*", Dir)).

root() ->
    beamtalk_stdlib:source_root().
