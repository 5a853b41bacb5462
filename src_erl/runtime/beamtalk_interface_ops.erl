%%% @doc Primitives of BeamtalkInterface and WorkspaceInterface: what the running system knows.
%%%
%%% They read the tables of the class registry and of the instances; nothing is asked of another process. Unlike the other
%%% `_ops' modules these stand on the runtime, hence in its folder.
-module(beamtalk_interface_ops).

-export([allClasses/1, classNamed/2, globals/1, version/1]).
-export([actors/1, actorAt/2, actorsOf/2]).

%% The objects a workspace itself consists of are not listed among its actors.
-define(SYSTEM, ['TranscriptStream', 'BeamtalkInterface', 'WorkspaceInterface']).

-spec allClasses(term()) -> [atom()].
allClasses(_Self) ->
    lists:sort(beamtalk_class_registry:all_classes()).

-spec classNamed(term(), term()) -> beamtalk_tag:class_ref() | nil.
classNamed(_Self, Name) ->
    class_named(Name, 'BeamtalkInterface', 'classNamed:').

class_named(Name, _, _) when is_atom(Name) ->
    case beamtalk_class_registry:is_registered(Name) of
        true -> beamtalk_class_registry:class_ref(Name);
        false -> nil
    end;
class_named(Name, Class, Selector) when is_binary(Name) ->
    try binary_to_existing_atom(Name) of
        Atom -> class_named(Atom, Class, Selector)
    catch
        error:badarg -> nil
    end;
class_named(Other, Class, Selector) ->
    beamtalk_collection_ops:type_error(Class, Selector, "a Symbol or a String", Other).

-spec globals(term()) -> #{binary() => beamtalk_tag:class_ref()}.
globals(_Self) ->
    maps:from_list([
        {atom_to_binary(Name), beamtalk_class_registry:class_ref(Name)}
     || Name <- beamtalk_class_registry:all_classes()
    ]).

-spec version(term()) -> binary().
version(_Self) ->
    <<"0.1.0">>.

-spec actors(term()) -> [beamtalk_tag:actor()].
actors(_Self) ->
    [Actor || {beamtalk_object, Class, _, _} = Actor <- beamtalk_object_instances:all(), not lists:member(Class, ?SYSTEM)].

-spec actorAt(term(), term()) -> beamtalk_tag:actor() | nil.
actorAt(_Self, Text) when is_binary(Text) ->
    try list_to_pid(binary_to_list(Text)) of
        Pid -> first([Actor || {beamtalk_object, _, _, P} = Actor <- beamtalk_object_instances:all(), P =:= Pid])
    catch
        error:badarg -> nil
    end;
actorAt(_Self, _) ->
    nil.

first([Actor | _]) -> Actor;
first([]) -> nil.

-spec actorsOf(term(), term()) -> [beamtalk_tag:actor()].
actorsOf(_Self, {beamtalk_object, _, _, Name}) when is_atom(Name) ->
    beamtalk_object_instances:references(Name);
actorsOf(_Self, Name) ->
    case class_named(Name, 'WorkspaceInterface', 'actorsOf:') of
        nil -> [];
        {beamtalk_object, _, _, Class} -> beamtalk_object_instances:references(Class)
    end.
