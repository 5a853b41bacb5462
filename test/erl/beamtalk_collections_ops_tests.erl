%% Array, Dictionary, Set, Tuple, and any collection as a list.
-module(beamtalk_collections_ops_tests).

-include_lib("eunit/include/eunit.hrl").
-include("beamtalk.hrl").

-define(raises(Kind, Class, Hint, Expr),
    ?assertError(#{error := #beamtalk_error{kind = Kind, class = Class, hint = Hint}}, Expr)
).

array(List) -> beamtalk_array_ops:withAll('Array', List).
set(List) -> beamtalk_set_ops:withAll('Set', List).

equal_arrays_are_equal_terms_test() ->
    Changed = lists:foldl(fun(I, A) -> beamtalk_array_ops:at_put(A, I, I) end, array(lists:duplicate(200, x)), lists:seq(1, 200)),
    ?assert(Changed =:= array(lists:seq(1, 200))),
    ?assert(beamtalk_array_ops:collect(array([1, 2]), fun(N) -> N * 2 end) =:= array([2, 4])),
    ?assert(array([undefined]) =/= array([])).

array_bounds_test() ->
    ?raises(index_out_of_bounds, 'Array', <<"Index must be >= 1">>, beamtalk_array_ops:at(array([a]), 0)),
    ?raises(index_out_of_bounds, 'Array', <<"Index is beyond array size">>, beamtalk_array_ops:at(array([a]), 2)),
    ?raises(type_error, 'Array', _, beamtalk_array_ops:at_put(array([a]), 1.0, b)),
    ?raises(type_error, 'Array', _, array(3)).

changing_an_array_leaves_it_as_it_was_test() ->
    A = array([1, 2]),
    ?assertEqual(array([9, 2]), beamtalk_array_ops:at_put(A, 1, 9)),
    ?assertEqual(1, beamtalk_array_ops:at(A, 1)).

arrays_print_texts_bare_test() ->
    ?assertEqual(<<"#[a, 1]">>, beamtalk_array_ops:printString(array([<<"a">>, 1]))),
    ?assertEqual(<<"#[]">>, beamtalk_array_ops:printString(array([]))).

missing_key_fails_as_in_erlang_test() ->
    ?assertError({badkey, b}, beamtalk_map_ops:at(#{a => 1}, b)),
    ?assertEqual(0, beamtalk_map_ops:at_ifAbsent(#{}, b, fun() -> 0 end)).

dictionary_of_a_dictionary_test() ->
    ?assertEqual(#{a => 1}, beamtalk_map_ops:new('Dictionary', #{a => 1})),
    ?raises(type_error, 'Dictionary', <<"new: expects a Dictionary argument">>, beamtalk_map_ops:new('Dictionary', 3)),
    ?raises(type_error, 'Dictionary', _, beamtalk_map_ops:new('Dictionary', set([]))).

dictionary_elements_are_values_test() ->
    ?assert(beamtalk_map_ops:includes(#{a => 1}, 1)),
    ?assertNot(beamtalk_map_ops:includes(#{a => 1}, a)),
    ?assertNot(beamtalk_map_ops:includes(#{a => 1}, 1.0)).

merge_lets_the_argument_win_test() ->
    ?assertEqual(#{a => 2, b => 3}, beamtalk_map_ops:merge(#{a => 1, b => 3}, #{a => 2})),
    ?raises(type_error, 'Dictionary', _, beamtalk_map_ops:merge(#{}, [])).

sets_are_sorted_test() ->
    ?assertEqual([1, 2, 3], beamtalk_set_ops:asList(set([3, 1, 2, 3]))),
    ?assertEqual([1], beamtalk_set_ops:asList(beamtalk_set_ops:add(set([1]), 1.0))),
    ?assertEqual(<<"Set()">>, beamtalk_set_ops:printString(set([]))).

set_algebra_test() ->
    A = set([1, 2]),
    B = set([2, 3]),
    ?assertEqual(set([1, 2, 3]), beamtalk_set_ops:union(A, B)),
    ?assertEqual(set([2]), beamtalk_set_ops:intersection(A, B)),
    ?assertEqual(set([1]), beamtalk_set_ops:difference(A, B)),
    ?assertNot(beamtalk_set_ops:isSubsetOf(A, B)),
    ?raises(type_error, 'Set', <<"Argument must be a Set">>, beamtalk_set_ops:union(A, [1])).

from_list_ignores_the_receiver_test() ->
    ?assertEqual(set([2]), beamtalk_set_ops:fromList(set([1]), [2, 2])),
    ?raises(type_error, 'Set', _, beamtalk_set_ops:fromList(set([]), 2)).

tuple_at_names_index_and_size_test() ->
    ?assertEqual(7, beamtalk_tuple_ops:at({ok, 7}, 2)),
    ?raises(does_not_understand, 'Tuple', <<"Index 3 is out of bounds for a tuple of size 2">>, beamtalk_tuple_ops:at({ok, 7}, 3)),
    ?raises(type_error, 'Tuple', _, beamtalk_tuple_ops:at({ok, 7}, a)),
    ?raises(type_error, 'Tuple', _, beamtalk_tuple_ops:atRandom({})).

only_pairs_are_ok_or_error_test() ->
    ?assert(beamtalk_tuple_ops:isOk({ok, 1})),
    ?assertNot(beamtalk_tuple_ops:isOk({ok, 1, 2})),
    ?assertNot(beamtalk_tuple_ops:isOk({ok})),
    ?assert(beamtalk_tuple_ops:isError({error, x})).

any_collection_is_a_list_test_() ->
    [
        ?_assertEqual([1, 2], beamtalk_collection_ops:to_list(C))
     || C <- [[1, 2], array([1, 2]), set([2, 1]), {1, 2}, #{a => 1, b => 2}, beamtalk_stream_ops:on('Stream', [1, 2])]
    ].

a_number_is_no_collection_test() ->
    ?raises(type_error, 'Integer', _, beamtalk_collection_ops:to_list(3)).
