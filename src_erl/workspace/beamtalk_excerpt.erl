%%% @doc Diagnostics with the lines of source they are about, for people. Pure.
%%%
%%% The place is underlined and labelled, one line of source stands before it and one behind it. Columns count characters; a tab is as wide
%%% as one character, so that the underline stays under the text.
-module(beamtalk_excerpt).

-export([render/3, json/2]).

%% Characters of a source line that are shown, and how many of them stand before the place.
-define(LONGEST, 160).
-define(BEFORE, 60).

-type diagnostic() :: beamtalk_compiler_backend:diagnostic().

%% @doc One diagnostic of the file's source.
-spec render(diagnostic(), Path :: binary(), Source :: binary()) -> unicode:chardata().
render(#{severity := Severity, message := Message, line := Line, column := Column} = Diagnostic, Path, Source) ->
    Lines = list_to_tuple(binary:split(Source, [<<"\r\n">>, <<"\n">>], [global])),
    Width = length(integer_to_list(min(Line + 1, tuple_size(Lines)))),
    Pad = lists:duplicate(Width, $\s),
    [
        [Severity, ": ", Message, "\n"],
        [Pad, "--> ", Path, $:, integer_to_list(Line), $:, integer_to_list(Column), "\n"],
        [Pad, " |\n"],
        [line(N, Lines, Width, Diagnostic) || N <- lists:seq(Line - 1, Line + 1), N >= 1, N =< tuple_size(Lines)],
        [Pad, " |\n"],
        [related(Other, Path, Pad) || Other <- maps:get(related, Diagnostic, [])],
        help(Diagnostic, Pad),
        code(Diagnostic, Pad)
    ].

line(N, Lines, Width, #{line := N} = Diagnostic) ->
    {Text, Shown} = window(element(N, Lines), Diagnostic),
    [numbered(N, Text, Width), lists:duplicate(Width, $\s), " | ", underline(Text, Shown), "\n"];
line(N, Lines, Width, _) ->
    {Text, _} = window(element(N, Lines), #{column => 1}),
    numbered(N, Text, Width).

%% Of a line that no terminal can show, the part around the place.
window(Text, Diagnostic) when byte_size(Text) =< ?LONGEST ->
    {Text, Diagnostic};
window(Text, #{column := Column} = Diagnostic) ->
    Skipped = max(0, Column - ?BEFORE),
    Part = lists:sublist(characters(Text), Skipped + 1, ?LONGEST),
    Moved = maps:map(
        fun
            (Key, C) when Key =:= column; Key =:= end_column -> max(1, min(C - Skipped, ?LONGEST));
            (_, Other) -> Other
        end,
        Diagnostic
    ),
    {unicode:characters_to_binary(Part), Moved}.

numbered(N, Text, Width) ->
    Number = string:pad(integer_to_list(N), Width, leading),
    string:trim([Number, " | ", [printable(C) || C <- characters(Text)]], trailing, " ") ++ "\n".

printable($\t) -> $\s;
printable(C) when C < 32 -> $?;
printable(C) -> C.

characters(Text) ->
    case unicode:characters_to_list(Text) of
        Chars when is_list(Chars) -> Chars;
        _ -> binary_to_list(Text)
    end.

underline(Text, #{severity := Severity, column := Column} = Diagnostic) ->
    Size = max(1, min(marked(Text, Diagnostic), length(characters(Text)) - Column + 1)),
    [lists:duplicate(Column - 1, $\s), lists:duplicate(Size, $^), " ", Severity, " here"].

%% Up to the end of the span, or of the line if it goes on.
marked(_, #{line := Line, end_line := Line, column := Column, end_column := End}) -> End - Column;
marked(Text, #{column := Column, end_line := _}) -> length(characters(Text)) - Column + 1;
marked(_, _) -> 1.

help(#{hint := Hint}, Pad) when is_binary(Hint) -> [Pad, " = help: ", Hint, "\n"];
help(#{edit := Edit}, Pad) -> [Pad, " = help: ", mend(Edit), "\n"];
help(_, _) -> [].

related(#{message := Message, line := Line, column := Column}, Path, Pad) ->
    [Pad, " = note: ", Message, " (", Path, $:, integer_to_list(Line), $:, integer_to_list(Column), ")\n"].

%% Who says it, and the name under which `docs/diagnostics.md' tells more.
code(#{code := Code}, Pad) when is_binary(Code) -> [Pad, " = beamtalk::compile ", Code, "\n"];
code(_, _) -> [].

%% A suggested edit in words.
mend(#{replacement := <<>>, line := Line}) -> ["remove it from line ", integer_to_list(Line)];
mend(#{replacement := Text, start := At, 'end' := At, line := Line, column := Column}) ->
    ["insert `", Text, "` at ", integer_to_list(Line), ":", integer_to_list(Column)];
mend(#{replacement := Text}) ->
    ["write `", Text, "`"].

%% @doc The same as one line of JSON.
-spec json(diagnostic(), Path :: binary()) -> unicode:chardata().
json(Diagnostic, Path) ->
    Keys = [severity, code, message, hint, category, start, 'end', line, column, end_line, end_column],
    Known = [{Key, V} || Key <- Keys, {ok, V} <- [maps:find(Key, Diagnostic)], V =/= undefined orelse Key =:= category],
    Fields = [[string(atom_to_binary(Key)), $:, value(V)] || {Key, V} <- [{file, Path} | Known]],
    Edit = [[string(<<"edit">>), $:, edit(E)] || {ok, E} <- [maps:find(edit, Diagnostic)]],
    Related = [[string(<<"related">>), $:, $[, lists:join($,, [other(R) || R <- Rs]), $]] || {ok, Rs} <- [maps:find(related, Diagnostic)]],
    [${, lists:join($,, Fields ++ Edit ++ Related), "}\n"].

other(Other) ->
    [${, lists:join($,, [[string(atom_to_binary(Key)), $:, value(maps:get(Key, Other))] || Key <- [message, start, 'end', line, column]]), $}].

edit(Edit) ->
    [${, lists:join($,, [[string(atom_to_binary(Key)), $:, value(maps:get(Key, Edit))] || Key <- [start, 'end', replacement]]), $}].

value(N) when is_integer(N) -> integer_to_list(N);
value(Text) when is_binary(Text) -> string(Text);
value(undefined) -> "null";
value(Atom) when is_atom(Atom) -> string(atom_to_binary(Atom)).

string(Text) -> [$", [escaped(C) || C <- characters(Text)], $"].

escaped($") -> "\\\"";
escaped($\\) -> "\\\\";
escaped($\n) -> "\\n";
escaped($\t) -> "\\t";
escaped($\r) -> "\\r";
escaped(C) when C < 32 -> io_lib:format("\\u~4.16.0b", [C]);
escaped(C) -> C.
