#!/usr/bin/env escript
%% Asks OTP for what each code point is and prints `src/unicode/tables.rs': escript native/bt-vm/tables/unicode.escript >native/bt-vm/src/unicode/tables.rs
%%
%% The machine has to tell characters apart as the node does, so the node is asked: `unicode_util' about grapheme clusters, `re' about categories (whose tables
%% are of another Unicode version). Made with OTP 25; what newer releases add is newer characters.
-mode(compile).

main(_) ->
    io:setopts([{encoding, utf8}]),
    io:put_chars([
        "//! What code points are, as ranges. Made by `tables/unicode.escript`; not edited by hand.\n\n",
        "type Ranges = &'static [(u32, u32)];\n"
    ]),
    table("CONTROL", "Stand alone in every text; carriage return and line feed are not among them.", fun is_control/1),
    table("EXTEND", "Belong to what comes before them; the joiner U+200D is among them.", fun is_extend/1),
    table("PREPEND", "Belong to what comes after them.", fun is_prepend/1),
    table("PICTOGRAPHIC", "Are joined to each other by U+200D.", fun is_pictographic/1),
    table("LETTER", "Letters.", category("\\p{L}")),
    table("DIGIT", "Decimal digits.", category("\\p{Nd}")),
    table("UPPERCASE", "Upper-case letters.", category("\\p{Lu}")),
    table("LOWERCASE", "Lower-case letters.", category("\\p{Ll}")),
    table("SEPARATOR", "Separators.", category("\\p{Z}")).

joined(Points) -> unicode_util:gc(Points) =:= [Points].

is_control(C) -> C =/= $\r andalso C =/= $\n andalso not joined([C, 16#301]).
is_extend(C) -> joined([$x, C]).
is_prepend(C) -> joined([C, $x]).
is_pictographic(C) -> joined([C, 16#200D, 16#1F600]) andalso not is_prepend(C).

category(Pattern) ->
    {ok, Compiled} = re:compile(Pattern, [unicode]),
    fun(C) -> re:run(<<C/utf8>>, Compiled, [{capture, none}]) =:= match end.

table(Name, Doc, Holds) ->
    Points = [C || C <- lists:seq(0, 16#10FFFF), C < 16#D800 orelse C > 16#DFFF, Holds(C)],
    Ranges = ranges(Points),
    io:format("\n/// ~ts\n#[rustfmt::skip]\npub(super) static ~s: Ranges = &[\n", [Doc, Name]),
    rows(Ranges),
    io:put_chars("];\n").

ranges([C | Rest]) -> ranges(Rest, C, C);
ranges([]) -> [].

ranges([C | Rest], First, Last) when C =:= Last + 1 -> ranges(Rest, First, C);
ranges([C | Rest], First, Last) -> [{First, Last} | ranges(Rest, C, C)];
ranges([], First, Last) -> [{First, Last}].

rows([]) ->
    ok;
rows(Ranges) ->
    {Row, Rest} = lists:split(min(6, length(Ranges)), Ranges),
    io:format("    ~s\n", [lists:join(" ", [io_lib:format("(0x~.16b, 0x~.16b),", [A, B]) || {A, B} <- Row])]),
    rows(Rest).
