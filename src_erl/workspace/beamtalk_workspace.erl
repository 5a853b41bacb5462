%%% @doc Questions and orders about the running workspace that are no Beamtalk messages: actors, modules, reloading one class.
-module(beamtalk_workspace).

-export([status/0, actors/0, modules/0, reload_module/1, inspect/1, kill/1]).

%% @doc What runs here.
-spec status() -> {ok, #{actor_count := non_neg_integer(), loaded_modules := [module()]}}.
status() ->
    {ok, #{actor_count => length(actors()), loaded_modules => [Module || #{module := Module} <- modules()]}}.

%% @doc Live actors, oldest first, without those the workspace consists of.
-spec actors() -> [beamtalk_tag:actor()].
actors() ->
    beamtalk_interface_ops:actors(nil).

%% @doc Modules of the classes that are not part of the library.
-spec modules() -> [#{module := module(), class := atom(), file := binary() | nil, actors := non_neg_integer()}].
modules() ->
    [
        #{
            module => beamtalk_class_registry:module_of(Class),
            class => Class,
            file => maps:get(file, beamtalk_class_registry:meta(Class), nil),
            actors => length(beamtalk_object_instances:pids(Class))
        }
     || Class <- beamtalk_class_registry:all_classes(),
        not beamtalk_class_registry:is_stdlib(Class),
        beamtalk_class_registry:module_of(Class) =/= beamtalk_dynamic_class
    ].

%% @doc Loads the class of a module again from its file.
-spec reload_module(binary()) -> {ok, beamtalk_source_loader:loaded()} | {error, beamtalk_failure:failure()}.
reload_module(Name) ->
    case [Module || #{module := M} = Module <- modules(), atom_to_binary(M) =:= Name] of
        [#{file := File}] when is_binary(File), File =/= <<"<repl>">> ->
            beamtalk_source_loader:file(unicode:characters_to_list(File), #{module_name => Name});
        [_] ->
            {error, beamtalk_failure:simple(["No source file recorded for module: ", Name])};
        [] ->
            {error, beamtalk_failure:simple(["Module not loaded: ", Name])}
    end.

%% @doc State of an actor, named by its process number or its class.
-spec inspect(binary()) -> {ok, binary()} | {error, binary()}.
inspect(Text) ->
    case find(Text) of
        {ok, {beamtalk_object, _, _, Pid}} -> {ok, beamtalk_printer:display(beamtalk_tag:fields(sys:get_state(Pid)))};
        error -> {error, unknown(Text)}
    end.

-spec kill(binary()) -> ok | {error, binary()}.
kill(Text) ->
    case find(Text) of
        {ok, Actor} ->
            _ = beamtalk_future:await(beamtalk_actor:kill(Actor)),
            ok;
        error ->
            {error, unknown(Text)}
    end.

find(Text) ->
    Actors = [A || {beamtalk_object, Class, _, Pid} = A <- actors(), named(Text, Class, Pid)],
    case Actors of
        [Actor | _] -> {ok, Actor};
        [] -> error
    end.

named(Text, Class, Pid) ->
    atom_to_binary(Class) =:= Text orelse list_to_binary(pid_to_list(Pid)) =:= Text orelse
        beamtalk_printer:pid_text(Pid) =:= Text.

unknown(Text) ->
    <<"Invalid actor PID: ", Text/binary, "\nHint: Use :actors to see the live actors">>.
