%%% @doc Class variables, one set per class, kept in ETS by `{Class, Variable}'.
%%%
%%% A class has its own copy of every variable it inherits; a copy starts at the declared default when it is first used.
%%% Values survive loading the class again. Methods that assign run under the lock of the class, see
%%% `beamtalk_object_class'; a process that holds it may take it again.
-module(beamtalk_class_vars).

-export([get/2, put/3, locked/2, names/1]).

-spec get(beamtalk_tag:class_ref(), atom()) -> term().
get({beamtalk_object, _, _, Class}, Variable) ->
    case ets:lookup(beamtalk_class_vars, {Class, Variable}) of
        [{_, Value}] -> Value;
        [] -> initialise(Class, Variable)
    end.

-spec put(beamtalk_tag:class_ref(), atom(), Value) -> Value.
put({beamtalk_object, _, _, Class}, Variable, Value) ->
    true = ets:insert(beamtalk_class_vars, {{Class, Variable}, Value}),
    Value.

%% @doc Runs the block under the lock of the class.
-spec locked(beamtalk_tag:class_ref(), fun(() -> Answer)) -> Answer.
locked({beamtalk_object, _, _, Class}, Fun) ->
    beamtalk_object_class:locked(Class, Fun).

%% @doc Declared variables, inherited ones first.
-spec names(atom()) -> [atom()].
names(Class) ->
    lists:append([declared(C) || C <- lists:reverse(beamtalk_class_registry:ancestors(Class))]).

declared(Class) ->
    maps:get(class_vars, beamtalk_class_registry:meta(Class), []).

initialise(Class, Variable) ->
    case [C || C <- beamtalk_class_registry:ancestors(Class), lists:member(Variable, declared(C))] of
        [] ->
            nil;
        [Declaring | _] ->
            Module = beamtalk_class_registry:module_of(Declaring),
            Default = maps:get(Variable, Module:'$class_vars'(), nil),
            %% Two first readers: the row that is there first is the value.
            _ = ets:insert_new(beamtalk_class_vars, {{Class, Variable}, Default}),
            ets:lookup_element(beamtalk_class_vars, {Class, Variable}, 2)
    end.
