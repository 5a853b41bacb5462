%%% @doc The inside of a paragraph: code spans, emphasis, links, hard breaks, backslash escapes; the rest is text. Pure.
%%%
%%% Called by `beamtalk_site_markdown'. A text is read once for code spans, which bind closest, and once for the rest. A search for a closing
%%% mark that failed is not repeated, nesting is bounded: any text takes time in proportion to its length.
-module(beamtalk_site_inline).

-export([parse/1]).

-export_type([inline/0]).

-type inline() ::
    {text, binary()}
    | {code, line(), binary()}
    | {strong | emphasis, [inline()]}
    | {link, line(), [inline()], Target :: binary()}
    | break.
-type line() :: non_neg_integer().

-define(DEEPEST, 6).

%% @doc Reads lines of one block, given with their numbers.
-spec parse([{line(), binary()}, ...]) -> [inline()].
parse([{N, _} | _] = Lines) ->
    {_, Last} = lists:last(Lines),
    Text = iolist_to_binary([[[trimmed(Line), $\n] || {_, Line} <- lists:droplast(Lines)], string:trim(Last, both, " ")]),
    inline(elements(Text, N, #{}), N, 0).

%% Two blanks at the end are a hard break, said with a backslash from here on.
trimmed(Line) ->
    case string:trim(Line, trailing, " ") of
        Shorter when byte_size(Line) - byte_size(Shorter) >= 2, Shorter =/= <<>> -> <<(string:trim(Shorter, leading, " "))/binary, "\\">>;
        Shorter -> string:trim(Shorter, leading, " ")
    end.

%% Elements of a text: bytes, `{nl, Line}' between lines, `{line, Line}' where code has gone on to another line, `{literal, Byte}' behind a
%% backslash, code spans. `None' tells the lengths of backtick runs that nothing behind closes.
elements(<<>>, _, _) -> [];
elements(<<"\\\n", Rest/binary>>, N, None) -> [break, {nl, N + 1} | elements(Rest, N + 1, None)];
elements(<<"\n", Rest/binary>>, N, None) -> [{nl, N + 1} | elements(Rest, N + 1, None)];
elements(<<"\\", C, Rest/binary>>, N, None) when C >= $!, C =< $/; C >= $:, C =< $@; C >= $[, C =< $`; C >= ${, C =< $~ ->
    [{literal, C} | elements(Rest, N, None)];
elements(<<"`", _/binary>> = Text, N, None) ->
    Size = run(Text, $`, 0),
    <<Ticks:Size/binary, Rest/binary>> = Text,
    case is_map_key(Size, None) orelse closing_ticks(Rest, Size, 0) of
        true -> binary_to_list(Ticks) ++ elements(Rest, N, None);
        none -> binary_to_list(Ticks) ++ elements(Rest, N, None#{Size => true});
        At ->
            <<Code:At/binary, _:Size/binary, Behind/binary>> = Rest,
            Lines = length(binary:matches(Code, <<"\n">>)),
            [{code, N, span(Code)}] ++ [{line, N + Lines} || Lines > 0] ++ elements(Behind, N + Lines, None)
    end;
elements(<<C, Rest/binary>>, N, None) ->
    [C | elements(Rest, N, None)].

run(Text, C, N) when N < byte_size(Text) ->
    case binary:at(Text, N) of
        C -> run(Text, C, N + 1);
        _ -> N
    end;
run(_, _, N) ->
    N.

closing_ticks(Text, Size, From) ->
    case binary:match(Text, <<"`">>, [{scope, {From, byte_size(Text) - From}}]) of
        nomatch ->
            none;
        {At, 1} ->
            case run(Text, $`, At) - At of
                Size -> At;
                Other -> closing_ticks(Text, Size, At + Other)
            end
    end.

%% One blank on either side lets code begin or end with a backtick.
span(Code) ->
    OneLine = binary:replace(Code, <<"\n">>, <<" ">>, [global]),
    case OneLine of
        <<" ", Rest/binary>> when byte_size(Rest) > 1 ->
            case {binary:last(Rest), string:trim(Rest, both, " ")} of
                {$\s, Inner} when Inner =/= <<>> -> binary:part(Rest, 0, byte_size(Rest) - 1);
                _ -> OneLine
            end;
        _ ->
            OneLine
    end.

inline(Elements, N, Depth) ->
    joined(inline(Elements, N, Depth, $\s, #{})).

%% `Before' is the byte before; `None' tells the marks that nothing behind closes any more.
inline([], _, _, _, _) ->
    [];
inline([{nl, N} | Rest], _, Depth, _, None) ->
    [$\n | inline(Rest, N, Depth, $\s, None)];
inline([{line, N} | Rest], _, Depth, Before, None) ->
    inline(Rest, N, Depth, Before, None);
inline([{literal, C} | Rest], N, Depth, _, None) ->
    [C | inline(Rest, N, Depth, $., None)];
inline([Made | Rest], N, Depth, _, None) when is_tuple(Made); Made =:= break ->
    [Made | inline(Rest, N, Depth, $., None)];
inline([$!, $[ | Rest], N, Depth, _, None) ->
    %% A picture would be fetched from elsewhere: it becomes a link.
    inline([$[ | Rest], N, Depth, $!, None);
inline([$[ | Rest], N, Depth, _, None) when Depth < ?DEEPEST ->
    case link(Rest, []) of
        {Label, Target, Behind} -> [{link, N, inline(Label, N, ?DEEPEST), Target} | inline(Behind, line_behind(Label, N), Depth, $., None)];
        none -> [$[ | inline(Rest, N, Depth, $[, None)]
    end;
inline([$< | Rest], N, Depth, _, None) ->
    case address(Rest, []) of
        {Target, Behind} -> [{link, N, [{text, Target}], Target} | inline(Behind, N, Depth, $., None)];
        none -> [$< | inline(Rest, N, Depth, $<, None)]
    end;
inline([Mark, Mark | Rest], N, Depth, Before, None) when Mark =:= $*; Mark =:= $_ ->
    emphasis(strong, [Mark, Mark], Rest, N, Depth, Before, None);
inline([Mark | Rest], N, Depth, Before, None) when Mark =:= $*; Mark =:= $_ ->
    emphasis(emphasis, [Mark], Rest, N, Depth, Before, None);
inline([C | Rest], N, Depth, _, None) ->
    [C | inline(Rest, N, Depth, C, None)].

emphasis(Kind, Marks, Rest, N, Depth, Before, None) ->
    Opens = Depth < ?DEEPEST andalso not is_map_key(Marks, None) andalso opens(Marks, Before, Rest),
    case Opens andalso closing(Rest, Marks, $\s, []) of
        {Inside, Behind} ->
            [{Kind, inline(Inside, N, Depth + 1)} | inline(Behind, line_behind(Inside, N), Depth, hd(Marks), None)];
        false ->
            Marks ++ inline(Rest, N, Depth, hd(Marks), None);
        none ->
            Marks ++ inline(Rest, N, Depth, hd(Marks), None#{Marks => true})
    end.

opens(_, _, []) -> false;
opens(_, _, [Next | _]) when Next =:= $\s; Next =:= break -> false;
opens(_, _, [{nl, _} | _]) -> false;
opens([$_ | _], Before, _) -> not is_word(Before);
opens(_, _, _) -> true.

closing([], _, _, _) ->
    none;
closing([M, M | Rest], [M, M], Before, [_ | _] = Inside) when Before =/= $\s ->
    case ends(M, Rest) of
        true -> {lists:reverse(Inside), Rest};
        false -> closing(Rest, [M, M], M, [M, M | Inside])
    end;
closing([M, M | Rest], [M] = Marks, _, Inside) ->
    closing(Rest, Marks, M, [M, M | Inside]);
closing([M | Rest], [M], Before, [_ | _] = Inside) when Before =/= $\s ->
    case ends(M, Rest) of
        true -> {lists:reverse(Inside), Rest};
        false -> closing(Rest, [M], M, [M | Inside])
    end;
closing([{nl, _} = Nl | Rest], Marks, _, Inside) ->
    closing(Rest, Marks, $\s, [Nl | Inside]);
closing([Element | Rest], Marks, _, Inside) when is_integer(Element) ->
    closing(Rest, Marks, Element, [Element | Inside]);
closing([Element | Rest], Marks, _, Inside) ->
    closing(Rest, Marks, $., [Element | Inside]).

%% `snake_case' is a name.
ends($_, [C | _]) when is_integer(C) -> not is_word(C);
ends(_, _) -> true.

is_word(C) ->
    C >= $a andalso C =< $z orelse C >= $A andalso C =< $Z orelse C >= $0 andalso C =< $9 orelse C >= 128.

link([$], $( | Rest], Label) -> target(Rest, lists:reverse(Label), []);
link([$[ | _], _) -> none;
link([], _) -> none;
link([Element | Rest], Label) -> link(Rest, [Element | Label]).

target([$) | Rest], Label, Target) ->
    case without_title(lists:reverse(Target)) of
        <<>> -> none;
        Bare -> {Label, Bare, Rest}
    end;
target([{literal, C} | Rest], Label, Target) -> target(Rest, Label, [C | Target]);
target([C | Rest], Label, Target) when is_integer(C), C =/= $(, C =/= $[ -> target(Rest, Label, [C | Target]);
target(_, _, _) -> none.

%% `address "title"', `<address>'.
without_title(Target) ->
    [Address | _] = binary:split(string:trim(list_to_binary(Target), both, " "), <<" \"">>),
    string:trim(string:trim(Address, both, "<>"), both, " ").

address([$> | Rest], Taken) ->
    Target = list_to_binary(lists:reverse(Taken)),
    case re:run(Target, "^(?:https?://|mailto:).", [{capture, none}]) of
        match -> {Target, Rest};
        nomatch -> none
    end;
address([C | Rest], Taken) when is_integer(C), C > $\s, C =/= $< -> address(Rest, [C | Taken]);
address(_, _) -> none.

line_behind(Elements, N) ->
    lists:foldl(
        fun
            ({Kind, M}, _) when Kind =:= nl; Kind =:= line -> M;
            (_, M) -> M
        end,
        N,
        Elements
    ).

joined([C | _] = Elements) when is_integer(C) ->
    {Bytes, Rest} = lists:splitwith(fun is_integer/1, Elements),
    [{text, list_to_binary(Bytes)} | joined(Rest)];
joined([Made | Rest]) ->
    [Made | joined(Rest)];
joined([]) ->
    [].
