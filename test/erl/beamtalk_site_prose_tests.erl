%% Pages written by hand: titles, anchors, and where links lead.
-module(beamtalk_site_prose_tests).

-include_lib("eunit/include/eunit.hrl").

prose(Texts) ->
    Files = [#{file => <<"/p/", Name/binary>>, path => Name, page => page(Name), text => unicode:characters_to_binary(Text)} || {Name, Text} <- Texts],
    beamtalk_site_prose:new(Files, fun(Path) -> Path =:= <<"/p/LICENSE">> orelse Path =:= <<"/p/src">> end).

page(<<"README.md">>) -> <<"index.html">>;
page(Name) -> <<"pages/", (filename:rootname(Name))/binary, ".html">>.

model() -> beamtalk_site_model:new([]).

html(Name, Texts) ->
    Prose = prose(Texts),
    {ok, Landing} = beamtalk_site_prose:landing(Prose),
    [Page] = [P || #{path := Path} = P <- [Landing | beamtalk_site_prose:pages(Prose)], Path =:= Name],
    Site = #{title => <<"T">>, version => <<>>, model => model(), stamp => <<"0">>, prose => Prose},
    Text = iolist_to_binary(beamtalk_site_prose:page(Page, Site)),
    {match, [Main]} = re:run(Text, "<div class=\"prose\">\n(.*)</div>\n</main>", [dotall, {capture, all_but_first, binary}]),
    Main.

problems(Texts) ->
    [{Path, Line, unicode:characters_to_list(Text)} || {Path, Line, Text} <- beamtalk_site_prose:problems(prose(Texts), model())].

anchors_test() ->
    Text = "# A `code` & *b*!\n\n## Übung 1\n\n## Übung 1\n\n## \n\n> # quoted\n",
    Html = html(<<"README.md">>, [{<<"README.md">>, Text}]),
    [
        ?assertNotEqual({Part, nomatch}, {Part, binary:match(Html, unicode:characters_to_binary(Part))})
     || Part <- ["<h1 id=\"h.a-code--b\">", "<h2 id=\"h.übung-1\">", "<h2 id=\"h.übung-1-1\">"]
    ],
    Ids = re:run(Html, " id=\"([^\"]*)\"", [global, {capture, all_but_first, binary}]),
    {match, Found} = Ids,
    ?assertEqual(length(Found), length(lists:usort(Found))).

code_test() ->
    Text = "```\n$ 1 x: 2\n```\n\n- ```\n  3\n  ```\n\n```beamtalk\n4\n```\n",
    Html = html(<<"README.md">>, [{<<"README.md">>, Text}]),
    Code = re:run(Html, "<code>(.*?)</code>", [global, dotall, {capture, all_but_first, binary}]),
    ?assertMatch({match, [[<<"$ 1 x: 2">>], [<<"3">>], [<<"<span class=", _/binary>>]]}, Code).

titles_test() ->
    Prose = prose([{<<"a.md">>, "text\n\n# One *two*\n"}, {<<"b.md">>, "## no title\n"}]),
    ?assertEqual([<<"One two">>, <<"b">>], [Title || #{title := Title} <- beamtalk_site_prose:pages(Prose)]),
    ?assertEqual(none, beamtalk_site_prose:landing(Prose)).

links_test() ->
    Texts = fun(Link) -> [{<<"README.md">>, "# Top\n"}, {<<"a/b.md">>, ["# B\n\n", Link, "\n"]}, {<<"c.md">>, "# C d\n"}] end,
    Link = fun(Text) ->
        Html = html(<<"a/b.md">>, Texts(Text)),
        case re:run(Html, "<p>(.*)</p>", [dotall, {capture, all_but_first, binary}]) of
            {match, [Shown]} -> Shown
        end
    end,
    ?assertEqual(<<"<a href=\"../../pages/c.html\">x</a>">>, Link("[x](../c.md)")),
    ?assertEqual(<<"<a href=\"../../pages/c.html#h.c-d\">x</a>">>, Link("[x](./../c.md#c-d)")),
    ?assertEqual(<<"<a href=\"../../index.html#h.top\">x</a>">>, Link("[x](../README.md#top)")),
    ?assertEqual(<<"<a href=\"../../pages/a/b.html#h.b\">x</a>">>, Link("[x](#b)")),
    ?assertEqual(<<"x">>, Link("[x](../LICENSE)")),
    ?assertEqual(<<"x">>, Link("[x](javascript:alert)")),
    ?assertEqual(<<"x">>, Link("[x](/etc/passwd)")),
    ?assertEqual(<<"<a href=\"https://x.org/\" rel=\"noopener noreferrer\">x</a>">>, Link("[x](https://x.org/)")).

problems_test() ->
    ?assertEqual([], problems([{<<"README.md">>, "[a](LICENSE) [b](src) [c](#t) `Nobody` [d](https://x)\n\n# T\n"}])),
    ?assertEqual(
        [
            {<<"README.md">>, 1, "`../../../up.md`: there is no such page or file"},
            {<<"README.md">>, 1, "`Nobody`: there is no such class"},
            {<<"README.md">>, 3, "`#none`: the page has no such heading"}
        ],
        problems([{<<"README.md">>, "[a](../../../up.md) [b](Nobody)\n\n[c](#none)\n"}])
    ).
