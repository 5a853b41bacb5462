%%% @doc Primitives of Array: a tagged map around an Erlang `array'.
%%%
%%% Arrays are always built by `array:from_list/1' and changed inside their bounds only, so equal elements give equal terms.
-module(beamtalk_array_ops).

-include("beamtalk.hrl").

-export([from_list/1]).
-export([withAll/2, size/1, isEmpty/1, at/2, at_put/3, includes/2]).
-export([do/2, collect/2, select/2, inject_into/3, printString/1]).

-export_type([t/0]).

-type t() :: #{?BT_TAG := 'Array', data := array:array()}.

%% @doc The array of an Erlang list; also called by compiler-made code.
-spec from_list(list()) -> t().
from_list(List) ->
    #{?BT_TAG => 'Array', data => array:from_list(List)}.

-spec withAll(term(), term()) -> t().
withAll(_Class, List) ->
    ok = beamtalk_collection_ops:list(List, 'Array', 'withAll:'),
    from_list(List).

-spec size(t()) -> non_neg_integer().
size(#{data := Data}) ->
    array:size(Data).

-spec isEmpty(t()) -> boolean().
isEmpty(Array) ->
    ?MODULE:size(Array) =:= 0.

-spec at(t(), term()) -> term().
at(#{data := Data}, Index) ->
    ok = bounds(Data, Index, 'at:'),
    array:get(Index - 1, Data).

-spec at_put(t(), term(), term()) -> t().
at_put(#{data := Data} = Array, Index, Value) ->
    ok = bounds(Data, Index, 'at:put:'),
    Array#{data := array:set(Index - 1, Value, Data)}.

bounds(Data, Index, Selector) when is_integer(Index), Index >= 1 ->
    case Index =< array:size(Data) of
        true -> ok;
        false -> beamtalk_error:raise(index_out_of_bounds, 'Array', Selector, "Index is beyond array size")
    end;
bounds(_, Index, Selector) ->
    ok = beamtalk_collection_ops:index(Index, 'Array', Selector),
    beamtalk_error:raise(index_out_of_bounds, 'Array', Selector, "Index must be >= 1").

-spec includes(t(), term()) -> boolean().
includes(Array, Element) ->
    lists:member(Element, elements(Array)).

-spec do(t(), term()) -> nil.
do(Array, Block) ->
    ok = beamtalk_collection_ops:block(Block, 1, 'Array', 'do:'),
    beamtalk_list_ops:do(elements(Array), Block).

-spec collect(t(), term()) -> t().
collect(Array, Block) ->
    ok = beamtalk_collection_ops:block(Block, 1, 'Array', 'collect:'),
    from_list([Block(E) || E <- elements(Array)]).

-spec select(t(), term()) -> t().
select(Array, Block) ->
    ok = beamtalk_collection_ops:block(Block, 1, 'Array', 'select:'),
    from_list([E || E <- elements(Array), beamtalk_collection_ops:boolean(Block(E), 'Array', 'select:')]).

-spec inject_into(t(), term(), term()) -> term().
inject_into(Array, Initial, Block) ->
    ok = beamtalk_collection_ops:block(Block, 2, 'Array', 'inject:into:'),
    beamtalk_list_ops:inject_into(elements(Array), Initial, Block).

-spec printString(t()) -> binary().
printString(Array) ->
    beamtalk_printer:print_string(Array).

elements(#{data := Data}) ->
    array:to_list(Data).
