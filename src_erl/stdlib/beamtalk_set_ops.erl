%%% @doc Primitives of Set: a tagged map around an ordered list without duplicates.
%%%
%%% Elements are told apart by `==', so 1 and 1.0 are one element, as in `ordsets'.
-module(beamtalk_set_ops).

-include("beamtalk.hrl").

-export([withAll/2, fromList/2, size/1, isEmpty/1, includes/2, add/2, remove/2]).
-export([union/2, intersection/2, difference/2, isSubsetOf/2, asList/1, do/2, stream/1, printString/1]).

-export_type([t/0]).

-type t() :: #{?BT_TAG := 'Set', elements := ordsets:ordset(term())}.

-spec withAll(term(), term()) -> t().
withAll(_Class, List) ->
    from_list(List, 'withAll:').

-spec fromList(t(), term()) -> t().
fromList(_Set, List) ->
    from_list(List, 'fromList:').

from_list(List, Selector) ->
    ok = beamtalk_collection_ops:list(List, 'Set', Selector),
    set(lists:usort(List)).

-spec size(t()) -> non_neg_integer().
size(#{elements := Elements}) ->
    length(Elements).

-spec isEmpty(t()) -> boolean().
isEmpty(#{elements := Elements}) ->
    Elements =:= [].

-spec includes(t(), term()) -> boolean().
includes(#{elements := Elements}, Element) ->
    ordsets:is_element(Element, Elements).

-spec add(t(), term()) -> t().
add(#{elements := Elements} = Set, Element) ->
    Set#{elements := ordsets:add_element(Element, Elements)}.

-spec remove(t(), term()) -> t().
remove(#{elements := Elements} = Set, Element) ->
    Set#{elements := ordsets:del_element(Element, Elements)}.

-spec union(t(), term()) -> t().
union(#{elements := Elements}, Other) ->
    set(ordsets:union(Elements, elements(Other, 'union:'))).

-spec intersection(t(), term()) -> t().
intersection(#{elements := Elements}, Other) ->
    set(ordsets:intersection(Elements, elements(Other, 'intersection:'))).

-spec difference(t(), term()) -> t().
difference(#{elements := Elements}, Other) ->
    set(ordsets:subtract(Elements, elements(Other, 'difference:'))).

-spec isSubsetOf(t(), term()) -> boolean().
isSubsetOf(#{elements := Elements}, Other) ->
    ordsets:is_subset(Elements, elements(Other, 'isSubsetOf:')).

-spec asList(t()) -> list().
asList(#{elements := Elements}) ->
    Elements.

-spec do(t(), term()) -> nil.
do(#{elements := Elements}, Block) ->
    ok = beamtalk_collection_ops:block(Block, 1, 'Set', 'do:'),
    beamtalk_list_ops:do(Elements, Block).

-spec stream(t()) -> map().
stream(Set) ->
    beamtalk_stream_ops:on('Stream', Set).

-spec printString(t()) -> binary().
printString(Set) ->
    beamtalk_printer:print_string(Set).

set(Elements) ->
    #{?BT_TAG => 'Set', elements => Elements}.

elements(#{?BT_TAG := 'Set', elements := Elements}, _) -> Elements;
elements(_, Selector) -> beamtalk_error:raise(type_error, 'Set', Selector, "Argument must be a Set").
