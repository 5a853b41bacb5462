%%% @doc What the compiler is told about classes outside the text it compiles.
%%%
%%% The library is known to the compiler itself. For the others the class information of their own compilation is kept in a
%%% table; a class that came as a compiled module is described from its meta data. Called by the loader and by evaluations.
-module(beamtalk_class_index).

-export([create/0, remember/2, known/0, known/1]).

-define(TABLE, beamtalk_class_index).

%% @doc Makes the table; the calling process owns it.
-spec create() -> ok.
create() ->
    _ = [ets:new(?TABLE, [named_table, public, {read_concurrency, true}]) || ets:whereis(?TABLE) =:= undefined],
    ok.

%% @doc Keeps what compilation said about a loaded class.
-spec remember(atom(), map()) -> ok.
remember(Class, Info) ->
    _ = ets:whereis(?TABLE) =/= undefined andalso ets:insert(?TABLE, {Class, Info}),
    ok.

%% @doc Class information of every registered class the compiler does not know: those of the library are told only where one was loaded again or got
%% a method here.
-spec known() -> [map()].
known() ->
    known([]).

%% @doc The same with classes that are about to be loaded; these win.
-spec known([map()]) -> [map()].
known(Coming) ->
    Names = [Name || #{name := Name} <- Coming],
    Loaded = [
        info(Class)
     || Class <- beamtalk_class_registry:all_classes(),
        is_told(Class),
        not lists:member(atom_to_binary(Class), Names)
    ],
    Coming ++ Loaded.

is_told(Class) -> not beamtalk_class_registry:is_stdlib(Class) orelse remembered(Class) =/= [].

remembered(Class) ->
    case ets:whereis(?TABLE) of
        undefined -> [];
        _ -> ets:lookup(?TABLE, Class)
    end.

info(Class) ->
    case {beamtalk_class_registry:module_of(Class), remembered(Class)} of
        %% Without a module of its own: the compiler must not call one. It may have had one when its information was kept.
        {beamtalk_dynamic_class, _} -> from_meta(Class, beamtalk_class_registry:meta(Class));
        {Module, [{_, Info}]} -> Info#{module => atom_to_binary(Module)};
        {Module, _} -> (from_meta(Class, beamtalk_class_registry:meta(Class)))#{module => atom_to_binary(Module)}
    end.

from_meta(Class, Meta) ->
    Methods = methods(instance, methods, Meta) ++ methods(class, class_methods, Meta),
    Info = #{
        name => atom_to_binary(Class),
        superclass => atom_to_binary(beamtalk_class_registry:superclass_of(Class)),
        modifiers => beamtalk_class_registry:modifiers_of(Class),
        fields => [atom_to_binary(F) || F <- maps:get(fields, Meta, [])],
        class_fields => [atom_to_binary(F) || F <- maps:get(class_vars, Meta, [])]
    },
    case Meta of
        #{methods := _} -> Info#{methods => Methods};
        %% Nothing known: without the key the compiler takes the class as understanding everything.
        _ -> Info
    end.

methods(Side, Key, Meta) ->
    Source = maps:get(source, Meta, <<>>),
    [
        #{
            selector => atom_to_binary(element(1, M)),
            side => Side,
            sealed => element(2, M),
            signature => beamtalk_source:slice(Source, Start, End)
        }
     || M <- maps:get(Key, Meta, []), {Start, End} <- [element(7, M)]
    ].
