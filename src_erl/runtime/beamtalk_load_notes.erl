%%% @doc What registration has to tell the loader: warnings, and why a module was refused.
%%%
%%% A refused registration makes `on_load' fail, and the code server passes no reason on; so the error waits here.
-module(beamtalk_load_notes).

-export([warn/2, take_warnings/0, take_warnings/1, refuse/2, take_refusal/1, expect/1, take_expected/1]).

-spec warn(atom(), binary()) -> ok.
warn(Class, Text) ->
    Key = {warning, erlang:unique_integer([monotonic])},
    true = ets:insert(beamtalk_load_notes, {Key, Class, Text}),
    ok.

%% @doc All waiting warnings, oldest first; they are gone afterwards.
-spec take_warnings() -> [{atom(), binary()}].
take_warnings() ->
    take('_').

-spec take_warnings(atom()) -> [{atom(), binary()}].
take_warnings(Class) ->
    take(Class).

take(Class) ->
    Rows = ets:match_object(beamtalk_load_notes, {{warning, '_'}, Class, '_'}),
    [
        begin
            true = ets:delete(beamtalk_load_notes, Key),
            {C, Text}
        end
     || {Key, C, Text} <- Rows
    ].

-spec refuse(module(), beamtalk_error:error()) -> ok.
refuse(Module, Error) ->
    true = ets:insert(beamtalk_load_notes, {{refused, Module}, Error}),
    ok.

-spec take_refusal(module()) -> beamtalk_error:error() | none.
take_refusal(Module) ->
    case ets:take(beamtalk_load_notes, {refused, Module}) of
        [{_, Error}] -> Error;
        [] -> none
    end.

%% @doc The class of this module is registered already; the module itself will be loaded when it is first called.
-spec expect(module()) -> ok.
expect(Module) ->
    true = ets:insert(beamtalk_load_notes, {{expected, Module}}),
    ok.

-spec take_expected(module()) -> boolean().
take_expected(Module) ->
    ets:take(beamtalk_load_notes, {expected, Module}) =/= [].
