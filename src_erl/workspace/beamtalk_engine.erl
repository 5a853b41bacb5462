%%% @doc Which engine runs what is typed into a workspace: modules on the BEAM, or the evaluator's machine.
%%%
%%% The option `engine' of a session says it, else the node's environment variable `BEAMTALK_ENGINE'. `auto' means `beam' as long as the differential run
%%% shows differences.
-module(beamtalk_engine).

-export([choice/1, of_name/1]).

-export_type([engine/0]).

-type engine() :: beam | evaluator.

-spec choice(#{engine => beam | evaluator | auto, _ => _}) -> engine().
choice(#{engine := auto}) -> automatic();
choice(#{engine := Engine}) -> Engine;
choice(_) -> from_environment(os:getenv("BEAMTALK_ENGINE")).

from_environment(false) ->
    automatic();
from_environment(Name) ->
    case of_name(Name) of
        {ok, auto} -> automatic();
        {ok, Engine} -> Engine;
        error -> automatic()
    end.

automatic() -> beam.

%% @doc The engine of a name on the command line.
-spec of_name(string()) -> {ok, beam | evaluator | auto} | error.
of_name("beam") -> {ok, beam};
of_name("evaluator") -> {ok, evaluator};
of_name("auto") -> {ok, auto};
of_name(_) -> error.
