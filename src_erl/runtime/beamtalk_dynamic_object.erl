%%% @doc Classes made at run time, and their instances, which are always processes.
%%%
%%% Such a class has no module; its methods are blocks in a table. A block without parameter is evaluated as it is; one with
%%% parameters gets a dictionary of the instance's fields first, then the arguments. Every field has a getter.
-module(beamtalk_dynamic_object).

-include("beamtalk.hrl").

-export([define/5, fields/1, method/2, run/3, field/2, create/3]).

%% @doc Registers or updates a dynamic class.
-spec define(atom(), atom(), map(), map(), [atom()]) -> ok.
define(Class, Superclass, Fields, Methods, Modifiers) ->
    Getters = maps:from_list([{F, {field, F}} || F <- maps:keys(Fields), not is_map_key(F, Methods)]),
    Rows = maps:merge(Getters, Methods),
    Meta = #{
        version => 1,
        class => Class,
        superclass => Superclass,
        kind => dynamic,
        module => beamtalk_dynamic_class,
        modifiers => Modifiers,
        fields => lists:sort(maps:keys(Fields)),
        field_defaults => Fields,
        class_vars => [],
        source => <<>>,
        file => nil,
        doc => nil,
        methods => [{Selector, false, 0, 0, nil, 0, {0, 0}} || Selector <- lists:sort(maps:keys(Rows))],
        class_methods => [],
        delegates => []
    },
    true = ets:match_delete(beamtalk_dynamic_methods, {{Class, '_'}, '_'}),
    true = ets:insert(beamtalk_dynamic_methods, [{{Class, S}, M} || {S, M} <- maps:to_list(Rows)]),
    ok = beamtalk_extensions:class_loaded(Class, Meta),
    ok = beamtalk_class_registry:insert({Class, Superclass, beamtalk_dynamic_class, dynamic, Modifiers}, Meta),
    beamtalk_object_class:ensure_started(Class).

%% @doc Defaults of all fields, inherited ones first.
-spec fields(atom()) -> map().
fields(Class) ->
    #{superclass := Superclass, field_defaults := Own} = beamtalk_class_registry:meta(Class),
    maps:merge(beamtalk_class_instantiation:fields(Superclass), Own).

%% @doc The class's own method, as a target of beamtalk_dispatch.
-spec method(atom(), atom()) -> {d, function()} | {g, atom()} | none.
method(Class, Selector) ->
    case ets:lookup(beamtalk_dynamic_methods, {Class, Selector}) of
        [{_, {field, Field}}] -> {g, Field};
        [{_, Block}] when is_function(Block) -> {d, Block};
        _ -> none
    end.

%% @doc Evaluates a method block, in the process of the instance.
-spec run(function(), term(), [term()]) -> term().
run(Block, Self, Args) ->
    case beamtalk_block:arity(Block) of
        0 -> Block();
        _ -> beamtalk_block:value_with_arguments(Block, [visible_fields(Self) | Args])
    end.

%% @doc What the getter of a field answers.
-spec field(term(), atom()) -> term().
field(Self, Field) -> maps:get(Field, visible_fields(Self), nil).

visible_fields({beamtalk_object, _, _, P}) when P =:= self() -> beamtalk_tag:fields(beamtalk_actor:state());
visible_fields(Self) when is_map(Self) -> beamtalk_tag:fields(Self);
visible_fields(_) -> #{}.

%% @doc `new', `new:', `spawn', `spawnWith:' of a dynamic class: an actor, answered synchronously.
-spec create(beamtalk_tag:class_ref(), atom(), [term()]) -> beamtalk_tag:actor().
create({beamtalk_object, _, _, Class}, Selector, Args) ->
    case {beamtalk_class_registry:is_abstract(Class), Args} of
        {true, _} ->
            beamtalk_class_instantiation:not_constructible(Class, Selector);
        {false, []} ->
            beamtalk_actor:start(Class, beamtalk_dynamic_class, fields(Class));
        {false, [#{?BT_TAG := _}]} ->
            not_a_dictionary(Class, Selector);
        {false, [Dict]} when is_map(Dict) ->
            beamtalk_actor:start(Class, beamtalk_dynamic_class, maps:merge(fields(Class), Dict));
        {false, _} ->
            not_a_dictionary(Class, Selector)
    end.

not_a_dictionary(Class, Selector) ->
    beamtalk_error:raise(type_error, Class, Selector, [atom_to_binary(Selector), " expects a Dictionary argument"]).
