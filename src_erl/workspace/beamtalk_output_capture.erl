%%% @doc Group leader of an evaluation: keeps what is written and passes it on, lets input through to the real one.
%%%
%%% One process per evaluation. It stays after the evaluation as long as processes born during it write to it: then it only passes on.
%%% It ends with its owner.
-module(beamtalk_output_capture).

-export([start/2, taken/1]).

-export_type([sink/0]).

%% Gets each piece of text as it comes.
-type sink() :: fun((binary()) -> term()) | none.

%% @doc A group leader in front of `Real'. The calling process is the owner.
-spec start(pid(), sink()) -> pid().
start(Real, Sink) ->
    Owner = self(),
    spawn(fun() ->
        Monitor = erlang:monitor(process, Owner),
        loop(#{real => Real, sink => Sink, owner => Monitor, text => []})
    end).

%% @doc Everything written so far. From now on text is passed on to the real group leader.
-spec taken(pid()) -> binary().
taken(Capture) ->
    Monitor = erlang:monitor(process, Capture),
    Capture ! {take, self(), Monitor},
    receive
        {taken, Monitor, Text} ->
            erlang:demonitor(Monitor, [flush]),
            Text;
        {'DOWN', Monitor, process, _, _} ->
            <<>>
    end.

loop(#{real := Real, owner := Owner, text := Text} = State) ->
    receive
        {io_request, From, Reference, Request} ->
            loop(request(From, Reference, Request, State));
        {transcript_output, Shown} ->
            loop(transcript(Shown, State));
        {take, Pid, Reference} ->
            Pid ! {taken, Reference, iolist_to_binary(lists:reverse(Text))},
            loop(State#{text := passing, sink := fun(Late) -> io:put_chars(Real, Late) end});
        {'DOWN', Owner, process, _, _} ->
            ok;
        _ ->
            loop(State)
    end.

%% An evaluation that subscribed to the Transcript. Who shows output as it comes shows the Transcript too.
transcript(Shown, #{sink := none, text := Text} = State) when Text =/= passing -> write(Shown, State);
transcript(_, State) -> State.

request(From, Reference, Request, #{real := Real} = State) ->
    case output(Request) of
        {text, Text} ->
            From ! {io_reply, Reference, ok},
            write(Text, State);
        bad ->
            From ! {io_reply, Reference, {error, request}},
            State;
        other ->
            %% Input and settings: the real one answers the asker itself.
            Real ! {io_request, From, Reference, Request},
            State
    end.

output({put_chars, Encoding, Chars}) -> text(Chars, Encoding);
output({put_chars, Encoding, M, F, A}) -> formatted(Encoding, M, F, A);
output({put_chars, Chars}) when not is_atom(Chars) -> text(Chars, latin1);
output({requests, Requests}) -> all([output(R) || R <- Requests], []);
output(_) -> other.

all([], Texts) -> {text, iolist_to_binary(lists:reverse(Texts))};
all([{text, Text} | Rest], Texts) -> all(Rest, [Text | Texts]);
all([Other | _], _) -> Other.

formatted(Encoding, M, F, A) ->
    try
        text(apply(M, F, A), Encoding)
    catch
        _:_ -> bad
    end.

text(Chars, Encoding) ->
    case unicode:characters_to_binary(Chars, Encoding) of
        Text when is_binary(Text) -> {text, Text};
        _ -> bad
    end.

write(Chunk, #{sink := Sink, text := Kept} = State) ->
    _ = is_function(Sink) andalso Sink(Chunk),
    case Kept of
        passing -> State;
        _ -> State#{text := [Chunk | Kept]}
    end.
