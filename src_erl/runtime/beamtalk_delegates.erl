%%% @doc Inherited methods that a class module exports as calls of the defining class, and when they no longer tell the truth.
%%%
%%% A delegate names its definer at compile time. (Those of `Object' and the other root classes are in no list: what a class exports beyond its methods
%%% and its listed delegates comes from there.) When a class between the two gets a method of that selector, the modules below it
%%% would go on calling the old definer; when the definer loses the method or is no longer an ancestor, they would look for it in the wrong
%%% place. Those modules have to be made again.
-module(beamtalk_delegates).

-export([stale/1, is_delegate/3, defines/3, function/2, is_root_method/1]).

%% The entries of a class's meta data that list its own methods of one side.
-type side() :: methods | class_methods.

%% @doc Is what the class's module exports a delegate? That is a short cut of the compiler, not a method of the class.
-spec is_delegate(atom(), atom(), arity()) -> boolean().
is_delegate(Class, Function, Arity) -> is_listed({Function, Arity}, listed(beamtalk_class_registry:meta(Class))).

listed(Meta) -> maps:get(delegates, Meta, []).

is_listed({Function, Arity}, Delegates) -> lists:any(fun({F, A, _}) -> F =:= Function andalso A =:= Arity end, Delegates).

%% @doc Descendants of a class just loaded whose delegates pass it by or lead astray.
-spec stale(atom()) -> [atom()].
stale(Class) ->
    Own = own_functions(Class),
    [D || D <- beamtalk_class_registry:all_subclasses(Class), passes_by(D, Class, Own) orelse leads_astray(D, Class, Own)].

%% The class just loaded may have lost a method, or have another superclass.
leads_astray(Descendant, Class, Own) ->
    Ancestors = beamtalk_class_registry:ancestors(Descendant),
    lists:any(
        fun
            ({Function, Arity, Definer}) when Definer =:= Class -> not lists:member({Function, Arity}, Own);
            ({_, _, Definer}) -> not lists:member(Definer, Ancestors)
        end,
        listed(beamtalk_class_registry:meta(Descendant))
    ).

own_functions(Class) ->
    Meta = beamtalk_class_registry:meta(Class),
    [function(element(1, M), Side) || Side <- [methods, class_methods], M <- maps:get(Side, Meta, [])].

%% @doc The function of a class module that is the method.
-spec function(atom(), side()) -> {atom(), arity()}.
function(Selector, methods) -> {beamtalk_selector:function_name(Selector), beamtalk_selector:arity(Selector) + 1};
function(Selector, class_methods) -> {Selector, beamtalk_selector:arity(Selector) + 2}.

passes_by(Descendant, Class, Own) ->
    Meta = beamtalk_class_registry:meta(Descendant),
    lists:any(
        fun({Function, Arity, Definer}) ->
            Definer =/= Class andalso lists:member({Function, Arity}, Own) andalso
                beamtalk_class_registry:inherits_from(Class, Definer)
        end,
        listed(Meta)
    ) orelse lists:any(fun(F) -> comes_from_a_root(F, Meta) end, Own).

comes_from_a_root({Name, Arity} = Function, #{module := Module} = Meta) ->
    Selector = beamtalk_selector:from_function(Name),
    is_root_method(Selector) andalso function(Selector, methods) =:= Function andalso
        beamtalk_stdlib:exports(Module, Name, Arity) andalso not has_method(Selector, methods, Meta) andalso
        not is_listed(Function, listed(Meta));
comes_from_a_root(_, _) ->
    false.

%% @doc Has the class itself a method of that selector? (What its module exports may be a delegate.)
-spec defines(atom(), side(), atom()) -> boolean().
defines(Class, Side, Selector) -> has_method(Selector, Side, beamtalk_class_registry:meta(Class)).

has_method(Selector, Side, Meta) -> lists:keymember(Selector, 1, maps:get(Side, Meta, [])).

%% @doc Is it a method of a root class, which every module below exports?
-spec is_root_method(atom()) -> boolean().
is_root_method(Selector) -> lists:any(fun(Root) -> defines(Root, methods, Selector) end, ['Object', 'ProtoObject', 'Actor']).
