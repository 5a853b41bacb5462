%%% @doc What a message to a text answers, by OTP's `string' on lists of code points.
%%%
%%% Texts of answers are UTF-8 binaries; an error is `{error, Kind}'. Positions are counted as `stdlib/text' says: graphemes, from 1; an occurrence that
%%% begins inside a grapheme has that grapheme's position. A model with a fault is wrong on purpose.
-module(beamtalk_property_text_model).

-export([answer/4, events/4, is_kept/1]).

-export_type([fault/0]).

-type fault() :: points_for_graphemes | ascii_case_only | ascii_blanks_only | bytes_found_anywhere.

-spec answer(atom(), [char()], [[char()] | integer()], none | fault()) -> term().
answer(Selector, Text, Arguments, Fault) ->
    put(?MODULE, Fault),
    try
        answer(Selector, Text, Arguments)
    catch
        throw:{error, Kind} -> {error, Kind}
    end.

%% Counting

answer(length, T, []) -> length(graphemes(T));
answer(size, T, []) -> length(graphemes(T));
answer(isEmpty, T, []) -> T =:= [];
answer(isNotEmpty, T, []) -> T =/= [];
answer('at:', T, [N]) ->
    case N >= 1 andalso N =< length(graphemes(T)) of
        true -> utf8(lists:nth(N, graphemes(T)));
        false -> throw({error, index_out_of_bounds})
    end;
answer('take:', T, [N]) -> utf8(lists:sublist(graphemes(T), max(0, N)));
answer('drop:', T, [N]) -> utf8(lists:nthtail(min(max(0, N), length(graphemes(T))), graphemes(T)));
answer(asList, T, []) -> [utf8(G) || G <- graphemes(T)];
answer(collect, T, []) -> answer(asList, T, []);
answer(do, T, []) -> answer(asList, T, []);
answer(stream, T, []) -> answer(asList, T, []);
answer(select, T, []) -> utf8([G || G <- graphemes(T), is_kept(utf8(G))]);
answer(reject, T, []) -> utf8([G || G <- graphemes(T), not is_kept(utf8(G))]);
answer('includes:', T, [Part]) -> lists:member(utf8(Part), [utf8(G) || G <- graphemes(T)]);
%% Changing

answer(reverse, T, []) -> utf8(lists:reverse(graphemes(T)));
answer(uppercase, T, []) -> utf8(upper(T));
answer(lowercase, T, []) -> utf8(lower(T));
answer(capitalize, T, []) ->
    case graphemes(T) of
        [First | Rest] -> utf8([upper(lists:flatten([First])) | Rest]);
        [] -> <<>>
    end;
answer(trim, T, []) -> utf8(trim(T, both));
answer(trimLeft, T, []) -> utf8(trim(T, leading));
answer(trimRight, T, []) -> utf8(trim(T, trailing));
answer('repeat:', _, [N]) when N < 0 -> throw({error, badarg});
answer('repeat:', T, [N]) -> utf8(lists:duplicate(N, T));
answer('padLeft:', T, [N]) -> utf8(pad(T, N, leading, " "));
answer('padRight:', T, [N]) -> utf8(pad(T, N, trailing, " "));
answer('padLeft:with:', T, [N, With]) -> utf8(pad(T, N, leading, With));
answer('padRight:with:', T, [N, With]) -> utf8(pad(T, N, trailing, With));
answer('++', T, [Other]) -> utf8([T, Other]);
answer('withAll:', T, [Other]) -> utf8([T, Other, T]);
answer('replaceAll:with:', _, [[], _]) -> throw({error, badarg});
answer('replaceAll:with:', T, [Old, New]) -> utf8(lists:join(New, split(T, Old, all)));
answer('replaceFirst:with:', _, [[], _]) -> throw({error, badarg});
answer('replaceFirst:with:', T, [Old, New]) -> utf8(lists:join(New, split(T, Old, leading)));
%% Testing and searching

answer(isBlank, T, []) -> trim(T, both) =:= [];
answer(isDigit, T, []) -> T =/= [] andalso lists:all(fun(C) -> C >= $0 andalso C =< $9 end, T);
answer(isAlpha, T, []) -> T =/= [] andalso lists:all(fun is_ascii_letter/1, T);
answer('includesSubstring:', _, [[]]) -> true;
answer('includesSubstring:', T, [Part]) -> find(T, Part) =/= nomatch;
answer('startsWith:', _, [[]]) -> true;
answer('startsWith:', T, [Part]) -> find(T, Part) =:= T;
answer('endsWith:', T, [Part]) -> lists:suffix(Part, T);
answer('indexOf:', _, [[]]) -> nil;
answer('indexOf:', T, [Part]) ->
    case find(T, Part) of
        nomatch -> nil;
        Found -> position(length(T) - length(Found), graphemes(T), 1)
    end;
answer('=:=', T, [Other]) -> T =:= Other;
answer('/=', T, [Other]) -> T =/= Other;
answer('<', T, [Other]) -> T < Other;
answer('>', T, [Other]) -> T > Other;
answer('<=', T, [Other]) -> T =< Other;
answer('>=', T, [Other]) -> T >= Other;
%% Splitting

answer('split:', _, [[]]) -> throw({error, badarg});
answer('split:', T, [Separator]) -> [utf8(P) || P <- split(T, Separator, all)];
answer('splitOn:', T, [[]]) -> [utf8(T)];
answer('splitOn:', T, [Separator]) -> [utf8(P) || P <- split(T, Separator, all)];
answer(lines, T, []) -> [utf8(L) || L <- line_ends(T, [])];
answer(words, T, []) -> [utf8(W) || W <- string:lexemes(T, [$\s, $\t, $\n, $\r, [$\r, $\n]])];
%% Converting

answer(asInteger, T, []) -> number(T, fun erlang:list_to_integer/1);
answer(asFloat, T, []) -> number(T, fun erlang:list_to_float/1);
answer(printString, T, []) -> utf8(T);
answer(asString, T, []) -> utf8(T);
answer(hash, _, []) -> true.

%% @doc The block of `select:' and `reject:': is the grapheme more than one byte?
-spec is_kept(binary()) -> boolean().
is_kept(Grapheme) -> byte_size(Grapheme) > 1.

graphemes(T) ->
    case get(?MODULE) of
        points_for_graphemes -> T;
        _ -> string:to_graphemes(T)
    end.

upper(T) ->
    case get(?MODULE) of
        ascii_case_only -> string:to_upper(T);
        _ -> string:uppercase(T)
    end.

lower(T) ->
    case get(?MODULE) of
        ascii_case_only -> string:to_lower(T);
        _ -> string:lowercase(T)
    end.

trim(T, Side) ->
    case get(?MODULE) of
        ascii_blanks_only -> lists:flatten(string:trim(T, Side, " \t\n\r"));
        _ -> lists:flatten(string:trim(T, Side))
    end.

pad(T, Width, Side, With) ->
    case string:to_graphemes(With) of
        [Filler] ->
            Missing = lists:duplicate(max(0, Width - length(graphemes(T))), Filler),
            case Side of
                leading -> [Missing, T];
                trailing -> [T, Missing]
            end;
        _ ->
            throw({error, badarg})
    end.

find(T, Part) ->
    case get(?MODULE) of
        bytes_found_anywhere -> found_anywhere(T, Part);
        _ -> string:find(T, Part)
    end.

found_anywhere([], _) -> nomatch;
found_anywhere([_ | Rest] = T, Part) ->
    case lists:prefix(Part, T) of
        true -> T;
        false -> found_anywhere(Rest, Part)
    end.

split(T, Part, Where) -> string:split(T, Part, Where).

position(Offset, [Grapheme | Rest], Index) ->
    case length(lists:flatten([Grapheme])) of
        Length when Offset < Length -> Index;
        Length -> position(Offset - Length, Rest, Index + 1)
    end.

line_ends("\r\n" ++ T, Line) -> [lists:reverse(Line) | line_ends(T, [])];
line_ends("\n" ++ T, Line) -> [lists:reverse(Line) | line_ends(T, [])];
line_ends([C | T], Line) -> line_ends(T, [C | Line]);
line_ends([], Line) -> [lists:reverse(Line)].

is_ascii_letter(C) -> (C >= $a andalso C =< $z) orelse (C >= $A andalso C =< $Z).

%% Reading a list takes 304 for 48, the digit 0.
number(T, Read) ->
    try
        true = lists:all(fun(C) -> C < 128 end, T),
        Read(T)
    catch
        error:_ -> throw({error, badarg})
    end.

utf8(Points) -> unicode:characters_to_binary([Points]).

%%% What came to pass

-spec events(atom(), [char()], list(), term()) -> [atom()].
events(Selector, Text, Arguments, Answer) ->
    [joined || length(string:to_graphemes(Text)) < length(Text)] ++ event(Selector, Text, Arguments, Answer).

event(_, _, _, {error, Kind}) -> [Kind];
event(uppercase, Text, [], _) -> [case_changes_length || length(string:uppercase(Text)) =/= length(Text)];
event(trim, Text, [], Answer) -> [blanks_trimmed || Answer =/= utf8(Text)];
event('padLeft:with:', Text, [Width, _], _) -> [padded || Width > length(string:to_graphemes(Text))];
event('indexOf:', Text, [[_ | _] = Part], nil) -> [bytes_without_occurrence || found_anywhere(Text, Part) =/= nomatch];
event('indexOf:', Text, [Part], N) when is_integer(N) ->
    Found = string:find(Text, Part),
    Before = lists:sublist(Text, length(Text) - length(Found)),
    Inside = length(string:to_graphemes(Before)) + 1 =/= N,
    [found] ++ [found_inside_a_grapheme || Inside];
event(_, _, _, _) -> [].
