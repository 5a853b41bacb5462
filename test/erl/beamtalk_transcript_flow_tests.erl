%% @doc Writers of a Transcript wait for it. Its part is played by a process that counts what lies in its mailbox.
-module(beamtalk_transcript_flow_tests).

-include_lib("eunit/include/eunit.hrl").
-include("beamtalk.hrl").

few_messages_wait_test() ->
    ?assert(most_waiting(fun(P) -> [nil = beamtalk_actor_send:tell(P, 'TranscriptStream', 'show:', [N]) || N <- lists:seq(1, 20000)] end) =< 1001).

few_futures_wait_test() ->
    Show = fun(P, N) -> beamtalk_actor_send:send(self(), P, 'TranscriptStream', 'show:', [N]) end,
    ?assert(most_waiting(fun(P) -> [{beamtalk_future, _} = Show(P, N) || N <- lists:seq(1, 5000)] end) =< 1001).

long_texts_count_more_test() ->
    Long = binary:copy(<<"x">>, 100000),
    ?assert(most_waiting(fun(P) -> [nil = beamtalk_actor_send:tell(P, 'TranscriptStream', 'show:', [Long]) || _ <- lists:seq(1, 1000)] end) =< 12).

line_ends_count_test() ->
    ?assert(most_waiting(fun(P) -> [nil = beamtalk_actor_send:tell(P, 'TranscriptStream', cr, []) || _ <- lists:seq(1, 5000)] end) =< 1001).

%% Messages that other actors get are not held back: the mailbox of one that reads nothing has them all.
others_do_not_wait_test() ->
    Deaf = spawn(fun() -> receive stop -> ok end end),
    _ = [nil = beamtalk_actor_send:tell(Deaf, 'Counter', 'show:', [N]) || N <- lists:seq(1, 5000)],
    ?assertEqual({message_queue_len, 5000}, process_info(Deaf, message_queue_len)),
    Deaf ! stop.

%% A writer goes on, a second later.
a_suspended_one_is_not_waited_for_test_() ->
    {timeout, 30, fun() ->
        Deaf = spawn(fun() -> receive stop -> ok end end),
        _ = [nil = beamtalk_actor_send:tell(Deaf, 'TranscriptStream', 'show:', [N]) || N <- lists:seq(1, 1500)],
        {message_queue_len, Waiting} = process_info(Deaf, message_queue_len),
        ?assert(Waiting >= 1500),
        Deaf ! stop
    end}.

a_dead_one_is_not_waited_for_test() ->
    {Dead, Monitor} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Monitor, process, Dead, _} -> ok end,
    ?assertMatch([nil | _], [beamtalk_actor_send:tell(Dead, 'TranscriptStream', 'show:', [N]) || N <- lists:seq(1, 3000)]).

%% A subscriber that reads nothing is waited for as well: its writers go on, a second later.
slow_subscribers_are_waited_for_test_() ->
    {timeout, 30, fun() ->
        Subscriber = spawn(fun() -> receive stop -> ok end end),
        _ = [Subscriber ! N || N <- lists:seq(1, 10001)],
        Start = erlang:monotonic_time(millisecond),
        _ = most_waiting(fun(P) -> [nil = beamtalk_actor_send:tell(P, 'TranscriptStream', 'show:', [N]) || N <- lists:seq(1, 1000)] end, [Subscriber]),
        ?assert(erlang:monotonic_time(millisecond) - Start >= 1000),
        Subscriber ! stop
    end}.

most_waiting(Write) -> most_waiting(Write, []).

most_waiting(Write, Subscribers) ->
    Transcript = spawn_link(fun() -> transcript(0, Subscribers) end),
    erase('$beamtalk_transcript_sent'),
    _ = Write(Transcript),
    Transcript ! {most, self()},
    receive {most, Most} -> Most end.

transcript(Most, Subscribers) ->
    {message_queue_len, Waiting} = process_info(self(), message_queue_len),
    receive
        {'$gen_call', {_, [alias | Alias] = Tag}, {'fieldAt:', [subscribers]}} -> Alias ! {Tag, {ok, Subscribers}};
        {most, Pid} -> Pid ! {most, Most};
        {?BT_TELL, _} -> ok;
        {?BT_TELL, _, _} -> ok;
        {?BT_SEND, _, _, _} -> ok
    end,
    transcript(max(Most, Waiting), Subscribers).
