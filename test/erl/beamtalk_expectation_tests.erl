-module(beamtalk_expectation_tests).

-include_lib("eunit/include/eunit.hrl").

parse_test_() ->
    [
        ?_assertEqual({value, <<"3">>}, beamtalk_expectation:parse(<<" 3 ">>)),
        ?_assertEqual({value, <<>>}, beamtalk_expectation:parse(<<>>)),
        ?_assertEqual({error, <<"badarith">>}, beamtalk_expectation:parse(<<"ERROR: badarith">>)),
        ?_assertEqual({error, <<>>}, beamtalk_expectation:parse(<<"ERROR:">>)),
        ?_assertEqual({warning, <<"unused">>}, beamtalk_expectation:parse(<<"WARNING: unused">>))
    ].

matches_test_() ->
    Matching = [
        {"3", "3"}, {"", ""}, {"_", ""}, {"_", "anything"}, {"#Actor<Gate,_>", "#Actor<Gate,0.99.0>"},
        {"2 tests, 2 passed (_)", "2 tests, 2 passed (0.01s)"}, {"== Integer < Number ==_", "== Integer < Number ==\nmore"},
        {"a _ b _ c", "a 1 b 2 c"}, {"_end", "the end"}, {"does_not_understand", "does_not_understand"}, {"_", "_"},
        {"#(_, _)", "#(1, 2)"}, {"_ and _", "this and that"}
    ],
    Different = [
        {"3", "4"}, {"", "x"}, {"#Actor<Gate,_>", "#Actor<Door,0.1.0>"}, {"does_not_understand", "does not understand"},
        {"a _ b", "a b"}, {"_ ab_ b", "ab b"}, {"abc_ _cde", "abcde"}, {"_end", "the end."}, {"x _", "y z"}
    ],
    [?_assert(matches(P, T)) || {P, T} <- Matching] ++ [?_assertNot(matches(P, T)) || {P, T} <- Different].

matches(Pattern, Text) ->
    beamtalk_expectation:matches(list_to_binary(Pattern), list_to_binary(Text)).
