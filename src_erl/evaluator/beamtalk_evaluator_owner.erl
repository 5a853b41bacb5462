%%% @doc Knows whose the sessions are and which processes work for them: frees what an owner leaves behind.
%%%
%%% One process, below `beamtalk_evaluator_sup'. The table `beamtalk_evaluator_sessions' holds `{Id, Owner, Link, Worker | none}'; rows are written by the processes
%%% that use a session, the server only watches. When it has to start again it watches the owners of the table anew.
-module(beamtalk_evaluator_owner).
-behaviour(gen_server).

-export([start_link/0, create/0, opened/3, closed/1, working/2, idle/1, worker/1, stop_worker/2, interrupt/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(TABLE, beamtalk_evaluator_sessions).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Makes the table; the calling process owns it.
-spec create() -> ok.
create() ->
    _ = [ets:new(?TABLE, [named_table, public, {write_concurrency, true}]) || ets:whereis(?TABLE) =:= undefined],
    ok.

-spec opened(reference(), pid(), beamtalk_evaluator_link:link()) -> ok.
opened(Id, Owner, Link) ->
    case ets:whereis(?TABLE) of
        undefined ->
            %% The application does not run: the node frees the session when nothing refers to it.
            ok;
        _ ->
            true = ets:insert(?TABLE, {Id, Owner, Link, none}),
            gen_server:cast(?MODULE, {watch, Id, Owner})
    end.

-spec closed(reference()) -> ok.
closed(Id) ->
    _ = present() andalso ets:delete(?TABLE, Id),
    ok.

-spec working(reference(), pid()) -> ok.
working(Id, Worker) ->
    _ = present() andalso ets:update_element(?TABLE, Id, {4, Worker}),
    ok.

-spec idle(reference()) -> ok.
idle(Id) ->
    _ = present() andalso ets:update_element(?TABLE, Id, {4, none}),
    ok.

%% @doc The process that drives the session's input.
-spec worker(reference()) -> pid() | none.
worker(Id) ->
    case present() andalso ets:lookup(?TABLE, Id) of
        [{_, _, _, Worker}] -> Worker;
        _ -> none
    end.

present() -> ets:whereis(?TABLE) =/= undefined.

%% @doc Ends a suspended input; the machine forgets it.
-spec stop_worker(reference(), beamtalk_evaluator_driver:session()) -> ok.
stop_worker(Id, Session) ->
    case worker(Id) of
        none ->
            ok;
        Worker ->
            killed(Worker),
            ok = idle(Id),
            reset(Session)
    end.

%% @doc Ends the running input, wherever it is.
-spec interrupt(reference(), beamtalk_evaluator_driver:session()) -> ok.
interrupt(Id, Session) ->
    case worker(Id) of
        none ->
            ok;
        Worker ->
            killed(Worker),
            reset(Session)
    end.

killed(Worker) ->
    Monitor = monitor(process, Worker),
    true = exit(Worker, kill),
    receive
        {'DOWN', Monitor, process, _, _} -> ok
    end.

%% A slice on a dirty scheduler outlives its process; it ends soon.
reset(#{link := Link} = Session) ->
    case beamtalk_evaluator_link:request(Link, {reset}) of
        busy ->
            timer:sleep(1),
            reset(Session);
        _ ->
            ok
    end.

%%% gen_server

-spec init([]) -> {ok, #{reference() => reference()}}.
init([]) ->
    {ok, maps:from_list([{monitor(process, Owner), Id} || {Id, Owner, _, _} <- ets:tab2list(?TABLE)])}.

-spec handle_call(term(), gen_server:from(), map()) -> {reply, term(), map()}.
handle_call(_Unknown, _From, State) ->
    {reply, {error, unknown_request}, State}.

-spec handle_cast(term(), map()) -> {noreply, map()}.
handle_cast({watch, Id, Owner}, State) ->
    {noreply, State#{monitor(process, Owner) => Id}};
handle_cast(_Unknown, State) ->
    {noreply, State}.

-spec handle_info(term(), map()) -> {noreply, map()}.
handle_info({'DOWN', Monitor, process, _, _}, State) ->
    case maps:take(Monitor, State) of
        {Id, Rest} ->
            ok = free(Id),
            {noreply, Rest};
        error ->
            {noreply, State}
    end;
handle_info(_Unknown, State) ->
    {noreply, State}.

free(Id) ->
    case ets:take(?TABLE, Id) of
        [{_, _, Link, Worker}] ->
            _ = is_pid(Worker) andalso exit(Worker, kill),
            %% It may still be in a slice: whoever frees it waits for that, not this process.
            _ = spawn(fun() -> beamtalk_evaluator_link:close(Link) end),
            ok;
        [] ->
            ok
    end.
