%%% @doc The process that drives an input after its first slice. It ends with the input, and can be killed at any time.
-module(beamtalk_evaluator_worker).

-export([start/4, go_on/2, wait/3]).

-export_type([worker/0]).

-type worker() :: {pid(), Monitor :: reference()}.
-type ended() :: beamtalk_evaluator_driver:outcome() | {killed, term()}.

%% @doc Begins to drive from what the machine answered first; messages go to the calling process.
-spec start(beamtalk_evaluator_driver:session(), term(), beamtalk_evaluator_driver:budget(), map()) -> worker().
start(Session, First, Budget, _Options) ->
    Caller = self(),
    Work = fun() ->
        _ = put(?MODULE, Caller),
        ok = beamtalk_evaluator_driver:on_pause(fun pause/2),
        Outcome = beamtalk_evaluator_driver:go_on(Session, First, Budget),
        get(?MODULE) ! {self(), ended, Outcome, beamtalk_evaluator_driver:output()}
    end,
    spawn_monitor(Work).

%% The budget is spent. Who began the input, or went on with it last, is told, and may know more.
pause(Why, _Budget) ->
    receive
        %% Nobody is to be told: the time was over while the node worked, and has been prolonged meanwhile.
        {go_on, From, More} -> gone_on(From, More)
    after 0 ->
        get(?MODULE) ! {self(), suspended, Why},
        receive
            {go_on, From, More} -> gone_on(From, More)
        end
    end.

gone_on(From, More) ->
    _ = put(?MODULE, From),
    More.

%% @doc More budget for an input that is suspended.
-spec go_on(pid(), beamtalk_evaluator_driver:budget()) -> worker().
go_on(Worker, Budget) ->
    Monitor = monitor(process, Worker),
    Worker ! {go_on, self(), Budget},
    {Worker, Monitor}.

%% @doc Waits for the end or a pause; a program that waits inside the node past the time limit counts as suspended.
-spec wait(worker(), integer() | infinity, non_neg_integer()) -> {ended, ended(), binary()} | {suspended, reductions | timeout}.
wait({Worker, Monitor}, Until, Grace) ->
    receive
        {Worker, ended, Outcome, Output} ->
            _ = demonitor(Monitor, [flush]),
            {ended, Outcome, Output};
        {Worker, suspended, Why} ->
            _ = demonitor(Monitor, [flush]),
            {suspended, Why};
        {'DOWN', Monitor, process, _, {beamtalk_evaluation, Why}} ->
            {ended, {killed, Why}, <<>>};
        {'DOWN', Monitor, process, _, killed} ->
            {ended, {killed, interrupted}, <<>>};
        {'DOWN', Monitor, process, _, noproc} ->
            {ended, {lost, {infinity, infinity}}, <<>>};
        {'DOWN', Monitor, process, _, Reason} ->
            {ended, {raised, exit, Reason, [], {infinity, infinity}}, <<>>}
    after remaining(Until, Grace) ->
        _ = demonitor(Monitor, [flush]),
        {suspended, timeout}
    end.

remaining(infinity, _) -> infinity;
remaining(Until, Grace) -> max(0, Until - erlang:monotonic_time(millisecond)) + Grace.
