%%% @doc Registers classes: from the meta data of a compiled module, or from a ClassBuilder.
%%%
%%% `register/1' runs as `on_load' of every class module, in the loading process, before any function of the module can be
%%% called from outside; so it works on the meta data alone. Registering again updates the class; class variables stay.
-module(beamtalk_class_builder).

-include("beamtalk.hrl").

-export([register/1, check/3]).
-export([register_dynamic/1, define/1]).

%% @doc Called by generated code. `ok', or the error record of the refusal.
-spec register(map()) -> ok | {error, beamtalk_error:error()}.
register(#{class := Class, module := Module} = Meta) ->
    case beamtalk_tables:exist() of
        false ->
            %% The module is used without the runtime; it registers when that starts.
            ok;
        true ->
            case {beamtalk_load_notes:take_expected(Module), beamtalk_class_registry:meta(Class)} of
                %% A module of the library, loaded at its first call: what was added to the class since stays.
                {true, Meta} -> ok;
                _ -> register_checked(Meta)
            end
    end.

register_checked(#{class := Class, superclass := Superclass, module := Module} = Meta) ->
    case check(Class, Superclass, Module) of
        ok ->
            store(Meta);
        {error, Error} ->
            ok = beamtalk_load_notes:refuse(Module, Error),
            {error, Error}
    end.

store(#{class := Class, superclass := Superclass, module := Module} = Meta) ->
    Kind = maps:get(kind, Meta, value),
    Modifiers = maps:get(modifiers, Meta, []),
    ok = note_redefinition(Class, Module),
    ok = note_lost_code(beamtalk_class_registry:class_of_module(Module), Class, Module),
    ok = note_missing_superclass(Superclass, Class),
    true = ets:match_delete(beamtalk_class_docs, {{Class, '_'}, '_'}),
    true = ets:match_delete(beamtalk_dynamic_methods, {{Class, '_'}, '_'}),
    ok = beamtalk_extensions:class_loaded(Class, Meta),
    ok = beamtalk_class_registry:insert({Class, Superclass, Module, Kind, Modifiers}, Meta),
    ok = beamtalk_extensions:renew_route(Class),
    beamtalk_object_class:ensure_started(Class).

note_redefinition(Class, Module) ->
    case beamtalk_class_registry:module_of(Class) of
        undefined ->
            ok;
        Module ->
            ok;
        beamtalk_dynamic_class ->
            ok;
        Old ->
            case optional_package(Old) of
                true -> ok;
                false ->
                    Text = io_lib:format("Class '~ts' redefined (was ~ts, now ~ts)", [Class, Old, Module]),
                    beamtalk_load_notes:warn(Class, unicode:characters_to_binary(Text))
            end
    end.

%% Names that differ in capitals only have one module, and a file may be loaded again with another class in it.
note_lost_code(Other, Class, _) when Other =:= undefined; Other =:= Class ->
    ok;
note_lost_code(Other, Class, Module) ->
    Text = io_lib:format("Class '~ts' lost its methods: its module ~ts is now that of class '~ts'", [Other, Module, Class]),
    beamtalk_load_notes:warn(Class, unicode:characters_to_binary(Text)).

%% Whether instances are processes was guessed, so the class has to come again when the superclass is there.
note_missing_superclass(Superclass, Class) ->
    case Superclass =:= none orelse beamtalk_class_registry:is_registered(Superclass) of
        true ->
            ok;
        false ->
            Text = io_lib:format("Superclass '~ts' of class '~ts' is not loaded; load it, then '~ts' again", [Superclass, Class, Class]),
            beamtalk_load_notes:warn(Class, unicode:characters_to_binary(Text))
    end.

%% Classes of the optional package give way to a user's class of the same name.
optional_package(Module) ->
    case atom_to_binary(Module) of
        <<"bt@processes@", _/binary>> -> true;
        _ -> false
    end.

%% @doc May a class be registered? Library names are protected, and a sealed class has no subclasses outside the library.
-spec check(atom(), atom() | none, module()) -> ok | {error, beamtalk_error:error()}.
check(Class, Superclass, Module) ->
    case beamtalk_class_registry:is_stdlib_module(Module) of
        true -> ok;
        false -> check_user(Class, Superclass)
    end.

check_user(Class, Superclass) ->
    case {beamtalk_class_registry:is_stdlib(Class), beamtalk_class_registry:is_sealed(Superclass)} of
        {true, _} ->
            {error,
                beamtalk_error:with_hint(
                    beamtalk_error:new(stdlib_shadowing, Class),
                    <<"Choose a different class name. Stdlib class names are protected.">>
                )};
        {_, true} ->
            {error, sealed(Superclass)};
        _ ->
            %% A look-up would never end.
            case lists:member(Class, [Superclass | beamtalk_class_registry:ancestors(Superclass)]) of
                true -> {error, circular(Class, Superclass)};
                false -> ok
            end
    end.

circular(Class, Superclass) ->
    Text = io_lib:format("~ts cannot be a subclass of ~ts: that is the class itself or inherits from it", [Class, Superclass]),
    Error = beamtalk_error:with_message(beamtalk_error:new(instantiation_error, Class, register), Text),
    beamtalk_error:with_hint(Error, <<"Choose another superclass">>).

sealed(Superclass) ->
    Error = beamtalk_error:new(instantiation_error, Superclass, register),
    beamtalk_error:with_hint(Error, <<"Cannot subclass a sealed class">>).

%%% ClassBuilder.

%% @doc Primitive of `ClassBuilder register': checks and registers what the builder (an actor) has collected, answers the class.
-spec register_dynamic(beamtalk_tag:actor()) -> beamtalk_tag:class_ref().
register_dynamic(Builder) ->
    Get = fun(F) -> beamtalk_primitive:field_at(Builder, F) end,
    Spec = #{
        name => Get(className),
        superclass => Get(superclassRef),
        fields => Get(fieldSpecs),
        methods => Get(methodSpecs),
        modifiers => Get(modifiers)
    },
    {beamtalk_object, _, _, Name} = Class = define(Spec),
    %% A name that was taken is a class changed, as by loading it again.
    _ = beamtalk_hot_reload:migrate(Name),
    beamtalk_actor:stop_after_message(),
    Class.

%% @doc Registers a dynamic class from a map with `name', `superclass', `fields', `methods' and `modifiers'.
-spec define(map()) -> beamtalk_tag:class_ref().
define(Spec) ->
    Name = name(maps:get(name, Spec, nil)),
    Superclass = superclass(Name, maps:get(superclass, Spec, nil)),
    case check(Name, Superclass, beamtalk_dynamic_class) of
        ok -> ok;
        {error, Error} -> beamtalk_error:raise(Error)
    end,
    Fields = entries(maps:get(fields, Spec, nil), 'fields:', fun is_field/2, <<"fields: expects a Dictionary from Symbols to defaults">>),
    Methods = entries(maps:get(methods, Spec, nil), 'methods:', fun is_method/2, <<"methods: expects a Dictionary from Symbols to blocks">>),
    Modifiers = modifiers(maps:get(modifiers, Spec, nil)),
    ok = beamtalk_dynamic_object:define(Name, Superclass, Fields, Methods, Modifiers),
    beamtalk_class_registry:class_ref(Name).

name(nil) ->
    Error = beamtalk_error:new(missing_parameter, 'ClassBuilder', 'name:'),
    beamtalk_error:raise(beamtalk_error:with_hint(Error, <<"Give the class a name before register">>));
name(Name) when is_atom(Name), Name =/= true, Name =/= false ->
    %% Another name could not be written in a program, and would be taken for something else in the tables of the runtime.
    case re:run(atom_to_binary(Name), "^[A-Z][A-Za-z0-9_]*$", [dollar_endonly, {capture, none}]) of
        match -> Name;
        nomatch -> beamtalk_error:raise(type_error, 'ClassBuilder', 'name:', <<"A class name is a capital letter, then letters, digits and underscores">>)
    end;
name(_) ->
    beamtalk_error:raise(type_error, 'ClassBuilder', 'name:', <<"The class name must be a Symbol">>).

superclass(Name, nil) ->
    beamtalk_error:raise(no_superclass, Name, undefined, <<"Give the class a superclass before register">>);
superclass(_, Superclass) ->
    case beamtalk_tag:referred_class(Superclass) of
        {ok, Class} ->
            %% Raises if there is none.
            _ = beamtalk_message_dispatch:class_ref(Class),
            Class;
        error ->
            beamtalk_error:raise(type_error, 'ClassBuilder', 'superclass:', <<"The superclass must be a class">>)
    end.

%% What is registered here is read by everything that lists classes: a name that is no symbol would fail there, not here.
entries(nil, _, _, _) ->
    #{};
entries(Map, Selector, IsEntry, Hint) ->
    case is_map(Map) andalso not beamtalk_tag:is_tagged(Map) andalso lists:all(fun({K, V}) -> IsEntry(K, V) end, maps:to_list(Map)) of
        true -> Map;
        false -> beamtalk_error:raise(type_error, 'ClassBuilder', Selector, Hint)
    end.

is_field(Name, _) -> is_atom(Name).

is_method(Name, Body) -> is_atom(Name) andalso is_function(Body).

modifiers(nil) ->
    [];
modifiers(List) when is_list(List) ->
    case lists:all(fun(M) -> lists:member(M, [abstract, sealed, typed]) end, List) of
        true -> lists:usort(List);
        false -> unknown_modifier()
    end;
modifiers(Modifier) when is_atom(Modifier) ->
    modifiers([Modifier]);
modifiers(_) ->
    unknown_modifier().

-spec unknown_modifier() -> no_return().
unknown_modifier() ->
    beamtalk_error:raise(type_error, 'ClassBuilder', 'modifier:', <<"modifier: expects #abstract, #sealed or #typed">>).
