%%% @doc The application `beamtalk_compiler': compiler alone, without runtime or workspace.
-module(beamtalk_compiler_app).

-behaviour(application).

-export([start/2, stop/1]).

-spec start(application:start_type(), term()) -> {ok, pid()} | {error, term()}.
start(_Type, _Arguments) ->
    ok = beamtalk_compiler_backend:start(),
    beamtalk_compiler_sup:start_link().

-spec stop(term()) -> ok.
stop(_State) ->
    beamtalk_compiler_backend:stop().
