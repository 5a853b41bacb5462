%%% @doc The sender's half of messages to actors.
%%%
%%% Delivery always happens in the sending process, so sends are causal. `isAlive', `stop', `kill' and `monitor' need no
%%% cooperation of the actor, so that they work on dead ones.
-module(beamtalk_actor_send).

-include("beamtalk.hrl").

-export([send/5, tell/4, ask/4, ask/5, dead/2, is_alive/1]).

-define(ASK_MS, 30000).
-define(STOP_MS, 5000).

%% `[alias | Ref]' is how gen tags a call that is answered through an alias.
-dialyzer({no_improper_lists, ask/5}).

%% @doc A send: answers a future at once.
-spec send(beamtalk_tag:actor(), pid(), atom(), atom(), [term()]) -> beamtalk_future:future().
send(_, P, _, isAlive, []) ->
    beamtalk_future:resolved(is_alive(P));
send(_, P, _, stop, []) ->
    F = beamtalk_future:stopping(P),
    P ! {'$gen_cast', '$beamtalk_stop'},
    {beamtalk_future, F};
send(_, P, _, kill, []) ->
    beamtalk_future:resolved(kill(P));
send(_, P, _, monitor, []) ->
    beamtalk_future:resolved(erlang:monitor(process, P));
send(R, P, 'TranscriptStream' = Class, Sel, []) when Sel =:= subscribe; Sel =:= unsubscribe ->
    send(R, P, Class, of_session(Sel), [group_leader()]);
send(_, P, 'TranscriptStream' = Class, 'show:' = Sel, [A] = Args) ->
    Future = sent(P, Class, Sel, Args),
    ok = beamtalk_transcript_flow:sent(P, A),
    Future;
send(_, P, Class, Sel, Args) ->
    sent(P, Class, Sel, Args).

sent(P, Class, Sel, Args) ->
    Ref = make_ref(),
    P ! {?BT_SEND, Ref, Sel, Args},
    {beamtalk_future, {Ref, P, Class, Sel}}.

%% @doc A send whose value nobody uses.
-spec tell(pid(), atom(), atom(), [term()]) -> nil.
tell(P, _, stop, []) ->
    P ! {'$gen_cast', '$beamtalk_stop'},
    nil;
tell(P, _, kill, []) ->
    true = exit(P, kill),
    ok = beamtalk_object_instances:remove(P),
    nil;
tell(_, _, isAlive, []) ->
    nil;
tell(P, _, monitor, []) ->
    _ = erlang:monitor(process, P),
    nil;
tell(P, 'TranscriptStream' = Class, Sel, []) when Sel =:= subscribe; Sel =:= unsubscribe ->
    tell(P, Class, of_session(Sel), [group_leader()]);
tell(P, 'TranscriptStream', 'show:' = Sel, [A]) ->
    P ! {?BT_TELL, Sel, A},
    ok = beamtalk_transcript_flow:sent(P, A),
    nil;
tell(P, 'TranscriptStream', cr = Sel, []) ->
    P ! {?BT_TELL, Sel},
    ok = beamtalk_transcript_flow:sent(P, nil),
    nil;
tell(P, _, Sel, []) ->
    P ! {?BT_TELL, Sel},
    nil;
tell(P, _, Sel, [A]) ->
    P ! {?BT_TELL, Sel, A},
    nil;
tell(P, _, Sel, Args) ->
    P ! {'$gen_cast', {Sel, Args}},
    nil.

%% Only the sender knows which session subscribes: its group leader.
of_session(subscribe) -> 'subscribe:';
of_session(unsubscribe) -> 'unsubscribe:'.

%% @doc A send and await in one: a synchronous call without a future.
-spec ask(pid(), atom(), atom(), [term()]) -> term().
ask(P, Class, Sel, Args) ->
    ask(P, Class, Sel, Args, ?ASK_MS).

-spec ask(pid(), atom(), atom(), [term()], timeout()) -> term().
ask(P, _, isAlive, [], _) ->
    is_alive(P);
ask(P, _, stop, [], _) ->
    stop(P);
ask(P, _, kill, [], _) ->
    kill(P);
ask(P, _, monitor, [], _) ->
    erlang:monitor(process, P);
ask(P, 'TranscriptStream' = Class, Sel, [], Ms) when Sel =:= subscribe; Sel =:= unsubscribe ->
    ask(P, Class, of_session(Sel), [group_leader()], Ms);
ask(P, _, _, _, _) when P =:= self() ->
    %% The answer could only come after this message; the limit is known to be reached.
    beamtalk_error:raise(beamtalk_future:timeout_error());
ask(P, Class, Sel, Args, Ms) ->
    %% What gen_server:call does, without its wrapping of exit reasons.
    Ref = erlang:monitor(process, P, [{alias, demonitor}]),
    P ! {'$gen_call', {self(), [alias | Ref]}, {Sel, Args}},
    receive
        {[alias | Ref], Reply} ->
            _ = erlang:demonitor(Ref, [flush]),
            answer(Reply, Ms);
        {'DOWN', Ref, process, _, _} ->
            beamtalk_error:raise(dead(Class, Sel))
    after Ms ->
        _ = erlang:demonitor(Ref, [flush]),
        receive
            {[alias | Ref], Reply} -> answer(Reply, Ms)
        after 0 -> beamtalk_error:raise(beamtalk_future:timeout_error())
        end
    end.

answer({ok, {beamtalk_future, _} = F}, Ms) -> beamtalk_future:await(F, Ms);
answer({ok, V}, _) -> V;
answer({error, Reason}, _) -> beamtalk_exception_handler:raise_rejection(Reason).

%% @doc The exception of a message to a dead actor.
-spec dead(atom(), atom()) -> beamtalk_error:exception().
dead(Class, Sel) ->
    Error = beamtalk_error:new(actor_dead, Class, Sel),
    Hint = <<"Use 'isAlive' to check, or use monitors for lifecycle events">>,
    beamtalk_error:to_exception(beamtalk_error:with_hint(Error, Hint)).

-spec is_alive(pid()) -> boolean().
is_alive(P) when node(P) =:= node() ->
    is_process_alive(P);
is_alive(P) ->
    try
        erpc:call(node(P), erlang, is_process_alive, [P], ?STOP_MS)
    catch
        error:{erpc, _} -> false
    end.

kill(P) ->
    Ref = erlang:monitor(process, P),
    true = exit(P, kill),
    receive
        {'DOWN', Ref, process, _, _} -> beamtalk_object_instances:remove(P)
    end.

stop(P) when P =:= self() ->
    beamtalk_actor:stop_after_message();
stop(P) ->
    Ref = erlang:monitor(process, P),
    P ! {'$gen_cast', '$beamtalk_stop'},
    receive
        {'DOWN', Ref, process, _, _} -> ok
    after ?STOP_MS ->
        _ = erlang:demonitor(Ref, [flush]),
        beamtalk_error:raise(beamtalk_future:timeout_error())
    end.
