%%% @doc Futures: `{beamtalk_future, Key}', awaitable from any process and more than once.
%%%
%%% The key of a message to an actor names a place in a table (beamtalk_outcomes). Other futures, and those of Erlang programs, are small
%%% processes, pending until the first `{resolve, V}' or `{reject, R}'. Either kind is settled once. What nobody asks for is forgotten after five minutes;
%%% sooner when there are very many, first those that have been awaited. Nothing supervises the processes: they hold no one's state but their own.
-module(beamtalk_future).

-include("beamtalk.hrl").

-export([await/1, await/2, await_forever/1, when_resolved/2, when_rejected/2, print_string/1]).
-export([stopping/1, resolved/1, rejected/1, pending/0, resolve/2, reject/2, state/1, owner/1]).
-export([timeout_error/0]).

-export_type([future/0]).

-type future() :: {beamtalk_future, pid() | beamtalk_outcomes:key()}.
-type outcome() :: beamtalk_outcomes:outcome().

-define(AWAIT_MS, 30000).
-define(STOP_MS, 5000).
-define(IDLE_MS, 300000).
%% Numbers of processes from which on settled futures stay less long.
-define(MANY, 20000).
-define(TOO_MANY, 100000).
%% A settled future that held on to a large answer is collected at the next message anyway; new ones are small.
-define(SPAWN_OPTIONS, [{min_heap_size, 64}]).

%%% Called by generated code.

%% @doc The value; waits 30 seconds. What is not a future answers itself.
-spec await(term()) -> term().
await(V) -> await(V, ?AWAIT_MS).

-spec await(term(), timeout()) -> term().
await({beamtalk_future, Key}, Ms) when ?IS_FUTURE_KEY(Key), is_integer(Ms), Ms >= 0; ?IS_FUTURE_KEY(Key), Ms =:= infinity ->
    case outcome(Key, Ms) of
        {resolved, {beamtalk_future, _} = F} -> await(F, Ms);
        {resolved, V} -> V;
        {rejected, Reason} -> beamtalk_exception_handler:raise_rejection(Reason);
        timeout -> beamtalk_error:raise(timeout_error());
        gone -> beamtalk_error:raise(gone_error())
    end;
await({beamtalk_future, Key}, _) when ?IS_FUTURE_KEY(Key) ->
    beamtalk_error:raise(type_error, 'Future', 'await:', <<"await: expects a number of milliseconds">>);
await(Pid, Ms) when is_pid(Pid) ->
    %% The pid of a future may be handed around; any other pid is a value.
    case is_future_process(Pid) of
        true -> await({beamtalk_future, Pid}, Ms);
        false -> Pid
    end;
await(V, _) ->
    V.

-spec await_forever(term()) -> term().
await_forever(V) -> await(V, infinity).

is_future_process(Pid) when node(Pid) =:= node() ->
    case process_info(Pid, current_function) of
        {current_function, {?MODULE, _, _}} ->
            true;
        {current_function, {erlang, apply, 2}} ->
            %% It has not run yet and may become one.
            erlang:yield(),
            is_future_process(Pid);
        _ ->
            false
    end;
is_future_process(_) ->
    false.

outcome(Key, Ms) when is_pid(Key) -> request(Key, Ms);
outcome(Key, Ms) -> beamtalk_outcomes:await(Key, Ms).

request(Pid, Ms) ->
    Alias = erlang:monitor(process, Pid, [{alias, reply_demonitor}]),
    Pid ! {'$await', Alias},
    receive
        {'$future', Alias, Outcome} -> Outcome;
        {'DOWN', Alias, process, _, _} -> gone
    after Ms ->
        _ = erlang:demonitor(Alias, [flush]),
        receive
            {'$future', Alias, Outcome} -> Outcome
        after 0 -> timeout
        end
    end.

%% @doc The error of an await whose limit is reached.
-spec timeout_error() -> beamtalk_error:error().
timeout_error() ->
    beamtalk_error:with_hint(
        beamtalk_error:with_message(beamtalk_error:new(timeout, 'Future'), <<"Await timed out">>),
        <<"Use 'await: duration' for longer timeout, or 'awaitForever' for no timeout">>
    ).

gone_error() ->
    beamtalk_error:with_hint(
        beamtalk_error:with_message(beamtalk_error:new(runtime_error, 'Future', await), <<"The future has expired">>),
        <<"A settled future ends after five minutes without use">>
    ).

%% @doc Runs `Block value: V' in a process of its own once the future is resolved.
-spec when_resolved(term(), function()) -> term().
when_resolved(Future, Block) ->
    ok = callback_block(Block, 'whenResolved:'),
    case key(Future) of
        {ok, Key} ->
            add_callback(Key, resolved, Block);
        none ->
            _ = run_callback(Block, Future),
            ok
    end,
    Future.

%% @doc Runs `Block value: Reason' in a process of its own once the future is rejected.
-spec when_rejected(term(), function()) -> term().
when_rejected(Future, Block) ->
    ok = callback_block(Block, 'whenRejected:'),
    case key(Future) of
        {ok, Key} -> add_callback(Key, rejected, Block);
        none -> ok
    end,
    Future.

callback_block(Block, _) when is_function(Block) -> ok;
callback_block(_, Selector) -> beamtalk_error:raise(type_error, 'Future', Selector, <<"The callback must be a Block">>).

%% A process that is no future is a value; it gets no message it does not know.
key({beamtalk_future, Key}) when ?IS_FUTURE_KEY(Key) -> {ok, Key};
key(Pid) when is_pid(Pid) ->
    case node(Pid) =/= node() orelse is_future_process(Pid) of
        true -> {ok, Pid};
        false -> none
    end;
key(_) -> none.

add_callback(Pid, Case, Block) when is_pid(Pid) ->
    Pid ! {add_callback, Case, Block},
    ok;
add_callback(Key, Case, Block) ->
    _ = spawn(fun() -> callback({Case, Block}, beamtalk_outcomes:await(Key, infinity)) end),
    ok.

%% @doc printString of the awaited value.
-spec print_string(term()) -> term().
print_string(F) ->
    beamtalk_primitive:print_string(await(F)).

%%% Making futures.

%% @doc A future that resolves to `ok' when the process has ended.
-spec stopping(pid()) -> pid().
stopping(Owner) ->
    spawn_opt(
        fun() ->
            Ref = erlang:monitor(process, Owner),
            Timer = erlang:send_after(?STOP_MS, erlang:self(), {reject, beamtalk_error:to_exception(timeout_error())}),
            stopping(Ref, Timer)
        end,
        ?SPAWN_OPTIONS
    ).

stopping(Ref, Timer) ->
    %% Awaiting requests stay in the mailbox until the process has ended.
    receive
        {'DOWN', Ref, process, _, _} ->
            _ = erlang:cancel_timer(Timer),
            settled({resolved, ok});
        {reject, Reason} ->
            settled({rejected, Reason})
    end.

%% @doc A future settled from the start.
-spec resolved(term()) -> future().
resolved(V) ->
    {beamtalk_future, spawn_opt(fun() -> settled({resolved, V}) end, ?SPAWN_OPTIONS)}.

-spec rejected(term()) -> future().
rejected(Reason) ->
    {beamtalk_future, spawn_opt(fun() -> settled({rejected, Reason}) end, ?SPAWN_OPTIONS)}.

%% @doc A future that nobody owes; whoever has it may settle it.
-spec pending() -> future().
pending() ->
    {beamtalk_future, spawn_opt(fun() -> pending([], []) end, ?SPAWN_OPTIONS)}.

-spec resolve(future(), term()) -> ok.
resolve({beamtalk_future, Pid}, V) when is_pid(Pid) ->
    Pid ! {resolve, V},
    ok;
resolve({beamtalk_future, {Ref, _, _, _}}, V) ->
    beamtalk_outcomes:settle(Ref, {resolved, V}).

-spec reject(future(), term()) -> ok.
reject({beamtalk_future, Pid}, Reason) when is_pid(Pid) ->
    Pid ! {reject, Reason},
    ok;
reject({beamtalk_future, {Ref, _, _, _}}, Reason) ->
    beamtalk_outcomes:settle(Ref, {rejected, Reason}).

%% @doc For display; does not wait for the outcome.
-spec state(future()) -> pending | resolved | rejected | completed | timeout.
state({beamtalk_future, Key}) when not is_pid(Key) ->
    case beamtalk_outcomes:peek(Key) of
        {State, _} -> State;
        State -> State
    end;
state({beamtalk_future, Pid}) ->
    Alias = erlang:monitor(process, Pid, [{alias, reply_demonitor}]),
    Pid ! {'$state', Alias},
    receive
        {'$future', Alias, State} -> State;
        {'DOWN', Alias, process, _, _} -> completed
    after 1000 ->
        _ = erlang:demonitor(Alias, [flush]),
        timeout
    end.

%% @doc Who settles it: the actor, or the future's own process.
-spec owner(future()) -> pid().
owner({beamtalk_future, Pid}) when is_pid(Pid) -> Pid;
owner({beamtalk_future, {_, Actor, _, _}}) -> Actor.

%%% The process.

pending(Waiting, Callbacks) ->
    receive
        {'$await', Alias} -> pending([{alias, Alias} | Waiting], Callbacks);
        {resolve, V} -> settle({resolved, V}, Waiting, Callbacks);
        {reject, Reason} -> settle({rejected, Reason}, Waiting, Callbacks);
        {await, Pid} -> pending([{pid, Pid} | Waiting], Callbacks);
        {await, Pid, Ms} -> pending([limited(Pid, Ms) | Waiting], Callbacks);
        {expired, Pid} ->
            Pid ! {future_timeout, erlang:self()},
            pending(lists:keydelete(Pid, 2, Waiting), Callbacks);
        {add_callback, Case, Fun} -> pending(Waiting, [{Case, Fun} | Callbacks]);
        {'$state', Alias} ->
            Alias ! {'$future', Alias, pending},
            pending(Waiting, Callbacks);
        _ -> pending(Waiting, Callbacks)
    end.

limited(Pid, Ms) ->
    _ = erlang:send_after(Ms, erlang:self(), {expired, Pid}),
    {pid, Pid}.

settle(Outcome, Waiting, Callbacks) ->
    _ = [tell(W, Outcome) || W <- lists:reverse(Waiting)],
    _ = [callback(C, Outcome) || C <- lists:reverse(Callbacks)],
    settled(Outcome, Waiting =/= []).

-spec settled(outcome()) -> ok.
settled(Outcome) -> settled(Outcome, false).

settled(Outcome, Awaited) ->
    receive
        {'$await', Alias} ->
            tell({alias, Alias}, Outcome),
            settled(Outcome, true);
        {await, Pid} ->
            tell({pid, Pid}, Outcome),
            settled(Outcome, true);
        {await, Pid, _} ->
            tell({pid, Pid}, Outcome),
            settled(Outcome, true);
        {add_callback, Case, Fun} ->
            callback({Case, Fun}, Outcome),
            settled(Outcome, Awaited);
        {'$state', Alias} ->
            Alias ! {'$future', Alias, element(1, Outcome)},
            settled(Outcome, Awaited);
        _ ->
            settled(Outcome, Awaited)
    after idle_ms(Awaited, erlang:system_info(process_count)) -> ok
    end.

idle_ms(_, Processes) when Processes < ?MANY -> ?IDLE_MS;
idle_ms(true, Processes) when Processes < ?TOO_MANY -> 10000;
idle_ms(true, _) -> 0;
idle_ms(false, Processes) when Processes < ?TOO_MANY -> ?IDLE_MS;
idle_ms(false, _) -> 60000.

tell({alias, Alias}, Outcome) -> Alias ! {'$future', Alias, Outcome};
tell({pid, Pid}, {resolved, V}) -> Pid ! {future_resolved, erlang:self(), V};
tell({pid, Pid}, {rejected, Reason}) -> Pid ! {future_rejected, erlang:self(), Reason}.

callback({Case, Fun}, {Case, V}) -> run_callback(Fun, V);
callback(_, _) -> ok.

run_callback(Fun, V) ->
    spawn(fun() ->
        try
            call(Fun, V)
        catch
            Class:Reason:Stack ->
                Report = #{event => future_callback_failed, class => Class, reason => Reason, stack => Stack},
                beamtalk_log:log(error, future, Report)
        end
    end).

call(Fun, _) when is_function(Fun, 0) -> Fun();
call(Fun, V) -> Fun(V).
