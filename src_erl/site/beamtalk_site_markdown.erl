%%% @doc Doc comments as trees: the part of Markdown that comments use. Pure; knows neither HTML nor classes.
%%%
%%% Blocks: paragraphs, headings, fenced code, bullet and numbered lists, quotes, tables, rules; what stands inside of them is read by
%%% `beamtalk_site_inline'. Everything else is text, HTML too. Nothing is an error.
%%%
%%% Lines are counted from 0, so that a reference can be reported where it stands in the source. Nesting is bounded, and no line is looked at
%%% more often than nesting is deep: any text takes time in proportion to its length.
-module(beamtalk_site_markdown).

-export([parse/1, summary/1, plain/1, references/1]).

-export_type([block/0, inline/0, pointer/0]).

-type block() ::
    {paragraph, [inline()]}
    | {heading, 1..6, [inline()]}
    | {code, Language :: binary(), Text :: binary()}
    | {list, bullet | {ordered, non_neg_integer()}, tight | loose, [[block()]]}
    | {quote, [block()]}
    | {table, [left | right | centre], [[inline()]], [[[inline()]]]}
    | rule.
-type inline() :: beamtalk_site_inline:inline().
-type pointer() :: {line(), code | link, binary()}.
-type line() :: non_neg_integer().

-define(DEEPEST, 6).

%% Lines that begin something; the first that fits decides. Only ASCII blanks count as such: the texts are matched as bytes.
-define(BEGINNINGS, [
    {fence, "^ {0,3}(`{3,}|~{3,}) *([^` ]*)[^`]*$"},
    {heading, "^ {0,3}(#{1,6})(?: +(.*))?$"},
    {rule, "^ {0,3}(?:(?:- *){3,}|(?:\\* *){3,}|(?:_ *){3,})$"},
    {quote, "^ {0,3}> ?(.*)$"},
    {item, "^( {0,3}(?:[-*+]|[0-9]{1,9}[.)]) +)(.+)$"}
]).

%%% Blocks

-spec parse(binary()) -> [block()].
parse(Text) ->
    Lines = binary:split(binary:replace(Text, <<"\r">>, <<>>, [global]), <<"\n">>, [global]),
    blocks(lists:zip(lists:seq(0, length(Lines) - 1), [untabbed(Line) || Line <- Lines]), 0).

untabbed(Line) ->
    binary:replace(Line, <<"\t">>, <<"    ">>, [global]).

blocks([], _) ->
    [];
blocks([{_, Line} | Rest] = Lines, Depth) ->
    case blank(Line) of
        true -> blocks(Rest, Depth);
        false -> block(beginning(Line), Lines, Depth)
    end.

block({fence, [Fence, Language]}, [{_, First} | Rest], Depth) ->
    {Inside, Behind} = lists:splitwith(fun({_, Line}) -> not closes(Fence, Line) end, Rest),
    Indent = indentation(First),
    Code = lists:join("\n", [unindented(Indent, Line) || {_, Line} <- Inside]),
    [{code, Language, iolist_to_binary(Code)} | blocks(behind(Behind), Depth)];
block({heading, [Marks | Text]}, [{N, _} | Rest], Depth) ->
    Bare = string:trim(string:trim(iolist_to_binary(Text), trailing, "#"), both, " "),
    [{heading, byte_size(Marks), inlines([{N, Bare}])} | blocks(Rest, Depth)];
block({rule, _}, [_ | Rest], Depth) ->
    [rule | blocks(Rest, Depth)];
block({quote, _}, Lines, Depth) when Depth < ?DEEPEST ->
    {Quoted, Behind} = lists:splitwith(fun({_, Line}) -> is_tuple(beginning(Line)) andalso element(1, beginning(Line)) =:= quote end, Lines),
    Inside = [{N, Inner} || {N, Line} <- Quoted, {quote, [Inner]} <- [beginning(Line)]],
    [{quote, blocks(Inside, Depth + 1)} | blocks(Behind, Depth)];
block({item, [Marker, _]}, Lines, Depth) when Depth < ?DEEPEST ->
    Kind = list_kind(Marker),
    {Items, Loose, Behind} = items(Lines, family(Kind), [], tight),
    [{list, Kind, Loose, [blocks(Item, Depth + 1) || Item <- Items]} | blocks(Behind, Depth)];
block(_, [{N, Head}, {_, Second} | Rest] = Lines, Depth) ->
    case table_columns(Head, Second) of
        none -> paragraph(Lines, Depth);
        Columns -> table(Columns, {N, Head}, Rest, Depth)
    end;
block(_, Lines, Depth) ->
    paragraph(Lines, Depth).

paragraph([First | Rest], Depth) ->
    {More, Behind} = lists:splitwith(fun({_, Line}) -> continues(Line) end, Rest),
    [{paragraph, inlines([First | More])} | blocks(Behind, Depth)].

%% A number other than 1 at the start of a line is more often a number than a list.
continues(Line) ->
    case beginning(Line) of
        text -> not blank(Line);
        {item, [Marker, _]} -> not lists:member(list_kind(Marker), [bullet, {ordered, 1}]);
        _ -> false
    end.

beginning(Line) ->
    beginning(Line, ?BEGINNINGS).

beginning(_, []) ->
    text;
beginning(Line, [{Kind, Pattern} | Others]) ->
    case re:run(Line, Pattern, [{capture, all_but_first, binary}]) of
        {match, Parts} -> {Kind, Parts};
        match -> {Kind, []};
        nomatch -> beginning(Line, Others)
    end.

closes(<<Mark, _/binary>> = Fence, Line) ->
    Trimmed = string:trim(Line, both, " "),
    byte_size(Trimmed) >= byte_size(Fence) andalso Trimmed =:= binary:copy(<<Mark>>, byte_size(Trimmed)).

behind([]) -> [];
behind([_Closing | Rest]) -> Rest.

list_kind(Marker) ->
    case string:trim(Marker, both, " ") of
        <<Bullet>> when Bullet =:= $-; Bullet =:= $*; Bullet =:= $+ -> bullet;
        Number -> {ordered, binary_to_integer(binary:part(Number, 0, byte_size(Number) - 1))}
    end.

family({ordered, _}) -> ordered;
family(bullet) -> bullet.

%% The items of one list; its lines go on as long as they are indented, or are text without a blank line before them.
items([{N, Line} | Rest] = Lines, Family, Items, Loose) ->
    case item(Line, Family) of
        {Width, Text} ->
            {More, Behind} = item_lines(Rest, Width, []),
            Blank = lists:any(fun({_, L}) -> blank(L) end, without_blank_end(More)),
            items(Behind, Family, [[{N, Text} | More] | Items], loose(Blank, Loose));
        none ->
            items_end(Lines, Family, Items, Loose)
    end;
items([], _, Items, Loose) ->
    {lists:reverse(Items), Loose, []}.

%% Blank lines between two items of the list make it loose.
items_end([{_, Line} | Rest] = Lines, Family, Items, Loose) ->
    case blank(Line) andalso lists:dropwhile(fun({_, L}) -> blank(L) end, Rest) of
        [{_, Next} | _] = Following ->
            case item(Next, Family) of
                none -> {lists:reverse(Items), Loose, Lines};
                _ -> items(Following, Family, Items, loose)
            end;
        _ ->
            {lists:reverse(Items), Loose, Lines}
    end.

loose(true, _) -> loose;
loose(false, Loose) -> Loose.

item(Line, Family) ->
    case beginning(Line) of
        {item, [Marker, Text]} ->
            case family(list_kind(Marker)) of
                Family -> {byte_size(Marker), Text};
                _ -> none
            end;
        _ ->
            none
    end.

item_lines([{N, Line} | Rest] = Lines, Width, Taken) ->
    Indented = indentation(Line) >= min(Width, 4) andalso not blank(Line),
    case {blank(Line), Indented, beginning(Line)} of
        {true, _, _} ->
            {Blanks, Following} = lists:splitwith(fun({_, L}) -> blank(L) end, Lines),
            case Following =/= [] andalso indentation(element(2, hd(Following))) >= 2 of
                true -> item_lines(Following, Width, [{M, <<>>} || {M, _} <- lists:reverse(Blanks)] ++ Taken);
                false -> {lists:reverse(Taken), Lines}
            end;
        {false, true, _} ->
            item_lines(Rest, Width, [{N, unindented(Width, Line)} | Taken]);
        {false, false, text} when Taken =:= [] orelse element(2, hd(Taken)) =/= <<>> ->
            item_lines(Rest, Width, [{N, unindented(Width, Line)} | Taken]);
        _ ->
            {lists:reverse(Taken), Lines}
    end;
item_lines([], _, Taken) ->
    {lists:reverse(Taken), []}.

without_blank_end(Lines) ->
    lists:reverse(lists:dropwhile(fun({_, Line}) -> blank(Line) end, lists:reverse(Lines))).

%%% Tables

table_columns(Head, Second) ->
    Fits =
        binary:match(Head, <<"|">>) =/= nomatch andalso binary:match(Second, <<"|">>) =/= nomatch andalso
            re:run(Second, "^[ |:-]+$", [{capture, none}]) =:= match,
    case Fits andalso [alignment(Cell) || Cell <- cells(Second)] of
        false -> none;
        Columns ->
            case lists:member(none, Columns) orelse length(Columns) =/= length(cells(Head)) of
                true -> none;
                false -> Columns
            end
    end.

alignment(Cell) ->
    case re:run(Cell, "^(:?)-+(:?)$", [{capture, all_but_first, binary}]) of
        {match, [<<":">>, <<":">>]} -> centre;
        {match, [_, <<":">>]} -> right;
        {match, _} -> left;
        nomatch -> none
    end.

table(Columns, {N, Head}, Rest, Depth) ->
    {Rows, Behind} = lists:splitwith(fun({_, Line}) -> binary:match(Line, <<"|">>) =/= nomatch end, Rest),
    Width = length(Columns),
    Row = fun(M, Line) -> [inlines([{M, Cell}]) || Cell <- fitted(cells(Line), Width)] end,
    [{table, Columns, Row(N, Head), [Row(M, Line) || {M, Line} <- Rows]} | blocks(Behind, Depth)].

fitted(Cells, Width) ->
    lists:sublist(Cells ++ lists:duplicate(max(0, Width - length(Cells)), <<>>), Width).

%% `\|' is no border.
cells(Line) ->
    Trimmed = string:trim(Line, both, " "),
    Inner = string:trim(Trimmed, leading, "|"),
    Guarded = binary:replace(Inner, <<"\\|">>, <<0>>, [global]),
    Parts = binary:split(string:trim(Guarded, trailing, "|"), <<"|">>, [global]),
    [string:trim(binary:replace(Part, <<0>>, <<"|">>, [global]), both, " ") || Part <- Parts].

inlines(Lines) ->
    beamtalk_site_inline:parse(Lines).

%%% Questions

%% @doc The first sentence of the first paragraph.
-spec summary([block()]) -> [inline()].
summary([{paragraph, Inlines} | _]) -> sentence(Inlines);
summary([_ | Blocks]) -> summary(Blocks);
summary([]) -> [].

sentence([{text, Text} | Rest]) ->
    case re:run(Text, "(?<!e\\.g|i\\.e)[.!?](?=[ \n]|$)", [{capture, first}]) of
        {match, [{At, 1}]} -> [{text, binary:part(Text, 0, At + 1)}];
        nomatch -> [{text, Text} | sentence(Rest)]
    end;
sentence([break | _]) ->
    [];
sentence([Inline | Rest]) ->
    [Inline | sentence(Rest)];
sentence([]) ->
    [].

%% @doc The text without its marks, on one line.
-spec plain([inline()]) -> binary().
plain(Inlines) ->
    binary:replace(iolist_to_binary([plain_one(Inline) || Inline <- Inlines]), <<"\n">>, <<" ">>, [global]).

plain_one({text, Text}) -> Text;
plain_one({code, _, Code}) -> Code;
plain_one({link, _, Inlines, _}) -> plain(Inlines);
plain_one({_, Inlines}) -> plain(Inlines);
plain_one(break) -> " ".

%% @doc What may point somewhere: code spans and links, with their lines.
-spec references([block()]) -> [pointer()].
references(Blocks) ->
    lists:append([of_block(Block) || Block <- Blocks]).

of_block({paragraph, Inlines}) -> of_inlines(Inlines);
of_block({heading, _, Inlines}) -> of_inlines(Inlines);
of_block({list, _, _, Items}) -> lists:append([references(Item) || Item <- Items]);
of_block({quote, Blocks}) -> references(Blocks);
of_block({table, _, Head, Rows}) -> lists:append([of_inlines(Cell) || Row <- [Head | Rows], Cell <- Row]);
of_block({code, _, _}) -> [];
of_block(rule) -> [].

of_inlines(Inlines) ->
    lists:append([of_inline(Inline) || Inline <- Inlines]).

of_inline({code, N, Code}) -> [{N, code, Code}];
of_inline({link, N, _, Target}) -> [{N, link, Target}];
of_inline({_, Inlines}) when is_list(Inlines) -> of_inlines(Inlines);
of_inline(_) -> [].

%%% Lines

blank(Line) ->
    string:trim(Line, both, " ") =:= <<>>.

indentation(Line) ->
    byte_size(Line) - byte_size(string:trim(Line, leading, " ")).

unindented(Width, Line) ->
    N = min(Width, indentation(Line)),
    binary:part(Line, N, byte_size(Line) - N).
