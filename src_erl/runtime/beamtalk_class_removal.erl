%%% @doc `removeFromSystem': takes a class, its actors and its code out of the node.
-module(beamtalk_class_removal).

-include("beamtalk.hrl").

-export([remove/1]).

%% @doc Refused for library classes and for classes with subclasses; answers nil.
-spec remove(beamtalk_tag:class_ref()) -> nil.
remove({beamtalk_object, _, _, Class}) ->
    ok = refuse_library(Class),
    ok = refuse_subclasses(Class, beamtalk_class_registry:subclasses(Class)),
    Instances = beamtalk_object_instances:pids(Class),
    Module = own_module(Class, beamtalk_class_registry:module_of(Class)),
    ok = refuse_in_use(Class, Module, Instances),
    _ = [end_instance(Pid, Class) || Pid <- Instances],
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

%% Actors of the class end with it; nobody else is killed for running a previous version of its code.
refuse_in_use(Class, Module, Instances) ->
    case may_unload(Module) andalso beamtalk_old_code:users(Module) -- Instances of
        false -> ok;
        [] -> ok;
        Users -> beamtalk_error:raise((beamtalk_old_code:error(Module, Users))#beamtalk_error{class = Class, selector = removeFromSystem})
    end.

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
may_unload(Module) when Module =:= undefined; Module =:= beamtalk_dynamic_class -> false;
may_unload(Module) -> lists:prefix("bt@", atom_to_list(Module)).

%% What still runs the code goes on with it: a block somebody keeps, the method that sent `removeFromSystem'.
unload(Module) ->
    _ = may_unload(Module) andalso
        beamtalk_load_lock:run(Module, fun() ->
            _ = code:soft_purge(Module),
            _ = code:delete(Module),
            code:soft_purge(Module)
        end),
    ok.
