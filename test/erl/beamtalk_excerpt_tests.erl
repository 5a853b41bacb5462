-module(beamtalk_excerpt_tests).

-include_lib("eunit/include/eunit.hrl").

diagnostic() ->
    #{
        severity => <<"error">>, code => <<"x/y">>, message => <<"Wrong">>, hint => <<"Do better">>, category => undefined, start => 8, 'end' => 11,
        line => 2, column => 4, end_line => 2, end_column => 7
    }.

lines_around_the_place_test() ->
    ?assertEqual(
        "error: Wrong\n"
        " --> a.bt:2:4\n"
        "  |\n"
        "1 | one\n"
        "2 |   two 2\n"
        "  |    ^^^ error here\n"
        "3 | three\n"
        "  |\n"
        "  = help: Do better\n"
        "  = beamtalk::compile x/y\n",
        text(diagnostic(), <<"one\n  two 2\nthree\nfour\n">>)
    ).

first_and_last_line_test() ->
    Text = text((diagnostic())#{line := 1, column := 1, end_line := 1, end_column := 2}, <<"x">>),
    ?assertEqual(
        "error: Wrong\n --> a.bt:1:1\n  |\n1 | x\n  | ^ error here\n  |\n  = help: Do better\n  = beamtalk::compile x/y\n", Text
    ).

span_over_lines_is_marked_to_the_end_of_its_first_test() ->
    Text = text((diagnostic())#{line := 1, column := 2, end_line := 2, end_column := 2}, <<"[1 +\n2]">>),
    ?assertNotEqual(nomatch, string:find(Text, "  |  ^^^ error here")).

characters_not_bytes_test() ->
    Source = unicode:characters_to_binary([$", 246, 246, $", 32, $+]),
    Text = text((diagnostic())#{line := 1, column := 6, end_line := 1, end_column := 7}, Source),
    ?assertNotEqual(nomatch, string:find(Text, "  |      ^ error here")).

edits_are_told_where_there_is_no_hint_test() ->
    Base = maps:remove(hint, diagnostic()),
    Edit = #{start => 11, 'end' => 11, line => 2, column => 7, replacement => <<")">>},
    Told = fun(E) -> text(Base#{edit => E}, <<"one\n  two 2\nthree\n">>) end,
    ?assertNotEqual(nomatch, string:find(Told(Edit), "  = help: insert `)` at 2:7")),
    ?assertNotEqual(nomatch, string:find(Told(Edit#{start := 8, replacement := <<"_x">>}), "  = help: write `_x`")),
    ?assertNotEqual(nomatch, string:find(Told(Edit#{start := 8, replacement := <<>>}), "  = help: remove it from line 2")),
    Json = unicode:characters_to_list(beamtalk_excerpt:json(Base#{edit => Edit}, <<"a.bt">>)),
    ?assertNotEqual(nomatch, string:find(Json, "\"edit\":{\"start\":11,\"end\":11,\"replacement\":\")\"}")).

other_places_test() ->
    Other = #{message => <<"first here">>, start => 0, 'end' => 3, line => 1, column => 1},
    Diagnostic = (diagnostic())#{related => [Other]},
    ?assertNotEqual(nomatch, string:find(text(Diagnostic, <<"one\n  two 2\n">>), "  = note: first here (a.bt:1:1)\n")),
    Json = unicode:characters_to_list(beamtalk_excerpt:json(Diagnostic, <<"a.bt">>)),
    ?assertNotEqual(nomatch, string:find(Json, ",\"related\":[{\"message\":\"first here\",\"start\":0,\"end\":3,\"line\":1,\"column\":1}]")).

json_test() ->
    Line = unicode:characters_to_list(beamtalk_excerpt:json((diagnostic())#{message := <<"a \"b\"\n">>}, <<"a.bt">>)),
    ?assertEqual(
        "{\"file\":\"a.bt\",\"severity\":\"error\",\"code\":\"x/y\",\"message\":\"a \\\"b\\\"\\n\",\"hint\":\"Do better\",\"category\":null,"
        "\"start\":8,\"end\":11,\"line\":2,\"column\":4,\"end_line\":2,\"end_column\":7}\n",
        Line
    ).

text(Diagnostic, Source) ->
    unicode:characters_to_list(beamtalk_excerpt:render(Diagnostic, <<"a.bt">>, Source)).
