%%% @doc In which order classes are compiled and loaded: a superclass before its subclasses. Pure.
-module(beamtalk_load_order).

-export([superclasses_first/1, duplicates/1]).

-export_type([entry/0]).

%% Class, superclass (both as atoms, or both as texts), and whatever the caller wants to find again.
-type entry() :: {Class :: atom() | binary(), Superclass :: atom() | binary(), term()}.

%% @doc Stable: what does not depend on each other stays in the given order. Classes in a circle come last.
-spec superclasses_first([entry()]) -> [entry()].
superclasses_first(Entries) ->
    Supers = maps:from_list([{Class, Superclass} || {Class, Superclass, _} <- Entries]),
    Depths = [{depth(Superclass, Supers, map_size(Supers)), Entry} || {_, Superclass, _} = Entry <- Entries],
    [Entry || {_, Entry} <- lists:keysort(1, Depths)].

depth(_, _, 0) ->
    1 bsl 32;
depth(Class, Supers, Left) ->
    case Supers of
        #{Class := Superclass} -> 1 + depth(Superclass, Supers, Left - 1);
        #{} -> 0
    end.

%% @doc Classes that are defined more than once, with all their entries in order.
-spec duplicates([entry()]) -> [{Class :: atom() | binary(), [term()]}].
duplicates(Entries) ->
    Groups = lists:foldr(
        fun({Class, _, What}, Acc) -> maps:update_with(Class, fun(All) -> [What | All] end, [What], Acc) end, #{}, Entries
    ),
    [{Class, All} || {Class, [_, _ | _] = All} <- lists:sort(maps:to_list(Groups))].
