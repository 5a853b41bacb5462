-module(beamtalk_repl_input_tests).

-include_lib("eunit/include/eunit.hrl").

%% Complete: as many closed as opened, and a class has a method.
is_complete(Source) ->
    Count = fun(Part) -> length(binary:matches(Source, Part)) end,
    Count(<<"[">>) =< Count(<<"]">>) andalso (Count(<<"subclass:">>) =:= 0 orelse Count(<<"=>">>) > 0).

lines(Lines) -> lines(Lines, beamtalk_repl_input:new()).

lines([Line | Rest], Input) ->
    case {beamtalk_repl_input:line(Line, Input, fun is_complete/1), Rest} of
        {{more, More}, [_ | _]} -> lines(Rest, More);
        {Answer, []} -> Answer
    end.

line_test_() ->
    [
        ?_assertEqual(empty, lines([<<"  \n">>])),
        ?_assertEqual({complete, <<"1 + 2">>}, lines([<<" 1 + 2\n">>])),
        ?_assertEqual({command, <<"help Integer">>}, lines([<<":help Integer\n">>])),
        ?_assertEqual({complete, <<"[1\n:a]">>}, lines([<<"[1">>, <<":a]">>])),
        ?_assertMatch({more, _}, lines([<<"[1">>, <<>>])),
        ?_assertEqual({complete, <<"Actor subclass: F\nstate: a">>}, lines([<<"Actor subclass: F">>, <<"state: a">>, <<>>])),
        ?_assertMatch({more, _}, lines([<<"Actor subclass: F">>, <<"state: a = [">>, <<>>]))
    ].

command_test_() ->
    [
        ?_assertEqual({load, <<"a b.bt">>}, beamtalk_repl_input:command(<<"l  a b.bt ">>)),
        ?_assertEqual({exit, <<>>}, beamtalk_repl_input:command(<<"q">>)),
        ?_assertEqual({show_codegen, <<"1 + 2">>}, beamtalk_repl_input:command(<<"sc 1 + 2">>)),
        ?_assertEqual({disasm, <<"Fib fib:">>}, beamtalk_repl_input:command(<<"disasm Fib fib:">>)),
        ?_assertEqual({tiers, <<>>}, beamtalk_repl_input:command(<<"tiers">>)),
        ?_assertEqual({compile, <<"Fib fib: --wait">>}, beamtalk_repl_input:command(<<"compile Fib fib: --wait">>)),
        ?_assertEqual(unknown, beamtalk_repl_input:command(<<"nonsense">>))
    ].

word_hint_test_() ->
    None = fun(_) -> false end,
    [
        ?_assertEqual({hint, <<"load">>}, beamtalk_repl_input:word_hint(<<"load a.bt">>, None)),
        ?_assertEqual({hint, <<"exit">>}, beamtalk_repl_input:word_hint(<<"exit">>, None)),
        ?_assertEqual(none, beamtalk_repl_input:word_hint(<<"load := 3">>, None)),
        ?_assertEqual(none, beamtalk_repl_input:word_hint(<<"load">>, fun(W) -> W =:= <<"load">> end)),
        ?_assertEqual(none, beamtalk_repl_input:word_hint(<<"loads">>, None))
    ].
