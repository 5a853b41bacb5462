%%% Live change: classes are loaded again while their actors work.
%%%
%%% The lengths come from BEAMTALK_STRESS (`make stress'): seconds of traffic and the number of reloads in a row.
-module(beamtalk_reload_SUITE).

-include_lib("stdlib/include/assert.hrl").
-include("beamtalk.hrl").

-export([all/0, suite/0, init_per_suite/1, end_per_suite/1, init_per_testcase/2, end_per_testcase/2]).
-export([
    nothing_is_lost_under_load/1,
    parallel_reloads/1,
    parallel_patches_all_stay/1,
    patches_go_with_the_next_load/1,
    flags_and_superclass_follow_the_source/1,
    values_are_not_migrated/1,
    fields_come_go_and_stay/1,
    migrate_runs_last/1,
    a_failing_migrate_keeps_what_it_can/1,
    a_failing_default_keeps_the_old_fields/1,
    subclasses_migrate/1,
    an_actor_reloads_its_own_class/1,
    a_busy_actor_migrates_before_later_messages/1,
    bad_changes_are_refused_whole/1,
    old_code_in_use_is_told_of/1,
    old_code_in_use_is_killed_on_demand_only/1,
    kept_blocks_say_that_their_code_is_gone/1,
    removal_kills_nobody_for_old_code/1,
    reloads_leave_nothing_behind/1
]).
%% Called by the classes of this suite and in other nodes.
-export([reload_from_inside/1, log/2, grow/1]).

-define(PATH, <<"ct_reload.bt">>).

suite() ->
    [{timetrap, {seconds, 60 * beamtalk_stress:factor()}}].

all() ->
    [
        nothing_is_lost_under_load,
        parallel_reloads,
        parallel_patches_all_stay,
        patches_go_with_the_next_load,
        flags_and_superclass_follow_the_source,
        values_are_not_migrated,
        fields_come_go_and_stay,
        migrate_runs_last,
        a_failing_migrate_keeps_what_it_can,
        a_failing_default_keeps_the_old_fields,
        subclasses_migrate,
        an_actor_reloads_its_own_class,
        a_busy_actor_migrates_before_later_messages,
        bad_changes_are_refused_whole,
        old_code_in_use_is_told_of,
        old_code_in_use_is_killed_on_demand_only,
        kept_blocks_say_that_their_code_is_gone,
        removal_kills_nobody_for_old_code,
        reloads_leave_nothing_behind
    ].

%% On a busy machine an idle actor may need its time to migrate; what a busy actor does has tests of its own.
init_per_suite(Config) ->
    {ok, _} = application:ensure_all_started(beamtalk),
    ok = application:set_env(beamtalk_runtime, migration_ms, 20000),
    Config.

end_per_suite(_) ->
    ok = application:unset_env(beamtalk_runtime, migration_ms),
    application:stop(beamtalk).

%% A load that some actors will not answer in time.
unanswered(Lines) ->
    {ok, Ms} = application:get_env(beamtalk_runtime, migration_ms),
    ok = application:set_env(beamtalk_runtime, migration_ms, 50),
    Loaded = load(Lines),
    ok = application:set_env(beamtalk_runtime, migration_ms, Ms),
    Loaded.

init_per_testcase(_, Config) ->
    ok = logger:add_handler(?MODULE, ?MODULE, #{level => warning, config => #{to => self()}}),
    Config.

%% Each test has classes of its own; subclasses are removed first.
end_per_testcase(_, _) ->
    ok = logger:remove_handler(?MODULE),
    Own = [C || C <- beamtalk_class_registry:all_classes(), lists:prefix("Ct", atom_to_list(C))],
    Deepest = lists:sort(fun(A, B) -> depth(A) >= depth(B) end, Own),
    _ = [nil = beamtalk:call(Class, removeFromSystem, []) || Class <- Deepest],
    ?assertEqual([], [M || M <- beamtalk_stress:mailbox(), element(1, M) =/= log]).

depth(Class) -> length(beamtalk_class_registry:ancestors(Class)).

%%% Helpers

log(Event, #{config := #{to := Pid}}) ->
    Pid ! {log, Event},
    ok.

events() ->
    receive
        {log, Event} -> [Event | events()]
    after 0 -> []
    end.

reports(Name) -> [Report || #{msg := {report, #{event := E} = Report}} <- events(), E =:= Name].

load(Lines) ->
    Text = iolist_to_binary(lists:join("\n", Lines)),
    case beamtalk_source_loader:source(Text, #{path => ?PATH}) of
        {ok, Loaded} -> Loaded;
        {error, Failure} -> {refused, Failure}
    end.

loaded(Lines) ->
    #{module := _} = load(Lines).

pid({beamtalk_object, _, _, Pid}) -> Pid.

fields(Actor) -> beamtalk_tag:fields(sys:get_state(pid(Actor))).

raised(Fun) ->
    try
        {returned, Fun()}
    catch
        error:#{error := #beamtalk_error{} = Error} -> Error
    end.

%%% Under load

-record(traffic, {actors :: [term()], senders :: [{pid(), reference()}]}).

%% Five actors, one of a subclass, two hundred messages a second each.
nothing_is_lost_under_load(_) ->
    Seconds = 10 * beamtalk_stress:factor(),
    _ = loaded(traffic(0)),
    _ = loaded(["CtTraffic subclass: CtTrafficBelow", "  more => 1"]),
    Actors = [beamtalk:spawn(Class) || Class <- ['CtTraffic', 'CtTraffic', 'CtTraffic', 'CtTraffic', 'CtTrafficBelow']],
    Traffic = #traffic{actors = Actors, senders = [sender(Actor) || Actor <- Actors]},
    Reloads = reload_until(erlang:monotonic_time(millisecond) + Seconds * 1000, 1, Traffic),
    Sent = [beamtalk_stress:finish(Sender) || Sender <- Traffic#traffic.senders],
    _ = [check_seen(Actor, N, Reloads) || {Actor, N} <- lists:zip(Actors, Sent)],
    ct:pal("~b messages, ~b reloads", [lists:sum(Sent), Reloads]),
    ?assert(Reloads >= Seconds),
    ?assert(lists:sum(Sent) >= 100 * Seconds).

traffic(Version) ->
    [
        "Actor subclass: CtTraffic",
        "  state: seen = #()",
        ["  state: born = ", integer_to_list(Version)],
        ["  version => ", integer_to_list(Version)],
        "  take: i =>",
        "    self.seen := #(#(i, self version) | self.seen)",
        "    i",
        "  seen => self.seen"
    ].

%% One message every five milliseconds by the clock; one in ten leaves a future that is awaited at the end, the others are awaited at once.
sender(Actor) ->
    spawn_monitor(fun() -> send(Actor, erlang:monotonic_time(millisecond), 1, []) end).

send(Actor, Start, I, Futures) ->
    Wait = max(0, Start + I * 5 - erlang:monotonic_time(millisecond)),
    receive
        finish ->
            _ = [N = beamtalk_future:await(F) || {N, F} <- Futures],
            exit({finished, I - 1})
    after Wait ->
        case I rem 10 of
            1 ->
                send(Actor, Start, I + 1, [{I, beamtalk_message_dispatch:send1(Actor, 'take:', I)} | Futures]);
            _ ->
                I = beamtalk_message_dispatch:ask1(Actor, 'take:', I),
                send(Actor, Start, I + 1, Futures)
        end
    end.

%% The whole class and one method in turn. The first message after a reload is answered by its code.
reload_until(End, Version, #traffic{actors = Actors} = Traffic) ->
    Now = erlang:monotonic_time(millisecond),
    _ = reload(Version),
    ?assertEqual([Version], lists:usort([beamtalk:call(Actor, version, []) || Actor <- Actors])),
    case erlang:monotonic_time(millisecond) of
        Late when Late >= End ->
            Version;
        Done ->
            receive
                {'DOWN', _, process, _, Reason} -> ct:fail(Reason)
            after max(0, Now + 100 - Done) -> reload_until(End, Version + 1, Traffic)
            end
    end.

reload(Version) when Version rem 2 =:= 0 ->
    #{failed := []} = loaded(traffic(Version));
reload(Version) ->
    Method = iolist_to_binary(["CtTraffic >> version => ", integer_to_list(Version)]),
    {ok, #{failed := []} = Loaded} = beamtalk_source_loader:patch(<<"CtTraffic">>, Method),
    Loaded.

%% None lost, none twice, in order, and no message went back to an older version.
check_seen(Actor, N, Last) ->
    Seen = lists:reverse(beamtalk:call(Actor, seen, [])),
    ?assertEqual(lists:seq(1, N), [I || [I, _] <- Seen]),
    Versions = [V || [_, V] <- Seen],
    ?assertEqual(lists:sort(Versions), Versions),
    ?assert(lists:last(Versions) =< Last),
    ?assert(length(lists:usort(Versions)) > Last div 2).

%% Reloads that come at the same time follow one another; the class is one of them in the end.
parallel_reloads(_) ->
    _ = loaded(traffic(0)),
    Actor = beamtalk:spawn('CtTraffic'),
    {_, Ref} = Sender = sender(Actor),
    Loaders = [spawn_monitor(fun() -> exit([maps:get(failed, loaded(traffic(V))) || _ <- lists:seq(1, 3)]) end) || V <- lists:seq(1, 5)],
    _ = [receive {'DOWN', R, process, Pid, Failed} -> ?assertEqual([[]], lists:usort(Failed)) end || {Pid, R} <- Loaders, R =/= Ref],
    N = beamtalk_stress:finish(Sender),
    ?assertEqual(lists:seq(1, N), lists:reverse([I || [I, _] <- beamtalk:call(Actor, seen, [])])),
    ?assert(lists:member(beamtalk:call(Actor, version, []), lists:seq(1, 5))).

%% Each patch starts from the source the last one has left.
parallel_patches_all_stay(_) ->
    _ = loaded(["Object subclass: CtPatched", "  base => 0"]),
    Names = ["m" ++ integer_to_list(N) || N <- lists:seq(1, 8)],
    Patchers = [
        spawn_monitor(fun() -> exit(element(1, beamtalk_source_loader:patch(<<"CtPatched">>, iolist_to_binary(["CtPatched >> ", Name, " => 1"])))) end)
     || Name <- Names
    ],
    _ = [receive {'DOWN', Ref, process, Pid, Result} -> ?assertEqual(ok, Result) end || {Pid, Ref} <- Patchers],
    ?assertEqual(lists:sort([base | [list_to_atom(Name) || Name <- Names]]), lists:sort(beamtalk:call('CtPatched', methods, []))).

patches_go_with_the_next_load(_) ->
    Source = ["Actor subclass: CtPatched", "  a => 1", "  class c => 1"],
    _ = loaded(Source),
    Actor = beamtalk:spawn('CtPatched'),
    _ = [
        {ok, _} = beamtalk_source_loader:patch(<<"CtPatched">>, Patch)
     || Patch <- [<<"CtPatched >> a => 2">>, <<"CtPatched >> b => 3">>, <<"CtPatched class >> c => 4">>, <<"CtPatched class >> d => 5">>]
    ],
    ?assertEqual([2, 3], [beamtalk:call(Actor, S, []) || S <- [a, b]]),
    ?assertEqual([4, 5], [beamtalk:call('CtPatched', S, []) || S <- [c, d]]),
    _ = loaded(Source),
    ?assertEqual(1, beamtalk:call(Actor, a, [])),
    ?assertEqual(1, beamtalk:call('CtPatched', c, [])),
    ?assertMatch(#beamtalk_error{kind = does_not_understand, selector = b}, raised(fun() -> beamtalk:call(Actor, b, []) end)),
    ?assertMatch(#beamtalk_error{kind = does_not_understand, selector = d}, raised(fun() -> beamtalk:call('CtPatched', d, []) end)).

flags_and_superclass_follow_the_source(_) ->
    _ = loaded(["Actor subclass: CtOneParent", "  state: one = 1", "  parent => 1"]),
    _ = loaded(["Actor subclass: CtOtherParent", "  state: two = 2", "  parent => 2"]),
    _ = loaded(["CtOneParent subclass: CtChild", "  state: own = 0", "  mine => self parent"]),
    Actor = beamtalk:spawn('CtChild', #{own => 9}),
    1 = beamtalk:call(Actor, mine, []),
    ?assertMatch(#{migrated := 1}, load(["CtOtherParent subclass: CtChild", "  state: own = 0", "  mine => self parent"])),
    ?assertEqual(2, beamtalk:call(Actor, mine, [])),
    ?assertEqual(#{own => 9, two => 2}, fields(Actor)),
    ?assertEqual([[], ['CtChild']], [beamtalk_class_registry:subclasses(C) || C <- ['CtOneParent', 'CtOtherParent']]),
    _ = loaded(["abstract CtOtherParent subclass: CtChild", "  state: own = 0", "  mine => 3"]),
    ?assertMatch(#beamtalk_error{kind = instantiation_error}, raised(fun() -> beamtalk:spawn('CtChild') end)),
    ?assertEqual(3, beamtalk:call(Actor, mine, [])),
    _ = loaded(["sealed CtOtherParent subclass: CtChild", "  state: own = 0", "  mine => 4"]),
    ?assertMatch({refused, _}, load(["CtChild subclass: CtGrandChild", "  x => 1"])),
    ?assertEqual(4, beamtalk:call(beamtalk:spawn('CtChild'), mine, [])).

values_are_not_migrated(_) ->
    _ = loaded(["Object subclass: CtValue", "  state: a = 1", "  a => self.a"]),
    Old = beamtalk:new('CtValue', #{a => 5}),
    ?assertMatch(#{migrated := 0}, load(["Object subclass: CtValue", "  state: a = 1", "  state: b = 2", "  a => self.a + 1", "  b => self.b"])),
    ?assertEqual(6, beamtalk:call(Old, a, [])),
    ?assertEqual(nil, beamtalk:call(Old, b, [])),
    ?assertEqual(2, beamtalk:call(beamtalk:new('CtValue'), b, [])).

%%% Fields

fields_come_go_and_stay(_) ->
    V1 = ["Actor subclass: CtFields", "  state: kept = 1", "  state: gone = 2", "  classState: made = 0", "  class make => self.made := self.made + 1"],
    _ = loaded(V1),
    Actor = beamtalk:spawn('CtFields', #{kept => 10, gone => 20}),
    1 = beamtalk:call('CtFields', make, []),
    V2 = ["Actor subclass: CtFields", "  state: kept = 7", "  state: come = 3 + 2", "  classState: made = 0", "  made => self.kept + self.come", "  class make => self.made := self.made + 1"],
    ?assertMatch(#{migrated := 1, failed := [], pending := []}, load(V2)),
    ?assertEqual(#{kept => 10, come => 5}, fields(Actor)),
    ?assertMatch([#{class := 'CtFields', fields := [gone]}], reports(fields_dropped)),
    ?assertEqual(15, beamtalk:call(Actor, made, [])),
    ?assertEqual(2, beamtalk:call('CtFields', make, [])),
    %% Back again: the field has its default, not what it was.
    ?assertMatch(#{migrated := 1}, load(V1)),
    ?assertEqual(#{kept => 10, gone => 2}, fields(Actor)),
    %% The same once more drops nothing.
    _ = events(),
    ?assertMatch(#{migrated := 1}, load(V1)),
    ?assertEqual([], reports(fields_dropped)).

migrating(Body) ->
    ["Actor subclass: CtMigrating", "  state: metres = 0", "  state: name = \"none\"", "  migrate: old =>" | Body].

migrate_runs_last(_) ->
    _ = loaded(["Actor subclass: CtMigrating", "  state: feet = 0", "  state: name = \"none\""]),
    Actor = beamtalk:spawn('CtMigrating', #{feet => 30, name => <<"road">>}),
    V2 = migrating(["    self.metres := (old at: #feet) * 3", "    self.name := \"{self.name}, {old size} fields\"", "    #ignored"]),
    ?assertMatch(#{migrated := 1, failed := []}, load(V2)),
    ?assertEqual(#{metres => 90, name => <<"road, 2 fields">>}, fields(Actor)),
    %% A new actor has nothing to migrate.
    ?assertEqual(#{metres => 0, name => <<"none">>}, fields(beamtalk:spawn('CtMigrating'))).

a_failing_migrate_keeps_what_it_can(_) ->
    _ = loaded(["Actor subclass: CtMigrating", "  state: feet = 0", "  state: name = \"none\""]),
    [Good, Bad, Last] = [beamtalk:spawn('CtMigrating', #{feet => Feet, name => Name}) || {Feet, Name} <- [{1, <<"a">>}, {nil, <<"b">>}, {3, <<"c">>}]],
    V2 = migrating(["    self.name := \"half done\"", "    self.metres := (old at: #feet) * 3", "    self.name := \"done\""]),
    #{migrated := 2, failed := [{Pid, Exception}], pending := []} = load(V2),
    ?assertEqual(pid(Bad), Pid),
    ?assertMatch(#{error := #beamtalk_error{details = #{reason := badarith}}}, Exception),
    ?assertEqual(#{metres => 0, name => <<"b">>}, fields(Bad)),
    ?assertEqual([#{metres => 3, name => <<"done">>}, #{metres => 9, name => <<"done">>}], [fields(A) || A <- [Good, Last]]),
    ?assertMatch([#{actor := Bad, what := Exception}], reports(migrate_failed)),
    %% It goes on with the new code.
    ?assertEqual(0, beamtalk:call(Bad, 'fieldAt:', [metres])).

a_failing_default_keeps_the_old_fields(_) ->
    _ = loaded(["Actor subclass: CtDefaults", "  state: n = 1", "  n => self.n"]),
    Actor = beamtalk:spawn('CtDefaults', #{n => 5}),
    V2 = ["Actor subclass: CtDefaults", "  state: n = 1", "  state: m = Erlang erlang binary_to_atom: 17", "  n => self.n + 1"],
    #{migrated := 0, failed := [{Pid, _}]} = load(V2),
    ?assertEqual(pid(Actor), Pid),
    ?assertEqual(6, beamtalk:call(Actor, n, [])),
    ?assertEqual(#{n => 5}, fields(Actor)).

subclasses_migrate(_) ->
    _ = loaded(["Actor subclass: CtTop", "  state: a = 1"]),
    _ = loaded(["CtTop subclass: CtMiddle", "  state: b = 2"]),
    _ = loaded(["CtMiddle subclass: CtBottom", "  state: c = 3", "  migrate: old => self.c := old size"]),
    [Top, Middle, Bottom] = [beamtalk:spawn(C, #{a => 9}) || C <- ['CtTop', 'CtMiddle', 'CtBottom']],
    ?assertMatch(#{migrated := 3, failed := []}, load(["Actor subclass: CtTop", "  state: a = 1", "  state: z = 26"])),
    ?assertEqual(#{a => 9, z => 26}, fields(Top)),
    ?assertEqual(#{a => 9, b => 2, z => 26}, fields(Middle)),
    ?assertEqual(#{a => 9, b => 2, c => 3, z => 26}, fields(Bottom)).

reload_from_inside(Text) ->
    {ok, #{migrated := N}} = beamtalk_source_loader:source(Text, #{path => ?PATH}),
    N.

an_actor_reloads_its_own_class(_) ->
    V1 = ["Actor subclass: CtSelfMade", "  state: n = 1", "  reload: text =>", "    self.n := 7",
          "    Erlang beamtalk_reload_SUITE reload_from_inside: text", "  n => self.n"],
    _ = loaded(V1),
    [Actor, Other] = [beamtalk:spawn('CtSelfMade') || _ <- [1, 2]],
    V2 = iolist_to_binary("Actor subclass: CtSelfMade\n  state: n = 1\n  state: m = 2\n  n => self.n + self.m"),
    ?assertEqual(2, beamtalk:call(Actor, 'reload:', [V2])),
    ?assertEqual(9, beamtalk:call(Actor, n, [])),
    ?assertEqual(3, beamtalk:call(Other, n, [])).

%% The load does not wait for it; but what is sent afterwards finds the new fields.
a_busy_actor_migrates_before_later_messages(_) ->
    Gate = "  gate: pid => Erlang beamtalk_stress gate: pid",
    _ = loaded(["Actor subclass: CtBusy", "  state: n = 1", Gate, "  n => self.n"]),
    Actor = beamtalk:spawn('CtBusy'),
    Running = beamtalk:send(Actor, 'gate:', [self()]),
    Pid = pid(Actor),
    receive {inside, Pid} -> ok end,
    ?assertMatch(
        #{migrated := 0, failed := [], pending := [Pid]},
        unanswered(["Actor subclass: CtBusy", "  state: n = 1", "  state: m = 2", Gate, "  n => self.n + self.m"])
    ),
    Future = beamtalk:send(Actor, n, []),
    Pid ! go,
    ?assertEqual(went, beamtalk:await(Running)),
    ?assertEqual(3, beamtalk:await(Future)),
    ?assertMatch([#{class := 'CtBusy', actors := [Pid]}], reports(migration_pending)).

%%% Bad changes

bad_changes_are_refused_whole(_) ->
    Good = ["Actor subclass: CtSteady", "  state: n = 1", "  n => self.n", "  sealed fixed => 1"],
    _ = loaded(Good),
    _ = loaded(["Object subclass: CtAbove", "  sealed printString => \"above\"", "  n => 3"]),
    Actor = beamtalk:spawn('CtSteady', #{n => 4}),
    Before = meta(),
    Bad = [
        ["Actor subclass: CtSteady", "  state: n = 1", "  n => (self.n"],
        ["Actor subclass: CtSteady", "  n => self.n", "  n => 2"],
        ["Actor subclass: CtSteady", "  state: m = 1", "  empty =>"],
        ["Integer subclass: CtSteady", "  n => 2"],
        ["CtSteady subclass: CtSteady", "  n => 2"],
        ["CtAbove subclass: CtSteady", "  printString => \"below\""],
        ["Object subclass: String", "  n => 2"],
        ["Actor subclass: CtSteady", "  n => @primitive \"size\""],
        [<<"Actor subclass: CtSteady\n  n => \"", 255, "\"">>]
    ],
    _ = [
        begin
            ?assertMatch({_, {refused, _}}, {Source, load(Source)}),
            ?assertEqual({Source, Before}, {Source, meta()}),
            ?assertEqual(4, beamtalk:call(Actor, n, []))
        end
     || Source <- Bad
    ],
    Patches = [<<"CtSteady >> n => (">>, <<"CtSteady >> n =>">>, <<"CtSteady >> n => @primitive \"size\"">>, <<"CtSteady >> n => \"open">>],
    _ = [
        begin
            ?assertMatch({_, {error, _}}, {Patch, beamtalk_source_loader:patch(<<"CtSteady">>, Patch)}),
            ?assertEqual({Patch, Before}, {Patch, meta()}),
            ?assertEqual(4, beamtalk:call(Actor, n, []))
        end
     || Patch <- Patches
    ],
    ?assertEqual(3, beamtalk:call(<<"abc">>, size, [])),
    ?assertEqual(5, beamtalk:call(beamtalk:spawn('CtSteady', #{n => 5}), n, [])),
    %% And the next good change is taken.
    ?assertMatch(#{migrated := 2}, load(["Actor subclass: CtSteady", "  state: n = 1", "  n => self.n + 1"])),
    ?assertEqual(5, beamtalk:call(Actor, n, [])).

%% All that is known of the classes, and the code.
meta() ->
    {
        [{C, beamtalk_class_registry:module_of(C), beamtalk_class_registry:superclass_of(C), beamtalk_class_registry:meta(C)} || C <- ['CtSteady', 'CtAbove', 'String']],
        beamtalk_class_registry:all_classes(),
        'bt@ct_steady':module_info(md5)
    }.

%%% Two versions of running code

block_keeper(Version) ->
    [
        "Actor subclass: CtBlocks",
        "  state: kept = nil",
        "  keep => self.kept := [:x | x + 1]",
        "  use: x => self.kept value: x",
        %% Something is left to do behind the gate: whoever waits there is inside of the block, or of the method.
        "  class block => [:pid | Erlang beamtalk_stress gate: pid. #left]",
        "  sit: pid => Erlang beamtalk_stress gate: pid. #left",
        ["  version => ", integer_to_list(Version)]
    ].

%% The third version would need the first to go, and that one is in use.
old_code_in_use_is_told_of(_) ->
    _ = loaded(block_keeper(1)),
    Keeper = beamtalk:spawn('CtBlocks'),
    Sitting = beamtalk:send(Keeper, 'sit:', [self()]),
    KeeperPid = pid(Keeper),
    receive {inside, KeeperPid} -> ok end,
    {Sitter, Ref} = sitter(),
    #{pending := [KeeperPid]} = unanswered(block_keeper(2)),
    {refused, {refused, #beamtalk_error{kind = runtime_error, message = Message, hint = Hint, details = Details}}} = load(block_keeper(3)),
    ?assertEqual(lists:sort([pid(Keeper), Sitter]), lists:sort(maps:get(processes, Details))),
    Names = [beamtalk_printer:display(Keeper), beamtalk_printer:pid_text(Sitter)],
    ?assertEqual([], [Name || Name <- Names, binary:match(Message, Name) =:= nomatch]),
    ?assertMatch({match, _}, re:run(Hint, "would be killed")),
    %% One leaves, the other is still in the way; the version before goes on.
    KeeperPid ! go,
    ?assertEqual(left, beamtalk:await(Sitting)),
    ?assertEqual(2, beamtalk:call(Keeper, version, [])),
    {refused, {refused, #beamtalk_error{details = #{processes := [Sitter]}}}} = load(block_keeper(3)),
    Sitter ! go,
    receive {'DOWN', Ref, process, Sitter, left} -> ok end,
    ?assertMatch(#{migrated := 1}, load(block_keeper(3))),
    ?assertEqual(3, beamtalk:call(Keeper, version, [])).

%% Nobody is inside of a block that is kept; when its code has gone, that is what the one who evaluates it is told.
kept_blocks_say_that_their_code_is_gone(_) ->
    _ = loaded(block_keeper(1)),
    Keeper = beamtalk:spawn('CtBlocks'),
    _ = beamtalk:call(Keeper, keep, []),
    _ = loaded(block_keeper(2)),
    ?assertEqual(8, beamtalk:call(Keeper, 'use:', [7])),
    _ = loaded(block_keeper(3)),
    ?assertMatch(
        #beamtalk_error{kind = runtime_error, class = 'Block', message = <<"The code of this block is no longer loaded">>},
        raised(fun() -> beamtalk:call(Keeper, 'use:', [7]) end)
    ),
    _ = beamtalk:call(Keeper, keep, []),
    ?assertEqual(8, beamtalk:call(Keeper, 'use:', [7])).

%% A process inside of a block of the class.
sitter() ->
    Me = self(),
    Block = beamtalk:call('CtBlocks', block, []),
    {Pid, Ref} = spawn_monitor(fun() -> exit(Block(Me)) end),
    receive {inside, Pid} -> {Pid, Ref} end.

old_code_in_use_is_killed_on_demand_only(_) ->
    _ = loaded(block_keeper(1)),
    Keeper = beamtalk:spawn('CtBlocks'),
    {Sitter, Ref} = sitter(),
    _ = loaded(block_keeper(2)),
    {ok, #{beam := Beam}} = beamtalk_compiler:compile(iolist_to_binary(lists:join("\n", block_keeper(3))), #{path => ?PATH, emit => [core, beam]}),
    ?assertMatch({error, #beamtalk_error{details = #{processes := [Sitter]}}}, beamtalk_loader:load('bt@ct_blocks', Beam)),
    ?assert(is_process_alive(Sitter)),
    {ok, #{warnings := [Warning], migrated := 1}} = beamtalk_loader:load('bt@ct_blocks', Beam, #{purge => hard}),
    receive {'DOWN', Ref, process, Sitter, Reason} -> ?assertEqual(killed, Reason) end,
    ?assertNotEqual(nomatch, binary:match(Warning, beamtalk_printer:pid_text(Sitter))),
    ?assertMatch([#{module := 'bt@ct_blocks', processes := [Sitter]}], reports(old_code_killed)),
    ?assertEqual(3, beamtalk:call(Keeper, version, [])).

removal_kills_nobody_for_old_code(_) ->
    _ = loaded(block_keeper(1)),
    {Sitter, Ref} = sitter(),
    _ = loaded(block_keeper(2)),
    Keeper = beamtalk:spawn('CtBlocks'),
    Error = raised(fun() -> beamtalk:call('CtBlocks', removeFromSystem, []) end),
    ?assertMatch(#beamtalk_error{kind = runtime_error, class = 'CtBlocks', selector = removeFromSystem, details = #{processes := [Sitter]}}, Error),
    ?assertEqual(2, beamtalk:call(Keeper, version, [])),
    Sitter ! go,
    receive {'DOWN', Ref, process, Sitter, left} -> ok end,
    %% Code of the present version is no hindrance: whoever is inside goes on with it.
    {Second, SecondRef} = sitter(),
    ?assertEqual(nil, beamtalk:call('CtBlocks', removeFromSystem, [])),
    ?assertNot(beamtalk_class_registry:is_registered('CtBlocks')),
    ?assertEqual(false, beamtalk:call(Keeper, isAlive, [])),
    Second ! go,
    receive {'DOWN', SecondRef, process, Second, left} -> ok end.

%%% Growth

%% In a node of its own, where nobody else loads code.
reloads_leave_nothing_behind(_) ->
    Times = 500 * min(20, beamtalk_stress:factor() * beamtalk_stress:factor()),
    {ok, Peer} = beamtalk_stress:peer([]),
    try
        {Before, After} = peer:call(Peer, ?MODULE, grow, [Times], infinity),
        Grown = [{Key, maps:get(Key, After) - Count} || {Key, Count} <- maps:to_list(Before), maps:get(Key, After) > Count],
        ct:pal("~b reloads: ~p, grown ~p", [Times, After, Grown]),
        %% Nothing grows with the number of reloads. Code memory moves by a few pages as versions of unequal size take turns.
        ?assertEqual([], [Key || {Key, _} <- Grown, Key =/= code_memory]),
        ?assert(proplists:get_value(code_memory, Grown, 0) < 500000)
    after
        peer:stop(Peer)
    end.

grow(Times) ->
    {ok, _} = application:ensure_all_started(beamtalk),
    ok = logger:set_primary_config(level, error),
    _ = reload_growing(0),
    Actors = [beamtalk:spawn('CtGrowing') || _ <- lists:seq(1, 5)],
    %% The first ones load modules of OTP and of the library and name everything there is to name.
    _ = [reload_growing(V) || V <- lists:seq(1, 40)],
    %% Asking makes names as well.
    #{processes := Most} = sizes(infinity),
    Before = sizes(infinity),
    _ = [reload_growing(V) || V <- lists:seq(1, Times)],
    After = sizes(Most),
    [Times] = lists:usort([beamtalk:call(Actor, version, []) || Actor <- Actors]),
    {Before, After}.

reload_growing(Version) when Version rem 3 =:= 1 ->
    Method = iolist_to_binary(["CtGrowing >> version => ", integer_to_list(Version)]),
    {ok, _} = beamtalk_source_loader:patch(<<"CtGrowing">>, Method);
reload_growing(Version) ->
    loaded([
        "Actor subclass: CtGrowing",
        "  /// What a version keeps.",
        ["  state: field", integer_to_list(Version rem 7), " = ", integer_to_list(Version)],
        "  classState: made = 0",
        "  class make => self.made := self.made + 1",
        "  each: list => list collect: [:x | x + self version]",
        ["  version => ", integer_to_list(Version)]
    ]).

%% The compiler's last worker may still be ending when there are more processes.
sizes(Most) ->
    ok = beamtalk_stress:wait_for(fun() -> erlang:system_info(process_count) =< Most end),
    _ = [erlang:garbage_collect(P) || P <- processes()],
    Tables = [T || T <- ets:all(), is_atom(T), lists:prefix("beamtalk_", atom_to_list(T))],
    maps:merge(
        #{
            modules => length(code:all_loaded()),
            atoms => erlang:system_info(atom_count),
            processes => erlang:system_info(process_count),
            terms => maps:get(count, persistent_term:info()),
            code_memory => erlang:memory(code)
        },
        maps:from_list([{T, ets:info(T, size)} || T <- Tables])
    ).
