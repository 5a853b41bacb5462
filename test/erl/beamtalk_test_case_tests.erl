%% should:raise: and the intrinsics that need no registered class.
-module(beamtalk_test_case_tests).

-include_lib("eunit/include/eunit.hrl").
-include("beamtalk.hrl").

-define(fails(Message, Expr), ?assertError(#{error := #beamtalk_error{kind = assertion_failed, message = Message}}, Expr)).

should(Block, Kind) -> beamtalk_test_case:should_raise(nil, Block, Kind).

kinds_test_() ->
    Structured = fun() -> beamtalk_error:raise(type_error, 'List', 'at:', "h") end,
    [
        ?_assertEqual(nil, should(fun() -> 1 / zero() end, badarith)),
        ?_assertEqual(nil, should(Structured, type_error)),
        ?_assertEqual(nil, should(fun() -> maps:get(b, empty()) end, error)),
        ?_test(?fails(<<"Expected block to raise x but it completed normally">>, should(fun() -> 1 end, x))),
        ?_test(?fails(<<"Expected error kind x but got type_error">>, should(Structured, x)))
    ].

zero() -> list_to_integer("0").

empty() -> maps:from_list([]).

wrong_arguments_test() ->
    ?assertError(#{error := #beamtalk_error{kind = type_error, class = 'TestCase'}}, should(7, x)),
    ?assertError(#{error := #beamtalk_error{kind = type_error, class = 'TestCase'}}, should(fun() -> 1 end, <<"x">>)).

a_return_passes_test() ->
    ?assertThrow({'$beamtalk_nlr', t, 1}, should(fun() -> throw({'$beamtalk_nlr', t, 1}) end, x)).

handlers_test_() ->
    Fail = fun() -> error(badarith) end,
    Kind = fun beamtalk_exception_handler:kind/1,
    [
        ?_assertEqual(runtime_error, beamtalk_intrinsics:on_do(Fail, 'Error', Kind)),
        ?_assertEqual(7, beamtalk_intrinsics:on_do(Fail, nil, fun() -> 7 end)),
        ?_assertEqual(3, beamtalk_intrinsics:on_do(fun() -> 3 end, 'Error', Kind)),
        ?_assertError(badarith, beamtalk_intrinsics:on_do(Fail, 'TypeError', Kind)),
        ?_assertThrow(
            {'$beamtalk_nlr', t, 1},
            beamtalk_intrinsics:on_do(fun() -> throw({'$beamtalk_nlr', t, 1}) end, nil, Kind)
        )
    ].

a_keyword_names_no_module_test() ->
    ?assertMatch(#{module := lists}, beamtalk_intrinsics:erlang_module('Erlang', lists, [])),
    ?assertError(
        #{error := #beamtalk_error{kind = does_not_understand, class = 'Erlang'}},
        beamtalk_intrinsics:erlang_module('Erlang', 'foo:', [1])
    ).
