%%% @doc Inherited methods that a class module exports as calls of the defining class, and when they no longer tell the truth.
%%%
%%% A delegate names its definer at compile time. When a class between the two gets a method of that selector, the modules below it
%%% would go on calling the old definer: they have to be made again. (A method that goes away needs nothing: the call comes back through
%%% `$handle_undefined_function'.)
-module(beamtalk_delegates).

-export([stale/1]).

%% @doc Descendants of a class just loaded whose delegates pass it by.
-spec stale(atom()) -> [atom()].
stale(Class) ->
    case own_functions(Class) of
        [] -> [];
        Own -> [D || D <- beamtalk_class_registry:all_subclasses(Class), passes_by(D, Class, Own)]
    end.

own_functions(Class) ->
    Meta = beamtalk_class_registry:meta(Class),
    [function(M, 1) || M <- maps:get(methods, Meta, [])] ++
        [class_function(M) || M <- maps:get(class_methods, Meta, [])].

function(Method, Extra) ->
    Selector = element(1, Method),
    {beamtalk_selector:function_name(Selector), beamtalk_selector:arity(Selector) + Extra}.

class_function(Method) ->
    Selector = element(1, Method),
    {Selector, beamtalk_selector:arity(Selector) + 2}.

passes_by(Descendant, Class, Own) ->
    Delegates = maps:get(delegates, beamtalk_class_registry:meta(Descendant), []),
    lists:any(
        fun({Function, Arity, Definer}) ->
            Definer =/= Class andalso lists:member({Function, Arity}, Own) andalso
                beamtalk_class_registry:inherits_from(Class, Definer)
        end,
        Delegates
    ).
