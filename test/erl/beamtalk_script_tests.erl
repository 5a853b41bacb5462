-module(beamtalk_script_tests).

-include_lib("eunit/include/eunit.hrl").

cases_and_expectations_test() ->
    Script = beamtalk_script:parse(<<"// note\n1 + 1\n// => 2\n\n  x foo  \n  // => ERROR: does_not_understand\n">>),
    ?assertMatch(
        #{
            cases := [
                #{line := 2, source := <<"1 + 1">>, expect := {value, <<"2">>}},
                #{line := 5, source := <<"x foo">>, expect := {error, <<"does_not_understand">>}}
            ],
            unexpected := []
        },
        Script
    ).

expression_without_expectation_test() ->
    #{cases := [#{line := 2}], unexpected := Found} = beamtalk_script:parse(<<"1\n2\n// => 2\n3\n// words\n">>),
    ?assertEqual([{1, <<"1">>}, {4, <<"3">>}], Found).

expectation_without_expression_is_ignored_test() ->
    ?assertMatch(#{cases := [], unexpected := []}, beamtalk_script:parse(<<"// => 2\n">>)).

directives_test() ->
    Text = <<"// @load a/b.bt\n// @load-error c.bt => sealed\n// @load-error d.bt\n">>,
    ?assertMatch(
        #{loads := [<<"a/b.bt">>], load_errors := [{2, <<"c.bt">>, <<"sealed">>}, {3, invalid}]}, beamtalk_script:parse(Text)
    ).

incomplete_input_goes_on_test() ->
    IsComplete = fun(Source) -> binary:match(Source, <<"]">>) =/= nomatch end,
    Text = <<"[1\n  + 2]\n// => a Block\n[3\n\n4]\n// => 5\n">>,
    #{cases := Cases, unexpected := Unexpected} = beamtalk_script:parse(Text, IsComplete),
    ?assertMatch([#{line := 1, source := <<"[1\n+ 2]">>}, #{line := 6, source := <<"4]">>}], Cases),
    ?assertEqual([{4, <<"[3">>}], Unexpected).

commands_are_one_line_test() ->
    #{cases := [#{source := Source}]} = beamtalk_script:parse(<<":help Integer\n// => x\n">>, fun(_) -> false end),
    ?assertEqual(<<":help Integer">>, Source).

only_one_spelling_is_an_expectation_test() ->
    Text = <<"5\n//  => 6\n7\n//=> 8\n9\n// => 9\n">>,
    #{cases := [#{line := 5}], unexpected := [{1, <<"5">>}, {3, <<"7">>}]} = beamtalk_script:parse(Text).

bytes_that_are_no_text_fail_their_file_test() ->
    File = filename:join(os:getenv("TMPDIR", "/tmp"), "beamtalk_script_" ++ os:getpid() ++ ".btscript"),
    ok = file:write_file(File, <<255, 254, "1\n// => 1\n">>),
    #{failures := [#{message := Message}]} = beamtalk_expression_tests:run_file(File),
    ?assertEqual({error, Message}, beamtalk_script:read(File)),
    ok = file:delete(File),
    ?assertEqual("The file is not UTF-8 text", Message).
