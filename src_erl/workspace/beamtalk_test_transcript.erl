%%% @doc The Transcript of a test run: what tests show on it belongs to their output.
%%%
%%% It answers to the name `Transcript' only; `TranscriptStream current' stays nil, as there is no workspace. When files run side by side, a test
%%% that fails shows what all tests showed meanwhile. Showing does not wait for the Transcript, so a loop that shows could fill the memory with
%%% messages: who waits for a test asks `is_flooded/0' now and then.
-module(beamtalk_test_transcript).

-export([start/0, to/1, no_longer_to/1, is_flooded/0]).

-define(NAME, 'Transcript').
-define(CLASS, 'TranscriptStream').
-define(MOST_WAITING, 200000).

%% @doc A new one, instead of the last.
-spec start() -> ok.
start() ->
    _ = beamtalk_class_registry:is_registered(?CLASS) andalso
        beamtalk_message_dispatch:set_global(?NAME, beamtalk_class_instantiation:spawn(beamtalk_class_registry:class_ref(?CLASS))),
    ok.

%% @doc The process gets what is shown from now on.
-spec to(pid()) -> ok.
to(Pid) ->
    change(fun(Pids) -> [Pid | Pids] end).

%% @doc What was shown before has been sent when this returns.
-spec no_longer_to(pid()) -> ok.
no_longer_to(Pid) ->
    change(fun(Pids) -> lists:delete(Pid, Pids) end).

change(Change) ->
    case transcript() of
        none ->
            ok;
        Transcript ->
            try sys:replace_state(Transcript, fun(#{subscribers := Pids} = State) -> State#{subscribers := Change(Pids)} end) of
                _ -> ok
            catch
                %% A test stopped it, or keeps it busy.
                exit:_ -> renew(Transcript)
            end
    end.

renew(Transcript) ->
    true = exit(Transcript, kill),
    start().

%% @doc Are more messages waiting than it can be meant to? Then it is replaced, and they are gone.
-spec is_flooded() -> boolean().
is_flooded() ->
    Transcript = transcript(),
    case Transcript =/= none andalso process_info(Transcript, message_queue_len) of
        {message_queue_len, Waiting} when Waiting > ?MOST_WAITING ->
            ok = renew(Transcript),
            true;
        _ ->
            false
    end.

transcript() ->
    case beamtalk_message_dispatch:global(?NAME) of
        {beamtalk_object, _, _, Pid} -> Pid;
        nil -> none
    end.
