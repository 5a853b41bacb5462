%%% @doc Built-in text forms of values, made without sending a message.
%%%
%%% `print_string/1' is what containers use for their elements and what the primitive classes answer; `display/1' is what
%%% the prompt and the expression tests show. Neither crashes on any term, improper lists and foreign maps included, except that a text
%%% of more than 256 MB raises `system_limit': containers that share their parts can be small in memory and have a text without end.
%%% So that this is seen in time, a container writes itself behind the text so far, which OTP lengthens in place.
-module(beamtalk_printer).

-include("beamtalk.hrl").

%% The years 0 to 9999 in seconds since 1970: what `calendar' and the text form of a DateTime can show.
-define(EPOCH, 62167219200).
-define(LAST_SECOND, 253402300799).
-define(MAX_BYTES, (1 bsl 28)).
%% Parts of a term in Erlang notation, which mostly stands in the message of an error; of a larger one OTP writes the first levels.
-define(MAX_TERM, (1 bsl 20)).
-define(LEVELS, 12).

-export([print_string/1, display/1, display/2, float_text/1, term_text/1, pid_text/1, article/1, test_summary/4]).

%% @doc The rendering of `object-model' section 1.4.
-spec print_string(term()) -> binary().
print_string(V) when is_binary(V) -> V;
print_string(V) when is_list(V); is_map(V); is_tuple(V) -> finished(add(V, <<>>, ?MAX_BYTES));
print_string(V) -> plain(V).

%% A text that has grown keeps room for more; a short one gives it back.
finished(Text) when byte_size(Text) =< 65536 -> binary:copy(Text);
finished(Text) when byte_size(Text) =< ?MAX_BYTES -> Text;
finished(_) -> erlang:error(system_limit).

%% The text of a value behind another, which had better not be longer than `Limit' yet.
-spec add(term(), binary(), integer()) -> binary().
add(_, Text, Limit) when byte_size(Text) > Limit -> erlang:error(system_limit);
add(V, Text, _) when is_binary(V) -> <<Text/binary, V/binary>>;
add(V, Text, Limit) when is_list(V) -> <<(list_body(V, <<Text/binary, "#(">>, Limit))/binary, ")">>;
add(#{?BT_TAG := Class} = V, Text, Limit) when is_atom(Class) -> object(Class, V, Text, Limit);
add(V, Text, Limit) when is_map(V) -> <<Text/binary, (dictionary(V, Limit - byte_size(Text)))/binary>>;
add(V, Text, Limit) ->
    case is_tuple(V) andalso special(V) of
        false -> <<Text/binary, (plain(V))/binary>>;
        none -> <<(commas(tuple_to_list(V), <<Text/binary, "{">>, Limit))/binary, "}">>;
        Special -> <<Text/binary, Special/binary>>
    end.

%% No container and no text.
plain(V) when is_integer(V) -> beamtalk_integer_text:text(V);
plain(V) when is_float(V) -> float_text(V);
plain(true) -> <<"true">>;
plain(false) -> <<"false">>;
plain(nil) -> <<"nil">>;
plain(V) when is_atom(V) -> <<"#", (atom_to_binary(V))/binary>>;
plain(V) when is_function(V) -> <<"a Block">>;
plain(V) when is_pid(V) -> bin(["#Pid", pid_to_list(V)]);
plain(V) when is_port(V) -> list_to_binary(erlang:port_to_list(V));
plain(V) when is_reference(V) -> list_to_binary(erlang:ref_to_list(V));
plain(V) -> term_text(V).

%% Tuples that are something else to the language.
special(#beamtalk_error{message = M} = V) when is_binary(M) -> beamtalk_error:format(V);
special({beamtalk_object, 'Metaclass', _, N}) when is_atom(N) -> <<(atom_to_binary(N))/binary, " class">>;
special({beamtalk_object, _, _, N}) when is_atom(N) -> atom_to_binary(N);
special({beamtalk_object, C, _, P}) when is_pid(P), is_atom(C) -> article(C);
special({beamtalk_future, P}) when ?IS_FUTURE_KEY(P) -> <<"a Future">>;
special(_) -> none.

%% @doc The rendering of `object-model' section 1.5 and `display.md'.
-spec display(term()) -> binary().
display(V) -> display(V, fun(_) -> <<"#Future<pending>">> end).

%% @doc The same with the text of futures asked for: the printer does not know their state.
-spec display(term(), fun((term()) -> binary())) -> binary().
display(V, Future) when is_list(V) -> finished(json(V, <<>>, Future));
display(V, _) when is_atom(V) -> atom_to_binary(V);
display(V, _) when is_function(V) ->
    {arity, Arity} = erlang:fun_info(V, arity),
    bin(["a Block/", integer_to_binary(Arity)]);
display({beamtalk_object, Class, _, P}, _) when is_pid(P), is_atom(Class) ->
    bin(["#Actor<", atom_to_binary(Class), ",", pid_text(P), ">"]);
display(V, _) when is_pid(V) ->
    case is_alive(V) of
        true -> bin(["#Actor<", pid_text(V), ">"]);
        false -> bin(["#Dead<", pid_text(V), ">"])
    end;
display({beamtalk_future, P} = V, Future) when ?IS_FUTURE_KEY(P) -> Future(V);
display(V, _) -> print_string(V).

is_alive(Pid) when node(Pid) =:= node() -> is_process_alive(Pid);
is_alive(_) -> true.

%% @doc Shortest text that reads back as the same float.
-spec float_text(float()) -> binary().
float_text(F) ->
    float_to_binary(F, [short]).

%% @doc Erlang notation on one line.
-spec term_text(term()) -> binary().
term_text(Term) ->
    case beamtalk_term_size:at_most(Term, ?MAX_TERM) of
        true -> unicode:characters_to_binary(io_lib:format("~0tp", [Term]));
        false -> unicode:characters_to_binary(io_lib:format("~0tP", [Term, ?LEVELS]))
    end.

%% @doc Digits of a pid without the angle brackets.
-spec pid_text(pid()) -> binary().
pid_text(Pid) ->
    list_to_binary(string:trim(pid_to_list(Pid), both, "<>")).

%% @doc `a Counter'; the article is always `a'.
-spec article(atom()) -> binary().
article(Class) ->
    <<"a ", (atom_to_binary(Class))/binary>>.

%% @doc What a run of tests came to, in one line.
-spec test_summary(integer(), integer(), integer(), number()) -> binary().
test_summary(Total, Passed, 0, Seconds) ->
    bin(io_lib:format("~b tests, ~b passed (~.1fs)", [Total, Passed, float(Seconds)]));
test_summary(Total, Passed, Failed, Seconds) ->
    bin(io_lib:format("~b tests, ~b passed, ~b failed (~.1fs)", [Total, Passed, Failed, float(Seconds)])).

%%% Containers, and objects with a form of their own.

object('Association', #{key := K, value := V}, Text, Limit) ->
    add(V, <<(add(K, Text, Limit))/binary, " -> ">>, Limit);
object('Set', #{elements := Elements}, Text, Limit) when is_list(Elements) ->
    <<(list_body(Elements, <<Text/binary, "Set(">>, Limit))/binary, ")">>;
object('Array', #{data := Data} = V, Text, Limit) ->
    try array:to_list(Data) of
        Elements -> <<(commas(Elements, <<Text/binary, "#[">>, Limit))/binary, "]">>
    catch
        error:_ -> <<Text/binary, (article(maps:get(?BT_TAG, V)))/binary>>
    end;
object(Class, V, Text, _) ->
    <<Text/binary, (object(Class, V))/binary>>.

object('Stream', #{description := Text}) when is_binary(Text) ->
    Text;
object('ErlangModule', #{module := Module}) when is_atom(Module) ->
    bin(["#ErlangModule<", atom_to_binary(Module), ">"]);
object('CompiledMethod', #{selector := Selector}) when is_atom(Selector) ->
    bin(["a CompiledMethod(", atom_to_binary(Selector), ")"]);
object('Regex', #{source := Source}) when is_binary(Source) ->
    bin(["Regex(", Source, ")"]);
object('StackFrame', #{text := Text}) when is_binary(Text) ->
    Text;
object('DateTime', #{timestamp := Seconds}) when is_integer(Seconds), Seconds >= -?EPOCH, Seconds =< ?LAST_SECOND ->
    {{Y, Mo, D}, {H, Mi, S}} = calendar:gregorian_seconds_to_datetime(Seconds + ?EPOCH),
    bin(io_lib:format("a DateTime(~4..0w-~2..0w-~2..0wT~2..0w:~2..0w:~2..0wZ)", [Y, Mo, D, H, Mi, S]));
object('TestResult', #{total := Total, passed := Passed, failed := Failed, duration := Seconds}) when
    is_integer(Total), is_integer(Passed), is_integer(Failed), is_number(Seconds), Seconds >= 0, Seconds < 1.0e15
->
    bin(["TestResult(", test_summary(Total, Passed, Failed, Seconds), ")"]);
object(_, #{error := #beamtalk_error{} = Error}) ->
    beamtalk_error:format(Error);
object(Class, _) ->
    article(Class).

%% Sorted by text.
dictionary(Map, Limit) ->
    {Pairs, _} = maps:fold(fun pair/3, {[], Limit}, Map),
    bin(["#{", lists:join(", ", lists:sort(Pairs)), "}"]).

pair(Key, Value, {Pairs, Left}) ->
    Pair = add(Value, <<(add(Key, <<>>, Left))/binary, " => ">>, Left),
    {[Pair | Pairs], Left - byte_size(Pair)}.

commas([], Text, _) -> Text;
commas([Last], Text, Limit) -> add(Last, Text, Limit);
commas([E | Rest], Text, Limit) -> commas(Rest, <<(add(E, Text, Limit))/binary, ", ">>, Limit).

%% A list may end in something else.
list_body([H | T], Text, Limit) when T =/= [], is_list(T) -> list_body(T, <<(add(H, Text, Limit))/binary, ", ">>, Limit);
list_body([H | T], Text, Limit) when T =/= [] -> add(T, <<(add(H, Text, Limit))/binary, " | ">>, Limit);
list_body([H | []], Text, Limit) -> add(H, Text, Limit);
list_body([], Text, _) -> Text.

%%% Compact JSON of a displayed list.

json(_, Text, _) when byte_size(Text) > ?MAX_BYTES -> erlang:error(system_limit);
json(V, Text, Future) when is_list(V) -> <<(json_body(V, <<Text/binary, $[>>, Future))/binary, $]>>;
json(V, Text, _) when is_number(V); is_boolean(V) -> <<Text/binary, (plain(V))/binary>>;
json(V, Text, Future) -> json_string(display(V, Future), Text).

json_body([H | T], Text, Future) when T =/= [], is_list(T) -> json_body(T, <<(json(H, Text, Future))/binary, $,>>, Future);
json_body([H | T], Text, Future) when T =/= [] -> json(T, <<(json(H, Text, Future))/binary, $,>>, Future);
json_body([H | []], Text, Future) -> json(H, Text, Future);
json_body([], Text, _) -> Text.

json_string(String, Text) ->
    case json_characters(String, String, 0, 0, <<Text/binary, $">>) of
        not_utf8 -> json_string(term_text(String), Text);
        Longer -> Longer
    end.

%% From `From' on, `Length' bytes of the string stand for themselves.
json_characters(<<C, Rest/binary>>, String, From, Length, Text) when C >= 32, C < 128, C =/= $", C =/= $\\ ->
    json_characters(Rest, String, From, Length + 1, Text);
json_characters(<<C/utf8, Rest/binary>>, String, From, Length, Text) when C >= 128 ->
    json_characters(Rest, String, From, Length + byte_size(<<C/utf8>>), Text);
json_characters(<<C, Rest/binary>>, String, From, Length, Text) when C < 128 ->
    Longer = <<Text/binary, (binary_part(String, From, Length))/binary, (bin(escape(C)))/binary>>,
    json_characters(Rest, String, From + Length + 1, 0, Longer);
json_characters(<<>>, String, From, Length, Text) ->
    <<Text/binary, (binary_part(String, From, Length))/binary, $">>;
json_characters(_, _, _, _, _) ->
    not_utf8.

escape($") -> "\\\"";
escape($\\) -> "\\\\";
escape($\n) -> "\\n";
escape($\r) -> "\\r";
escape($\t) -> "\\t";
escape($\b) -> "\\b";
escape($\f) -> "\\f";
escape(C) -> io_lib:format("\\u~4.16.0b", [C]).

%% Strings may hold any bytes; text that is not UTF-8 is passed on as it is.
bin(Data) ->
    try
        iolist_to_binary(Data)
    catch
        error:badarg -> unicode:characters_to_binary(Data)
    end.
