%% `:help' and the documentation site read the same sources on different ways: they say the same of every class and method of the library.
%% In a node of their own: other suites of this one start the runtime by themselves.
-module(beamtalk_site_help_tests).

-include_lib("eunit/include/eunit.hrl").

%% Called in the other node
-export([classes/0, methods/0, inherited/0, ways/0]).

-define(ALL_IF, 5).

agreement_test_() ->
    {setup, fun start/0, fun peer:stop/1, fun(Peer) ->
        [{timeout, 60, {atom_to_list(Name), fun() -> ok = peer:call(Peer, ?MODULE, Name, [], 50000) end}} || Name <- [classes, methods, inherited, ways]]
    end}.

start() ->
    {ok, Peer, _} = peer:start_link(#{connection => standard_io, args => ["-pa" | code:get_path()]}),
    {ok, _} = peer:call(Peer, application, ensure_all_started, [beamtalk_workspace], 50000),
    Peer.

library() ->
    {ok, #{units := Units}} = beamtalk_doc_sources:read(library),
    Model = beamtalk_site_model:new(Units),
    %% Help of Metaclass has a text of its own.
    Classes = [Class || #{name := Name} = Class <- beamtalk_site_model:classes(Model), Name =/= <<"Metaclass">>],
    ?assert(length(Classes) > 50),
    {Model, Classes}.

classes() ->
    {Model, Classes} = library(),
    lists:foreach(fun(Class) -> class(Class, Model) end, Classes).

methods() ->
    {_, Classes} = library(),
    lists:foreach(fun({Class, Method}) -> method(Class, Method) end, [{Class, Method} || #{methods := Methods} = Class <- Classes, Method <- Methods]).

inherited() ->
    ?assertMatch({ok, <<"List >> isNil\n(inherited from Object)\n  isNil -> Boolean\n\n", _/binary>>}, beamtalk_help:method('List', isNil)),
    ?assertMatch({ok, <<"Set class >> new:\n(inherited from Object)\n", _/binary>>}, beamtalk_help:method('Set', 'new:')),
    ok.

%% The prompt and Erlang ask alike.
ways() ->
    ?assertEqual(beamtalk_help:method('DateTime', now), beamtalk_help_topic:text(<<"DateTime >> now">>)),
    ?assertMatch({error, <<"List does not understand zork.", _/binary>>}, beamtalk_help_topic:text(<<"List zork">>)),
    ?assertMatch({error, <<"Unknown class: Zork.", _/binary>>}, beamtalk:help('Zork')),
    ?assertEqual(ok, beamtalk:help('List', 'withAll:')),
    ok.

%% Superclass, modifiers, own methods and how many come from which ancestor.
class(#{name := Name, superclass := Super, modifiers := Modifiers} = Class, Model) ->
    {ok, Help} = beamtalk_help:class(binary_to_atom(Name)),
    Lines = binary:split(Help, <<"\n">>, [global]),
    Heading = iolist_to_binary(["== ", Name, [[" < ", Super] || Super =/= none], " =="]),
    ?assertEqual(Heading, hd(Lines)),
    [?assert(lists:any(fun(Line) -> binary:match(Line, <<"[", (atom_to_binary(M))/binary, "]">>) =/= nomatch end, Lines), {Name, M}) || M <- Modifiers],
    {_, [<<"Instance methods:">> | Rest]} = lists:splitwith(fun(Line) -> Line =/= <<"Instance methods:">> end, Lines),
    {Own, Behind} = lists:splitwith(fun is_method/1, Rest),
    ?assertEqual(own(Class), Own),
    {OwnOfClass, Inherited} =
        case Behind of
            [<<"Class methods:">> | Others] -> lists:splitwith(fun is_method/1, Others);
            _ -> {[], Behind}
        end,
    ?assertEqual(own_of_class(Class), OwnOfClass),
    ?assertEqual([inherited(Group) || Group <- beamtalk_site_model:inherited(Class, instance, Model)], lists:droplast(Inherited)).

is_method(Line) -> binary:match(Line, <<"  ">>) =:= {0, 2}.

own_of_class(#{methods := Methods}) -> lists:sort([<<"  ", S/binary>> || #{side := class, selector := S} <- Methods]).

own(#{methods := Methods}) ->
    lists:sort([iolist_to_binary(["  ", S, [" [sealed]" || Sealed]]) || #{side := instance, selector := S, sealed := Sealed} <- Methods]).

inherited({#{name := Name}, Methods}) ->
    Selectors = [S || #{selector := S} <- Methods],
    N = length(Selectors),
    Shown =
        case N =< ?ALL_IF of
            true -> lists:join(", ", Selectors);
            false -> [lists:join(", ", lists:sublist(Selectors, 3)), ", ... (", integer_to_list(N - 3), " more)"]
        end,
    iolist_to_binary(["Inherited from ", Name, " (", integer_to_list(N), " methods): ", Shown]).

%% Header and comment. A selector that both sides have is answered for instances.
method(#{name := Name, methods := All}, #{selector := Selector, side := Side, signature := Signature, doc := Doc}) ->
    Both = [S || #{selector := Other, side := S} <- All, Other =:= Selector],
    case beamtalk_help:method(binary_to_atom(Name), binary_to_atom(Selector)) of
        {ok, Help} when Side =:= instance; Both =:= [class] ->
            [Heading | Rest] = binary:split(Help, <<"\n">>, [global]),
            case Heading =:= iolist_to_binary([Name, [" class" || Side =:= class], " >> ", Selector]) of
                true ->
                    ?assertEqual(<<"  ", Signature/binary>>, hd(Rest)),
                    ?assertEqual(Doc, beamtalk_site_markdown:parse(iolist_to_binary(lists:join("\n", lists:nthtail(min(2, length(Rest)), Rest)))));
                false ->
                    %% Instances inherit one of that name.
                    ?assertEqual({class, iolist_to_binary([Name, " >> ", Selector])}, {Side, Heading})
            end;
        {ok, _} ->
            ok
    end.
