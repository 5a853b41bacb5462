%%% @doc Keeps one input from its second slice on: starts the worker, knows who waits, and ends the input when nobody does any more.
%%%
%%% A process per input, which does nothing of the program's itself and so hears everything at once: a caller that dies, a deadline, an interrupt. It is the
%%% input's identity: what is meant for it reaches no later one. The worker answers the waiting process directly where nothing of this has happened.
-module(beamtalk_evaluator_keeper).

-export([start/4, resume/2, wait/3, stop/2, end_soon/2, dismiss/1]).
-export([init/4]).

-export_type([waited/0]).

-type session() :: beamtalk_evaluator_driver:session().
-type budget() :: beamtalk_evaluator_driver:budget().
-type ended() :: beamtalk_evaluator_driver:outcome() | {killed, term()}.
-type waited() :: {ended, ended(), binary()} | {suspended, reductions | timeout} | busy | gone.

-record(kept, {
    session :: session(),
    run :: beamtalk_evaluator_claim:run(),
    worker :: pid(),
    %% Who waits: what it is watched and told by. `none': the input is suspended.
    caller :: {pid(), Monitor :: reference(), Alias :: reference()} | none,
    %% Who waited last.
    last :: pid(),
    at = running :: running | paused | ended,
    %% A budget that came while the worker was in the node.
    more = none :: budget() | none
}).

%% Of an input that is gone nobody knows what it had left.
-define(UNKNOWN, {infinity, infinity}).

%% @doc Goes on from what the machine answered to the first slice of the run; the calling process waits for it.
-spec start(session(), beamtalk_evaluator_claim:run(), First :: term(), budget()) -> {pid(), reference()}.
start(Session, Run, First, Budget) ->
    {Keeper, Alias} = spawn_opt(?MODULE, init, [self(), Session, Run, Budget], [{monitor, [{alias, reply_demonitor}]}]),
    ok = beamtalk_evaluator_claim:hand_over(Session, Run, Keeper),
    Keeper ! {go, Alias, First},
    {Keeper, Alias}.

%% @doc Goes on with an input that is suspended.
-spec resume(pid(), budget()) -> {pid(), reference()}.
resume(Keeper, Budget) ->
    Alias = monitor(process, Keeper, [{alias, reply_demonitor}]),
    Keeper ! {resume, self(), Alias, Budget},
    {Keeper, Alias}.

%% @doc Waits for the end or a pause; a program that waits inside the node past the time limit counts as suspended.
-spec wait({pid(), reference()}, integer() | infinity, non_neg_integer()) -> waited().
wait({Keeper, Alias}, Until, Grace) ->
    receive
        {Alias, Answer} -> Answer;
        {'DOWN', Alias, process, _, _} -> gone
    after remaining(Until, Grace) ->
        %% An answer may be on its way: the keeper knows, and says so in every case.
        Keeper ! {leave, Alias},
        wait({Keeper, Alias}, infinity, Grace)
    end.

remaining(infinity, _) -> infinity;
remaining(Until, Grace) -> max(0, Until - erlang:monotonic_time(millisecond)) + Grace.

%% @doc Ends the input, wherever it is; who waits for it is told `{killed, Why}'. Returns when the session is free.
-spec stop(pid(), term()) -> ok.
stop(Keeper, Why) ->
    Monitor = monitor(process, Keeper),
    ok = end_soon(Keeper, Why),
    receive
        {'DOWN', Monitor, process, _, _} -> ok
    end.

%% @doc The same without waiting.
-spec end_soon(pid(), term()) -> ok.
end_soon(Keeper, Why) ->
    Keeper ! {stop, Why},
    ok.

%% @doc Ends the input if it is suspended and the calling process may do so: the session's owner, or who waited for it last.
-spec dismiss(pid()) -> ok | busy.
dismiss(Keeper) ->
    Alias = monitor(process, Keeper, [{alias, reply_demonitor}]),
    Keeper ! {dismiss, self(), Alias},
    receive
        {Alias, busy} -> busy;
        {'DOWN', Alias, process, _, _} -> ok
    end.

%%% The process

-spec init(pid(), session(), beamtalk_evaluator_claim:run(), budget()) -> ok.
init(Caller, Session, Run, Budget) ->
    _ = process_flag(trap_exit, true),
    Monitor = monitor(process, Caller),
    receive
        {go, Alias, First} ->
            Worker = beamtalk_evaluator_worker:start(Session, Run, First, Budget, Alias),
            loop(#kept{session = Session, run = Run, worker = Worker, caller = {Caller, Monitor, Alias}, last = Caller});
        {'DOWN', Monitor, process, _, _} ->
            %% Its claim ends with it, or with this process.
            ok
    end.

loop(#kept{worker = Worker, caller = Caller} = K) ->
    receive
        {'EXIT', Worker, Reason} ->
            worker_ended(Reason, K);
        {'DOWN', Monitor, process, _, _} when is_tuple(Caller), Monitor =:= element(2, Caller) ->
            %% Nobody gets the answer.
            stopped(interrupted, K);
        {leave, Alias} when is_tuple(Caller), Alias =:= element(3, Caller) ->
            case held(K) of
                true -> loop(suspended(timeout, K));
                false -> loop(K)
            end;
        {resume, From, Alias, Budget} ->
            loop(resumed(From, Alias, Budget, K));
        {paused, Worker, Why} ->
            loop(paused(Why, K));
        {ended, Worker} ->
            loop(ended(K));
        {stop, Why} ->
            stopped(Why, K);
        {dismiss, From, Alias} ->
            case Caller =:= none andalso may_dismiss(From, K) of
                true ->
                    stopped(interrupted, K);
                false ->
                    tell(Alias, busy),
                    loop(K)
            end;
        _ ->
            loop(K)
    end.

may_dismiss(From, #kept{session = Session, last = Last}) ->
    From =:= Last orelse From =:= maps:get(owner, Session, From).

held(#kept{session = Session, run = Run}) -> beamtalk_evaluator_claim:hold(Session, Run).

tell(Alias, Answer) ->
    _ = Alias ! {Alias, Answer},
    ok.

%% Who waits hears of a pause and goes; the input stays.
suspended(Why, #kept{caller = {_, Monitor, Alias}} = K) ->
    _ = demonitor(Monitor, [flush]),
    tell(Alias, {suspended, Why}),
    K#kept{caller = none}.

resumed(_, Alias, _, #kept{caller = {_, _, _}} = K) ->
    tell(Alias, busy),
    K;
resumed(From, Alias, Budget, #kept{at = At} = K) ->
    Now = K#kept{caller = {From, monitor(process, From), Alias}, last = From},
    case At of
        paused -> go_on(Budget, Now);
        ended -> ended(Now);
        %% The worker is in the node and gets it when it comes back.
        running -> Now#kept{more = Budget}
    end.

go_on(Budget, #kept{session = Session, run = Run, worker = Worker, caller = {_, _, Alias}} = K) ->
    ok = beamtalk_evaluator_claim:wait_again(Session, Run),
    Worker ! {self(), go_on, Alias, Budget},
    K#kept{at = running, more = none}.

paused(_, #kept{caller = none} = K) ->
    K#kept{at = paused};
paused(Why, #kept{more = none} = K) ->
    true = held(K),
    suspended(Why, K#kept{at = paused});
paused(_, #kept{more = Budget} = K) ->
    go_on(Budget, K).

%% The worker has an answer and asks whom to tell.
ended(#kept{caller = none} = K) ->
    K#kept{at = ended};
ended(#kept{session = Session, run = Run, worker = Worker, caller = {_, Monitor, Alias}} = K) ->
    _ = demonitor(Monitor, [flush]),
    ok = beamtalk_evaluator_claim:settle(Session, Run),
    ok = beamtalk_evaluator_claim:release(Session),
    Worker ! {self(), tell, Alias},
    K#kept{at = ended}.

stopped(Why, #kept{worker = Worker} = K) ->
    case held(K) of
        true ->
            true = exit(Worker, kill),
            receive
                {'EXIT', Worker, _} -> over({killed, Why}, K)
            end;
        false ->
            receive
                {'EXIT', Worker, _} -> ok
            end
    end.

worker_ended(Reason, #kept{session = Session, run = Run} = K) ->
    case beamtalk_evaluator_claim:is_promised(Session, Run) of
        true -> ok;
        false -> over(killed_by(Reason), K)
    end.

killed_by({beamtalk_evaluation, Why}) -> {killed, Why};
killed_by(killed) -> {killed, interrupted};
killed_by(Reason) -> {raised, exit, Reason, [], ?UNKNOWN}.

%% The worker is no more: the machine forgets what ran, and the session is free before anybody hears of it.
over(Outcome, #kept{session = Session, caller = Caller}) ->
    ok = beamtalk_evaluator_worker:reset(Session),
    ok = beamtalk_evaluator_claim:release(Session),
    case Caller of
        none -> ok;
        {_, _, Alias} -> tell(Alias, {ended, Outcome, <<>>})
    end.
