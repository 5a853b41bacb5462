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

%% Letters beyond ASCII are UTF-8, as in every text.
term_text_test_() ->
    [?_assertEqual(Text, beamtalk_printer:term_text(V)) || {V, Text} <- [
        {{error, [<<"x">>, 1]}, <<"{error,[<<\"x\">>,1]}">>}, {<<"é"/utf8>>, <<"<<\"é\"/utf8>>"/utf8>>},
        {'é', <<"é"/utf8>>}, {[$é], <<"\"é\""/utf8>>}, {'日本', <<"'日本'"/utf8>>}]].

display_test_() ->
    E = beamtalk_error:to_exception(beamtalk_error:with_hint(beamtalk_error:new(type_error, 'Foo', bar), <<"h">>)),
    [?_assertEqual(Text, beamtalk_printer:display(V)) || {V, Text} <- [
        {[30, 20], <<"[30,20]">>}, {[<<"a">>, nil, b], <<"[\"a\",\"nil\",\"b\"]">>}, {[], <<"[]">>},
        {[<<"\nHint: ">>, <<"q\"">>], <<"[\"\\nHint: \",\"q\\\"\"]">>}, {[[1], #{a => 1}, 2.5, true],
        <<"[[1],\"#{#a => 1}\",2.5,true]">>}, {ok, <<"ok">>}, {nil, <<"nil">>}, {fun(_) -> 1 end, <<"a Block/1">>},
        {E, <<"Type error in 'bar' on Foo\nHint: h">>}, {<<"tx">>, <<"tx">>}]].

%% Sixty levels that share their parts: a kilobyte, and a text of 2^60 leaves. The leaves are long, so that the limit is near.
endless_texts_are_refused_test_() ->
    Leaf = binary:copy(<<"0123456789">>, 1000000),
    Levels = fun(Level) -> lists:foldl(fun(_, X) -> Level(X) end, Leaf, lists:seq(1, 60)) end,
    [{timeout, 60, ?_assertError(system_limit, beamtalk_printer:display(Levels(fun(X) -> [X, X] end)))}] ++
    [{timeout, 60, ?_assertError(system_limit, beamtalk_printer:print_string(Levels(Level)))} || Level <- [
        fun(X) -> [X, X] end, fun(X) -> [X | X] end, fun(X) -> [{X, X}] end, fun(X) -> [#{a => X, b => X}] end, fun(X) -> [#{X => 1, b => X}] end,
        fun(X) -> [#{?BT_TAG => 'Array', data => array:from_list([X, X])}] end, fun(X) -> [#{?BT_TAG => 'Set', elements => [X, X]}] end,
        fun(X) -> [#{?BT_TAG => 'Association', key => X, value => X}] end]] ++
    [?_assertError(system_limit, beamtalk_printer:print_string(lists:duplicate(100, binary:copy(Leaf, 20)))),
     ?_assertError(system_limit, beamtalk_printer:print_string(lists:duplicate(27, Leaf))),
     ?_assertEqual(26 * 10000000 + 2 * 25 + 3, byte_size(beamtalk_printer:print_string(lists:duplicate(26, Leaf)))),
     ?_assert(byte_size(beamtalk_printer:term_text(lists:foldl(fun(_, X) -> [X, X] end, 1, lists:seq(1, 60)))) < 100000)].

text_that_is_no_utf8_is_shown_in_erlang_notation_test() ->
    ?assertEqual(<<"[1,\"<<\\\"ÿ\\\">>\",\"\\u0001\\t\"]"/utf8>>, beamtalk_printer:display([1, <<255>>, <<1, $\t>>])).

%% What OTP makes of the number in one step.
digits_test_() ->
    Powers = [power(10, E) || E <- [1, 18, 19, 20, 9999, 10000, 10001, 20000, 40001]],
    [?_assertEqual(integer_to_binary(N), beamtalk_integer_text:text(N)) || P <- Powers, M <- [P - 1, P, P + 1, P * 7], N <- [M, -M]] ++
    [?_assertEqual(integer_to_binary(N), beamtalk_integer_text:text(N)) || N <- [0, -1, 1 bsl 63, -(1 bsl 63), 1 bsl 65600, power(7, 60000)]] ++
    [?_assertError(system_limit, beamtalk_integer_text:text(N)) || N <- [1 bsl (1 bsl 22), -(1 bsl (1 bsl 22))]].

power(Base, Exponent) -> lists:foldl(fun(_, P) -> P * Base end, 1, lists:seq(1, Exponent)).

term_size_test_() ->
    Endless = lists:foldl(fun(_, X) -> [X, X] end, [], lists:seq(1, 60)),
    Held = fun() -> Endless end,
    [?_assertNot(beamtalk_term_size:at_most(T, 1000)) || T <- [Endless, {Endless}, #{Endless => 1}, #{a => Endless}, Held, [1 | Endless],
        binary:copy(<<1>>, 10000), lists:seq(1, 1000), 1 bsl 100000]] ++
    [?_assert(beamtalk_term_size:at_most(T, 100)) || T <- [[], [1 | 2], {a, 1.5, self()}, #{a => <<"b">>}, fun() -> ok end, <<1:3>>, 1 bsl 100]].

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
