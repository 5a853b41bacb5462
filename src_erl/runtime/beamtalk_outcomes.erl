%%% @doc Outcomes of messages to actors, kept for whoever awaits them.
%%%
%%% A send makes a reference and a message, no process: the actor puts the outcome into a table under the reference, and awaiting looks there.
%%% Who finds nothing leaves an alias in the row, monitors the actor and waits; the actor finds the alias instead of an empty place and sends the
%%% outcome. More waiters stand in a second table. Each side writes first and looks then, so none misses the other. Outcomes leave the table by
%%% `sweep/1': five minutes after they were settled, sooner in a crowded table, first those that have been awaited.
%%%
%%% Rows: `{Ref, {resolved, V} | {rejected, Reason}, Second, Awaited}' and `{Ref, waiting, Alias, Actor}'. The second is that of a clock which the sweeper
%%% moves on: asking the system for the time costs as much as the whole row.
-module(beamtalk_outcomes).
-behaviour(gen_server).

-include("beamtalk.hrl").

-export([start_link/0, create_clock/0, settle/2, await/2, peek/1, sweep/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-export_type([key/0, outcome/0]).

%% The message: its reference, the actor, the actor's class and the selector for the error when it dies.
-type key() :: {reference(), pid(), atom(), atom()}.
-type outcome() :: {resolved, term()} | {rejected, term()}.

-define(OUTCOMES, beamtalk_outcomes).
-define(WAITERS, beamtalk_waiters).
-define(KEEP_SECONDS, 300).
-define(KEEP_IN_A_CROWD_SECONDS, 60).
%% Rows from which on awaited outcomes leave earlier, and from which on they leave at once.
-define(MANY, 20000).
-define(TOO_MANY, 100000).
-define(SWEEP_MS, 1000).
%% Silence after which the actor is asked whether it has had the message.
-define(PROBE_MS, 1000).

%% @doc The actor's side: the outcome of the message.
-spec settle(reference(), outcome()) -> ok.
settle(Ref, Outcome) ->
    try ets:insert_new(?OUTCOMES, {Ref, Outcome, clock(), false}) of
        true -> ok;
        false -> tell_waiters(Ref, Outcome, ets:lookup(?OUTCOMES, Ref))
    catch
        %% The runtime has ended before its actor.
        error:badarg -> ok
    end.

tell_waiters(Ref, Outcome, [{_, waiting, First, _}]) ->
    true = ets:insert(?OUTCOMES, {Ref, Outcome, clock(), true}),
    First ! {'$future', First, Outcome},
    _ = [Alias ! {'$future', Alias, Outcome} || {_, Alias} <- ets:take(?WAITERS, Ref)],
    ok;
tell_waiters(_, _, _) ->
    %% The first outcome counts.
    ok.

%% @doc The outcome, once there is one; a dead actor's message is rejected. `gone' when it has been swept.
-spec await(key(), timeout()) -> outcome() | timeout | gone.
await({Ref, Actor, _, _} = Key, Ms) when node(Actor) =:= node() ->
    try settled(Ref) of
        none -> wait(Key, Ms);
        Outcome -> Outcome
    catch
        %% No runtime, no outcomes.
        error:badarg -> gone
    end;
await({_, Actor, _, _} = Key, Ms) ->
    try
        erpc:call(node(Actor), ?MODULE, await, [Key, Ms], infinity)
    catch
        error:{erpc, _} -> dead(Key)
    end.

settled(Ref) ->
    case ets:lookup(?OUTCOMES, Ref) of
        [{_, {_, _} = Outcome, _, Awaited}] ->
            _ = Awaited orelse ets:update_element(?OUTCOMES, Ref, {4, true}),
            Outcome;
        _ ->
            none
    end.

wait({Ref, Actor, _, _} = Key, Ms) ->
    Alias = erlang:monitor(process, Actor, [{alias, reply_demonitor}]),
    case ets:insert_new(?OUTCOMES, {Ref, waiting, Alias, Actor}) orelse join_waiters(Ref, Alias) of
        true ->
            receive_outcome(Key, Alias, Ms);
        Outcome ->
            %% The actor may have sent it as well, to the second table's waiter that this process was for a moment.
            _ = stop_waiting(Alias),
            Outcome
    end.

%% The row is there: an outcome, or somebody who waits already.
join_waiters(Ref, Alias) ->
    case settled(Ref) of
        none ->
            true = ets:insert(?WAITERS, {Ref, Alias}),
            case settled(Ref) of
                none -> true;
                Outcome -> leave_waiters(Ref, Alias, Outcome)
            end;
        Outcome ->
            Outcome
    end.

leave_waiters(Ref, Alias, Outcome) ->
    true = ets:delete_object(?WAITERS, {Ref, Alias}),
    Outcome.

receive_outcome({Ref, _, _, _} = Key, Alias, Ms) ->
    receive
        {'$future', Alias, Outcome} -> Outcome;
        {'DOWN', Alias, process, _, _} -> last_word(Key, Alias)
    after min(Ms, ?PROBE_MS) ->
        if
            Ms =< ?PROBE_MS -> give_up(Ref, Alias);
            true -> probe(Key, Alias, less(Ms))
        end
    end.

less(infinity) -> infinity;
less(Ms) -> Ms - ?PROBE_MS.

give_up(Ref, Alias) ->
    case stop_waiting(Alias) of
        none -> leave_waiters(Ref, Alias, timeout);
        Outcome -> Outcome
    end.

%% Nothing comes through the alias afterwards; what has come already is the answer.
stop_waiting(Alias) ->
    _ = erlang:demonitor(Alias, [flush]),
    receive
        {'$future', Alias, What} -> What
    after 0 -> none
    end.

%% An actor that died after its answer put the answer there first.
last_word({Ref, _, _, _} = Key, Alias) ->
    case settled(Ref) of
        none -> leave_waiters(Ref, Alias, dead(Key));
        Outcome -> Outcome
    end.

dead({_, _, Class, Selector}) -> {rejected, beamtalk_actor_send:dead(Class, Selector)}.

%% Nothing for a while: the actor is busy, or the outcome has been swept. The message was delivered before its future could be handed around, so an actor
%% that answers the probe has had it.
probe({Ref, Actor, _, _} = Key, Alias, Ms) ->
    Probe = erlang:monitor(process, Actor, [{alias, reply_demonitor}]),
    Actor ! {?BT_PROBE, Probe},
    receive
        {'$future', Alias, Outcome} ->
            _ = stop_waiting(Probe),
            Outcome;
        {'DOWN', Alias, process, _, _} ->
            _ = stop_waiting(Probe),
            last_word(Key, Alias);
        {'$future', Probe, handled} ->
            case {stop_waiting(Alias), settled(Ref)} of
                {none, none} ->
                    true = ets:delete_object(?OUTCOMES, {Ref, waiting, Alias, Actor}),
                    leave_waiters(Ref, Alias, gone);
                {none, Outcome} -> leave_waiters(Ref, Alias, Outcome);
                {Outcome, _} -> Outcome
            end
    after Ms ->
        _ = stop_waiting(Probe),
        give_up(Ref, Alias)
    end.

%% @doc What is known without waiting.
-spec peek(key()) -> outcome() | pending | timeout.
peek({Ref, Actor, _, _} = Key) when node(Actor) =:= node() ->
    case ets:lookup(?OUTCOMES, Ref) of
        [{_, {_, _} = Outcome, _, _}] ->
            Outcome;
        _ ->
            case is_process_alive(Actor) of
                true -> pending;
                false -> dead(Key)
            end
    end;
peek({_, Actor, _, _} = Key) ->
    try
        erpc:call(node(Actor), ?MODULE, peek, [Key], 1000)
    catch
        error:{erpc, _} -> timeout
    end.

%%% Sweeping.

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

-spec init([]) -> {ok, integer()}.
init([]) ->
    _ = erlang:send_after(?SWEEP_MS, self(), sweep),
    {ok, clock()}.

-spec handle_call(term(), gen_server:from(), integer()) -> {reply, {error, unknown}, integer()}.
handle_call(_, _, Last) -> {reply, {error, unknown}, Last}.

-spec handle_cast(term(), integer()) -> {noreply, integer()}.
handle_cast(_, Last) -> {noreply, Last}.

%% Every second in a crowd, else every half minute.
-spec handle_info(term(), integer()) -> {noreply, integer()}.
handle_info(sweep, Last) ->
    _ = erlang:send_after(?SWEEP_MS, self(), sweep),
    Now = atomics:add_get(clock_ref(), 1, 1),
    case ets:info(?OUTCOMES, size) of
        Rows when Now - Last >= 30 ->
            ok = sweep(Rows),
            ok = forget_the_dead(),
            {noreply, Now};
        Rows when Rows >= ?MANY ->
            ok = sweep(Rows),
            {noreply, Last};
        _ ->
            {noreply, Last}
    end;
handle_info(_, Last) ->
    {noreply, Last}.

%% @doc Drops what has been kept long enough for a table of that many rows.
-spec sweep(non_neg_integer()) -> ok.
sweep(Rows) ->
    Now = clock(),
    Old = fun(Awaited) -> {{'_', {'_', '_'}, '$1', Awaited}, [{'<', '$1', Now - keep_seconds(Awaited, Rows)}], [true]} end,
    _ = ets:select_delete(?OUTCOMES, [Old(true), Old(false)]),
    ok.

%% Nobody will settle what a dead actor owes, and who waited for it has been told.
forget_the_dead() ->
    Waiting = ets:select(?OUTCOMES, [{{'$1', waiting, '_', '$2'}, [], [{{'$1', '$2'}}]}]),
    _ = [ets:delete(?OUTCOMES, Ref) || {Ref, Actor} <- Waiting, not is_process_alive(Actor)],
    ok.

keep_seconds(_, Rows) when Rows < ?MANY -> ?KEEP_SECONDS;
keep_seconds(true, Rows) when Rows < ?TOO_MANY -> 10;
keep_seconds(true, _) -> 0;
keep_seconds(false, Rows) when Rows < ?TOO_MANY -> ?KEEP_SECONDS;
keep_seconds(false, _) -> ?KEEP_IN_A_CROWD_SECONDS.

clock() -> atomics:get(clock_ref(), 1).

clock_ref() -> persistent_term:get(?MODULE).

%% @doc Makes the clock; called where the tables are made.
-spec create_clock() -> ok.
create_clock() ->
    case persistent_term:get(?MODULE, none) of
        none -> persistent_term:put(?MODULE, atomics:new(1, []));
        _ -> ok
    end.
