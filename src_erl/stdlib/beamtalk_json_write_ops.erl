%%% @doc JSON text of a value, for `JSON generate:' and `JSON prettyPrint:'.
%%%
%%% One pass: every function gets the text so far and answers it longer, which OTP does in place. Each such step takes as long as reading some dozen bytes and leaves
%%% words to collect, so what can go together does. Nesting has the limit of reading, so recursion has a limit, too. The text is bounded because lists that share
%%% their parts can be small in memory and have a text without end.
-module(beamtalk_json_write_ops).

-export([text/2]).

-include("beamtalk.hrl").

-define(MAX_DEPTH, 1000).
-define(MAX_BYTES, (1 bsl 28)).
%% A text that has grown keeps room for more; a short one gives it back.
-define(SHORT_BYTES, 65536).

%% Stands for itself in a string.
-define(IS_PLAIN(C), (C >= 32 andalso C < 128 andalso C =/= $" andalso C =/= $\\)).

%% Keys that are known to be plain: records have the same ones again and again, and looking at the bytes of each leaves words to collect.
-define(KEYS, '$bt_json_keys').
-define(MOST_KEYS, 32).

-type layout() :: compact | indented.

-spec text(term(), layout()) -> binary().
text(Value, Layout) ->
    _ = put(?KEYS, #{}),
    try value(Value, <<>>, 0, Layout) of
        Text when byte_size(Text) =< ?SHORT_BYTES -> binary:copy(Text);
        Text when byte_size(Text) =< ?MAX_BYTES -> Text;
        _ -> too_long(Layout)
    after
        _ = erase(?KEYS)
    end.

%%% Values. `Depth' is the number of arrays and objects that are open.

-spec value(term(), binary(), non_neg_integer(), layout()) -> binary().
value(Value, Text, _, Layout) when is_binary(Value) ->
    string(Value, Value, Text, Layout);
value(Value, Text, _, _) when is_integer(Value) ->
    <<Text/binary, (beamtalk_integer_text:text(Value))/binary>>;
value(Value, Text, _, _) when is_float(Value) ->
    <<Text/binary, (float_to_binary(Value, [short]))/binary>>;
value(nil, Text, _, _) ->
    <<Text/binary, "null">>;
value(true, Text, _, _) ->
    <<Text/binary, "true">>;
value(false, Text, _, _) ->
    <<Text/binary, "false">>;
value(Value, Text, Depth, Layout) when is_atom(Value) ->
    value(atom_to_binary(Value), Text, Depth, Layout);
value([], Text, _, _) ->
    <<Text/binary, "[]">>;
%% A list without a proper end has no length.
value([First | Rest] = Value, Text, Depth, Layout) when Depth =< ?MAX_DEPTH, length(Value) > 0 ->
    Begun = value(First, break(<<Text/binary, $[>>, Depth + 1, Layout), Depth + 1, Layout),
    elements(Rest, Begun, Depth + 1, Layout);
value(#{?BT_TAG := Class} = Value, Text, Depth, Layout) when Class =:= 'Array'; Class =:= 'Set' ->
    value(beamtalk_collection_ops:to_list(Value), Text, Depth, Layout);
value(#{?BT_TAG := _} = Value, _, _, Layout) ->
    no_form(Value, Layout);
value(Value, Text, Depth, Layout) when is_map(Value), map_size(Value) > 0, Depth =< ?MAX_DEPTH ->
    [{Key, First} | Rest] = maps:to_list(Value),
    members(Rest, key(Key, ${, First, Text, Depth + 1, Layout), Depth + 1, Layout);
value(Value, Text, _, _) when Value =:= #{} ->
    <<Text/binary, "{}">>;
value(Value, _, _, Layout) ->
    no_form(Value, Layout).

%% The elements behind the first one.
elements([Value | Rest], Text, Depth, compact) when is_binary(Value), byte_size(Text) =< ?MAX_BYTES ->
    elements(Rest, element(Value, Value, Text), Depth, compact);
elements([Value | Rest], Text, Depth, compact) when is_integer(Value), byte_size(Text) =< ?MAX_BYTES ->
    elements(Rest, <<Text/binary, $,, (beamtalk_integer_text:text(Value))/binary>>, Depth, compact);
elements([Value | Rest], Text, Depth, Layout) when byte_size(Text) =< ?MAX_BYTES ->
    elements(Rest, value(Value, break(<<Text/binary, $,>>, Depth, Layout), Depth, Layout), Depth, Layout);
elements([], Text, Depth, Layout) ->
    <<(break(Text, Depth - 1, Layout))/binary, $]>>;
elements(_, _, _, Layout) ->
    too_long(Layout).

%% A string with the comma before it.
element(<<C, Rest/binary>>, Value, Text) when ?IS_PLAIN(C) -> element(Rest, Value, Text);
element(<<>>, Value, Text) -> <<Text/binary, $,, $", Value/binary, $">>;
element(_, Value, Text) -> string(Value, Value, <<Text/binary, $,>>, compact).

%% The members behind the first one.
members([{Key, Value} | Rest], Text, Depth, Layout) when byte_size(Text) =< ?MAX_BYTES ->
    members(Rest, key(Key, $,, Value, Text, Depth, Layout), Depth, Layout);
members([], Text, Depth, Layout) ->
    <<(break(Text, Depth - 1, Layout))/binary, $}>>;
members(_, _, _, Layout) ->
    too_long(Layout).

%% A key with its value. `Before' is the byte in front of it.
key(Key, Before, Value, Text, Depth, compact) when is_binary(Key) ->
    case get(?KEYS) of
        #{Key := _} -> member(Value, Key, Before, Text, Depth);
        _ -> key(Key, Key, Before, Value, Text, Depth, compact)
    end;
key(Key, Before, Value, Text, Depth, Layout) when is_binary(Key) ->
    key(Key, Key, Before, Value, Text, Depth, Layout);
key(Key, Before, Value, Text, Depth, Layout) when is_atom(Key) ->
    key(atom_to_binary(Key), Before, Value, Text, Depth, Layout);
key(Key, Before, Value, Text, Depth, Layout) when is_number(Key) ->
    key(beamtalk_printer:print_string(Key), Before, Value, Text, Depth, Layout);
key(Key, _, _, _, _, Layout) ->
    Hint = [beamtalk_collection_ops:got(Key), " cannot be a key; String, Symbol and numbers can"],
    beamtalk_error:raise(type_error, 'JSON', selector(Layout), Hint).

%% A key is mostly plain; then it goes with what stands around it in one step.
key(<<C, Rest/binary>>, Key, Before, Value, Text, Depth, Layout) when ?IS_PLAIN(C) ->
    key(Rest, Key, Before, Value, Text, Depth, Layout);
key(<<>>, Key, Before, Value, Text, Depth, compact) ->
    ok = known(Key, get(?KEYS)),
    member(Value, Key, Before, Text, Depth);
key(_, Key, Before, Value, Text, Depth, Layout) ->
    Named = string(Key, Key, break(<<Text/binary, Before>>, Depth, Layout), Layout),
    value(Value, colon(Named, Layout), Depth, Layout).

known(Key, Known) when map_size(Known) < ?MOST_KEYS ->
    _ = put(?KEYS, Known#{Key => []}),
    ok;
known(_, _) ->
    ok.

%% So does its value where it is short.
member(Value, Key, Before, Text, _) when is_binary(Value) ->
    plain_member(Value, Value, Key, Before, Text);
member(Value, Key, Before, Text, _) when is_integer(Value) ->
    <<Text/binary, Before, $", Key/binary, $", $:, (beamtalk_integer_text:text(Value))/binary>>;
member(Value, Key, Before, Text, _) when is_float(Value) ->
    <<Text/binary, Before, $", Key/binary, $", $:, (float_to_binary(Value, [short]))/binary>>;
member(true, Key, Before, Text, _) ->
    <<Text/binary, Before, $", Key/binary, "\":true">>;
member(false, Key, Before, Text, _) ->
    <<Text/binary, Before, $", Key/binary, "\":false">>;
member(nil, Key, Before, Text, _) ->
    <<Text/binary, Before, $", Key/binary, "\":null">>;
member(Value, Key, Before, Text, Depth) ->
    value(Value, <<Text/binary, Before, $", Key/binary, $", $:>>, Depth, compact).

plain_member(<<C, Rest/binary>>, Value, Key, Before, Text) when ?IS_PLAIN(C) ->
    plain_member(Rest, Value, Key, Before, Text);
plain_member(<<>>, Value, Key, Before, Text) ->
    <<Text/binary, Before, $", Key/binary, "\":\"", Value/binary, $">>;
plain_member(_, Value, Key, Before, Text) ->
    string(Value, Value, <<Text/binary, Before, $", Key/binary, $", $:>>, compact).

%%% Layout.

break(Text, _, compact) -> Text;
break(Text, Depth, indented) -> <<Text/binary, $\n, (binary:copy(<<"  ">>, Depth))/binary>>.

colon(Text, compact) -> <<Text/binary, $:>>;
colon(Text, indented) -> <<Text/binary, ": ">>.

selector(compact) -> 'generate:';
selector(indented) -> 'prettyPrint:'.

%%% Strings.

string(<<C, Rest/binary>>, String, Text, Layout) when ?IS_PLAIN(C) ->
    string(Rest, String, Text, Layout);
string(<<C/utf8, Rest/binary>>, String, Text, Layout) when C >= 128 ->
    string(Rest, String, Text, Layout);
string(<<>>, String, Text, _) ->
    <<Text/binary, $", String/binary, $">>;
string(_, String, Text, Layout) ->
    escaped(String, String, 0, 0, <<Text/binary, $">>, Layout).

%% From `From' on, `Length' bytes of the string stand for themselves.
escaped(<<C, Rest/binary>>, String, From, Length, Text, Layout) when ?IS_PLAIN(C) ->
    escaped(Rest, String, From, Length + 1, Text, Layout);
escaped(<<C/utf8, Rest/binary>>, String, From, Length, Text, Layout) when C >= 128 ->
    escaped(Rest, String, From, Length + utf8_size(C), Text, Layout);
escaped(<<C, Rest/binary>>, String, From, Length, Text, Layout) when C < 128, byte_size(Text) =< ?MAX_BYTES ->
    Longer = <<Text/binary, (binary_part(String, From, Length))/binary, (escape(C))/binary>>,
    escaped(Rest, String, From + Length + 1, 0, Longer, Layout);
escaped(<<>>, String, From, Length, Text, _) ->
    <<Text/binary, (binary_part(String, From, Length))/binary, $">>;
escaped(<<C, _/binary>>, _, _, _, _, Layout) when C < 128 ->
    too_long(Layout);
escaped(_, String, _, _, _, Layout) ->
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
