%%% @doc What the suites with many processes share: their length, nodes of their own, waiting for a condition.
-module(beamtalk_stress).

-export([factor/0, peer/1, wait_for/1, finish/1, mailbox/0]).
%% Called by the classes of the suites.
-export([gate/1, terminated/1, echo/1]).

%% @doc How many times longer than in `make test' the suites run: BEAMTALK_STRESS, 1 without it.
-spec factor() -> pos_integer().
factor() ->
    list_to_integer(os:getenv("BEAMTALK_STRESS", "1")).

%% @doc A node with the code paths of this one, linked to the caller. No network is needed.
-spec peer([string()]) -> {ok, pid()}.
peer(Arguments) ->
    Paths = lists:append([["-pa", Dir] || Dir <- lists:reverse(code:get_path()), filelib:is_dir(Dir)]),
    {ok, Peer, _} = peer:start_link(#{connection => standard_io, args => Arguments ++ Paths}),
    {ok, Peer}.

%% @doc Returns when the condition holds; fails after half a minute.
-spec wait_for(fun(() -> boolean())) -> ok.
wait_for(Condition) ->
    wait_for(Condition, 3000).

wait_for(Condition, Tries) ->
    case Condition() of
        true ->
            ok;
        false when Tries > 0 ->
            timer:sleep(10),
            wait_for(Condition, Tries - 1);
        false ->
            error(condition_never_held)
    end.

%% @doc Tells a worker to finish; how often it did its work, which it exits with as `{finished, N}'.
-spec finish({pid(), reference()}) -> non_neg_integer().
finish({Pid, Ref}) ->
    Pid ! finish,
    receive
        {'DOWN', Ref, process, Pid, {finished, N}} -> N;
        {'DOWN', Ref, process, Pid, Reason} -> ct:fail(Reason)
    end.

%% @doc Holds an actor, or an input of the evaluator, inside of a message until it is told to go.
-spec gate(pid()) -> went.
gate(Pid) ->
    Pid ! {inside, self()},
    receive
        go -> went
    end.

%% @doc A function that no engine has of its own.
-spec echo(Value) -> Value.
echo(Value) ->
    Value.

%% @doc Says that an actor's `terminate' runs, if somebody wants to know.
-spec terminated(pid() | nil) -> term().
terminated(nil) -> nil;
terminated(Pid) -> Pid ! {terminated, self()}.

%% @doc What waits in the mailbox of the calling process.
-spec mailbox() -> [term()].
mailbox() ->
    {messages, Messages} = process_info(self(), messages),
    Messages.
