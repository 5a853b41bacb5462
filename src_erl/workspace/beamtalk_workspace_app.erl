%%% @doc Starts the workspace: the shared objects, the sessions.
-module(beamtalk_workspace_app).
-behaviour(application).

-export([start/2, stop/1]).

-spec start(application:start_type(), term()) -> supervisor:startlink_ret().
start(_Type, _Args) ->
    beamtalk_workspace_sup:start_link().

-spec stop(term()) -> ok.
stop(_) ->
    ok.
