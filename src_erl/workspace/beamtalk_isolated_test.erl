%%% @doc Runs one test method in a process of its own, with a time limit, a memory limit, no input, and its output caught.
%%%
%%% A test that is ended from outside gets its `tearDown' afterwards, in a process that may take as long as `?TEAR_DOWN_MS'. What the processes
%%% it started do afterwards is not its business any more; `end_left/1' ends them.
-module(beamtalk_isolated_test).

-export([run/3, capture_options/0, end_left/1]).

-export_type([outcome/0]).

-type outcome() :: #{
    verdict := passed | {failed, map()},
    output := binary(),
    %% Microseconds.
    time := non_neg_integer(),
    %% The group leader of the test and of the processes it started.
    leader := pid()
}.

-define(TEAR_DOWN_MS, 5000).
-define(LOOK_MS, 200).
-define(KEPT_OUTPUT, 65536).
-define(MAX_HEAP_MIB, 1024).

%% @doc How the output of tests is captured.
-spec capture_options() -> beamtalk_output_capture:options().
capture_options() ->
    #{limit => ?KEPT_OUTPUT, input => none, late => discard}.

%% @doc Runs it for so many milliseconds at most.
-spec run(atom(), atom(), pos_integer()) -> outcome().
run(Class, Test, Limit) ->
    Leader = beamtalk_output_capture:start(group_leader(), none, capture_options()),
    ok = beamtalk_test_transcript:to(Leader),
    Start = erlang:monotonic_time(microsecond),
    Verdict = limited(Class, Test, Leader, Limit),
    Time = erlang:monotonic_time(microsecond) - Start,
    ok = beamtalk_test_transcript:no_longer_to(Leader),
    #{verdict => Verdict, output => beamtalk_output_capture:taken(Leader), time => Time, leader => Leader}.

limited(Class, Test, Leader, Limit) ->
    Runner = self(),
    Key = make_ref(),
    Ready = fun(Prepared) -> Runner ! {Key, ready, Prepared} end,
    Run = fun() -> run_test(beamtalk_engine:choice(#{}), Class, Test, Ready) end,
    {Worker, Monitor} = spawned(Leader, fun() -> exit({shutdown, {Key, Run()}}) end),
    case watched(Worker, Monitor, Limit) of
        {ended, {shutdown, {Key, passed}}} ->
            _ = prepared(Key),
            passed;
        {ended, {shutdown, {Key, {failed, Message, {Kind, Reason, Stack}}}}} ->
            _ = prepared(Key),
            Place = beamtalk_test_trace:of_failure(Class, beamtalk_failure:raised(Kind, Reason, Stack)),
            {failed, Place#{message => Message}};
        {ended, Reason} ->
            ok = torn_down(prepared(Key), Leader),
            {failed, #{message => ended(Reason)}};
        Why ->
            Place = beamtalk_test_trace:of_process(Class, Worker),
            ok = kill(Worker, Monitor),
            ok = torn_down(prepared(Key), Leader),
            {failed, Place#{message => stopped(Why, Limit)}}
    end.

%% Fixtures are the node's in any case; the engine is for the test itself.
run_test(beam, Class, Test, Ready) -> beamtalk_test_case:run_test(Class, Test, Ready);
run_test(evaluator, Class, Test, Ready) -> beamtalk_test_case:run_test(Class, Test, Ready, fun beamtalk_machine_test:send/2).

%% How the process ends, or why it must not go on.
watched(Worker, Monitor, Left) ->
    Step = min(Left, ?LOOK_MS),
    receive
        {'DOWN', Monitor, process, Worker, Reason} -> {ended, Reason}
    after Step ->
        case beamtalk_test_transcript:is_flooded() of
            true -> flooded;
            false when Left =:= Step -> late;
            false -> watched(Worker, Monitor, Left - Step)
        end
    end.

kill(Worker, Monitor) ->
    true = exit(Worker, kill),
    receive
        {'DOWN', Monitor, process, _, _} -> ok
    end.

spawned(Leader, Work) ->
    spawn_opt(
        fun() ->
            true = group_leader(Leader, self()),
            Work()
        end,
        [monitor, beamtalk_heap_limit:option(?MAX_HEAP_MIB)]
    ).

%% The object that was prepared, if it came so far. Takes the message out of the mailbox.
prepared(Key) ->
    receive
        {Key, ready, Prepared} -> {ok, Prepared}
    after 0 -> none
    end.

torn_down(none, _) ->
    ok;
torn_down({ok, Prepared}, Leader) ->
    {Worker, Monitor} = spawned(Leader, fun() -> beamtalk_test_case:tear_down(Prepared) end),
    receive
        {'DOWN', Monitor, process, _, _} -> ok
    after ?TEAR_DOWN_MS -> kill(Worker, Monitor)
    end.

ended(killed) ->
    "The test's process was killed: by the test, or because it used more than 1 GiB of memory";
ended(Reason) ->
    ["The test's process ended before the test did: ", beamtalk_printer:term_text(Reason)].

stopped(late, Limit) -> ["The test did not end within ", seconds(Limit), " and was stopped"];
stopped(flooded, _) -> "The test was stopped: it shows on the Transcript faster than that can be written".

seconds(Ms) when Ms rem 1000 =:= 0 -> [integer_to_list(Ms div 1000), " s"];
seconds(Ms) -> [integer_to_list(Ms), " ms"].

%% @doc Ends the actors and other processes that tests with these group leaders left behind.
-spec end_left([pid()]) -> ok.
end_left(Leaders) ->
    Set = maps:from_keys(Leaders, left),
    Left = [Pid || Pid <- processes(), {group_leader, Leader} <- [process_info(Pid, group_leader)], is_map_key(Leader, Set)],
    lists:foreach(fun(Pid) -> exit(Pid, kill) end, Left).
