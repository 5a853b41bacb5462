%%% @doc Primitives of Object that need no runtime.
-module(beamtalk_object_ops).

-export([hash/1, printString/1]).

%% @doc Equal terms have equal hashes; never negative.
-spec hash(term()) -> non_neg_integer().
hash(Value) ->
    erlang:phash2(Value).

%% @doc The built-in text.
-spec printString(term()) -> binary().
printString(Value) ->
    beamtalk_printer:print_string(Value).
