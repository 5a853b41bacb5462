%%% @doc What `BenchActor.bt' does, as a gen_server.
-module(bench_peer_server).
-behaviour(gen_server).

-export([start/0, init/1, handle_call/3, handle_cast/2]).

start() ->
    {ok, Pid} = gen_server:start(?MODULE, [], []),
    Pid.

init([]) -> {ok, #{count => 0, name => <<>>}}.

handle_call(next, _, #{count := Count} = State) -> {reply, Count + 1, State#{count := Count + 1}};
handle_call({advance, Times}, _, State) ->
    New = advance(Times, State),
    {reply, maps:get(count, New), New}.

handle_cast(next, #{count := Count} = State) -> {noreply, State#{count := Count + 1}}.

advance(0, State) -> State;
advance(Times, #{count := Count} = State) -> advance(Times - 1, State#{count := Count + 1}).
