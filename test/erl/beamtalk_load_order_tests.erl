-module(beamtalk_load_order_tests).

-include_lib("eunit/include/eunit.hrl").

superclasses_come_first_test() ->
    Entries = [{<<"C">>, <<"B">>, 1}, {<<"B">>, <<"A">>, 2}, {<<"X">>, <<"Object">>, 3}, {<<"A">>, <<"Object">>, 4}],
    ?assertEqual([3, 4, 2, 1], [What || {_, _, What} <- beamtalk_load_order:superclasses_first(Entries)]).

circles_come_last_test() ->
    Entries = [{<<"A">>, <<"B">>, 1}, {<<"B">>, <<"A">>, 2}, {<<"C">>, <<"Object">>, 3}],
    ?assertEqual([3, 1, 2], [What || {_, _, What} <- beamtalk_load_order:superclasses_first(Entries)]).

duplicates_test() ->
    Entries = [{<<"A">>, <<"Object">>, 1}, {<<"B">>, <<"Object">>, 2}, {<<"A">>, <<"Object">>, 3}],
    ?assertEqual([{<<"A">>, [1, 3]}], beamtalk_load_order:duplicates(Entries)).
