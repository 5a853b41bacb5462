%%% @doc The application `beamtalk': starts the parts that are asked for, in order of dependence.
%%%
%%% Each part is an application of its own (`beamtalk_compiler', `beamtalk_runtime', `beamtalk_workspace') started as temporary, so
%%% that a part that gives up does not end the host's node. The evaluator lives below the workspace, or `beamtalk_sup' without one.
-module(beamtalk_app).

-behaviour(application).

-export([start/2, stop/1]).

-define(PARTS, [compiler, runtime, evaluator, workspace]).

-spec start(application:start_type(), term()) -> {ok, pid()} | {error, term()}.
start(_Type, _Arguments) ->
    Wanted = application:get_env(beamtalk, start, ?PARTS),
    case start_parts([Part || Part <- ?PARTS, lists:member(Part, Wanted)]) of
        ok -> beamtalk_sup:start_link(Wanted);
        {error, _} = Error -> Error
    end.

start_parts([]) ->
    ok;
start_parts([evaluator | Parts]) ->
    start_parts(Parts);
start_parts([Part | Parts]) ->
    case application:ensure_all_started(application_of(Part), temporary) of
        {ok, _Started} -> start_parts(Parts);
        {error, Reason} -> {error, {Part, Reason}}
    end.

application_of(compiler) -> beamtalk_compiler;
application_of(runtime) -> beamtalk_runtime;
application_of(workspace) -> beamtalk_workspace.

-spec stop(term()) -> ok.
stop(_State) ->
    ok.
