%%% @doc Primitives of TranscriptStream: the log kept in the fields of an actor.
%%%
%%% They run in the actor's process, where the fields are in the process dictionary. Entries are kept newest first and cut back when there are
%%% twice as many as are shown, so writing costs O(1) on average; a long entry counts as several, so that the last ones take some
%%% megabytes at most. Subscribers are processes; they get `{transcript_output, Text}'. How writers are held back is
%%% `beamtalk_transcript_flow'.
-module(beamtalk_transcript_ops).

-export([show/2, cr/1, recent/1, clear/1, doesNotUnderstand_args/3]).
-export([subscribe/1, unsubscribe/1, subscribe/2, unsubscribe/2]).

-define(STATE, '$beamtalk_state').
-define(KEPT, 1000).
%% Bytes of an entry that counts as one.
-define(ENTRY_BYTES, (1 bsl 14)).

-spec show(Self, term()) -> Self.
show(Self, Value) ->
    append(Self, text(Value)).

-spec cr(Self) -> Self.
cr(Self) ->
    append(Self, <<"\n">>).

-spec recent(term()) -> [binary()].
recent(_Self) ->
    #{entries := Entries} = get(?STATE),
    {Last, _} = last(Entries, 0, []),
    Last.

-spec clear(Self) -> Self.
clear(Self) ->
    update(fun(State) -> State#{entries := [], size := 0} end),
    Self.

-spec doesNotUnderstand_args(term(), atom(), list()) -> no_return().
doesNotUnderstand_args(_Self, Selector, _) ->
    beamtalk_error:raise(
        does_not_understand,
        'Transcript',
        Selector,
        <<"A Transcript understands show:, cr, recent, clear, subscribe, unsubscribe and what every actor does">>
    ).

%% @doc A self-send of `subscribe': the session that started the transcript. From outside, the sender's session comes as an argument.
-spec subscribe(Self) -> Self.
subscribe(Self) ->
    subscribe(Self, group_leader()).

-spec unsubscribe(Self) -> Self.
unsubscribe(Self) ->
    unsubscribe(Self, group_leader()).

%% @doc A process receives new text from now on.
-spec subscribe(Self, pid()) -> Self.
subscribe(Self, Pid) ->
    update(fun(#{subscribers := Pids} = State) -> State#{subscribers := lists:usort([Pid | Pids])} end),
    Self.

-spec unsubscribe(Self, pid()) -> Self.
unsubscribe(Self, Pid) ->
    update(fun(#{subscribers := Pids} = State) -> State#{subscribers := lists:delete(Pid, Pids)} end),
    Self.

append(Self, Text) ->
    update(fun(#{entries := Entries, size := Size, subscribers := Pids} = State) ->
        Alive = [Pid || Pid <- Pids, beamtalk_opaque_ops:isAlive(Pid)],
        _ = [Pid ! {transcript_output, Text} || Pid <- Alive],
        trimmed(State#{entries := [Text | Entries], size := Size + weight(Text), subscribers := Alive})
    end),
    Self.

trimmed(#{entries := Entries, size := Size} = State) when Size >= 2 * ?KEPT ->
    {Last, Kept} = last(Entries, 0, []),
    State#{entries := lists:reverse(Last), size := Kept};
trimmed(State) ->
    State.

%% The newest entries, oldest first, and what they count: not more than a thousand, except for a single one.
last([Text | Rest], Size, Last) ->
    case Size + weight(Text) of
        More when More > ?KEPT, Last =/= [] -> {Last, Size};
        More -> last(Rest, More, [Text | Last])
    end;
last([], Size, Last) ->
    {Last, Size}.

weight(Text) -> 1 + byte_size(Text) div ?ENTRY_BYTES.

update(Change) ->
    put(?STATE, Change(get(?STATE))).

text(Value) when is_binary(Value) -> Value;
text(Value) when is_atom(Value) -> atom_to_binary(Value);
text([_ | _] = Value) ->
    %% Text made by Erlang functions comes as a list of code points.
    case io_lib:printable_unicode_list(Value) of
        true -> unicode:characters_to_binary(Value);
        false -> beamtalk_printer:print_string(Value)
    end;
text(Value) -> beamtalk_printer:print_string(Value).
