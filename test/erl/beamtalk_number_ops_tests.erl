%% Integer, Float, Random, DateTime.
-module(beamtalk_number_ops_tests).

-include_lib("eunit/include/eunit.hrl").
-include("beamtalk.hrl").

-define(raises(Kind, Class, Hint, Expr),
    ?assertError(#{error := #beamtalk_error{kind = Kind, class = Class, hint = Hint}}, Expr)
).

powers_are_integers_test_() ->
    P = fun beamtalk_integer_ops:'**'/2,
    [
        ?_assertEqual(8, P(2, 3)),
        ?_assertEqual(1, P(0, 0)),
        ?_assertEqual(1, P(2, -1)),
        ?_assertEqual(-1, P(-2, -1)),
        ?_assertEqual(0, P(2, -2)),
        ?_assertEqual(0, P(1 bsl 2000, -3)),
        ?_assertEqual(-1, P(-1, -3)),
        ?_assertEqual(1, P(1, -3)),
        ?_assertEqual(6, P(2.5, 2)),
        ?_assertEqual(1267650600228229401496703205376, P(2, 100)),
        ?_assertEqual(-27, P(-3, 3)),
        ?_assertError(badarith, P(0, -1)),
        ?_assertError(badarith, P(2, <<"a">>)),
        ?_assertEqual(1, P(-1, 1 bsl 70))
    ].

hostile_powers_are_refused_test_() ->
    [
        ?_assertError(system_limit, beamtalk_integer_ops:'**'(2, 1000000000)),
        ?_assertError(system_limit, beamtalk_integer_ops:'**'(-10, 1 bsl 70)),
        ?_assertError(system_limit, beamtalk_integer_ops:'**'(1 bsl 1000000, 3))
    ].

shifts_go_both_ways_test_() ->
    S = fun beamtalk_integer_ops:bitShift/2,
    [
        ?_assertEqual(1024, S(1, 10)),
        ?_assertEqual(-3, S(-5, -1)),
        ?_assertEqual(-1, S(-5, -(1 bsl 70))),
        ?_assertEqual(0, S(0, 1 bsl 70)),
        ?_assertError(system_limit, S(1, 1 bsl 32)),
        ?_assertError(badarith, S(1, 1.0))
    ].

domain_errors_are_badarith_test_() ->
    [
        ?_assertError(badarith, beamtalk_float_ops:sqrt(-1)),
        ?_assertError(badarith, beamtalk_float_ops:log(0)),
        ?_assertError(badarith, beamtalk_float_ops:asin(2.0)),
        ?_assertError(badarith, beamtalk_float_ops:exp(1000)),
        ?_assertError(badarith, beamtalk_float_ops:raisedTo(2, <<"a">>)),
        ?_assertError(badarith, beamtalk_float_ops:asFloat(1 bsl 2000)),
        ?_assertEqual(81.0, beamtalk_float_ops:raisedTo(3, 4)),
        ?_assertEqual(20.085536923187668, beamtalk_float_ops:exp(3))
    ].

loops_answer_nil_test() ->
    Self = self(),
    Tell = fun(I) -> Self ! {i, I} end,
    ?assertEqual(nil, beamtalk_integer_ops:to_do(1, 3, Tell)),
    ?assertEqual(nil, beamtalk_integer_ops:to_by_do(5, 1, -2, Tell)),
    ?assertEqual(nil, beamtalk_integer_ops:to_by_do(1, 5, 0, Tell)),
    ?assertEqual(nil, beamtalk_integer_ops:timesRepeat(-1, fun() -> Self ! {i, never} end)),
    ?assertEqual([1, 2, 3, 5, 3, 1], told()).

told() ->
    receive
        {i, I} -> [I | told()]
    after 0 -> []
    end.

a_random_is_a_value_test() ->
    R = beamtalk_random_ops:seed('Random', 42),
    ?assertEqual(R, beamtalk_random_ops:seed('Random', 42)),
    ?assertEqual(beamtalk_random_ops:next(R), beamtalk_random_ops:next(R)),
    ?assertEqual(beamtalk_random_ops:nextInteger(R, 6), beamtalk_random_ops:nextInteger(R, 6)),
    ?assertEqual(<<"a Random">>, beamtalk_random_ops:printString(R)),
    ?assert(is_map(beamtalk_random_ops:seed('Random', 1 bsl 200))).

random_ranges_are_checked_test() ->
    ?raises(type_error, 'Random', _, beamtalk_random_ops:nextInteger('Random', 0)),
    ?raises(type_error, 'Random', _, beamtalk_random_ops:nextInteger(beamtalk_random_ops:new('Random'), 1.5)),
    ?raises(type_error, 'Random', _, beamtalk_random_ops:seed('Random', a)),
    ?assertEqual(1, beamtalk_random_ops:nextInteger('Random', 1)).

-define(D, beamtalk_datetime_ops).

date(Y, M, D) -> ?D:year_month_day('DateTime', Y, M, D).

dates_have_parts_test() ->
    D = ?D:year_month_day_hour_minute_second('DateTime', 2031, 5, 4, 9, 8, 7),
    ?assertEqual([2031, 5, 4, 9, 8, 7], [?D:F(D) || F <- [year, month, day, hour, minute, second]]),
    ?assertEqual(<<"2031-05-04T09:08:07Z">>, ?D:asString(D)),
    ?assertEqual(<<"a DateTime(2031-05-04T09:08:07Z)">>, ?D:printString(D)),
    ?assertEqual(D, ?D:fromTimestamp('DateTime', ?D:asTimestamp(D))),
    ?assertEqual(D, ?D:fromString('DateTime', ?D:asString(D))),
    ?assertEqual(D, ?D:fromString('DateTime', <<"2031-05-04T09:08:07">>)).

impossible_dates_test_() ->
    [
        ?_test(?raises(type_error, 'DateTime', <<"Invalid date: 2026-13-1">>, date(2026, 13, 1))),
        ?_test(?raises(type_error, 'DateTime', _, date(2026, 2, 29))),
        ?_test(?raises(type_error, 'DateTime', _, date(1 bsl 70, 1, 1))),
        ?_test(?raises(type_error, 'DateTime', _, date(2026, 1.0, 1))),
        ?_test(
            ?raises(
                type_error,
                'DateTime',
                <<"Invalid time: 25:0:0">>,
                ?D:year_month_day_hour_minute_second('DateTime', 2026, 1, 1, 25, 0, 0)
            )
        ),
        ?_test(?raises(type_error, 'DateTime', _, ?D:fromTimestamp('DateTime', 1 bsl 70))),
        ?_test(?raises(type_error, 'DateTime', _, ?D:fromString('DateTime', <<"2026-01-01">>))),
        ?_test(?raises(type_error, 'DateTime', _, ?D:fromString('DateTime', <<"20x6-01-01T00:00:00">>)))
    ].

order_is_that_of_time_test() ->
    Early = date(2025, 12, 31),
    Late = date(2026, 1, 1),
    ?assert(?D:'<'(Early, Late)),
    ?assert(Early < Late),
    ?assertEqual(Late, ?D:addDays(Early, 1)),
    ?assertEqual(Early, ?D:addSeconds(Late, -86400)),
    ?assertEqual(86400, ?D:diffSeconds(Late, Early)),
    ?assert(?D:'=:='(Early, date(2025, 12, 31))),
    ?raises(type_error, 'DateTime', _, ?D:'<'(Early, 7)),
    ?raises(type_error, 'DateTime', _, ?D:diffSeconds(Early, 7)).
