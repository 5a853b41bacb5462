%%% @doc Knows whose the sessions are: frees what an owner leaves behind, and everything when the application stops.
%%%
%%% One process, below `beamtalk_evaluator_sup'. The table `beamtalk_evaluator_sessions' holds `{Link, Owner}'; rows are written by the processes that open and
%%% close sessions, the server only watches. When it has to start again it watches the owners of the table anew.
-module(beamtalk_evaluator_owner).
-behaviour(gen_server).

-export([subscribe/2, tell/2, links/0]).
-export([start_link/0, create/0, opened/2, closed/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

-define(TABLE, beamtalk_evaluator_sessions).
-define(SUBSCRIBERS, beamtalk_evaluator_subscribers).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Makes the tables; the calling process owns it.
-spec create() -> ok.
create() ->
    _ = [ets:new(?SUBSCRIBERS, [named_table, public, bag]) || ets:whereis(?SUBSCRIBERS) =:= undefined],
    _ = [ets:new(?TABLE, [named_table, public, {write_concurrency, true}]) || ets:whereis(?TABLE) =:= undefined],
    ok.

-spec opened(beamtalk_evaluator_link:link(), pid()) -> ok.
opened(Link, Owner) ->
    case present() of
        %% The application does not run: the node frees the session when nothing refers to it.
        false ->
            ok;
        true ->
            true = ets:insert(?TABLE, {Link, Owner}),
            gen_server:cast(?MODULE, {watch, Link, Owner})
    end.

-spec closed(beamtalk_evaluator_link:link()) -> ok.
closed(Link) ->
    try
        _ = present() andalso ets:delete(?SUBSCRIBERS, Link) andalso ets:delete(?TABLE, Link) andalso gen_server:cast(?MODULE, {unwatch, Link})
    catch
        %% The application stops meanwhile.
        error:badarg -> ok
    end,
    beamtalk_evaluator_claim:forget(Link).

%% @doc The sessions that are open.
-spec links() -> [beamtalk_evaluator_link:link()].
links() ->
    case present() of
        true -> [Link || {Link, _} <- ets:tab2list(?TABLE)];
        false -> []
    end.

%% @doc The process gets what is told of the session, as long as the session is there.
-spec subscribe(beamtalk_evaluator_link:link(), pid()) -> ok.
subscribe(Link, Subscriber) ->
    _ = present() andalso ets:insert(?SUBSCRIBERS, {Link, Subscriber}),
    ok.

-spec tell(beamtalk_evaluator_link:link(), term()) -> ok.
tell(Link, Event) ->
    _ = present() andalso [Subscriber ! Event || {_, Subscriber} <- ets:lookup(?SUBSCRIBERS, Link)],
    ok.

present() -> ets:whereis(?TABLE) =/= undefined.

%%% gen_server

-type state() :: #{reference() => beamtalk_evaluator_link:link(), beamtalk_evaluator_link:link() => reference()}.

-spec init([]) -> {ok, state()}.
init([]) ->
    _ = process_flag(trap_exit, true),
    {ok, lists:foldl(fun({Link, Owner}, State) -> watched(Link, Owner, State) end, #{}, ets:tab2list(?TABLE))}.

watched(Link, Owner, State) ->
    Monitor = monitor(process, Owner),
    State#{Monitor => Link, Link => Monitor}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, term(), state()}.
handle_call(_Unknown, _From, State) ->
    {reply, {error, unknown_request}, State}.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast({watch, Link, Owner}, State) ->
    {noreply, watched(Link, Owner, State)};
handle_cast({unwatch, Link}, State) ->
    case State of
        #{Link := Monitor} ->
            true = demonitor(Monitor, [flush]),
            {noreply, maps:without([Link, Monitor], State)};
        _ ->
            {noreply, State}
    end;
handle_cast(_Unknown, State) ->
    {noreply, State}.

-spec handle_info(term(), state()) -> {noreply, state()}.
handle_info({'DOWN', Monitor, process, _, _}, State) ->
    case State of
        #{Monitor := Link} ->
            ok = free(Link),
            {noreply, maps:without([Link, Monitor], State)};
        _ ->
            {noreply, State}
    end;
handle_info(_Unknown, State) ->
    {noreply, State}.

%% With the application go the sessions: nobody would watch their owners. All are told to end before the first is waited for.
-spec terminate(term(), state()) -> ok.
terminate(shutdown, _) ->
    Links = links(),
    lists:foreach(fun ended/1, Links),
    lists:foreach(fun beamtalk_evaluator_link:close/1, Links);
terminate(_, _) ->
    ok.

%% Whoever frees a machine waits for the end of its slice: not this process.
free(Link) ->
    true = ets:delete(?SUBSCRIBERS, Link),
    true = ets:delete(?TABLE, Link),
    Holder = beamtalk_evaluator_claim:holder(#{link => Link}),
    _ = spawn(fun() ->
        case Holder of
            {_, Keeper, kept} -> beamtalk_evaluator_keeper:stop(Keeper, session_lost);
            _ -> ok
        end,
        beamtalk_evaluator_link:close(Link)
    end),
    ok.

ended(Link) ->
    case beamtalk_evaluator_claim:holder(#{link => Link}) of
        {_, Keeper, kept} -> beamtalk_evaluator_keeper:end_soon(Keeper, session_lost);
        _ -> ok
    end.
