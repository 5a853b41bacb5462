%%% @doc Primitives of String, the UTF-8 binary.
%%%
%%% Texts are counted in grapheme clusters, by OTP's `string' module; runs of ASCII take a short way. Arguments that are no texts fail as
%%% the functions underneath do (`badarg'), and so do binaries that are no UTF-8 where a grapheme has to be told from the next. Texts that would not fit into memory are refused
%%% before they are built, and lists of their pieces.
-module(beamtalk_string_ops).

-export([next/1, bounded/1]).
-export([withAll/2, '++'/2, length/1, at/2, take/2, drop/2, asList/1]).
-export([uppercase/1, lowercase/1, capitalize/1, trim/1, trimLeft/1, trimRight/1, reverse/1, repeat/2]).
-export([padLeft/2, padLeft_with/3, padRight/2, padRight_with/3]).
-export([includesSubstring/2, startsWith/2, endsWith/2, indexOf/2, isBlank/1, isDigit/1, isAlpha/1]).
-export([split/2, splitOn/2, lines/1, words/1, replaceAll_with/3, replaceFirst_with/3]).
-export([asInteger/1, asFloat/1, asAtom/1, do/2, collect/2, select/2, stream/1]).

%% What is no UTF-8 text is badarg, without the bytes that `string' adds to it.
-define(OTP(Call),
    try
        Call
    catch
        error:{badarg, _} -> erlang:error(badarg)
    end
).
%% Largest text that is put together at once.
-define(MAX_BYTES, (1 bsl 28)).
%% Most pieces of a text that is taken apart: while they are made, each takes as much memory as two hundred characters in a row.
-define(MAX_PIECES, (1 bsl 23)).
%% `string' goes through lists of characters; a longer text goes through it part by part, each of that many graphemes.
-define(AT_ONCE, (1 bsl 20)).
-define(PART, 100000).
%% Reading digits takes quadratic time and cannot be interrupted; this many take half a second.
-define(MAX_DIGITS, 300000).

%% @doc The first grapheme, as a text, and the rest.
-spec next(binary()) -> {binary(), binary()} | done.
next(<<C, D, _/binary>> = Text) when C < 128, C =/= $\r, D < 128 ->
    <<_, Rest/binary>> = Text,
    {<<C>>, Rest};
next(Text) ->
    case string:next_grapheme(Text) of
        [Grapheme | _] -> split_binary(Text, bytes(Grapheme));
        [] -> done;
        {error, _} -> erlang:error(badarg)
    end.

%% The rest is a part of the text: making a binary of what `next_grapheme' leaves would read it all again for every grapheme.
bytes(Points) when is_list(Points) -> lists:sum([bytes(Point) || Point <- Points]);
bytes(Point) when Point < 16#80 -> 1;
bytes(Point) when Point < 16#800 -> 2;
bytes(Point) when Point < 16#10000 -> 3;
bytes(_) -> 4.

-spec withAll(term(), term()) -> binary().
withAll(_Class, List) ->
    ok = beamtalk_collection_ops:list(List, 'String', 'withAll:'),
    bounded([part(E) || E <- List]).

part(Text) when is_binary(Text) -> Text;
part(Other) -> beamtalk_collection_ops:type_error('String', 'withAll:', "a List of Strings", Other).

-spec '++'(binary(), term()) -> binary().
'++'(Text, Other) when is_binary(Other) ->
    ok = fits(byte_size(Text) + byte_size(Other)),
    <<Text/binary, Other/binary>>;
'++'(_, _) -> erlang:error(badarg).

-spec length(binary()) -> non_neg_integer().
length(Text) ->
    ?OTP(string:length(Text)).

-spec at(binary(), term()) -> binary().
at(Text, Index) when is_integer(Index), Index >= 1 ->
    case ?OTP(text(string:slice(Text, Index - 1, 1))) of
        <<>> -> beamtalk_error:raise(index_out_of_bounds, 'String', 'at:', "Index is beyond string length");
        Grapheme -> Grapheme
    end;
at(_, Index) ->
    ok = beamtalk_collection_ops:index(Index, 'String', 'at:'),
    beamtalk_error:raise(index_out_of_bounds, 'String', 'at:', "Index must be >= 1 (1-based indexing)").

-spec take(binary(), term()) -> binary().
take(Text, Count) when is_integer(Count), Count > 0 ->
    ?OTP(text(string:slice(Text, 0, Count)));
take(_, Count) ->
    ok = beamtalk_collection_ops:index(Count, 'String', 'take:'),
    <<>>.

-spec drop(binary(), term()) -> binary().
drop(Text, Count) when is_integer(Count), Count > 0 ->
    ?OTP(text(string:slice(Text, Count)));
drop(Text, Count) ->
    ok = beamtalk_collection_ops:index(Count, 'String', 'drop:'),
    Text.

-spec asList(binary()) -> [binary()].
asList(Text) ->
    case byte_size(Text) =< ?MAX_PIECES orelse ?MODULE:length(Text) =< ?MAX_PIECES of
        true -> graphemes(next(Text));
        false -> erlang:error(system_limit)
    end.

graphemes({Grapheme, Rest}) -> [Grapheme | graphemes(next(Rest))];
graphemes(done) -> [].

%%% Case, trimming, padding.

-spec uppercase(binary()) -> binary().
uppercase(Text) ->
    iolist_to_binary(parts(Text, fun(Part) -> ?OTP(text(string:uppercase(Part))) end)).

-spec lowercase(binary()) -> binary().
lowercase(Text) ->
    iolist_to_binary(parts(Text, fun(Part) -> ?OTP(text(string:lowercase(Part))) end)).

parts(Text, Change) when byte_size(Text) =< ?AT_ONCE ->
    [Change(Text)];
parts(Text, Change) ->
    Part = take(Text, ?PART),
    [Change(Part) | parts(binary:part(Text, byte_size(Part), byte_size(Text) - byte_size(Part)), Change)].

-spec capitalize(binary()) -> binary().
capitalize(Text) ->
    case next(Text) of
        {First, Rest} -> <<(uppercase(First))/binary, Rest/binary>>;
        done -> <<>>
    end.

-spec trim(binary()) -> binary().
trim(Text) ->
    ?OTP(text(string:trim(Text))).

-spec trimLeft(binary()) -> binary().
trimLeft(Text) ->
    ?OTP(text(string:trim(Text, leading))).

-spec trimRight(binary()) -> binary().
trimRight(Text) ->
    ?OTP(text(string:trim(Text, trailing))).

-spec reverse(binary()) -> binary().
reverse(Text) ->
    iolist_to_binary(lists:reverse(parts(Text, fun(Part) -> ?OTP(text(string:reverse(Part))) end))).

-spec repeat(binary(), term()) -> binary().
repeat(Text, Count) when is_integer(Count), Count >= 0 ->
    ok = fits(byte_size(Text) * Count),
    binary:copy(Text, Count);
repeat(_, _) ->
    erlang:error(badarg).

-spec padLeft(binary(), term()) -> binary().
padLeft(Text, Width) ->
    padLeft_with(Text, Width, <<" ">>).

-spec padLeft_with(binary(), term(), term()) -> binary().
padLeft_with(Text, Width, Filler) ->
    Padding = padding(Text, Width, Filler),
    <<Padding/binary, Text/binary>>.

-spec padRight(binary(), term()) -> binary().
padRight(Text, Width) ->
    padRight_with(Text, Width, <<" ">>).

-spec padRight_with(binary(), term(), term()) -> binary().
padRight_with(Text, Width, Filler) ->
    Padding = padding(Text, Width, Filler),
    <<Text/binary, Padding/binary>>.

padding(Text, Width, Filler) when is_integer(Width), is_binary(Filler) ->
    case ?MODULE:length(Filler) of
        1 -> repeat(Filler, max(0, Width - ?MODULE:length(Text)));
        _ -> erlang:error(badarg)
    end;
padding(_, _, _) ->
    erlang:error(badarg).

%% @doc One text out of parts. Parts may be the same text many times over, so the sum is looked at first.
-spec bounded(iolist()) -> binary().
bounded(Parts) ->
    ok = fits(iolist_size(Parts)),
    iolist_to_binary(Parts).

fits(Bytes) when Bytes =< ?MAX_BYTES -> ok;
fits(_) -> erlang:error(system_limit).

%%% Searching and tests. What occurs where is in `occurrences', below.

-spec includesSubstring(binary(), term()) -> boolean().
includesSubstring(_, <<>>) -> true;
includesSubstring(Text, Part) -> first(Text, Part, 0) =/= nomatch.

-spec startsWith(binary(), term()) -> boolean().
startsWith(_, <<>>) ->
    true;
startsWith(Text, Part) when is_binary(Part) ->
    Size = byte_size(Part),
    case Text of
        <<Part:Size/binary, _/binary>> -> is_whole(Text, Size, Part);
        _ -> false
    end;
startsWith(_, _) ->
    erlang:error(badarg).

-spec endsWith(binary(), term()) -> boolean().
endsWith(Text, Part) when is_binary(Part) ->
    Skip = byte_size(Text) - byte_size(Part),
    Skip >= 0 andalso binary:part(Text, Skip, byte_size(Part)) =:= Part;
endsWith(_, _) ->
    erlang:error(badarg).

-spec indexOf(binary(), term()) -> pos_integer() | nil.
indexOf(_, <<>>) ->
    nil;
indexOf(Text, Part) ->
    case first(Text, Part, 0) of
        nomatch -> nil;
        {Offset, _} -> grapheme_at(Offset, next(Text), 1)
    end.

%% An occurrence may begin inside a grapheme, as a combining mark does: that grapheme counts.
grapheme_at(Offset, {Grapheme, _}, Index) when Offset < byte_size(Grapheme) -> Index;
grapheme_at(Offset, {Grapheme, Rest}, Index) -> grapheme_at(Offset - byte_size(Grapheme), next(Rest), Index + 1).

-spec isBlank(binary()) -> boolean().
isBlank(Text) ->
    trim(Text) =:= <<>>.

-spec isDigit(binary()) -> boolean().
isDigit(Text) ->
    Text =/= <<>> andalso all(Text, fun(C) -> C >= $0 andalso C =< $9 end).

-spec isAlpha(binary()) -> boolean().
isAlpha(Text) ->
    Text =/= <<>> andalso all(Text, fun(C) -> (C >= $a andalso C =< $z) orelse (C >= $A andalso C =< $Z) end).

all(<<C, Rest/binary>>, Holds) -> Holds(C) andalso all(Rest, Holds);
all(<<>>, _) -> true.

%%% Splitting and replacing.

-spec split(binary(), term()) -> [binary()].
split(Text, Separator) ->
    ok = few(Text, Separator),
    pieces(Text, 0, occurrences(Text, Separator)).

-spec splitOn(binary(), term()) -> [binary()].
splitOn(Text, <<>>) -> [Text];
splitOn(Text, Pattern) -> split(Text, Pattern).

pieces(Text, From, [{Offset, Length} | Rest]) ->
    [binary:part(Text, From, Offset - From) | pieces(Text, Offset + Length, Rest)];
pieces(Text, From, []) ->
    [binary:part(Text, From, byte_size(Text) - From)].

-spec lines(binary()) -> [binary()].
lines(Text) ->
    Ends = [<<"\r\n">>, <<"\n">>],
    ok = few(Text, Ends),
    binary:split(Text, Ends, [global]).

-spec words(binary()) -> [binary()].
words(Text) ->
    ok = few(Text, [<<" ">>, <<"\t">>, <<"\n">>, <<"\r">>]),
    ?OTP(string:lexemes(Text, [$\s, $\t, $\n, $\r, [$\r, $\n]])).

-spec replaceAll_with(binary(), term(), term()) -> binary().
replaceAll_with(Text, Old, New) when is_binary(New) ->
    ok = few(Text, Old),
    bounded(lists:join(New, pieces(Text, 0, occurrences(Text, Old))));
replaceAll_with(_, _, _) ->
    erlang:error(badarg).

-spec replaceFirst_with(binary(), term(), term()) -> binary().
replaceFirst_with(Text, Old, New) when is_binary(New) ->
    case first(Text, Old, 0) of
        nomatch -> Text;
        Found -> bounded(lists:join(New, pieces(Text, 0, [Found])))
    end;
replaceFirst_with(_, _, _) ->
    erlang:error(badarg).

%% Places where a text will be cut, counted in a long one before any piece is made.
few(Text, _) when byte_size(Text) =< ?MAX_PIECES -> ok;
few(Text, Pattern) -> few(Text, binary:compile_pattern(Pattern), 0, ?MAX_PIECES).

few(_, _, _, 0) ->
    erlang:error(system_limit);
few(Text, Pattern, From, Left) ->
    case binary:match(Text, Pattern, [{scope, {From, byte_size(Text) - From}}]) of
        nomatch -> ok;
        {Offset, Length} -> few(Text, Pattern, Offset + Length, Left - 1)
    end.

%%% Occurrences: those `string:find/2' finds. The bytes must be there, and what follows must not belong to the last code point: there is no
%%% "e" in "é" written with a combining accent. Nearly always the next byte alone says so, and `binary' finds all at once.

occurrences(Text, Part) when is_binary(Part), Part =/= <<>> ->
    Found = binary:matches(Text, Part),
    case lists:all(fun({Offset, Length}) -> is_whole(Text, Offset + Length, Part) end, Found) of
        true -> Found;
        false -> from(Text, Part, 0)
    end;
occurrences(_, _) ->
    erlang:error(badarg).

from(Text, Part, From) ->
    case first(Text, Part, From) of
        nomatch -> [];
        {Offset, Length} = Found -> [Found | from(Text, Part, Offset + Length)]
    end.

first(Text, Part, From) when is_binary(Part), Part =/= <<>> ->
    case binary:match(Text, Part, [{scope, {From, byte_size(Text) - From}}]) of
        nomatch ->
            nomatch;
        {Offset, Length} = Found ->
            case is_whole(Text, Offset + Length, Part) of
                true -> Found;
                false -> first(Text, Part, Offset + 1)
            end
    end;
first(_, _, _) ->
    erlang:error(badarg).

is_whole(Text, End, _) when End =:= byte_size(Text) ->
    true;
is_whole(Text, End, Part) ->
    case {binary:last(Part), binary:at(Text, End)} of
        {Last, Next} when Last < 128, Last =/= $\r, Next < 128 -> true;
        _ -> stands_alone(Text, last_point(Text, End - 1))
    end.

stands_alone(Text, At) ->
    case string:next_grapheme(binary:part(Text, At, byte_size(Text) - At)) of
        [Point | _] when is_integer(Point) -> true;
        _ -> false
    end.

%% Where the code point begins that ends at this byte.
last_point(Text, At) ->
    case binary:at(Text, At) band 16#C0 of
        16#80 when At > 0 -> last_point(Text, At - 1);
        _ -> At
    end.

%%% Converting.

-spec asInteger(binary()) -> integer().
asInteger(Text) when byte_size(Text) =< ?MAX_DIGITS -> binary_to_integer(Text);
asInteger(_) -> erlang:error(system_limit).

-spec asFloat(binary()) -> float().
asFloat(Text) ->
    %% Reading ends at a zero byte, whatever follows.
    case binary:match(Text, <<0>>) of
        nomatch -> binary_to_float(Text);
        _ -> erlang:error(badarg)
    end.

-spec asAtom(binary()) -> atom().
asAtom(Text) ->
    binary_to_existing_atom(Text).

%%% Enumerating.

-spec do(binary(), term()) -> nil.
do(Text, Block) ->
    ok = beamtalk_collection_ops:block(Block, 1, 'String', 'do:'),
    each(next(Text), Block).

each({Grapheme, Rest}, Block) ->
    _ = Block(Grapheme),
    each(next(Rest), Block);
each(done, _) ->
    nil.

-spec collect(binary(), term()) -> list().
collect(Text, Block) ->
    ok = beamtalk_collection_ops:block(Block, 1, 'String', 'collect:'),
    [Block(Grapheme) || Grapheme <- asList(Text)].

-spec select(binary(), term()) -> binary().
select(Text, Block) ->
    ok = beamtalk_collection_ops:block(Block, 1, 'String', 'select:'),
    iolist_to_binary([G || G <- asList(Text), beamtalk_collection_ops:boolean(Block(G), 'String', 'select:')]).

-spec stream(binary()) -> map().
stream(Text) ->
    beamtalk_stream_ops:on('Stream', Text).

%% `string' answers part of a binary as a list where it had read ahead.
text(Data) when is_binary(Data) -> Data;
text(Data) -> unicode:characters_to_binary(Data).
