%%% @doc Which classes a source can concern itself with: those whose names it mentions, and those that the interfaces of these mention. Pure.
%%%
%%% The compiler is told of these and no others. To tell every file of all classes would be the square of a project.
-module(beamtalk_class_uses).

-export([mentioned/1, graph/1, reached/2, told/2]).

-export_type([graph/0]).

-opaque graph() :: #{Name :: binary() => {Interface :: map(), Mentions :: [binary()]}}.

%% @doc Words that could be names of classes. In comments and texts as well: a class too many costs little.
-spec mentioned(binary()) -> [binary()].
mentioned(Text) ->
    case re:run(Text, "\\b[A-Z][A-Za-z0-9_]*", [global, {capture, first, binary}]) of
        {match, Words} -> lists:usort([binary:copy(Word) || [Word] <- Words]);
        nomatch -> []
    end.

%% @doc Of a class that is there twice the last one counts.
-spec graph([map()]) -> graph().
graph(Interfaces) ->
    maps:from_list([{Name, {Interface, mentioned(interface_text(Interface))}} || #{name := Name} = Interface <- Interfaces]).

%% Classes that came as compiled modules tell less of themselves.
interface_text(Interface) ->
    Fields = maps:get(fields, Interface, []) ++ maps:get(class_fields, Interface, []),
    Types = [Type || #{type := Type} <- Fields, is_binary(Type)],
    Signatures = [Signature || #{signature := Signature} <- maps:get(methods, Interface, [])],
    Superclass = [Name || Name <- [maps:get(superclass, Interface, none)], is_binary(Name)],
    iolist_to_binary(lists:join(" ", Superclass ++ Types ++ Signatures)).

%% @doc The classes of the graph that can be got to from names, in order.
-spec reached([binary()], graph()) -> [binary()].
reached(Names, Graph) ->
    lists:sort(maps:keys(reach(Names, Graph, #{}))).

reach([], _, Seen) ->
    Seen;
reach([Name | Names], Graph, Seen) ->
    case Graph of
        #{Name := {_, Next}} when not is_map_key(Name, Seen) -> reach(Next ++ Names, Graph, Seen#{Name => true});
        #{} -> reach(Names, Graph, Seen)
    end.

%% @doc What the compiler is told with a source.
-spec told(Source :: binary(), graph()) -> [map()].
told(Source, Graph) ->
    [element(1, map_get(Name, Graph)) || Name <- reached(mentioned(Source), Graph)].
