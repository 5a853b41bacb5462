%%% @doc The live actors of each class, in spawn order.
%%%
%%% An actor is entered when its start has come to its end, and leaves when it terminates. One that is killed cannot; who sends it
%%% `kill' takes it out, and after another end its row is dropped by the next reader. The table belongs to the supervisor.
-module(beamtalk_object_instances).

-export([add/2, remove/1, pids/1, references/1, all/0, stop_all/1]).

-spec add(atom(), pid()) -> ok.
add(Class, Pid) ->
    true = ets:insert(beamtalk_instances, {Pid, Class, erlang:unique_integer([monotonic])}),
    ok.

-spec remove(pid()) -> ok.
remove(Pid) ->
    try ets:delete(beamtalk_instances, Pid) of
        true -> ok
    catch
        %% The runtime has ended before its actor.
        error:badarg -> ok
    end.

%% @doc Live actors of exactly this class, oldest first.
-spec pids(atom()) -> [pid()].
pids(Class) ->
    [Pid || {_, Pid, _} <- live({'$1', Class, '$2'}, Class)].

%% @doc The same as actor references.
-spec references(atom()) -> [beamtalk_tag:actor()].
references(Class) ->
    [reference(Class, Pid) || Pid <- pids(Class)].

%% @doc References of all live actors, oldest first.
-spec all() -> [beamtalk_tag:actor()].
all() ->
    [reference(Class, Pid) || {_, Pid, Class} <- live()].

%% @doc Stops all live actors in order, and kills those that have not ended within the limit.
-spec stop_all(timeout()) -> ok.
stop_all(Ms) ->
    Deadline = erlang:monotonic_time(millisecond) + Ms,
    Monitors = [{Pid, erlang:monitor(process, Pid)} || {_, Pid, _} <- live()],
    _ = [gen_server:cast(Pid, '$beamtalk_stop') || {Pid, _} <- Monitors],
    lists:foreach(fun(One) -> ended(One, Deadline) end, Monitors).

ended({Pid, Ref}, Deadline) ->
    receive
        {'DOWN', Ref, process, _, _} -> ok
    after max(0, Deadline - erlang:monotonic_time(millisecond)) ->
        true = exit(Pid, kill),
        receive
            {'DOWN', Ref, process, _, _} -> ok
        end
    end.

live() -> live({'$1', '$3', '$2'}, '$3').

live(Pattern, Class) ->
    Rows = lists:sort(ets:select(beamtalk_instances, [{Pattern, [], [{{'$2', '$1', Class}}]}])),
    lists:filter(fun({_, Pid, _}) -> is_process_alive(Pid) orelse not remove_dead(Pid) end, Rows).

remove_dead(Pid) ->
    ok = remove(Pid),
    true.

%% The module in a reference is the one the actor was spawned with; equality of references depends on it.
reference(Class, Pid) ->
    case beamtalk_actor:ref_of(Pid) of
        {beamtalk_object, _, Module, _} -> {beamtalk_object, Class, Module, Pid};
        undefined -> {beamtalk_object, Class, beamtalk_class_registry:module_of(Class), Pid}
    end.
