%%% The runner behind `beamtalk test', on files written for each case.
-module(beamtalk_test_runner_SUITE).

-include_lib("stdlib/include/assert.hrl").

-export([all/0, suite/0, init_per_suite/1, end_per_suite/1, init_per_testcase/2, end_per_testcase/2]).
-export([
    failures_name_the_line/1,
    a_failure_elsewhere_shows_the_way/1,
    messages_of_the_assertions/1,
    loops_keep_no_frames/1,
    one_bad_file_keeps_no_other_from_running/1,
    a_class_in_two_files/1,
    a_broken_fixture_is_one_failure/1,
    a_test_cannot_end_the_run/1,
    setup_and_teardown/1,
    teardown_runs_after_a_test_was_ended/1,
    output_belongs_to_its_test/1,
    floods_are_bounded/1,
    actors_live_as_long_as_their_class/1,
    setup_leaves_actors/1,
    tests_run_in_source_order/1,
    a_seed_gives_an_order/1,
    files_run_side_by_side/1,
    a_filter_chooses/1,
    a_runner_that_dies_is_a_failure/1,
    examples_run_with_the_class/1,
    inherited_tests_run/1,
    many_tests_take_little_time/1
]).
%% Called by a test.
-export([flood/0]).

suite() ->
    [{timetrap, {seconds, 120}}].

all() ->
    [F || {F, 1} <- ?MODULE:module_info(exports), not lists:member(F, [init_per_suite, end_per_suite, module_info])].

init_per_suite(Config) ->
    {ok, _} = application:ensure_all_started(beamtalk_workspace),
    Depth = erlang:system_flag(backtrace_depth, 40),
    [{depth, Depth}, {transcript, beamtalk_message_dispatch:global('Transcript')} | Config].

end_per_suite(Config) ->
    _ = erlang:system_flag(backtrace_depth, proplists:get_value(depth, Config)),
    ok.

init_per_testcase(Case, Config) ->
    Dir = filename:join(proplists:get_value(priv_dir, Config), atom_to_list(Case)),
    [{files, Dir} | Config].

end_per_testcase(_, Config) ->
    Before = proplists:get_value(transcript, Config),
    case beamtalk_message_dispatch:global('Transcript') of
        {beamtalk_object, _, _, Pid} = Own when Own =/= Before -> exit(Pid, kill);
        _ -> true
    end,
    ok = beamtalk_message_dispatch:set_global('Transcript', Before),
    lists:foreach(
        fun(Class) -> _ = beamtalk_class_removal:remove(beamtalk_class_registry:class_ref(Class)) end,
        [C || C <- beamtalk_class_registry:all_classes(), lists:prefix("Tr", atom_to_list(C)), not beamtalk_class_registry:is_stdlib(C)]
    ).

%%% What the cases are made of.

options() -> options(#{}).

options(Changed) ->
    {Options, _} = beamtalk_test_options:parse(<<"test">>, []),
    maps:merge(Options, Changed).

%% Writes the files, loads them, and runs all suites.
run(Files, Config) -> run(Files, #{}, Config).

run(Files, Changed, Config) ->
    {ok, #{suites := Suites}} = load(Files, Changed, Config),
    beamtalk_test_run:suites(Suites, options(Changed), fun(_) -> ok end).

load(Files, Changed, Config) ->
    Dir = proplists:get_value(files, Config),
    lists:foreach(
        fun({Name, Lines}) ->
            File = filename:join(Dir, Name),
            ok = filelib:ensure_dir(File),
            ok = file:write_file(File, unicode:characters_to_binary(lists:join("\n", Lines ++ [""])))
        end,
        Files
    ),
    {ok, Plan} = beamtalk_unit_tests:collect([Dir]),
    beamtalk_unit_tests:load(Plan, options(Changed)).

test(Name, Reports) ->
    [Test] = [T || R <- Reports, #{what := What} = T <- beamtalk_test_report:tests(R), What =:= Name],
    Test.

message(Name, Reports) ->
    unicode:characters_to_binary(lists:join("\n", beamtalk_test_report:message(test(Name, Reports)))).

statuses(Reports) ->
    [{What, Status} || R <- Reports, #{what := What, status := Status} <- beamtalk_test_report:tests(R)].

names(Reports) -> [What || {What, _} <- statuses(Reports)].

%%% Where it failed

failures_name_the_line(Config) ->
    Reports = run([{"a_test.bt", [
        "TestCase subclass: TrLines",
        "  state: x = 0",
        "  testTail =>",
        "    self assert: 1 equals: 1",
        "    self assert: 1 equals: 2",
        "  testMiddle =>",
        "    self assert: 1 equals: 1",
        "    self deny: true",
        "    self assert: 1 equals: 1",
        "  testInBlock =>",
        "    #(1, 2) do: [:each |",
        "      self assert: each equals: 1]",
        "  testInBranch =>",
        "    3 > 2",
        "      ifTrue: [self assert: false]",
        "      ifFalse: [self assert: true]",
        "  testInLoop =>",
        "    1 to: 3 do: [:i |",
        "      self assert: i < 3]",
        "  testWithFields =>",
        "    self.x := 3",
        "    self assert: self.x equals: 4",
        "  testShould =>",
        "    self should: [3 foo] raise: #bar",
        "  testError =>",
        "    nil foo",
        "  testReturn =>",
        "    ^self fail: \"no\""
    ]}], Config),
    Expected = [
        {<<"testTail">>, 5}, {<<"testMiddle">>, 8}, {<<"testInBlock">>, 12}, {<<"testInBranch">>, 15}, {<<"testInLoop">>, 19},
        {<<"testWithFields">>, 22}, {<<"testShould">>, 24}, {<<"testError">>, 26}, {<<"testReturn">>, 28}
    ],
    ?assertEqual(Expected, [{Name, maps:get(line, test(Name, Reports))} || {Name, failed} <- statuses(Reports)]).

a_failure_elsewhere_shows_the_way(Config) ->
    Reports = run([
        {"fixtures/TrMachine.bt", ["Object subclass: TrMachine", "  work =>", "    nil jam", "    3"]},
        {"fixtures/TrWorker.bt", ["Actor subclass: TrWorker", "  work =>", "    nil jam", "    3"]},
        {"a_test.bt", [
            "TestCase subclass: TrWay",
            "  testHelper =>",
            "    self check: 3",
            "  check: n =>",
            "    self assert: n equals: 4",
            "  testFixture =>",
            "    self assert: TrMachine new work equals: 3",
            "  testActor =>",
            "    self assert: TrWorker spawn work await equals: 3"
        ]}
    ], Config),
    ?assertMatch(#{line := 5}, test(<<"testHelper">>, Reports)),
    ?assertEqual([<<"TrWay>>check:">>, <<"TrWay>>testHelper">>], methods(test(<<"testHelper">>, Reports))),
    ?assertMatch(#{line := 7}, test(<<"testFixture">>, Reports)),
    ?assertEqual([<<"TrMachine>>work">>, <<"TrWay>>testFixture">>], methods(test(<<"testFixture">>, Reports))),
    ?assertMatch(#{line := 9}, test(<<"testActor">>, Reports)),
    ?assertEqual([<<"TrWorker>>work">>, <<"TrWay>>testActor">>], methods(test(<<"testActor">>, Reports))).

methods(#{trace := Trace}) -> [hd(binary:split(Frame, <<" (">>)) || Frame <- Trace].

messages_of_the_assertions(Config) ->
    Reports = run([{"a_test.bt", [
        "TestCase subclass: TrTexts",
        "  testAssert => self assert: false",
        "  testDeny => self deny: true",
        "  testEquals => self assert: 3 equals: 4",
        "  testNoError => self should: [3] raise: #boom",
        "  testOtherError => self should: [3 foo] raise: #boom",
        "  testFail => self fail: \"ä reason\""
    ]}], Config),
    Expected = [
        {<<"testAssert">>, <<"Assertion failed: expected true, got false">>},
        {<<"testDeny">>, <<"Denial failed: expected false, got true">>},
        {<<"testEquals">>, <<"Expected 4, got 3">>},
        {<<"testNoError">>, <<"Expected block to raise boom but it completed normally">>},
        {<<"testOtherError">>, <<"Expected error kind boom but got does_not_understand">>},
        {<<"testFail">>, <<"ä reason"/utf8>>}
    ],
    ?assertEqual(Expected, [{Name, message(Name, Reports)} || Name <- names(Reports)]).

%% A million turns would show in the memory if each kept a frame.
loops_keep_no_frames(Config) ->
    Reports = run([{"a_test.bt", [
        "TestCase subclass: TrLoops",
        "  testLoop =>",
        "    i := 0",
        "    [i < 3000000] whileTrue: [i := i + 1]",
        "    self assert: i equals: 3000000",
        "    used := Erlang erlang process_info: (Erlang erlang self) with: #total_heap_size",
        "    self assert: (used at: 2) < 1000000"
    ]}], Config),
    ?assertEqual([{<<"testLoop">>, passed}], statuses(Reports)).

%%% Files that are no good

one_bad_file_keeps_no_other_from_running(Config) ->
    Reports = run([
        {"a_test.bt", ["TestCase subclass: TrBroken", "  testA => self assert: (1 +", "  testB => 3"]},
        {"b_test.bt", ["TestCase subclass: Integer", "  testA => self assert: true"]},
        {"c_test.bt", ["TestCase subclass: TrGood", "  testGood => self assert: true"]}
    ], Config),
    ?assertEqual([{<<"a_test">>, failed}, {<<"b_test">>, failed}, {<<"testGood">>, passed}], statuses(Reports)),
    ?assertMatch(#{line := 3}, test(<<"a_test">>, Reports)),
    ?assertMatch(<<"3:3: Unexpected token", _/binary>>, message(<<"a_test">>, Reports)),
    ?assertMatch(<<"Cannot redefine stdlib class 'Integer'", _/binary>>, message(<<"b_test">>, Reports)).

a_class_in_two_files(Config) ->
    Reports = run([
        {"a_test.bt", ["TestCase subclass: TrTwice", "  testFirst => self assert: true"]},
        {"b_test.bt", ["TestCase subclass: TrTwice", "  testSecond => self assert: true"]},
        {"fixtures/TrOnce.bt", ["Object subclass: TrOnce"]},
        {"c_test.bt", ["TestCase subclass: TrOnce", "  testThird => self assert: true"]}
    ], Config),
    ?assertEqual([{<<"testFirst">>, passed}, {<<"b_test">>, failed}, {<<"c_test">>, failed}], statuses(Reports)),
    ?assertMatch(<<"Class 'TrTwice' is also defined in '", _/binary>>, message(<<"b_test">>, Reports)),
    ?assertMatch({_, _}, binary:match(message(<<"c_test">>, Reports), <<"fixtures/TrOnce.bt">>)).

a_broken_fixture_is_one_failure(Config) ->
    Reports = run([
        {"fixtures/TrBad.bt", ["Object subclass: TrBad", "  a => (1 +"]},
        {"fixtures/TrFine.bt", ["Object subclass: TrFine", "  a => 1"]},
        {"a_test.bt", ["TestCase subclass: TrUsesBoth", "  testFine => self assert: TrFine new a equals: 1", "  testBad => TrBad new a"]}
    ], Config),
    ?assertEqual([{<<"TrBad">>, failed}, {<<"testFine">>, passed}, {<<"testBad">>, failed}], statuses(Reports)).

%%% Tests that misbehave

a_test_cannot_end_the_run(Config) ->
    Reports = run([{"a_test.bt", [
        "TestCase subclass: TrWild",
        "  testKilled => (Erlang erlang) exit: (Erlang erlang self) with: #kill",
        "  testExit => Erlang erlang exit: #gone",
        "  testThrow => Erlang erlang throw: #ball",
        "  testHalt => Erlang erlang halt: 0",
        "  testHaltBare => Erlang erlang halt",
        "  testStop => Erlang init stop",
        "  testForEver => self loop",
        "  loop =>",
        "    [true] whileTrue: [Erlang timer sleep: 1]",
        "  testWaits =>",
        "    Erlang timer sleep: 100000",
        "  testLinked => Erlang erlang spawn_link: [Erlang erlang exit: #linked]. Erlang timer sleep: 100000",
        "  testStillHere => self assert: true"
    ]}], #{timeout => 500}, Config),
    ?assertEqual([<<"testStillHere">>], [Name || {Name, passed} <- statuses(Reports)]),
    Texts = maps:from_list([{Name, message(Name, Reports)} || {Name, failed} <- statuses(Reports)]),
    ?assertMatch(
        #{
            <<"testKilled">> := <<"The test's process was killed", _/binary>>,
            <<"testExit">> := <<"gone">>,
            <<"testThrow">> := <<"ball">>,
            <<"testHalt">> := <<"Erlang erlang halt would end the node that runs the tests", _/binary>>,
            <<"testHaltBare">> := <<"Erlang erlang halt would end", _/binary>>,
            <<"testStop">> := <<"Erlang init stop would end the node that runs the tests", _/binary>>,
            <<"testForEver">> := <<"The test did not end within 500 ms and was stopped">>,
            <<"testWaits">> := <<"The test did not end within 500 ms and was stopped">>,
            <<"testLinked">> := <<"The test's process ended before the test did: linked">>
        },
        Texts
    ),
    ?assertMatch(#{line := 5}, test(<<"testHalt">>, Reports)),
    %% Where it was when it was stopped.
    ?assertMatch(#{line := 10}, test(<<"testForEver">>, Reports)),
    ?assertMatch(#{line := 12}, test(<<"testWaits">>, Reports)).

setup_and_teardown(Config) ->
    Reports = run([
        {"a_test.bt", [
            "TestCase subclass: TrSetUp",
            "  setUp =>",
            "    nil foo",
            "  testA => self assert: true",
            "  tearDown => Erlang io put_chars: \"down\""
        ]},
        {"b_test.bt", [
            "TestCase subclass: TrTearDown",
            "  state: log = #()",
            "  setUp => self.log := self.log addFirst: #up",
            "  testPasses => self assert: self.log equals: #(#up)",
            "  testFails => self assert: self.log equals: #()",
            "  tearDown => nil foo"
        ]}
    ], Config),
    ?assertEqual([{<<"testA">>, failed}, {<<"testPasses">>, passed}, {<<"testFails">>, failed}], statuses(Reports)),
    ?assertMatch(<<"setUp failed: UndefinedObject does not understand 'foo'", _/binary>>, message(<<"testA">>, Reports)),
    ?assertMatch(#{line := 3, output := <<"down">>}, test(<<"testA">>, Reports)),
    ?assertEqual(<<"Expected #(), got #(#up)">>, message(<<"testFails">>, Reports)).

%% The fields that setUp left are there.
teardown_runs_after_a_test_was_ended(Config) ->
    Reports = run([{"a_test.bt", [
        "TestCase subclass: TrEnded",
        "  state: name = nil",
        "  setUp => self.name := \"prepared\"",
        "  testLoop => [true] whileTrue: []",
        "  testKilled => (Erlang erlang) exit: (Erlang erlang self) with: #kill",
        "  tearDown => Erlang io put_chars: \"down {self.name}\""
    ]}], #{timeout => 200}, Config),
    ?assertEqual(
        [{<<"testLoop">>, failed, <<"down prepared">>}, {<<"testKilled">>, failed, <<"down prepared">>}],
        [{Name, Status, maps:get(output, test(Name, Reports))} || {Name, Status} <- statuses(Reports)]
    ).

output_belongs_to_its_test(Config) ->
    Reports = run([
        {"fixtures/TrTalker.bt", ["Actor subclass: TrTalker", "  say => Erlang io put_chars: \"actor \""]},
        {"a_test.bt", [
            "TestCase subclass: TrTalk",
            "  testIo => Erlang io put_chars: \"io \"",
            "  testTranscript => Transcript show: \"shown\"; cr; show: 12",
            "  testActor => TrTalker spawn say await",
            "  testSilent => self assert: true",
            "  testAsks => self assert: (Erlang io get_line: \"? \") equals: #eof"
        ]}
    ], Config),
    ?assertEqual(
        [
            {<<"testIo">>, <<"io ">>}, {<<"testTranscript">>, <<"shown\n12">>}, {<<"testActor">>, <<"actor ">>},
            {<<"testSilent">>, <<>>}, {<<"testAsks">>, <<>>}
        ],
        [{Name, maps:get(output, test(Name, Reports))} || {Name, passed} <- statuses(Reports)]
    ).

floods_are_bounded(Config) ->
    Reports = run([{"a_test.bt", [
        "TestCase subclass: TrFlood",
        "  testIo => 100000 timesRepeat: [Erlang io put_chars: \"0123456789\"]",
        "  testTranscript => 300000 timesRepeat: [Transcript show: \"x\"]",
        "  testPast => Erlang beamtalk_test_runner_SUITE flood",
        "  testAfter => Transcript show: \"after\""
    ]}], #{timeout => 60000}, Config),
    ?assertEqual([{<<"testIo">>, passed}, {<<"testTranscript">>, passed}, {<<"testPast">>, failed}, {<<"testAfter">>, passed}], statuses(Reports)),
    #{output := Kept} = test(<<"testIo">>, Reports),
    ?assert(byte_size(Kept) < 66000),
    ?assertMatch({_, _}, binary:match(Kept, <<"[934464 more bytes of output were not kept]">>)),
    ?assertMatch(<<"The test was stopped: it shows on the Transcript faster", _/binary>>, message(<<"testPast">>, Reports)),
    ?assertMatch(#{output := <<"after">>}, test(<<"testAfter">>, Reports)).

%% Who sends without `show:' is not held back.
flood() ->
    {beamtalk_object, _, _, Transcript} = beamtalk_message_dispatch:global('Transcript'),
    flood(Transcript).

flood(Transcript) ->
    Transcript ! {'$gen_cast', {'show:', [<<"x">>]}},
    flood(Transcript).

%%% Actors

actors_live_as_long_as_their_class(Config) ->
    Reports = run([
        {"fixtures/TrCounter.bt", ["Actor subclass: TrCounter", "  state: n = 0", "  add => self.n := self.n + 1"]},
        {"a_test.bt", [
            "TestCase subclass: TrShares",
            "  classState: shared = nil",
            "  class shared => self.shared ifNil: [self.shared := TrCounter spawn]. self.shared",
            "  testOne => self assert: TrShares shared add await equals: 1",
            "  testTwo => self assert: TrShares shared add await equals: 2"
        ]},
        {"b_test.bt", [
            "TestCase subclass: TrAlone",
            "  testNone => self assert: (Erlang beamtalk_object_instances pids: #TrCounter) equals: #()"
        ]}
    ], Config),
    ?assertEqual([{<<"testOne">>, passed}, {<<"testTwo">>, passed}, {<<"testNone">>, passed}], statuses(Reports)).

setup_leaves_actors(Config) ->
    Before = length(processes()),
    Reports = run([
        {"fixtures/TrLeft.bt", ["Actor subclass: TrLeft", "  forEver => [true] whileTrue: []"]},
        {"a_test.bt", [
            "TestCase subclass: TrLeaves",
            "  setUp => 100 timesRepeat: [TrLeft spawn]. TrLeft spawn forEver",
            "  testA => self assert: true",
            "  testB => self assert: false"
        ]}
    ], Config),
    ?assertEqual([{<<"testA">>, passed}, {<<"testB">>, failed}], statuses(Reports)),
    ?assertEqual([], beamtalk_object_instances:pids('TrLeft')),
    ?assert(length(processes()) < Before + 50).

%%% Order and choice

tests_run_in_source_order(Config) ->
    Reports = run([
        {"b_test.bt", ["TestCase subclass: TrFirst", "  testZ => nil", "  testA => nil"]},
        {"a_test.bt", ["TestCase subclass: TrLast", "  testY => nil", "  helper => 3", "  testX => nil", "  testWith: a => nil"]}
    ], Config),
    ?assertEqual([<<"testY">>, <<"testX">>, <<"testZ">>, <<"testA">>], names(Reports)).

a_seed_gives_an_order(Config) ->
    Lines = fun(Class) -> ["TestCase subclass: " ++ Class | ["  test" ++ Class ++ integer_to_list(N) ++ " => nil" || N <- lists:seq(1, 20)]] end,
    Files = [{"a_test.bt", Lines("TrSeedA")}, {"b_test.bt", Lines("TrSeedB")}],
    Plain = names(run(Files, Config)),
    Orders = [names(run(Files, #{seed => Seed}, Config)) || Seed <- [1, 2, 3, 4]],
    ?assertEqual(Orders, [names(run(Files, #{seed => Seed, jobs => 2}, Config)) || Seed <- [1, 2, 3, 4]]),
    ?assertEqual(5, length(lists:usort([Plain | Orders]))),
    ?assertEqual([lists:sort(Plain)], lists:usort([lists:sort(Order) || Order <- Orders])).

%% Each waits for the other; the reports still come in order.
files_run_side_by_side(Config) ->
    Wait = fun(Class, Own, Other) ->
        [
            "TestCase subclass: " ++ Class,
            "  testMeets =>",
            "    Erlang persistent_term put: #" ++ Own ++ " with: true",
            "    [Erlang persistent_term get: #" ++ Other ++ " with: false] whileFalse: [Erlang timer sleep: 1]"
        ]
    end,
    Files = [{"a_test.bt", Wait("TrMeetsA", "trA", "trB")}, {"b_test.bt", Wait("TrMeetsB", "trB", "trA")}],
    Forget = fun() -> [persistent_term:erase(Key) || Key <- [trA, trB]] end,
    Together = run(Files, #{jobs => 2, timeout => 10000}, Config),
    Forget(),
    ?assertEqual([<<"TrMeetsA">>, <<"TrMeetsB">>], [Name || #{name := Name} <- Together]),
    ?assertEqual([passed, passed], [Status || {_, Status} <- statuses(Together)]),
    Alone = run(Files, #{jobs => 1, timeout => 300}, Config),
    Forget(),
    ?assertEqual([failed, passed], [Status || {_, Status} <- statuses(Alone)]).

a_filter_chooses(Config) ->
    Files = [
        {"a_test.bt", ["/// ```beamtalk", "/// 1 // => 1", "/// ```", "TestCase subclass: TrSum", "  testAdd => nil", "  testSub => nil"]},
        {"b_test.bt", ["TestCase subclass: TrOther", "  testAdd => nil"]}
    ],
    Chosen = fun(Filter) -> names(run(Files, #{filter => Filter}, Config)) end,
    ?assertEqual([<<"testAdd">>, <<"testAdd">>], Chosen(<<"testAdd">>)),
    ?assertEqual([<<"testAdd">>, <<"testSub">>, <<"1">>], Chosen(<<"TrSum">>)),
    ?assertEqual([<<"testSub">>], Chosen(<<"TrSum>>testS">>)),
    ?assertEqual([<<"1">>], Chosen(<<"DocTest">>)),
    ?assertEqual([], Chosen(<<"nothing">>)).

a_runner_that_dies_is_a_failure(_Config) ->
    Suites = [
        #{name => <<"bad">>, file => <<"bad.bt">>, run => fun() -> exit(oops) end},
        #{name => <<"good">>, file => <<"good.bt">>, run => fun() -> [beamtalk_test_report:new(<<"good">>, <<"good.bt">>)] end}
    ],
    Self = self(),
    Reports = beamtalk_test_run:suites(Suites, options(), fun(#{name := Name}) -> Self ! {told, Name} end),
    ?assertMatch([#{name := <<"bad">>, failures := [_]}, #{name := <<"good">>, failures := []}], Reports),
    ?assertEqual(<<"The process that runs this file's tests ended: oops">>, message(<<"bad">>, Reports)),
    ?assertEqual([<<"bad">>, <<"good">>], [receive {told, Name} -> Name end || _ <- [1, 2]]).

examples_run_with_the_class(Config) ->
    Reports = run([{"a_test.bt", [
        "/// A class.",
        "///",
        "/// ```beamtalk",
        "/// x := 20",
        "/// x + 1   // => 21",
        "/// x + 2   // => 21",
        "/// ```",
        "TestCase subclass: TrExamples",
        "  testA => self assert: true"
    ]}], Config),
    ?assertEqual([<<"TrExamples">>, <<"TrExamplesDocTest">>], [Name || #{name := Name} <- Reports]),
    ?assertMatch(#{line := 6, expected := <<"21">>, got := <<"22">>}, test(<<"x + 2">>, Reports)).

inherited_tests_run(Config) ->
    Reports = run([
        {"fixtures/TrShared.bt", [
            "abstract TestCase subclass: TrShared", "  testShared =>", "    self assert: self number equals: 1", "  number => self subclassResponsibility"
        ]},
        {"a_test.bt", ["TrShared subclass: TrOwn", "  number => 2", "  testOwn => self assert: self number equals: 2"]}
    ], Config),
    ?assertEqual([{<<"testShared">>, failed}, {<<"testOwn">>, passed}], lists:sort(fun({A, _}, {B, _}) -> A >= B end, statuses(Reports))),
    #{line := 3, file := File} = test(<<"testShared">>, Reports),
    ?assertEqual("TrShared.bt", filename:basename(binary_to_list(File))).

%% 484 tests in 89 files: the size of the library's own tests, with an order of magnitude to spare.
many_tests_take_little_time(Config) ->
    Files = [
        {"t" ++ integer_to_list(F) ++ "_test.bt", [
            "TestCase subclass: TrMany" ++ integer_to_list(F)
            | ["  test" ++ integer_to_list(N) ++ " => self assert: " ++ integer_to_list(N) ++ " + 1 equals: " ++ integer_to_list(N + 1) || N <- lists:seq(1, 5)]
        ]}
     || F <- lists:seq(1, 89)
    ],
    Start = erlang:monotonic_time(millisecond),
    Reports = run(Files, Config),
    Time = erlang:monotonic_time(millisecond) - Start,
    ?assertEqual(#{total => 445, passed => 445, failed => 0}, beamtalk_test_report:totals(Reports)),
    ct:log("~b ms", [Time]),
    ?assert(Time < 20000, "the limit for the whole command is 6 s on an idle machine").
