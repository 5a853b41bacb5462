#!/usr/bin/env escript
%% Random questions about texts, numbers, dates and chance, with what the runtime's functions answer:
%%
%%     ERL_LIBS=_build/default/lib escript native/bt-engine/tests/answers/make.escript texts 800 >native/bt-engine/tests/answers/texts.tsv
%%
%% and the same with `numbers'. A line holds an expression over `a', `b' and `n', their values, and the answer's text; texts are in hexadecimal, floats as their
%% bits. Run with a count of 100000 and another seed (a third argument) it is a search for differences.
-mode(compile).

main([What, Count]) ->
    main([What, Count, "1"]);
main([What, Count, Seed]) ->
    rand:seed(exsss, list_to_integer(Seed)),
    Line =
        case What of
            "texts" -> fun about_texts/0;
            "numbers" -> fun about_numbers/0
        end,
    lists:foreach(fun(_) -> Line() end, lists:seq(1, list_to_integer(Count))).

any(List) -> lists:nth(rand:uniform(length(List)), List).

line(Expression, A, B, N, Ask) ->
    Values = lists:join("\t", [written(V) || V <- [A, B, N]]),
    io:format("~s\t~s\t~s~n", [Expression, Values, binary:encode_hex(answer(Ask))]).

written(Text) when is_binary(Text) -> ["t", binary:encode_hex(Text)];
written(Number) when is_integer(Number) -> ["i", integer_to_list(Number)];
written(Float) ->
    <<Bits:64>> = <<Float/float>>,
    ["f", integer_to_list(Bits, 16)].

answer(Ask) ->
    try
        beamtalk_printer:print_string(Ask())
    catch
        error:#{error := Error} ->
            iolist_to_binary(["ERROR ", atom_to_binary(element(2, Error)), ": ", beamtalk_error:format(Error)]);
        error:Reason when is_atom(Reason) -> iolist_to_binary(["ERROR ", atom_to_binary(Reason)])
    end.

%%% Texts.

about_texts() ->
    {Expression, Ask} = any(questions_about_texts()),
    Digits = lists:member(Expression, ["a asInteger", "a asFloat"]),
    A =
        case Digits of
            true -> digits();
            false -> text(10)
        end,
    B =
        case rand:uniform(2) of
            1 -> text(2);
            2 -> part(unicode:characters_to_list(A))
        end,
    N = number(),
    line(Expression, A, B, N, fun() -> Ask(A, B, N) end).

questions_about_texts() ->
    Of = fun(M, F) -> fun(A, _, _) -> M:F(A) end end,
    S = beamtalk_string_ops,
    C = beamtalk_character_ops,
    [{"a " ++ atom_to_list(F), Of(S, F)} || F <- one_operand()] ++
        [{"n " ++ atom_to_list(F), fun(_, _, N) -> C:F(N) end} || F <- [isLetter, isDigit, isUppercase, isLowercase, isWhitespace]] ++
        [{"a " ++ atom_to_list(F) ++ ": b", fun(A, B, _) -> S:F(A, B) end} || F <- with_text()] ++
        [{"a " ++ atom_to_list(F) ++ ": n", fun(A, _, N) -> S:F(A, N) end} || F <- [at, take, drop]] ++
        [
            {"a repeat: n % 400", fun(A, _, N) -> S:repeat(A, N rem 400) end},
            {"a padLeft: n % 40", fun(A, _, N) -> S:padLeft(A, N rem 40) end},
            {"a padLeft: n % 40 with: b", fun(A, B, N) -> S:padLeft_with(A, N rem 40, B) end},
            {"a padRight: n % 40 with: b", fun(A, B, N) -> S:padRight_with(A, N rem 40, B) end},
            {"a replaceAll: b with: \"<>\"", fun(A, B, _) -> S:replaceAll_with(A, B, <<"<>">>) end},
            {"a replaceFirst: b with: a", fun(A, B, _) -> S:replaceFirst_with(A, B, A) end},
            {"Character value: n", fun(_, _, N) -> C:value(none, N) end},
            {"(Random seed: n) next", fun(_, _, N) -> beamtalk_random_ops:next(beamtalk_random_ops:seed(none, N)) end},
            {"(Random seed: n) nextInteger: 1000", fun(_, _, N) -> beamtalk_random_ops:nextInteger(beamtalk_random_ops:seed(none, N), 1000) end},
            {"(Random seed: n) hash", fun(_, _, N) -> erlang:phash2(beamtalk_random_ops:seed(none, N)) end},
            {"(Random seed: 7) nextInteger: n % 3000", fun(_, _, N) ->
                beamtalk_random_ops:nextInteger(beamtalk_random_ops:seed(none, 7), N rem 3000)
            end},
            {"DateTime fromTimestamp: n * 8640000", fun(_, _, N) -> beamtalk_datetime_ops:fromTimestamp(none, N * 8640000) end},
            {"DateTime year: n month: 2 day: 29", fun(_, _, N) -> beamtalk_datetime_ops:year_month_day(none, N, 2, 29) end},
            {"DateTime year: 2024 month: n % 14 day: 31 hour: n minute: n second: n", fun(_, _, N) ->
                beamtalk_datetime_ops:year_month_day_hour_minute_second(none, 2024, N rem 14, 31, N, N, N)
            end},
            {"DateTime fromString: a", fun(A, _, _) -> beamtalk_datetime_ops:fromString(none, A) end},
            {"(DateTime fromString: \"2024-02-29T23:59:58Z\") addDays: n", fun(_, _, N) ->
                beamtalk_datetime_ops:addDays(beamtalk_datetime_ops:fromString(none, <<"2024-02-29T23:59:58Z">>), N)
            end},
            {"a hash", fun(A, _, _) -> erlang:phash2(A) end},
            {"#(a, b, n, #(a, n)) hash", fun(A, B, N) -> erlang:phash2([A, B, N, [A, N]]) end},
            {"(a -> n) hash", fun(A, _, N) -> erlang:phash2(beamtalk_tag:tag('Association', #{key => A, value => N})) end},
            {"#[n, a, b] hash", fun(A, B, N) -> erlang:phash2(beamtalk_array_ops:withAll(none, [N, A, B])) end},
            {"#{(a) => n, (n) => b} hash", fun(A, B, N) -> erlang:phash2(#{A => N, N => B}) end},
            {"#{(a) => n, (n) => b, (b) => #(a | n)}", fun(A, B, N) -> maps:from_list([{A, N}, {N, B}, {B, [A | N]}]) end}
        ].

one_operand() ->
    [
        length, asList, uppercase, lowercase, capitalize, trim, trimLeft, trimRight, reverse, isBlank, isDigit, isAlpha, lines,
        words, asInteger, asFloat
    ].

with_text() -> [includesSubstring, startsWith, endsWith, indexOf, split, splitOn].

text(Longest) ->
    << <<(point())/utf8>> || _ <- lists:seq(1, rand:uniform(Longest + 1) - 1) >>.

%% Letters, and what is peculiar in one way or another.
point() ->
    case rand:uniform(15) of
        1 -> 16#300 + rand:uniform(80);
        2 -> any([$\s, $\t, $\n, $\r, 16#85, 16#200E]);
        3 -> 16#1F1E6 + rand:uniform(26) - 1;
        4 -> 16#200D;
        5 -> 16#1F466 + rand:uniform(5);
        6 -> 16#600;
        7 -> any([16#1100, 16#1161, 16#11A8, 16#AC00, 16#AC01, 16#D7B0, 16#A960, 16#D7CB]);
        8 -> any([16#A9, 16#AE, 16#AD, 16#DF, 16#130, 16#131, 16#149, 16#1C5, 16#FB03]);
        9 -> scalar();
        10 -> $0 + rand:uniform(10) - 1;
        11 -> rand:uniform(16#2FF);
        12 -> 16#300 + rand:uniform(16#1000);
        _ -> $a + rand:uniform(4) - 1
    end.

%% Characters up to Unicode 14 alone: newer ones have cases here that this OTP does not know.
scalar() ->
    case rand:uniform(16#FFFF) of
        C when C >= 16#D800, C =< 16#DFFF; C >= 16#A7C0, C =< 16#A7FF -> scalar();
        C -> C
    end.

part([]) -> <<>>;
part(Points) -> unicode:characters_to_binary(lists:sublist(Points, rand:uniform(length(Points)), rand:uniform(3) - 1)).

digits() ->
    Parts = ["1", "2", "0", "9", "5", ".", "-", "+", "e", "E", "1.5", "0.0", "7", "3", "12345678901234567890", ","],
    list_to_binary([any(Parts) || _ <- lists:seq(1, rand:uniform(6))]).

number() ->
    case rand:uniform(5) of
        1 -> rand:uniform(10) - 3;
        2 -> rand:uniform(12);
        3 -> scalar();
        4 -> any([1 bsl 70, -(1 bsl 70), rand:uniform(300), 16#D800, 16#110000]);
        5 -> rand:uniform(3000)
    end.

%%% Numbers.

about_numbers() ->
    {Kind, Expression, Ask} = any(questions_about_numbers()),
    A =
        case Kind of
            integer -> integer();
            float -> float();
            number -> any([integer(), float()])
        end,
    B = any([integer(), float(), rand:uniform(40) - 10]),
    line(Expression, A, B, 0, fun() -> Ask(A, B) end).

questions_about_numbers() ->
    I = beamtalk_integer_ops,
    F = beamtalk_float_ops,
    Two = fun(M, Function) -> fun(A, B) -> M:Function(A, B) end end,
    One = fun(M, Function) -> fun(A, _) -> M:Function(A) end end,
    [{number, "a " ++ atom_to_list(Op) ++ " b", Two(erlang, Op)} || Op <- ['+', '-', '*', '/', '<', '>=', '==', '=:=']] ++
        [{number, "a " ++ atom_to_list(Fun), One(F, Fun)} || Fun <- [sqrt, log, log2, log10, exp]] ++
        [{float, "a " ++ atom_to_list(Fun), One(F, Fun)} || Fun <- [sin, cos, tan, asin, acos, atan]] ++
        [
            {number, "a", fun(A, _) -> A end},
            {number, "#(a, b) hash", fun(A, B) -> erlang:phash2([A, B]) end},
            {number, "a raisedTo: b", Two(F, raisedTo)},
            {integer, "a div: b", Two(erlang, 'div')},
            {integer, "a % b", Two(erlang, 'rem')},
            {integer, "a ** b", Two(I, '**')},
            {integer, "a bitAnd: b", Two(erlang, 'band')},
            {integer, "a bitOr: b", Two(erlang, 'bor')},
            {integer, "a bitXor: b", Two(erlang, 'bxor')},
            {integer, "a bitShift: b", Two(I, bitShift)},
            {integer, "a bitNot", One(erlang, 'bnot')},
            {integer, "a asFloat", One(F, asFloat)},
            {float, "a atan2: b", Two(F, atan2)},
            {float, "a truncated", One(erlang, trunc)},
            {float, "a rounded", One(erlang, round)},
            {float, "a ceiling", One(erlang, ceil)},
            {float, "a floor", One(erlang, floor)}
        ].

integer() ->
    any([1, -1]) *
        case rand:uniform(6) of
            1 -> rand:uniform(5) - 1;
            2 -> rand:uniform(1 bsl 32);
            3 -> (1 bsl rand:uniform(130)) + rand:uniform(3) - 2;
            4 -> rand:uniform(1 bsl 64);
            5 -> rand:uniform(1 bsl 200);
            6 -> rand:uniform(1 bsl rand:uniform(1100))
        end.

float() ->
    case rand:uniform(5) of
        1 -> float(rand:uniform(21) - 11) / 2;
        2 -> rand:normal() * 100;
        3 -> bits();
        4 -> rand:normal() * math:pow(10, rand:uniform(40) - 20);
        5 -> float(rand:uniform(1 bsl 60))
    end.

-spec bits() -> float().
bits() ->
    case <<(rand:uniform(1 bsl 64) - 1):64>> of
        <<Float/float>> -> Float;
        _ -> bits()
    end.
