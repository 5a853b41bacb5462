-module(beamtalk_stream_ops_tests).

-include_lib("eunit/include/eunit.hrl").
-include("beamtalk.hrl").

-define(raises(Kind, Expr), ?assertError(#{error := #beamtalk_error{kind = Kind, class = 'Stream'}}, Expr)).

from(N) -> beamtalk_stream_ops:from('Stream', N).
on(C) -> beamtalk_stream_ops:on('Stream', C).

endless_streams_are_lazy_test() ->
    Even = beamtalk_stream_ops:select(from(1), fun(N) -> N rem 2 =:= 0 end),
    ?assertEqual([2, 4, 6], beamtalk_stream_ops:take(Even, 3)),
    ?assertEqual([1, 3, 9], beamtalk_stream_ops:take(beamtalk_stream_ops:from_by('Stream', 1, fun(N) -> N * 3 end), 3)).

only_what_is_needed_is_computed_test() ->
    Self = self(),
    Seen = beamtalk_stream_ops:collect(from(1), fun(N) -> Self ! {seen, N}, N end),
    ?assertEqual([1, 2], beamtalk_stream_ops:take(Seen, 2)),
    ?assertEqual([], beamtalk_stream_ops:take(Seen, 0)),
    ?assertEqual([1, 2], seen()).

the_successor_is_not_computed_early_test() ->
    Boom = fun(_) -> error(too_early) end,
    ?assertEqual([1], beamtalk_stream_ops:take(beamtalk_stream_ops:from_by('Stream', 1, Boom), 1)).

a_stream_can_be_read_again_test() ->
    Stream = on([1, 2]),
    ?assertEqual([1, 2], beamtalk_stream_ops:asList(Stream)),
    ?assertEqual([1, 2], beamtalk_stream_ops:asList(Stream)).

drop_past_the_end_test() ->
    ?assertEqual([], beamtalk_stream_ops:asList(beamtalk_stream_ops:drop(on([1]), 5))),
    ?assertEqual([3, 4], beamtalk_stream_ops:take(beamtalk_stream_ops:drop(from(1), 2), 2)).

terminal_messages_test_() ->
    Two = fun(N) -> N =:= 2 end,
    [
        ?_assertEqual(2, beamtalk_stream_ops:detect(from(1), Two)),
        ?_assertEqual(nil, beamtalk_stream_ops:detect(on([1]), Two)),
        ?_assertEqual(6, beamtalk_stream_ops:inject_into(on([1, 2, 3]), 0, fun(A, E) -> A + E end)),
        ?_assert(beamtalk_stream_ops:anySatisfy(from(1), Two)),
        ?_assertNot(beamtalk_stream_ops:allSatisfy(from(1), Two)),
        ?_assert(beamtalk_stream_ops:allSatisfy(on([]), Two)),
        ?_assertEqual(nil, beamtalk_stream_ops:do(on([]), Two))
    ].

sources_test_() ->
    [
        ?_assertEqual([<<"a">>, <<"é"/utf8>>], beamtalk_stream_ops:asList(on(<<"aé"/utf8>>))),
        ?_assertEqual([1, 2], beamtalk_stream_ops:asList(on(beamtalk_set_ops:withAll('Set', [2, 1])))),
        ?_assertMatch([#{?BT_TAG := 'Association', key := a, value := 1}], beamtalk_stream_ops:asList(on(#{a => 1})))
    ].

wrong_arguments_are_told_at_once_test_() ->
    [
        ?_test(?raises(type_error, from(1.5))),
        ?_test(?raises(type_error, on(7))),
        ?_test(?raises(type_error, beamtalk_stream_ops:from_by('Stream', 1, fun() -> 1 end))),
        ?_test(?raises(type_error, beamtalk_stream_ops:select(from(1), 3))),
        ?_test(?raises(type_error, beamtalk_stream_ops:drop(from(1), -1))),
        ?_test(?raises(type_error, beamtalk_stream_ops:take(from(1), a)))
    ].

pipelines_print_their_steps_test_() ->
    F = fun(X) -> X end,
    Steps = beamtalk_stream_ops:drop(beamtalk_stream_ops:reject(beamtalk_stream_ops:collect(from(4), F), F), 2),
    [
        ?_assertEqual(<<"Stream(from: 4) | collect: [...] | reject: [...] | drop: 2">>, text(Steps)),
        ?_assertEqual(<<"Stream(on: [...])">>, text(on([1]))),
        ?_assertEqual(<<"Stream(on: 'hi')">>, text(on(<<"hi">>))),
        ?_assertEqual(<<"Stream(on: Set(...))">>, text(on(beamtalk_set_ops:withAll('Set', [])))),
        ?_assertEqual(<<"Stream(on: #{...})">>, text(on(#{})))
    ].

the_finaliser_runs_however_it_ends_test() ->
    Self = self(),
    Source = beamtalk_stream_ops:resource(maps:get(generator, from(1)), "r", fun() -> Self ! closed end),
    ?assertEqual([1], beamtalk_stream_ops:take(beamtalk_stream_ops:drop(Source, 0), 1)),
    ?assertError(boom, beamtalk_stream_ops:do(Source, fun(_) -> error(boom) end)),
    ?assertEqual(2, flushed(closed)).

text(Stream) -> beamtalk_stream_ops:printString(Stream).

seen() ->
    receive
        {seen, N} -> [N | seen()]
    after 0 -> []
    end.

flushed(Message) ->
    receive
        Message -> 1 + flushed(Message)
    after 0 -> 0
    end.
