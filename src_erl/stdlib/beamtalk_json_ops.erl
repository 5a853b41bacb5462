%%% @doc Primitives of JSON: a codec of its own, so that keys make no atoms and nesting has a limit. Writing is `beamtalk_json_write_ops'.
%%%
%%% Objects become maps with binary keys, a repeated key keeps its last value. Numbers with a fraction or an exponent become floats.
%%% Text that is not JSON is a `parse_error' with the byte where reading stopped among its details.
%%%
%%% The text is read in one pass without recursion: every function ends in a call of the next one with what is left of the text, so
%%% that OTP makes no binary of it. What is open lies on a stack of frames: the elements of an array so far, or the members of an
%%% object so far and the key that waits for its value.
-module(beamtalk_json_ops).

-export([parse/2, generate/2, prettyPrint/2]).

-define(MAX_DEPTH, 1000).
%% Reading a number takes quadratic time in its digits.
-define(MAX_NUMBER, 10000).

-define(IS_WHITE(C), (C =:= $\s orelse C =:= $\n orelse C =:= $\t orelse C =:= $\r)).
-define(IS_DIGIT(C), (C >= $0 andalso C =< $9)).
%% Stands for itself in a string.
-define(IS_PLAIN(C), (C >= 32 andalso C < 128 andalso C =/= $" andalso C =/= $\\)).

-spec parse(term(), term()) -> term().
parse(_Class, Text) when is_binary(Text) ->
    try
        value(Text, Text, 0, [], 0)
    catch
        throw:{bad_json, Position} ->
            Error = beamtalk_error:with_details(
                beamtalk_error:new(parse_error, 'JSON', 'parse:'), #{position => Position}
            ),
            beamtalk_error:raise(beamtalk_error:with_hint(Error, "Check that the string is valid JSON"))
    end;
parse(_Class, Other) ->
    beamtalk_collection_ops:type_error('JSON', 'parse:', "a String", Other).

-spec generate(term(), term()) -> binary().
generate(_Class, Value) ->
    beamtalk_json_write_ops:text(Value, compact).

-spec prettyPrint(term(), term()) -> binary().
prettyPrint(_Class, Value) ->
    beamtalk_json_write_ops:text(Value, indented).

-spec bad(non_neg_integer()) -> no_return().
bad(At) -> throw({bad_json, At}).

%%% Values. `At' is the position of what is left in the whole `Text', `Depth' the number of frames on `Stack'.

value(<<$", Rest/binary>>, Text, At, Stack, Depth) -> string(Rest, Text, At + 1, At + 1, Stack, Depth);
value(<<C, Rest/binary>>, Text, At, Stack, Depth) when ?IS_WHITE(C) -> value(Rest, Text, At + 1, Stack, Depth);
value(<<C, Rest/binary>>, Text, At, Stack, Depth) when C >= $1, C =< $9 -> whole(Rest, Text, At, At + 1, Stack, Depth);
value(<<${, Rest/binary>>, Text, At, Stack, Depth) when Depth =< ?MAX_DEPTH -> object(Rest, Text, At + 1, Stack, Depth + 1);
value(<<$[, Rest/binary>>, Text, At, Stack, Depth) when Depth =< ?MAX_DEPTH -> array(Rest, Text, At + 1, Stack, Depth + 1);
value(<<"true", Rest/binary>>, Text, At, Stack, Depth) -> next(Rest, Text, At + 4, Stack, Depth, true);
value(<<"false", Rest/binary>>, Text, At, Stack, Depth) -> next(Rest, Text, At + 5, Stack, Depth, false);
value(<<"null", Rest/binary>>, Text, At, Stack, Depth) -> next(Rest, Text, At + 4, Stack, Depth, nil);
value(<<$0, Rest/binary>>, Text, At, Stack, Depth) -> fraction(Rest, Text, At, At + 1, Stack, Depth);
value(<<$-, Rest/binary>>, Text, At, Stack, Depth) -> negative(Rest, Text, At, At + 1, Stack, Depth);
value(_, _, At, _, _) -> bad(At).

array(<<C, Rest/binary>>, Text, At, Stack, Depth) when ?IS_WHITE(C) -> array(Rest, Text, At + 1, Stack, Depth);
array(<<$], Rest/binary>>, Text, At, Stack, Depth) -> next(Rest, Text, At + 1, Stack, Depth - 1, []);
array(Rest, Text, At, Stack, Depth) -> value(Rest, Text, At, [[] | Stack], Depth).

object(<<C, Rest/binary>>, Text, At, Stack, Depth) when ?IS_WHITE(C) -> object(Rest, Text, At + 1, Stack, Depth);
object(<<$}, Rest/binary>>, Text, At, Stack, Depth) -> next(Rest, Text, At + 1, Stack, Depth - 1, #{});
object(<<$", Rest/binary>>, Text, At, Stack, Depth) -> string(Rest, Text, At + 1, At + 1, [{key, []} | Stack], Depth);
object(_, _, At, _, _) -> bad(At).

%% Behind a comma in an object.
key(<<C, Rest/binary>>, Text, At, Stack, Depth) when ?IS_WHITE(C) -> key(Rest, Text, At + 1, Stack, Depth);
key(<<$", Rest/binary>>, Text, At, Stack, Depth) -> string(Rest, Text, At + 1, At + 1, Stack, Depth);
key(_, _, At, _, _) -> bad(At).

%% A value has ended, or a key.
next(<<C, Rest/binary>>, Text, At, Stack, Depth, Value) when ?IS_WHITE(C) ->
    next(Rest, Text, At + 1, Stack, Depth, Value);
next(<<$,, Rest/binary>>, Text, At, [Frame | Stack], Depth, Value) ->
    case Frame of
        {Key, Members} when is_binary(Key) -> key(Rest, Text, At + 1, [{key, [{Key, Value} | Members]} | Stack], Depth);
        {key, _} -> bad(At);
        Elements -> value(Rest, Text, At + 1, [[Value | Elements] | Stack], Depth)
    end;
next(<<$:, Rest/binary>>, Text, At, [{key, Members} | Stack], Depth, Key) ->
    value(Rest, Text, At + 1, [{Key, Members} | Stack], Depth);
next(<<$}, Rest/binary>>, Text, At, [{Key, Members} | Stack], Depth, Value) when is_binary(Key) ->
    next(Rest, Text, At + 1, Stack, Depth - 1, maps:from_list(lists:reverse(Members, [{Key, Value}])));
next(<<$], Rest/binary>>, Text, At, [Elements | Stack], Depth, Value) when is_list(Elements) ->
    next(Rest, Text, At + 1, Stack, Depth - 1, lists:reverse(Elements, [Value]));
next(<<>>, _, _, [], _, Value) ->
    Value;
next(_, _, At, _, _, _) ->
    bad(At).

%%% Strings. From `From' to `At' everything stands for itself.

string(<<C, Rest/binary>>, Text, From, At, Stack, Depth) when ?IS_PLAIN(C) ->
    string(Rest, Text, From, At + 1, Stack, Depth);
string(<<$", Rest/binary>>, Text, From, At, Stack, Depth) ->
    next(Rest, Text, At + 1, Stack, Depth, kept(binary_part(Text, From, At - From)));
string(<<$\\, Rest/binary>>, Text, From, At, Stack, Depth) ->
    escape(Rest, Text, At, Stack, Depth, binary_part(Text, From, At - From));
string(<<C/utf8, Rest/binary>>, Text, From, At, Stack, Depth) when C >= 128 ->
    string(Rest, Text, From, At + utf8_size(C), Stack, Depth);
string(_, _, _, At, _, _) ->
    bad(At).

%% The same behind an escape; `Done' is the string up to `From'.
string(<<C, Rest/binary>>, Text, From, At, Stack, Depth, Done) when ?IS_PLAIN(C) ->
    string(Rest, Text, From, At + 1, Stack, Depth, Done);
string(<<$", Rest/binary>>, Text, From, At, Stack, Depth, Done) ->
    next(Rest, Text, At + 1, Stack, Depth, <<Done/binary, (binary_part(Text, From, At - From))/binary>>);
string(<<$\\, Rest/binary>>, Text, From, At, Stack, Depth, Done) ->
    escape(Rest, Text, At, Stack, Depth, <<Done/binary, (binary_part(Text, From, At - From))/binary>>);
string(<<C/utf8, Rest/binary>>, Text, From, At, Stack, Depth, Done) when C >= 128 ->
    string(Rest, Text, From, At + utf8_size(C), Stack, Depth, Done);
string(_, _, _, At, _, _, _) ->
    bad(At).

%% A part of the text would keep all of it in memory.
kept(Part) -> binary:copy(Part).

utf8_size(C) when C < 16#800 -> 2;
utf8_size(C) when C < 16#10000 -> 3;
utf8_size(_) -> 4.

%% `At' is the position of the backslash.
escape(<<$u, Hex:4/binary, Rest/binary>>, Text, At, Stack, Depth, Done) ->
    unicode(hex(Hex, At), Rest, Text, At, Stack, Depth, Done);
escape(<<C, Rest/binary>>, Text, At, Stack, Depth, Done) ->
    string(Rest, Text, At + 2, At + 2, Stack, Depth, <<Done/binary, (escaped(C, At))>>);
escape(_, _, At, _, _, _) ->
    bad(At).

escaped($n, _) -> $\n;
escaped($", _) -> $";
escaped($\\, _) -> $\\;
escaped($/, _) -> $/;
escaped($t, _) -> $\t;
escaped($r, _) -> $\r;
escaped($b, _) -> $\b;
escaped($f, _) -> $\f;
escaped(_, At) -> bad(At).

%% A code point beyond the basic plane is written as two surrogates.
unicode(High, <<"\\u", Hex:4/binary, Rest/binary>>, Text, At, Stack, Depth, Done) when High >= 16#D800, High =< 16#DBFF ->
    case hex(Hex, At) of
        Low when Low >= 16#DC00, Low =< 16#DFFF ->
            Char = 16#10000 + ((High - 16#D800) bsl 10) + (Low - 16#DC00),
            string(Rest, Text, At + 12, At + 12, Stack, Depth, <<Done/binary, Char/utf8>>);
        _ ->
            bad(At)
    end;
unicode(Char, _, _, At, _, _, _) when Char >= 16#D800, Char =< 16#DFFF ->
    bad(At);
unicode(Char, Rest, Text, At, Stack, Depth, Done) ->
    string(Rest, Text, At + 6, At + 6, Stack, Depth, <<Done/binary, Char/utf8>>).

hex(<<A, B, C, D>>, At) ->
    (hex_digit(A, At) bsl 12) + (hex_digit(B, At) bsl 8) + (hex_digit(C, At) bsl 4) + hex_digit(D, At).

hex_digit(C, _) when ?IS_DIGIT(C) -> C - $0;
hex_digit(C, _) when C >= $a, C =< $f -> C - $a + 10;
hex_digit(C, _) when C >= $A, C =< $F -> C - $A + 10;
hex_digit(_, At) -> bad(At).

%%% Numbers. `From' is where the number begins.

negative(<<$0, Rest/binary>>, Text, From, At, Stack, Depth) -> fraction(Rest, Text, From, At + 1, Stack, Depth);
negative(<<C, Rest/binary>>, Text, From, At, Stack, Depth) when ?IS_DIGIT(C) -> whole(Rest, Text, From, At + 1, Stack, Depth);
negative(_, _, From, _, _, _) -> bad(From).

whole(<<C, Rest/binary>>, Text, From, At, Stack, Depth) when ?IS_DIGIT(C) -> whole(Rest, Text, From, At + 1, Stack, Depth);
whole(Rest, Text, From, At, Stack, Depth) -> fraction(Rest, Text, From, At, Stack, Depth).

fraction(<<$., C, Rest/binary>>, Text, From, At, Stack, Depth) when ?IS_DIGIT(C) ->
    decimals(Rest, Text, From, At + 2, Stack, Depth);
fraction(<<$., _/binary>>, _, _, At, _, _) ->
    bad(At);
fraction(<<E, Rest/binary>>, Text, From, At, Stack, Depth) when E =:= $e; E =:= $E ->
    %% Erlang wants a fraction before an exponent.
    exponent(Rest, Text, From, At + 1, Stack, Depth, <<(digits(Text, From, At))/binary, ".0e">>);
fraction(Rest, Text, From, At, Stack, Depth) ->
    next(Rest, Text, At, Stack, Depth, binary_to_integer(digits(Text, From, At))).

decimals(<<C, Rest/binary>>, Text, From, At, Stack, Depth) when ?IS_DIGIT(C) ->
    decimals(Rest, Text, From, At + 1, Stack, Depth);
decimals(<<E, Rest/binary>>, Text, From, At, Stack, Depth) when E =:= $e; E =:= $E ->
    exponent(Rest, Text, From, At + 1, Stack, Depth, <<(digits(Text, From, At))/binary, "e">>);
decimals(Rest, Text, From, At, Stack, Depth) ->
    next(Rest, Text, At, Stack, Depth, float(digits(Text, From, At), From)).

%% `Mantissa' is what stands before the digits of the exponent, `At' the position of its sign or first digit.
exponent(<<Sign, C, Rest/binary>>, Text, From, At, Stack, Depth, Mantissa) when Sign =:= $+ orelse Sign =:= $-, ?IS_DIGIT(C) ->
    power(Rest, Text, From, At, At + 2, Stack, Depth, Mantissa);
exponent(<<C, Rest/binary>>, Text, From, At, Stack, Depth, Mantissa) when ?IS_DIGIT(C) ->
    power(Rest, Text, From, At, At + 1, Stack, Depth, Mantissa);
exponent(_, _, _, At, _, _, _) ->
    bad(At).

power(<<C, Rest/binary>>, Text, From, Start, At, Stack, Depth, Mantissa) when ?IS_DIGIT(C) ->
    power(Rest, Text, From, Start, At + 1, Stack, Depth, Mantissa);
power(Rest, Text, From, Start, At, Stack, Depth, Mantissa) ->
    next(Rest, Text, At, Stack, Depth, float(<<Mantissa/binary, (digits(Text, Start, At))/binary>>, From)).

digits(_, From, At) when At - From > ?MAX_NUMBER -> bad(From);
digits(Text, From, At) -> binary_part(Text, From, At - From).

%% A number that no float can hold is none.
float(Digits, From) ->
    try
        binary_to_float(Digits)
    catch
        error:badarg -> bad(From)
    end.
