%%% @doc Knows whose the sessions are and which processes work for them: frees what an owner leaves behind.
%%%
%%% One process, below `beamtalk_evaluator_sup'. The table `beamtalk_evaluator_sessions' holds `{Link, Owner, Worker | none}'; rows are written by the processes
%%% that use a session, the server only watches. When it has to start again it watches the owners of the table anew.
-module(beamtalk_evaluator_owner).
-behaviour(gen_server).

-export([subscribe/2, tell/2, links/0]).
-export([start_link/0, create/0, opened/2, closed/1, working/2, idle/1, worker/1, stop_worker/1, interrupt/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

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
            true = ets:insert(?TABLE, {Link, Owner, none}),
            gen_server:cast(?MODULE, {watch, Link, Owner})
    end.

-spec closed(beamtalk_evaluator_link:link()) -> ok.
closed(Link) ->
    _ = present() andalso ets:delete(?SUBSCRIBERS, Link) andalso ets:delete(?TABLE, Link) andalso gen_server:cast(?MODULE, {unwatch, Link}),
    ok.

%% @doc The sessions that are open.
-spec links() -> [beamtalk_evaluator_link:link()].
links() ->
    case present() of
        true -> [Link || {Link, _, _} <- ets:tab2list(?TABLE)];
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

-spec working(beamtalk_evaluator_link:link(), pid()) -> ok.
working(Link, Worker) ->
    _ = present() andalso ets:update_element(?TABLE, Link, {3, Worker}),
    ok.

-spec idle(beamtalk_evaluator_link:link()) -> ok.
idle(Link) ->
    _ = present() andalso ets:update_element(?TABLE, Link, {3, none}),
    ok.

%% @doc The process that drives the session's input.
-spec worker(beamtalk_evaluator_link:link()) -> pid() | none.
worker(Link) ->
    case present() andalso ets:lookup(?TABLE, Link) of
        [{_, _, Worker}] -> Worker;
        _ -> none
    end.

present() -> ets:whereis(?TABLE) =/= undefined.

%% @doc Ends a suspended input; the machine forgets it.
-spec stop_worker(beamtalk_evaluator_link:link()) -> ok.
stop_worker(Link) ->
    case worker(Link) of
        none ->
            ok;
        Worker ->
            killed(Worker),
            ok = idle(Link),
            reset(Link)
    end.

%% @doc Ends the running input, wherever it is.
-spec interrupt(beamtalk_evaluator_link:link()) -> ok.
interrupt(Link) ->
    case worker(Link) of
        none ->
            ok;
        Worker ->
            killed(Worker),
            reset(Link)
    end.

killed(Worker) ->
    Monitor = monitor(process, Worker),
    true = exit(Worker, kill),
    receive
        {'DOWN', Monitor, process, _, _} -> flushed(Worker)
    end.

%% What it had told the calling process before.
flushed(Worker) ->
    receive
        {Worker, ended, _, _} -> flushed(Worker);
        {Worker, suspended, _} -> flushed(Worker)
    after 0 -> ok
    end.

%% A slice on a dirty scheduler outlives its process; it ends soon.
reset(Link) ->
    case beamtalk_evaluator_link:request(Link, {reset}) of
        busy ->
            timer:sleep(1),
            reset(Link);
        _ ->
            ok
    end.

%%% gen_server

-type state() :: #{reference() => beamtalk_evaluator_link:link(), beamtalk_evaluator_link:link() => reference()}.

-spec init([]) -> {ok, state()}.
init([]) ->
    {ok, lists:foldl(fun({Link, Owner, _}, State) -> watched(Link, Owner, State) end, #{}, ets:tab2list(?TABLE))}.

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

free(Link) ->
    true = ets:delete(?SUBSCRIBERS, Link),
    case ets:take(?TABLE, Link) of
        [{_, _, Worker}] ->
            _ = is_pid(Worker) andalso exit(Worker, kill),
            %% It may still be in a slice: whoever frees it waits for that, not this process.
            _ = spawn(fun() -> beamtalk_evaluator_link:close(Link) end),
            ok;
        [] ->
            ok
    end.
