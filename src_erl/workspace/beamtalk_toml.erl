%%% @doc TOML 1.0 as tables with the line of every value, or the first mistake with its line. Pure; makes no atoms.
%%%
%%% A table is a map from keys to `{Line, Value}'. Dates and times stay the text they are.
-module(beamtalk_toml).

-export([parse/1]).

-export_type([table/0, value/0]).

-type table() :: #{Key :: binary() => {Line :: pos_integer(), value()}}.
-type value() ::
    binary() | number() | boolean() | inf | neg_inf | nan | {date, binary()} | [value()] | table().

-type path() :: [binary()].
%% `headers': tables that have their own header; `closed': values that cannot grow any more; `rows': lists of tables, which `[[...]]' lengthens.
-record(state, {
    root = #{} :: map(),
    at = [] :: path(),
    headers = #{} :: #{path() => true},
    closed = #{} :: #{path() => true},
    rows = #{} :: #{path() => true}
}).

-define(BLANK(C), C =:= $\s; C =:= $\t).
-define(DATE, "^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?)?").
-define(TIME, "^[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]+)?").
-define(WORD, "^[A-Za-z0-9_+.-]+").
-define(FLOAT, "^[+-]?(?:0|[1-9](?:_?[0-9])*)(?:\\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?$").

-spec parse(binary()) -> {ok, table()} | {error, {Line :: pos_integer(), unicode:chardata()}}.
parse(Content) ->
    try
        #state{root = Root} = lines(valid(Content), 1, #state{}),
        {ok, finished(Root)}
    catch
        throw:{?MODULE, Line, Text} -> {error, {Line, Text}}
    end.

-spec wrong(pos_integer(), unicode:chardata()) -> no_return().
wrong(Line, Text) ->
    throw({?MODULE, Line, Text}).

%% Line ends of any system, without a byte order mark.
valid(<<16#EF, 16#BB, 16#BF, Content/binary>>) ->
    valid(Content);
valid(Content) ->
    case unicode:characters_to_binary(Content) of
        Content -> binary:replace(Content, <<"\r\n">>, <<"\n">>, [global]);
        {_, Good, _} -> wrong(length(binary:matches(Good, <<"\n">>)) + 1, "the text is not valid UTF-8")
    end.

%%% Lines

lines(Content, Line, State) ->
    case blanks(Content) of
        <<>> -> State;
        <<"\n", Rest/binary>> -> lines(Rest, Line + 1, State);
        <<"#", Rest/binary>> -> lines(comment(Rest), Line, State);
        <<"[[", Rest/binary>> -> header(Rest, Line, <<"]]">>, fun row/3, State);
        <<"[", Rest/binary>> -> header(Rest, Line, <<"]">>, fun section/3, State);
        Rest -> entry(Rest, Line, State)
    end.

header(Content, Line, Close, Open, State) ->
    {Path, After} = keys(Content, Line),
    Size = byte_size(Close),
    case After of
        <<Close:Size/binary, Rest/binary>> -> lines(line_end(Rest, Line), Line, Open(Path, Line, State));
        _ -> wrong(Line, ["expected '", Close, "' at the end of a section's name"])
    end.

entry(Content, Line, #state{at = At, closed = Closed, headers = Headers} = State) ->
    {Keys, Value, Rest, Next} = pair(Content, Line),
    Path = At ++ Keys,
    _ = [wrong(Line, ["key '", shown(Above), "' holds no table that can grow"]) || Above <- inner(Keys, At), is_map_key(Above, Closed)],
    _ = [wrong(Line, ["table '", shown(Above), "' has a section of its own"]) || Above <- inner(Keys, At), is_map_key(Above, Headers)],
    Root = put_in(Path, {Line, Value}, Line, State#state.root),
    lines(line_end(Rest, Next), Next, State#state{root = Root, closed = Closed#{Path => true}}).

%% Tables that dotted keys pass through, without the one they begin in.
inner(Keys, At) ->
    [At ++ lists:sublist(Keys, N) || N <- lists:seq(1, length(Keys) - 1)].

%% `[a.b]'
section(Path, Line, #state{headers = Headers, closed = Closed, rows = Rows, root = Root} = State) ->
    _ = [wrong(Line, ["section '", shown(Path), "' is there twice"]) || is_map_key(Path, Headers)],
    _ = [wrong(Line, ["'", shown(P), "' is no section"]) || P <- [lists:sublist(Path, N) || N <- lists:seq(1, length(Path))], is_map_key(P, Closed)],
    _ = [wrong(Line, ["'", shown(Path), "' is a list of sections"]) || is_map_key(Path, Rows)],
    State#state{root = open(Path, Line, Root), at = Path, headers = Headers#{Path => true}}.

%% `[[a.b]]'
row(Path, Line, #state{headers = Headers, closed = Closed, rows = Rows, root = Root} = State) ->
    Taken = is_map_key(Path, Headers) orelse is_map_key(Path, Closed) orelse (is_there(Path, Root) andalso not is_map_key(Path, Rows)),
    _ = [wrong(Line, ["'", shown(Path), "' is no list of sections"]) || Taken],
    %% What stands below a row is new with the next one.
    Below = fun(P, _) -> not lists:prefix(Path, P) end,
    State#state{
        root = add_row(Path, Line, Root), at = Path, rows = Rows#{Path => true},
        headers = maps:filter(Below, Headers), closed = maps:filter(Below, Closed)
    }.

%% Spaces and a comment may follow on the line.
line_end(Content, Line) ->
    case blanks(Content) of
        <<>> -> <<>>;
        <<"\n", _/binary>> = Rest -> Rest;
        <<"#", Rest/binary>> -> comment(Rest);
        _ -> wrong(Line, "expected the end of the line")
    end.

blanks(<<C, Rest/binary>>) when ?BLANK(C) -> blanks(Rest);
blanks(Rest) -> Rest.

comment(Content) ->
    case binary:match(Content, <<"\n">>) of
        {At, 1} -> binary:part(Content, At, byte_size(Content) - At);
        nomatch -> <<>>
    end.

shown(Path) ->
    lists:join($., Path).

%%% Tables: inside, a list of tables is `{rows, Reversed}'

put_in([Key], Value, Line, Table) ->
    _ = [wrong(Line, ["key '", Key, "' is there twice"]) || is_map_key(Key, Table)],
    Table#{Key => Value};
put_in([Key | Keys], Value, Line, Table) ->
    inside(Key, Line, Table, fun(Inner) -> put_in(Keys, Value, Line, Inner) end).

open([], _, Table) -> Table;
open([Key | Keys], Line, Table) -> inside(Key, Line, Table, fun(Inner) -> open(Keys, Line, Inner) end).

add_row([Key], Line, Table) ->
    case Table of
        #{Key := {First, {rows, Rows}}} -> Table#{Key := {First, {rows, [#{} | Rows]}}};
        #{} -> Table#{Key => {Line, {rows, [#{}]}}}
    end;
add_row([Key | Keys], Line, Table) ->
    inside(Key, Line, Table, fun(Inner) -> add_row(Keys, Line, Inner) end).

inside(Key, Line, Table, Change) ->
    case Table of
        #{Key := {First, Inner}} when is_map(Inner) -> Table#{Key := {First, Change(Inner)}};
        #{Key := {First, {rows, [Last | Rows]}}} -> Table#{Key := {First, {rows, [Change(Last) | Rows]}}};
        #{Key := _} -> wrong(Line, ["key '", Key, "' is there twice"]);
        #{} -> Table#{Key => {Line, Change(#{})}}
    end.

is_there([], _) ->
    true;
is_there([Key | Keys], Table) ->
    case Table of
        #{Key := {_, Inner}} when is_map(Inner) -> is_there(Keys, Inner);
        #{Key := {_, {rows, [Last | _]}}} when Keys =/= [] -> is_there(Keys, Last);
        #{Key := _} -> true;
        #{} -> false
    end.

finished(Table) when is_map(Table) -> maps:map(fun(_, {Line, Value}) -> {Line, finished(Value)} end, Table);
finished({rows, Reversed}) -> [finished(Table) || Table <- lists:reverse(Reversed)];
finished(Value) -> Value.

%%% Keys

pair(Content, Line) ->
    {Keys, After} = keys(Content, Line),
    case After of
        <<"=", Rest/binary>> ->
            {Value, Behind, Next} = value(blanks(Rest), Line),
            {Keys, Value, Behind, Next};
        _ ->
            wrong(Line, ["expected '=' behind the key '", shown(Keys), "'"])
    end.

%% What comes behind them begins with no blank.
keys(Content, Line) ->
    {Key, Rest} = key(blanks(Content), Line),
    case blanks(Rest) of
        <<".", More/binary>> ->
            {Keys, Behind} = keys(More, Line),
            {[Key | Keys], Behind};
        Behind ->
            {[Key], Behind}
    end.

key(<<"\"", Rest/binary>>, Line) ->
    {Text, Behind, Line} = basic(Rest, Line, []),
    {Text, Behind};
key(<<"'", Rest/binary>>, Line) ->
    literal(Rest, Line);
key(Content, Line) ->
    case re:run(Content, "^[A-Za-z0-9_-]+", [{capture, first, binary}]) of
        {match, [Key]} -> {Key, binary:part(Content, byte_size(Key), byte_size(Content) - byte_size(Key))};
        nomatch -> wrong(Line, "expected a key")
    end.

%%% Values

value(<<"\"\"\"", Rest/binary>>, Line) -> long_basic(first_break(Rest), Line + broken(Rest), []);
value(<<"'''", Rest/binary>>, Line) -> long_literal(first_break(Rest), Line + broken(Rest));
value(<<"\"", Rest/binary>>, Line) -> basic(Rest, Line, []);
value(<<"'", Rest/binary>>, Line) ->
    {Text, Behind} = literal(Rest, Line),
    {Text, Behind, Line};
value(<<"[", Rest/binary>>, Line) -> elements(Rest, Line, []);
value(<<"{", Rest/binary>>, Line) -> pairs(blanks(Rest), Line, #state{});
value(Content, Line) ->
    {Value, Size} = scalar(Content, Line),
    {Value, binary:part(Content, Size, byte_size(Content) - Size), Line}.

first_break(<<"\n", Rest/binary>>) -> Rest;
first_break(Rest) -> Rest.

broken(<<"\n", _/binary>>) -> 1;
broken(_) -> 0.

scalar(Content, Line) ->
    case [Text || Pattern <- [?DATE, ?TIME], {match, [Text]} <- [re:run(Content, Pattern, [{capture, first, binary}])]] of
        [Date | _] ->
            {{date, Date}, byte_size(Date)};
        [] ->
            case re:run(Content, ?WORD, [{capture, first, binary}]) of
                {match, [Word]} -> {word(Word, Line), byte_size(Word)};
                nomatch -> wrong(Line, "expected a value")
            end
    end.

word(<<"true">>, _) -> true;
word(<<"false">>, _) -> false;
word(<<"inf">>, _) -> inf;
word(<<"+inf">>, _) -> inf;
word(<<"-inf">>, _) -> neg_inf;
word(Word, _) when Word =:= <<"nan">>; Word =:= <<"+nan">>; Word =:= <<"-nan">> -> nan;
word(<<"0x", Digits/binary>> = Word, Line) -> based(Digits, 16, "^[0-9A-Fa-f](?:_?[0-9A-Fa-f])*$", Word, Line);
word(<<"0o", Digits/binary>> = Word, Line) -> based(Digits, 8, "^[0-7](?:_?[0-7])*$", Word, Line);
word(<<"0b", Digits/binary>> = Word, Line) -> based(Digits, 2, "^[01](?:_?[01])*$", Word, Line);
word(Word, Line) -> number(Word, Line).

based(Digits, Base, Pattern, Word, Line) ->
    case re:run(Digits, Pattern, [dollar_endonly, {capture, none}]) of
        match -> binary_to_integer(without_lines(Digits), Base);
        nomatch -> no_value(Word, Line)
    end.

number(Word, Line) ->
    Digits = without_lines(Word),
    case {re:run(Word, ?FLOAT, [dollar_endonly, {capture, none}]), re:run(Digits, "[.eE]", [{capture, none}])} of
        {match, nomatch} -> binary_to_integer(Digits);
        {match, match} -> float_of(Digits, Word, Line);
        {nomatch, _} -> no_value(Word, Line)
    end.

%% Erlang wants a fraction.
float_of(Digits, Word, Line) ->
    Whole =
        case re:run(Digits, "\\.", [{capture, none}]) of
            match -> Digits;
            nomatch -> re:replace(Digits, "[eE]", ".0e", [{return, binary}])
        end,
    try
        binary_to_float(Whole)
    catch
        error:badarg -> wrong(Line, ["the number ", Word, " is too large"])
    end.

without_lines(Digits) ->
    binary:replace(Digits, <<"_">>, <<>>, [global]).

-spec no_value(binary(), pos_integer()) -> no_return().
no_value(Word, Line) ->
    wrong(Line, ["'", Word, "' is no value; texts stand in double quotes"]).

elements(Content, Line, Values) ->
    case gap(Content, Line) of
        {<<"]", Rest/binary>>, Next} ->
            {lists:reverse(Values), Rest, Next};
        {<<>>, _} ->
            wrong(Line, "a list without end");
        {Rest, Next} ->
            {Value, After, Last} = value(Rest, Next),
            case gap(After, Last) of
                {<<",", More/binary>>, Here} -> elements(More, Here, [Value | Values]);
                {<<"]", Behind/binary>>, Here} -> {lists:reverse([Value | Values]), Behind, Here};
                {_, Here} -> wrong(Here, "expected ',' or ']' in a list")
            end
    end.

%% Blanks, line breaks and comments between elements.
gap(Content, Line) ->
    case blanks(Content) of
        <<"\n", Rest/binary>> -> gap(Rest, Line + 1);
        <<"#", Rest/binary>> -> gap(comment(Rest), Line);
        Rest -> {Rest, Line}
    end.

pairs(<<"}", Rest/binary>>, Line, #state{root = Root}) when Root =:= #{} ->
    {Root, Rest, Line};
pairs(Content, Line, #state{root = Root, closed = Closed} = State) ->
    {Keys, Value, After, Next} = pair(Content, Line),
    _ = [wrong(Line, ["key '", shown(P), "' is there twice"]) || P <- inner(Keys, []), is_map_key(P, Closed)],
    More = State#state{root = put_in(Keys, {Line, Value}, Line, Root), closed = Closed#{Keys => true}},
    case blanks(After) of
        <<",", Rest/binary>> -> pairs(blanks(Rest), Next, More);
        <<"}", Rest/binary>> -> {More#state.root, Rest, Next};
        _ -> wrong(Next, "expected ',' or '}' in a table")
    end.

%%% Texts

basic(<<"\"", Rest/binary>>, Line, Text) ->
    {text(Text), Rest, Line};
basic(<<"\\", Rest/binary>>, Line, Text) ->
    {C, Behind} = escape(Rest, Line),
    basic(Behind, Line, [C | Text]);
basic(<<C/utf8, Rest/binary>>, Line, Text) when C >= $\s, C =/= 127; C =:= $\t ->
    basic(Rest, Line, [C | Text]);
basic(_, Line, _) ->
    wrong(Line, "a text without end").

literal(Content, Line) ->
    case re:run(Content, "^([^'\\x00-\\x08\\x0a-\\x1f\\x7f]*)'", [{capture, all_but_first, binary}]) of
        {match, [Text]} -> {Text, binary:part(Content, byte_size(Text) + 1, byte_size(Content) - byte_size(Text) - 1)};
        nomatch -> wrong(Line, "a text without end")
    end.

%% Up to two quotes may stand before those that close.
long_basic(<<"\"\"\"\"\"", Rest/binary>>, Line, Text) -> {text([$", $" | Text]), Rest, Line};
long_basic(<<"\"\"\"\"", Rest/binary>>, Line, Text) -> {text([$" | Text]), Rest, Line};
long_basic(<<"\"\"\"", Rest/binary>>, Line, Text) -> {text(Text), Rest, Line};
long_basic(<<"\\", Rest/binary>>, Line, Text) ->
    %% At the end of a line: the line goes on with the next text.
    case re:run(Rest, "^[ \\t]*\\n[ \\t\\n]*", [{capture, first, binary}]) of
        {match, [Gap]} ->
            Lines = length(binary:matches(Gap, <<"\n">>)),
            long_basic(binary:part(Rest, byte_size(Gap), byte_size(Rest) - byte_size(Gap)), Line + Lines, Text);
        nomatch ->
            {C, Behind} = escape(Rest, Line),
            long_basic(Behind, Line, [C | Text])
    end;
long_basic(<<"\n", Rest/binary>>, Line, Text) -> long_basic(Rest, Line + 1, [$\n | Text]);
long_basic(<<C/utf8, Rest/binary>>, Line, Text) when C >= $\s, C =/= 127; C =:= $\t -> long_basic(Rest, Line, [C | Text]);
long_basic(_, Line, _) -> wrong(Line, "a text without end").

long_literal(Content, Line) ->
    case re:run(Content, "^(.*?)'''('{0,2})", [dotall, {capture, all_but_first, binary}]) of
        {match, [Text, More]} ->
            Size = byte_size(Text) + 3 + byte_size(More),
            Lines = length(binary:matches(Text, <<"\n">>)),
            {<<Text/binary, More/binary>>, binary:part(Content, Size, byte_size(Content) - Size), Line + Lines};
        nomatch ->
            wrong(Line, "a text without end")
    end.

escape(<<"u", Hex:4/binary, Rest/binary>>, Line) -> {code_point(Hex, Line), Rest};
escape(<<"U", Hex:8/binary, Rest/binary>>, Line) -> {code_point(Hex, Line), Rest};
escape(<<C, Rest/binary>>, Line) ->
    case lists:keyfind(C, 1, [{$b, 8}, {$t, 9}, {$n, 10}, {$f, 12}, {$r, 13}, {$", $"}, {$\\, $\\}]) of
        {C, Meant} -> {Meant, Rest};
        false -> wrong(Line, "an unknown escape after '\\'")
    end;
escape(<<>>, Line) ->
    wrong(Line, "a text without end").

code_point(Hex, Line) ->
    case re:run(Hex, "^[0-9A-Fa-f]+$", [dollar_endonly, {capture, none}]) of
        match ->
            case binary_to_integer(Hex, 16) of
                C when C =< 16#D7FF; C >= 16#E000, C =< 16#10FFFF -> C;
                _ -> wrong(Line, ["'", Hex, "' is no character"])
            end;
        nomatch ->
            wrong(Line, ["'", Hex, "' is no character"])
    end.

text(Reversed) ->
    unicode:characters_to_binary(lists:reverse(Reversed)).
