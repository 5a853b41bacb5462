%%% @doc JSON text of a value, for `JSON generate:' and `JSON prettyPrint:'.
%%%
%%% The text grows at its end, which costs no copy, and its size is looked at with every element: lists that share their parts can be small
%%% in memory and have a text without end. Nesting has the same limit as in reading.
-module(beamtalk_json_write_ops).

-include("beamtalk.hrl").

-export([text/3]).

-define(MAX_DEPTH, 1000).
-define(MAX_BYTES, (1 bsl 28)).

%% Stands for itself in a string.
-define(IS_PLAIN(C), (C >= 32 andalso C < 128 andalso C =/= $" andalso C =/= $\\)).

%% Nothing between the parts, or the indentation so far.
-type layout() :: compact | non_neg_integer().

-spec text(term(), layout(), Selector :: atom()) -> binary().
text(Value, Layout, Selector) ->
    write(Value, <<>>, <<>>, Layout, 0, Selector).

%% `Before' is what stands between the text so far and the value: it is written together with the value, as each growth of the text has its price.
write(Value, Before, Out, _, _, Selector) when is_binary(Value) ->
    case is_plain(Value) of
        true -> <<Out/binary, Before/binary, $", Value/binary, $">>;
        false -> <<(escaped(Value, Value, 0, 0, <<Out/binary, Before/binary, $">>, Selector))/binary, $">>
    end;
write(Value, Before, Out, _, _, _) when is_integer(Value) ->
    <<Out/binary, Before/binary, (integer_to_binary(Value))/binary>>;
write(Value, Before, Out, _, _, _) when is_float(Value) ->
    <<Out/binary, Before/binary, (float_to_binary(Value, [short]))/binary>>;
write(nil, Before, Out, _, _, _) ->
    <<Out/binary, Before/binary, "null">>;
write(true, Before, Out, _, _, _) ->
    <<Out/binary, Before/binary, "true">>;
write(false, Before, Out, _, _, _) ->
    <<Out/binary, Before/binary, "false">>;
write(Value, Before, Out, Layout, Depth, Selector) when is_atom(Value) ->
    write(atom_to_binary(Value), Before, Out, Layout, Depth, Selector);
write(Value, _, _, _, Depth, Selector) when Depth > ?MAX_DEPTH ->
    no_form(Value, Selector);
write([], Before, Out, _, _, _) ->
    <<Out/binary, Before/binary, "[]">>;
write([First | Rest], Before, Out, Layout, Depth, Selector) ->
    Inner = deeper(Layout),
    Begun = write(First, <<Before/binary, $[, (break(Inner))/binary>>, Out, Inner, Depth + 1, Selector),
    Written = elements(Rest, <<$,, (break(Inner))/binary>>, Begun, Inner, Depth + 1, Selector),
    <<Written/binary, (break(Layout))/binary, $]>>;
write(#{?BT_TAG := Class} = Value, Before, Out, Layout, Depth, Selector) when Class =:= 'Array'; Class =:= 'Set' ->
    write(beamtalk_collection_ops:to_list(Value), Before, Out, Layout, Depth, Selector);
write(#{?BT_TAG := _} = Value, _, _, _, _, Selector) ->
    no_form(Value, Selector);
write(Value, Before, Out, Layout, Depth, Selector) when is_map(Value), map_size(Value) > 0 ->
    Inner = deeper(Layout),
    [First | Rest] = maps:to_list(Value),
    Begun = member(First, <<Before/binary, ${, (break(Inner))/binary>>, Out, Inner, Depth + 1, Selector),
    Written = members(Rest, <<$,, (break(Inner))/binary>>, Begun, Inner, Depth + 1, Selector),
    <<Written/binary, (break(Layout))/binary, $}>>;
write(Value, Before, Out, _, _, _) when is_map(Value) ->
    <<Out/binary, Before/binary, "{}">>;
write(Value, _, _, _, _, Selector) ->
    no_form(Value, Selector).

elements(_, _, Out, _, _, Selector) when byte_size(Out) > ?MAX_BYTES ->
    too_long(Selector);
elements([Value | Rest], Comma, Out, Layout, Depth, Selector) ->
    elements(Rest, Comma, write(Value, Comma, Out, Layout, Depth, Selector), Layout, Depth, Selector);
elements([], _, Out, _, _, _) ->
    Out;
elements(Improper, _, _, _, _, Selector) ->
    no_form(Improper, Selector).

members(_, _, Out, _, _, Selector) when byte_size(Out) > ?MAX_BYTES ->
    too_long(Selector);
members([Member | Rest], Comma, Out, Layout, Depth, Selector) ->
    members(Rest, Comma, member(Member, Comma, Out, Layout, Depth, Selector), Layout, Depth, Selector);
members([], _, Out, _, _, _) ->
    Out.

member({Key, Value}, Before, Out, Layout, Depth, Selector) ->
    Named = write(key(Key, Selector), Before, Out, Layout, Depth, Selector),
    write(Value, colon(Layout), Named, Layout, Depth, Selector).

key(Key, _) when is_binary(Key) -> Key;
key(Key, _) when is_atom(Key) -> atom_to_binary(Key);
key(Key, _) when is_number(Key) -> beamtalk_printer:print_string(Key);
key(Key, Selector) ->
    Hint = [beamtalk_collection_ops:got(Key), " cannot be a key; String, Symbol and numbers can"],
    beamtalk_error:raise(type_error, 'JSON', Selector, Hint).

%%% Layout.

deeper(compact) -> compact;
deeper(Indent) -> Indent + 2.

break(compact) -> <<>>;
break(Indent) -> <<$\n, (binary:copy(<<" ">>, Indent))/binary>>.

colon(compact) -> <<":">>;
colon(_) -> <<": ">>.

%%% Strings.

is_plain(<<C, Rest/binary>>) when ?IS_PLAIN(C) -> is_plain(Rest);
is_plain(Rest) -> Rest =:= <<>>.

%% From `From' on, `Length' bytes of the text stand for themselves.
escaped(<<C, Rest/binary>>, Text, From, Length, Out, Selector) when ?IS_PLAIN(C) ->
    escaped(Rest, Text, From, Length + 1, Out, Selector);
escaped(<<C/utf8, Rest/binary>>, Text, From, Length, Out, Selector) when C >= 128 ->
    escaped(Rest, Text, From, Length + utf8_size(C), Out, Selector);
escaped(<<C, Rest/binary>>, Text, From, Length, Out, Selector) when C < 128 ->
    Part = binary_part(Text, From, Length),
    escaped(Rest, Text, From + Length + 1, 0, <<Out/binary, Part/binary, (escape(C))/binary>>, Selector);
escaped(<<>>, Text, From, Length, Out, _) ->
    <<Out/binary, (binary_part(Text, From, Length))/binary>>;
escaped(_, Text, _, _, _, Selector) ->
    no_form(Text, Selector).

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
escape(C) -> iolist_to_binary(io_lib:format("\\u~4.16.0b", [C])).

%%% Errors.

-spec no_form(term(), atom()) -> no_return().
no_form(Value, Selector) when is_binary(Value) ->
    beamtalk_error:raise(type_error, 'JSON', Selector, "a String that is not UTF-8 has no JSON form");
no_form(Value, Selector) when is_list(Value) ->
    Hint = ["a List that is nested more than ", integer_to_binary(?MAX_DEPTH), " deep or has no proper end has no JSON form"],
    beamtalk_error:raise(type_error, 'JSON', Selector, Hint);
no_form(Value, Selector) ->
    beamtalk_error:raise(type_error, 'JSON', Selector, [beamtalk_collection_ops:got(Value), " has no JSON form"]).

-spec too_long(atom()) -> no_return().
too_long(Selector) ->
    Message = ["The JSON text is longer than ", integer_to_binary(?MAX_BYTES), " bytes"],
    beamtalk_error:raise(beamtalk_error:with_message(beamtalk_error:new(runtime_error, 'JSON', Selector), Message)).
