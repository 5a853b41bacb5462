%%% @doc Built-in text forms of values, made without sending a message.
%%%
%%% `print_string/1' is what containers use for their elements and what the primitive classes answer; `display/1' is what
%%% the prompt and the expression tests show. Neither crashes on any term, improper lists and foreign maps included.
-module(beamtalk_printer).

-include("beamtalk.hrl").

%% The years 0 to 9999 in seconds since 1970: what `calendar' and the text form of a DateTime can show.
-define(EPOCH, 62167219200).
-define(LAST_SECOND, 253402300799).

-export([print_string/1, display/1, float_text/1, term_text/1, pid_text/1, article/1, test_summary/4]).

%% @doc The rendering of `object-model' section 1.4.
-spec print_string(term()) -> binary().
print_string(V) when is_integer(V) -> integer_to_binary(V);
print_string(V) when is_float(V) -> float_text(V);
print_string(V) when is_binary(V) -> V;
print_string(true) -> <<"true">>;
print_string(false) -> <<"false">>;
print_string(nil) -> <<"nil">>;
print_string(V) when is_atom(V) -> <<"#", (atom_to_binary(V))/binary>>;
print_string(V) when is_list(V) -> bin(["#(", list_body(V), ")"]);
print_string(#{?BT_TAG := Class} = V) when is_atom(Class) -> object(Class, V);
print_string(V) when is_map(V) -> dictionary(V);
print_string(V) when is_function(V) -> <<"a Block">>;
print_string(#beamtalk_error{message = M} = V) when is_binary(M) -> beamtalk_error:format(V);
print_string({beamtalk_object, 'Metaclass', _, N}) when is_atom(N) -> <<(atom_to_binary(N))/binary, " class">>;
print_string({beamtalk_object, _, _, N}) when is_atom(N) -> atom_to_binary(N);
print_string({beamtalk_object, C, _, P}) when is_pid(P), is_atom(C) -> article(C);
print_string({beamtalk_future, P}) when ?IS_FUTURE_KEY(P) -> <<"a Future">>;
print_string(V) when is_tuple(V) -> bin(["{", commas(tuple_to_list(V)), "}"]);
print_string(V) when is_pid(V) -> bin(["#Pid", pid_to_list(V)]);
print_string(V) when is_port(V) -> list_to_binary(erlang:port_to_list(V));
print_string(V) when is_reference(V) -> list_to_binary(erlang:ref_to_list(V));
print_string(V) -> term_text(V).

%% @doc The rendering of `object-model' section 1.5 and `display.md'.
-spec display(term()) -> binary().
display(V) when is_list(V) -> iolist_to_binary(json(V));
display(V) when is_atom(V) -> atom_to_binary(V);
display(V) when is_function(V) ->
    {arity, Arity} = erlang:fun_info(V, arity),
    bin(["a Block/", integer_to_binary(Arity)]);
display({beamtalk_object, Class, _, P}) when is_pid(P), is_atom(Class) ->
    bin(["#Actor<", atom_to_binary(Class), ",", pid_text(P), ">"]);
display(V) when is_pid(V) ->
    case is_alive(V) of
        true -> bin(["#Actor<", pid_text(V), ">"]);
        false -> bin(["#Dead<", pid_text(V), ">"])
    end;
display({beamtalk_future, P}) when ?IS_FUTURE_KEY(P) -> <<"#Future<pending>">>;
display(V) -> print_string(V).

is_alive(Pid) when node(Pid) =:= node() -> is_process_alive(Pid);
is_alive(_) -> true.

%% @doc Shortest text that reads back as the same float.
-spec float_text(float()) -> binary().
float_text(F) ->
    float_to_binary(F, [short]).

%% @doc Erlang notation on one line.
-spec term_text(term()) -> binary().
term_text(Term) ->
    bin(io_lib:format("~0tp", [Term])).

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

%%% Objects with a form of their own.

object('Association', #{key := K, value := V}) ->
    bin([print_string(K), " -> ", print_string(V)]);
object('Set', #{elements := Elements}) when is_list(Elements) ->
    bin(["Set(", list_body(Elements), ")"]);
object('Array', #{data := Data} = V) ->
    try
        bin(["#[", commas(array:to_list(Data)), "]"])
    catch
        error:_ -> article(maps:get(?BT_TAG, V))
    end;
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

dictionary(Map) ->
    Pairs = lists:sort([bin([print_string(K), " => ", print_string(V)]) || {K, V} <- maps:to_list(Map)]),
    bin(["#{", lists:join(", ", Pairs), "}"]).

commas(Elements) ->
    lists:join(", ", [print_string(E) || E <- Elements]).

list_body([]) -> [];
list_body([H | []]) -> print_string(H);
list_body([H | T]) when is_list(T) -> [print_string(H), ", " | list_body(T)];
list_body([H | T]) -> [print_string(H), " | ", print_string(T)].

%%% Compact JSON of a displayed list.

json(V) when is_list(V) -> [$[, json_body(V), $]];
json(V) when is_integer(V) -> integer_to_binary(V);
json(V) when is_float(V) -> float_text(V);
json(true) -> <<"true">>;
json(false) -> <<"false">>;
json(V) -> json_string(display(V)).

json_body([]) -> [];
json_body([H | []]) -> json(H);
json_body([H | T]) when is_list(T) -> [json(H), $, | json_body(T)];
json_body([H | T]) -> [json(H), $,, json(T)].

json_string(Text) ->
    case unicode:characters_to_list(Text) of
        Chars when is_list(Chars) -> [$", unicode:characters_to_binary([escape(C) || C <- Chars]), $"];
        _ -> json_string(term_text(Text))
    end.

escape($") -> "\\\"";
escape($\\) -> "\\\\";
escape($\n) -> "\\n";
escape($\r) -> "\\r";
escape($\t) -> "\\t";
escape($\b) -> "\\b";
escape($\f) -> "\\f";
escape(C) when C < 32 -> io_lib:format("\\u~4.16.0b", [C]);
escape(C) -> C.

%% Strings may hold any bytes; text that is not UTF-8 is passed on as it is.
bin(Data) ->
    try
        iolist_to_binary(Data)
    catch
        error:badarg -> unicode:characters_to_binary(Data)
    end.
