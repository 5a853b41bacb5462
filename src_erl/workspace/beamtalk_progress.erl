%%% @doc How far long work has come, in one line of a terminal. Where nobody looks it says nothing.
-module(beamtalk_progress).

-export([new/0, start/2, step/1, stop/1]).
-export([is_shown/0]).

-export_type([progress/0]).

-opaque progress() :: #{shown := boolean(), numbers := atomics:atomics_ref()}.

%% @doc Does somebody look? The launcher knows whether standard error is a terminal that can take a line away again.
-spec is_shown() -> boolean().
is_shown() ->
    os:getenv("BEAMTALK_PROGRESS") =:= "1".

-spec new() -> progress().
new() ->
    #{shown => is_shown(), numbers => atomics:new(2, [])}.

%% @doc So many pieces are to be done.
-spec start(progress(), non_neg_integer()) -> ok.
start(#{numbers := Numbers}, Total) ->
    atomics:put(Numbers, 2, Total).

%% @doc One of them is.
-spec step(progress()) -> ok.
step(#{shown := Shown, numbers := Numbers}) ->
    Done = atomics:add_get(Numbers, 1, 1),
    Total = max(Done, atomics:get(Numbers, 2)),
    _ = Shown andalso io:put_chars(standard_error, io_lib:format("\r  ~b of ~b", [Done, Total])),
    ok.

%% @doc Takes the line away.
-spec stop(progress()) -> ok.
stop(#{shown := Shown, numbers := Numbers}) ->
    _ = Shown andalso atomics:get(Numbers, 1) > 0 andalso io:put_chars(standard_error, "\r\e[K"),
    ok.
