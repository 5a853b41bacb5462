%%% Actors as processes of OTP: failures, ends, overload, time-outs, supervision, and what is told about them.
%%%
%%% The length of the one test that fills a node comes from BEAMTALK_STRESS (`make stress').
-module(beamtalk_actors_SUITE).

-behaviour(supervisor).

-include_lib("stdlib/include/assert.hrl").
-include("beamtalk.hrl").

-export([all/0, suite/0, init_per_suite/1, end_per_suite/1, init_per_testcase/2, end_per_testcase/2]).
-export([
    a_failed_message_changes_nothing/1,
    kill_rejects_what_waits/1,
    stop_comes_after_what_waits/1,
    ending_twice/1,
    terminate_runs_on_stop_only/1,
    a_failing_initialize_leaves_nothing/1,
    await_has_a_limit/1,
    actors_that_await_each_other/1,
    dead_receivers/1,
    overload/1,
    many_senders/1,
    sys_functions/1,
    suspended_actors_lose_nothing/1,
    below_a_supervisor_of_otp/1,
    calls_from_erlang/1,
    casts_from_erlang/1,
    malformed_requests/1,
    raw_messages/1,
    monitors/1,
    futures_have_many_readers/1,
    futures_expire/1,
    futures_outlive_their_actor/1,
    callbacks/1,
    failing_callbacks/1,
    spawner_and_actor_are_independent/1,
    failures_are_reported_by_domain/1,
    reports_pass_the_default_handler/1,
    a_hundred_thousand_actors/1
]).
%% Called by the classes of this suite.
-export([started/1]).
%% Called elsewhere by name.
-export([init/1, start_keeper/1, log/2, crowd/1, shown/0]).

-define(KEEPER, <<
    "Actor subclass: CtKeeper\n"
    "  state: n = 0\n"
    "  state: seen = #()\n"
    "  n => self.n\n"
    "  add: x => self.n := self.n + x\n"
    "  note: x => self.seen := #(x | self.seen)\n"
    "  seen => self.seen\n"
    "  clear => self.seen := #()\n"
    "  break: x =>\n"
    "    self.n := x\n"
    "    self error: \"broken\"\n"
    "  divide =>\n"
    "    self.n := 99\n"
    "    1 / 0\n"
    "  toss =>\n"
    "    self.n := 99\n"
    "    Erlang erlang throw: #away\n"
    "  leave => Erlang erlang exit: #gone\n"
    "  gate: pid => Erlang beamtalk_stress gate: pid\n"
    "  meet: other gate: pid limit: ms =>\n"
    "    Erlang beamtalk_stress gate: pid\n"
    "    (other n) await: ms\n"
>>).
-define(LAST_WORDS, <<
    "Actor subclass: CtLastWords\n"
    "  state: watcher = nil\n"
    "  state: failing = false\n"
    "  terminate =>\n"
    "    Erlang beamtalk_stress terminated: self.watcher\n"
    "    self.failing ifTrue: [self error: \"in terminate\"]\n"
>>).
-define(STILLBORN, <<
    "Actor subclass: CtStillborn\n"
    "  state: watcher = nil\n"
    "  initialize =>\n"
    "    Erlang beamtalk_actors_SUITE started: self.watcher\n"
    "    self error: \"cannot live\"\n"
>>).

-define(LISTENER, <<
    "Actor subclass: CtListener\n"
    "  state: heard = #()\n"
    "  heard => self.heard\n"
    "  handleInfo: message =>\n"
    "    self.heard := #(message | self.heard)\n"
    "    message == #wrong ifTrue: [self error: \"not this\"]\n"
>>).
-define(INITIALIZED, <<
    "Actor subclass: CtInitialized\n"
    "  state: n = 0\n"
    "  initialize => self.n := self.n + 1\n"
>>).

suite() ->
    [{timetrap, {seconds, 60 * beamtalk_stress:factor()}}].

all() ->
    [
        a_failed_message_changes_nothing,
        kill_rejects_what_waits,
        stop_comes_after_what_waits,
        ending_twice,
        terminate_runs_on_stop_only,
        a_failing_initialize_leaves_nothing,
        await_has_a_limit,
        actors_that_await_each_other,
        dead_receivers,
        overload,
        many_senders,
        sys_functions,
        suspended_actors_lose_nothing,
        below_a_supervisor_of_otp,
        calls_from_erlang,
        casts_from_erlang,
        malformed_requests,
        raw_messages,
        monitors,
        futures_have_many_readers, futures_expire,
        futures_outlive_their_actor,
        callbacks,
        failing_callbacks,
        spawner_and_actor_are_independent,
        failures_are_reported_by_domain,
        reports_pass_the_default_handler,
        a_hundred_thousand_actors
    ].

init_per_suite(Config) ->
    ok = start(),
    Config.

end_per_suite(_) ->
    _ = [beamtalk:call(Class, removeFromSystem, []) || Class <- ['CtKeeper', 'CtLastWords', 'CtStillborn', 'CtListener', 'CtInitialized']],
    application:stop(beamtalk).

start() ->
    {ok, _} = application:ensure_all_started(beamtalk),
    _ = [{ok, _} = beamtalk:load_source(Source) || Source <- [?KEEPER, ?LAST_WORDS, ?STILLBORN, ?LISTENER, ?INITIALIZED]],
    ok.

init_per_testcase(_, Config) ->
    ok = logger:add_handler(?MODULE, ?MODULE, #{config => #{to => self()}}),
    Config.

end_per_testcase(_, _) ->
    ok = logger:remove_handler(?MODULE),
    %% Answers that came too late, monitors nobody took away: a test leaves none behind.
    ?assertEqual([], [M || M <- beamtalk_stress:mailbox(), element(1, M) =/= log]).

%%% What the classes call

started(Pid) -> Pid ! {started, self()}.

%%% Helpers

pid({beamtalk_object, _, _, Pid}) -> Pid.

keeper() -> beamtalk:spawn('CtKeeper').

%% An actor inside of a message.
busy() ->
    Actor = keeper(),
    Future = beamtalk:send(Actor, 'gate:', [self()]),
    Pid = pid(Actor),
    receive
        {inside, Pid} -> {Actor, Future}
    end.

go(Actor) -> pid(Actor) ! go.

raised(Fun) ->
    try
        {returned, Fun()}
    catch
        error:#{error := #beamtalk_error{}} = Exception -> Exception;
        Class:Reason -> {Class, Reason}
    end.

outcome(Future) -> raised(fun() -> beamtalk:await(Future, 10000) end).

kind(#{error := #beamtalk_error{kind = Kind}}) -> Kind;
kind(Other) -> Other.

kinds(Futures) -> lists:usort([kind(outcome(F)) || F <- Futures]).

%% The process has ended and its row is gone.
gone(Actor) ->
    Ref = monitor(process, pid(Actor)),
    receive
        {'DOWN', Ref, process, _, _} -> ok
    end.

%%% Failures

a_failed_message_changes_nothing(_) ->
    Actor = keeper(),
    5 = beamtalk:call(Actor, 'add:', [5]),
    Broken = outcome(beamtalk:send(Actor, 'break:', [9])),
    ?assertMatch(#{?BT_TAG := 'Error', error := #beamtalk_error{kind = user_error, class = 'CtKeeper', message = <<"broken">>}}, Broken),
    ?assertEqual(5, beamtalk:call(Actor, n, [])),
    %% A failure of Erlang's reaches whoever awaits as it was.
    Divided = beamtalk:send(Actor, divide, []),
    ?assertEqual({error, badarith}, outcome(Divided)),
    ?assertEqual({throw, away}, outcome(beamtalk:send(Actor, toss, []))),
    Left = beamtalk:send(Actor, leave, []),
    ?assertEqual({exit, gone}, outcome(Left)),
    ?assertEqual(does_not_understand, kind(outcome(beamtalk:send(Actor, zork, [])))),
    ?assertEqual(5, beamtalk:call(Actor, n, [])),
    ?assertEqual(true, beamtalk:call(Actor, isAlive, [])).

kill_rejects_what_waits(_) ->
    {Actor, Running} = busy(),
    Waiting = [beamtalk:send(Actor, 'add:', [N]) || N <- lists:seq(1, 20)],
    ok = beamtalk:call(Actor, kill, []),
    ?assertEqual([actor_dead], kinds([Running | Waiting])),
    #{error := #beamtalk_error{message = Message, hint = Hint, selector = 'add:', class = 'CtKeeper'}} = outcome(hd(Waiting)),
    ?assertEqual(<<"Cannot send 'add:' to CtKeeper (actor process has terminated)">>, Message),
    ?assertEqual(<<"Use 'isAlive' to check, or use monitors for lifecycle events">>, Hint).

stop_comes_after_what_waits(_) ->
    {Actor, Running} = busy(),
    Before = [beamtalk:send(Actor, 'add:', [1]) || _ <- lists:seq(1, 20)],
    Stop = beamtalk:send(Actor, stop, []),
    After = [beamtalk:send(Actor, 'add:', [1]) || _ <- lists:seq(1, 20)],
    go(Actor),
    ?assertEqual(went, beamtalk:await(Running)),
    ?assertEqual(lists:seq(1, 20), [beamtalk:await(F) || F <- Before]),
    ?assertEqual(ok, beamtalk:await(Stop)),
    ?assertEqual([actor_dead], kinds(After)).

ending_twice(_) ->
    _ = [
        begin
            Actor = keeper(),
            ?assertEqual(ok, beamtalk:call(Actor, First, [])),
            ?assertEqual(false, beamtalk:call(Actor, isAlive, [])),
            ?assertEqual(ok, beamtalk:call(Actor, Second, [])),
            ?assertEqual(ok, beamtalk:call(Actor, Second, []))
        end
     || First <- [stop, kill], Second <- [stop, kill]
    ],
    %% Two orders before the first is carried out.
    {Actor, Running} = busy(),
    Stops = [beamtalk:send(Actor, stop, []) || _ <- [1, 2]],
    go(Actor),
    ?assertEqual([ok, ok], [beamtalk:await(F) || F <- Stops]),
    ?assertEqual(went, beamtalk:await(Running)).

terminate_runs_on_stop_only(_) ->
    Stopped = beamtalk:spawn('CtLastWords', #{watcher => self()}),
    ok = beamtalk:call(Stopped, stop, []),
    Pid = pid(Stopped),
    receive
        {terminated, Pid} -> ok
    after 0 -> ct:fail(stopped_without_terminate)
    end,
    Failing = beamtalk:spawn('CtLastWords', #{watcher => self(), failing => true}),
    ?assertEqual(ok, beamtalk:call(Failing, stop, [])),
    receive
        {terminated, _} -> ok
    after 0 -> ct:fail(stopped_without_terminate)
    end,
    Killed = beamtalk:spawn('CtLastWords', #{watcher => self()}),
    ok = beamtalk:call(Killed, kill, []),
    receive
        {terminated, _} -> ct:fail(killed_with_terminate)
    after 0 -> ok
    end.

a_failing_initialize_leaves_nothing(_) ->
    Exception = raised(fun() -> beamtalk:spawn('CtStillborn', #{watcher => self()}) end),
    ?assertMatch(#{error := #beamtalk_error{kind = user_error, message = <<"cannot live">>, class = 'CtStillborn'}}, Exception),
    receive
        {started, Pid} ->
            ?assertNot(is_process_alive(Pid)),
            ?assertEqual([], ets:lookup(beamtalk_instances, Pid))
    after 0 -> ct:fail(not_started)
    end,
    %% Nobody wants a crash report of what the spawner was told.
    ?assertEqual([], [E || #{level := Level} = E <- events(), logger:compare_levels(Level, warning) =/= lt]).

%%% Waiting

await_has_a_limit(_) ->
    {Actor, Running} = busy(),
    Exception = raised(fun() -> beamtalk:await(Running, 20) end),
    ?assertMatch(#{?BT_TAG := 'Error', error := #beamtalk_error{kind = timeout, class = 'Future', message = <<"Await timed out">>}}, Exception),
    Future = beamtalk:send(Actor, n, []),
    ?assertEqual({error, timeout}, eval(<<"[f await: 20. #none] on: Error do: [:e | Erlang erlang throw: e kind]">>, #{f => Future})),
    go(Actor),
    ?assertEqual({ok, 0}, eval(<<"f await: 10000">>, #{f => Future})),
    ?assertEqual({ok, 0}, eval(<<"f awaitForever">>, #{f => Future})),
    ?assertEqual(went, beamtalk:await(Running)),
    ?assertEqual(type_error, kind(raised(fun() -> beamtalk_future:await(Future, -1) end))).

%% Every input runs in this process.
eval(Text, Bindings) ->
    case beamtalk:eval(Text, Bindings) of
        {ok, Value, _} -> {ok, Value};
        {error, #{error := #beamtalk_error{kind = erlang_throw, details = #{reason := Reason}}}} -> {error, Reason}
    end.

%% Both are inside of a message when they ask, so neither answer can come before one has given up.
actors_that_await_each_other(_) ->
    A = keeper(),
    B = keeper(),
    Futures = [beamtalk:send(One, 'meet:gate:limit:', [Other, self(), 100]) || {One, Other} <- [{A, B}, {B, A}]],
    _ = [receive {inside, P} -> ok end || P <- [pid(A), pid(B)]],
    _ = [go(Actor) || Actor <- [A, B]],
    Outcomes = [kind(outcome(F)) || F <- Futures],
    ?assert(lists:member(timeout, Outcomes)),
    ?assertEqual([], Outcomes -- [timeout, timeout, {returned, 0}]),
    ?assertEqual([0, 0], [beamtalk:call(Actor, n, []) || Actor <- [A, B]]).

dead_receivers(_) ->
    Actor = keeper(),
    ok = beamtalk:call(Actor, stop, []),
    ?assertEqual(actor_dead, kind(outcome(beamtalk_message_dispatch:send0(Actor, n)))),
    ?assertEqual(actor_dead, kind(raised(fun() -> beamtalk_message_dispatch:ask1(Actor, 'add:', 1) end))),
    ?assertEqual(nil, beamtalk_message_dispatch:tell1(Actor, 'add:', 1)),
    ?assertEqual(false, beamtalk:call(Actor, isAlive, [])),
    ?assertMatch({beamtalk_object, 'CtKeeper class', _, 'CtKeeper'}, beamtalk_primitive:class_of(Actor)),
    ?assertEqual(true, beamtalk_primitive:responds_to(Actor, 'add:')),
    %% A monitor of a dead process fires at once.
    Ref = beamtalk:call(Actor, monitor, []),
    receive
        {'DOWN', Ref, process, _, noproc} -> ok
    end.

%%% Overload

overload(_) ->
    Actor = keeper(),
    N = 100000,
    0 = beamtalk:call(Actor, n, []),
    {memory, Before} = process_info(pid(Actor), memory),
    _ = [nil = beamtalk_message_dispatch:tell1(Actor, 'note:', I) || I <- lists:seq(1, N)],
    Seen = beamtalk:call(Actor, seen, []),
    ?assertEqual(lists:seq(1, N), lists:reverse(Seen)),
    ?assertEqual([], beamtalk:call(Actor, clear, [])),
    %% Like any process it keeps a heap that has grown until it collects; then nothing of all that is held any more.
    true = erlang:garbage_collect(pid(Actor)),
    {memory, Now} = process_info(pid(Actor), memory),
    ?assert(Now < Before + 10000),
    ?assertEqual({message_queue_len, 0}, process_info(pid(Actor), message_queue_len)).

%% Messages of one sender stay in order, whatever the others do.
many_senders(_) ->
    Actor = keeper(),
    Senders = [
        spawn_monitor(fun() ->
            Futures = [beamtalk:send(Actor, 'note:', [{S, I}]) || I <- lists:seq(1, 200)],
            _ = [beamtalk:await(F) || F <- Futures],
            exit(done)
        end)
     || S <- lists:seq(1, 10)
    ],
    _ = [receive {'DOWN', Ref, process, Pid, Reason} -> ?assertEqual(done, Reason) end || {Pid, Ref} <- Senders],
    Seen = lists:reverse(beamtalk:call(Actor, seen, [])),
    ?assertEqual(2000, length(Seen)),
    _ = [?assertEqual(lists:seq(1, 200), [I || {Sender, I} <- Seen, Sender =:= S]) || S <- lists:seq(1, 10)].

%%% The tools of OTP

sys_functions(_) ->
    Actor = keeper(),
    7 = beamtalk:call(Actor, 'add:', [7]),
    ?assertEqual(#{?BT_TAG => 'CtKeeper', n => 7, seen => []}, sys:get_state(pid(Actor))),
    {status, _, {module, beamtalk_actor}, [_, running, _, _, Data]} = sys:get_status(pid(Actor)),
    ?assert(lists:member({data, [{"State", {'CtKeeper', #{n => 7, seen => []}}}]}, Data)),
    _ = sys:replace_state(pid(Actor), fun(State) -> State#{n := 8} end),
    ?assertEqual(8, beamtalk:call(Actor, n, [])),
    %% One with `initialize' is started another way and looks the same.
    Initialized = beamtalk:spawn('CtInitialized'),
    ?assertEqual(#{?BT_TAG => 'CtInitialized', n => 1}, sys:get_state(pid(Initialized))),
    ?assertMatch({status, _, {module, beamtalk_actor}, [_, running, _, _, _]}, sys:get_status(pid(Initialized))).

suspended_actors_lose_nothing(_) ->
    Actor = keeper(),
    ok = sys:suspend(pid(Actor)),
    Futures = [beamtalk:send(Actor, 'add:', [1]) || _ <- lists:seq(1, 100)],
    ?assertEqual(timeout, kind(raised(fun() -> beamtalk:await(hd(Futures), 20) end))),
    ok = sys:change_code(pid(Actor), beamtalk_actor, undefined, []),
    ok = sys:resume(pid(Actor)),
    ?assertEqual(lists:seq(1, 100), [beamtalk:await(F) || F <- Futures]).

start_keeper(Watcher) ->
    {beamtalk_object, _, _, Pid} = Actor = keeper(),
    true = link(Pid),
    Watcher ! {child, Actor},
    {ok, Pid}.

init(Watcher) ->
    Child = #{id => keeper, start => {?MODULE, start_keeper, [Watcher]}, shutdown => 1000},
    {ok, {#{strategy => one_for_one, intensity => 5, period => 1}, [Child]}}.

below_a_supervisor_of_otp(_) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, self()),
    First = receive {child, A} -> A end,
    3 = beamtalk:call(First, 'add:', [3]),
    ?assertMatch([{keeper, _, worker, _}], supervisor:which_children(Supervisor)),
    ok = beamtalk:call(First, kill, []),
    Second = receive {child, B} -> B end,
    ?assertNotEqual(First, Second),
    ?assertEqual(0, beamtalk:call(Second, n, [])),
    true = unlink(Supervisor),
    ok = gen_server:stop(Supervisor),
    ok = gone(Second),
    ?assertEqual(false, beamtalk:call(Second, isAlive, [])).

%%% Erlang callers, object-model 4.3

calls_from_erlang(_) ->
    Pid = pid(keeper()),
    ?assertEqual({ok, 4}, gen_server:call(Pid, {'add:', [4]})),
    ?assertEqual({ok, 4}, gen_server:call(Pid, {n, []})),
    ?assertMatch({error, #{error := #beamtalk_error{kind = user_error, message = <<"broken">>}}}, gen_server:call(Pid, {'break:', [9]})),
    ?assertMatch({error, #{error := #beamtalk_error{kind = does_not_understand, selector = zork}}}, gen_server:call(Pid, {zork, []})),
    ?assertEqual({ok, 4}, gen_server:call(Pid, {n, []})).

casts_from_erlang(_) ->
    Pid = pid(keeper()),
    ok = gen_server:cast(Pid, {'add:', [4], self()}),
    receive {resolve, Value} -> ?assertEqual(4, Value) end,
    ok = gen_server:cast(Pid, {'break:', [9], self()}),
    receive {reject, Reason} -> ?assertMatch(#{error := #beamtalk_error{kind = user_error}}, Reason) end,
    ok = gen_server:cast(Pid, {'add:', [1]}),
    ?assertEqual({ok, 5}, gen_server:call(Pid, {n, []})).

malformed_requests(_) ->
    {beamtalk_object, _, _, Pid} = Actor = keeper(),
    Calls = [
        zork, {}, {n}, {n, zork}, {n, [], zork}, {"n", []}, {<<"n">>, []}, 17, self(), #{},
        %% Wrong numbers of arguments, among them those that would fit a class method.
        {n, [1]}, {n, [[]]}, {'add:', []}, {'add:', [1, 2]}, {'add:', [1, []]}, {new, [[]]}, {'add:', [1 | 2]}, {n, [1, 2, 3, 4, 5]},
        {'', []}, {'no such thing', []}, {'$handle_undefined_function', [n, []]}, {register_class, []}, {module_info, []}
    ],
    _ = [
        ?assertMatch({_, {error, #{error := #beamtalk_error{kind = does_not_understand}}}}, {Request, gen_server:call(Pid, Request)})
     || Request <- Calls
    ],
    %% With one argument too many these reach functions of the module that are no methods; the answer is an error all the same.
    _ = [
        ?assertMatch({error, #{error := #beamtalk_error{}}}, gen_server:call(Pid, Request))
     || Request <- [{spawn, [[]]}, {dispatch, [n, []]}, {'$handle_undefined_function', [n]}]
    ],
    Casts = [zork, {n}, {n, zork}, {n, [], zork}, {"n", [], self()}, {n, [], self(), more}, 17, {n, [1], self()}],
    _ = [ok = gen_server:cast(Pid, Request) || Request <- Casts],
    _ = [Pid ! Message || Message <- [zork, {n, []}, {'$gen_call', zork}, {'EXIT', self(), normal}, {self(), make_ref()}]],
    ?assertEqual({ok, 0}, gen_server:call(Pid, {n, []})),
    receive {reject, Reason} -> ?assertMatch(#{error := #beamtalk_error{kind = does_not_understand}}, Reason) end,
    Malformed = [What || #{msg := {report, #{event := malformed, what := What}}, level := warning} <- events()],
    ?assertEqual([zork, {n}, {n, zork}, {n, [], zork}, {"n", [], self()}, {n, [], self(), more}, 17], Malformed),
    ?assertEqual(true, beamtalk:call(Actor, isAlive, [])).

%% A class with `handleInfo:' gets what is no request, in order with its other messages; a failure there changes nothing.
raw_messages(_) ->
    {beamtalk_object, _, _, Pid} = Actor = beamtalk:spawn('CtListener'),
    Ref = make_ref(),
    _ = [Pid ! Message || Message <- [one, wrong, {two, Ref}]],
    ?assertEqual([{two, Ref}, one], beamtalk:call(Actor, heard, [])),
    Failed = fun(#{msg := {report, #{event := failed, selector := 'handleInfo:'}}}) -> true; (_) -> false end,
    ?assertMatch(#{level := warning, meta := #{domain := [beamtalk, actor]}}, event(Failed)).

monitors(_) ->
    Actor = keeper(),
    Pid = pid(Actor),
    Ref = beamtalk:call(Actor, monitor, []),
    Second = beamtalk_message_dispatch:ask0(Actor, monitor),
    ?assert(is_reference(Ref) andalso is_reference(Second) andalso Ref =/= Second),
    ok = beamtalk:call(Actor, stop, []),
    receive {'DOWN', Ref, process, Pid, Why} -> ?assertEqual(normal, Why) end,
    receive {'DOWN', Second, process, Pid, Because} -> ?assertEqual(normal, Because) end,
    Killed = keeper(),
    Third = beamtalk:call(Killed, monitor, []),
    ok = beamtalk:call(Killed, kill, []),
    receive {'DOWN', Third, process, _, Reason} -> ?assertEqual(killed, Reason) end.

%%% Futures

futures_have_many_readers(_) ->
    {Actor, Running} = busy(),
    Future = beamtalk:send(Actor, 'add:', [6]),
    Failing = beamtalk:send(Actor, 'break:', [6]),
    Read = fun() -> exit({outcome(Future), kind(outcome(Failing)), outcome(Future)}) end,
    Early = [spawn_monitor(Read) || _ <- lists:seq(1, 20)],
    go(Actor),
    Late = [spawn_monitor(Read) || _ <- lists:seq(1, 20)],
    Answers = [receive {'DOWN', Ref, process, Pid, Answer} -> Answer end || {Pid, Ref} <- Early ++ Late],
    ?assertEqual([{{returned, 6}, user_error, {returned, 6}}], lists:usort(Answers)),
    ?assertEqual(went, beamtalk:await(Running)),
    %% The first outcome stands.
    ok = beamtalk_future:resolve(Future, other),
    ok = beamtalk_future:reject(Future, other),
    ?assertEqual({returned, 6}, outcome(Future)).

%% What has been swept is gone for good, which its actor can tell from what is still to come.
futures_expire(_) ->
    Actor = keeper(),
    {beamtalk_future, {Ref, _, _, _}} = Future = beamtalk:send(Actor, 'add:', [4]),
    ?assertEqual({returned, 4}, outcome(Future)),
    %% In a crowd, awaited outcomes leave with the next second.
    beamtalk_stress:wait_for(fun() ->
        ok = beamtalk_outcomes:sweep(1000000),
        ets:lookup(beamtalk_outcomes, Ref) =:= []
    end),
    #{error := Error} = outcome(Future),
    ?assertEqual(<<"The future has expired">>, Error#beamtalk_error.message),
    ?assertEqual([], ets:lookup(beamtalk_outcomes, Ref)),
    %% A busy actor's answer is waited for, longer than it takes to ask.
    {Busy, _} = busy(),
    Late = beamtalk:send(Busy, 'add:', [5]),
    {Reader, Monitor} = spawn_monitor(fun() -> exit(outcome(Late)) end),
    timer:sleep(1500),
    go(Busy),
    receive {'DOWN', Monitor, process, Reader, Answer} -> ?assertEqual({returned, 5}, Answer) end.

futures_outlive_their_actor(_) ->
    Actor = keeper(),
    Good = beamtalk:send(Actor, 'add:', [2]),
    Bad = beamtalk:send(Actor, 'break:', [2]),
    ok = beamtalk:call(Actor, stop, []),
    Late = beamtalk:send(Actor, n, []),
    ?assertEqual({returned, 2}, outcome(Good)),
    ?assertEqual(user_error, kind(outcome(Bad))),
    ?assertEqual(actor_dead, kind(outcome(Late))),
    ok = beamtalk:call(Actor, kill, []),
    ?assertEqual({returned, 2}, outcome(Good)).

callbacks(_) ->
    {Actor, Running} = busy(),
    Me = self(),
    Good = beamtalk:send(Actor, 'add:', [2]),
    Bad = beamtalk:send(Actor, 'break:', [2]),
    Tell = fun(Tag) -> fun(V) -> Me ! {Tag, self(), V} end end,
    _ = [
        ?assertEqual(F, beamtalk_message_dispatch:send1(F, Selector, Tell({Selector, Name, early})))
     || {Name, F} <- [{good, Good}, {bad, Bad}], Selector <- ['whenResolved:', 'whenRejected:']
    ],
    go(Actor),
    _ = [outcome(F) || F <- [Good, Bad]],
    _ = [
        beamtalk_message_dispatch:send1(F, Selector, Tell({Selector, Name, late}))
     || {Name, F} <- [{good, Good}, {bad, Bad}], Selector <- ['whenResolved:', 'whenRejected:']
    ],
    {returned, went} = outcome(Running),
    Came = [receive {{_, _, _} = Tag, Pid, V} when Pid =/= Me -> {Tag, kind(V)} end || _ <- lists:seq(1, 4)],
    ?assertEqual(
        [
            {{'whenRejected:', bad, early}, user_error}, {{'whenRejected:', bad, late}, user_error},
            {{'whenResolved:', good, early}, 2}, {{'whenResolved:', good, late}, 2}
        ],
        lists:sort(Came)
    ),
    %% The others never come: both futures have answered after what is theirs was started.
    _ = [outcome(F) || F <- [Good, Bad]],
    receive {{_, _, _}, _, _} = More -> ct:fail(More) after 20 -> ok end,
    ?assertEqual(type_error, kind(raised(fun() -> beamtalk_message_dispatch:send1(Good, 'whenResolved:', 17) end))).

failing_callbacks(_) ->
    Actor = keeper(),
    Me = self(),
    Future = beamtalk:send(Actor, 'add:', [2]),
    _ = beamtalk_message_dispatch:send1(Future, 'whenResolved:', fun(_) -> error(in_callback) end),
    _ = beamtalk_message_dispatch:send1(Future, 'whenResolved:', fun(V) -> Me ! {called, V} end),
    receive {called, 2} -> ok end,
    ?assertEqual({returned, 2}, outcome(Future)),
    Failed = fun(#{msg := {report, #{event := future_callback_failed, reason := in_callback}}}) -> true; (_) -> false end,
    #{level := error, meta := #{domain := [beamtalk, future]}} = event(Failed),
    ok.

%%% Isolation

spawner_and_actor_are_independent(_) ->
    Me = self(),
    {Spawner, Ref} = spawn_monitor(fun() ->
        Me ! {actor, keeper()},
        receive never -> ok end
    end),
    Actor = receive {actor, A} -> A end,
    ?assertEqual({links, []}, process_info(pid(Actor), links)),
    exit(Spawner, kill),
    receive {'DOWN', Ref, process, _, killed} -> ok end,
    ?assertEqual(1, beamtalk:call(Actor, 'add:', [1])),
    Other = keeper(),
    ok = beamtalk:call(Other, kill, []),
    ?assertEqual(2, beamtalk:call(Actor, 'add:', [1])),
    %% An exit signal from outside ends one actor only.
    exit(pid(Actor), crash),
    ok = gone(Actor),
    ?assertEqual(actor_dead, kind(raised(fun() -> beamtalk:call(Actor, n, []) end))).

%%% Reports

log(Event, #{config := #{to := Pid}}) ->
    Pid ! {log, Event},
    ok.

%% Events that have come so far.
events() ->
    receive
        {log, Event} -> [Event | events()]
    after 0 -> []
    end.

event(Wanted) ->
    receive
        {log, Event} ->
            case Wanted(Event) of
                true -> Event;
                false -> event(Wanted)
            end
    after 10000 -> ct:fail(no_such_event)
    end.

failures_are_reported_by_domain(_) ->
    Actor = keeper(),
    nil = beamtalk_message_dispatch:tell1(Actor, 'break:', 3),
    0 = beamtalk:call(Actor, n, []),
    Told = fun(#{msg := {report, #{event := failed, selector := 'break:'}}}) -> true; (_) -> false end,
    #{level := warning, meta := #{domain := [beamtalk, actor]}, msg := {report, Report}} = event(Told),
    ?assertMatch(#{actor := Actor, what := #{error := #beamtalk_error{message = <<"broken">>}}}, Report),
    %% A failure that somebody awaits is that somebody's to report.
    user_error = kind(outcome(beamtalk:send(Actor, 'break:', [3]))),
    ?assertEqual([], [E || #{level := Level, meta := #{domain := [beamtalk | _]}} = E <- events(), Level =/= debug]),
    _ = beamtalk_extensions:register('CtKeeper', extra, fun([], _) -> 1 end, first),
    _ = beamtalk_extensions:register('CtKeeper', extra, fun([], _) -> 2 end, second),
    Replaced = fun(#{msg := {report, #{event := extension_replaced}}}) -> true; (_) -> false end,
    ?assertMatch(#{level := warning, meta := #{domain := [beamtalk, runtime]}}, event(Replaced)),
    ?assertEqual(2, beamtalk:call(Actor, extra, [])),
    ok = beamtalk_extensions:unregister('CtKeeper', extra).

%% In a node as it comes: what passes the filters of its default handler is what its terminal shows.
reports_pass_the_default_handler(_) ->
    {ok, Peer} = beamtalk_stress:peer([]),
    try
        ?assertEqual({[warning], []}, peer:call(Peer, ?MODULE, shown, [], 30000))
    after
        peer:stop(Peer)
    end.

%% Levels of the reports of a failed tell, while the runtime runs and after it has ended.
shown() ->
    ok = start(),
    Running = told_levels(),
    ok = application:stop(beamtalk),
    _ = [ok = application:stop(A) || A <- [beamtalk_workspace, beamtalk_stdlib, beamtalk_runtime]],
    {Running, through_default(fun() -> beamtalk_log:log(warning, actor, #{event => failed}) end)}.

told_levels() ->
    Actor = keeper(),
    through_default(fun() ->
        nil = beamtalk_message_dispatch:tell1(Actor, 'break:', 3),
        {ok, 0} = gen_server:call(pid(Actor), {n, []})
    end).

through_default(Fun) ->
    {ok, #{filters := Filters, filter_default := Default}} = logger:get_handler_config(default),
    ok = logger:add_handler(?MODULE, ?MODULE, #{filters => Filters, filter_default => Default, config => #{to => self()}}),
    _ = Fun(),
    ok = logger:remove_handler(?MODULE),
    [Level || #{level := Level, msg := {report, #{event := failed}}} <- events()].

%%% Many

%% In a node of its own: nothing else there makes or ends processes.
a_hundred_thousand_actors(_) ->
    {ok, Peer} = beamtalk_stress:peer(["+P", "2000000"]),
    try
        N = 100000 * beamtalk_stress:factor(),
        #{bytes := Bytes, left := Left} = peer:call(Peer, ?MODULE, crowd, [N], infinity),
        ct:pal("~b live actors: ~b bytes each", [N, Bytes]),
        ?assertEqual(#{processes => 0, rows => 0}, Left),
        ?assert(Bytes < 4000)
    after
        peer:stop(Peer)
    end.

crowd(N) ->
    ok = start(),
    Processes = erlang:system_info(process_count),
    Rows = ets:info(beamtalk_instances, size),
    erlang:garbage_collect(),
    Memory = erlang:memory(total),
    Actors = [keeper() || _ <- lists:seq(1, N)],
    erlang:garbage_collect(),
    Used = erlang:memory(total) - Memory,
    N = ets:info(beamtalk_instances, size) - Rows,
    N = length(beamtalk_object_instances:pids('CtKeeper')),
    N = lists:foldl(fun({I, Actor}, Sum) -> I = beamtalk:call(Actor, 'add:', [I]), Sum + 1 end, 0, lists:zip(lists:seq(1, N), Actors)),
    %% Half of them in order, half not.
    {Stopped, Killed} = lists:split(N div 2, Actors),
    _ = [ok = beamtalk_message_dispatch:ask0(Actor, stop) || Actor <- Stopped],
    _ = [ok = beamtalk_message_dispatch:ask0(Actor, kill) || Actor <- Killed],
    %% Before anybody has looked for instances.
    Rows = ets:info(beamtalk_instances, size),
    %% The futures of the answers end soon when there are that many.
    ok = beamtalk_stress:wait_for(fun() -> erlang:system_info(process_count) =< Processes end),
    #{
        bytes => Used div N,
        left => #{
            processes => max(0, erlang:system_info(process_count) - Processes),
            rows => ets:info(beamtalk_instances, size) - Rows
        }
    }.
