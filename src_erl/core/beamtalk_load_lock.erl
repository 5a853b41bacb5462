%%% @doc One load of a module at a time.
%%%
%%% The code server serves loads from several processes one by one, but purging the old version and loading the new one are
%%% two requests, and a module that registers itself in `on_load' is a third: two loads of one module in each other's way
%%% end in `not_purged', or in a caller that waits for ever. Different modules do not wait for each other.
-module(beamtalk_load_lock).

-export([run/2]).

%% @doc Runs `Fun' while no other process of this node does so for `Module'. Ends with its holder, also when that is killed. The holder
%% may take it again.
-spec run(module(), fun(() -> Result)) -> Result.
run(Module, Fun) ->
    global:trans({{?MODULE, Module}, self()}, Fun, [node()]).
