%%% @doc Makes who writes to a Transcript wait for it now and then.
%%%
%%% `show:' does not wait, so a loop that shows would fill the memory with messages: those of the Transcript, or those of a subscriber that
%%% writes to a slow terminal. Therefore a process that has sent about a thousand short texts waits until the Transcript has got there, and
%%% until its subscribers have few messages left. Either takes a second at most: a Transcript that is suspended, or a subscriber that
%%% reads nothing, makes writers slow and does not stop them.
-module(beamtalk_transcript_flow).

-export([sent/2]).

-define(SENT, '$beamtalk_transcript_sent').
-define(MOST_SENT, 1000).
-define(MOST_UNREAD, 10000).
-define(LONGEST_MS, 1000).
-define(LOOK_MS, 10).

%% @doc Called by the sender for each value it has sent to be shown.
-spec sent(pid(), term()) -> ok.
sent(Transcript, Value) when Transcript =/= self() ->
    Before =
        case get(?SENT) of
            undefined -> 0;
            Sent -> Sent
        end,
    case Before + weight(Value) of
        Enough when Enough >= ?MOST_SENT ->
            _ = put(?SENT, 0),
            wait(Transcript);
        Now ->
            _ = put(?SENT, Now),
            ok
    end;
sent(_, _) ->
    ok.

%% A kilobyte of text counts as one more. What else is copied has any size; it is printed by the Transcript.
weight(Text) when is_binary(Text) -> 1 + byte_size(Text) div 1024;
weight(Value) when is_atom(Value); is_integer(Value); is_float(Value) -> 1;
weight(_) -> 20.

%% The answer comes when all messages before the question have been handled.
wait(Transcript) ->
    try beamtalk_actor_send:ask(Transcript, 'TranscriptStream', 'fieldAt:', [subscribers], ?LONGEST_MS) of
        Subscribers -> read([Pid || Pid <- Subscribers, is_pid(Pid), Pid =/= self()], ?LONGEST_MS)
    catch
        %% It has ended, or takes its time.
        error:_ -> ok
    end.

read([Pid | Rest] = Subscribers, Left) when Left > 0 ->
    case unread(Pid) > ?MOST_UNREAD of
        true ->
            ok = timer:sleep(?LOOK_MS),
            read(Subscribers, Left - ?LOOK_MS);
        false ->
            read(Rest, Left)
    end;
read(_, _) ->
    ok.

unread(Pid) when node(Pid) =:= node() ->
    case process_info(Pid, message_queue_len) of
        {message_queue_len, Count} -> Count;
        undefined -> 0
    end;
unread(_) ->
    0.
