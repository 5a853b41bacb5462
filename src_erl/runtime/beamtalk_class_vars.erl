%%% @doc Class variables, one set per class, kept in ETS by `{Class, Variable}'.
%%%
%%% A class has its own copy of every variable it inherits. It starts at the declared default when the class is loaded; a default that fails
%%% then (it may need a class that is loaded later), and those of a class that came another way, are evaluated at the first use.
%%% Values survive loading the class again. Methods that assign run under the lock of the class, see
%%% `beamtalk_object_class'; a process that holds it may take it again.
-module(beamtalk_class_vars).

-export([get/2, put/3, locked/2, names/1, initialise/1]).

-spec get(beamtalk_tag:class_ref(), atom()) -> term().
get({beamtalk_object, _, _, Class}, Variable) ->
    case ets:lookup(beamtalk_class_vars, {Class, Variable}) of
        [{_, Value}] -> Value;
        [] -> first(Class, Variable)
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

%% @doc Gives every variable of the class and its subclasses that has no value its default.
-spec initialise(atom()) -> ok.
initialise(Class) ->
    _ = [try_first(C, V) || C <- [Class | beamtalk_class_registry:all_subclasses(Class)], V <- names(C), not has_value(C, V)],
    ok.

has_value(Class, Variable) -> ets:member(beamtalk_class_vars, {Class, Variable}).

try_first(Class, Variable) ->
    Mark = beamtalk_cells:mark(),
    try first(Class, Variable) of
        _ -> ok
    catch
        _:_ -> beamtalk_cells:drop(Mark)
    end.

first(Class, Variable) ->
    case [C || C <- beamtalk_class_registry:ancestors(Class), lists:member(Variable, declared(C))] of
        [] ->
            nil;
        [Declaring | _] ->
            Default = default(Class, beamtalk_class_registry:module_of(Declaring), Variable),
            %% Two first readers: the row that is there first is the value.
            _ = ets:insert_new(beamtalk_class_vars, {{Class, Variable}, Default}),
            ets:lookup_element(beamtalk_class_vars, {Class, Variable}, 2)
    end.

default(Class, Module, Variable) ->
    Key = {'$beamtalk_default', Class, Variable},
    case erlang:put(Key, evaluating) of
        undefined ->
            try
                Module:'$class_var'(Variable)
            after
                erlang:erase(Key)
            end;
        evaluating ->
            Text = ["The default of class variable '", atom_to_binary(Variable), "' of ", atom_to_binary(Class), " reads the variable itself"],
            beamtalk_error:raise(beamtalk_error:with_message(beamtalk_error:new(runtime_error, Class), Text))
    end.
