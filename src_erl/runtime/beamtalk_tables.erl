%%% @doc The ETS tables of the runtime, listed once.
%%%
%%% `beamtalk_runtime_sup' creates them in its `init/1', so the supervisor owns them: a crash of any server loses nothing.
%%% Tables are public because registration runs in whatever process loads a module; each row is written whole.
-module(beamtalk_tables).

-export([create/0, exist/0, delete/0]).

%% @doc Creates what is missing. The calling process becomes the owner.
-spec create() -> ok.
create() ->
    _ = [ets:new(Name, [named_table, public | Options]) || {Name, Options} <- tables(), missing(Name)],
    ok = beamtalk_outcomes:create_clock(),
    beamtalk_dispatch_cache:init().

-spec exist() -> boolean().
exist() ->
    not missing(beamtalk_classes).

-spec delete() -> ok.
delete() ->
    _ = [ets:delete(Name) || {Name, _} <- tables(), not missing(Name)],
    ok.

missing(Name) ->
    ets:whereis(Name) =:= undefined.

%% Rows:
%%   beamtalk_classes         {Class, Superclass | none, Module, value | actor | dynamic, Modifiers}
%%   beamtalk_class_meta      {Class, Meta}
%%   beamtalk_class_docs      {{Class, class | {method, Selector}}, Doc}  set at run time
%%   beamtalk_class_vars      {{Class, Variable}, Value}
%%   beamtalk_class_locks     {Class, Holder}
%%   beamtalk_dynamic_methods {{Class, Selector}, Fun | {field, Name}}
%%   beamtalk_extensions      {{Class, Selector}, Fun, Owner, add | replace}
%%   beamtalk_conflicts       {{Class, Selector}, OldOwner, NewOwner}
%%   beamtalk_instances       {Pid, Class, SpawnOrder}
%%   beamtalk_outcomes        {Ref, Outcome, Second, Awaited} | {Ref, waiting, Alias, Actor}
%%   beamtalk_waiters         {Ref, Alias}                             the second and further ones
%%   beamtalk_load_notes      {{warning, Number}, Class, Text} | {{refused, Module}, Error} | {{expected, Module}}
%%   beamtalk_method_versions {{Class, {Side, Selector}}, Version}     of methods whose text has changed
%%   beamtalk_dispatch_cache  {{Generation, ...}, Target}
tables() ->
    Read = [set, {read_concurrency, true}],
    [
        {beamtalk_classes, Read},
        {beamtalk_class_meta, Read},
        {beamtalk_class_docs, Read},
        {beamtalk_class_vars, Read},
        {beamtalk_class_locks, [set]},
        {beamtalk_dynamic_methods, Read},
        {beamtalk_extensions, Read},
        {beamtalk_conflicts, [set]},
        {beamtalk_instances, [set, {write_concurrency, true}]},
        {beamtalk_outcomes, [set, {write_concurrency, true}]},
        {beamtalk_waiters, [bag, {write_concurrency, true}]},
        {beamtalk_load_notes, [ordered_set]},
        {beamtalk_method_versions, [set]},
        {beamtalk_dispatch_cache, Read}
    ].
