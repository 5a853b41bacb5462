%%% @doc Methods that stand in for extensions of plain values.
%%%
%%% Messages to numbers, strings and their like go straight to the module of their class. So when an extension takes the place of a method there, the
%%% class is made again with a method that calls it; when the extension goes, with the method it had. Called by `beamtalk_extensions'.
-module(beamtalk_stand_in).

-export([change/3]).

%% Where the text of the method that was replaced is kept.
-define(ORIGINAL(Class, Selector), {?MODULE, Class, Selector}).

-spec change(atom(), Selector :: atom(), take | give_back) -> ok.
change(Class, Selector, take) ->
    Key = ?ORIGINAL(Class, Selector),
    _ = [persistent_term:put(Key, text_of(Class, Selector)) || persistent_term:get(Key, none) =:= none],
    patch(Class, Selector, stand_in(Class, Selector));
change(Class, Selector, give_back) ->
    Key = ?ORIGINAL(Class, Selector),
    case persistent_term:get(Key, none) of
        none ->
            ok;
        Text ->
            _ = persistent_term:erase(Key),
            patch(Class, Selector, Text)
    end.

text_of(Class, Selector) ->
    #{source := Text} = beamtalk_reflection:method_named(Class, Selector),
    Text.

%% `at: a1 put: a2 => Erlang beamtalk_extensions call: ...'
stand_in(Class, Selector) ->
    Parts = parts(atom_to_binary(Selector), beamtalk_selector:arity(Selector)),
    Header = lists:join($\s, [[Part, [[$\s, Name] || Name =/= none]] || {Part, Name} <- Parts]),
    Arguments = lists:join(<<", ">>, [Name || {_, Name} <- Parts, Name =/= none]),
    Call = "Erlang beamtalk_extensions call: #'~ts' with: #'~ts' with: #(~ts) with: self",
    [Header, " => ", io_lib:format(Call, [Class, Selector, Arguments])].

parts(Selector, 0) ->
    [{Selector, none}];
parts(Selector, Arity) ->
    Words =
        case binary:split(Selector, <<":">>, [global, trim]) of
            [Selector] -> [Selector];
            Keywords -> [<<Word/binary, ":">> || Word <- Keywords]
        end,
    lists:zip(Words, [<<"a", (integer_to_binary(I))/binary>> || I <- lists:seq(1, Arity)]).

%% The extensions of the class stay what they are: nobody loaded it.
patch(Class, Selector, Text) ->
    Name = atom_to_binary(Class),
    Method = unicode:characters_to_binary([Name, " >> ", Text]),
    case beamtalk_extensions:keeping(Class, fun() -> beamtalk_source_loader:patch(Name, Method) end) of
        {ok, _} ->
            ok;
        {error, Failure} ->
            Report = #{event => extension_not_in_place, class => Class, selector => Selector, failure => Failure},
            beamtalk_log:log(warning, runtime, Report)
    end.
