%%% @doc What could follow at the prompt: commands, classes, variables, messages of a receiver.
-module(beamtalk_completion).

-export([complete/2]).

-define(COMMANDS, [
    ":actors", ":bindings", ":clear", ":compile", ":disasm", ":exit", ":help", ":load", ":modules", ":quit", ":reload", ":show-codegen",
    ":test", ":tiers", ":time"
]).
-define(WORDS, [
    "self", "super", "true", "false", "nil", "ifTrue:", "ifFalse:", "ifTrue:ifFalse:", "whileTrue:", "timesRepeat:",
    "subclass:", "spawn", "new"
]).
-define(CLASS_SIDE, ["spawn", "new", "new:", "spawnWith:", "subclass:"]).

%% @doc Candidates for the last word of the text before the cursor.
-spec complete(string(), [{binary(), term()}]) -> {Prefix :: string(), [string()]}.
complete(":" ++ _ = Line, _) ->
    case string:lexemes(Line, " ") of
        [Word] -> {Word, starting(Word, ?COMMANDS)};
        _ -> {"", []}
    end;
complete(Line, Bindings) ->
    {Before, Word} = last_word(Line),
    {Word, lists:usort(starting(Word, candidates(receiver(Before), Bindings)))}.

last_word(Line) ->
    {Reversed, Before} = lists:splitwith(fun is_word/1, lists:reverse(Line)),
    {lists:reverse(Before), lists:reverse(Reversed)}.

is_word(C) -> (C >= $a andalso C =< $z) orelse (C >= $A andalso C =< $Z) orelse (C >= $0 andalso C =< $9) orelse C =:= $_ orelse C =:= $:.

%% The token before the blank before the word.
receiver(Before) ->
    case lists:reverse(Before) of
        [$\s | Rest] ->
            case lists:takewhile(fun is_receiver/1, Rest) of
                [] -> none;
                Token -> lists:reverse(Token)
            end;
        _ ->
            none
    end.

is_receiver(C) -> is_word(C) andalso C =/= $: orelse C =:= $" orelse C =:= $) orelse C =:= $].

candidates(none, Bindings) ->
    [atom_to_list(C) || C <- beamtalk_class_registry:all_classes()] ++
        [atom_to_list(N) || N <- beamtalk_workspace_objects:names()] ++
        [binary_to_list(Name) || {Name, _} <- Bindings] ++ ?WORDS;
candidates([C | _] = Token, _) when C >= $A, C =< $Z ->
    case beamtalk_class_registry:named(unicode:characters_to_binary(Token)) of
        {ok, Class} -> selectors(class_methods, Class) ++ ?CLASS_SIDE;
        error -> []
    end;
candidates(Token, Bindings) ->
    case class_of(Token, Bindings) of
        {ok, Class} -> selectors(methods, Class);
        error -> []
    end.

class_of([C | _], _) when C >= $0, C =< $9 -> {ok, 'Integer'};
class_of(Token, Bindings) ->
    case {lists:last(Token), lists:keyfind(list_to_binary(Token), 1, Bindings)} of
        {$", _} -> {ok, 'String'};
        {_, {_, Value}} -> {ok, beamtalk_tag:class_name_of(Value)};
        _ -> error
    end.

selectors(Side, Class) ->
    [
        atom_to_list(element(1, M))
     || C <- beamtalk_class_registry:ancestors(Class), M <- maps:get(Side, beamtalk_class_registry:meta(C), [])
    ].

starting(Prefix, Names) ->
    [Name || Name <- Names, lists:prefix(Prefix, Name)].
