#!/usr/bin/env escript
%% -*- coding: utf-8 -*-
%% Prints which cases pin which rule: rule -> files and number of cases, then the same for the traps of the language's checklist.
%% Fails when a rule or trap of the tables below has no case, and when a case names a rule that no table knows.
%%
%%   escript test/conformance/rules.escript [--quiet]
%%
%% A case is an expectation (`// => ...' below an expression) or a `// @load-error' line. It belongs to the `// rule:' and `// trap:'
%% lines of its group: those directly above it; the first such line after a case opens a new group.

main(Args) ->
    [ok = io:setopts(Device, [{encoding, unicode}]) || Device <- [standard_io, standard_error]],
    Here = filename:dirname(filename:absname(escript:script_name())),
    Root = filename:join([Here, "..", ".."]),
    Places = [{Here, "**/*.{bt,btscript}"}, {filename:join(Root, "stdlib/bootstrap-test"), "no_workspace.btscript"}],
    Files = [{Name, filename:join(Dir, Name)} || {Dir, Pattern} <- Places, Name <- filelib:wildcard(Pattern, Dir), not fixture(Name)],
    Cases = lists:append([cases(Name, File) || {Name, File} <- Files]),
    Table = lists:foldl(
        fun({Tags, File}, Acc) ->
            lists:foldl(fun(Tag, A) -> maps:update_with(Tag, fun(Fs) -> [File | Fs] end, [File], A) end, Acc, Tags)
        end,
        #{},
        Cases
    ),
    Known = rules() ++ traps() ++ free(Files),
    Missing = [Tag || Tag <- rules() ++ traps(), not is_map_key(Tag, Table)],
    Unknown = [Tag || Tag <- lists:sort(maps:keys(Table)), not lists:member(Tag, Known), not library(Tag)],
    Untagged = lists:usort([File || {[], File} <- Cases]),
    case lists:member("--quiet", Args) of
        true -> ok;
        false ->
            io:format("Rules~n"),
            [line(Tag, Table) || Tag <- rules() ++ extra(Table)],
            io:format("~nTraps~n"),
            [line(Tag, Table) || Tag <- traps()],
            io:format("~nAreas~n"),
            [io:format("  ~-24s ~5w~n", [Area, N]) || {Area, N} <- areas(Cases)]
    end,
    io:format("~n~w cases in ~w files, ~w rules, ~w traps~n", [length(Cases), length(Files), length(rules()), length(traps())]),
    Found = [{"no case for", Missing}, {"unknown rule", Unknown}, {"no rule above a case in", Untagged}],
    [io:format(standard_error, "~s ~ts~n", [Text, What]) || {Text, Whats} <- Found, What <- Whats],
    halt(case [1 || {_, [_ | _]} <- Found] of [] -> 0; _ -> 1 end).

fixture(Name) -> lists:member("fixtures", filename:split(Name)).

line(Tag, Table) ->
    Files = maps:get(Tag, Table, []),
    io:format("  ~-30ts ~4w  ~ts~n", [Tag, length(Files), lists:join(", ", lists:usort(Files))]).

areas(Cases) ->
    Count = lists:foldl(
        fun({_, File}, Acc) -> maps:update_with(hd(filename:split(File)), fun(N) -> N + 1 end, 1, Acc) end, #{}, Cases
    ),
    lists:sort(maps:to_list(Count)).

%% Tags that are not required but allowed: the tables of the library's pages.
extra(Table) ->
    [Tag || Tag <- lists:sort(maps:keys(Table)), not lists:member(Tag, rules()), not lists:member(Tag, traps())].

library("stdlib/" ++ _ = Tag) -> not lists:prefix("stdlib/conformance", Tag);
library(_) -> false.

free(Files) ->
    ["program " ++ Name || {File, _} <- Files, ["programs", Name | _] <- [filename:split(File)]].

%%% Reading

cases(Name, File) ->
    {ok, Text} = file:read_file(File),
    Lines = [string:trim(L) || L <- string:split(unicode:characters_to_list(Text), "\n", all)],
    read(Lines, Name, [], open, none, []).

%% `open': the tags above are still being collected; `closed': a case has been seen, the next tag opens a new group.
%% A rule is tagged in two ways on one line: `// rule: a' or `// trap: 1, 2'.
read([], _, _, _, _, Cases) -> lists:reverse(Cases);
read([Line | Rest], Name, Tags, State, Before, Cases) ->
    case Line of
        "// rule:" ++ Text -> read(Rest, Name, add([string:trim(Text)], Tags, State), open, none, Cases);
        "// trap:" ++ Text -> read(Rest, Name, add(["trap " ++ string:trim(T) || T <- string:split(Text, ",", all)], Tags, State), open, none, Cases);
        "// @load-error" ++ _ -> read(Rest, Name, Tags, closed, none, [{Tags, Name} | Cases]);
        "// =>" ++ _ when Before =:= none -> read(Rest, Name, Tags, State, none, Cases);
        "// =>" ++ _ -> read(Rest, Name, Tags, closed, none, [{Tags, Name} | Cases]);
        "//" ++ _ -> read(Rest, Name, Tags, State, Before, Cases);
        "" -> read(Rest, Name, Tags, State, none, Cases);
        _ -> read(Rest, Name, Tags, State, Line, Cases)
    end.

add(New, Tags, open) -> Tags ++ New;
add(New, _, closed) -> New.

%%% The tables

rules() ->
    ["language §" ++ S || S <- sections(language())] ++
        ["language Appendix " ++ [A] || A <- "ABC"] ++
        ["object-model §" ++ S || S <- sections(object_model())] ++
        ["stdlib/conformance " ++ integer_to_list(N) || N <- lists:seq(1, 80)].

traps() -> ["trap " ++ integer_to_list(N) || N <- lists:seq(1, 31)].

%% Section, number of subsections (0: the section itself).
language() -> [{1, 13}, {2, 0}, {3, 9}, {4, 4}, {5, 0}, {6, 8}, {7, 19}, {8, 0}, {9, 5}].

object_model() ->
    [{1, [1, 3, 4, 5, 6]}, {2, 0}, {3, lists:seq(4, 12)}, {5, lists:seq(2, 9)}, {6, 5}, {7, lists:seq(2, 6)}, {8, lists:seq(2, 5)},
     {9, 5}, {10, lists:seq(2, 9)}, {11, 0}, {12, 0}, {13, [2, 3, 4]}, {14, 0}, {14, [3]}, {15, [2, 3, 4]}, {18, 25}].

sections(Table) -> lists:append([section(S) || S <- Table]).

section({N, 0}) -> [integer_to_list(N)];
section({N, Max}) when is_integer(Max) -> section({N, lists:seq(1, Max)});
section({N, Subs}) -> [integer_to_list(N) ++ "." ++ integer_to_list(S) || S <- Subs].
