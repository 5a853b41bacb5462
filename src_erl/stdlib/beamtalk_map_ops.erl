%%% @doc Primitives of Dictionary, the untagged Erlang map.
%%%
%%% The elements of a dictionary are its values; a missing key fails as `maps:get/2' does.
-module(beamtalk_map_ops).

-include("beamtalk.hrl").

-export([new/2, size/1, keys/1, values/1, at/2, at_ifAbsent/3, at_put/3, includesKey/2, removeKey/2, merge/2]).
-export([includes/2, do/2, stream/1, printString/1]).

-spec new(term(), term()) -> map().
new(_Class, Entries) ->
    case is_dictionary(Entries) of
        true -> Entries;
        false -> beamtalk_error:raise(type_error, 'Dictionary', 'new:', "new: expects a Dictionary argument")
    end.

-spec size(map()) -> non_neg_integer().
size(Map) ->
    map_size(Map).

-spec keys(map()) -> list().
keys(Map) ->
    maps:keys(Map).

-spec values(map()) -> list().
values(Map) ->
    maps:values(Map).

-spec at(map(), term()) -> term().
at(Map, Key) ->
    maps:get(Key, Map).

-spec at_ifAbsent(map(), term(), term()) -> term().
at_ifAbsent(Map, Key, Block) ->
    case Map of
        #{Key := Value} -> Value;
        _ when is_function(Block, 0) -> Block();
        _ when is_function(Block) -> beamtalk_collection_ops:block(Block, 0, 'Dictionary', 'at:ifAbsent:');
        _ -> Block
    end.

-spec at_put(map(), term(), term()) -> map().
at_put(Map, Key, Value) ->
    Map#{Key => Value}.

-spec includesKey(map(), term()) -> boolean().
includesKey(Map, Key) ->
    is_map_key(Key, Map).

-spec removeKey(map(), term()) -> map().
removeKey(Map, Key) ->
    maps:remove(Key, Map).

-spec merge(map(), term()) -> map().
merge(Map, Other) ->
    case is_dictionary(Other) of
        true -> maps:merge(Map, Other);
        false -> beamtalk_collection_ops:type_error('Dictionary', 'merge:', "a Dictionary", Other)
    end.

-spec includes(map(), term()) -> boolean().
includes(Map, Value) ->
    lists:member(Value, maps:values(Map)).

-spec do(map(), term()) -> nil.
do(Map, Block) ->
    ok = beamtalk_collection_ops:block(Block, 1, 'Dictionary', 'do:'),
    beamtalk_list_ops:do(maps:values(Map), Block).

-spec stream(map()) -> map().
stream(Map) ->
    beamtalk_stream_ops:on('Stream', Map).

-spec printString(map()) -> binary().
printString(Map) ->
    beamtalk_printer:print_string(Map).

is_dictionary(#{?BT_TAG := _}) -> false;
is_dictionary(Term) -> is_map(Term).
