%%% @doc JSON text of a value, for `JSON generate:' and `JSON prettyPrint:'.
%%%
%%% One pass without recursion, as in reading: every function ends in a call of the next one with the text so far, which OTP lengthens in
%%% place. What is open lies on a stack of frames: the elements an array still has, or the members of an object. The text is
%%% bounded because lists that share their parts can be small in memory and have a text without end; nesting has the limit of reading.
-module(beamtalk_json_write_ops).

-export([text/2]).

-include("beamtalk.hrl").

-define(MAX_DEPTH, 1000).
-define(MAX_BYTES, (1 bsl 28)).
%% A text that has grown keeps room for more; a short one gives it back.
-define(SHORT_BYTES, 65536).

%% Stands for itself in a string.
-define(IS_PLAIN(C), (C >= 32 andalso C < 128 andalso C =/= $" andalso C =/= $\\)).

-type layout() :: compact | indented.
%% The value that waits for its key to end has a frame too.
-type frame() :: [term()] | {Members :: [{term(), term()}]} | {value, term()}.

-spec text(term(), layout()) -> binary().
text(Value, Layout) ->
    value(Value, <<>>, [], 0, Layout).

%%% Values. `Depth' is the number of arrays and objects that are open.

-spec value(term(), binary(), [frame()], non_neg_integer(), layout()) -> binary().
value(Value, Text, Stack, Depth, Layout) when is_binary(Value) ->
    string(Value, Value, Text, Stack, Depth, Layout);
value(Value, Text, Stack, Depth, Layout) when is_integer(Value) ->
    next(Stack, <<Text/binary, (beamtalk_integer_text:text(Value))/binary>>, Depth, Layout);
value(Value, Text, Stack, Depth, Layout) when is_float(Value) ->
    next(Stack, <<Text/binary, (float_to_binary(Value, [short]))/binary>>, Depth, Layout);
value(nil, Text, Stack, Depth, Layout) ->
    next(Stack, <<Text/binary, "null">>, Depth, Layout);
value(true, Text, Stack, Depth, Layout) ->
    next(Stack, <<Text/binary, "true">>, Depth, Layout);
value(false, Text, Stack, Depth, Layout) ->
    next(Stack, <<Text/binary, "false">>, Depth, Layout);
value(Value, Text, Stack, Depth, Layout) when is_atom(Value) ->
    value(atom_to_binary(Value), Text, Stack, Depth, Layout);
value([], Text, Stack, Depth, Layout) ->
    next(Stack, <<Text/binary, "[]">>, Depth, Layout);
%% A list without a proper end has no length.
value([First | Rest] = Value, Text, Stack, Depth, Layout) when Depth =< ?MAX_DEPTH, length(Value) > 0 ->
    value(First, break(<<Text/binary, $[>>, Depth + 1, Layout), [Rest | Stack], Depth + 1, Layout);
value(#{?BT_TAG := Class} = Value, Text, Stack, Depth, Layout) when Class =:= 'Array'; Class =:= 'Set' ->
    value(beamtalk_collection_ops:to_list(Value), Text, Stack, Depth, Layout);
value(#{?BT_TAG := _} = Value, _, _, _, Layout) ->
    no_form(Value, Layout);
value(Value, Text, Stack, Depth, Layout) when is_map(Value), map_size(Value) > 0, Depth =< ?MAX_DEPTH ->
    [{Key, First} | Rest] = maps:to_list(Value),
    key(Key, ${, First, Text, [{Rest} | Stack], Depth + 1, Layout);
value(Value, Text, Stack, Depth, Layout) when Value =:= #{} ->
    next(Stack, <<Text/binary, "{}">>, Depth, Layout);
value(Value, _, _, _, Layout) ->
    no_form(Value, Layout).

%% A value has ended, or a key.
next([[Value | Rest] | Stack], Text, Depth, Layout) when byte_size(Text) =< ?MAX_BYTES ->
    value(Value, break(<<Text/binary, $,>>, Depth, Layout), [Rest | Stack], Depth, Layout);
next([{[{Key, Value} | Rest]} | Stack], Text, Depth, Layout) when byte_size(Text) =< ?MAX_BYTES ->
    key(Key, $,, Value, Text, [{Rest} | Stack], Depth, Layout);
next([[] | Stack], Text, Depth, Layout) ->
    next(Stack, <<(break(Text, Depth - 1, Layout))/binary, $]>>, Depth - 1, Layout);
next([{[]} | Stack], Text, Depth, Layout) ->
    next(Stack, <<(break(Text, Depth - 1, Layout))/binary, $}>>, Depth - 1, Layout);
next([{value, Value} | Stack], Text, Depth, Layout) ->
    value(Value, colon(Text, Layout), Stack, Depth, Layout);
next([], Text, _, _) when byte_size(Text) =< ?SHORT_BYTES ->
    binary:copy(Text);
next([], Text, _, _) when byte_size(Text) =< ?MAX_BYTES ->
    Text;
next(_, _, _, Layout) ->
    too_long(Layout).

%% `Before' is the byte in front of the key.
key(Key, Before, Value, Text, Stack, Depth, Layout) when is_binary(Key) ->
    key(Key, Key, Before, Value, Text, Stack, Depth, Layout);
key(Key, Before, Value, Text, Stack, Depth, Layout) when is_atom(Key) ->
    key(atom_to_binary(Key), Before, Value, Text, Stack, Depth, Layout);
key(Key, Before, Value, Text, Stack, Depth, Layout) when is_number(Key) ->
    key(beamtalk_printer:print_string(Key), Before, Value, Text, Stack, Depth, Layout);
key(Key, _, _, _, _, _, Layout) ->
    Hint = [beamtalk_collection_ops:got(Key), " cannot be a key; String, Symbol and numbers can"],
    beamtalk_error:raise(type_error, 'JSON', selector(Layout), Hint).

%% A key is mostly plain; then it goes with what stands around it in one step.
key(<<C, Rest/binary>>, Key, Before, Value, Text, Stack, Depth, Layout) when ?IS_PLAIN(C) ->
    key(Rest, Key, Before, Value, Text, Stack, Depth, Layout);
key(<<>>, Key, Before, Value, Text, Stack, Depth, compact) ->
    value(Value, <<Text/binary, Before, $", Key/binary, $", $:>>, Stack, Depth, compact);
key(_, Key, Before, Value, Text, Stack, Depth, Layout) ->
    string(Key, Key, break(<<Text/binary, Before>>, Depth, Layout), [{value, Value} | Stack], Depth, Layout).

%%% Layout.

break(Text, _, compact) -> Text;
break(Text, Depth, indented) -> <<Text/binary, $\n, (binary:copy(<<"  ">>, Depth))/binary>>.

colon(Text, compact) -> <<Text/binary, $:>>;
colon(Text, indented) -> <<Text/binary, ": ">>.

selector(compact) -> 'generate:';
selector(indented) -> 'prettyPrint:'.

%%% Strings.

string(<<C, Rest/binary>>, String, Text, Stack, Depth, Layout) when ?IS_PLAIN(C) ->
    string(Rest, String, Text, Stack, Depth, Layout);
string(<<C/utf8, Rest/binary>>, String, Text, Stack, Depth, Layout) when C >= 128 ->
    string(Rest, String, Text, Stack, Depth, Layout);
string(<<>>, String, Text, Stack, Depth, Layout) ->
    next(Stack, <<Text/binary, $", String/binary, $">>, Depth, Layout);
string(_, String, Text, Stack, Depth, Layout) ->
    escaped(String, String, 0, 0, <<Text/binary, $">>, Stack, Depth, Layout).

%% From `From' on, `Length' bytes of the string stand for themselves.
escaped(<<C, Rest/binary>>, String, From, Length, Text, Stack, Depth, Layout) when ?IS_PLAIN(C) ->
    escaped(Rest, String, From, Length + 1, Text, Stack, Depth, Layout);
escaped(<<C/utf8, Rest/binary>>, String, From, Length, Text, Stack, Depth, Layout) when C >= 128 ->
    escaped(Rest, String, From, Length + utf8_size(C), Text, Stack, Depth, Layout);
escaped(<<C, Rest/binary>>, String, From, Length, Text, Stack, Depth, Layout) when C < 128, byte_size(Text) =< ?MAX_BYTES ->
    Longer = <<Text/binary, (binary_part(String, From, Length))/binary, (escape(C))/binary>>,
    escaped(Rest, String, From + Length + 1, 0, Longer, Stack, Depth, Layout);
escaped(<<>>, String, From, Length, Text, Stack, Depth, Layout) ->
    next(Stack, <<Text/binary, (binary_part(String, From, Length))/binary, $">>, Depth, Layout);
escaped(<<C, _/binary>>, _, _, _, _, _, _, Layout) when C < 128 ->
    too_long(Layout);
escaped(_, String, _, _, _, _, _, Layout) ->
    no_form(String, Layout).

utf8_size(C) when C < 16#800 -> 2;
utf8_size(C) when C < 16#10000 -> 3;
utf8_size(_) -> 4.

escape($") -> <<"\\\"">>;
escape($\\) -> <<"\\\\">>;
escape($\n) -> <<"\\n">>;
escape($\r) -> <<"\\r">>;
escape($\t) -> <<"\\t">>;
escape($\b) -> <<"\\b">>;
escape($\f) -> <<"\\f">>;
escape(C) -> <<"\\u00", (hex_digit(C bsr 4)), (hex_digit(C band 15))>>.

hex_digit(Digit) when Digit < 10 -> $0 + Digit;
hex_digit(Digit) -> $a + Digit - 10.

%%% Errors.

-spec no_form(term(), layout()) -> no_return().
no_form(Value, Layout) when is_binary(Value) ->
    beamtalk_error:raise(type_error, 'JSON', selector(Layout), "a String that is not UTF-8 has no JSON form");
no_form(Value, Layout) when is_list(Value) ->
    Hint = ["a List that is nested more than ", integer_to_binary(?MAX_DEPTH), " deep or has no proper end has no JSON form"],
    beamtalk_error:raise(type_error, 'JSON', selector(Layout), Hint);
no_form(Value, Layout) ->
    beamtalk_error:raise(type_error, 'JSON', selector(Layout), [beamtalk_collection_ops:got(Value), " has no JSON form"]).

-spec too_long(layout()) -> no_return().
too_long(Layout) ->
    Message = ["The JSON text is longer than ", integer_to_binary(?MAX_BYTES), " bytes"],
    beamtalk_error:raise(beamtalk_error:with_message(beamtalk_error:new(runtime_error, 'JSON', selector(Layout)), Message)).
