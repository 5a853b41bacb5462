%%% @doc Which names a package can have. Pure.
-module(beamtalk_package_name).

-export([check/1]).

-define(LONGEST, 64).
-define(CORE, [<<"beamtalk">>, <<"stdlib">>, <<"kernel">>, <<"runtime">>, <<"workspace">>, <<"compiler">>]).
-define(OTP, [
    <<"common_test">>, <<"crypto">>, <<"dialyzer">>, <<"eunit">>, <<"inets">>, <<"mnesia">>, <<"observer">>, <<"public_key">>,
    <<"sasl">>, <<"ssh">>, <<"ssl">>, <<"tools">>, <<"xmerl">>
]).

%% @doc Is this a name for a package? If not: why, and which name would do.
-spec check(binary()) -> ok | {error, unicode:chardata()}.
check(Name) ->
    case problem(Name) of
        none -> ok;
        Why -> {error, ["Invalid package name '", Name, "': ", Why, suggestion(Name)]}
    end.

problem(<<>>) ->
    "package name must not be empty";
problem(Name) ->
    First = unicode:characters_to_list(string:slice(Name, 0, 1)),
    Length = string:length(Name),
    Strange = re:run(Name, "[^a-z0-9_]", [unicode, {capture, first, binary}]),
    case {First, Strange} of
        {[C | _], _} when C < $a; C > $z ->
            ["package name must start with a lowercase letter, found '", First, "'"];
        _ when Length > ?LONGEST ->
            io_lib:format("package name is too long (~b chars, max ~b)", [Length, ?LONGEST]);
        {_, {match, [Character]}} ->
            ["package name must contain only lowercase letters, digits, and underscores \x{2014} found '", Character, "'"];
        _ ->
            taken(Name)
    end.

taken(Name) ->
    case {lists:member(Name, ?CORE), lists:member(Name, ?OTP)} of
        {true, _} -> "is a reserved package name (conflicts with Beamtalk core)";
        {_, true} -> "conflicts with an Erlang/OTP standard application";
        _ -> none
    end.

%% Offered only if it helps.
suggestion(Name) ->
    Steps = [
        {"([a-z0-9])([A-Z])", "\\1_\\2"},
        {"([A-Z]+)([A-Z][a-z])", "\\1_\\2"},
        {"[^A-Za-z0-9_]", "_"},
        {"^[^A-Za-z]+", ""},
        {"__+", "_"},
        {"_+$", ""}
    ],
    Replaced = lists:foldl(fun({From, To}, Text) -> re:replace(Text, From, To, [global, unicode, {return, binary}]) end, Name, Steps),
    Better = string:lowercase(Replaced),
    case Better =/= Name andalso problem(Better) =:= none of
        true -> [" (try '", Better, "')"];
        false -> ""
    end.
