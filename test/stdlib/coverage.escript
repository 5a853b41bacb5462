#!/usr/bin/env escript
%% -*- coding: utf-8 -*-
%% Which methods of the library have no test, and which have no documented example.
%%
%%   escript test/stdlib/coverage.escript [CLASS ...]     for these classes all that is missing, otherwise the sum
%%
%% The classes and their own methods, on both sides, are asked of the loaded library. The test of a class in `stdlib/src/<folder>/' is
%% `test/stdlib/<folder>/<Class>_test.bt'; it covers the selectors it sends, by itself or by `perform:' with a literal symbol. Sends are
%% read from the tree of the compiler's front end: a selector in a comment or in a text is no send. A class-side selector counts when the
%% class itself, one of its subclasses or its metaclass is the receiver in the source.
%%
%% A method is documented when its comment has an example with its value: `./beamtalk doctest' runs these.
%%
%% `incomplete.txt' beside this file names the classes that are still to be done, one `Class tests' or `Class documentation' to a line.
%% A class that is named there without need fails as one that is missing: the list gets shorter, never longer.

-define(LIST, "incomplete.txt").

main(Names) ->
    [ok = io:setopts(Device, [{encoding, unicode}]) || Device <- [standard_io, standard_error]],
    Here = filename:dirname(filename:absname(escript:script_name())),
    Root = filename:join([Here, "..", ".."]),
    true = code:add_patha(filename:join(Root, "_build/default/lib/beamtalk/ebin")),
    ok = logger:set_primary_config(level, error),
    ok = application:set_env(beamtalk, start, [compiler, runtime]),
    {ok, _} = application:ensure_all_started(beamtalk),
    ok = check_of_the_check(),
    Classes = [class(Source, Here) || Source <- lists:sort(filelib:wildcard(filename:join(Root, "stdlib/src/*/*.bt")))],
    Listed = listed(filename:join(Here, ?LIST)),
    case [C || #{name := Name} = C <- Classes, lists:member(Name, Names)] of
        [] -> report(Classes, Listed);
        Asked -> [io:format("~ts~n", [Line]) || C <- Asked, Line <- missing(C)]
    end.

%%% One class: its methods, what its test sends, what its comments show.

class(Source, Here) ->
    Name = filename:basename(Source, ".bt"),
    Folder = filename:basename(filename:dirname(Source)),
    #{methods := Methods, class_methods := ClassMethods} = beamtalk_class_registry:meta(list_to_existing_atom(Name)),
    Own = [{instance, atom_to_binary(element(1, M))} || M <- Methods] ++ [{class, atom_to_binary(element(1, M))} || M <- ClassMethods],
    Sent = sent_by(filename:join([Here, Folder, Name ++ "_test.bt"])),
    #{
        name => Name,
        methods => length(Own),
        tests => [Method || Method <- Own, not covered(Method, list_to_existing_atom(Name), Sent)],
        documentation => undocumented(Source)
    }.

covered({instance, Selector}, _, Sent) ->
    lists:keymember(Selector, 1, Sent);
covered({class, Selector}, Class, Sent) ->
    lists:any(fun({S, Receiver}) -> S =:= Selector andalso is_below(Receiver, atom_to_binary(Class)) end, Sent).

is_below(none, _) -> false;
is_below(Class, Class) -> true;
is_below(Receiver, Class) ->
    try binary_to_existing_atom(Receiver) of
        Known -> lists:member(binary_to_existing_atom(Class), beamtalk_class_registry:ancestors(Known))
    catch
        %% A class of the test's own.
        error:badarg -> false
    end.

undocumented(Source) ->
    {ok, Text} = file:read_file(Source),
    {ok, [#{doc := Doc, methods := Methods}]} = beamtalk_compiler:doc(Text, #{stdlib_mode => true}),
    [{class, <<"(the class itself)">>} || not has_example(Doc)] ++
        [{Side, Selector} || #{side := Side, selector := Selector, doc := D} <- Methods, not has_example(D)].

has_example(undefined) -> false;
has_example(nil) -> false;
has_example(Doc) -> re:run(Doc, "```beamtalk\n[^`]*// =>", [{capture, none}]) =:= match.

%%% Sends of a source: selector, and the class that is named as the receiver.

sent_by(File) ->
    case file:read_file(File) of
        {ok, Text} -> sends(Text);
        {error, enoent} -> []
    end.

sends(Text) ->
    {ok, #{text := Tree}} = beamtalk_compiler:show(ast, Text, #{mode => file, path => <<"test.bt">>}),
    Lines = [node_of(Line) || Line <- binary:split(Tree, <<"\n">>, [global]), Line =/= <<>>],
    lists:usort(sends(Lines, [])).

sends([{Depth, [Kind, Selector | _]} | Rest], Acc) when Kind =:= <<"unary">>; Kind =:= <<"keyword">>; Kind =:= <<"binary">> ->
    sends(Rest, performed(Selector, Depth, Rest) ++ [{Selector, receiver(Depth, Rest)} | Acc]);
sends([{_, [<<";">>, _, Selector | _]} | Rest], Acc) ->
    sends(Rest, [{Selector, none} | Acc]);
sends([_ | Rest], Acc) ->
    sends(Rest, Acc);
sends([], Acc) ->
    Acc.

%% The first node below is the receiver; `X class' stands for the class side of its own.
receiver(Depth, [{Below, [<<"class-ref">>, Class | _]} | _]) when Below > Depth -> Class;
receiver(Depth, [{Below, [<<"paren">> | _]} | Rest]) when Below > Depth -> receiver(Depth, Rest);
receiver(_, _) -> none.

performed(Selector, Depth, Rest) when Selector =:= <<"perform:">>; Selector =:= <<"perform:withArguments:">> ->
    Inside = lists:takewhile(fun({Below, _}) -> Below > Depth end, Rest),
    case [Name || {Below, [<<"symbol">>, Name | _]} <- Inside, Below =:= Depth + 1] of
        [Performed | _] -> [{string:trim(Performed, both, "\""), receiver(Depth, Rest)}];
        [] -> []
    end;
performed(_, _, _) ->
    [].

node_of(Line) ->
    Text = string:trim(Line, leading, " "),
    {(byte_size(Line) - byte_size(Text)) div 2, words(binary:split(Text, <<" ">>, [global]))}.

%% Keys and values of a map have a label.
words([<<"key:">> | Words]) -> Words;
words([<<"value:">> | Words]) -> Words;
words(Words) -> Words.

%%% The answer

report(Classes, Listed) ->
    Faults =
        [["no class and no such part: ", lists:join(" ", L)] || L <- Listed, not known(L, Classes)] ++
        lists:append([faults(Part, C, lists:member([maps:get(name, C), atom_to_list(Part)], Listed)) || C <- Classes, Part <- [tests, documentation]]),
    Missing = fun(Part) -> lists:sum([length(maps:get(Part, C)) || C <- Classes]) end,
    Methods = lists:sum([N || #{methods := N} <- Classes]),
    io:format("library: ~b classes, ~b methods, ~b without a test, ~b without an example\n", [
        length(Classes), Methods, Missing(tests), Missing(documentation)
    ]),
    [io:format(standard_error, "library: ~ts~n", [Fault]) || Fault <- Faults],
    halt(min(1, length(Faults))).

faults(Part, #{name := Name} = Class, IsListed) ->
    case {maps:get(Part, Class), IsListed} of
        {[], true} -> [[Name, " has all its ", atom_to_list(Part), ": take it off ", ?LIST]];
        {[_ | _], false} -> missing(maps:with([name, Part], Class));
        _ -> []
    end.

missing(#{name := Name} = Class) ->
    [
        [What, text(Name, Method)]
     || {Part, What} <- [{tests, "no test of "}, {documentation, "no example for "}], Method <- maps:get(Part, Class, [])
    ].

text(Name, {instance, Selector}) -> [Name, " ", Selector];
text(Name, {class, Selector}) -> [Name, " class ", Selector].

known([Name, Part], Classes) ->
    lists:member(Part, ["tests", "documentation"]) andalso lists:any(fun(#{name := N}) -> N =:= Name end, Classes);
known(_, _) ->
    false.

listed(File) ->
    {ok, Text} = file:read_file(File),
    [string:lexemes(binary_to_list(Line), " ") || Line <- binary:split(Text, <<"\n">>, [global, trim_all]), binary:first(Line) =/= $#].

%%% Can it fail? What counts and what does not, on a source of its own.

check_of_the_check() ->
    Sent = sends(<<
        "/// size\n"
        "TestCase subclass: SampleTest\n"
        "  testAll =>\n"
        "    // List reversed\n"
        "    self assert: \"x length {3 isEven} trim\" isBlank equals: #isOdd\n"
        "    Integer perform: #new\n"
        "    \"abc\" perform: #at: withArguments: #(1)\n"
        "    #(3, #negated) size; last\n"
        "    (Set new) add: #{1 => 2 abs}\n"
    >>),
    Unexpected = [S || S <- [<<"length">>, <<"trim">>, <<"reversed">>, <<"isOdd">>, <<"negated">>], lists:keymember(S, 1, Sent)],
    Expected = [<<"isEven">>, <<"isBlank">>, <<"assert:equals:">>, <<"at:">>, <<"size">>, <<"last">>, <<"abs">>, <<"add:">>],
    [] = Unexpected ++ [S || S <- Expected, not lists:keymember(S, 1, Sent)],
    true = covered({class, <<"new">>}, 'Integer', Sent),
    true = covered({class, <<"new">>}, 'Number', Sent),
    false = covered({class, <<"new">>}, 'Float', Sent),
    false = covered({class, <<"size">>}, 'Set', Sent),
    false = has_example(<<"```beamtalk\nx := 1\n```\n// => 2">>),
    true = has_example(<<"Text.\n\n```beamtalk\n3 abs   // => 3\n```">>),
    ok.
