%%% @doc Reads what somebody typed behind `:help' and asks `beamtalk_help'.
-module(beamtalk_help_topic).

-export([text/1]).

%% @doc `Integer', `Integer +', `Integer >> +', `Integer class >> +'; `Transcript' and the like stand for their classes. Names nobody has used yet make no atom.
-spec text(binary()) -> {ok, binary()} | {error, binary()}.
text(Topic) ->
    case string:lexemes(Topic, " \t") of
        [Class] -> class(Class);
        [Class, <<">>">>, Selector] -> method(Class, unquoted(Selector));
        [Class, <<"class">>, <<">>">>, Selector] -> class_method(Class, unquoted(Selector));
        [Class, <<"class">>, Selector] -> class_method(Class, unquoted(Selector));
        [Class, Selector] -> method(Class, unquoted(Selector));
        _ -> {error, <<"Usage: :help ClassName [selector]">>}
    end.

unquoted(<<"#", Selector/binary>>) when Selector =/= <<>> -> Selector;
unquoted(Selector) -> Selector.

class(Name) ->
    case known(Name) of
        {ok, Class} -> beamtalk_help:class(Class);
        error -> {error, <<"Unknown class: ", Name/binary, ". Use Beamtalk allClasses to see the classes there are.">>}
    end.

method(Name, Selector) -> method(Name, Selector, fun beamtalk_help:method/2).

class_method(Name, Selector) -> method(Name, Selector, fun beamtalk_help:class_method/2).

method(Name, Selector, Text) ->
    case {known(Name), existing(Selector)} of
        {{ok, Class}, {ok, Known}} -> Text(Class, Known);
        {{ok, _}, error} -> {error, <<Name/binary, " does not understand ", Selector/binary, ". Use :help ", Name/binary, " to see its methods.">>};
        {error, _} -> class(Name)
    end.

known(Name) ->
    case existing(Name) of
        {ok, Class} -> {ok, class_of_global(Class, beamtalk_class_registry:is_registered(Class))};
        error -> error
    end.

class_of_global(Name, true) ->
    Name;
class_of_global(Name, false) ->
    case beamtalk_message_dispatch:global(Name) of
        {beamtalk_object, Class, _, _} -> Class;
        _ -> Name
    end.

existing(Name) ->
    try
        {ok, binary_to_existing_atom(Name)}
    catch
        error:badarg -> error
    end.
