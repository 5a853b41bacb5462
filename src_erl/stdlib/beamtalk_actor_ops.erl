%%% @doc The refusal of `new' by actor classes; `Actor.bt' calls it.
-module(beamtalk_actor_ops).

-export([new/1, new/2]).

-spec new(term()) -> no_return().
new(_Class) ->
    beamtalk_error:raise(instantiation_error, 'Actor', new, "Use spawn instead").

-spec new(term(), term()) -> no_return().
new(_Class, _) ->
    beamtalk_error:raise(instantiation_error, 'Actor', 'new:', "Use spawnWith: instead").
