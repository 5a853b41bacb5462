%%% @doc Help texts of classes and methods, for `:help' and the editor.
-module(beamtalk_help).

-export([class/1, method/2, class_method/2]).

-define(ALL_IF, 5).
-define(SHOWN, 3).

%% @doc Text about a class; no blank lines between the parts.
-spec class(atom()) -> {ok, binary()} | {error, binary()}.
class('Metaclass') ->
    {ok, metaclass()};
class(Class) ->
    case beamtalk_class_registry:whereis_class(Class) of
        undefined -> {error, unknown(Class)};
        Ref -> {ok, lines(class_lines(Class, Ref))}
    end.

class_lines(Class, Ref) ->
    [heading(Class) | modifiers(Class)] ++
        text(beamtalk_reflection:doc(Ref)) ++
        ["Instance methods:" | [method_line(Class, S) || S <- beamtalk_reflection:methods(Ref)]] ++
        class_side(beamtalk_reflection:defined_class_methods(Class)) ++
        [inherited(C, Selectors) || {C, [_ | _] = Selectors} <- inherited(Class)] ++
        ["Use :help ClassName selector for method details."].

heading(Class) ->
    case beamtalk_class_registry:superclass_of(Class) of
        none -> ["== ", atom_to_binary(Class), " =="];
        Superclass -> ["== ", atom_to_binary(Class), " < ", atom_to_binary(Superclass), " =="]
    end.

modifiers(Class) ->
    case [["[", atom_to_binary(M), "]"] || M <- [sealed, abstract], lists:member(M, beamtalk_class_registry:modifiers_of(Class))] of
        [] -> [];
        Marks -> [lists:join(" ", Marks)]
    end.

text(nil) -> [];
text(Doc) -> [Doc].

method_line(Class, Selector) ->
    Mark =
        case beamtalk_reflection:method_info(Class, Selector) of
            {_, true, _, _, _, _, _} -> " [sealed]";
            _ -> ""
        end,
    ["  ", atom_to_binary(Selector), Mark].

class_side([]) -> [];
class_side(Selectors) -> ["Class methods:" | [["  ", atom_to_binary(S)] || S <- Selectors]].

%% What each ancestor gives, the nearest first. A method that a class nearer by has too is not inherited.
inherited(Class) ->
    {Groups, _} = lists:mapfoldl(
        fun(Ancestor, Nearer) -> {{Ancestor, own(Ancestor) -- Nearer}, own(Ancestor) ++ Nearer} end,
        own(Class),
        beamtalk_class_registry:ancestors(Class) -- [Class]
    ),
    Groups.

inherited(Class, Selectors) ->
    N = length(Selectors),
    {Shown, Rest} =
        case N =< ?ALL_IF of
            true -> {Selectors, ""};
            false -> {lists:sublist(Selectors, ?SHOWN), io_lib:format(", ... (~b more)", [N - ?SHOWN])}
        end,
    Names = lists:join(", ", [atom_to_binary(S) || S <- Shown]),
    io_lib:format("Inherited from ~ts (~b methods): ~ts~ts", [Class, N, Names, Rest]).

own(Class) ->
    beamtalk_reflection:methods(beamtalk_class_registry:class_ref(Class)).

%% @doc Text about one method, found in the class or an ancestor; a class method if no instance method has the name.
-spec method(atom(), atom()) -> {ok, binary()} | {error, binary()}.
method('Metaclass', Selector) when Selector =:= new; Selector =:= spawn; Selector =:= 'spawnWith:' ->
    {ok, lines(["Metaclass >> " ++ atom_to_list(Selector), "  " ++ atom_to_list(Selector), "" | maker(Selector)])};
method(Class, Selector) ->
    case beamtalk_class_registry:whereis_class(Class) of
        undefined -> {error, unknown(Class)};
        Ref -> found(Class, Selector, beamtalk_reflection:which_class_includes_selector(Ref, Selector))
    end.

%% Instances first: `:help String reverse'. Then the class itself: `:help DateTime now'.
found(Class, Selector, nil) ->
    class_method(Class, Selector);
found(Class, Selector, {beamtalk_object, _, _, Defining}) ->
    Info = beamtalk_reflection:method_info(Defining, Selector),
    {ok, about(Class, " >> ", Selector, Defining, Info, beamtalk_reflection:method_doc(Defining, Selector))}.

%% @doc Text about one method of the class side.
-spec class_method(atom(), atom()) -> {ok, binary()} | {error, binary()}.
class_method(Class, Selector) ->
    case {beamtalk_class_registry:is_registered(Class), beamtalk_reflection:class_method_info(Class, Selector)} of
        {false, _} ->
            {error, unknown(Class)};
        {true, none} ->
            Text = "~ts does not understand ~ts. Use :help ~ts to see its methods.",
            {error, unicode:characters_to_binary(io_lib:format(Text, [Class, Selector, Class]))};
        {true, {Defining, {_, _, _, _, Range, _, _} = Info}} ->
            Doc = beamtalk_source:doc(maps:get(source, beamtalk_class_registry:meta(Defining), <<>>), Range),
            {ok, about(Class, " class >> ", Selector, Defining, Info, Doc)}
    end.

about(Class, Side, Selector, Defining, Info, Doc) ->
    Inherited = [["(inherited from ", atom_to_binary(Defining), ")"] || Defining =/= Class],
    Heading = [atom_to_binary(Class), Side, atom_to_binary(Selector)],
    lines([Heading | Inherited] ++ [["  ", signature(Defining, Selector, Info)] | [["\n", Doc] || Doc =/= nil]]).

signature(Class, Selector, Info) ->
    case Info of
        {_, _, _, _, _, _, {Start, End}} when End > Start ->
            beamtalk_source:slice(maps:get(source, beamtalk_class_registry:meta(Class), <<>>), Start, End);
        _ ->
            atom_to_binary(Selector)
    end.

metaclass() ->
    lines(
        ["== Metaclass ==", "The class of a class object: what a class itself understands.", "Methods of every class:"] ++
            [["  ", atom_to_binary(S)] || S <- [new, 'new:', spawn, 'spawnWith:']] ++
            [method_line('Metaclass', S) || S <- own('Metaclass')] ++
            ["Use :help ClassName selector for method details."]
    ).

maker(new) -> ["Makes an instance of a value class with every field at its default."];
maker(spawn) -> ["Starts an actor with every field at its default and runs initialize."];
maker('spawnWith:') -> ["Starts an actor with fields from a Dictionary and runs initialize."].

unknown(Class) ->
    unicode:characters_to_binary(
        io_lib:format("Unknown class: ~ts. Beamtalk allClasses lists the classes there are.", [Class])
    ).

lines(Lines) ->
    unicode:characters_to_binary(lists:join("\n", Lines)).
