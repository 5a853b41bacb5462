%% What a manifest may say: `beamtalk_toml'.
-module(beamtalk_toml_tests).

-include_lib("eunit/include/eunit.hrl").

values(Text) ->
    {ok, Table} = beamtalk_toml:parse(unicode:characters_to_binary(Text)),
    plain(Table).

plain(Table) when is_map(Table) -> maps:map(fun(_, {_, Value}) -> plain(Value) end, Table);
plain(Values) when is_list(Values) -> [plain(Value) || Value <- Values];
plain(Value) -> Value.

mistake(Text) ->
    {error, {Line, Why}} = beamtalk_toml:parse(unicode:characters_to_binary(Text)),
    {Line, unicode:characters_to_list(Why)}.

tables_test() ->
    ?assertEqual(#{}, values("")),
    ?assertEqual(#{<<"a">> => #{<<"b">> => 1, <<"c">> => #{<<"d">> => 2}}}, values("[a]\nb = 1\n[a.c] # later\nd=2")),
    ?assertEqual(#{<<"a">> => #{<<"b c">> => #{<<"d">> => 1}}}, values("a.\"b c\".'d' = 1")),
    ?assertEqual(#{<<"a">> => #{<<"x">> => <<"1">>, <<"y">> => #{<<"z">> => [1, 2]}}}, values("a = { x = \"1\", y.z = [1, 2] }")),
    ?assertEqual(#{<<"a">> => [#{<<"n">> => 1, <<"s">> => #{<<"t">> => 3}}, #{<<"n">> => 2, <<"s">> => #{}}]},
        values("[[a]]\nn=1\n[a.s]\nt=3\n[[a]]\nn=2\n[a.s]")),
    ?assertEqual(#{<<"a">> => #{}, <<"b">> => 1}, values("\x{FEFF}b = 1\r\n[a]\r\n")).

values_test() ->
    ?assertEqual(#{<<"a">> => [1, -2, 1000, 16#ff, 8, 5]}, values("a = [1, -2, 1_000, 0xff, 0o10, 0b101,\n # last\n]")),
    ?assertEqual(#{<<"a">> => [1.5, 1.0e3, -0.25, inf, neg_inf, nan, true, false]}, values("a = [1.5, 1e3, -2.5e-1, inf, -inf, nan, true, false]")),
    ?assertEqual(#{<<"a">> => {date, <<"2026-02-24 07:32:00Z">>}, <<"b">> => {date, <<"07:32:00">>}}, values("a = 2026-02-24 07:32:00Z\nb = 07:32:00")),
    ?assertEqual(#{<<"a">> => <<"x\ty \"q\" ü \\"/utf8>>}, values("a = \"x\\ty \\\"q\\\" \\u00fc \\\\\"")),
    ?assertEqual(#{<<"a">> => <<"C:\\n">>}, values("a = 'C:\\n'")),
    ?assertEqual(#{<<"a">> => <<"one\ntwo three\"">>, <<"b">> => <<"x\n\\y'">>}, values("a = \"\"\"\none\ntwo \\\n   three\"\"\"\"\nb = '''x\n\\y''''")).

lines_test() ->
    {ok, #{<<"a">> := {1, #{<<"b">> := {4, 2}}}, <<"c">> := {5, #{}}}} = beamtalk_toml:parse(<<"[a]\nx = [1,\n2]\nb = 2\n[c]">>),
    {ok, #{<<"b">> := {4, 2}}} = beamtalk_toml:parse(<<"a = \"\"\"\n\n\"\"\"\nb = 2">>).

mistakes_test_() ->
    [
        {Text, ?_assertEqual(Expected, mistake(Text))}
     || {Text, Expected} <- [
            {"a", {1, "expected '=' behind the key 'a'"}},
            {"a = 1\n= 2", {2, "expected a key"}},
            {"a =", {1, "expected a value"}},
            {"a = hello", {1, "'hello' is no value; texts stand in double quotes"}},
            {"a = 01", {1, "'01' is no value; texts stand in double quotes"}},
            {"a = 1__0", {1, "'1__0' is no value; texts stand in double quotes"}},
            {"a = 1 2", {1, "expected the end of the line"}},
            {"a = \"x", {1, "a text without end"}},
            {"a = \"x\ny\"", {1, "a text without end"}},
            {"a = \"\\q\"", {1, "an unknown escape after '\\'"}},
            {"a = \"\\ud800\"", {1, "'d800' is no character"}},
            {"a = 1e999", {1, "the number 1e999 is too large"}},
            {"\n[a\nb = 1", {2, "expected ']' at the end of a section's name"}},
            {"[a]\n[a]", {2, "section 'a' is there twice"}},
            {"a = 1\na = 2", {2, "key 'a' is there twice"}},
            {"a = 1\n[a]", {2, "'a' is no section"}},
            {"a = {x = 1}\na.y = 2", {2, "key 'a' holds no table that can grow"}},
            {"a = {x = 1}\n[a.b]", {2, "'a' is no section"}},
            {"[a]\n[[a]]", {2, "'a' is no list of sections"}},
            {"a = [1\nb = 2", {2, "expected ',' or ']' in a list"}},
            {"a = {x = 1", {1, "expected ',' or '}' in a table"}},
            {"a = {x = 1, x = 2}", {1, "key 'x' is there twice"}}
        ]
    ].

not_text_test() ->
    ?assertMatch({error, {2, "the text is not valid UTF-8"}}, beamtalk_toml:parse(<<"a = 1\nb = \"", 255, "\"">>)).

%% Time in proportion to the text, and no depth that is too much.
deep_test() ->
    Depth = 20000,
    Text = iolist_to_binary(["a = ", lists:duplicate(Depth, $[), lists:duplicate(Depth, $])]),
    ?assertMatch({ok, _}, beamtalk_toml:parse(Text)).
