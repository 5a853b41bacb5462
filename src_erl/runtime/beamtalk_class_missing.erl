%%% @doc What happens when a class named in the source is not registered.
%%%
%%% Classes of optional packages are loaded at their first mention: `offer/2' tells the runtime where such a class is.
-module(beamtalk_class_missing).

-export([resolve/1, offer/2]).

%% @doc Loads an offered class, else raises `class_not_found'.
-spec resolve(atom()) -> beamtalk_tag:class_ref().
resolve(Class) ->
    case persistent_term:get({beamtalk_offered, Class}, undefined) of
        undefined -> not_found(Class);
        BeamFile -> load(Class, BeamFile)
    end.

load(Class, BeamFile) ->
    case beamtalk_loader:load_file(BeamFile) of
        {ok, _} ->
            case beamtalk_class_registry:whereis_class(Class) of
                undefined -> not_found(Class);
                Ref -> Ref
            end;
        {error, _} ->
            not_found(Class)
    end.

not_found(Class) ->
    Hint = ["Define ", atom_to_binary(Class), " with: Object subclass: ", atom_to_binary(Class)],
    beamtalk_error:raise(class_not_found, Class, undefined, Hint).

%% @doc The compiled class in `BeamFile' is loaded when its name is first used and no class has it.
-spec offer(atom(), file:filename()) -> ok.
offer(Class, BeamFile) ->
    persistent_term:put({beamtalk_offered, Class}, BeamFile).
