%%% @doc Primitives of Character, and the code point tests of Integer.
%%%
%%% A character is an integer. Categories come from the Unicode tables of OTP's `re'; ASCII takes a short way. Integers that are no code points
%%% belong to no category.
-module(beamtalk_character_ops).

-export([value/2, isLetter/1, isDigit/1, isUppercase/1, isLowercase/1, isWhitespace/1]).
-export([uppercase/1, lowercase/1, asInteger/1, asString/1, printString/1]).

-define(IS_SCALAR(N), (is_integer(N) andalso N >= 0 andalso N =< 16#10FFFF andalso (N < 16#D800 orelse N > 16#DFFF))).

-spec value(term(), term()) -> char().
value(_Class, N) when ?IS_SCALAR(N) -> N;
value(_Class, N) when is_integer(N) ->
    beamtalk_error:raise(type_error, 'Character', 'value:', [
        integer_to_binary(N), " is not a Unicode scalar value (0 to 16r10FFFF without surrogates)"
    ]);
value(_Class, Other) ->
    beamtalk_collection_ops:type_error('Character', 'value:', "a Unicode scalar value", Other).

-spec isLetter(integer()) -> boolean().
isLetter(C) when C >= $a, C =< $z; C >= $A, C =< $Z -> true;
isLetter(C) -> category(C, "\\p{L}").

-spec isDigit(integer()) -> boolean().
isDigit(C) when C >= $0, C =< $9 -> true;
isDigit(C) -> category(C, "\\p{Nd}").

-spec isUppercase(integer()) -> boolean().
isUppercase(C) when C >= $A, C =< $Z -> true;
isUppercase(C) -> category(C, "\\p{Lu}").

-spec isLowercase(integer()) -> boolean().
isLowercase(C) when C >= $a, C =< $z -> true;
isLowercase(C) -> category(C, "\\p{Ll}").

-spec isWhitespace(integer()) -> boolean().
isWhitespace(C) when C >= $\t, C =< $\r; C =:= $\s -> true;
isWhitespace(C) -> category(C, "\\p{Z}").

category(C, _) when C < 128 -> false;
category(C, Pattern) when ?IS_SCALAR(C) -> re:run(<<C/utf8>>, Pattern, [unicode, {capture, none}]) =:= match;
category(_, _) -> false.

-spec uppercase(char()) -> char().
uppercase(C) ->
    hd(string:uppercase([C])).

-spec lowercase(char()) -> char().
lowercase(C) ->
    hd(string:lowercase([C])).

-spec asInteger(char()) -> char().
asInteger(C) ->
    C.

-spec asString(char()) -> binary().
asString(C) ->
    <<C/utf8>>.

-spec printString(char()) -> binary().
printString(C) ->
    <<$$, C/utf8>>.
