-module(beamtalk_list_ops_tests).

-include_lib("eunit/include/eunit.hrl").
-include("beamtalk.hrl").

-define(raises(Kind, Hint, Expr),
    ?assertError(#{error := #beamtalk_error{kind = Kind, class = 'List', hint = Hint}}, Expr)
).

ends_of_an_empty_list_do_not_exist_test() ->
    ?raises(does_not_understand, <<"Cannot get first element of empty list">>, beamtalk_list_ops:first([])),
    ?raises(does_not_understand, <<"Cannot get last element of empty list">>, beamtalk_list_ops:last([])),
    ?assertEqual([], beamtalk_list_ops:rest([])).

at_counts_from_one_test() ->
    ?assertEqual(b, beamtalk_list_ops:at([a, b], 2)),
    ?raises(does_not_understand, <<"Index 9 is out of bounds">>, beamtalk_list_ops:at([a], 9)),
    ?raises(does_not_understand, <<"Index 0 is out of bounds (must be >= 1)">>, beamtalk_list_ops:at([a], 0)),
    ?raises(type_error, _, beamtalk_list_ops:at([a], <<"two">>)).

blocks_are_checked_before_the_first_element_test() ->
    ?raises(
        type_error,
        <<"do: expects a 1-argument block, got a Integer">>,
        beamtalk_list_ops:do([1], 7)
    ),
    ?raises(
        type_error,
        <<"collect: expects a 1-argument block, got a 2-argument block">>,
        beamtalk_list_ops:collect([], fun(_, _) -> ok end)
    ).

fold_gets_the_value_first_test() ->
    ?assertEqual([3, 2, 1], beamtalk_list_ops:inject_into([1, 2, 3], [], fun(Acc, E) -> [E | Acc] end)),
    ?assertEqual(zero, beamtalk_list_ops:inject_into([], zero, fun(Acc, _) -> Acc end)).

detect_without_a_hit_test() ->
    None = fun(_) -> false end,
    ?raises(does_not_understand, <<"No element matched the block">>, beamtalk_list_ops:detect([1], None)),
    ?assertEqual(7, beamtalk_list_ops:detect_ifNone([1], None, fun() -> 7 end)),
    ?assertEqual(7, beamtalk_list_ops:detect_ifNone([1], None, 7)).

take_and_drop_test_() ->
    [
        ?_assertEqual([1], beamtalk_list_ops:take([1, 2], 1)),
        ?_assertEqual([1, 2], beamtalk_list_ops:take([1, 2], 9)),
        ?_assertEqual([], beamtalk_list_ops:drop([1, 2], 1 bsl 70)),
        ?_test(?raises(type_error, _, beamtalk_list_ops:take([1], -1))),
        ?_test(?raises(type_error, _, beamtalk_list_ops:drop([1], 1.0)))
    ].

from_to_test_() ->
    [
        ?_assertEqual([2, 3], beamtalk_list_ops:from_to([1, 2, 3, 4], 2, 3)),
        ?_assertEqual([], beamtalk_list_ops:from_to([1, 2], 2, 1)),
        ?_assertEqual([2], beamtalk_list_ops:from_to([1, 2], 2, 9)),
        ?_test(?raises(does_not_understand, _, beamtalk_list_ops:from_to([1], 0, 1))),
        ?_test(?raises(type_error, _, beamtalk_list_ops:from_to([1], a, 1)))
    ].

unique_sorts_and_merges_numbers_test() ->
    ?assertEqual([1, 2], beamtalk_list_ops:unique([2, 1, 1.0, 2])).

zip_is_as_long_as_the_shorter_test() ->
    ?assertEqual([#{<<"key">> => 1, <<"value">> => a}], beamtalk_list_ops:zip([1, 2], [a])),
    ?assertEqual([], beamtalk_list_ops:zip([1], [])),
    ?raises(type_error, _, beamtalk_list_ops:zip([1], 3)).

groups_keep_the_order_test() ->
    ?assertEqual(#{true => [1, 3], false => [2]}, beamtalk_list_ops:groupBy([1, 2, 3], fun(N) -> N rem 2 =:= 1 end)).

partition_has_two_parts_test() ->
    ?assertEqual(
        #{<<"matching">> => [], <<"nonMatching">> => [1]}, beamtalk_list_ops:partition([1], fun(_) -> false end)
    ).

join_wants_texts_test() ->
    ?assertEqual(<<>>, beamtalk_list_ops:join([])),
    ?assertEqual(<<"a-b">>, beamtalk_list_ops:join([<<"a">>, <<"b">>], <<"-">>)),
    ?raises(type_error, _, beamtalk_list_ops:join([1])).

concatenation_makes_no_improper_list_test() ->
    ?assertEqual([1, 2], beamtalk_list_ops:'++'([1], [2])),
    ?assertError(badarg, beamtalk_list_ops:'++'([1], 2)).

random_element_of_nothing_test() ->
    ?raises(type_error, <<"Cannot select random element from empty collection">>, beamtalk_list_ops:atRandom([])),
    ?assertEqual(a, beamtalk_list_ops:atRandom([a])).

sort_block_decides_test() ->
    ?assertEqual([3, 2, 1], beamtalk_list_ops:sort([2, 3, 1], fun(A, B) -> A >= B end)),
    ?raises(type_error, _, beamtalk_list_ops:sort([1], fun(_) -> true end)).

parts_test_() ->
    Small = fun(N) -> N < 3 end,
    [
        ?_assertEqual([1, 2], beamtalk_list_ops:takeWhile([1, 2, 3, 1], Small)),
        ?_assertEqual([3, 1], beamtalk_list_ops:dropWhile([1, 2, 3, 1], Small)),
        ?_assertEqual([1, x, 2], beamtalk_list_ops:intersperse([1, 2], x)),
        ?_assertEqual([1], beamtalk_list_ops:intersperse([1], x)),
        ?_assertEqual([1, 2, 3], beamtalk_list_ops:flatten([1, [2, [3]]])),
        ?_assertEqual([1, 1, 2, 2], beamtalk_list_ops:flatMap([1, 2], fun(N) -> [N, N] end)),
        ?_assertEqual(2, beamtalk_list_ops:count([1, 2, 3], Small))
    ].
