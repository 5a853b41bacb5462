%%% @doc Group leader of an evaluation: keeps what is written and passes it on, lets input through to the real one.
%%%
%%% One process per evaluation. It stays after the evaluation as long as processes born during it write to it: then it only passes on.
%%% It ends with its owner.
%%%
%%% Tests get one that keeps only so much, has no input, and lets nothing through afterwards.
-module(beamtalk_output_capture).

-export([start/2, start/3, taken/1]).

-export_type([sink/0, options/0]).

%% Gets each piece of text as it comes.
-type sink() :: fun((binary()) -> term()) | none.
-type options() :: #{
    %% Bytes of text that are kept; without it all.
    limit => pos_integer(),
    %% No input: who asks for some is at its end.
    input => none,
    %% What becomes of text that comes after `taken/1'.
    late => pass | discard
}.

%% @doc A group leader in front of `Real'. The calling process is the owner.
-spec start(pid(), sink()) -> pid().
start(Real, Sink) ->
    start(Real, Sink, #{}).

-spec start(pid(), sink(), options()) -> pid().
start(Real, Sink, Options) ->
    Owner = self(),
    spawn(fun() ->
        Monitor = erlang:monitor(process, Owner),
        loop(#{real => Real, sink => Sink, owner => Monitor, options => Options, text => [], size => 0, lost => 0})
    end).

%% @doc Everything written so far. From now on text is passed on to the real group leader, or thrown away.
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

loop(#{owner := Owner} = State) ->
    receive
        {io_request, From, Reference, Request} ->
            loop(request(From, Reference, Request, State));
        {transcript_output, Shown} ->
            loop(transcript(Shown, State));
        {take, Pid, Reference} ->
            Pid ! {taken, Reference, kept(State)},
            loop(State#{text := passing, sink := late(State)});
        {'DOWN', Owner, process, _, _} ->
            ok;
        _ ->
            loop(State)
    end.

kept(#{text := passing}) -> <<>>;
kept(#{text := Text, lost := 0}) -> iolist_to_binary(lists:reverse(Text));
kept(#{text := Text, lost := Lost}) ->
    iolist_to_binary([lists:reverse(Text), "\n[", integer_to_binary(Lost), " more bytes of output were not kept]\n"]).

late(#{options := #{late := discard}}) -> none;
late(#{real := Real}) -> fun(Late) -> io:put_chars(Real, Late) end.

%% An evaluation that subscribed to the Transcript. Who shows output as it comes shows the Transcript too.
transcript(Shown, #{sink := none, text := Text} = State) when Text =/= passing -> write(Shown, State);
transcript(_, State) -> State.

request(From, Reference, Request, #{real := Real, options := Options} = State) ->
    case output(Request) of
        {text, Text} ->
            From ! {io_reply, Reference, ok},
            write(Text, State);
        bad ->
            From ! {io_reply, Reference, {error, request}},
            State;
        input when map_get(input, Options) =:= none ->
            From ! {io_reply, Reference, eof},
            State;
        _ ->
            %% Input and settings: the real one answers the asker itself.
            Real ! {io_request, From, Reference, Request},
            State
    end.

output({put_chars, Encoding, Chars}) -> text(Chars, Encoding);
output({put_chars, Encoding, M, F, A}) -> formatted(Encoding, M, F, A);
output({put_chars, Chars}) when not is_atom(Chars) -> text(Chars, latin1);
output({requests, Requests}) -> all([output(R) || R <- Requests], []);
output(Request) when is_tuple(Request) -> asked(element(1, Request));
output(_) -> other.

asked(get_chars) -> input;
asked(get_line) -> input;
asked(get_until) -> input;
asked(get_password) -> input;
asked(_) -> other.

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

write(Chunk, #{sink := Sink} = State) ->
    _ = is_function(Sink) andalso Sink(Chunk),
    keep(Chunk, State).

keep(_, #{text := passing} = State) ->
    State;
keep(Chunk, #{options := #{limit := Limit}, size := Limit, lost := Lost} = State) ->
    State#{lost := Lost + byte_size(Chunk)};
keep(Chunk, #{options := #{limit := Limit}, text := Text, size := Size, lost := Lost} = State) when Size + byte_size(Chunk) > Limit ->
    Part = beginning(Chunk, Limit - Size),
    State#{text := [Part | Text], size := Limit, lost := Lost + byte_size(Chunk) - byte_size(Part)};
keep(Chunk, #{text := Text, size := Size} = State) ->
    State#{text := [Chunk | Text], size := Size + byte_size(Chunk)}.

%% Whole characters of so many bytes.
beginning(Chunk, Bytes) ->
    case unicode:characters_to_binary(binary:part(Chunk, 0, Bytes)) of
        Text when is_binary(Text) -> Text;
        {_, Text, _} -> Text
    end.
