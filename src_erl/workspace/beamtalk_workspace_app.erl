%%% @doc Starts the workspace: the shared objects, the sessions.
-module(beamtalk_workspace_app).
-behaviour(application).

-export([start/2, stop/1]).

-spec start(application:start_type(), term()) -> {ok, pid()} | {error, term()}.
start(_Type, _Args) ->
    ok = beamtalk_extensions:on_bound(fun beamtalk_source_loader:make_late_bound/1),
    ok = beamtalk_extensions:on_replaced(fun beamtalk_stand_in:change/3),
    case beamtalk_workspace_sup:start_link() of
        {ok, Pid} -> {ok, Pid};
        {error, Reason} -> {error, Reason}
    end.

-spec stop(term()) -> ok.
stop(_) ->
    ok.
