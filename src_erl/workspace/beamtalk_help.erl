%%% @doc Help texts of classes and methods, from what the registered classes say about themselves.
-module(beamtalk_help).

-export([class/1, method/2, topic/1]).

%% Inherited selectors that are listed in full.
-define(LISTED, 5).
-define(SHOWN, 3).

%% @doc `Integer' or `Integer +'.
-spec topic(binary()) -> {ok, binary()} | {error, binary()}.
topic(Text) ->
    case string:lexemes(Text, " \t") of
        [Class] -> class(Class);
        [Class, <<"class">>, Selector] -> method(<<Class/binary, " class">>, Selector);
        [Class, <<">>">>, Selector] -> method(Class, unquoted(Selector));
        [Class, Selector] -> method(Class, unquoted(Selector));
        _ -> {error, <<"Usage: :help ClassName [selector]">>}
    end.

unquoted(<<"#", Selector/binary>>) when Selector =/= <<>> -> Selector;
unquoted(Selector) -> Selector.

-spec class(binary()) -> {ok, binary()} | {error, binary()}.
class(Name) ->
    case find(Name) of
        {ok, Class} -> {ok, text(class_text(Class))};
        error -> {error, unknown_class(Name)}
    end.

find(Name) ->
    try binary_to_existing_atom(Name) of
        Class ->
            case beamtalk_class_registry:is_registered(Class) of
                true -> {ok, Class};
                false -> error
            end
    catch
        error:badarg -> error
    end.

unknown_class(Name) ->
    text(["Unknown class: ", Name, ". Use Beamtalk allClasses to see the classes there are."]).

class_text('Metaclass' = Class) ->
    [header(Class), $\n, doc(Class), "Class methods:\n  new\n  spawn\n  spawnWith:\n", instance_methods(Class), closing()];
class_text(Class) ->
    [header(Class), $\n, modifiers(Class), doc(Class), instance_methods(Class), inherited(Class), closing()].

header('Metaclass') ->
    "== Metaclass ==";
header(Class) ->
    case beamtalk_class_registry:superclass_of(Class) of
        none -> ["== ", name(Class), " =="];
        Superclass -> ["== ", name(Class), " < ", name(Superclass), " =="]
    end.

modifiers(Class) ->
    case [["[", atom_to_binary(M), "]"] || M <- [sealed, abstract], lists:member(M, beamtalk_class_registry:modifiers_of(Class))] of
        [] -> [];
        Found -> [lists:join(" ", Found), "\n"]
    end.

doc(Class) ->
    case beamtalk_reflection:doc(beamtalk_class_registry:class_ref(Class)) of
        nil -> [];
        Doc -> [Doc, "\n"]
    end.

instance_methods(Class) ->
    case lists:sort([{name(element(1, M)), element(2, M)} || M <- methods(Class)]) of
        [] -> [];
        Own -> ["Instance methods:\n", [["  ", Selector, mark(Sealed), "\n"] || {Selector, Sealed} <- Own]]
    end.

mark(true) -> " [sealed]";
mark(_) -> [].

methods(Class) ->
    maps:get(methods, beamtalk_class_registry:meta(Class), []).

inherited(Class) ->
    [from(Ancestor) || Ancestor <- tl(beamtalk_class_registry:ancestors(Class)), methods(Ancestor) =/= []].

from(Class) ->
    Selectors = lists:sort([name(element(1, M)) || M <- methods(Class)]),
    Count = length(Selectors),
    Names =
        case Count =< ?LISTED of
            true -> lists:join(", ", Selectors);
            false -> [lists:join(", ", lists:sublist(Selectors, ?SHOWN)), ", ... (", integer_to_list(Count - ?SHOWN), " more)"]
        end,
    ["Inherited from ", name(Class), " (", integer_to_list(Count), " methods): ", Names, "\n"].

closing() ->
    "Use :help ClassName selector for method details.".

%% @doc Help on a method, wherever in the hierarchy it is defined. `C class' means the class side.
-spec method(binary(), binary()) -> {ok, binary()} | {error, binary()}.
method(ClassName, Selector) ->
    {Name, Side} =
        case binary:split(ClassName, <<" ">>) of
            [Plain] -> {Plain, methods};
            [Plain, _] -> {Plain, class_methods}
        end,
    case find(Name) of
        {ok, Class} -> found(lookup(Class, Selector, Side), Class, ClassName, Selector);
        error -> {error, unknown_class(Name)}
    end.

lookup('Metaclass', Selector, _) when Selector =:= <<"new">>; Selector =:= <<"spawn">>; Selector =:= <<"spawnWith:">> ->
    made;
lookup(Class, Selector, Side) ->
    Defining = [
        {C, M}
     || C <- beamtalk_class_registry:ancestors(Class),
        M <- maps:get(Side, beamtalk_class_registry:meta(C), []),
        name(element(1, M)) =:= Selector
    ],
    case Defining of
        [First | _] -> First;
        [] -> none
    end.

found(none, _, ClassName, Selector) ->
    {error, text([ClassName, " does not understand ", Selector, ". Use :help ", ClassName, " to see its methods."])};
found(made, _, ClassName, Selector) ->
    {ok, text([ClassName, " >> ", Selector, "\n  Makes an instance of the receiver, a class."])};
found({Defining, {_, _, _, _, Doc, _, Signature}}, Class, ClassName, Selector) ->
    From = [["(inherited from ", name(Defining), ")\n"] || Defining =/= Class],
    Source = maps:get(source, beamtalk_class_registry:meta(Defining), <<>>),
    Text =
        case beamtalk_source:doc(Source, Doc) of
            nil -> [];
            Found -> ["\n", Found]
        end,
    {ok, text(string:trim([ClassName, " >> ", Selector, "\n", From, "  ", Signature, "\n", Text], trailing, "\n"))}.

name(Atom) -> atom_to_binary(Atom).

text(Chars) -> unicode:characters_to_binary(Chars).
