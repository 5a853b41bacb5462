%%% @doc What a line means at the prompt: a command, the rest of an input, a whole input. Pure.
-module(beamtalk_repl_input).

-export([new/0, line/3, is_buffering/1, command/1, word_hint/2]).

-export_type([input/0]).

%% Lines gathered so far, last first.
-opaque input() :: [binary()].

-define(COMMANDS, [
    {help, [<<"help">>, <<"h">>, <<"?">>]},
    {exit, [<<"exit">>, <<"quit">>, <<"q">>]},
    {clear, [<<"clear">>]},
    {bindings, [<<"bindings">>, <<"b">>]},
    {load, [<<"load">>, <<"l">>]},
    {reload, [<<"reload">>, <<"r">>]},
    {modules, [<<"modules">>, <<"m">>]},
    {actors, [<<"actors">>, <<"a">>]},
    {show_codegen, [<<"show-codegen">>, <<"sc">>]},
    {test, [<<"test">>, <<"t">>]},
    {time, [<<"time">>]},
    {disasm, [<<"disasm">>]},
    {tiers, [<<"tiers">>]},
    {compile, [<<"compile">>]}
]).
-define(WORDS, [
    <<"load">>, <<"reload">>, <<"help">>, <<"exit">>, <<"quit">>, <<"clear">>, <<"bindings">>, <<"modules">>,
    <<"show-codegen">>
]).

-spec new() -> input().
new() -> [].

-spec is_buffering(input()) -> boolean().
is_buffering(Input) -> Input =/= [].

%% @doc Takes one more line.
-spec line(binary(), input(), fun((binary()) -> boolean())) ->
    empty | {command, binary()} | {more, input()} | {complete, binary()}.
line(Line, Input, IsComplete) ->
    case {string:trim(Line), Input} of
        {<<>>, []} -> empty;
        {<<":", Command/binary>>, []} -> {command, Command};
        {<<>>, _} -> blank(Input, IsComplete);
        {Text, _} -> gathered([Text | Input], IsComplete)
    end.

gathered(Lines, IsComplete) ->
    Source = joined(Lines),
    case IsComplete(Source) of
        true -> {complete, Source};
        false -> {more, Lines}
    end.

%% A class without methods would never be complete: the blank line ends it.
blank(Lines, IsComplete) ->
    Source = joined(Lines),
    case is_class(Source) andalso closed(Source, IsComplete) of
        true -> {complete, Source};
        false -> {more, Lines}
    end.

is_class(Source) -> binary:match(Source, <<"subclass:">>) =/= nomatch.

%% Would the text be complete if it had a method?
closed(Source, IsComplete) -> IsComplete(<<Source/binary, "\nx => 1">>).

joined(Lines) -> iolist_to_binary(lists:join($\n, lists:reverse(Lines))).

%% @doc A command's meaning and its argument.
-spec command(binary()) -> {atom(), binary()} | unknown.
command(Text) ->
    {Name, Argument} =
        case binary:split(string:trim(Text), [<<" ">>, <<"\t">>]) of
            [Word, Rest] -> {Word, string:trim(Rest)};
            [Word] -> {Word, <<>>}
        end,
    case [Command || {Command, Names} <- ?COMMANDS, lists:member(Name, Names)] of
        [Command] -> {Command, Argument};
        [] -> unknown
    end.

%% @doc The command that was meant by a word without colon, unless a variable has that name.
-spec word_hint(binary(), fun((binary()) -> boolean())) -> {hint, binary()} | none.
word_hint(Source, IsVariable) ->
    case binary:split(Source, [<<" ">>, <<"\n">>]) of
        [Word | Rest] ->
            Assigns = [yes || <<":=", _/binary>> <- Rest],
            case lists:member(Word, ?WORDS) andalso Assigns =:= [] andalso not IsVariable(Word) of
                true -> {hint, Word};
                false -> none
            end
    end.
