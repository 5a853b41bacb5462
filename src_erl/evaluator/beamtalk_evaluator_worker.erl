%%% @doc The process that drives an input after its first slice, and runs what the node does for it. It ends with the input, and can be killed at any time.
-module(beamtalk_evaluator_worker).

-export([start/5, reset/1]).

-type session() :: beamtalk_evaluator_driver:session().

%% @doc Begins to drive from what the machine answered first. The answer goes to `Alias', or to whom the keeper, which is the calling process, names.
-spec start(session(), beamtalk_evaluator_claim:run(), term(), beamtalk_evaluator_driver:budget(), Alias :: reference()) -> pid().
start(Session, Run, First, Budget, Alias) ->
    Keeper = self(),
    spawn_link(fun() ->
        _ = put(?MODULE, Alias),
        ok = beamtalk_evaluator_driver:on_pause(fun(Why, _) -> pause(Keeper, Why) end),
        Outcome = beamtalk_evaluator_driver:go_on(Session, First, Budget),
        ok = at_rest(Outcome, Session),
        Receiver = receiver(Keeper, Session, Run),
        Receiver ! {Receiver, {ended, Outcome, beamtalk_evaluator_driver:output()}}
    end).

%% The session is free before the answer leaves: who gets it may go on with the session at once.
receiver(Keeper, Session, Run) ->
    case beamtalk_evaluator_claim:promise(Session, Run) of
        true ->
            ok = beamtalk_evaluator_claim:release(Session),
            get(?MODULE);
        false ->
            Keeper ! {ended, self()},
            receive
                {Keeper, tell, Alias} -> Alias
            end
    end.

%% The budget is spent. The keeper knows whether there is more, or tells who waits.
pause(Keeper, Why) ->
    Keeper ! {paused, self(), Why},
    receive
        {Keeper, go_on, Alias, Budget} ->
            _ = put(?MODULE, Alias),
            Budget
    end.

%% What ended in the middle is forgotten.
at_rest(Outcome, Session) when element(1, Outcome) =:= limit; element(1, Outcome) =:= passed; element(1, Outcome) =:= gone ->
    reset(Session);
at_rest(_, _) ->
    ok.

%% @doc The machine forgets what ran. A slice on a dirty scheduler outlives its process; it ends soon.
-spec reset(session()) -> ok.
reset(#{link := Link} = Session) ->
    case beamtalk_evaluator_link:request(Link, {reset}) of
        busy ->
            timer:sleep(1),
            reset(Session);
        _ ->
            ok
    end.
