%%% @doc Primitives of String, the UTF-8 binary.
%%%
%%% Texts are counted in grapheme clusters, by OTP's `string' module; runs of ASCII take a short way. Arguments that are no texts fail as
%%% the functions underneath do (`badarg'). Texts that would not fit into memory are refused before they are built.
-module(beamtalk_string_ops).

-export([next/1]).
-export([withAll/2, '++'/2, length/1, at/2, take/2, drop/2, asList/1]).
-export([uppercase/1, lowercase/1, capitalize/1, trim/1, trimLeft/1, trimRight/1, reverse/1, repeat/2]).
-export([padLeft/2, padLeft_with/3, padRight/2, padRight_with/3]).
-export([includesSubstring/2, startsWith/2, endsWith/2, indexOf/2, isBlank/1, isDigit/1, isAlpha/1]).
-export([split/2, splitOn/2, lines/1, words/1, replaceAll_with/3, replaceFirst_with/3]).
-export([asInteger/1, asFloat/1, asAtom/1, do/2, collect/2, select/2, stream/1]).

%% Largest text that `repeat:' and padding make.
-define(MAX_BYTES, (1 bsl 28)).
%% Reading digits takes quadratic time and cannot be interrupted; this many take half a second.
-define(MAX_DIGITS, 300000).

%% @doc The first grapheme, as a text, and the rest.
-spec next(binary()) -> {binary(), binary()} | done.
next(<<C, D, _/binary>> = Text) when C < 128, C =/= $\r, D < 128 ->
    <<_, Rest/binary>> = Text,
    {<<C>>, Rest};
next(Text) ->
    case string:next_grapheme(Text) of
        [Grapheme | Rest] -> {unicode:characters_to_binary([Grapheme]), unicode:characters_to_binary(Rest)};
        [] -> done;
        {error, _} -> erlang:error(badarg)
    end.

-spec withAll(term(), term()) -> binary().
withAll(_Class, List) ->
    ok = beamtalk_collection_ops:list(List, 'String', 'withAll:'),
    iolist_to_binary([part(E) || E <- List]).

part(Text) when is_binary(Text) -> Text;
part(Other) -> beamtalk_collection_ops:type_error('String', 'withAll:', "a List of Strings", Other).

-spec '++'(binary(), term()) -> binary().
'++'(Text, Other) when is_binary(Other) -> <<Text/binary, Other/binary>>;
'++'(_, _) -> erlang:error(badarg).

-spec length(binary()) -> non_neg_integer().
length(Text) ->
    string:length(Text).

-spec at(binary(), term()) -> binary().
at(Text, Index) when is_integer(Index), Index >= 1 ->
    case string:slice(Text, Index - 1, 1) of
        <<>> -> beamtalk_error:raise(index_out_of_bounds, 'String', 'at:', "Index is beyond string length");
        Grapheme -> Grapheme
    end;
at(_, Index) ->
    ok = beamtalk_collection_ops:index(Index, 'String', 'at:'),
    beamtalk_error:raise(index_out_of_bounds, 'String', 'at:', "Index must be >= 1 (1-based indexing)").

-spec take(binary(), term()) -> binary().
take(Text, Count) when is_integer(Count), Count > 0 ->
    string:slice(Text, 0, Count);
take(_, Count) ->
    ok = beamtalk_collection_ops:index(Count, 'String', 'take:'),
    <<>>.

-spec drop(binary(), term()) -> binary().
drop(Text, Count) when is_integer(Count), Count > 0 ->
    string:slice(Text, Count);
drop(Text, Count) ->
    ok = beamtalk_collection_ops:index(Count, 'String', 'drop:'),
    Text.

-spec asList(binary()) -> [binary()].
asList(Text) ->
    case next(Text) of
        {Grapheme, Rest} -> [Grapheme | asList(Rest)];
        done -> []
    end.

%%% Case, trimming, padding.

-spec uppercase(binary()) -> binary().
uppercase(Text) ->
    text(string:uppercase(Text)).

-spec lowercase(binary()) -> binary().
lowercase(Text) ->
    text(string:lowercase(Text)).

-spec capitalize(binary()) -> binary().
capitalize(Text) ->
    case next(Text) of
        {First, Rest} -> <<(uppercase(First))/binary, Rest/binary>>;
        done -> <<>>
    end.

-spec trim(binary()) -> binary().
trim(Text) ->
    text(string:trim(Text)).

-spec trimLeft(binary()) -> binary().
trimLeft(Text) ->
    text(string:trim(Text, leading)).

-spec trimRight(binary()) -> binary().
trimRight(Text) ->
    text(string:trim(Text, trailing)).

-spec reverse(binary()) -> binary().
reverse(Text) ->
    text(string:reverse(Text)).

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
    case string:length(Filler) of
        1 -> repeat(Filler, max(0, Width - string:length(Text)));
        _ -> erlang:error(badarg)
    end;
padding(_, _, _) ->
    erlang:error(badarg).

fits(Bytes) when Bytes =< ?MAX_BYTES -> ok;
fits(_) -> erlang:error(system_limit).

%%% Searching and tests.

-spec includesSubstring(binary(), term()) -> boolean().
includesSubstring(_, <<>>) -> true;
includesSubstring(Text, Part) -> binary:match(Text, Part) =/= nomatch.

-spec startsWith(binary(), term()) -> boolean().
startsWith(Text, Part) when is_binary(Part) ->
    Size = byte_size(Part),
    case Text of
        <<Part:Size/binary, _/binary>> -> true;
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
indexOf(Text, Part) when is_binary(Part) ->
    case string:find(Text, Part) of
        nomatch -> nil;
        Found -> string:length(binary:part(Text, 0, byte_size(Text) - byte_size(Found))) + 1
    end;
indexOf(_, _) ->
    erlang:error(badarg).

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
    binary:split(Text, Separator, [global]).

-spec splitOn(binary(), term()) -> [binary()].
splitOn(Text, <<>>) -> [Text];
splitOn(Text, Pattern) -> split(Text, Pattern).

-spec lines(binary()) -> [binary()].
lines(Text) ->
    binary:split(Text, [<<"\r\n">>, <<"\n">>], [global]).

-spec words(binary()) -> [binary()].
words(Text) ->
    string:lexemes(Text, [$\s, $\t, $\n, $\r, [$\r, $\n]]).

-spec replaceAll_with(binary(), term(), term()) -> binary().
replaceAll_with(Text, Old, New) when is_binary(New) -> binary:replace(Text, Old, New, [global]);
replaceAll_with(_, _, _) -> erlang:error(badarg).

-spec replaceFirst_with(binary(), term(), term()) -> binary().
replaceFirst_with(Text, Old, New) when is_binary(New) -> binary:replace(Text, Old, New);
replaceFirst_with(_, _, _) -> erlang:error(badarg).

%%% Converting.

-spec asInteger(binary()) -> integer().
asInteger(Text) when byte_size(Text) =< ?MAX_DIGITS -> binary_to_integer(Text);
asInteger(_) -> erlang:error(system_limit).

-spec asFloat(binary()) -> float().
asFloat(Text) ->
    binary_to_float(Text).

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
    iolist_to_binary(beamtalk_list_ops:select(asList(Text), Block)).

-spec stream(binary()) -> map().
stream(Text) ->
    beamtalk_stream_ops:on('Stream', Text).

text(Data) when is_binary(Data) -> Data;
text(Data) -> unicode:characters_to_binary(Data).
