%%% @doc JSON text of a value, for `JSON generate:' and `JSON prettyPrint:'.
%%%
%%% Twice over the value: first for the size of the text, which is bounded because lists that share their parts can be small in memory and have a
%%% text without end, then for its parts, which are put together once. Nesting has the same limit as in reading.
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
    _ = size(Value, Layout, 0, 0, Selector),
    case iolist_to_binary(write(Value, Layout, Selector)) of
        %% Escapes make a text longer than it was measured.
        Text when byte_size(Text) > ?MAX_BYTES -> too_long(Selector);
        Text -> Text
    end.

%%% The size, without escapes.

size(_, _, _, Size, Selector) when Size > ?MAX_BYTES ->
    too_long(Selector);
size(Value, _, _, Size, _) when is_binary(Value) ->
    Size + byte_size(Value) + 2;
size(Value, _, _, Size, _) when is_integer(Value), Value bsr 60 =/= 0, Value bsr 60 =/= -1 ->
    %% A byte of a large number is at most three digits.
    Size + 24 * erts_debug:flat_size(Value);
size([First | Rest], Layout, Depth, Size, Selector) when Depth =< ?MAX_DEPTH ->
    Inner = deeper(Layout),
    sizes(Rest, Inner, Depth + 1, size(First, Inner, Depth + 1, Size + between(Inner), Selector), Selector);
size(#{?BT_TAG := Class} = Value, Layout, Depth, Size, Selector) when Class =:= 'Array'; Class =:= 'Set' ->
    size(beamtalk_collection_ops:to_list(Value), Layout, Depth, Size, Selector);
size(Value, Layout, Depth, Size, Selector) when is_map(Value), not is_map_key(?BT_TAG, Value), Depth =< ?MAX_DEPTH ->
    Inner = deeper(Layout),
    maps:fold(
        fun(Key, Each, Before) ->
            Named = size(Key, Inner, Depth + 1, Before + between(Inner) + 2, Selector),
            size(Each, Inner, Depth + 1, Named, Selector)
        end,
        Size,
        Value
    );
size(Value, _, Depth, _, Selector) when Depth > ?MAX_DEPTH ->
    no_form(Value, Selector);
size(_, _, _, Size, _) ->
    Size + 1.

sizes([Value | Rest], Layout, Depth, Size, Selector) ->
    sizes(Rest, Layout, Depth, size(Value, Layout, Depth, Size + between(Layout), Selector), Selector);
sizes(_, _, _, Size, _) ->
    Size.

between(compact) -> 1;
between(Indent) -> Indent + 2.

%%% The parts.

write(Value, _, Selector) when is_binary(Value) ->
    case is_plain(Value) of
        true -> [$", Value, $"];
        false -> [$" | escaped(Value, Value, 0, 0, Selector)]
    end;
write(Value, _, _) when is_integer(Value) ->
    integer_to_binary(Value);
write(Value, _, _) when is_float(Value) ->
    float_to_binary(Value, [short]);
write(nil, _, _) ->
    <<"null">>;
write(true, _, _) ->
    <<"true">>;
write(false, _, _) ->
    <<"false">>;
write(Value, Layout, Selector) when is_atom(Value) ->
    write(atom_to_binary(Value), Layout, Selector);
write([], _, _) ->
    <<"[]">>;
write([First | Rest], Layout, Selector) ->
    Inner = deeper(Layout),
    [$[, break(Inner), write(First, Inner, Selector) | elements(Rest, comma(Inner), Inner, [break(Layout), $]], Selector)];
write(#{?BT_TAG := Class} = Value, Layout, Selector) when Class =:= 'Array'; Class =:= 'Set' ->
    write(beamtalk_collection_ops:to_list(Value), Layout, Selector);
write(#{?BT_TAG := _} = Value, _, Selector) ->
    no_form(Value, Selector);
write(Value, Layout, Selector) when is_map(Value), map_size(Value) > 0 ->
    Inner = deeper(Layout),
    [First | Rest] = maps:to_list(Value),
    [${, break(Inner), member(First, Inner, Selector) | members(Rest, comma(Inner), Inner, [break(Layout), $}], Selector)];
write(Value, _, _) when is_map(Value) ->
    <<"{}">>;
write(Value, _, Selector) ->
    no_form(Value, Selector).

elements([Value | Rest], Comma, Layout, End, Selector) ->
    [Comma, write(Value, Layout, Selector) | elements(Rest, Comma, Layout, End, Selector)];
elements([], _, _, End, _) ->
    End;
elements(Improper, _, _, _, Selector) ->
    no_form(Improper, Selector).

members([Member | Rest], Comma, Layout, End, Selector) ->
    [Comma, member(Member, Layout, Selector) | members(Rest, Comma, Layout, End, Selector)];
members([], _, _, End, _) ->
    End.

member({Key, Value}, Layout, Selector) ->
    [write(key(Key, Selector), Layout, Selector), colon(Layout), write(Value, Layout, Selector)].

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

%% What stands between two elements, as one part.
comma(compact) -> $,;
comma(Indent) -> <<$,, (break(Indent))/binary>>.

colon(compact) -> $:;
colon(_) -> <<": ">>.

%%% Strings.

is_plain(<<C, Rest/binary>>) when ?IS_PLAIN(C) -> is_plain(Rest);
is_plain(<<C/utf8, Rest/binary>>) when C >= 128 -> is_plain(Rest);
is_plain(Rest) -> Rest =:= <<>>.

%% From `From' on, `Length' bytes of the text stand for themselves.
escaped(<<C, Rest/binary>>, Text, From, Length, Selector) when ?IS_PLAIN(C) ->
    escaped(Rest, Text, From, Length + 1, Selector);
escaped(<<C/utf8, Rest/binary>>, Text, From, Length, Selector) when C >= 128 ->
    escaped(Rest, Text, From, Length + utf8_size(C), Selector);
escaped(<<C, Rest/binary>>, Text, From, Length, Selector) when C < 128 ->
    [binary_part(Text, From, Length), escape(C) | escaped(Rest, Text, From + Length + 1, 0, Selector)];
escaped(<<>>, Text, From, Length, _) ->
    [binary_part(Text, From, Length), $"];
escaped(_, Text, _, _, Selector) ->
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
