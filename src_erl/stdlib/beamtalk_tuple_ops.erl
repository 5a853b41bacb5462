%%% @doc Primitives of Tuple, the Erlang tuple.
-module(beamtalk_tuple_ops).

-export([withAll/2, size/1, at/2, isOk/1, isError/1, do/2, atRandom/1, asString/1]).

-spec withAll(term(), term()) -> tuple().
withAll(_Class, List) ->
    ok = beamtalk_collection_ops:list(List, 'Tuple', 'withAll:'),
    list_to_tuple(List).

-spec size(tuple()) -> non_neg_integer().
size(Tuple) ->
    tuple_size(Tuple).

-spec at(tuple(), term()) -> term().
at(Tuple, Index) when is_integer(Index), Index >= 1, Index =< tuple_size(Tuple) ->
    element(Index, Tuple);
at(Tuple, Index) ->
    ok = beamtalk_collection_ops:index(Index, 'Tuple', 'at:'),
    beamtalk_error:raise(does_not_understand, 'Tuple', 'at:', [
        "Index ", integer_to_binary(Index), " is out of bounds for a tuple of size ", integer_to_binary(tuple_size(Tuple))
    ]).

-spec isOk(tuple()) -> boolean().
isOk({ok, _}) -> true;
isOk(_) -> false.

-spec isError(tuple()) -> boolean().
isError({error, _}) -> true;
isError(_) -> false.

-spec do(tuple(), term()) -> nil.
do(Tuple, Block) ->
    ok = beamtalk_collection_ops:block(Block, 1, 'Tuple', 'do:'),
    beamtalk_list_ops:do(tuple_to_list(Tuple), Block).

-spec atRandom(tuple()) -> term().
atRandom(Tuple) ->
    beamtalk_random_ops:element('Tuple', tuple_to_list(Tuple)).

-spec asString(tuple()) -> binary().
asString(Tuple) ->
    beamtalk_printer:print_string(Tuple).
