%%% @doc Carries live actors over to a changed class.
%%%
%%% New code needs nothing done: the next message calls it. What is migrated is the state: new fields get their defaults,
%%% kept fields keep their values, removed ones are dropped with a warning. Then a method `migrate:', if the class has one,
%%% gets the old fields. Instances of subclasses migrate too. One failing actor does not stop the others.
-module(beamtalk_hot_reload).

-include("beamtalk.hrl").

-export([migrate/1, migrate_state/3]).

%% How long a load waits for all actors together, unless `migration_ms' of the application says otherwise. A busy one migrates when its
%% present message is done, load or no load.
-define(LIMIT_MS, 1000).

-type report() :: #{migrated := non_neg_integer(), failed := [{pid(), term()}], pending := [pid()]}.

%% @doc Migrates all live instances of the class and its subclasses.
%%
%% The request is a message like any other: it is taken between two messages, so nothing needs to be suspended, and an
%% actor that does not answer within the limit still takes it before everything sent after the load. Those are `pending'.
-spec migrate(atom()) -> report().
migrate(Class) ->
    Pids = [{C, Pid} || C <- [Class | beamtalk_class_registry:all_subclasses(Class)], Pid <- beamtalk_object_instances:pids(C)],
    Own = [migrate_self(C) || {C, Pid} <- Pids, Pid =:= self()],
    Requests = [{Pid, gen_server:send_request(Pid, {'$beamtalk_migrate', C})} || {C, Pid} <- Pids, Pid =/= self()],
    Deadline = erlang:monotonic_time(millisecond) + application:get_env(beamtalk_runtime, migration_ms, ?LIMIT_MS),
    Results = [{self(), R} || R <- Own] ++ [{Pid, answer(R, Deadline)} || {Pid, R} <- Requests],
    Pending = [Pid || {Pid, pending} <- Results],
    Pending =:= [] orelse beamtalk_log:log(warning, actor, #{event => migration_pending, class => Class, actors => Pending}),
    #{
        migrated => length([Pid || {Pid, ok} <- Results]),
        failed => [{Pid, Reason} || {Pid, {error, Reason}} <- Results],
        pending => Pending
    }.

%% An actor that loads its own class.
migrate_self(Class) ->
    case migrate_state(Class, beamtalk_actor:state(), beamtalk_actor:self_ref()) of
        {ok, State} ->
            beamtalk_actor:set_state(State);
        {error, Reason, State} ->
            ok = beamtalk_actor:set_state(State),
            {error, Reason}
    end.

answer(Request, Deadline) ->
    Left = max(0, Deadline - erlang:monotonic_time(millisecond)),
    %% The response of a pending actor is dropped when it comes: `receive_response' abandons the request.
    case gen_server:receive_response(Request, Left) of
        {reply, Answer} -> Answer;
        timeout -> pending;
        %% It ended by itself: nothing is left to migrate.
        {error, {_, _}} -> gone
    end.

%% @doc The state under the class's present fields. Runs in the actor, which goes on with this state also after an error.
-spec migrate_state(atom(), map(), beamtalk_tag:actor()) -> {ok, map()} | {error, term(), map()}.
migrate_state(Class, Old, Self) ->
    try beamtalk_class_instantiation:fields(Class) of
        Defaults -> with_fields(Class, Defaults, Old, Self)
    catch
        %% A default that cannot be evaluated: what the new fields would be is not known.
        Kind:Reason:Stack -> failed(Self, Kind, Reason, Stack, Old)
    end.

with_fields(Class, Defaults, Old, Self) ->
    case removed(Class, Old, Defaults) of
        [] -> ok;
        Removed -> warn(Class, Removed)
    end,
    New = (maps:merge(Defaults, maps:with(maps:keys(Defaults), Old)))#{?BT_TAG => Class},
    case beamtalk_dispatch:understands(Class, 'migrate:') of
        false -> {ok, New};
        true -> run_migrate(New, Old, Self)
    end.

run_migrate(New, Old, Self) ->
    ok = beamtalk_actor:set_state(New),
    try beamtalk_message_dispatch:self1(Self, 'migrate:', beamtalk_tag:fields(Old)) of
        _ -> {ok, beamtalk_actor:state()}
    catch
        %% The actor keeps the fields it can: those of both versions, and the defaults of the new ones.
        Kind:Reason:Stack -> failed(Self, Kind, Reason, Stack, New)
    end.

failed(Self, Kind, Reason, Stack, State) ->
    Exception = beamtalk_exception_handler:rejection(Kind, Reason, Stack),
    ok = beamtalk_log:log(error, actor, #{event => migrate_failed, actor => Self, what => Exception}),
    {error, Exception, State}.

removed(_, Old, Defaults) ->
    maps:keys(maps:without([?BT_TAG | maps:keys(Defaults)], Old)).

warn(Class, Removed) ->
    beamtalk_log:log(warning, actor, #{event => fields_dropped, class => Class, fields => Removed}).
