%%% @doc Primitives of JSON: a codec of its own, so that keys make no atoms and nesting has a limit.
%%%
%%% Objects become maps with binary keys, a repeated key keeps its last value. Numbers with a fraction or an exponent become floats.
%%% Text that is not JSON is a `parse_error' that names the byte where reading stopped.
-module(beamtalk_json_ops).

-include("beamtalk.hrl").

-export([parse/2, generate/2, prettyPrint/2]).

-define(MAX_DEPTH, 1000).
%% Reading a number takes quadratic time in its digits.
-define(MAX_NUMBER, 10000).

-define(IS_WHITE(C), (C =:= $\s orelse C =:= $\t orelse C =:= $\n orelse C =:= $\r)).
-define(IS_DIGIT(C), (C >= $0 andalso C =< $9)).

%%% Reading. `Rest' is always what is left of `Text'; the position of a fault follows from its size.

-spec parse(term(), term()) -> term().
parse(_Class, Text) when is_binary(Text) ->
    try
        ok = utf8(Text),
        {Value, Rest} = value(white(Text), 0),
        case white(Rest) of
            <<>> -> Value;
            Left -> throw({bad_json, Left})
        end
    catch
        throw:{bad_json, Where} ->
            Position = integer_to_binary(byte_size(Text) - byte_size(Where)),
            Error = beamtalk_error:with_details(
                beamtalk_error:new(parse_error, 'JSON', 'parse:'), #{position => Position}
            ),
            beamtalk_error:raise(beamtalk_error:with_hint(Error, "Check that the string is valid JSON"))
    end;
parse(_Class, Other) ->
    beamtalk_collection_ops:type_error('JSON', 'parse:', "a String", Other).

%% Checked once for the whole text: what lies between two ASCII characters of it is UTF-8 as well.
utf8(Text) ->
    case unicode:characters_to_binary(Text) of
        Text -> ok;
        {_, _, Bad} -> throw({bad_json, Bad})
    end.

white(<<C, Rest/binary>>) when ?IS_WHITE(C) -> white(Rest);
white(Rest) -> Rest.

value(Rest, Depth) when Depth > ?MAX_DEPTH -> throw({bad_json, Rest});
value(<<$", Rest/binary>>, _) -> string(Rest);
value(<<${, Rest/binary>>, Depth) -> object_start(white(Rest), Depth + 1);
value(<<$[, Rest/binary>>, Depth) -> array_start(white(Rest), Depth + 1);
value(<<"true", Rest/binary>>, _) -> {true, Rest};
value(<<"false", Rest/binary>>, _) -> {false, Rest};
value(<<"null", Rest/binary>>, _) -> {nil, Rest};
value(<<C, _/binary>> = Rest, _) when ?IS_DIGIT(C); C =:= $- -> number(Rest);
value(Rest, _) -> throw({bad_json, Rest}).

array_start(<<$], Rest/binary>>, _) -> {[], Rest};
array_start(Rest, Depth) -> array(Rest, Depth, []).

array(Rest, Depth, Acc) ->
    {Value, Left} = value(Rest, Depth),
    case white(Left) of
        <<$,, More/binary>> -> array(white(More), Depth, [Value | Acc]);
        <<$], More/binary>> -> {lists:reverse([Value | Acc]), More};
        Bad -> throw({bad_json, Bad})
    end.

object_start(<<$}, Rest/binary>>, _) -> {#{}, Rest};
object_start(Rest, Depth) -> object(Rest, Depth, []).

object(<<$", Rest/binary>>, Depth, Acc) ->
    {Key, Left} = string(Rest),
    case white(Left) of
        <<$:, More/binary>> -> member(white(More), Depth, Key, Acc);
        Bad -> throw({bad_json, Bad})
    end;
object(Rest, _, _) ->
    throw({bad_json, Rest}).

member(Rest, Depth, Key, Acc) ->
    {Value, Left} = value(Rest, Depth),
    case white(Left) of
        <<$,, More/binary>> -> object(white(More), Depth, [{Key, Value} | Acc]);
        <<$}, More/binary>> -> {maps:from_list(lists:reverse(Acc, [{Key, Value}])), More};
        Bad -> throw({bad_json, Bad})
    end.

%% The text up to the closing quote in pieces: runs without escapes are sub-binaries of the source.
string(Rest) -> string(Rest, Rest, 0, []).

string(<<$", Rest/binary>>, Run, Length, Acc) ->
    {joined(binary:part(Run, 0, Length), Acc), Rest};
string(<<$\\, Rest/binary>>, Run, Length, Acc) ->
    {Char, Left} = escape(Rest),
    string(Left, Left, 0, [Char, binary:part(Run, 0, Length) | Acc]);
string(<<C, Rest/binary>>, Run, Length, Acc) when C >= 32 ->
    string(Rest, Run, Length + 1, Acc);
string(Rest, _, _, _) ->
    throw({bad_json, Rest}).

joined(Last, []) -> binary:copy(Last);
joined(Last, Acc) -> iolist_to_binary(lists:reverse(Acc, [Last])).

escape(<<$", Rest/binary>>) -> {<<$">>, Rest};
escape(<<$\\, Rest/binary>>) -> {<<$\\>>, Rest};
escape(<<$/, Rest/binary>>) -> {<<$/>>, Rest};
escape(<<$b, Rest/binary>>) -> {<<$\b>>, Rest};
escape(<<$f, Rest/binary>>) -> {<<$\f>>, Rest};
escape(<<$n, Rest/binary>>) -> {<<$\n>>, Rest};
escape(<<$r, Rest/binary>>) -> {<<$\r>>, Rest};
escape(<<$t, Rest/binary>>) -> {<<$\t>>, Rest};
escape(<<$u, Hex:4/binary, Rest/binary>> = Where) -> unicode_escape(hex(Hex, Where), Rest, Where);
escape(Rest) -> throw({bad_json, Rest}).

%% A code point beyond the basic plane is written as two surrogates.
unicode_escape(High, <<"\\u", Hex:4/binary, Rest/binary>>, Where) when High >= 16#D800, High =< 16#DBFF ->
    case hex(Hex, Where) of
        Low when Low >= 16#DC00, Low =< 16#DFFF ->
            Char = 16#10000 + ((High - 16#D800) bsl 10) + (Low - 16#DC00),
            {<<Char/utf8>>, Rest};
        _ ->
            throw({bad_json, Where})
    end;
unicode_escape(Char, _, Where) when Char >= 16#D800, Char =< 16#DFFF ->
    throw({bad_json, Where});
unicode_escape(Char, Rest, _) ->
    {<<Char/utf8>>, Rest}.

hex(Digits, Where) ->
    lists:foldl(fun(C, N) -> N * 16 + hex_digit(C, Where) end, 0, binary_to_list(Digits)).

hex_digit(C, _) when ?IS_DIGIT(C) -> C - $0;
hex_digit(C, _) when C >= $a, C =< $f -> C - $a + 10;
hex_digit(C, _) when C >= $A, C =< $F -> C - $A + 10;
hex_digit(_, Where) -> throw({bad_json, Where}).

%% Sign and digits, then perhaps a fraction, then perhaps an exponent.
number(Text) ->
    Whole = whole(unsigned(Text), Text),
    {Fraction, AfterFraction} = fraction(Whole),
    {Exponent, Rest} = exponent(AfterFraction),
    case byte_size(Text) - byte_size(Rest) of
        Length when Length > ?MAX_NUMBER -> throw({bad_json, Text});
        Length -> {to_number(Text, Whole, Fraction, Exponent, AfterFraction, Length), Rest}
    end.

unsigned(<<$-, Rest/binary>>) -> Rest;
unsigned(Rest) -> Rest.

whole(<<$0, Rest/binary>>, _) -> Rest;
whole(<<C, Rest/binary>>, _) when ?IS_DIGIT(C) -> digits(Rest);
whole(_, Where) -> throw({bad_json, Where}).

digits(<<C, Rest/binary>>) when ?IS_DIGIT(C) -> digits(Rest);
digits(Rest) -> Rest.

fraction(<<$., C, Rest/binary>>) when ?IS_DIGIT(C) -> {true, digits(Rest)};
fraction(<<$., _/binary>> = Rest) -> throw({bad_json, Rest});
fraction(Rest) -> {false, Rest}.

exponent(<<E, Sign, C, Rest/binary>>) when E =:= $e orelse E =:= $E, Sign =:= $+ orelse Sign =:= $-, ?IS_DIGIT(C) ->
    {true, digits(Rest)};
exponent(<<E, C, Rest/binary>>) when E =:= $e orelse E =:= $E, ?IS_DIGIT(C) ->
    {true, digits(Rest)};
exponent(<<E, _/binary>> = Rest) when E =:= $e; E =:= $E ->
    throw({bad_json, Rest});
exponent(Rest) ->
    {false, Rest}.

to_number(Text, _, false, false, _, Length) ->
    binary_to_integer(binary:part(Text, 0, Length));
to_number(Text, Whole, false, true, _, Length) ->
    %% Erlang wants a fraction before an exponent.
    Mantissa = byte_size(Text) - byte_size(Whole),
    Exponent = binary:part(Text, Mantissa, Length - Mantissa),
    to_float(<<(binary:part(Text, 0, Mantissa))/binary, ".0", Exponent/binary>>, Text);
to_number(Text, _, true, _, _, Length) ->
    to_float(binary:part(Text, 0, Length), Text).

to_float(Digits, Where) ->
    try
        binary_to_float(Digits)
    catch
        error:badarg -> throw({bad_json, Where})
    end.

%%% Writing.

-spec generate(term(), term()) -> binary().
generate(_Class, Value) ->
    iolist_to_binary(write(Value, compact, 'generate:', 0)).

-spec prettyPrint(term(), term()) -> binary().
prettyPrint(_Class, Value) ->
    iolist_to_binary(write(Value, 0, 'prettyPrint:', 0)).

%% The third argument is the indentation so far, or `compact'.
write(Value, _, Selector, Depth) when Depth > ?MAX_DEPTH ->
    no_form(Value, Selector);
write(Value, _, _, _) when is_integer(Value) -> integer_to_binary(Value);
write(Value, _, _, _) when is_float(Value) -> float_to_binary(Value, [short]);
write(nil, _, _, _) -> <<"null">>;
write(Value, _, _, _) when is_boolean(Value) -> atom_to_binary(Value);
write(Value, _, Selector, _) when is_atom(Value) -> text(atom_to_binary(Value), Selector);
write(Value, _, Selector, _) when is_binary(Value) -> text(Value, Selector);
write([], _, _, _) -> <<"[]">>;
write(Value, Indent, Selector, Depth) when is_list(Value) ->
    Inner = deeper(Indent),
    [$[, lines([[break(Inner), write(V, Inner, Selector, Depth + 1)] || V <- proper(Value, Selector)]), break(Indent), $]];
write(#{?BT_TAG := Class} = Value, Indent, Selector, Depth) when Class =:= 'Array'; Class =:= 'Set' ->
    write(beamtalk_collection_ops:to_list(Value), Indent, Selector, Depth);
write(#{?BT_TAG := _} = Value, _, Selector, _) ->
    no_form(Value, Selector);
write(Value, _, _, _) when Value =:= #{} -> <<"{}">>;
write(Value, Indent, Selector, Depth) when is_map(Value) ->
    Inner = deeper(Indent),
    Members = [
        [break(Inner), key(K, Selector), colon(Indent), write(V, Inner, Selector, Depth + 1)]
     || {K, V} <- maps:to_list(Value)
    ],
    [${, lines(Members), break(Indent), $}];
write(Value, _, Selector, _) ->
    no_form(Value, Selector).

proper(List, Selector) ->
    try length(List) of
        _ -> List
    catch
        error:badarg -> no_form(List, Selector)
    end.

key(Key, Selector) when is_binary(Key) -> text(Key, Selector);
key(Key, Selector) when is_atom(Key) -> text(atom_to_binary(Key), Selector);
key(Key, _) when is_number(Key) -> [$", beamtalk_printer:print_string(Key), $"];
key(Key, Selector) -> no_form(Key, Selector).

lines(Parts) -> lists:join($,, Parts).

deeper(compact) -> compact;
deeper(Indent) -> Indent + 2.

break(compact) -> [];
break(Indent) -> [$\n, binary:copy(<<" ">>, Indent)].

colon(compact) -> $:;
colon(_) -> <<": ">>.

text(Text, Selector) ->
    case unicode:characters_to_binary(Text) of
        Text -> [$", escaped(Text, Text, 0), $"];
        _ -> no_form(Text, Selector)
    end.

%% Runs without escapes are sub-binaries of the source.
escaped(<<C, Rest/binary>>, Run, Length) when C < 32; C =:= $"; C =:= $\\ ->
    [binary:part(Run, 0, Length), escape_of(C) | escaped(Rest, Rest, 0)];
escaped(<<_, Rest/binary>>, Run, Length) ->
    escaped(Rest, Run, Length + 1);
escaped(<<>>, Run, _) ->
    [Run].

escape_of($") -> <<"\\\"">>;
escape_of($\\) -> <<"\\\\">>;
escape_of($\n) -> <<"\\n">>;
escape_of($\r) -> <<"\\r">>;
escape_of($\t) -> <<"\\t">>;
escape_of($\b) -> <<"\\b">>;
escape_of($\f) -> <<"\\f">>;
escape_of(C) -> io_lib:format("\\u~4.16.0b", [C]).

-spec no_form(term(), atom()) -> no_return().
no_form(Value, Selector) ->
    beamtalk_error:raise(type_error, 'JSON', Selector, [
        beamtalk_collection_ops:got(Value), " has no JSON form"
    ]).
