%%% @doc Carries live actors over to a changed class.
%%%
%%% New code needs nothing done: the next message calls it. What is migrated is the state: new fields get their defaults,
%%% kept fields keep their values, removed ones are dropped with a warning. Then a method `migrate:', if the class has one,
%%% gets the old fields. Instances of subclasses migrate too. One failing actor does not stop the others.
-module(beamtalk_hot_reload).

-include("beamtalk.hrl").

-export([migrate/1, migrate_state/3]).

-define(LIMIT_MS, 5000).

-type report() :: #{migrated := non_neg_integer(), failed := [{pid(), term()}]}.

%% @doc Migrates all live instances of the class and its subclasses.
-spec migrate(atom()) -> report().
migrate(Class) ->
    Results = [
        {Pid, migrate_one(C, Pid)}
     || C <- [Class | beamtalk_class_registry:all_subclasses(Class)],
        Pid <- beamtalk_object_instances:pids(C)
    ],
    Failed = [{Pid, Reason} || {Pid, {error, Reason}} <- Results],
    #{migrated => length(Results) - length(Failed), failed => Failed}.

migrate_one(Class, Pid) when Pid =:= self() ->
    %% An actor that loads its own class.
    case migrate_state(Class, beamtalk_actor:state(), beamtalk_actor:self_ref()) of
        {ok, State} -> beamtalk_actor:set_state(State);
        {error, Reason} -> {error, Reason}
    end;
migrate_one(Class, Pid) ->
    try
        ok = sys:suspend(Pid, ?LIMIT_MS),
        try
            sys:change_code(Pid, beamtalk_actor, undefined, {migrate, Class}, ?LIMIT_MS)
        after
            sys:resume(Pid, ?LIMIT_MS)
        end
    catch
        exit:{noproc, _} -> ok;
        exit:{normal, _} -> ok;
        exit:Reason -> {error, Reason}
    end.

%% @doc The state under the class's present fields. Runs in the actor.
-spec migrate_state(atom(), map(), beamtalk_tag:actor()) -> {ok, map()} | {error, term()}.
migrate_state(Class, Old, Self) ->
    Defaults = beamtalk_class_instantiation:fields(Class),
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
        Kind:Reason:Stack ->
            %% The actor keeps the fields it can and counts as failed.
            log(error, #{event => migrate_failed, actor => Self}),
            _ = New,
            {error, beamtalk_exception_handler:wrap(Kind, Reason, Stack)}
    end.

removed(_, Old, Defaults) ->
    maps:keys(maps:without([?BT_TAG | maps:keys(Defaults)], Old)).

warn(Class, Removed) ->
    log(warning, #{event => fields_dropped, class => Class, fields => Removed}).

log(Level, Report) ->
    logger:log(Level, Report, #{domain => [beamtalk, hot_reload]}).
