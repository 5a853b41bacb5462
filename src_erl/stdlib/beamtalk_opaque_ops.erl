%%% @doc Texts and tests of the opaque terms of the platform: Pid, Port, Reference.
-module(beamtalk_opaque_ops).

-export([asString/1, isAlive/1]).

-spec asString(pid() | port() | reference()) -> binary().
asString(Term) ->
    beamtalk_printer:print_string(Term).

%% @doc A process of another node is not asked; it counts as alive while the node is connected.
-spec isAlive(pid()) -> boolean().
isAlive(Pid) when node(Pid) =:= node() -> is_process_alive(Pid);
isAlive(Pid) -> lists:member(node(Pid), nodes(connected)).
