%%% @doc What a session remembers between inputs: variables and the last error. Pure.
-module(beamtalk_repl_state).

-export([new/0, new/1, bindings/1, set_bindings/2, known_names/1, visible/1, clear/1, record_error/2]).
-export([loaded/2, last_loaded/1]).

-export_type([state/0]).

-opaque state() :: #{bindings := map(), last_loaded := none | term()}.

-spec new() -> state().
new() ->
    new(#{}).

-spec new(map()) -> state().
new(Bindings) ->
    #{bindings => Bindings, last_loaded => none}.

-spec bindings(state()) -> map().
bindings(#{bindings := Bindings}) -> Bindings.

-spec set_bindings(map(), state()) -> state().
set_bindings(Bindings, State) -> State#{bindings := Bindings}.

%% @doc Names an input may read. Names with two underscores in front are the system's own.
-spec known_names(map()) -> [binary()].
known_names(Bindings) ->
    lists:sort([atom_to_binary(Key) || Key <- maps:keys(Bindings), not is_own(Key)]).

%% @doc Variables to show, sorted by name.
-spec visible(state()) -> [{binary(), term()}].
visible(#{bindings := Bindings}) ->
    Shared = beamtalk_workspace_objects:names(),
    lists:sort([{atom_to_binary(Key), V} || {Key, V} <- maps:to_list(Bindings), not is_own(Key), not lists:member(Key, Shared)]).

is_own(Key) ->
    case atom_to_binary(Key) of
        <<"__", _/binary>> -> true;
        _ -> false
    end.

-spec clear(state()) -> state().
clear(State) -> State#{bindings := #{}}.

%% @doc The exception is bound to `_error' until the next one.
-spec record_error(beamtalk_failure:failure(), state()) -> state().
record_error(Failure, #{bindings := Bindings} = State) ->
    case beamtalk_failure:exception(Failure) of
        {ok, Exception} -> State#{bindings := Bindings#{'_error' => Exception}};
        none -> State
    end.

%% @doc A file or directory was loaded; `reload' means it.
-spec loaded(term(), state()) -> state().
loaded(What, State) -> State#{last_loaded := What}.

-spec last_loaded(state()) -> none | term().
last_loaded(#{last_loaded := What}) -> What.
