%% String, Character, Regex.
-module(beamtalk_text_ops_tests).

-include_lib("eunit/include/eunit.hrl").
-include("beamtalk.hrl").

-define(raises(Kind, Class, Hint, Expr),
    ?assertError(#{error := #beamtalk_error{kind = Kind, class = Class, hint = Hint}}, Expr)
).

-define(S, beamtalk_string_ops).
-define(R, beamtalk_regex_ops).

texts_are_counted_in_graphemes_test_() ->
    [
        ?_assertEqual(3, ?S:length(<<"añ日"/utf8>>)),
        ?_assertEqual(1, ?S:length(<<"e", 16#301/utf8>>)),
        ?_assertEqual(<<"日"/utf8>>, ?S:at(<<"añ日"/utf8>>, 3)),
        ?_assertEqual([<<"a">>, <<"b">>], ?S:asList(<<"ab">>)),
        ?_assertEqual([<<"\r\n">>, <<"x">>], ?S:asList(<<"\r\nx">>)),
        ?_assertEqual([<<"a">>, <<"e", 16#301/utf8>>], ?S:asList(<<"ae", 16#301/utf8>>))
    ].

%% Where it has read ahead, `string' answers a list.
parts_are_texts_test_() ->
    Marks = <<16#200D/utf8, 16#200D/utf8, 16#301/utf8>>,
    [
        [?_assert(is_binary(?S:drop(<<Before/binary, Marks/binary>>, N))) || N <- [0, 1, 2, 3]] ++
        [?_assert(is_binary(?S:take(<<Before/binary, Marks/binary>>, N))) || N <- [0, 1, 2, 3]] ++
        [?_assert(is_binary(?S:at(<<Before/binary, "a", Marks/binary>>, 1)))]
     || Before <- [<<>>, <<"a">>, <<0>>, <<16#E33/utf8>>, <<16#1F1E9/utf8>>]
    ].

%% Every grapheme used to read the whole rest: ten times the text took a hundred times as long, here minutes.
enumerating_takes_linear_time_test_() ->
    {timeout, 30, ?_assertEqual(500000, length(?S:asList(binary:copy(<<"日"/utf8>>, 500000))))}.

occurrences_are_whole_test_() ->
    Accented = <<"ae", 16#301/utf8, "e">>,
    [
        ?_assertEqual(3, ?S:indexOf(Accented, <<"e">>)),
        ?_assertEqual(2, ?S:indexOf(Accented, <<"e", 16#301/utf8>>)),
        ?_assertEqual(2, ?S:indexOf(Accented, <<16#301/utf8>>)),
        ?_assertEqual(nil, ?S:indexOf(<<"e", 16#301/utf8>>, <<"e">>)),
        ?_assertNot(?S:includesSubstring(<<"e", 16#301/utf8>>, <<"e">>)),
        ?_assertNot(?S:startsWith(<<"e", 16#301/utf8>>, <<"e">>)),
        ?_assertEqual([<<"ae", 16#301/utf8>>, <<>>], ?S:split(Accented, <<"e">>)),
        ?_assertEqual(<<"ae", 16#301/utf8, "i">>, ?S:replaceAll_with(Accented, <<"e">>, <<"i">>)),
        ?_assertEqual(<<"ae", 16#301/utf8, "i">>, ?S:replaceFirst_with(Accented, <<"e">>, <<"i">>)),
        ?_assertEqual([<<"a\r">>, <<"b">>], ?S:split(<<"a\r\nb">>, <<"\n">>)),
        [?_assertError(badarg, ?S:Search(<<"ab">>, [<<"a">>, <<"b">>])) || Search <- [indexOf, includesSubstring, split, splitOn]],
        [?_assertError(badarg, ?S:split(Text, <<>>)) || Text <- [<<>>, <<"a">>]]
    ].

a_number_is_all_of_the_text_test_() ->
    [?_assertError(badarg, ?S:asFloat(Text)) || Text <- [<<"1.5", 0, "x">>, <<"1.5 ">>, <<" 1.5">>, <<".5">>, <<"1.">>, <<"1e5">>, <<>>]] ++
        [?_assertError(badarg, ?S:asInteger(Text)) || Text <- [<<"1", 0>>, <<"1 ">>, <<" 1">>, <<"- 1">>, <<"+">>, <<"1.0">>, <<16#661/utf8>>]].

no_utf8_is_badarg_test_() ->
    [
        ?_assertError(badarg, ?S:Message(Bytes))
     || Bytes <- [<<255>>, <<"日"/utf8, 255, "a">>], Message <- [length, asList, uppercase, lowercase, reverse]
    ].

at_has_bounds_test() ->
    ?raises(index_out_of_bounds, 'String', <<"Index must be >= 1 (1-based indexing)">>, ?S:at(<<"a">>, 0)),
    ?raises(index_out_of_bounds, 'String', <<"Index is beyond string length">>, ?S:at(<<"a">>, 2)),
    ?raises(type_error, 'String', _, ?S:at(<<"a">>, <<"1">>)).

take_and_drop_test_() ->
    [
        ?_assertEqual(<<"ab">>, ?S:take(<<"abc">>, 2)),
        ?_assertEqual(<<>>, ?S:take(<<"abc">>, -2)),
        ?_assertEqual(<<"abc">>, ?S:take(<<"abc">>, 1 bsl 70)),
        ?_assertEqual(<<"c">>, ?S:drop(<<"abc">>, 2)),
        ?_assertEqual(<<"abc">>, ?S:drop(<<"abc">>, 0)),
        ?_assertEqual(<<>>, ?S:drop(<<"abc">>, 9))
    ].

changes_test_() ->
    [
        ?_assertEqual(<<"STRASSE">>, ?S:uppercase(<<"straße"/utf8>>)),
        ?_assertEqual(<<"Élan vital"/utf8>>, ?S:capitalize(<<"élan vital"/utf8>>)),
        ?_assertEqual(<<>>, ?S:capitalize(<<>>)),
        ?_assertEqual(<<"a b">>, ?S:trim(<<"\t a b \n">>)),
        ?_assertEqual(<<"a ">>, ?S:trimLeft(<<"  a ">>)),
        ?_assertEqual(<<"  a">>, ?S:trimRight(<<"  a ">>)),
        ?_assertEqual(<<"cba">>, ?S:reverse(<<"abc">>)),
        ?_assertEqual(<<"007">>, ?S:padLeft_with(<<"7">>, 3, <<"0">>)),
        ?_assertEqual(<<"7  ">>, ?S:padRight(<<"7">>, 3)),
        ?_assertEqual(<<"1234">>, ?S:padLeft(<<"1234">>, 3)),
        ?_assertEqual(<<"abab">>, ?S:repeat(<<"ab">>, 2)),
        ?_assertEqual(<<"b.b">>, ?S:replaceAll_with(<<"a.a">>, <<"a">>, <<"b">>)),
        ?_assertEqual(<<"b.a">>, ?S:replaceFirst_with(<<"a.a">>, <<"a">>, <<"b">>)),
        ?_assertEqual(<<"x">>, ?S:replaceFirst_with(<<"x">>, <<"a">>, <<"b">>))
    ].

hostile_sizes_are_refused_test_() ->
    [
        ?_assertError(system_limit, ?S:repeat(<<"x">>, 1000000000000000)),
        ?_assertError(system_limit, ?S:padLeft(<<"x">>, 1 bsl 60)),
        ?_assertError(system_limit, ?S:withAll(nil, lists:duplicate(100000, binary:copy(<<"x">>, 100000)))),
        ?_assertError(system_limit, ?S:replaceAll_with(binary:copy(<<"x">>, 100000), <<"x">>, binary:copy(<<"y">>, 100000))),
        ?_assertError(system_limit, ?R:replaceAllRegex_with(binary:copy(<<"x">>, 100000), <<"x">>, binary:copy(<<"y">>, 100000))),
        ?_assertError(badarg, ?S:repeat(<<"x">>, -1)),
        ?_assertEqual(<<>>, ?S:repeat(<<>>, 1 bsl 60))
    ].

searching_test_() ->
    [
        ?_assertEqual(3, ?S:indexOf(<<"banana">>, <<"nan">>)),
        ?_assertEqual(2, ?S:indexOf(<<"éa"/utf8>>, <<"a">>)),
        ?_assertEqual(nil, ?S:indexOf(<<"banana">>, <<"x">>)),
        ?_assertEqual(nil, ?S:indexOf(<<"banana">>, <<>>)),
        ?_assert(?S:includesSubstring(<<"abc">>, <<>>)),
        ?_assert(?S:startsWith(<<"abc">>, <<"ab">>)),
        ?_assertNot(?S:startsWith(<<"a">>, <<"ab">>)),
        ?_assert(?S:endsWith(<<"abc">>, <<>>)),
        ?_assertNot(?S:endsWith(<<"c">>, <<"bc">>)),
        ?_assertNot(?S:isDigit(<<>>)),
        ?_assertNot(?S:isAlpha(<<"é"/utf8>>)),
        ?_assert(?S:isBlank(<<" \t">>))
    ].

splitting_test_() ->
    [
        ?_assertEqual([<<"a">>, <<>>, <<"b">>], ?S:split(<<"a,,b">>, <<",">>)),
        ?_assertError(badarg, ?S:split(<<"a">>, <<>>)),
        ?_assertEqual([<<"a">>], ?S:splitOn(<<"a">>, <<>>)),
        ?_assertEqual([<<"a">>, <<"b">>, <<>>], ?S:lines(<<"a\r\nb\n">>)),
        ?_assertEqual([<<"a">>, <<"b">>], ?S:words(<<"  a \t\r\n b ">>))
    ].

reading_numbers_test_() ->
    [
        ?_assertEqual(-12, ?S:asInteger(<<"-12">>)),
        ?_assertError(badarg, ?S:asInteger(<<"12x">>)),
        ?_assertEqual(1.5, ?S:asFloat(<<"1.5">>)),
        ?_assertError(badarg, ?S:asFloat(<<"1">>)),
        ?_assertError(badarg, ?S:asAtom(<<"no atom has this name, surely not this one">>))
    ].

selecting_graphemes_gives_text_test() ->
    ?assertEqual(<<"bnn">>, ?S:select(<<"banana">>, fun(G) -> G =/= <<"a">> end)),
    ?assertEqual([<<"A">>], ?S:collect(<<"a">>, fun ?S:uppercase/1)).

categories_test_() ->
    C = beamtalk_character_ops,
    [
        ?_assert(C:isLetter($é)),
        ?_assert(C:isLetter(16#4E00)),
        ?_assertNot(C:isLetter($5)),
        ?_assert(C:isDigit(16#0665)),
        ?_assert(C:isUppercase($É)),
        ?_assert(C:isLowercase($é)),
        ?_assert(C:isWhitespace(16#2003)),
        ?_assert(C:isWhitespace($\f)),
        ?_assertNot(C:isLetter(-1)),
        ?_assertNot(C:isWhitespace(16#D800)),
        ?_assertNot(C:isUppercase(16#110000)),
        ?_assertEqual($S, C:uppercase($ß))
    ].

code_points_are_checked_test() ->
    ?assertEqual(955, beamtalk_character_ops:value('Character', 955)),
    ?raises(type_error, 'Character', _, beamtalk_character_ops:value('Character', 16#DC00)),
    ?raises(type_error, 'Character', _, beamtalk_character_ops:value('Character', -1)),
    ?raises(type_error, 'Character', _, beamtalk_character_ops:value('Character', <<"a">>)).

matching_test_() ->
    Digits = ?R:from('Regex', <<"[0-9]+">>),
    [
        ?_assert(?R:matchesRegex(<<"a1">>, Digits)),
        ?_assertEqual(<<"12">>, ?R:firstMatch(<<"a12b3">>, Digits)),
        ?_assertEqual(nil, ?R:firstMatch(<<"a">>, Digits)),
        ?_assertEqual([<<"12">>, <<"3">>], ?R:allMatches(<<"a12b3">>, <<"[0-9]+">>)),
        ?_assertEqual([], ?R:allMatches(<<"a">>, Digits)),
        ?_assert(?R:matchesRegex_options(<<"ABC">>, <<"b">>, [caseless])),
        ?_assertEqual(<<"Regex([0-9]+)">>, ?R:printString(Digits))
    ].

replacing_test_() ->
    [
        ?_assertEqual(<<"a<1>2">>, ?R:replaceRegex_with(<<"a12">>, <<"[0-9]">>, <<"<&>">>)),
        ?_assertEqual(<<"a<1><2>">>, ?R:replaceAllRegex_with(<<"a12">>, <<"[0-9]">>, <<"<&>">>)),
        ?_assertEqual(<<"b-a">>, ?R:replaceRegex_with(<<"a-b">>, <<"(.)-(.)">>, <<"\\2-\\1">>)),
        ?_assertEqual(<<"&">>, ?R:replaceRegex_with(<<"a">>, <<"a">>, <<"\\&">>)),
        ?_assertEqual(<<"[]a">>, ?R:replaceRegex_with(<<"a">>, <<"(x)?">>, <<"[\\1]">>)),
        ?_assertEqual(<<"-a-b-">>, ?R:replaceAllRegex_with(<<"ab">>, <<>>, <<"-">>))
    ].

split_results_have_no_groups_test_() ->
    [
        ?_assertEqual([<<"a">>, <<"b">>], ?R:splitRegex(<<"a1b22">>, <<"([0-9])+">>)),
        ?_assertEqual([<<>>, <<"a">>], ?R:splitRegex(<<"1a">>, <<"[0-9]">>)),
        ?_assertEqual([<<"a">>, <<"b">>], ?R:splitRegex(<<"ab">>, <<>>)),
        ?_assertEqual([<<"ab">>], ?R:splitRegex(<<"ab">>, <<"x">>))
    ].

bad_patterns_test() ->
    ?raises(regex_error, 'Regex', _, ?R:from('Regex', <<"(">>)),
    ?raises(regex_error, 'String', <<"Invalid pattern: ", _/binary>>, ?R:matchesRegex(<<"a">>, <<"(">>)),
    ?raises(regex_error, 'Regex', <<"Unknown option: #wild">>, ?R:from_options('Regex', <<"a">>, [wild])),
    ?raises(type_error, 'Regex', _, ?R:from('Regex', 7)),
    ?raises(type_error, 'Regex', _, ?R:from_options('Regex', <<"a">>, caseless)),
    ?raises(type_error, 'String', _, ?R:firstMatch(<<"a">>, 7)).

a_match_without_end_is_given_up_test() ->
    Text = <<(binary:copy(<<"a">>, 40))/binary, "!">>,
    ?raises(regex_error, 'String', _, ?R:matchesRegex(Text, <<"^(a+)+$">>)),
    ?raises(regex_error, 'String', _, ?R:allMatches(Text, <<"^(a+)+$">>)).

%% PCRE has no limit for this one: 35 seconds for 4,000 characters, hours for a few more.
a_match_that_counts_no_steps_is_given_up_test_() ->
    Text = binary:copy(<<"a">>, 8000),
    {timeout, 30, fun() -> ?raises(regex_error, 'String', _, ?R:matchesRegex(Text, <<"a*a*c">>)) end}.

%% What takes more than a few steps, and a text that is not short, answer the same as ever.
a_match_apart_answers_the_same_test_() ->
    Long = binary:copy(<<"ab1">>, 1000),
    [
        ?_assertEqual(1000, length(?R:allMatches(Long, <<"[0-9]">>))),
        ?_assertEqual(<<"1">>, ?R:firstMatch(Long, <<"[0-9]">>)),
        ?_assertEqual(nil, ?R:firstMatch(Long, <<"z">>)),
        ?_assert(?R:matchesRegex(Long, <<"b1$">>)),
        ?_assertNot(?R:matchesRegex(binary:copy(<<"a">>, 25), <<"(a?){10}a{25}c">>)),
        ?_assertError(badarg, ?R:matchesRegex(<<Long/binary, 255>>, <<"z">>)),
        ?_assertEqual([], [M || {_, _} = M <- [erlang:process_info(self(), message_queue_len)], M =/= {message_queue_len, 0}])
    ].
