%%% @doc Methods added to classes from outside: `{Class, Selector}' to a fun of (argument list, receiver).
%%%
%%% An extension is found by the slow path after the class's own methods. One whose selector the class already has takes
%%% that method's place until the class is loaded again: sends to the class are then routed through
%%% `beamtalk_dynamic_class', which looks here first. (Numbers, strings and the other plain values are reached without
%%% the class table; for them an extension only adds.) A class name ending in ` class' extends the class side.
-module(beamtalk_extensions).

-export([register/4, unregister/2, find/2, has/2, selectors/1, conflicts/0]).
-export([class_loaded/2, renew_route/1]).

%% @doc The last registration wins; a change of owner is logged and recorded.
-spec register(atom(), atom(), fun((list(), term()) -> term()), term()) -> ok.
register(Class, Selector, Fun, Owner) when is_function(Fun, 2) ->
    ok = note_conflict(Class, Selector, Owner),
    Mode =
        case beamtalk_delegates:defines(Class, Selector) of
            true -> replace;
            false -> add
        end,
    true = ets:insert(beamtalk_extensions, {{Class, Selector}, Fun, Owner, Mode}),
    _ = [renew_route(C) || C <- [Class | beamtalk_class_registry:all_subclasses(Class)]],
    beamtalk_dispatch_cache:flush().

-spec unregister(atom(), atom()) -> ok.
unregister(Class, Selector) ->
    true = ets:delete(beamtalk_extensions, {Class, Selector}),
    _ = [renew_route(C) || C <- [Class | beamtalk_class_registry:all_subclasses(Class)]],
    beamtalk_dispatch_cache:flush().

-spec find(atom(), atom()) -> {add | replace, fun((list(), term()) -> term())} | none.
find(Class, Selector) ->
    case ets:lookup(beamtalk_extensions, {Class, Selector}) of
        [{_, Fun, _, Mode}] -> {Mode, Fun};
        [] -> none
    end.

-spec has(atom(), atom()) -> boolean().
has(Class, Selector) ->
    ets:member(beamtalk_extensions, {Class, Selector}).

-spec selectors(atom()) -> [atom()].
selectors(Class) ->
    lists:sort([S || [S] <- ets:match(beamtalk_extensions, {{Class, '$1'}, '_', '_', '_'})]).

%% @doc Changes of owner: `{{Class, Selector}, OldOwner, NewOwner}'.
-spec conflicts() -> [{{atom(), atom()}, term(), term()}].
conflicts() ->
    ets:tab2list(beamtalk_conflicts).

note_conflict(Class, Selector, Owner) ->
    case ets:lookup(beamtalk_extensions, {Class, Selector}) of
        [{_, _, Old, _}] when Old =/= Owner ->
            logger:warning(#{event => extension_replaced, class => Class, selector => Selector, was => Old, now => Owner}),
            true = ets:insert(beamtalk_conflicts, {{Class, Selector}, Old, Owner}),
            ok;
        _ ->
            ok
    end.

%% @doc A class was loaded: extensions that stood in for methods it now brings are gone.
-spec class_loaded(atom(), [atom()]) -> ok.
class_loaded(Class, OwnSelectors) ->
    _ = [ets:delete(beamtalk_extensions, {Class, Selector}) || Selector <- OwnSelectors],
    ok.

%% @doc Chooses the module that sends to the class go to.
-spec renew_route(atom()) -> ok.
renew_route(Class) ->
    case beamtalk_class_registry:module_of(Class) of
        undefined ->
            ok;
        Module ->
            case hidden(Class) of
                true -> beamtalk_class_registry:route(Class, beamtalk_dynamic_class);
                false -> beamtalk_class_registry:route(Class, Module)
            end
    end.

%% Is there an extension that the class's module would hide behind a method or a delegate of its own?
hidden(Class) ->
    Delegates = [F || {F, _, _} <- maps:get(delegates, beamtalk_class_registry:meta(Class), [])],
    lists:any(
        fun(C) ->
            lists:any(
                fun(S) ->
                    (C =:= Class andalso beamtalk_delegates:defines(C, S)) orelse lists:member(S, Delegates) orelse
                        beamtalk_delegates:is_root_method(S)
                end,
                selectors(C)
            )
        end,
        beamtalk_class_registry:ancestors(Class)
    ).
