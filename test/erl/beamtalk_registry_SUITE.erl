%%% The classes of a node outlive the servers around them; and how a runtime, or a node with actors, comes to its end.
%%%
%%% The length of the load comes from BEAMTALK_STRESS (`make stress').
-module(beamtalk_registry_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("beamtalk.hrl").

-export([all/0, suite/0, init_per_suite/1, end_per_suite/1, end_per_testcase/2]).
-export([
    class_processes_die_under_load/1,
    the_supervisor_of_the_classes_dies/1,
    a_lock_outlives_its_server/1,
    a_dead_holder_frees_the_lock/1,
    auxiliary_servers_die/1,
    classes_of_a_builder/1,
    removal/1,
    removal_under_load/1,
    stopping_ends_actors_in_order/1,
    starting_again/1,
    starting_again_after_a_crash/1,
    a_node_with_actors_ends/1
]).
%% Called by the classes of this suite and in other nodes.
-export([stopping/0, again/0, after_crash/0, fill/1]).

-define(TALLY, <<
    "Object subclass: CtTally\n"
    "  classState: total = 0\n"
    "  class total => self.total\n"
    "  class bump => self.total := self.total + 1\n"
    "  class slowly: pid =>\n"
    "    before := self.total\n"
    "    Erlang beamtalk_stress gate: pid\n"
    "    self.total := before + 1\n"
    "  answer => 42\n"
>>).
-define(WORKER, <<
    "Actor subclass: CtWorker\n"
    "  state: n = 0\n"
    "  state: watcher = nil\n"
    "  add: x => self.n := self.n + x\n"
    "  gate: pid => Erlang beamtalk_stress gate: pid\n"
    "  spin => [true] whileTrue: []\n"
    "  terminate => Erlang beamtalk_stress terminated: self.watcher\n"
>>).

suite() ->
    [{timetrap, {seconds, 60 * beamtalk_stress:factor()}}].

all() ->
    [
        class_processes_die_under_load,
        the_supervisor_of_the_classes_dies,
        a_lock_outlives_its_server,
        a_dead_holder_frees_the_lock,
        auxiliary_servers_die,
        classes_of_a_builder,
        removal,
        removal_under_load,
        stopping_ends_actors_in_order,
        starting_again,
        starting_again_after_a_crash,
        a_node_with_actors_ends
    ].

init_per_suite(Config) ->
    ok = start(),
    Config.

start() ->
    {ok, _} = application:ensure_all_started(beamtalk),
    ok.

end_per_suite(_) ->
    application:stop(beamtalk).

end_per_testcase(_, _) ->
    Own = [C || C <- beamtalk_class_registry:all_classes(), lists:prefix("Ct", atom_to_list(C))],
    Deepest = lists:sort(fun(A, B) -> depth(A) >= depth(B) end, Own),
    _ = [nil = beamtalk:call(Class, removeFromSystem, []) || Class <- Deepest],
    ?assertEqual([], beamtalk_stress:mailbox()).

depth(Class) -> length(beamtalk_class_registry:ancestors(Class)).

%%% Helpers

load(Text) ->
    {ok, _} = beamtalk:load_source(iolist_to_binary(Text)),
    ok.

pid({beamtalk_object, _, _, Pid}) -> Pid.

raised(Fun) ->
    try
        {returned, Fun()}
    catch
        error:#{error := #beamtalk_error{} = Error} -> Error
    end.

class_process(Class) -> beamtalk_object_class:process_name(Class).

kill(Name) ->
    case whereis(Name) of
        undefined ->
            ok;
        Pid ->
            Ref = monitor(process, Pid),
            exit(Pid, kill),
            receive {'DOWN', Ref, process, _, _} -> ok end
    end.

%%% The registry

%% Everything there is, asked for by its ways in: what the tables say, and what a send does.
snapshot() ->
    Classes = [C || C <- beamtalk_class_registry:all_classes(), not lists:prefix("CtNew", atom_to_list(C))],
    {
        [
            {C, beamtalk_class_registry:whereis_class(C), beamtalk_class_registry:superclass_of(C), beamtalk_class_registry:module_of(C), beamtalk_class_registry:meta(C)}
         || C <- Classes
        ],
        [{C, [S || S <- beamtalk_class_registry:subclasses(C), lists:member(S, Classes)]} || C <- Classes],
        lists:sort(ets:tab2list(beamtalk_extensions)),
        lists:sort(ets:tab2list(beamtalk_dynamic_methods))
    }.

world() ->
    ok = load(?TALLY),
    ok = load("CtTally subclass: CtTallyBelow\n  answer => super answer + 1\n"),
    ok = beamtalk_extensions:register('CtTally', extra, fun([], _) -> extra end, ?MODULE),
    {ok, _} = beamtalk:eval(<<"(Object classBuilder name: #CtMade; addField: #n default: 4; addMethod: #twice body: [:s | (s at: #n) * 2]; register) await">>),
    snapshot().

works() ->
    ?assertEqual(42, beamtalk:call(beamtalk:new('CtTally'), answer, [])),
    ?assertEqual(43, beamtalk:call(beamtalk:new('CtTallyBelow'), answer, [])),
    ?assertEqual(extra, beamtalk:call(beamtalk:new('CtTallyBelow'), extra, [])),
    {ok, Made} = beamtalk:eval(<<"CtMade new">>),
    ?assertEqual([4, 8], [beamtalk:call(Made, S, []) || S <- [n, twice]]),
    ?assertEqual(ok, beamtalk:call(Made, stop, [])),
    {ok, Names} = beamtalk:eval(<<"CtTally subclasses collect: [:c | c name]">>),
    ?assert(lists:member('CtTallyBelow', Names)).

%% Registrations, look-ups, sends and assignments to class variables, while the processes behind the classes are killed.
class_processes_die_under_load(_) ->
    Before = world(),
    Beams = [{binary_to_atom(Module), Beam} || N <- lists:seq(1, 8), {ok, #{module_name := Module, beam := Beam}} <- [new_class(N)]],
    8 = length(Beams),
    Jobs =
        [fun() -> {ok, _} = beamtalk_loader:load(Module, Beam) end || {Module, Beam} <- Beams] ++
            [fun() -> beamtalk:call('CtTally', bump, []) end || _ <- [1, 2]] ++
            [fun works/0, fun() -> Before = snapshot() end],
    Workers = [spawn_monitor(fun() -> work(Job, 0) end) || Job <- Jobs],
    Killed = kill_classes(erlang:monotonic_time(millisecond) + 3000 * beamtalk_stress:factor(), 0),
    Counts = [beamtalk_stress:finish(Worker) || Worker <- Workers],
    ct:pal("~b class processes killed, rounds of the workers: ~w", [Killed, Counts]),
    ?assertEqual(lists:sum(lists:sublist(Counts, 9, 2)), beamtalk:call('CtTally', total, [])),
    ?assertEqual(Before, snapshot()),
    works(),
    ?assertEqual(lists:seq(1, 8), [beamtalk:call(beamtalk:new(new_name(N)), number, []) || N <- lists:seq(1, 8)]),
    ok = load("CtTallyBelow subclass: CtNewest\n  answer => super answer * 10\n"),
    ?assertEqual(430, beamtalk:call(beamtalk:new('CtNewest'), answer, [])).

new_name(N) -> list_to_atom("CtNew" ++ integer_to_list(N)).

new_class(N) ->
    Text = ["Object subclass: ", atom_to_list(new_name(N)), "\n  number => ", integer_to_list(N), "\n"],
    beamtalk_compiler:compile(iolist_to_binary(Text), #{emit => [core, beam]}).

%% At least one round, however busy the machine is.
work(Job, N) ->
    _ = Job(),
    receive
        finish -> exit({finished, N + 1})
    after 0 -> work(Job, N + 1)
    end.

%% One after the other, and in between the supervisor of them all (which its own supervisor allows now and then).
kill_classes(End, N) ->
    Names = [class_process(C) || C <- ['CtTally', 'CtTally', 'CtTallyBelow', new_name(N rem 8 + 1)]],
    _ = [kill(Name) || Name <- Names],
    _ = N rem 100 =:= 50 andalso N < 300 andalso kill(beamtalk_class_sup),
    case erlang:monotonic_time(millisecond) >= End of
        true ->
            4 * N;
        false ->
            timer:sleep(10),
            kill_classes(End, N + 1)
    end.

the_supervisor_of_the_classes_dies(_) ->
    Before = world(),
    Tables = ets:info(beamtalk_classes, owner),
    ok = kill(beamtalk_class_sup),
    1 = beamtalk:call('CtTally', bump, []),
    ok = beamtalk_stress:wait_for(fun() -> is_pid(whereis(beamtalk_class_sup)) end),
    ?assertEqual(Tables, ets:info(beamtalk_classes, owner)),
    ?assertEqual(Before, snapshot()),
    ?assertEqual(2, beamtalk:call('CtTally', bump, [])),
    works().

%% Two assignments that each read first: with the lock gone one of them would be lost.
a_lock_outlives_its_server(_) ->
    ok = load(?TALLY),
    Me = self(),
    {Slow, SlowRef} = spawn_monitor(fun() -> exit({value, beamtalk:call('CtTally', 'slowly:', [Me])}) end),
    receive {inside, Slow} -> ok end,
    ok = kill(class_process('CtTally')),
    {Quick, QuickRef} = spawn_monitor(fun() -> exit({value, beamtalk:call('CtTally', bump, [])}) end),
    ok = beamtalk_stress:wait_for(fun() -> not is_process_alive(Quick) orelse waits_for_an_answer(Quick) end),
    ok = kill(class_process('CtTally')),
    ok = beamtalk_stress:wait_for(fun() -> not is_process_alive(Quick) orelse waits_for_an_answer(Quick) end),
    Slow ! go,
    receive {'DOWN', SlowRef, process, Slow, First} -> ?assertEqual({value, 1}, First) end,
    receive {'DOWN', QuickRef, process, Quick, Second} -> ?assertEqual({value, 2}, Second) end,
    ?assertEqual(2, beamtalk:call('CtTally', total, [])),
    ?assertEqual([], ets:lookup(beamtalk_class_locks, 'CtTally')).

%% It has asked the present process of the class, and that has taken the request.
waits_for_an_answer(Pid) ->
    case whereis(class_process('CtTally')) of
        undefined ->
            false;
        Server ->
            {monitors, Monitors} = process_info(Pid, monitors),
            {message_queue_len, Length} = process_info(Server, message_queue_len),
            Length =:= 0 andalso lists:any(fun({process, Of}) -> Of =:= Server orelse Of =:= {class_process('CtTally'), node()} end, Monitors)
    end.

a_dead_holder_frees_the_lock(_) ->
    ok = load(?TALLY),
    Me = self(),
    _ = [
        begin
            {Slow, Ref} = spawn_monitor(fun() -> beamtalk:call('CtTally', 'slowly:', [Me]) end),
            receive {inside, Slow} -> ok end,
            _ = [kill(class_process('CtTally')) || KillServer],
            exit(Slow, kill),
            receive {'DOWN', Ref, process, Slow, killed} -> ok end,
            ?assertEqual(N, beamtalk:call('CtTally', bump, []))
        end
     || {N, KillServer} <- [{1, false}, {2, true}]
    ],
    ?assertEqual([], ets:lookup(beamtalk_class_locks, 'CtTally')).

auxiliary_servers_die(_) ->
    Before = world(),
    {ok, Session} = beamtalk:session_start(),
    {ok, 5} = beamtalk:session_eval(Session, <<"x := 5">>),
    _ = [
        begin
            Old = whereis(Name),
            ok = kill(Name),
            ok = beamtalk_stress:wait_for(fun() -> is_pid(whereis(Name)) andalso whereis(Name) =/= Old end),
            ?assertEqual({Name, Before}, {Name, snapshot()}),
            ?assertMatch({_, {ok, 7}}, {Name, beamtalk:eval(<<"3 + 4">>)}),
            ?assertMatch({_, {ok, _}}, {Name, beamtalk:eval(<<"Transcript show: \"still here\"">>)})
        end
     || Name <- [beamtalk_workspace_objects, beamtalk_eval_modules, beamtalk_compiler_server, 'Transcript']
    ],
    ?assertEqual({ok, 6}, beamtalk:session_eval(Session, <<"x + 1">>)),
    ok = beamtalk:session_stop(Session),
    ?assertMatch({ok, _}, beamtalk:eval(<<"Workspace actors">>)),
    works().

classes_of_a_builder(_) ->
    Make = <<"(Object classBuilder name: #CtMade; addField: #n default: 4; addMethod: #twice body: [:s | (s at: #n) * 2]; register) await">>,
    {ok, {beamtalk_object, 'CtMade class', beamtalk_dynamic_class, 'CtMade'}} = beamtalk:eval(Make),
    Builders = length(beamtalk_object_instances:pids('ClassBuilder')),
    {ok, Old} = beamtalk:eval(<<"CtMade new: #{n => 5}">>),
    ?assertEqual(10, beamtalk:call(Old, twice, [])),
    ok = kill(class_process('CtMade')),
    %% The same name again updates the class, its instances with it.
    {ok, _} = beamtalk:eval(<<"(Object classBuilder name: #CtMade; addField: #n default: 1; addMethod: #twice body: [:s | (s at: #n) * 20]; register) await">>),
    ?assertEqual(100, beamtalk:call(Old, twice, [])),
    %% A compiled class may stand on it, and falls with nothing but itself.
    ok = load("CtMade subclass: CtOnMade\n  thrice => 3\n"),
    {ok, On} = beamtalk:eval(<<"CtOnMade new">>),
    ?assertEqual(3, beamtalk:call(On, thrice, [])),
    ?assertMatch(#beamtalk_error{kind = runtime_error}, raised(fun() -> beamtalk:call('CtMade', removeFromSystem, []) end)),
    nil = beamtalk:call('CtOnMade', removeFromSystem, []),
    nil = beamtalk:call('CtMade', removeFromSystem, []),
    ?assertEqual(false, beamtalk:call(Old, isAlive, [])),
    ?assertEqual(Builders, length(beamtalk_object_instances:pids('ClassBuilder'))),
    ?assertEqual([], ets:match(beamtalk_dynamic_methods, {{'CtMade', '$1'}, '_'})),
    %% Refusals leave no class behind.
    _ = [
        ?assertMatch({_, {error, _}}, {Text, beamtalk:eval(Text)})
     || Text <- [
            <<"(Integer classBuilder name: #CtMade; register) await">>,
            <<"(Object classBuilder register) await">>,
            <<"(Object classBuilder name: #String; register) await">>
        ]
    ],
    ?assertNot(beamtalk_class_registry:is_registered('CtMade')).

%%% Removal

removal(_) ->
    ok = load(?WORKER),
    ok = load("CtWorker subclass: CtWorkerBelow\n  more => 1\n"),
    [Actor, Busy] = [beamtalk:spawn('CtWorker') || _ <- [1, 2]],
    Running = beamtalk:send(Busy, 'gate:', [self()]),
    receive {inside, Pid} -> Pid = pid(Busy) end,
    ?assertMatch(
        #beamtalk_error{kind = runtime_error, hint = <<"Remove subclasses first: CtWorkerBelow">>},
        raised(fun() -> beamtalk:call('CtWorker', removeFromSystem, []) end)
    ),
    ?assertMatch(
        #beamtalk_error{kind = runtime_error, message = <<"Cannot remove stdlib class 'Actor'">>},
        raised(fun() -> beamtalk:call('Actor', removeFromSystem, []) end)
    ),
    ?assertEqual(1, beamtalk:call(Actor, 'add:', [1])),
    ok = beamtalk_extensions:register('CtWorker', extra, fun([], _) -> extra end, ?MODULE),
    {ok, Stale} = beamtalk:class('CtWorker'),
    nil = beamtalk:call('CtWorkerBelow', removeFromSystem, []),
    nil = beamtalk:call('CtWorker', removeFromSystem, []),
    ?assertMatch(#beamtalk_error{kind = actor_dead}, raised(fun() -> beamtalk:await(Running) end)),
    ?assertEqual([false, false], [beamtalk:call(A, isAlive, []) || A <- [Actor, Busy]]),
    ?assertEqual(undefined, whereis(class_process('CtWorker'))),
    ?assertEqual(false, code:is_loaded('bt@ct_worker')),
    ?assertEqual([], left_of('CtWorker')),
    %% A stale reference is a value like any other, and answers nothing.
    ?assertEqual(Stale, Stale),
    ?assertMatch(#beamtalk_error{kind = class_not_found}, raised(fun() -> beamtalk:call(Stale, spawn, []) end)),
    ok = load(?WORKER),
    New = beamtalk:spawn('CtWorker'),
    ?assertMatch(#beamtalk_error{kind = does_not_understand}, raised(fun() -> beamtalk:call(New, extra, []) end)).

%% Rows and terms that name the class.
left_of(Class) ->
    Tables = [T || T <- ets:all(), is_atom(T), lists:prefix("beamtalk_", atom_to_list(T)), T =/= beamtalk_dispatch_cache],
    Rows = [{T, Row} || T <- Tables, Row <- ets:tab2list(T), T =/= beamtalk_class_index, mentions(Class, element(1, Row)) orelse T =:= beamtalk_instances andalso element(2, Row) =:= Class],
    Terms = [Key || {Key, _} <- persistent_term:get(), mentions(Class, Key)],
    Rows ++ Terms.

mentions(Class, Class) -> true;
mentions(Class, Tuple) when is_tuple(Tuple) -> lists:member(Class, tuple_to_list(Tuple));
mentions(_, _) -> false.

%% Removed and loaded again while others send: they get an answer or a failure that says so, and nobody hangs.
removal_under_load(_) ->
    ok = load(?TALLY),
    {ok, #{beam := Beam}} = beamtalk_compiler:compile(?TALLY, #{emit => [core, beam]}),
    Senders = [spawn_monitor(fun() -> work(fun ask_tally/0, 0) end) || _ <- [1, 2]],
    _ = [
        begin
            nil = beamtalk:call('CtTally', removeFromSystem, []),
            {ok, _} = beamtalk_loader:load('bt@ct_tally', Beam)
        end
     || _ <- lists:seq(1, 10)
    ],
    _ = [beamtalk_stress:finish(Sender) || Sender <- Senders],
    ?assertEqual(42, beamtalk:call(beamtalk:new('CtTally'), answer, [])).

%% With a pause: unloading has to ask every process of the node, and would wait for its turn among senders that never rest.
ask_tally() ->
    timer:sleep(1),
    case raised(fun() -> beamtalk:call(beamtalk:new('CtTally'), answer, []) end) of
        {returned, 42} -> ok;
        #beamtalk_error{kind = Kind} when Kind =:= class_not_found; Kind =:= does_not_understand -> ok;
        #beamtalk_error{kind = runtime_error, details = #{reason := undef}} -> ok
    end.

%%% The end of a runtime, in nodes of their own

parts() -> [beamtalk_workspace, beamtalk_stdlib, beamtalk_runtime, beamtalk_compiler].

in_peer(Function) ->
    {ok, Peer} = beamtalk_stress:peer([]),
    try
        peer:call(Peer, ?MODULE, Function, [], 30000)
    after
        peer:stop(Peer)
    end.

stopping_ends_actors_in_order(_) ->
    ?assertEqual(#{terminated => 3, queued => 100, alive => 0, processes => []}, in_peer(stopping)).

%% Three actors, one of them with messages that wait, one in the middle of a message that ends, one that never ends.
stopping() ->
    ok = start(),
    ok = load(?WORKER),
    [Idle, Queued, Ending, Endless] = Actors = [beamtalk:spawn('CtWorker', #{watcher => self()}) || _ <- lists:seq(1, 4)],
    ok = sys:suspend(pid(Queued)),
    Futures = [beamtalk:send(Queued, 'add:', [1]) || _ <- lists:seq(1, 100)],
    ok = sys:resume(pid(Queued)),
    _ = beamtalk:send(Ending, 'gate:', [self()]),
    receive {inside, _} -> pid(Ending) ! go end,
    _ = beamtalk:send(Endless, spin, []),
    %% Read while the runtime ends: its outcomes end with it.
    Reader = spawn_monitor(fun() -> exit([beamtalk:await(F) || F <- Futures]) end),
    ok = application:stop(beamtalk),
    true = beamtalk:call(Idle, isAlive, []),
    _ = [ok = application:stop(Part) || Part <- parts()],
    #{
        terminated => length([P || {terminated, P} <- beamtalk_stress:mailbox(), lists:member(P, [pid(A) || A <- [Idle, Queued, Ending]])]),
        queued => lists:max(ended(Reader)),
        alive => length([A || A <- Actors, is_process_alive(pid(A))]),
        processes => [Name || Name <- registered(), lists:prefix("beamtalk", atom_to_list(Name))]
    }.

ended({Pid, Monitor}) ->
    receive
        {'DOWN', Monitor, process, Pid, Reason} -> Reason
    end.

starting_again(_) ->
    ?assertEqual([ok, ok, ok], in_peer(again)).

again() ->
    [again(N) || N <- [1, 2, 3]].

again(_) ->
    ok = start(),
    false = beamtalk_class_registry:is_registered('CtWorker'),
    ok = load(?WORKER),
    Actor = beamtalk:spawn('CtWorker'),
    {ok, 3, _} = beamtalk:eval(<<"w add: 3">>, #{w => Actor}),
    {ok, [1, 2]} = beamtalk:eval(<<"#(2, 1) sort: [:a :b | a < b]">>),
    true = lists:member('CtWorker', beamtalk:classes()),
    _ = [ok = application:stop(A) || A <- [beamtalk | parts()]],
    ok.

starting_again_after_a_crash(_) ->
    ?assertEqual(ok, in_peer(after_crash)).

%% The supervisor that owns the tables is killed: with it all classes go, and the library comes back with the next start.
after_crash() ->
    ok = logger:set_primary_config(level, none),
    ok = start(),
    ok = load(?WORKER),
    _ = [ok = application:stop(A) || A <- [beamtalk, beamtalk_workspace, beamtalk_stdlib]],
    ok = kill(beamtalk_runtime_sup),
    ok = beamtalk_stress:wait_for(fun() -> not lists:keymember(beamtalk_runtime, 1, application:which_applications()) end),
    ok = start(),
    false = beamtalk_class_registry:is_registered('CtWorker'),
    ok = load(?WORKER),
    3 = beamtalk:call(beamtalk:spawn('CtWorker'), 'add:', [3]),
    {ok, 7} = beamtalk:eval(<<"3 + 4">>),
    ok.

%% A thousand idle actors, one that works for ever: the node waits for it no longer than the limit.
a_node_with_actors_ends(_) ->
    {ok, Peer} = beamtalk_stress:peer([]),
    true = unlink(Peer),
    Ref = monitor(process, Peer),
    ok = peer:call(Peer, ?MODULE, fill, [1000], 30000),
    Start = erlang:monotonic_time(millisecond),
    ok = peer:call(Peer, init, stop, []),
    receive {'DOWN', Ref, process, Peer, _} -> ok end,
    Took = erlang:monotonic_time(millisecond) - Start,
    ct:pal("The node ended within ~b ms", [Took]),
    ?assert(Took < 15000).

fill(N) ->
    ok = start(),
    ok = load(?WORKER),
    Actors = [beamtalk:spawn('CtWorker') || _ <- lists:seq(1, N)],
    _ = [beamtalk:call(A, 'add:', [1]) || A <- Actors],
    _ = beamtalk:send(hd(Actors), spin, []),
    ok.
