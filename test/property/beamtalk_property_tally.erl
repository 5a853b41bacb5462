%%% @doc What a model counts while a program runs on it, in the process dictionary: the steps it may still take, and what has happened.
-module(beamtalk_property_tally).

-export([limit/1, step/0, event/1, events/0]).

%% @doc So many steps from now on.
-spec limit(pos_integer()) -> ok.
limit(Steps) ->
    _ = put(steps, Steps),
    ok.

%% @doc One step; throws `too_long' where none is left.
-spec step() -> ok.
step() ->
    case get(steps) of
        0 -> throw(too_long);
        N ->
            _ = put(steps, N - 1),
            ok
    end.

%% @doc Something has happened that the programs are about.
-spec event(atom()) -> ok.
event(Event) ->
    Key = {event, Event},
    _ = put(Key, counted(get(Key)) + 1),
    ok.

counted(undefined) -> 0;
counted(N) -> N.

%% @doc How often each has happened.
-spec events() -> #{atom() => pos_integer()}.
events() ->
    maps:from_list([{Event, Count} || {{event, Event}, Count} <- get()]).
