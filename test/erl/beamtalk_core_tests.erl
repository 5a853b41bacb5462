%%% @doc Name rules, printed forms and error texts: the pure vocabulary.
-module(beamtalk_core_tests).

-include_lib("eunit/include/eunit.hrl").
-include("beamtalk.hrl").

snake_test_() ->
    [?_assertEqual(Out, beamtalk_selector:snake(In)) || {In, Out} <- [
        {'TestCase', <<"test_case">>}, {'DateTime', <<"date_time">>}, {'JSON', <<"json">>},
        {'BEAMError', <<"beamerror">>}, {'My2Way', <<"my2way">>}]].

arity_test_() ->
    [?_assertEqual(N, beamtalk_selector:arity(S)) || {S, N} <- [
        {size, 0}, {'at:', 1}, {'at:put:', 2}, {'+', 1}, {'->', 1}, {'>>', 1}, {'==', 1}, {'=:=', 1}]].

function_name_test_() ->
    [?_assertEqual(S, beamtalk_selector:from_function(beamtalk_selector:function_name(S))) || S <- [
        new, spawn, has_method, module_info, size, 'at:']].

print_test_() ->
    A = #{?BT_TAG => 'Array', data => array:from_list([1, k, <<"txt">>])},
    [?_assertEqual(Text, beamtalk_printer:print_string(V)) || {V, Text} <- [
        {[1, two, <<"x">>], <<"#(1, #two, x)">>}, {[], <<"#()">>}, {A, <<"#[1, #k, txt]">>},
        {#{z => 1, <<"s">> => 3, 4 => 5}, <<"#{#z => 1, 4 => 5, s => 3}">>}, {#{}, <<"#{}">>},
        {#{?BT_TAG => 'Set', elements => [1, 2]}, <<"Set(1, 2)">>}, {{ok, 1}, <<"{#ok, 1}">>},
        {#{?BT_TAG => 'Association', key => k, value => 4}, <<"#k -> 4">>}, {1.0e5, <<"1.0e5">>}, {0.1, <<"0.1">>},
        {#{?BT_TAG => 'Error'}, <<"a Error">>}, {fun() -> 1 end, <<"a Block">>},
        {{beamtalk_object, 'Foo class', m, 'Foo'}, <<"Foo">>}, {{beamtalk_object, 'Metaclass', m, 'Foo'}, <<"Foo class">>},
        {[1 | 2], <<"#(1 | 2)">>}]].

display_test_() ->
    E = beamtalk_error:to_exception(beamtalk_error:with_hint(beamtalk_error:new(type_error, 'Foo', bar), <<"h">>)),
    [?_assertEqual(Text, beamtalk_printer:display(V)) || {V, Text} <- [
        {[30, 20], <<"[30,20]">>}, {[<<"a">>, nil, b], <<"[\"a\",\"nil\",\"b\"]">>}, {[], <<"[]">>},
        {[<<"\nHint: ">>, <<"q\"">>], <<"[\"\\nHint: \",\"q\\\"\"]">>}, {[[1], #{a => 1}, 2.5, true],
        <<"[[1],\"#{#a => 1}\",2.5,true]">>}, {ok, <<"ok">>}, {nil, <<"nil">>}, {fun(_) -> 1 end, <<"a Block/1">>},
        {E, <<"Type error in 'bar' on Foo\nHint: h">>}, {<<"tx">>, <<"tx">>}]].

display_actor_test() ->
    Text = beamtalk_printer:display({beamtalk_object, 'Foo', m, self()}),
    ?assertMatch(<<"#Actor<Foo,0.", _/binary>>, Text).

error_test_() ->
    M = fun(K, C, S) -> (beamtalk_error:new(K, C, S))#beamtalk_error.message end,
    [
        ?_assertEqual(<<"Integer does not understand 'zork'">>, M(does_not_understand, 'Integer', zork)),
        ?_assertEqual(<<"index_out_of_bounds error in 'at:' on List">>, M(index_out_of_bounds, 'List', 'at:')),
        ?_assertEqual(<<"Cannot call 'new' on Actor">>, M(instantiation_error, 'Actor', new)),
        ?_assertEqual('TypeError', beamtalk_error:exception_class(type_error, 'Foo')),
        ?_assertEqual('RuntimeError', beamtalk_error:exception_class(type_error, 'RuntimeError')),
        ?_assertEqual('Error', beamtalk_error:exception_class(user_error, 'Foo')),
        ?_assert(beamtalk_error:matches('ExitError', 'BEAMError')),
        ?_assertNot(beamtalk_error:matches('ExitError', 'TypeError'))
    ].
