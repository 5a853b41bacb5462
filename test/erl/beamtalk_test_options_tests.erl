%% Options of the test commands.
-module(beamtalk_test_options_tests).

-include_lib("eunit/include/eunit.hrl").

parse(Arguments) -> beamtalk_test_options:parse(<<"test">>, Arguments).

nothing_means_text_in_order_and_alone_test() ->
    ?assertEqual(
        {
            #{
                format => text, filter => none, seed => none, jobs => 1, timeout => 60000,
                quiet => false, show_output => false, warnings => true
            },
            ["test"]
        },
        parse([])
    ).

each_has_its_flag_test() ->
    {Options, Paths} = parse([
        <<"a">>, <<"--format=tap">>, <<"--filter">>, <<"Sum">>, <<"--seed">>, <<"7">>, <<"-j">>, <<"3">>, <<"--timeout">>, <<"50">>,
        <<"-q">>, <<"--show-output">>, <<"--no-warnings">>, <<"b">>
    ]),
    ?assertEqual(["a", "b"], Paths),
    ?assertEqual(
        #{
            format => tap, filter => <<"Sum">>, seed => 7, jobs => 3, timeout => 50,
            quiet => true, show_output => true, warnings => false
        },
        Options
    ).

a_random_seed_is_a_number_test() ->
    {#{seed := A}, _} = parse([<<"--seed">>, <<"random">>]),
    {#{seed := B}, _} = parse([<<"--seed">>, integer_to_binary(A)]),
    ?assertEqual(A, B).

wrong_ones_are_wrong_usage_test_() ->
    [
        ?_assertThrow({usage, _}, parse(Arguments))
     || Arguments <- [
            [<<"--nonsense">>], [<<"--format">>, <<"xml">>], [<<"--format">>], [<<"--filter">>, <<>>], [<<"--seed">>, <<"x">>],
            [<<"--seed">>, <<"-1">>], [<<"--seed">>, <<"4294967296">>], [<<"-j">>, <<"0">>], [<<"-j">>, <<"1000">>], [<<"-j">>],
            [<<"--timeout">>, <<"0">>], [<<"--timeout">>, <<"1.5">>], [<<"--quiet=yes">>]
        ]
    ].

the_help_names_every_flag_test_() ->
    Help = beamtalk_test_options:usage(),
    [
        ?_assertNotEqual({Flag, nomatch}, {Flag, string:find(Help, Flag)})
     || Flag <- ["--filter", "--seed", "--format", "-j", "--timeout", "--quiet", "--show-output", "--no-warnings"]
    ].
