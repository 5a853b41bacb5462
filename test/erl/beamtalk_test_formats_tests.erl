%% The documents of a test run, each read by a reader of its format.
-module(beamtalk_test_formats_tests).

-include_lib("eunit/include/eunit.hrl").

%% What tests may write and fail with: markup, directives, control characters, text that is none.
-define(NASTY, <<"<a href=\"x\">&amp;]]> # TODO \\ ' %\t|\x{1}\e[31m\0\x{1F600}ü"/utf8, 16#FFFE/utf8>>).

reports() ->
    Name = beamtalk_test_report:new(<<"NastyTest">>, <<"test/na & sty_test.bt">>),
    Failure = #{
        what => ?NASTY, place => "x", message => [?NASTY, "\nsecond line"], line => 7, time => 1500, output => ?NASTY,
        trace => [<<"A>>b (a.bt:1)">>, <<"A>>c (a.bt:2)">>]
    },
    Broken = #{what => "broken", place => "x", expected => "1", got => [<<255, 254>>]},
    Nasty = beamtalk_test_report:failed(Broken, beamtalk_test_report:failed(Failure, Name)),
    Good = beamtalk_test_report:new(<<"GoodTest">>, <<"test/good_test.bt">>),
    Passed = beamtalk_test_report:passed(#{what => <<"testOne">>, line => 3, time => 20, output => <<"said\n">>}, Good),
    [beamtalk_test_report:took(3000, Nasty), Passed].

summary() -> #{files => 2, time => 1234567, seed => 42}.

binary(Document) ->
    Text = unicode:characters_to_binary(Document),
    true = is_binary(Text),
    Text.

json_test() ->
    Run = beamtalk_json_ops:parse('JSON', binary(beamtalk_test_json:document(reports(), summary()))),
    ?assertMatch(
        #{<<"total">> := 3, <<"passed">> := 1, <<"failed">> := 2, <<"files">> := 2, <<"seed">> := 42, <<"duration">> := 1.234567}, Run
    ),
    #{<<"classes">> := [#{<<"tests">> := [Nasty, Broken]} = Class, #{<<"tests">> := [Passed]}]} = Run,
    ?assertMatch(#{<<"class">> := <<"NastyTest">>, <<"file">> := <<"test/na & sty_test.bt">>, <<"failed">> := 2}, Class),
    ?assertMatch(#{<<"name">> := ?NASTY, <<"output">> := ?NASTY, <<"status">> := <<"fail">>, <<"line">> := 7, <<"duration">> := 0.0015}, Nasty),
    ?assertEqual(<<?NASTY/binary, "\nsecond line">>, maps:get(<<"error">>, Nasty)),
    ?assertEqual([<<"A>>b (a.bt:1)">>, <<"A>>c (a.bt:2)">>], maps:get(<<"trace">>, Nasty)),
    ?assertMatch(#{<<"error">> := <<"expected: 1\ngot:      \x{FFFD}"/utf8>>, <<"line">> := nil}, Broken),
    ?assertEqual(#{<<"name">> => <<"testOne">>, <<"status">> => <<"pass">>, <<"line">> => 3, <<"duration">> => 2.0e-5, <<"output">> => <<"said\n">>}, Passed).

json_of_nothing_test() ->
    Run = beamtalk_json_ops:parse('JSON', binary(beamtalk_test_json:document([], (summary())#{seed := none}))),
    ?assertMatch(#{<<"total">> := 0, <<"classes">> := [], <<"seed">> := nil}, Run).

junit_test() ->
    Suites = xml(beamtalk_test_junit:document(reports(), summary())),
    ?assertEqual({"3", "2"}, {attribute(tests, Suites), attribute(failures, Suites)}),
    [Nasty, Good] = elements(testsuite, Suites),
    ?assertEqual("test/na & sty_test.bt", attribute(file, Nasty)),
    [First, Second] = elements(testcase, Nasty),
    ?assertEqual({"NastyTest", "7", "0.001500"}, {attribute(classname, First), attribute(line, First), attribute(time, First)}),
    [Failure] = elements(failure, First),
    ?assertEqual(seen(?NASTY), attribute(message, Failure)),
    ?assertEqual(seen(<<?NASTY/binary, "\nsecond line\nat A>>b (a.bt:1)\nat A>>c (a.bt:2)">>), text(Failure)),
    [Output] = elements('system-out', First),
    ?assertEqual(seen(?NASTY), text(Output)),
    ?assertEqual(["expected: 1"], [attribute(message, F) || F <- elements(failure, Second)]),
    [One] = elements(testcase, Good),
    ?assertEqual([], elements(failure, One)),
    ?assertEqual("testOne", attribute(name, One)).

junit_of_nothing_test() ->
    ?assertEqual([], elements(testsuite, xml(beamtalk_test_junit:document([], summary())))).

xml(Document) ->
    {Root, []} = xmerl_scan:string(binary_to_list(binary(Document)), [{quiet, true}]),
    xmerl_lib:simplify_element(Root).

elements(Name, {_, _, Content}) -> [Element || {N, _, _} = Element <- Content, N =:= Name].

attribute(Name, {_, Attributes, _}) -> proplists:get_value(Name, Attributes).

text({_, _, Content}) -> lists:append([Part || Part <- Content, is_list(Part)]).

%% What XML can hold of a text.
seen(Text) ->
    [if C < 32, C =/= $\n, C =/= $\t -> 16#FFFD; C =:= 16#FFFE -> 16#FFFD; true -> C end || C <- unicode:characters_to_list(Text)].

tap_test() ->
    {3, Tests} = tap(beamtalk_test_tap:document(reports(), summary())),
    ?assertEqual([{1, false}, {2, false}, {3, true}], [{N, Ok} || {N, Ok, _, _} <- Tests]),
    [{_, _, _, Block}, {_, _, _, Second}, {_, _, <<"GoodTest>>testOne">>, []}] = Tests,
    ?assertEqual(<<?NASTY/binary, "\nsecond line">>, proplists:get_value(<<"message">>, Block)),
    ?assertEqual(7, proplists:get_value(<<"line">>, Block)),
    ?assertEqual(<<"test/na & sty_test.bt">>, proplists:get_value(<<"file">>, Block)),
    ?assertEqual([<<"A>>b (a.bt:1)">>, <<"A>>c (a.bt:2)">>], proplists:get_all_values(<<"-">>, Block)),
    ?assertEqual(<<"expected: 1\ngot:      \x{FFFD}"/utf8>>, proplists:get_value(<<"message">>, Second)).

tap_of_nothing_test() ->
    ?assertEqual({0, []}, tap(beamtalk_test_tap:document([], (summary())#{seed := none}))).

%% A reader that takes nothing but what the protocol allows: version, plan, comments, numbered lines, indented blocks.
tap(Document) ->
    [<<"TAP version 13">>, <<"1..", Plan/binary>> | Lines] = string:split(string:trim(binary(Document), trailing, "\n"), "\n", all),
    {match, [Count]} = re:run(Plan, "^([0-9]+)( # SKIP .+)?$", [{capture, [1], binary}]),
    Tests = tap_lines(Lines, 1),
    ?assertEqual(binary_to_integer(Count), length(Tests)),
    {length(Tests), Tests}.

tap_lines([], _) ->
    [];
tap_lines([<<"# ", _/binary>> | Rest], N) ->
    tap_lines(Rest, N);
tap_lines([Line | Rest], N) ->
    {match, [Result, Number, Description]} = re:run(Line, "^(ok|not ok) ([0-9]+) - (.*)$", [unicode, {capture, all_but_first, binary}]),
    ?assertEqual(N, binary_to_integer(Number)),
    ?assertEqual(nomatch, re:run(Description, "(?<!\\\\)#", [unicode]), "a bare # begins a directive"),
    {Block, After} = tap_block(Rest),
    [{N, Result =:= <<"ok">>, Description, Block} | tap_lines(After, N + 1)].

tap_block([<<"  ---">> | Rest]) ->
    {Block, [<<"  ...">> | After]} = lists:splitwith(fun(Line) -> Line =/= <<"  ...">> end, Rest),
    {[tap_entry(Line) || Line <- Block], After};
tap_block(Rest) ->
    {[], Rest}.

tap_entry(<<"  trace:">>) ->
    {<<"trace">>, list};
tap_entry(Line) ->
    {match, [Key, Value]} = re:run(Line, "^  +(-|[a-z]+:) (.*)$", [unicode, {capture, all_but_first, binary}]),
    {string:trim(Key, trailing, ":"), beamtalk_json_ops:parse('JSON', Value)}.

text_shows_the_ends_of_long_output_test() ->
    Output = iolist_to_binary([[integer_to_list(N), $\n] || N <- lists:seq(1, 1000)] ++ [lists:duplicate(500, $x)]),
    Failure = #{what => "testX", place => "X (x.bt:1)", message => "no", output => Output},
    Report = beamtalk_test_report:failed(Failure, beamtalk_test_report:new(<<"X">>, <<"x.bt">>)),
    Lines = string:split(binary(beamtalk_test_report:details(Report)), "\n", all),
    ?assert(length(Lines) < 60),
    ?assert(lists:member(<<"      | 1">>, Lines)),
    ?assert(lists:member(<<"      | 1000">>, Lines)),
    ?assertNot(lists:member(<<"      | 500">>, Lines)),
    ?assert(lists:member(<<"      | … 961 more lines"/utf8>>, Lines)),
    ?assert(lists:all(fun(Line) -> string:length(Line) < 180 end, Lines)).

long_messages_are_cut_test() ->
    Long = binary:copy(<<"0123456789">>, 1000000),
    Failure = #{what => "testX", place => "X (x.bt:1)", message => ["Expected ", Long, ", got nil"]},
    Report = beamtalk_test_report:failed(Failure, beamtalk_test_report:new(<<"X">>, <<"x.bt">>)),
    Text = binary(beamtalk_test_report:details(Report)),
    ?assert(byte_size(Text) < 1200),
    ?assertMatch({_, _}, binary:match(Text, <<"[9934482 more bytes]">>)),
    ?assert(byte_size(binary(beamtalk_test_json:document([Report], summary()))) < 70000).

the_texts_of_the_specification_test() ->
    [Nasty, Good] = reports(),
    ?assertEqual(<<"  GoodTest: 1 tests, 1 passed ✓\n"/utf8>>, binary(beamtalk_test_report:line(Good))),
    ?assertEqual(<<"  NastyTest: 2 tests, 0 passed, 2 failed ✗\n"/utf8>>, binary(beamtalk_test_report:line(Nasty))),
    ?assertEqual(<<"2 file(s), 3 tests, 1 passed, 2 failed (1.2s)\n">>, binary(beamtalk_test_report:summary([Nasty, Good], 2, 1234567))),
    ?assertEqual({1, 0}, {beamtalk_test_report:exit_code([Nasty, Good]), beamtalk_test_report:exit_code([Good])}).
