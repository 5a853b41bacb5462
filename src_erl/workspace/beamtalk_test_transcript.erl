%%% @doc The Transcript of a test run: what tests show on it belongs to their output.
%%%
%%% It answers to the name `Transcript' only; `TranscriptStream current' stays nil, as there is no workspace. When files run side by side, a test
%%% that fails shows what all tests showed meanwhile.
-module(beamtalk_test_transcript).

-export([start/0, to/2, no_longer_to/2]).

-export_type([transcript/0]).

-type transcript() :: pid() | none.

-spec start() -> transcript().
start() ->
    case beamtalk_class_registry:is_registered('TranscriptStream') of
        true ->
            Reference =
                {beamtalk_object, _, _, Pid} =
                beamtalk_class_instantiation:spawn(beamtalk_class_registry:class_ref('TranscriptStream')),
            ok = beamtalk_message_dispatch:set_global('Transcript', Reference),
            Pid;
        false ->
            none
    end.

%% @doc The process gets what is shown from now on.
-spec to(pid(), transcript()) -> ok.
to(Pid, Transcript) ->
    change(fun(Pids) -> [Pid | Pids] end, Transcript).

%% @doc What was shown before has been sent when this returns.
-spec no_longer_to(pid(), transcript()) -> ok.
no_longer_to(Pid, Transcript) ->
    change(fun(Pids) -> lists:delete(Pid, Pids) end, Transcript).

change(_, none) ->
    ok;
change(Change, Transcript) ->
    try sys:replace_state(Transcript, fun(#{subscribers := Pids} = State) -> State#{subscribers := Change(Pids)} end) of
        _ -> ok
    catch
        %% A test stopped it, or keeps it busy.
        exit:_ -> ok
    end.
