-module(beamtalk_site_markdown_tests).

-include_lib("eunit/include/eunit.hrl").

paragraphs_test_() ->
    [
        ?_assertEqual([], parse("")),
        ?_assertEqual([], parse(" \n\n")),
        ?_assertEqual([{paragraph, [t("One\ntwo.")]}, {paragraph, [t("Three.")]}], parse("One\n  two.\n\nThree.")),
        ?_assertEqual([{paragraph, [t("a")]}], parse("a\r\n")),
        ?_assertEqual([{paragraph, [t("One"), break, t("\ntwo")]}], parse("One  \ntwo  ")),
        ?_assertEqual([{paragraph, [t("One"), break, t("\ntwo")]}], parse("One\\\ntwo"))
    ].

headings_and_rules_test_() ->
    [
        ?_assertEqual([{heading, 2, [t("Uses")]}, {paragraph, [t("x")]}], parse("## Uses ##\nx")),
        ?_assertEqual([{paragraph, [t("#symbol is no heading")]}], parse("#symbol is no heading")),
        ?_assertEqual([{paragraph, [t("a")]}, rule, {paragraph, [t("b")]}], parse("a\n***\nb"))
    ].

code_test_() ->
    [
        ?_assertEqual([{code, <<"beamtalk">>, <<"1 + 1\n\n  2">>}], parse("```beamtalk\n1 + 1\n\n  2\n```")),
        ?_assertEqual([{code, <<"beamtalk">>, <<"1">>}], parse("``` beamtalk\n1\n```")),
        ?_assertEqual([{code, <<>>, <<"```\n**no**">>}, {paragraph, [t("b")]}], parse("~~~\n```\n**no**\n~~~\nb")),
        ?_assertEqual([{code, <<"erlang">>, <<"to the end">>}], parse("```erlang\nto the end")),
        ?_assertEqual([{paragraph, [c("at: 1"), t(" and "), c("a ` b")]}], parse("`at: 1` and `` a ` b ``")),
        ?_assertEqual([{paragraph, [c("**x**"), t(" **"), c("y**")]}], parse("`**x**` **`y**`")),
        ?_assertEqual([{paragraph, [t("a "), c("b c"), t(" "), {code, 1, <<"d">>}]}], parse("a `b\nc` `d`"))
    ].

lists_test_() ->
    [
        ?_assertEqual([{list, bullet, tight, [[{paragraph, [t("a\nmore")]}], [{paragraph, [t("b")]}]]}], parse("- a\n  more\n- b")),
        ?_assertEqual([{paragraph, [t("Text:")]}, {list, bullet, tight, [[{paragraph, [t("a")]}]]}, {paragraph, [t("end")]}], parse("Text:\n* a\n\nend")),
        ?_assertEqual([{list, {ordered, 3}, loose, [[{paragraph, [t("a")]}], [{paragraph, [t("b")]}]]}], parse("3. a\n\n4. b")),
        ?_assertEqual(
            [{list, bullet, tight, [[{paragraph, [t("a")]}, {list, bullet, tight, [[{paragraph, [t("b")]}]]}]]}], parse("- a\n  - b")
        ),
        ?_assertEqual([{list, bullet, tight, [[{paragraph, [t("a")]}, {code, <<>>, <<"x">>}]]}], parse("- a\n  ```\n  x\n  ```")),
        ?_assertEqual([{paragraph, [t("In the year\n1984. A number is no list.")]}], parse("In the year\n1984. A number is no list.")),
        ?_assertEqual([{quote, [{paragraph, [t("a\nb")]}]}, {paragraph, [t("c")]}], parse("> a\n> b\n\nc"))
    ].

tables_test_() ->
    [
        ?_assertEqual(
            [{table, [left, right, centre], [[t("a")], [t("b")], [c("c")]], [[[t("1")], [t("x|y")], []]]}],
            parse("| a | b | `c` |\n|---|--:|:-:|\n| 1 | x\\|y |")
        ),
        ?_assertEqual([{paragraph, [t("a | b\nc | d")]}], parse("a | b\nc | d")),
        ?_assertEqual([{paragraph, [t("a | b\n|-|-|-|")]}], parse("a | b\n|-|-|-|"))
    ].

emphasis_test_() ->
    [
        ?_assertEqual([{paragraph, [{emphasis, [t("a")]}, t(" "), {strong, [t("b "), {emphasis, [t("c")]}]}]}], parse("*a* **b _c_**")),
        ?_assertEqual([{paragraph, [t("snake_case_name and _x")]}], parse("snake_case_name and _x")),
        ?_assertEqual([{paragraph, [t("2 * 3 * 4 ** 5")]}], parse("2 * 3 * 4 ** 5")),
        ?_assertEqual([{paragraph, [t("*not* `x`")]}], parse("\\*not* \\`x\\`")),
        ?_assertEqual([{paragraph, [{emphasis, [c("a*b")]}]}], parse("*`a*b`*"))
    ].

links_test_() ->
    [
        ?_assertEqual([{paragraph, [{link, 0, [t("a "), c("b")], <<"List>>at:">>}, t(".")]}], parse("[a `b`](List>>at:).")),
        ?_assertEqual([{paragraph, [t("x\n"), {link, 1, [t("a")], <<"https://x.org">>}]}], parse("x\n[a](<https://x.org> \"title\")")),
        ?_assertEqual([{paragraph, [{link, 0, [t("https://x.org/?a=b")], <<"https://x.org/?a=b">>}]}], parse("<https://x.org/?a=b>")),
        ?_assertEqual([{paragraph, [t("<b onclick=x>[1, 2] (x) [a]()")]}], parse("<b onclick=x>[1, 2] (x) [a]()")),
        ?_assertEqual([{paragraph, [t("<javascript:x>")]}], parse("<javascript:x>")),
        %% A picture is a link, a link in a link is text.
        ?_assertEqual([{paragraph, [{link, 0, [t("p")], <<"http://x/y.png">>}]}], parse("![p](http://x/y.png)")),
        ?_assertEqual([{paragraph, [t("[a "), {link, 0, [t("b")], <<"c">>}, t("](d)")]}], parse("[a [b](c)](d)"))
    ].

summaries_test_() ->
    [
        ?_assertEqual(<<"Raises `no`: see below.">>, summary("# Title\nRaises \\`no\\`: see\nbelow. More. And more.")),
        ?_assertEqual(<<"Answers e.g. 1.5 or so.">>, summary("Answers e.g. 1.5 or so. More")),
        ?_assertEqual(<<"Uses at: and no end">>, summary("Uses **`at:`** and no end\n\nb")),
        ?_assertEqual(<<>>, summary("```\nx\n```"))
    ].

references_tell_their_lines_test() ->
    Text = "One `A`.\n\n- `B`\n  and [x](C)\n\n| t | u |\n|---|---|\n| `D` | |\n\n> **`E`**\n\n```\n`no`\n```",
    ?assertEqual([{0, code, <<"A">>}, {2, code, <<"B">>}, {3, link, <<"C">>}, {7, code, <<"D">>}, {9, code, <<"E">>}],
        beamtalk_site_markdown:references(parse(Text))).

%% Sixty thousand bytes take a tenth of a second or so; where every piece looks through the rest again, they take minutes.
hostile_texts_take_no_time_test_() ->
    Pieces = ["*a ", "**a ", "_a", "[", "[a](", "`a ``b ", "```", "<http:", "\\", "> ", "- ", "  - a\n", "|a\n|-\n", "#", "1. ", "***_", "![", "`", "a  \n", "- a\n\n\n", "\n"],
    [{timeout, 60, {"a blank list", fun() -> linear("\n", "- a", "  b") end}}, {timeout, 60, [{Piece, fun() -> linear(Piece, "", "") end} || Piece <- Pieces]}].

linear(Piece, First, Last) ->
    Text = unicode:characters_to_binary([First, lists:duplicate(60000 div length(Piece), Piece), Last]),
    {Time, _} = timer:tc(fun() -> beamtalk_site_markdown:parse(Text) end),
    ?assert(Time < 4000000, {Piece, Time}).

%% Whatever bytes come: an answer, and no text is lost but marks and blanks.
any_text_is_read_test() ->
    rand:seed(exsss, {1, 2, 3}),
    Alphabet = list_to_tuple(["*", "_", "`", "[", "]", "(", ")", "<", ">", "\n", "\n\n", " ", "  ", "a", "b ", "\\", "|", "-", "#", "1. ", "```", "\x{f6}", "~~~", "!"]),
    _ = [
        begin
            Text = unicode:characters_to_binary([element(rand:uniform(tuple_size(Alphabet)), Alphabet) || _ <- lists:seq(1, 40)]),
            Html = iolist_to_binary(beamtalk_site_html:blocks(beamtalk_site_markdown:parse(Text), context())),
            %% Labels of fences and addresses of links are not shown.
            Hides = re:run(Text, "```|~~~|\\]\\(", [{capture, none}]) =:= match,
            Hides orelse ?assertEqual(letters(Text), letters(re:replace(Html, "<[^>]*>|&[a-z0-9#]+;", "", [global, {return, binary}])))
        end
     || _ <- lists:seq(1, 3000)
    ].

letters(Text) ->
    [C || <<C>> <= Text, C =:= $a orelse C =:= $b].

context() ->
    #{code => fun(_) -> none end, link => fun(_) -> none end, highlight => fun beamtalk_site_html:escape/1}.

parse(Text) -> beamtalk_site_markdown:parse(unicode:characters_to_binary(Text)).
summary(Text) -> beamtalk_site_markdown:plain(beamtalk_site_markdown:summary(parse(Text))).
t(Text) -> {text, unicode:characters_to_binary(Text)}.
c(Text) -> {code, 0, unicode:characters_to_binary(Text)}.
