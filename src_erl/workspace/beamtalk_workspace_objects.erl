%%% @doc Keeps the shared objects of a workspace alive: `Transcript', `Beamtalk' and `Workspace'.
%%%
%%% They are actors like any other, so they are not linked. This process starts them, makes them known (the global name, the
%%% registered name, the class variable `current') and starts a lost one again. Its own state can be found again from the
%%% global names, so after a crash of this process the objects that still live are taken over.
-module(beamtalk_workspace_objects).
-behaviour(gen_server).

%% API
-export([start_link/0, transcript/0, flush_transcript/0, names/0]).
%% gen_server
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

-define(OBJECTS, [
    {'Transcript', 'TranscriptStream'}, {'Beamtalk', 'BeamtalkInterface'}, {'Workspace', 'WorkspaceInterface'}
]).
-define(FLUSH_MS, 5000).

-type state() :: #{reference() => {atom(), atom()}}.

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Names that mean the same object in every session.
-spec names() -> [atom()].
names() ->
    [Name || {Name, _} <- ?OBJECTS].

%% @doc Process of the Transcript.
-spec transcript() -> pid() | undefined.
transcript() ->
    case beamtalk_message_dispatch:global('Transcript') of
        {beamtalk_object, _, _, Pid} -> Pid;
        nil -> undefined
    end.

%% @doc Returns when everything shown before has reached the subscribers' mailboxes.
-spec flush_transcript() -> ok.
flush_transcript() ->
    case transcript() of
        undefined ->
            ok;
        Pid ->
            try sys:get_status(Pid, ?FLUSH_MS) of
                _ -> ok
            catch
                exit:_ -> ok
            end
    end.

-spec init([]) -> {ok, state()}.
init([]) ->
    {ok, lists:foldl(fun ensure/2, #{}, ?OBJECTS)}.

ensure({Name, Class} = Object, State) ->
    case beamtalk_message_dispatch:global(Name) of
        {beamtalk_object, Class, _, Pid} = Reference ->
            case is_process_alive(Pid) of
                true -> watch(Object, Reference, State);
                false -> start(Object, State)
            end;
        nil ->
            start(Object, State)
    end.

%% Without the library there is nothing to start; everything else works.
start({Name, Class} = Object, State) ->
    case beamtalk_class_registry:whereis_class(Class) of
        undefined ->
            State;
        ClassRef ->
            Reference = {beamtalk_object, _, _, Pid} = beamtalk_class_instantiation:spawn(ClassRef),
            true = register(Name, Pid),
            ok = beamtalk_message_dispatch:set_global(Name, Reference),
            _ = beamtalk_class_vars:put(ClassRef, current, Reference),
            watch(Object, Reference, State)
    end.

watch(Object, {beamtalk_object, _, _, Pid}, State) ->
    State#{erlang:monitor(process, Pid) => Object}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, {error, unknown_request}, state()}.
handle_call(_Unknown, _From, State) ->
    {reply, {error, unknown_request}, State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_Unknown, State) ->
    {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info({'DOWN', Monitor, process, _, _}, State) when is_map_key(Monitor, State) ->
    {Object, Rest} = maps:take(Monitor, State),
    {noreply, start(Object, Rest)};
handle_info(_Unknown, State) ->
    {noreply, State}.

-spec terminate(term(), state()) -> ok.
terminate(shutdown, _State) ->
    _ = [forget(Name, beamtalk_message_dispatch:global(Name)) || Name <- names()],
    ok;
terminate(_Reason, _State) ->
    ok.

forget(_Name, nil) ->
    ok;
forget(Name, {beamtalk_object, _, _, Pid}) ->
    ok = beamtalk_message_dispatch:set_global(Name, nil),
    true = exit(Pid, kill),
    ok.
