%% The group leader of evaluations and tests.
-module(beamtalk_output_capture_tests).

-include_lib("eunit/include/eunit.hrl").

-define(OF_TESTS, #{limit => 10, input => none, late => discard}).

%% What the writer wrote into a capture.
captured(Options, Writer) ->
    {_, Text} = writing(Options, Writer),
    Text.

writing(Options, Writer) ->
    Capture = beamtalk_output_capture:start(group_leader(), none, Options),
    {Answer, ok} = {in(Capture, Writer), ok},
    {Answer, beamtalk_output_capture:taken(Capture)}.

in(Leader, Work) ->
    {_, Monitor} = spawn_monitor(fun() ->
        true = group_leader(Leader, self()),
        exit({answer, Work()})
    end),
    receive
        {'DOWN', Monitor, process, _, {answer, Answer}} -> Answer
    after 5000 -> error(timeout)
    end.

all_is_kept_without_a_limit_test() ->
    ?assertEqual(100000, byte_size(captured(#{}, fun() -> [io:put_chars("0123456789") || _ <- lists:seq(1, 10000)] end))).

no_more_than_the_limit_is_kept_test() ->
    Text = captured(?OF_TESTS, fun() -> [io:put_chars("abc") || _ <- lists:seq(1, 1000)] end),
    ?assertEqual(<<"abcabcabca\n[2990 more bytes of output were not kept]\n">>, Text).

a_text_of_just_the_limit_is_whole_test() ->
    ?assertEqual(<<"0123456789">>, captured(?OF_TESTS, fun() -> io:put_chars("0123456789") end)).

the_cut_is_between_characters_test() ->
    ?assertEqual(<<"123456789\n[4 more bytes of output were not kept]\n">>, captured(?OF_TESTS, fun() -> io:put_chars(<<"123456789äö"/utf8>>) end)).

who_asks_for_input_is_at_its_end_test() ->
    Ask = fun() -> {io:get_line("? "), io:get_chars("", 3), io:read(""), io:get_password()} end,
    ?assertEqual({{eof, eof, eof, eof}, <<>>}, writing(?OF_TESTS, Ask)).

late_text_goes_nowhere_test() ->
    Outer = beamtalk_output_capture:start(group_leader(), none, #{}),
    Answer = in(Outer, fun() ->
        Inner = beamtalk_output_capture:start(group_leader(), none, ?OF_TESTS),
        in(Inner, fun() -> io:put_chars("early") end),
        Taken = beamtalk_output_capture:taken(Inner),
        ok = in(Inner, fun() -> io:put_chars("late") end),
        {Taken, beamtalk_output_capture:taken(Inner)}
    end),
    ?assertEqual({{<<"early">>, <<>>}, <<>>}, {Answer, beamtalk_output_capture:taken(Outer)}).

late_text_passes_otherwise_test() ->
    Outer = beamtalk_output_capture:start(group_leader(), none, #{}),
    in(Outer, fun() ->
        Inner = beamtalk_output_capture:start(group_leader(), none),
        <<>> = beamtalk_output_capture:taken(Inner),
        in(Inner, fun() -> io:put_chars("late") end)
    end),
    ?assertEqual(<<"late">>, beamtalk_output_capture:taken(Outer)).
