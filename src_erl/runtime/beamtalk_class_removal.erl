%%% @doc `removeFromSystem': takes a class, its actors and its code out of the node.
-module(beamtalk_class_removal).

-export([remove/1]).

%% @doc Refused for library classes and for classes with subclasses; answers nil.
-spec remove(beamtalk_tag:class_ref()) -> nil.
remove({beamtalk_object, _, _, Class}) ->
    ok = refuse_library(Class),
    ok = refuse_subclasses(Class, beamtalk_class_registry:subclasses(Class)),
    _ = [end_instance(Pid, Class) || Pid <- beamtalk_object_instances:pids(Class)],
    Module = own_module(Class, beamtalk_class_registry:module_of(Class)),
    ok = beamtalk_extensions:class_removed(Class),
    ok = beamtalk_class_registry:remove(Class),
    ok = beamtalk_object_class:stop(Class),
    ok = unload(Module),
    nil.

%% An actor may remove its own class: it ends with the message it is at.
end_instance(Pid, _) when Pid =:= self() -> beamtalk_actor:stop_after_message();
end_instance(Pid, Class) -> beamtalk_actor_send:ask(Pid, Class, kill, []).

refuse_library(Class) ->
    case beamtalk_class_registry:is_stdlib(Class) of
        false -> ok;
        true -> refuse(Class, ["Cannot remove stdlib class '", atom_to_binary(Class), "'"], <<"Stdlib classes are protected.">>)
    end.

refuse_subclasses(_, []) ->
    ok;
refuse_subclasses(Class, Subclasses) ->
    Names = lists:join(", ", [atom_to_binary(C) || C <- Subclasses]),
    refuse(
        Class,
        ["Cannot remove class '", atom_to_binary(Class), "' ", 16#2014, " it has subclasses"],
        ["Remove subclasses first: ", Names]
    ).

-spec refuse(atom(), unicode:chardata(), unicode:chardata()) -> no_return().
refuse(Class, Message, Hint) ->
    Error = beamtalk_error:new(runtime_error, Class, removeFromSystem),
    beamtalk_error:raise(beamtalk_error:with_hint(beamtalk_error:with_message(Error, Message), Hint)).

%% Another class may have come with the same module since.
own_module(Class, Module) ->
    case beamtalk_class_registry:class_of_module(Module) of
        Class -> Module;
        _ -> undefined
    end.

%% Dynamic classes share a module, and a class registered by hand may name any.
unload(undefined) ->
    ok;
unload(Module) ->
    case atom_to_binary(Module) of
        <<"bt@", _/binary>> ->
            _ = code:purge(Module),
            _ = code:delete(Module),
            _ = code:soft_purge(Module),
            ok;
        _ ->
            ok
    end.
