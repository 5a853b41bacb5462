%%% @doc Starts the runtime: tables, class processes, then the library. A library that does not load does not keep the
%%% runtime from starting, it is logged: compiling the library needs a runtime without one.
-module(beamtalk_runtime_app).
-behaviour(application).

-export([start/2, prep_stop/1, stop/1]).

%% For all actors together, when the runtime or the node ends.
-define(STOP_MS, 5000).

-spec start(application:start_type(), term()) -> {ok, pid()} | {error, term()}.
start(_Type, _Args) ->
    ok = beamtalk_log:show(),
    case beamtalk_runtime_sup:start_link() of
        {ok, Pid} ->
            ok = load_library(),
            {ok, Pid};
        {error, Reason} ->
            {error, Reason};
        ignore ->
            {error, ignore}
    end.

load_library() ->
    case beamtalk_stdlib:load() of
        {ok, _} ->
            ok;
        {error, Reason} ->
            beamtalk_log:log(error, runtime, #{event => stdlib_not_loaded, reason => Reason})
    end.

%% Actors belong to no supervisor; without this they would go on without a runtime, and end with the node unasked.
-spec prep_stop(State) -> State.
prep_stop(State) ->
    ok = beamtalk_object_instances:stop_all(?STOP_MS),
    State.

-spec stop(term()) -> ok.
stop(_) ->
    beamtalk_log:hide().
