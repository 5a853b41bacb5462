%%% @doc Reads what somebody typed behind `:help' and asks `beamtalk_help'.
-module(beamtalk_help_topic).

-export([text/1]).

%% @doc `Integer', `Integer +', `Integer >> +'. Names nobody has used yet make no atom.
-spec text(binary()) -> {ok, binary()} | {error, binary()}.
text(Topic) ->
    case string:lexemes(Topic, " \t") of
        [Class] -> class(Class);
        [Class, <<">>">>, Selector] -> method(Class, unquoted(Selector));
        [Class, Selector] -> method(Class, unquoted(Selector));
        _ -> {error, <<"Usage: :help ClassName [selector]">>}
    end.

unquoted(<<"#", Selector/binary>>) when Selector =/= <<>> -> Selector;
unquoted(Selector) -> Selector.

class(Name) ->
    case existing(Name) of
        {ok, Class} -> beamtalk_help:class(Class);
        error -> {error, <<"Unknown class: ", Name/binary, ". Use Beamtalk allClasses to see the classes there are.">>}
    end.

method(Name, Selector) ->
    case {existing(Name), existing(Selector)} of
        {{ok, Class}, {ok, Known}} -> beamtalk_help:method(Class, Known);
        {{ok, _}, error} -> {error, <<Name/binary, " does not understand ", Selector/binary, ". Use :help ", Name/binary, " to see its methods.">>};
        {error, _} -> class(Name)
    end.

existing(Name) ->
    try
        {ok, binary_to_existing_atom(Name)}
    catch
        error:badarg -> error
    end.
