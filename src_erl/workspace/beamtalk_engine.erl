%%% @doc Which engine runs what is typed into a workspace: modules on the BEAM, or the evaluator's machine.
%%%
%%% The option `engine' of a session says it, else the node: the application's variable `{beamtalk_workspace, engine}' (the command line sets it), else the
%%% environment variable `BEAMTALK_ENGINE'. `auto' means `beam' as long as the differential run shows differences.
-module(beamtalk_engine).

-export([choice/1, of_name/1, of_node/0, set/1]).

-export_type([engine/0, name/0]).

-type engine() :: beam | evaluator.
-type name() :: engine() | auto.

%% @doc The engine for these options. A name that is none is an error: `{badarg, {engine, Name}}'.
-spec choice(#{engine => name(), _ => _}) -> engine().
choice(#{engine := Name}) ->
    resolved(Name);
choice(_) ->
    case of_node() of
        {ok, Name} -> resolved(Name);
        {error, Name} -> resolved(Name)
    end.

resolved(auto) -> automatic();
resolved(beam) -> beam;
resolved(evaluator) -> evaluator;
resolved(Other) -> erlang:error({badarg, {engine, Other}}).

automatic() -> beam.

%% @doc What is said for the whole node.
-spec of_node() -> {ok, name()} | {error, term()}.
of_node() ->
    case application:get_env(beamtalk_workspace, engine) of
        {ok, Name} when Name =:= beam; Name =:= evaluator; Name =:= auto -> {ok, Name};
        {ok, Other} -> {error, Other};
        undefined -> from_environment(os:getenv("BEAMTALK_ENGINE", ""))
    end.

from_environment("") -> {ok, auto};
from_environment(Text) ->
    case of_name(unicode:characters_to_binary(Text)) of
        error -> {error, Text};
        Known -> Known
    end.

%% @doc Says it for the whole node; sessions that are there keep their engine.
-spec set(name()) -> ok.
set(Name) ->
    application:set_env(beamtalk_workspace, engine, Name, [{persistent, true}]).

%% @doc The engine of a name on the command line.
-spec of_name(binary()) -> {ok, name()} | error.
of_name(<<"beam">>) -> {ok, beam};
of_name(<<"evaluator">>) -> {ok, evaluator};
of_name(<<"auto">>) -> {ok, auto};
of_name(_) -> error.
