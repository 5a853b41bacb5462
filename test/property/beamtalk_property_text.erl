%%% @doc Property: messages to texts answer what OTP's `string' module says, grapheme by grapheme.
%%%
%%% A program is a list of messages to texts made of what is hard to tell apart or to change: combining marks, emoji joined from several, flags,
%%% Hangul in pieces, line ends of two characters, other directions, letters that change their number with their case. Each is sent as a program
%%% sends it; the model beside it works on lists of code points.
-module(beamtalk_property_text).

-behaviour(beamtalk_property).

-export([generate/0, run/2, simpler/1, show/1, faults/0, expected_events/0]).

-export_type([step/0]).

-type step() :: {Selector :: atom(), Text :: [char()], Arguments :: [[char()] | integer()]}.

-define(MODEL, beamtalk_property_text_model).
-define(UNARY, [
    length, size, isEmpty, isNotEmpty, asList, reverse, uppercase, lowercase, capitalize, trim, trimLeft, trimRight, isBlank, isDigit, isAlpha,
    lines, words, asInteger, asFloat, printString, asString, collect, do, select, reject, stream, hash
]).
-define(COUNTED, ['at:', 'take:', 'drop:', 'repeat:', 'padLeft:', 'padRight:']).
-define(WITH_TEXT, [
    '=:=', '/=', '<', '>', '<=', '>=', '++', 'includesSubstring:', 'startsWith:', 'endsWith:', 'indexOf:', 'includes:', 'split:', 'splitOn:',
    'withAll:'
]).
-define(SENT, 'message sent').

-spec faults() -> [?MODEL:fault(), ...].
faults() -> [points_for_graphemes, ascii_case_only, ascii_blanks_only, bytes_found_anywhere].

%% @doc What must come to pass somewhere in a run.
-spec expected_events() -> [atom()].
expected_events() ->
    [joined, case_changes_length, index_out_of_bounds, badarg, found, found_inside_a_grapheme, bytes_without_occurrence, blanks_trimmed, padded].

%%% Generating

-spec generate() -> [step()].
generate() ->
    [message() || _ <- lists:seq(1, 25)].

message() ->
    Text = text(),
    case random(10) of
        1 -> {one_of([trim, trimLeft, trimRight, isBlank]), some([blank(), blank()]) ++ Text ++ some([blank(), blank()]), []};
        N when N =< 4 -> {one_of(?UNARY), Text, []};
        N when N =< 6 -> {one_of(?COUNTED), Text, [one_of([-1, 0, 1, 2, 3, 5, 8, 13, 40])]};
        N when N =< 8 -> {one_of(?WITH_TEXT), Text, [part_of(Text)]};
        9 -> {one_of(['padLeft:with:', 'padRight:with:']), Text, [random(20) - 2, one_of([fragment(), fragment(), text()])]};
        10 -> {one_of(['replaceAll:with:', 'replaceFirst:with:']), Text, [part_of(Text), one_of([text(), fragment(), []])]}
    end.

text() ->
    lists:append([fragment() || _ <- lists:seq(1, random(9) - 1)]).

%% What is looked for mostly occurs: a run of code points, wherever it begins and ends.
part_of([]) -> one_of([[], fragment()]);
part_of(Text) ->
    case random(5) of
        1 -> fragment();
        2 -> one_of([[], Text, text()]);
        _ ->
            From = random(length(Text)),
            lists:sublist(Text, From, random(3))
    end.

fragment() ->
    case random(14) of
        1 -> one_of(["a", "b", "Z", "abc", "Straße", "ok"]);
        2 -> one_of(["0", "7", "42", "-1", "+", ".", "1.5", [16#661], [16#FF11]]);
        3 -> blank();
        4 -> one_of([[16#301], [16#308], [16#323], [16#20DD], [16#200D], [16#FE0F], [16#1F3FD], [16#E0061]]);
        5 -> one_of(["e", "o", "n", "a"]) ++ some([[16#301], [16#308], [16#323]]);
        6 -> one_of([[16#1F468], [16#1F469, 16#200D, 16#1F4BB], [16#1F469, 16#200D, 16#1F467, 16#200D, 16#1F466], [16#2764, 16#FE0F], [16#1F44D, 16#1F3FD]]);
        7 -> one_of([[16#1F1E9, 16#1F1EA], [16#1F1EB, 16#1F1F7], [16#1F1EF], [16#1F3F4, 16#E0067, 16#E0062, 16#E007F]]);
        8 -> one_of([[16#1100, 16#1161], [16#1112, 16#1161, 16#11AB], [16#AC00], [16#AC00, 16#11A8], [16#1161], [16#11AB]]);
        9 -> one_of([[16#627, 16#644], [16#5E9, 16#5C1], [16#600, $1], [16#915, 16#94D, 16#937], [16#E01, 16#E33], [16#BA8, 16#BBF], [16#202E]]);
        10 -> one_of([[16#130], [16#131], "I", "i", [16#DF], [16#1E9E], [16#FB01], [16#1C5], [16#149], [16#1F80], [16#390], [16#587]]);
        11 -> one_of([[16#3A3], [16#3C2], [16#3C3], [16#10D0], [16#1C90], [16#13A0], [16#AB70], [16#10400], [16#1E9B, 16#307]]);
        12 -> one_of([[16#65E5], [16#672C], [16#1F680], [16#10FFFF], [16#FEFF], [16#FFFD], [0], [16#AD]]);
        13 -> [point(random(16#10FFFF))];
        14 -> [point(random(16#3000))]
    end.

%% Not all of these are blanks to `trim'.
blank() -> one_of([" ", "  ", "\t", "\n", "\r\n", "\r", "\v", "\f", [16#85], [16#A0], [16#2028], [16#2029], [16#200E], [16#3000]]).

%% Surrogates are no characters.
point(N) when N >= 16#D800, N =< 16#DFFF -> N - 16#800;
point(N) -> N.

some(List) -> lists:append([X || X <- List, random(2) =:= 1]).

one_of(List) -> lists:nth(random(length(List)), List).

random(N) -> rand:uniform(N).

%%% Running

-spec run([step()], none | ?MODEL:fault()) -> {ok, #{atom() => pos_integer()}} | {differs, pos_integer(), term(), term()}.
run(Steps, Fault) ->
    run(Steps, Fault, 1, #{}).

run([{Selector, Text, Arguments} = Step | Steps], Fault, N, Events) ->
    Expected = ?MODEL:answer(Selector, Text, Arguments, Fault),
    case sent(Step) of
        Expected ->
            Seen = ?MODEL:events(Selector, Text, Arguments, Expected),
            run(Steps, Fault, N + 1, lists:foldl(fun(E, All) -> maps:update_with(E, fun(C) -> C + 1 end, 1, All) end, Events, Seen));
        Got ->
            {differs, N, Expected, Got}
    end;
run([], _, _, Events) ->
    {ok, Events}.

sent({Selector, Text, Arguments}) ->
    try
        send(Selector, utf8(Text), [argument(A) || A <- Arguments])
    catch
        error:#{error := Error} -> {error, element(2, Error)};
        error:Reason -> {error, Reason}
    end.

send(collect, Text, []) -> message('collect:', Text, [fun(Each) -> Each end]);
send(select, Text, []) -> message('select:', Text, [fun ?MODEL:is_kept/1]);
send(reject, Text, []) -> message('reject:', Text, [fun ?MODEL:is_kept/1]);
send(do, Text, []) ->
    put(?SENT, []),
    nil = message('do:', Text, [fun(Each) -> put(?SENT, [Each | get(?SENT)]) end]),
    lists:reverse(get(?SENT));
send(stream, Text, []) -> message(asList, message(stream, Text, []), []);
%% Equal texts, equal hashes; which one is the platform's affair.
send(hash, Text, []) -> message(hash, Text, []) =:= message(hash, <<Text/binary>>, []);
send('withAll:', Text, [Other]) -> message('withAll:', beamtalk_message_dispatch:class_ref('String'), [[Text, Other, Text]]);
send(Selector, Text, Arguments) -> message(Selector, Text, Arguments).

message(Selector, Receiver, Arguments) ->
    beamtalk_message_dispatch:send(Receiver, Selector, Arguments).

argument(Number) when is_integer(Number) -> Number;
argument(Text) -> utf8(Text).

utf8(Points) -> unicode:characters_to_binary(Points).

%%% Making small, showing

-spec simpler(step()) -> [step()].
simpler({Selector, Text, Arguments}) ->
    [{Selector, Shorter, Arguments} || Shorter <- shorter(Text)] ++
        [{Selector, Text, Fewer} || Fewer <- simpler_arguments(Arguments)].

simpler_arguments([First | Rest]) ->
    [[Simpler | Rest] || is_list(First), Simpler <- shorter(First)] ++ [[First | Simpler] || Simpler <- simpler_arguments(Rest)];
simpler_arguments([]) ->
    [].

shorter(Text) ->
    [lists:sublist(Text, N - 1) ++ lists:nthtail(N, Text) || N <- lists:seq(1, length(Text))].

-spec show(step()) -> iodata().
show({Selector, Text, Arguments}) ->
    io_lib:format("~ts  ~ts  ~0tp~n    code points ~w ~w~n", [
        utf8(Text), Selector, [argument(A) || A <- Arguments], Text, Arguments
    ]).
